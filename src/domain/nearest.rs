//! The word somebody probably meant: few insertions, deletions, replacements and swaps of neighbours away.

use strsim::osa_distance as distance;

/// What nobody could have mistyped is not compared: the table grows with the product of the lengths.
const LONGEST: usize = 80;

/// The known word nearest to `wrong`, if it is near enough to be a slip.
pub fn closest<'a>(wrong: &str, known: &[&'a str]) -> Option<&'a str> {
    if wrong.chars().count() > LONGEST {
        return None;
    }
    let wrong = wrong.to_lowercase().replace('_', "-");
    known
        .iter()
        .map(|word| (distance(&wrong, &word.to_lowercase()), *word))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, word)| {
            *distance <= 1 + word.chars().count().min(wrong.chars().count()) / 4
        })
        .map(|(_, word)| word)
}

/// Whether `wrong` is more likely a slip of the fingers for `word` than a word of its own: long enough to tell, one
/// or two letters apart, and not by a number.
pub fn is_slip(wrong: &str, word: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| !c.is_numeric()).count();
    let digits = |text: &str| text.chars().filter(|c| c.is_numeric()).collect::<String>();
    let length = wrong.chars().count().min(word.chars().count());
    if !(4..=LONGEST).contains(&length) || wrong.chars().count() > LONGEST {
        return false;
    }
    let apart = distance(&wrong.to_lowercase(), &word.to_lowercase());
    letters(wrong) >= 3 && digits(wrong) == digits(word) && apart <= if length < 8 { 1 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        let known = ["channels", "audience", "valid-for"];
        assert_eq!(closest("chanels", &known), Some("channels"));
        assert_eq!(closest("valid_for", &known), Some("valid-for"));
        assert_eq!(closest("audiecne", &known), Some("audience"));
        assert_eq!(closest("weather", &known), None);
    }

    #[test]
    fn short_words_and_numbers_are_words_of_their_own() {
        for (wrong, word) in [
            ("meida", "media"),
            ("schoo1s", "schools"),
            ("Shcools", "schools"),
        ] {
            assert_eq!(is_slip(wrong, word), wrong != "schoo1s", "{wrong}");
        }
        for (wrong, word) in [
            ("东门", "西门"),
            ("village-1", "village-2"),
            ("media", "police"),
        ] {
            assert!(!is_slip(wrong, word), "{wrong}");
        }
    }
}
