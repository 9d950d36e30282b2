//! Chinese words of facts in an English text: with the English that was given, or that the list of places knows.
//!
//! Whoever cannot read Chinese reads the one and finds the other on the road sign, so both are printed. Nothing is
//! translated or spelled by sound here: a name that nobody gave in English stays as it is on the sign.

use crate::domain::area::Area;

/// How much room a field has for two languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// `Weinan Village (圩南村)`.
    Both,
    /// `Weinan Village`: the text below says the other.
    English,
    /// `圩南村`: a short message is counted by its signs, and its limit was reckoned with the Chinese.
    Chinese,
}

/// `chinese` as an English text says it, where `given` is what somebody gave for it in English.
pub fn gloss(chinese: &str, given: Option<&str>, manner: Manner) -> String {
    let given = given.map(str::trim).filter(|given| !given.is_empty());
    match (given, manner) {
        (_, Manner::Chinese) | (None, _) => chinese.to_owned(),
        (Some(given), Manner::English) => given.to_owned(),
        (Some(given), Manner::Both) if given == chinese.trim() || !is_chinese(chinese) => {
            given.to_owned()
        }
        (Some(given), Manner::Both) => format!("{given} ({})", chinese.trim()),
    }
}

/// `chinese`, which names places, with the English of those in `known`: each name that stands alone, or a smaller place behind
/// the one that it lies in. Part of a village is not the village, so what has more words stays as it is.
pub fn gloss_places(chinese: &str, known: &[Area], manner: Manner) -> String {
    if manner == Manner::Chinese || !is_chinese(chinese) {
        return chinese.to_owned();
    }
    let is_pause = |c: char| "、，；\n".contains(c);
    let named: Vec<(String, bool)> = chinese
        .split(is_pause)
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| match in_english(name, known) {
            Some(english) => (gloss(name, Some(&english), manner), true),
            None => (name.to_owned(), false),
        })
        .collect();
    if !named.iter().any(|(_, is_known)| *is_known) {
        return chinese.to_owned();
    }
    let names: Vec<String> = named.into_iter().map(|(name, _)| name).collect();
    names.join(", ")
}

/// `临江镇圩南村` → `Weinan Village, Linjiang Town`, if nothing but known names stands in it.
fn in_english(chinese: &str, known: &[Area]) -> Option<String> {
    let mut rest = chinese;
    let mut names = Vec::new();
    while !rest.is_empty() {
        let fitting = known.iter().filter(|area| rest.starts_with(&area.name));
        let area = fitting.max_by_key(|area| area.name.len())?;
        names.push(area.name_en.as_deref()?);
        rest = &rest[area.name.len()..];
    }
    names.reverse();
    Some(names.join(", "))
}

/// Whether there is anything in it that a reader of English cannot read.
pub fn is_chinese(text: &str) -> bool {
    text.chars()
        .any(|c| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::area::AreaCode;

    fn known() -> Vec<Area> {
        [
            ("临江镇", Some("Linjiang Town")),
            ("圩南村", Some("Weinan Village")),
            ("圩南", Some("Weinan")),
            ("和平村", None),
        ]
        .map(|(name, en)| Area {
            area: AreaCode("320299".into()),
            name: name.into(),
            name_en: en.map(str::to_owned),
        })
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
    }

    #[test]
    fn what_is_not_known_is_not_made_up() {
        for text in ["圩南村一组", "和平村", "圩南村的低洼地带", "No. 3 Road"] {
            assert_eq!(gloss_places(text, &known(), Manner::Both), text);
        }
        assert_eq!(
            gloss_places("圩南村、圩南村一组", &known(), Manner::Both),
            "Weinan Village (圩南村), 圩南村一组"
        );
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
