//! `fabu drill start` and what directs a live drill: asked of the server that the actual work is done with.

use std::io::Write;
use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use clap::Args;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::ReportArgs;
use super::files;
use crate::cli::client::{Change, Changing, Client, ServerArgs, nothing};
use crate::cli::output::{self, plain, say, table};
use crate::cli::words::{form, joined, named, spoken, word};
use crate::cli::{Exit, Failure, Result};
use crate::domain::time::Span;
use crate::drill::live::{Participant, Reports, State, View};
use crate::drill::words;
use crate::plan::yaml;

const LOOK: &str = "fabu drill status";

#[derive(Debug, Args)]
pub(crate) struct StartArgs {
    drill: PathBuf,
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=60))]
    speed: u32,
    #[arg(long, value_name = "WHO")]
    simulate: Vec<String>,
    #[arg(long)]
    seed: Option<u64>,
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct InjectArgs {
    #[arg(required_unless_present_any = ["file", "next"])]
    inject: Option<String>,
    #[arg(long, value_name = "FILE", conflicts_with = "inject")]
    file: Option<PathBuf>,
    #[arg(long, conflicts_with_all = ["inject", "file"])]
    next: bool,
    #[command(flatten)]
    how: Changing,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PauseArgs {
    #[command(flatten)]
    how: Changing,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ResumeArgs {
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=60))]
    speed: Option<u32>,
    #[command(flatten)]
    how: Changing,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct JumpArgs {
    #[command(flatten)]
    goal: Goal,
    #[command(flatten)]
    how: Changing,
    #[command(flatten)]
    server: ServerArgs,
}

/// Where to jump: one of the two.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Goal {
    #[arg(long, value_name = "SPAN", value_parser = form!(Span, "span"))]
    to: Option<Span>,
    #[arg(long, value_name = "SPAN", value_parser = form!(Span, "span"))]
    by: Option<Span>,
}

#[derive(Debug, Args)]
pub(crate) struct StopArgs {
    #[arg(long, default_value = "")]
    reason: String,
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    how: Changing,
    #[command(flatten)]
    server: ServerArgs,
}

/// The live drill as the server shows it.
#[derive(Deserialize)]
struct Shown {
    #[serde(flatten)]
    view: View,
    portal: String,
    api: String,
}

#[derive(Deserialize)]
struct Started {
    drill: Shown,
    participants: Vec<Participant>,
}

#[derive(Deserialize)]
struct Happened {
    happened: String,
}

pub(super) async fn start(args: StartArgs) -> Result {
    let client = Client::new(&args.server).await?;
    let drill = args
        .drill
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    let tokens = args.tokens.as_deref().map(new_secret_file).transpose()?;
    let how = Changing::default();
    let body = json!({ "drill": drill, "speed": args.speed, "seed": args.seed, "simulate": args.simulate });
    let change = Change {
        method: Method::POST,
        path: &["drill"],
        body,
        how: &how,
        seen: None,
        look: LOOK.into(),
    };
    let answer = match client.change(change).await {
        Ok(answer) => answer,
        Err(failure) => {
            if let Some(path) = &args.tokens {
                // Nobody was given a token, so nobody needs the file.
                let _ = std::fs::remove_file(path);
            }
            return Err(failure);
        }
    };
    let started: Started = answer.read()?;
    if let (Some(mut file), Some(path)) = (tokens, &args.tokens) {
        for one in &started.participants {
            let posts = one.posts.join(" ");
            writeln!(file, "{}\t{}\t{posts}\t{}", one.login, one.name, one.token)
                .map_err(|error| Failure::file(path, word!("drill.tokens-lost"), &error))?;
        }
        say(&word!("drill.tokens-written", path = path.display()));
    }
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    if args.tokens.is_none() && !started.participants.is_empty() {
        table(
            word!("drill.token-heads"),
            started
                .participants
                .into_iter()
                .map(|one| [one.login, plain(&one.name), one.posts.join(" "), one.token]),
        )?;
        output::line("")?;
    }
    print(&client, &started.drill)?;
    say(&word!("drill.take-part", api = started.drill.api));
    Ok(Exit::Done)
}

/// Made before the drill is started, so that tokens do not come to nothing.
fn new_secret_file(path: &Path) -> Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map_err(|error| Failure::file(path, word!("serve.nothing-started"), &error))
}

pub(super) async fn status(args: &StatusArgs) -> Result {
    let client = Client::new(&args.server).await?;
    let answer = client
        .get(&["drill"], &[], word!("drill.start-one"))
        .await?;
    if client.json {
        answer.print()?;
    } else {
        print(&client, &answer.read()?)?;
    }
    Ok(Exit::Done)
}

pub(super) async fn inject(args: InjectArgs) -> Result {
    let client = Client::new(&args.server).await?;
    let body = match (&args.inject, &args.file) {
        _ if args.next => json!({ "next": true }),
        (Some(text), _) => json!({ "inject": read_inject("inject", text)? }),
        (None, Some(file)) => {
            let text = std::fs::read_to_string(file)
                .map_err(|error| Failure::file(file, word!("fabu.nothing-done"), &error))?;
            json!({ "inject": read_inject(&file.display().to_string(), &text)? })
        }
        (None, None) => nothing(),
    };
    let answer = ask(&client, "inject", body, &args.how).await?;
    if client.json {
        answer.print()?;
    } else {
        let happened: Happened = answer.read()?;
        output::line(&plain(&happened.happened))?;
    }
    Ok(Exit::Done)
}

fn read_inject(name: &str, text: &str) -> Result<Value> {
    let (document, faults) = yaml::parse(text);
    if let Some(fault) = faults.first() {
        let place = format!("{name}:{}:{}", fault.mark.line, fault.mark.column);
        let what = word!("drill.bad-inject", place, why = spoken(&fault.message));
        return Err(Failure::new(Exit::Invalid, what));
    }
    match document.map(|document| document.value) {
        Some(value @ Value::Object(_)) => Ok(value),
        _ => Err(Failure::new(Exit::Invalid, word!("drill.no-inject", name))
            .next(word!("drill.inject-form"))),
    }
}

pub(super) async fn pause(args: PauseArgs) -> Result {
    direct(&args.server, "pause", nothing(), &args.how).await
}

pub(super) async fn resume(args: ResumeArgs) -> Result {
    let body = json!({ "speed": args.speed });
    direct(&args.server, "resume", body, &args.how).await
}

pub(super) async fn jump(args: JumpArgs) -> Result {
    let body = json!({ "to": args.goal.to, "by": args.goal.by });
    direct(&args.server, "jump", body, &args.how).await
}

pub(super) async fn stop(args: StopArgs) -> Result {
    if let Some(out) = &args.out {
        files::must_be_writable(out)?;
    }
    let body = json!({ "reason": args.reason });
    direct(&args.server, "stop", body, &args.how).await?;
    match &args.out {
        Some(out) => fetch(&Client::new(&args.server).await?, Some(out)).await,
        None => {
            say(word!("drill.fetch"));
            Ok(Exit::Done)
        }
    }
}

pub(super) async fn report(args: &ReportArgs) -> Result {
    fetch(&Client::new(&args.server).await?, args.out.as_deref()).await
}

async fn fetch(client: &Client, out: Option<&Path>) -> Result {
    let answer = client.get(&["drill", "report"], &[], LOOK).await?;
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let reports: Reports = answer.read()?;
    // The name is the server's; only the last part of it may say where to write.
    let named = Path::new(&reports.run).file_name().map(PathBuf::from);
    let out = out.map(Path::to_owned).or(named).unwrap_or_default();
    files::must_be_writable(&out)?;
    files::keep(&out, &reports.transcript, &reports.score, &reports.pages)?;
    Ok(Exit::Done)
}

async fn direct(server: &ServerArgs, verb: &str, body: Value, how: &Changing) -> Result {
    let client = Client::new(server).await?;
    let answer = ask(&client, verb, body, how).await?;
    if client.json {
        answer.print()?;
    } else {
        print(&client, &answer.read()?)?;
    }
    Ok(Exit::Done)
}

async fn ask(
    client: &Client,
    verb: &str,
    body: Value,
    how: &Changing,
) -> Result<crate::cli::client::Answer> {
    let change = Change {
        method: Method::POST,
        path: &["drill", verb],
        body,
        how,
        seen: None,
        look: LOOK.into(),
    };
    client.change(change).await
}

fn print(client: &Client, shown: &Shown) -> Result<()> {
    let view = &shown.view;
    let zone: Tz = view.zone.parse().unwrap_or(Tz::UTC);
    let state = match view.state {
        State::Running => word!("drill.running", speed = view.speed),
        State::Paused => word!("drill.paused").to_owned(),
        State::Away => word!("drill.away").to_owned(),
        State::Over => word!(
            "drill.over",
            why = view.ended.as_deref().unwrap_or_default()
        ),
    };
    table(
        word!("drill.status-heads"),
        [
            [
                word!("drill.drill").into(),
                plain(&format!("{}  {}", view.run, view.title)),
            ],
            [word!("drill.state").into(), plain(&state)],
            [
                word!("drill.clock").into(),
                format!(
                    "{}  {}",
                    words::since(view.start, view.clock),
                    words::local(view.clock, zone)
                ),
            ],
            [
                word!("drill.ends").into(),
                words::since(view.start, view.end),
            ],
            [word!("drill.portal").into(), shown.portal.clone()],
            [word!("drill.api").into(), shown.api.clone()],
        ],
    )?;
    if !view.coming.is_empty() {
        output::line("")?;
        table(
            word!("drill.coming-heads"),
            view.coming.iter().map(|one| {
                let kinds = one
                    .what
                    .split(", ")
                    .map(|kind| named!("drill.inject", kind));
                let kinds: Vec<String> = kinds.collect();
                [words::since(view.start, one.at), joined(&kinds)]
            }),
        )?;
    }
    if !view.waiting.is_empty() {
        output::line("")?;
        table(
            word!("drill.waiting-heads"),
            view.waiting.iter().map(|one| {
                let due = one.due_at.map(|due| words::local(due, zone));
                [
                    one.item.clone(),
                    client.names.post(&one.post),
                    due.unwrap_or_else(|| "—".into()),
                    one.release.clone(),
                ]
            }),
        )?;
    }
    Ok(())
}
