//! A text that was corrected, with the wrong passage marked in place and the right one beside it.
//!
//! A correction carries no corrected text: it names a passage and what it should be, both in its own signed words. So that
//! is all that is marked, and what it does not name is shown as it was, for it still holds. A passage that stands in the text, with
//! its title, never or more than once is set beside the right one, both in full, since nobody may guess where it belongs; the lines
//! that have most in common with it say that they were corrected. What the text asks of people repeats the text, so a passage that
//! stands once there is marked there, wherever else it stands.

use std::collections::HashSet;

use crate::domain::blocks::Block;
use crate::domain::bulletin::Language;
use crate::domain::portal::{Passage, PortalEntry};
use crate::web::portal::frame::{Frame, body_text, english_text};
use crate::web::portal::heard::is_said;
use crate::web::portal::named::sentences;
use crate::web::portal::righted::numbers;
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

/// What the corrections of a text say of it.
pub struct Mend {
    parts: Vec<Part>,
    w: &'static Portal,
}

/// A passage that was corrected, and whether the text has the place that it speaks of.
struct Part {
    wrong: String,
    right: String,
    /// It stands once in the text with its title, and once in the action: there it is marked.
    is_in_text: bool,
    is_in_action: bool,
    /// All places that it stands in are marked.
    is_in_place: bool,
    /// So many pairs of words a line shares with the wrong passage that is not in place.
    least: usize,
    /// The page has its own words, and the correction has none in that language.
    is_foreign: bool,
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
        let in_text = [title.as_str(), &body];
        let is_english = language == Language::En && english_text(entry).is_some();
        let parts = passages.iter().map(|passage| {
            let (wrong, right) = words(passage);
            let lines = action.lines().chain(body.lines());
            let most = lines.map(|line| shared(wrong, line)).max().unwrap_or(0);
            let (of_text, of_action) = (count(wrong, &in_text), count(wrong, &[&action]));
            Part {
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
        });
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

impl Part {
    fn is_near(&self, line: &str) -> bool {
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
            return shared(&self.wrong, line) >= self.least;
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
    let pairs = |text: &str| -> HashSet<(u64, u64)> {
        let wording = Wording::new(text);
        let pairs = wording.keys().windows(2).map(|pair| (pair[0], pair[1]));
        pairs.collect()
    };
    pairs(one).intersection(&pairs(other)).count()
}

/// Whether there is a Chinese character in `text`.
pub fn has_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// How often `wrong` stands in `parts`: where it stands twice, one place may be right.
fn count(wrong: &str, parts: &[&str]) -> usize {
    let wrong = Wording::new(wrong);
    let places = |part: &&str| Wording::new(part).places(&wrong).count();
    match wrong.keys().is_empty() {
        true => 0,
        false => parts.iter().map(places).sum(),
    }
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
fn gloss(behind: &str) -> Option<usize> {
    let name = behind.trim_start_matches(' ').strip_prefix('(')?;
    let (name, rest) = name.split_once(')')?;
    let is_name = has_chinese(name) && !name.contains(|c: char| c.is_ascii_alphabetic());
    is_name.then(|| behind.len() - rest.len())
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
