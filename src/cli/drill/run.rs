//! `fabu drill run`: a scenario played to its end. Needs no server, reaches no one, writes only into `--out`.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::files::{self, must_be_writable, write_into};
use super::many;
use crate::cli::words::{count, either, language, word};
use crate::cli::{Exit, Failure, Place, Result, output, when};
use crate::clock::{Clock, SystemClock};
use crate::drill::advice::advice;
use crate::drill::scenario::{self, Scenario};
use crate::drill::score::Score;
use crate::drill::tell::{Change, Teller};
use crate::drill::{play, report, score, texts, transcript, words};
use crate::plan::diagnostic::{Diagnostic, Severity};

/// Texts that were not on time, as many as a screen holds.
const MOST: usize = 20;

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    pub(super) file: PathBuf,
    #[arg(long)]
    pub(super) seed: Option<u64>,
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub(super) seeds: Option<u64>,
    #[arg(long, value_name = "CHANGE", requires = "seeds")]
    pub(super) what_if: Option<String>,
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
        let pages = report::pages(&score, &transcript, None, &[]);
        write_into(out, "texts.txt", &texts::write(&scenario, &played))?;
        files::keep(out, &transcript, &score, &pages)?;
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
        let errors = count!("plan.errors", errors.len() as u64);
        Failure::new(
            Exit::Invalid,
            word!("drill.broken", file = file.display(), errors),
        )
        .next(word!("drill.broken-next"))
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
    let teller = Teller::of(score, language());
    let (drill, title, seed) = (&score.drill, score.name(language()), score.seed);
    output::line(&word!("drill.played", drill, title, seed))?;
    output::line("")?;
    output::line(&teller.verdict(score))?;
    output::line("")?;
    let advice = advice(score);
    let advice: Vec<_> = advice.iter().map(|one| teller.advice(one)).collect();
    changes(word!("drill.changes"), &advice)?;
    let missed = score.releases.iter().filter(|r| r.on_time == Some(false));
    let missed: Vec<_> = missed.collect();
    if !missed.is_empty() {
        output::table(
            word!("drill.missed-heads"),
            missed.iter().take(MOST).map(|release| {
                [
                    teller.release(release),
                    match release.slack {
                        Some(slack) => teller.say(&words::slack(slack)),
                        None => teller.state(release),
                    },
                    release
                        .cause
                        .as_ref()
                        .map_or_else(String::new, |why| teller.cause(why)),
                ]
            }),
        )?;
        if missed.len() > MOST {
            output::line(&count!("fabu.more", (missed.len() - MOST) as u64))?;
        }
        output::line("")?;
    }
    figures(score, &teller)?;
    output::line("")?;
    for refused in &score.refused_injects {
        output::line(&word!("drill.refused", refused))?;
    }
    output::table(
        word!("drill.expected-heads"),
        score.expectations.iter().map(|e| {
            [
                match e.met {
                    Some(true) => "✓",
                    Some(false) => "✗",
                    None => "—",
                }
                .to_owned(),
                either(&e.expected, &e.expected_en).to_owned(),
                either(&e.found, &e.found_en).to_owned(),
            ]
        }),
    )?;
    Ok(())
}

/// What to change, why, and where.
pub(super) fn changes(head: &str, advice: &[Change]) -> Result<()> {
    if advice.is_empty() {
        return Ok(());
    }
    output::line(head)?;
    for (n, Change { what, why, place }) in (1..).zip(advice) {
        output::line(&format!("{n}. {what}"))?;
        output::line(&format!("   {why}"))?;
        output::line(&format!("   {}", word!("drill.change-in", place)))?;
    }
    output::line("")?;
    Ok(())
}

fn figures(score: &Score, teller: &Teller) -> Result<()> {
    let card = &score.card;
    let length = |value: Option<i64>| value.map_or_else(|| "—".to_owned(), when::seconds);
    let share = |value: Option<i64>| value.map_or_else(|| "—".to_owned(), words::permille);
    let on_time = word!(
        "drill.share",
        share = share(card.on_time_permille),
        part = card.on_time,
        whole = card.on_time + card.late + card.missed
    );
    let first = score.posts.first();
    let waited = first.map_or_else(
        || "—".into(),
        |post| {
            let name = teller.names.post(language(), &post.post);
            let (waited, times) = (when::seconds(post.waited), post.times);
            word!("drill.waited", post = name, waited, times)
        },
    );
    let median = card.median_slack;
    let median = median.map_or_else(|| "—".into(), |left| teller.say(&words::slack(left)));
    let (releases, out) = (card.releases, card.published);
    let mut rows = vec![
        [
            word!("drill.releases").into(),
            word!("drill.releases-out", releases, out),
        ],
        [word!("drill.on-time").into(), on_time],
        [
            word!("drill.late-missed").into(),
            format!("{} / {}", card.late, card.missed),
        ],
    ];
    if card.by_plan > 0 {
        let by_plan = card.by_plan.to_string();
        rows.push([word!("drill.by-plan").into(), by_plan]);
    }
    if card.later > 0 {
        let later = card.later.to_string();
        rows.push([word!("drill.later").into(), later]);
    }
    rows.extend([
        [word!("drill.median-slack").into(), median],
        [
            word!("drill.first-text").into(),
            length(card.first_bulletin_after),
        ],
        [
            word!("drill.slowest-correction").into(),
            length(card.worst_correction),
        ],
        [
            word!("drill.accepted").into(),
            share(card.accepted_permille),
        ],
        [
            word!("drill.delivered").into(),
            share(card.delivered_permille),
        ],
        [word!("drill.waited-for").into(), waited],
    ]);
    output::table(word!("drill.status-heads"), rows)?;
    Ok(())
}
