//! What answers carry. Field names are part of the contract.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::domain::approval::{Signature, SignatureKind};
use crate::domain::bulletin::{Bulletin, ChannelReach, Language};
use crate::domain::check_code::CheckCode;
use crate::domain::contact::mask_address;
use crate::domain::delivery::{DeliveryStatus, Dispatch, DispatchState};
use crate::domain::incident::Incident;
use crate::domain::level::ResponseLevel;
use crate::domain::plan::{CorrectionKind, Plan};
use crate::domain::reason::Reason;
use crate::domain::release::{Release, ReleaseState};
use crate::domain::time::Moment;
use crate::store::{DeliveryView as StoredDelivery, Shown};
use crate::words::reason;

#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentView {
    pub id: String,
    pub event: String,
    pub title: String,
    pub level: String,
    pub status: &'static str,
    pub areas: Vec<String>,
    pub known_at: DateTime<Utc>,
    pub declared_at: DateTime<Utc>,
    pub level_since: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub expected_duration: Option<String>,
    /// Name → `{type, value, as_of, source}`.
    pub facts: Value,
    pub levels: Vec<LevelView>,
    pub plans: Vec<PlanView>,
    pub releases: Vec<ReleaseView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LevelView {
    pub level: String,
    pub at: DateTime<Utc>,
    pub by: String,
    pub reason: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PlanView {
    pub plan: String,
    pub revision: String,
    pub hash: String,
}

impl IncidentView {
    pub fn of(incident: &Incident, releases: Vec<ReleaseView>) -> Self {
        Self {
            id: incident.id.to_string(),
            event: incident.event.clone(),
            title: incident.title.clone(),
            level: incident.level().code().to_owned(),
            status: incident.status.code(),
            areas: incident.areas.iter().map(|area| area.0.clone()).collect(),
            known_at: incident.known_at,
            declared_at: incident.declared_at,
            level_since: incident.level_since(),
            ended_at: incident.end().map(|(at, _)| at),
            expected_duration: incident.expected_duration.map(|span| span.to_string()),
            facts: serde_json::to_value(&incident.facts).unwrap_or_default(),
            levels: incident
                .levels
                .iter()
                .map(|change| LevelView {
                    level: change.level.code().to_owned(),
                    at: change.at,
                    by: change.by.clone(),
                    reason: change.reason.clone(),
                })
                .collect(),
            plans: incident
                .plans
                .iter()
                .map(|pin| PlanView {
                    plan: pin.plan.clone(),
                    revision: pin.revision.clone(),
                    hash: pin.hash.clone(),
                })
                .collect(),
            releases,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ReleaseView {
    pub id: String,
    pub incident: String,
    pub plan: String,
    pub body: String,
    pub item: String,
    pub name: String,
    pub name_en: Option<String>,
    pub kind: &'static str,
    pub level: Option<String>,
    pub occurrence: u32,
    pub status: &'static str,
    pub opened_at: DateTime<Utc>,
    pub due_at: Option<DateTime<Utc>>,
    /// The year whose holidays nobody has listed, if `due_at` was counted in working days through it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_beyond_calendar: Option<i32>,
    pub overdue: bool,
    pub published_at: Option<DateTime<Utc>>,
    pub valid_until: Option<DateTime<Utc>>,
    /// The post whose turn it is.
    pub next: Option<String>,
    /// The posts any of which may give the next signature.
    pub may_sign: Vec<String>,
    pub missing_facts: Vec<String>,
    /// Why there is no text, why it came back, or why the release ended.
    pub note: Option<String>,
    /// A newer text exists than the one under review or the one that a person wrote.
    pub stale: bool,
    /// Its version, which a signer names who wants the older words all the same.
    pub newer_version: Option<u32>,
    /// What differs in it, line by line.
    pub difference: Vec<String>,
    /// What it explains or corrects.
    pub tied_to: Option<String>,
    pub correction: Option<CorrectionKind>,
    pub correction_reason: Option<String>,
    /// Posts that still have to sign a text that is out already.
    pub countersign_due_at: Option<DateTime<Utc>>,
    /// A correction that went out on the signature of whoever wrote its words, and said so.
    pub own_words: bool,
    pub signatures: Vec<SignatureView>,
    pub bulletin: Option<BulletinView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SignatureView {
    /// Which review of the release it belongs to; those of earlier rounds count no more.
    pub round: u32,
    pub post: String,
    pub user: String,
    pub name: String,
    pub at: DateTime<Utc>,
    pub version: u32,
    pub hash: String,
    pub kind: SignatureKind,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BulletinView {
    pub version: u32,
    pub hash: String,
    /// What stands for the hash when a person types it.
    pub code: String,
    /// The users whose free words are in it; none of them is its only signer before it is out.
    pub written_by: Vec<String>,
    /// The incident's title, if a person worded it: the portal shows it above the text.
    pub incident_title: Option<String>,
    pub title: String,
    pub title_en: Option<String>,
    pub action: Option<String>,
    pub text: String,
    pub document_number: Option<String>,
    pub drafted_at: DateTime<Utc>,
    /// How long it stands once it is out; until something takes its place when left out.
    pub valid_for: Option<String>,
    /// Whom each channel addresses. Empty lists do not restrict.
    pub reach: Vec<ReachView>,
    pub renderings: Vec<RenderingView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ReachView {
    pub channel: String,
    pub areas: Vec<String>,
    pub groups: Vec<String>,
    pub posts: Vec<String>,
}

impl ReachView {
    fn of(reach: &ChannelReach) -> Self {
        let ChannelReach { channel, reach } = reach;
        Self {
            channel: channel.clone(),
            areas: reach.areas.iter().map(|area| area.0.clone()).collect(),
            groups: reach.groups.clone(),
            posts: reach.posts.clone(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RenderingView {
    pub channel: String,
    pub language: Language,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    pub text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segments: Option<u32>,
}

impl ReleaseView {
    /// Without its text and signatures, as lists show it.
    pub fn brief(release: &Release, plan: &Plan, now: Moment) -> Self {
        let state = &release.state;
        let (missing_facts, note, newer_version) = match state {
            ReleaseState::Drafting(drafting) => (
                drafting.missing.clone(),
                drafting.fault.clone().or_else(|| drafting.returned.as_ref().map(note)),
                drafting.newer,
            ),
            ReleaseState::InReview(review) => (Vec::new(), None, review.stale),
            ReleaseState::Superseded { why, .. } | ReleaseState::Cancelled { why, .. } => {
                (Vec::new(), Some(note(why)), None)
            }
            ReleaseState::Withdrawn { why, .. } | ReleaseState::Waived { why, .. } => {
                (Vec::new(), Some(why.clone()), None)
            }
            ReleaseState::Corrected { by, .. } => {
                (Vec::new(), Some(format!("corrected by {by}")), None)
            }
            _ => (Vec::new(), None, None),
        };
        let publication = state.publication();
        Self {
            id: release.id.to_string(),
            incident: release.incident.to_string(),
            plan: release.plan.clone(),
            body: release.body.clone(),
            item: release.item.clone(),
            name: release.name.clone(),
            name_en: release.name_en.clone(),
            kind: release.kind.code(),
            level: release
                .level
                .map(|level: ResponseLevel| level.code().to_owned()),
            occurrence: release.occurrence,
            status: state.code(),
            opened_at: release.opened_at,
            due_at: release.due_at,
            due_beyond_calendar: plan.beyond_calendar(release),
            overdue: release.is_overdue(now),
            published_at: publication.map(|p| p.at),
            valid_until: publication.and_then(|p| p.valid_until),
            next: release.next_post(plan).map(|post| post.to_string()),
            may_sign: release.may_sign().iter().map(ToString::to_string).collect(),
            missing_facts,
            note,
            stale: newer_version.is_some(),
            newer_version,
            difference: Vec::new(),
            tied_to: release.tied_to.as_ref().map(ToString::to_string),
            correction: release.correction,
            correction_reason: release.correction_reason.clone(),
            countersign_due_at: publication
                .and_then(|p| p.countersign.as_ref())
                .filter(|owed| !owed.is_complete())
                .map(|owed| owed.due_at),
            own_words: publication
                .and_then(|p| p.countersign.as_ref())
                .is_some_and(|owed| owed.own_words),
            signatures: Vec::new(),
            bulletin: None,
        }
    }

    #[must_use]
    pub fn with_text(mut self, bulletin: Option<&Bulletin>, signatures: &[Signature]) -> Self {
        self.bulletin = bulletin.map(BulletinView::of);
        self.signatures = signatures.iter().map(SignatureView::of).collect();
        self
    }

    /// The text that whoever reads this has been shown.
    pub fn shown(&self, now: Moment) -> Option<Shown> {
        self.bulletin.as_ref().map(|bulletin| Shown {
            version: bulletin.version,
            hash: bulletin.hash.clone(),
            at: now,
        })
    }
}

impl SignatureView {
    fn of(signature: &Signature) -> Self {
        Self {
            round: signature.round,
            post: signature.post.to_string(),
            user: signature.user.clone(),
            name: signature.name.clone(),
            at: signature.at,
            version: signature.version,
            hash: signature.hash.clone(),
            kind: signature.kind,
        }
    }
}

impl BulletinView {
    fn of(bulletin: &Bulletin) -> Self {
        let hash = bulletin.hash();
        Self {
            version: bulletin.version,
            code: CheckCode::of(bulletin.version, &hash).to_string(),
            hash,
            written_by: bulletin.writers(),
            incident_title: bulletin.text.incident_title.clone(),
            title: bulletin.text.title.clone(),
            title_en: bulletin.text.title_en.clone(),
            action: bulletin.text.action.clone(),
            text: bulletin.text.text.clone(),
            document_number: bulletin.text.document_number.clone(),
            drafted_at: bulletin.drafted_at,
            valid_for: bulletin.valid_for.map(|span| span.to_string()),
            reach: bulletin.reach.iter().map(ReachView::of).collect(),
            renderings: bulletin
                .renderings
                .iter()
                .map(|rendering| RenderingView {
                    channel: rendering.channel.clone(),
                    language: rendering.language,
                    subject: rendering.subject.clone(),
                    text: rendering.text.clone(),
                    parts: rendering.parts.clone(),
                    segments: rendering.segments,
                })
                .collect(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    /// For the page after.
    pub id: i64,
    /// The idempotency key that the provider was given.
    pub key: String,
    pub channel: String,
    /// Masked.
    pub address: String,
    pub language: Language,
    pub status: DeliveryStatus,
    pub attempts: i64,
    pub first_at: DateTime<Utc>,
    pub next_at: Option<DateTime<Utc>>,
    pub done_at: Option<DateTime<Utc>>,
    pub receipt: Option<String>,
    pub why: Option<String>,
}

impl DeliveryView {
    pub fn of(stored: StoredDelivery) -> Self {
        Self {
            key: format!("{}.{}", stored.dispatch, stored.id),
            id: stored.id,
            channel: stored.channel,
            address: mask_address(&stored.address),
            language: stored.language,
            status: stored.status,
            attempts: stored.attempts,
            first_at: stored.first_at,
            next_at: stored.next_at,
            done_at: stored.done_at,
            receipt: stored.receipt,
            why: stored.why,
        }
    }
}

/// How far a release has come on one channel.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelCount {
    pub channel: String,
    /// Whether the whole audience has its deliveries; until then `total` grows.
    pub expanded: bool,
    pub total: i64,
    /// Status → how many deliveries.
    #[schema(value_type = Object)]
    pub deliveries: BTreeMap<&'static str, i64>,
}

impl ChannelCount {
    /// One for every channel that the release was handed to, or that a fallback has brought in.
    pub fn of(
        dispatches: &[Dispatch],
        counts: BTreeMap<String, BTreeMap<&'static str, i64>>,
    ) -> Vec<Self> {
        let mut expanding: BTreeMap<String, bool> = counts
            .keys()
            .map(|channel| (channel.clone(), false))
            .collect();
        for dispatch in dispatches {
            *expanding.entry(dispatch.channel.clone()).or_default() |=
                dispatch.state != DispatchState::Expanded;
        }
        expanding
            .into_iter()
            .map(|(channel, expanding)| {
                let deliveries = counts.get(&channel).cloned().unwrap_or_default();
                Self {
                    expanded: !expanding,
                    total: deliveries.values().sum(),
                    channel,
                    deliveries,
                }
            })
            .collect()
    }
}

/// The API speaks English, as its errors do.
fn note(why: &Reason) -> String {
    let worded = reason(Language::En, why);
    match why {
        Reason::Replaced { by, .. } => format!("{worded} {by}"),
        _ => worded,
    }
}
