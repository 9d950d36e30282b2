//! Whose fault a failed try is: this message's, this recipient's, this moment's, or our own account's.
//!
//! One place decides it for every kind of channel, from what was answered and at which point. A channel passes on what
//! it heard and never judges by itself. Pure: no channel, no clock.
//!
//! Where an answer could be about the message or about us, it is [`Blame::Unclear`], where it could be about the recipient
//! or about us, [`Blame::Either`], and nothing is lost by it: `backoff::judge` and `health` try again, and look whether
//! others are taken meanwhile.

mod fields;
pub mod http;
pub mod mail;
pub mod robot;
pub mod sms;
pub mod telegram;
mod words;

use std::time::Duration;

use super::delivery::Outcome;

/// A provider that asks for more patience than this speaks of a quota, not of the pace.
const LONGEST_PACE: Duration = Duration::from_secs(15 * 60);

/// Whose fault a failed try was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The text: it will never be taken here.
    Message,
    /// The address: there is nobody, or it takes nothing from anyone.
    NoSuchRecipient,
    /// The recipient or its domain, for now: greylisted, mailbox full, not to be reached.
    Recipient,
    /// The provider, for now: not reached, no answer, a fault of its own.
    Moment,
    /// We are too fast for the provider.
    Pace,
    /// The provider takes fewer connections than we open.
    Crowd,
    /// Ourselves: the sender, the log-in, the signature, the quota, the address we come from. A person can put it right.
    Account,
    /// The message or the account; the answer does not say which.
    Unclear,
    /// The recipient or the account; the answer does not say which.
    Either,
}

/// What a failed try that is worth another says about other deliveries of the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Nothing, but perhaps about others at the same domain.
    Recipient,
    /// If many in a row fare like this, all will for a while.
    Moment,
    /// All of them have to go slower.
    Pace,
    /// None of them will be taken before somebody puts it right.
    Account,
    /// Perhaps as `Account`; perhaps only that others with the same text fare the same.
    Unclear,
    /// Perhaps as `Account`, perhaps nothing.
    Either,
}

impl Scope {
    /// The answer could be about us and does not say so.
    pub fn is_unclear(self) -> bool {
        matches!(self, Self::Unclear | Self::Either)
    }

    /// Whose fault it is, in the word of reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Recipient => "recipient",
            Self::Moment | Self::Pace => "moment",
            Self::Account => "account",
            Self::Unclear | Self::Either => "unclear",
        }
    }
}

impl Blame {
    /// What a channel says of the try. `after` is the provider's own waiting time; `ambiguous`: it may have arrived.
    pub fn outcome(self, after: Option<Duration>, why: String, ambiguous: bool) -> Outcome {
        let scope = match self {
            Self::Message | Self::NoSuchRecipient => return Outcome::Refused { why },
            Self::Recipient => Scope::Recipient,
            Self::Moment | Self::Crowd => Scope::Moment,
            Self::Pace if after.is_some_and(|wait| wait > LONGEST_PACE) => Scope::Account,
            Self::Pace => Scope::Pace,
            Self::Account => Scope::Account,
            Self::Unclear => Scope::Unclear,
            Self::Either => Scope::Either,
        };
        Outcome::Retry {
            after,
            why,
            scope,
            ambiguous,
        }
    }
}
