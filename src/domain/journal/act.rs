//! Everything that the journal can say: one variant per act, with its facts.
//!
//! The names and keys are those of every journal ever written; a change here must still read what stands there. What
//! was not always written, or not of every case, is optional. Knows no words: a reason is worded where it is shown.

mod facts;
mod kept;
#[cfg(test)]
mod tests;

pub use kept::BadAct;

pub use facts::{
    Dispatched, GivenUp, Lacks, Late, LevelChanged, Newer, Planned, PlannedRelease, Refused,
    Reminded, SecondPerson,
};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Happened;
use crate::domain::area::AreaCode;
use crate::domain::audience::Reach;
use crate::domain::body::PostRef;
use crate::domain::deadline::PassedLimit;
use crate::domain::fact::Facts;
use crate::domain::incident::PlanPin;
use crate::domain::level::ResponseLevel;
use crate::domain::plan::CorrectionKind;
use crate::domain::reason::Reason;
use crate::domain::rights::ConfirmedAct;
use crate::domain::time::{Moment, Span};
use crate::id::{AskId, ReleaseId};

/// What somebody, or the engine, did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    // The incident.
    IncidentDeclared {
        event: String,
        title: String,
        level: ResponseLevel,
        areas: Vec<AreaCode>,
        known_at: Moment,
        expected_duration: Option<Span>,
        plans: Vec<PlanPin>,
        /// The codes of those that were given.
        facts: Vec<String>,
    },
    FactsChanged {
        facts: Facts,
        expected_duration: Option<Span>,
    },
    LevelRaised(LevelChanged),
    LevelLowered(LevelChanged),
    IncidentEnded {
        reason: String,
    },
    IncidentArchived {
        releases: usize,
    },

    // What takes a second person.
    SecondPersonAsked {
        id: AskId,
        act: ConfirmedAct,
        reason: String,
        until: Moment,
        waits_for: Vec<PostRef>,
        /// The channels by which they were told.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        told_by: Vec<String>,
    },
    /// Those who may confirm it were told again that it waits.
    SecondPersonReminded {
        id: AskId,
        act: ConfirmedAct,
        until: Moment,
        waits_for: Vec<PostRef>,
        told_by: Vec<String>,
    },
    SecondPersonConfirmed(SecondPerson),
    SecondPersonDeclined(SecondPerson),
    /// Nobody decided in time.
    SecondPersonLapsed(SecondPerson),
    /// The level changed, or the response ended, before anybody did.
    SecondPersonOvertaken(SecondPerson),

    // Releases on their way to publication.
    ReleasesPlanned(Planned),
    /// A person asked for an item on demand, or ordered a measure that nobody had been asked about.
    ReleaseRequested(Planned),
    /// Somebody is asked whether a measure is ordered.
    DecisionAsked {
        item: String,
        to: Vec<PostRef>,
        asked: u32,
    },
    MeasureOrdered {
        item: String,
        due_at: Option<Moment>,
        /// The first limit that had passed when it was ordered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        passed: Option<PassedLimit>,
        /// Only where they are not the incident's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        areas: Option<Vec<AreaCode>>,
        /// The measures that it is ordered instead of.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        instead_of: Vec<ReleaseId>,
        /// What it was given to say for itself.
        #[serde(default, skip_serializing_if = "Facts::is_empty")]
        facts: Facts,
        /// What explains it or goes out in its text, listed with it.
        with_it: Planned,
    },
    /// A measure that is out was lifted in some of its places, and holds on in the others.
    MeasureLiftedIn {
        item: String,
        areas: Vec<AreaCode>,
        by: ReleaseId,
        /// The hour that was announced, where it binds until then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Moment>,
    },
    /// A measure is over everywhere; or what explained it is, with it.
    MeasureLifted {
        item: String,
        by: ReleaseId,
        /// Where `by` lifted it when it went out; none when an hour came that was announced before.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        areas: Vec<AreaCode>,
    },
    /// What lifted a measure in these places was taken back: it binds there again.
    MeasureRestored {
        item: String,
        areas: Vec<AreaCode>,
        by: ReleaseId,
    },
    MeasureNotApplicable {
        item: String,
        reason: String,
    },
    DecisionPutOff {
        item: String,
        until: Moment,
    },
    ReleaseDrafted {
        item: String,
        version: Option<u32>,
        missing: Vec<String>,
        fault: Option<String>,
        #[serde(flatten)]
        late: Option<Late>,
    },
    ReleaseEdited {
        version: u32,
        hash: String,
        difference: Vec<String>,
    },
    /// It is for these places, and says these things for itself.
    ReleasePlaced {
        item: String,
        /// None = the incident's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        areas: Option<Vec<AreaCode>>,
        #[serde(default, skip_serializing_if = "Facts::is_empty")]
        facts: Facts,
    },
    /// Its deadline has become known.
    ReleaseDated {
        item: String,
        due_at: Option<Moment>,
    },
    /// Somebody has reported when what it tells of was held, or has mended that.
    HoldingReported {
        item: String,
        held_at: Moment,
        /// By when it was to be held.
        limit: Option<Moment>,
        late: bool,
        /// The deadline of the text.
        due_at: Option<Moment>,
        /// What was reported before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Moment>,
    },
    ReleaseSubmitted {
        item: String,
        version: u32,
        hash: String,
        #[serde(default)]
        round: u32,
        waits_for: Option<PostRef>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        newer_version: Option<u32>,
    },
    ReleaseReturned {
        item: String,
        version: u32,
        reason: String,
    },
    /// Facts have changed under a text in review.
    ReviewStale(Newer),
    /// The text in review is once more what the template says.
    ReviewCurrent {
        item: String,
        version: u32,
    },
    FactsChangedAfterEdit(Newer),
    /// A text that was signed and waited has grown old.
    ApprovalVoid(Newer),
    TurnPassed {
        item: String,
        plan: String,
        from: PostRef,
        to: PostRef,
    },
    ApprovalRefused {
        item: String,
        why: Refused,
        difference: Vec<String>,
    },
    ReleaseSigned {
        item: String,
        version: u32,
        hash: String,
        post: PostRef,
        waits_for: Option<PostRef>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        despite_newer: Option<u32>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        own_words: bool,
    },
    /// The fast route: out on one signature, the others are owed.
    ReleasedBeforeCountersignature {
        item: String,
        version: u32,
        hash: String,
        post: PostRef,
        countersign_due_at: Moment,
        owed: Vec<PostRef>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        despite_newer: Option<u32>,
    },
    ReleaseCountersigned {
        item: String,
        hash: String,
        post: PostRef,
        late: bool,
        waits_for: Option<PostRef>,
    },
    CountersignatureOverdue {
        item: String,
        waits_for: Option<PostRef>,
    },
    /// Signed by all, and not out yet.
    ReleaseHeld {
        until: Reason,
    },
    ReleaseReminded(Reminded),
    ReleaseOverdue(Reminded),
    /// Whoever has to draft or sign was told that their turn has begun.
    TurnTold {
        to: PostRef,
        releases: Vec<ReleaseId>,
        /// The channels that carry it.
        told_by: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        not_told: Option<Reason>,
    },
    /// A silent signer was reminded of the time that they have; `over` when all of it is gone.
    SignerReminded {
        item: String,
        to: PostRef,
        over: bool,
    },
    ReminderNotSent {
        why: String,
    },

    // How a release ends.
    ReleasePublished {
        item: String,
        version: u32,
        hash: String,
        title: String,
        channels: Vec<String>,
        due_at: Option<Moment>,
        late: bool,
        /// 发文字号, taken as it went out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document_number: Option<String>,
        /// The hash of the bytes that went out, where they have numbers or dates that the signed ones lack.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        issued: Option<String>,
    },
    ReleaseSuperseded {
        item: String,
        /// Its state, if it was not out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<String>,
        why: Reason,
    },
    ReleaseCancelled {
        item: String,
        was: String,
        why: Reason,
    },
    ReleaseWaived {
        item: String,
        reason: String,
        due_at: Option<Moment>,
    },
    ReleaseMissed {
        item: String,
        occurrence: u32,
        due_at: Option<Moment>,
    },
    /// It has a validity from the end of its incident.
    ExpiryStarted {
        valid_until: Moment,
    },
    ReleaseExpired {
        item: String,
        valid_until: Option<Moment>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deliveries_cancelled: Option<u64>,
    },
    CorrectionPrepared {
        of: ReleaseId,
        kind: CorrectionKind,
        item: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// What it was given to say.
        #[serde(default, skip_serializing_if = "Facts::is_empty")]
        facts: Facts,
    },
    ReleaseCorrected {
        by: ReleaseId,
        kind: CorrectionKind,
        deliveries_cancelled: u64,
    },
    ReleaseWithdrawn {
        item: String,
        reason: String,
        deliveries_cancelled: u64,
        /// The text that says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<ReleaseId>,
    },

    // Sending.
    DispatchSkipped {
        why: Reason,
        #[serde(flatten)]
        of: Dispatched,
    },
    /// There was nobody to send it to.
    DispatchEmpty {
        recipients: i64,
        #[serde(flatten)]
        of: Dispatched,
    },
    DispatchExpanded {
        recipients: i64,
        #[serde(flatten)]
        of: Dispatched,
    },
    DispatchClosed {
        /// Status → how many.
        deliveries: BTreeMap<String, i64>,
        #[serde(flatten)]
        of: Dispatched,
    },
    /// What receipts have made of deliveries that were counted already: status → how many.
    ReceiptsLate {
        deliveries: BTreeMap<String, i64>,
        #[serde(flatten)]
        of: Dispatched,
    },
    /// Nearly all of its deliveries were given up.
    DispatchLost {
        failed: i64,
        unknown: i64,
        recipients: i64,
        told_by: Vec<String>,
        not_told: Option<Reason>,
        #[serde(flatten)]
        of: Dispatched,
    },
    DispatchFellBack {
        from: String,
        to: String,
        #[serde(flatten)]
        of: Dispatched,
    },
    ReleaseResent {
        item: String,
        version: u32,
        channels: BTreeMap<String, GivenUp>,
        may_arrive_twice: bool,
    },
    ChannelTrouble {
        channel: String,
        /// In the provider's words.
        why: String,
        since: Moment,
        told_by: Vec<String>,
        not_told: Option<Reason>,
    },
    /// Many texts were taken, and no receipt is about any of them.
    ReceiptsMissing {
        channel: String,
        waiting: i64,
        since: Moment,
        told_by: Vec<String>,
        not_told: Option<Reason>,
    },
    ChannelMended {
        channel: String,
        since: Moment,
        until: Moment,
        lasted: String,
    },
    ChannelEnabled {
        channel: String,
    },
    ChannelDisabled {
        channel: String,
    },

    // People and contacts.
    UserAdded {
        login: String,
        name: String,
        posts: Vec<PostRef>,
        #[serde(default)]
        token_until: Option<Moment>,
    },
    UserPostsChanged {
        login: String,
        posts: Vec<PostRef>,
        before: Vec<PostRef>,
    },
    UserDisabled {
        login: String,
        tokens_revoked: u64,
    },
    TokenIssued {
        login: String,
        label: String,
        tokens_revoked: u64,
        #[serde(default)]
        token_until: Option<Moment>,
    },
    TokensRevoked {
        login: String,
        tokens_revoked: u64,
    },
    ContactImportBegun {
        file: String,
        rows: u64,
    },
    ContactsImported {
        file: String,
        added: u64,
        replaced: u64,
        #[serde(default)]
        losses_accepted: bool,
    },
    /// Whole addresses were written to a file.
    ContactsExported {
        contacts: i64,
        reach: Reach,
    },

    // Drills.
    DrillStarted {
        run: String,
    },
    DrillEnded {
        run: String,
        why: String,
    },
    Inject(Happened),
}
