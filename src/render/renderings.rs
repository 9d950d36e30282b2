//! One rendering per channel and language, each within what the channel can carry.

use super::words::Words;
use super::{email, marks, robot, sms};
use crate::domain::bulletin::{BulletinText, Language, Rendering};
use crate::domain::channel::{ChannelDef, ChannelKind};

/// Why a text cannot be rendered for a channel. Nothing of it is sent anywhere until it is changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderFault {
    #[error(
        "channel {channel}: the SMS has {units} characters and takes {segments} segments, {allowed} at most; shorten the sms field of the template or the facts it prints"
    )]
    SmsTooLong {
        channel: String,
        units: usize,
        segments: u32,
        allowed: u32,
    },
    #[error(
        "channel {channel}: its limit of {limit} leaves no room for the title and a link; raise max-bytes or shorten the title"
    )]
    NoRoom { channel: String, limit: usize },
    #[error("this is a drill, and the text says {claim:?}; take that out")]
    ClaimsReality { claim: String },
    #[error("the text has no {0}")]
    Empty(&'static str),
    #[error("the {what} has {size} {unit}; {most} is the most")]
    TooLong {
        what: &'static str,
        size: usize,
        unit: &'static str,
        most: usize,
    },
}

/// `text` as every one of `channels` will send it: Chinese always, English where the text has it.
///
/// # Errors
/// The first channel that cannot carry it, or a drill that claims to be none.
pub fn renderings(
    text: &BulletinText,
    channels: &[&ChannelDef],
    link: Option<&str>,
    drill: bool,
) -> Result<Vec<Rendering>, RenderFault> {
    if let Some(claim) = marks::claim_of_reality(text).filter(|_| drill) {
        return Err(RenderFault::ClaimsReality { claim });
    }
    let languages = [Language::ZhCn, Language::En];
    let versions: Vec<_> = languages
        .into_iter()
        .filter_map(|language| Words::of(text, language, drill))
        .collect();
    channels
        .iter()
        .flat_map(|def| versions.iter().map(move |words| one(words, def, link)))
        .collect()
}

fn one(words: &Words<'_>, def: &ChannelDef, link: Option<&str>) -> Result<Rendering, RenderFault> {
    match def.kind {
        ChannelKind::Email => Ok(email::rendering(words, def, link)),
        ChannelKind::Sms => sms::rendering(words, def, link),
        ChannelKind::Telegram
        | ChannelKind::Wecom
        | ChannelKind::Dingtalk
        | ChannelKind::Feishu => robot::rendering(words, def, link),
        ChannelKind::Portal | ChannelKind::File => Ok(Rendering {
            text: words.marks.block(&words.blocks(link).join("\n\n")),
            ..bare(words, def)
        }),
    }
}

/// A rendering that says nothing yet.
pub fn bare(words: &Words<'_>, def: &ChannelDef) -> Rendering {
    Rendering {
        channel: def.channel.clone(),
        language: words.language,
        subject: None,
        text: String::new(),
        html: None,
        parts: Vec::new(),
        segments: None,
    }
}
