//! Faults that a reader of the example plans once found, put back: each is said where it stands.

use std::fs;

use fabu::plan::diagnostic::Severity;

use super::base::Root;

/// Where a text's body begins, in every template with a head.
const BODY: &str = "\n---\n";

/// A fault put into a template: what stands there, what is written instead, and the words that are complained of.
struct Seed {
    template: &'static str,
    old: &'static str,
    new: &'static str,
    words: &'static str,
    rule: &'static str,
}

impl Seed {
    /// A sentence in front of the body.
    fn sentence(
        template: &'static str,
        new: &'static str,
        words: &'static str,
        rule: &'static str,
    ) -> Self {
        Self {
            template,
            old: BODY,
            new,
            words,
            rule,
        }
    }

    fn file(&self) -> String {
        let (plan, name) = self.template.split_once('/').expect("plan/template");
        format!("plans/{plan}/templates/{name}.hbs")
    }
}

fn seeds() -> Vec<Seed> {
    vec![
        Seed {
            template: "snow-ice/school-closure",
            old: "停工停业的通告",
            new: "停工停业的公告",
            words: "公告",
            rule: "notices-in-form",
        },
        Seed::sentence(
            "flood/response-notice",
            "\n---\n低洼地区的居民做好随时撤离的准备。\n",
            "随时撤离的准备。\n",
            "advice-by-level",
        ),
        Seed::sentence(
            "earthquake/rumour-refutation",
            "\n---\n上述说法不实。\n",
            "说法不实。\n",
            "verdict-from-the-facts",
        ),
        Seed::sentence(
            "flood/closing-summary",
            "\n---\n向逝世的群众表示沉痛哀悼。\n",
            "哀悼",
            "mourning-where-somebody-died",
        ),
        Seed::sentence(
            "snow-ice/road-conditions",
            "\n---\n请按限速的一半行驶。\n",
            "限速的一半",
            "limits-are-figures",
        ),
        Seed::sentence(
            "flood/evacuation-bulletin",
            "\n---\n有关情况将及时发布。\n",
            "将及时发布",
            "next-text-has-its-hour",
        ),
        Seed::sentence(
            "hazardous-chemical/casualty-bulletin",
            "\n---\n救治情况见本专栏。\n",
            "本专栏",
            "names-where-it-is-published",
        ),
        Seed::sentence(
            "snow-ice/termination-notice",
            "\n---\n请防范倒春寒。\n",
            "倒春寒",
            "no-fixed-season",
        ),
        Seed::sentence(
            "drinking-water/closing-summary",
            "\n---\n停水期间免费治疗。\n",
            "免费治疗",
            "orders-and-promises-have-a-basis",
        ),
        Seed::sentence(
            "flood/health-advice",
            "\n---\n温馨提示：\n",
            "温馨提示",
            "sober-words",
        ),
        Seed::sentence(
            "epidemic/termination-notice",
            "\n---\n自即日起终止应急响应。\n",
            "终止应急响应",
            "response-is-lifted",
        ),
    ]
}

#[test]
fn every_fault_that_was_found_once_is_found_by_the_checker() {
    let seeds = seeds();
    let mut root = Root::examples();
    for seed in &seeds {
        root = root.edit(&seed.file(), seed.old, seed.new);
    }
    let said = root.read().diagnostics;
    for seed in &seeds {
        let text = fs::read_to_string(root.path().join(seed.file())).expect("a template");
        let at = text.find(seed.words).expect("the fault");
        let line = text[..at].matches('\n').count() + 1;
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let rule = format!("`{}`", seed.rule);
        let found = said.iter().find(|one| {
            one.place.file.ends_with(&seed.file()) && one.message.to_string().contains(&rule)
        });
        let found = found.unwrap_or_else(|| panic!("{}: {said:?}", seed.rule));
        assert_eq!(found.code, "rule-broken");
        assert_eq!(found.place.line, line, "{}", seed.rule);
        // A title or a longer phrase is named from its own beginning.
        let column = text[start..at].chars().count() + 1;
        assert!(found.place.column <= column, "{}: {found:?}", seed.rule);
        assert!(found.help.is_some(), "{}", seed.rule);
    }
    assert_eq!(said.len(), seeds.len(), "{said:?}");
}

#[test]
fn a_notice_without_its_last_line_and_two_stops_are_found() {
    let root = Root::examples()
        .edit(
            "plans/flood/templates/closure-extension.hbs",
            "特此通告。",
            "",
        )
        .edit("plans/flood/templates/health-advice.hbs", "。", "。。");
    let said = root.read().diagnostics;
    let of = |file: &'static str| said.iter().filter(move |one| one.place.file.contains(file));
    let notice: Vec<_> = of("closure-extension").collect();
    let [notice] = &notice[..] else {
        panic!("{said:?}");
    };
    assert!(notice.message.to_string().contains("`notices-in-form`"));
    assert_eq!(notice.severity, Severity::Error);
    let doubled = of("health-advice").find(|one| one.code == "doubled-punctuation");
    assert!(doubled.is_some(), "{said:?}");
}

#[test]
fn a_condition_that_asks_makes_the_words_right() {
    let root = Root::examples()
        .edit(
            "plans/flood/templates/closing-summary.hbs",
            BODY,
            "\n---\n{{#if deaths}}\n{{#unless (eq deaths 0)}}\n表示沉痛哀悼。\n{{/unless}}\n{{/if}}\n",
        )
        .edit(
            "plans/flood/templates/response-notice.hbs",
            BODY,
            "\n---\n{{#unless (or (eq incident.level \"四级\") (eq incident.level \"三级\"))}}\n做好随时撤离的准备。\n{{/unless}}\n",
        )
        .edit(
            "plans/earthquake/templates/rumour-refutation.hbs",
            BODY,
            "\n---\n{{#if (eq rumour-verdict \"不实\")}}\n上述说法不实。\n{{/if}}\n",
        );
    let said = root.read().diagnostics;
    assert!(said.iter().all(|one| one.code != "rule-broken"), "{said:?}");
}
