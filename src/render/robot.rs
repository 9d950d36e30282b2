//! Messages to chats and group robots: short of the provider's limit, cut between paragraphs, never inside a character.

use super::renderings::{RenderFault, bare};
use super::words::Words;
use crate::domain::bulletin::Rendering;
use crate::domain::channel::{ChannelDef, ChannelKind};

/// How a provider measures a message, and how much it takes.
#[derive(Debug, Clone, Copy)]
struct Limit {
    unit: Unit,
    most: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Utf16,
    Bytes,
    /// Bytes of the text as a JSON string, for providers that limit the whole request.
    Json,
}

/// What the JSON around a text takes, mentions and card header included.
const ENVELOPE: usize = 1024;

impl Limit {
    fn of(def: &ChannelDef) -> Self {
        let max_bytes = |robot: &Option<crate::domain::channel::RobotDef>| {
            robot.as_ref().and_then(|robot| robot.max_bytes)
        };
        let (own, unit, most) = match def.kind {
            ChannelKind::Wecom => (max_bytes(&def.wecom), Unit::Bytes, 2048),
            ChannelKind::Dingtalk => (max_bytes(&def.dingtalk), Unit::Json, 20_000 - ENVELOPE),
            ChannelKind::Feishu => (max_bytes(&def.feishu), Unit::Json, 20 * 1024 - ENVELOPE),
            _ => (None, Unit::Utf16, 4096),
        };
        match own {
            Some(own) => Self {
                unit: Unit::Bytes,
                most: own as usize,
            },
            None => Self { unit, most },
        }
    }

    fn size(self, text: &str) -> usize {
        text.chars().map(|c| self.of_char(c)).sum()
    }

    fn of_char(self, c: char) -> usize {
        match self.unit {
            Unit::Utf16 => c.len_utf16(),
            Unit::Bytes => c.len_utf8(),
            Unit::Json => match c {
                '"' | '\\' | '\n' | '\r' | '\t' => 2,
                c if c.is_control() => 6,
                c => c.len_utf8(),
            },
        }
    }

    /// The longest head of `text` that takes no more than `room`.
    fn head(self, text: &str, room: usize) -> &str {
        let mut size = 0;
        for (at, c) in text.char_indices() {
            size += self.of_char(c);
            if size > room {
                return &text[..at];
            }
        }
        text
    }
}

const GAP: &str = "\n\n";

pub fn rendering(
    words: &Words<'_>,
    def: &ChannelDef,
    link: Option<&str>,
) -> Result<Rendering, RenderFault> {
    let limit = Limit::of(def);
    let blocks = words.blocks(link);
    let whole = words.marks.block(&blocks.join(GAP));
    if limit.size(&whole) <= limit.most {
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
    match link {
        Some(link) => {
            let tail = format!("{}{link}", words.choose("全文见 ", "Full text: "));
            let taken = frame + limit.size(&tail) + limit.size(GAP);
            let room = limit.most.checked_sub(taken).ok_or_else(no_room)?;
            let kept = keep(&blocks, room, limit);
            // A cut inside the title would leave nothing worth reading.
            if !kept.starts_with(words.title.as_str()) {
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
        let left = room.saturating_sub(limit.size(&out) + limit.size(gap));
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
