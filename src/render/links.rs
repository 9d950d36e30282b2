//! Links stand alone. Telephones and chat programs take every sign up to the next space into what is tapped, and some see
//! no link behind a letter.

use crate::domain::short_code;

const BEGINS: [&str; 3] = ["https://", "http://", "www."];

/// `text` with a space between a link and what stands beside it, where a reader's program would not find its ends.
/// `own` is the address of the text itself, which ends where it ends whatever follows.
pub fn apart(text: &str, own: Option<&str>) -> String {
    // As many bytes as `text`, so that places in one are places in the other.
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len() + 8);
    let mut at = 0;
    while let Some(start) = BEGINS
        .iter()
        .filter_map(|mark| begin(&lower, at, mark))
        .min()
    {
        let before = &text[at..start];
        out.push_str(before);
        if before.ends_with(char::is_alphanumeric) {
            out.push(' ');
        }
        let link = &text[start..];
        let (end, is_ours) = end_of(link, own);
        out.push_str(&link[..end]);
        at = start + end;
        if needs_space(&text[at..], is_ours) {
            out.push(' ');
        }
    }
    out.push_str(&text[at..]);
    out
}

/// The first place from `at` where a link begins with `mark`. A `www.` inside a word or an address begins none.
fn begin(lower: &str, at: usize, mark: &str) -> Option<usize> {
    lower[at..]
        .match_indices(mark)
        .map(|(found, _)| at + found)
        .find(|start| {
            let is_free = |c: char| !c.is_ascii_alphanumeric() && !"./@-_:".contains(c);
            let has_name =
                lower[start + mark.len()..].starts_with(|c: char| c.is_ascii_alphanumeric());
            mark != "www." || has_name && lower[at..*start].chars().next_back().is_none_or(is_free)
        })
}

/// Where the link that `text` begins with ends, and whether it is one of our own, whose end is known.
fn end_of(text: &str, own: Option<&str>) -> (usize, bool) {
    if let Some(own) = own.filter(|own| text.starts_with(*own)) {
        return (own.len(), true);
    }
    // A host in another script goes on in it; behind any other, such letters are words.
    let scheme = text.find("://").map_or(0, |at| at + 3);
    let is_foreign = text[scheme..].starts_with(|c: char| !c.is_ascii() && c.is_alphanumeric());
    let is_part = |c: char| {
        c.is_ascii_graphic() && !"<>\"`{}|\\^".contains(c)
            || is_foreign && !c.is_ascii() && c.is_alphanumeric()
    };
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    match named(&text[..end]) {
        Some(end) => (end, true),
        None => (end, false),
    }
}

/// Where the name of one of our texts ends in `link`, if one stands in it.
fn named(link: &str) -> Option<usize> {
    let name = |mark: &str| {
        let at = link.find(mark)? + mark.len();
        let is_of_name = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
        let name: String = link[at..].chars().take_while(is_of_name).collect();
        Some((at + name.len(), name))
    };
    let long = name("/b/").filter(|(_, name)| name.starts_with("L-") || name.starts_with("D-"));
    let short = name(short_code::PATH).filter(|(_, name)| short_code::typed(name).is_some());
    long.or(short).map(|(end, _)| end)
}

/// Whether a program would read on into `rest`. A sign of ASCII at the end of a word is left out by all of them.
fn needs_space(rest: &str, is_ours: bool) -> bool {
    let Some(next) = rest.chars().next() else {
        return false;
    };
    if next.is_whitespace() {
        return false;
    }
    if !is_ours {
        return !next.is_ascii();
    }
    if next == '/'
        || next == '?'
        || next == '#'
        || rest.starts_with(".txt")
        || rest.starts_with(".json")
    {
        return false;
    }
    let behind = rest.trim_start_matches(|c: char| c.is_ascii_punctuation());
    behind.starts_with(|c: char| !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OWN: &str = "https://a.invalid/b/L-01";

    #[test]
    fn a_link_ends_at_a_space_whatever_follows() {
        for (text, made) in [
            ("详见@，咨询0510", "详见 @ ，咨询0510"),
            ("详见：@。", "详见：@ 。"),
            ("（@）", "（@ ）"),
            ("专栏@同步直播", "专栏 @ 同步直播"),
            ("See @,call", "See @ ,call"),
            ("@A", "@ A"),
            ("详见 @ ，咨询", "详见 @ ，咨询"),
            ("See @. Telephone", "See @. Telephone"),
            ("(@)", "(@)"),
            ("@.json，", "@.json，"),
            ("@", "@"),
            ("@\n", "@\n"),
        ] {
            assert_eq!(
                apart(&text.replace('@', OWN), Some(OWN)),
                made.replace('@', OWN)
            );
        }
        // Another bulletin's, and another site's.
        assert_eq!(
            apart("原文见https://a.invalid/b/L-02。", Some(OWN)),
            "原文见 https://a.invalid/b/L-02 。"
        );
        assert_eq!(
            apart("原文见https://a.invalid/s/4k9x2tm,电话", None),
            "原文见 https://a.invalid/s/4k9x2tm ,电话"
        );
        for (text, made) in [
            ("http://x.cn/a，乙", "http://x.cn/a ，乙"),
            ("见http://x.cn/a查询", "见 http://x.cn/a 查询"),
            ("见HTTPS://X.cn/a。", "见 HTTPS://X.cn/a 。"),
            ("登录www.shili.gov.cn查询", "登录 www.shili.gov.cn 查询"),
            ("登录WWW.shili.gov.cn，", "登录 WWW.shili.gov.cn ，"),
            ("https://www.x.cn）", "https://www.x.cn ）"),
            ("www.x.cn", "www.x.cn"),
            ("a@www.x.cn。", "a@www.x.cn。"),
            ("awww.x。", "awww.x。"),
            (
                "https://示例.中国/洪水，详见",
                "https://示例.中国/洪水 ，详见",
            ),
        ] {
            assert_eq!(apart(text, None), made);
        }
        assert_eq!(
            apart("https://示例.中国/洪水", None),
            "https://示例.中国/洪水"
        );
    }

    proptest! {
        #[test]
        fn only_spaces_are_added_and_only_once(text in "(https://a\\.invalid/b/L-01|http://b\\.cn/c|WWW\\.d\\.cn|[，。a )甲1.]){0,9}") {
            let once = apart(&text, Some(OWN));
            prop_assert_eq!(once.replace(' ', ""), text.replace(' ', ""));
            prop_assert_eq!(apart(&once, Some(OWN)), once.clone());
            for (at, _) in once.match_indices(OWN) {
                let behind = &once[at + OWN.len()..];
                let word = behind.split(' ').next().unwrap_or_default();
                prop_assert!(word.is_ascii(), "{}", once);
            }
        }
    }
}
