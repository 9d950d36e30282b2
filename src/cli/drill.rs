//! `fabu drill`: plans played through. Needs no server, reaches no one, writes only into `--out`.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{Exit, Failure, Place, Result, output};
use crate::clock::{Clock, SystemClock};
use crate::drill::many::{self, Chance, Many};
use crate::drill::report::{self, Lesson};
use crate::drill::scenario::{self, Extra, Scenario};
use crate::drill::score::{Score, Stages};
use crate::drill::{compare, play, score, transcript, words};
use crate::plan::diagnostic::Severity;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Play a scenario to its end and say whether what it expects came about
    Run(RunArgs),
    /// Put two runs side by side
    Compare(CompareArgs),
    /// Write the report of a run again, with lessons or beside another run
    Report(ReportArgs),
}

#[derive(Debug, Args)]
pub struct CompareArgs {
    /// The folder of the first run, or its score.json
    before: PathBuf,
    /// The folder of the second
    after: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The folder that `drill run --out` wrote
    run: PathBuf,
    /// Lessons to keep in the report, one a line: lesson | owner | date
    #[arg(long, value_name = "FILE")]
    lessons: Option<PathBuf>,
    /// The folder of the run before, for comparison
    #[arg(long, value_name = "DIR")]
    last: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct RunArgs {
    /// The scenario, such as drills/flood-night.yaml
    file: PathBuf,
    /// Where chance begins, instead of the scenario's own seed
    #[arg(long)]
    seed: Option<u64>,
    /// Write transcript.txt, score.json and report.html into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Play this many seeds, from the first on, and say how likely each item is to be on time
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    seeds: Option<u64>,
    /// With --seeds: play them again with more people, such as 'post=section-head deputies=1'
    #[arg(long, value_name = "CHANGE", requires = "seeds")]
    what_if: Option<String>,
    /// Print the score as JSON
    #[arg(long)]
    json: bool,
}

pub fn run(place: &Place, command: Command) -> Result {
    match command {
        Command::Run(args) if args.seeds.is_some() => run_many(place, &args),
        Command::Run(args) => run_one(place, &args),
        Command::Compare(args) => compared(&args),
        Command::Report(args) => reported(&args),
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
        write_into(out, "transcript.txt", &transcript)?;
        write_into(out, "score.json", &score_text(&score)?)?;
        write_into(
            out,
            "report.html",
            &report::write(&score, &transcript, None, &[]),
        )?;
        output::say(&format!(
            "wrote transcript.txt, score.json and report.html into {}",
            out.display()
        ));
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

/// The root is the one given, or the one the scenario lies in.
fn read(place: &Place, file: &Path) -> Result<Scenario> {
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
        let is_colourful =
            std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let mut told = Vec::new();
        // Writing into memory cannot fail.
        let _ = super::plan::check::human(&errors, is_colourful, &mut told);
        let _ = std::io::stderr().write_all(&told);
        let count = output::count(errors.len() as u64, "error", "errors");
        Failure::new(
            Exit::Invalid,
            format!("{}: {count}; nothing was played", file.display()),
        )
        .next("fabu plan check explains every error of the plans and of drills/")
    })
}

/// Asked before the drill, so that nobody waits for what cannot be kept.
fn must_be_writable(out: &Path) -> Result<()> {
    let refuse = |error: std::io::Error| {
        Failure::file(out, "nothing was played", &error).next("name another folder with --out")
    };
    std::fs::create_dir_all(out).map_err(refuse)?;
    let probe = out.join(".fabu-drill");
    std::fs::write(&probe, b"").map_err(refuse)?;
    std::fs::remove_file(&probe).map_err(refuse)
}

fn write_into(out: &Path, name: &str, text: &str) -> Result<()> {
    let path = out.join(name);
    std::fs::write(&path, text)
        .map_err(|error| Failure::file(&path, "the drill was played but this was not kept", &error))
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
                if e.met { "✓" } else { "✗" }.to_owned(),
                format!("{} / {}", e.expected, e.expected_en),
                format!("{} / {}", e.found, e.found_en),
            ]
        }),
    )?;
    output::line(if score.passed {
        "通过 passed"
    } else {
        "未通过 failed"
    })?;
    Ok(())
}

fn run_many(place: &Place, args: &RunArgs) -> Result {
    let mut scenario = read(place, &args.file)?;
    let extra = match args.what_if.as_deref().map(Extra::parse).transpose() {
        Ok(extra) => extra,
        Err(what) => {
            return Err(Failure::new(
                Exit::Usage,
                format!("--what-if: {what}; nothing was played"),
            ));
        }
    };
    if let Some(extra) = &extra {
        let posts = scenario.plans.bodies.iter().flat_map(|body| {
            body.posts
                .iter()
                .map(|post| format!("{}/{}", body.body, post.post))
        });
        if !posts.into_iter().any(|post| extra.is_about(&post)) {
            let what = format!(
                "--what-if: bodies.yaml has no post {:?}; nothing was played",
                extra.post
            );
            return Err(Failure::new(Exit::Invalid, what));
        }
    }
    if let Some(out) = &args.out {
        must_be_writable(out)?;
    }
    let seeds = args.seeds.unwrap_or(1);
    let first = args.seed.unwrap_or(scenario.file.seed);
    let tell = |done: u64| {
        let step = (seeds / 10).max(1);
        if seeds >= 50 && done.is_multiple_of(step) {
            output::say(&format!("{done} of {seeds} played"));
        }
    };
    let usual = many::run(&scenario, first, seeds, tell)?;
    let changed = match extra {
        None => None,
        Some(extra) => {
            scenario.extra.push(extra);
            Some(many::run(&scenario, first, seeds, tell)?)
        }
    };
    if let Some(out) = &args.out {
        let both = serde_json::json!({ "usual": usual, "what_if": changed });
        write_into(out, "seeds.json", &format!("{both:#}\n"))?;
        output::say(&format!("wrote seeds.json into {}", out.display()));
    }
    if args.json {
        output::json(&serde_json::json!({ "usual": usual, "what_if": changed }))?;
    } else {
        print_many(&usual, changed.as_ref())?;
    }
    Ok(if usual.passed.yes == usual.passed.of {
        Exit::Done
    } else {
        Exit::Failed
    })
}

fn likely(chance: Chance) -> String {
    format!(
        "{} ({}–{})",
        words::permille(chance.permille),
        words::permille(chance.low),
        words::permille(chance.high)
    )
}

fn print_many(many: &Many, changed: Option<&Many>) -> Result<()> {
    output::line(&format!(
        "{}  seeds {}…{}",
        many.drill,
        many.first_seed,
        many.first_seed + many.seeds - 1
    ))?;
    output::line(&format!(
        "全部预期达到 all expectations met: {}",
        likely(many.passed)
    ))?;
    if let Some(changed) = changed {
        output::line(&format!(
            "增加人手后 with more people: {}",
            likely(changed.passed)
        ))?;
    }
    output::line("")?;
    let slack = |value: Option<i64>| value.map_or_else(|| "—".to_owned(), words::rough);
    let step = |stages: Stages| {
        let all = stages.all();
        // Sending comes after the deadline's question is settled.
        let most = (0..4)
            .max_by_key(|n| (all[*n], usize::MAX - n))
            .unwrap_or(0);
        let total: i64 = all[..4].iter().sum();
        format!(
            "{} {}%",
            Stages::NAMES[most].0,
            all[most] * 100 / total.max(1)
        )
    };
    output::table(
        [
            "事项 item",
            "按时概率 on time (95%)",
            "增员后 what-if",
            "余时 slack p10",
            "p50",
            "p90",
            "主要耗时 slowest step",
        ],
        many.items.iter().map(|item| {
            let after = changed.and_then(|changed| {
                changed
                    .items
                    .iter()
                    .find(|other| other.plan == item.plan && other.item == item.item)
            });
            [
                format!("{} {}", item.item, item.name),
                likely(item.on_time),
                after.map_or_else(
                    || "—".into(),
                    |after| words::permille(after.on_time.permille),
                ),
                slack(item.slack_p10),
                slack(item.slack_median),
                slack(item.slack_p90),
                step(item.stages),
            ]
        }),
    )?;
    output::line("")?;
    output::table(
        [
            "岗位 post",
            "每次演练等待 waited per play",
            "次数 times",
            "未等到 in vain",
            "增员后 what-if",
        ],
        many.posts.iter().take(8).map(|post| {
            let after = changed
                .and_then(|changed| changed.posts.iter().find(|other| other.post == post.post));
            [
                post.post.clone(),
                words::rough(post.waited),
                post.times.to_string(),
                words::permille(post.unanswered_permille),
                after.map_or_else(|| "—".into(), |after| words::rough(after.waited)),
            ]
        }),
    )?;
    Ok(())
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
    serde_json::from_str(&text).map_err(|error| {
        let place = format!("{}:{}:{}", file.display(), error.line(), error.column());
        Failure::new(
            Exit::Invalid,
            format!("{place}: this is no score of a drill: {error}"),
        )
    })
}

fn compared(args: &CompareArgs) -> Result {
    let (before, after) = (read_score(&args.before)?, read_score(&args.after)?);
    let lines = compare::compare(&before, &after);
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

fn reported(args: &ReportArgs) -> Result {
    let score = read_score(&args.run)?;
    let last = args.last.as_deref().map(read_score).transpose()?;
    let ledger = args.run.join("transcript.txt");
    let transcript = std::fs::read_to_string(&ledger)
        .map_err(|error| Failure::file(&ledger, "no report was written", &error))?;
    let lessons = match &args.lessons {
        None => Vec::new(),
        Some(file) => read_lessons(file)?,
    };
    write_into(
        &args.run,
        "report.html",
        &report::write(&score, &transcript, last.as_ref(), &lessons),
    )?;
    output::say(&format!("wrote {}", args.run.join("report.html").display()));
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
