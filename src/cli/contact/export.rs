//! `fabu contact export`: CSV that Excel opens and does not run, and that an import reads back.

use std::io::Write;
use std::path::PathBuf;

use crate::flow::contacts;
use crate::sheet::Writer;

use super::super::output::say;
use super::super::words::{count, word};
use super::{Exit, Failure, Filter, Result, Session};

const PAGE: u32 = 1_000;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    filter: Filter,
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[arg(long)]
    unmasked: bool,
    #[arg(long, requires = "out")]
    force: bool,
}

pub(super) async fn run(session: &Session, args: &Args) -> Result {
    let failed = |error: std::io::Error| match &args.out {
        Some(file) => Failure::file(file, word!("contact.exported.incomplete"), &error),
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
    let people = count!("contact.count", written);
    say(&match args.unmasked {
        true => word!("contact.exported.whole", people),
        false => word!("contact.exported.masked", people),
    });
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
        let failure = Failure::file(file, word!("contact.exported.nothing"), &error);
        if file.exists() {
            failure.next(word!("journal.force"))
        } else {
            failure
        }
    })
}
