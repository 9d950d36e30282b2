//! A place is named once in a title. A template writes where its text holds behind what its facts name, and often these say it already:
//! "Evacuation of Yanjiang Village, Linjiang Town (Linjiang Town)".

/// `title` without what it says in brackets of places that stand before them; `names` are those of the text.
pub fn places_once(title: &str, names: &[&str]) -> String {
    let mut out = String::with_capacity(title.len());
    let mut rest = title;
    while let Some((before, behind)) = rest.split_once('(') {
        let Some((inside, behind)) = behind.split_once(')') else {
            break;
        };
        out.push_str(before);
        let is_said = |name: &str| names.contains(&name) && stands(&out, name);
        if inside.split(", ").all(is_said) {
            out.truncate(out.trim_end().len());
        } else {
            out.push_str(&format!("({inside})"));
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Whether `name` stands in `text` as words of its own.
fn stands(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let is_of_word = |c: char| c.is_alphanumeric();
        let before = text[..at].chars().next_back();
        let behind = text[at + name.len()..].chars().next();
        !before.is_some_and(is_of_word) && !behind.is_some_and(is_of_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_stands_once() {
        let names = ["Linjiang Town", "Beitang Town"];
        for (title, once) in [
            (
                "Evacuation of Yanjiang Village, Linjiang Town (Linjiang Town)",
                "Evacuation of Yanjiang Village, Linjiang Town",
            ),
            (
                "People from Linjiang Town, Beitang Town (Linjiang Town, Beitang Town) may return",
                "People from Linjiang Town, Beitang Town may return",
            ),
            (
                "Evacuation of Yanjiang Village (Linjiang Town)",
                "Evacuation of Yanjiang Village (Linjiang Town)",
            ),
            (
                "Evacuation of Linjiang Town (Linjiang Town, Beitang Town)",
                "Evacuation of Linjiang Town (Linjiang Town, Beitang Town)",
            ),
            ("Schools closed (all", "Schools closed (all"),
        ] {
            assert_eq!(places_once(title, &names), once);
        }
    }
}
