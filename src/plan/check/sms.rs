//! Short messages: whether each says who, where and whom to call, and fits with the longest values that it may get.
//!
//! What is asked of which text stands in rules.yaml (`demand: {sms: …}`). Must never know a law or a locality.

mod lengths;

use std::collections::BTreeMap;

use super::World;
use super::rules::{applies_at, complain, concerns};
use super::templates::{Parsed, Reached, place};
use crate::domain::channel::Layout;
use crate::domain::fact::FactType;
use crate::domain::phrase::phrase;
use crate::domain::plan::EventType;
use crate::plan::diagnostic::{Place, Report};
use crate::plan::file::{ChannelChoice, Rule, SmsDemand, SmsPart, Stage};
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::words::{list, short};
use crate::render::extent::{Asked, Longest, longest};
use crate::render::head::Field;
use crate::render::names::Role;
use crate::render::sms::units;
use crate::render::template::Piece;

/// What names a place by itself.
const PLACES: [&str; 4] = [
    "incident.areas",
    "release.areas",
    "incident.title",
    "incident.event",
];

/// An item whose text goes out as a short message.
struct Sent<'a> {
    stage: Stage,
    draft: &'a Draft,
    owner: Option<&'a Draft>,
    /// The template's name.
    template: &'a str,
    /// What is in front of it, without its brackets.
    signature: Option<String>,
}

pub fn check(
    world: &World<'_>,
    plan: &Leveled<'_>,
    parsed: &Parsed<'_>,
    event: &EventType,
    report: &mut Report,
) {
    let Some(rules) = &world.files.rules else {
        return;
    };
    let rules: Vec<(&Rule, &SmsDemand)> = rules
        .spec()
        .rules
        .iter()
        .filter(|rule| concerns(world, plan, rule))
        .filter_map(|rule| Some((rule, rule.demand.sms.as_ref()?)))
        .collect();
    if rules.is_empty() {
        return;
    }
    let sent = sent(world, plan);
    for (rule, demand) in rules {
        let asked = |one: &&Sent<'_>| {
            let subject = one.draft.spec.subject.as_ref();
            let is_meant = demand.subjects.is_empty()
                || subject.is_some_and(|subject| demand.subjects.contains(subject));
            applies_at(rule, one.stage) && is_meant
        };
        let sent: Vec<&Sent<'_>> = sent.iter().filter(asked).collect();
        let look = Look {
            world,
            plan,
            parsed,
            event,
            rule,
        };
        look.lengths(demand, &sent, report);
        let mut seen: Vec<&str> = Vec::new();
        for one in &sent {
            if !seen.contains(&one.template) {
                seen.push(one.template);
                look.parts(demand, one, report);
            }
        }
    }
}

/// Everything that goes out as a short message, a line for each level.
fn sent<'a>(world: &World<'_>, plan: &'a Leveled<'_>) -> Vec<Sent<'a>> {
    let drafts = plan.stages.iter().flat_map(|(stage, drafts)| {
        let drafts = drafts.iter().flat_map(Draft::with_owners);
        drafts.map(move |(draft, owner)| (*stage, draft, owner))
    });
    let signature_of = |draft: &Draft, owner: Option<&Draft>| {
        let of_owner = || owner.and_then(|owner| owner.spec.channels.as_deref());
        let choices = draft.spec.channels.as_deref().or_else(of_owner)?;
        let own = world.issuer(plan, draft, owner);
        let own = own.and_then(|issuer| issuer.sms_signature.as_deref());
        let codes = choices.iter().map(ChannelChoice::code);
        let mut short = codes.filter_map(|code| match world.channel(code)?.spec().layout() {
            Layout::Short { signature, .. } => Some(own.or(signature).map(str::to_owned)),
            _ => None,
        });
        short.next()
    };
    drafts
        .filter_map(|(stage, draft, owner)| {
            Some(Sent {
                stage,
                draft,
                owner,
                template: draft.spec.template.as_deref()?,
                signature: signature_of(draft, owner)?,
            })
        })
        .collect()
}

struct Look<'a> {
    world: &'a World<'a>,
    plan: &'a Leveled<'a>,
    parsed: &'a Parsed<'a>,
    event: &'a EventType,
    rule: &'a Rule,
}

impl Look<'_> {
    /// Where the short form of a template begins.
    fn place(&self, template: &str, piece: &Piece) -> Place {
        let (line, column) = piece.locate((1, 1));
        place(self.plan.folder, template, line, column)
    }

    fn piece(&self, template: &str) -> Option<&Piece> {
        let mut pieces = self.parsed.templates.get(template)?.pieces().iter();
        pieces.find(|piece| piece.field == Field::Sms)
    }

    /// The longest text of each template, over all items and levels that send it.
    fn lengths(&self, demand: &SmsDemand, sent: &[&Sent<'_>], report: &mut Report) {
        let Some(most) = demand.most else { return };
        let mut worst: BTreeMap<&str, (Longest, &Sent<'_>)> = BTreeMap::new();
        for one in sent {
            let Some(piece) = self.piece(one.template) else {
                continue;
            };
            let asked = Asked {
                extent: &|path| self.extent(one, path),
                partial: &|name| self.parsed.templates.get(name),
            };
            let mut found = longest(piece, &asked);
            found.units += one.signature.as_deref().map_or(0, |name| units(name) + 2);
            let is_worse = worst
                .get(one.template)
                .is_none_or(|(known, _)| found.units > known.units);
            if is_worse {
                worst.insert(one.template, (found, one));
            }
        }
        for (template, (found, one)) in worst {
            let Some(piece) = self.piece(template) else {
                continue;
            };
            let item = short(one.draft.code());
            if !found.unbounded.is_empty() {
                complain(
                    report,
                    self.rule,
                    self.place(template, piece),
                    phrase!("check.sms.unbounded", item, names = list(&found.unbounded)),
                    phrase!("check.sms.unbounded-help"),
                );
            } else if found.units > most as usize {
                complain(
                    report,
                    self.rule,
                    self.place(template, piece),
                    phrase!("check.sms.too-long", item, units = found.units, most),
                    phrase!("check.sms.too-long-help"),
                );
            }
        }
    }

    /// Who, where, whom to call; nothing that has no room.
    fn parts(&self, demand: &SmsDemand, one: &Sent<'_>, report: &mut Report) {
        let Some(piece) = self.piece(one.template) else {
            if demand.says.is_empty() {
                return;
            }
            complain(
                report,
                self.rule,
                place(self.plan.folder, one.template, 1, 1),
                phrase!("check.sms.none", item = short(one.draft.code())),
                phrase!("check.sms.none-help"),
            );
            return;
        };
        let fixed = piece.fixed_words();
        let reached = self.parsed.reach(one.template);
        let printed = reached
            .iter()
            .filter(|used| used.field == Field::Sms && used.used.role == Role::Print);
        let printed: Vec<&Reached> = printed.collect();
        let prints = |names: &[&str]| {
            let mut paths = printed.iter().map(|one| one.used.path.as_str());
            paths.any(|path| names.contains(&path))
        };
        for part in &demand.says {
            let (is_said, lacks) = match part {
                SmsPart::Who => (one.signature.is_some(), phrase!("check.sms.lacks-who")),
                SmsPart::Where => (
                    prints(&PLACES)
                        || printed.iter().any(|one| self.names_place(&one.used.path))
                        || self.names_in(&fixed),
                    phrase!("check.sms.lacks-where"),
                ),
                SmsPart::Telephone => (
                    prints(&["release.hotline"]) || has_number(&fixed),
                    phrase!("check.sms.lacks-telephone"),
                ),
            };
            if !is_said {
                let item = short(one.draft.code());
                complain(
                    report,
                    self.rule,
                    self.place(one.template, piece),
                    phrase!("check.sms.lacks", item, lacks),
                    phrase!("check.sms.lacks-help"),
                );
            }
        }
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

    fn names_place(&self, path: &str) -> bool {
        self.fact(path)
            .is_some_and(|(fact, facet)| fact.place && matches!(facet, "" | ".value"))
    }

    /// Whether fixed words name a place that is known here, or the event.
    fn names_in(&self, fixed: &str) -> bool {
        let bodies = self.world.files.bodies.as_ref();
        let mut areas = bodies.into_iter().flat_map(|bodies| &bodies.spec().areas);
        areas.any(|area| fixed.contains(&area.name)) || fixed.contains(&self.event.name)
    }
}

/// A telephone number is at least three digits in a row, such as 119.
fn has_number(text: &str) -> bool {
    let mut row = 0;
    text.chars().any(|c| {
        row = if c.is_ascii_digit() { row + 1 } else { 0 };
        row >= 3
    })
}
