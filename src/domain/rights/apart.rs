//! Three duties that nobody holds two of (三员分立): who decides who there is, who holds the channels, and who looks at
//! what both have done.

use super::super::body::{Body, PostRef};
use super::super::person::Person;
use super::{Right, holders_in};

/// System, security and audit administration (系统管理员、安全管理员、审计管理员).
pub const APART: [Right; 3] = [Right::Administer, Right::SwitchChannels, Right::Audit];

/// Two duties in one hand, and the posts that bring them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    pub rights: (Right, Right),
    pub posts: (PostRef, PostRef),
}

/// The duties among `posts` that should be apart; of each two the first posts that bring them.
pub fn clashes(bodies: &[Body], posts: &[PostRef]) -> Vec<Clash> {
    let by = |right: Right| {
        let holders = holders_in(bodies, right);
        posts.iter().find(|post| holders.contains(post)).cloned()
    };
    let pairs = [(0, 1), (0, 2), (1, 2)].map(|(a, b)| (APART[a], APART[b]));
    pairs
        .into_iter()
        .filter_map(|(a, b)| {
            Some(Clash {
                rights: (a, b),
                posts: (by(a)?, by(b)?),
            })
        })
        .collect()
}

/// Those of `people` who hold a post with `right` and are not shut out.
pub fn held_by<'a>(bodies: &[Body], right: Right, people: &'a [Person]) -> Vec<&'a Person> {
    let holders = holders_in(bodies, right);
    people
        .iter()
        .filter(|one| one.disabled_at.is_none())
        .filter(|one| one.posts.iter().any(|post| holders.contains(post)))
        .collect()
}
