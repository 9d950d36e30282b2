//! One published bulletin as the public sees it: the text, the record header of a government disclosure, its fate.

mod answer;
mod lifted;
mod passage;

pub use answer::{Answer, Finding};
pub use lifted::{Change, ChangeKind, LiftedIn};
pub use passage::Passage;

use lifted::lifted_in;

use chrono::Datelike;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::area::{Area, AreaCode};
use super::bulletin::{Bulletin, BulletinText, Publication};
use super::fact::{Fact, FactValue};
use super::incident::Incident;
use super::level::{EventClass, ResponseLevel};
use super::plan::{CorrectionKind, Item, ItemKind, ItemRole, Plan};
use super::release::Release;
use super::time::Moment;
use crate::id::{IncidentId, ReleaseId};

/// Subjects of measures that keep people alive, as `plans/rules.yaml` names them.
const SAVES_LIFE: [&str; 3] = ["evacuation", "shelter-in-place", "water-suspension"];

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PortalEntry {
    pub release: ReleaseId,
    pub incident: IncidentId,
    /// Of its plan; none in what older versions wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    pub incident_title: String,
    /// Of the event and the places, whoever worded the Chinese; none in what older versions wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident_title_en: Option<String>,
    pub event: String,
    pub event_name: String,
    pub event_name_en: Option<String>,
    pub class: EventClass,
    pub level: ResponseLevel,
    pub kind: ItemKind,
    pub body: String,
    pub body_name: String,
    pub body_name_en: Option<String>,
    pub hotline: Option<String>,
    pub areas: Vec<Area>,
    /// 索引号: organisation, area, year and serial.
    pub index_number: String,
    /// Documents and articles this release rests on.
    pub basis: Vec<String>,
    pub text: BulletinText,
    pub version: u32,
    pub hash: String,
    pub drafted_at: Moment,
    pub published_at: Moment,
    /// 公开时限.
    pub due_at: Option<Moment>,
    pub valid_until: Option<Moment>,
    /// The next release of the same item, when it is known.
    pub next_update: Option<Moment>,
    pub zone: Tz,
    pub standing: Standing,
    /// The response as the public has been told of it since; None while nothing but the entry's own level is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
    /// It binds people (转移、停课、停运 …), so it is read before anything else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub binds: bool,
    /// Where it does not hold any more, while it does in [`Self::areas`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifted: Vec<LiftedIn>,
    /// What became of it where, in order: what lifted it, and what brought it back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// Whoever does not read it may die of that: to leave, to stay indoors, not to drink.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub saves_life: bool,
    /// Orders by their items: while one of them binds, the end of the response does not end this advice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stands_with: Vec<String>,
    /// The short messages as they went out, the signature in front: a reader who asks has these in hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub short: Vec<String>,
    /// What this entry explains or corrects.
    pub interprets: Option<ReleaseId>,
    pub corrects: Option<Corrects>,
    /// What was found out about a rumour; none in what older versions wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
}

/// What the newest notice of a response says of it. An end that no published notice has told is none for the public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "response")]
pub enum Response {
    At { level: ResponseLevel, since: Moment },
    Ended { at: Moment },
}

impl Response {
    /// What a text of `item` tells of the response when it goes out.
    pub fn told_by(item: &Item, release: &Release, now: Moment) -> Option<Self> {
        if release.correction.is_some() {
            return None;
        }
        match (item.role, release.level) {
            (Some(ItemRole::Activation), Some(level)) => Some(Self::At { level, since: now }),
            (Some(ItemRole::Termination), _) => Some(Self::Ended { at: now }),
            _ => None,
        }
    }
}

/// 效力状况.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "standing")]
pub enum Standing {
    Current,
    Expired {
        at: Moment,
    },
    Superseded {
        at: Moment,
    },
    /// What it ordered is over everywhere, or what it explained is.
    Lifted {
        at: Moment,
        by: ReleaseId,
    },
    Corrected {
        at: Moment,
        by: ReleaseId,
        kind: CorrectionKind,
    },
    /// Why is in the journal: it is one person's words, which nobody has signed.
    Withdrawn {
        at: Moment,
        /// The text that says so; none in what older versions wrote.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<ReleaseId>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrects {
    pub release: ReleaseId,
    pub kind: CorrectionKind,
    /// What was wrong and what is right, as the correction's own text says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passage: Option<Passage>,
    /// What earlier corrections of the same text made right elsewhere in it, and this one says again, the earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Passage>,
}

impl Corrects {
    /// Every passage of the text that was wrong, with what is right by now.
    pub fn passages(&self) -> impl Iterator<Item = &Passage> {
        self.also.iter().chain(&self.passage)
    }

    /// It takes the place of an earlier correction of the same text: where it corrects what that made right, a reader of the text
    /// has the first words before them and finds what is right by now; what it does not speak of stays corrected.
    #[must_use]
    pub fn after(mut self, before: &Self) -> Self {
        if self.release != before.release {
            return self;
        }
        let mut also: Vec<Passage> = before.passages().cloned().collect();
        if let Some(own) = self.passage.take() {
            let at = own.joins(&mut also);
            self.passage = Some(also.remove(at));
        }
        self.also = also;
        self
    }
}

impl Standing {
    pub fn is_current(&self) -> bool {
        *self == Self::Current
    }
}

impl PortalEntry {
    /// The public has been told of the response. What has ended promises nothing more.
    #[must_use]
    pub fn told(mut self, response: Response) -> Self {
        // Where several plans answered, each has a notice of its end: what ended with one keeps that one's hour.
        let is_end = matches!(response, Response::Ended { .. });
        if !(is_end && self.ended_with_response().is_some()) {
            self.response = Some(response);
        }
        if is_end {
            self.next_update = None;
        }
        self
    }

    /// What saves lives comes first, then what binds people, then what calls for action at once, then facts and explanations; of a kind the newest, as
    /// they come.
    pub fn urgency(&self) -> u8 {
        match self.kind {
            _ if self.saves_life => 0,
            _ if self.binds => 1,
            ItemKind::Warning | ItemKind::Correction => 2,
            ItemKind::Notice | ItemKind::Advisory => 3,
            ItemKind::Refutation => 4,
            ItemKind::Bulletin | ItemKind::PressConference => 5,
            ItemKind::Interpretation | ItemKind::Summary => 6,
        }
    }

    pub fn has_ended(&self) -> bool {
        matches!(self.response, Some(Response::Ended { .. }))
    }

    /// What was found out about the rumour that it answers.
    pub fn answered(&self) -> Option<Answer> {
        if self.kind != ItemKind::Refutation {
            return None;
        }
        (self.answer.clone()).or_else(|| Answer::read_in(&self.text.text))
    }

    /// It takes the place of an earlier correction of the same text.
    #[must_use]
    pub fn corrects_after(mut self, before: &Corrects) -> Self {
        self.corrects = self.corrects.map(|own| own.after(before));
        self
    }

    /// When it ended with the response: nothing new was said in its place.
    pub fn ended_with_response(&self) -> Option<Moment> {
        match (&self.standing, self.response) {
            (Standing::Superseded { at }, Some(Response::Ended { at: end })) if *at == end => {
                Some(end)
            }
            _ => None,
        }
    }

    /// The level that the response is at, as far as it was told.
    pub fn level_now(&self) -> ResponseLevel {
        match self.response {
            Some(Response::At { level, .. }) => level,
            _ => self.level,
        }
    }

    /// The entry of a text that has just been published; `has_portal` tells whether a reader finds the next one there.
    pub fn of(
        plan: &Plan,
        item: &Item,
        incident: &Incident,
        release: &Release,
        text: &Bulletin,
        publication: &Publication,
        has_portal: bool,
    ) -> Self {
        let now = publication.at;
        let repeat = item.repeat.as_ref();
        let next_update = repeat.and_then(|of| of.next_text(now, release.opened_at, plan.zone));
        let issuer = plan.issuer_of(item);
        let areas = release.places_bound(incident, now).into_iter();
        let areas = areas.map(|code| named(plan, code));
        let basis = item
            .basis
            .iter()
            .map(|code| plan.citations.get(code).unwrap_or(code).clone());
        let tied_to = release.tied_to.clone();
        let binds = item.binds() && release.speaks_for_its_item();
        let saves_life = (item.subject.as_deref()).is_some_and(|own| SAVES_LIFE.contains(&own));
        Self {
            release: release.id.clone(),
            incident: incident.id.clone(),
            item: Some(release.item.clone()),
            incident_title: incident.title.clone(),
            incident_title_en: incident.title_en(plan),
            event: plan.event.event.clone(),
            event_name: plan.event.name.clone(),
            event_name_en: plan.event.name_en.clone(),
            class: plan.event.class,
            level: release.level.unwrap_or_else(|| incident.level()),
            kind: release.kind,
            body: issuer.body.clone(),
            body_name: issuer.name.clone(),
            body_name_en: issuer.name_en.clone(),
            // As the text itself says.
            hotline: (issuer.hotline.clone())
                .filter(|own| text.text.text.contains(own))
                .or_else(|| plan.body.hotline.clone()),
            areas: areas.collect(),
            index_number: index_number(plan, incident, release, now),
            basis: basis.collect(),
            text: text.text.clone(),
            version: text.version,
            hash: publication.hash.clone(),
            drafted_at: text.drafted_at,
            published_at: now,
            due_at: publication.due_at,
            valid_until: publication.valid_until,
            next_update: next_update.filter(|_| incident.is_active() && has_portal),
            zone: plan.zone,
            standing: Standing::Current,
            response: Response::told_by(item, release, now),
            binds,
            lifted: lifted_in(plan, release),
            changes: Vec::new(),
            saves_life: binds && saves_life,
            stands_with: item.stands_with.clone(),
            short: text.short_messages(),
            answer: (release.kind == ItemKind::Refutation && release.correction.is_none())
                .then(|| Answer::told_by(&text.text, release))
                .flatten(),
            interprets: tied_to.clone().filter(|_| release.correction.is_none()),
            corrects: tied_to
                .zip(release.correction)
                .map(|(original, kind)| Corrects {
                    release: original,
                    kind,
                    passage: Passage::told_by(&text.text, release, incident)
                        .filter(|_| kind == CorrectionKind::WrongContent),
                    also: Vec::new(),
                }),
        }
    }
}

/// The words of a fact, if `text` says them: only what was signed is shown.
fn said_in(text: &str, fact: &Fact) -> Option<String> {
    let words = words_of(fact)?;
    text.contains(words).then(|| words.to_owned())
}

fn words_of(fact: &Fact) -> Option<&str> {
    let FactValue::Text(words) = &fact.value else {
        return None;
    };
    let words = words.trim().trim_end_matches(['。', '.', '；', ';']);
    (!words.is_empty()).then_some(words)
}

fn named(plan: &Plan, code: &AreaCode) -> Area {
    Area {
        area: code.clone(),
        name: plan.place_name(code).to_owned(),
        name_en: Some(plan.place_name_en(code).to_owned()),
    }
}

/// 索引号: the place, the organisation, the year, and the end of the release's own id.
fn index_number(plan: &Plan, incident: &Incident, release: &Release, now: Moment) -> String {
    let area = incident.areas.first().map_or("000000", |area| &area.0);
    let year = now.with_timezone(&plan.zone).year();
    let id = release.id.as_str();
    let serial = id.get(id.len().saturating_sub(8)..).unwrap_or(id);
    format!("{area}-{}-{year}-{serial}", plan.body.body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixture::{hold, id_of};

    /// Corrections of one text, by what was wrong and what is right, and every passage that the last one says.
    fn passages(of: &[(&str, &str)]) -> Vec<String> {
        let correction = |(wrong, right): &(&str, &str)| Corrects {
            release: id_of("notice", 1),
            kind: CorrectionKind::WrongContent,
            passage: Some(Passage {
                wrong: (*wrong).into(),
                right: (*right).into(),
                english: None,
            }),
            also: Vec::new(),
        };
        let last = of
            .iter()
            .map(correction)
            .reduce(|before, own| own.after(&before));
        let last = last.expect("a correction");
        last.passages()
            .map(|one| format!("{}→{}", one.wrong, one.right))
            .collect()
    }

    #[test]
    fn corrections_of_other_passages_stand_side_by_side() {
        let hour = ("8时前撤离", "9时前撤离");
        let place = ("到实验小学", "到和平小学");
        hold([
            ("one", passages(&[hour]), vec!["8时前撤离→9时前撤离"]),
            (
                "two passages",
                passages(&[hour, place]),
                vec!["8时前撤离→9时前撤离", "到实验小学→到和平小学"],
            ),
            (
                "the same passage again",
                passages(&[hour, ("9时", "10时")]),
                vec!["8时前撤离→10时前撤离"],
            ),
            (
                "the first of two again",
                passages(&[hour, place, ("9时前", "10时前")]),
                vec!["到实验小学→到和平小学", "8时前撤离→10时前撤离"],
            ),
            (
                "the first of two again, with words beside it",
                passages(&[hour, place, ("请于9时前撤离", "请于10时前撤离")]),
                vec!["到实验小学→到和平小学", "请于8时前撤离→请于10时前撤离"],
            ),
            (
                "the first words again",
                passages(&[hour, place, ("8时前撤离", "10时前撤离")]),
                vec!["到实验小学→到和平小学", "8时前撤离→10时前撤离"],
            ),
        ]);
    }
}
