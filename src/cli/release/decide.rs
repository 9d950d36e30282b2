//! `fabu release order`, `not-applicable`, `ask-again`: whether a measure that is ready is ordered. Only a person decides,
//! and who sits at a terminal is asked once more, with everything that the order would bind.

use reqwest::Method;
use serde_json::{Value, json};

use super::super::client::views::{Incident, Release};
use super::super::client::{Change, Changing, Client};
use super::super::ids::Typed;
use super::super::incident::facts::{self, FactSource, Whose};
use super::super::output::shell_word;
use super::super::words::{form, in_own, joined, word};
use super::super::{Exit, Result, ask};
use super::{act, get, tell};
use crate::contract::{ExcludesView, ProblemView};
use crate::domain::area::AreaCode;
use crate::domain::time::Span;
use crate::id::ReleaseId;

#[derive(Debug, clap::Args)]
pub(super) struct OrderArgs {
    id: Typed,
    #[command(flatten)]
    place: Places,
    #[command(flatten)]
    how: Changing,
}

/// Where something is for, what its text says, and whether it takes the place of what excludes it there.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Places {
    #[arg(long = "area", value_name = "CODE|NAME")]
    areas: Vec<String>,
    #[arg(long, value_name = "NAME=VALUE", value_parser = facts::pair)]
    fact: Vec<(String, Value)>,
    #[arg(long)]
    instead: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct AskAgainArgs {
    id: Typed,
    #[arg(long = "in", value_name = "SPAN", value_parser = form!(Span, "span"))]
    after: Span,
    #[command(flatten)]
    how: Changing,
}

impl Places {
    /// With codes for places that were typed by name.
    pub async fn as_asked(&self, client: &Client, whose: Whose<'_>) -> Result<Value> {
        let names = client.all_names().await;
        let areas = names.areas_meant(&self.areas)?;
        let facts = facts::read(client, whose, &self.fact, &FactSource::default()).await?;
        Ok(json!({ "areas": areas, "facts": facts, "instead": self.instead }))
    }

    /// `command` for the places and with the facts that were typed.
    pub fn typed(&self, command: &str) -> String {
        self.for_areas(command, &self.areas)
    }

    fn for_areas(&self, command: &str, areas: &[String]) -> String {
        let areas = areas
            .iter()
            .map(|area| format!(" --area {}", shell_word(area)));
        let facts = self.fact.iter().map(|(name, value)| {
            let fact = match value {
                Value::String(text) => format!("{name}={text}"),
                value => format!("{name}={value}"),
            };
            format!(" --fact {}", shell_word(&fact))
        });
        format!(
            "{command}{}{}",
            areas.collect::<String>(),
            facts.collect::<String>()
        )
    }

    /// What to type where something excludes `command`: first for the places that are left, then in the place of what excludes it.
    pub fn beside(&self, client: &Client, command: &str, problem: &ProblemView) -> Option<String> {
        problem.more.existing.as_ref()?;
        let named = |areas: &[String]| {
            let names = areas.iter().map(|code| client.names.area(code));
            self.for_areas(command, &names.collect::<Vec<_>>())
        };
        let (rest, instead) = (&problem.more.rest, &problem.more.instead);
        let narrowed = (!rest.is_empty()).then(|| named(rest));
        let instead = (!instead.is_empty()).then(|| format!("{} --instead", named(instead)));
        match (narrowed, instead) {
            (Some(narrowed), Some(instead)) => Some(word!("release.or-instead", narrowed, instead)),
            (narrowed, instead) => narrowed.or(instead),
        }
    }
}

pub(super) async fn order(client: &Client, args: OrderArgs) -> Result {
    let id = args.id.sure()?.release(client).await?;
    let mut body = args.place.as_asked(client, Whose::Release(&id)).await?;
    body["answer"] = "ordered".into();
    let command = format!("fabu release order {id}");
    let beside = |problem: &ProblemView| args.place.beside(client, &command, problem);
    let change = Change {
        method: Method::POST,
        path: &["releases", id.as_str(), "decision"],
        body: body.clone(),
        how: &args.how,
        seen: None,
        look: format!("fabu release show {id}"),
    };
    // Whoever may not order it is not asked whether they mean it.
    if ask::is_possible()
        && let Some(problem) = client.objection(&change).await
    {
        let refused = client.refused(&problem, &change);
        return Err(match beside(&problem) {
            Some(next) => refused.next(next),
            None => refused,
        });
    }
    let question = question(client, &id, &body).await?;
    if !ask::is_meant(client, &args.how, &question)? {
        return Ok(Exit::Done);
    }
    let decided = decide(client, &id, body, &args.how, word!("release.ordered")).await;
    match decided {
        Err(refused) if refused.exit == Exit::Conflict => {
            let problem = client.objection(&change).await;
            Err(match problem.as_ref().and_then(beside) {
                Some(next) => refused.next(next),
                None => refused,
            })
        }
        decided => decided,
    }
}

pub(super) async fn not_applicable(client: &Client, args: super::Reasoned) -> Result {
    let id = args.id.sure()?.release(client).await?;
    let body = json!({ "answer": "not-applicable", "reason": args.reason });
    let done = word!("release.found-not-applicable");
    let decided = decide(client, &id, body, &args.how, done).await;
    super::taken_back::or_how(client, &id, decided).await
}

pub(super) async fn ask_again(client: &Client, args: AskAgainArgs) -> Result {
    let id = args.id.sure()?.release(client).await?;
    let minutes = args.after.delta().num_minutes();
    let body = json!({ "answer": "ask-again", "minutes": minutes });
    decide(client, &id, body, &args.how, word!("release.put-off")).await
}

/// The measure's name, its places, and what it excludes.
async fn question(client: &Client, id: &ReleaseId, body: &Value) -> Result<String> {
    let release: Release = get(client, id).await?.read()?;
    let mut areas: Vec<String> = serde_json::from_value(body["areas"].clone()).unwrap_or_default();
    if areas.is_empty() {
        areas.clone_from(&release.areas);
    }
    if areas.is_empty() {
        let path = ["incidents", &release.incident];
        let incident: Incident = client.get(&path, &[], super::LIST).await?.read()?;
        areas = incident.areas;
    }
    // Without --instead an order was refused where something excludes it.
    let meets = |other: &&ExcludesView| {
        let mut places = other.areas.iter();
        places.any(|place| areas.iter().any(|area| overlaps(area, place)))
    };
    let others: Vec<String> = release
        .excludes
        .iter()
        .filter(meets)
        .map(|other| {
            let places = other.areas.iter().map(|code| client.names.area(code));
            let number = other.document_number.as_ref().unwrap_or(&other.release);
            let places = joined(&places.collect::<Vec<_>>());
            let name = in_own(&other.name, other.name_en.as_ref());
            word!("release.order-ends", name, number, places)
        })
        .collect();
    let places: Vec<String> = areas.iter().map(|code| client.names.area(code)).collect();
    let name = in_own(&release.name, release.name_en.as_ref());
    let places = joined(&places);
    let mut question = word!("release.order-question", name, places);
    if !others.is_empty() {
        let others = joined(&others);
        question.push_str(&word!("release.order-instead", others));
    }
    Ok(question)
}

fn overlaps(one: &str, other: &str) -> bool {
    AreaCode(one.to_owned()).overlaps(&AreaCode(other.to_owned()))
}

async fn decide(
    client: &Client,
    id: &ReleaseId,
    body: Value,
    how: &Changing,
    done: &str,
) -> Result {
    let answer = act(client, id, "decision", body, how).await?;
    tell(client, &answer, done)
}
