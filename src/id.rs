//! Names of things: typed, sortable by time, and stamped with the realm they belong to.
//!
//! An id is `L-` (actual, "live") or `D-` (drill) and 26 characters of Crockford base 32: a UUIDv7's 48 bits of
//! milliseconds and 74 of chance. The letter is part of the name, so no edit of a flag can turn one into the other.

use std::fmt;
use std::str::FromStr;
use std::sync::Mutex;

use chrono::{DateTime, Utc};
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use serde::{Deserialize, Serialize};

/// Which world a thing belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RealmKind {
    Actual,
    Drill,
}

impl RealmKind {
    pub fn letter(self) -> char {
        match self {
            Self::Actual => 'L',
            Self::Drill => 'D',
        }
    }
}

/// How every token of a drill begins.
pub const DRILL_TOKEN: &str = "fabu-drill-";

/// Mints ids from a moment and its own stream of chance; a seeded minter repeats itself.
pub struct Minter {
    realm: RealmKind,
    rng: Mutex<StdRng>,
}

impl Minter {
    pub fn from_os(realm: RealmKind) -> Self {
        Self {
            realm,
            rng: Mutex::new(StdRng::from_os_rng()),
        }
    }

    pub fn seeded(realm: RealmKind, seed: u64) -> Self {
        Self {
            realm,
            rng: Mutex::new(StdRng::seed_from_u64(seed)),
        }
    }

    pub fn realm(&self) -> RealmKind {
        self.realm
    }

    pub fn mint<T: From<Id>>(&self, now: DateTime<Utc>) -> T {
        let mut random = [0u8; 10];
        self.fill(&mut random);
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        let uuid = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
        T::from(Id(format!(
            "{}-{}",
            self.realm.letter(),
            base32(uuid.as_u128())
        )))
    }

    /// 256 bits of chance as text, for a bearer token that is shown once.
    pub fn secret(&self) -> String {
        let mut bytes = [0u8; 32];
        self.fill(&mut bytes);
        let (high, low) = bytes.split_at(16);
        let part = |half: &[u8]| {
            let mut word = [0u8; 16];
            word.copy_from_slice(half);
            base32(u128::from_be_bytes(word))
        };
        let head = match self.realm {
            RealmKind::Actual => "fabu-",
            RealmKind::Drill => DRILL_TOKEN,
        };
        format!("{head}{}{}", part(high), part(low)).to_lowercase()
    }

    fn fill(&self, bytes: &mut [u8]) {
        // A poisoned lock only means that a thread died between two draws: the stream is still good.
        self.rng
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .fill_bytes(bytes);
    }
}

/// How many of the last characters of an id a person is shown, if they tell it from the others. What is not unique is never
/// guessed: whoever types it is shown what it may mean.
pub const SHORT: usize = 6;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn base32(mut value: u128) -> String {
    let mut out = [0u8; 26];
    for slot in out.iter_mut().rev() {
        *slot = ALPHABET[(value & 31) as usize];
        value >>= 5;
    }
    out.iter().map(|&byte| char::from(byte)).collect()
}

/// The text of any id. Typed ids wrap it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Id(String);

#[derive(Debug, thiserror::Error)]
#[error(
    "{0:?} is not an id of this program: they look like L-01JC4Z… (actual) or D-01JC4Z… (drill)"
)]
pub struct BadId(String);

impl TryFrom<String> for Id {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        let tail = text.strip_prefix("L-").or_else(|| text.strip_prefix("D-"));
        match tail {
            Some(tail) if tail.len() == 26 && tail.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                Ok(Self(text))
            }
            _ => Err(BadId(text.chars().take(40).collect())),
        }
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0
    }
}

impl Id {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its end, by which people name it: a terminal and a message show it, and the commands take it.
    pub fn short(&self) -> &str {
        self.0
            .get(self.0.len().saturating_sub(SHORT)..)
            .unwrap_or(&self.0)
    }

    /// When it was minted; the beginning of time for one that no minter made.
    pub fn minted_at(&self) -> DateTime<Utc> {
        let digits = self.0.bytes().skip(2);
        let value = digits.fold(0u128, |value, byte| {
            let digit = ALPHABET
                .iter()
                .position(|own| *own == byte.to_ascii_uppercase());
            value << 5 | digit.unwrap_or(0) as u128
        });
        let millis = i64::try_from(value >> 80).unwrap_or(0);
        DateTime::from_timestamp_millis(millis).unwrap_or_default()
    }

    pub fn realm(&self) -> RealmKind {
        if self.0.starts_with('D') {
            RealmKind::Drill
        } else {
            RealmKind::Actual
        }
    }
}

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Id);

        impl From<Id> for $name {
            fn from(id: Id) -> Self {
                Self(id)
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                Id::try_from(text.to_owned()).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.0.as_str())
            }
        }

        impl $name {
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            /// As [`Id::short`].
            pub fn short(&self) -> &str {
                self.0.short()
            }

            pub fn realm(&self) -> RealmKind {
                self.0.realm()
            }

            pub fn minted_at(&self) -> DateTime<Utc> {
                self.0.minted_at()
            }
        }
    )*};
}

typed_ids! {
    IncidentId,
    ReleaseId,
    /// Something that waits for a second person.
    AskId,
    /// One text of one release version going to one channel.
    DispatchId,
    UserId,
}
