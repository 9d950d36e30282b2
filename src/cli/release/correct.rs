//! `fabu release correct` and `withdraw`: the first action prepares the pre-written text and shows it, the second signs it.

use clap::ValueEnum;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::super::client::views::{Outcome, Release};
use super::super::client::{Answer, Change, Changing, Client};
use super::super::ids::Typed;
use super::super::incident::facts::{self, FactArgs, Whose};
use super::super::incident::second;
use super::super::output::{say, shell_word};
use super::super::words::word;
use super::super::{Exit, Failure, Result, ask, output};
use super::{act, approve, preview, show};
use crate::contract::{AskedFact, ProblemView};
use crate::id::ReleaseId;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    id: Typed,
    #[arg(long, value_enum)]
    kind: Kind,
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    facts: FactArgs,
    #[arg(long, value_name = "NAME=VALUE", value_parser = facts::pair)]
    mend: Vec<(String, Value)>,
    #[arg(long, conflicts_with = "dry_run")]
    approve: bool,
    #[command(flatten)]
    how: Changing,
}

/// What went wrong with it.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    SentInError,
    WrongContent,
    AllClear,
}

impl Kind {
    fn code(self) -> &'static str {
        match self {
            Self::SentInError => "sent-in-error",
            Self::WrongContent => "wrong-content",
            Self::AllClear => "all-clear",
        }
    }
}

pub(super) async fn run(client: &Client, args: Args) -> Result {
    let id = args.id.sure()?.release(client).await?;
    if args.approve && !ask::is_possible() {
        let next = word!("release.correct-alone-next", id, kind = args.kind.code());
        return Err(Failure::new(Exit::Usage, word!("release.correct-alone")).next(next));
    }
    let given = &args.facts;
    let mut facts = facts::read(client, Whose::Release(&id), &given.fact, &given.around).await?;
    let mut reason = args.reason.clone();
    let kind = args.kind.code();
    let mends = facts::read(client, Whose::Release(&id), &args.mend, &given.around).await?;
    let wish = |reason: &Option<String>, facts: &Map<String, Value>| json!({ "kind": kind, "reason": reason, "facts": facts, "mends": mends });
    let mut change = Change {
        method: Method::POST,
        path: &["releases", id.as_str(), "correct"],
        body: wish(&reason, &facts),
        how: &args.how,
        seen: None,
        look: format!("fabu release show {id}"),
    };
    if let Some(problem) = client.objection(&change).await {
        let missing = missing(client, &problem, &facts).await?;
        let needs_reason = problem
            .more
            .problems
            .iter()
            .any(|one| one.field == "reason");
        let is_asked = !client.json && ask::is_possible();
        if !is_asked || (!needs_reason && missing.is_empty()) {
            let refused = client.refused(&problem, &change);
            return Err(lacks(refused, &id, &args, &missing, needs_reason));
        }
        if needs_reason {
            reason = ask::line(word!("release.ask-reason"))?;
        }
        for fact in &missing {
            if let Some(value) = ask::line(&facts::question(fact))? {
                facts.insert(fact.fact.clone(), json!({ "value": value }));
            }
        }
        change.body = wish(&reason, &facts);
    }
    let answer = client.change(change).await?;
    finish(client, &answer, args.approve, &args.how).await
}

#[derive(Debug, clap::Args)]
pub(super) struct WithdrawArgs {
    id: Typed,
    #[arg(long)]
    reason: String,
    #[arg(long, conflicts_with = "dry_run")]
    approve: bool,
    #[command(flatten)]
    how: Changing,
}

pub(super) async fn withdraw(client: &Client, args: WithdrawArgs) -> Result {
    let id = args.id.sure()?.release(client).await?;
    if args.approve && !ask::is_possible() {
        let next = word!("release.withdraw-alone-next", id);
        return Err(Failure::new(Exit::Usage, word!("release.correct-alone")).next(next));
    }
    let body = json!({ "reason": args.reason });
    let answer = act(client, &id, "withdraw", body, &args.how).await?;
    finish(client, &answer, args.approve, &args.how).await
}

/// Shows what was prepared; signs it too, or says how.
async fn finish(client: &Client, answer: &Answer, approve: bool, how: &Changing) -> Result {
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let Some(correction) = second::waits(client, answer.read::<Outcome<Release>>()?) else {
        return Ok(Exit::Done);
    };
    let Some(bulletin) = &correction.bulletin else {
        return Err(show::no_text(client, &correction));
    };
    preview::text(client, &correction, bulletin, answer.now)?;
    if how.dry_run {
        return Ok(Exit::Done);
    }
    say(word!("release.prepared"));
    if !approve {
        output::next(&preview::next_step(client, &correction, bulletin).await?);
        return Ok(Exit::Done);
    }
    approve::correction(client, &correction, bulletin, how).await
}

/// The facts that a refusal names because the correction's words need them.
async fn missing(
    client: &Client,
    problem: &ProblemView,
    given: &Map<String, Value>,
) -> Result<Vec<AskedFact>> {
    let mut known = facts::known(client, None).await?;
    let is_between = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
    let named = problem.detail.split([':', '：']).nth(1).unwrap_or_default();
    let named = named.split([';', '；']).next().unwrap_or_default();
    let words: Vec<&str> = named.split(is_between).collect();
    known.retain(|fact| !given.contains_key(&fact.fact) && words.contains(&&*fact.fact));
    known.sort_by_key(|fact| words.iter().position(|word| *word == fact.fact));
    known.dedup_by(|one, other| one.fact == other.fact);
    Ok(known)
}

/// What is to be typed with the correction, as far as the refusal says it.
fn lacks(
    failure: Failure,
    id: &ReleaseId,
    args: &Args,
    missing: &[AskedFact],
    needs_reason: bool,
) -> Failure {
    if missing.is_empty() && !needs_reason {
        return failure;
    }
    let mut command = format!("fabu release correct {id} --kind {}", args.kind.code());
    // What was typed already is not typed twice.
    match &args.reason {
        Some(reason) => command.push_str(&format!(" --reason {}", shell_word(reason))),
        None if needs_reason => command.push_str(" --reason …"),
        None => {}
    }
    let given = [("--fact", &args.facts.fact), ("--mend", &args.mend)];
    for (flag, facts) in given {
        for (name, value) in facts {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            command.push_str(&format!(
                " {flag} {}",
                shell_word(&format!("{name}={value}"))
            ));
        }
    }
    for fact in missing {
        command.push_str(&format!(" --fact {}=…", fact.fact));
    }
    failure.next(command)
}
