//! What a limit that was not kept is put down to, and what is no miss at all.

use fabu::domain::bulletin::Language;
use fabu::domain::trace::{self, timeliness};
use fabu::drill::advice;
use fabu::drill::report;
use fabu::drill::score::{Begun, Cause, ReleaseScore, Score, Since};
use fabu::drill::tell::{Change, Kind, Teller};

use super::words::seen;
use super::{Run, SMALL, example, run, written};

fn teller(score: &Score) -> Teller<'_> {
    Teller::of(score, Language::ZhCn)
}

fn changes(score: &Score) -> Vec<Change> {
    let advice = advice::advice(score);
    advice.iter().map(|one| teller(score).advice(one)).collect()
}

fn page(run: &Run) -> String {
    seen(&report::pages(&run.score, &run.transcript, None, &[])["report.html"])
}

fn played(from: &str, to: &str) -> Run {
    let text = SMALL.replace(from, to);
    assert_ne!(text, SMALL);
    run(&written(&text).unwrap(), 1, "sqlite::memory:")
}

fn of<'a>(score: &'a Score, item: &str) -> &'a ReleaseScore {
    let mut all = score.releases.iter().filter(|r| r.item == item);
    all.find(|release| release.published_at.is_some()).unwrap()
}

#[test]
fn a_declaration_after_the_limit_is_late_and_neither_the_plan_nor_a_signer_is_blamed() {
    // The first bulletin is due 5 h after the report, and the report is six hours old.
    let run = played("level: II,", "level: II, known-before: 6h,");
    let bulletin = of(&run.score, "first-bulletin");
    assert_eq!(bulletin.on_time, Some(false), "{bulletin:?}");
    assert!(
        bulletin.published_at < bulletin.due_at,
        "the limit it was given instead is kept"
    );
    assert!(
        bulletin.slack < Some(-3600),
        "an hour and what it took: {bulletin:?}"
    );
    assert!(!bulletin.is_missed_by_plan());
    let why = teller(&run.score).cause(bulletin.cause.as_ref().unwrap());
    assert_eq!(
        why,
        "申报晚了1小时：申报时“接报后5小时”的时限已过；列入后改定的时限按时"
    );
    let card = &run.score.card;
    assert_eq!((card.late > 0, card.by_plan), (true, 0), "{card:?}");
    let sums = timeliness(&trace::read(&run.play.journal), run.score.end);
    assert!(sums[0].late > 0, "the reports count it too: {sums:?}");
    let page = page(&run);
    assert!(page.contains("申报、升级或定等级晚了："), "{page}");
    assert!(!page.contains("照方案谁也来不及"), "{page}");
    let first = changes(&run.score).remove(0);
    assert_eq!(first.what, "早些申报启动响应");
    assert!(
        first.why.contains("“接报后5小时”的时限已过1小时才动"),
        "{first:?}"
    );
    assert!(
        !first.place.contains("rules.yaml") && !first.place.contains("due"),
        "{first:?}"
    );
}

#[test]
fn a_raise_after_the_limit_says_to_which_level_it_came_late() {
    let run = played(
        "level: II, areas: [\"320299\"], expected-duration: 24h}\n  - at: 1m\n    facts: {stand-ins: true}",
        "level: IV, known-before: 4h, areas: [\"320299\"], expected-duration: 24h}\n  - at: 1m\n    facts: {stand-ins: true}\n  - at: 1h30m\n    raise: {to: II, reason: 水位超警}",
    );
    let bulletin = of(&run.score, "first-bulletin");
    assert!(
        matches!(
            bulletin.cause,
            Some(Cause::BegunLate {
                begun: Begun::Raised { .. },
                over: 1800,
                ..
            })
        ),
        "{bulletin:?}"
    );
    let first = changes(&run.score).remove(0);
    assert_eq!(first.what, "早些升到Ⅱ级");
    assert!(
        first.place.starts_with("plans/flood/plan.yaml："),
        "{first:?}"
    );
}

#[test]
fn a_text_that_was_never_drafted_names_the_fact_and_who_has_to_report_it() {
    let run = played("  - at: 1m\n    facts: {stand-ins: true}\n", "");
    let lacking: Vec<&ReleaseScore> = run
        .score
        .releases
        .iter()
        .filter(|r| r.is_missed() && Kind::of(r.cause.as_ref()) == Kind::Missing)
        .collect();
    assert!(!lacking.is_empty());
    let why = teller(&run.score).cause(lacking[0].cause.as_ref().unwrap());
    assert!(why.starts_with("缺事实，没有成稿："), "{why}");
    assert!(why.contains("值班员报来）"), "{why}");
    let page = page(&run);
    assert!(
        page.contains("缺事实，没有成稿：") && !page.contains("签署慢"),
        "{page}"
    );
    let first = changes(&run.score).remove(0);
    assert!(
        first.what.starts_with("让“") && first.what.contains("早些报来"),
        "{first:?}"
    );
}

#[test]
fn nobody_is_told_to_report_a_conference_before_it_is_held_or_to_leave_out_the_dead() {
    let run = run(&example("chemical-blast"), 2, "sqlite::memory:");
    let mut held = run.score.releases.iter();
    let held = held.find(|release| release.item == "press-held").unwrap();
    assert!(held.lacked.contains(&"press-held-at".to_owned()));
    assert!(held.awaited.is_empty(), "{held:?}");
    for change in changes(&run.score) {
        let said = format!("{change:?}");
        assert!(
            !["实际召开时间", "死亡人数", "没有报来也能先发"]
                .iter()
                .any(|word| said.contains(word)),
            "{said}"
        );
    }
}

#[test]
fn a_conference_that_was_held_is_reported_by_somebody_within_minutes_of_its_hour() {
    let report = "facts: {give: {press-held-at: \"2026-07-01T22:00:00+08:00\"}}";
    let run = played(
        "expect:\n",
        &format!("  - at: 2h45m\n    {report}\nexpect:\n"),
    );
    let mut held = run.score.releases.iter();
    let held = held.find(|release| release.item == "press-held").unwrap();
    let awaited = held.awaited.iter();
    let awaited: Vec<_> = awaited.filter(|one| one.fact == "press-held-at").collect();
    let [one] = &awaited[..] else {
        panic!("{held:?}");
    };
    // Held half an hour after the start, reported two hours and a quarter later.
    assert_eq!(
        (one.since, one.seconds, one.essential),
        (Since::Held, 8100, true)
    );
    let all = changes(&run.score);
    let change = all
        .iter()
        .find(|change| change.what.contains("实际召开时间"));
    let change = change.unwrap_or_else(|| panic!("{all:?}"));
    assert!(
        change.what.contains("值班员在召开后") && !change.place.contains("模板"),
        "{change:?}"
    );
}

#[test]
fn what_is_due_after_the_end_is_neither_kept_nor_missed() {
    let run = played("length: 3h", "length: 40m");
    let card = &run.score.card;
    let later: Vec<&ReleaseScore> = run
        .score
        .releases
        .iter()
        .filter(|release| release.is_later(run.score.end))
        .collect();
    assert!(
        later.iter().any(|release| release.published_at.is_some()),
        "{card:?}"
    );
    assert_eq!(later.len(), card.later);
    let judged = run.score.releases.iter().filter(|r| r.on_time.is_some());
    assert!(
        judged.clone().all(|r| r.limit() <= Some(run.score.end)),
        "{card:?}"
    );
    assert_eq!(
        judged.count(),
        card.on_time + card.late + card.missed + card.by_plan
    );
    assert!(page(&run).contains("时限在结束之后，不计"));
}

#[test]
fn texts_are_numbered_by_what_went_out() {
    let scenario = example("flood-night");
    let run = run(&scenario, scenario.file.seed, "sqlite::memory:");
    let mut items: Vec<&str> = run.score.releases.iter().map(|r| &*r.item).collect();
    items.sort_unstable();
    items.dedup();
    for item in items {
        let all = run.score.releases.iter();
        let mut out: Vec<&ReleaseScore> = all
            .filter(|r| r.item == item && !r.correction && r.published_at.is_some())
            .collect();
        out.sort_by_key(|release| release.published_at);
        let numbers: Vec<Option<usize>> = out.iter().map(|release| release.nth).collect();
        let counted: Vec<Option<usize>> = (1..=out.len()).map(Some).collect();
        assert_eq!(numbers, counted, "{item}");
    }
    let superseded = run
        .score
        .releases
        .iter()
        .filter(|r| r.published_at.is_none() && r.on_time.is_none());
    let superseded: Vec<_> = superseded.filter(|r| !r.is_open(run.score.end)).collect();
    assert!(!superseded.is_empty());
    for release in superseded {
        let name = teller(&run.score).release(release);
        assert!(!name.contains("（第"), "{name}");
    }
}
