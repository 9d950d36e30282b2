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
/// Partials that take each other would have no end, and a few that take many would have a late one.
const DEEPEST: usize = 8;
const MOST: usize = 20_000;

/// The words of a part of a text.
pub(super) struct Standing<'a> {
    parsed: &'a Parsed<'a>,
    text: String,
    runs: Vec<Run<'a>>,
    /// How many elements it may still read.
    left: usize,
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
            left: MOST,
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
            let Some(left) = self.left.checked_sub(1) else {
                return;
            };
            self.left = left;
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
                self.read(here, branch, at, known, depth);
            }
        }
    }

    /// Where `words` stand in a sentence that holds none of `unless`; between two tags the first place says it.
    pub fn find(&self, words: &str, unless: &[String]) -> Vec<Place> {
        let is_end = |c: char| matches!(c, '。' | '！' | '？' | '\n' | BRANCH);
        let said = self.text.match_indices(words).filter(|(at, _)| {
            let (before, rest) = self.text.split_at(*at);
            let begin = before.rfind(is_end).unwrap_or(0);
            let end = rest.find(is_end).map_or(self.text.len(), |end| at + end);
            let sentence = &self.text[begin..end];
            !unless.iter().any(|one| sentence.contains(one.as_str()))
        });
        let mut runs: Vec<usize> = said
            .filter_map(|(at, _)| {
                let behind = self.runs.partition_point(|run| run.from <= at);
                behind.checked_sub(1)
            })
            .collect();
        runs.dedup();
        let runs = runs.into_iter().map(|run| &self.runs[run]);
        runs.map(|run| place_of(self.parsed, run.template, run.at, words))
            .collect()
    }
}

/// Every way in which `piece` of the template `root` can end, whatever its conditions.
pub(super) fn endings<'a>(
    parsed: &'a Parsed<'a>,
    root: &'a str,
    piece: &'a Piece,
) -> Vec<Ending<'a>> {
    let mut ends = Ends {
        parsed,
        found: Vec::new(),
        left: MOST,
    };
    let here = Here {
        template: root,
        piece,
    };
    ends.read(here, &piece.parsed, (1, 1), 0);
    ends.found
}

struct Ends<'a> {
    parsed: &'a Parsed<'a>,
    found: Vec<Ending<'a>>,
    /// How many elements it may still read.
    left: usize,
}

impl<'a> Ends<'a> {
    /// Adds the ways in which `tree` can end. Says whether nothing may stand in it, so that what is in front of it is the end.
    fn read(
        &mut self,
        here: Here<'a>,
        tree: &'a Tree,
        within: (usize, usize),
        depth: usize,
    ) -> bool {
        let parsed = self.parsed;
        let all: Vec<_> = elements(tree, within).collect();
        for (element, at) in all.into_iter().rev() {
            let (line, column) = here.piece.locate(at);
            let Some(left) = self.left.checked_sub(1).filter(|_| depth <= DEEPEST) else {
                return false;
            };
            self.left = left;
            let may_be_empty = match node(element) {
                Ok(Node::If {
                    then, otherwise, ..
                }) => self.branches(here, [then, otherwise], at, depth),
                Ok(Node::Each { body, empty, .. }) => self.branches(here, [body, empty], at, depth),
                Ok(Node::Words(text)) => match text.trim_end().lines().next_back() {
                    Some(words) => {
                        let words = words.trim();
                        let place = place_of(parsed, here.template, (line, column), words);
                        self.found.push(Ending { words, place });
                        false
                    }
                    None => true,
                },
                Ok(Node::Print(_)) => {
                    let place = place(parsed.folder, here.template, line, column);
                    self.found.push(Ending { words: "", place });
                    false
                }
                Ok(Node::Partial(name)) => {
                    let known = self.found.len();
                    let may_be_empty = match partial(parsed, name) {
                        Some((there, body)) => self.read(there, body, (1, 1), depth + 1),
                        None => false,
                    };
                    // A partial is taken by many texts, and only this one may end with it.
                    for ending in &mut self.found[known..] {
                        ending.place = place(parsed.folder, here.template, line, column);
                    }
                    may_be_empty
                }
                Ok(Node::Comment) | Err(_) => true,
            };
            if !may_be_empty {
                return false;
            }
        }
        true
    }

    fn branches(
        &mut self,
        here: Here<'a>,
        branches: [Option<&'a Tree>; 2],
        at: (usize, usize),
        depth: usize,
    ) -> bool {
        let mut may_be_empty = false;
        for branch in branches {
            may_be_empty |= match branch {
                Some(branch) => self.read(here, branch, at, depth),
                None => true,
            };
        }
        may_be_empty
    }
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
