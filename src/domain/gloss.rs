//! Chinese words of facts in an English text: with the English that was given, or that the list of places knows.
//!
//! Whoever cannot read Chinese reads the one and finds the other on the road sign, so both are printed. Nothing but a number is
//! translated, and nothing spelled by sound here: a name that nobody gave in English stays as it is on the sign.

mod groups;

pub use groups::{Groups, Joint};

use super::area::Area;

/// How many names of a long list stand in a title that has no room for all.
const FEW: usize = 3;

/// How much room a field has for two languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// `Weinan Village (圩南村)`.
    Both,
    /// `Weinan Village`: the text below says the other.
    English,
    /// The same, and of a long list the first names and how many more there are.
    Few,
    /// The same as in English, with the titles of other texts cut short: a message is counted by its signs.
    Short,
    /// `圩南村`: where the limit leaves no room for more, for it was reckoned with the Chinese.
    Chinese,
}

/// A name, and its English if there is one.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    pub name: &'a str,
    pub english: Option<&'a str>,
}

impl<'a> Known<'a> {
    pub fn of(area: &'a Area) -> Self {
        Self {
            name: &area.name,
            english: area.name_en.as_deref(),
        }
    }
}

/// `chinese` as an English text says it, where `given` is what somebody gave for it in English.
pub fn gloss(chinese: &str, given: Option<&str>, manner: Manner) -> String {
    let given = given.map(str::trim).filter(|given| !given.is_empty());
    match (given, manner) {
        (_, Manner::Chinese) | (None, _) => chinese.to_owned(),
        (Some(given), Manner::English | Manner::Few | Manner::Short) => given.to_owned(),
        (Some(given), Manner::Both) if given == chinese.trim() || !is_chinese(chinese) => {
            given.to_owned()
        }
        (Some(given), Manner::Both) => format!("{given} ({})", chinese.trim()),
    }
}

/// `chinese`, which names places, with the English of those in `known`: each name that stands alone, a smaller place behind the one
/// that it lies in, a group of a village by its number. Any other part of a village is not the village, so what has more words stays
/// as it is.
pub fn gloss_places(chinese: &str, known: &[Known<'_>], manner: Manner) -> String {
    if manner == Manner::Chinese || !is_chinese(chinese) {
        return chinese.to_owned();
    }
    let named: Vec<(String, bool)> = listed(chinese)
        .into_iter()
        .map(|name| match in_english(name, known) {
            Some(english) => (gloss(name, Some(&english), manner), true),
            None => (name.to_owned(), false),
        })
        .collect();
    // Half a list would say something else: in 临江镇、北塘镇中小学 the schools of both are meant.
    if !named.iter().all(|(_, is_known)| *is_known) {
        return beside(chinese, known);
    }
    let mut names: Vec<String> = named.into_iter().map(|(name, _)| name).collect();
    if manner == Manner::Few && names.len() > FEW + 1 {
        let more = names.len() - FEW;
        names.truncate(FEW);
        return format!("{} and {more} more places", names.join(", "));
    }
    names.join(", ")
}

/// `chinese` with the English names of the places that its items begin with, where those are places that it speaks of and not
/// around.
fn beside(chinese: &str, known: &[Known<'_>]) -> String {
    let begins = |item: &&str| {
        let fitting = known
            .iter()
            .filter(|known| !known.name.is_empty() && item.starts_with(known.name));
        fitting.max_by_key(|known| known.name.len())?.english
    };
    let mut names: Vec<&str> = Vec::new();
    for name in listed(chinese).iter().filter_map(begins) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let is_around = chinese.contains(['外', '除', '非', '周', '邻', '至', '到', '往']);
    match is_around || names.is_empty() {
        true => chinese.to_owned(),
        false => format!("{chinese} ({})", names.join(", ")),
    }
}

/// The items of a list. What stands in brackets belongs to the name before it, and so do several numbers to what they number.
pub fn listed(chinese: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let (mut begin, mut depth) = (0, 0usize);
    for (at, c) in chinese.char_indices() {
        match c {
            '（' | '(' => depth += 1,
            '）' | ')' => depth = depth.saturating_sub(1),
            '、' | '，' | '；' | '\n' if depth == 0 => {
                let behind = &chinese[at + c.len_utf8()..];
                let before = chinese[begin..at].trim_end_matches('组');
                let is_numbered = before.ends_with(is_numeral) && numbered(behind).is_some();
                if !is_numbered {
                    items.push(chinese[begin..at].trim());
                    begin = at + c.len_utf8();
                }
            }
            _ => {}
        }
    }
    items.push(chinese[begin..].trim());
    items.retain(|item| !item.is_empty());
    items
}

/// `临江镇圩南村` → `Weinan Village, Linjiang Town`, if nothing but known names and numbers of groups stands in it.
fn in_english(chinese: &str, known: &[Known<'_>]) -> Option<String> {
    let mut rest = chinese;
    let mut names: Vec<String> = Vec::new();
    while !rest.is_empty() {
        let fitting = known
            .iter()
            .filter(|known| !known.name.is_empty() && rest.starts_with(known.name));
        let Some(known) = fitting.max_by_key(|known| known.name.len()) else {
            break;
        };
        names.push(known.english?.to_owned());
        rest = &rest[known.name.len()..];
    }
    if names.is_empty() {
        return None;
    }
    names.reverse();
    let around = names.join(", ");
    if rest.is_empty() {
        return Some(around);
    }
    if let Some((groups, "")) = Groups::begin(rest) {
        return Some(format!("{}, {around}", groups.in_english()));
    }
    if ["全域", "全境", "全镇", "全村"].contains(&rest) {
        return Some(format!("all of {around}"));
    }
    let inner = rest
        .strip_prefix('（')
        .and_then(|rest| rest.strip_suffix('）'));
    if let Some(inner) = inner {
        let inner = all_in_english(&listed(inner), known)?;
        return Some(format!("{inner} ({around})"));
    }
    let both = ["以及", "和", "及", "与"].into_iter();
    let mut both = both.filter_map(|word| rest.strip_prefix(word));
    let others = both.find_map(|others| in_english(others, known))?;
    Some(format!("{around}, {others}"))
}

fn all_in_english(names: &[&str], known: &[Known<'_>]) -> Option<String> {
    let names = names.iter().map(|name| in_english(name, known));
    Some(names.collect::<Option<Vec<String>>>()?.join(", "))
}

fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || "一二三四五六七八九十".contains(c)
}

/// The number that `text` begins with, up to 99, and what stands behind it.
pub fn numbered(text: &str) -> Option<(u32, &str)> {
    let text = text.strip_prefix('第').unwrap_or(text);
    let end = text.find(|c| !is_numeral(c)).unwrap_or(text.len());
    let (numerals, behind) = text.split_at(end);
    let digit = |c: char| "零一二三四五六七八九".chars().position(|own| own == c);
    let number = match numerals.split_once('十') {
        None if numerals.is_ascii() => numerals.parse().ok()?,
        None => {
            let mut all = numerals.chars();
            let one = digit(all.next()?)?;
            all.next().is_none().then_some(one as u32)?
        }
        Some((tens, ones)) => {
            let of = |text: &str, none: usize| match text.chars().next() {
                None => Some(none),
                Some(c) => digit(c).filter(|_| text.chars().count() == 1),
            };
            (of(tens, 1)? * 10 + of(ones, 0)?) as u32
        }
    };
    Some((number, behind))
}

/// Whether there is anything in it that a reader of English cannot read.
pub fn is_chinese(text: &str) -> bool {
    text.chars()
        .any(|c| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<Known<'static>> {
        [
            ("临江镇", Some("Linjiang Town")),
            ("圩南村", Some("Weinan Village")),
            ("圩南", Some("Weinan")),
            ("和平村", None),
        ]
        .map(|(name, english)| Known { name, english })
        .into()
    }

    #[test]
    fn a_place_is_named_as_it_is_spoken_of_and_as_the_sign_has_it() {
        let said = |text| gloss_places(text, &known(), Manner::Both);
        assert_eq!(said("圩南村"), "Weinan Village (圩南村)");
        assert_eq!(
            said("临江镇圩南村、临江镇"),
            "Weinan Village, Linjiang Town (临江镇圩南村), Linjiang Town (临江镇)"
        );
        assert_eq!(
            gloss_places("圩南村", &known(), Manner::English),
            "Weinan Village"
        );
        assert_eq!(gloss_places("圩南村", &known(), Manner::Chinese), "圩南村");
        assert_eq!(
            gloss_places(
                "临江镇、圩南村、圩南村一组、圩南村二组、圩南村三组",
                &known(),
                Manner::Few
            ),
            "Linjiang Town, Weinan Village, Group 1, Weinan Village and 2 more places"
        );
    }

    #[test]
    fn what_is_not_known_is_not_made_up() {
        for text in [
            "和平村",
            "圩南村至北堤",
            "沿圩南村",
            "和平村一组",
            "圩南村以外",
            "No. 3 Road",
        ] {
            assert_eq!(gloss_places(text, &known(), Manner::Both), text);
        }
        assert_eq!(
            gloss_places("圩南村、圩南村低洼地带", &known(), Manner::Both),
            "圩南村、圩南村低洼地带 (Weinan Village)"
        );
    }

    #[test]
    fn a_list_is_named_as_a_whole() {
        for (chinese, english) in [
            ("圩南村三组", "Group 3, Weinan Village"),
            (
                "临江镇圩南村十二组",
                "Group 12, Weinan Village, Linjiang Town",
            ),
            ("圩南村一、二组", "Groups 1, 2, Weinan Village"),
            ("圩南村3组至5组", "Groups 3 to 5, Weinan Village"),
            ("圩南村第二十村民小组", "Group 20, Weinan Village"),
            ("圩南村和临江镇", "Weinan Village, Linjiang Town"),
            (
                "临江镇（圩南村、圩南村一组）",
                "Weinan Village, Group 1, Weinan Village (Linjiang Town)",
            ),
            ("临江镇全域、圩南村", "all of Linjiang Town, Weinan Village"),
        ] {
            assert_eq!(gloss_places(chinese, &known(), Manner::English), english);
        }
    }

    #[test]
    fn what_was_given_comes_first() {
        assert_eq!(
            gloss("和平小学", Some("Heping School"), Manner::Both),
            "Heping School (和平小学)"
        );
        assert_eq!(gloss("和平小学", Some(" "), Manner::Both), "和平小学");
        assert_eq!(
            gloss("和平小学", Some("Heping School"), Manner::Chinese),
            "和平小学"
        );
        assert_eq!(gloss("G42", Some("G42"), Manner::Both), "G42");
    }
}
