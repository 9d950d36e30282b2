//! `fabu drill run`: a scenario played to its end. Needs no server, reaches no one, writes only into `--out`.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::files::{self, must_be_writable};
use super::many;
use crate::cli::{Exit, Failure, Place, Result, output};
use crate::clock::{Clock, SystemClock};
use crate::drill::scenario::{self, Scenario};
use crate::drill::score::Score;
use crate::drill::{play, report, score, transcript, words};
use crate::plan::diagnostic::{Diagnostic, Severity};

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The scenario, such as drills/flood-night.yaml
    pub(super) file: PathBuf,
    /// Where chance begins, instead of the scenario's own seed
    #[arg(long)]
    pub(super) seed: Option<u64>,
    /// Write transcript.txt, score.json and report.html into this folder; with --seeds, seeds.json and report.html
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Play this many seeds, from the first on, and say how likely each item is to be on time
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub(super) seeds: Option<u64>,
    /// With --seeds: play them again with more people, such as 'post=section-head deputies=1'
    #[arg(long, value_name = "CHANGE", requires = "seeds")]
    pub(super) what_if: Option<String>,
    /// Print the score as JSON
    #[arg(long)]
    pub(super) json: bool,
}

pub(super) fn run(place: &Place, args: &RunArgs) -> Result {
    match args.seeds {
        Some(seeds) => many::run(place, args, seeds),
        None => run_one(place, args),
    }
}

fn run_one(place: &Place, args: &RunArgs) -> Result {
    let scenario = read(place, &args.file)?;
    if let Some(out) = &args.out {
        must_be_writable(out)?;
    }
    let seed = args.seed.unwrap_or(scenario.file.seed);
    let played = play::play_alone(&scenario, seed, "sqlite::memory:")?;
    let score = score::score(&scenario, seed, &played);
    if let Some(out) = &args.out {
        let transcript = transcript::write(&scenario, seed, &played);
        let page = report::write(&score, &transcript, None, &[]);
        files::keep(out, &transcript, &score, &page)?;
    }
    if args.json {
        output::json(&score)?;
    } else {
        print(&score)?;
    }
    Ok(if score.passed {
        Exit::Done
    } else {
        Exit::Failed
    })
}

/// The root is the one given, or the one the scenario lies in.
pub(super) fn read(place: &Place, file: &Path) -> Result<Scenario> {
    let above = file
        .canonicalize()
        .ok()
        .and_then(|file| Some(file.parent()?.parent()?.to_owned()));
    let here = PathBuf::from(".");
    let root = match (&place.root, above) {
        (Some(root), _) => root.clone(),
        (None, _) if here.join("plans").is_dir() => here,
        (None, Some(above)) => above,
        (None, None) => here,
    };
    let today = SystemClock.now().date_naive();
    scenario::read(file, &root, today).map_err(|diagnostics| {
        let errors: Vec<_> = diagnostics
            .into_iter()
            .filter(|d| d.severity == Severity::Error)
            .collect();
        tell(&errors);
        let count = output::count(errors.len() as u64, "error", "errors");
        Failure::new(
            Exit::Invalid,
            format!("{}: {count}; nothing was played", file.display()),
        )
        .next("fabu plan check explains every error of the plans and of drills/")
    })
}

/// Prints complaints as `fabu plan check` does.
pub(super) fn tell(errors: &[Diagnostic]) {
    let is_colourful = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut told = Vec::new();
    // Writing into memory cannot fail; when standard error is gone there is nobody to tell.
    let _ = crate::cli::plan::check::human(errors, is_colourful, &mut told);
    let _ = std::io::stderr().write_all(&told);
}

fn print(score: &Score) -> Result<()> {
    let card = &score.card;
    let length = |value: Option<i64>| value.map_or_else(|| "—".to_owned(), words::rough);
    let share = |value: Option<i64>| value.map_or_else(|| "—".to_owned(), words::permille);
    output::line(&format!(
        "{}  {}  (seed {})",
        score.drill, score.title, score.seed
    ))?;
    output::line("")?;
    output::table(
        ["", ""],
        [
            [
                "发布任务 releases".into(),
                format!("{} ({} out)", card.releases, card.published),
            ],
            [
                "按时率 on time".into(),
                format!(
                    "{} ({} of {})",
                    share(card.on_time_permille),
                    card.on_time,
                    card.on_time + card.late + card.missed
                ),
            ],
            [
                "逾时 late / 漏发 missed".into(),
                format!("{} / {}", card.late, card.missed),
            ],
            ["余时中位 median slack".into(), length(card.median_slack)],
            [
                "首发用时 first text after".into(),
                length(card.first_bulletin_after),
            ],
            [
                "最慢更正 slowest correction".into(),
                length(card.worst_correction),
            ],
            ["受理率 accepted".into(), share(card.accepted_permille)],
            ["送达率 delivered".into(), share(card.delivered_permille)],
            [
                "等得最久 waited longest for".into(),
                score.posts.first().map_or_else(
                    || "—".into(),
                    |post| {
                        format!(
                            "{} ({} in {})",
                            post.post,
                            words::rough(post.waited),
                            post.times
                        )
                    },
                ),
            ],
        ],
    )?;
    output::line("")?;
    let missed: Vec<_> = score
        .releases
        .iter()
        .filter(|release| release.on_time == Some(false))
        .collect();
    if !missed.is_empty() {
        output::table(
            ["逾时 / 漏发 not in time", "余时 slack", "原因 why"],
            missed.iter().take(20).map(|release| {
                [
                    format!("{}#{} {}", release.item, release.occurrence, release.name),
                    release.slack.map_or_else(|| "—".into(), words::rough),
                    release.why.clone().unwrap_or_default(),
                ]
            }),
        )?;
        if missed.len() > 20 {
            output::line(&format!(
                "… 另有 {} 项 (and {} more)",
                missed.len() - 20,
                missed.len() - 20
            ))?;
        }
        output::line("")?;
    }
    for refused in &score.refused_injects {
        output::line(&format!("✗ 导调未能执行 inject refused: {refused}"))?;
    }
    output::table(
        ["", "预期 expected", "结果 found"],
        score.expectations.iter().map(|e| {
            [
                match e.met {
                    Some(true) => "✓",
                    Some(false) => "✗",
                    None => "—",
                }
                .to_owned(),
                format!("{} / {}", e.expected, e.expected_en),
                format!("{} / {}", e.found, e.found_en),
            ]
        }),
    )?;
    let (zh, en) = score.verdict().words();
    output::line(&format!("{zh} {en}"))?;
    Ok(())
}
