//! What an English text makes of Chinese words: beside the English that was given, and otherwise as they are on the sign.

use fabu::render::wanted;

use super::*;

fn flood() -> &'static Plan {
    let pinned = examples()
        .plans
        .iter()
        .find(|pinned| pinned.plan.plan == "flood");
    &pinned.expect("the flood plan").plan
}

/// An incident of which exactly these words are known, and of all else what is made up without English.
fn knowing(words: &[(&str, &str)], rows: &[(&str, &[(&str, &str)])]) -> Incident {
    let plan = flood();
    let mut incident = incident(plan);
    let specs = &plan.event.facts;
    incident.facts.retain(|code, _| {
        let spec = specs.iter().find(|spec| spec.fact == *code);
        !spec.is_some_and(|spec| plan.event.is_english_form(spec))
    });
    for (code, text) in words {
        let spec = plan.event.fact(code).expect(code);
        let value = FactValue::Text((*text).to_owned());
        incident.facts.insert(
            (*code).to_owned(),
            Fact {
                value,
                ..fact_of(spec)
            },
        );
    }
    for (code, cells) in rows {
        let spec = plan.event.fact(code).expect(code);
        let row = cells
            .iter()
            .map(|(column, text)| ((*column).to_owned(), FactValue::Text((*text).to_owned())));
        let value = FactValue::List(vec![row.collect()]);
        incident.facts.insert(
            (*code).to_owned(),
            Fact {
                value,
                ..fact_of(spec)
            },
        );
    }
    incident
}

fn drafted(template: &str, incident: &Incident) -> fabu::domain::bulletin::BulletinText {
    let plan = flood();
    let (_, item) = templates_of(plan)
        .into_iter()
        .find(|(name, _)| *name == template)
        .expect(template);
    complete(
        plan,
        template,
        draft_of(plan, template, item, incident, false),
    )
    .text
}

#[test]
fn a_stranger_reads_where_to_go_and_finds_it_on_the_sign() {
    let route = |english: bool| {
        let mut row = vec![
            ("area", "沿江村"),
            ("assembly", "村口"),
            ("route", "和平路"),
            ("shelter", "和平小学"),
        ];
        if english {
            row.extend([
                ("shelter-en", "Heping Primary School"),
                ("route-en", "Heping Road"),
            ]);
        }
        row
    };
    let known = [("evacuation-areas", "临江镇沿江村、圩南村")];
    let with = knowing(&known, &[("evacuation-routes", &route(true))]);
    let text = drafted("evacuation-notice", &with).text_en.unwrap();
    for said in [
        "Yanjiang Village, Linjiang Town (临江镇沿江村), Weinan Village (圩南村)",
        "Heping Primary School (和平小学)",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    // Nobody gave an English name, and none is made up.
    let without = knowing(&known, &[("evacuation-routes", &route(false))]);
    let text = drafted("evacuation-notice", &without).text_en.unwrap();
    assert!(
        text.contains("和平小学") && !text.contains("(和平小学)"),
        "{text}"
    );
    // The Chinese text never holds the English.
    assert!(!drafted("evacuation-notice", &with).text.contains("Heping"));
}

#[test]
fn the_drafter_is_asked_for_what_is_still_chinese_and_nothing_waits_for_it() {
    let plan = flood();
    let asked = |incident: &Incident| {
        let (template, item) = templates_of(plan)
            .into_iter()
            .find(|(name, _)| *name == "evacuation-notice")
            .expect("a notice");
        let release = release(item, incident, plan);
        let input = DraftInput {
            plan,
            item,
            incident,
            release: &release,
            template: Some(template),
            binding: Vec::new(),
            is_partial: false,
            holds_again: Vec::new(),
            ends: Vec::new(),
            also: Vec::new(),
            told_until: None,
            original: None,
            link: None,
            channels: Vec::new(),
            version: 1,
            now: at("2026-07-01T01:59:00Z"),
            drill: false,
        };
        wanted(&input, &Libraries::default())
    };
    let row = [
        ("area", "沿江村"),
        ("assembly", "村口"),
        ("route", "和平路"),
        ("shelter", "和平小学"),
    ];
    let known = [("evacuation-areas", "沿江村一组")];
    let lacking = asked(&knowing(&known, &[("evacuation-routes", &row)]));
    for fact in ["evacuation-areas-en", "evacuation-routes.shelter-en"] {
        assert!(lacking.iter().any(|one| one == fact), "{fact}: {lacking:?}");
    }
    let given = [
        known[0],
        ("evacuation-areas-en", "part of Yanjiang Village"),
    ];
    let lacking = asked(&knowing(&given, &[("evacuation-routes", &row)]));
    assert!(
        !lacking.iter().any(|one| one == "evacuation-areas-en"),
        "{lacking:?}"
    );
    // What the list of places knows is asked of nobody.
    let lacking = asked(&knowing(&[("evacuation-areas", "沿江村")], &[]));
    assert!(
        !lacking.iter().any(|one| one == "evacuation-areas-en"),
        "{lacking:?}"
    );
}

#[test]
fn a_refutation_says_what_it_refutes() {
    let given = [
        ("rumour-verdict", "不实"),
        ("rumour-topic", "大堤决口传言"),
        ("rumour-topic-en", "a dike that is said to have burst"),
        ("rumour-claim", "临江大堤决口了"),
        ("rumour-claim-en", "the Linjiang dike has burst"),
        ("rumour-fact", "大堤完好"),
    ];
    let text = drafted("rumour-refutation", &knowing(&given, &[]));
    let english = text.text_en.unwrap();
    for said in [
        "the Linjiang dike has burst (临江大堤决口了)",
        "not true",
        "大堤完好",
    ] {
        assert!(english.contains(said), "{said}: {english}");
    }
    assert!(
        text.title_en
            .unwrap()
            .contains("a dike that is said to have burst")
    );
    // The rumour as it goes round, where nobody has put it into English.
    let text = drafted(
        "rumour-refutation",
        &knowing(&[given[0], given[1], given[3], given[5]], &[]),
    );
    assert!(text.text_en.unwrap().contains("临江大堤决口了"));
}

#[test]
fn a_long_english_name_keeps_no_notice_back() {
    let long = "the long name of a place ".repeat(20);
    let text = drafted(
        "rumour-refutation",
        &knowing(
            &[
                ("rumour-verdict", "不实"),
                ("rumour-topic", "大堤决口传言"),
                ("rumour-topic-en", &long),
            ],
            &[],
        ),
    );
    assert!(text.title_en.unwrap().contains("大堤决口传言"));
}

#[test]
fn english_that_says_something_else_is_left_behind() {
    let event = &flood().event;
    let standing = knowing(
        &[
            ("rumour-claim", "大堤决口"),
            ("rumour-claim-en", "a dike has burst"),
        ],
        &[],
    )
    .facts;
    let now = at("2026-07-01T03:00:00Z");
    let given = |words: &[(&str, &str)]| {
        let all = knowing(words, &[]).facts;
        let given: fabu::domain::fact::Facts = all
            .into_iter()
            .filter(|(code, _)| words.iter().any(|(one, _)| one == code))
            .collect();
        event.english_left_behind(&standing, &given, now)
    };
    let left = given(&[("rumour-claim", "自来水有毒")]);
    assert_eq!(
        left["rumour-claim-en"].value,
        FactValue::Text(String::new())
    );
    assert!(given(&[("rumour-claim", "大堤决口")]).is_empty());
    assert!(
        given(&[
            ("rumour-claim", "自来水有毒"),
            ("rumour-claim-en", "poison")
        ])
        .is_empty()
    );
}

#[test]
fn an_incident_is_called_in_english_as_it_is_in_chinese() {
    let mut incident = knowing(&[], &[]);
    incident.areas.truncate(1);
    assert_eq!(
        incident.title_en(flood()).as_deref(),
        Some("Flood and typhoon in Shili City")
    );
}
