//! WeCom (企业微信) group robot: 20 messages a minute, 2,048 bytes of text, the key in the address is all it asks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limit::{Limit, Unit};
use super::robot::{RobotDef, robot};
use crate::domain::blame::Blame;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct WecomDef(pub RobotDef);

const LIMIT: Limit = Limit {
    unit: Unit::Bytes,
    most: 2048,
};

robot!(WecomDef, LIMIT);

/// Whose fault an answer with this code is, and the seconds that the maker asks to wait then.
pub fn blame(code: i64) -> Option<(Blame, u64)> {
    Some(match code {
        // More than 20 messages in a minute; too many at once.
        45009 | 45033 | 45047 => (Blame::Pace, 60),
        // Key not valid, robot taken out or switched off, address not allowed.
        93000 | 93004 | 93006 | 93007 | 93008 | 93017 => (Blame::Account, 0),
        40001
        | 40013
        | 40014
        | 41001
        | 42001
        | 48001..=48004
        | 50001..=50003
        | 60011
        | 60020
        | 301_002 => (Blame::Account, 0),
        // Empty; too long; words that are not let through.
        44004 | 45002 | 45003 | 45008 | 40096 => (Blame::Message, 0),
        -1 | 45035 => (Blame::Moment, 0),
        _ => return None,
    })
}
