//! What went wrong with a mail, at which point, and whose fault `domain::blame` says it is.

use std::fmt;

use lettre::transport::smtp::Error;

use crate::channel::http::{because, is_about_trust};
use crate::domain::blame::Blame;
use crate::domain::blame::mail::{Stage, answer, is_of_the_connection};
use crate::domain::delivery::Outcome;

/// Characters of the server's last word that are kept as the receipt.
const RECEIPT: usize = 100;

/// A try that failed.
#[derive(Debug)]
pub(super) struct Fault {
    pub stage: Stage,
    pub cause: Cause,
    /// The connection had carried a message before.
    pub reused: bool,
}

#[derive(Debug)]
pub(super) enum Cause {
    Smtp(Error),
    Io(std::io::Error),
    Timeout,
    /// None of the few connections that the server takes became free.
    NoLane,
    /// The recipient needs what this server cannot do.
    NoSmtpUtf8,
}

impl Fault {
    /// The code of the server's answer, if it gave one.
    pub fn code(&self) -> Option<u16> {
        match &self.cause {
            Cause::Smtp(error) => error.status().map(u16::from),
            _ => None,
        }
    }

    /// A kept connection that the server had closed meanwhile; nothing of this message was taken.
    pub fn is_stale(&self) -> bool {
        let closed = matches!(self.cause, Cause::Smtp(_)) && self.code().is_none();
        self.reused && self.stage < Stage::Text && (closed || self.code() == Some(421))
    }

    /// The server takes no more over this connection, and will over another. Nothing of this message was taken.
    pub fn is_used_up(&self) -> bool {
        let Cause::Smtp(error) = &self.cause else {
            return false;
        };
        let is_early = matches!(self.stage, Stage::Sender | Stage::Recipient);
        let passes = self.code().is_some_and(|code| code < 500);
        self.reused && is_early && passes && is_of_the_connection(&because(error))
    }

    /// The connection was not taken, or taken back: perhaps because there are enough of them.
    pub fn may_be_crowd(&self) -> bool {
        let unanswered = self.code().is_none() && !matches!(self.cause, Cause::Timeout);
        match self.stage {
            Stage::Opening if self.code() == Some(421) => true,
            Stage::Opening if unanswered => self.blame() == Blame::Moment,
            _ => self.blame() == Blame::Crowd,
        }
    }

    /// Whose fault it is.
    pub fn blame(&self) -> Blame {
        let error = match &self.cause {
            Cause::NoSmtpUtf8 => return Blame::NoSuchRecipient,
            Cause::Io(_) | Cause::Timeout => return Blame::Moment,
            Cause::NoLane => return Blame::Pace,
            Cause::Smtp(error) => error,
        };
        if let Some(code) = error.status() {
            return answer(self.stage, u16::from(code), &because(error));
        }
        // No STARTTLS, no way to log in that both know, a certificate that is not trusted: set up wrongly, here or there.
        if error.is_client() || error.is_tls() || is_about_trust(error) {
            return Blame::Account;
        }
        match self.stage {
            // An answer that is no text says something, and it cannot be known what.
            Stage::Recipient if is_unreadable(error) => Blame::Either,
            Stage::Data | Stage::Text if is_unreadable(error) => Blame::Unclear,
            Stage::Login | Stage::Sender if is_unreadable(error) => Blame::Account,
            _ => Blame::Moment,
        }
    }
}

/// Bytes in an encoding that is not UTF-8.
fn is_unreadable(error: &Error) -> bool {
    because(error).contains("UTF-8")
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let while_ = match self.stage {
            Stage::Opening => "while connecting",
            Stage::Login => "while logging in",
            Stage::Sender | Stage::Recipient | Stage::Data => "before the text was sent",
            Stage::Text => "after the text was sent",
        };
        let about = match self.stage {
            Stage::Opening => "",
            Stage::Login => " to the log-in",
            Stage::Sender => " to the sender",
            Stage::Recipient => " to the recipient",
            Stage::Data | Stage::Text => " to the text",
        };
        match &self.cause {
            Cause::Smtp(error) => match error.status() {
                Some(code) => write!(f, "the server answered{about} {code} {}", because(error)),
                None => write!(f, "the connection broke off {while_}: {}", because(error)),
            },
            Cause::Io(error) => write!(f, "no connection: {error}"),
            Cause::Timeout => write!(f, "no answer in time {while_}"),
            Cause::NoLane => {
                f.write_str("none of the few connections that the server takes became free")
            }
            Cause::NoSmtpUtf8 => f.write_str(
                "the server cannot take addresses with letters beyond ASCII (no SMTPUTF8)",
            ),
        }
    }
}

/// Says what became of a try. `show` makes a server's words fit to be kept.
pub(super) fn judge(
    result: Result<String, Fault>,
    place: &str,
    show: impl Fn(&str) -> String,
) -> Outcome {
    let fault = match result {
        Ok(answer) => {
            return Outcome::accepted(Some(show(&answer).chars().take(RECEIPT).collect()));
        }
        Err(fault) => fault,
    };
    let why = format!("{place}: {}", show(&fault.to_string()));
    let ambiguous = fault.stage == Stage::Text && fault.code().is_none();
    fault.blame().outcome(None, why, ambiguous)
}
