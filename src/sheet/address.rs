//! One part of a cell of addresses, with what people write around an address.

use super::cell;
use crate::domain::contact::{Address, AddressKind, mailbox, mask_address, phone};
use crate::domain::invisible::ordinary;
use crate::domain::phrase::{Phrase, phrase};

/// What one part of a cell turned out to be. Nothing here shows a whole address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    Address(Address, Option<Phrase>),
    /// A word or sign that stands for "nothing".
    Filler(String),
    /// A fixed line, which is an address of nothing.
    FixedLine(String),
    Bad {
        shown: String,
        why: Phrase,
    },
}

/// What `text` is as a whole.
pub(super) fn one(kind: AddressKind, text: &str) -> Found {
    let text = text.trim();
    if cell::is_filler(text) {
        return Found::Filler(head(text));
    }
    let bad = |why: Phrase| Found::Bad {
        shown: mask_address(&head(text)),
        why,
    };
    if cell::is_ditto(text) {
        return bad(phrase!("contact.ditto"));
    }
    let plain = ordinary(text);
    let plain = undecorated(&plain);
    let (kind, moved) = match kind {
        AddressKind::Sms if plain.contains('@') => {
            (AddressKind::Email, Some(phrase!("contact.read.as-mail")))
        }
        AddressKind::Email if !plain.contains('@') && phone::read(&plain).is_ok() => {
            (AddressKind::Sms, Some(phrase!("contact.read.as-mobile")))
        }
        kind => (kind, None),
    };
    if kind == AddressKind::Email {
        return mail(&plain, text, moved);
    }
    let address = |address: String, note: Option<Phrase>| {
        let note = note.or(moved.clone()).or_else(|| doubt(kind, &address));
        let note = note.map(|note| of(&mask_address(&address), note));
        Found::Address(Address { kind, address }, note)
    };
    let why = match kind.read(&plain) {
        Ok(read) => return address(read, None),
        Err(why) => why.phrase(),
    };
    if kind == AddressKind::Sms {
        let (base, is_extended) = phone::without_extension(&plain);
        if is_extended && let Ok(read) = phone::read(base) {
            return address(read, Some(phrase!("contact.read.without-extension")));
        }
        if phone::is_fixed_line(&plain) {
            return Found::FixedLine(mask_address(&head(text)));
        }
        if let Some((rest, remark)) = without_remark(&plain) {
            if is_out_of_use(&remark) {
                return bad(phrase!("contact.out-of-use", remark));
            }
            if let Ok(read) = phone::read(&rest) {
                return address(read, Some(phrase!("contact.read.without", remark)));
            }
            if phone::is_fixed_line(&rest) {
                return Found::FixedLine(mask_address(&head(&rest)));
            }
        }
    }
    bad(why)
}

/// What is to be said of `shown`.
pub(super) fn of(shown: &str, what: Phrase) -> Phrase {
    phrase!("contact.of", shown = format!("{shown:?}"), what)
}

/// Without the signs that people set in front of a number, its place in a list (电话1：) and the # behind it.
fn undecorated(text: &str) -> String {
    let start = text.trim_start_matches(|c: char| {
        !c.is_alphanumeric()
            && !c.is_ascii()
            && !phone::is_separator(c)
            && !"‘’“”〔【《〈".contains(c)
    });
    let letters = start
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(start.len());
    let (label, behind) = start.split_at(letters);
    let number = behind.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = !label.is_empty() && (1..=2).contains(&(behind.len() - number.len()));
    let text = match number.strip_prefix(':') {
        Some(rest) if is_numbered => rest.trim_start().to_owned(),
        _ => start.to_owned(),
    };
    text.strip_suffix('#')
        .map_or(text.clone(), |rest| rest.trim_end().to_owned())
}

/// Whether a remark beside an address says that nothing should go there.
fn is_out_of_use(remark: &str) -> bool {
    #[rustfmt::skip]
    const GONE: [&str; 16] = [
        "停用", "空号", "勿打", "勿拨", "离职", "已故", "去世", "停机", "注销", "作废", "失效", "错号", "打不通",
        "弃用", "不用", "退订",
    ];
    GONE.iter().any(|word| remark.contains(word))
}

/// One mail address, with a name or a remark beside it: `San Zhang (x@y.org)`, `x@y.org（备用）`, `[x](mailto:x)`.
fn mail(plain: &str, text: &str, moved: Option<Phrase>) -> Found {
    let bad = |why: Phrase| Found::Bad {
        shown: mask_address(&head(text)),
        why,
    };
    let plain = match plain.split_once("](") {
        Some((_, link)) => link.trim_end_matches(')'),
        None => plain,
    };
    if plain.matches('@').count() > 1 {
        return bad(phrase!("contact.many-mails"));
    }
    let whole = AddressKind::Email.read(plain);
    let (read, remark) = match (whole, plain.rsplit_once('(')) {
        (Err(_), Some((front, inner))) => {
            let inner = inner.trim_end().trim_end_matches(')');
            let (address, remark) = if inner.contains('@') {
                (inner, front)
            } else {
                (front, inner)
            };
            (AddressKind::Email.read(address), remark.trim().to_owned())
        }
        (whole, _) => (whole, String::new()),
    };
    match read {
        Err(why) => bad(why.phrase()),
        Ok(_) if is_out_of_use(&remark) => bad(phrase!("contact.unread", remark = head(&remark))),
        Ok(address) => {
            let note = moved.or_else(|| doubt(AddressKind::Email, &address));
            let note = note.map(|note| of(&mask_address(&address), note));
            let kind = AddressKind::Email;
            Found::Address(Address { kind, address }, note)
        }
    }
}

/// What is possible and yet hardly meant.
fn doubt(kind: AddressKind, address: &str) -> Option<Phrase> {
    match kind {
        AddressKind::Sms if phone::is_doubtful(address) => Some(phrase!("contact.hardly-meant")),
        AddressKind::Email => {
            let meant = mailbox::likely_slip(address)?;
            Some(phrase!("contact.end-meant", meant))
        }
        _ => None,
    }
}

/// `13800001234（微信同号）`, `王主任 13800001234`: the number, and what was said beside it.
fn without_remark(text: &str) -> Option<(String, String)> {
    let mut rest = String::new();
    let mut remark = String::new();
    let mut inside: Option<String> = None;
    // A short number between brackets belongs to the words there; a whole one is what is looked for.
    let mut close = |inside: &str, rest: &mut String| {
        let digits = inside.chars().filter(char::is_ascii_digit).count();
        let takes = digits < 11 && inside.chars().any(char::is_alphabetic);
        for c in inside.chars() {
            if takes || !c.is_ascii_digit() {
                remark.push(c);
            } else {
                rest.push(c);
            }
        }
    };
    for c in text.chars() {
        match (&mut inside, c) {
            (None, '(' | '[' | '【' | '<' | '〔') => inside = Some(c.to_string()),
            (None, c) => rest.push(c),
            (Some(words), c) => {
                words.push(c);
                if matches!(c, ')' | ']' | '】' | '>' | '〕') {
                    close(words, &mut rest);
                    inside = None;
                }
            }
        }
    }
    if let Some(words) = inside {
        close(&words, &mut rest);
    }
    // Brackets around digits are part of the number.
    if !remark.chars().any(char::is_alphabetic) {
        rest = text.to_owned();
        remark.clear();
    }
    let words = |c: char| c.is_alphabetic() || c.is_whitespace() || ":：,，.。-".contains(c);
    let start = rest.trim_start_matches(words);
    let inner = start.trim_end_matches(words);
    for word in [&rest[..rest.len() - start.len()], &start[inner.len()..]] {
        remark.push_str(word.trim());
    }
    let is_said = remark.chars().any(char::is_alphabetic);
    (is_said && !inner.is_empty()).then(|| (inner.to_owned(), head(&remark)))
}

fn head(text: &str) -> String {
    text.chars().take(40).collect()
}
