//! What two people signed is what goes out: nobody puts their own words before the public alone, what came back is
//! signed anew, and old words go out only if somebody says so.

mod old_words;
mod owed;
mod walk;

use std::sync::Arc;

use fabu::domain::approval::{Actor, Consent, Refusal};
use fabu::domain::level::ResponseLevel;
use fabu::domain::plan::CorrectionKind;
use fabu::domain::release::ReleaseState;
use fabu::flow::approve::Approved;
use fabu::flow::draft::{TextEdit, edit, send_back};
use fabu::flow::{Answer, correct};
use fabu::id::{IncidentId, ReleaseId};
use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::town::{Town, duty_officer, examples, flood_facts, officer};

const START: &str = "2026-07-01T03:00:00+08:00";

crate::on_each_database!(
    what_came_back_is_signed_anew_by_everybody,
    who_edited_a_text_is_not_its_only_signer,
    who_edited_a_text_may_sign_it_beside_somebody_else,
    the_fast_route_takes_typed_facts_from_anybody_and_words_from_somebody_else,
    a_choice_is_nobodys_words_and_a_title_is_somebodys,
    old_words_go_out_only_if_the_signer_says_so,
    a_text_written_by_hand_is_old_as_well_when_its_facts_change,
    what_is_signed_and_held_is_drafted_again_when_facts_change,
    a_correction_in_ones_own_words_says_so_and_is_countersigned,
);

fn leader() -> Actor {
    officer("daiban", &["flood-office/duty-leader"])
}

fn head() -> Actor {
    officer("kezhang", &["flood-office/section-head"])
}

fn director() -> Actor {
    officer("zhuren", &["flood-office/office-director"])
}

async fn flooded(town: &mut Town, facts: &[(&str, Value)]) -> IncidentId {
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.facts(&incident, facts).await;
    town.tick().await;
    incident
}

/// A flood whose notice has all its facts, the notice submitted by the duty officer.
async fn in_review(town: &mut Town) -> (IncidentId, ReleaseId) {
    let incident = flooded(town, &flood_facts()).await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    town.submit(&duty_officer(), &notice).await.unwrap();
    (incident, notice)
}

/// A weather warning to be relayed: its route has one signer.
async fn warning(town: &mut Town) -> ReleaseId {
    let facts = [
        ("warning-time", json!("2026-07-01T02:55:00+08:00")),
        ("warning-type", json!("暴雨")),
        ("warning-colour", json!("橙色")),
        ("warning-issuer", json!("示例市气象台")),
        ("warning-content", json!("预计未来三小时有大暴雨")),
        ("warning-areas", json!("城关镇")),
        ("affected-areas", json!("城关镇")),
    ];
    let incident = flooded(town, &facts).await;
    town.of_item(&incident, "warning-relay").await.id
}

async fn rewrite(town: &Town, actor: &Actor, id: &ReleaseId, text: &str) {
    let change = TextEdit {
        text: Some(text.into()),
        ..TextEdit::default()
    };
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    edit(&mut tx, &world, now, actor, id, change).await.unwrap();
    town.realm.commit(tx).await.unwrap();
}

async fn give_back(town: &Town, actor: &Actor, id: &ReleaseId) {
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    send_back(&mut tx, &world, now, actor, id, "再核一遍")
        .await
        .unwrap();
    town.realm.commit(tx).await.unwrap();
}

#[track_caller]
fn refusal(answer: Answer<Approved>) -> Refusal {
    match answer {
        Answer::Refused { refusal, .. } => refusal,
        Answer::Done(done) => panic!("it was signed: {done:?}"),
    }
}

#[track_caller]
fn done(answer: Answer<Approved>) -> Approved {
    match answer {
        Answer::Done(done) => done,
        Answer::Refused { refusal, .. } => panic!("{refusal}"),
    }
}

async fn sign(town: &Town, actor: &Actor, id: &ReleaseId) -> Answer<Approved> {
    let hash = town.hash(id).await;
    town.approve(actor, id, &hash, false).await.unwrap()
}

async fn sign_fast(town: &Town, actor: &Actor, id: &ReleaseId) -> Answer<Approved> {
    let hash = town.hash(id).await;
    town.approve(actor, id, &hash, true).await.unwrap()
}

async fn what_came_back_is_signed_anew_by_everybody(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let (_, notice) = in_review(&mut town).await;
    let before = town.hash(&notice).await;
    done(sign(&town, &head(), &notice).await);
    give_back(&town, &director(), &notice).await;
    town.submit(&duty_officer(), &notice).await.unwrap();
    assert_eq!(town.hash(&notice).await, before, "not a byte has changed");

    // The director's word alone does not make use of the signature that was given before the return.
    assert!(matches!(
        refusal(sign(&town, &director(), &notice).await),
        Refusal::NotYourTurn { .. }
    ));
    done(sign(&town, &head(), &notice).await);
    assert_eq!(
        refusal(sign(&town, &head(), &notice).await),
        Refusal::AlreadySigned
    );
    done(sign(&town, &director(), &notice).await);
    assert_eq!(town.release(&notice).await.state.code(), "published");
}

async fn who_edited_a_text_is_not_its_only_signer(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let relay = warning(&mut town).await;
    rewrite(&town, &leader(), &relay, "全城立即撤离。").await;
    town.submit(&duty_officer(), &relay).await.unwrap();
    assert_eq!(
        refusal(sign(&town, &leader(), &relay).await),
        Refusal::OwnWords
    );
    // Nobody waits for somebody who may not sign: the deputy may at once.
    let deputy = officer("zhihui", &["command-headquarters/duty-leader"]);
    done(sign(&town, &deputy, &relay).await);
    assert_eq!(town.release(&relay).await.state.code(), "published");
}

async fn who_edited_a_text_may_sign_it_beside_somebody_else(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let (_, notice) = in_review(&mut town).await;
    rewrite(&town, &director(), &notice, "主任改定的文字。").await;
    town.submit(&duty_officer(), &notice).await.unwrap();
    done(sign(&town, &head(), &notice).await);
    done(sign(&town, &director(), &notice).await);
    assert_eq!(town.release(&notice).await.state.code(), "published");
}

async fn the_fast_route_takes_typed_facts_from_anybody_and_words_from_somebody_else(
    database: &Database,
) {
    let mut town = Town::new(database.store().await, START).await;
    let (incident, notice) = in_review(&mut town).await;
    // The duty leader gives the situation in words, and a number with it.
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let given = |value: Value| fabu::flow::declare::GivenFact {
        value,
        as_of: None,
        source: None,
    };
    let facts = [
        ("situation".to_owned(), given(json!("全城立即撤离"))),
        ("rainfall".to_owned(), given(json!(99))),
    ];
    let facts = facts.into_iter().collect();
    fabu::flow::declare::set_facts(&mut tx, &world, now, &leader(), &incident, &facts)
        .await
        .unwrap();
    town.realm.commit(tx).await.unwrap();
    give_back(&town, &head(), &notice).await;

    assert_eq!(
        refusal(sign_fast(&town, &leader(), &notice).await),
        Refusal::OwnWords
    );
    // The duty officer says the same again: that does not make the words theirs.
    town.facts(&incident, &[("situation", json!("全城立即撤离"))])
        .await;
    assert_eq!(
        refusal(sign_fast(&town, &leader(), &notice).await),
        Refusal::OwnWords
    );
    town.facts(&incident, &[("situation", json!("河水上涨"))])
        .await;
    done(sign_fast(&town, &leader(), &notice).await);
}

async fn a_choice_is_nobodys_words_and_a_title_is_somebodys(database: &Database) {
    let town = Town::new(database.store().await, START).await;
    for (title, event_is_titled) in [(None, false), (Some("全城立即撤离"), true)] {
        let declaration = fabu::flow::declare::Declaration {
            event: "flood".into(),
            level: ResponseLevel::IV,
            areas: vec![fabu::domain::area::AreaCode("320299".into())],
            title: title.map(str::to_owned),
            known_at: None,
            expected_duration: Some("48h".parse().unwrap()),
            facts: [(
                "warning-colour".to_owned(),
                fabu::flow::declare::GivenFact {
                    value: json!("橙色"),
                    as_of: None,
                    source: None,
                },
            )]
            .into_iter()
            .collect(),
            another: true,
        };
        let (mut tx, world, now) = town.realm.begin().await.unwrap();
        let declared = fabu::flow::declare::declare(&mut tx, &world, now, &leader(), declaration)
            .await
            .unwrap();
        town.realm.commit(tx).await.unwrap();
        assert_eq!(declared.incident.title_by.is_some(), event_is_titled);
        let incident = declared.incident.id;
        // All words are the duty officer's; the leader gave a choice, and once the title.
        town.facts(&incident, &flood_facts()).await;
        fabu::worker::tick(&town.realm, &mut []).await.unwrap();
        let notice = town.of_item(&incident, "response-notice").await.id;
        let answer = sign_fast(&town, &leader(), &notice).await;
        if event_is_titled {
            assert_eq!(refusal(answer), Refusal::OwnWords);
        } else {
            done(answer);
        }
    }
}

async fn old_words_go_out_only_if_the_signer_says_so(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let (incident, notice) = in_review(&mut town).await;
    let old = town.hash(&notice).await;
    town.facts(&incident, &[("situation", json!("河道水位超警戒"))])
        .await;
    let answer = sign(&town, &head(), &notice).await;
    let Answer::Refused {
        refusal: Refusal::Stale { newer: 2 },
        difference,
    } = answer
    else {
        panic!("{answer:?}")
    };
    assert!(
        difference
            .iter()
            .any(|line| line.to_string().contains("河道水位超警戒")),
        "{difference:?}"
    );
    let despite = |newer| Consent {
        despite: Some(newer),
        ..Consent::to(&old)
    };
    // Another change makes another newer text; saying that the one before it is known is not enough.
    town.facts(&incident, &[("situation", json!("堤防出现险情"))])
        .await;
    let answer = town.consent(&head(), &notice, &despite(2)).await.unwrap();
    assert_eq!(refusal(answer), Refusal::Stale { newer: 3 });
    done(town.consent(&head(), &notice, &despite(3)).await.unwrap());
    done(
        town.consent(&director(), &notice, &despite(3))
            .await
            .unwrap(),
    );
    let signed = town.journal().await;
    let said = signed
        .iter()
        .filter(|e| e.act == "release-signed" && e.data["despite_newer"] == 3);
    assert_eq!(said.count(), 2);
}

async fn a_text_written_by_hand_is_old_as_well_when_its_facts_change(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let (incident, notice) = in_review(&mut town).await;
    rewrite(&town, &duty_officer(), &notice, "目前雨量123.5毫米。").await;
    // What the text does not say may change.
    town.facts(&incident, &[("evacuated", json!(12))]).await;
    let ReleaseState::Drafting(drafting) = town.release(&notice).await.state else {
        panic!("a draft")
    };
    assert_eq!((drafting.version, drafting.newer), (Some(2), None));

    town.facts(&incident, &[("situation", json!("雨势加大"))])
        .await;
    town.submit(&duty_officer(), &notice).await.unwrap();
    assert!(matches!(
        refusal(sign(&town, &head(), &notice).await),
        Refusal::Stale { .. }
    ));
    // Sent back, it is still the person's own text.
    give_back(&town, &head(), &notice).await;
    let ReleaseState::Drafting(drafting) = town.release(&notice).await.state else {
        panic!("a draft")
    };
    assert_eq!(drafting.version, Some(2));
    // A request that comes twice throws nothing away; the template's text with the new facts is taken by name.
    town.submit(&duty_officer(), &notice).await.unwrap();
    let again = town.submit(&duty_officer(), &notice).await.unwrap_err();
    assert!(again.to_string().contains("--take-newer 3"), "{again}");
    town.take_newer(&duty_officer(), &notice, 3).await.unwrap();
    done(sign(&town, &head(), &notice).await);
}

async fn what_is_signed_and_held_is_drafted_again_when_facts_change(database: &Database) {
    // An explanation that quotes the situation, and can be drafted before what it explains is out.
    let mut plans = examples();
    let flood = plans.plans.iter_mut().find(|p| p.plan.plan == "flood");
    let flood = Arc::make_mut(&mut flood.unwrap().plan);
    let template = flood.templates.get_mut("what-level-iv-means").unwrap();
    let (beginning, _) = template.split_once("关联文件").unwrap();
    let beginning = beginning.replace("{{original.published-at}}", "today");
    *template = format!("{beginning}情况：{{{{situation}}}}。\n");
    let mut town = Town::with_plans(database.store().await, START, plans).await;
    let (incident, notice) = in_review(&mut town).await;
    let explanation = town.of_item(&incident, "what-level-iv-means").await.id;
    town.publish(&explanation).await;
    assert_eq!(town.release(&explanation).await.state.code(), "approved");
    town.facts(&incident, &[("situation", json!("雨势加大"))])
        .await;
    assert_eq!(
        town.release(&explanation).await.state.code(),
        "drafting",
        "nobody has signed what the facts say now"
    );
    town.submit(&duty_officer(), &notice).await.unwrap();
    done(sign(&town, &head(), &notice).await);
    done(sign(&town, &director(), &notice).await);
    assert_eq!(town.release(&explanation).await.state.code(), "drafting");
}

async fn a_correction_in_ones_own_words_says_so_and_is_countersigned(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let (_, notice) = in_review(&mut town).await;
    done(sign_fast(&town, &leader(), &notice).await);
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let kind = CorrectionKind::SentInError;
    let wanted = correct::Wanted {
        kind,
        reason: Some("并无汛情，系误发"),
        facts: &Default::default(),
    };
    let correction = correct::prepare(&mut tx, &world, now, &leader(), &notice, &wanted)
        .await
        .unwrap();
    town.realm.commit(tx).await.unwrap();
    let id = &correction.id;
    assert_eq!(refusal(sign(&town, &leader(), id).await), Refusal::OwnWords);
    let consent = Consent {
        own_words: true,
        ..Consent::to(town.hash(id).await)
    };
    done(town.consent(&leader(), id, &consent).await.unwrap());
    let ReleaseState::Published(publication) = town.release(id).await.state else {
        panic!("out")
    };
    let owed = publication.countersign.unwrap();
    assert!(owed.own_words && !owed.is_complete());
    assert_eq!(
        refusal(sign(&town, &leader(), id).await),
        Refusal::AlreadySigned
    );
    done(sign(&town, &head(), id).await);
    let journal = town.journal().await;
    assert!(
        journal
            .iter()
            .any(|e| e.act == "release-signed" && e.data["own_words"] == true)
    );
}
