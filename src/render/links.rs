//! Links stand alone. Telephones and chat programs take every sign up to the next space into what is tapped, and some see
//! no link behind a letter.

const SCHEMES: [&str; 2] = ["https://", "http://"];

/// `text` with a space between a link and what stands beside it, where a reader's program would not find its ends.
/// `own` is the address of the text itself, which ends where it ends whatever follows.
pub fn apart(text: &str, own: Option<&str>) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(start) = SCHEMES.iter().filter_map(|scheme| rest.find(scheme)).min() {
        let (before, link) = rest.split_at(start);
        out.push_str(before);
        if before.ends_with(char::is_alphanumeric) {
            out.push(' ');
        }
        let (end, is_ours) = end_of(link, own);
        out.push_str(&link[..end]);
        rest = &link[end..];
        if needs_space(rest, is_ours) {
            out.push(' ');
        }
    }
    out.push_str(rest);
    out
}

/// Where the link that `text` begins with ends, and whether it is one of our own, whose end is known.
fn end_of(text: &str, own: Option<&str>) -> (usize, bool) {
    if let Some(own) = own.filter(|own| text.starts_with(*own)) {
        return (own.len(), true);
    }
    let is_part = |c: char| c.is_ascii_graphic() && !"<>\"`{}|\\^".contains(c);
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let ours = text[..end].find("/b/").map(|at| at + 3).filter(|at| {
        let id = &text[*at..end];
        id.starts_with("L-") || id.starts_with("D-")
    });
    match ours {
        Some(at) => {
            let id = text[at..end]
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
                .unwrap_or(end - at);
            (at + id, true)
        }
        None => (end, false),
    }
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
        // An address may go on in another script; a sign of another script never belongs to it.
        return !next.is_ascii() && !next.is_alphanumeric();
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
        assert_eq!(apart("http://x.cn/a，乙", None), "http://x.cn/a ，乙");
        assert_eq!(
            apart("https://示例.中国/洪水", None),
            "https://示例.中国/洪水"
        );
    }

    proptest! {
        #[test]
        fn only_spaces_are_added_and_only_once(text in "(https://a\\.invalid/b/L-01|http://b\\.cn/c|[，。a )甲1.]){0,9}") {
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
