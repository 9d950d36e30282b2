//! JSON in which no name stands twice. Of two values for one fact the second would silently win.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Any JSON value none of whose objects has a name twice; the value itself is not kept.
pub struct NothingTwice;

impl<'de> Deserialize<'de> for NothingTwice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Look)
    }
}

struct Look;

impl<'de> Visitor<'de> for Look {
    type Value = NothingTwice;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<NothingTwice, A::Error> {
        let mut seen = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if seen.contains(&name) {
                map.next_value::<IgnoredAny>()?;
                return Err(A::Error::custom(format!("duplicate field `{name}`")));
            }
            seen.insert(name);
            map.next_value::<NothingTwice>()?;
        }
        Ok(NothingTwice)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<NothingTwice, A::Error> {
        while list.next_element::<NothingTwice>()?.is_some() {}
        Ok(NothingTwice)
    }

    fn visit_unit<E>(self) -> Result<NothingTwice, E> {
        Ok(NothingTwice)
    }

    fn visit_bool<E>(self, _: bool) -> Result<NothingTwice, E> {
        Ok(NothingTwice)
    }

    fn visit_i64<E>(self, _: i64) -> Result<NothingTwice, E> {
        Ok(NothingTwice)
    }

    fn visit_u64<E>(self, _: u64) -> Result<NothingTwice, E> {
        Ok(NothingTwice)
    }

    fn visit_f64<E>(self, _: f64) -> Result<NothingTwice, E> {
        Ok(NothingTwice)
    }

    fn visit_str<E>(self, _: &str) -> Result<NothingTwice, E> {
        Ok(NothingTwice)
    }
}
