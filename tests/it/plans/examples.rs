//! The example plans that come with the program.

use std::path::Path;

use fabu::plan::read;
use fabu::plan::schema::{FileKind, schema_text};

use super::base::today;

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// English readers get no Chinese unit behind a number.
#[test]
fn every_unit_of_the_examples_has_an_english_one() {
    fn is_english(unit: &str) -> bool {
        !unit.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c))
    }
    let set = read(home(), today()).set.expect("plans without faults");
    let mut units = 0;
    for spec in set.plans.iter().flat_map(|p| &p.plan.event.facts) {
        let own = [(&spec.fact, &spec.unit, &spec.unit_en)];
        let columns = spec.columns.iter();
        let columns = columns.map(|c| (&c.column, &c.unit, &c.unit_en));
        for (name, unit, unit_en) in own.into_iter().chain(columns) {
            let Some(unit) = unit else { continue };
            let shown = unit_en.as_ref().unwrap_or(unit);
            assert!(is_english(shown), "{}: {name} shows {shown}", spec.fact);
            units += 1;
        }
    }
    assert!(units > 80, "{units}");
}

#[test]
fn the_six_examples_have_nothing_wrong_with_them() {
    let reading = read(home(), today());
    assert_eq!(reading.diagnostics, []);
    let set = reading.set.expect("plans without faults");
    let codes: Vec<&str> = set.plans.iter().map(|p| p.plan.plan.as_str()).collect();
    assert_eq!(
        codes,
        [
            "drinking-water",
            "earthquake",
            "epidemic",
            "flood",
            "hazardous-chemical",
            "snow-ice"
        ]
    );
    for pinned in &set.plans {
        let plan = &pinned.plan;
        assert_eq!(plan.levels.len(), 4, "{} has four levels", plan.plan);
        assert!(
            !plan.end.is_empty() && plan.corrections.is_some(),
            "{}",
            plan.plan
        );
        let items = plan.levels.values().chain([&plan.end]).flatten();
        // What goes out in another text has neither words nor a way of its own.
        let items = items.filter(|item| item.bundle.is_none());
        for item in
            items.flat_map(|item| std::iter::once(item).chain(item.interpretation.as_deref()))
        {
            assert!(
                item.name_en.is_some(),
                "{}/{} has an English name",
                plan.plan,
                item.item
            );
            assert!(
                plan.templates.contains_key(&item.template),
                "{}/{}",
                plan.plan,
                item.item
            );
            assert!(
                plan.routes.contains_key(&item.route),
                "{}/{}",
                plan.plan,
                item.item
            );
        }
    }
}

#[test]
fn a_plan_read_twice_has_one_hash_and_a_changed_one_another() {
    let root = super::base::Root::sound();
    let hash = |root: &super::base::Root| {
        root.read()
            .set
            .expect("a sound root")
            .plan("flood")
            .expect("the plan")
            .hash
            .clone()
    };
    let first = hash(&root);
    assert_eq!(first, hash(&root));
    assert_eq!(first.len(), 64);
    let root = root.template("contact", "电话", "热线");
    assert_ne!(first, hash(&root), "a template is part of its plan");
}

#[test]
fn the_kept_schemas_are_those_of_the_program() {
    for kind in FileKind::ALL {
        let path = home().join("schema").join(kind.schema_file());
        let kept = std::fs::read_to_string(&path).expect("a kept schema");
        assert!(
            kept == schema_text(kind),
            "{} is not current: run `fabu plan schema --write schema`",
            path.display()
        );
    }
}
