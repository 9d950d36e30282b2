//! A short message has room for one place, and people may have to go to several. Of those that do not fit the first is named, with how
//! many there are, in every text alike.

use super::FactSpec;
use crate::domain::gloss::listed;

impl FactSpec {
    /// The first place of `text` and how many it lists, where all of them are more than `max` has room for.
    pub fn first_of_several<'t>(&self, text: &'t str) -> Option<(&'t str, usize)> {
        let most = self.max.filter(|_| self.several)? as usize;
        let places = listed(text);
        let is_long = text.trim().chars().count() > most;
        (is_long && places.len() > 1).then(|| (places[0], places.len()))
    }

    /// How many characters are printed where `text` is given.
    pub(super) fn printed_length(&self, text: &str) -> usize {
        let short = self.first_of_several(text);
        short.map_or_else(
            || text.chars().count(),
            |(first, many)| in_short(first, many).chars().count(),
        )
    }
}

/// The words for `many` places of which only the `first` is named: 镇文体中心等3处.
pub fn in_short(first: &str, many: usize) -> String {
    format!("{first}等{many}处")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn halls(several: bool) -> FactSpec {
        let spec = json!({
            "fact": "evacuation-to", "label": "安置点", "type": "text", "place": true, "max": 8, "several": several,
        });
        serde_json::from_value(spec).expect("a fact")
    }

    #[test]
    fn several_places_are_taken_where_the_first_of_them_fits() {
        let taken = |several, text: &str| halls(several).read(&json!(text)).is_ok();
        assert!(taken(true, "镇文体中心、临江中学、第二中学"));
        assert!(!taken(false, "镇文体中心、临江中学、第二中学"));
        assert!(!taken(true, "临江镇第一中学体育馆"), "one that is too long");
        assert!(!taken(true, "临江镇第一中学体育馆、镇文体中心"));
        let spec = halls(true);
        assert_eq!(spec.first_of_several("一中、二中"), None, "both fit");
        let short = spec.first_of_several("镇文体中心、临江中学、第二中学");
        assert_eq!(short, Some(("镇文体中心", 3)));
    }
}
