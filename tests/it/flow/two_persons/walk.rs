//! Random acts by several people, some of whom hold every post. Whatever they do, nothing is public that one of them
//! could have written and released alone, but a correction that says so and is to be countersigned.
//!
//! What a person writes carries their mark, so who wrote a public text is read off the text itself and not off what the
//! program noted down.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use fabu::domain::approval::{Actor, Consent};
use fabu::domain::area::AreaCode;
use fabu::domain::journal::Sealed;
use fabu::domain::level::ResponseLevel;
use fabu::domain::plan::{CorrectionKind, PlanSet};
use fabu::domain::release::{Release, ReleaseState};
use fabu::flow::declare::{Declaration, GivenFact};
use fabu::flow::draft::{TextEdit, edit, send_back, submit};
use fabu::flow::{Answer, VerbError, approve, correct, declare};
use fabu::id::IncidentId;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use super::START;
use crate::support::database::Database;
use crate::support::town::{Town, examples, officer};

static EXAMPLES: LazyLock<PlanSet> = LazyLock::new(examples);

const POSTS: [&str; 4] = [
    "flood-office/duty-officer",
    "flood-office/section-head",
    "flood-office/office-director",
    "flood-office/duty-leader",
];

/// One for each post, and two who hold all of them.
fn people() -> Vec<Actor> {
    let one = |n: usize| officer(&format!("p{n}"), &[POSTS[n]]);
    let all = |n: usize| officer(&format!("p{n}"), &POSTS);
    (0..4).map(one).chain((4..6).map(all)).collect()
}

fn mark(actor: &Actor) -> String {
    format!("〔{}〕", actor.user)
}

#[derive(Debug, Clone)]
struct Step {
    who: Index,
    which: Index,
    act: Deed,
}

#[derive(Debug, Clone)]
enum Deed {
    Words,
    Number(u8),
    Edit,
    Submit,
    Approve {
        /// An older text of the release instead of the one that stands.
        older: Option<Index>,
        fast: bool,
        despite: bool,
        own_words: bool,
    },
    Return,
    Correct {
        kind: CorrectionKind,
        reason: bool,
    },
    Pass,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let kinds = prop_oneof![
        Just(CorrectionKind::SentInError),
        Just(CorrectionKind::WrongContent),
        Just(CorrectionKind::AllClear),
        Just(CorrectionKind::Withdrawal)
    ];
    let approve = (
        proptest::option::weighted(0.1, any::<Index>()),
        proptest::bool::weighted(0.3),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(older, fast, despite, own_words)| Deed::Approve {
            older,
            fast,
            despite,
            own_words,
        });
    let deed = prop_oneof![
        3 => Just(Deed::Words),
        3 => any::<u8>().prop_map(Deed::Number),
        3 => Just(Deed::Edit),
        6 => Just(Deed::Submit),
        14 => approve,
        2 => Just(Deed::Return),
        4 => (kinds, any::<bool>()).prop_map(|(kind, reason)| Deed::Correct { kind, reason }),
        1 => Just(Deed::Pass),
    ];
    let step = (any::<Index>(), any::<Index>(), deed).prop_map(|(who, which, act)| Step {
        who,
        which,
        act,
    });
    proptest::collection::vec(step, 40..120)
}

struct Walk {
    town: Town,
    people: Vec<Actor>,
    incident: IncidentId,
}

impl Walk {
    async fn begin(database: &Database, titled: bool) -> Self {
        let town = Town::with_plans(database.store().await, START, EXAMPLES.clone()).await;
        let people = people();
        let declarer = &people[4];
        let declaration = Declaration {
            event: "flood".into(),
            level: ResponseLevel::IV,
            areas: vec![AreaCode("320299".into())],
            title: titled.then(|| format!("洪涝{}", mark(declarer))),
            known_at: None,
            expected_duration: Some("48h".parse().unwrap()),
            facts: BTreeMap::new(),
            another: false,
        };
        let (mut tx, world, now) = town.realm.begin().await.unwrap();
        let declared = declare::declare(&mut tx, &world, now, declarer, declaration)
            .await
            .unwrap();
        town.realm.commit(tx).await.unwrap();
        let mut walk = Self {
            town,
            people,
            incident: declared.incident.id,
        };
        let typed = [
            ("warning-time", json!("2026-07-01T02:55:00+08:00")),
            ("warning-type", json!("暴雨")),
            ("warning-colour", json!("橙色")),
            ("rainfall", json!(12)),
        ];
        walk.give(0, &typed).await;
        walk.words(0).await;
        walk.town.tick().await;
        walk
    }

    async fn give(&self, who: usize, facts: &[(&str, serde_json::Value)]) {
        let given = facts.iter().map(|(name, value)| {
            let value = GivenFact {
                value: value.clone(),
                as_of: None,
                source: None,
            };
            ((*name).to_owned(), value)
        });
        let given = given.collect();
        let (mut tx, world, now) = self.town.realm.begin().await.unwrap();
        declare::set_facts(
            &mut tx,
            &world,
            now,
            &self.people[who],
            &self.incident,
            &given,
        )
        .await
        .unwrap();
        self.town.realm.commit(tx).await.unwrap();
    }

    /// Every text fact that the first texts need, in this person's words.
    async fn words(&self, who: usize) {
        // Nothing but the mark, so that whose words they are is plain to the program as well.
        let words = mark(&self.people[who]);
        let list = json!([{"measure": words, "body": "市水务局"}]);
        let mut facts: Vec<_> = [
            "situation",
            "affected-areas",
            "warning-issuer",
            "warning-content",
        ]
        .into_iter()
        .map(|name| (name, json!(words)))
        .collect();
        facts.push(("measures-list", list));
        self.give(who, &facts).await;
    }

    async fn take(&mut self, step: &Step) {
        let who = step.who.index(self.people.len());
        match &step.act {
            Deed::Words => return self.words(who).await,
            Deed::Number(n) => {
                // The first person's words again, so that a text under review grows old and others may still sign.
                let place = format!("{n}{}", mark(&self.people[0]));
                let facts = [("rainfall", json!(n)), ("affected-areas", json!(place))];
                return self.give(0, &facts).await;
            }
            Deed::Pass => return self.town.pass("3m").await,
            _ => {}
        }
        let mut releases = self.town.releases(&self.incident).await;
        // What has no text yet, and what is given up, takes no step.
        releases.retain(|release| release.state.standing_version().is_some());
        let Some(release) = releases.get(step.which.index(releases.len())) else {
            return;
        };
        let (mut tx, world, now) = self.town.realm.begin().await.unwrap();
        // Every other signature is tried by somebody who holds a post that it waits for.
        let posts = release.may_sign();
        let due: Vec<&Actor> = self
            .people
            .iter()
            .filter(|person| posts.iter().any(|post| person.holds(post)))
            .collect();
        let actor = match &step.act {
            Deed::Approve {
                older: None,
                own_words,
                ..
            } if *own_words && !due.is_empty() => due[step.who.index(due.len())],
            _ => &self.people[who],
        };
        let id = &release.id;
        let newer = match &release.state {
            ReleaseState::InReview(review) => review.stale,
            _ => None,
        };
        let outcome = match &step.act {
            Deed::Edit => {
                let change = TextEdit {
                    title: Some(format!("标题{}", mark(actor))),
                    ..TextEdit::default()
                };
                edit(&mut tx, &world, now, actor, id, change).await.err()
            }
            Deed::Submit => submit(&mut tx, &world, now, actor, id, newer).await.err(),
            Deed::Return => {
                let why = format!("退回{}", mark(actor));
                send_back(&mut tx, &world, now, actor, id, &why).await.err()
            }
            Deed::Correct { kind, reason } => {
                let reason = reason.then(|| format!("原因{}", mark(actor)));
                let words = ["correction-text", "correction-to"].map(|name| {
                    let fact = GivenFact {
                        value: json!(mark(actor)),
                        as_of: None,
                        source: None,
                    };
                    (name.to_owned(), fact)
                });
                let wanted = correct::Wanted {
                    kind: *kind,
                    reason: reason.as_deref(),
                    facts: &words.into_iter().collect(),
                };
                let prepared = correct::prepare(&mut tx, &world, now, actor, id, &wanted);
                prepared.await.err()
            }
            Deed::Approve {
                older,
                fast,
                despite,
                own_words,
            } => {
                let version = match (older, release.state.standing_version()) {
                    (_, None) => return,
                    (None, Some(version)) => version,
                    (Some(older), Some(version)) => {
                        1 + u32::try_from(older.index(9)).unwrap() % version
                    }
                };
                let Some(text) = tx.bulletin(id, version).await.unwrap() else {
                    return;
                };
                let consent = Consent {
                    fast: *fast,
                    despite: newer.filter(|_| *despite),
                    own_words: *own_words,
                    ..Consent::to(text.hash())
                };
                approve::approve(&mut tx, &world, now, actor, id, &consent)
                    .await
                    .map(|answer| matches!(answer, Answer::Done(_)))
                    .err()
            }
            Deed::Words | Deed::Number(_) | Deed::Pass => None,
        };
        match outcome {
            None => self.town.realm.commit(tx).await.unwrap(),
            Some(VerbError::Store(error)) => panic!("{step:?}: {error}"),
            Some(_) => drop(tx),
        }
        self.town.tick().await;
    }

    async fn check(&self) -> usize {
        let journal = self.town.journal().await;
        let mut public = 0;
        for release in self.town.releases(&self.incident).await {
            let mut tx = self.town.realm.store.read().await.unwrap();
            let Some(entry) = tx.portal_entry(&release.id).await.unwrap() else {
                continue;
            };
            drop(tx);
            public += 1;
            let shown = serde_json::to_string(&entry).unwrap();
            let writers: BTreeSet<&str> = self
                .people
                .iter()
                .filter(|person| shown.contains(&mark(person)))
                .map(|person| person.user.as_str())
                .collect();
            let own: Vec<&Sealed> = journal
                .iter()
                .filter(|e| e.release.as_deref() == Some(release.id.as_str()))
                .collect();
            check_release(&release, &writers, &own);
        }
        public
    }
}

/// What the journal says of one release that is public, held against who wrote it.
fn check_release(release: &Release, writers: &BTreeSet<&str>, journal: &[&Sealed]) {
    let out = journal
        .iter()
        .position(|e| e.act == "release-published")
        .expect("what is public was published");
    // Signatures count from the last time that it went under review, or came back from it.
    let review = journal[..out]
        .iter()
        .rposition(|e| {
            matches!(
                &*e.act,
                "release-submitted"
                    | "correction-prepared"
                    | "release-returned"
                    | "release-edited"
                    | "approval-void"
            )
        })
        .unwrap_or(0);
    let signed: Vec<&Sealed> = journal[review..out]
        .iter()
        .copied()
        .filter(|e| {
            matches!(
                &*e.act,
                "release-signed" | "released-before-countersignature"
            )
        })
        .collect();
    let signers: BTreeSet<&str> = signed.iter().map(|e| e.actor.as_str()).collect();
    assert_eq!(
        signers.len(),
        signed.len(),
        "nobody signs twice: {journal:#?}"
    );
    assert!(!signers.is_empty(), "{journal:#?}");
    let submitter = journal
        .get(review)
        .filter(|e| e.act == "release-submitted")
        .map(|e| e.actor.as_str());
    assert!(
        submitter.is_none_or(|one| !signers.contains(one)),
        "{journal:#?}"
    );
    let alone = signers.len() == 1 && signers.is_subset(writers);
    if alone {
        assert!(
            release.correction.is_some(),
            "{writers:?} wrote and released it: {journal:#?}"
        );
        assert_eq!(signed[0].data["own_words"], true, "{journal:#?}");
        let publication = release.state.publication().unwrap();
        let owed = publication
            .countersign
            .as_ref()
            .expect("it is to be countersigned");
        assert!(owed.own_words);
    }
    for countersigned in journal.iter().filter(|e| e.act == "release-countersigned") {
        assert!(
            !signers.contains(countersigned.actor.as_str()),
            "{journal:#?}"
        );
    }
    // Old words are out only if each of their signers said which newer ones they did not want.
    let mut newer = None;
    for entry in &journal[review..out] {
        match &*entry.act {
            "review-stale" => newer = Some(&entry.data["newer_version"]),
            "release-submitted" => newer = entry.data.get("newer_version"),
            "review-current" => newer = None,
            "release-signed" | "released-before-countersignature" => {
                if let Some(newer) = newer {
                    assert_eq!(&entry.data["despite_newer"], newer, "{journal:#?}");
                }
            }
            _ => {}
        }
    }
}

#[test]
fn nothing_is_public_that_one_person_could_have_written_and_released_alone() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut runner = TestRunner::new(Config {
        cases: 40,
        failure_persistence: None,
        ..Config::default()
    });
    let public = std::cell::Cell::new(0);
    runner
        .run(&(steps(), any::<bool>()), |(steps, titled)| {
            runtime.block_on(async {
                let database = Database::memory().await;
                let mut walk = Walk::begin(&database, titled).await;
                for step in &steps {
                    walk.take(step).await;
                }
                public.set(public.get() + walk.check().await);
                database.discard().await;
            });
            Ok(())
        })
        .unwrap();
    assert!(
        public.get() > 20,
        "the walks hardly published anything: {}",
        public.get()
    );
}
