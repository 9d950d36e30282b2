//! Drills: the same bytes everywhere, nothing reached, and complaints that say where.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use fabu::domain::trace::timeliness;
use fabu::drill::many;
use fabu::drill::play::{Play, play_alone};
use fabu::drill::scenario::{self, Extra, Scenario};
use fabu::drill::score::{self, Cause, Score};
use fabu::drill::{texts, transcript};
use fabu::flow;
use fabu::plan::diagnostic::Diagnostic;
use fabu::store::Store;

use crate::support::database::Database;

mod browser;
mod judging;
mod words;

const SCENARIOS: [&str; 5] = [
    "flood-night",
    "chemical-blast",
    "tap-water-rumour",
    "typhoon-and-water",
    "quiet-level-iv",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, 1).unwrap()
}

fn example(name: &str) -> Scenario {
    let path = root().join("drills").join(format!("{name}.yaml"));
    scenario::read(&path, &root(), day()).unwrap_or_else(|faults| panic!("{name}: {faults:?}"))
}

/// A scenario of the given text, with the example plans around it.
fn written(text: &str) -> Result<Scenario, Vec<Diagnostic>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.yaml");
    std::fs::write(&path, text).unwrap();
    scenario::read(&path, &root(), day())
}

struct Run {
    play: Play,
    score: Score,
    transcript: String,
    texts: String,
}

fn run(scenario: &Scenario, seed: u64, database: &str) -> Run {
    let play = play_alone(scenario, seed, database).unwrap();
    let score = score::score(scenario, seed, &play);
    let transcript = transcript::write(scenario, seed, &play);
    let texts = texts::write(scenario, &play);
    Run {
        play,
        score,
        transcript,
        texts,
    }
}

/// Without the releases and names: the transcript says all of each, and figures can be reviewed.
fn score_text(score: &Score) -> String {
    let mut score = serde_json::to_value(score).unwrap();
    for listed in ["releases", "names"] {
        score.as_object_mut().unwrap().shift_remove(listed);
    }
    serde_json::to_string_pretty(&score).unwrap() + "\n"
}

/// Compares with the file beside the scenario. With FABU_BLESS set it writes the file instead, for a review by eye.
fn must_be(path: &Path, text: &str) {
    if std::env::var_os("FABU_BLESS").is_some() {
        std::fs::write(path, text).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    if kept != text {
        let line = kept.lines().zip(text.lines()).position(|(a, b)| a != b);
        let line = line.unwrap_or_else(|| kept.lines().count().min(text.lines().count()));
        panic!(
            "{} differs from line {} on:\n  kept: {:?}\n  now:  {:?}\nIf the change is meant, run with FABU_BLESS=1 and review the difference.",
            path.display(),
            line + 1,
            kept.lines().nth(line),
            text.lines().nth(line)
        );
    }
}

fn golden(name: &str, database: &str) -> Run {
    let scenario = example(name);
    let run = run(&scenario, scenario.file.seed, database);
    let file = |ending: &str| root().join("drills").join(format!("{name}.{ending}"));
    must_be(&file("transcript.txt"), &run.transcript);
    must_be(&file("texts.txt"), &run.texts);
    must_be(&file("score.json"), &score_text(&run.score));
    run
}

macro_rules! golden {
    ($($test:ident: $name:literal),+ $(,)?) => {$(
        mod $test {
            use super::*;

            #[test]
            fn plays_as_its_golden_files_say() {
                golden($name, "sqlite::memory:");
            }

            #[tokio::test]
            async fn plays_the_same_on_postgres() {
                let Some(database) = Database::postgres().await else { return };
                let url = database.url.clone();
                let there = tokio::task::spawn_blocking(move || golden($name, &url)).await.unwrap();
                let here = tokio::task::spawn_blocking(|| golden($name, "sqlite::memory:")).await.unwrap();
                // The last seal stands for every byte of the journal before it.
                let seal = |run: &Run| run.play.journal.last().map(|entry| format!("{entry:?}"));
                assert_eq!(seal(&there), seal(&here));
                database.discard().await;
            }
        }
    )+};
}

golden!(
    flood_night: "flood-night",
    chemical_blast: "chemical-blast",
    tap_water_rumour: "tap-water-rumour",
    typhoon_and_water: "typhoon-and-water",
    quiet_level_iv: "quiet-level-iv",
);

#[test]
fn a_drill_on_a_file_plays_as_its_golden_files_say() {
    golden("chemical-blast", &Database::sqlite().url);
}

#[test]
fn every_example_scenario_is_played_here() {
    let mut found: Vec<String> = std::fs::read_dir(root().join("drills"))
        .unwrap()
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            path.extension()
                .is_some_and(|e| e == "yaml")
                .then(|| path.file_stem().unwrap().to_string_lossy().into_owned())
        })
        .collect();
    found.sort();
    let mut known = SCENARIOS.map(str::to_owned);
    known.sort();
    assert_eq!(found, known);
}

/// Short, small, and with everything in it.
const SMALL: &str = "
drill: t
title: 试
plans: [flood]
start: \"2026-07-01 21:30\"
length: 3h
everyone: {median: 2m, p90: 5m}
recipients:
  - {count: 5, areas: [\"320299\"], addresses: [sms, email]}
injects:
  - at: 0m
    declare: {event: flood, level: II, areas: [\"320299\"], expected-duration: 24h}
  - at: 1m
    facts: {stand-ins: true}
expect:
  - on-time: {item: response-notice}
  - only-approved: true
";

/// A conference announced for the morning after a night's flood, and what is reported of it.
fn conference(report: &str) -> score::ReleaseScore {
    let text = SMALL
        .replace("length: 3h", "length: 28h")
        .replace(
            "expected-duration: 24h",
            "expected-duration: 48h, facts: {press-time: \"2026-07-02T10:00:00+08:00\"}",
        )
        .replace("expect:", &format!("{report}expect:"));
    let run = run(&written(&text).unwrap(), 1, "sqlite::memory:");
    let mut held = run.score.releases.into_iter().rev();
    held.find(|line| line.item == "press-held").unwrap()
}

#[test]
fn a_conference_counts_by_when_it_was_held() {
    let at = |text: &str| chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc();
    // What directs the exercise says that it was held as announced, once that is past.
    let kept = conference("  - at: 13h\n    facts: {stand-ins: true}\n");
    let morning = at("2026-07-02T10:00:00+08:00");
    assert_eq!(kept.holding.unwrap().held_at(), Some(morning));
    assert_eq!((kept.on_time, &kept.cause), (Some(true), &None));
    let late = conference(
        "  - at: 25h30m\n    facts: {give: {press-held-at: \"2026-07-02T22:30:00+08:00\"}}\n",
    );
    assert!(
        late.holding.unwrap().is_late() && late.slack == Some(-3600),
        "{late:?}"
    );
    assert_eq!(
        (late.on_time, late.cause),
        (Some(false), Some(Cause::HeldLate { over: 3600 }))
    );
    // Stand-ins before the announced time make no conference.
    let never = conference("  - at: 11h\n    facts: {stand-ins: true}\n");
    assert_eq!((never.published_at, never.on_time), (None, Some(false)));
    assert_eq!(never.cause, Some(Cause::NotHeld));
}

#[test]
fn a_seed_repeats_itself_and_another_one_does_not() {
    let scenario = written(SMALL).unwrap();
    let first = run(&scenario, 1, "sqlite::memory:");
    let again = run(&scenario, 1, "sqlite::memory:");
    let other = run(&scenario, 2, "sqlite::memory:");
    assert_eq!(first.play.journal, again.play.journal);
    assert_eq!(score_text(&first.score), score_text(&again.score));
    assert_ne!(first.transcript, other.transcript);
    assert!(first.score.card.texts > 0);
    assert_eq!(first.score.card.unmarked, 0);
}

#[test]
fn somebody_gone_for_good_without_a_deputy_is_named_and_the_run_ends() {
    let text = SMALL.replace(
        "recipients:",
        "people:\n  - posts: [county-government/duty-leader, flood-headquarters/deputy-commander]\n    absent: [{from: 0m}]\nrecipients:",
    );
    let scenario = written(&text).unwrap();
    let run = run(&scenario, 1, "sqlite::memory:");
    assert!(!run.score.passed);
    let notice = run
        .score
        .releases
        .iter()
        .find(|r| r.item == "response-notice")
        .unwrap();
    assert_eq!((notice.on_time, notice.published_at), (Some(false), None));
    let why = notice.cause.as_ref().unwrap();
    assert_eq!(
        why.post(),
        Some("flood-headquarters/deputy-commander"),
        "{why:?}"
    );
    let waited = run
        .score
        .posts
        .iter()
        .find(|p| p.post == "flood-headquarters/deputy-commander")
        .unwrap();
    assert!(waited.unanswered > 0);
}

#[test]
fn one_more_deputy_makes_waiting_shorter() {
    let scenario =
        written(&SMALL.replace("{median: 2m, p90: 5m}", "{median: 6m, p90: 15m}")).unwrap();
    let usual = many::run(&scenario, 1, 6, |_| {}).unwrap();
    let repeated = many::run(&scenario, 1, 6, |_| {}).unwrap();
    assert_eq!(usual, repeated, "two threads, and still the same figures");
    let mut helped = scenario.clone();
    helped
        .extra
        .push(Extra::parse("post=duty-officer deputies=2").unwrap());
    let helped = many::run(&helped, 1, 6, |_| {}).unwrap();
    let waited = |many: &many::Many| {
        many.items
            .iter()
            .map(|item| item.stages.drafting)
            .sum::<i64>()
    };
    assert!(
        waited(&helped) < waited(&usual),
        "{} < {}",
        waited(&helped),
        waited(&usual)
    );
}

#[test]
fn every_slip_in_a_scenario_is_named_with_its_place() {
    let cases: &[(&str, &str, &str, &str)] = &[
        (
            "plans: [flood]",
            "plans: [flod]",
            "unknown-plan",
            "did you mean `flood`?",
        ),
        (
            "everyone: {median: 2m, p90: 5m}",
            "everyone: {median: 6m, p90: 5m}",
            "p90-below-median",
            "",
        ),
        ("at: 1m", "at: 4h", "inject-after-end", ""),
        ("at: 1m", "at: -4m", "bad-duration", ""),
        (
            "facts: {stand-ins: true}",
            "earthquake: {size: 9}",
            "unknown-key",
            "",
        ),
        (
            "facts: {stand-ins: true}",
            "absent: {post: flood-office/dutty-officer}",
            "unknown-post",
            "did you mean `flood-office/duty-officer`?",
        ),
        (
            "facts: {stand-ins: true}",
            "rumour: {item: rumor-refutation}",
            "unknown-item",
            "did you mean `rumour-refutation`?",
        ),
        (
            "facts: {stand-ins: true}",
            "lower: {to: I, reason: x}",
            "level-not-changed",
            "",
        ),
        (
            "facts: {stand-ins: true}",
            "channel-down: {channel: smss, for: 3m}",
            "unknown-channel",
            "did you mean `sms`?",
        ),
        (
            "{item: response-notice}",
            "{item: rescue-progress}",
            "item-not-at-level",
            "",
        ),
        ("level: II", "level: V", "unknown-value", ""),
        ("2026-07-01 21:30", "2026-02-30 21:30", "no-such-time", ""),
        ("drill: t", "drill: u", "drill-name", ""),
    ];
    for (right, wrong, code, help) in cases {
        let text = SMALL.replace(right, wrong);
        assert_ne!(text, SMALL, "{right}");
        let faults = written(&text).expect_err(wrong);
        let fault = faults.iter().find(|fault| fault.code == *code);
        let fault = fault.unwrap_or_else(|| panic!("{wrong}: {faults:?}"));
        let line = text.lines().nth(fault.place.line - 1).unwrap();
        let word = line
            .chars()
            .skip(fault.place.column - 1)
            .collect::<String>();
        assert!(
            !word.trim().is_empty(),
            "{wrong}: points at nothing in {line:?}"
        );
        assert!(
            fault
                .help
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default()
                .contains(help),
            "{wrong}: {fault:?}"
        );
    }
}

#[tokio::test]
async fn the_score_and_the_reports_of_one_journal_agree() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("drill.db").display());
    let there = url.clone();
    let score = tokio::task::spawn_blocking(move || run(&example("chemical-blast"), 7, &there))
        .await
        .unwrap()
        .score;
    let store = Store::open(&url).await.unwrap();
    let mut tx = store.read().await.unwrap();
    let told = flow::report::timeline(&mut tx, None).await.unwrap();
    assert!(told.iter().any(|trace| trace.correction.is_some()));
    let of_report: Vec<_> = told
        .iter()
        .map(|t| {
            let stood = (t.opened_at, t.due_at, t.published_at, t.outcome);
            (
                t.item.clone(),
                t.occurrence,
                stood,
                t.slack(),
                t.on_time(score.end),
            )
        })
        .collect();
    let of_score: Vec<_> = score
        .releases
        .iter()
        .map(|r| {
            let stood = (r.opened_at, r.due_at, r.published_at, r.outcome);
            // A drill has an end: what is early for a limit after it is not counted.
            let early = r.is_later(score.end) && r.published_at.is_some();
            let on_time = r.on_time.or(early.then_some(true));
            (r.item.clone(), r.occurrence, stood, r.slack, on_time)
        })
        .collect();
    assert_eq!(of_report, of_score);
    let (all, card) = (&timeliness(&told, score.end)[0], &score.card);
    assert_eq!(all.body, "*");
    let early = |body: Option<&str>| {
        let own = score.releases.iter();
        let own = own.filter(|r| body.is_none_or(|body| body == r.body));
        own.filter(|r| r.published_at.is_some() && r.is_later(score.end))
            .count()
    };
    assert!(early(None) > 0);
    assert_eq!(
        (
            all.planned,
            all.published,
            all.on_time - early(None),
            all.late + all.missed
        ),
        (
            card.releases,
            card.published,
            card.on_time,
            card.late + card.missed + card.by_plan
        )
    );
    assert_eq!(all.median_slack_seconds, card.median_slack);
    for body in &score.bodies {
        let sum = timeliness(&told, score.end);
        let sum = sum.iter().find(|sum| sum.body == body.body).unwrap();
        assert_eq!(
            (sum.on_time - early(Some(&sum.body)), sum.late + sum.missed),
            (body.on_time, body.late + body.missed + body.by_plan)
        );
    }
}

/// The example root with every address of every channel pointing at a listener of ours.
fn root_that_listens(port: u16) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join("plans"), &folder.path().join("plans"));
    copy(&root().join("channels"), &folder.path().join("channels"));
    for entry in std::fs::read_dir(folder.path().join("channels")).unwrap() {
        let path = entry.unwrap().path();
        let mut text = std::fs::read_to_string(&path).unwrap();
        for (from, to) in [
            ("port: 25", format!("port: {port}")),
            ("127.0.0.1:13013", format!("127.0.0.1:{port}")),
            ("127.0.0.1:8080", format!("127.0.0.1:{port}")),
            (
                "telegram:\n",
                format!("telegram:\n  api-url: http://127.0.0.1:{port}\n"),
            ),
        ] {
            text = text.replace(from, &to);
        }
        for variable in ["FABU_FEISHU_URL", "FABU_DINGTALK_URL", "FABU_WECOM_URL"] {
            text = text.replace(
                &format!("url-env: {variable}"),
                &format!("url: http://127.0.0.1:{port}/hook"),
            );
        }
        std::fs::write(&path, text).unwrap();
    }
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn a_whole_drill_reaches_no_one_though_every_channel_has_somebody_listening() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // The listener hears what knocks, or the silence below would mean nothing.
    drop(std::net::TcpStream::connect(("127.0.0.1", port)).unwrap());
    assert!(listener.accept().is_ok());
    listener.set_nonblocking(true).unwrap();

    let root = root_that_listens(port);
    let channels = std::fs::read_dir(root.path().join("channels")).unwrap();
    let pointed = channels
        .filter(|entry| {
            std::fs::read_to_string(entry.as_ref().unwrap().path())
                .unwrap()
                .contains(&format!("{port}"))
        })
        .count();
    assert_eq!(
        pointed, 8,
        "sms, two of mail, telegram, three robots and the portal"
    );
    let path = root.path().join("drills/t.yaml");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, SMALL).unwrap();
    let scenario = scenario::read(&path, root.path(), day()).unwrap();
    let run = run(&scenario, 1, "sqlite::memory:");

    assert!(run.score.card.texts > 50, "{}", run.score.card.texts);
    for channel in [
        "sms",
        "public-mail",
        "telegram",
        "work-group",
        "leaders-group",
        "village-group",
        "notice-board",
    ] {
        let found = run.score.channels.iter().find(|c| c.channel == channel);
        assert!(
            found.is_some_and(|c| c.accepted > 0),
            "{channel} was to be used"
        );
    }
    assert_eq!(run.score.card.unmarked, 0);
    let knocked = listener.accept().map(|(_, from)| from);
    assert!(knocked.is_err(), "{knocked:?} was reached by a drill");
    assert!(
        !root.path().join("notice-board").exists(),
        "no file was written"
    );
}

#[test]
fn a_text_that_claims_to_be_no_drill_never_goes_out() {
    let text = SMALL.replace(
        "expected-duration: 24h}",
        "expected-duration: 24h, facts: {situation: 这 不是，演练}}",
    );
    let scenario = written(&text).unwrap();
    let run = run(&scenario, 1, "sqlite::memory:");
    let notice = run
        .score
        .releases
        .iter()
        .find(|r| r.item == "response-notice")
        .unwrap();
    assert_eq!(notice.published_at, None);
    let said = match &notice.cause {
        Some(Cause::Template { fault }) => fault,
        other => panic!("{other:?}"),
    };
    assert!(said.contains("演练"), "{said}");
}

#[test]
fn a_slow_gateway_shows_as_a_missed_goal() {
    let text = SMALL
        .replace("count: 5", "count: 1500")
        .replace("recipients:", "channels: {sms: {per-second: 2}}\nrecipients:")
        .replace("expect:", "expect:\n  - accepted: {channel: sms, within: 10m, percent: 95}\n  - accepted: {channel: public-mail, within: 10m, percent: 95}");
    let scenario = written(&text).unwrap();
    let run = run(&scenario, 1, "sqlite::memory:");
    let met: Vec<Option<bool>> = run
        .score
        .expectations
        .iter()
        .take(2)
        .map(|e| e.met)
        .collect();
    assert_eq!(
        met,
        [Some(false), Some(true)],
        "{:?}",
        run.score.expectations
    );
}
