//! Feishu (飞书) group robot: 100 messages a minute and 5 a second; the signature goes into the body.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limit::{Limit, Unit};
use super::robot::{ENVELOPE, RobotDef, robot};
use crate::domain::blame::Blame;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct FeishuDef(pub RobotDef);

const LIMIT: Limit = Limit {
    unit: Unit::Json,
    most: 20 * 1024 - ENVELOPE,
};

robot!(FeishuDef, LIMIT);

/// Whose fault an answer with this code is, and the seconds that the maker asks to wait then.
pub fn blame(code: i64) -> Option<(Blame, u64)> {
    Some(match code {
        // More than 5 a second or 100 a minute, or the rush at a full hour.
        11232 | 11233 | 11247 | 99_991_400 | 230_020 => (Blame::Pace, 1),
        // Address not valid or not found; signature or timestamp; IP address; keyword; robot switched off.
        19001 | 19003 | 19005 | 19006 | 19007 | 19021 | 19022 | 19024 => (Blame::Account, 0),
        230_002 | 230_006 | 230_013 | 230_018 | 99_991_661..=99_991_679 => (Blame::Account, 0),
        // Longer than is taken; words that are not let through.
        230_022 | 230_025 | 230_028 => (Blame::Message, 0),
        11231 | 19008 => (Blame::Moment, 0),
        _ => return None,
    })
}
