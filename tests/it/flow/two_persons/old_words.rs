//! What counts as old: whatever the template would say otherwise now, or could not say at all.

use std::sync::Arc;

use fabu::domain::approval::{Consent, Refusal};
use fabu::domain::bulletin::NO_TEXT_YET;
use fabu::domain::level::ResponseLevel;
use fabu::domain::plan::PlanSet;
use fabu::domain::release::ReleaseState;
use serde_json::json;

use super::{START, done, head, in_review, refusal, rewrite, sign};
use crate::support::database::Database;
use crate::support::town::{Town, duty_officer, examples};

crate::on_each_database!(
    a_template_that_has_no_text_any_more_makes_the_old_one_old,
    what_a_person_wrote_stays_old_until_it_is_given_up_or_wanted,
    a_change_of_level_makes_old_what_names_the_level,
);

/// The examples with a notice whose words turn round with a choice.
fn plans_that_turn_round() -> PlanSet {
    let mut plans = examples();
    let flood = plans.plans.iter_mut().find(|p| p.plan.plan == "flood");
    let flood = Arc::make_mut(&mut flood.unwrap().plan);
    let template = flood.templates.get_mut("response-notice").unwrap();
    *template = "---\ntitle: 关于启动应急响应的通告\n---\n{{#if (eq warning-colour \"红色\")}}立即转移到{{affected-areas}}。{{else}}无需转移。{{/if}}".to_owned();
    plans
}

async fn a_template_that_has_no_text_any_more_makes_the_old_one_old(database: &Database) {
    let mut town = Town::with_plans(database.store().await, START, plans_that_turn_round()).await;
    let (incident, notice) = in_review(&mut town).await;
    town.facts(&incident, &[("warning-colour", json!("红色"))])
        .await;
    assert_eq!(
        refusal(sign(&town, &head(), &notice).await),
        Refusal::Stale { newer: NO_TEXT_YET }
    );
    // Once the rest is known there is a text again, and it is another.
    town.facts(&incident, &[("affected-areas", json!("各乡镇"))])
        .await;
    assert_eq!(
        refusal(sign(&town, &head(), &notice).await),
        Refusal::Stale { newer: 2 }
    );
    town.facts(&incident, &[("warning-colour", json!("蓝色"))])
        .await;
    done(sign(&town, &head(), &notice).await);
}

async fn what_a_person_wrote_stays_old_until_it_is_given_up_or_wanted(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let (incident, notice) = in_review(&mut town).await;
    rewrite(&town, &duty_officer(), &notice, "目前无需转移。").await;
    town.facts(&incident, &[("situation", json!("堤防溃口"))])
        .await;
    rewrite(&town, &duty_officer(), &notice, "目前无需转移，请放心。").await;
    town.submit(&duty_officer(), &notice).await.unwrap();
    // A fact that the text does not even print clears nothing.
    town.facts(&incident, &[("evacuated", json!(7))]).await;
    let ReleaseState::InReview(review) = town.release(&notice).await.state else {
        panic!("under review")
    };
    let newer = review.stale.expect("still old");
    assert_eq!(
        refusal(sign(&town, &head(), &notice).await),
        Refusal::Stale { newer }
    );
    let consent = Consent {
        despite: Some(newer),
        ..Consent::to(town.hash(&notice).await)
    };
    done(town.consent(&head(), &notice, &consent).await.unwrap());
}

async fn a_change_of_level_makes_old_what_names_the_level(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let (incident, notice) = in_review(&mut town).await;
    town.level(&incident, ResponseLevel::III).await;
    let release = town.release(&notice).await;
    match release.state {
        // The notice of the old level is overtaken, or its signers are told that it is old: it never goes out unawares.
        ReleaseState::InReview(review) => assert!(review.stale.is_some()),
        state => assert_eq!(state.code(), "superseded"),
    }
}
