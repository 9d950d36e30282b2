//! `fabu doctor`: looks at everything an installation stands on and says what is missing, before an emergency does.
//!
//! It changes nothing in the database, sends nothing, and asks each channel's provider only whether it answers.

mod data;
mod machine;
mod outlook;
mod reach;
mod running;

use serde::Serialize;

use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::domain::plan::PlanSet;

use super::output::{json, say, table};
use super::session::configuration;
use super::{Exit, Place, Result};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Do not ask the channels' providers whether they answer
    #[arg(long)]
    offline: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Verdict {
    Ok,
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

/// Collects what the checks find, in the order they run.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn ok(&mut self, check: impl Into<String>, detail: impl Into<String>) {
        self.add(check.into(), Verdict::Ok, detail.into(), None);
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
            let from = config
                .file
                .as_ref()
                .map_or("no fabu.toml, defaults only".into(), |file| {
                    file.display().to_string()
                });
            found.ok("configuration", from);
            examine(&config, &args, &mut found).await;
        }
        Err(failure) => found.fail(
            "configuration",
            failure.what,
            "correct the place named and run fabu doctor again",
        ),
    }
    let (fails, warns) = (found.count(Verdict::Fail), found.count(Verdict::Warn));
    if args.json {
        json(
            &serde_json::json!({"ok": fails == 0, "fails": fails, "warnings": warns, "checks": found.0}),
        )?;
    } else {
        print(&found)?;
        say(&format!(
            "{} checks: {fails} failed, {warns} to look at",
            found.0.len()
        ));
    }
    Ok(if fails == 0 { Exit::Done } else { Exit::Failed })
}

async fn examine(config: &Config, args: &Args, found: &mut Findings) {
    let now = SystemClock.now();
    let plans = plans(config, now.date_naive(), found);
    machine::look(config, plans.as_ref(), now, found);
    running::look(config, found).await;
    data::look(config, plans.as_ref(), now, found).await;
    match plans {
        Some(plans) => reach::look(config, plans, args.offline, found).await,
        None => found.warn(
            "channels",
            "not looked at: the plan files cannot be used",
            "fabu plan check",
        ),
    }
}

fn plans(config: &Config, today: chrono::NaiveDate, found: &mut Findings) -> Option<PlanSet> {
    let root = &config.server.root;
    let reading = crate::plan::read(root, today);
    let (errors, warnings) = (reading.errors(), reading.warnings());
    let check = format!("fabu plan check {}", root.display());
    match &reading.set {
        None => found.fail(
            "plans",
            format!("{errors} errors, {warnings} warnings: the server would not start"),
            check,
        ),
        Some(set) if set.plans.is_empty() => {
            found.warn(
                "plans",
                "there is no plan yet: nothing can be declared",
                "add plans/<plan>/plan.yaml",
            );
        }
        Some(set) if warnings > 0 => {
            found.warn(
                "plans",
                format!("{} plans, {warnings} warnings", set.plans.len()),
                check,
            );
        }
        Some(set) => found.ok(
            "plans",
            format!(
                "{} plans, {} channels, {} bodies",
                set.plans.len(),
                set.channels.len(),
                set.bodies.len()
            ),
        ),
    }
    reading.set
}

fn print(found: &Findings) -> std::io::Result<()> {
    let word = |verdict: Verdict| match verdict {
        Verdict::Ok => "ok",
        Verdict::Warn => "warn",
        Verdict::Fail => "FAIL",
    };
    table(
        ["", "check", "found"],
        found.0.iter().map(|finding| {
            [
                word(finding.verdict).to_owned(),
                finding.check.clone(),
                finding.detail.clone(),
            ]
        }),
    )?;
    let todo: Vec<&Finding> = found
        .0
        .iter()
        .filter(|finding| finding.next.is_some())
        .collect();
    if !todo.is_empty() {
        say("\nwhat to do:");
    }
    for finding in todo {
        say(&format!(
            "  {}: {}",
            finding.check,
            finding.next.as_deref().unwrap_or_default()
        ));
    }
    Ok(())
}
