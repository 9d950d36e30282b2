//! Corrections, withdrawals and the all clear. The original keeps its address and says what became of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::declare::{EXPECTED_DURATION, GivenFact, Known, read_facts};
use super::work::Work;
use super::{Problems, VerbError, World, item_of};
use crate::domain::approval::Actor;
use crate::domain::body::PostRef;
use crate::domain::document::Document;
use crate::domain::fact::Facts;
use crate::domain::journal::{Act, ENGINE};
use crate::domain::level::ResponseLevel;
use crate::domain::phrase::{Blank, phrase};
use crate::domain::plan::{CorrectionKind, ItemKind, Plan, Signer};
use crate::domain::publication::{moves_back, restores};
use crate::domain::release::{self, Drafting, Release, ReleaseState, Reminder, Submission};
use crate::domain::rights::{self, About, Deed};
use crate::domain::time::Moment;
use crate::id::ReleaseId;
use crate::store::Tx;

/// What a correction is to be.
#[derive(Debug)]
pub struct Wanted<'a> {
    pub kind: CorrectionKind,
    /// A text that is taken back needs one; the public reads it only where the template prints it.
    pub reason: Option<&'a str>,
    /// What it says for itself. The facts of the incident stay as they are.
    pub facts: &'a BTreeMap<String, GivenFact>,
}

impl Wanted<'_> {
    fn deed(&self) -> Deed {
        match self.kind {
            CorrectionKind::Withdrawal => Deed::Withdraw,
            _ => Deed::Correct,
        }
    }
}

/// The first of two actions: prepares the pre-written correction of a published text, or what takes it back, ready to be
/// signed.
///
/// # Errors
/// Invalid when the reason is not one printable line or a fact cannot be used; forbidden for whoever may not correct the
/// plan's texts, a conflict when nothing was published or facts that the correction needs are missing; those are named.
pub async fn prepare(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &ReleaseId,
    wanted: &Wanted<'_>,
) -> Result<Release, VerbError> {
    let facts = own_facts(tx, world, now, actor, id, wanted.facts).await?;
    prepare_knowing(tx, world, now, actor, id, wanted, facts).await
}

/// What a correction says for itself, read by the facts that its plan knows.
///
/// # Errors
/// Names every fact that cannot be used.
pub(super) async fn own_facts(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &ReleaseId,
    given: &BTreeMap<String, GivenFact>,
) -> Result<Facts, VerbError> {
    if given.is_empty() {
        return Ok(Facts::new());
    }
    let mut work = Work::new(tx, world, now);
    let original = work.release(id).await?;
    let plan = work.plan_of(&original).await?;
    let mut problems = Problems::default();
    let incident = work.incident(&original.incident).await?;
    // What it mends goes on saying the rest.
    let mut around = incident.facts;
    around.extend(original.own_facts.clone());
    let known = Known {
        own: &Facts::new(),
        around: &around,
    };
    let facts = read_facts(&plan.event, given, actor, now, known, &mut problems);
    if given.contains_key(EXPECTED_DURATION) {
        let field = format!("facts.{EXPECTED_DURATION}");
        problems.add(&field, phrase!("verb.fact-of-incident"));
    }
    match problems.is_empty() {
        true => Ok(facts),
        false => Err(VerbError::Invalid { problems }),
    }
}

/// As [`prepare`], with facts that were read before.
pub(super) async fn prepare_knowing(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &ReleaseId,
    wanted: &Wanted<'_>,
    own_facts: Facts,
) -> Result<Release, VerbError> {
    let kind = wanted.kind;
    let mut work = Work::new(tx, world, now);
    // Two people who correct at once must not both find that nobody does.
    let mut original = work.release_locked(id).await?;
    // Whoever names the correction that is out means the text that it stands in for.
    if let Some(order) = original.stands_in_for()
        && kind != CorrectionKind::Withdrawal
        && original.state.publication().is_some()
    {
        original = work.release(order).await?;
    }
    let original = original;
    let mended = work.mended_by(&original).await?;
    let reason = wanted.reason.map(clause).transpose()?;
    work.must(actor, wanted.deed(), &original).await?;
    match kind {
        CorrectionKind::Withdrawal if reason.is_none() => return Err(needs_reason()),
        CorrectionKind::Withdrawal => original.may_be_withdrawn(mended.as_ref())?,
        _ => original.may_be_corrected(mended.as_ref())?,
    }
    let plan = work.plan_of(&original).await?;
    must_not_revive(&plan, &original, kind)?;
    must_not_clear_an_order(&plan, mended.as_ref().unwrap_or(&original), kind)?;
    must_not_clear_a_relay(&plan, &original, kind)?;
    let signers = signers(&mut work, &plan, actor, &original, kind).await?;
    let tied = work.tx.releases_tied_to(&original.id).await?;
    let earlier: Vec<&Release> = tied.iter().filter(|r| r.correction.is_some()).collect();
    if let Some(open) = earlier.iter().find(|r| r.state.is_open()) {
        return Err(VerbError::Conflict {
            what: phrase!("verb.correction-waits", correction = open.id.as_str()),
            existing: Some(open.id.to_string()),
        });
    }
    let incident = work.incident(&original.incident).await?;
    incident.must_not_be_archived()?;
    let mut correction = build(world, now, &plan, &original, kind, earlier.len());
    correction.own_facts = own_facts;
    correction.correction_reason_by = reason.is_some().then(|| actor.user.clone());
    correction.correction_reason = reason;
    work.tx
        .add_releases(std::slice::from_ref(&correction))
        .await?;
    let act = Act::CorrectionPrepared {
        of: original.id.clone(),
        kind,
        item: original.item.clone(),
        reason: correction.correction_reason.clone(),
        facts: correction.own_facts.clone(),
    };
    work.did(actor, &correction, act);
    let correction = super::draft::open(&mut work, &incident, correction).await?;
    let mut correction = submit(&mut work, signers, correction).await?;
    work.keep(&mut correction).await?;
    work.done().await?;
    Ok(correction)
}

/// The words were approved with the plan, so a correction lies before its signer at once, and whoever prepared it may
/// sign it.
async fn submit(
    work: &mut Work<'_>,
    (signer, also): (Signer, Vec<PostRef>),
    correction: Release,
) -> Result<Release, VerbError> {
    let ReleaseState::Drafting(drafting) = &correction.state else {
        return Ok(correction);
    };
    if lacks_reason(drafting) {
        return Err(needs_reason());
    }
    let Some(version) = drafting.version else {
        let (plan, not_done) = (
            work.plan_of(&correction).await?,
            phrase!("verb.not-prepared"),
        );
        return Err(super::draft::no_text(
            &plan,
            &correction,
            drafting,
            not_done,
        ));
    };
    let text = work.bulletin(&correction.id, version).await?;
    let submission = Submission {
        version,
        hash: text.hash(),
        by: ENGINE.into(),
        signers: vec![signer],
        also,
        newer: None,
    };
    Ok(correction
        .submitted(submission, work.now)?
        .passed_to_deputy())
}

/// What corrects an order, or a lifting, stands in for it; one that was taken back or replaced is given anew.
fn must_not_revive(plan: &Plan, original: &Release, kind: CorrectionKind) -> Result<(), VerbError> {
    let item = item_of(plan, original)?;
    let is_over = matches!(
        original.state,
        ReleaseState::Withdrawn { .. } | ReleaseState::Superseded { .. }
    );
    let concerns_measures = item.binds() || item.decided && !item.lifts.is_empty();
    match is_over && concerns_measures && kind != CorrectionKind::Withdrawal {
        true => Err(original.not_now(release::Wanted::Corrected).into()),
        false => Ok(()),
    }
}

/// An order that still binds is lifted on the ordinary way, and not by a word that all is clear.
fn must_not_clear_an_order(
    plan: &Plan,
    original: &Release,
    kind: CorrectionKind,
) -> Result<(), VerbError> {
    match kind == CorrectionKind::AllClear && original.still_binds(plan) {
        true => Err(VerbError::conflict(phrase!(
            "verb.binds-still",
            name = &original.name
        ))),
        false => Ok(()),
    }
}

/// What was relayed is over when whoever made it says so; that is relayed too.
fn must_not_clear_a_relay(
    plan: &Plan,
    original: &Release,
    kind: CorrectionKind,
) -> Result<(), VerbError> {
    let item = item_of(plan, original)?;
    if kind != CorrectionKind::AllClear || item.document() != Document::Relay {
        return Ok(());
    }
    let ends = plan.items().filter(|other| {
        other.document() == Document::Relay
            && other.on_demand
            && other.kind == item.kind
            && other.item != item.item
    });
    let ends: BTreeSet<&str> = ends.map(|other| other.item.as_str()).collect();
    Err(VerbError::conflict(phrase!(
        "verb.relayed-only",
        name = &original.name,
        instead = ends.into_iter().collect::<Blank>()
    )))
}

/// Who signs what decides about an order, and not every post that may correct: that one which still binds should never have gone
/// out, those who decide or sign it; that what lifted one is taken back, so that it binds again, those who may give it. None where
/// no order is touched.
async fn deciders(
    work: &mut Work<'_>,
    plan: &Arc<Plan>,
    original: &Release,
    kind: CorrectionKind,
) -> Result<Option<Vec<PostRef>>, VerbError> {
    let item = item_of(plan, original)?;
    let mended = work.mended_by(original).await?;
    let binds = (mended.as_ref().unwrap_or(original)).still_binds(plan);
    let about = About::release(&work.world.plans, plan, original);
    if kind == CorrectionKind::WrongContent {
        // What another organ ordered in its own name is not put right over its head.
        let is_another_s = plan.issuer_of(item).body != plan.body.body;
        return Ok((binds && is_another_s).then(|| rights::who_orders(item, &about)));
    }
    if binds {
        return Ok(Some(rights::answerable(item, &about)));
    }
    if item.lifts.is_empty() {
        return Ok(None);
    }
    let incident = work.incident(&original.incident).await?;
    let mut all = work.all_that_binds(&incident).await?.releases;
    all.retain(|one| one.plan == plan.plan);
    let restored = restores(plan, &incident, kind, original, &all, work.now);
    let moved = match kind {
        CorrectionKind::Withdrawal => moves_back(&incident, original, &all, work.now),
        _ => Vec::new(),
    };
    // What binds on, only until another hour, is not given anew.
    let is_over = |id: &ReleaseId| {
        let mut over = all
            .iter()
            .filter(|one| matches!(one.state, ReleaseState::Lifted { .. }));
        over.any(|one| one.id == *id)
    };
    let back = moved.iter().map(|moved| &moved.measure);
    let back = back.filter(|measure| measure.stands() && is_over(&measure.id));
    let again = restored.iter().map(|(measure, _)| measure).chain(back);
    let again = again.filter_map(|measure| plan.item_of(measure));
    let who: Vec<Vec<PostRef>> = again.map(|item| rights::who_orders(item, &about)).collect();
    let (Some(first), all) = (who.first(), who.concat()) else {
        return Ok(None);
    };
    // Who may give each of them, or, where nobody may, who may give one.
    let of_each = |post: &&PostRef| who.iter().all(|posts| posts.contains(post));
    let both: Vec<PostRef> = first.iter().filter(of_each).cloned().collect();
    Ok(Some(if both.is_empty() { all } else { both }))
}

/// Who signs a correction of `original` that `actor` brings: the signer whose turn it is, and the posts that may sign in
/// their place.
pub(super) async fn signers(
    work: &mut Work<'_>,
    plan: &Arc<Plan>,
    actor: &Actor,
    original: &Release,
    kind: CorrectionKind,
) -> Result<(Signer, Vec<PostRef>), VerbError> {
    let Some(corrections) = &plan.corrections else {
        return Err(VerbError::conflict(phrase!(
            "verb.no-corrections",
            plan = &plan.plan
        )));
    };
    let Some(posts) = deciders(work, plan, original, kind).await? else {
        let posts = rights::correctors(&About::release(&work.world.plans, plan, original));
        return Ok((corrections.signed_by(actor, &posts), posts));
    };
    // Whoever only prepares it brings it before those who answer for the order.
    let own = posts.iter().find(|post| actor.holds(post));
    let signs = own.or(posts.first());
    let signer = match signs {
        Some(_) if posts.contains(&corrections.sign.post) => Signer {
            deputy: (corrections.sign.deputy.clone()).filter(|deputy| posts.contains(deputy)),
            ..corrections.sign.clone()
        },
        Some(post) => Signer {
            post: post.clone(),
            deputy: None,
            ..corrections.sign.clone()
        },
        None => corrections.signed_by(actor, &posts),
    };
    Ok((signer, posts))
}

fn needs_reason() -> VerbError {
    VerbError::invalid("reason", phrase!("verb.needs-reason"))
}

fn lacks_reason(drafting: &Drafting) -> bool {
    drafting
        .missing
        .iter()
        .any(|name| name == "original.reason")
}

/// A reason as templates print it, inside a sentence of theirs that has its own full stop.
fn clause(reason: &str) -> Result<String, VerbError> {
    super::declare::one_line(reason.trim().trim_end_matches('。'))
        .map_err(|what| VerbError::invalid("reason", what))
}

fn build(
    world: &World,
    now: Moment,
    plan: &Plan,
    original: &Release,
    kind: CorrectionKind,
    earlier: usize,
) -> Release {
    let due = plan
        .corrections
        .as_ref()
        .map(|c| c.confirm_within.after(now));
    Release {
        id: world.ids.mint(now),
        incident: original.incident.clone(),
        plan: original.plan.clone(),
        plan_hash: original.plan_hash.clone(),
        body: original.body.clone(),
        item: original.item.clone(),
        name: format!("{}：{}", kind.zh(), original.name),
        name_en: original
            .name_en
            .as_ref()
            .map(|name| format!("{}: {name}", kind.en())),
        kind: ItemKind::Correction,
        level: original.level.or(Some(ResponseLevel::IV)),
        occurrence: u32::try_from(earlier).unwrap_or(0) + 1,
        opened_at: now,
        due_at: due,
        passed: None,
        areas: original.areas.clone(),
        lifted: Vec::new(),
        ordered_by: None,
        found: original.found,
        tied_to: Some(original.id.clone()),
        holding: None,
        part_of: None,
        carries: Vec::new(),
        correction: Some(kind),
        correction_reason: None,
        correction_reason_by: None,
        own_facts: Facts::new(),
        state: ReleaseState::Planned,
        rounds: 0,
        reminded: Reminder::None,
        wake_at: None,
        row_version: 1,
    }
}
