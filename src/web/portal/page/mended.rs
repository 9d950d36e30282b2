//! A text that was corrected, with the wrong passage marked in place and the right one beside it.
//!
//! A correction carries no corrected text: it names a passage and what it should be, both in its own signed words. So that
//! is all that is marked, and what it does not name is shown as it was, for it still holds. A passage that stands in the text, with
//! its title, never or more than once is set beside the right one, both in full, since nobody may guess where it belongs; the lines
//! that have most in common with it say that they were corrected. What the text asks of people repeats the text, so a passage that
//! stands once there is marked there, wherever else it stands.

mod part;
mod place;

pub use place::{gloss, has_chinese, taken_apart};

use part::Part;
use place::{mended, words_between};

use crate::domain::blocks::Block;
use crate::domain::bulletin::Language;
use crate::domain::portal::{Passage, PortalEntry};
use crate::web::portal::frame::{Frame, body_text, english_text};
use crate::web::portal::named::sentences;
use crate::web::portal::shelf::Shelf;
use crate::web::portal::typeset::{shown, shown_line};
use crate::web::portal::wording::{Piece, by_phrase};
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

/// What the corrections of a text say of it.
pub struct Mend {
    parts: Vec<Part>,
    w: &'static Portal,
}

impl Mend {
    /// Of `entry` as a page in `language` shows it.
    pub fn of(shelf: &Shelf, entry: &PortalEntry, language: Language) -> Option<Self> {
        let passages = passages(shelf, entry, language);
        let text = &entry.text;
        // What a page has no English of is not marked on it.
        let part = |zh: Option<&str>, en: Option<&str>| match language {
            Language::ZhCn => shown_line(zh.unwrap_or_default()),
            Language::En => shown_line(en.unwrap_or_default()),
        };
        let title = part(Some(&text.title), text.title_en.as_deref());
        let action = part(text.action.as_deref(), text.action_en.as_deref());
        let body = shown(body_text(language, entry));
        let is_english = language == Language::En && english_text(entry).is_some();
        let parts = passages.iter();
        let parts = parts.map(|passage| Part::of(passage, is_english, &action, &title, &body));
        let parts: Vec<Part> = parts.collect();
        let w = &crate::words::words(language).portal;
        (!parts.is_empty()).then_some(Self { parts, w })
    }

    /// Whether all of it can be marked where it stands.
    pub fn is_in_place(&self) -> bool {
        self.parts.iter().all(|part| part.is_in_place)
    }

    /// What was corrected, by itself: the phrases that differ, or both passages in full where the text has not these words.
    pub fn by_itself(&self) -> Pieces {
        let mut pieces = Pieces::new();
        for part in &self.parts {
            if !pieces.is_empty() {
                pieces.push(Piece::Same(self.w.semicolon.clone()));
            }
            match part.is_in_place {
                true => pieces.extend(by_phrase(words_between(&part.wrong, &part.right))),
                // Both in full, where the text has not these words.
                false => pieces.extend([
                    Piece::Ours(part.wrong.clone()),
                    Piece::Theirs(part.right.clone()),
                ]),
            }
        }
        pieces
    }

    /// What stands before that.
    pub fn heading(&self, w: &'static Portal) -> &'static str {
        match self.is_in_place() {
            true => &w.amended_here,
            false if self.parts.iter().any(|part| part.is_foreign) => &w.amended_chinese,
            false => &w.amended_beside,
        }
    }

    /// Whether `line` of the text is one that a correction concerns, though it has not its words.
    pub fn is_near(&self, line: &str) -> bool {
        let mut parts = self.parts.iter().filter(|part| !part.is_in_text);
        parts.any(|part| part.is_near(line))
    }

    /// The same of a sentence of the action.
    fn is_near_in_action(&self, sentence: &str) -> bool {
        let mut parts = self.parts.iter().filter(|part| !part.is_in_action);
        parts.any(|part| part.is_near(sentence))
    }

    /// `text`, or a line of it, with the passages marked, as far as they stand there.
    pub fn mark(&self, text: &str) -> Option<Pieces> {
        let parts = self.parts.iter().filter(|part| part.is_in_text);
        marked_in(text, self.noted(text), parts)
    }

    /// What it asks of people, with the passages marked.
    pub fn mark_action(&self, action: &str) -> Option<Pieces> {
        let parts = self.parts.iter().filter(|part| part.is_in_action);
        marked_in(action, self.noted_action(action), parts)
    }

    /// `text` as it is to be read now, where no mark can be set: with the right words, or with a note before the lines that were
    /// corrected in other words.
    pub fn as_now(&self, text: &str) -> String {
        let noted = self.noted(text);
        self.righted(&noted).unwrap_or(noted)
    }

    /// The same of what it asks of people.
    pub fn action_as_now(&self, action: &str) -> String {
        let noted = self.noted_action(action);
        self.righted_action(&noted).unwrap_or(noted)
    }

    fn noted(&self, text: &str) -> String {
        let line = |line: &str| match self.is_near(line) {
            true => format!("{}{line}", self.w.amended_line),
            false => line.to_owned(),
        };
        text.split('\n').map(line).collect::<Vec<_>>().join("\n")
    }

    /// The note stands before the sentence, and behind what says where it was lifted.
    fn noted_action(&self, action: &str) -> String {
        let sentence = |sentence: &str| {
            let (head, asked) = match sentence.split_once('：') {
                Some((head, asked)) if !self.is_near_in_action(head) => {
                    (&sentence[..head.len() + '：'.len_utf8()], asked)
                }
                _ => ("", sentence),
            };
            match self.is_near_in_action(asked) {
                true => format!("{head}{}{asked}", self.w.amended_line),
                false => sentence.to_owned(),
            }
        };
        sentences(action).into_iter().map(sentence).collect()
    }

    /// `text` as it reads with the right words, as far as the wrong ones stand there once.
    pub fn righted(&self, text: &str) -> Option<String> {
        righted_in(text, self.parts.iter().filter(|part| part.is_in_text))
    }

    /// The same of what it asks of people.
    pub fn righted_action(&self, action: &str) -> Option<String> {
        righted_in(action, self.parts.iter().filter(|part| part.is_in_action))
    }

    /// `text` with the passages marked in words, for whoever cannot see a mark.
    pub fn spoken(&self, text: &str, w: &Portal) -> String {
        self.mark(text)
            .map_or_else(|| text.to_owned(), |pieces| spoken(&pieces, w))
    }

    /// What its language is declared as, on a page in another one.
    pub fn lang(&self, f: &Frame<'_>) -> Option<&'static str> {
        let is_chinese = self.parts.iter().any(|part| !part.wrong.is_ascii());
        (is_chinese && !f.is_chinese()).then_some("zh-CN")
    }
}

/// `text`, of which `noted` is the same with notes, with the passages of `parts` marked.
fn marked_in<'p>(
    text: &str,
    noted: String,
    parts: impl Iterator<Item = &'p Part>,
) -> Option<Pieces> {
    let mut is_marked = noted != text;
    let mut pieces = vec![Piece::Same(noted)];
    for part in parts {
        let of = |piece: Piece| match piece {
            Piece::Same(text) => match mended(&text, &part.wrong, &part.right) {
                Some(marked) => (true, marked),
                None => (false, vec![Piece::Same(text)]),
            },
            other => (false, vec![other]),
        };
        let marked: Vec<(bool, Pieces)> = pieces.into_iter().map(of).collect();
        is_marked |= marked.iter().any(|(is_marked, _)| *is_marked);
        pieces = marked.into_iter().flat_map(|(_, pieces)| pieces).collect();
    }
    is_marked.then_some(pieces)
}

fn righted_in<'p>(text: &str, parts: impl Iterator<Item = &'p Part>) -> Option<String> {
    parts.fold(None, |righted: Option<String>, part| {
        let now = righted.as_deref().unwrap_or(text);
        match taken_apart(now, &part.wrong) {
            Some([before, _, behind]) => Some(format!("{before}{}{behind}", part.right)),
            None => righted,
        }
    })
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

/// What the corrections of `entry` say of it together, each in `language` if it was given so.
pub fn passages(shelf: &Shelf, entry: &PortalEntry, language: Language) -> Vec<Passage> {
    // An English page may show the Chinese text.
    let language = match english_text(entry) {
        Some(_) => language,
        None => Language::ZhCn,
    };
    let corrections = shelf.corrections(entry).into_iter();
    Passage::together(corrections.filter_map(|by| {
        let passage = by.corrects.as_ref()?.passage.as_ref()?;
        Some(passage.in_language(language).clone())
    }))
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
