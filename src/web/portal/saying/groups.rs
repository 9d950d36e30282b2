//! The groups of a village that words name by number: 三组, 一、二组, 第3村民小组, Group 3.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::domain::gloss::numbered;
use crate::web::portal::heard;

/// More groups no village has.
const MOST: u32 = 99;

/// The numbers that `text`, which is small, names, each run of them with where it stands.
pub fn groups(text: &str) -> Vec<(Range<usize>, BTreeSet<u32>)> {
    let mut found = in_english(text);
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        match run(&text[at..]) {
            Some((numbers, behind)) => {
                let end = text.len() - behind.len();
                found.push((at..end, numbers));
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

/// The numbers of [`groups`], whatever stands around them.
pub fn numbers(text: &str) -> BTreeSet<u32> {
    let all = groups(&text.to_lowercase()).into_iter();
    all.flat_map(|(_, numbers)| numbers).collect()
}

fn run(text: &str) -> Option<(BTreeSet<u32>, &str)> {
    let (mut last, mut rest) = numbered(text)?;
    let mut numbers = BTreeSet::from([last]);
    let mut end = None;
    loop {
        let names = ["村民小组", "小组", "组"];
        if let Some(behind) = names.iter().find_map(|name| rest.strip_prefix(name)) {
            end = Some((numbers.clone(), behind));
            rest = behind;
        }
        let joint = rest.chars().next().filter(|c| "、和及至到".contains(*c));
        let next = joint.and_then(|joint| Some((joint, numbered(&rest[joint.len_utf8()..])?)));
        let Some((joint, (number, behind))) = next else {
            return end;
        };
        match joint {
            '至' | '到' if last <= number && number <= MOST => numbers.extend(last..=number),
            _ => numbers.extend([number]),
        }
        (last, rest) = (number, behind);
    }
}

fn in_english(text: &str) -> Vec<(Range<usize>, BTreeSet<u32>)> {
    let of_word = |place: Range<usize>| {
        let behind = &text[place.end..];
        let is_part = |word: &str| {
            let word = word.trim_matches(',');
            word == "and" || !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
        };
        let words = behind.split(' ').skip(1).take_while(|word| is_part(word));
        let words: Vec<&str> = words.collect();
        let length: usize = words.iter().map(|word| word.len() + 1).sum();
        let numbers = words
            .iter()
            .filter_map(|word| word.trim_matches(',').parse().ok());
        let numbers: BTreeSet<u32> = numbers.collect();
        (!numbers.is_empty()).then_some((place.start..place.end + length, numbers))
    };
    heard::places(text, "group").filter_map(of_word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("工作组一到村里", vec![]),
            ("7月3日20时前", vec![]),
            ("一、临江镇组织转移", vec![]),
        ] {
            assert_eq!(numbers(text), expected.into_iter().collect(), "{text}");
        }
    }
}
