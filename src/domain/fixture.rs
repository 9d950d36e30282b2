//! A made-up flood office for the table tests of this folder: short to write, so that a row of a table says only what it
//! is about. Times are those of a clock in Shanghai on 1 July 2026, a Wednesday, unless a row names another day.

use std::fmt::Debug;

use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::Asia::Shanghai;
use serde_json::{Value, from_value, json};

use super::approval::{Actor, Signature, SignatureKind};
use super::body::PostRef;
use super::bulletin::{Author, Bulletin, BulletinText, Countersign, Publication};
use super::deadline::{Anchor, DayCalendar, Due, EveryRule, Repeat};
use super::incident::{Incident, IncidentStatus};
use super::level::ResponseLevel;
use super::plan::{CorrectionKind, Item, ItemRole, OnRaise, Plan, Signer};
use super::reason::Reason;
use super::release::{Drafting, Prompt, Release, ReleaseState, Review, Undecided};
use super::time::{Moment, Span};
use crate::id::ReleaseId;

/// Holds every row of a table and names those that came out otherwise than expected.
#[track_caller]
pub fn hold<T: Debug + PartialEq<U>, U: Debug>(
    rows: impl IntoIterator<Item = (impl AsRef<str>, T, U)>,
) {
    let wrong: Vec<String> = rows
        .into_iter()
        .filter(|(_, got, expected)| got != expected)
        .map(|(name, got, expected)| {
            format!(
                "{}\n    expected {expected:?}\n    got      {got:?}",
                name.as_ref()
            )
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// `03:00`, or `07-02 03:00`.
pub fn at(text: &str) -> Moment {
    let day = if text.contains(' ') { "" } else { "07-01 " };
    let local = NaiveDateTime::parse_from_str(&format!("2026-{day}{text}"), "%Y-%m-%d %H:%M");
    let local = local.expect("a test time");
    let at = Shanghai.from_local_datetime(&local).single();
    at.expect("a time that comes once").to_utc()
}

/// A moment as [`at`] reads it, with seconds where there are any; `-` for none.
pub fn clock(at: impl Into<Option<Moment>>) -> String {
    let Some(at) = at.into() else {
        return "-".into();
    };
    let local = at
        .with_timezone(&Shanghai)
        .format("%m-%d %H:%M:%S")
        .to_string();
    let short = local.strip_prefix("07-01 ").unwrap_or(&local);
    short.strip_suffix(":00").unwrap_or(short).to_owned()
}

pub fn span(text: &str) -> Span {
    text.parse().expect("a test span")
}

/// A post of the flood office, or of another body when one is named.
pub fn post(text: &str) -> PostRef {
    PostRef::within("flood-office", text)
}

pub fn officer(user: &str, posts: &[&str]) -> Actor {
    Actor {
        user: user.into(),
        name: user.into(),
        posts: posts.iter().map(|one| post(one)).collect(),
    }
}

/// One that may be silent for ten minutes.
pub fn signer(of: &str, deputy: Option<&str>) -> Signer {
    Signer {
        post: post(of),
        name: of.into(),
        name_en: None,
        sign_within: span("10m"),
        deputy: deputy.map(post),
    }
}

/// The section head, whose deputy is the duty leader, and then the office director, who has none.
pub fn ordinary() -> Vec<Signer> {
    vec![
        signer("section-head", Some("duty-leader")),
        signer("office-director", None),
    ]
}

/// A plan of the flood office. Its routes are `ordinary`, `quick` (one signer, two minutes) and `fast`, countersigned by
/// the ordinary one within two hours.
pub fn plan<const N: usize>(levels: [(ResponseLevel, Vec<Item>); N], end: Vec<Item>) -> Plan {
    let quick = Signer {
        sign_within: span("2m"),
        ..signer("duty-leader", Some("command/duty-leader"))
    };
    let value = json!({
        "plan": "flood", "title": "示例市防汛方案", "title_en": null, "revision": "1", "zone": "Asia/Shanghai",
        "body": {
            "body": "flood-office", "name": "示例市防汛办",
            "posts": [
                {"post": "duty-officer", "name": "值班员", "sign-within": "5m"},
                {"post": "section-head", "name": "科长", "sign-within": "10m", "deputy": "duty-leader"},
                {"post": "office-director", "name": "主任", "sign-within": "10m"},
                {"post": "duty-leader", "name": "带班领导", "sign-within": "2m"}
            ]
        },
        "event": {"event": "flood", "name": "洪涝台风", "name_en": null, "class": "natural-disaster", "facts": []},
        "areas": ["320299"], "places": [], "effective_from": null, "review_by": null,
        "routes": {
            "ordinary": {"sign": ordinary(), "fast": null},
            "quick": {"sign": [quick], "fast": null},
            "fast": {"sign": [quick], "fast": {"countersign": "ordinary", "countersign_within": "2h"}}
        },
        "corrections": {
            "sign": quick, "confirm": signer("section-head", Some("duty-leader")), "confirm_within": "10m",
            "sent_in_error": "sent-in-error", "wrong_content": "wrong-content", "all_clear": "all-clear"
        },
        "levels": {}, "end": [], "templates": {}, "calendar": {"holidays": [], "workdays": []}
    });
    let mut plan: Plan = from_value(value).expect("a test plan");
    plan.levels = levels.into_iter().collect();
    plan.end = end;
    plan
}

/// An item of the ordinary route, without a limit.
pub fn item(code: &str) -> Item {
    let value = json!({
        "item": code, "name": code, "name_en": null, "kind": "notice", "role": null, "subject": null,
        "template": code, "content": [], "basis": [], "channels": [], "audience": "everyone", "due": [],
        "repeat": null, "on_demand": false, "route": "ordinary", "fast": null, "valid_for": null,
        "on_raise": "keep", "lifts": [], "interpretation": null
    });
    from_value(value).expect("a test item")
}

impl Item {
    pub fn due(mut self, within: &str, of: Anchor) -> Self {
        self.due.push(Due {
            within: span(within),
            of,
            calendar: DayCalendar::Clock,
        });
        self
    }

    pub fn due_in_working_days(mut self, within: &str, of: Anchor) -> Self {
        self.due.push(Due {
            within: span(within),
            of,
            calendar: DayCalendar::WorkingDay,
        });
        self
    }

    pub fn every(mut self, every: &str) -> Self {
        self.repeat = Some(Repeat::Every(EveryRule { every: span(every) }));
        self
    }

    pub fn cron(mut self, rule: &str) -> Self {
        self.repeat = Some(from_value(json!({ "cron": rule })).expect("a test rule"));
        self
    }

    pub fn role(mut self, role: ItemRole) -> Self {
        self.role = Some(role);
        self
    }

    pub fn reissued(mut self) -> Self {
        self.on_raise = OnRaise::Reissue;
        self
    }

    pub fn on_request(mut self) -> Self {
        self.on_demand = true;
        self
    }

    pub fn decided(mut self) -> Self {
        self.decided = true;
        self
    }

    pub fn in_text_of(mut self, leader: &str) -> Self {
        self.bundle = Some(leader.into());
        self
    }

    pub fn lifting(mut self, code: &str) -> Self {
        self.lifts.push(code.into());
        self.role(ItemRole::Lifting)
    }

    /// Explained by `code`, due so long after its publication.
    pub fn explained_by(mut self, code: &str, within: &str) -> Self {
        let explanation = item(code).due(within, Anchor::Publication);
        self.interpretation = Some(Box::new(explanation));
        self
    }
}

/// A flood with the levels it was at, each from when; it became known when it was declared.
pub fn incident(levels: &[(ResponseLevel, &str)]) -> Incident {
    let begun = at(levels.first().expect("a first level").1);
    let levels: Vec<Value> = levels
        .iter()
        .map(|(level, from)| json!({"level": level, "at": at(from), "by": "zhiban", "reason": "雨情变化"}))
        .collect();
    let value = json!({
        "id": "D-00000000000000000000000000", "event": "flood", "title": "示例市洪涝台风", "areas": ["320299"],
        "known_at": begun, "declared_at": begun, "expected_duration": null, "facts": {}, "levels": levels,
        "status": {"status": "active"}, "plans": []
    });
    from_value(value).expect("a test incident")
}

impl Incident {
    pub fn ended_at(mut self, when: &str) -> Self {
        self.status = IncidentStatus::Ended {
            at: at(when),
            by: "zhiban".into(),
            reason: "雨停水退".into(),
        };
        self
    }

    pub fn known(mut self, when: &str) -> Self {
        self.known_at = at(when);
        self
    }
}

/// Of a release, by its item and number. [`name_of`] reads both back.
pub fn id_of(item: &str, number: u32) -> ReleaseId {
    let text = format!("D-{number:02}{item:Z<24}");
    text.parse().expect("a test id")
}

/// `notice#1`.
pub fn name_of(id: &ReleaseId) -> String {
    let text = id.as_str().trim_start_matches("D-");
    let (number, item) = text.split_at(2);
    let number: u32 = number.parse().expect("a number");
    format!("{}#{number}", item.trim_end_matches('Z'))
}

/// Opened at 03:00 and due at 04:00, planned at level IV.
pub fn release(item: &str, number: u32, state: ReleaseState) -> Release {
    let value = json!({
        "id": id_of(item, number), "incident": "D-00000000000000000000000000", "plan": "flood", "plan_hash": "1",
        "body": "flood-office", "item": item, "name": item, "name_en": null, "kind": "notice", "level": "IV",
        "occurrence": number, "opened_at": at("03:00"), "due_at": at("04:00"), "tied_to": null,
        "correction": null, "state": {"state": "planned"}, "reminded": "none", "wake_at": null
    });
    let mut release: Release = from_value(value).expect("a test release");
    release.state = state;
    release
}

impl Release {
    pub fn explaining(mut self, item: &str, number: u32) -> Self {
        self.tied_to = Some(id_of(item, number));
        self
    }

    /// A correction bears the code of what it corrects.
    pub fn correcting(mut self, number: u32, kind: CorrectionKind) -> Self {
        self.tied_to = Some(id_of(&self.item, number));
        self.correction = Some(kind);
        self
    }
}

pub fn drafting() -> ReleaseState {
    ReleaseState::Drafting(Drafting {
        version: Some(1),
        ..Drafting::default()
    })
}

/// The first text, submitted by `drafter` at 03:10 for the ordinary route.
pub fn review() -> Review {
    Review {
        round: 1,
        version: 1,
        hash: "h1".into(),
        submitted_by: "drafter".into(),
        signers: ordinary(),
        also: Vec::new(),
        step: 0,
        turn_since: at("03:10"),
        passed_to_deputy: false,
        stale: None,
        prompted: Prompt::None,
    }
}

pub fn in_review() -> ReleaseState {
    ReleaseState::InReview(review())
}

pub fn approved() -> ReleaseState {
    ReleaseState::Approved {
        version: 1,
        hash: "h1".into(),
        at: at("03:20"),
        owed: None,
        declined: None,
    }
}

pub fn publication(when: &str) -> Publication {
    let value = json!({
        "version": 1, "hash": "h1", "at": at(when), "due_at": at("04:00"), "valid_until": null, "countersign": null
    });
    from_value(value).expect("a test publication")
}

/// The ordinary route, still owed by a text until 05:30.
pub fn countersign() -> Countersign {
    Countersign {
        signers: ordinary(),
        signed: 0,
        due_at: at("05:30"),
        overdue_reported: false,
        own_words: false,
    }
}

pub fn published(when: &str) -> ReleaseState {
    ReleaseState::Published(publication(when))
}

fn raised() -> Reason {
    Reason::LevelRaised {
        to: ResponseLevel::III,
    }
}

pub fn superseded(was: Option<Publication>) -> ReleaseState {
    ReleaseState::Superseded {
        at: at("04:30"),
        why: raised(),
        was,
    }
}

pub fn lifted(when: &str) -> ReleaseState {
    ReleaseState::Lifted {
        at: at("04:30"),
        by: id_of("over", 1),
        was: publication(when),
    }
}

pub fn expired(when: &str) -> ReleaseState {
    ReleaseState::Expired {
        at: at("04:30"),
        was: publication(when),
    }
}

pub fn corrected(when: &str) -> ReleaseState {
    ReleaseState::Corrected {
        at: at("04:30"),
        by: id_of("correction", 1),
        was: publication(when),
    }
}

pub fn withdrawn(when: &str) -> ReleaseState {
    ReleaseState::Withdrawn {
        at: at("04:30"),
        by: "daiban".into(),
        why: "误发".into(),
        was: publication(when),
        notice: None,
    }
}

pub fn waived() -> ReleaseState {
    ReleaseState::Waived {
        at: at("04:30"),
        by: "kezhang".into(),
        why: "不涉及".into(),
    }
}

pub fn cancelled() -> ReleaseState {
    ReleaseState::Cancelled {
        at: at("04:30"),
        why: raised(),
    }
}

pub fn planned_state() -> ReleaseState {
    ReleaseState::Planned
}

pub fn undecided() -> ReleaseState {
    ReleaseState::Undecided(Undecided {
        posts: Vec::new(),
        ask_at: at("03:00"),
        asked: 0,
        put_off: None,
    })
}

pub fn not_applicable() -> ReleaseState {
    ReleaseState::NotApplicable {
        at: at("03:10"),
        by: "zhiban".into(),
        why: "水位回落".into(),
    }
}

pub fn missed() -> ReleaseState {
    ReleaseState::Missed { at: at("04:30") }
}

/// Every state of what is planned by itself, by name; one that was out at 03:30 where it was out. What was superseded is there twice.
pub fn every_state() -> [(&'static str, ReleaseState); 14] {
    let out = || Some(publication("03:30"));
    [
        ("planned", ReleaseState::Planned),
        ("drafting", drafting()),
        ("in review", in_review()),
        ("approved", approved()),
        ("published", published("03:30")),
        ("superseded before it was out", superseded(None)),
        ("superseded", superseded(out())),
        ("expired", expired("03:30")),
        ("lifted", lifted("03:30")),
        ("corrected", corrected("03:30")),
        ("withdrawn", withdrawn("03:30")),
        ("waived", waived()),
        ("cancelled", cancelled()),
        ("missed", missed()),
    ]
}

/// The first text of the notice, as its template made it, with words of `writer`.
pub fn text() -> Bulletin {
    Bulletin {
        release: id_of("notice", 1),
        version: 1,
        author: Author::Template,
        written_by: vec!["writer".into()],
        based_on: None,
        drafted_at: at("03:05"),
        text: BulletinText {
            title: "关于启动应急响应的通告".into(),
            text: "全市普降大到暴雨。".into(),
            ..BulletinText::default()
        },
        renderings: Vec::new(),
        reach: Vec::new(),
        valid_for: None,
    }
}

/// In the section head's turn, at 03:15.
pub fn signature(user: &str, round: u32, hash: &str) -> Signature {
    Signature {
        release: id_of("notice", 1),
        round,
        version: 1,
        hash: hash.into(),
        post: post("section-head"),
        user: user.into(),
        name: user.into(),
        at: at("03:15"),
        kind: SignatureKind::Review,
    }
}
