//! What is owed by a text that went out on one signature, and who may send one so.

use std::sync::Arc;

use fabu::domain::approval::Refusal;
use fabu::domain::plan::CorrectionKind;
use fabu::domain::release::ReleaseState;
use fabu::flow::declare::{GivenFact, set_facts};
use serde_json::json;

use super::{START, director, done, head, in_review, leader, refusal, sign, sign_fast};
use crate::support::database::Database;
use crate::support::town::{Town, duty_officer, examples};

crate::on_each_database!(
    a_countersignature_is_owed_whatever_has_become_of_the_text,
    a_held_text_owes_its_countersignature_from_when_it_goes_out,
    a_correction_takes_no_fast_route,
    a_number_changed_beside_somebodys_words_leaves_them_theirs,
);

async fn a_countersignature_is_owed_whatever_has_become_of_the_text(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let (_, notice) = in_review(&mut town).await;
    done(sign_fast(&town, &leader(), &notice).await);
    town.withdraw(&leader(), &notice).await;
    town.pass("2h1m").await;
    let acts = town.acts(&notice).await;
    assert!(
        acts.contains(&"countersignature-overdue".to_owned()),
        "{acts:?}"
    );
    let hash = {
        let release = town.release(&notice).await;
        release.state.publication().unwrap().hash.clone()
    };
    for signer in [head(), director()] {
        done(town.approve(&signer, &notice, &hash, false).await.unwrap());
    }
    let release = town.release(&notice).await;
    assert_eq!(release.state.code(), "withdrawn");
    let owed = release.state.publication().unwrap().countersign.as_ref();
    assert!(owed.unwrap().is_complete());
}

async fn a_held_text_owes_its_countersignature_from_when_it_goes_out(database: &Database) {
    let mut plans = examples();
    let flood = plans.plans.iter_mut().find(|p| p.plan.plan == "flood");
    let flood = Arc::make_mut(&mut flood.unwrap().plan);
    for item in flood.levels.values_mut().flatten() {
        if let Some(interpretation) = &mut item.interpretation {
            interpretation.fast = Some("express".into());
        }
    }
    let template = flood.templates.get_mut("what-level-iv-means").unwrap();
    let (beginning, _) = template.split_once("关联文件").unwrap();
    let beginning = beginning.replace("{{original.published-at}}", "today");
    *template = format!("{beginning}情况：{{{{situation}}}}。\n");
    let mut town = Town::with_plans(database.store().await, START, plans).await;
    let (incident, notice) = in_review(&mut town).await;
    let explanation = town.of_item(&incident, "what-level-iv-means").await.id;
    done(sign_fast(&town, &leader(), &explanation).await);
    assert_eq!(town.release(&explanation).await.state.code(), "approved");
    done(sign(&town, &head(), &notice).await);
    done(sign(&town, &director(), &notice).await);
    let ReleaseState::Published(out) = town.release(&explanation).await.state else {
        panic!("it goes out with what it explains")
    };
    assert!(!out.countersign.expect("it is owed").is_complete());
}

async fn a_correction_takes_no_fast_route(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let (_, notice) = in_review(&mut town).await;
    done(sign_fast(&town, &leader(), &notice).await);
    let kind = CorrectionKind::SentInError;
    let correction = town.correct(&head(), &notice, kind).await.unwrap();
    assert_eq!(
        refusal(sign_fast(&town, &leader(), &correction.id).await),
        Refusal::NoFastRoute
    );
}

async fn a_number_changed_beside_somebodys_words_leaves_them_theirs(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let (incident, notice) = in_review(&mut town).await;
    let given = |value| GivenFact {
        value,
        as_of: None,
        source: None,
    };
    let measures = |measure: &str, body: &str| json!([{"measure": measure, "body": body}]);
    for (actor, situation, list) in [
        (
            leader(),
            "全城立即撤离",
            measures("全城立即撤离", "市水务局"),
        ),
        (
            duty_officer(),
            "全城立即撤离！",
            measures("全城立即撤离", "水务局"),
        ),
    ] {
        let facts = [
            ("situation".to_owned(), given(json!(situation))),
            ("measures-list".to_owned(), given(list)),
        ];
        let facts = facts.into_iter().collect();
        let (mut tx, world, now) = town.realm.begin().await.unwrap();
        set_facts(&mut tx, &world, now, &actor, &incident, &facts)
            .await
            .unwrap();
        town.realm.commit(tx).await.unwrap();
    }
    super::give_back(&town, &head(), &notice).await;
    assert_eq!(
        refusal(sign_fast(&town, &leader(), &notice).await),
        Refusal::OwnWords
    );
}
