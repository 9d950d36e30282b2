//! The pages of a drill: words first, one language each, nothing lost on the way.

use std::collections::BTreeMap;

use fabu::domain::bulletin::Language;
use fabu::drill::many;
use fabu::drill::report::{self, Pages};
use fabu::drill::scenario::{Extra, Scenario};
use fabu::drill::score::{self, Cause, Score, Verdict};
use fabu::drill::tell::Teller;
use fabu::drill::{advice, transcript};
use fabu::words::words;

use super::{Play, Run, SMALL, run, written};
use crate::support::command::Desk;

fn pages(run: &Run) -> Pages {
    report::pages(&run.score, &run.transcript, None, &[])
}

fn verdict(score: &Score) -> String {
    Teller::of(score, Language::ZhCn).verdict(score)
}

/// What a reader sees of a page.
pub fn seen(html: &str) -> String {
    let body = html.split("<main>").nth(1).unwrap();
    let body = body.split("</main>").next().unwrap();
    let texts = body
        .split('<')
        .map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    texts.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_first_page_says_in_words_what_came_of_it() {
    let run = run(&written(SMALL).unwrap(), 1, "sqlite::memory:");
    let html = &pages(&run)["report.html"];
    let page = seen(html);
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}: {page}"));
    assert!(place("演练通过：到时限的") < place("还能再快的地方"));
    assert!(place("还能再快的地方") < place("没有迟发，也没有漏发"));
    assert!(place("没有迟发，也没有漏发") < place("发布时间线"));
    assert!(
        page.contains("启动Ⅱ级响应"),
        "what happened stands below the picture"
    );
    for code in ["flood-office", "response-notice", "work-group", "-1h", "T+"] {
        assert!(!page.contains(code), "{code} is a code");
    }
}

#[test]
fn a_page_is_in_one_language_and_links_to_the_other_and_to_the_ledger() {
    let run = run(&written(SMALL).unwrap(), 1, "sqlite::memory:");
    let pages = pages(&run);
    assert_eq!(pages.keys().collect::<Vec<_>>().len(), report::FILES.len());
    for (name, html) in &pages {
        let english = name.contains(".en.");
        let (own, other) = match english {
            true => (Language::En, Language::ZhCn),
            false => (Language::ZhCn, Language::En),
        };
        let text = seen(html);
        let own: BTreeMap<_, _> = words(own).report.all();
        let foreign = words(other).report.all();
        let foreign = foreign
            .iter()
            .filter(|(key, word)| word.len() > 6 && own[*key] != **word);
        for (key, word) in foreign {
            assert!(!text.contains(word), "{name}: {key} is {word:?}");
        }
        let links: Vec<&str> = html
            .split("href=\"")
            .skip(1)
            .filter_map(|l| l.split('"').next())
            .collect();
        let files = links.iter().filter(|link| !link.starts_with('#'));
        for link in files {
            assert!(
                pages.contains_key(*link) || *link == "transcript.txt",
                "{name}: {link}"
            );
        }
    }
    assert!(pages["report.html"].contains("href=\"report.en.html\""));
    assert!(pages["report.en.html"].contains("href=\"ledger.en.html\""));
    let ledger = seen(&pages["ledger.html"]);
    for release in &run.score.releases {
        assert!(ledger.contains(&release.name), "{}", release.name);
    }
    assert!(ledger.contains("值班员 送审"), "posts by name");
}

#[test]
fn the_pages_need_nothing_else_and_hold_what_was_typed_as_text() {
    let run = run(&written(SMALL).unwrap(), 1, "sqlite::memory:");
    let mut score = run.score.clone();
    score.title = "<script>alert(1)</script>".into();
    let lessons =
        report::read_lessons("# 备注\n分发手机号要提前核对 | 防汛办 | 2026-08-01\n").unwrap();
    let pages = report::pages(&score, &run.transcript, Some(&run.score), &lessons);
    for html in pages.values() {
        assert!(!html.contains("<script"), "what was typed stays text");
        assert!(!html.contains("http://") && !html.contains("https://"));
    }
    let html = &pages["report.html"];
    assert!(html.contains("分发手机号要提前核对"));
    assert!(html.contains("上次："));
    assert_eq!(
        report::read_lessons("a | b").unwrap_err(),
        "line 1: expected `lesson | owner | date`, got 2 parts"
    );
}

#[test]
fn who_is_missing_is_the_cause_and_the_first_thing_to_change() {
    let text = SMALL.replace(
        "recipients:",
        "people:\n  - posts: [county-government/duty-leader, flood-headquarters/deputy-commander]\n    absent: [{from: 0m}]\nrecipients:",
    );
    let run = run(&written(&text).unwrap(), 1, "sqlite::memory:");
    let said = verdict(&run.score);
    assert!(
        said.starts_with("演练没有通过：") && said.contains("项没有发出："),
        "{said}"
    );
    let page = seen(&pages(&run)["report.html"]);
    assert!(page.contains("签署慢："), "{page}");
    let first = advice::advice(&run.score).remove(0);
    let change = Teller::of(&run.score, Language::ZhCn).advice(&first);
    assert!(change.what.contains("副指挥长"), "{change:?}");
    assert!(change.why.contains("项因此没有按时"), "{change:?}");
    assert!(
        change.place.starts_with("plans/bodies.yaml："),
        "{change:?}"
    );
}

#[test]
fn what_nobody_could_keep_is_a_fault_of_the_plan_and_not_of_people() {
    // An hour for each hand that a text goes through, and some texts have less for all of it.
    let text = SMALL.replace("{median: 2m, p90: 5m}", "{median: 60m, p90: 61m}");
    let run = run(&written(&text).unwrap(), 1, "sqlite::memory:");
    let card = &run.score.card;
    assert!(card.by_plan > 0, "{card:?}");
    let faults: Vec<_> = run
        .score
        .releases
        .iter()
        .filter(|r| r.is_missed_by_plan())
        .collect();
    assert_eq!(faults.len(), card.by_plan);
    for fault in &faults {
        let short = match fault.cause {
            Some(Cause::TooShort { least, given }) => least - given,
            Some(Cause::ListedLate { over }) => over,
            _ => 0,
        };
        assert!(short > 0, "{fault:?}");
    }
    let judged = run
        .score
        .releases
        .iter()
        .filter(|r| r.on_time.is_some())
        .count();
    assert_eq!(
        card.on_time + card.late + card.missed + card.by_plan,
        judged
    );
    let page = seen(&pages(&run)["report.html"]);
    assert!(page.contains("照方案谁也来不及"), "{page}");
    assert!(page.contains("最快也要"), "{page}");
    let said = verdict(&run.score);
    assert!(said.contains("照方案谁也来不及："), "{said}");
    assert!(!said.contains("没有到时限"), "{said}");
}

/// The same drill as it stood after `minutes`.
fn after(played: &Play, scenario: &Scenario, minutes: i64, is_over: bool) -> (Score, String) {
    let now = scenario.start + chrono::TimeDelta::minutes(minutes);
    let mut play = played.clone();
    play.journal.retain(|entry| entry.at <= now);
    play.ended_at = now;
    play.is_live = true;
    play.is_over = is_over;
    let score = score::score(scenario, 1, &play);
    let transcript = transcript::write(scenario, 1, &play);
    let html = report::pages(&score, &transcript, None, &[])
        .remove("report.html")
        .unwrap();
    (score, html)
}

#[test]
fn a_report_in_the_middle_says_what_is_open_and_judges_nothing_too_early() {
    let text = SMALL.replace(
        "  - only-approved: true",
        "  - only-approved: true\n  - accepted: {channel: sms, within: 10m, percent: 50}\n  - on-time-rate: 50",
    );
    let scenario = written(&text).unwrap();
    let whole = run(&scenario, 1, "sqlite::memory:");
    assert_eq!(whole.score.verdict(), Verdict::Passed);

    let (early, html) = after(&whole.play, &scenario, 3, false);
    assert_eq!(early.verdict(), Verdict::UnderWay);
    assert!(!early.passed, "nothing is passed before it is over");
    let met: Vec<Option<bool>> = early.expectations.iter().map(|e| e.met).collect();
    assert_eq!(met[..2], [None, Some(true)], "{:?}", early.expectations);
    assert_eq!(met[3], None, "{:?}", early.expectations);
    let asked = early.releases.iter().filter(|r| r.undecided);
    assert!(asked.count() > 0 && html.contains("等决定是否采取"));
    let open: Vec<_> = early
        .releases
        .iter()
        .filter(|release| release.is_open(early.end))
        .collect();
    let notice = open.iter().find(|r| r.item == "response-notice").unwrap();
    let why = notice.cause.as_ref().and_then(Cause::post);
    assert_eq!(why, Some("flood-office/duty-officer"));
    for word in ["此刻", "进行中", "还没有发出的", "尚不能判定", "实战演练"] {
        assert!(html.contains(word), "{word} is missing");
    }

    let (stopped, html) = after(&whole.play, &scenario, 3, true);
    assert_eq!(stopped.verdict(), Verdict::Unsettled);
    assert!(!stopped.passed);
    assert!(html.contains("提前结束") && !html.contains("此刻"));
    // What was still to come has its place in the picture, to the right of the line.
    let later = early.releases.iter().filter_map(|r| r.due_at);
    assert!(later.max().unwrap() > early.end);
}

#[test]
fn the_report_of_many_plays_holds_every_item_with_and_without_more_people() {
    let scenario = written(SMALL).unwrap();
    let usual = many::run(&scenario, 1, 3, |_| {}).unwrap();
    let more = Extra::parse("post=duty-officer deputies=1").unwrap();
    let mut helped = scenario.clone();
    helped.extra.push(more.clone());
    let helped = many::run(&helped, 1, 3, |_| {}).unwrap();
    let pages = report::many_pages(&usual, Some((&helped, &more)));
    assert_eq!(pages, report::many_pages(&usual, Some((&helped, &more))));
    let html = &pages["report.html"];
    assert!(!html.contains("<script"));
    assert!(!html.contains("http://") && !html.contains("https://"));
    assert!(!usual.items.is_empty());
    let page = seen(html);
    for item in &usual.items {
        // In three pictures and the table.
        assert!(page.matches(&item.name).count() >= 4, "{}", item.name);
    }
    assert!(
        page.contains("推演3次，") && page.contains("给值班员各加1人后，"),
        "{page}"
    );
    assert!(page.contains("是瓶颈"), "{page}");
    assert!(!page.contains("duty-officer"), "posts by name");
    let alone = report::many_pages(&usual, None);
    assert!(
        !alone["report.html"].contains("增加人手后"),
        "nobody asked what if"
    );
}

#[test]
fn many_plays_leave_their_figures_and_a_report_in_a_folder() {
    let desk = Desk::new();
    desk.done(&["init", ".", "--example"]);
    desk.write("drills/t.yaml", SMALL);
    let play = ["drill", "run", "drills/t.yaml", "--seeds", "2", "--out"];
    let answer = desk.run(&[&play[..], &["out"]].concat());
    assert!([0, 1].contains(&answer.code), "{answer:#?}");
    assert!(answer.err.contains("report.en.html"), "{answer:#?}");
    assert!(answer.out.contains("Of 2 plays, "), "{answer:#?}");
    let figures: serde_json::Value = serde_json::from_str(&desk.read("out/seeds.json")).unwrap();
    let html = desk.read("out/report.html");
    for item in figures["usual"]["items"].as_array().unwrap() {
        assert!(html.contains(item["name"].as_str().unwrap()), "{item}");
    }
    desk.run(&[&play[..], &["drills/t.yaml"]].concat())
        .says(1, &["nothing was played", "--out"]);
}

#[test]
fn a_run_leaves_every_text_that_went_out_as_people_read_it() {
    let desk = Desk::new();
    desk.done(&["init", ".", "--example"]);
    desk.write("drills/t.yaml", SMALL);
    let answer = desk.run(&["drill", "run", "drills/t.yaml", "--out", "out"]);
    assert!([0, 1].contains(&answer.code), "{answer:#?}");
    let (texts, transcript) = (desk.read("out/texts.txt"), desk.read("out/transcript.txt"));
    let rules = |text: &str| text.lines().filter(|l| l.starts_with("════ ")).count();
    assert!(rules(&texts) > 5, "{texts}");
    assert_eq!(rules(&texts), transcript.matches("  系统 发布 ").count());
    for part in [
        "\n\n──── 短信（",
        "\n\n──── English\n【演练】",
        "\n\n──── English SMS (",
    ] {
        assert!(texts.contains(part), "{part} in {texts}");
    }
    // An id says nothing, and another run has others.
    assert!(!texts.contains("D-0"), "{texts}");
    assert!(texts.contains("/s/‹"), "{texts}");
}
