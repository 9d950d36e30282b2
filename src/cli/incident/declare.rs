//! `fabu incident declare`: what is known is said at once; the facts that texts still wait for are asked for by their labels
//! where somebody sits, and listed where nobody does. A declaration never waits for them.

use serde_json::{Map, Value, json};

use super::super::client::{Change, Changing, Client};
use super::super::output::say;
use super::super::words::{either, form, joined, named, word};
use super::super::{Result, ask};
use super::facts::{self, FactArgs};
use super::{called_for, change};
use crate::contract::{AskedFact, EventView};
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

pub(super) async fn run(client: &Client, args: Args) -> Result {
    let mut facts = facts::read(client, &args.facts.fact, &args.facts.around).await?;
    let missing = missing(client, &args, &facts).await?;
    let is_asked = !client.json && ask::is_possible();
    let mut left = Vec::new();
    for fact in &missing {
        match question(fact).filter(|_| is_asked) {
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
            say(&format!("  {} {}=…", label(fact), fact.fact));
        }
    }
    Ok(done)
}

/// The facts that texts at the level wait for and nobody has given. Nothing is lost where the server does not say.
async fn missing(
    client: &Client,
    args: &Args,
    given: &Map<String, Value>,
) -> Result<Vec<AskedFact>> {
    let Ok(answer) = client.get(&["events"], &[], super::LIST).await else {
        return Ok(Vec::new());
    };
    let events: Vec<EventView> = answer.read()?;
    let level = args.level.code();
    let facts = events
        .into_iter()
        .filter(|event| event.event == args.event)
        .flat_map(|event| event.facts)
        .filter(|fact| fact.needed.contains_key(level) && !given.contains_key(&fact.fact));
    Ok(facts.collect())
}

fn label(fact: &AskedFact) -> &str {
    either(&fact.label, fact.label_en.as_ref().unwrap_or(&fact.label))
}

/// None for a list, which does not fit on one line.
fn question(fact: &AskedFact) -> Option<String> {
    if fact.kind == "list" {
        return None;
    }
    let mut form = vec![named!("incident.form", &fact.kind)];
    form.extend(fact.unit.clone());
    if !fact.choices.is_empty() {
        form = vec![fact.choices.join(" / ")];
    }
    let (label, form) = (label(fact), joined(&form));
    Some(word!("incident.question", label, form))
}
