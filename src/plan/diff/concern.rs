//! The concerns of one level before and after: who watches a source, who answers what is found there, by when and how.

use super::{Difference, What, own};
use crate::domain::body::PostRef;
use crate::domain::concern::{Concern, ConcernSource};
use crate::domain::phrase::{Blank, Phrase, phrase};

/// A line for each source that is watched or answered otherwise than before.
pub(super) fn concerns(
    level: &'static str,
    old: &[Concern],
    new: &[Concern],
    out: &mut Vec<Difference>,
) {
    for source in ConcernSource::ALL {
        let of = |all: &[Concern]| all.iter().find(|one| one.source == source).cloned();
        let (before, after) = (of(old), of(new));
        if before == after {
            continue;
        }
        let Some(known) = after.as_ref().or(before.as_ref()) else {
            continue;
        };
        let posts = known.watch.iter().chain([&known.answer]);
        let posts: Vec<String> = posts.map(PostRef::to_string).collect();
        out.push(Difference {
            level,
            item: source.code().to_owned(),
            what: What::Concern,
            before: before.as_ref().map(said),
            after: after.as_ref().map(said),
            whom: own(&posts.join(" ")),
        });
    }
}

fn said(concern: &Concern) -> Phrase {
    let watch: Blank = concern.watch.iter().map(PostRef::to_string).collect();
    let channels = concern.channels.iter().map(|to| to.channel.as_str());
    phrase!(
        "difference.concern",
        watch,
        answer = concern.answer.to_string(),
        within = concern.within,
        route = &concern.route,
        channels = channels.collect::<Vec<_>>().join(" ")
    )
}
