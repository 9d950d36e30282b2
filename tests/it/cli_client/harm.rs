//! What could lead a duty officer to a wrong act or a wrong text.

use super::Office;
use super::office::START;
use crate::support::town::at;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_does_not_sign_is_given_no_command_that_signs() {
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    office
        .by("zhiban", &["release", "submit", &notice])
        .await
        .ok();
    let approve = ["release", "approve", &notice];
    let left = office.at_a_terminal("kezhang", &approve, "\n").await.ok();
    assert!(!left.out.contains("--code"), "{}", left.out);
    let wrong = office
        .at_a_terminal("kezhang", &approve, "1-0000-0000-0000-0000\n")
        .await
        .exits(5)
        .prints(&format!("next: fabu release approve {notice}"));
    assert!(!wrong.out.contains("--code"), "{}", wrong.out);
    assert!(
        office.release(&notice).await["signatures"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    // Whoever's turn it is not hears so before the text, and is not sent to read it again.
    let early = office.at_a_terminal("zhuren", &approve, "").await.exits(4);
    assert!(!early.out.contains("加密巡堤查险"), "{}", early.out);
    assert!(!early.out.contains("release preview"), "{}", early.out);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trial_begins_and_ends_with_saying_so_and_calls_for_nothing() {
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    let trial = ["release", "approve", &notice, "--fast", "--dry-run"];
    let code = office.code("daiban", &notice).await;
    let trial = [&trial[..], &["--code", &code]].concat();
    let said = office.by("daiban", &trial).await.ok();
    let lines: Vec<&str> = said.err.lines().collect();
    assert!(
        lines[0].starts_with("dry run: nothing was changed"),
        "{lines:?}"
    );
    assert_eq!(
        lines.last(),
        Some(&"that was a dry run: nothing was changed")
    );
    assert!(!said.err.contains("next:"), "{}", said.err);
    assert_eq!(office.release(&notice).await["status"], "drafting");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_typed_is_lost_and_every_answer_is_checked_at_once() {
    let mut office = Office::open().await;
    let declare = [
        "incident",
        "declare",
        "flood",
        "--level",
        "II",
        "--area",
        "示例市",
    ];
    // What would be refused anyway is refused before the first question.
    let early = [&declare[..], &["--known-at", "soon"]].concat();
    let early = office.at_a_terminal("zhiban", &early, "").await.exits(2);
    assert!(!early.out.contains("Enter if not known"), "{}", early.out);
    // A text takes it, a number does not.
    let typed = format!("{}{}", "abc\n".repeat(20), "\n".repeat(30));
    let facts = [&declare[..], &["--fact", "situation=普降暴雨"]].concat();
    office
        .at_a_terminal("zhiban", &facts, &typed)
        .await
        .ok()
        .prints("once more");
    let twice = office.at_a_terminal("zhiban", &facts, "").await.exits(5);
    assert!(!twice.out.contains("Enter if not known"), "{}", twice.out);
    let places = [
        "incident", "declare", "flood", "--level", "IV", "--area", "999999",
    ];
    office
        .by("zhiban", &places)
        .await
        .exits(3)
        .tells("320299 Shili City");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fact_takes_a_time_as_every_flag_does() {
    let mut office = Office::open().await;
    let (incident, _) = office.declare().await;
    let facts = |time: &'static str| ["incident", "facts", "", time];
    let mut given = facts("warning-time=10:20");
    given[2] = &incident;
    office
        .by("zhiban", &given)
        .await
        .ok()
        .prints("2026-07-01 10:20");
    let shown = ["incident", "show", &incident, "--json"];
    let shown = office.by("zhiban", &shown).await.ok().json();
    let time = shown["facts"]["warning-time"]["value"].as_str().unwrap();
    assert_eq!(at(time), at("2026-07-01T10:20:00+08:00"), "{START}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slip_of_the_finger_names_nothing_to_change_and_what_is_taken_back_is_asked_about() {
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    let code = office.code("daiban", &notice).await;
    let fast = ["release", "approve", &notice, "--code", &code, "--fast"];
    office.by("daiban", &fast).await.ok();
    let tail = &notice[notice.len() - 2..];
    let why = ["--reason", "误发"];
    let slip = [&["release", "withdraw", tail], &why[..]].concat();
    office.by("daiban", &slip).await.exits(2).tells("too short");
    let withdraw = [&["release", "withdraw", &notice, "--approve"], &why[..]].concat();
    office
        .at_a_terminal("daiban", &withdraw, "\n")
        .await
        .ok()
        .prints(super::NOTICE)
        .prints("Left unsigned.");
    assert_eq!(office.release(&notice).await["status"], "published");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_that_is_switched_off_says_so_beside_the_text() {
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    let off = ["channel", "disable", "work-group"];
    office.by("anquan", &off).await.ok();
    let preview = ["release", "preview", &notice];
    office
        .by("zhiban", &preview)
        .await
        .ok()
        .prints("work-group (switched off, nothing is sent)");
    let code = office.code("daiban", &notice).await;
    let fast = ["release", "approve", &notice, "--code", &code, "--fast"];
    office.by("daiban", &fast).await.ok();
    let delivery = ["report", "delivery", &notice];
    office
        .by("zhiban", &delivery)
        .await
        .ok()
        .prints("work-group (switched off, nothing is sent)");
    let preview = ["release", "preview", &notice, "--lang", "zh-CN"];
    office
        .by("zhiban", &preview)
        .await
        .ok()
        .prints("（已停用，暂不发送）");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_incidents_are_told_apart() {
    let mut office = Office::open().await;
    let (incident, _) = office.declare().await;
    let second = [
        "incident",
        "declare",
        "flood",
        "--level",
        "IV",
        "--area",
        "320299",
        "--another",
        "--title",
        "青山镇山洪",
    ];
    office.by("zhiban", &second).await.ok();
    let heads = |out: &str| {
        let mut lines = out.lines();
        lines
            .find(|line| line.contains(" due "))
            .unwrap()
            .to_owned()
    };
    let both = office.by("zhiban", &["release", "list"]).await.ok();
    assert!(heads(&both.out).contains(" incident "), "{}", both.out);
    both.prints("青山镇山洪");
    office
        .by("zhiban", &["report", "timeline"])
        .await
        .ok()
        .prints("青山镇山洪");
    let one = ["release", "list", "--incident", &incident];
    let one = office.by("zhiban", &one).await.ok();
    assert!(!heads(&one.out).contains(" incident "), "{}", one.out);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_cannot_do_the_next_step_is_told_whom_to_ask() {
    let mut office = Office::open().await;
    let (incident, notice) = office.declare().await;
    let end = ["incident", "end", &incident, "--reason", "雨停水退"];
    let asked = office.by("zhiban", &end).await.ok();
    asked
        .tells("next: ask ")
        .tells("Deputy mayor in charge (People's Government of Shili City)")
        .tells("to run: fabu incident confirm ");
    office
        .by("zhiban", &["release", "submit", &notice])
        .await
        .ok();
    let preview = ["release", "preview", &notice];
    office
        .by("zhuren", &preview)
        .await
        .ok()
        .tells("next: ask Section head (Flood Control Office of Shili City)")
        .tells(&format!("to run: fabu release approve {notice}"));
    // A correction that lacks facts names them all, with the command that gives them.
    let code = office.code("daiban", &notice).await;
    let fast = ["release", "approve", &notice, "--code", &code, "--fast"];
    office.by("daiban", &fast).await.ok();
    let correct = [
        "release",
        "correct",
        &notice,
        "--kind",
        "wrong-content",
        "--reason",
        "录入有误",
    ];
    office
        .by("daiban", &correct)
        .await
        .exits(5)
        .tells(" --fact correction-text=…")
        .tells(" --fact correction-to=…");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_that_is_not_there_is_not_submitted() {
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    let submit = ["release", "submit", &notice, "--take-newer", "9"];
    office
        .by("zhiban", &submit)
        .await
        .exits(3)
        .tells("version 9");
    assert_eq!(office.release(&notice).await["status"], "drafting");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_fits_a_narrow_terminal_with_its_codes_whole() {
    use unicode_width::UnicodeWidthStr as _;
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    let list = ["release", "list", "--lang", "zh-CN"];
    let list = office.at_a_terminal("zhiban", &list, "").await.ok();
    assert!(
        list.out.contains(&notice[notice.len() - 6..]),
        "{}",
        list.out
    );
    assert!(!list.out.contains(&notice), "{}", list.out);
    let lines = list.out.lines().map(|line| line.trim_end_matches('\r'));
    for line in lines {
        assert!(line.width() <= 80, "{line}");
        let first = line.trim_start().chars().next().unwrap_or(' ');
        assert!(!"）、：，。".contains(first), "{line}");
    }
    assert!(list.out.contains("值班员"), "{}", list.out);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_duty_officer_reads_names_and_not_codes() {
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    let zh = ["--lang", "zh-CN"];
    let submit = [&["release", "submit", &notice], &zh[..]].concat();
    office
        .by("zhiban", &submit)
        .await
        .ok()
        .tells("待 示例市防汛抗旱指挥部办公室水旱灾害科科长 签");
    let waive = ["release", "waive", &notice, "--reason", "重复"];
    let refused = [&waive[..], &zh[..]].concat();
    let refused = office.by("fushizhang", &refused).await.exits(4);
    assert!(!refused.err.contains("flood-office/"), "{}", refused.err);
    let show = [&["release", "show", &notice], &zh[..]].concat();
    let shown = office.by("zhiban", &show).await.ok();
    assert!(!shown.out.contains("flood-office"), "{}", shown.out);
}
