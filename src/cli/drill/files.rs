//! The files of a run: transcript, score and report in one folder.

use std::path::Path;

use crate::cli::{Exit, Failure, Result, output};
use crate::drill::score::Score;

/// Writes all three.
pub(super) fn keep(out: &Path, transcript: &str, score: &Score, report: &str) -> Result<()> {
    write_into(out, "transcript.txt", transcript)?;
    write_into(out, "score.json", &score_text(score)?)?;
    write_into(out, "report.html", report)?;
    output::say(&format!(
        "wrote transcript.txt, score.json and report.html into {}",
        out.display()
    ));
    Ok(())
}

fn score_text(score: &Score) -> Result<String> {
    serde_json::to_string_pretty(score)
        .map(|text| text + "\n")
        .map_err(|error| {
            Failure::new(
                Exit::Failed,
                format!("the score could not be written: {error}"),
            )
        })
}

/// Asked before the drill, so that nobody waits for what cannot be kept.
pub(super) fn must_be_writable(out: &Path) -> Result<()> {
    let refuse = |error: std::io::Error| {
        Failure::file(out, "nothing was played", &error).next("name another folder with --out")
    };
    std::fs::create_dir_all(out).map_err(refuse)?;
    let probe = out.join(".fabu-drill");
    std::fs::write(&probe, b"").map_err(refuse)?;
    std::fs::remove_file(&probe).map_err(refuse)
}

pub(super) fn write_into(out: &Path, name: &str, text: &str) -> Result<()> {
    let path = out.join(name);
    std::fs::write(&path, text)
        .map_err(|error| Failure::file(&path, "the drill was played but this was not kept", &error))
}
