//! What stands above a text: whose it is and by when, where it is for, what it lacks and what is doubtful in it.

use super::super::client::Client;
use super::super::client::views::Release;
use super::super::output::{line, plain, shell_word};
use super::super::words::{in_own, joined, language, of_part, word};
use super::super::{Result, when};
use super::list;
use crate::contract::ElsewhereView;
use crate::domain::time::Moment;
use crate::words::reason;

pub(super) fn head(client: &Client, release: &Release, now: Moment) -> Result<()> {
    let at = |at| when::stamp_or(at, client.zone);
    let name = in_own(&release.name, release.name_en.as_ref());
    line(&plain(&format!("{name}  {}", release.id)))?;
    let left = list::time_left(release, now);
    line(&word!(
        "release.due",
        status = list::status(release),
        due = format!("{}{}", at(release.due_at), list::doubt(release))
    ))?;
    if !left.is_empty() {
        line(&left)?;
    }
    if let Some(passed) = release.passed_limit {
        line(&word!("release.passed-limit", at = at(Some(passed))))?;
    }
    if let Some(holding) = &release.holding {
        match holding.held_at {
            None => line(word!("release.to-be-held"))?,
            Some(held) => {
                let kept = holding.limit.map(|limit| when::kept(limit, held));
                let kept = kept.unwrap_or_default();
                line(&word!("release.held", at = at(Some(held)), kept))?;
            }
        }
    }
    if release.status == "undecided" {
        line(&word!(
            "release.who-decides",
            who = list::decides(client, release)
        ))?;
    } else if let Some(post) = &release.next {
        line(&word!("release.next", post = client.names.post(post)))?;
    }
    let places = |codes: &[String]| {
        let names = codes.iter().map(|code| client.names.area(code));
        joined(&names.collect::<Vec<_>>())
    };
    if !release.areas.is_empty() {
        line(&word!("release.places", places = places(&release.areas)))?;
    }
    for table in &release.elsewhere {
        elsewhere(client, release, table)?;
    }
    if !release.lifted.is_empty() {
        line(&word!(
            "release.lifted-in",
            places = places(&release.lifted)
        ))?;
    }
    for other in &release.excludes {
        line(&plain(&word!(
            "release.excluded-by",
            name = in_own(&other.name, other.name_en.as_ref()),
            release = other.document_number.as_ref().unwrap_or(&other.release),
            places = places(&other.areas)
        )))?;
    }
    if let Some(leader) = &release.part_of {
        line(&word!("release.in-text-of", leader))?;
    }
    if release.own_words {
        line(match release.countersign_due_at {
            Some(_) => word!("release.alone"),
            None => word!("release.alone-no-more"),
        })?;
    }
    if !release.missing_facts.is_empty() {
        line(&word!("release.missing", facts = lacking(client, release)))?;
    }
    if !release.wanted_facts.is_empty() {
        let name = |fact: &str| client.names.fact_to_type(&release.event, fact);
        let mut facts: Vec<String> = Vec::new();
        for fact in &release.wanted_facts {
            let fact = match fact.split_once('.') {
                // Which columns they are stands in the command that gives them.
                Some((list, _)) => word!("release.english-columns", list = name(list)),
                None => name(fact),
            };
            if !facts.contains(&fact) {
                facts.push(fact);
            }
        }
        line(&word!("release.wanted", facts = joined(&facts)))?;
    }
    if let Some(note) = note(release) {
        line(&plain(&word!("release.note", note)))?;
    }
    if release.stale {
        line(word!("release.stale"))?;
        for difference in &release.difference {
            line(&plain(&format!("  {}", of_part(difference))))?;
        }
    }
    Ok(())
}

/// The rows of a table that are about other places, and how they are taken out.
fn elsewhere(client: &Client, release: &Release, table: &ElsewhereView) -> Result<()> {
    let names = &client.names;
    let rows = table.rows.iter().map(|row| {
        let places: Vec<String> = row.places.iter().map(|code| names.area(code)).collect();
        let (row, says) = (row.row, &row.says);
        word!("release.strange-row", row, says, places = joined(&places))
    });
    let (fact, rows) = (
        names.fact_to_type(&release.event, &table.fact),
        joined(&rows.collect::<Vec<_>>()),
    );
    line(&plain(&word!("release.elsewhere", fact, rows)))?;
    if !table.rest.is_empty() {
        let rest = serde_json::Value::from(table.rest.clone());
        let fact = shell_word(&format!("{}={rest}", table.fact));
        let command = format!("fabu release place {} --fact {fact}", release.id);
        line(&word!("release.take-rows-out", command))?;
    }
    Ok(())
}

/// The facts that it waits for, as they are asked for and as they are typed; what its original brings nobody can type.
pub(super) fn lacking(client: &Client, release: &Release) -> String {
    let facts = release.missing_facts.iter();
    let (brought, typed): (Vec<_>, Vec<_>) = facts.partition(|fact| fact.starts_with("original."));
    let mut facts: Vec<String> = (typed.into_iter())
        .map(|fact| client.names.fact_to_type(&release.event, fact))
        .collect();
    if !brought.is_empty() {
        facts.push(word!("release.brought-by-original").to_owned());
    }
    joined(&facts)
}

/// Why there is no text, why it came back, or why it ended; an older server words it itself.
pub(super) fn note(release: &Release) -> Option<String> {
    match &release.why {
        Some(why) => Some(reason(language(), why)),
        None => release.note.clone(),
    }
}
