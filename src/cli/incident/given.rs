//! `fabu incident facts`: facts are given, and what still waits is said with the command that gives it.

use reqwest::Method;
use serde_json::{Value, json};

use super::super::client::views::{Incident, Release};
use super::super::client::{Change, Changing, Client};
use super::super::output::{self, say};
use super::super::words::{in_own, joined, word};
use super::super::{Exit, Failure, Result};
use super::facts::{self, FactSource, Whose};
use super::{look, show};
use crate::id::IncidentId;

pub(super) async fn set_facts(
    client: &Client,
    id: &IncidentId,
    given: &[(String, Value)],
    around: &FactSource,
    how: &Changing,
) -> Result {
    let facts = facts::read(client, Whose::Incident(id), given, around).await?;
    if facts.is_empty() {
        let failure = Failure::new(Exit::Usage, word!("incident.no-fact"));
        return Err(failure.next(word!("incident.no-fact-next", id)));
    }
    let answer = client
        .change(Change {
            method: Method::PUT,
            path: &["incidents", id.as_str(), "facts"],
            body: json!({ "facts": facts }),
            how,
            seen: None,
            look: look(id),
        })
        .await?;
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let incident: Incident = answer.read()?;
    show::facts(client, &incident)?;
    let waiting: Vec<&Release> = incident
        .releases
        .iter()
        .filter(|release| release.is_open() && !release.missing_facts.is_empty())
        .collect();
    if !waiting.is_empty() {
        let items = waiting.iter();
        let items = items.map(|one| in_own(&one.name, one.name_en.as_ref()));
        let items: Vec<&str> = items.collect();
        say(&word!("incident.waiting", items = joined(&items)));
        let of_incident = |one: &&Release, fact: &String| !one.missing_own.contains(fact);
        let mut facts: Vec<String> = (waiting.iter())
            .flat_map(|one| {
                one.missing_facts
                    .iter()
                    .filter(|fact| of_incident(one, fact))
            })
            .cloned()
            .collect();
        facts.sort();
        facts.dedup();
        let own = waiting.iter().find(|one| !one.missing_own.is_empty());
        let own = || own.and_then(|one| facts::command(one));
        if let Some(command) = facts_command(id, &facts).or_else(own) {
            output::next(&command);
        }
    }
    let stale = incident.releases.iter().filter(|release| release.stale);
    for release in stale {
        say(&word!(
            "incident.stale",
            item = in_own(&release.name, release.name_en.as_ref()),
            id = release.id
        ));
    }
    Ok(Exit::Done)
}

/// The command that gives what texts wait for; None when nobody can type any of it.
fn facts_command(id: &IncidentId, facts: &[String]) -> Option<String> {
    let facts = facts::to_type(facts);
    (!facts.is_empty()).then(|| format!("fabu incident facts {id} {}", facts.join(" ")))
}
