//! Random acts by many people over a whole incident, and over a second one beside it. A small model knows which state may
//! follow which and who has signed what; whatever people do and however time passes, the program keeps to it.
//!
//! `two_persons/walk.rs` asks whose words are public. Here it is asked whether what is public has its signatures, whether
//! anything goes out twice, and whether what is over comes back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use fabu::domain::approval::{Actor, Consent};
use fabu::domain::area::AreaCode;
use fabu::domain::body::PostRef;
use fabu::domain::bulletin::REMINDERS_FROM;
use fabu::domain::fact::{ColumnSpec, FactSpec, FactType, Lies};
use fabu::domain::level::ResponseLevel;
use fabu::domain::plan::{CorrectionKind, Item, Plan, PlanSet, Route, Signer};
use fabu::domain::release::{Release, ReleaseState, Reminder};
use fabu::flow::approve::Approved;
use fabu::flow::declare::{Declaration, GivenFact};
use fabu::flow::draft::{TextEdit, edit, send_back, submit, waive};
use fabu::flow::request::{self, Order};
use fabu::flow::{Answer, VerbError, approve, correct, declare};
use fabu::id::{IncidentId, ReleaseId};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::town::{Town, examples, holder_of, officer};

const START: &str = "2026-07-01T03:00:00+08:00";

static EXAMPLES: LazyLock<PlanSet> = LazyLock::new(examples);

/// What may become of a release, by the names of its states. A final state is left by nothing but a correction or a
/// withdrawal, and only by a text that was out.
#[rustfmt::skip]
const MAY_BECOME: [(&str, &[&str]); 14] = [
    ("undecided", &["planned", "not-applicable", "cancelled", "superseded"]),
    ("not-applicable", &[]),
    ("planned", &["drafting", "waived", "cancelled", "superseded", "missed"]),
    ("drafting", &["in-review", "approved", "published", "waived", "cancelled", "superseded", "missed"]),
    ("in-review", &["drafting", "approved", "published", "waived", "cancelled", "superseded", "missed"]),
    ("approved", &["drafting", "published", "waived", "cancelled", "superseded", "missed"]),
    ("published", &["superseded", "expired", "corrected", "withdrawn"]),
    ("superseded", &["corrected", "withdrawn"]),
    ("expired", &["corrected", "withdrawn"]),
    ("corrected", &[]),
    ("withdrawn", &["corrected"]),
    ("waived", &[]),
    ("cancelled", &[]),
    ("missed", &[]),
];

/// One act leads a release through several states at most: it is drafted, signed and out.
fn may_become(from: &str, to: &str) -> bool {
    let next = |from: &str| {
        MAY_BECOME
            .iter()
            .find(|(state, _)| *state == from)
            .unwrap()
            .1
    };
    let mut reached: BTreeSet<&str> = BTreeSet::from([from]);
    loop {
        let more: BTreeSet<&str> = reached
            .iter()
            .flat_map(|state| next(state))
            .copied()
            .collect();
        let before = reached.len();
        reached.extend(more);
        if reached.len() == before {
            return reached.contains(to);
        }
    }
}

/// What a correction after the first, or the withdrawal of one, makes of what was put right before.
fn may_be_said_anew(release: &Release, from: &str, to: &str, all: &[Release]) -> bool {
    let is_correction = release.correction.is_some();
    let first = match is_correction {
        true => release.tied_to.as_ref(),
        false => Some(&release.id),
    };
    let is_taken_back = all.iter().any(|withdrawal| {
        withdrawal.correction == Some(CorrectionKind::Withdrawal)
            && withdrawal.state.publication().is_some()
            && all.iter().any(|correction| {
                withdrawal.tied_to.as_ref() == Some(&correction.id)
                    && correction.tied_to.as_ref() == first
            })
    });
    match (from, is_correction) {
        // Also of one whose validity is over a newer one takes the place.
        ("expired", true) => to == "superseded",
        // A text is taken back whole, with its correction.
        ("corrected", false) if to == "withdrawn" => true,
        ("corrected", false) | ("superseded", true) => is_taken_back && may_become("published", to),
        _ => false,
    }
}

#[derive(Debug, Clone)]
struct Step {
    who: Index,
    which: Index,
    act: Deed,
    /// By whoever it is and on whatever it is; most acts are tried where they may succeed, or nothing would ever be out.
    astray: bool,
}

#[derive(Debug, Clone)]
enum Deed {
    Facts(u8),
    Edit,
    Submit,
    Approve { fast: bool },
    Return,
    Waive,
    Correct(CorrectionKind),
    Level(ResponseLevel),
    Request(Index),
    End,
    Another,
    Pass(&'static str),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let kind = prop_oneof![
        Just(CorrectionKind::SentInError),
        Just(CorrectionKind::WrongContent),
        Just(CorrectionKind::AllClear),
        Just(CorrectionKind::Withdrawal)
    ];
    let approve = proptest::bool::weighted(0.25).prop_map(|fast| Deed::Approve { fast });
    let span = prop_oneof![Just("3m"), Just("20m"), Just("2h"), Just("9h")];
    let deed = prop_oneof![
        3 => any::<u8>().prop_map(Deed::Facts),
        3 => Just(Deed::Edit),
        10 => Just(Deed::Submit),
        26 => approve,
        2 => Just(Deed::Return),
        2 => Just(Deed::Waive),
        6 => kind.prop_map(Deed::Correct),
        3 => proptest::sample::select(ResponseLevel::ALL.to_vec()).prop_map(Deed::Level),
        2 => any::<Index>().prop_map(Deed::Request),
        1 => Just(Deed::End),
        1 => Just(Deed::Another),
        6 => span.prop_map(Deed::Pass),
    ];
    let step = (
        any::<Index>(),
        any::<Index>(),
        deed,
        proptest::bool::weighted(0.25),
    );
    let step = step.prop_map(|(who, which, act, astray)| Step {
        who,
        which,
        act,
        astray,
    });
    proptest::collection::vec(step, 40..90)
}

/// What the model knows of one release.
#[derive(Debug, Clone, Default)]
struct Known {
    state: &'static str,
    submitted_by: Option<String>,
    /// Who signed for which post since the text last went on its route or came back from it.
    round: Vec<(String, PostRef)>,
    /// The last signature took the fast route.
    fast: bool,
}

/// Whether an act has a chance.
fn may_be_worked_on(act: &Deed, release: &Release) -> bool {
    let is_drafted = |one: &Release| match &one.state {
        ReleaseState::Drafting(draft) => draft.version.is_some(),
        _ => false,
    };
    let is_reviewed = matches!(release.state, ReleaseState::InReview(_));
    match act {
        Deed::Submit => is_drafted(release),
        Deed::Edit => is_drafted(release) || is_reviewed,
        Deed::Approve { fast: true } => {
            let has_route = item_of(release).fast.is_some() && release.correction.is_none();
            has_route && (is_drafted(release) || is_reviewed)
        }
        Deed::Approve { fast: false } => !release.may_sign().is_empty(),
        Deed::Return => is_reviewed || release.state.code() == "approved",
        Deed::Waive => release.state.is_open() && release.part_of.is_none(),
        _ => release.state.publication().is_some() && release.part_of.is_none(),
    }
}

/// Who may do it.
fn posts_for(act: &Deed, release: &Release) -> Vec<PostRef> {
    let item = item_of(release);
    let posts = |route: &str| -> Vec<PostRef> {
        // What goes out in another text has no route of its own.
        let route = flood().routes.get(route);
        let signers = route.iter().flat_map(|route| &route.sign);
        signers.map(|one| one.post.clone()).collect()
    };
    match act {
        Deed::Submit | Deed::Edit => drafter().posts,
        Deed::Approve { fast: true } => item.fast.as_deref().map_or_else(Vec::new, posts),
        Deed::Approve { fast: false } => release.may_sign(),
        Deed::Return | Deed::Waive => posts(&item.route),
        _ => {
            let corrections = flood().corrections.as_ref().unwrap();
            vec![
                corrections.sign.post.clone(),
                corrections.confirm.post.clone(),
            ]
        }
    }
}

struct Walk {
    town: Town,
    people: Vec<Actor>,
    drafter: Actor,
    incidents: Vec<IncidentId>,
    known: BTreeMap<ReleaseId, Known>,
    published: usize,
}

fn flood() -> &'static Plan {
    &EXAMPLES.plan("flood").unwrap().plan
}

fn drafter() -> Actor {
    officer("drafter", &["flood-office/duty-officer"])
}

fn item_of(release: &Release) -> &'static Item {
    let level = release.level.unwrap_or(ResponseLevel::IV);
    flood().item_anywhere(level, &release.item).unwrap()
}

/// One for each post that a route of the plan names and for each deputy, the drafter, and one who holds all posts of the
/// body.
fn people() -> Vec<Actor> {
    let signers = flood().routes.values().flat_map(|route| &route.sign);
    let posts = signers.flat_map(|one| std::iter::once(&one.post).chain(&one.deputy));
    let posts: BTreeSet<PostRef> = posts.cloned().collect();
    let mut people: Vec<Actor> = posts.iter().map(holder_of).collect();
    people.push(drafter());
    let own = flood().body.posts.iter();
    let own: Vec<String> = own
        .map(|one| format!("flood-office/{}", one.post))
        .collect();
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    people.push(officer("everything", &own));
    people
}

/// A value of this type, in nobody's particular words.
fn some_value(kind: FactType, choices: &[String], columns: &[ColumnSpec]) -> Value {
    match kind {
        FactType::Text => json!("江堤沿线"),
        FactType::Number => json!(12.5),
        FactType::Integer => json!(12),
        FactType::Time => json!("2026-07-01T02:55:00+08:00"),
        FactType::Duration => json!("2h"),
        FactType::Flag => json!(true),
        FactType::Choice => json!(choices[0]),
        FactType::List => {
            let cell = |one: &ColumnSpec| (one.column.clone(), some_value(one.kind, &[], &[]));
            let row: serde_json::Map<String, Value> = columns.iter().map(cell).collect();
            json!([row])
        }
    }
}

fn every_fact() -> BTreeMap<String, GivenFact> {
    let given = |spec: &FactSpec| {
        let value = match spec.lies {
            Some(Lies::Ahead) => json!("2026-07-08T02:55:00+08:00"),
            _ => some_value(spec.kind, &spec.choices, &spec.columns),
        };
        (spec.fact.clone(), fact(value))
    };
    let plan = flood();
    // When something was held nobody knows when the incident is declared.
    let is_held = |spec: &FactSpec| {
        let mut held = plan.items().filter_map(|item| item.held.as_ref());
        held.any(|held| held.fact == spec.fact)
    };
    let of_incident = plan.event.facts.iter();
    of_incident
        .filter(|spec| !spec.correction && spec.per.is_none())
        .filter(|spec| !is_held(spec))
        .map(given)
        .collect()
}

fn fact(value: Value) -> GivenFact {
    GivenFact {
        value,
        as_of: None,
        source: Some("市防汛抗旱指挥部".into()),
    }
}

impl Walk {
    async fn begin(database: &Database) -> Self {
        let town = Town::with_plans(database.store().await, START, EXAMPLES.clone()).await;
        let mut walk = Self {
            town,
            people: people(),
            drafter: drafter(),
            incidents: Vec::new(),
            known: BTreeMap::new(),
            published: 0,
        };
        walk.declare(ResponseLevel::III).await;
        walk.town.tick().await;
        walk.observe().await;
        walk
    }

    async fn declare(&mut self, level: ResponseLevel) {
        let declaration = Declaration {
            event: "flood".into(),
            level,
            areas: vec![AreaCode("320299".into())],
            title: None,
            known_at: None,
            expected_duration: Some("48h".parse().unwrap()),
            facts: every_fact(),
            another: true,
        };
        let (mut tx, world, now) = self.town.realm.begin().await.unwrap();
        let declared = declare::declare(&mut tx, &world, now, &self.drafter, declaration)
            .await
            .unwrap();
        self.town.realm.commit(tx).await.unwrap();
        self.incidents.push(declared.incident.id);
    }

    async fn releases(&self) -> Vec<Release> {
        let mut all = Vec::new();
        for incident in &self.incidents {
            all.extend(self.town.releases(incident).await);
        }
        all
    }

    async fn take(&mut self, step: &Step) {
        match step.act {
            Deed::Pass(span) => self.town.pass(span).await,
            Deed::Another if self.incidents.len() < 2 => self.declare(ResponseLevel::I).await,
            Deed::Another => {}
            Deed::Facts(_) | Deed::Level(_) | Deed::Request(_) | Deed::End => {
                self.work_on_an_incident(step).await;
            }
            _ => self.work_on_a_release(step).await,
        }
        self.town.tick().await;
        self.observe().await;
    }

    async fn work_on_an_incident(&self, step: &Step) {
        let id = step.which.get(&self.incidents);
        let actor = match step.astray {
            true => step.who.get(&self.people),
            false => &self.drafter,
        };
        let (mut tx, world, now) = self.town.realm.begin().await.unwrap();
        let outcome = match &step.act {
            Deed::Facts(n) => {
                let given = BTreeMap::from([("rainfall".to_owned(), fact(json!(n)))]);
                let set = declare::set_facts(&mut tx, &world, now, actor, id, &given).await;
                set.err()
            }
            Deed::Level(level) => {
                let why = "水位变化";
                let change = declare::change_level(&mut tx, &world, now, actor, id, *level, why);
                change.await.err()
            }
            Deed::Request(item) => {
                let items = flood().levels.values().flatten();
                let items: Vec<&str> = items
                    .filter(|item| item.on_demand)
                    .map(|item| item.item.as_str())
                    .collect();
                let item = item.get(&items);
                let order = Order::default();
                let asked = request::request(&mut tx, &world, now, actor, id, item, order).await;
                asked.err()
            }
            Deed::End => declare::end(&mut tx, &world, now, actor, id, "雨停水退")
                .await
                .err(),
            _ => unreachable!("an act on a release"),
        };
        match outcome {
            None => self.town.realm.commit(tx).await.unwrap(),
            Some(VerbError::Store(error)) => panic!("{step:?}: {error}"),
            Some(_) => drop(tx),
        }
    }

    async fn work_on_a_release(&mut self, step: &Step) {
        let mut releases = self.releases().await;
        releases.retain(|release| step.astray || may_be_worked_on(&step.act, release));
        let Some(release) = releases.get(step.which.index(releases.len().max(1))) else {
            return;
        };
        let id = &release.id;
        let actor = self.actor(step, release).clone();
        let (mut tx, world, now) = self.town.realm.begin().await.unwrap();
        let why = "再核";
        let outcome = match &step.act {
            Deed::Edit => {
                let change = TextEdit {
                    title: Some(format!("标题{}", step.who.index(9))),
                    ..TextEdit::default()
                };
                edit(&mut tx, &world, now, &actor, id, change).await.err()
            }
            Deed::Submit => {
                let submitted = submit(&mut tx, &world, now, &actor, id, None).await;
                submitted.map(|_| self.went_on_its_route(id, &actor)).err()
            }
            Deed::Return => send_back(&mut tx, &world, now, &actor, id, why).await.err(),
            Deed::Waive => waive(&mut tx, &world, now, &actor, id, why).await.err(),
            Deed::Correct(kind) => {
                let words = flood().event.facts.iter().filter(|spec| spec.correction);
                let words = words.map(|spec| (spec.fact.clone(), fact(json!("江堤沿线"))));
                let wanted = correct::Wanted {
                    kind: *kind,
                    reason: Some(why),
                    facts: &words.collect(),
                };
                let prepared = correct::prepare(&mut tx, &world, now, &actor, id, &wanted);
                prepared.await.err()
            }
            Deed::Approve { fast, .. } => {
                let hash = match (&release.state, release.state.publication()) {
                    (ReleaseState::InReview(review), _) => review.hash.clone(),
                    (_, Some(out)) => out.hash.clone(),
                    (state, None) => {
                        let version = state.standing_version().unwrap_or(1);
                        let text = tx.bulletin(id, version).await.unwrap();
                        text.map(|text| text.hash()).unwrap_or_default()
                    }
                };
                let newer = match &release.state {
                    ReleaseState::InReview(review) => review.stale,
                    _ => None,
                };
                let consent = Consent {
                    fast: *fast,
                    despite: newer,
                    own_words: release.correction.is_some(),
                    ..Consent::to(hash)
                };
                let answer = approve::approve(&mut tx, &world, now, &actor, id, &consent).await;
                match answer {
                    Ok(Answer::Done(done)) => {
                        self.signed(release, &actor, &done, *fast);
                        None
                    }
                    Ok(Answer::Refused { .. }) => None,
                    Err(error) => Some(error),
                }
            }
            _ => unreachable!("an act on an incident"),
        };
        match outcome {
            None => self.town.realm.commit(tx).await.unwrap(),
            Some(VerbError::Store(error)) => panic!("{step:?}: {error}"),
            Some(_) => drop(tx),
        }
    }

    fn actor(&self, step: &Step, release: &Release) -> &Actor {
        let posts = posts_for(&step.act, release);
        let due: Vec<&Actor> = self
            .people
            .iter()
            .filter(|person| posts.iter().any(|post| person.holds(post)))
            .collect();
        if step.astray || due.is_empty() {
            return step.who.get(&self.people);
        }
        due[step.who.index(due.len())]
    }

    fn went_on_its_route(&mut self, id: &ReleaseId, by: &Actor) {
        let known = self.known.get_mut(id).unwrap();
        known.round.clear();
        known.fast = false;
        known.submitted_by = Some(by.user.clone());
    }

    /// A signature before the text is out; one after it is of another kind, and the text has all it needed.
    fn signed(&mut self, before: &Release, by: &Actor, done: &Approved, fast: bool) {
        if !before.state.is_open() {
            return;
        }
        let known = self.known.get_mut(&before.id).unwrap();
        if matches!(before.state, ReleaseState::Drafting(_)) {
            known.round.clear();
            known.submitted_by = None;
        }
        known.fast = fast;
        known.round.push((by.user.clone(), done.post.clone()));
    }

    /// Looks at everything, and compares with what was known before.
    async fn observe(&mut self) {
        let now = self.town.now();
        let releases = self.releases().await;
        for release in &releases {
            let state = release.state.code();
            let known = self
                .known
                .entry(release.id.clone())
                .or_insert_with(|| Known {
                    state: match state {
                        "undecided" => state,
                        _ => "planned",
                    },
                    ..Known::default()
                });
            assert!(
                may_become(known.state, state)
                    || may_be_said_anew(release, known.state, state, &releases),
                "{} was {} and is {state}: {release:#?}",
                release.item,
                known.state
            );
            let was_out = std::mem::replace(&mut known.state, state);
            if state == "drafting" {
                known.round.clear();
            }
            // What goes out in another text is signed with it.
            let own_text = release.part_of.is_none();
            if own_text && was_out != "published" && state == "published" {
                check_signatures(release, known);
                self.published += 1;
            }
            check_watched(release, now);
        }
        Self::check_numbers(&releases);
    }

    /// No two releases of an item bear one number, and of a series one is open at a time.
    fn check_numbers(releases: &[Release]) {
        let mut numbers = BTreeSet::new();
        let mut open = BTreeSet::new();
        let own = |one: &&Release| one.tied_to.is_none();
        for release in releases.iter().filter(own) {
            let matter = (&release.incident, &release.item);
            assert!(numbers.insert((matter, release.occurrence)), "{release:#?}");
            let recurs = item_of(release).repeat.is_some();
            if recurs && release.state.is_open() {
                assert!(open.insert(matter), "a second one: {release:#?}");
            }
        }
    }

    /// Each text that was out went to each of its channels once, and each recipient got it once.
    async fn check_dispatches(&self) {
        let releases = self.releases().await;
        let mut tx = self.town.realm.store.read().await.unwrap();
        for release in &releases {
            let dispatches = tx.dispatches_of(&release.id).await.unwrap();
            let texts: Vec<_> = dispatches
                .iter()
                .filter(|one| one.version < REMINDERS_FROM)
                .map(|one| (one.channel.as_str(), one.version))
                .collect();
            // What is open or was given up has been handed to nobody.
            let signed = match release.state.publication() {
                Some(out) => tx.bulletin(&release.id, out.version).await.unwrap(),
                None => None,
            };
            // A text also goes where that went whose place it takes.
            let to: BTreeSet<_> = signed
                .iter()
                .flat_map(|text| {
                    let own = item_of(release).channels.iter().map(|one| &one.channel);
                    let also = text.reach.iter().filter(|one| one.also);
                    own.chain(also.map(|one| &one.channel))
                        .map(|channel| (channel.as_str(), text.version))
                })
                .collect();
            assert_eq!(texts.len(), to.len(), "{texts:?} {release:#?}");
            assert_eq!(BTreeSet::from_iter(texts), to, "{release:#?}");
        }
        drop(tx);
        let mut sent = BTreeSet::new();
        let channels = EXAMPLES.channels.keys();
        let recordings = channels.filter_map(|channel| self.town.realm.recording(channel));
        for parcel in recordings.flat_map(|one| one.parcels()) {
            assert!(sent.insert(parcel.key.clone()), "a second time: {parcel:?}");
        }
    }
}

/// A text that has just gone out has the signatures that its route asks for, or those of a shorter one and owes the rest.
fn check_signatures(release: &Release, known: &Known) {
    let owed = release.state.publication().unwrap().countersign.as_ref();
    let owed = owed.map(|owed| owed.signers.iter().map(|one| one.post.clone()).collect());
    let owed: Option<Vec<PostRef>> = owed;
    let signs = |signer: &Signer, post: &PostRef| {
        signer.post == *post || signer.deputy.as_ref() == Some(post)
    };
    let users: BTreeSet<&String> = known.round.iter().map(|(user, _)| user).collect();
    assert_eq!(
        users.len(),
        known.round.len(),
        "nobody twice: {known:?} {release:#?}"
    );
    assert!(
        known
            .submitted_by
            .as_ref()
            .is_none_or(|by| !users.contains(by)),
        "not by whoever submitted it: {known:?} {release:#?}"
    );
    let item = item_of(release);
    let is_signed_by = |route: &[Signer]| {
        route.len() == known.round.len()
            && route
                .iter()
                .zip(&known.round)
                .all(|(signer, (_, post))| signs(signer, post))
    };
    if release.correction.is_some() {
        let corrections = flood().corrections.as_ref().unwrap();
        // Whoever is awake and signs for the plan, and another one after it is out.
        assert_eq!(known.round.len(), 1, "{known:?} {release:#?}");
        let (_, signed) = &known.round[0];
        let second = match corrections.confirm.post == *signed {
            true => &corrections.sign,
            false => &corrections.confirm,
        };
        assert_eq!(owed, Some(vec![second.post.clone()]), "{release:#?}");
    } else if known.fast {
        let route = &flood().routes[item.fast.as_ref().unwrap()];
        let Route {
            sign,
            fast: Some(fast),
        } = route
        else {
            panic!("no fast route")
        };
        // Others may have signed in their turn before; the fast signature alone sends it.
        let (_, last) = known.round.last().unwrap();
        assert!(
            sign.iter().any(|one| signs(one, last)),
            "{known:?} {release:#?}"
        );
        let owed = owed.unwrap();
        for signer in &flood().routes[&fast.countersign].sign {
            let has_signed = known.round.iter().any(|(_, post)| signs(signer, post));
            let is_owed = owed.contains(&signer.post);
            assert!(has_signed || is_owed, "{signer:?}: {known:?} {release:#?}");
        }
    } else {
        let route = &flood().routes[&item.route].sign;
        assert!(is_signed_by(route), "{known:?} {route:?} {release:#?}");
        assert_eq!(owed, None, "{release:#?}");
    }
}

/// Nothing that is open is past its deadline without anybody having been told, and nothing that fell due lies unseen.
fn check_watched(release: &Release, now: fabu::domain::time::Moment) {
    // Of a part it is told with the text that it goes out in.
    if release.is_overdue(now) && release.part_of.is_none() {
        assert_eq!(release.reminded, Reminder::Overdue, "{release:#?}");
    }
    assert!(release.wake_at.is_none_or(|at| at > now), "{release:#?}");
}

#[test]
fn whatever_people_do_what_is_out_was_signed_and_what_is_over_stays_over() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut runner = TestRunner::new(Config {
        cases: 12,
        failure_persistence: None,
        ..Config::default()
    });
    let published = std::cell::Cell::new(0);
    runner
        .run(&steps(), |steps| {
            runtime.block_on(async {
                let database = Database::memory().await;
                let mut walk = Walk::begin(&database).await;
                for step in &steps {
                    walk.take(step).await;
                }
                walk.check_dispatches().await;
                let store = database.store().await;
                let faults = store.read().await.unwrap().journal_verify().await.unwrap();
                assert!(faults.is_empty(), "{faults:?}");
                published.set(published.get() + walk.published);
                database.discard().await;
            });
            Ok(())
        })
        .unwrap();
    let published = published.get();
    assert!(
        published > 30,
        "the walks hardly published anything: {published}"
    );
}
