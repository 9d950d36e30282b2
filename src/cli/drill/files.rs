//! The files of a run: transcript, score, report and ledger in one folder.

use std::path::Path;

use crate::cli::words::{language, word};
use crate::cli::{Exit, Failure, Result, output};
use crate::drill::report::{self, Pages};
use crate::drill::score::Score;

/// Writes all of them, and says which is to be read.
pub(super) fn keep(out: &Path, transcript: &str, score: &Score, pages: &Pages) -> Result<()> {
    write_into(out, "transcript.txt", transcript)?;
    write_into(out, "score.json", &score_text(score)?)?;
    keep_pages(out, pages)
}

/// Writes the pages, and says which is to be read.
pub(super) fn keep_pages(out: &Path, pages: &Pages) -> Result<()> {
    for (name, page) in pages {
        // The names may be a server's; only the last part of one may say where to write.
        if let Some(name) = Path::new(name).file_name() {
            write_into(out, &name.to_string_lossy(), page)?;
        }
    }
    let report = out.join(report::file("report", language()));
    output::say(&word!(
        "drill.kept",
        folder = out.display(),
        report = report.display()
    ));
    Ok(())
}

fn score_text(score: &Score) -> Result<String> {
    serde_json::to_string_pretty(score)
        .map(|text| text + "\n")
        .map_err(|error| Failure::new(Exit::Failed, word!("drill.score-unwritten", error)))
}

/// Asked before the drill, so that nobody waits for what cannot be kept.
pub(super) fn must_be_writable(out: &Path) -> Result<()> {
    let refuse = |error: std::io::Error| {
        Failure::file(out, word!("drill.nothing-played"), &error).next(word!("drill.other-folder"))
    };
    std::fs::create_dir_all(out).map_err(refuse)?;
    let probe = out.join(".fabu-drill");
    std::fs::write(&probe, b"").map_err(refuse)?;
    std::fs::remove_file(&probe).map_err(refuse)
}

pub(super) fn write_into(out: &Path, name: &str, text: &str) -> Result<()> {
    let path = out.join(name);
    std::fs::write(&path, text)
        .map_err(|error| Failure::file(&path, word!("drill.not-kept"), &error))
}
