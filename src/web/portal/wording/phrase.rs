//! Differences as somebody can hear them: whole phrases, cut where a pause is. A character read aloud between two marks says nothing,
//! and half a number, date, name or English word says something else.

use super::Piece;

/// A stretch of two texts.
enum Stretch {
    Same(String),
    Changed { ours: String, theirs: String },
}

/// `pieces` with every change widened to the pauses around it.
pub fn by_phrase(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut widened: Vec<Stretch> = Vec::new();
    for stretch in stretches(pieces) {
        match (widened.last_mut(), stretch) {
            (Some(Stretch::Same(before)), Stretch::Changed { ours, theirs }) => {
                let tail = before.split_off(last_pause(before));
                let changed = Stretch::Changed {
                    ours: format!("{tail}{ours}"),
                    theirs: format!("{tail}{theirs}"),
                };
                if before.is_empty() {
                    widened.pop();
                }
                join(&mut widened, changed);
            }
            (Some(Stretch::Changed { ours, theirs }), Stretch::Same(mut behind)) => {
                let head = match is_ended(ours, theirs) {
                    true => 0,
                    false => first_pause(&behind),
                };
                let rest = behind.split_off(head);
                ours.push_str(&behind);
                theirs.push_str(&behind);
                if !rest.is_empty() {
                    widened.push(Stretch::Same(rest));
                }
            }
            (_, Stretch::Changed { ours, theirs }) => {
                join(&mut widened, Stretch::Changed { ours, theirs });
            }
            (_, stretch) => widened.push(stretch),
        }
    }
    widened.into_iter().flat_map(piece).collect()
}

/// What was left between two changes may have gone into the first.
fn join(widened: &mut Vec<Stretch>, changed: Stretch) {
    match (widened.last_mut(), changed) {
        (
            Some(Stretch::Changed { ours, theirs }),
            Stretch::Changed {
                ours: more,
                theirs: others,
            },
        ) => {
            ours.push_str(&more);
            theirs.push_str(&others);
        }
        (_, changed) => widened.push(changed),
    }
}

fn stretches(pieces: Vec<Piece>) -> Vec<Stretch> {
    let mut out: Vec<Stretch> = Vec::new();
    for piece in pieces {
        let (mine, other) = match piece {
            Piece::Same(text) => {
                out.push(Stretch::Same(text));
                continue;
            }
            Piece::Ours(text) => (text, String::new()),
            Piece::Theirs(text) => (String::new(), text),
        };
        join(
            &mut out,
            Stretch::Changed {
                ours: mine,
                theirs: other,
            },
        );
    }
    out
}

fn piece(stretch: Stretch) -> Vec<Piece> {
    match stretch {
        Stretch::Same(text) => vec![Piece::Same(text)],
        Stretch::Changed { ours, theirs } => [Piece::Ours(ours), Piece::Theirs(theirs)]
            .into_iter()
            .filter(|piece| !matches!(piece, Piece::Ours(text) | Piece::Theirs(text) if text.is_empty()))
            .collect(),
    }
}

/// Whether a change ends with a pause of its own.
fn is_ended(ours: &str, theirs: &str) -> bool {
    let ends = |text: &str| last_pause(text) == text.len() && !text.is_empty();
    match (ours.is_empty(), theirs.is_empty()) {
        (true, _) => ends(theirs),
        (_, true) => ends(ours),
        _ => ends(ours) && ends(theirs),
    }
}

/// Where the first pause of `text` begins, or its end.
fn first_pause(text: &str) -> usize {
    pauses(text).next().map_or(text.len(), |(at, _)| at)
}

/// Where the words behind the last pause of `text` begin, or its beginning.
fn last_pause(text: &str) -> usize {
    let behind = pauses(text).last().map_or(0, |(at, c)| at + c.len_utf8());
    let blanks = text[behind..].len() - text[behind..].trim_start().len();
    behind + blanks
}

fn pauses(text: &str) -> impl Iterator<Item = (usize, char)> {
    text.char_indices().filter(move |(at, c)| {
        let next = text[at + c.len_utf8()..].chars().next();
        let is_gap = next.is_none_or(|next| !next.is_ascii_alphanumeric());
        "，。；：！？、（）《》“”【】〔〕—…\n".contains(*c) || ",.;:!?".contains(*c) && is_gap
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Wording, differences};
    use super::*;

    fn said(ours: &str, theirs: &str) -> String {
        let pieces = differences(&Wording::new(ours), &Wording::new(theirs));
        let word = |piece: Piece| match piece {
            Piece::Same(text) => text,
            Piece::Ours(text) => format!("[-{text}-]"),
            Piece::Theirs(text) => format!("[+{text}+]"),
        };
        by_phrase(pieces).into_iter().map(word).collect()
    }

    #[test]
    fn what_is_marked_can_be_heard() {
        for (ours, theirs, heard) in [
            (
                "请于7月3日24时前撤到临江中学，带药。",
                "请于7月3日14时前撤到临江中学，带药。",
                "[-请于7月3日24时前撤到临江中学-][+请于7月3日14时前撤到临江中学+]，带药。",
            ),
            (
                "沿江村、圩南村居民，转移。",
                "沿河村、圩南村居民，转移。",
                "[-沿江村-][+沿河村+]、圩南村居民，转移。",
            ),
            (
                "At 17:00 the river stood at 8.25 m, falling.",
                "At 17:00 the river stood at 8.52 m, falling.",
                "[-At 17:00 the river stood at 8.25 m-][+At 17:00 the river stood at 8.52 m+], falling.",
            ),
            (
                "经滨江路到一中，再到二中集合。",
                "经环城路到一中，再到三中集合。",
                "[-经滨江路到一中-][+经环城路到一中+]，[-再到二中集合-][+再到三中集合+]。",
            ),
            // A Chinese name in brackets stays with the English one.
            (
                "Go by Old Bridge (老桥), then left.",
                "Go by New Bridge (新桥), then left.",
                "[-Go by Old Bridge (老桥)-][+Go by New Bridge (新桥)+], then left.",
            ),
            ("带药，不返回。", "不返回。", "[-带药，-]不返回。"),
            // One change of one phrase, however many words of it are the same.
            (
                "全体村民请在23时前撤离到文体中心。",
                "村民23时前到文体中心。",
                "[-全体村民请在23时前撤离到文体中心-][+村民23时前到文体中心+]。",
            ),
        ] {
            assert_eq!(said(ours, theirs), heard);
        }
    }

    #[test]
    fn nothing_is_lost() {
        for (ours, theirs) in [
            ("甲乙，丙丁。", "甲戊，丙己。"),
            ("甲乙丙", "丙乙甲"),
            ("", "甲，乙"),
            ("甲。乙", "甲。"),
        ] {
            let pieces = by_phrase(differences(&Wording::new(ours), &Wording::new(theirs)));
            let of = |wanted: fn(&Piece) -> Option<&str>| -> String {
                pieces.iter().filter_map(wanted).collect()
            };
            let mine = of(|piece| match piece {
                Piece::Same(text) | Piece::Ours(text) => Some(text),
                Piece::Theirs(_) => None,
            });
            let theirs_again = of(|piece| match piece {
                Piece::Theirs(text) => Some(text),
                Piece::Same(text) => Some(text),
                Piece::Ours(_) => None,
            });
            assert_eq!(mine, ours);
            let keys = |text: &str| Wording::new(text).keys().to_vec();
            assert_eq!(keys(&theirs_again), keys(theirs));
        }
    }
}
