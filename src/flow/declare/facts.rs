//! Facts as they are handed in: read by their types, kept with their as-of time and source; drafts follow.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde_json::Value;

use super::super::work::Work;
use super::super::{MOST_PROBLEMS, Problems, VerbError, World, draft, must, plan};
use super::{event_of, one_line};
use crate::domain::approval::Actor;
use crate::domain::called::{Called, Meant};
use crate::domain::fact::{self, Fact, Facts, contradictions, left_out};
use crate::domain::incident::Incident;
use crate::domain::journal::Act;
use crate::domain::level::IncidentGrade;
use crate::domain::phrase::{Blank, phrase};
use crate::domain::plan::EventType;
use crate::domain::release::{Release, ReleaseState};
use crate::domain::rights::Deed;
use crate::domain::time::{BadSpan, Moment, Span};
use crate::id::{IncidentId, ReleaseId};
use crate::store::Tx;

/// A fact as it is handed in, not yet read by its type.
#[derive(Debug, Clone)]
pub struct GivenFact {
    pub value: Value,
    pub as_of: Option<Moment>,
    pub source: Option<String>,
}

/// How long the response is expected to last, as it is typed among the facts.
pub(in crate::flow) const EXPECTED_DURATION: &str = fact::EXPECTED_DURATION.code;

/// What is handed in by the codes of the facts that are meant, each of which may be called by its label. What is no fact's name, or
/// is that of several, is a problem.
pub(in crate::flow) fn by_code(
    event: &EventType,
    given: &BTreeMap<String, GivenFact>,
    problems: &mut Problems,
) -> BTreeMap<String, GivenFact> {
    let register = fact::register(&event.facts);
    let of = Blank::Name {
        zh: event.name.clone(),
        en: event.name_en.clone().unwrap_or_else(|| event.event.clone()),
    };
    let named = |all: Vec<Called<'_>>| Blank::List(all.iter().map(Called::blank).collect());
    let mut known = BTreeMap::new();
    let mut unknown = 0;
    for (typed, fact) in given {
        let what = match register.meant(typed) {
            Meant::One(code) => match known.entry(code.to_owned()) {
                Entry::Vacant(free) => {
                    free.insert(fact.clone());
                    continue;
                }
                Entry::Occupied(_) => phrase!("verb.fact-given-twice", code),
            },
            Meant::Several(all) => phrase!("verb.fact-of-several", facts = named(all)),
            Meant::None => {
                unknown += 1;
                // Nobody reads that of more names than are listed, and comparing thousands takes its time.
                let near = match unknown <= MOST_PROBLEMS {
                    true => register.near(typed),
                    false => Vec::new(),
                };
                match near.is_empty() {
                    true => phrase!("verb.no-such-fact", event = of.clone()),
                    false => {
                        let meant = phrase!("verb.is-meant", word = named(near));
                        phrase!("verb.no-such-fact-near", event = of.clone(), meant)
                    }
                }
            }
        };
        problems.add(&format!("facts.{typed}"), what);
    }
    known
}

pub(super) fn read_duration(
    given: &BTreeMap<String, GivenFact>,
    problems: &mut Problems,
) -> Option<Span> {
    let given = given.get(EXPECTED_DURATION)?;
    match given.value.as_str().map(str::parse) {
        Some(Ok(span)) => Some(span),
        Some(Err(error)) => {
            let error: BadSpan = error;
            problems.add(&format!("facts.{EXPECTED_DURATION}"), error.phrase());
            None
        }
        None => {
            let what = phrase!("verb.no-span");
            problems.add(&format!("facts.{EXPECTED_DURATION}"), what);
            None
        }
    }
}

/// What is known where facts are given.
#[derive(Clone, Copy)]
pub(in crate::flow) struct Known<'a> {
    /// Of the incident, or of the text that they are given to.
    pub own: &'a Facts,
    /// Of the incident, where they are given to a text of it.
    pub around: &'a Facts,
}

pub(in crate::flow) fn read_facts(
    event: &EventType,
    given: &BTreeMap<String, GivenFact>,
    actor: &Actor,
    now: Moment,
    known: Known<'_>,
    problems: &mut Problems,
) -> Facts {
    let mut facts = Facts::new();
    for (code, given) in given.iter().filter(|(code, _)| *code != EXPECTED_DURATION) {
        let field = format!("facts.{code}");
        let Some(spec) = event.fact(code) else {
            // `by_code` has said so.
            continue;
        };
        let source = match given.source.as_deref().map(one_line).transpose() {
            Ok(source) => source,
            Err(what) => {
                problems.add(&format!("{field}.source"), what);
                continue;
            }
        };
        if code == IncidentGrade::FACT && source.is_none() {
            problems.add(&field, phrase!("verb.grade-by-nobody"));
            continue;
        }
        let as_of = given.as_of.unwrap_or(now);
        // Clocks of two machines may differ by a little; a fact of tomorrow is a slip.
        if as_of > now + chrono::TimeDelta::minutes(5) {
            problems.add(&format!("{field}.as_of"), phrase!("verb.in-future"));
            continue;
        }
        match spec.read(&given.value) {
            Ok(value) => {
                facts.insert(
                    code.clone(),
                    Fact {
                        value,
                        as_of,
                        source,
                        by: vec![actor.user.clone()],
                    },
                );
            }
            Err(error) => problems.add(&field, error.what),
        }
    }
    for (code, what) in contradictions(
        event,
        |code| known.own.get(code).map(|fact| &fact.value),
        |code| known.around.get(code).map(|fact| &fact.value),
        |code| facts.get(code).map(|fact| &fact.value),
        now,
    ) {
        problems.add(&format!("facts.{code}"), what);
    }
    for left in left_out(
        &event.facts,
        |code| known.own.get(code).map(|fact| &fact.value),
        |code| facts.get(code).map(|fact| &fact.value),
    ) {
        problems.add(&format!("facts.{}", left.fact), left.phrase());
    }
    facts
}

/// What one text says for itself is nothing that the incident knows; the texts that wait for it are named.
pub(super) fn refuse_of_one_text(
    event: &EventType,
    given: &BTreeMap<String, GivenFact>,
    releases: &[Release],
    problems: &mut Problems,
) {
    for spec in given.keys().filter_map(|code| event.fact(code)) {
        let what = if spec.correction {
            phrase!("verb.fact-of-correction")
        } else if spec.is_of_one_text() {
            let asks = |release: &&Release| matches!(&release.state, ReleaseState::Drafting(drafting) if drafting.missing.contains(&spec.fact));
            let code = &spec.fact;
            let asking = releases.iter().filter(asks);
            let asking: Vec<String> = asking.map(|one| one.id.to_string()).collect();
            match asking.as_slice() {
                [] => phrase!("verb.fact-of-text", code),
                [release] => phrase!("verb.fact-of-this-text", code, release),
                several => {
                    let releases = several.iter().collect::<Blank>();
                    phrase!("verb.fact-of-these-texts", code, releases)
                }
            }
        } else {
            continue;
        };
        problems.say_rather(&format!("facts.{}", spec.fact), what);
    }
}

/// Adds or replaces facts; drafts follow.
///
/// # Errors
/// Names every fact that cannot be used; none is changed then.
pub async fn set_facts(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &IncidentId,
    given: &BTreeMap<String, GivenFact>,
) -> Result<Incident, VerbError> {
    let mut work = Work::new(tx, world, now);
    let mut incident = work.incident(id).await?;
    let plans = work.plans_of(&incident).await?;
    must(world, actor, Deed::SetFacts, &plans)?;
    incident.must_not_be_archived()?;
    let event = event_of(&plans)?;
    let mut problems = Problems::default();
    let given = &by_code(&event, given, &mut problems);
    let known = Known {
        own: &incident.facts,
        around: &incident.facts,
    };
    let mut facts = read_facts(&event, given, actor, now, known, &mut problems);
    let releases = work.tx.readable_of(&incident.id).await?.releases;
    refuse_of_one_text(&event, given, &releases, &mut problems);
    let standing = (incident.known_at, &incident.facts);
    draft::check_holdings(&plans, standing, &releases, &facts, now, &mut problems);
    let duration = read_duration(given, &mut problems)
        .filter(|span| incident.expected_duration != Some(*span));
    if !problems.is_empty() {
        return Err(VerbError::Invalid { problems });
    }
    facts.extend(event.english_left_behind(&incident.facts, &facts, now));
    for (code, fact) in &mut facts {
        let Some(standing) = incident.facts.get(code) else {
            continue;
        };
        if fact.says_the_same_as(standing) {
            // Whoever says again what stands there has not written it.
            fact.by.clone_from(&standing.by);
        } else if fact.takes_over_words_of(standing) {
            for writer in &standing.by {
                if !fact.by.contains(writer) {
                    fact.by.push(writer.clone());
                }
            }
        }
    }
    facts.retain(|code, fact| incident.facts.get(code) != Some(fact));
    if facts.is_empty() && duration.is_none() {
        return Ok(incident);
    }
    let changed = Act::FactsChanged {
        facts: facts.clone(),
        expected_duration: duration,
    };
    let grade = incident.grade();
    incident.expected_duration = duration.or(incident.expected_duration);
    incident.facts.extend(facts);
    work.tx.update_incident(&mut incident).await?;
    work.did_to(actor, &incident, changed);
    plan::follow_grade(&mut work, &incident, grade).await?;
    let waited = without_text(&mut work, &incident).await?;
    draft::follow_facts(&mut work, &incident).await?;
    for id in waited {
        let release = work.release(&id).await?;
        let plan = work.plan_of(&release).await?;
        let has_text = matches!(&release.state, ReleaseState::Drafting(drafting) if drafting.version.is_some());
        let is_own = release
            .next_post(&plan)
            .is_some_and(|post| actor.holds(&post));
        if has_text && !is_own {
            work.tx.turn_again(&id, now).await?;
        }
    }
    work.done().await?;
    Ok(incident)
}

/// The drafts that wait for facts: whoever drafts is told when the last of them comes from somebody else.
async fn without_text(
    work: &mut Work<'_>,
    incident: &Incident,
) -> Result<Vec<ReleaseId>, VerbError> {
    let releases = work.tx.readable_of(&incident.id).await?.releases;
    let waits = |release: &Release| matches!(&release.state, ReleaseState::Drafting(drafting) if !drafting.missing.is_empty());
    let waiting = releases.into_iter().filter(waits);
    Ok(waiting.map(|release| release.id).collect())
}
