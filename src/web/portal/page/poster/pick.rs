//! What of a text stands on a sheet that has no room for all of it: first where to go, then by which way, whom to call, what to do,
//! and the rest as far as it goes. Lines are whole or left out: half a sentence says something else. What is shown keeps its order.
//!
//! Knows lengths, no pages.

use super::measure::{lines, width};
use crate::domain::blocks::{Block, blocks};

/// How much a line matters to somebody who stands before the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    Shelter,
    Way,
    Telephone,
    ToDo,
    Rest,
}

/// A line of the text that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which one it is.
    pub at: usize,
    /// Lines before it are left out.
    pub is_behind_gap: bool,
}

/// What is shown of a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Picked {
    pub lines: Vec<Line>,
    /// Something is left out.
    pub is_cut: bool,
    /// So many lines that say where to go are left out.
    pub shelters_left_out: usize,
    /// Nothing of what matters most is left out.
    pub has_all_that_matters: bool,
}

const SHELTER: [&str; 14] = [
    "安置点",
    "避险点",
    "避难",
    "集合",
    "前往",
    "转移到",
    "撤到",
    "取水点",
    "供水点",
    "接种点",
    "shelter",
    "meet at",
    "go to",
    "water point",
];
const WAY: [&str; 8] = [
    "路线",
    "沿途",
    "绕行",
    "仍在安置",
    "go by",
    "route",
    "on foot",
    "still sheltered",
];
const TELEPHONE: [&str; 7] = [
    "电话",
    "拨打",
    "热线",
    "接送",
    "telephone",
    "call ",
    "hotline",
];
const TO_DO: [&str; 32] = [
    "转移",
    "撤离",
    "撤出",
    "离开",
    "不要",
    "不得",
    "不涉水",
    "不返回",
    "禁止",
    "携带",
    "带好",
    "切断",
    "关闭",
    "避开",
    "远离",
    "烧开",
    "停止",
    "停课",
    "停航",
    "停运",
    "时限",
    "立即",
    "留在",
    "leave",
    "do not",
    "must",
    "take ",
    "keep away",
    "stay ",
    "boil",
    "before ",
    "closed",
];

/// What each of `lines` is worth. What a line announces is worth as much as that line.
pub fn ranks(lines: &[String]) -> Vec<Rank> {
    let mut announced: Option<Rank> = None;
    let own = lines.iter().map(|line| {
        let text = line.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let rank = match () {
            // What offices do is nothing for whoever reads it here.
            () if text.contains("责任单位") => Rank::Rest,
            () if has(&SHELTER) => Rank::Shelter,
            () if has(&WAY) => Rank::Way,
            () if has(&TELEPHONE) || has_number(&text) => Rank::Telephone,
            () if has(&TO_DO) => Rank::ToDo,
            () => Rank::Rest,
        };
        let rank = match announced {
            Some(of) if is_item(line) => rank.min(of),
            _ => rank,
        };
        announced = match line.ends_with(['：', ':']) {
            true => Some(rank),
            false => announced.filter(|_| is_item(line)),
        };
        rank
    });
    let mut ranks: Vec<Rank> = own.collect();
    // What announces goes with the first line that it announces.
    for at in (1..lines.len()).rev() {
        if only_announces(&lines[at - 1]) {
            ranks[at - 1] = ranks[at - 1].min(ranks[at]);
        }
    }
    ranks
}

/// As many whole lines of `all` as have `room`; `height` says how high so many printed lines are in millimetres, `most` how wide
/// one may be. Behind what is shown stands `rest`.
pub fn pick(
    all: &[String],
    room: f64,
    most: f64,
    height: impl Fn(usize) -> f64,
    rest: &str,
) -> Picked {
    let high = |line: &str| height(lines(line, most)) + 1.0;
    if all.iter().map(|line| high(line)).sum::<f64>() <= room {
        return Picked {
            lines: (0..all.len()).map(whole).collect(),
            is_cut: false,
            shelters_left_out: 0,
            has_all_that_matters: true,
        };
    }
    let ranks = ranks(all);
    // Room for what says that there is more, behind the last line.
    let mut left = room - height(lines(rest, most));
    let mut shown = vec![false; all.len()];
    let mut has_all_that_matters = true;
    let mut shelters_left_out = 0;
    for rank in [
        Rank::Shelter,
        Rank::Way,
        Rank::Telephone,
        Rank::ToDo,
        Rank::Rest,
    ] {
        for at in (0..all.len()).filter(|at| ranks[*at] == rank) {
            // What only announces comes with the line that it announces, or not at all.
            if shown[at] || only_announces(&all[at]) {
                continue;
            }
            let first = (0..at)
                .rev()
                .take_while(|before| only_announces(&all[*before]) && !shown[*before]);
            let first = first.last().unwrap_or(at);
            let of = |first: usize| all[first..=at].iter().map(|line| high(line)).sum::<f64>();
            // A heading is left out before the shelter under it.
            let first = if of(first) <= left { first } else { at };
            if of(first) <= left {
                left -= of(first);
                shown[first..=at].fill(true);
                continue;
            }
            has_all_that_matters &= rank > Rank::Telephone;
            shelters_left_out += usize::from(rank == Rank::Shelter);
        }
    }
    Picked {
        lines: in_order(&shown),
        is_cut: true,
        shelters_left_out,
        has_all_that_matters,
    }
}

/// The lines that are shown, in the order of the text.
fn in_order(shown: &[bool]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for at in (0..shown.len()).filter(|at| shown[*at]) {
        let before = lines.last().map(|line| line.at + 1);
        lines.push(Line {
            at,
            is_behind_gap: before.unwrap_or(0) < at,
        });
    }
    lines
}

fn whole(at: usize) -> Line {
    Line {
        at,
        is_behind_gap: false,
    }
}

/// As much of `text` as is `most` long and ends where a clause ends: half a number would be another number.
pub fn clauses(text: &str, most: f64) -> &str {
    let mut taken = 0.0;
    let mut end = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        taken += width(c);
        if taken > most {
            break;
        }
        let is_gap = chars.peek().is_none_or(|(_, next)| next.is_whitespace());
        if "。；！？，、".contains(c) || ".;!?,".contains(c) && is_gap {
            end = at + c.len_utf8();
        }
    }
    &text[..end]
}

pub fn only_announces(line: &str) -> bool {
    let is_heading = blocks(line)
        .iter()
        .any(|block| matches!(block, Block::Heading(_)));
    is_heading || line.ends_with(['：', ':'])
}

/// Whether a line is one of a list, though a note that it was corrected stands before it.
fn is_item(line: &str) -> bool {
    let noted = line.strip_prefix(['〔', '[']);
    let line = noted.map_or(line, |noted| {
        let behind = noted.split_once(['〕', ']']);
        behind.map_or(line, |(_, behind)| behind.trim_start())
    });
    let mut chars = line.trim_start_matches(['（', '(']).chars();
    let is_number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let is_bracketed = line.starts_with(['（', '(']);
    chars.next().is_some_and(is_number)
        && match chars.find(|c| !is_number(*c)) {
            Some('.' | '．') => true,
            Some('）' | ')') => is_bracketed,
            _ => false,
        }
}

/// Whether a telephone number stands in it: 0510-0000-1231, 119.
fn has_number(text: &str) -> bool {
    let words = text.split(|c: char| !(c.is_ascii_digit() || c == '-'));
    let mut words = words.map(|word| word.trim_matches('-'));
    words.any(|word| {
        ["110", "119", "120", "12345"].contains(&word)
            || word.contains('-') && word.chars().filter(char::is_ascii_digit).count() >= 7
            || word.len() == 11 && word.starts_with('1')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTICE: [&str; 8] = [
        "水位上涨，经会商研判，决定组织转移。现通告如下：",
        "一、汛情概况",
        "截至7月3日20时，临江站水位8.52米，预计4日3时前后出现9.10米的洪峰，今夜到明天仍有暴雨。",
        "二、转移安置",
        "转移到以下安置点：",
        "（一）临江中学体育馆；",
        "（二）北塘镇文化活动中心，联系电话0510-0000-1232。",
        "本次响应预计持续24小时，提前结束另行通告。",
    ];

    fn all() -> Vec<String> {
        NOTICE.map(str::to_owned).into()
    }

    fn picked(room: f64) -> Vec<String> {
        let all = all();
        #[expect(clippy::cast_precision_loss, reason = "a few lines")]
        let height = |count: usize| count as f64 * 7.0;
        let picked = pick(&all, room, 36.0, height, "……");
        let taken: f64 = (picked.lines.iter())
            .map(|line| all[line.at].as_str())
            .map(|line| height(lines(line, 36.0)) + 1.0)
            .sum();
        assert!(taken <= room.max(0.0), "{taken} in {room}");
        (picked.lines.iter())
            .map(|line| all[line.at].clone())
            .collect()
    }

    #[test]
    fn the_shelter_comes_before_anything_that_is_cut() {
        assert_eq!(picked(1_000.0).len(), 8);
        let few = picked(48.0);
        assert!(
            few.contains(&NOTICE[4].to_owned())
                && few.contains(&NOTICE[5].to_owned())
                && few.contains(&NOTICE[6].to_owned()),
            "{few:?}"
        );
        assert!(!few.contains(&NOTICE[2].to_owned()), "{few:?}");
    }

    #[test]
    fn a_cut_text_ends_with_no_heading() {
        for room in 0..90 {
            let shown = picked(f64::from(room));
            let last = shown.last().map_or("", String::as_str);
            assert!(!only_announces(last), "{room}: {shown:?}");
        }
    }

    #[test]
    fn a_note_before_a_line_does_not_end_its_list() {
        let list = [
            "Shelters:",
            "[corrected] 1. East Hall",
            "2. West Hall",
            "〔此条已更正〕3. 东馆",
            "4. 西馆",
        ];
        let ranks = ranks(&list.map(str::to_owned));
        assert!(ranks.iter().all(|rank| *rank == Rank::Shelter), "{ranks:?}");
    }

    #[test]
    fn a_cut_tears_no_number() {
        assert_eq!(
            clauses("水位8.52米，超警戒水位0.52米。", 14.0),
            "水位8.52米，"
        );
        assert_eq!(clauses("Level 8.52 m, rising.", 6.0), "");
        assert!(
            has_number("联系0510-0000-1231") && has_number("call 119") && !has_number("2026-07")
        );
    }
}
