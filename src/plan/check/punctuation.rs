//! Two marks where one stands: 。。 in the words, and marks that meet where a branch or a partial ends.
//!
//! What a fact ends with is its reporter's; only what the templates themselves write is looked at.

use std::collections::BTreeSet;

use super::templates::{Parsed, place};
use crate::domain::phrase::phrase;
use crate::plan::diagnostic::Report;
use crate::render::template::Piece;
use crate::render::tree::{Node, Parsed as Tree, elements, node};

/// Partials that take each other would have no end, and a few that take many would have a late one.
const DEEPEST: usize = 8;
const MOST: usize = 20_000;
const ELLIPSIS: &str = "...";

/// What may stand last in front of a place: a character of the templates, or none of theirs.
type Before = BTreeSet<Option<char>>;

struct Walk<'a> {
    parsed: &'a Parsed<'a>,
    report: &'a mut Report,
    /// How many elements of this part it may still read.
    left: usize,
}

/// The templates of one plan, each from its own beginning.
pub fn check(parsed: &Parsed<'_>, report: &mut Report) {
    let mut walk = Walk {
        parsed,
        report,
        left: 0,
    };
    for (name, template) in &parsed.templates {
        for piece in template.pieces() {
            walk.left = MOST;
            walk.read(name, piece, &piece.parsed, (1, 1), Before::from([None]), 0);
        }
    }
}

impl Walk<'_> {
    /// Reads `tree` behind what stands before it, and says what may stand last then.
    fn read(
        &mut self,
        template: &str,
        piece: &Piece,
        tree: &Tree,
        within: (usize, usize),
        mut before: Before,
        depth: usize,
    ) -> Before {
        if depth > DEEPEST {
            return Before::from([None]);
        }
        for (element, at) in elements(tree, within) {
            let Some(left) = self.left.checked_sub(1) else {
                return before;
            };
            self.left = left;
            before = match node(element) {
                Ok(Node::Words(words)) => self.words(template, piece, at, words, before),
                Ok(Node::Print(_)) => Before::from([None]),
                Ok(Node::Comment) | Err(_) => before,
                Ok(Node::If {
                    then, otherwise, ..
                }) => {
                    let mut after = Before::new();
                    for branch in [then, otherwise] {
                        after.extend(match branch {
                            Some(branch) => {
                                self.read(template, piece, branch, at, before.clone(), depth)
                            }
                            None => before.clone(),
                        });
                    }
                    after
                }
                Ok(Node::Each { body, empty, .. }) => {
                    let mut after = before.clone();
                    if let Some(empty) = empty {
                        let empty = self.read(template, piece, empty, at, before.clone(), depth);
                        after.extend(empty);
                    }
                    // One row stands behind another.
                    for _ in 0..2 {
                        if let Some(body) = body {
                            let row = self.read(template, piece, body, at, after.clone(), depth);
                            after.extend(row);
                        }
                    }
                    after
                }
                Ok(Node::Partial(name)) => {
                    let parsed = self.parsed;
                    let found = parsed.templates.get_key_value(name);
                    match found.and_then(|(name, partial)| Some((*name, partial.body()?))) {
                        Some((name, body)) => {
                            self.read(name, body, &body.parsed, (1, 1), before, depth + 1)
                        }
                        None => Before::from([None]),
                    }
                }
            };
        }
        before
    }

    fn words(
        &mut self,
        template: &str,
        piece: &Piece,
        (mut line, mut column): (usize, usize),
        text: &str,
        before: Before,
    ) -> Before {
        let words = text.trim_start();
        // The parser's place is that of the first word, not of the gap in front of it.
        let mut is_first = !text[..text.len() - words.len()].contains('\n');
        let mut last: Option<char> = None;
        for sign in words.replace(ELLIPSIS, "…").chars() {
            match sign {
                '\n' => {
                    (is_first, last) = (false, None);
                    (line, column) = (line + 1, 1);
                    continue;
                }
                ' ' => {}
                _ => {
                    let is_met = |one: &char| clash(*one, sign);
                    let met = match is_first {
                        true => before.iter().flatten().copied().find(is_met),
                        false => last.filter(is_met),
                    };
                    if let Some(first) = met {
                        let marks = format!("{first}{sign}");
                        let at = piece.locate((line, column));
                        self.report
                            .warning(
                                "doubled-punctuation",
                                place(self.parsed.folder, template, at.0, at.1),
                                phrase!("check.punctuation.doubled", marks),
                            )
                            .help(phrase!("check.punctuation.doubled-help"));
                    }
                    (is_first, last) = (false, Some(sign));
                }
            }
            column += 1;
        }
        match is_first {
            true => before,
            false => Before::from([last]),
        }
    }
}

/// Whether two marks cannot stand one behind the other. An abbreviation ends with a stop of its own, so a comma may follow one.
fn clash(first: char, second: char) -> bool {
    let is_mark = |c: char| matches!(c, '。' | '，' | '、' | '；' | '：');
    let is_strong = |c: char| matches!(c, '！' | '？');
    match second {
        '.' => matches!(first, '.' | ',' | ';' | ':'),
        ',' => matches!(first, ',' | ';'),
        _ if is_mark(second) => is_mark(first) || is_strong(first),
        _ => is_strong(second) && is_mark(first),
    }
}

#[cfg(test)]
mod tests {
    use super::clash;

    #[test]
    fn marks_that_follow_each_other() {
        for pair in ["。。", "，。", "。，", "！。", "：。", "..", ",."] {
            let mut signs = pair.chars();
            let (first, second) = (signs.next().unwrap(), signs.next().unwrap());
            assert!(clash(first, second), "{pair}");
        }
        for pair in ["。“", "？！", "）。", ".,", "…。", "。1"] {
            let mut signs = pair.chars();
            let (first, second) = (signs.next().unwrap(), signs.next().unwrap());
            assert!(!clash(first, second), "{pair}");
        }
    }
}
