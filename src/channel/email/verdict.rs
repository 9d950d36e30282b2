//! What went wrong with a mail, at which point, and what that means.

use std::fmt;

use lettre::transport::smtp::Error;

use crate::channel::http::because;
use crate::domain::delivery::Outcome;

/// Characters of the server's last word that are kept as the receipt.
const RECEIPT: usize = 100;

/// How far a message had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// No message yet: resolving, connecting, greeting, TLS, log-in.
    Opening,
    /// Sender and recipient were being named.
    Envelope,
    /// The text was on its way; the server may have it.
    Text,
}

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
        self.reused && self.stage == Stage::Envelope && (closed || self.code() == Some(421))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let while_ = match self.stage {
            Stage::Opening => "while connecting",
            Stage::Envelope => "before the text was sent",
            Stage::Text => "after the text was sent",
        };
        match &self.cause {
            Cause::Smtp(error) => match error.status() {
                Some(code) => write!(f, "the server answered {code} {}", because(error)),
                None => write!(f, "the connection broke off {while_}: {}", because(error)),
            },
            Cause::Io(error) => write!(f, "no connection: {error}"),
            Cause::Timeout => write!(f, "no answer in time {while_}"),
            Cause::NoSmtpUtf8 => f.write_str(
                "the server cannot take addresses with letters beyond ASCII (no SMTPUTF8)",
            ),
        }
    }
}

/// Classifies a try. `show` makes a server's words fit to be kept.
pub(super) fn judge(
    result: Result<String, Fault>,
    place: &str,
    show: impl Fn(&str) -> String,
) -> Outcome {
    let fault = match result {
        Ok(answer) => {
            return Outcome::Accepted {
                receipt: Some(show(&answer).chars().take(RECEIPT).collect()),
            };
        }
        Err(fault) => fault,
    };
    let why = format!("{place}: {}", show(&fault.to_string()));
    let retry = |ambiguous| Outcome::Retry {
        after: None,
        why: why.clone(),
        ambiguous,
    };
    match (fault.stage, fault.code()) {
        (Stage::Envelope, None) if matches!(fault.cause, Cause::NoSmtpUtf8) => {
            Outcome::Refused { why }
        }
        // The account is at fault, not the message: an operator can put it right before anything is given up.
        (_, Some(530 | 534 | 535 | 538)) => retry(false),
        (Stage::Envelope | Stage::Text, Some(500..)) => Outcome::Refused { why },
        (_, Some(_)) => retry(false),
        (stage, None) => retry(stage == Stage::Text),
    }
}
