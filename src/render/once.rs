//! A title in English names a place once. A template says a fact's place and behind it the places of the text, so that a reader
//! from elsewhere knows which town is meant; where both are the same, the second says nothing.

/// `said` without ` (places)` or `, places` where the words right before it, or before their Chinese in brackets, end in the same
/// places already.
pub fn places_once(said: &str, places: &str) -> String {
    if places.is_empty() {
        return said.to_owned();
    }
    let mut out = said.to_owned();
    for repeated in [format!(" ({places})"), format!(", {places}")] {
        let mut from = 0;
        while let Some(at) = out[from..].find(&repeated).map(|at| from + at) {
            let (before, behind) = (&out[..at], &out[at + repeated.len()..]);
            let before = match before.strip_suffix(')').and_then(|head| head.rfind(" (")) {
                Some(open) if repeated.ends_with(')') => &before[..open],
                _ => before,
            };
            // Only where a name ends: Linjiang Town is not the beginning of Linjiang Townships.
            let is_said = before.ends_with(places) && !behind.starts_with(char::is_alphanumeric);
            // Each of them was named with the town around it: Weinan Village, Linjiang Town (Weinan Village).
            let is_said = is_said || repeated.ends_with(')') && are_named(before, places);
            if is_said {
                out.replace_range(at..at + repeated.len(), "");
            } else {
                from = at + repeated.len();
            }
        }
    }
    out
}

/// Whether the sentence that `before` ends with names every one of `places`.
fn are_named(before: &str, places: &str) -> bool {
    let sentence = before.rsplit(". ").next().unwrap_or(before);
    places.split(", ").all(|place| {
        let mut found = sentence.match_indices(place);
        found.any(|(at, _)| {
            let behind = &sentence[at + place.len()..];
            !behind.starts_with(char::is_alphanumeric)
                && !sentence[..at].ends_with(char::is_alphanumeric)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_there_already_is_not_said_again() {
        let once = |said: &str| places_once(said, "Linjiang Town");
        for said in [
            "Evacuation of Linjiang Town (Linjiang Town)",
            "Evacuation of Linjiang Town, Linjiang Town",
        ] {
            assert_eq!(once(said), "Evacuation of Linjiang Town");
        }
        assert_eq!(
            once("Evacuation of Weinan Village, Linjiang Town (Linjiang Town)"),
            "Evacuation of Weinan Village, Linjiang Town"
        );
        assert_eq!(
            once("leave Linjiang Town (临江镇) (Linjiang Town) now"),
            "leave Linjiang Town (临江镇) now"
        );
        assert_eq!(
            places_once(
                "Evacuation of Yanjiang Village, Linjiang Town, Weinan Village, Linjiang Town (Yanjiang Village, Weinan Village)",
                "Yanjiang Village, Weinan Village"
            ),
            "Evacuation of Yanjiang Village, Linjiang Town, Weinan Village, Linjiang Town"
        );
        for said in [
            "Evacuation of Weinan Village (Linjiang Town)",
            "Roads closed in Linjiang Town, Linjiang Townships",
            "Shelters in Linjiang Town",
        ] {
            assert_eq!(once(said), said);
        }
        assert_eq!(places_once("Shelters", ""), "Shelters");
    }
}
