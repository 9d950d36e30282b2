//! One passage that was corrected: where it stands in the text, and which lines it concerns though they have not its words.

use std::collections::HashSet;

use super::place::{count, has_chinese};
use crate::domain::portal::Passage;
use crate::web::portal::heard::is_said;
use crate::web::portal::righted::numbers;
use crate::web::portal::wording::Wording;

/// A passage that was corrected, and whether the text has the place that it speaks of.
pub(super) struct Part {
    pub(super) wrong: String,
    pub(super) right: String,
    /// It stands once in the text with its title, and once in the action: there it is marked.
    pub(super) is_in_text: bool,
    pub(super) is_in_action: bool,
    /// All places that it stands in are marked.
    pub(super) is_in_place: bool,
    /// So many pairs of words a line shares with the wrong passage that is not in place.
    least: usize,
    /// The page has its own words, and the correction has none in that language.
    pub(super) is_foreign: bool,
}

impl Part {
    pub(super) fn of(
        passage: &Passage,
        is_english: bool,
        action: &str,
        title: &str,
        body: &str,
    ) -> Self {
        let (wrong, right) = words(passage);
        let lines = action.lines().chain(body.lines());
        let most = lines.map(|line| shared(wrong, line)).max().unwrap_or(0);
        let (of_text, of_action) = (count(wrong, &[title, body]), count(wrong, &[action]));
        Self {
            is_in_text: of_text == 1,
            is_in_action: of_action == 1,
            is_in_place: of_text.max(of_action) == 1,
            least: if most < 2 {
                usize::MAX
            } else {
                (most * 3).div_ceil(5).max(2)
            },
            is_foreign: is_english && has_chinese(wrong),
            wrong: wrong.to_owned(),
            right: right.to_owned(),
        }
    }

    /// Whether `line` has something of the words that the right ones have not: another school is none that was corrected.
    fn has_what_changed(&self, line: &str) -> bool {
        let (wrong, right) = (pairs(&self.wrong), pairs(&self.right));
        let of_line = pairs(line);
        let mut changed = wrong.difference(&right).peekable();
        changed.peek().is_none() || changed.any(|pair| of_line.contains(pair))
    }

    /// Whether `line` is one that the correction concerns, though it may have other words.
    pub(super) fn is_near(&self, line: &str) -> bool {
        const WAY: [&str; 10] = [
            "经",
            "路线",
            "前往",
            "安置点",
            "集合",
            "桥",
            "路口",
            "大道",
            "中学",
            "体育馆",
        ];
        const WAY_EN: [&str; 10] = [
            "route", "go by", "go to", "via", "shelter", "meet at", "bridge", "road", "school",
            "gym-",
        ];
        if line.trim().is_empty() {
            return false;
        }
        if !self.is_foreign {
            return shared(&self.wrong, line) >= self.least && self.has_what_changed(line);
        }
        let lower = line.to_lowercase();
        let is_way = WAY.iter().any(|word| self.wrong.contains(word));
        let of_line = numbers(line);
        let ours = numbers(&self.wrong).into_iter();
        let mut ours = ours.filter(|number| number.len() > 1);
        is_way && WAY_EN.iter().any(|word| is_said(&lower, word))
            || ours.any(|number| of_line.contains(&number))
    }
}

/// The wrong words and the right ones, without the quotation marks that somebody set around both.
fn words(passage: &Passage) -> (&str, &str) {
    let quoted = |text: &'_ str| text.starts_with(['“', '"']) && text.ends_with(['”', '"']);
    let bare = |text| str::trim_matches(text, ['“', '”', '"']);
    match quoted(&passage.wrong) && quoted(&passage.right) {
        true => (bare(&passage.wrong), bare(&passage.right)),
        false => (&passage.wrong, &passage.right),
    }
}

/// How many pairs of words in a row two texts share.
fn shared(one: &str, other: &str) -> usize {
    pairs(one).intersection(&pairs(other)).count()
}

fn pairs(text: &str) -> HashSet<(u64, u64)> {
    let wording = Wording::new(text);
    let pairs = wording.keys().windows(2).map(|pair| (pair[0], pair[1]));
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotation_marks_around_both_are_none_of_the_words() {
        let in_quotes = Passage {
            wrong: "“持续2天”".into(),
            right: "“持续3天”".into(),
            english: None,
        };
        assert_eq!(words(&in_quotes), ("持续2天", "持续3天"));
    }

    #[test]
    fn a_line_about_another_school_is_not_called_corrected() {
        let body = "1. A: go to East Middle School hall\n2. B: go to No. 2 Middle School hall\n3. C: go to East Middle School hall";
        let passage = Passage {
            wrong: "East Middle School hall".into(),
            right: "No. 1 Middle School hall".into(),
            english: None,
        };
        let part = Part::of(&passage, true, "", "", body);
        let near: Vec<bool> = body.lines().map(|line| part.is_near(line)).collect();
        assert_eq!(near, [true, false, true]);
    }
}
