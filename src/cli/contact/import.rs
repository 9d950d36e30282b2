//! `fabu contact import`: the whole file is read and judged first, then the good rows are written, a thousand at a time.
//!
//! What would lose a whole column of addresses or a group of people stops the import before anything is written; what
//! is wrong with one row costs that row, or the part of it.

use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::domain::contact::Contact;
use crate::flow::contacts::{self, Part};
use crate::flow::{VerbError, World};
use crate::sheet::{Places, Reader, SheetError, Targets, decode};
use crate::store::{CONTACT_BATCH, Upserted};

use super::super::bodies;
use super::super::output::{json, say};
use super::super::words::{count, joined, spoken, word};
use super::verdict::{Verdict, tell};
use super::{Exit, Failure, Result, Session, targets};

/// Larger files are no list of contacts.
const MOST_BYTES: u64 = 1 << 30;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    file: PathBuf,
    #[arg(long)]
    strict: bool,
    #[arg(long, conflicts_with = "strict")]
    accept_losses: bool,
    #[arg(long)]
    dry_run: bool,
    #[arg(long)]
    json: bool,
}

/// The file as it is read, and what its names are compared with.
struct Sheet<'a> {
    text: &'a str,
    places: Places,
    targets: Targets,
}

impl Sheet<'_> {
    fn reader(&self) -> std::result::Result<Reader<'_>, SheetError> {
        Reader::new(self.text, &self.places, &self.targets)
    }
}

pub(super) async fn run(session: &Session, args: &Args) -> Result {
    let bytes = read_file(&args.file)?;
    let invalid = |what: String| {
        let what = word!("contact.imported.refused", file = args.file.display(), what);
        Failure::new(Exit::Invalid, what)
    };
    let text = decode(&bytes).map_err(|error| invalid(spoken(&error.phrase())))?;
    let places = match bodies::read(&session.config)? {
        Some(file) => Places::of(&file.areas),
        None => Places::default(),
    };
    let (targets, is_compared) = targets::read(&session.config);
    let sheet = Sheet {
        text: &text.text,
        places,
        targets,
    };
    let reader = sheet
        .reader()
        .map_err(|error| invalid(spoken(&error.phrase())))?;
    let verdict = Verdict::of(reader, text.encoding, is_compared, &session.store).await?;
    let stops = verdict.stops() && !args.accept_losses;
    let refused = stops || (args.strict && verdict.loses());
    if !args.json {
        tell(&args.file.display().to_string(), &verdict);
    }
    let done = if refused || args.dry_run {
        Upserted::default()
    } else {
        write(session, args, &sheet, verdict.good).await?
    };
    if args.json {
        json(&verdict.as_json(
            &args.file.display().to_string(),
            args.dry_run,
            refused,
            done,
        ))?;
    }
    conclude(args, &verdict, stops, done)
}

/// The last lines, and the exit code that a script looks at.
fn conclude(args: &Args, verdict: &Verdict, stops: bool, done: Upserted) -> Result {
    let file = args.file.display();
    let good = count!("fabu.rows", verdict.good);
    let bad = count!("fabu.rows", verdict.bad);
    let parts = count!("fabu.rows", verdict.parts);
    if stops {
        let failure = Failure::new(Exit::Invalid, word!("contact.imported.stopped", file));
        return Err(failure.next(word!("contact.imported.stopped-next")));
    }
    if args.strict && verdict.loses() {
        let what = word!("contact.imported.strict", file, bad, parts, good);
        return Err(Failure::new(Exit::Invalid, what).next(word!("contact.imported.strict-next")));
    }
    let of = if args.dry_run { verdict.expected } else { done };
    let (added, replaced) = (count!("contact.count", of.added), of.replaced);
    if args.dry_run {
        say(&word!("contact.imported.would", added, replaced, good, bad));
    } else {
        let encoding = verdict.encoding.name();
        say(&word!("contact.imported.done", added, replaced, encoding));
    }
    if !verdict.loses() || args.accept_losses {
        return Ok(Exit::Done);
    }
    let mut lost = Vec::new();
    if verdict.bad > 0 {
        lost.push(word!("contact.imported.left-out", bad));
    }
    if verdict.parts > 0 {
        lost.push(word!("contact.imported.in-part", parts));
    }
    let what = word!("contact.imported.lost", file, lost = joined(&lost));
    Err(Failure::new(Exit::Invalid, what).next(word!("contact.imported.lost-next")))
}

fn read_file(file: &std::path::Path) -> std::result::Result<Vec<u8>, Failure> {
    let unread =
        |error: std::io::Error| Failure::file(file, word!("contact.imported.nothing"), &error);
    let size = std::fs::metadata(file).map_err(unread)?.len();
    if size > MOST_BYTES {
        let what = word!("contact.imported.too-large", file = file.display(), size);
        return Err(
            Failure::new(Exit::Invalid, what).next(word!("contact.imported.too-large-next"))
        );
    }
    std::fs::read(file).map_err(unread)
}

async fn write(
    session: &Session,
    args: &Args,
    sheet: &Sheet<'_>,
    good: u64,
) -> std::result::Result<Upserted, Failure> {
    let reader = sheet
        .reader()
        .map_err(|error| Failure::new(Exit::Invalid, spoken(&error.phrase())))?;
    let has = reader.has();
    let world = session.world()?;
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let bar = progress(good);
    let mut done = Upserted::default();
    let mut batch: Vec<Contact> = Vec::with_capacity(CONTACT_BATCH);
    let mut rows = reader.filter_map(|row| row.contact).peekable();
    while let Some(contact) = rows.next() {
        batch.push(contact);
        let last = rows.peek().is_none();
        if batch.len() < CONTACT_BATCH && !last {
            continue;
        }
        let before = done;
        let part = Part {
            file: &name,
            rows: good,
            contacts: &batch,
            has: &has,
            before,
            is_last: last,
            losses_accepted: args.accept_losses,
        };
        done = write_part(session, &world, part).await.map_err(|error| {
            let kept = before.added + before.replaced;
            let failure = Failure::from(error);
            let (what, rows) = (&failure.what, count!("fabu.rows", kept));
            Failure::new(failure.exit, word!("contact.imported.kept", what, rows))
                .next(word!("contact.imported.kept-next"))
        })?;
        bar.inc(batch.len() as u64);
        batch.clear();
    }
    bar.finish_and_clear();
    Ok(done)
}

/// One transaction; returns what was done so far, this part included.
async fn write_part(
    session: &Session,
    world: &World,
    part: Part<'_>,
) -> std::result::Result<Upserted, VerbError> {
    let mut tx = session.store.begin().await?;
    let done = contacts::import(&mut tx, world, session.now(), &session.owner(), part).await?;
    tx.commit().await?;
    Ok(done)
}

/// A bar on standard error, when that is a terminal and there is enough to wait for.
fn progress(rows: u64) -> ProgressBar {
    if rows < 5_000 {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(rows), ProgressDrawTarget::stderr());
    match ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
