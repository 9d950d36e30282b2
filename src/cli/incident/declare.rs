//! `fabu incident declare`: what is known is said at once; the facts that texts still wait for are asked for by their labels
//! where somebody sits, and listed where nobody does. A declaration never waits for them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::client::{Change, Changing, Client};
use super::super::output::say;
use super::super::words::{either, form, joined, named, word};
use super::super::{Result, ask};
use super::facts::{self, FactArgs};
use super::{called_for, change};
use crate::domain::level::ResponseLevel;
use crate::domain::time::Span;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    event: String,
    #[arg(long, value_parser = form!(ResponseLevel, "level"))]
    level: ResponseLevel,
    #[arg(long = "area", value_name = "CODE", required = true)]
    areas: Vec<String>,
    #[arg(long)]
    title: Option<String>,
    #[arg(long, value_name = "TIME")]
    known_at: Option<String>,
    #[arg(long, value_name = "SPAN", value_parser = form!(Span, "span"))]
    expected_duration: Option<Span>,
    #[command(flatten)]
    facts: FactArgs,
    #[arg(long)]
    another: bool,
    #[command(flatten)]
    how: Changing,
}

/// A type of event as the server knows it.
#[derive(Debug, Deserialize)]
struct Event {
    event: String,
    facts: Vec<Fact>,
}

#[derive(Debug, Deserialize)]
struct Fact {
    fact: String,
    label: String,
    label_en: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    unit: Option<String>,
    #[serde(default)]
    choices: Vec<String>,
    /// The items that wait for it, by level.
    #[serde(default)]
    needed: BTreeMap<String, Vec<String>>,
}

pub(super) async fn run(client: &Client, args: Args) -> Result {
    let mut facts = facts::read(client, &args.facts.fact, &args.facts.around).await?;
    let missing = missing(client, &args, &facts).await?;
    let is_asked = !client.json && ask::is_possible();
    let mut left = Vec::new();
    for fact in &missing {
        match fact.question().filter(|_| is_asked) {
            Some(question) => match ask::line(&question)? {
                Some(value) => {
                    facts.insert(fact.fact.clone(), json!({ "value": value }));
                }
                None => left.push(fact),
            },
            None => left.push(fact),
        }
    }
    let known_at = client
        .moment("--known-at", args.known_at.as_deref())
        .await?;
    let mut body = Map::new();
    body.insert("event".into(), json!(args.event));
    body.insert("level".into(), json!(args.level.code()));
    body.insert("areas".into(), json!(args.areas));
    body.insert("facts".into(), Value::Object(facts));
    if let Some(title) = &args.title {
        body.insert("title".into(), json!(title));
    }
    if let Some(known_at) = known_at {
        body.insert("known_at".into(), json!(known_at));
    }
    if let Some(span) = args.expected_duration {
        body.insert("expected_duration".into(), json!(span));
    }
    if args.another {
        body.insert("another".into(), json!(true));
    }
    let look = word!("incident.see-plans").to_owned();
    let change: Change = change(&["incidents"], Value::Object(body), &args.how, look);
    let done = called_for(client, change, word!("incident.declared")).await?;
    if !left.is_empty() && !client.json {
        say(word!("incident.lacks"));
        for fact in left {
            say(&format!("  {}", fact.shown()));
        }
    }
    Ok(done)
}

/// The facts that texts at the level wait for and nobody has given. Nothing is lost where the server does not say.
async fn missing(client: &Client, args: &Args, given: &Map<String, Value>) -> Result<Vec<Fact>> {
    let Ok(answer) = client.get(&["events"], &[], super::LIST).await else {
        return Ok(Vec::new());
    };
    let events: Vec<Event> = answer.read()?;
    let level = args.level.code();
    let facts = events
        .into_iter()
        .filter(|event| event.event == args.event)
        .flat_map(|event| event.facts)
        .filter(|fact| fact.needed.contains_key(level) && !given.contains_key(&fact.fact));
    Ok(facts.collect())
}

impl Fact {
    fn label(&self) -> &str {
        either(&self.label, self.label_en.as_ref().unwrap_or(&self.label))
    }

    /// None for a list, which does not fit on one line.
    fn question(&self) -> Option<String> {
        if self.kind == "list" {
            return None;
        }
        let mut form = vec![named!("incident.form", &self.kind)];
        form.extend(self.unit.clone());
        if !self.choices.is_empty() {
            form = vec![self.choices.join(" / ")];
        }
        let (label, form) = (self.label(), joined(&form));
        Some(word!("incident.question", label, form))
    }

    /// `雨量 rainfall=…`.
    fn shown(&self) -> String {
        format!("{} {}=…", self.label(), self.fact)
    }
}
