//! What mail servers say, and whose fault each of it is: a table to be added to.

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
