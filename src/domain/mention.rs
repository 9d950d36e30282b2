//! Mentions of everybody: words that a chat program takes for a call to all who are in a group.
//!
//! Only the channel file decides whether a group is called. A text never does, whoever wrote the words into it.

/// Words behind an `@` that call everybody, in small letters.
#[rustfmt::skip]
const EVERYBODY: [&str; 12] = [
    "all", "everyone", "everybody", "here", "channel", "所有人", "全体成员", "全体人员", "全体", "全员", "大家",
    "team",
];
/// What a chat program reads as a call when it stands behind `<`.
const TAGS: [&str; 7] = ["at ", "at>", "/at>", "at\t", "at\n", "@", "!"];

/// Where a call to everybody, or to somebody by the program's own tag, begins, in bytes, and the sign that makes it one.
fn calls(text: &str) -> Vec<(usize, char)> {
    let mut out = Vec::new();
    for (at, c) in text.char_indices() {
        let behind = text[at + c.len_utf8()..]
            .trim_start_matches([' ', '\u{3000}', '\u{200b}', '\u{200d}', '\u{2060}']);
        let starts = |word: &str| {
            let head: String = behind.chars().take(word.chars().count()).collect();
            head.to_lowercase() == *word
        };
        let is_call = match c {
            '@' => EVERYBODY.iter().any(|word| {
                let next = behind.chars().nth(word.chars().count());
                // @allen is a name, @all is everybody.
                starts(word)
                    && (!word.is_ascii()
                        || next.is_none_or(|c| {
                            !c.is_ascii_alphanumeric() && !matches!(c, '.' | '_' | '-')
                        }))
            }),
            '<' => TAGS.iter().any(|tag| starts(tag)),
            _ => false,
        };
        if is_call {
            out.push((at, c));
        }
    }
    out
}

/// The first call to everybody in `text`: where it begins, in bytes, and its first words.
pub fn first(text: &str) -> Option<(usize, String)> {
    let (at, _) = calls(text).into_iter().next()?;
    Some((at, text[at..].chars().take(16).collect()))
}

/// `text` with the signs that make a call replaced by their full-width forms, which are read and do not call.
pub fn quiet(text: &str) -> String {
    let calls = calls(text);
    if calls.is_empty() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 2 * calls.len());
    let mut from = 0;
    for (at, sign) in calls {
        out.push_str(&text[from..at]);
        out.push(if sign == '@' { '＠' } else { '＜' });
        from = at + sign.len_utf8();
    }
    out.push_str(&text[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn everybody_is_called_in_many_words_and_none_of_them_is_left() {
        for text in [
            "@all 撤离",
            "请@所有人注意",
            "@ALL",
            "@ all",
            "@全体成员",
            "@here",
            "@channel",
            "@everyone",
            "<at user_id=\"all\">所有人</at>",
            "<AT user_id='all'></AT>",
            "<at id=all></at>",
            "<@all>",
            "<!channel>",
            "<!here>",
            "<!everyone>",
            "<@U1234>",
            "@\u{200b}all",
        ] {
            assert!(first(text).is_some(), "{text}");
            let quiet = quiet(text);
            assert_eq!(first(&quiet), None, "{quiet}");
            assert_eq!(quiet.replace('＠', "@").replace('＜', "<"), text);
        }
        for text in [
            "zhang@example.org",
            "a@all.org",
            "@allen",
            "@shili_fabu",
            "<50厘米",
            "a < b",
            "<b>",
            "info@here-we.cn",
        ] {
            assert_eq!(quiet(text), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_quiet_stays_quiet(text in "(@|<|at |all|所有人|!|here|\\PC){0,12}") {
            let once = quiet(&text);
            prop_assert_eq!(first(&once), None, "{}", once);
            prop_assert_eq!(quiet(&once), once);
        }
    }
}
