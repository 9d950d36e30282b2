//! A short message: signature in front, what to do, and how many segments the carrier will charge.
//!
//! Chinese texts travel as UTF-16 (UCS-2): 70 units in one message, 67 in each segment of a longer one. Source:
//! 3GPP TS 23.038 and TS 23.040 (six octets of each segment join it to the others).

use super::renderings::{RenderFault, bare};
use super::tidy;
use super::words::Words;
use crate::domain::bulletin::Rendering;
use crate::domain::channel::{ChannelDef, WhenLong};

/// UTF-16 units in a message that stands alone.
pub const SINGLE: usize = 70;
/// UTF-16 units in one segment of a longer message.
pub const SEGMENT: usize = 67;

pub fn rendering(
    words: &Words<'_>,
    def: &ChannelDef,
    link: Option<&str>,
) -> Result<Rendering, RenderFault> {
    let sms = def.sms.as_ref();
    let allowed = match sms.map(|sms| sms.when_long).unwrap_or_default() {
        WhenLong::Refuse => 1,
        WhenLong::Split => sms.map_or(5, |sms| sms.max_parts),
    };
    let signature = sms
        .and_then(|sms| sms.signature.as_deref())
        .map(|name| format!("【{}】", tidy::line(name).replace(['【', '】'], "")))
        .unwrap_or_default();
    let mut shortest: Option<(String, u32)> = None;
    for body in candidates(words, link) {
        // A second pair of these brackets looks like a second signature, and some carriers refuse it.
        let body = body.replace('【', "〔").replace('】', "〕");
        let text = format!(
            "{}{signature}{body}{}",
            words.marks.open(),
            words.marks.close()
        );
        let count = segments(&text).len() as u32;
        if count <= allowed {
            return Ok(Rendering {
                parts: vec![text.clone()],
                text,
                segments: Some(count),
                ..bare(words, def)
            });
        }
        shortest = Some((text, count));
    }
    let (text, segments) = shortest.unwrap_or_default();
    Err(RenderFault::SmsTooLong {
        channel: def.channel.clone(),
        units: units(&text),
        segments,
        allowed,
    })
}

/// The author's own short form, or what can be made of title, action and link, the fullest first.
fn candidates(words: &Words<'_>, link: Option<&str>) -> Vec<String> {
    if let Some(sms) = &words.sms {
        return vec![sms.clone()];
    }
    let stop = words.choose("。", ". ");
    let ended = |text: &str| {
        let is_ended = text.ends_with(['。', '！', '？', '；', '.', '!', '?']);
        format!("{text}{}", if is_ended { "" } else { stop })
    };
    let link = link.map_or(String::new(), |link| {
        format!("{}{link} ", words.choose("详见 ", "See "))
    });
    let title = ended(&words.title);
    let action = words.action.as_deref().map(ended).unwrap_or_default();
    [
        format!("{title}{action}{link}"),
        format!("{title}{link}"),
        title.clone(),
    ]
    .into_iter()
    .map(|text| text.trim_end().to_owned())
    .collect()
}

/// UTF-16 units of `text`, the way carriers count.
pub fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The segments that `text` is charged as; no character is ever torn in two.
pub fn segments(text: &str) -> Vec<&str> {
    if units(text) <= SINGLE {
        return vec![text];
    }
    let mut out = Vec::new();
    let (mut start, mut length) = (0, 0);
    for (at, c) in text.char_indices() {
        if length + c.len_utf16() > SEGMENT {
            out.push(&text[start..at]);
            (start, length) = (at, 0);
        }
        length += c.len_utf16();
    }
    out.push(&text[start..]);
    out
}
