//! `fabu doctor`: looks at everything an installation stands on and says what is missing, before an emergency does.
//!
//! It changes nothing in the database, sends nothing, and asks each channel's provider only whether it answers.

mod data;
mod machine;
mod outlook;
mod reach;
mod rights;
mod running;
mod turns;

use serde::Serialize;

use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::domain::plan::PlanSet;

use super::failure::understood;
use super::output::{json, say, table};
use super::session::configuration;
use super::words::{count, named, word};
use super::{Exit, Place, Result};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[arg(long)]
    offline: bool,
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Verdict {
    Ok,
    /// It is not in use, or was not asked.
    Idle,
    /// It works, and somebody should look at it.
    Warn,
    /// Something due would not go out.
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    check: String,
    verdict: Verdict,
    detail: String,
    /// What to do about it.
    next: Option<String>,
}

impl Finding {
    /// What was looked at, as people call it; `--json` has the same name in every language.
    fn name(&self) -> String {
        match self.check.split_once(' ') {
            Some(("channel", code)) => word!("doctor.channel", code),
            Some(("trouble", code)) => word!("doctor.trouble", code),
            Some(("receipts", code)) => word!("doctor.receipts", code),
            _ => named!("doctor.check", &self.check),
        }
    }
}

/// Collects what the checks find, in the order they run.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn ok(&mut self, check: impl Into<String>, detail: impl Into<String>) {
        self.add(check.into(), Verdict::Ok, detail.into(), None);
    }

    fn idle(&mut self, check: impl Into<String>, detail: impl Into<String>) {
        self.add(check.into(), Verdict::Idle, detail.into(), None);
    }

    fn warn(
        &mut self,
        check: impl Into<String>,
        detail: impl Into<String>,
        next: impl Into<String>,
    ) {
        self.add(
            check.into(),
            Verdict::Warn,
            detail.into(),
            Some(next.into()),
        );
    }

    fn fail(
        &mut self,
        check: impl Into<String>,
        detail: impl Into<String>,
        next: impl Into<String>,
    ) {
        self.add(
            check.into(),
            Verdict::Fail,
            detail.into(),
            Some(next.into()),
        );
    }

    fn add(&mut self, check: String, verdict: Verdict, detail: String, next: Option<String>) {
        self.0.push(Finding {
            check,
            verdict,
            detail,
            next,
        });
    }

    fn count(&self, verdict: Verdict) -> usize {
        self.0
            .iter()
            .filter(|finding| finding.verdict == verdict)
            .count()
    }
}

pub(super) async fn run(place: &Place, args: Args) -> Result {
    let mut found = Findings::default();
    match configuration(place) {
        Ok(config) => {
            let from = config.file.as_ref().map_or_else(
                || word!("doctor.defaults").to_owned(),
                |file| file.display().to_string(),
            );
            found.ok("configuration", from);
            examine(&config, &args, &mut found).await;
        }
        Err(failure) => found.fail("configuration", failure.what, word!("doctor.correct-place")),
    }
    let (fails, warns) = (found.count(Verdict::Fail), found.count(Verdict::Warn));
    if args.json {
        json(
            &serde_json::json!({"ok": fails == 0, "fails": fails, "warnings": warns, "checks": found.0}),
        )?;
    } else {
        print(&found)?;
        let checks = count!("doctor.checks", found.0.len() as u64);
        say(&word!("doctor.sum", checks, fails, warns));
    }
    Ok(if fails == 0 { Exit::Done } else { Exit::Failed })
}

/// The clock of the office, as its plans have it.
fn zone(plans: Option<&PlanSet>) -> chrono_tz::Tz {
    let first = plans.and_then(|plans| plans.plans.first());
    first.map_or(chrono_tz::UTC, |pinned| pinned.plan.zone)
}

async fn examine(config: &Config, args: &Args, found: &mut Findings) {
    let now = SystemClock.now();
    let plans = plans(config, now.date_naive(), found);
    let running = running::ask(config).await;
    machine::look(config, plans.as_ref(), running.is_ours(), now, found);
    running.tell(found);
    data::look(config, plans.as_ref(), now, found).await;
    match plans {
        Some(plans) => reach::look(config, plans, args.offline, found).await,
        None => found.warn("channels", word!("doctor.unlooked"), "fabu plan check"),
    }
}

fn plans(config: &Config, today: chrono::NaiveDate, found: &mut Findings) -> Option<PlanSet> {
    let root = &config.server.root;
    let reading = crate::plan::read(root, today);
    let (is_warned, errors) = (
        reading.warnings() > 0,
        count!("plan.errors", reading.errors() as u64),
    );
    let warnings = count!("plan.warnings", reading.warnings() as u64);
    let check = format!("fabu plan check {}", root.display());
    match &reading.set {
        None => found.fail(
            "plans",
            word!("doctor.plans-broken", errors, warnings),
            check,
        ),
        Some(set) if set.plans.is_empty() => {
            found.warn(
                "plans",
                word!("doctor.no-plan"),
                word!("doctor.no-plan-next"),
            );
        }
        Some(set) => {
            let plans = count!("plan.plans", set.plans.len() as u64);
            if is_warned {
                found.warn(
                    "plans",
                    word!("doctor.plans-warned", plans, warnings),
                    check,
                );
            } else {
                let channels = count!("plan.channels", set.channels.len() as u64);
                let bodies = count!("doctor.bodies", set.bodies.len() as u64);
                found.ok("plans", word!("doctor.plans", plans, channels, bodies));
            }
        }
    }
    reading.set
}

fn print(found: &Findings) -> std::io::Result<()> {
    let verdict = |verdict: Verdict| match verdict {
        Verdict::Ok => word!("doctor.ok"),
        Verdict::Idle => word!("doctor.idle-mark"),
        Verdict::Warn => word!("doctor.warn"),
        Verdict::Fail => word!("doctor.fail"),
    };
    table(
        word!("doctor.heads"),
        found.0.iter().map(|finding| {
            [
                verdict(finding.verdict).to_owned(),
                finding.name(),
                understood(&finding.detail),
            ]
        }),
    )?;
    let todo: Vec<&Finding> = found
        .0
        .iter()
        .filter(|finding| finding.next.is_some())
        .collect();
    if !todo.is_empty() {
        say(&format!("\n{}", word!("doctor.to-do")));
    }
    for finding in todo {
        let next = finding.next.as_deref().unwrap_or_default();
        say(&word!("doctor.do-so", check = finding.name(), next));
    }
    Ok(())
}
