//! What many plays of a scenario come to, in words.

use super::Teller;
use crate::domain::phrase::phrase;
use crate::drill::many::{Chance, Many};
use crate::drill::scenario::Extra;
use crate::drill::words::permille;

impl Teller<'_> {
    /// How often every goal was met, and what was hardest to keep.
    pub fn plays(&self, many: &Many) -> String {
        let (share, low, high) = shares(many.passed);
        let hardest = many
            .items
            .iter()
            .find(|item| item.on_time.yes < item.on_time.of);
        let hardest = hardest.map(|of| {
            phrase!(
                "drill.many.hardest",
                n = of.on_time.of - of.on_time.yes,
                item = self.names.item(self.language, &of.plan, &of.item)
            )
        });
        self.say(&phrase!(
            "drill.many.passed",
            n = many.seeds,
            met = many.passed.yes.to_string(),
            share,
            low,
            high,
            hardest
        ))
    }

    /// The same with more people, and who they are.
    pub fn plays_with(&self, many: &Many, more: &Extra) -> String {
        let (share, low, high) = shares(many.passed);
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
            n = many.seeds,
            change,
            met = many.passed.yes.to_string(),
            share,
            low,
            high
        ))
    }

    /// `36次（94.7%）`, `36 of 38 (94.7%)`.
    pub fn often(&self, chance: Chance) -> String {
        self.say(&phrase!(
            "drill.many.often",
            n = chance.yes,
            of = chance.of.to_string(),
            share = permille(chance.permille)
        ))
    }

    /// How many texts, of all plays together.
    pub fn texts(&self, count: u64, plays: u64) -> String {
        let plays = plays.to_string();
        self.say(&phrase!("drill.many.texts", n = count, plays))
    }
}

fn shares(chance: Chance) -> (String, String, String) {
    let Chance {
        permille: share,
        low,
        high,
        ..
    } = chance;
    (permille(share), permille(low), permille(high))
}
