//! A short message: signature in front, what to do, and how many segments the carrier will charge.
//!
//! Chinese texts travel as UTF-16 (UCS-2): 70 units in one message, 67 in each segment of a longer one.

use super::renderings::{RenderFault, bare};
use super::tidy;
use super::words::Words;
use crate::domain::bulletin::{Language, Rendering};
use crate::domain::channel::ChannelDef;
use crate::domain::channel::sms::{SEGMENT, SINGLE};

pub fn rendering(
    words: &Words<'_>,
    def: &ChannelDef,
    signature: Option<&str>,
    allowed: u32,
) -> Result<Rendering, RenderFault> {
    let signature = signature
        .map(|name| format!("【{}】", tidy::line(name).replace(['【', '】'], "")))
        .unwrap_or_default();
    let mut shortest: Option<(String, u32)> = None;
    for body in candidates(words) {
        // A second pair of these brackets looks like a second signature, and some carriers refuse it.
        let body = body.replace('【', "〔").replace('】', "〕");
        let line = |body: &str| words.marks.line(&format!("{signature}{body}"));
        let mut text = line(&body);
        let mut count = segments(&text).len() as u32;
        if let Some(link) = words
            .link
            .and_then(short)
            .filter(|link| !body.contains(link))
            && words.sms.is_some()
        {
            let linked = match words.language {
                Language::ZhCn => line(&format!("{}详见 {link}", ended(&body, "。"))),
                Language::En => line(&format!("{} See {link}", ended(&body, "."))),
            };
            // The way to the whole text, as long as it costs nobody another segment.
            if segments(&linked).len() as u32 == count.min(1) {
                (count, text) = (1, linked);
            }
        }
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

/// The link as it is printed behind a short form that does not ask for one, if it is short enough.
fn short(link: &str) -> Option<&str> {
    const LONGEST: usize = 24;
    let bare = link.strip_prefix("https://").unwrap_or(link);
    (bare.len() <= LONGEST).then_some(bare)
}

/// The author's own short form, or what can be made of title, action and link, the fullest first.
fn candidates(words: &Words<'_>) -> Vec<String> {
    if let Some(sms) = &words.sms {
        return vec![sms.clone()];
    }
    let (stop, gap) = match words.language {
        Language::ZhCn => ("。", ""),
        Language::En => (".", " "),
    };
    let title = Some(ended(&words.title, stop));
    let action = words.action.as_deref().map(|action| ended(action, stop));
    let link = words
        .link
        .map(|link| format!("{}{link}", words.choose("详见 ", "See ")));
    [
        vec![&title, &action, &link],
        vec![&title, &link],
        vec![&title],
    ]
    .into_iter()
    .map(|parts| {
        parts
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(gap)
    })
    .collect()
}

/// `text` with `stop` unless it has an end of its own.
pub(super) fn ended(text: &str, stop: &str) -> String {
    let is_ended = text.ends_with(['。', '！', '？', '；', '.', '!', '?']);
    format!("{text}{}", if is_ended { "" } else { stop })
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::Circumstances;
    use super::super::fixture::channel;
    use super::*;
    use crate::domain::bulletin::BulletinText;
    use crate::domain::channel::Layout;

    fn text(sms: Option<&str>) -> BulletinText {
        BulletinText {
            title: "关于启动防汛四级应急响应的通告".into(),
            action: Some("请做好转移准备。".into()),
            text: "正文".into(),
            sms: sms.map(str::to_owned),
            ..BulletinText::default()
        }
    }

    fn render(
        text: &BulletinText,
        settings: serde_json::Value,
        drill: bool,
    ) -> Result<Rendering, RenderFault> {
        let mut sms = json!({"url": "http://127.0.0.1/", "fields": {}, "signature": "示例应急"});
        sms.as_object_mut()
            .unwrap()
            .extend(settings.as_object().unwrap().clone());
        let def = channel(json!({"channel": "sms", "name": "短信", "kind": "sms", "sms": sms}));
        let about = Circumstances {
            link: Some("https://a.invalid/1"),
            drill,
            ..Circumstances::default()
        };
        let words = Words::of(&about.notice(text), Language::ZhCn).unwrap();
        let Layout::Short {
            signature,
            segments,
        } = def.spec().layout()
        else {
            panic!("an SMS is short");
        };
        rendering(&words, &def, signature, segments)
    }

    #[test]
    fn the_signature_is_in_front_counted_and_the_only_one_of_its_kind() {
        let body = "甲".repeat(63);
        let one = render(&text(Some(&format!("{body}乙"))), json!({}), false).unwrap();
        assert_eq!((units(&one.text), one.segments), (70, Some(1)));
        let two = render(&text(Some(&format!("{body}乙丙"))), json!({}), false).unwrap();
        assert_eq!((units(&two.text), two.segments), (71, Some(2)));
        assert_eq!(two.parts.concat(), two.text);
        let bracketed = render(&text(Some("【紧急】撤离")), json!({}), false).unwrap();
        assert_eq!(bracketed.text, "【示例应急】〔紧急〕撤离。详见 a.invalid/1");
    }

    #[test]
    fn without_a_short_form_the_fullest_text_that_fits_is_made() {
        let made = |settings| render(&text(None), settings, false).unwrap().text;
        assert_eq!(
            made(json!({})),
            "【示例应急】关于启动防汛四级应急响应的通告。请做好转移准备。详见 https://a.invalid/1"
        );
        let mut long = text(None);
        long.action = Some("请转移。".repeat(20));
        let short = render(&long, json!({"when-long": "refuse"}), false).unwrap();
        assert_eq!(
            short.text,
            "【示例应急】关于启动防汛四级应急响应的通告。详见 https://a.invalid/1"
        );
    }

    #[test]
    fn a_short_link_follows_where_it_costs_no_segment() {
        let render = |sms: &str, link: &str| {
            let def = channel(json!({"channel": "sms", "name": "短信", "kind": "sms",
                "sms": {"url": "http://127.0.0.1/", "fields": {}, "signature": "示例应急"}}));
            let about = Circumstances {
                link: Some(link),
                ..Circumstances::default()
            };
            let text = text(Some(sms));
            let words = Words::of(&about.notice(&text), Language::ZhCn).unwrap();
            rendering(&words, &def, Some("示例应急"), 3).unwrap().text
        };
        let short = "https://shili.gov.cn/s/4k9x2tm";
        assert_eq!(
            render("今晚24时前转移。", short),
            "【示例应急】今晚24时前转移。详见 shili.gov.cn/s/4k9x2tm"
        );
        let full = "甲".repeat(50);
        assert_eq!(render(&full, short), format!("【示例应急】{full}"));
        let long = "https://www.shili.gov.cn/s/4k9x2tm";
        assert_eq!(render("转移。", long), "【示例应急】转移。");
        let own = format!("转移，见 {short} 。");
        assert_eq!(render(&own, short), format!("【示例应急】{own}"));
    }

    #[test]
    fn too_long_is_refused_with_the_counts() {
        let long = text(Some(&"长".repeat(200)));
        let fault = render(&long, json!({"max-parts": 3}), false).unwrap_err();
        assert_eq!(
            fault,
            RenderFault::SmsTooLong {
                channel: "sms".into(),
                units: 206,
                segments: 4,
                allowed: 3
            }
        );
        assert!(
            render(
                &text(Some(&"长".repeat(65))),
                json!({"when-long": "refuse"}),
                false
            )
            .is_err()
        );
    }

    #[test]
    fn the_marks_of_a_drill_are_counted() {
        let real = render(&text(Some(&"甲".repeat(60))), json!({}), false).unwrap();
        let drill = render(&text(Some(&"甲".repeat(60))), json!({}), true).unwrap();
        assert_eq!((real.segments, drill.segments), (Some(1), Some(2)));
        assert!(
            drill.text.starts_with("【演练】【示例应急】甲") && drill.text.ends_with("以上为演练")
        );
    }

    proptest! {
        #[test]
        fn segments_rejoin_fit_and_tear_nothing(text in "[甲乙丙a-c😀🚨 ]{0,300}") {
            let parts = segments(&text);
            prop_assert_eq!(parts.concat(), text.clone());
            if parts.len() == 1 {
                prop_assert!(units(&text) <= SINGLE);
            } else {
                prop_assert!(parts.iter().all(|part| !part.is_empty() && units(part) <= SEGMENT));
                // At most one unit of each segment is left free, for half a character.
                let full = parts.iter().rev().skip(1).all(|part| units(part) >= SEGMENT - 1);
                prop_assert!(full);
                prop_assert!(parts.len() >= units(&text).div_ceil(SEGMENT));
            }
        }
    }
}
