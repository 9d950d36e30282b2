//! The lines of a text as a sheet may show them, and those that it shows.

use super::measure::length;
use super::sheet::Sheet;
use crate::web::portal::frame::Frame;
use crate::web::portal::named::sentences;
use crate::web::portal::page::mended::{Mend, Pieces, gloss};
use crate::web::portal::wording::Piece;

/// In what a text is taken apart, so that more of it has room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    Paragraphs,
    /// A long paragraph gives what it has room for by sentences.
    Sentences,
    /// English names stand without the Chinese ones behind them.
    WithoutGlosses,
}

/// The lines of `text` with their marks.
pub fn lines_of(mend: Option<&Mend>, text: &str, take: Take) -> Vec<Pieces> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let parts = lines.flat_map(|line| match take {
        Take::Paragraphs => vec![marked(mend, line)],
        Take::Sentences | Take::WithoutGlosses => by_sentence(mend, line),
    });
    match take {
        Take::WithoutGlosses => parts.map(without_glosses).collect(),
        Take::Paragraphs | Take::Sentences => parts.collect(),
    }
}

/// A long line in its sentences, each with its own marks; whole where a mark would be lost.
fn by_sentence(mend: Option<&Mend>, line: &str) -> Vec<Pieces> {
    /// A line of so many characters is no paragraph.
    const LONG: f64 = 90.0;
    let whole = marked(mend, line);
    if length(line) <= LONG {
        return vec![whole];
    }
    let parts = sentences(line).into_iter();
    let parts: Vec<Pieces> = parts.map(|one| marked(mend, one.trim_end())).collect();
    let marks = |pieces: &Pieces| {
        let is_mark = |piece: &&Piece| !matches!(piece, Piece::Same(_));
        pieces.iter().filter(is_mark).count()
    };
    let is_kept = parts.iter().map(marks).sum::<usize>() == marks(&whole);
    let is_noted = |part: &str| mend.is_some_and(|mend| mend.is_near(part));
    let is_noted_still = !is_noted(line) || sentences(line).into_iter().any(is_noted);
    match is_kept && is_noted_still {
        true => parts,
        false => vec![whole],
    }
}

fn marked(mend: Option<&Mend>, text: &str) -> Pieces {
    let marked = mend.and_then(|mend| mend.mark(text));
    marked.unwrap_or_else(|| vec![Piece::Same(text.to_owned())])
}

fn without_glosses(pieces: Pieces) -> Pieces {
    let of = |piece| match piece {
        Piece::Same(text) => Piece::Same(bare(&text)),
        Piece::Ours(text) => Piece::Ours(bare(&text)),
        Piece::Theirs(text) => Piece::Theirs(bare(&text)),
    };
    pieces.into_iter().map(of).collect()
}

/// `text` without the Chinese names in brackets behind English ones.
fn bare(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, _)) = rest.split_once(" (") {
        out.push_str(before);
        let behind = &rest[before.len()..];
        let is_name = before.ends_with(|c: char| c.is_ascii_alphanumeric());
        let long = gloss(behind).filter(|_| is_name).unwrap_or(0);
        if long == 0 {
            out.push_str(" (");
            rest = &behind[2..];
        } else {
            rest = &behind[long..];
        }
    }
    out + rest
}

/// What says that there is more, and how many places to go to are not on the sheet.
pub fn rest(f: &Frame, shelters: usize) -> String {
    match shelters {
        0 => f.w.poster_rest.clone(),
        count => f.fill(&f.w.poster_rest_shelters, &[("count", &count.to_string())]),
    }
}

/// The lines of `body` that the sheet has room for; the last one says that there is more.
pub fn picked(body: &[Pieces], sheet: &Sheet, rest: &str) -> Vec<Pieces> {
    let mut out: Vec<Pieces> = Vec::new();
    for line in &sheet.picked.lines {
        let mut pieces = body.get(line.at).cloned().unwrap_or_default();
        if line.is_behind_gap {
            pieces.insert(0, Piece::Same("…… ".to_owned()));
        }
        out.push(pieces);
    }
    if sheet.picked.is_cut {
        let rest = Piece::Same(rest.to_owned());
        match out.last_mut() {
            Some(last) => last.push(rest),
            None => out.push(vec![rest]),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_chinese_names_behind_english_ones_are_left_out() {
        assert_eq!(
            bare("1. Yanjiang (沿江村): go to No. 1 School (第一中学), room for 800 (as of 3 Jul)"),
            "1. Yanjiang: go to No. 1 School, room for 800 (as of 3 Jul)"
        );
        assert_eq!(bare("加固堤防 (市水务局)"), "加固堤防 (市水务局)");
    }

    #[test]
    fn a_long_line_is_taken_apart_between_sentences_only() {
        let line = format!(
            "1. {} go to No. 2 School. Take papers.",
            "Leave by the bridge; ".repeat(12)
        );
        let parts = lines_of(None, &line, Take::Sentences);
        let said: Vec<&str> = parts
            .iter()
            .map(|part| match &part[0] {
                Piece::Same(text) => text.as_str(),
                _ => "",
            })
            .collect();
        assert_eq!(said.first(), Some(&"1. Leave by the bridge;"), "{said:?}");
        assert!(said.contains(&"go to No. 2 School."), "{said:?}");
        assert_eq!(said.last(), Some(&"Take papers."));
    }
}
