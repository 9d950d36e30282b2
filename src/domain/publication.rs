//! What one text that goes out does: to itself, to what it takes the place of or corrects, and to what explains it.
//!
//! Decides and does nothing; `flow::publish` reads what is asked for here and carries the result out.

mod again;
mod falls;
mod last_look;
mod replaces;

pub use again::{Moved, corrected_before, moves, moves_back, restores};
pub use falls::falls;
pub use last_look::{Passed, last_look, passed};

use std::collections::BTreeSet;
use std::fmt;

pub use replaces::has_order;
use replaces::{replaces, stands_on};

use super::approval::Ready;
use super::area::AreaCode;
use super::bulletin::{Bulletin, Publication};
use super::deadline::{Anchors, earliest_due};
use super::delivery::Lane;
use super::incident::Incident;
use super::lifting::{Bound, Except};
use super::phrase::{Blank, Phrase, phrase};
use super::plan::{CorrectionKind, Item, ItemKind, ItemRole, Plan};
use super::portal::{PortalEntry, Standing};
use super::reason::Reason;
use super::release::{NotNow, Release, ReleaseState};
use super::time::{Moment, minute};
use crate::id::ReleaseId;

/// A text with all its signatures, and everything that its going out may touch.
#[derive(Debug)]
pub struct Going<'a> {
    pub now: Moment,
    pub plan: &'a Plan,
    pub item: &'a Item,
    pub incident: &'a Incident,
    pub release: Release,
    pub ready: Ready,
    pub text: &'a Bulletin,
    /// What it explains or corrects.
    pub original: Option<Release>,
    /// What it corrects is a text that was corrected before: the correction that stands in for it. Or it takes such a correction
    /// back: the text that this stood in for.
    pub other_half: Option<Release>,
    /// It takes a correction back: the correction that this one took the place of, which stands again.
    pub before: Option<Release>,
    /// The texts of [`matters`] that are out.
    pub out: Vec<Release>,
    /// What explains it.
    pub tied: Vec<Release>,
    /// Every release of the plan, where it takes back or corrects a text that lifted others, or ends the response.
    pub all: Vec<Release>,
    /// What binds now, and what this text brings back: what it must say.
    pub binding: Vec<Bound>,
    /// There is a portal on which a reader finds the next text.
    pub has_portal: bool,
}

/// Why nothing goes out.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Stopped {
    /// The bytes that go out are the bytes that were signed, or nothing goes out.
    Altered(ReleaseId),
    /// A number or date that nothing fills would be read by the public as a hole.
    Unfilled(ReleaseId),
    /// The order that it was to correct or take back is over since it was written.
    OverSince {
        release: ReleaseId,
        order: String,
        at: Moment,
    },
    /// It says of what binds people what is so no longer.
    OtherBinding(ReleaseId),
    /// Hours that it names as hours to come are past.
    Passed {
        hours: Vec<Blank>,
        why: Reason,
    },
    NotNow(#[from] NotNow),
}

impl Stopped {
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::Altered(release) => phrase!("verb.altered", release = release.as_str()),
            Self::Unfilled(release) => phrase!("verb.unfilled", release = release.as_str()),
            Self::OverSince { release, order, at } => phrase!(
                "verb.over-since",
                release = release.as_str(),
                order,
                at = minute(*at)
            ),
            Self::OtherBinding(release) => {
                phrase!("verb.other-binding", release = release.as_str())
            }
            Self::Passed { hours, .. } => phrase!(
                "verb.passed",
                facts = Blank::List(hours.clone()),
                not_done = phrase!("verb.not-approved")
            ),
            Self::NotNow(not_now) => not_now.phrase(),
        }
    }

    /// The same, as its drafters are told why a text that waited came back.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Passed { why, .. } => why.clone(),
            _ => Reason::FactsChanged,
        }
    }
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

#[derive(Debug)]
pub enum Decision {
    /// It waits for the text that it belongs to.
    Held(Box<Release>),
    Out(Box<Outcome>),
}

/// A text that is public from now on.
#[derive(Debug)]
pub struct Outcome {
    pub release: Release,
    pub shown: PortalEntry,
    /// The channels that it is handed to, in the order of its item.
    pub channels: Vec<String>,
    pub lane: Lane,
    pub effects: Vec<Effect>,
}

/// What happens to another release, in this order.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// This text takes its place.
    Supersede {
        other: Release,
        /// It is another matter that is over now, so what was not yet tried of it is not sent any more. An update follows the
        /// text before it to whoever waits for both.
        stop: bool,
    },
    /// This text lifts it in these places. Where that is all of them it is over, and what was not yet tried of it is not sent any
    /// more; otherwise it holds on, in the others or until the hour that this text names.
    Lift {
        other: Release,
        areas: Vec<AreaCode>,
    },
    /// This text takes back what lifted it: it binds again.
    Restore {
        other: Release,
        areas: Vec<AreaCode>,
    },
    /// This text takes the correction of it back: it is said as it was before that, by an earlier correction if there was one.
    Uncorrect {
        first: Release,
        before: Option<Box<Release>>,
    },
    /// This text corrects the hour from which a lifting lifts it in these places, or takes that correction back.
    Move(Moved),
    /// This text corrects it.
    Correct {
        original: Release,
        kind: CorrectionKind,
        standing: Standing,
        /// What was not yet tried of it is not sent any more.
        stop: bool,
    },
    /// It explains this text, and has a deadline now.
    Date(Release),
    /// It explains this text, is signed, and goes out with it.
    GoesToo(Release, Ready),
}

/// Decides what goes out with `going`.
///
/// # Errors
/// When another text stands than the one that was signed, or the release is in no state to go out.
pub fn decide(going: Going<'_>) -> Result<Decision, Stopped> {
    let correction = going.release.correction;
    let waits = correction.is_none()
        && (going.original.as_ref()).is_some_and(|original| original.state.publication().is_none());
    if waits {
        return Ok(Decision::Held(Box::new(
            going.release.held(going.ready, going.now)?,
        )));
    }
    if let (Some(_), Some(original)) = (correction, &going.original) {
        let mended = (going.other_half.as_ref()).filter(|mended| original.is_mended_by(mended));
        let stands = mended.unwrap_or(original);
        if let Some(at) = falls::over_since(going.item, &going.release, stands) {
            return Err(Stopped::OverSince {
                release: going.release.id,
                order: original.name.clone(),
                at,
            });
        }
    }
    if going.text.hash() != going.ready.hash {
        return Err(Stopped::Altered(going.release.id));
    }
    let (text, binding) = (&going.text.text, &going.binding);
    last_look(&going.release.id, going.plan, text, binding, going.now)?;
    let Going {
        now,
        plan,
        item,
        incident,
        text,
        ..
    } = going;
    let publication = Publication {
        version: going.ready.version,
        hash: going.ready.hash,
        at: now,
        due_at: going.release.due_at,
        valid_until: text.valid_for.map(|span| span.after(now)),
        countersign: going.ready.owed.map(|owed| owed.from(now)),
        filling: None,
    };
    let mut release = going.release;
    if let (true, Some(original)) = (release.speaks_for_its_item(), &going.original)
        && correction.is_some()
    {
        let mended = going.other_half.as_ref();
        let mended = mended.filter(|mended| original.is_mended_by(mended));
        release
            .lifted
            .clone_from(&mended.unwrap_or(original).lifted);
    }
    let mut release = release.published(publication.clone())?;
    // What stands in for a measure that is over everywhere is over with it.
    if let Some(last) = release.lifted.last().map(|lifted| lifted.by.clone())
        && release.places_bound(incident, now).is_empty()
    {
        release = release.over(now, last);
    }
    let is_of_item = |code: &str| item.channels.iter().any(|own| own.channel == code);
    let reach = text
        .reach
        .iter()
        .filter(|reach| is_of_item(&reach.channel) || reach.also);
    let reach = reach.map(|reach| reach.channel.clone());
    let except = Except::told_by(plan, item, incident, &release, &text.text.text);
    let mut effects = match (correction, going.original) {
        (Some(kind), Some(original)) => {
            let restored = restores(plan, incident, kind, &original, &going.all, now);
            let moved = moves(incident, item, &release, &original, &going.all, now);
            let takes_correction_back =
                kind == CorrectionKind::Withdrawal && original.stands_in_for().is_some();
            let (first, mended) = match takes_correction_back {
                true => (going.other_half, None),
                false => (None, going.other_half),
            };
            let first = first
                .filter(|_| item.binds() || !item.lifts.is_empty())
                .and_then(|first| {
                    first.uncorrected(incident, &original, going.before.as_ref(), now)
                });
            let before = (going.before)
                .filter(|_| first.is_some())
                .and_then(|before| before.stands_again(incident, &original, now))
                .map(Box::new);
            let mended = mended.filter(|mended| original.is_mended_by(mended));
            let mut effects = corrects(original, &release, kind, mended, now)?;
            effects.extend(first.map(|first| Effect::Uncorrect { first, before }));
            let restored = restored.into_iter();
            effects.extend(restored.map(|(other, areas)| Effect::Restore { other, areas }));
            effects.extend(moved.into_iter().map(Effect::Move));
            effects
        }
        _ => {
            let mut out = going.out;
            out.retain(|other| !stands_on(plan, item, incident, other, &going.all, now));
            let lifts = (text.text.effective, except.as_ref());
            replaces(plan, item, incident, &release, out, lifts, now)?
        }
    };
    effects.extend(dates(plan, incident, going.tied, now));
    let shown = PortalEntry::of(
        plan,
        item,
        incident,
        &release,
        text,
        &publication,
        going.has_portal,
    );
    Ok(Decision::Out(Box::new(Outcome {
        shown: match release.state {
            ReleaseState::Lifted { .. } => shown.lifted_as(plan, &release, incident, now),
            _ => shown,
        },
        channels: reach.collect(),
        lane: match correction {
            Some(_) => Lane::Urgent,
            None => item.kind.lane(),
        },
        effects,
        release,
    })))
}

/// The original says what became of it, and the correction before this one that its place was taken.
fn corrects(
    original: Release,
    by: &Release,
    kind: CorrectionKind,
    mended: Option<Release>,
    now: Moment,
) -> Result<Vec<Effect>, NotNow> {
    if original.state.publication().is_none() {
        return Ok(Vec::new());
    }
    let (standing, original) = match kind {
        CorrectionKind::Withdrawal => (
            Standing::Withdrawn {
                at: now,
                by: Some(by.id.clone()),
            },
            original.withdrawn(now, by, mended.as_ref())?,
        ),
        _ => (
            Standing::Corrected {
                at: now,
                by: by.id.clone(),
                kind,
            },
            original.corrected(now, by.id.clone(), mended.as_ref())?,
        ),
    };
    let mut effects = vec![Effect::Correct {
        original,
        kind,
        standing,
        stop: kind != CorrectionKind::AllClear,
    }];
    // One that is lifted everywhere says so already.
    if let Some(mended) = mended.filter(Release::stands) {
        let why = Reason::Replaced {
            by: by.id.clone(),
            name: by.name.clone(),
        };
        effects.push(Effect::Supersede {
            other: mended.superseded(now, why)?,
            stop: true,
        });
    }
    Ok(effects)
}

/// The items whose texts a text of `item` may take the place of: the same matter's earlier text, the notices it lifts,
/// and, when the response ends, the notice that opened it and what was said again and again.
pub fn matters<'a>(plan: &'a Plan, item: &'a Item) -> BTreeSet<&'a str> {
    let mut items: BTreeSet<&str> = item.lifts.iter().map(String::as_str).collect();
    // Several refutations or conferences stand side by side; they are different matters under one name.
    if !item.on_demand {
        items.insert(&item.item);
    }
    items.extend(item.instead_of.iter().map(String::as_str));
    // What excludes this excludes it the other way, too: both never hold in one place.
    let excluding = plan
        .items()
        .filter(|other| other.instead_of.contains(&item.item));
    items.extend(excluding.map(|other| other.item.as_str()));
    if item.role == Some(ItemRole::Termination) {
        let all = plan.levels.values().flatten().chain(&plan.end);
        // The last number of a series promises a next one that will not come. An answer stays one, and what goes on after the
        // end goes on.
        let goes_on = |code: &str| plan.end.iter().any(|item| item.item == code);
        let is_news = |item: &Item| {
            matches!(item.kind, ItemKind::Bulletin | ItemKind::PressConference)
                && item.repeat.is_some()
                && !goes_on(&item.item)
        };
        let over = all.filter(|item| item.role == Some(ItemRole::Activation) || is_news(item));
        items.extend(over.map(|item| item.item.as_str()));
    }
    items
}

/// What explains a text that has just gone out gets its deadline, and goes out too if it is signed.
fn dates(plan: &Plan, incident: &Incident, tied: Vec<Release>, now: Moment) -> Vec<Effect> {
    let anchors = Anchors {
        publication: Some(now),
        ..incident.anchors()
    };
    let open = tied
        .into_iter()
        .filter(|tied| tied.correction.is_none() && tied.state.is_open());
    open.map(|tied| {
        let due_at = plan
            .item_of(&tied)
            .and_then(|item| earliest_due(&item.due, &anchors, plan.zone, &plan.calendar));
        // Its time runs from what it explains, so its reminders do too.
        let tied = tied.dated(due_at, now);
        match tied.ready() {
            Some(ready) => Effect::GoesToo(tied, ready),
            None => Effect::Date(tied),
        }
    })
    .collect()
}

#[cfg(test)]
mod tables;
