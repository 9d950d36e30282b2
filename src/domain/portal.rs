//! One published bulletin as the public sees it: the text, the record header of a government disclosure, its fate.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::area::Area;
use super::bulletin::BulletinText;
use super::level::{EventClass, ResponseLevel};
use super::plan::{CorrectionKind, ItemKind};
use super::time::Moment;
use crate::id::{IncidentId, ReleaseId};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PortalEntry {
    pub release: ReleaseId,
    pub incident: IncidentId,
    pub incident_title: String,
    pub event: String,
    pub event_name: String,
    pub event_name_en: Option<String>,
    pub class: EventClass,
    pub level: ResponseLevel,
    pub kind: ItemKind,
    pub body: String,
    pub body_name: String,
    pub body_name_en: Option<String>,
    pub hotline: Option<String>,
    pub areas: Vec<Area>,
    /// 索引号: organisation, area, year and serial.
    pub index_number: String,
    /// Documents and articles this release rests on.
    pub basis: Vec<String>,
    pub text: BulletinText,
    pub version: u32,
    pub hash: String,
    pub drafted_at: Moment,
    pub published_at: Moment,
    /// 公开时限.
    pub due_at: Option<Moment>,
    pub valid_until: Option<Moment>,
    /// The next release of the same item, when it is known.
    pub next_update: Option<Moment>,
    pub zone: Tz,
    pub standing: Standing,
    /// What this entry explains or corrects.
    pub interprets: Option<ReleaseId>,
    pub corrects: Option<Corrects>,
}

/// 效力状况.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "standing")]
pub enum Standing {
    Current,
    Expired {
        at: Moment,
    },
    Superseded {
        at: Moment,
    },
    Corrected {
        at: Moment,
        by: ReleaseId,
        kind: CorrectionKind,
    },
    /// Why is in the journal: it is one person's words, which nobody has signed.
    Withdrawn {
        at: Moment,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrects {
    pub release: ReleaseId,
    pub kind: CorrectionKind,
}

impl Standing {
    pub fn is_current(&self) -> bool {
        *self == Self::Current
    }
}
