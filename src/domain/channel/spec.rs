//! What a kind of channel says of itself, from its section alone: whom it sends to, what it carries, what is final for it,
//! what in a file cannot work. Checking, rendering and delivery ask this, so none of them knows the kinds.

use super::finding::Findings;
use super::limit::Limit;
use crate::domain::time::Span;

/// A kind of channel, by the section of its file.
pub trait Spec {
    fn targets(&self) -> Targets;

    fn layout(&self) -> Layout<'_> {
        Layout::Page
    }

    /// Until when a delivery that the provider has taken may still change.
    fn finality(&self) -> Finality {
        Finality::Accepted
    }

    /// Where its provider calls with receipts, with the name of the secret in place of that.
    fn receipts_at(&self, _channel: &str) -> Option<String> {
        None
    }

    /// Receipts speak of a text only by the name that the provider has given it.
    fn needs_names(&self) -> bool {
        false
    }

    /// Everything on it is read by everybody, so nothing internal may go there.
    fn is_public(&self) -> bool {
        false
    }

    /// Whether it may go by a web proxy.
    fn goes_by_http(&self) -> bool {
        true
    }

    /// Looks for what could never work.
    fn check(&self, found: &mut Findings);
}

/// What the engine sends to: one delivery each for contacts' addresses of a kind, or for fixed targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Targets {
    /// The audience's addresses of this kind (`email`, `sms`, `telegram`).
    Contacts(&'static str),
    /// The same places whatever the audience: a robot's group, a chat, the portal, a folder.
    Fixed(Vec<String>),
}

impl Targets {
    pub(super) fn one(place: &str) -> Self {
        Self::Fixed(vec![place.to_owned()])
    }
}

/// How a text is laid out for a channel, and how much of it there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout<'a> {
    /// The whole text, however long.
    Page,
    /// A subject, the whole text, and the same as HTML.
    Mail,
    /// A signature and what to do, in so many segments at most.
    Short {
        signature: Option<&'a str>,
        segments: u32,
    },
    /// Messages that are no longer than this: one with a link to the rest, or several.
    Messages(Limit),
}

/// When nothing more is to come of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finality {
    /// Once the provider has it: nothing more will be known.
    Accepted,
    /// Once a receipt says what became of it. Without one within this time its arrival stays unknown.
    Receipt { within: Span },
}

/// A definition without the section of its kind: it reaches nobody, and both its reading and its building say so.
pub(super) struct NoSection;

impl Spec for NoSection {
    fn targets(&self) -> Targets {
        Targets::Fixed(Vec::new())
    }

    fn check(&self, _found: &mut Findings) {}
}
