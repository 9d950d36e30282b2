//! The report of many plays: how likely each deadline is to be kept, where the time goes, and what more people change.
//!
//! Every picture has its table. What was played with more people is hatched and stands below the bar it changes.

use askama::Template;

use super::bars::{self, Bar};
use super::filters;
use super::slack::{self, Slack};
use crate::drill::many::{ItemChance, Many, PostLoad};
use crate::drill::score::Stages;

/// Items on one sheet of paper.
const ROWS: usize = 26;
/// Posts that are worth looking at.
const POSTS: usize = 12;

/// An item beside itself with more people.
pub type Pair<'a> = (&'a ItemChance, Option<&'a ItemChance>);
type Posts<'a> = (&'a PostLoad, Option<&'a PostLoad>);

#[derive(Template)]
#[template(path = "pages/many.html")]
struct Report<'a> {
    many: &'a Many,
    /// The same scenario with more people, and how that was asked for.
    more: Option<(&'a Many, &'a str)>,
    pairs: &'a [Pair<'a>],
    /// The same, as many at a time as fit a sheet.
    sheets: Vec<&'a [Pair<'a>]>,
    slack: Slack,
    /// Name, code and the time of one release by step; an item with more people has no code.
    steps: Vec<(&'a str, &'a str, Stages)>,
    bars: Vec<Vec<Bar>>,
    posts: Vec<Posts<'a>>,
}

/// The report; `more` is the same scenario with more people, and how that was asked for.
pub fn write(many: &Many, more: Option<(&Many, &str)>) -> String {
    let other = more.map(|(more, _)| more);
    let pairs: Vec<Pair> = many
        .items
        .iter()
        .map(|item| (item, other.and_then(|more| more.item(item))))
        .collect();
    let mut steps = Vec::new();
    for (item, after) in &pairs {
        steps.push((&*item.name, &*item.item, mean(item)));
        steps.extend(after.map(|after| ("　└ 增加人手后 with more people", "", mean(after))));
    }
    let spent: Vec<_> = steps
        .iter()
        .map(|(name, _, stages)| ((*name).to_owned(), *stages, ""))
        .collect();
    let posts = many.posts.iter().filter(|post| post.waited > 0).take(POSTS);
    let page = Report {
        many,
        more,
        sheets: pairs.chunks(ROWS).collect(),
        slack: slack::slack(&pairs),
        bars: bars::sheets(&spent),
        steps,
        posts: posts
            .map(|post| (post, other.and_then(|more| more.post(&post.post))))
            .collect(),
        pairs: &pairs,
    };
    // Writing into memory cannot fail.
    page.render().unwrap_or_default()
}

impl Report<'_> {
    fn last_seed(&self) -> u64 {
        self.many.first_seed + self.many.seeds.saturating_sub(1)
    }

    /// The longest that a post was waited for; the posts' bars are drawn to its scale.
    fn longest(&self) -> i64 {
        let all = self
            .posts
            .iter()
            .flat_map(|(post, after)| std::iter::once(*post).chain(*after));
        all.map(|post| post.waited).max().unwrap_or(1).max(1)
    }
}

fn mean(item: &ItemChance) -> Stages {
    let count = i64::try_from(item.releases).unwrap_or(i64::MAX).max(1);
    let all = item.stages;
    Stages {
        facts: all.facts / count,
        drafting: all.drafting / count,
        review: all.review / count,
        signature: all.signature / count,
        sending: all.sending / count,
    }
}
