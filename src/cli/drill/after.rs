//! `fabu drill compare` and `fabu drill report`: what is made of runs that are over.

use std::path::{Path, PathBuf};

use clap::Args;

use super::ReportArgs;
use super::files::write_into;
use crate::cli::{Exit, Failure, Result, output};
use crate::drill::report::{self, Lesson};
use crate::drill::score::Score;

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// The folder of the first run, or its score.json
    before: PathBuf,
    /// The folder of the second
    after: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn read_score(path: &Path) -> Result<Score> {
    let file = if path.is_dir() {
        path.join("score.json")
    } else {
        path.to_owned()
    };
    let text = std::fs::read_to_string(&file).map_err(|error| {
        Failure::file(&file, "there is nothing to compare or report", &error)
            .next("fabu drill run FILE --out DIR makes one")
    })?;
    Score::read(&text).map_err(|error| {
        let place = format!("{}:{}:{}", file.display(), error.line(), error.column());
        Failure::new(
            Exit::Invalid,
            format!("{place}: this is no score of a drill: {error}"),
        )
    })
}

pub(super) fn compare(args: &CompareArgs) -> Result {
    let (before, after) = (read_score(&args.before)?, read_score(&args.after)?);
    let lines = crate::drill::compare::compare(&before, &after);
    if args.json {
        output::json(&lines)?;
        return Ok(Exit::Done);
    }
    if before.drill != after.drill {
        output::say(&format!(
            "note: these are two scenarios, {} and {}",
            before.drill, after.drill
        ));
    }
    output::table(
        ["", "前 before", "后 after", ""],
        lines.into_iter().map(|line| {
            let sign = match line.better {
                Some(true) => "▲ 更好 better",
                Some(false) => "▼ 更差 worse",
                None => "",
            };
            [line.what, line.before, line.after, sign.into()]
        }),
    )?;
    Ok(Exit::Done)
}

pub(super) fn report(run: &Path, args: &ReportArgs) -> Result {
    let score = read_score(run)?;
    let last = args.last.as_deref().map(read_score).transpose()?;
    let ledger = run.join("transcript.txt");
    let transcript = std::fs::read_to_string(&ledger)
        .map_err(|error| Failure::file(&ledger, "no report was written", &error))?;
    let lessons = match &args.lessons {
        None => Vec::new(),
        Some(file) => read_lessons(file)?,
    };
    write_into(
        run,
        "report.html",
        &report::write(&score, &transcript, last.as_ref(), &lessons),
    )?;
    output::say(&format!("wrote {}", run.join("report.html").display()));
    Ok(Exit::Done)
}

fn read_lessons(file: &Path) -> Result<Vec<Lesson>> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::file(file, "no report was written", &error))?;
    report::read_lessons(&text).map_err(|what| {
        Failure::new(
            Exit::Invalid,
            format!("{}: {what}; no report was written", file.display()),
        )
    })
}
