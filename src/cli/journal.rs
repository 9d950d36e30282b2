//! `fabu journal`: reads the journal (台账) from the database and checks its chain of seals.

use std::io::Write;
use std::path::PathBuf;

use chrono::SecondsFormat;
use clap::Subcommand;

use crate::domain::journal::{ChainFault, Sealed, Subject};
use crate::store::Of;

use super::output::{count, json, line, say, table};
use super::{Exit, Failure, Place, Result, Session};

const PAGE: u32 = 1_000;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check that no entry was changed, removed or moved, and print the last seal as NUMBER:SEAL
    Verify {
        /// A seal that was printed before and noted down elsewhere; the entry must still be there and have it
        #[arg(long, value_name = "NUMBER:SEAL", value_parser = noted)]
        noted: Option<(i64, String)>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Write every entry as one line of JSON
    Export {
        /// The file to write; `-` for standard output
        file: PathBuf,
        /// Replace the file if it exists
        #[arg(long)]
        force: bool,
    },
    /// Show the last entries
    Tail {
        /// How many
        #[arg(short = 'n', long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        lines: u32,
        /// Only those of one incident
        #[arg(long, value_name = "ID")]
        incident: Option<String>,
        /// Only those about one thing, such as channel/sms or person/zhou
        #[arg(long, value_name = "KIND/ID", conflicts_with = "incident")]
        about: Option<Subject>,
        /// Print one line of JSON for each
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
            about,
            json,
        } => {
            let of = match (&incident, &about) {
                (_, Some(subject)) => Of::Subject(subject),
                (Some(incident), None) => Of::Incident(incident),
                (None, None) => Of::All,
            };
            tail(&session, lines, of, json).await
        }
    };
    session.store.close().await;
    exit
}

/// Reads `57:3fa9…`.
fn noted(text: &str) -> std::result::Result<(i64, String), String> {
    let bad = || format!("{text:?} is not a seal as `fabu journal verify` prints it: 57:3fa9…");
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
            line(&fault.to_string())?;
        }
    }
    if !faults.is_empty() {
        return Err(Failure::new(
            Exit::Failed,
            format!("{} in the journal; nothing was changed", count(faults.len() as u64, "fault", "faults")),
        )
        .next("keep this database as evidence, and compare it with the last backup: fabu journal export FILE"));
    }
    if let Some(last) = last.first().filter(|_| !as_json) {
        line(&format!("{}:{}", last.seq, last.hash))?;
    }
    say(&format!(
        "{} checked, the chain is whole; note the last seal down elsewhere, `--noted` compares it later",
        entry_count(entries)
    ));
    Ok(Exit::Done)
}

fn fault_json(fault: &ChainFault) -> serde_json::Value {
    let mut value = serde_json::json!(fault);
    if let Some(object) = value.as_object_mut() {
        object.insert("message".into(), fault.to_string().into());
    }
    value
}

fn entry_count(entries: i64) -> String {
    count(u64::try_from(entries).unwrap_or(0), "entry", "entries")
}

async fn export(session: &Session, file: &std::path::Path, force: bool) -> Result {
    let to_stdout = file.as_os_str() == "-";
    let not_done = "the journal was not exported";
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
            .map_err(|error| Failure::file(file, not_done, &error));
        let opened = opened.map_err(|failure| {
            if file.exists() {
                failure.next("--force replaces it")
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
            Failure::file(file, "the export is not complete", &error)
        }
    };
    let mut tx = session.store.read().await?;
    let mut after = i64::MIN;
    let mut entries = 0;
    loop {
        let page = tx.journal_after(after, None, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        entries += page.len() as i64;
        for entry in &page {
            serde_json::to_writer(&mut out, entry).map_err(|error| failed(error.into()))?;
            out.write_all(b"\n").map_err(failed)?;
        }
    }
    out.flush().map_err(failed)?;
    say(&format!("{} written", entry_count(entries)));
    Ok(Exit::Done)
}

async fn tail(session: &Session, lines: u32, of: Of<'_>, as_json: bool) -> Result {
    let mut tx = session.store.read().await?;
    let entries = tx.journal_tail(of, lines).await?;
    if as_json {
        for entry in &entries {
            line(&serde_json::json!(entry).to_string())?;
        }
        return Ok(Exit::Done);
    }
    table(
        [
            "#", "at (UTC)", "who", "what", "incident", "release", "details",
        ],
        entries.iter().map(row),
    )?;
    Ok(Exit::Done)
}

fn row(entry: &Sealed) -> [String; 7] {
    let details = if entry.data.is_null() {
        String::new()
    } else {
        entry.data.to_string()
    };
    let details = if details.chars().count() > 80 {
        details.chars().take(79).chain(['…']).collect()
    } else {
        details
    };
    [
        entry.seq.to_string(),
        entry.at.to_rfc3339_opts(SecondsFormat::Secs, true),
        entry.actor.clone(),
        entry.act.clone(),
        entry.incident.clone().unwrap_or_default(),
        entry.release.clone().unwrap_or_default(),
        details,
    ]
}
