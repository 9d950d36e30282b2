//! What can stand in a part of a text while some names have given values, partials included, and where in the files it stands.
//!
//! Branches that those values rule out are left out; where they decide nothing, both are read. A tag stands as it is
//! written, `{{release.next-update}}`. Must never know what words are looked for.

use super::cited::position;
use super::templates::{Parsed, place};
use crate::plan::diagnostic::Place;
use crate::render::extent::{Extent, outcome};
use crate::render::template::Piece;
use crate::render::tree::{Node, Parsed as Tree, elements, node};

/// Between two branches of a condition: nothing that is looked for goes on over it.
const BRANCH: char = '\u{1f}';
/// Partials that take each other would have no end.
const DEEPEST: usize = 8;

/// The words of a part of a text.
pub(super) struct Standing<'a> {
    parsed: &'a Parsed<'a>,
    text: String,
    runs: Vec<Run<'a>>,
}

/// Words without a tag in them.
struct Run<'a> {
    /// The byte of the whole text at which they begin.
    from: usize,
    template: &'a str,
    at: (usize, usize),
}

/// A way in which a part of a text can end.
pub(super) struct Ending<'a> {
    /// Its last line; nothing when it ends with what a name gives.
    pub words: &'a str,
    pub place: Place,
}

/// A piece of a template, to which places belong.
#[derive(Clone, Copy)]
struct Here<'a> {
    template: &'a str,
    piece: &'a Piece,
}

impl<'a> Standing<'a> {
    /// The words of `piece` of the template `root` that `known` does not rule out.
    pub fn of(
        parsed: &'a Parsed<'a>,
        root: &'a str,
        piece: &'a Piece,
        known: &dyn Fn(&str) -> Extent,
    ) -> Self {
        let mut out = Self {
            parsed,
            text: String::new(),
            runs: Vec::new(),
        };
        let here = Here {
            template: root,
            piece,
        };
        out.read(here, &piece.parsed, (1, 1), known, 0);
        out
    }

    fn read(
        &mut self,
        here: Here<'a>,
        tree: &'a Tree,
        within: (usize, usize),
        known: &dyn Fn(&str) -> Extent,
        depth: usize,
    ) {
        if depth > DEEPEST {
            return;
        }
        for (element, at) in elements(tree, within) {
            let branches = match node(element) {
                Ok(Node::If {
                    condition,
                    then,
                    otherwise,
                }) => match outcome(&condition, known) {
                    Some(true) => [then, None],
                    Some(false) => [None, otherwise],
                    None => [then, otherwise],
                },
                Ok(Node::Each { body, empty, .. }) => [body, empty],
                Ok(Node::Words(words)) => {
                    self.runs.push(Run {
                        from: self.text.len(),
                        template: here.template,
                        at: here.piece.locate(at),
                    });
                    self.text.push_str(words);
                    continue;
                }
                Ok(Node::Print(path)) => {
                    self.text.push_str("{{");
                    self.text.push_str(path);
                    self.text.push_str("}}");
                    continue;
                }
                Ok(Node::Partial(name)) => {
                    if let Some((there, body)) = partial(self.parsed, name) {
                        self.read(there, body, (1, 1), known, depth + 1);
                    }
                    continue;
                }
                Ok(Node::Comment) | Err(_) => continue,
            };
            for (n, branch) in branches.into_iter().flatten().enumerate() {
                if n > 0 {
                    self.text.push(BRANCH);
                }
                self.read(here, branch, at, known, depth + 1);
            }
        }
    }

    /// Where `words` stand in a sentence that holds none of `unless`.
    pub fn find(&self, words: &str, unless: &[String]) -> Vec<Place> {
        let is_end = |c: char| matches!(c, '。' | '！' | '？' | '\n' | BRANCH);
        let said = self.text.match_indices(words).filter(|(at, _)| {
            let (before, rest) = self.text.split_at(*at);
            let begin = before.rfind(is_end).unwrap_or(0);
            let end = rest.find(is_end).map_or(self.text.len(), |end| at + end);
            let sentence = &self.text[begin..end];
            !unless.iter().any(|one| sentence.contains(one.as_str()))
        });
        said.filter_map(|(at, _)| {
            let run = self.runs.iter().rev().find(|run| run.from <= at)?;
            Some(place_of(self.parsed, run.template, run.at, words))
        })
        .collect()
    }
}

/// Every way in which `piece` of the template `root` can end, whatever its conditions.
pub(super) fn endings<'a>(
    parsed: &'a Parsed<'a>,
    root: &'a str,
    piece: &'a Piece,
) -> Vec<Ending<'a>> {
    let mut out = Vec::new();
    let here = Here {
        template: root,
        piece,
    };
    end(parsed, here, &piece.parsed, (1, 1), 0, &mut out);
    out
}

/// Adds the ways in which `tree` can end. Says whether nothing may stand in it, so that what is in front of it is the end.
fn end<'a>(
    parsed: &'a Parsed<'a>,
    here: Here<'a>,
    tree: &'a Tree,
    within: (usize, usize),
    depth: usize,
    out: &mut Vec<Ending<'a>>,
) -> bool {
    if depth > DEEPEST {
        return false;
    }
    let all: Vec<_> = elements(tree, within).collect();
    for (element, at) in all.into_iter().rev() {
        let branches = match node(element) {
            Ok(Node::If {
                then, otherwise, ..
            }) => [then, otherwise],
            Ok(Node::Each { body, empty, .. }) => [body, empty],
            Ok(Node::Words(text)) => {
                let Some(words) = text.trim_end().lines().next_back() else {
                    continue;
                };
                let words = words.trim();
                let at = here.piece.locate(at);
                let place = place_of(parsed, here.template, at, words);
                out.push(Ending { words, place });
                return false;
            }
            Ok(Node::Print(_)) => {
                let (line, column) = here.piece.locate(at);
                let place = place(parsed.folder, here.template, line, column);
                out.push(Ending { words: "", place });
                return false;
            }
            Ok(Node::Partial(name)) => {
                let Some((there, body)) = partial(parsed, name) else {
                    return false;
                };
                let known = out.len();
                let may_be_empty = end(parsed, there, body, (1, 1), depth + 1, out);
                // A partial is taken by many texts, and only this one may end with it.
                let (line, column) = here.piece.locate(at);
                for ending in &mut out[known..] {
                    ending.place = place(parsed.folder, here.template, line, column);
                }
                match may_be_empty {
                    true => continue,
                    false => return false,
                }
            }
            Ok(Node::Comment) | Err(_) => continue,
        };
        let mut may_be_empty = false;
        for branch in branches {
            may_be_empty |= match branch {
                Some(branch) => end(parsed, here, branch, at, depth + 1, out),
                None => true,
            };
        }
        if !may_be_empty {
            return false;
        }
    }
    true
}

fn partial<'a>(parsed: &'a Parsed<'a>, name: &str) -> Option<(Here<'a>, &'a Tree)> {
    let (template, partial) = parsed.templates.get_key_value(name)?;
    let piece = partial.body()?;
    Some((Here { template, piece }, &piece.parsed))
}

/// Where `words` stand in the file of `template`, from `at` on.
fn place_of(parsed: &Parsed<'_>, template: &str, at: (usize, usize), words: &str) -> Place {
    let text = parsed.folder.templates.get(template);
    let found = text.and_then(|file| first_from(&file.text, at, words));
    let (line, column) = found.unwrap_or(at);
    place(parsed.folder, template, line, column)
}

fn first_from(text: &str, (line, column): (usize, usize), words: &str) -> Option<(usize, usize)> {
    let ends = text.match_indices('\n').map(|(end, _)| end + 1);
    let start = std::iter::once(0).chain(ends).nth(line.saturating_sub(1))?;
    let before = text[start..].chars().take(column.saturating_sub(1));
    let from = start + before.map(char::len_utf8).sum::<usize>();
    let found = from + text[from..].find(words)?;
    Some(position(text, found))
}
