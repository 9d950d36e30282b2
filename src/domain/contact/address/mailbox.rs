//! Mail addresses, in the forms in which address books and people hand them on.

use super::BadAddress;
use crate::domain::invisible::{ordinary, visible};
use crate::domain::phrase::{Phrase, phrase};

/// What may stand before the @ beside letters and digits.
const SIGNS: &str = "!#$%&'*+-/=?^_`{|}~.";

#[rustfmt::skip]
const LABELS: [&str; 8] = [
    "mailto", "email", "e-mail", "mail", "邮箱", "电子邮箱", "邮件", "电子邮件",
];
/// Names that stand before and behind the @ of addresses which only get past a form.
const FILLERS: [&str; 15] = [
    "test", "a", "aa", "aaa", "abc", "xx", "xxx", "123", "1", "11", "111", "none", "no", "null",
    "na",
];

/// `name@domain`, the domain in lower case, the name as it was given.
///
/// # Errors
/// When it cannot be an address; says what one looks like.
pub fn read(text: &str) -> Result<String, BadAddress> {
    let bad = |what: Phrase| Err(BadAddress(phrase!("contact.bad.mail", what)));
    if text.trim().contains(['\n', '\r']) {
        return bad(phrase!("contact.bad.spaced"));
    }
    let plain = ordinary(&visible(text));
    let text = bare(&plain);
    let text = text.replace(" @", "@").replace("@ ", "@");
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return bad(phrase!("contact.bad.spaced"));
    }
    let Some((user, domain)) = text.split_once('@') else {
        return bad(phrase!("contact.bad.no-at"));
    };
    if domain.contains('@') {
        return bad(phrase!("contact.bad.many-at"));
    }
    if text.len() > 254 || user.len() > 64 {
        return bad(phrase!("contact.bad.over-long"));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || SIGNS.contains(c);
    if user.is_empty() || !user.chars().all(allowed) {
        return bad(phrase!("contact.bad.user", signs = SIGNS));
    }
    if user.starts_with('.') || user.ends_with('.') || user.contains("..") {
        return bad(phrase!("contact.bad.dots"));
    }
    let domain = domain.replace(['。', '｡'], ".").to_lowercase();
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c == '-' || c.is_alphanumeric())
    };
    let last = domain.rsplit('.').next().unwrap_or_default();
    if !domain.contains('.')
        || !domain.split('.').all(label)
        || !last.chars().any(char::is_alphabetic)
    {
        return bad(phrase!("contact.bad.domain"));
    }
    let name = domain.split('.').next().unwrap_or_default();
    if FILLERS.contains(&user.to_lowercase().as_str()) && FILLERS.contains(&name) {
        return bad(phrase!("contact.bad.filler-mail"));
    }
    Ok(format!("{user}@{domain}"))
}

/// The ending that was probably meant, where a slip of the fingers is more likely than a domain of that name.
pub fn likely_slip(address: &str) -> Option<Phrase> {
    let meant = match address.rsplit('.').next()? {
        "con" | "cmo" | "comm" | "ocm" | "vom" | "xom" | "c0m" => ".com",
        "cnn" | "cm" => return Some(phrase!("contact.cn-or-com")),
        "ogr" | "orgg" => ".org",
        "nte" | "ne" => ".net",
        _ => return None,
    };
    Some(Phrase::verbatim(meant))
}

/// Without the name in front of `<…>`, `mailto:`, quotes, and the sign that ended the sentence.
fn bare(text: &str) -> &str {
    let text = match (text.rfind('<'), text.rfind('>')) {
        (Some(open), Some(close)) if open < close && text[open..close].contains('@') => {
            &text[open + 1..close]
        }
        _ => text,
    };
    let around = |c: char| c.is_whitespace() || "\"'‘’“”<>()[]《》〈〉「」".contains(c);
    let mut text = text.trim_matches(around);
    if let Some((label, rest)) = text.split_once([':', '：'])
        && LABELS.contains(&label.trim().to_lowercase().as_str())
    {
        text = rest.split('?').next().unwrap_or(rest);
    }
    text.trim_matches(around)
        .trim_end_matches(|c: char| around(c) || ".,;:。，；：、!".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_addresses_are_read_from_what_surrounds_them() {
        for (text, kept) in [
            ("Zhang.San+news@Example.ORG", "Zhang.San+news@example.org"),
            ("duty@示例.中国", "duty@示例.中国"),
            ("zhang＠example．org", "zhang@example.org"),
            ("zhang@example。org", "zhang@example.org"),
            ("ｚｈａｎｇ@example.org", "zhang@example.org"),
            ("张三 <zhang@example.org>", "zhang@example.org"),
            ("\"Zhang, San\" <zhang@example.org>", "zhang@example.org"),
            ("<zhang@example.org>", "zhang@example.org"),
            ("mailto:zhang@example.org?subject=x", "zhang@example.org"),
            ("邮箱：zhang@example.org。", "zhang@example.org"),
            ("zhang@example.org;", "zhang@example.org"),
            ("zhang @ example.org", "zhang@example.org"),
            ("\u{200b}zhang@example.org\u{a0}", "zhang@example.org"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(kept), "{text}");
        }
        assert_eq!(
            likely_slip("zhang@example.con"),
            Some(Phrase::verbatim(".com"))
        );
        assert_eq!(likely_slip("zhang@example.com"), None);
    }

    #[test]
    fn what_is_none_is_refused_before_anything_is_sent_to_it() {
        for text in [
            "a@b@c.org",
            "a b@c.org",
            "a@c.org\r\nBcc: x@y.org",
            "@c.org",
            "a@c",
            "a@-c.org",
            "a..b@c.org",
            "a,b@c.org",
            "test@test",
            "test@test.com",
            "zhang@192.168.1.1",
            "无",
        ] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }
}
