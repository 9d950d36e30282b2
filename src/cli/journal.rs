//! `fabu journal`: reads the journal (台账) from the database and checks its chain of seals.

mod told;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use chrono_tz::Tz;
use clap::Subcommand;

use crate::domain::journal::{ChainFault, Sealed, Subject};
use crate::id::{IncidentId, ReleaseId};
use crate::store::{Of, Tx};

use super::ids::{Typed, shown};
use super::output::{json, line, say, table};
use super::words::{count, form, named, word};
use super::{Exit, Failure, Place, Result, Session};
use told::{About, Reader};

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
        #[arg(
            long,
            value_name = "ZONE",
            default_value = "Asia/Shanghai",
            value_parser = form!(Tz, "zone")
        )]
        zone: Tz,
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
            zone,
            json,
        } => {
            let zone = (!json).then_some(zone);
            tail(&session, lines, incident, subject, zone).await
        }
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
    zone: Option<Tz>,
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
    let Some(zone) = zone else {
        for entry in &entries {
            line(&serde_json::json!(entry).to_string())?;
        }
        return Ok(Exit::Done);
    };
    let reader = Reader::of(&session.config, zone);
    let known = known(&mut tx, &entries).await?;
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
            reader.stamp(entry.at),
            entry.actor.clone(),
            named!("journal.act", &entry.act),
            id(&entry.incident),
            id(&entry.release),
            reader.details(entry, known.about(entry)),
        ]
    });
    table(word!("journal.heads"), rows)?;
    let count = count!("journal.entries", entries.len() as u64);
    say(&word!("release.listed", count, zone));
    Ok(Exit::Done)
}

/// What entries are about, beside what they say themselves.
#[derive(Debug, Default)]
struct Known {
    /// Incident → event.
    events: BTreeMap<String, String>,
    /// Release → its item, by code and by name.
    items: BTreeMap<String, (String, String)>,
}

impl Known {
    fn about(&self, entry: &Sealed) -> About<'_> {
        let event = entry.incident.as_ref().and_then(|id| self.events.get(id));
        let item = entry.release.as_ref().and_then(|id| self.items.get(id));
        About {
            event: event.map(String::as_str),
            item: item.map(|(code, name)| (code.as_str(), name.as_str())),
        }
    }
}

/// The events and items that `entries` are about. What cannot be read any more is called by its code.
async fn known(tx: &mut Tx, entries: &[Sealed]) -> crate::store::Result<Known> {
    let mut known = Known::default();
    for entry in entries {
        if let Some(id) = &entry.incident
            && !known.events.contains_key(id)
            && let Ok(parsed) = id.parse::<IncidentId>()
            && let Some(incident) = tx.incident(&parsed).await?
        {
            known.events.insert(id.clone(), incident.event);
        }
        if let Some(id) = &entry.release
            && !known.items.contains_key(id)
            && let Ok(parsed) = id.parse::<ReleaseId>()
            && let Ok(Some(release)) = tx.release(&parsed).await
        {
            known.items.insert(id.clone(), (release.item, release.name));
        }
    }
    Ok(known)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use crate::cli::words::each;
    use crate::domain::journal::Act;

    #[test]
    fn every_act_has_a_name_for_readers() {
        let read = serde_json::from_value::<Act>(json!({"?": Value::Null}));
        // unknown variant `?`, expected one of `a`, `b` …
        let listed = read.unwrap_err().to_string();
        let acts: BTreeSet<&str> = listed.split('`').skip(3).step_by(2).collect();
        let named: BTreeSet<&str> = each!("journal.act")
            .into_iter()
            .map(|(act, _)| act)
            .collect();
        assert!(acts.len() > 70, "{listed}");
        assert_eq!(acts, named);
    }
}
