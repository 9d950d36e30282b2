//! The law that the example plans rest on: `docs/law.md` shows it as it is, and a plan that rests on other law is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use chrono::NaiveDate;
use fabu::plan::article;
use fabu::plan::diagnostic::Report;
use fabu::plan::file::{Checked, Citation, RulesFile};
use fabu::plan::folder::{self, Files};
use fabu::plan::inherit;

use super::base::Root;

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files() -> Files {
    folder::read(home(), &mut Report::default())
}

fn rules(files: &Files) -> &RulesFile {
    files.rules.as_ref().expect("plans/rules.yaml").spec()
}

/// Citation → where it is used: plans by their names, then rules.
type Uses = BTreeMap<String, BTreeSet<(bool, String)>>;

fn uses(files: &Files) -> Uses {
    let mut uses = Uses::new();
    let mut note = |basis: &[String], is_rule: bool, user: &str| {
        for code in basis {
            let users = uses.entry(code.clone()).or_default();
            users.insert((is_rule, user.into()));
        }
    };
    for folder in &files.plans {
        for (_, draft) in inherit::level(folder, &mut Report::default()).all() {
            let basis = draft.spec.basis.as_deref().unwrap_or_default();
            note(basis, false, &folder.name);
        }
    }
    for rule in &rules(files).rules {
        note(&rule.basis, true, &format!("rule {}", rule.rule));
    }
    uses
}

fn row(citation: &Citation, uses: &Uses) -> String {
    let from = citation.from;
    let in_force = match citation.to {
        Some(to) => format!("{from} – {to}"),
        None => format!("since {from}"),
    };
    let checked = match citation.checked {
        Checked::Text => "text",
        Checked::Mirror => "mirror",
        Checked::Digest => "digest",
        Checked::Not => "not",
    };
    let checked_on = citation.checked_on.map(|on| format!(", {on}"));
    let users = uses.get(&citation.basis).into_iter().flatten();
    let users: Vec<&str> = users.map(|(_, user)| user.as_str()).collect();
    format!(
        "| `{}` | {} {} | {in_force} | {checked}{} | {} |",
        citation.basis,
        citation.document,
        citation.article.as_deref().unwrap_or("–"),
        checked_on.unwrap_or_default(),
        users.join(", "),
    )
}

#[test]
fn the_table_of_citations_is_that_of_the_files() {
    const MARK: &str = "<!-- From here on written by FABU_BLESS=1 cargo test --test it -- table_of_citations -->\n";
    let path = home().join("docs/law.md");
    let kept = std::fs::read_to_string(&path).expect("docs/law.md");
    let (words, _) = kept.split_once(MARK).expect("the mark above the table");
    let files = files();
    let uses = uses(&files);
    let mut now = format!(
        "{words}{MARK}\n| citation | document, article | in force | checked | used in |\n|---|---|---|---|---|\n"
    );
    for citation in &rules(&files).citations {
        writeln!(now, "{}", row(citation, &uses)).expect("a line");
    }
    if std::env::var_os("FABU_BLESS").is_some() {
        std::fs::write(&path, &now).expect("docs/law.md");
    } else {
        for (now, kept) in now.lines().zip(kept.lines()) {
            assert_eq!(
                now, kept,
                "FABU_BLESS=1 writes it anew; read the difference"
            );
        }
        assert_eq!(now.lines().count(), kept.lines().count());
    }
}

#[test]
fn codes_and_articles_agree_and_what_was_checked_says_when() {
    let files = files();
    let mut totals: BTreeMap<&str, (Option<u32>, &str)> = BTreeMap::new();
    for one in &rules(&files).citations {
        let code = &one.basis;
        let named: Vec<u32> =
            article::numbers(one.article.as_deref().unwrap_or_default()).collect();
        if let [number] = named[..] {
            let parts: Vec<&str> = code.split('-').collect();
            let ends = parts.iter().any(|part| *part == number.to_string());
            let is_whole = one.articles.is_none();
            assert!(ends || is_whole, "{code} names article {number}");
        }
        assert!(named.len() < 2, "{code}: one article, one citation");
        assert_eq!(
            one.checked == Checked::Not,
            one.checked_on.is_none(),
            "{code}"
        );
        let (total, first) = *totals.entry(&one.document).or_insert((one.articles, code));
        assert_eq!(
            total, one.articles,
            "{code} and {first} are of one document"
        );
    }
    assert!(totals.len() > 30, "{}", totals.len());
}

/// What the examples say once `old` in `file` is `new`: code and file of each complaint.
fn said(file: &str, old: &str, new: &str, today: &str) -> Vec<(&'static str, String)> {
    said_of(&Root::examples().edit(file, old, new), today)
}

fn said_of(root: &Root, today: &str) -> Vec<(&'static str, String)> {
    let today: NaiveDate = today.parse().expect("a day");
    let place = format!("{}/", root.path().display());
    let said = fabu::plan::read(root.path(), today).diagnostics;
    said.into_iter()
        .map(|one| (one.code, one.place.file.replace(&place, "")))
        .collect()
}

#[test]
fn a_plan_that_rests_on_a_repealed_law_is_refused_from_the_day_after() {
    const WATER: &str = "plans/drinking-water/plan.yaml";
    const FROM: &str = "effective: {from: 2026-08-15, review-by: 2027-08-14}";
    let repealed = "basis: [emergency-response-law-72, water-pollution-law-79, ";
    let cited = "basis: [emergency-response-law-72, ecological-environment-code-293, ";
    let expired = [("citation-expired", WATER.to_owned())];
    assert_eq!(said(WATER, cited, repealed, "2026-08-15"), expired);
    // A plan that is read before the repeal, but takes effect after it.
    assert_eq!(said(WATER, cited, repealed, "2026-08-14"), expired);
    // The new law cannot carry a plan that took effect before it.
    let early = "effective: {from: 2026-08-14, review-by: 2027-08-14}";
    let before = said(WATER, FROM, early, "2026-11-29");
    assert!(before.len() > 10, "{before:?}");
    assert!(
        before
            .iter()
            .all(|(code, _)| *code == "citation-not-in-force")
    );
}

#[test]
fn a_rule_may_rest_on_a_law_until_its_last_day() {
    const RULES: &str = "plans/rules.yaml";
    // A law ends as a whole.
    const ARTICLES: [&str; 4] = ["第九十条", "第九十三条", "第九十五条", "第九十七条"];
    let last = |today: &str| {
        let root = ARTICLES.iter().fold(Root::examples(), |root, article| {
            let from = format!("article: {article}, from: 2026-05-01,");
            root.edit(RULES, &from, &format!("{from} to: 2026-11-28,"))
        });
        said_of(&root, today)
    };
    assert_eq!(last("2026-11-28"), []);
    let files: BTreeSet<String> = last("2026-11-29")
        .into_iter()
        .map(|(_, file)| file)
        .collect();
    let both = [RULES, "plans/hazardous-chemical/plan.yaml"].map(String::from);
    assert_eq!(files, both.into());
}

#[test]
fn pollution_by_a_chemical_accident_is_for_one_organ_alone() {
    const CHEMICAL: &str = "plans/hazardous-chemical/plan.yaml";
    let said = said(
        "plans/rules.yaml",
        "subject: environment-monitoring, bodies: [county-government]",
        "subject: environment-monitoring, bodies: [weather-bureau]",
        "2026-11-29",
    );
    assert!(!said.is_empty());
    let broken = ("rule-broken", CHEMICAL.to_owned());
    assert!(said.iter().all(|one| *one == broken), "{said:?}");
}

/// Ways to cite what is not there, each with the code of what is said of it.
#[test]
fn a_citation_of_what_is_not_there_is_refused() {
    const RULES: &str = "plans/rules.yaml";
    const FLOOD: &str = "plans/flood/templates/emergency-flood-period.hbs";
    const LAW: &str = "{basis: emergency-response-law-72, document: 中华人民共和国突发事件应对法（2024年修订）, article: 第七十二条, from: 2024-11-01";
    let law = |article: &str| LAW.replace("第七十二条", article);
    let title = |title: &str| LAW.replace("2024年修订", title);
    for (file, old, new, code) in [
        (RULES, LAW, law("第一百零七条"), "no-such-article"),
        (RULES, LAW, law("第七十二条之一"), "no-such-article"),
        (RULES, LAW, law("第七二条"), "no-such-article"),
        (RULES, LAW, law("第七十二"), "no-such-article"),
        (RULES, LAW, law("七十二条"), "no-such-article"),
        (RULES, LAW, law("第七十二条第零款"), "no-such-article"),
        (RULES, LAW, law("第七十二条第某项"), "no-such-article"),
        (RULES, LAW, title("2014年修订"), "versions-differ"),
        (RULES, LAW, title("2062年修订"), "wrong-year"),
        (
            RULES,
            LAW,
            LAW.replace("from: 2024", "from: 2014"),
            "versions-differ",
        ),
        (
            RULES,
            LAW,
            LAW.replace("from: 2024", "from: 2026"),
            "wrong-year",
        ),
        (
            RULES,
            "from: 2024-11-01, articles: 106, checked: mirror",
            "from: 2024-11-01, to: 2026-11-28, articles: 106, checked: mirror".into(),
            "citation-expired",
        ),
        (
            RULES,
            "from: 2007-11-01, to: 2024-10-31,",
            "from: 2007-11-01,".into(),
            "versions-differ",
        ),
        (
            FLOOD,
            "防洪法》第四十五条",
            "防洪法》第四百五十五条".into(),
            "no-such-article",
        ),
        (
            FLOOD,
            "防洪法》第四十五条",
            "防讯法》第四十五条".into(),
            "unknown-citation",
        ),
        (
            FLOOD,
            "防洪法》第四十五条",
            "水污染防治法》第七十二条".into(),
            "citation-not-in-force",
        ),
    ] {
        let said = said(file, old, &new, "2026-11-29");
        assert!(said.iter().any(|(one, _)| *one == code), "{new}: {said:?}");
    }
}
