//! One cell: made harmless for spreadsheet programs and back, cleaned of what nobody sees, taken apart into a list.

use crate::domain::invisible::{ordinary, visible};

/// What a spreadsheet program takes for a formula or a command when a cell begins with it.
const DANGEROUS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
const GUARD: char = '\'';
/// Separators between two groups, places or posts in one cell.
const SEPARATORS: [char; 16] = [
    ',', '，', '、', ';', '；', '/', '／', '|', '｜', '\\', '\n', '\t', '﹑', '︔', '،', '؛',
];
const QUOTE: char = '"';

fn looks_guarded_or_dangerous(text: &str) -> bool {
    text.trim_start_matches(GUARD).starts_with(DANGEROUS)
}

/// `text` with an apostrophe in front if a program would otherwise run it.
pub(super) fn guard(text: &str) -> String {
    if looks_guarded_or_dangerous(text) {
        format!("{GUARD}{text}")
    } else {
        text.to_owned()
    }
}

/// Takes off what [`guard`] put on. An apostrophe in front of anything else belongs to the text.
pub(super) fn unguard(text: &str) -> &str {
    match text.strip_prefix(GUARD) {
        Some(rest) if looks_guarded_or_dangerous(rest) => rest,
        _ => text,
    }
}

/// The cell as a reader sees it. `="138…"` is how a number is written so that a spreadsheet leaves it alone.
pub(super) fn read(raw: &str) -> String {
    let raw = raw.trim_matches(|c: char| c == '\u{feff}' || c == ' ');
    let text = unguard(raw);
    let formula = text
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .filter(|inner| text.len() == raw.len() && !inner.contains('"'));
    visible(&formula.unwrap_or(text).replace("_x000D_", ""))
}

/// Words for nothing, in small letters.
#[rustfmt::skip]
const NOTHING: [&str; 36] = [
    "无", "没有", "暂无", "暂缺", "空", "空白", "未知", "不详", "未填", "未填写", "待定", "待补", "待补充", "待填",
    "待填写", "缺", "n/a", "na", "none", "null", "nil", "nan", "no", "nothing", "unknown", "tbd", "todo", "empty",
    "0", "#n/a", "#ref!", "#value!", "#name?", "#null!", "#div/0!", "#num!",
];

/// Whether a cell holds a word or sign that stands for nothing, such as 无 or `-`.
pub(super) fn is_filler(text: &str) -> bool {
    let text = ordinary(text).to_lowercase();
    let text = text.trim_matches(|c: char| c.is_whitespace() || "()[]<>【】".contains(c));
    !text.is_empty() && text.chars().all(|c| "-—–―_/\\.·?*~x×○〇".contains(c))
        || NOTHING.contains(&text)
}

/// Whether the cell repeats the one above it by a sign: a list read row by row cannot know which row was above.
pub(super) fn is_ditto(text: &str) -> bool {
    matches!(text, "同上" | "〃" | "″" | "\"" | "ditto")
}

/// The parts of a list of groups, posts or places, without empty ones. What `keep` knows as a whole is not taken apart,
/// nor what stands in quotation marks, as [`join`] writes it.
pub(super) fn list(
    text: &str,
    is_separator: fn(char) -> bool,
    keep: impl Fn(&str) -> bool,
) -> Vec<String> {
    let whole = text.trim();
    if keep(whole) {
        return vec![whole.to_owned()];
    }
    let mut out = Vec::new();
    let mut part = String::new();
    // Some address books set three colons between groups; an export sets quotation marks around a name that has them.
    let text = if text.contains(QUOTE) {
        text.to_owned()
    } else {
        text.replace(":::", "\n")
    };
    let mut rest = text.chars().peekable();
    let push = |part: &mut String, out: &mut Vec<String>| {
        // Address books mark their groups with a star.
        let text = part.trim();
        let text = text.strip_prefix("* ").unwrap_or(text).trim();
        if !text.is_empty() {
            out.push(text.to_owned());
        }
        part.clear();
    };
    while let Some(c) = rest.next() {
        if c == QUOTE && part.trim().is_empty() {
            // In quotation marks up to the mark that is not doubled; a lone one belongs to the text.
            let inner: String = rest.clone().collect();
            if let Some((quoted, length)) = quoted(&inner) {
                part.clear();
                out.push(quoted);
                for _ in 0..length {
                    rest.next();
                }
                continue;
            }
        }
        if is_separator(c) {
            push(&mut part, &mut out);
        } else {
            part.push(c);
        }
    }
    push(&mut part, &mut out);
    out
}

/// The text up to the closing mark, and how many characters it takes with the mark.
fn quoted(rest: &str) -> Option<(String, usize)> {
    let chars: Vec<char> = rest.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while at < chars.len() {
        if chars[at] != QUOTE {
            out.push(chars[at]);
            at += 1;
        } else if chars.get(at + 1) == Some(&QUOTE) {
            out.push(QUOTE);
            at += 2;
        } else {
            let ends = chars.get(at + 1).is_none_or(|next| separates_groups(*next));
            return ends.then_some((out, at + 1));
        }
    }
    None
}

/// The list as a cell that [`list`] reads back.
pub(super) fn join(parts: &[String]) -> String {
    let written: Vec<String> = parts
        .iter()
        .map(|part| {
            let needs_marks = part.contains(separates_groups)
                || part.starts_with(QUOTE)
                || part.contains(":::")
                || part.starts_with("* ");
            if needs_marks {
                format!("{QUOTE}{}{QUOTE}", part.replace(QUOTE, "\"\""))
            } else {
                part.clone()
            }
        })
        .collect();
    written.join(";")
}

pub(super) fn separates_groups(c: char) -> bool {
    SEPARATORS.contains(&c)
}

/// Posts are written `body/post`.
pub(super) fn separates_posts(c: char) -> bool {
    separates_groups(c) && !matches!(c, '/' | '／')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_become_text() {
        for text in ["=1+2", "+86", "-1", "@name", "\t=1", "\r=1", "＝1", "'=1"] {
            assert_eq!(guard(text), format!("'{text}"));
        }
        for text in ["O'Neil", "'tis", "张三", "1=2", ""] {
            assert_eq!(guard(text), text);
        }
    }

    #[test]
    fn lists_are_taken_apart_wherever_people_set_a_sign() {
        for text in [
            "media,schools",
            "media，schools",
            "media、schools",
            "media;schools",
            "media； schools",
            "media/schools",
            "media｜schools",
            "media|schools",
            "media\nschools",
            ";media,,schools、",
            "\"media\";schools",
            "* media;* schools",
        ] {
            assert_eq!(
                list(text, separates_groups, |_| false),
                ["media", "schools"],
                "{text:?}"
            );
        }
        assert_eq!(
            list("a/b", separates_groups, |whole| whole == "a/b"),
            ["a/b"]
        );
        assert_eq!(
            list("\"a/b\",c\"d", separates_groups, |_| false),
            ["a/b", "c\"d"]
        );
        let colons = [":::".to_owned(), "a:::b".to_owned()];
        assert_eq!(list(&join(&colons), separates_groups, |_| false), colons);
        assert_eq!(
            list("office/duty,office/leader", separates_posts, |_| false),
            ["office/duty", "office/leader"]
        );
    }

    #[test]
    fn a_number_that_was_kept_from_the_spreadsheet_is_taken_out() {
        assert_eq!(read("=\"13800001234\""), "13800001234");
        assert_eq!(read("'=\"x\""), "=\"x\"");
        assert_eq!(read("\u{feff}\u{202d}张三\u{202c} "), "张三");
        for text in [
            "无",
            "-",
            "——",
            "/",
            "N/A",
            "#REF!",
            "０",
            "（无）",
            "xxx",
            "？？",
        ] {
            assert!(is_filler(text), "{text}");
        }
        for text in ["吴", "10", "a", "-1"] {
            assert!(!is_filler(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_guarded_comes_back(text in "['=+@\\t\\r＝-]{0,4}\\PC{0,10}") {
            let guarded = guard(&text);
            prop_assert!(!guarded.starts_with(DANGEROUS));
            prop_assert_eq!(unguard(&guarded), text);
        }

        #[test]
        fn what_was_joined_comes_apart_the_same(parts in prop::collection::vec("[a甲\",;/*、 ]{0,6}[b乙]", 0..4)) {
            let parts: Vec<String> = parts.into_iter().map(|part| visible(&part)).collect();
            prop_assert_eq!(list(&join(&parts), separates_groups, |_| false), parts);
        }
    }
}
