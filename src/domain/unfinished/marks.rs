//! Notations of programs: what stands between marks as if something were to be put in its place.

use super::Sort;
use super::scan::{BRACKETS, Find, Scan, is_ident};

/// The longest name or remark between two marks, in characters.
const LONGEST: usize = 40;

const OPEN: [char; 5] = ['{', '｛', '﹛', '❴', '⦃'];
const CLOSE: [char; 5] = ['}', '｝', '﹜', '❵', '⦄'];
/// What begins a remark that somebody was to replace.
#[rustfmt::skip]
const LATER: [&str; 27] = [
    "此处", "待补充", "待补", "待填", "待录入", "待插入", "待完善", "待撰写", "待写", "待更新", "未填写", "未填",
    "占位", "请填写", "请填入", "请输入", "请在此", "在此填", "填写", "填入", "todo", "tbd", "tba", "tbc", "fixme",
    "placeholder", "to be ",
];
/// The same in English, only between brackets.
const LATER_EN: [&str; 7] = [
    "insert ", "fill in", "enter ", "your ", "add ", "xx", "lorem",
];
/// A remark that is a hole between brackets that nobody speaks in, and may be meant in round ones.
const OPENLY: [&str; 7] = ["待定", "待核实", "待确认", "待查", "待核", "略", "待公布"];

impl Scan<'_> {
    /// A brace that a program wrote as a code.
    pub(super) fn escape(&self, at: usize) -> Option<Find> {
        let rest = self.rest(at).as_bytes();
        let length = [
            "\\u007b", "\\u007d", "\\x7b", "\\x7d", "&#123;", "&#125;", "&#x7b;", "&#x7d;",
            "&lbrace;",
        ]
        .into_iter()
        .find(|code| {
            rest.get(..code.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(code.as_bytes()))
        })?
        .len();
        let behind = self.rest(at + length);
        let word: String = behind.chars().take_while(|c| is_ident(*c)).collect();
        Some(Find {
            length: length + word.chars().count(),
            sort: Sort::Placeholder,
            name: Some(word).filter(|word| !word.is_empty()),
        })
    }

    /// Braces have no place in a notice, closed or not; with a sign in front or with spaces between them.
    pub(super) fn braces(&self, at: usize) -> Option<Find> {
        let sign = usize::from(matches!(
            self.char(at),
            Some('$' | '#' | '%' | '@' | '＄' | '＃')
        ));
        let first = self.char(at + sign)?;
        if CLOSE.contains(&first) && sign == 0 {
            let length = self.count(at, |c| CLOSE.contains(&c));
            return Some(placeholder(length, None));
        }
        if !OPEN.contains(&first) {
            return None;
        }
        let is_gap = |c: char| c == ' ' || c == '\u{3000}';
        let mut from = at + sign;
        while self
            .char(from)
            .is_some_and(|c| OPEN.contains(&c) || is_gap(c))
        {
            from += 1;
        }
        let inner = self.count(from, |c| {
            !OPEN.contains(&c) && !CLOSE.contains(&c) && c != '\n'
        });
        let mut to = from + inner;
        if inner > LONGEST || !self.char(to).is_some_and(|c| CLOSE.contains(&c)) {
            return Some(placeholder(sign + 1, None));
        }
        let name = self
            .slice(from, to)
            .trim()
            .trim_matches(['%', '=', '#', '@', '$'])
            .trim()
            .to_owned();
        // As many closing braces as belong to it, with the spaces between them.
        let mut end = to;
        while self
            .char(to)
            .is_some_and(|c| CLOSE.contains(&c) || is_gap(c))
        {
            to += 1;
            if self.before(to).is_some_and(|c| CLOSE.contains(&c)) {
                end = to;
            }
        }
        Some(placeholder(end - at, Some(name)))
    }

    /// `%name%`, `%(name)s`, `$name`, `@@name@@`, `__name__`.
    pub(super) fn signs(&self, at: usize) -> Option<Find> {
        let word = |from: usize| self.count(from, is_ident);
        let name = |from: usize, length: usize| self.slice(from, from + length).to_owned();
        let starts = |from: usize| self.char(from).is_some_and(|c| c.is_ascii_alphabetic());
        match self.char(at)? {
            '%' | '％' if self.before(at).is_none_or(|c| !c.is_ascii_digit()) => {
                if self.char(at + 1) == Some('(') && starts(at + 2) {
                    let length = word(at + 2);
                    let is_closed = self.char(at + 2 + length) == Some(')');
                    let tail = usize::from(
                        self.char(at + 3 + length)
                            .is_some_and(|c| matches!(c, 's' | 'd' | 'f')),
                    );
                    return is_closed
                        .then(|| placeholder(length + 3 + tail, Some(name(at + 2, length))));
                }
                let length = word(at + 1);
                if self.char(at + 1) == Some('@') {
                    return Some(placeholder(2, None));
                }
                let digits = self.count(at + 1, |c| c.is_ascii_digit());
                if digits > 0
                    && self.char(at + 1 + digits) == Some('$')
                    && self
                        .char(at + 2 + digits)
                        .is_some_and(|c| matches!(c, 's' | 'd' | 'f' | '@'))
                {
                    return Some(placeholder(digits + 3, None));
                }
                if length == 1 && self.char(at + 1).is_some_and(|c| matches!(c, 's' | 'd')) {
                    return Some(placeholder(2, None));
                }
                let is_closed = self
                    .char(at + 1 + length)
                    .is_some_and(|c| matches!(c, '%' | '％'));
                (starts(at + 1) && length <= LONGEST && is_closed)
                    .then(|| placeholder(length + 2, Some(name(at + 1, length))))
            }
            '$' => {
                let length = word(at + 1);
                let is_known = (self.known)(&name(at + 1, length));
                let tail = usize::from(self.char(at + 1 + length) == Some('$'));
                (starts(at + 1) && is_known)
                    .then(|| placeholder(length + 1 + tail, Some(name(at + 1, length))))
            }
            '#' if starts(at + 1) => {
                let length = word(at + 1);
                let is_closed = self.char(at + 1 + length) == Some('#');
                let word = name(at + 1, length);
                (is_closed && (self.known)(&word)).then(|| placeholder(length + 2, Some(word)))
            }
            mark @ ('@' | '_' | '#') if self.char(at + 1) == Some(mark) && starts(at + 2) => {
                let length = self.count(at + 2, |c| {
                    c.is_ascii_alphanumeric() || c == '-' || c == '.'
                });
                let ends = self.char(at + 2 + length) == Some(mark)
                    && self.char(at + 3 + length) == Some(mark);
                let is_free = self.before(at).is_none_or(|c| !c.is_ascii_alphanumeric());
                (ends && is_free).then(|| placeholder(length + 4, Some(name(at + 2, length))))
            }
            _ => None,
        }
    }

    /// Something short between brackets: the name of a fact, or a remark that somebody was to replace.
    pub(super) fn brackets(&self, at: usize) -> Option<Find> {
        if self.rest(at).starts_with("&lt;") {
            let inner = self.count(at + 4, is_ident);
            let is_closed = inner > 0 && self.rest(at + 4 + inner).starts_with("&gt;");
            return is_closed.then(|| {
                placeholder(
                    inner + 8,
                    Some(self.slice(at + 4, at + 4 + inner).to_owned()),
                )
            });
        }
        let open = self.char(at)?;
        let (_, close) = BRACKETS.iter().find(|(mark, _)| *mark == open)?;
        let is_double = self.char(at + 1) == Some(open);
        let from = at + 1 + usize::from(is_double);
        let inner = self.count(from, |c| c != *close && c != open && c != '\n');
        let mut to = from + inner;
        if inner == 0 || inner > LONGEST || self.char(to) != Some(*close) {
            return None;
        }
        to += 1;
        to += usize::from(is_double && self.char(to) == Some(*close));
        let words = self.slice(from, from + inner).trim().to_owned();
        let length = to - at;
        let is_pointed = matches!(open, '<' | '＜' | '〈' | '«');
        let code = words.trim_matches(['%', '=', '/', ' ', '-']).to_owned();
        let is_tight = self.char(from).is_some_and(|c| !c.is_whitespace());
        let is_tag = is_pointed
            && is_tight
            && code.starts_with(|c: char| c.is_ascii_alphabetic())
            && code.chars().all(|c| is_ident(c) || c == ' ');
        // 《GB29639-2020》 is a standard.
        let is_code = open == '《'
            && code.contains(['-', '_', '.'])
            && is_name(&code)
            && code.chars().all(|c| !c.is_ascii_uppercase());
        let is_doubled = is_double && matches!(open, '[' | '【' | '<' | '［' | '〔' | '〖');
        let is_label =
            (self.known)(&code) && (code.is_ascii() || is_pointed || matches!(open, '《' | '〖'));
        if is_later(&words, open) {
            return Some(Find {
                length,
                sort: Sort::Later,
                name: None,
            });
        }
        // (people) and “situation” are said as well as meant; a code with a hyphen is not.
        let is_plain = matches!(open, '（' | '(' | '“' | '「' | '『')
            && code.chars().all(|c| c.is_ascii_alphabetic());
        let is_bracketed = matches!(open, '【' | '[' | '［' | '〔') && !code.is_ascii();
        if (self.known)(&code) && (is_plain || is_bracketed) {
            return Some(Find {
                sort: Sort::Doubtful,
                ..placeholder(length, Some(code))
            });
        }
        if is_label || is_tag || is_code || is_doubled {
            return Some(placeholder(length, Some(code)));
        }
        let is_open = OPENLY.contains(&words.as_str()) && !matches!(open, '“' | '「' | '『' | '《');
        is_open.then_some(Find {
            length,
            sort: if matches!(open, '（' | '(') {
                Sort::Doubtful
            } else {
                Sort::Later
            },
            name: None,
        })
    }
}

fn placeholder(length: usize, name: Option<String>) -> Find {
    Find {
        length,
        sort: Sort::Placeholder,
        name: name.filter(|name| {
            is_name(name) || name.chars().all(char::is_alphanumeric) && !name.is_empty()
        }),
    }
}

/// Whether `text` could be the name of a fact.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_ident)
}

/// Whether a remark between brackets was to be replaced.
fn is_later(words: &str, open: char) -> bool {
    let lower = words.to_lowercase();
    let is_quote = matches!(open, '“' | '「' | '『' | '《');
    let is_round = matches!(open, '（' | '(');
    if is_quote {
        return false;
    }
    let starts = |list: &[&str]| list.iter().any(|word| lower.starts_with(word));
    // （填写…） may tell the public what to fill in; 【填写…】 tells the author.
    if is_round && starts(&["填写", "填入", "请填写", "请填入", "请输入"]) {
        return false;
    }
    starts(&["请补充", "待后续"]) && !is_round
        || starts(&LATER)
        || (!is_round && starts(&LATER_EN))
        || lower.ends_with("待补充")
        || lower.ends_with("待填写")
}
