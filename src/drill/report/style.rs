//! How the report looks on a screen, on a narrow screen and on paper.

pub const CSS: &str = "
@page{size:A4;margin:14mm 12mm}
*{box-sizing:border-box}
body{font:14px/1.55 'Noto Sans SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',system-ui,sans-serif;color:#1d2125;background:#fff;max-width:62rem;margin:0 auto;padding:1rem}
h1{font-size:1.55rem;line-height:1.3;margin:.2rem 0 .6rem}
h2{font-size:1.1rem;margin:2.2rem 0 .6rem;padding-top:.5rem;border-top:2px solid #1d2125;break-after:avoid}
small,[lang=en]{color:#4d565e;font-weight:400}
h1 small,h2 small{display:block;font-size:.62em}
th span[lang=en]{display:block;font-size:.82em}
.drill{display:inline-block;margin:0;padding:.1rem .6rem;border:2px solid #8a1c1c;color:#8a1c1c;font-weight:700}
.verdict{font-size:1.15rem;font-weight:700;margin:.3rem 0}
.good{color:#14663d}.bad{color:#9b1c1c}
.meta,.note{color:#4d565e;margin:.3rem 0}
.cards{display:grid;grid-template-columns:repeat(4,1fr);gap:.5rem}
.card{border:1px solid #b9c0c7;border-radius:4px;padding:.5rem .7rem;break-inside:avoid}
.card b{display:block;font-size:1.35rem;line-height:1.35}
.card span{display:block;font-size:.85em}
.card .last{color:#4d565e;font-size:.85em}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.88em;margin:.4rem 0 1rem}
caption{text-align:left;color:#4d565e;padding-bottom:.3rem}
th,td{border-bottom:1px solid #d5dade;padding:.28rem .45rem;text-align:left;vertical-align:top}
th{border-bottom:2px solid #1d2125;white-space:nowrap}
tr{break-inside:avoid}
td.n,.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.picture{overflow-x:auto;break-inside:avoid;margin:.4rem 0}
.picture svg{display:block;width:100%;min-width:42rem;height:auto}
svg text{font-family:inherit;fill:#1d2125}
.key{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;margin:.3rem 0;padding:0;list-style:none;font-size:.88em}
.key svg{width:1.4rem;height:.9rem;vertical-align:-.1rem;margin-right:.3rem}
.heat td{text-align:right;font-variant-numeric:tabular-nums}
.heat td:first-child{text-align:left}
.h0{background:#fff}.h1{background:#d9eee1}.h2{background:#b5dec5}.l1{background:#fbe0c9}.l2{background:#f3b9a6}.x{background:#e3a3a3}
.blank td{height:2.4rem}
.ledger td{padding:.12rem .4rem;border-color:#eceff1}
.ledger td:nth-child(-n+2){white-space:nowrap;font-variant-numeric:tabular-nums}
@media(max-width:36rem){.cards{grid-template-columns:1fr 1fr}}
@media(max-width:30rem){body{padding:.6rem;font-size:15px}.picture svg{min-width:48rem}}
@media print{.cards{grid-template-columns:repeat(4,1fr)}body{max-width:none;padding:0;font-size:10.5px}.scroll,.picture{overflow:visible}.picture svg{min-width:0}h2{margin-top:1.2rem}}
";

/// What fills the bars: told apart on a black-and-white printer.
pub const PATTERNS: &str = "<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\"><defs>\
<pattern id=\"p0\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" fill=\"#fff\"/></pattern>\
<pattern id=\"p1\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" fill=\"#c9dcec\"/></pattern>\
<pattern id=\"p2\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" fill=\"#e9eef2\"/><path d=\"M0 6L6 0\" stroke=\"#37618a\" stroke-width=\"1.4\"/></pattern>\
<pattern id=\"p3\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" fill=\"#1f4467\"/></pattern>\
<pattern id=\"p4\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" fill=\"#f4ead2\"/><circle cx=\"3\" cy=\"3\" r=\"1.2\" fill=\"#7a5a12\"/></pattern>\
</defs></svg>\n";
