//! `fabu contact import`: the whole file is read and judged first, then the good rows are written, a thousand at a time.

use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::domain::contact::Contact;
use crate::domain::contact::sheet::{Complaint, Encoding, Places, Reader, SheetError, decode};
use crate::domain::journal::Entry;
use crate::store::{CONTACT_BATCH, StoreError, Upserted};

use super::super::bodies;
use super::super::output::{count, json, say};
use super::{Exit, Failure, Result, Session};

/// Complaints shown to a person; `--json` has all.
const SHOWN: usize = 50;
/// Larger files are no list of contacts.
const MOST_BYTES: u64 = 1 << 30;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The CSV file
    file: PathBuf,
    /// Import nothing when any row is bad; without it the good rows are kept
    #[arg(long)]
    strict: bool,
    /// Say what would happen and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What reading the file through has shown.
struct Verdict {
    encoding: Encoding,
    good: u64,
    bad: u64,
    ignored: Vec<String>,
    complaints: Vec<Complaint>,
}

pub(super) async fn run(session: &Session, args: &Args) -> Result {
    let bytes = read_file(&args.file)?;
    let invalid = |what: String| {
        Failure::new(
            Exit::Invalid,
            format!("{}: {what}; nothing was imported", args.file.display()),
        )
    };
    let text = decode(&bytes).map_err(|error| invalid(error.to_string()))?;
    let places = match bodies::read(&session.config)? {
        Some(file) => Places::of(&file.areas),
        None => Places::default(),
    };
    let verdict =
        judge(&text.text, text.encoding, &places).map_err(|error| invalid(error.to_string()))?;
    let refused = args.strict && verdict.bad > 0;
    let done = if refused || args.dry_run {
        Upserted::default()
    } else {
        write(session, args, &text.text, &places, verdict.good).await?
    };
    if args.json {
        json(&serde_json::json!({
            "file": args.file.display().to_string(),
            "encoding": verdict.encoding.name(),
            "dry_run": args.dry_run,
            "good": verdict.good,
            "bad": verdict.bad,
            "added": done.added,
            "replaced": done.replaced,
            "ignored_columns": verdict.ignored,
            "complaints": verdict.complaints,
        }))?;
    } else {
        tell(args, &verdict);
    }
    let good = count(verdict.good, "row", "rows");
    let bad = count(verdict.bad, "row", "rows");
    if refused {
        let what = format!(
            "{}: {bad} bad, {good} good; nothing was imported (--strict)",
            args.file.display()
        );
        return Err(Failure::new(Exit::Invalid, what)
            .next("correct the rows named above, or leave out --strict to import the good ones"));
    }
    let (new, old) = (count(done.added, "contact", "contacts"), done.replaced);
    if args.dry_run {
        say(&format!(
            "{good} would be imported, {bad} left out; nothing was changed (--dry-run)"
        ));
    } else {
        say(&format!(
            "{new} added, {old} replaced ({})",
            verdict.encoding.name()
        ));
    }
    if verdict.bad == 0 {
        return Ok(Exit::Done);
    }
    let what = format!("{}: {bad} left out", args.file.display());
    Err(Failure::new(Exit::Invalid, what).next("correct the rows named above and import the file again; rows that stand are replaced, not doubled"))
}

fn read_file(file: &std::path::Path) -> std::result::Result<Vec<u8>, Failure> {
    let unread = |error: std::io::Error| Failure::file(file, "nothing was imported", &error);
    let size = std::fs::metadata(file).map_err(unread)?.len();
    if size > MOST_BYTES {
        let what = format!(
            "{}: {size} bytes is more than 1 GiB; nothing was imported",
            file.display()
        );
        return Err(Failure::new(Exit::Invalid, what).next("split the file"));
    }
    std::fs::read(file).map_err(unread)
}

fn judge(
    text: &str,
    encoding: Encoding,
    places: &Places,
) -> std::result::Result<Verdict, SheetError> {
    let reader = Reader::new(text, places)?;
    let ignored = reader.ignored().to_vec();
    let mut verdict = Verdict {
        encoding,
        good: 0,
        bad: 0,
        ignored,
        complaints: Vec::new(),
    };
    for row in reader {
        match row.contact {
            Some(_) => verdict.good += 1,
            None => verdict.bad += 1,
        }
        verdict.complaints.extend(row.complaints);
    }
    Ok(verdict)
}

async fn write(
    session: &Session,
    args: &Args,
    text: &str,
    places: &Places,
    good: u64,
) -> std::result::Result<Upserted, Failure> {
    let reader = Reader::new(text, places)
        .map_err(|error| Failure::new(Exit::Invalid, error.to_string()))?;
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let bar = progress(good);
    let mut done = Upserted::default();
    let mut batch: Vec<Contact> = Vec::with_capacity(CONTACT_BATCH);
    let mut contacts = reader.filter_map(|row| row.contact).peekable();
    while let Some(contact) = contacts.next() {
        batch.push(contact);
        let last = contacts.peek().is_none();
        if batch.len() < CONTACT_BATCH && !last {
            continue;
        }
        let before = done;
        let entry = |done: Upserted| match (last, before == Upserted::default()) {
            (true, _) => Some(session.entry("contacts-imported").data(
                serde_json::json!({"file": name, "added": done.added, "replaced": done.replaced}),
            )),
            (false, true) => Some(
                session
                    .entry("contact-import-begun")
                    .data(serde_json::json!({"file": name, "rows": good})),
            ),
            (false, false) => None,
        };
        done = write_batch(session, &batch, before, entry)
            .await
            .map_err(|error| {
                let kept = before.added + before.replaced;
                let failure = Failure::from(error);
                let what = format!(
                    "{}; {} of the file stand",
                    failure.what,
                    count(kept, "row", "rows")
                );
                Failure::new(failure.exit, what)
                    .next("import the file again; rows that stand are replaced, not doubled")
            })?;
        bar.inc(batch.len() as u64);
        batch.clear();
    }
    bar.finish_and_clear();
    Ok(done)
}

/// One transaction; returns what was done so far, this batch included.
async fn write_batch(
    session: &Session,
    batch: &[Contact],
    before: Upserted,
    entry: impl Fn(Upserted) -> Option<Entry>,
) -> std::result::Result<Upserted, StoreError> {
    let mut tx = session.store.begin().await?;
    let written = tx.upsert_contacts(batch).await?;
    let done = Upserted {
        added: before.added + written.added,
        replaced: before.replaced + written.replaced,
    };
    tx.append(entry(done).into_iter().collect()).await?;
    tx.commit().await?;
    Ok(done)
}

/// A bar on standard error, when that is a terminal and there is enough to wait for.
fn progress(rows: u64) -> ProgressBar {
    if rows < 5_000 {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(rows), ProgressDrawTarget::stderr());
    match ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} contacts, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn tell(args: &Args, verdict: &Verdict) {
    let file = args.file.display();
    if !verdict.ignored.is_empty() {
        say(&format!(
            "{file}: columns that mean nothing here are passed over: {}",
            verdict.ignored.join(", ")
        ));
    }
    for complaint in verdict.complaints.iter().take(SHOWN) {
        let column = complaint
            .column
            .map_or(String::new(), |column| format!("{column}: "));
        let word = if complaint.kept { "note" } else { "bad" };
        say(&format!(
            "{file}:{}: {word}: {column}{}",
            complaint.line, complaint.why
        ));
    }
    if verdict.complaints.len() > SHOWN {
        say(&format!(
            "… and {} more; --json has them all",
            verdict.complaints.len() - SHOWN
        ));
    }
}
