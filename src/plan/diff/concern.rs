//! The concerns of one level before and after: who watches a source, who answers what is found there, by when and how.

use super::words::{channel, post, signers};
use super::{Difference, Known, What};
use crate::domain::concern::{Concern, ConcernSource};
use crate::domain::phrase::{Blank, Phrase, phrase};

/// A line for each source that is watched or answered otherwise than before.
pub(super) fn concerns(
    level: &'static str,
    old: (Known<'_>, &[Concern]),
    new: (Known<'_>, &[Concern]),
    out: &mut Vec<Difference>,
) {
    for source in ConcernSource::ALL {
        let of = |all: &[Concern]| all.iter().find(|one| one.source == source).cloned();
        let (before, after) = (of(old.1), of(new.1));
        if before == after {
            continue;
        }
        let known = after.as_ref().map(|after| (new.0, after));
        let Some((names, known)) = known.or(before.as_ref().map(|before| (old.0, before))) else {
            continue;
        };
        let posts = known.watch.iter().chain([&known.answer]);
        let whom: Blank = posts.map(|one| post(names, one)).collect();
        out.push(Difference {
            level,
            item: source.code().to_owned(),
            what: What::Concern,
            before: before.as_ref().map(|concern| said(old.0, concern)),
            after: after.as_ref().map(|concern| said(new.0, concern)),
            whom: phrase!("difference.parts", parts = whom),
        });
    }
}

fn said(names: Known<'_>, concern: &Concern) -> Phrase {
    let watch: Blank = concern.watch.iter().map(|one| post(names, one)).collect();
    let channels = concern.channels.iter();
    phrase!(
        "difference.concern",
        watch,
        answer = post(names, &concern.answer),
        within = concern.within,
        route = signers(names, &concern.route),
        channels = channels
            .map(|to| channel(names, &to.channel))
            .collect::<Blank>()
    )
}
