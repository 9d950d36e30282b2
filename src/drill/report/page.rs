//! The page that a report is written on: escaping, headings, tables, moments in the drill's zone.

use chrono_tz::Tz;

use super::style;
use crate::domain::time::Moment;
use crate::drill::words;

pub struct Page {
    out: String,
    title: String,
    pub zone: Tz,
}

/// Text that cannot become markup.
pub fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() && c != '\n' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// A cell that is not broken over lines.
pub fn whole(shown: &str) -> String {
    format!("<span class=\"n\">{}</span>", text(shown))
}

impl Page {
    pub fn new(title: String, zone: Tz) -> Self {
        Self {
            out: String::new(),
            title,
            zone,
        }
    }

    pub fn push(&mut self, html: &str) {
        self.out.push_str(html);
        self.out.push('\n');
    }

    pub fn heading(&mut self, zh: &str, en: &str) {
        self.push(&format!(
            "<h2>{}<small lang=\"en\">{}</small></h2>",
            text(zh),
            text(en)
        ));
    }

    pub fn note(&mut self, zh: &str, en: &str) {
        self.push(&format!(
            "<p class=\"note\">{} <span lang=\"en\">{}</span></p>",
            text(zh),
            text(en)
        ));
    }

    /// A table; `cells` are HTML already.
    pub fn table(
        &mut self,
        caption: (&str, &str),
        headings: &[(&str, &str)],
        rows: &[Vec<String>],
    ) {
        self.push(&format!(
            "<div class=\"scroll\"><table><caption>{} <span lang=\"en\">{}</span></caption><thead><tr>",
            text(caption.0),
            text(caption.1)
        ));
        for (zh, en) in headings {
            self.push(&format!(
                "<th scope=\"col\">{}<span lang=\"en\">{}</span></th>",
                text(zh),
                text(en)
            ));
        }
        self.push("</tr></thead><tbody>");
        for row in rows {
            self.push(&format!(
                "<tr>{}</tr>",
                row.iter()
                    .map(|cell| format!("<td>{cell}</td>"))
                    .collect::<String>()
            ));
        }
        self.push("</tbody></table></div>");
    }

    /// Names for the patterns of the bars.
    pub fn key(&mut self, names: &[(usize, &str, &str)], more: &str) {
        let list: String = names
            .iter()
            .map(|(pattern, zh, en)| {
                format!(
                    "<li><svg viewBox=\"0 0 22 14\"><rect x=\"1\" y=\"2\" width=\"20\" height=\"10\" fill=\"url(#p{pattern})\" stroke=\"#1d2125\"/></svg>{zh} <span lang=\"en\">{en}</span></li>"
                )
            })
            .collect();
        self.push(&format!("<ul class=\"key\">{list}{more}</ul>"));
    }

    pub fn time(&self, at: Moment) -> String {
        words::local_short(at, self.zone)
    }

    pub fn finish(self) -> String {
        format!(
            "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>{}</title><style>{}</style></head><body>\n{}{}</body></html>\n",
            text(&self.title),
            style::CSS,
            style::PATTERNS,
            self.out
        )
    }
}

/// A share of the way between two moments, in thousandths of `width`.
pub fn place(at: Moment, start: Moment, end: Moment, width: i64) -> i64 {
    let whole = (end - start).num_milliseconds().max(1);
    let part = (at - start).num_milliseconds().clamp(0, whole);
    // A drill of a hundred years in milliseconds times a page's width still fits.
    part.saturating_mul(width) / whole
}
