//! Receipts (回执): what a provider says later of what it has taken, and what that makes of a delivery.
//!
//! A receipt only ever brings better knowledge: twice, late or in another order, the same ones end in the same state. Pure;
//! knows neither the wire that they came by nor the table that they end in.

use super::DeliveryStatus;
use crate::id::DispatchId;

/// Bytes of the longest name.
const LONGEST_NAME: usize = 200;

/// What a provider says of one delivery, or of one part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub of: Named,
    pub said: Said,
    /// In the provider's words.
    pub why: Option<String>,
}

/// By which name a receipt speaks of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named {
    /// The key that went out with it: the whole delivery is meant.
    Key(String),
    /// The provider's own name for it, or for one of its parts.
    Id(String),
}

impl Receipt {
    /// Whether it could be from a provider: its name is one, and no text of it holds what no database keeps.
    pub fn is_sound(&self) -> bool {
        let (Named::Key(name) | Named::Id(name)) = &self.of;
        let is_clean = |text: &str| !text.contains(char::is_control);
        (1..=LONGEST_NAME).contains(&name.len())
            && is_clean(name)
            && self.why.as_deref().is_none_or(is_clean)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    /// The provider itself will never know.
    Unknown,
    Failed,
    Delivered,
}

impl Said {
    pub fn status(self) -> DeliveryStatus {
        match self {
            Self::Unknown => DeliveryStatus::Unknown,
            Self::Failed => DeliveryStatus::Failed,
            Self::Delivered => DeliveryStatus::Delivered,
        }
    }

    pub fn of_status(status: DeliveryStatus) -> Option<Self> {
        match status {
            DeliveryStatus::Unknown => Some(Self::Unknown),
            DeliveryStatus::Failed => Some(Self::Failed),
            DeliveryStatus::Delivered => Some(Self::Delivered),
            _ => None,
        }
    }

    /// What is known of a delivery of several parts: it has arrived when all of them have, and failed with any of them.
    pub fn of_parts(parts: impl IntoIterator<Item = Option<Self>>) -> Option<Self> {
        let parts: Vec<Option<Self>> = parts.into_iter().collect();
        if parts.contains(&Some(Self::Failed)) {
            return Some(Self::Failed);
        }
        // None is less than anything that was said.
        parts.into_iter().min().flatten()
    }
}

/// Why a receipt changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmoved {
    /// The try that it is about has not been written down yet: look again.
    TooEarly,
    /// As much is known already.
    Known,
    /// It was never sent, or is not to be sent any more.
    NeverSent,
}

impl DeliveryStatus {
    /// What a receipt makes of a delivery that was tried `tries` times.
    ///
    /// # Errors
    /// Why it stays as it is.
    pub fn receive(self, said: Said, tries: u32) -> Result<Self, Unmoved> {
        match self {
            Self::Leased => Err(Unmoved::TooEarly),
            Self::Skipped | Self::Cancelled => Err(Unmoved::NeverSent),
            Self::Pending if tries == 0 => Err(Unmoved::NeverSent),
            // An earlier try has arrived after all, so no further one is needed; that it failed was known.
            Self::Pending if said == Said::Delivered => Ok(Self::Delivered),
            Self::Pending => Err(Unmoved::Known),
            Self::Accepted | Self::Unknown | Self::Failed | Self::Delivered => {
                match Some(said) > Said::of_status(self) {
                    true => Ok(said.status()),
                    false => Err(Unmoved::Known),
                }
            }
        }
    }
}

/// The name that a delivery goes out under: the same for every try of it.
pub fn key(dispatch: &DispatchId, delivery: i64) -> String {
    format!("{dispatch}.{delivery}")
}

/// The delivery that a key names.
pub fn of_key(key: &str) -> Option<(DispatchId, i64)> {
    let (dispatch, delivery) = key.rsplit_once('.')?;
    Some((dispatch.parse().ok()?, delivery.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeliveryStatus::{
        Accepted, Cancelled, Delivered, Failed, Leased, Pending, Skipped, Unknown,
    };
    use proptest::prelude::*;

    #[test]
    fn a_receipt_only_ever_brings_better_knowledge() {
        for (from, said, to) in [
            (Accepted, Said::Delivered, Ok(Delivered)),
            (Accepted, Said::Failed, Ok(Failed)),
            (Accepted, Said::Unknown, Ok(Unknown)),
            (Unknown, Said::Delivered, Ok(Delivered)),
            (Unknown, Said::Failed, Ok(Failed)),
            (Failed, Said::Delivered, Ok(Delivered)),
            (Failed, Said::Failed, Err(Unmoved::Known)),
            (Failed, Said::Unknown, Err(Unmoved::Known)),
            (Delivered, Said::Failed, Err(Unmoved::Known)),
            (Pending, Said::Delivered, Ok(Delivered)),
            (Pending, Said::Failed, Err(Unmoved::Known)),
            (Leased, Said::Delivered, Err(Unmoved::TooEarly)),
            (Cancelled, Said::Delivered, Err(Unmoved::NeverSent)),
            (Skipped, Said::Failed, Err(Unmoved::NeverSent)),
        ] {
            assert_eq!(from.receive(said, 1), to, "{from:?} {said:?}");
        }
        assert_eq!(Pending.receive(Said::Delivered, 0), Err(Unmoved::NeverSent));
    }

    #[test]
    fn all_parts_must_arrive_and_one_is_enough_to_fail() {
        let (yes, no, none) = (Some(Said::Delivered), Some(Said::Failed), None);
        assert_eq!(Said::of_parts([yes, yes]), yes);
        assert_eq!(Said::of_parts([yes, none]), none);
        assert_eq!(Said::of_parts([none, no]), no);
        assert_eq!(
            Said::of_parts([yes, Some(Said::Unknown)]),
            Some(Said::Unknown)
        );
        assert_eq!(Said::of_parts([]), none);
    }

    #[test]
    fn a_key_names_its_delivery() {
        let dispatch: DispatchId = "L-01JZZZZZZZZZZZZZZZZZZZZZZZ".parse().unwrap();
        assert_eq!(of_key(&key(&dispatch, 42)), Some((dispatch, 42)));
        for bad in [
            "",
            ".",
            "L-1.",
            "x.1",
            "L-01JZZZZZZZZZZZZZZZZZZZZZZZ.x",
            "42",
        ] {
            assert_eq!(of_key(bad), None, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn in_whatever_order_and_however_often_they_end_alike(said in prop::collection::vec(0usize..3, 1..6), seed: u64) {
            const ALL: [Said; 3] = [Said::Unknown, Said::Failed, Said::Delivered];
            let end = |order: &[usize]| {
                order.iter().fold(Accepted, |status, one| status.receive(ALL[*one], 1).unwrap_or(status))
            };
            let mut other = said.clone();
            other.rotate_left((seed % 7) as usize % said.len());
            other.extend(&said);
            prop_assert_eq!(end(&said), end(&other));
        }
    }
}
