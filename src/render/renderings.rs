//! One rendering per channel and language, each within what the channel can carry.

use super::notice::Notice;
use super::words::Words;
use super::{email, marks, robot, sms};
use crate::domain::bulletin::{Language, Rendering};
use crate::domain::channel::{ChannelDef, Layout};

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

/// A notice as every one of `channels` will send it: Chinese always, English where the text has it.
///
/// # Errors
/// The first channel that cannot carry it, or a drill that claims to be none.
pub fn renderings(
    notice: &Notice<'_>,
    channels: &[&ChannelDef],
) -> Result<Vec<Rendering>, RenderFault> {
    if let Some(claim) = marks::claim_of_reality(notice.text).filter(|_| notice.about.drill) {
        return Err(RenderFault::ClaimsReality { claim });
    }
    let languages = [Language::ZhCn, Language::En];
    let versions: Vec<_> = languages
        .into_iter()
        .filter_map(|language| Words::of(notice, language))
        .collect();
    channels
        .iter()
        .flat_map(|def| versions.iter().map(move |words| one(words, def)))
        .collect()
}

fn one(words: &Words<'_>, def: &ChannelDef) -> Result<Rendering, RenderFault> {
    match def.spec().layout() {
        Layout::Mail => Ok(email::rendering(words, def)),
        Layout::Short {
            signature,
            segments,
        } => sms::rendering(words, def, words.signature.or(signature), segments),
        Layout::Messages(limit) => robot::rendering(words, def, limit),
        Layout::Page => Ok(Rendering {
            text: words.marks.block(&words.blocks().join("\n\n")),
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

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use chrono::NaiveDate;

    use super::super::Drafted;
    use super::super::fixture::World;
    use crate::domain::fact::FactValue;
    use crate::domain::numbering::Filling;

    const NOTICE: &str = r#"---
title: 关于启动防汛{{incident.level}}应急响应的通告
title-en: Notice of {{incident.level-en}} flood response
action: 请低洼地区、危旧房屋居民做好转移准备。
action-en: Residents of low-lying areas should be ready to move.
sms: 示例市自{{incident.level-since}}启动防汛{{incident.level}}应急响应，{{situation}}。咨询{{release.hotline}}。
text-en: |
  Rainfall {{rainfall}}; {{incident.areas-en}}. Expected to last {{incident.expected-duration}}.
---
{{situation}}。根据《示例市防汛应急预案》，市防指决定自{{incident.level-since}}起启动防汛{{incident.level}}应急响应，预计持续{{incident.expected-duration}}。

开放下列避险安置点：
{{#each shelters}}
{{@number}}. {{this.name}}，可容{{this.capacity}}
{{/each}}

{{#if rainfall}}
累计雨量{{rainfall}}。{{#if (eq warning-colour "红色")}}暴雨红色预警生效中。{{/if}}
{{/if}}
{{> contact}}
"#;

    /// What one notice becomes on every channel, word for word.
    #[test]
    fn a_notice_on_every_channel() {
        let world = World::new(NOTICE)
            .partial("contact", "咨询电话：{{release.hotline}}。{{#if release.next-update}}下次发布：{{release.next-update}}。{{/if}}\n")
            .text("situation", "受持续强降雨影响，城区多处积水<50厘米")
            .text("warning-colour", "红色")
            .fact("rainfall", FactValue::Number(123.0))
            .shelters(2);
        let Drafted::Complete(bulletin) = world.draft() else {
            panic!("{:?}", world.draft());
        };
        let filling = Filling {
            date: NaiveDate::from_ymd_opt(2026, 5, 1).unwrap(),
            time: None,
            serial: 3,
            register: Some(3),
            next: NaiveDate::from_ymd_opt(2026, 5, 1).and_then(|day| day.and_hms_opt(17, 0, 0)),
        };
        let bulletin = bulletin.issued(&filling, None);
        let mut seen = String::new();
        // Robots and the folder send what the portal shows, as long as it fits.
        let different = ["portal", "mail", "sms"];
        for rendering in bulletin
            .renderings
            .into_iter()
            .filter(|r| different.contains(&r.channel.as_str()))
        {
            let language = rendering.language.code();
            writeln!(
                seen,
                "== {} {language} {:?}",
                rendering.channel, rendering.segments
            )
            .unwrap();
            writeln!(
                seen,
                "{}\n{}",
                rendering.subject.unwrap_or_default(),
                rendering.text
            )
            .unwrap();
            writeln!(seen, "{}", rendering.html.unwrap_or_default()).unwrap();
        }
        insta::assert_snapshot!(seen);
    }
}
