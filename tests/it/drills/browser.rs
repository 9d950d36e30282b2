//! The pages of a drill in a real browser: on a phone and on a desk, by day and by night, and on paper.
//!
//! `FABU_PICTURES=DIR` also leaves screenshots and prints there.

use std::path::{Path, PathBuf};
use std::process::Command;

use fabu::drill::many;
use fabu::drill::report::{self, Pages};
use fabu::drill::scenario::Extra;
use serde_json::Value;

use super::{SMALL, example, run, written};
use crate::support::peers::{cache, program, skip};

/// What the browser noticed on these pages; None when there is no browser here.
fn look(folder: &Path, pages: &Pages) -> Option<Vec<Value>> {
    let packages = cache().join("browser");
    let is_there = packages.join("node_modules/playwright-core").is_dir();
    if !is_there || program("node").is_none() || program("chromium").is_none() {
        skip("Node.js, Chromium or playwright-core is not there");
        return None;
    }
    let write = |(name, html): (&String, &String)| -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, html).unwrap();
        path
    };
    let files: Vec<PathBuf> = pages.iter().map(write).collect();
    let pictures = std::env::var("FABU_PICTURES").unwrap_or_else(|_| "-".into());
    let output = Command::new("node")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/pages.mjs"))
        .arg(&packages)
        .arg(pictures)
        .args(&files)
        .output()
        .expect("node starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let found: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found.len(), files.len() * 4);
    Some(found)
}

fn judge(found: &[Value]) {
    let mut faults = Vec::new();
    for page in found {
        let mut check = |holds: bool, what: &str| {
            if !holds {
                faults.push(format!("{what}: {page:#}"));
            }
        };
        let none = |key: &str| page[key].as_array().is_some_and(Vec::is_empty);
        check(
            page["overflow"].as_i64() <= Some(0) && none("wide"),
            "wider than the screen",
        );
        check(none("scrolled"), "a part is scrolled sideways");
        check(none("foreign"), "asks another host");
        check(none("complaints"), "the browser complains");
        check(none("faults"), "axe");
        check(page["scripts"] == 0, "runs a script");
        let is_phone = page["view"]
            .as_str()
            .is_some_and(|view| view.starts_with("360"));
        check(!is_phone || page["tables"] == 0, "a table on a phone");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_report_can_be_read_on_a_phone_at_night_and_fits_six_sheets_of_paper() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = example("flood-night");
    let run = run(&scenario, scenario.file.seed, "sqlite::memory:");
    let pages = report::pages(&run.score, &run.transcript, Some(&run.score), &[]);
    let Some(found) = look(folder.path(), &pages) else {
        return;
    };
    judge(&found);
    for page in found
        .iter()
        .filter(|page| page["at"].as_str().unwrap().starts_with("report"))
    {
        let sheets = page["sheets"].as_u64();
        assert!(sheets.is_none_or(|sheets| sheets <= 6), "{page:#}");
    }
    assert!(found.iter().any(|page| page["sheets"].is_u64()));
}

#[test]
fn what_was_late_and_what_many_plays_showed_can_be_read_too() {
    let folder = tempfile::tempdir().unwrap();
    let text = SMALL.replace("{median: 2m, p90: 5m}", "{median: 25m, p90: 90m}");
    let scenario = written(&text).unwrap();
    let late = run(&scenario, 1, "sqlite::memory:");
    assert!(late.score.card.late + late.score.card.missed > 0);
    let usual = many::run(&scenario, 1, 2, |_| {}).unwrap();
    let more = Extra::parse("post=duty-officer deputies=1").unwrap();
    let mut helped = scenario.clone();
    helped.extra.push(more.clone());
    let helped = many::run(&helped, 1, 2, |_| {}).unwrap();
    let many = report::many_pages(&usual, Some((&helped, &more)));
    let mut pages = report::pages(&late.score, &late.transcript, None, &[]);
    pages.extend(
        many.into_iter()
            .map(|(name, html)| (format!("many-{name}"), html)),
    );
    if let Some(found) = look(folder.path(), &pages) {
        judge(&found);
    }
}
