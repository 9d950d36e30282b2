//! Parts of a release as they are shown: its text, its signatures, what was held before it.

use crate::contract::{BulletinView, HoldingView, ReachView, RenderingView, SignatureView};
use crate::domain::approval::Signature;
use crate::domain::bulletin::{Bulletin, ChannelReach, Language};
use crate::domain::check_code::CheckCode;
use crate::domain::reason::Reason;
use crate::domain::release::{Holding, Release};
use crate::words::reason;

pub(super) fn holding_view(release: &Release, holding: Holding) -> HoldingView {
    HoldingView {
        held_at: holding.held_at(),
        limit: match holding {
            Holding::Awaited => release.due_at,
            Holding::Held { limit, .. } => limit,
        },
        late: holding.is_late(),
    }
}

/// The API speaks English, as its errors do.
pub(super) fn note(why: &Reason) -> String {
    let worded = reason(Language::En, why);
    match why {
        Reason::Replaced { by, .. } => format!("{worded} {by}"),
        _ => worded,
    }
}

pub(super) fn signature_view(signature: &Signature) -> SignatureView {
    SignatureView {
        round: signature.round,
        post: signature.post.to_string(),
        user: signature.user.clone(),
        name: signature.name.clone(),
        at: signature.at,
        version: signature.version,
        hash: signature.hash.clone(),
        kind: signature.kind.code().to_owned(),
    }
}

pub(super) fn bulletin_view(bulletin: &Bulletin) -> BulletinView {
    let hash = bulletin.hash();
    BulletinView {
        version: bulletin.version,
        code: CheckCode::of(bulletin.version, &hash).to_string(),
        hash,
        written_by: bulletin.writers(),
        incident_title: bulletin.text.incident_title.clone(),
        title: bulletin.text.title.clone(),
        title_en: bulletin.text.title_en.clone(),
        action: bulletin.text.action.clone(),
        text: bulletin.text.text.clone(),
        document_number: bulletin.text.document_number.clone(),
        drafted_at: bulletin.drafted_at,
        valid_for: bulletin.valid_for.map(|span| span.to_string()),
        reach: bulletin.reach.iter().map(reach_view).collect(),
        renderings: bulletin
            .renderings
            .iter()
            .map(|rendering| RenderingView {
                channel: rendering.channel.clone(),
                language: rendering.language.code().to_owned(),
                subject: rendering.subject.clone(),
                text: rendering.text.clone(),
                parts: rendering.parts.clone(),
                segments: rendering.segments,
            })
            .collect(),
    }
}

pub(super) fn reach_view(reach: &ChannelReach) -> ReachView {
    let ChannelReach {
        channel,
        reach,
        also,
    } = reach;
    ReachView {
        also: *also,
        around: reach.around.iter().map(|area| area.0.clone()).collect(),
        around_people: None,
        channel: channel.clone(),
        areas: reach.areas.iter().map(|area| area.0.clone()).collect(),
        groups: reach.groups.clone(),
        posts: reach.posts.clone(),
    }
}
