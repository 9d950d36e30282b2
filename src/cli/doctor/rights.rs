//! Who can do what the bodies leave to few: rights that somebody can use now, second persons who are there, and duties
//! that one person should not hold two of (三员分立).

use std::collections::BTreeMap;

use crate::domain::body::PostRef;
use crate::domain::person::Person;
use crate::domain::plan::PlanSet;
use crate::domain::rights::{self, Right};
use crate::domain::time::Moment;

use super::Findings;
use crate::cli::names::Names;
use crate::cli::words::{joined, named, word};

/// `people` are those who are not shut out, `ends` when the last token of each ends.
pub(super) fn look(
    plans: &PlanSet,
    people: &[Person],
    ends: &BTreeMap<String, Option<Moment>>,
    now: Moment,
    found: &mut Findings,
) {
    // Where there is nobody yet, that is said once.
    if people.is_empty() {
        return;
    }
    let can_call = |one: &Person| match ends.get(&one.login) {
        Some(end) => end.is_none_or(|end| end > now),
        None => false,
    };
    for right in Right::ALL {
        let posts = rights::holders(plans, right);
        if let Some(next) = lacks(&posts, people, can_call) {
            let cannot = named!("doctor.cannot", right.code());
            let right = named!("fabu.right", right.code());
            let what = word!("doctor.nobody", right, cannot, posts = shown(plans, &posts));
            found.warn("rights", what, next);
        }
    }
    for one in &plans.confirm {
        let posts: Vec<PostRef> = std::iter::once(one.post.clone())
            .chain(plans.deputy_of(&one.post))
            .collect();
        if let Some(next) = lacks(&posts, people, can_call) {
            let act = named!("client.deed", one.act.code());
            let what = word!("doctor.nobody-confirms", act, posts = shown(plans, &posts));
            found.warn("rights", what, next);
        }
    }
    for person in people {
        for clash in rights::clashes(&plans.bodies, &person.posts) {
            let what = word!(
                "user.clash",
                login = person.login,
                one = named!("fabu.right", clash.rights.0.code()),
                post = clash.posts.0,
                other = named!("fabu.right", clash.rights.1.code()),
                other_post = clash.posts.1
            );
            found.warn("duties", what, word!("doctor.clash-next"));
        }
    }
}

/// The command that gives one of `posts` somebody who can call; none where there is one, or where there are no posts.
fn lacks(
    posts: &[PostRef],
    people: &[Person],
    can_call: impl Fn(&Person) -> bool,
) -> Option<String> {
    let first = posts.first()?;
    let mut holders = people
        .iter()
        .filter(|one| one.posts.iter().any(|post| posts.contains(post)))
        .peekable();
    let silent = holders.peek().map(|one| one.login.clone());
    if holders.any(can_call) {
        return None;
    }
    Some(match silent {
        Some(login) => format!("fabu user token {login}"),
        None => word!("doctor.nobody-next", post = first),
    })
}

fn shown(plans: &PlanSet, posts: &[PostRef]) -> String {
    const MOST: usize = 5;
    let names = Names::of(&plans.bodies, &plans.areas);
    let named = posts
        .iter()
        .map(|post| names.post_to_type(&post.to_string()));
    let mut shown: Vec<String> = named.take(MOST).collect();
    if posts.len() > MOST {
        shown.push("…".into());
    }
    joined(&shown)
}
