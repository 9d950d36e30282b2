//! `fabu journal`: reads the journal (台账) from the database and checks its chain of seals.

use std::io::Write;
use std::path::PathBuf;

use chrono::SecondsFormat;
use clap::Subcommand;
use serde_json::Value;

use crate::domain::bulletin::REMINDERS_FROM;
use crate::domain::journal::{ChainFault, Subject};
use crate::id::IncidentId;
use crate::store::{Of, Tx};

use super::ids::{Typed, shown};
use super::names::Names;
use super::output::{json, line, say, table};
use super::words::{count, each, form, joined, named, word};
use super::{Exit, Failure, Place, Result, Session, bodies};

const PAGE: u32 = 1_000;
/// Among how many incidents a part of an id is looked for.
const MOST_INCIDENTS: u32 = 10_000;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Verify {
        #[arg(long, value_name = "NUMBER:SEAL", value_parser = noted)]
        noted: Option<(i64, String)>,
        #[arg(long)]
        json: bool,
    },
    Export {
        file: PathBuf,
        #[arg(long)]
        force: bool,
    },
    Tail {
        #[arg(short = 'n', long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        lines: u32,
        #[arg(long, value_name = "ID")]
        incident: Option<Typed>,
        #[arg(long = "about", value_name = "KIND/ID", value_parser = form!(Subject, "subject"), conflicts_with = "incident")]
        subject: Option<Subject>,
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(place: &Place, command: Command) -> Result {
    let session = Session::existing(place).await?;
    let exit = match command {
        Command::Verify { noted, json } => verify(&session, noted, json).await,
        Command::Export { file, force } => export(&session, &file, force).await,
        Command::Tail {
            lines,
            incident,
            subject,
            json,
        } => tail(&session, lines, incident, subject, json).await,
    };
    session.store.close().await;
    exit
}

/// Reads `57:3fa9…`.
fn noted(text: &str) -> std::result::Result<(i64, String), &'static str> {
    let bad = || word!("journal.seal-form");
    let (number, seal) = text.trim().split_once(':').ok_or_else(bad)?;
    let number = number.parse().map_err(|_| bad())?;
    if seal.len() != 64 || !seal.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(bad());
    }
    Ok((number, seal.to_ascii_lowercase()))
}

async fn verify(session: &Session, noted: Option<(i64, String)>, as_json: bool) -> Result {
    let mut tx = session.store.read().await?;
    let mut faults = tx.journal_verify().await?;
    // Whoever can write to the database can seal the whole chain anew; a seal kept elsewhere tells.
    if let Some((seq, seal)) = noted {
        let there = tx.journal_after(seq.saturating_sub(1), None, 1).await?;
        if !there
            .first()
            .is_some_and(|entry| entry.seq == seq && entry.hash == seal)
        {
            faults.push(ChainFault::Rewritten { seq });
        }
    }
    let last = tx.journal_tail(Of::All, 1).await?;
    let entries = last.first().map_or(0, |entry| entry.seq);
    if as_json {
        let faults: Vec<_> = faults.iter().map(fault_json).collect();
        json(&serde_json::json!({
            "sound": faults.is_empty(),
            "entries": entries,
            "head": last.first().map(|entry| &entry.hash),
            "faults": faults,
        }))?;
    } else {
        for fault in &faults {
            line(&told(fault))?;
        }
    }
    if !faults.is_empty() {
        let faults = count!("journal.faults", faults.len() as u64);
        return Err(Failure::new(Exit::Failed, word!("journal.broken", faults))
            .next(word!("journal.broken-next")));
    }
    if let Some(last) = last.first().filter(|_| !as_json) {
        line(&format!("{}:{}", last.seq, last.hash))?;
    }
    let entries = count!("journal.entries", u64::try_from(entries).unwrap_or(0));
    say(&word!("journal.whole", entries));
    Ok(Exit::Done)
}

/// What is wrong, and where.
fn told(fault: &ChainFault) -> String {
    match fault {
        ChainFault::Altered { seq } => word!("journal.altered", seq),
        ChainFault::Broken { seq } => word!("journal.out-of-order", seq),
        ChainFault::Gap { expected, found } => word!("journal.gap", expected, found),
        ChainFault::Truncated { expected, found } => word!("journal.cut-off", expected, found),
        ChainFault::Rewritten { seq } => word!("journal.rewritten", seq),
    }
}

fn fault_json(fault: &ChainFault) -> serde_json::Value {
    let mut value = serde_json::json!(fault);
    if let Some(object) = value.as_object_mut() {
        object.insert("message".into(), told(fault).into());
    }
    value
}

async fn export(session: &Session, file: &std::path::Path, force: bool) -> Result {
    let to_stdout = file.as_os_str() == "-";
    let mut out: Box<dyn Write> = if to_stdout {
        Box::new(std::io::stdout().lock())
    } else {
        let mut options = std::fs::OpenOptions::new();
        options
            .write(true)
            .create(true)
            .truncate(true)
            .create_new(!force);
        let opened = options
            .open(file)
            .map_err(|error| Failure::file(file, word!("journal.not-exported"), &error));
        let opened = opened.map_err(|failure| {
            if file.exists() {
                failure.next(word!("journal.force"))
            } else {
                failure
            }
        });
        Box::new(std::io::BufWriter::new(opened?))
    };
    let failed = |error: std::io::Error| {
        if to_stdout {
            Failure::from(error)
        } else {
            Failure::file(file, word!("journal.incomplete"), &error)
        }
    };
    let mut tx = session.store.read().await?;
    let mut after = i64::MIN;
    let mut entries = 0u64;
    loop {
        let page = tx.journal_after(after, None, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        entries += page.len() as u64;
        for entry in &page {
            serde_json::to_writer(&mut out, entry).map_err(|error| failed(error.into()))?;
            out.write_all(b"\n").map_err(failed)?;
        }
    }
    out.flush().map_err(failed)?;
    say(&count!("journal.written", entries));
    Ok(Exit::Done)
}

async fn tail(
    session: &Session,
    lines: u32,
    incident: Option<Typed>,
    subject: Option<Subject>,
    as_json: bool,
) -> Result {
    let mut tx = session.store.read().await?;
    let incident = match incident {
        Some(typed) => Some(meant(&mut tx, &typed).await?),
        None => None,
    };
    let of = match (&incident, &subject) {
        (_, Some(subject)) => Of::Subject(subject),
        (Some(incident), None) => Of::Incident(incident.as_str()),
        (None, None) => Of::All,
    };
    let entries = tx.journal_tail(of, lines).await?;
    if as_json {
        for entry in &entries {
            line(&serde_json::json!(entry).to_string())?;
        }
        return Ok(Exit::Done);
    }
    let bodies = bodies::read(&session.config).ok().flatten();
    let names = bodies.map_or_else(Names::default, |file| Names::of(&file.bodies, &file.areas));
    let short = shown(
        entries
            .iter()
            .flat_map(|entry| entry.incident.iter().chain(&entry.release))
            .map(String::as_str),
    );
    let rows = entries.iter().map(|entry| {
        let id = |id: &Option<String>| id.as_deref().map_or_else(String::new, |id| short.of(id));
        [
            entry.seq.to_string(),
            entry.at.to_rfc3339_opts(SecondsFormat::Secs, true),
            entry.actor.clone(),
            named!("journal.act", &entry.act),
            id(&entry.incident),
            id(&entry.release),
            details(&entry.data, &names),
        ]
    });
    table(word!("journal.heads"), rows)?;
    Ok(Exit::Done)
}

/// The incident that is meant. One that does not exist is not an empty answer.
async fn meant(tx: &mut Tx, typed: &Typed) -> std::result::Result<IncidentId, Failure> {
    let id = typed.incident_among(&tx.incidents(None, None, MOST_INCIDENTS).await?)?;
    match tx.incident(&id).await? {
        Some(_) => Ok(id),
        None => {
            let what = word!("fabu.id-of-none", typed = id);
            Err(Failure::new(Exit::Failed, what).next(super::incident::LIST))
        }
    }
}

/// What a person wants to know of an entry; `--json` has all of it.
fn details(data: &Value, names: &Names) -> String {
    let Some(data) = data.as_object() else {
        return String::new();
    };
    let said: Vec<String> = each!("journal.detail")
        .into_iter()
        .filter_map(|(key, label)| Some((key, label, told_of(key, data.get(key)?, names)?)))
        .map(|(_, label, value)| format!("{label} {value}"))
        .collect();
    shortened(&joined(&said))
}

fn told_of(key: &str, value: &Value, names: &Names) -> Option<String> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) if ["post", "posts", "waits_for"].contains(&key) => {
            Some(names.post(text))
        }
        Value::String(text) if key == "areas" => Some(names.area(text)),
        Value::String(text) => Some(match chrono::DateTime::parse_from_rfc3339(text) {
            Ok(at) => at.to_utc().format("%m-%d %H:%MZ").to_string(),
            Err(_) => text.clone(),
        }),
        // A message to a post is kept beside the texts of its release, numbered where no text comes.
        Value::Number(n) if key == "version" && n.as_u64() >= Some(REMINDERS_FROM.into()) => None,
        Value::Number(number) => Some(number.to_string()),
        Value::Array(list) => {
            let list: Vec<String> = list
                .iter()
                .filter_map(|one| told_of(key, one, names))
                .collect();
            (!list.is_empty()).then(|| joined(&list))
        }
        _ => None,
    }
}

fn shortened(text: &str) -> String {
    const MOST: usize = 80;
    match text.chars().count() > MOST {
        true => text.chars().take(MOST - 1).chain(['…']).collect(),
        false => text.to_owned(),
    }
}
