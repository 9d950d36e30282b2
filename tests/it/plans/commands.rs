//! `fabu plan …` as a user types it: what is printed, where, and the exit code.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use super::base::Root;

pub fn fabu(root: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fabu"))
        .current_dir(root)
        .env("NO_COLOR", "1")
        .arg("plan")
        .args(args)
        .output()
        .expect("the program runs")
}

pub fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

pub fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("JSON on standard output")
}

pub const TODAY: &str = "--today=2026-11-23";

#[test]
fn check_shows_the_line_with_a_caret_under_the_word() {
    let root = Root::sound()
        .plan("channels: [portal, sms]", "channels: [portal, smss]")
        .plan(
            "title: 防汛信息公开方案",
            "title: 防汛信息公开方案\nrevison: 1",
        );
    let output = fabu(root.path(), &["check", TODAY]);
    assert_eq!(output.status.code(), Some(3));
    insta::assert_snapshot!("check_output", text(&output.stdout));
    assert_eq!(
        text(&output.stderr),
        "plan check: 2 errors, no warnings; nothing of this was taken into use\n"
    );
}

#[test]
fn a_caret_stands_right_under_chinese_text() {
    let root = Root::sound().edit(
        "plans/bodies.yaml",
        "name: 科长, sign-within: 10m",
        "name: 科长, sign-whithin: 10m",
    );
    let output = fabu(root.path(), &["check", TODAY]);
    let lines: Vec<&str> = text(&output.stdout).lines().collect();
    let at = lines
        .iter()
        .rposition(|line| line.contains("sign-whithin: 10m"))
        .expect("the line");
    // Every Chinese character before it is two columns wide.
    let before = lines[at].split("sign-whithin").next().expect("a head");
    let wide = before.chars().filter(|c| !c.is_ascii()).count();
    assert_eq!(lines[at + 1].find('^'), Some(before.chars().count() + wide));
}

#[test]
fn check_as_json_has_exactly_the_promised_keys() {
    let root = Root::sound().plan("event: flood", "event: floods");
    let output = fabu(root.path(), &["check", "--json", TODAY]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(
        json(&output),
        serde_json::json!({"diagnostics": [{
            "severity": "error", "code": "unknown-event", "file": "plans/flood/plan.yaml", "line": 4, "column": 8,
            "message": "there is no event type `floods`", "help": "did you mean `flood`?"
        }]})
    );
    let sound = fabu(Root::sound().path(), &["check", "--json", TODAY]);
    assert_eq!(sound.status.code(), Some(0));
    assert_eq!(json(&sound), serde_json::json!({"diagnostics": []}));
}

#[test]
fn warnings_alone_do_not_fail_a_check() {
    let root = Root::sound().plan("review-by: 2027-04-30", "review-by: 2026-11-22");
    let output = fabu(root.path(), &["check", TODAY]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).starts_with("warning[review-overdue]"));
}

#[test]
fn a_part_of_a_root_is_checked_with_all_that_it_leans_on() {
    let root = Root::sound()
        .plan("channels: [portal, sms]", "channels: [portal, smss]")
        .edit(
            "channels/mail.yaml",
            "channel: mail",
            "channel: mail\nbogus: 1",
        );
    let codes = |path: &str| -> Vec<String> {
        let output = fabu(root.path(), &["check", path, "--json", TODAY]);
        let found = json(&output)["diagnostics"]
            .as_array()
            .expect("a list")
            .clone();
        found
            .iter()
            .map(|d| {
                format!(
                    "{} {}",
                    d["code"].as_str().expect("a code"),
                    d["file"].as_str().expect("a file")
                )
            })
            .collect()
    };
    let plan = "unknown-channel plans/flood/plan.yaml";
    assert_eq!(codes("plans/flood"), [plan]);
    assert_eq!(codes("plans/flood/plan.yaml"), [plan]);
    assert_eq!(
        codes("channels/mail.yaml"),
        ["unknown-key channels/mail.yaml"]
    );
    assert_eq!(
        codes("plans/flood/templates/lifted.hbs"),
        Vec::<String>::new()
    );
    assert_eq!(codes(".").len(), 2);
}

#[test]
fn a_file_outside_any_root_is_checked_for_its_form() {
    let root = Root::sound()
        .write(
            "elsewhere/sms.yaml",
            "channel: sms\nname: x\nkind: sms\nbogus: 1\n",
        )
        .write("elsewhere/note.txt", "x: 1");
    let output = fabu(
        root.path(),
        &[
            "check",
            "elsewhere/sms.yaml",
            "elsewhere/note.txt",
            "elsewhere/gone.yaml",
        ],
    );
    assert_eq!(output.status.code(), Some(3));
    let said = text(&output.stdout);
    for code in ["unknown-key", "unknown-file", "unreadable-file"] {
        assert!(said.contains(code), "{code}: {said}");
    }
}

#[test]
fn show_is_a_matrix_of_items_by_levels() {
    let root = Root::sound();
    let output = fabu(root.path(), &["show", "flood"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    // The hash of the plan is in the second line; it has a test of its own.
    let lines: Vec<&str> = shown.lines().collect();
    insta::assert_snapshot!("show_output", lines[2..].join("\n"));

    let list = json(&fabu(root.path(), &["show", "--json"]));
    assert_eq!(
        list["plans"][0]["levels"]["III"][1]["repeat"]["every"],
        "6h"
    );
    assert_eq!(list["plans"][0]["end"][0]["role"], "termination");
}

#[test]
fn show_refuses_plans_with_errors_and_plans_that_are_not_there() {
    let broken = Root::sound().plan("event: flood", "event: floods");
    let output = fabu(broken.path(), &["show"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("unknown-event"));
    let output = fabu(Root::sound().path(), &["show", "fire"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("there is no plan `fire` in .; it has flood"));
}

#[test]
fn diff_says_what_changes_for_whom() {
    let old = Root::sound();
    let new = Root::sound()
        .plan("due: {within: 40m, of: activation}", "due: {within: 30m, of: activation}")
        .plan("repeat: {every: 6h}", "repeat: {every: 4h}")
        .plan("channels: [portal, sms]", "channels: [portal, mail]\n        audience: {groups: [schools]}")
        .plan("      - item: summary", "      - item: summary-2\n        template: lifted\n        route: ordinary\n        name: 小结\n        kind: bulletin\n        channels: [portal]\n        due: {within: 2d, of: termination}\n      - item: summary")
        .plan("sign: [head, leader]", "sign: [leader]")
        .plan("drop: [closure-lifted]", "drop: []")
        .template("questions", "问：", "请问：");
    let (old, new) = (old.path().to_string_lossy(), new.path().to_string_lossy());
    let output = fabu(Path::new("/"), &["diff", &old, &new]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    insta::assert_snapshot!("diff_output", text(&output.stdout));
    let same = json(&fabu(Path::new("/"), &["diff", &old, &old, "--json"]));
    assert_eq!(same["plans"][0]["change"], "unchanged");
}

#[test]
fn diff_says_from_which_hour_a_lifting_lifts() {
    let text = "---\ntitle: 恢复上课\n---\n{{closure-areas}}自{{closure-end}}起恢复。\n";
    let old = Root::in_both_languages(text);
    let new = Root::in_both_languages(text).plan(
        "lifts: [closure]\n",
        "lifts: [closure]\n        effective: closure-end\n",
    );
    let (old, new) = (old.path().to_string_lossy(), new.path().to_string_lossy());
    let found = json(&fabu(Path::new("/"), &["diff", &old, &new, "--json"]));
    let found = &found["plans"][0]["differences"][0];
    assert_eq!(found["item"], "closure-lifted", "{found}");
    assert_eq!(found["after"], "lifts from the hour in closure-end");
}

/// Posts, signers and channels stand in it by name, in the reader's language.
#[test]
fn diff_names_who_answers_concerns() {
    let old = Root::answering();
    let new = Root::answering().plan(
        "answer: head, within: 2h, route: ordinary, channels: [portal]",
        "answer: head, within: 90m, route: ordinary, channels: [portal, mail]",
    );
    let (old, new) = (old.path().to_string_lossy(), new.path().to_string_lossy());
    for (lang, words) in [
        (
            "zh-CN",
            "值班员盯守，科长在 1小时30分钟 内答复，经科长、带班领导签发，渠道：门户、邮件",
        ),
        (
            "en",
            "watched by 值班员; answered by 科长 within 1h30m, signed by 科长, 带班领导; on 门户, 邮件",
        ),
    ] {
        let diff = ["--lang", lang, "diff", &old, &new, "--json"];
        let found = json(&fabu(Path::new("/"), &diff));
        let found = &found["plans"][0]["differences"][0];
        assert_eq!(found["after"], words);
        assert_eq!(
            found["whom"].as_str().map(|whom| whom.contains("duty")),
            Some(false)
        );
    }
}

/// A raise lists what it calls for, and a level that is no lower one is refused.
#[test]
fn a_raise_is_simulated() {
    let root = Root::sound();
    let at = ["--at", "2026-11-25T08:00:00+08:00", "--json"];
    let raise = |from, to| {
        let args = ["simulate", "flood", "--level", to, "--raised-from", from];
        fabu(root.path(), &[&args[..], &at[..]].concat())
    };
    let listed = json(&raise("III", "II"));
    let releases = listed["plans"][0]["releases"].as_array().expect("a list");
    let items: Vec<&str> = releases
        .iter()
        .filter_map(|one| one["item"].as_str())
        .collect();
    assert!(items.contains(&"closure"), "{items:?}");
    let notice = releases
        .iter()
        .find(|one| one["item"] == "response-notice")
        .expect("a notice");
    assert_eq!(notice["occurrence"], 2, "the notice is issued again");
    assert_eq!(notice["due_at"], "2026-11-25T08:40:00+08:00");
    assert_eq!(raise("I", "II").status.code(), Some(3));
    assert_eq!(raise("II", "II").status.code(), Some(3));
}

#[test]
fn schema_prints_and_writes() {
    let root = Root::sound();
    let printed = json(&fabu(root.path(), &["schema", "channel"]));
    assert_eq!(printed["additionalProperties"], false);
    let output = fabu(root.path(), &["schema", "--write", "schema"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(root.path().join("schema/plan.schema.json").exists());
    assert_eq!(
        fabu(root.path(), &["schema", "plans"]).status.code(),
        Some(2)
    );
}

#[test]
fn simulate_marks_a_deadline_that_was_counted_past_the_calendar() {
    let root = Root::sound().plan(
        "due: {within: 1h, of: activation}",
        "due: {within: 10d, of: activation, calendar: working-day}",
    );
    let ask = |at: &str, more: &[&str]| {
        let args = [
            "simulate", "flood", "--level", "IV", "--days", "30", "--at", at,
        ];
        fabu(root.path(), &[&args[..], more].concat())
    };
    let late = ask("2026-12-21T03:00:00+08:00", &[]);
    assert!(
        text(&late.stderr).contains("no holidays of 2027"),
        "{}",
        text(&late.stderr)
    );
    assert!(
        text(&late.stdout).contains("holidays of 2027 not known"),
        "{}",
        text(&late.stdout)
    );
    let rows = json(&ask("2026-12-21T03:00:00+08:00", &["--json"]));
    let marked = rows["plans"][0]["releases"]
        .as_array()
        .expect("a list")
        .iter();
    assert!(marked.clone().any(|row| row["due_beyond_calendar"] == 2027));
    let early = ask("2026-12-01T03:00:00+08:00", &[]);
    assert!(
        !text(&early.stderr).contains("2027"),
        "{}",
        text(&early.stderr)
    );
}

#[test]
fn simulate_lists_what_a_declaration_would_call_for() {
    let root = Root::sound();
    let at = "2026-07-01T03:00:00+08:00";
    let output = fabu(
        root.path(),
        &["simulate", "flood", "--level", "III", "--at", at],
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    insta::assert_snapshot!("simulate_output", text(&output.stdout));

    let list = json(&fabu(
        root.path(),
        &[
            "simulate",
            "flood",
            "--level",
            "II",
            "--at",
            at,
            "--known-at",
            "2026-07-01T01:00:00+08:00",
            "--json",
        ],
    ));
    let releases = list["plans"][0]["releases"].as_array().expect("a list");
    let situation = releases
        .iter()
        .find(|r| r["item"] == "situation")
        .expect("the bulletin");
    assert_eq!(
        situation["due_at"], "2026-07-01T06:00:00+08:00",
        "five hours after it was known"
    );
    let closure = releases
        .iter()
        .find(|r| r["item"] == "closure")
        .expect("the closure");
    assert_eq!(closure["due_at"], "2026-07-01T03:30:00+08:00");

    let later = fabu(
        root.path(),
        &[
            "simulate",
            "flood",
            "--level",
            "II",
            "--at",
            at,
            "--known-at",
            "2026-07-02T01:00:00+08:00",
        ],
    );
    assert_eq!(later.status.code(), Some(3));
}
