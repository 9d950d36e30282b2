//! Contacts come in lists, and go out whole only with a line in the journal.

use std::collections::{BTreeSet, HashMap};

use super::{Problems, VerbError, World};
use crate::domain::approval::Actor;
use crate::domain::audience::Reach;
use crate::domain::contact::{Column, Contact, replace};
use crate::domain::journal::{Act, Entry};
use crate::domain::phrase::phrase;
use crate::domain::rights::{self, About, Deed};
use crate::domain::time::Moment;
use crate::store::{Tx, Upserted};

/// A part of a list, small enough for one transaction.
pub struct Part<'a> {
    /// The name of the list.
    pub file: &'a str,
    /// How many the whole list has.
    pub rows: u64,
    pub contacts: &'a [Contact],
    /// The columns of the list: what it does not have says nothing of those who stand.
    pub has: &'a BTreeSet<Column>,
    /// What the parts before have done.
    pub before: Upserted,
    pub is_last: bool,
    pub losses_accepted: bool,
}

/// Adds a part of a list, or puts it in the place of those of the same codes. Returns what was done so far.
///
/// # Errors
/// Denied, or the store's.
pub async fn import(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    part: Part<'_>,
) -> Result<Upserted, VerbError> {
    may(world, actor, Deed::ImportContacts)?;
    let codes: Vec<&str> = part.contacts.iter().map(|one| one.code.as_str()).collect();
    let standing = tx.contacts_by_code(&codes).await?;
    let contacts: Vec<Contact> = part
        .contacts
        .iter()
        .map(|one| match standing.get(&one.code) {
            Some(old) => replace(old, one.clone(), part.has).0,
            None => one.clone(),
        })
        .collect();
    if !part.losses_accepted {
        must_reach_all(&standing, &contacts)?;
    }
    let written = tx.upsert_contacts(&contacts).await?;
    let done = Upserted {
        added: part.before.added + written.added,
        replaced: part.before.replaced + written.replaced,
    };
    let file = part.file.to_owned();
    let act = match (part.is_last, part.before == Upserted::default()) {
        (true, _) => Act::ContactsImported {
            file,
            added: done.added,
            replaced: done.replaced,
            losses_accepted: part.losses_accepted,
        },
        (false, true) => Act::ContactImportBegun {
            file,
            rows: part.rows,
        },
        (false, false) => return Ok(done),
    };
    tx.append(vec![Entry::new(now, &actor.user, act)]).await?;
    Ok(done)
}

/// Nobody who is reached today becomes out of reach by a list that does not say so.
fn must_reach_all(
    standing: &HashMap<String, Contact>,
    contacts: &[Contact],
) -> Result<(), VerbError> {
    let mut problems = Problems::default();
    for contact in contacts.iter().filter(|one| one.addresses.is_empty()) {
        if standing
            .get(&contact.code)
            .is_some_and(|old| !old.addresses.is_empty())
        {
            let what = phrase!("verb.no-address-left");
            problems.add(&format!("contacts.{}", contact.code), what);
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(VerbError::Invalid { problems })
}

/// Notes that whole addresses leave, before the first of them does.
///
/// # Errors
/// Denied, or the store's.
pub async fn export(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    reach: &Reach,
) -> Result<(), VerbError> {
    may(world, actor, Deed::ExportContacts)?;
    let act = Act::ContactsExported {
        contacts: tx.count_reach(reach).await?.people,
        reach: reach.clone(),
    };
    Ok(tx.append(vec![Entry::new(now, &actor.user, act)]).await?)
}

/// Whether `actor` may read contacts; shown, their addresses are masked.
///
/// # Errors
/// Denied.
pub fn may_read(world: &World, actor: &Actor) -> Result<(), VerbError> {
    may(world, actor, Deed::ReadContacts)
}

fn may(world: &World, actor: &Actor, deed: Deed) -> Result<(), VerbError> {
    Ok(rights::may(actor, deed, &About::house(&world.plans))?)
}
