//! What many plays of a scenario come to, in words.

use super::Teller;
use super::step_name;
use crate::domain::phrase::phrase;
use crate::drill::many::{Chance, Many};
use crate::drill::scenario::Extra;
use crate::drill::score::StepKind;
use crate::drill::words::{permille, slack, span};

/// How many things are told.
const MOST: usize = 3;

impl Teller<'_> {
    /// How often every goal was met.
    pub fn plays(&self, many: &Many) -> String {
        let [share, low, high] = shares(many.passed);
        self.say(&phrase!(
            "drill.many.passed",
            n = many.seeds,
            share,
            low,
            high
        ))
    }

    /// The same with more people, and who they are.
    pub fn plays_with(&self, many: &Many, more: &Extra) -> String {
        let [share, low, high] = shares(many.passed);
        let posts = many.posts.iter().map(|post| &*post.post);
        let mut posts = posts.filter(|post| more.is_about(post));
        let post = match (more.post.contains('/'), posts.next()) {
            (true, _) => self.names.post(self.language, &more.post),
            (false, Some(one)) => self.names.post_alone(self.language, one).to_owned(),
            (false, None) => more.post.clone(),
        };
        let change = phrase!("drill.many.change", n = more.people, post);
        self.say(&phrase!(
            "drill.many.passed-with-more",
            change,
            share,
            low,
            high
        ))
    }

    /// What would help most, each with the figure behind it.
    pub fn change_of_many(&self, many: &Many) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut faulty: Vec<_> = many.items.iter().filter(|item| item.by_plan > 0).collect();
        faulty.sort_by_key(|item| std::cmp::Reverse(item.by_plan));
        for of in faulty {
            let item = self.names.item(self.language, &of.plan, &of.item);
            let times = of.by_plan.to_string();
            found.push((
                phrase!("drill.many.by-plan", item),
                phrase!("drill.many.by-plan-why", n = of.releases, times),
            ));
        }
        let hardest = many.items.iter();
        for of in hardest.filter(|item| item.on_time.of > 0 && item.on_time.permille < 1000) {
            let item = self.names.item(self.language, &of.plan, &of.item);
            let (step, percent) = of.slowest();
            let slack = of.slack_median.map(slack);
            found.push((
                phrase!("drill.many.item", item),
                phrase!(
                    "drill.many.item-why",
                    share = permille(of.on_time.permille),
                    step = step_name(StepKind::ALL[step]),
                    percent = percent.to_string(),
                    slack
                ),
            ));
        }
        found.truncate(MOST - 1);
        if let Some(post) = many.posts.first().filter(|post| post.times > 0) {
            found.push((
                phrase!(
                    "drill.many.post",
                    post = self.names.post(self.language, &post.post)
                ),
                phrase!(
                    "drill.many.post-why",
                    n = post.times.unsigned_abs(),
                    span = span(post.waited),
                    share = permille(post.unanswered_permille)
                ),
            ));
        }
        let told = found.iter();
        told.map(|(what, why)| (self.say(what), self.say(why)))
            .collect()
    }
}

fn shares(chance: Chance) -> [String; 3] {
    [chance.permille, chance.low, chance.high].map(permille)
}
