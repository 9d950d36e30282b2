//! `fabu contact export`: CSV that Excel opens and does not run, and that an import reads back.

use std::io::Write;
use std::path::PathBuf;

use crate::flow::contacts;
use crate::sheet::Writer;

use super::super::output::{count, say};
use super::{Exit, Failure, Filter, Result, Session};

const PAGE: u32 = 1_000;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    filter: Filter,
    /// The file to write; standard output when left out
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write whole numbers and addresses; the journal keeps who did it and when
    #[arg(long)]
    unmasked: bool,
    /// Replace the file if it exists
    #[arg(long, requires = "out")]
    force: bool,
}

pub(super) async fn run(session: &Session, args: &Args) -> Result {
    let failed = |error: std::io::Error| match &args.out {
        Some(file) => Failure::file(file, "the export is not complete", &error),
        None => Failure::from(error),
    };
    let out: Box<dyn Write> = match &args.out {
        Some(file) => Box::new(std::io::BufWriter::new(create(file, args.force)?)),
        None => Box::new(std::io::stdout().lock()),
    };
    let reach = args.filter.reach();
    if args.unmasked {
        // Noted before the first address leaves, so that no leak goes unrecorded.
        let mut tx = session.store.begin().await?;
        let (world, owner) = (session.world()?, session.owner());
        contacts::export(&mut tx, &world, session.now(), &owner, &reach).await?;
        tx.commit().await?;
    }
    let mut writer = Writer::new(out).map_err(failed)?;
    let mut tx = session.store.read().await?;
    let (mut after, mut written) = (0, 0u64);
    loop {
        let page = tx.contacts(&reach, after, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        written += page.len() as u64;
        for (_, contact) in page {
            let contact = if args.unmasked {
                contact
            } else {
                contact.masked()
            };
            writer.write(&contact).map_err(failed)?;
        }
    }
    writer.finish().map_err(failed)?;
    let masked = if args.unmasked {
        ""
    } else {
        ", addresses masked (--unmasked writes them whole)"
    };
    say(&format!(
        "{} written{masked}",
        count(written, "contact", "contacts")
    ));
    Ok(Exit::Done)
}

/// For its owner alone: it may hold people's addresses.
fn create(file: &std::path::Path, force: bool) -> std::result::Result<std::fs::File, Failure> {
    let mut options = std::fs::OpenOptions::new();
    options
        .write(true)
        .create(true)
        .truncate(true)
        .create_new(!force);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map_err(|error| {
        let failure = Failure::file(file, "nothing was exported", &error);
        if file.exists() {
            failure.next("--force replaces it")
        } else {
            failure
        }
    })
}
