//! Files without errors → plans as the engine uses them. Looks everything up once; afterwards nothing is looked up.
//!
//! Runs only on what `check` found sound. Whatever is missing all the same yields no plan, never half of one.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::check::World;
use super::file::{
    ChannelChoice, CorrectionsFile, OneOrMore, PlanFile, RepeatFile, RouteFile, When,
};
use super::inherit::{ConcernDraft, Draft, Leveled};
use crate::domain::body::{Body, PostRef};
use crate::domain::concern::Concern;
use crate::domain::deadline::{Anchor, CronRepeat, DayCalendar, Due, EveryRule, Repeat};
use crate::domain::fact::FactSpec;
use crate::domain::plan::{
    Calendar, Corrections, EventType, FastRoute, Item, ItemChannel, ItemKind, PinnedPlan, Plan,
    PlanSet, Route, Signer, Speaker,
};

/// The set of everything, or None when some name leads nowhere.
pub fn resolve(world: &World<'_>) -> Option<PlanSet> {
    let bodies = world.files.bodies.as_ref()?.spec();
    let plans: Option<Vec<PinnedPlan>> = world.plans.iter().map(|plan| pin(world, plan)).collect();
    Some(PlanSet {
        plans: plans?,
        channels: world
            .files
            .channels
            .iter()
            .map(|file| (file.spec().channel.clone(), file.spec().clone()))
            .collect(),
        bodies: bodies.bodies.clone(),
        confirm: bodies.confirm.clone(),
        areas: bodies.areas.clone(),
    })
}

fn pin(world: &World<'_>, leveled: &Leveled<'_>) -> Option<PinnedPlan> {
    let plan = plan(world, leveled)?;
    let hash = hash(&plan)?;
    Some(PinnedPlan {
        plan: Arc::new(plan),
        hash,
    })
}

/// SHA-256 of the plan's JSON, whose maps are sorted and whose lists have the order of the files, in lower-case hex.
pub fn hash(plan: &Plan) -> Option<String> {
    let canonical = serde_json::to_vec(plan).ok()?;
    let digest = Sha256::digest(&canonical);
    Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// One plan with everything filled in, or None when some name leads nowhere.
pub fn plan(world: &World<'_>, leveled: &Leveled<'_>) -> Option<Plan> {
    let spec = leveled.folder.plan.spec();
    let body = world.body(&spec.body)?;
    let mut levels = BTreeMap::new();
    let mut end = Vec::new();
    let (mut of_levels, mut of_end) = (BTreeMap::new(), Vec::new());
    for (stage, drafts) in &leveled.stages {
        let concerns = leveled.concerns.get(stage).map_or(&[][..], Vec::as_slice);
        let concerns: Option<Vec<Concern>> =
            concerns.iter().map(|one| concern(one, spec)).collect();
        let concerns = concerns?;
        let with_sources = |draft| {
            let item = item(draft, None, spec)?;
            Some(by_source(draft, item, &concerns))
        };
        let items: Option<Vec<Item>> = drafts.iter().map(with_sources).collect();
        match stage.level() {
            Some(level) => drop(levels.insert(level, items?)),
            None => end = items?,
        }
        match stage.level() {
            Some(level) if !concerns.is_empty() => drop(of_levels.insert(level, concerns)),
            Some(_) => {}
            None => of_end = concerns,
        }
    }
    let routes: Option<BTreeMap<String, Route>> = spec
        .routes
        .iter()
        .map(|(code, file)| Some((code.clone(), route(world, &body.body, file)?)))
        .collect();
    let corrections = match &spec.corrections {
        Some(file) => Some(corrections(world, &body.body, file)?),
        None => None,
    };
    Some(Plan {
        plan: spec.plan.clone(),
        title: spec.title.clone(),
        title_en: spec.title_en.clone(),
        body: body.clone(),
        issuers: issuers(world, leveled),
        event: event(world, &spec.event)?,
        areas: spec.areas.clone(),
        places: world.files.bodies.as_ref()?.spec().areas.clone(),
        revision: spec.revision.clone(),
        zone: spec.time_zone,
        effective_from: spec.effective.from,
        review_by: spec.effective.review_by,
        routes: routes?,
        corrections,
        levels,
        end,
        speaker: spec.speaker.as_ref().map(|file| Speaker {
            fact: file.by.clone(),
            superior: file.superior.clone(),
            relay: file.relay.clone(),
        }),
        concerns: of_levels,
        end_concerns: of_end,
        templates: leveled
            .folder
            .templates
            .iter()
            .map(|(name, file)| (name.clone(), file.text.clone()))
            .collect(),
        citations: citations(world),
        calendar: calendar(world),
    })
}

/// The bodies that decide instead of the plan's own, without their posts: these sign by the plan's routes.
fn issuers(world: &World<'_>, leveled: &Leveled<'_>) -> BTreeMap<String, Body> {
    let of_plan = leveled.folder.plan.spec().issuer.iter();
    let of_items = leveled
        .all()
        .filter_map(|(_, draft)| draft.spec.issuer.as_ref());
    let bodies = of_plan.chain(of_items).filter_map(|code| world.body(code));
    bodies
        .map(|body| {
            let body = Body {
                posts: Vec::new(),
                may_release: Vec::new(),
                ..body.clone()
            };
            (body.body.clone(), body)
        })
        .collect()
}

/// The facts as declared, each followed by the one that may give it in English. What is declared by that name stays itself.
fn facts<'f>(declared: impl Iterator<Item = &'f FactSpec> + Clone) -> Vec<FactSpec> {
    let is_declared = |code: &str| declared.clone().any(|spec| spec.fact == code);
    let own = |spec: &'f FactSpec| {
        let all = spec.with_english().into_iter();
        all.filter(|one| one.fact == spec.fact || !is_declared(&one.fact))
    };
    declared.clone().flat_map(own).collect()
}

/// The event type `code` with the facts that every event has.
pub fn event(world: &World<'_>, code: &str) -> Option<EventType> {
    let file = world.event(code)?;
    let common = &world.files.events.as_ref()?.spec().common_facts;
    Some(EventType {
        event: file.event.clone(),
        name: file.name.clone(),
        name_en: file.name_en.clone(),
        class: file.class,
        facts: facts(common.iter().chain(&file.facts)),
    })
}

/// `《document》article` of every citation.
fn citations(world: &World<'_>) -> BTreeMap<String, String> {
    let rules = world.files.rules.as_ref();
    rules
        .iter()
        .flat_map(|rules| &rules.spec().citations)
        .map(|one| {
            let article = one.article.as_deref().unwrap_or_default();
            (
                one.basis.clone(),
                format!("《{}》{article}", one.document.trim_matches(['《', '》'])),
            )
        })
        .collect()
}

/// What holidays.yaml lists.
pub fn calendar(world: &World<'_>) -> Calendar {
    world
        .files
        .holidays
        .as_ref()
        .map(|file| Calendar {
            holidays: file.spec().holidays.clone(),
            workdays: file.spec().workdays.clone(),
        })
        .unwrap_or_default()
}

fn signer(world: &World<'_>, body: &str, text: &str) -> Option<Signer> {
    let post = PostRef::within(body, text);
    let found = world.post(&post)?;
    Some(Signer {
        name: found.name.clone(),
        name_en: found.name_en.clone(),
        sign_within: found.sign_within,
        deputy: found
            .deputy
            .as_ref()
            .map(|deputy| PostRef::within(&post.body, deputy)),
        post,
    })
}

fn route(world: &World<'_>, body: &str, file: &RouteFile) -> Option<Route> {
    let sign: Option<Vec<Signer>> = file
        .sign
        .iter()
        .map(|text| signer(world, body, text))
        .collect();
    let fast = match file.pre_approved {
        true => Some(FastRoute {
            countersign: file.countersign.clone()?,
            countersign_within: file.countersign_within?,
        }),
        false => None,
    };
    Some(Route { sign: sign?, fast })
}

fn corrections(world: &World<'_>, body: &str, file: &CorrectionsFile) -> Option<Corrections> {
    Some(Corrections {
        sign: signer(world, body, &file.sign)?,
        confirm: signer(world, body, &file.confirm)?,
        confirm_within: file.confirm_within,
        sent_in_error: file.sent_in_error.clone(),
        wrong_content: file.wrong_content.clone(),
        all_clear: file.all_clear.clone(),
        withdrawal: file.withdrawal.clone(),
        may: (file.may.iter())
            .map(|post| PostRef::within(body, post))
            .collect(),
    })
}

/// An interpretation takes channels, audience and route from the item it belongs to unless it has its own.
fn item(draft: &Draft, owner: Option<&Item>, plan: &PlanFile) -> Option<Item> {
    let spec = &draft.spec;
    // Whoever drafts explains.
    let of_plan = plan.issuer.as_ref().filter(|_| owner.is_none());
    let decided = spec.when == Some(When::Decided);
    let channels = match (&spec.channels, owner) {
        (Some(choices), _) => chosen(choices),
        (None, Some(owner)) => owner.channels.clone(),
        (None, None) if spec.bundle.is_some() => Vec::new(),
        (None, None) => return None,
    };
    let inherited = |own: &Option<String>, of: fn(&Item) -> &String| {
        own.clone().or_else(|| owner.map(|owner| of(owner).clone()))
    };
    // What goes out in another text has neither words nor a way of its own.
    let own = |given: &Option<String>| {
        let in_bundle = spec.bundle.is_some();
        given.clone().or_else(|| in_bundle.then(String::new))
    };
    let mut item = Item {
        item: spec.item.clone(),
        name: spec.name.clone()?,
        name_en: spec.name_en.clone(),
        kind: match owner {
            Some(_) => ItemKind::Interpretation,
            None => spec.kind?,
        },
        role: spec.role,
        subject: spec.subject.clone(),
        issuer: spec.issuer.as_ref().or(of_plan).cloned(),
        document: spec.document,
        template: own(&spec.template)?,
        content: spec.content.clone().unwrap_or_default(),
        basis: spec.basis.clone().unwrap_or_default(),
        channels,
        audience: spec
            .audience
            .clone()
            .or_else(|| owner.map(|owner| owner.audience.clone()))
            .unwrap_or_default(),
        due: spec
            .due
            .as_ref()
            .map_or(&[][..], OneOrMore::as_slice)
            .to_vec(),
        repeat: match &spec.repeat {
            Some(file) => Some(repeat(file)?),
            None => None,
        },
        held: spec.held.clone(),
        from_grade: spec.from_grade,
        on_demand: spec.on_demand.unwrap_or(false),
        decided,
        decided_by: spec
            .decided_by
            .as_ref()
            .unwrap_or(&plan.decided_by)
            .iter()
            .filter(|_| decided)
            .map(|post| PostRef::within(&plan.body, post))
            .collect(),
        instead_of: spec.instead_of.clone().unwrap_or_default(),
        places_facts: spec.places_facts.clone().unwrap_or_default(),
        bundle: spec.bundle.clone(),
        route: inherited(&spec.route, |owner| &owner.route).or_else(|| own(&None))?,
        fast: spec.fast.clone(),
        valid_for: spec.valid_for,
        on_raise: spec.on_raise.unwrap_or_default(),
        lifts: spec.lifts.clone().unwrap_or_default(),
        effective: spec.effective.clone(),
        except: spec.except.clone(),
        takes_over: spec.takes_over.clone().unwrap_or_default(),
        stands_with: spec.stands_with.clone().unwrap_or_default(),
        interpretation: None,
        by_source: BTreeMap::new(),
    };
    if let Some(own) = draft.interpretation.as_deref() {
        item.interpretation = Some(Box::new(self::item(own, Some(&item), plan)?));
    }
    Some(item)
}

fn chosen(choices: &[ChannelChoice]) -> Vec<ItemChannel> {
    let choices = choices.iter().map(|choice| ItemChannel {
        channel: choice.code().to_owned(),
        audience: choice.audience().cloned(),
    });
    choices.collect()
}

fn concern(draft: &ConcernDraft, plan: &PlanFile) -> Option<Concern> {
    let spec = &draft.spec;
    let post = |text: &String| PostRef::within(&plan.body, text);
    Some(Concern {
        source: spec.source,
        watch: spec.watch.as_ref()?.iter().map(post).collect(),
        answer: post(spec.answer.as_ref()?),
        within: spec.within?,
        route: spec.route.clone()?,
        channels: chosen(spec.channels.as_ref()?),
    })
}

/// `item` with the way that it takes from each source, as far as it leaves that to the level's concerns.
fn by_source(draft: &Draft, mut item: Item, concerns: &[Concern]) -> Item {
    if draft.from_concern.is_empty() {
        return item;
    }
    let own = item.clone();
    let of = |concern: &Concern| {
        let mut item = own.clone();
        for key in &draft.from_concern {
            match *key {
                "due" => {
                    item.due = vec![Due {
                        within: concern.within,
                        of: Anchor::Request,
                        calendar: DayCalendar::Clock,
                    }];
                }
                "route" => item.route.clone_from(&concern.route),
                _ => item.channels.clone_from(&concern.channels),
            }
        }
        (concern.source, item)
    };
    item.by_source = concerns.iter().map(of).collect();
    item
}

fn repeat(file: &RepeatFile) -> Option<Repeat> {
    match (file.every, &file.cron) {
        (Some(every), None) => Some(Repeat::Every(EveryRule { every })),
        (None, Some(cron)) => Some(Repeat::Cron(CronRepeat { cron: cron.clone() })),
        _ => None,
    }
}
