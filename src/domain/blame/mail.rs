//! SMTP: enhanced codes (RFC 3463) first, then the point at which it was answered, then the words.
//!
//! A 5xx is the recipient's only if it speaks of the recipient. What is answered before a recipient is named is always
//! about us or the server, whatever its words.

#[cfg(test)]
mod answers;

use super::Blame;
use super::words::Words;

/// How far a message had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Resolving, connecting, greeting, EHLO, TLS: no message yet.
    Opening,
    /// AUTH.
    Login,
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
    /// DATA, before the text.
    Data,
    /// The text was on its way; the server may have it.
    Text,
}

/// Blames an answer with `code`, which is 400 or more.
pub fn answer(stage: Stage, code: u16, text: &str) -> Blame {
    let words = Words::of(text).without_prefix();
    let topics = words.topics();
    let passing = code < 500;
    if matches!(code, 530 | 534 | 535 | 538 | 526) {
        return Blame::Account;
    }
    if topics.crowd && (passing || stage <= Stage::Login) {
        return Blame::Crowd;
    }
    if stage == Stage::Login && code != 421 {
        return Blame::Account;
    }
    if code == 421 {
        return match (topics.us || topics.quota, topics.pace) {
            (_, true) => Blame::Pace,
            (true, false) => Blame::Account,
            (false, false) => Blame::Moment,
        };
    }
    match (stage, passing) {
        (Stage::Opening | Stage::Login | Stage::Sender, false) => {
            before_the_recipient(text, &words)
        }
        (Stage::Opening | Stage::Login | Stage::Sender, true) => match enhanced(text) {
            Some((_, 1, 7 | 8)) => Blame::Account,
            _ if topics.pace => Blame::Pace,
            _ if topics.us || topics.quota => Blame::Account,
            _ => Blame::Moment,
        },
        (_, true) => for_now(stage, text, &words),
        (_, false) => match for_good(stage, code, text, &words) {
            Blame::Unclear if stage == Stage::Recipient => Blame::Either,
            blame => blame,
        },
    }
}

/// Whether an answer to a message that is not the first over its connection speaks of that connection only.
pub fn is_of_the_connection(text: &str) -> bool {
    Words::of(text).has(&[
        "mi:dmc",
        "rp:drc",
        "per connection",
        "per session",
        "per smtp session",
        "this connection",
        "this session",
        "same connection",
        "same session",
        "in one connection",
        "in one session",
        "单次连接",
        "本次连接",
        "每个连接",
        "同一连接",
    ])
}

/// 5xx to EHLO or MAIL FROM: nothing of the message was named but who it comes from.
fn before_the_recipient(text: &str, words: &Words) -> Blame {
    match enhanced(text) {
        Some((_, 3, 4) | (_, 2, 3)) => Blame::Message,
        _ if words.has(&["too busy", "try again later", "try later"]) => Blame::Moment,
        _ => Blame::Account,
    }
}

/// 4xx once a recipient was named.
fn for_now(stage: Stage, text: &str, words: &Words) -> Blame {
    let topics = words.topics();
    match enhanced(text) {
        Some((_, 1, 7 | 8)) => Blame::Account,
        Some((_, 7, 20..=29)) => Blame::Account,
        Some((_, 1 | 2, _)) if words.is_about_submission() => Blame::Account,
        Some((_, 2, _)) => Blame::Recipient,
        Some((_, 3, _)) if stage == Stage::Text && !topics.recipient => Blame::Moment,
        // Greylisting words itself in every way, and some of them name the sender.
        _ if words.has(&["grey", "gray", "灰名单"]) => Blame::Recipient,
        _ if words.is_plainly_us() => Blame::Account,
        _ if topics.only_us() && !(stage == Stage::Recipient && could_be_theirs(words)) => {
            Blame::Account
        }
        _ if topics.enough => Blame::Recipient,
        _ if topics.pace && !words.has(&["receiving mail"]) => Blame::Pace,
        _ => Blame::Recipient,
    }
}

/// 5xx once a recipient was named.
fn for_good(stage: Stage, code: u16, text: &str, words: &Words) -> Blame {
    let topics = words.topics();
    let by_code = enhanced(text).and_then(|(_, subject, detail)| match (subject, detail) {
        // Exchange uses the numbers of the recipient's mailbox for the sender's own.
        (1, 7 | 8 | 90) => Some(Blame::Account),
        (1 | 2, _) if words.is_about_submission() => Some(Blame::Account),
        (1, 0) => None,
        (1, _) => Some(Blame::NoSuchRecipient),
        (2, 3) | (3, 4) => Some(Blame::Message),
        (2, _) => Some(Blame::NoSuchRecipient),
        (3, 2) => Some(Blame::Moment),
        (4, 5) => Some(Blame::Account),
        // A text that went in circles: where, it does not say.
        (4, 6 | 14) if stage > Stage::Recipient => Some(Blame::Unclear),
        (4, 1 | 4 | 6 | 14 | 310) if !topics.us => Some(Blame::NoSuchRecipient),
        (6, _) => Some(Blame::Message),
        // Named policies (RFC 7372 and Exchange's own): SPF, DKIM, reverse DNS, log-in, relaying, tenants and addresses
        // that are shut out; and lists and groups that take mail of few.
        (7, 2 | 124 | 129 | 133..=136) => Some(Blame::NoSuchRecipient),
        (7, 3 | 8 | 9 | 11 | 14 | 20..=29 | 54 | 57 | 60 | 64 | 139) => Some(Blame::Account),
        (7, _) if topics.space && !topics.recipient => Some(Blame::Account),
        (7, 501..=519 | 606..=649 | 700..=799) => Some(Blame::Account),
        _ => None,
    });
    if let Some(blame) = by_code {
        return blame;
    }
    if words.is_plainly_us() {
        return Blame::Account;
    }
    if stage == Stage::Recipient && topics.us && !topics.recipient && could_be_theirs(words) {
        return Blame::Either;
    }
    if topics.pace && !topics.recipient {
        return Blame::Pace;
    }
    if topics.message && !topics.us {
        return Blame::Message;
    }
    match (topics.us || topics.quota, topics.recipient) {
        (true, false) => Blame::Account,
        // Sender and recipient in one breath, as lists and relays word it.
        (true, true) if topics.us => Blame::Unclear,
        (_, true) => Blame::NoSuchRecipient,
        // The code alone means storage that is used up.
        (false, false) if code == 552 && (stage == Stage::Recipient || topics.space) => {
            Blame::NoSuchRecipient
        }
        (false, false) => Blame::Unclear,
    }
}

/// What speaks of us by its words may speak of the one it was for, where that one has just been named.
fn could_be_theirs(words: &Words) -> bool {
    words.names_a_receiver() || !words.without_their_own().topics().only_us()
}

/// The enhanced status code at the beginning of an answer, or the one that qmail and its kin put at the end (`#5.7.1`).
fn enhanced(text: &str) -> Option<(u8, u16, u16)> {
    let first = text.split_whitespace().next()?;
    let marked = text.split('#').skip(1);
    std::iter::once(first).chain(marked).find_map(|word| {
        let end = word
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(word.len());
        let mut parts = word[..end].trim_end_matches('.').split('.');
        let class: u8 = parts.next()?.parse().ok()?;
        let subject = parts.next()?.parse().ok()?;
        let detail = parts.next()?.parse().ok()?;
        (matches!(class, 4 | 5) && parts.next().is_none()).then_some((class, subject, detail))
    })
}
