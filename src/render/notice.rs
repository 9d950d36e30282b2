//! What every rendering is made from: a text, and what a channel may have to say beside it.

use crate::domain::area::AreaCode;
use crate::domain::bulletin::BulletinText;
use crate::domain::incident::Incident;
use crate::domain::level::ResponseLevel;
use crate::domain::time::Span;

/// A text on its way to channels.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    pub text: &'a BulletinText,
    pub about: Circumstances<'a>,
}

/// What a text is about. An internal note is about nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Circumstances<'a> {
    /// The level that the item belongs to.
    pub level: Option<ResponseLevel>,
    /// The type of the event, as `events.yaml` has it.
    pub event: Option<&'a str>,
    pub areas: &'a [AreaCode],
    /// How long the text stands once it is published.
    pub valid_for: Option<Span>,
    /// What the organ that signs is called in front of a short message; None = what the channel says.
    pub signature: Option<&'a str>,
    /// The address of the text on the portal.
    pub link: Option<&'a str>,
    /// Every text of a drill is marked as one.
    pub drill: bool,
}

impl<'a> Circumstances<'a> {
    /// Of a text about `incident`; the caller adds what it knows beside that.
    pub fn of(incident: &'a Incident, drill: bool) -> Self {
        Self {
            level: Some(incident.level()),
            event: Some(&incident.event),
            areas: &incident.areas,
            drill,
            ..Self::default()
        }
    }

    /// With these words.
    pub fn notice<'b>(self, text: &'b BulletinText) -> Notice<'b>
    where
        'a: 'b,
    {
        Notice { text, about: self }
    }
}
