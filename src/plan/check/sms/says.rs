//! What a short message says in each language: whose it is, where, when, whom to call, and nothing that it has no room for.

use super::super::rules::complain;
use super::super::templates::{Reached, place};
use super::{Look, Sent, telephone};
use crate::domain::fact::{FactSpec, FactType};
use crate::domain::phrase::phrase;
use crate::domain::plan::WITHDRAWAL;
use crate::plan::diagnostic::Report;
use crate::plan::file::{SmsDemand, SmsPart};
use crate::render::head::Field;
use crate::render::names::Role;
use crate::render::template::Piece;

/// What names a place by itself.
const PLACES: [&str; 6] = [
    "incident.areas",
    "incident.areas-en",
    "release.areas",
    "release.areas-en",
    "incident.title",
    "incident.event",
];

/// What the system gives as a time.
const TIMES: [&str; 7] = [
    "release.date",
    "release.next-update",
    "incident.known-at",
    "incident.activated-at",
    "incident.level-since",
    "incident.ended-at",
    "original.published-at",
];

impl Look<'_> {
    /// Who, where, whom to call; nothing that has no room.
    pub(super) fn parts(&self, demand: &SmsDemand, one: &Sent<'_>, report: &mut Report) {
        let Some(piece) = self.piece(one.template, Field::Sms) else {
            if demand.says.is_empty() {
                return;
            }
            complain(
                report,
                self.rule,
                place(self.plan.folder, one.template, 1, 1),
                phrase!("check.sms.none", item = self.said(one, Field::Sms)),
                phrase!("check.sms.none-help"),
            );
            return;
        };
        let reached = self.reach(one.template);
        self.elements(demand, one, piece, &reached, report);
        if let Some(english) = self.piece(one.template, Field::SmsEn) {
            self.elements(demand, one, english, &reached, report);
        }
        let fixed = piece.fixed_words();
        let printed: Vec<&Reached> = printed(&reached, Field::Sms).collect();
        let at = |used: &Reached| {
            place(
                self.plan.folder,
                &used.template,
                used.used.line,
                used.used.column,
            )
        };
        if demand.as_of == Some(false) {
            for used in &printed {
                let with_time = self.fact(&used.used.path).is_some_and(|(fact, facet)| {
                    let is_number = matches!(fact.kind, FactType::Number | FactType::Integer);
                    facet == ".as-of" || (is_number && facet.is_empty())
                });
                if with_time {
                    let path = &used.used.path;
                    complain(
                        report,
                        self.rule,
                        at(used),
                        phrase!("check.sms.as-of", path),
                        phrase!("check.sms.as-of-help"),
                    );
                }
            }
            if fixed.contains("截至") {
                complain(
                    report,
                    self.rule,
                    self.place(one.template, piece),
                    phrase!("check.sms.as-of", path = "截至"),
                    phrase!("check.sms.as-of-help"),
                );
            }
        }
        let link = self.link();
        if let Some(most) = demand.link.filter(|most| link > *most as usize) {
            let links = printed.iter().find(|one| one.used.path == "release.link");
            if let Some(used) = links {
                complain(
                    report,
                    self.rule,
                    at(used),
                    phrase!("check.sms.long-link", link, most),
                    phrase!("check.sms.long-link-help"),
                );
            }
        }
    }

    /// Every use in a template; the program's own words take no partial.
    fn reach(&self, template: &str) -> Vec<Reached> {
        match template == WITHDRAWAL {
            true => self
                .withdrawal
                .as_ref()
                .map(Reached::alone)
                .unwrap_or_default(),
            false => self.parsed.reach(template),
        }
    }

    /// What a short message has to say, and does not in one language.
    fn elements(
        &self,
        demand: &SmsDemand,
        one: &Sent<'_>,
        piece: &Piece,
        reached: &[Reached],
        report: &mut Report,
    ) {
        let fixed = piece.fixed_words();
        // In whatever branch: a text for several cases has an hour of its own in each.
        let says_when = printed(reached, piece.field).any(|one| self.is_time(&one.used.path));
        let printed: Vec<&Reached> = printed(reached, piece.field)
            .filter(|used| is_always(used))
            .collect();
        let prints = |names: &[&str]| {
            let mut paths = printed.iter().map(|one| one.used.path.as_str());
            paths.any(|path| names.contains(&path))
        };
        for part in &demand.says {
            let (is_said, lacks) = match part {
                SmsPart::Who => (one.signature.is_some(), phrase!("check.sms.lacks-who")),
                SmsPart::Where => (
                    prints(&PLACES)
                        || one.corrects.is_some() && prints(&["original.title"])
                        || printed.iter().any(|one| self.names_place(&one.used.path))
                        || self.names_in(&fixed),
                    phrase!("check.sms.lacks-where"),
                ),
                SmsPart::When => (says_when, phrase!("check.sms.lacks-when")),
                SmsPart::Telephone => (
                    prints(&["release.hotline"]) || telephone::is_in(&fixed),
                    phrase!("check.sms.lacks-telephone"),
                ),
            };
            if !is_said {
                complain(
                    report,
                    self.rule,
                    self.place(one.template, piece),
                    phrase!("check.sms.lacks", item = self.said(one, piece.field), lacks),
                    phrase!("check.sms.lacks-help"),
                );
            }
        }
    }

    fn is_time(&self, path: &str) -> bool {
        let is_fact = |(fact, facet): (&FactSpec, &str)| {
            fact.kind == FactType::Time && matches!(facet, "" | ".value")
        };
        TIMES.contains(&path) || self.fact(path).is_some_and(is_fact)
    }

    fn names_place(&self, path: &str) -> bool {
        self.fact(path)
            .is_some_and(|(fact, facet)| fact.place && matches!(facet, "" | ".value"))
    }

    /// Whether fixed words name a place that is known here, or the event. The name of an organ holds that of its place, and
    /// says only whose the message is.
    fn names_in(&self, fixed: &str) -> bool {
        let Some(bodies) = self.world.files.bodies.as_ref() else {
            return fixed.contains(&self.event.name);
        };
        let spec = bodies.spec();
        let names = spec.bodies.iter().flat_map(|body| {
            let also = [&body.name_en, &body.sms_signature];
            let also = also.into_iter().filter_map(Option::as_deref);
            [body.name.as_str()].into_iter().chain(also)
        });
        let mut organs: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
        // The longer first, so that no half of a name is left.
        organs.sort_by_key(|name| std::cmp::Reverse(name.len()));
        let mut rest = fixed.to_owned();
        for organ in organs {
            rest = rest.replace(organ, " ");
        }
        let of_event = [
            Some(self.event.name.as_str()),
            self.event.name_en.as_deref(),
        ];
        let of_places = spec.areas.iter();
        let of_places =
            of_places.flat_map(|area| [Some(area.name.as_str()), area.name_en.as_deref()]);
        let names = of_places.chain(of_event).flatten();
        names
            .filter(|name| !name.is_empty())
            .any(|name| rest.contains(name))
    }
}

/// What is printed in `field`.
fn printed(reached: &[Reached], field: Field) -> impl Iterator<Item = &Reached> {
    let used = reached.iter().filter(move |used| used.field == field);
    used.filter(|used| used.used.role == Role::Print)
}

/// Whether it is printed whatever else is known: what stands in a condition of its own may be missing by itself, and
/// whoever wrote the plan knows that it is.
fn is_always(used: &Reached) -> bool {
    let own = used.used.path.as_str();
    used.guards.iter().all(|guard| guard == own)
}
