//! The pages in a real browser: Debian's Chromium, on a phone and on a desk, by day and by night.
//!
//! `FABU_PICTURES=DIR` also leaves screenshots and prints there.

use std::path::Path;
use std::process::Command;

use chrono::TimeDelta;
use fabu::domain::portal::{Finding, PortalEntry, Response, Standing};
use fabu::id::RealmKind;
use serde_json::Value;

use super::answer::answer;
use super::corrected::corrected;
use super::lifted::{everywhere, in_part};
use crate::support::bulletins::{Press, a_night, night, settings};
use crate::support::peers::{cache, program};
use crate::support::reader::Stand;

/// What the browser noticed on `paths`; None when there is no browser here.
fn look(stand: &Stand, paths: &[String]) -> Option<Vec<Value>> {
    let packages = cache().join("browser");
    let missing = if program("node").is_none() {
        Some("Node.js")
    } else if program("chromium").is_none() {
        Some("Chromium")
    } else if !packages.join("node_modules/playwright-core").is_dir() {
        Some("playwright-core")
    } else {
        None
    };
    if let Some(missing) = missing {
        let advice = "scripts/support/browser-install.sh installs it";
        assert!(
            !std::env::var("CI").is_ok_and(|ci| ci == "true"),
            "in CI the pages must be looked at, and {missing} is not there: {advice}"
        );
        eprintln!("skipped: {missing} is not there; {advice}");
        return None;
    }
    let pictures = std::env::var("FABU_PICTURES").unwrap_or_else(|_| "-".into());
    let output = Command::new("node")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/portal.mjs"))
        .arg(&packages)
        .arg(format!("http://{}", stand.address))
        .arg(pictures)
        .args(paths)
        .output()
        .expect("node starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(serde_json::from_slice(&output.stdout).expect("the browser's findings"))
}

/// Whether the page at `at` is one that must say what to do on its first 200 pixels.
fn starts_high(at: &str) -> bool {
    at.contains("?now")
}

fn judge(findings: &[Value]) {
    let mut faults = Vec::new();
    for found in findings {
        let mut check = |holds: bool, what: &str, detail: &Value| {
            if !holds {
                faults.push(format!(
                    "{} {}: {what}: {detail}",
                    found["at"], found["view"]
                ));
            }
        };
        let none = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
        let overflow = found["overflow"].as_i64().is_some_and(|by| by <= 0) && none(&found["wide"]);
        check(overflow, "wider than the screen", &found["wide"]);
        check(
            none(&found["small"]),
            "too small for a thumb",
            &found["small"],
        );
        check(
            none(&found["foreign"]),
            "asks another host",
            &found["foreign"],
        );
        check(
            none(&found["complaints"]),
            "the browser complains",
            &found["complaints"],
        );
        check(none(&found["faults"]), "axe", &found["faults"]);
        check(found["cookies"] == 0, "sets cookies", &found["cookies"]);
        check(
            found["line"].as_f64().is_some_and(|line| line >= 1.69),
            "lines too tight",
            &found["line"],
        );
        check(
            found["font"].as_f64().is_some_and(|size| size >= 17.0),
            "type too small",
            &found["font"],
        );
        check(found["sheets"] == 1, "more than a sheet", &found["sheets"]);
        let at = found["at"].as_str().unwrap_or_default();
        // What no longer holds says so first.
        if found["view"] == "phone" && starts_high(at) {
            let starts = found["action"].as_f64().is_some_and(|top| top <= 200.0);
            check(starts, "what to do starts below 200 px", &found["action"]);
        }
        let skip = found["first"]["target"] == "#main" && found["first"]["seen"] == true;
        check(
            skip,
            "the first Tab does not show the way to the text",
            &found["first"],
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_page_can_be_read_on_a_phone_at_night_and_by_those_who_hear_or_type() {
    let night_of = a_night(RealmKind::Actual);
    let stand = Stand::open(night_of.entries.clone(), night(), settings());
    let notice = &night_of.notice.release;
    let mut paths: Vec<String> = [
        "/",
        "/archive",
        "/archive/2026-07",
        "/search?q=%E6%B0%B4%E4%BD%8D",
        "/about",
        "/nowhere",
        "/area/320299101",
    ]
    .map(str::to_owned)
    .into();
    paths.extend([
        format!("/b/{notice}?now"),
        format!("/en/b/{notice}?now"),
        format!("/b/{}?now", night_of.explanation.release),
        format!("/en/elder/b/{notice}?now"),
        format!("/b/{notice}/poster"),
        format!("/en/b/{notice}/poster"),
        format!("/elder/b/{}/poster", night_of.wrong.release),
        "/en/elder/".into(),
        format!("/elder/b/{notice}?now"),
        format!("/b/{}?now", night_of.wrong.release),
        format!("/b/{}", night_of.wrong.release),
        format!("/b/{}", night_of.correction.release) + "?now",
        format!("/b/{}", night_of.withdrawn.release),
        format!("/b/{}", night_of.explanation.release),
        format!("/incident/{}", night_of.notice.incident),
        format!("/verify?q={notice}"),
        "/verify?q=x".into(),
        "/en/".into(),
        "/elder/".into(),
    ]);
    let Some(findings) = look(&stand, &paths) else {
        return;
    };
    assert_eq!(findings.len(), paths.len() * 3);
    judge(&findings);
    // In large print too, what is in force begins where nobody has to scroll.
    for at in ["/elder/", "/en/elder/"] {
        let of = |found: &&Value| found["at"] == at && found["view"] == "phone";
        let found = findings.iter().find(of).expect("the page");
        let top = found["card"].as_f64();
        assert!(
            top.is_some_and(|top| top < 420.0),
            "{at}: the first card begins at {top:?}"
        );
    }
}

#[test]
fn a_long_text_fills_its_sheet_and_nothing_runs_off_it() {
    let mut night_of = a_night(RealmKind::Actual);
    for entry in &mut night_of.entries {
        if entry.release == night_of.notice.release {
            entry.text.text = [entry.text.text.as_str(); 3].join("\n\n");
            entry.text.text_en = entry
                .text
                .text_en
                .as_ref()
                .map(|text| [text.as_str(); 4].join("\n\n"));
        }
    }
    let stand = Stand::open(night_of.entries, night(), settings());
    let path = format!("/b/{}/poster", night_of.notice.release);
    let Some(findings) = look(
        &stand,
        &[path.clone(), format!("/en{path}"), format!("/elder{path}")],
    ) else {
        return;
    };
    judge(&findings);
    for found in findings.iter().filter(|found| found["view"] == "desk") {
        let paper = &found["paper"];
        assert_eq!(paper["clipped"], false, "{found}");
        // A line, what stands between two parts, and what the type of another printer may need.
        assert!(
            paper["blank"].as_f64().is_some_and(|blank| blank < 0.11),
            "{found}"
        );
        let end = paper["end"].as_str().unwrap_or_default();
        assert!(end.contains("全文") || end.contains("full text"), "{end}");
    }
}

#[test]
fn a_rehearsal_and_a_quiet_day_can_be_read_too() {
    let drill = fabu::web::portal::SiteSettings {
        drill: true,
        ..settings()
    };
    let night_of = a_night(RealmKind::Drill);
    let path = format!("/b/{}", night_of.notice.release);
    let stand = Stand::open(night_of.entries, night(), drill);
    if let Some(findings) = look(&stand, &["/?drill".into(), path]) {
        judge(&findings);
    }
    let quiet = Stand::open(Vec::new(), night(), settings());
    if let Some(findings) = look(&quiet, &["/?quiet".into(), "/en/?quiet".into()]) {
        judge(&findings);
    }
}

#[test]
fn what_became_of_texts_can_be_read_too() {
    let press = Press::new(RealmKind::Actual);
    let mut hours = 30..;
    let mut fresh = |mut entry: PortalEntry| {
        let other = press.entry("", hours.next().unwrap_or_default());
        (entry.release, entry.hash) = (other.release, other.hash);
        entry
    };
    let corrected = corrected();
    let (part, lifting) = in_part();
    let (over, _) = everywhere();
    let at = night() - TimeDelta::hours(1);
    let mut ended = over.clone().told(Response::Ended { at });
    ended.standing = Standing::Superseded { at };
    let answer = answer(Finding::Untrue);
    let [part, over, ended, answer, lifting] = [part, over, ended, answer, lifting].map(&mut fresh);
    let pages: Vec<String> = [
        &corrected.wrong.release,
        &part.release,
        &over.release,
        &corrected.withdrawn.release,
        &ended.release,
        &answer.release,
    ]
    .map(|id| format!("/b/{id}"))
    .into();
    let mut paths: Vec<String> = (pages.iter())
        .flat_map(|page| [page.clone(), format!("/en{page}"), format!("{page}/poster")])
        .collect();
    let ask = |words: &str| -> String {
        let words = words.bytes().map(|byte| format!("%{byte:02X}"));
        format!("/verify?q={}", words.collect::<String>())
    };
    paths.extend(
        [
            "解除转移了",
            "临江镇大堤今晚决口",
            &part.text.title,
            "经环城东路到第二中学体育馆安置点",
        ]
        .map(ask),
    );
    paths.extend(["/?became".into(), "/en/?became".into()]);
    let entries = corrected.entries.into_iter();
    let entries = entries.chain([part, over, ended, answer, lifting]);
    let stand = Stand::open(entries.collect(), night(), settings());
    if let Some(findings) = look(&stand, &paths) {
        judge(&findings);
    }
}
