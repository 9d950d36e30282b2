//! Walks a text once; at each place asks every notation in turn.

use super::{Hole, Sort};

/// Brackets of all kinds with their other halves.
pub(super) const BRACKETS: [(char, char); 15] = [
    ('【', '】'),
    ('[', ']'),
    ('［', '］'),
    ('〔', '〕'),
    ('〖', '〗'),
    ('（', '）'),
    ('(', ')'),
    ('<', '>'),
    ('＜', '＞'),
    ('〈', '〉'),
    ('《', '》'),
    ('「', '」'),
    ('『', '』'),
    ('“', '”'),
    ('«', '»'),
];
/// What counts things: a letter in front of it stands for a number.
const UNITS: [&str; 47] = [
    "年", "月", "日", "时", "点", "分", "秒", "人", "名", "户", "起", "例", "亿", "万", "千", "百",
    "元", "毫米", "厘米", "米", "公里", "千米", "公顷", "亩", "小时", "天", "周", "℃", "度", "级",
    "平方", "立方", "处", "所", "个", "次", "条", "辆", "路", "市", "县", "区", "镇", "乡", "村",
    "吨", "间",
];

/// What carries a name or a number of its own.
const PLACES: [&str; 13] = [
    "高速", "大桥", "公司", "社区", "小区", "学校", "医院", "号楼", "栋", "单元", "街", "隧道",
    "水库",
];

pub(super) struct Scan<'t> {
    pub(super) text: &'t str,
    pub(super) chars: Vec<(usize, char)>,
    pub(super) known: &'t dyn Fn(&str) -> bool,
}

/// A find at the place that was asked about: how many characters it takes.
pub(super) struct Find {
    pub length: usize,
    pub sort: Sort,
    pub name: Option<String>,
}

pub(super) fn holes(text: &str, known: &dyn Fn(&str) -> bool) -> Vec<Hole> {
    let scan = Scan {
        text,
        chars: text.char_indices().collect(),
        known,
    };
    let mut out = Vec::new();
    let mut at = 0;
    while at < scan.chars.len() {
        if scan.char(at) == Some('h')
            && let Some(length) = scan.link(at)
        {
            at += length;
            continue;
        }
        // Most signs of a text begin nothing, and are passed over at once.
        let found = if at == 0 || scan.char(at).is_some_and(may_begin) {
            scan.find(at)
        } else {
            None
        };
        match found {
            Some(find) => {
                let (from, to) = (scan.byte(at), scan.byte(at + find.length));
                out.push(Hole {
                    at: from,
                    text: text[from..to].to_owned(),
                    sort: find.sort,
                    name: find.name,
                });
                at += find.length.max(1);
            }
            None => at += 1,
        }
    }
    out
}

/// Whether any notation begins with `c`.
fn may_begin(c: char) -> bool {
    const FIRST: &str = "\\&$＄#＃%％@{｛﹛❴⦃}｝﹜❵⦄_＿*＊?？….。第年月待此请在某XxＸｘ×✕╳✗ⅩⅹN—2○〇◯●■□△◇TFLl\u{fffd}";
    FIRST.contains(c) || is_blank(c) || BRACKETS.iter().any(|(open, _)| *open == c)
}

impl Scan<'_> {
    pub(super) fn byte(&self, at: usize) -> usize {
        self.chars
            .get(at)
            .map_or(self.text.len(), |(byte, _)| *byte)
    }

    pub(super) fn char(&self, at: usize) -> Option<char> {
        self.chars.get(at).map(|(_, c)| *c)
    }

    pub(super) fn before(&self, at: usize) -> Option<char> {
        at.checked_sub(1).and_then(|at| self.char(at))
    }

    pub(super) fn rest(&self, at: usize) -> &str {
        &self.text[self.byte(at)..]
    }

    pub(super) fn slice(&self, from: usize, to: usize) -> &str {
        &self.text[self.byte(from)..self.byte(to)]
    }

    /// A link is not read as words.
    pub(super) fn link(&self, at: usize) -> Option<usize> {
        let rest = self.rest(at);
        (rest.starts_with("http://") || rest.starts_with("https://")).then(|| {
            rest.chars()
                .take_while(|c| c.is_ascii_graphic() && !"{}<>".contains(*c))
                .count()
        })
    }

    fn find(&self, at: usize) -> Option<Find> {
        self.escape(at)
            .or_else(|| self.nothing(at))
            .or_else(|| self.braces(at))
            .or_else(|| self.signs(at))
            .or_else(|| self.brackets(at))
            .or_else(|| self.words(at))
            .or_else(|| self.run(at))
            .or_else(|| self.dash(at))
            .or_else(|| self.letter(at))
            .or_else(|| self.date(at))
    }

    pub(super) fn unit(&self, at: usize) -> bool {
        let rest = self.rest(at);
        UNITS.iter().any(|unit| rest.starts_with(unit))
    }

    /// What has a name or a number: a letter in front of it stands for that.
    pub(super) fn place(&self, at: usize) -> bool {
        let rest = self.rest(at);
        PLACES.iter().any(|place| rest.starts_with(place))
    }

    /// Not the beginning of a longer word: 人们, 日后, 分析.
    pub(super) fn is_short_unit(&self, at: usize) -> bool {
        let rest = self.rest(at);
        [
            "人", "户", "毫米", "万元", "亿元", "名", "起", "处", "月", "日",
        ]
        .iter()
        .any(|unit| {
            rest.strip_prefix(unit)
                .is_some_and(|behind| behind.chars().next().is_none_or(|c| !c.is_alphanumeric()))
        })
    }

    pub(super) fn count(&self, from: usize, is_part: impl Fn(char) -> bool) -> usize {
        (from..self.chars.len())
            .take_while(|at| self.char(*at).is_some_and(&is_part))
            .count()
    }
}

pub(super) fn is_ident(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\u{3000}' | '\u{a0}')
}
