//! A small town to play the story in: the example plans, a clock that stands still, channels that only record.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate};
use fabu::channel::recording::Recording;
use fabu::clock::VirtualClock;
use fabu::domain::approval::{Actor, Consent};
use fabu::domain::area::AreaCode;
use fabu::domain::body::PostRef;
use fabu::domain::bulletin::Language;
use fabu::domain::contact::{Address, AddressKind, Contact};
use fabu::domain::delivery::Parcel;
use fabu::domain::incident::Incident;
use fabu::domain::journal::Sealed;
use fabu::domain::level::ResponseLevel;
use fabu::domain::plan::{CorrectionKind, PlanSet};
use fabu::domain::release::{Release, ReleaseState};
use fabu::domain::time::{Moment, Span};
use fabu::flow::approve::Approved;
use fabu::flow::declare::{Declaration, Declared, GivenFact};
use fabu::flow::deliver::Courier;
use fabu::flow::request::{self, Order};
use fabu::flow::{Answer, VerbError, approve, correct, declare, draft};
use fabu::id::{IncidentId, ReleaseId};
use fabu::realm::Realm;
use fabu::store::Store;
use fabu::worker;
use serde_json::{Value, json};

pub struct Town {
    pub realm: Arc<Realm>,
    pub clock: VirtualClock,
    couriers: Vec<Courier>,
}

pub fn at(text: &str) -> Moment {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

/// The example plans, as a new user finds them. That they pass the checks is `plans::examples`'s to test.
pub fn examples() -> PlanSet {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let reading =
        fabu::plan::read_checked_before(root, NaiveDate::from_ymd_opt(2026, 7, 1).unwrap());
    reading
        .set
        .unwrap_or_else(|| panic!("the example plans are broken: {:?}", reading.diagnostics))
}

pub fn officer(login: &str, posts: &[&str]) -> Actor {
    Actor {
        user: login.into(),
        name: login.into(),
        posts: posts.iter().map(|post| post.parse().unwrap()).collect(),
    }
}

/// Whoever holds `post`, and nothing else.
pub fn holder_of(post: &PostRef) -> Actor {
    let login = post.to_string().replace('/', ".");
    Actor {
        user: login.clone(),
        name: login,
        posts: vec![post.clone()],
    }
}

pub fn duty_officer() -> Actor {
    officer("zhiban", &["flood-office/duty-officer"])
}

/// Every fact that the flood plan's first texts need.
pub fn flood_facts() -> Vec<(&'static str, Value)> {
    vec![
        ("situation", json!("受台风外围环流影响，我市普降大到暴雨")),
        ("rainfall", json!(123.5)),
        (
            "measures-list",
            json!([{"measure": "加密巡堤查险", "body": "市水利局"}]),
        ),
        (
            "shelters",
            json!([{"name": "实验小学", "address": "学府路1号", "capacity": 800, "phone": "0510-0000-1301"}]),
        ),
    ]
}

impl Town {
    pub async fn new(store: Store, start: &str) -> Self {
        Self::with_plans(store, start, examples()).await
    }

    pub async fn with_plans(store: Store, start: &str, plans: PlanSet) -> Self {
        let clock = VirtualClock::at(at(start));
        let realm = Arc::new(Realm::drill(
            store,
            clock.clone(),
            plans,
            Some(7),
            Arc::default(),
        ));
        let couriers = worker::couriers(&realm, "town");
        Self {
            realm,
            clock,
            couriers,
        }
    }

    pub fn now(&self) -> Moment {
        self.realm.now()
    }

    /// Does what is due now.
    pub async fn tick(&mut self) {
        worker::tick(&self.realm, &mut self.couriers).await.unwrap();
    }

    /// Lets time pass, stopping wherever something falls due.
    pub async fn pass(&mut self, span: &str) {
        let until = span.parse::<Span>().unwrap().after(self.now());
        loop {
            self.tick().await;
            let next = worker::next_due(&self.realm, &self.couriers).await.unwrap();
            match next.filter(|next| *next <= until) {
                Some(next) => self.clock.advance_to(next),
                None => break,
            }
        }
        self.clock.advance_to(until);
        self.tick().await;
    }

    /// Lets time pass without anybody looking: the process was down.
    pub fn sleep(&self, span: &str) {
        self.clock
            .advance_to(span.parse::<Span>().unwrap().after(self.now()));
    }

    pub async fn try_declare(
        &self,
        actor: &Actor,
        event: &str,
        level: ResponseLevel,
    ) -> Result<Declared, VerbError> {
        let declaration = Declaration {
            event: event.into(),
            level,
            areas: vec![AreaCode("320299".into())],
            title: None,
            known_at: None,
            expected_duration: Some("48h".parse().unwrap()),
            facts: BTreeMap::new(),
            another: false,
        };
        let (mut tx, world, now) = self.realm.begin().await?;
        let declared = declare::declare(&mut tx, &world, now, actor, declaration).await?;
        self.realm.commit(tx).await?;
        Ok(declared)
    }

    pub async fn declare(&self, event: &str, level: ResponseLevel) -> Declared {
        self.try_declare(&duty_officer(), event, level)
            .await
            .unwrap()
    }

    pub async fn facts(&self, incident: &IncidentId, facts: &[(&str, Value)]) -> Incident {
        let given = facts
            .iter()
            .map(|(name, value)| {
                (
                    (*name).to_owned(),
                    GivenFact {
                        value: value.clone(),
                        as_of: None,
                        source: None,
                    },
                )
            })
            .collect();
        let (mut tx, world, now) = self.realm.begin().await.unwrap();
        let incident = declare::set_facts(&mut tx, &world, now, &duty_officer(), incident, &given)
            .await
            .unwrap();
        self.realm.commit(tx).await.unwrap();
        incident
    }

    pub async fn level(&self, incident: &IncidentId, level: ResponseLevel) -> Declared {
        let (mut tx, world, now) = self.realm.begin().await.unwrap();
        let declared = declare::change_level(
            &mut tx,
            &world,
            now,
            &duty_officer(),
            incident,
            level,
            "雨情变化",
        )
        .await
        .unwrap();
        self.realm.commit(tx).await.unwrap();
        declared
    }

    pub async fn end(&self, incident: &IncidentId) -> Declared {
        let (mut tx, world, now) = self.realm.begin().await.unwrap();
        let declared = declare::end(&mut tx, &world, now, &duty_officer(), incident, "雨停水退")
            .await
            .unwrap();
        self.realm.commit(tx).await.unwrap();
        declared
    }

    pub async fn request(&self, incident: &IncidentId, item: &str) -> Vec<Release> {
        self.ask(incident, item, Order::default()).await.unwrap()
    }

    /// The same, with an order.
    pub async fn ask(
        &self,
        incident: &IncidentId,
        item: &str,
        order: Order,
    ) -> Result<Vec<Release>, VerbError> {
        let (mut tx, world, now) = self.realm.begin().await?;
        let officer = duty_officer();
        let releases =
            request::request(&mut tx, &world, now, &officer, incident, item, order).await?;
        self.realm.commit(tx).await?;
        Ok(releases)
    }

    /// Answers whether a measure is ordered, as `actor`.
    pub async fn decide(
        &self,
        actor: &Actor,
        id: &ReleaseId,
        answer: request::Answer,
    ) -> Result<Release, VerbError> {
        let (mut tx, world, now) = self.realm.begin().await.unwrap();
        let release = request::decide(&mut tx, &world, now, actor, id, answer).await?;
        self.realm.commit(tx).await.unwrap();
        Ok(release)
    }

    pub async fn release(&self, id: &ReleaseId) -> Release {
        self.realm
            .store
            .read()
            .await
            .unwrap()
            .release(id)
            .await
            .unwrap()
            .unwrap()
    }

    pub async fn releases(&self, incident: &IncidentId) -> Vec<Release> {
        self.realm
            .store
            .read()
            .await
            .unwrap()
            .releases_of(incident)
            .await
            .unwrap()
    }

    /// The one open or newest release of an item.
    pub async fn of_item(&self, incident: &IncidentId, item: &str) -> Release {
        let mut of_item: Vec<Release> = self
            .releases(incident)
            .await
            .into_iter()
            .filter(|r| r.item == item && r.correction.is_none())
            .collect();
        of_item.sort_by_key(|r| (r.occurrence, r.id.clone()));
        of_item
            .pop()
            .unwrap_or_else(|| panic!("no release of {item}"))
    }

    pub async fn submit(&self, actor: &Actor, id: &ReleaseId) -> Result<Release, VerbError> {
        let (mut tx, world, now) = self.realm.begin().await?;
        let release = draft::submit(&mut tx, &world, now, actor, id, None).await?;
        self.realm.commit(tx).await?;
        Ok(release)
    }

    /// Gives up the words that a person wrote for a newer version of the template's.
    pub async fn take_newer(
        &self,
        actor: &Actor,
        id: &ReleaseId,
        newer: u32,
    ) -> Result<Release, VerbError> {
        let (mut tx, world, now) = self.realm.begin().await?;
        let release = draft::submit(&mut tx, &world, now, actor, id, Some(newer)).await?;
        self.realm.commit(tx).await?;
        Ok(release)
    }

    pub async fn approve(
        &self,
        actor: &Actor,
        id: &ReleaseId,
        hash: &str,
        fast: bool,
    ) -> Result<Answer<Approved>, VerbError> {
        let (mut tx, world, now) = self.realm.begin().await?;
        let consent = Consent {
            fast,
            ..Consent::to(hash)
        };
        let answer = approve::approve(&mut tx, &world, now, actor, id, &consent).await?;
        self.realm.commit(tx).await?;
        Ok(answer)
    }

    pub async fn consent(
        &self,
        actor: &Actor,
        id: &ReleaseId,
        consent: &Consent,
    ) -> Result<Answer<Approved>, VerbError> {
        let (mut tx, world, now) = self.realm.begin().await?;
        let answer = approve::approve(&mut tx, &world, now, actor, id, consent).await?;
        self.realm.commit(tx).await?;
        Ok(answer)
    }

    /// The hash of the text that counts now.
    pub async fn hash(&self, id: &ReleaseId) -> String {
        let release = self.release(id).await;
        match &release.state {
            ReleaseState::InReview(review) => review.hash.clone(),
            ReleaseState::Published(publication) => publication.hash.clone(),
            state => {
                let version = state.standing_version().unwrap();
                let mut tx = self.realm.store.read().await.unwrap();
                tx.bulletin(id, version).await.unwrap().unwrap().hash()
            }
        }
    }

    /// Submits and signs a release by whoever's turn it is, until it is out.
    pub async fn publish(&mut self, id: &ReleaseId) -> Release {
        let body = self.release(id).await.body;
        let drafter = officer("nigao", &[&format!("{body}/duty-officer")]);
        self.submit(&drafter, id).await.unwrap();
        for _ in 0..8 {
            let release = self.release(id).await;
            let ReleaseState::InReview(review) = &release.state else {
                break;
            };
            let signer = holder_of(&review.signer().unwrap().post);
            let hash = review.hash.clone();
            match self.approve(&signer, id, &hash, false).await.unwrap() {
                Answer::Done(_) => {}
                Answer::Refused { refusal, .. } => panic!("{refusal}"),
            }
        }
        self.tick().await;
        self.release(id).await
    }

    pub async fn correct(
        &self,
        actor: &Actor,
        id: &ReleaseId,
        kind: CorrectionKind,
    ) -> Result<Release, VerbError> {
        self.correct_saying(actor, id, kind, &[]).await
    }

    /// A correction that is given what it is to say.
    pub async fn correct_saying(
        &self,
        actor: &Actor,
        id: &ReleaseId,
        kind: CorrectionKind,
        facts: &[(&str, Value)],
    ) -> Result<Release, VerbError> {
        let given = facts.iter().map(|(code, value)| {
            let fact = GivenFact {
                value: value.clone(),
                as_of: None,
                source: None,
            };
            ((*code).to_owned(), fact)
        });
        let wanted = correct::Wanted {
            kind,
            reason: (kind == CorrectionKind::Withdrawal).then_some("误发"),
            facts: &given.collect(),
        };
        let (mut tx, world, now) = self.realm.begin().await?;
        let correction = correct::prepare(&mut tx, &world, now, actor, id, &wanted).await?;
        self.realm.commit(tx).await?;
        Ok(correction)
    }

    /// Takes a text back as one person does: prepares what says so, reads it, and signs it.
    pub async fn withdraw(&mut self, actor: &Actor, id: &ReleaseId) -> Release {
        let notice = self
            .correct_saying(actor, id, CorrectionKind::Withdrawal, &[])
            .await
            .unwrap();
        let consent = Consent {
            own_words: true,
            ..Consent::to(self.hash(&notice.id).await)
        };
        match self.consent(actor, &notice.id, &consent).await.unwrap() {
            Answer::Done(_) => self.release(&notice.id).await,
            Answer::Refused { refusal, .. } => panic!("{refusal}"),
        }
    }

    pub fn recording(&self, channel: &str) -> Arc<Recording> {
        self.realm.recording(channel).unwrap()
    }

    /// Enters a contact with a phone, recorded by `areas`.
    pub async fn enter(&self, code: &str, phone: &str, areas: &[&str]) {
        let contact = Contact {
            code: code.into(),
            name: code.into(),
            language: Language::ZhCn,
            areas: areas.iter().map(|area| AreaCode((*area).into())).collect(),
            groups: Vec::new(),
            posts: Vec::new(),
            addresses: vec![Address {
                kind: AddressKind::Sms,
                address: phone.into(),
            }],
        };
        let mut tx = self.realm.store.begin().await.unwrap();
        tx.upsert_contacts(&[contact]).await.unwrap();
        self.realm.commit(tx).await.unwrap();
    }

    /// Somebody who holds `post`, with a telephone.
    pub async fn reachable(&self, post: &str, phone: &str) {
        let contact = Contact {
            code: phone.into(),
            name: phone.into(),
            language: Language::ZhCn,
            areas: Vec::new(),
            groups: Vec::new(),
            posts: vec![post.into()],
            addresses: vec![Address {
                kind: AddressKind::Sms,
                address: phone.into(),
            }],
        };
        let mut tx = self.realm.store.begin().await.unwrap();
        tx.upsert_contacts(&[contact]).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// What was sent to `phone`.
    pub fn heard(&self, phone: &str) -> Vec<String> {
        let all = self.parcels("sms").into_iter();
        all.filter(|one| one.address.ends_with(phone))
            .map(|one| one.rendering.text.clone())
            .collect()
    }

    pub fn parcels(&self, channel: &str) -> Vec<Parcel> {
        self.recording(channel).parcels()
    }

    pub async fn journal(&self) -> Vec<Sealed> {
        self.realm
            .store
            .read()
            .await
            .unwrap()
            .journal_after(0, None, 100_000)
            .await
            .unwrap()
    }

    /// The acts of the journal about one release, in order.
    pub async fn acts(&self, release: &ReleaseId) -> Vec<String> {
        let id = release.to_string();
        self.journal()
            .await
            .into_iter()
            .filter(|e| e.release.as_ref() == Some(&id))
            .map(|e| e.act)
            .collect()
    }
}
