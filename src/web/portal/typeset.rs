//! From the canonical text to what a page sets: harmless characters, openings, search terms.

/// `text` without characters that can forge what a reader sees: controls and direction overrides. Keeps line breaks.
pub fn shown(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|c| {
            if c == '\r' || c == '\u{2028}' || c == '\u{2029}' {
                '\n'
            } else {
                c
            }
        })
        .filter(|&c| c == '\n' || c == '\t' || !is_forgery(c))
        .collect()
}

/// The same on one line.
pub fn shown_line(text: &str) -> String {
    shown(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_forgery(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
        || matches!(
            c,
            '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' | '\u{FFF9}'..='\u{FFFB}'
        )
}

/// The words of a page between its bars, as somebody who copies them gets them.
pub fn unmarked(page: &str) -> String {
    let main = page.split_once("<main").map_or(page, |(_, rest)| rest);
    let main = main.split_once("</main>").map_or(main, |(main, _)| main);
    let mut out = String::with_capacity(main.len());
    for part in main.split('<') {
        let words = part.split_once('>').map_or("", |(_, words)| words);
        if !words.is_empty() {
            out.push_str(words);
            out.push(' ');
        }
    }
    // As askama writes them; the ampersand comes last, so that nothing is read twice.
    for (mark, sign) in [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
    ] {
        out = out.replace(mark, sign);
    }
    out
}

/// The head of a text for a list or a summary.
pub fn head(text: &str, chars: usize) -> String {
    let line = shown_line(text);
    match line.char_indices().nth(chars) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line,
    }
}

/// `text` as search compares it, one char for one char: lower case, full-width letters and digits narrowed.
pub fn fold(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{3000}' => ' ',
            '\u{FF01}'..='\u{FF5E}' => {
                char::from_u32(c as u32 - 0xFEE0).map_or(c, |narrow| narrow.to_ascii_lowercase())
            }
            _ => {
                let mut lower = c.to_lowercase();
                match (lower.next(), lower.next()) {
                    (Some(one), None) => one,
                    _ => c,
                }
            }
        })
        .collect()
}

/// A piece of text around the first term found, cut into (is a hit, text).
pub fn snippet(text: &str, terms: &[String], chars: usize) -> Vec<(bool, String)> {
    let line: Vec<char> = shown_line(text).chars().collect();
    let folded: Vec<char> = fold(&line.iter().collect::<String>()).chars().collect();
    let terms: Vec<Vec<char>> = terms.iter().map(|term| term.chars().collect()).collect();
    let hit_at = |at: usize| {
        let matching = terms.iter().filter(|term| folded[at..].starts_with(term));
        matching.map(Vec::len).max().filter(|&len| len > 0)
    };
    let first = (0..folded.len())
        .find(|&at| hit_at(at).is_some())
        .unwrap_or(0);
    let start = first.saturating_sub(chars / 4);
    let end = (start + chars).min(line.len());
    let mut pieces: Vec<(bool, String)> = Vec::new();
    let mut push = |hit: bool, part: &[char]| match pieces.last_mut() {
        Some((last, text)) if *last == hit => text.extend(part),
        _ => pieces.push((hit, part.iter().collect())),
    };
    if start > 0 {
        push(false, &['…']);
    }
    let mut at = start;
    while at < end {
        let len = hit_at(at).map(|len| len.min(line.len() - at));
        push(len.is_some(), &line[at..at + len.unwrap_or(1)]);
        at += len.unwrap_or(1);
    }
    if at < line.len() {
        push(false, &['…']);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_can_forge_is_gone_and_what_is_written_stays() {
        assert_eq!(
            shown_line("通告\r\nBcc: x\u{202E}gnp.exe\u{0}"),
            "通告 Bcc: xgnp.exe"
        );
        assert_eq!(shown("𠮷野家\n龘"), "𠮷野家\n龘");
    }

    #[test]
    fn a_snippet_marks_every_term() {
        let pieces = snippet("临江镇水位超过警戒水位", &["水位".into()], 40);
        let hits: Vec<_> = pieces
            .iter()
            .filter(|(hit, _)| *hit)
            .map(|(_, t)| t.as_str())
            .collect();
        assert_eq!(hits, ["水位", "水位"]);
        assert_eq!(
            snippet("ＡＢＣ镇", &["abc".into()], 40)[0],
            (true, "ＡＢＣ".into())
        );
    }

    proptest! {
        #[test]
        fn folding_keeps_the_count_of_characters(text in any::<String>()) {
            prop_assert_eq!(fold(&text).chars().count(), text.chars().count());
        }

        #[test]
        fn a_snippet_never_breaks(text in any::<String>(), term in "\\PC{0,3}", chars in 0usize..50) {
            let pieces = snippet(&text, &[fold(&term)], chars);
            let words: String = pieces.into_iter().map(|(_, text)| text).collect();
            let line = shown_line(&text);
            let inner = words.trim_start_matches('…').trim_end_matches('…');
            prop_assert!(line.contains(inner));
        }
    }
}
