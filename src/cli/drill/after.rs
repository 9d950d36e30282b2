//! `fabu drill compare` and `fabu drill report`: what is made of runs that are over.

use std::path::{Path, PathBuf};

use clap::Args;

use super::ReportArgs;
use super::files::keep_pages;
use super::run::changes;
use crate::cli::words::{language, word};
use crate::cli::{Exit, Failure, Result, output};
use crate::drill::compare::compare;
use crate::drill::report::{self, Lesson};
use crate::drill::score::Score;

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    before: PathBuf,
    after: PathBuf,
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
        Failure::file(&file, word!("drill.nothing-to-report"), &error)
            .next(word!("drill.make-a-run"))
    })?;
    Score::read(&text).map_err(|error| {
        let place = format!("{}:{}:{}", file.display(), error.line(), error.column());
        Failure::new(Exit::Invalid, word!("drill.no-score", place, error))
    })
}

pub(super) fn compare_runs(args: &CompareArgs) -> Result {
    let (before, after) = (read_score(&args.before)?, read_score(&args.after)?);
    let compared = compare(&before, &after, language());
    if args.json {
        output::json(&compared)?;
        return Ok(Exit::Done);
    }
    if before.drill != after.drill {
        let (one, other) = (before.name(language()), after.name(language()));
        output::say(&word!("drill.two-scenarios", one, other));
    }
    output::line(&compared.said)?;
    output::line("")?;
    changes(word!("drill.changes-after"), &compared.changes)?;
    output::table(
        word!("drill.compare-heads"),
        compared.lines.into_iter().map(|line| {
            let sign = match line.better {
                Some(true) => word!("drill.better"),
                Some(false) => word!("drill.worse"),
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
        .map_err(|error| Failure::file(&ledger, word!("drill.no-report"), &error))?;
    let lessons = match &args.lessons {
        None => Vec::new(),
        Some(file) => read_lessons(file)?,
    };
    keep_pages(
        run,
        &report::pages(&score, &transcript, last.as_ref(), &lessons),
    )?;
    Ok(Exit::Done)
}

fn read_lessons(file: &Path) -> Result<Vec<Lesson>> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::file(file, word!("drill.no-report"), &error))?;
    report::read_lessons(&text).map_err(|what| {
        let what = word!("drill.bad-lessons", file = file.display(), what);
        Failure::new(Exit::Invalid, what)
    })
}
