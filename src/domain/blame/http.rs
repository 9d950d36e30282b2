//! HTTP: what a status code says of the account and of the moment, whatever is behind it.

use super::Blame;

/// Blames a status that is no success, where it says enough by itself.
///
/// `waits`: the provider said when to come back.
pub fn status(code: u16, waits: bool) -> Option<Blame> {
    match code {
        // The address of the gateway is not what it was, or a log-in page stands in its place.
        300..=399 => Some(Blame::Account),
        401..=405 | 407 | 410 | 426 | 451 | 511 => Some(Blame::Account),
        429 => Some(Blame::Pace),
        503 if waits => Some(Blame::Pace),
        408 | 425 | 500.. => Some(Blame::Moment),
        413 | 414 => Some(Blame::Message),
        _ => None,
    }
}

/// Whether the status comes from something in front of the provider, which may have the request all the same.
pub fn may_have_arrived(code: u16) -> bool {
    matches!(code, 502 | 504 | 520..=527 | 598 | 599)
}
