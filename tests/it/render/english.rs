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
    let known = [("evacuation-areas", "沿江村低洼地段")];
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

/// Facts whose words are names that have English ones: known places, and shelters and roads whose English stands in the tables.
fn named_facts(plan: &Plan) -> Incident {
    const SHELTER: (&str, &str) = ("临江实验小学", "Linjiang Experimental School");
    let mut incident = incident(plan);
    let villages: Vec<&str> = (plan.places.iter())
        .filter(|place| place.area.0.len() > 9)
        .map(|place| place.name.as_str())
        .take(3)
        .collect();
    let places = format!("{}、{}三组", villages.join("、"), villages[0]);
    for spec in &plan.event.facts {
        let Some(fact) = incident.facts.get_mut(&spec.fact) else {
            continue;
        };
        let english = |column: &str| fabu::domain::fact::english_code(column);
        match &mut fact.value {
            FactValue::Text(words) if spec.place => {
                let is_shelter = ["evacuation-to", "main-shelter"].contains(&spec.fact.as_str());
                *words = match is_shelter {
                    true => SHELTER.0.into(),
                    false if spec.max.is_some_and(|max| max < 10) => villages[0].into(),
                    false => places.clone(),
                };
            }
            FactValue::List(rows) => {
                for row in rows {
                    for column in spec.columns.iter().filter(|column| column.place) {
                        let said = |words: &str| FactValue::Text(words.to_owned());
                        let (name, en) = match column.column.as_str() {
                            "area" => (villages[0], None),
                            _ => (SHELTER.0, Some(SHELTER.1)),
                        };
                        row.insert(column.column.clone(), said(name));
                        match en {
                            Some(en) => row.insert(english(&column.column), said(en)),
                            None => row.remove(&english(&column.column)),
                        };
                    }
                }
            }
            _ => {}
        }
    }
    // Their English is known from elsewhere.
    let is_english = |code: &String| {
        let spec = plan.event.facts.iter().find(|spec| spec.fact == *code);
        spec.is_some_and(|spec| plan.event.is_english_form(spec))
    };
    incident.facts.retain(|code, _| !is_english(code));
    incident
}

/// `english` without the Chinese that stands in brackets behind an English name.
fn without_signs(english: &str) -> String {
    let mut out = String::new();
    for c in english.chars() {
        out.push(c);
        let Some(open) = out.rfind(" (").filter(|_| c == ')') else {
            continue;
        };
        let is_sign = out[open..]
            .chars()
            .any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        if is_sign && out[..open].ends_with(|c: char| c.is_ascii_alphanumeric()) {
            out.truncate(open);
        }
    }
    out
}

#[test]
fn what_has_an_english_name_has_it_in_every_english_text() {
    let mut faults = Vec::new();
    for pinned in &examples().plans {
        let plan = &*pinned.plan;
        let incident = named_facts(plan);
        let bodies = plan.issuers.values().chain([&plan.body]);
        let bodies: Vec<&str> = bodies
            .filter(|body| body.name_en.is_some())
            .map(|body| body.name.as_str())
            .collect();
        let posts = plan.issuers.values().chain([&plan.body]);
        let posts = posts.flat_map(|body| &body.posts);
        let posts = posts.filter(|post| post.name_en.is_some());
        let posts: Vec<&str> = posts.map(|post| post.name.as_str()).collect();
        let places = plan.places.iter().filter(|place| place.name_en.is_some());
        let names: Vec<&str> = places
            .map(|place| place.name.as_str())
            .chain(bodies)
            .chain(posts)
            .chain(["临江实验小学"])
            .collect();
        for (template, item) in templates_of(plan) {
            let drafted = draft_of(plan, template, item, &incident, false);
            let text = complete(plan, template, drafted).text;
            let fields = [
                ("title", text.title_en),
                ("action", text.action_en),
                ("sms", text.sms_en),
                ("text", text.text_en),
            ];
            for (field, english) in fields {
                let english = without_signs(&english.unwrap_or_default());
                for name in names.iter().filter(|name| english.contains(**name)) {
                    faults.push(format!(
                        "{}/{template} {field}: {name}: {english}",
                        plan.plan
                    ));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn what_takes_a_text_of_the_police_back_gives_the_telephone_of_the_police() {
    let plan = flood();
    let incident = incident(plan);
    let items = plan.levels.values().flatten();
    let mut police = items.filter(|item| item.issuer.as_deref() == Some("traffic-police"));
    let item = police.next_back().expect("an item of the police");
    let template = plan.corrections.as_ref().expect("corrections");
    let template = template.template(CorrectionKind::Withdrawal);
    let channels = channels();
    let mut release = release(item, &incident, plan);
    release.correction = Some(CorrectionKind::Withdrawal);
    let input = DraftInput {
        plan,
        item,
        incident: &incident,
        release: &release,
        template: Some(template),
        original: Some(Original {
            corrected_by: None,
            corrected_by_en: None,
            written_by: &[],
            title: "关于恢复通行的通告",
            title_en: Some("Roads open again"),
            document_number: None,
            published_at: Some(at("2026-07-01T01:00:00Z")),
            link: None,
            reason: None,
            also_corrected: &[],
        }),
        binding: Vec::new(),
        is_partial: false,
        holds_again: Vec::new(),
        ends: Vec::new(),
        also: Vec::new(),
        told_until: None,
        link: None,
        channels: channels.iter().collect(),
        version: 1,
        now: at("2026-07-01T01:59:00Z"),
        drill: false,
    };
    let text = complete(plan, template, draft(&input, &Libraries::default())).text;
    let all = [Some(text.text), text.text_en, text.sms, text.sms_en];
    for said in all.into_iter().flatten() {
        assert!(said.contains("0510-0000-1213"), "{said}");
        assert!(!said.contains("0510-0000-1203"), "{said}");
    }
}
