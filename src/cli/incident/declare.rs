//! `fabu incident declare`: what is known is said at once; the facts that texts still wait for are asked for by their labels
//! where somebody sits, and listed where nobody does. A declaration never waits for them, and nothing that was typed is
//! lost: the server is asked before the first question whether it would take the rest, and after each answer.

use serde_json::{Map, Value, json};

use super::super::client::{Change, Changing, Client};
use super::super::output::say;
use super::super::words::{form, word};
use super::super::{Failure, Result, ask};
use super::facts::{self, FactArgs, Whose, label};
use super::{called_for, change};
use crate::contract::AskedFact;
use crate::domain::level::{IncidentGrade, ResponseLevel};
use crate::domain::time::Span;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[arg(required_unless_present = "named")]
    event: Option<String>,
    /// The same, for whoever names everything.
    #[arg(
        long = "event",
        value_name = "EVENT",
        hide = true,
        conflicts_with = "event"
    )]
    named: Option<String>,
    #[arg(long, value_parser = form!(ResponseLevel, "level"))]
    level: ResponseLevel,
    #[arg(long = "area", value_name = "CODE|NAME", required = true)]
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

impl Args {
    fn event(&self) -> &str {
        let typed = self.event.as_deref().or(self.named.as_deref());
        typed.unwrap_or_default()
    }
}

pub(super) async fn run(client: &Client, args: Args) -> Result {
    let whose = Whose::Event(args.event());
    let given = facts::read(client, whose, &args.facts.fact, &args.facts.around).await?;
    let body = body(client, &args, &given).await?;
    let wish = |facts: &Map<String, Value>| {
        let mut body = body.clone();
        body["facts"] = Value::Object(facts.clone());
        change(
            &["incidents"],
            body,
            &args.how,
            word!("incident.see-plans").to_owned(),
        )
    };
    let missing = missing(client, &args, &given).await?;
    let is_asked = !client.json && ask::is_possible();
    let (questions, mut left): (Vec<&AskedFact>, Vec<&AskedFact>) = missing
        .iter()
        // Who set the grade is said with it, which is no answer to one question.
        .partition(|fact| is_asked && fact.kind != "list" && fact.fact != IncidentGrade::FACT);
    let mut facts = given.clone();
    if !questions.is_empty()
        && let Some(problem) = client.objection(&wish(&facts)).await
    {
        return Err(client.refused(&problem, &wish(&facts)));
    }
    for fact in questions {
        if !answer(client, fact, &mut facts, &wish).await? {
            left.push(fact);
        }
    }
    let last = wish(&facts);
    let done = called_for(client, last, word!("incident.declared"))
        .await
        .map_err(|failure| kept(failure, &args, &given, &facts))?;
    if !left.is_empty() && !client.json {
        say(word!("incident.lacks"));
        for fact in left {
            say(&format!("  {} {}=…", label(fact), fact.fact));
        }
    }
    Ok(done)
}

async fn body(client: &Client, args: &Args, facts: &Map<String, Value>) -> Result<Value> {
    let known_at = client
        .moment("--known-at", args.known_at.as_deref())
        .await?;
    let names = client.all_names().await;
    let areas = names.areas_meant(&args.areas)?;
    let mut body = json!({
        "event": args.event(), "level": args.level.code(), "areas": areas, "facts": facts,
    });
    if let Some(title) = &args.title {
        body["title"] = json!(title);
    }
    if let Some(known_at) = known_at {
        body["known_at"] = json!(known_at);
    }
    if let Some(span) = args.expected_duration {
        body["expected_duration"] = json!(span);
    }
    if args.another {
        body["another"] = json!(true);
    }
    Ok(body)
}

/// Asks for a fact until the answer can be used; false when nothing was typed.
async fn answer<'a>(
    client: &Client,
    fact: &AskedFact,
    facts: &mut Map<String, Value>,
    wish: impl Fn(&Map<String, Value>) -> Change<'a>,
) -> Result<bool> {
    loop {
        let Some(text) = ask::line(&facts::question(fact))? else {
            facts.remove(&fact.fact);
            return Ok(false);
        };
        let value = match facts::typed(client, fact, &text).await {
            Ok(value) => value,
            Err(failure) => {
                say(&failure.to_string());
                continue;
            }
        };
        facts.insert(fact.fact.clone(), json!({ "value": value }));
        let Some(problem) = client.objection(&wish(facts)).await else {
            return Ok(true);
        };
        let field = format!("facts.{}", fact.fact);
        let mut faults = problem.more.problems.iter();
        let Some(fault) = faults.find(|fault| fault.field.starts_with(&field)) else {
            // What else is wrong is said once, when it is declared.
            return Ok(true);
        };
        say(&word!(
            "incident.answer-again",
            label = label(fact),
            what = fault.what
        ));
    }
}

/// What was typed at the terminal is not typed twice: the refusal gives the command that holds it.
fn kept(
    mut failure: Failure,
    args: &Args,
    given: &Map<String, Value>,
    facts: &Map<String, Value>,
) -> Failure {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let answers: Vec<String> = facts
        .iter()
        .filter(|(name, _)| !given.contains_key(*name))
        .map(|(name, fact)| {
            let value = fact["value"].as_str().unwrap_or_default();
            format!(" --fact {name}={}", quoted(value))
        })
        .collect();
    if answers.is_empty() {
        return failure;
    }
    let areas: Vec<String> = args
        .areas
        .iter()
        .map(|area| format!(" --area {area}"))
        .collect();
    let command = format!(
        "fabu incident declare {} --level {}{}{}",
        args.event(),
        args.level.code(),
        areas.concat(),
        answers.concat()
    );
    failure.what.push_str(&word!("incident.typed", command));
    failure
}

/// The facts that texts at the level wait for and nobody has given. Nothing is lost where the server does not say.
async fn missing(
    client: &Client,
    args: &Args,
    given: &Map<String, Value>,
) -> Result<Vec<AskedFact>> {
    let mut facts = facts::known(client, Some(args.event())).await?;
    let level = args.level.code();
    facts.retain(|fact| fact.needed.contains_key(level) && !given.contains_key(&fact.fact));
    Ok(facts)
}
