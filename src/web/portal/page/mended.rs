//! A text that was corrected, with the wrong passage marked in place and the right one beside it.
//!
//! A correction carries no corrected text: it names a passage and what it should be, both in its own signed words. So that
//! is all that is marked, and what it does not name is shown as it was, for it still holds. A passage that stands in title,
//! action and text never or more than once is set beside the right one, both in full, since nobody may guess where it belongs.

use crate::domain::blocks::Block;
use crate::domain::bulletin::Language;
use crate::domain::portal::{Passage, PortalEntry, Standing};
use crate::web::portal::frame::{Frame, body_text};
use crate::web::portal::shelf::Shelf;
use crate::web::portal::typeset::{shown, shown_line};
use crate::web::portal::wording::{Piece, Wording, by_phrase, differences};
use crate::words::Portal;

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

/// What a correction says of a text, and whether the text has the place that it speaks of.
pub struct Mend<'p> {
    wrong: &'p str,
    right: &'p str,
    is_in_place: bool,
}

impl<'s> Mend<'s> {
    /// Of `entry` as a page in `language` shows it.
    pub fn of(shelf: &'s Shelf, entry: &PortalEntry, language: Language) -> Option<Self> {
        let (wrong, right) = words(passage(shelf, entry, language)?);
        let text = &entry.text;
        // What a page has no English of is not marked on it.
        let part = |zh: Option<&str>, en: Option<&str>| match language {
            Language::ZhCn => shown_line(zh.unwrap_or_default()),
            Language::En => shown_line(en.unwrap_or_default()),
        };
        let title = part(Some(&text.title), text.title_en.as_deref());
        let action = part(text.action.as_deref(), text.action_en.as_deref());
        let body = shown(body_text(language, entry));
        let parts = [title.as_str(), &action, &body];
        Some(Self {
            is_in_place: once(wrong, &parts),
            wrong,
            right,
        })
    }

    /// Whether it can be marked where it stands.
    pub fn is_in_place(&self) -> bool {
        self.is_in_place
    }

    /// What was corrected, by itself: the phrases that differ, or both passages in full where the text has not these words.
    pub fn by_itself(&self) -> Pieces {
        match self.is_in_place {
            true => by_phrase(words_between(self.wrong, self.right)),
            // Both in full, where the text has not these words.
            false => vec![
                Piece::Ours(self.wrong.to_owned()),
                Piece::Theirs(self.right.to_owned()),
            ],
        }
    }

    /// What stands before that.
    pub fn heading(&self, w: &'static Portal) -> &'static str {
        match self.is_in_place {
            true => &w.amended_here,
            false => &w.amended_beside,
        }
    }

    /// `text` with the passage marked, if it stands there.
    pub fn mark(&self, text: &str) -> Option<Pieces> {
        let is_there = self.is_in_place.then_some(());
        is_there.and_then(|()| mended(text, self.wrong, self.right))
    }

    /// `text` as it reads with the right words, if the wrong ones stand there.
    pub fn righted(&self, text: &str) -> Option<String> {
        let is_there = self.is_in_place.then_some(());
        let [before, _, behind] = is_there.and_then(|()| taken_apart(text, self.wrong))?;
        Some(format!("{before}{}{behind}", self.right))
    }

    /// `text` with the passage marked in words, for whoever cannot see a mark.
    pub fn spoken(&self, text: &str, w: &Portal) -> String {
        self.mark(text)
            .map_or_else(|| text.to_owned(), |pieces| spoken(&pieces, w))
    }

    /// What its language is declared as, on a page in another one.
    pub fn lang(&self, f: &Frame<'_>) -> Option<&'static str> {
        (!self.wrong.is_ascii() && !f.is_chinese()).then_some("zh-CN")
    }
}

/// `pieces` in a row, with the marks in words.
pub fn spoken(pieces: &[Piece], w: &Portal) -> String {
    let word = |piece: &Piece| match piece {
        Piece::Same(text) => text.clone(),
        Piece::Ours(text) => format!("{}{text}", w.amended_wrong),
        Piece::Theirs(text) => format!("{}{text}", w.amended_right),
    };
    pieces.iter().map(word).collect()
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

/// The wrong words and the right ones, without the quotation marks that somebody set around both.
fn words(passage: &Passage) -> (&str, &str) {
    let quoted = |text: &'_ str| text.starts_with(['“', '"']) && text.ends_with(['”', '"']);
    let bare = |text| str::trim_matches(text, ['“', '”', '"']);
    match quoted(&passage.wrong) && quoted(&passage.right) {
        true => (bare(&passage.wrong), bare(&passage.right)),
        false => (&passage.wrong, &passage.right),
    }
}

/// Whether `wrong` stands exactly once in `parts`: where it stands twice, one place may be right.
fn once(wrong: &str, parts: &[&str]) -> bool {
    let wrong = Wording::new(wrong);
    let places = |part: &&str| Wording::new(part).places(&wrong).count();
    !wrong.keys().is_empty() && parts.iter().map(places).sum::<usize>() == 1
}

/// `blocks` with the passage marked where it stands.
pub fn marked(blocks: Vec<Block>, mend: Option<&Mend>) -> Vec<Marked> {
    let mark = |text: String| match mend.and_then(|mend| mend.mark(&text)) {
        Some(pieces) => pieces,
        None => vec![Piece::Same(text)],
    };
    let marked = blocks.into_iter().map(|block| match block {
        Block::Heading(text) => Marked::Heading(mark(text)),
        Block::Question(text) => Marked::Question(mark(text)),
        Block::Paragraph(text) => Marked::Paragraph(mark(text)),
        Block::Table(table) => Marked::Table {
            heads: table.heads,
            rows: (table.rows.into_iter())
                .map(|row| row.into_iter().map(mark).collect())
                .collect(),
        },
    });
    marked.collect()
}

/// What stands before `wrong` in `text`, `wrong` itself, and what stands behind it.
fn taken_apart<'t>(text: &'t str, wrong: &str) -> Option<[&'t str; 3]> {
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
    debug_assert_eq!(before.len() + within.len() + behind.len(), text.len());
    Some([&text[..begin_at], &text[begin_at..end_at], &text[end_at..]])
}

/// `text` with the first place of the wrong words marked, a phrase at a time.
fn mended(text: &str, wrong: &str, right: &str) -> Option<Pieces> {
    let [before, within, behind] = taken_apart(text, wrong)?;
    let mut pieces = vec![Piece::Same(before.to_owned())];
    pieces.extend(words_between(within, right));
    pieces.push(Piece::Same(behind.to_owned()));
    pieces.retain(|piece| !matches!(piece, Piece::Same(text) if text.is_empty()));
    Some(by_phrase(pieces))
}

/// What differs between two passages; the whole of each where hardly anything is the same.
fn words_between(wrong: &str, right: &str) -> Pieces {
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
        let in_quotes = Passage {
            wrong: "“持续2天”".into(),
            right: "“持续3天”".into(),
            english: None,
        };
        assert_eq!(words(&in_quotes), ("持续2天", "持续3天"));
        let quoted = taken_apart("“临江站”停用。", "临江站").unwrap();
        assert_eq!(quoted, ["“", "临江站", "”停用。"]);
    }
}
