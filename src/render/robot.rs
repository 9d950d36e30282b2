//! Messages to chats and group robots: short of the provider's limit, cut between paragraphs, never inside a character.

use super::renderings::{RenderFault, bare};
use super::words::Words;
use crate::domain::bulletin::Rendering;
use crate::domain::channel::{ChannelDef, Limit};
use crate::domain::mention::quiet;

const GAP: &str = "\n\n";

pub fn rendering(
    words: &Words<'_>,
    def: &ChannelDef,
    limit: Limit,
) -> Result<Rendering, RenderFault> {
    // A text calls nobody: only the channel file decides whether a group is called.
    let blocks: Vec<String> = words.blocks().iter().map(|block| quiet(block)).collect();
    let title = quiet(&words.title);
    let whole = words.marks.block(&blocks.join(GAP));
    if limit.fits(&whole) {
        return Ok(Rendering {
            text: whole,
            ..bare(words, def)
        });
    }
    let frame = limit.size(&words.marks.block(""));
    let no_room = || RenderFault::NoRoom {
        channel: def.channel.clone(),
        limit: limit.most,
    };
    match words.link {
        Some(link) => {
            let tail = format!("{}{link}", words.choose("全文见 ", "Full text: "));
            let taken = frame + limit.size(&tail) + limit.size(GAP);
            let room = limit.most.checked_sub(taken).ok_or_else(no_room)?;
            let kept = keep(&blocks, room, limit);
            // A cut inside the title would leave nothing worth reading.
            if !kept.starts_with(title.as_str()) {
                return Err(no_room());
            }
            Ok(Rendering {
                text: words.marks.block(&format!("{kept}{GAP}{tail}")),
                ..bare(words, def)
            })
        }
        None => {
            let numbering = limit.size("（100/100）");
            let room = limit
                .most
                .checked_sub(frame + numbering)
                .filter(|room| *room >= 40)
                .ok_or_else(no_room)?;
            let pieces = split(&blocks, room, limit);
            let count = pieces.len();
            let parts = pieces.iter().enumerate().map(|(n, piece)| {
                let number = words.choose("（", "(").to_owned()
                    + &format!("{}/{count}", n + 1)
                    + words.choose("）", ")");
                words.marks.block(&format!("{number}{piece}"))
            });
            Ok(Rendering {
                parts: parts.collect(),
                text: whole,
                ..bare(words, def)
            })
        }
    }
}

/// As many whole blocks as fit; of the first that does not, as much as fits when only title and action stand before it.
fn keep(blocks: &[String], room: usize, limit: Limit) -> String {
    let mut out = String::new();
    for (n, block) in blocks.iter().enumerate() {
        let gap = if out.is_empty() { "" } else { GAP };
        let taken = limit.size(&out) + limit.size(gap);
        let Some(left) = room.checked_sub(taken) else {
            break;
        };
        if limit.size(block) <= left {
            out.push_str(gap);
            out.push_str(block);
            continue;
        }
        if n < 3 {
            let ellipsis = "……";
            let head = limit.head(block, left.saturating_sub(limit.size(ellipsis)));
            if !head.is_empty() {
                out.push_str(gap);
                out.push_str(head);
                out.push_str(ellipsis);
            }
        }
        break;
    }
    out
}

/// All blocks in messages of at most `room`; a block that is longer alone is cut between lines, or between characters.
fn split(blocks: &[String], room: usize, limit: Limit) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut push = |piece: &str, gap: &str| match out.last_mut() {
        Some(last) if limit.size(last) + limit.size(gap) + limit.size(piece) <= room => {
            last.push_str(gap);
            last.push_str(piece);
        }
        _ => out.push(piece.to_owned()),
    };
    for block in blocks {
        if limit.size(block) <= room {
            push(block, GAP);
            continue;
        }
        for (n, line) in block.split('\n').enumerate() {
            let mut gap = if n == 0 { GAP } else { "\n" };
            let mut rest = line;
            while !rest.is_empty() {
                let head = limit.head(rest, room);
                push(head, gap);
                rest = &rest[head.len()..];
                gap = "";
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::fixture::{channel, messengers};
    use super::super::notice::Circumstances;
    use super::*;
    use crate::domain::bulletin::{BulletinText, Language};
    use crate::domain::channel::Layout;

    fn text(body: &str) -> BulletinText {
        BulletinText {
            title: "汛情通报（第3号）".into(),
            action: Some("请远离河道。".into()),
            text: body.into(),
            signed_body: "示例市防汛抗旱指挥部办公室".into(),
            signed_date: "2026年5月1日".into(),
            ..BulletinText::default()
        }
    }

    fn render(
        kind: &str,
        max: Option<u32>,
        text: &BulletinText,
        link: Option<&str>,
        drill: bool,
    ) -> Result<Rendering, RenderFault> {
        let settings = match kind {
            "telegram" => json!({"token-env": "T"}),
            _ => json!({"url": "http://127.0.0.1/", "max-bytes": max}),
        };
        let def = channel(json!({"channel": kind, "name": kind, "kind": kind, kind: settings}));
        let about = Circumstances {
            link,
            drill,
            ..Circumstances::default()
        };
        let Layout::Messages(limit) = def.spec().layout() else {
            panic!("{kind} sends no messages");
        };
        let words = Words::of(&about.notice(text), Language::ZhCn).unwrap();
        rendering(&words, &def, limit)
    }

    #[test]
    fn a_text_that_fits_is_sent_whole() {
        let sent = render(
            "wecom",
            None,
            &text("第一段。\n\n第二段。"),
            Some("https://a.invalid/1"),
            false,
        )
        .unwrap();
        assert_eq!(
            sent.text,
            "汛情通报（第3号）\n\n请远离河道。\n\n第一段。\n\n第二段。\n\n示例市防汛抗旱指挥部办公室\n2026年5月1日"
        );
        assert!(sent.parts.is_empty());
    }

    #[test]
    fn a_longer_one_ends_between_paragraphs_with_the_address_of_the_rest() {
        let body = format!("{}\n\n{}", "甲".repeat(300), "乙".repeat(400));
        let sent = render(
            "wecom",
            None,
            &text(&body),
            Some("https://a.invalid/1"),
            false,
        )
        .unwrap();
        let expected = format!(
            "汛情通报（第3号）\n\n请远离河道。\n\n{}\n\n全文见 https://a.invalid/1",
            "甲".repeat(300)
        );
        assert_eq!(sent.text, expected);
        // One paragraph that fills the message alone is cut, not dropped.
        let sent = render(
            "wecom",
            None,
            &text(&"甲".repeat(2000)),
            Some("https://a.invalid/1"),
            false,
        )
        .unwrap();
        assert!(
            sent.text.contains("甲……\n\n全文见") && sent.text.len() > 2000,
            "{}",
            sent.text.len()
        );
    }

    #[test]
    fn no_room_for_title_and_link_is_a_fault() {
        let fault = render(
            "wecom",
            Some(50),
            &text("甲"),
            Some("https://a.invalid/1"),
            false,
        )
        .unwrap_err();
        assert_eq!(
            fault,
            RenderFault::NoRoom {
                channel: "wecom".into(),
                limit: 50
            }
        );
    }

    #[test]
    fn no_text_calls_everybody() {
        let called = "@所有人 请<at user_id=\"all\">大家</at>注意，@all，zhang@example.org";
        let mut text = text(called);
        text.title = "@here 通报".into();
        for kind in messengers() {
            let sent = render(kind, None, &text, None, false).unwrap().text;
            assert!(sent.starts_with("＠here 通报"), "{sent}");
            assert!(
                sent.contains(
                    "＠所有人 请＜at user_id=\"all\">大家＜/at>注意，＠all，zhang@example.org"
                ),
                "{sent}"
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn nothing_is_over_the_limit_and_every_message_of_a_drill_is_marked(
            paragraphs in prop::collection::vec("[甲乙丙a\"😀\n]{0,900}", 1..12),
            kind in prop::sample::select(messengers()),
            max in prop::option::of(200u32..3000),
            linked: bool,
            drill: bool,
        ) {
            let text = text(&paragraphs.join("\n\n"));
            let link = linked.then_some("https://a.invalid/1");
            let sent = render(kind, max, &text, link, drill).unwrap();
            let messages = if sent.parts.is_empty() { vec![sent.text.clone()] } else { sent.parts.clone() };
            for message in &messages {
                let (size, most) = match (kind, max) {
                    ("telegram", _) => (message.encode_utf16().count(), 4096),
                    (_, Some(max)) => (message.len(), max as usize),
                    ("wecom", None) => (message.len(), 2048),
                    _ => (serde_json::to_string(message).unwrap().len(), 20_000),
                };
                prop_assert!(size <= most, "{size} > {most}");
                prop_assert_eq!(message.starts_with("【演练】"), drill);
                prop_assert_eq!(message.ends_with("以上为演练"), drill);
            }
            // Without a link nothing may be left out.
            if !linked && !sent.parts.is_empty() {
                let letters = |text: &str| text.chars().filter(|c| "甲乙丙a😀".contains(*c)).count();
                let sent: usize = messages.iter().map(|m| letters(m)).sum();
                prop_assert_eq!(sent, letters(&text.text));
            }
        }
    }
}
