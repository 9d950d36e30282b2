//! A text that was corrected, with the wrong passage marked in place and the right one beside it.
//!
//! A correction carries no corrected text: it names a passage and what it should be, both in its own signed words. So that
//! is all that is marked, and what it does not name is shown as it was, for it still holds. A passage that stands in title,
//! action and text never or more than once is shown above them, since nobody may guess where it belongs.

use crate::domain::blocks::Block;
use crate::domain::bulletin::Language;
use crate::domain::portal::{Passage, PortalEntry, Standing};
use crate::web::portal::frame::Frame;
use crate::web::portal::shelf::Shelf;
use crate::web::portal::wording::{Piece, Wording, differences};

/// What is wrong is `Ours`, what is right `Theirs`.
pub type Pieces = Vec<Piece>;

/// A [`Block`] with its marks.
pub enum Marked {
    Heading(Pieces),
    Question(Pieces),
    Paragraph(Pieces),
    Table {
        heads: Vec<String>,
        rows: Vec<Vec<Pieces>>,
    },
}

/// The passage of `entry` that a correction names, in `language` if it was given so.
pub fn passage<'s>(
    shelf: &'s Shelf,
    entry: &PortalEntry,
    language: Language,
) -> Option<&'s Passage> {
    let Standing::Corrected { by, .. } = &entry.standing else {
        return None;
    };
    let corrects = shelf.release(by.as_str())?.corrects.as_ref()?;
    // An English page may show the Chinese text.
    let has_english = entry
        .text
        .text_en
        .as_deref()
        .is_some_and(|text| !text.trim().is_empty());
    let language = if has_english {
        language
    } else {
        Language::ZhCn
    };
    Some(corrects.passage.as_ref()?.in_language(language))
}

/// What the language of `passage` is declared as, on a page in another one.
pub fn language(f: &Frame<'_>, passage: Option<&Passage>) -> Option<&'static str> {
    let is_chinese = passage.is_some_and(|passage| !passage.wrong.is_ascii());
    (is_chinese && !f.is_chinese()).then_some("zh-CN")
}

/// `passage`, if it stands exactly once in `parts`: where it stands twice, one place may be right.
pub fn once<'p>(passage: Option<&'p Passage>, parts: &[&str]) -> Option<&'p Passage> {
    let passage = passage?;
    let wrong = Wording::new(&passage.wrong);
    if wrong.keys().is_empty() {
        return None;
    }
    let places = |part: &&str| Wording::new(part).places(&wrong).count();
    (parts.iter().map(places).sum::<usize>() == 1).then_some(passage)
}

/// `blocks` with `passage` marked wherever it stands, and whether it stands anywhere.
pub fn marked(blocks: Vec<Block>, passage: Option<&Passage>) -> (Vec<Marked>, bool) {
    let mut is_found = false;
    let mut mark = |text: String| match passage.and_then(|passage| mended(&text, passage)) {
        Some(pieces) => {
            is_found = true;
            pieces
        }
        None => vec![Piece::Same(text)],
    };
    let marked = blocks
        .into_iter()
        .map(|block| match block {
            Block::Heading(text) => Marked::Heading(mark(text)),
            Block::Question(text) => Marked::Question(mark(text)),
            Block::Paragraph(text) => Marked::Paragraph(mark(text)),
            Block::Table(table) => Marked::Table {
                heads: table.heads,
                rows: (table.rows.into_iter())
                    .map(|row| row.into_iter().map(&mut mark).collect())
                    .collect(),
            },
        })
        .collect();
    (marked, is_found)
}

/// The passage by itself, word against word.
pub fn compared(passage: &Passage) -> Pieces {
    between(&passage.wrong, &passage.right)
}

/// `text` with the first place of the wrong passage marked.
pub fn mended(text: &str, passage: &Passage) -> Option<Pieces> {
    let wrong = Wording::new(&passage.wrong);
    if wrong.keys().is_empty() {
        return None;
    }
    let ours = Wording::new(text);
    let [before, within, behind] = ours.around(ours.find(&wrong)?);
    // Signs behind the last word belong to the sentence around it.
    let end = within
        .trim_end_matches(|c: char| !c.is_alphanumeric() && !"%‰℃°".contains(c))
        .len();
    let (within, signs) = within.split_at(end);
    let mut pieces = Vec::new();
    let mut push = |piece: Piece| match (pieces.last_mut(), piece) {
        (_, Piece::Same(text)) if text.is_empty() => {}
        (Some(Piece::Same(last)), Piece::Same(text)) => last.push_str(&text),
        (_, piece) => pieces.push(piece),
    };
    push(Piece::Same(before.to_owned()));
    between(within, &passage.right)
        .into_iter()
        .for_each(&mut push);
    push(Piece::Same(format!("{signs}{behind}")));
    Some(pieces)
}

/// What differs between two passages; the whole of each where hardly anything is the same.
fn between(wrong: &str, right: &str) -> Pieces {
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

    fn passage(wrong: &str, right: &str) -> Passage {
        Passage {
            wrong: wrong.into(),
            right: right.into(),
            english: None,
        }
    }

    fn said(pieces: &[Piece]) -> String {
        let word = |piece: &Piece| match piece {
            Piece::Same(text) => text.clone(),
            Piece::Ours(text) => format!("[-{text}-]"),
            Piece::Theirs(text) => format!("[+{text}+]"),
        };
        pieces.iter().map(word).collect()
    }

    #[test]
    fn only_what_is_wrong_is_marked_and_nothing_else_is_lost() {
        let text = "截至7月3日17时，临江站水位８.２５米，超警戒水位0.25米。";
        let level = passage("临江站水位8.25米", "临江站水位8.52米");
        assert_eq!(
            said(&mended(text, &level).unwrap()),
            "截至7月3日17时，临江站水位[-８.２５-][+8.52+]米，超警戒水位0.25米。"
        );
        let last = passage("超警戒水位0.25米", "已经退去");
        assert!(
            said(&mended(text, &last).unwrap()).ends_with("[-超警戒水位0.25米-][+已经退去+]。")
        );
        assert_eq!(mended(text, &passage("临江站水位9米", "8米")), None);
        assert_eq!(mended(text, &passage("，", "8米")), None);
    }
}
