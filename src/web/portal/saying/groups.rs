//! The groups of a village that words name by number: 三组, 一、二组, 第3村民小组, Group 3.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::domain::gloss::{Groups, Joint, numbered};
use crate::web::portal::heard;

/// Where `text`, which is small, names groups, and which: in the order of the text, none within another.
pub fn groups_in(text: &str) -> Vec<(Range<usize>, BTreeSet<u32>)> {
    let mut found = in_english(text);
    found.extend(in_chinese(text));
    found.sort_by_key(|(place, _)| place.start);
    let mut apart: Vec<(Range<usize>, BTreeSet<u32>)> = Vec::new();
    for (place, numbers) in found {
        match apart.last_mut() {
            Some((last, known)) if place.start < last.end => {
                last.end = last.end.max(place.end);
                known.extend(numbers);
            }
            _ => apart.push((place, numbers)),
        }
    }
    apart
}

fn in_chinese(text: &str) -> Vec<(Range<usize>, BTreeSet<u32>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        match Groups::begin(&text[at..]) {
            Some((groups, behind)) => {
                let end = text.len() - behind.len();
                found.push((at..end, groups.numbers()));
                at = end;
            }
            // Half a number is another one.
            None => match numbered(&text[at..]) {
                Some((_, behind)) => at = text.len() - behind.len(),
                None => at += c.len_utf8(),
            },
        }
    }
    found
}

fn in_english(text: &str) -> Vec<(Range<usize>, BTreeSet<u32>)> {
    let of_word = |place: Range<usize>| {
        let (number, mut behind) = digits(text[place.end..].strip_prefix(' ')?)?;
        let mut groups = Groups::new(number);
        while let Some((joint, number, after)) = joined(behind) {
            groups.join(joint, number);
            behind = after;
        }
        Some((place.start..text.len() - behind.len(), groups.numbers()))
    };
    heard::places(text, "group").filter_map(of_word).collect()
}

/// The number that `text` goes on with, how, and what stands behind it.
fn joined(text: &str) -> Option<(Joint, u32, &str)> {
    const JOINTS: [(&str, Joint); 5] = [
        (", and ", Joint::And),
        (" and ", Joint::And),
        (" to ", Joint::To),
        (", ", Joint::Comma),
        (" ", Joint::Comma),
    ];
    JOINTS.into_iter().find_map(|(word, joint)| {
        let (number, behind) = digits(text.strip_prefix(word)?)?;
        Some((joint, number, behind))
    })
}

/// The number that `text` begins with: 7pm and 18:30 are none.
fn digits(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit());
    let (digits, behind) = text.split_at(end.unwrap_or(text.len()));
    let is_more = behind.starts_with(|c: char| c.is_ascii_alphabetic() || c == ':');
    let number = digits.parse().ok().filter(|_| !is_more)?;
    Some((number, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> BTreeSet<u32> {
        let all = groups_in(text).into_iter();
        all.flat_map(|(_, numbers)| numbers).collect()
    }

    #[test]
    fn a_group_is_known_by_its_number() {
        for (text, expected) in [
            ("荷花村三组可以回去了", vec![3]),
            ("荷花村一、二组和5组", vec![1, 2, 5]),
            ("第3村民小组", vec![3]),
            ("三至五组", vec![3, 4, 5]),
            ("12小组", vec![12]),
            ("group 3 of hehua village", vec![3]),
            ("groups 3 and 5, weinan", vec![3, 5]),
            ("groups 3 to 5", vec![3, 4, 5]),
            ("is group 3?", vec![3]),
            ("group 3 at 18:30, group 4 7pm", vec![3, 4]),
            ("工作组一到村里", vec![]),
            ("7月3日20时前", vec![]),
            ("一、临江镇组织转移", vec![]),
        ] {
            assert_eq!(numbers(text), expected.into_iter().collect(), "{text}");
        }
    }

    #[test]
    fn groups_are_found_where_they_stand() {
        for (text, expected) in [
            ("荷花村三组 group 3", vec!["三组", "group 3"]),
            ("group 3 荷花村三组", vec!["group 3", "三组"]),
            (
                "groups 3, 5, and 7, weinan, 三组",
                vec!["groups 3, 5, and 7", "三组"],
            ),
            ("group 3 and leave", vec!["group 3"]),
            ("group 3、4组", vec!["group 3、4组"]),
            ("group的 3", vec![]),
            ("group-wide 3", vec![]),
            ("group, 3 of us", vec![]),
        ] {
            let places = groups_in(text).into_iter().map(|(place, _)| &text[place]);
            assert_eq!(places.collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
