//! SMTP: enhanced codes (RFC 3463) first, then the point at which it was answered, then the words.
//!
//! A 5xx is the recipient's only if it speaks of the recipient. What is answered before a recipient is named is always
//! about us or the server, whatever its words.

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

#[cfg(test)]
mod tests {
    use super::*;
    use Stage::{Data, Login, Opening, Recipient, Sender, Text};
    use proptest::prelude::*;

    fn all(cases: &[(Stage, &str)], wanted: Blame) {
        for (stage, said) in cases {
            let (code, text) = said.split_once(' ').unwrap_or((said, ""));
            let found = answer(*stage, code.parse().unwrap(), text);
            assert_eq!(found, wanted, "{stage:?}: {said}");
        }
    }

    #[test]
    fn what_is_about_us_is_the_accounts() {
        all(
            &[
                (
                    Opening,
                    "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
                ),
                (Opening, "501 Syntactically invalid HELO argument(s)"),
                (Opening, "550 nothing that anybody knows"),
                (Login, "535 5.7.8 authentication failed"),
                (Login, "454 4.7.0 Too many login attempts"),
                (Login, "526 Authentication failure"),
                (Sender, "553 Mail from must equal authorized user"),
                (
                    Sender,
                    "501 mail from address must be same as authorization user",
                ),
                (
                    Sender,
                    "553 5.7.1 Sender address rejected: not owned by auth user.",
                ),
                (Sender, "550 5.4.5 Daily user sending limit exceeded"),
                (Sender, "503 Error: need EHLO and AUTH first !"),
                (
                    Sender,
                    "440 mail from account doesn't conform with authentication",
                ),
                (
                    Sender,
                    "450 4.1.8 <a@b.invalid>: Sender address rejected: Domain not found",
                ),
                (Sender, "500 5.3.0 Error: command failed"),
                (Sender, "550 用户没有发信权限"),
                (Recipient, "553 sorry, your sender is not allowed"),
                (
                    Recipient,
                    "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
                ),
                (Recipient, "550 5.7.1 relay denied"),
                (
                    Recipient,
                    "554 5.7.1 <zhang@example.invalid>: Relay access denied",
                ),
                (
                    Recipient,
                    "454 4.7.1 <zhang@example.invalid>: Relay access denied",
                ),
                (Recipient, "550 5.7.1 not authorized"),
                (
                    Recipient,
                    "550 5.7.23 The message was rejected because of Sender Policy Framework violation",
                ),
                (Recipient, "550 5.7.1 SPF check failed"),
                (Recipient, "550 5.7.1 Your IP address is on our blocklist"),
                (
                    Recipient,
                    "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname",
                ),
                (
                    Recipient,
                    "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]",
                ),
                (Recipient, "550 5.4.5 Daily user sending limit exceeded"),
                (
                    Recipient,
                    "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
                ),
                (Recipient, "550 发件人未通过认证"),
                (
                    Recipient,
                    "450 4.7.1 <pc>: Helo command rejected: Host not found",
                ),
                (
                    Recipient,
                    "450 4.7.1 <a@b.invalid>: Sender address rejected: Domain not found",
                ),
                (
                    Recipient,
                    "550 5.7.1 Recipient address rejected: Relay access denied",
                ),
                (Recipient, "530 5.7.0 Must issue a STARTTLS command first"),
                (Data, "550 User has no permission"),
                (Text, "550 5.4.5 Daily sending quota exceeded"),
                (
                    Text,
                    "550 5.7.26 Unauthenticated email from example.invalid is not accepted due to DMARC policy",
                ),
                (
                    Text,
                    "550 5.7.705 Access denied, tenant has exceeded threshold",
                ),
                (
                    Text,
                    "501 mail from address must be same as authorization user",
                ),
                (Text, "550 您的账户今日发信量已达上限"),
                (
                    Text,
                    "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Cannot submit message.",
                ),
                (
                    Text,
                    "554 5.2.252 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed",
                ),
                (Text, "550 5.2.2 Submission quota exceeded"),
                (
                    Recipient,
                    "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
                ),
                (
                    Recipient,
                    "554 5.7.1 <p@a.invalid>: Recipient address rejected: Policy Rejection- Quota Exceeded.",
                ),
                (
                    Recipient,
                    "450 4.7.1 <p@a.invalid>: Recipient address rejected: Policy Rejection- Quota Exceeded.",
                ),
                (
                    Recipient,
                    "554 5.7.1 <p@a.invalid>: Recipient address rejected: Policy rejection not logged in",
                ),
                (
                    Recipient,
                    "554 5.7.1 <p@a.invalid>: Recipient address rejected: quota exceeded",
                ),
            ],
            Blame::Account,
        );
    }

    #[test]
    fn what_speaks_of_the_recipient_is_final_at_5xx() {
        all(
            &[
                (
                    Recipient,
                    "550 5.1.1 <zhang@example.invalid>: Recipient address rejected: User unknown",
                ),
                (Recipient, "550 No such user here"),
                (Recipient, "550 5.7.1 No such user!"),
                (Recipient, "550 Mailbox unavailable or access denied"),
                (
                    Recipient,
                    "552 5.2.2 The email account that you tried to reach is over quota",
                ),
                (
                    Recipient,
                    "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
                ),
                (
                    Recipient,
                    "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required",
                ),
                (Recipient, "550 RCPT (zhang@example.invalid) dosn't exist"),
                (Recipient, "550 用户不存在"),
                (Recipient, "552 user quota exceeded"),
                (Text, "552 quota exceeded"),
                (Recipient, "553 5.1.3 bad address syntax"),
                (Text, "550 5.2.1 mailbox disabled"),
            ],
            Blame::NoSuchRecipient,
        );
        all(
            &[
                (Text, "552 5.3.4 Message size exceeds fixed limit"),
                (Text, "552 Message exceeds maximum size"),
                (Text, "554 5.6.0 message content rejected"),
                (Text, "554 virus found"),
                (Sender, "552 5.3.4 too big"),
            ],
            Blame::Message,
        );
    }

    #[test]
    fn a_recipient_who_is_not_ready_is_nobody_elses_trouble() {
        all(
            &[
                (Recipient, "451 4.7.1 Greylisted, try again later"),
                (
                    Recipient,
                    "450 4.2.0 <zhang@example.invalid>: Recipient address rejected: Greylisted",
                ),
                (
                    Recipient,
                    "451 4.7.1 Greylisting in action: sender not known yet",
                ),
                (
                    Recipient,
                    "450 4.1.2 <a@b.invalid>: Recipient address rejected: Domain not found",
                ),
                (Recipient, "452 4.2.2 Mailbox full"),
                (
                    Recipient,
                    "450 4.2.1 The user you are trying to contact is receiving mail too quickly",
                ),
                (Recipient, "451 try again"),
                (Recipient, "450 5.3.0 Error: command failed"),
                (Text, "451 4.7.1 greylisted"),
            ],
            Blame::Recipient,
        );
    }

    #[test]
    fn the_servers_moment_and_pace_are_told_apart() {
        all(
            &[
                (Opening, "421 4.3.2 Service not available, closing"),
                (Sender, "452 4.3.1 Insufficient system storage"),
                (Recipient, "421 4.3.2 shutting down"),
                (Text, "452 4.3.1 Insufficient system resources"),
            ],
            Blame::Moment,
        );
        all(
            &[
                (Sender, "451 4.7.0 rate limit exceeded"),
                (Recipient, "450 Too many recipient attempts"),
                (
                    Recipient,
                    "450 4.7.1 Error: too many recipients from 192.0.2.1",
                ),
                (
                    Recipient,
                    "421 4.7.28 Our system has detected an unusual rate of mail",
                ),
                (Text, "550 Sender frequency limited"),
            ],
            Blame::Pace,
        );
        all(
            &[
                (Opening, "421 4.7.0 Too many connections from your address"),
                (Opening, "554 too many connections"),
                (
                    Opening,
                    "421 Too many concurrent SMTP connections; please try again later.",
                ),
                (Sender, "432 4.3.2 Concurrent connections limit exceeded"),
            ],
            Blame::Crowd,
        );
    }

    #[test]
    fn what_could_be_either_is_neither() {
        all(
            &[
                (Text, "554 DT:SPM 126 smtp6"),
                (Text, "554 5.7.1 Message rejected under suspicion of SPAM"),
                (Text, "550 content rejected"),
                (Text, "554 5.7.0 policy violation"),
                (Text, "500 5.3.0 Error: command failed"),
                (Data, "554 transaction failed"),
                (
                    Text,
                    "554 5.4.14 Hop count exceeded - possible mail loop ATTR34",
                ),
            ],
            Blame::Unclear,
        );
        all(
            &[
                (Recipient, "550 requested action not taken"),
                (Recipient, "500 5.3.0 Error: command failed"),
                (
                    Recipient,
                    "550 5.7.1 <a@b>: Recipient address rejected: sender not on the list's own list",
                ),
            ],
            Blame::Either,
        );
    }

    #[test]
    fn what_is_of_the_connection_only_is_told_apart() {
        for (text, wanted) in [
            ("MI:DMC 163 smtp5,wKgA==", true),
            ("RP:DRC smtp", true),
            ("4.5.3 too many messages per session", true),
            ("4.7.0 rate limit exceeded", false),
            ("MI:SFQ", false),
        ] {
            assert_eq!(is_of_the_connection(text), wanted, "{text}");
        }
    }

    #[test]
    fn words_that_fit_both_are_not_ours_once_a_recipient_was_named() {
        all(
            &[
                (Recipient, "550 User suspended: zhang@example.invalid"),
                (Recipient, "550 Account disabled"),
                (Recipient, "550 5.7.1 User locked"),
                (Recipient, "550 account suspended"),
                (
                    Recipient,
                    "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required",
                ),
                (
                    Recipient,
                    "550 5.7.1 You are not authorized to send to this list",
                ),
                (Recipient, "550 Sender may not post to this group"),
                (
                    Recipient,
                    "550 This account has been disabled or discontinued",
                ),
                (Recipient, "550 该账号已停用"),
                (
                    Recipient,
                    "550 5.7.1 <a@b.invalid>: Recipient address rejected: nothing anybody knows",
                ),
            ],
            Blame::Either,
        );
        all(
            &[
                (Recipient, "450 account suspended"),
                (Recipient, "451 4.7.1 User locked"),
            ],
            Blame::Recipient,
        );
    }

    proptest! {
        #[test]
        fn nothing_answered_before_a_recipient_is_named_is_the_recipients(code in 400u16..600, text in ".{0,60}") {
            for stage in [Opening, Login, Sender] {
                let blame = answer(stage, code, &text);
                prop_assert!(!matches!(blame, Blame::Recipient | Blame::NoSuchRecipient | Blame::Unclear), "{:?}", blame);
            }
        }

        #[test]
        fn a_4xx_is_never_final(code in 400u16..500, text in ".{0,60}") {
            for stage in [Opening, Login, Sender, Recipient, Data, Text] {
                let blame = answer(stage, code, &text);
                prop_assert!(!matches!(blame, Blame::Message | Blame::NoSuchRecipient), "{:?}", blame);
            }
        }
    }
}
