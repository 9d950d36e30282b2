//! The place in a text that the words of a passage speak of, and what differs there.

use super::Pieces;
use crate::web::portal::wording::{Piece, Wording, by_phrase, differences};

/// Whether there is a Chinese character in `text`.
pub fn has_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// How often `wrong` stands in `parts`: where it stands twice, one place may be right.
pub(super) fn count(wrong: &str, parts: &[&str]) -> usize {
    let wrong = Wording::new(wrong);
    let places = |part: &&str| Wording::new(part).places(&wrong).count();
    match wrong.keys().is_empty() {
        true => 0,
        false => parts.iter().map(places).sum(),
    }
}

/// What stands before `wrong` in `text`, `wrong` itself, and what stands behind it.
pub fn taken_apart<'t>(text: &'t str, wrong: &str) -> Option<[&'t str; 3]> {
    let wrong_text = wrong;
    let wrong = Wording::new(wrong);
    if wrong.keys().is_empty() {
        return None;
    }
    let ours = Wording::new(text);
    let [before, within, behind] = ours.around(ours.find(&wrong)?);
    // Signs around the words belong to the sentence.
    let is_sign = |c: char| !c.is_alphanumeric() && !"%‰℃°".contains(c);
    let end = within.trim_end_matches(is_sign).len();
    let begin = match before.is_empty() {
        true => within.len() - within.trim_start_matches(is_sign).len(),
        false => 0,
    };
    let begin_at = before.len() + begin.min(end);
    let end_at = before.len() + end;
    let end_at = end_at
        + gloss(&text[end_at..])
            .filter(|_| !wrong_text.ends_with(')'))
            .unwrap_or(0);
    debug_assert_eq!(before.len() + within.len() + behind.len(), text.len());
    Some([&text[..begin_at], &text[begin_at..end_at], &text[end_at..]])
}

/// How long the Chinese name in brackets is that `behind` begins with: it belongs to the English name before it.
pub fn gloss(behind: &str) -> Option<usize> {
    let name = behind.trim_start_matches(' ').strip_prefix('(')?;
    let (name, rest) = name.split_once(')')?;
    let is_name = has_chinese(name) && !name.contains(|c: char| c.is_ascii_alphabetic());
    is_name.then(|| behind.len() - rest.len())
}

/// `text` with the first place of the wrong words marked, a phrase at a time.
pub(super) fn mended(text: &str, wrong: &str, right: &str) -> Option<Pieces> {
    let [before, within, behind] = taken_apart(text, wrong)?;
    let mut pieces = vec![Piece::Same(before.to_owned())];
    pieces.extend(words_between(within, right));
    pieces.push(Piece::Same(behind.to_owned()));
    pieces.retain(|piece| !matches!(piece, Piece::Same(text) if text.is_empty()));
    Some(by_phrase(pieces))
}

/// What differs between two passages; the whole of each where hardly anything is the same.
pub(super) fn words_between(wrong: &str, right: &str) -> Pieces {
    let (ours, theirs) = (Wording::new(wrong), Wording::new(right));
    let pieces = differences(&ours, &theirs);
    let changes = pieces
        .iter()
        .filter(|piece| !matches!(piece, Piece::Same(_)))
        .count();
    let same: usize = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Same(text) => Wording::new(text).keys().len(),
            _ => 0,
        })
        .sum();
    if changes > 6 || same * 3 < ours.keys().len() || changes == 0 {
        return vec![
            Piece::Ours(wrong.to_owned()),
            Piece::Theirs(right.to_owned()),
        ];
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(pieces: &[Piece]) -> String {
        let word = |piece: &Piece| match piece {
            Piece::Same(text) => text.clone(),
            Piece::Ours(text) => format!("[-{text}-]"),
            Piece::Theirs(text) => format!("[+{text}+]"),
        };
        pieces.iter().map(word).collect()
    }

    #[test]
    fn only_the_phrase_that_is_wrong_is_marked_and_nothing_else_is_lost() {
        let text = "截至7月3日17时，临江站水位８.２５米，超警戒水位0.25米。";
        assert_eq!(
            said(&mended(text, "临江站水位8.25米", "临江站水位8.52米").unwrap()),
            "截至7月3日17时，[-临江站水位８.２５米-][+临江站水位8.52米+]，超警戒水位0.25米。"
        );
        // Whatever somebody named of it, no number and no name is cut.
        assert_eq!(
            said(&mended(text, "8.25", "8.52").unwrap()),
            "截至7月3日17时，[-临江站水位８.２５米-][+临江站水位8.52米+]，超警戒水位0.25米。"
        );
        assert!(
            said(&mended(text, "超警戒水位0.25米", "已经退去").unwrap())
                .ends_with("[-超警戒水位0.25米-][+已经退去+]。")
        );
        assert_eq!(mended(text, "临江站水位9米", "8米"), None);
        assert_eq!(mended(text, "，", "8米"), None);
        let quoted = taken_apart("“临江站”停用。", "临江站").unwrap();
        assert_eq!(quoted, ["“", "临江站", "”停用。"]);
    }
}
