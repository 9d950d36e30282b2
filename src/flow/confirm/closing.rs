//! What waits for a second person comes to its end: somebody decides, nobody does in time, or it is not meant any more.

use super::notes::{self, News};
use crate::domain::approval::Actor;
use crate::domain::incident::Incident;
use crate::domain::journal::act::SecondPerson;
use crate::domain::journal::{Act, Entry};
use crate::domain::phrase::phrase;
use crate::domain::rights::{Asked, Decided, Decision, Denied};
use crate::domain::time::{Moment, minute};
use crate::flow::work::Work;
use crate::flow::{Thing, VerbError, World};
use crate::id::AskId;
use crate::store::Tx;

/// What waits, for whom `may` decide about it: nobody else is told what became of it.
pub(super) async fn open(
    tx: &mut Tx,
    now: Moment,
    id: &AskId,
    may: impl Fn(&Asked) -> Result<(), Denied>,
) -> Result<Asked, VerbError> {
    let known = tx.asked(id).await?.ok_or_else(|| VerbError::NotFound {
        what: Thing::Asked,
        id: id.to_string(),
    })?;
    may(&known)?;
    tx.lock_incident(&known.incident).await?;
    let asked = tx.asked(id).await?.unwrap_or(known);
    match asked.closed(now) {
        None => Ok(asked),
        Some(decided) => Err(VerbError::conflict(phrase!(
            "verb.decided-already",
            id = id.as_str(),
            decision = decided.decision.phrase(),
            at = minute(decided.at),
            by = decided.by
        ))),
    }
}

pub(super) async fn decide(
    tx: &mut Tx,
    now: Moment,
    actor: &Actor,
    asked: &mut Asked,
    decision: Decision,
    reason: Option<&str>,
) -> Result<(), VerbError> {
    asked.decided = Some(Decided {
        decision,
        by: actor.user.clone(),
        at: now,
    });
    tx.decide_asked(asked).await?;
    let entry = decided_entry(now, &actor.user, asked, decision, reason);
    Ok(tx.append(vec![entry]).await?)
}

/// Ends what waits for a second person about `incident` and is not meant any more, since `actor` has changed its level or ended it.
pub(in crate::flow) async fn overtake(
    work: &mut Work<'_>,
    incident: &Incident,
    actor: &Actor,
) -> Result<Vec<Asked>, VerbError> {
    let mut overtaken = Vec::new();
    for one in work.tx.asked_of(&incident.id).await? {
        if one.is_overtaken(incident) {
            overtaken.push(overtake_one(work.tx, work.world, work.now, &actor.user, one).await?);
        }
    }
    Ok(overtaken)
}

pub(super) async fn overtake_one(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    by: &str,
    mut asked: Asked,
) -> Result<Asked, VerbError> {
    asked.decided = Some(Decided {
        decision: Decision::Overtaken,
        by: by.to_owned(),
        at: now,
    });
    tx.decide_asked(&asked).await?;
    let entry = decided_entry(now, by, &asked, Decision::Overtaken, None);
    tx.append(vec![entry]).await?;
    let news = News::Decided(Decision::Overtaken, None);
    notes::tell(tx, world, now, &asked, news).await?;
    Ok(asked)
}

pub(super) fn decided_entry(
    now: Moment,
    by: &str,
    asked: &Asked,
    decision: Decision,
    reason: Option<&str>,
) -> Entry {
    let second = SecondPerson {
        id: asked.id.clone(),
        act: asked.wish.act(),
        asked_by: asked.by.user.clone(),
        reason: reason.map(str::to_owned),
    };
    let act = match decision {
        Decision::Confirmed => Act::SecondPersonConfirmed(second),
        Decision::Declined => Act::SecondPersonDeclined(second),
        Decision::Lapsed => Act::SecondPersonLapsed(second),
        Decision::Overtaken => Act::SecondPersonOvertaken(second),
    };
    about(asked, Entry::new(now, by, act))
}

pub(super) fn about(asked: &Asked, entry: Entry) -> Entry {
    Entry {
        release: asked.wish.release().cloned(),
        ..entry.incident(&asked.incident)
    }
}
