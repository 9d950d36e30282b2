//! Short messages: whether each says who, where and whom to call, and fits with the longest values that it may get.
//!
//! What is asked of which text stands in rules.yaml (`demand: {sms: …}`). Must never know a law or a locality.

mod lengths;
mod says;
mod telephone;

use std::collections::BTreeMap;

use super::World;
use super::rules::{applies_at, complain, concerns};
use super::templates::{Parsed, place};
use crate::domain::bulletin::Language;
use crate::domain::channel::Layout;
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::plan::{EventType, WITHDRAWAL};
use crate::plan::diagnostic::{Place, Report};
use crate::plan::file::{ChannelChoice, Rule, SmsDemand, Stage};
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::words::{list, short};
use crate::render::builtin;
use crate::render::extent::{Asked, Longest, longest};
use crate::render::head::Field;
use crate::render::sms::units;
use crate::render::template::{Piece, Template};
use lengths::Measured;

/// An item whose text goes out as a short message.
#[derive(Clone)]
struct Sent<'a> {
    stage: Stage,
    draft: &'a Draft,
    owner: Option<&'a Draft>,
    /// The template's name.
    template: &'a str,
    /// What is in front of it, without its brackets.
    signature: Option<String>,
    /// The template of the text that it takes back or corrects.
    corrects: Option<&'a str>,
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
    let corrections = corrections(plan, &sent);
    for (rule, demand) in rules {
        let asked = |one: &&Sent<'_>| {
            let subject = one.draft.spec.subject.as_ref();
            let is_meant = demand.subjects.is_empty()
                || subject.is_some_and(|subject| demand.subjects.contains(subject));
            applies_at(rule, one.stage) && is_meant
        };
        // What takes a text back is about no subject, so it is held to what is asked of all.
        let corrections = corrections.iter().filter(|_| demand.subjects.is_empty());
        let corrections = corrections.filter(|one| applies_at(rule, one.stage));
        let sent: Vec<&Sent<'_>> = sent.iter().filter(asked).chain(corrections).collect();
        let look = Look {
            world,
            plan,
            parsed,
            event,
            rule,
            withdrawal: builtin::source(WITHDRAWAL)
                .and_then(|source| Template::parse(WITHDRAWAL, source).ok()),
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
        let drafts = drafts.iter().flat_map(Draft::ways);
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
                corrects: None,
            })
        })
        .collect()
}

/// What takes each text back or corrects it, on the channels that it went out on and in the name of its organ.
fn corrections<'a>(plan: &'a Leveled<'_>, sent: &[Sent<'a>]) -> Vec<Sent<'a>> {
    let Some(file) = &plan.folder.plan.spec().corrections else {
        return Vec::new();
    };
    // The program has words of its own for a withdrawal that the plan leaves to it.
    let withdrawal = file.withdrawal.is_none().then_some(WITHDRAWAL);
    let own = file.templates().map(|(_, name)| name.as_str());
    let templates: Vec<&str> = own.chain(withdrawal).collect();
    let of = |one: &Sent<'a>| -> Vec<Sent<'a>> {
        let corrections = templates.iter().map(|template| Sent {
            template,
            corrects: Some(one.template),
            ..one.clone()
        });
        corrections.collect()
    };
    sent.iter().flat_map(of).collect()
}

struct Look<'a> {
    world: &'a World<'a>,
    plan: &'a Leveled<'a>,
    parsed: &'a Parsed<'a>,
    event: &'a EventType,
    rule: &'a Rule,
    /// The program's own words for a withdrawal.
    withdrawal: Option<Template>,
}

impl Look<'_> {
    /// Where the short form of a template begins; where corrections are named, for the program's own words.
    fn place(&self, template: &str, piece: &Piece) -> Place {
        if template == WITHDRAWAL {
            return self.plan.key("/corrections");
        }
        let (line, column) = piece.locate((1, 1));
        place(self.plan.folder, template, line, column)
    }

    fn template(&self, name: &str) -> Option<&Template> {
        match name == WITHDRAWAL {
            true => self.withdrawal.as_ref(),
            false => self.parsed.templates.get(name),
        }
    }

    fn piece(&self, template: &str, field: Field) -> Option<&Piece> {
        let mut pieces = self.template(template)?.pieces().iter();
        pieces.find(|piece| piece.field == field)
    }

    /// The longest text of each template, over all items and levels that send it.
    fn lengths(&self, demand: &SmsDemand, sent: &[&Sent<'_>], report: &mut Report) {
        let forms = [
            (Field::Sms, Language::ZhCn, demand.most),
            (Field::SmsEn, Language::En, demand.most_en),
        ];
        for (field, language, most) in forms {
            if let Some(most) = most {
                let places = demand.places;
                self.length(field, language, most, places, sent, report);
            }
        }
    }

    fn length(
        &self,
        field: Field,
        language: Language,
        most: u32,
        places: Option<u32>,
        sent: &[&Sent<'_>],
        report: &mut Report,
    ) {
        let mut worst: BTreeMap<&str, (Longest, &Sent<'_>)> = BTreeMap::new();
        for one in sent {
            let Some(piece) = self.piece(one.template, field) else {
                continue;
            };
            let text = Measured {
                one,
                language,
                places,
            };
            let asked = Asked {
                extent: &|path| self.extent(text, path),
                partial: &|name| self.parsed.templates.get(name),
            };
            let mut found = longest(piece, &asked);
            if let Some(again) = self.holds_again(text) {
                found.units = found.units.max(again);
            }
            found.units += one.signature.as_deref().map_or(0, |name| units(name) + 2);
            let is_worse = worst
                .get(one.template)
                .is_none_or(|(known, _)| found.units > known.units);
            if is_worse {
                worst.insert(one.template, (found, one));
            }
        }
        for (template, (found, one)) in worst {
            let Some(piece) = self.piece(template, field) else {
                continue;
            };
            let item = self.said(one, field);
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

    /// `evacuation-notice`, or a correction of it, and in which language.
    fn said(&self, one: &Sent<'_>, field: Field) -> Phrase {
        let item = short(one.draft.code());
        let what = match one.corrects {
            None => phrase!("check.sms.of-item", item),
            Some(_) if one.template == WITHDRAWAL => phrase!("check.sms.withdrawal-of", item),
            Some(_) => phrase!(
                "check.sms.correction-of",
                template = short(one.template),
                item
            ),
        };
        match field == Field::SmsEn {
            true => phrase!("check.sms.in-english", what),
            false => what,
        }
    }
}
