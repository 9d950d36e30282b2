//! DingTalk (钉钉) group robot: 20 messages a minute or ten minutes of silence; the signature goes into the address.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limit::{Limit, Unit};
use super::robot::{ENVELOPE, RobotDef, robot};
use crate::domain::blame::Blame;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct DingtalkDef(pub RobotDef);

const LIMIT: Limit = Limit {
    unit: Unit::Json,
    most: 20_000 - ENVELOPE,
};

robot!(DingtalkDef, LIMIT);

/// Whose fault an answer with this code is, and the seconds that the maker asks to wait then.
pub fn blame(code: i64) -> Option<(Blame, u64)> {
    Some(match code {
        // Sent too fast: the robot is silenced for ten minutes.
        130_101 | 410_100 | 660_026 => (Blame::Pace, 600),
        // Shut out by what stands before the robots, as is said there for some minutes.
        1111 => (Blame::Pace, 300),
        // Keyword, signature, timestamp or IP address.
        310_000 => (Blame::Account, 0),
        // Token or robot gone, switched off or moved; the group dissolved; no permission.
        300_001 | 300_005 | 400_013 | 400_101 | 400_102 | 400_105 | 400_106 => (Blame::Account, 0),
        40_014 | 40_078 | 42_001 | 88 | 33_001..=33_012 | 60_011 | 60_020 | 52_013 | 90_018 => {
            (Blame::Account, 0)
        }
        // Links and words that are not let through; too long; empty.
        430_101..=430_104 | 460_101 | 460_102 | 40_055 | 41_011 => (Blame::Message, 0),
        -1 | 15 => (Blame::Moment, 0),
        _ => return None,
    })
}
