//! A cell of addresses: one, several or none, and how they come apart.

use super::address::{Found, one};
use crate::domain::contact::{AddressKind, mailbox, phone};
use crate::domain::invisible::{ordinary, visible};

/// The most pieces that a run of digits is put together from.
const PIECES: usize = 40;
/// Words between two addresses.
const BETWEEN: [&str; 9] = ["或者", "或", "以及", "和", "及", "与", " or ", " and ", "&"];

/// Everything that stands in a cell of addresses of `kind`.
pub(super) fn read(kind: AddressKind, text: &str) -> Vec<Found> {
    if text.is_empty() {
        return Vec::new();
    }
    // Some address books set three colons between addresses, and people number theirs.
    let text = text.replace(":::", "\n");
    let text = text.replace(|c: char| ('①'..='⑳').contains(&c), "\n");
    let text = text.trim();
    split(
        kind,
        text,
        &[
            &|text| {
                text.split([';', '；', '、', '\n', '\t'])
                    .map(str::to_owned)
                    .collect()
            },
            &|text| text.split([',', '，']).map(str::to_owned).collect(),
            &mails,
            &|text| {
                text.split(['/', '／', '|', '｜', '\\'])
                    .map(str::to_owned)
                    .collect()
            },
            &between,
            &closed,
            &|text| {
                if kind == AddressKind::Sms {
                    numbers(text)
                } else {
                    vec![text.to_owned()]
                }
            },
        ],
    )
}

/// A way of taking a cell apart.
type Way<'w> = &'w dyn Fn(&str) -> Vec<String>;

/// Reads `text` as a whole, and only if that fails in the parts that the first way of taking apart gives.
fn split(kind: AddressKind, text: &str, ways: &[Way<'_>]) -> Vec<Found> {
    let whole = one(kind, text);
    if !matches!(whole, Found::Bad { .. }) {
        return vec![whole];
    }
    let Some((way, others)) = ways.split_first() else {
        return vec![whole];
    };
    let parts: Vec<String> = way(text)
        .iter()
        .map(|part| part.trim())
        // A telephone link may say more about its number.
        .filter(|part| {
            !part.is_empty() && !part.starts_with("ext=") && !part.starts_with("phone-context=")
        })
        .map(str::to_owned)
        .collect();
    if parts.len() == 1 && parts[0] == text.trim() || parts.is_empty() {
        return split(kind, text, others);
    }
    let found: Vec<Found> = parts
        .iter()
        .flat_map(|part| split(kind, part, others))
        .collect();
    // A sign that does not lie between addresses belongs to what it stands in.
    if found.iter().all(|one| matches!(one, Found::Bad { .. }))
        && !text.contains([';', '；', '、', '\n', ',', '，'])
    {
        return vec![whole];
    }
    found
}

fn between(text: &str) -> Vec<String> {
    let mut text = text.to_owned();
    for word in BETWEEN {
        text = text.replace(word, "\n");
    }
    text.split('\n').map(str::to_owned).collect()
}

/// `138…(W) 139…(H)`, `张三 <a@b> 李四 <c@d>`: every part ends with its bracket.
fn closed(text: &str) -> Vec<String> {
    let parts: Vec<String> = text
        .split_inclusive([')', '）', '>', '＞'])
        .map(str::to_owned)
        .collect();
    let is_whole = |part: &String| {
        part.contains(['@', '＠']) || part.chars().filter(|c| c.is_numeric()).count() > 10
    };
    if parts.len() > 1 && parts.iter().all(is_whole) {
        parts
    } else {
        vec![text.to_owned()]
    }
}

/// Several mail addresses with nothing but spaces between them.
fn mails(text: &str) -> Vec<String> {
    let parts: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    if parts.len() > 1 && parts.iter().all(|part| part.contains('@')) {
        parts
    } else {
        vec![text.to_owned()]
    }
}

/// Several numbers with nothing between them but what also stands inside one: `138 0000 1234-139 0000 1234`.
fn numbers(text: &str) -> Vec<String> {
    let whole = || vec![text.to_owned()];
    if text
        .chars()
        .any(|c| !c.is_ascii_digit() && c != '+' && !phone::is_separator(c))
    {
        return whole();
    }
    let pieces: Vec<&str> = text
        .split(|c: char| phone::is_separator(c))
        .filter(|piece| !piece.is_empty())
        .collect();
    if pieces.len() < 2 || pieces.len() > PIECES {
        return whole();
    }
    let is_one =
        |piece: &str| phone::read(piece).is_ok() || phone::is_fixed_line(piece) && piece.len() > 9;
    // ends[n]: how the first n pieces come apart into whole numbers.
    let mut ends: Vec<Option<Vec<String>>> = vec![None; pieces.len() + 1];
    ends[0] = Some(Vec::new());
    for end in 1..=pieces.len() {
        ends[end] = (0..end).find_map(|start| {
            let number = pieces[start..end].concat();
            let before = ends[start].as_ref().filter(|_| is_one(&number))?;
            Some(before.iter().cloned().chain([number]).collect())
        });
    }
    ends.pop()
        .flatten()
        .filter(|found| found.len() > 1)
        .unwrap_or_else(whole)
}

/// Whether a number that cannot be read was surely mobile: rounded, masked, or one digit more or less.
pub(super) fn was_mobile(text: &str) -> bool {
    let plain = ordinary(&visible(text));
    let plain = plain.trim();
    let digits = plain.chars().filter(char::is_ascii_digit).count();
    let is_rounded = plain.to_uppercase().ends_with("E+10");
    let is_masked = plain.contains(['*', 'x', 'X']) && digits > 5;
    let is_near = (10..=12).contains(&digits)
        && plain
            .chars()
            .all(|c| c.is_ascii_digit() || phone::is_separator(c));
    plain.starts_with('1') && (is_rounded || is_masked || is_near)
}

/// Whether a whole cell is one address or several and nothing else.
pub(super) fn looks_like_one(text: &str) -> bool {
    if text.is_empty() || text.chars().count() > 200 {
        return false;
    }
    let plain = ordinary(&visible(text));
    let is_address = |kind| {
        let found = read(kind, &plain);
        found
            .iter()
            .any(|one| matches!(one, Found::Address(_, None)))
            && !found.iter().any(|one| matches!(one, Found::Bad { .. }))
    };
    let is_rounded = plain.contains(['e', 'E'])
        && phone::read(&plain).is_err_and(|why| why.to_string().contains("rounded"))
        && plain.ends_with("10");
    is_address(AddressKind::Sms) || is_address(AddressKind::Email) || is_rounded
}

/// Whether an address stands anywhere in the cell, among other words.
pub(super) fn holds_one(text: &str) -> bool {
    if looks_like_one(text) {
        return true;
    }
    let plain = ordinary(&visible(text));
    let has_number = plain
        .split(|c: char| !c.is_ascii_digit() && c != '-' && c != ' ')
        .any(|run| phone::read(run).is_ok());
    let has_mail = plain
        .split(|c: char| c.is_whitespace() || "，,;；、()<>:：".contains(c))
        .any(|word| word.is_ascii() && mailbox::read(word).is_ok());
    let has_chat = plain.starts_with('@') && AddressKind::Telegram.read(&plain).is_ok();
    has_number || has_mail || has_chat
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phones(text: &str) -> Vec<String> {
        read(AddressKind::Sms, text)
            .into_iter()
            .map(|found| match found {
                Found::Address(address, _) => address.address,
                Found::Filler(_) => "nothing".into(),
                Found::FixedLine(_) => "fixed".into(),
                Found::Bad { .. } => "bad".into(),
            })
            .collect()
    }

    #[test]
    fn several_numbers_in_a_cell_are_all_taken() {
        for text in [
            "13800001234/13900001234",
            "13800001234、13900001234",
            "13800001234，13900001234",
            "13800001234; 13900001234",
            "13800001234 13900001234",
            "13800001234\n13900001234",
            "13800001234或13900001234",
            "13800001234 or 13900001234",
            "13800001234-13900001234",
            "138 0000 1234 139 0000 1234",
            "138-0000-1234/139-0000-1234",
            "13800001234|13900001234",
            "手机：13800001234，电话：13900001234",
            "13800001234（微信同号）、13900001234",
            "13800001234,13900001234,",
            "电话1：13800001234，电话2：13900001234",
            "①13800001234②13900001234",
            "13800001234(W) 13900001234(H)",
            "+86 138 0000 1234 ::: +86 139 0000 1234",
            "📱13800001234、☎13900001234",
        ] {
            assert_eq!(phones(text), ["13800001234", "13900001234"], "{text:?}");
        }
        for (text, expected) in [
            ("13,800,001,234", vec!["13800001234"]),
            ("13800001234/0510-12345678", vec!["13800001234", "fixed"]),
            ("13800001234/5", vec!["13800001234", "bad"]),
            ("13800001234转801", vec!["13800001234"]),
            ("王主任13800001234", vec!["13800001234"]),
            ("1380000/1234", vec!["bad"]),
            ("138****1234", vec!["bad"]),
            ("无", vec!["nothing"]),
            ("0510-12345678转8001", vec!["fixed"]),
            ("0510-12345678-801", vec!["bad"]),
            ("传真0510-12345678", vec!["fixed"]),
            ("同上", vec!["bad"]),
            ("13800001234#", vec!["13800001234"]),
            ("★13800001234", vec!["13800001234"]),
            ("13800001234（短号661234）", vec!["13800001234"]),
            ("86+13800001234", vec!["13800001234"]),
            ("086-13800001234", vec!["13800001234"]),
            ("0013800001234", vec!["13800001234"]),
            ("1-415-555-0100", vec!["bad"]),
            ("1 (380) 555-1234", vec!["bad"]),
            ("1380000123.4", vec!["bad"]),
            ("13800001234（停用）", vec!["bad"]),
            ("空号13800001234", vec!["bad"]),
            ("13800001234 勿打", vec!["bad"]),
            (
                "13800001234（已离职）/13900001234",
                vec!["bad", "13900001234"],
            ),
            ("13800001234（已故）", vec!["bad"]),
        ] {
            assert_eq!(phones(text), expected, "{text}");
        }
    }

    #[test]
    fn a_mail_address_among_telephones_is_one_all_the_same() {
        let found = read(AddressKind::Sms, "13800001234 / zhang@example.org");
        assert!(
            matches!(&found[..], [Found::Address(..), Found::Address(mail, Some(_))] if mail.address == "zhang@example.org"),
            "{found:?}"
        );
        let mails = read(AddressKind::Email, "a/b@example.org c@example.org");
        assert_eq!(mails.len(), 2, "{mails:?}");
        for (text, kept) in [
            ("张三 <z@a.org>;李四 <l@a.org>", vec!["z@a.org", "l@a.org"]),
            ("张三 <z@a.org> 李四 <l@a.org>", vec!["z@a.org", "l@a.org"]),
            ("z@a.org, 李四 <l@a.org>", vec!["z@a.org", "l@a.org"]),
            ("\"Zhang, San\" <z@a.org>", vec!["z@a.org"]),
            ("z@a.org ::: l@a.org", vec!["z@a.org", "l@a.org"]),
            ("z@a.org（备用）", vec!["z@a.org"]),
            ("San Zhang (z@a.org)", vec!["z@a.org"]),
            ("[z@a.org](mailto:z@a.org)", vec!["z@a.org"]),
        ] {
            let found = read(AddressKind::Email, text);
            let addresses: Vec<&str> = found
                .iter()
                .filter_map(|one| match one {
                    Found::Address(address, _) => Some(address.address.as_str()),
                    _ => None,
                })
                .collect();
            assert_eq!(
                (addresses, found.len()),
                (kept.clone(), kept.len()),
                "{text}"
            );
        }
        assert!(matches!(
            read(AddressKind::Email, "z@a.org（停用）")[..],
            [Found::Bad { .. }]
        ));
        assert!(matches!(
            read(AddressKind::Email, "13800001234")[..],
            [Found::Address(..)]
        ));
    }

    #[test]
    fn a_cell_that_holds_an_address_is_seen_in_any_column() {
        for text in [
            "13800001234",
            "+86 138 0000 1234",
            "zhang@example.org",
            "1.38E+10",
            "晚上打13800001234",
            "见 zhang@example.org",
            "@shili_fabu",
        ] {
            assert!(holds_one(text), "{text}");
        }
        for text in [
            "",
            "张三",
            "320299",
            "320299100000",
            "110101199003071234",
            "2026-11-25",
            "备注",
            "0510-12345678",
            "123456",
        ] {
            assert!(!holds_one(text), "{text}");
        }
    }
}
