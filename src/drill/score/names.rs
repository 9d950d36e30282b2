//! What the codes of a score are called, in both languages, so that a report can be written from the score alone.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::marks::Mark;
use super::{ReleaseScore, Score};
use crate::domain::bulletin::Language;
use crate::drill::scenario::Scenario;

/// A name as a file gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    pub zh: String,
    pub en: Option<String>,
}

/// Names by code; what is not named is called by its code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Names {
    pub plans: BTreeMap<String, Name>,
    pub bodies: BTreeMap<String, Name>,
    /// By `body/post`, without the body's name.
    pub posts: BTreeMap<String, Name>,
    /// By `plan/item`.
    pub items: BTreeMap<String, Name>,
    pub channels: BTreeMap<String, Name>,
    pub facts: BTreeMap<String, Name>,
}

impl Name {
    fn new(zh: &str, en: Option<&String>) -> Self {
        Self {
            zh: zh.to_owned(),
            en: en.cloned(),
        }
    }

    pub fn say(&self, language: Language) -> &str {
        match (language, &self.en) {
            (Language::En, Some(en)) => en,
            _ => &self.zh,
        }
    }
}

impl Names {
    /// Everything that the scenario's plans name.
    pub fn of(scenario: &Scenario) -> Self {
        let set = &scenario.plans;
        let mut names = Self::default();
        for body in &set.bodies {
            let own = Name::new(&body.name, body.name_en.as_ref());
            names.bodies.insert(body.body.clone(), own);
            for post in &body.posts {
                let own = Name::new(&post.name, post.name_en.as_ref());
                names
                    .posts
                    .insert(format!("{}/{}", body.body, post.post), own);
            }
        }
        for (code, channel) in &set.channels {
            let own = Name::new(&channel.name, channel.name_en.as_ref());
            names.channels.insert(code.clone(), own);
        }
        for pinned in &set.plans {
            let plan = &pinned.plan;
            let own = Name::new(&plan.title, plan.title_en.as_ref());
            names.plans.insert(plan.plan.clone(), own);
            for item in plan.items() {
                let own = Name::new(&item.name, item.name_en.as_ref());
                names.items.insert(item_code(&plan.plan, &item.item), own);
            }
            for fact in &plan.event.facts {
                let own = Name::new(&fact.label, fact.label_en.as_ref());
                names.facts.insert(fact.fact.clone(), own);
            }
        }
        names
    }

    /// Forgets what `score` does not speak of.
    pub fn keep_for(&mut self, score: &Score) {
        let mut posts: BTreeSet<String> = BTreeSet::new();
        let mut facts: BTreeSet<&str> = BTreeSet::new();
        for post in &score.posts {
            posts.insert(post.post.clone());
            posts.extend(post.deputy.clone());
        }
        for release in &score.releases {
            facts.extend(release.lacked.iter().map(String::as_str));
            posts.extend(release.waited.iter().map(|wait| wait.post.clone()));
            posts.extend(release.awaited.iter().filter_map(|one| one.from.clone()));
            let named = release.cause.iter().flat_map(Cause::posts);
            posts.extend(named.map(ToOwned::to_owned));
        }
        for mark in &score.marks {
            if let Mark::Absent { post, .. } = &mark.what {
                posts.insert(post.clone());
            }
        }
        let bodies: BTreeSet<&str> = posts
            .iter()
            .filter_map(|post| Some(post.split_once('/')?.0))
            .chain(score.bodies.iter().map(|body| &*body.body))
            .chain(score.releases.iter().map(ReleaseScore::issued_by))
            .collect();
        self.bodies.retain(|code, _| bodies.contains(&**code));
        self.posts.retain(|code, _| posts.contains(code));
        self.facts.retain(|code, _| facts.contains(&**code));
        let known = score.releases.iter();
        let items: BTreeSet<String> = known.map(|r| item_code(&r.plan, &r.item)).collect();
        self.items.retain(|code, _| items.contains(code));
    }

    pub fn plan<'a>(&'a self, language: Language, code: &'a str) -> &'a str {
        called(&self.plans, language, code)
    }

    pub fn body<'a>(&'a self, language: Language, code: &'a str) -> &'a str {
        called(&self.bodies, language, code)
    }

    pub fn channel<'a>(&'a self, language: Language, code: &'a str) -> &'a str {
        called(&self.channels, language, code)
    }

    pub fn fact<'a>(&'a self, language: Language, code: &'a str) -> &'a str {
        called(&self.facts, language, code)
    }

    pub fn item(&self, language: Language, plan: &str, item: &str) -> String {
        let code = item_code(plan, item);
        let name = self.items.get(&code).map(|name| name.say(language));
        name.unwrap_or(item).to_owned()
    }

    /// The item of this code, whichever plan has it.
    pub fn item_anywhere<'a>(&'a self, language: Language, item: &'a str) -> &'a str {
        let mut items = self.items.iter();
        let found = items.find(|(code, _)| code.rsplit('/').next() == Some(item));
        found.map_or(item, |(_, name)| name.say(language))
    }

    /// A post (`body/post`) without its body.
    pub fn post_alone<'a>(&'a self, language: Language, code: &'a str) -> &'a str {
        called(&self.posts, language, code)
    }

    /// A post (`body/post`) with its body.
    pub fn post(&self, language: Language, code: &str) -> String {
        let (Some(name), Some((body, _))) = (self.posts.get(code), code.split_once('/')) else {
            return code.to_owned();
        };
        let (name, body) = (name.say(language), self.body(language, body));
        match language {
            Language::ZhCn => format!("{body}{name}"),
            Language::En => format!("{name}, {body}"),
        }
    }
}

fn item_code(plan: &str, item: &str) -> String {
    format!("{plan}/{item}")
}

fn called<'a>(names: &'a BTreeMap<String, Name>, language: Language, code: &'a str) -> &'a str {
    names.get(code).map_or(code, |name| name.say(language))
}
