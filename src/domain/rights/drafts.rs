//! Whom drafts wait for: the first post of a body, and while nobody holds that one, everybody who may draft.

use super::super::body::{Body, PostRef};
use super::super::person::Person;

/// Whether the drafts of its body wait for `post`, as long as `people` are who there is.
pub fn drafts_wait_for(bodies: &[Body], people: &[Person], post: &PostRef) -> bool {
    // Of a body that is gone, plans that were pinned before still know the posts.
    let Some(body) = bodies.iter().find(|body| body.body == post.body) else {
        return true;
    };
    let Some(first) = body.first_post() else {
        return false;
    };
    let is_held = people
        .iter()
        .any(|one| one.disabled_at.is_none() && one.posts.contains(&first));
    let is_known = body.posts.iter().any(|one| one.post == post.post);
    first == *post || (is_known && !is_held)
}
