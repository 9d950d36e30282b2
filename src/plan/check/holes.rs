//! Texts that are not finished: marks that look like a fact and are none, words left for later, calls to everybody.
//!
//! A template is read as its author sees it, in the file, so that every complaint has the author's line and column.

use std::collections::BTreeMap;

use serde_json::Value;

use super::World;
use super::templates::place;
use crate::domain::mention;
use crate::domain::nearest::closest;
use crate::domain::phrase::phrase;
use crate::domain::plan::EventType;
use crate::domain::unfinished::{Hole, Sort, holes};
use crate::plan::diagnostic::{Place, Report};
use crate::plan::inherit::Leveled;
use crate::plan::source::Source;
use crate::plan::words::short;
use crate::plan::yaml::join;
use crate::render::names::known_paths;

/// Stands for a template's tag while its text is searched: a private-use letter, which is neither a sign nor a gap.
const TAG: char = '\u{f8ff}';
/// Keys whose values people read.
#[rustfmt::skip]
const SPOKEN: [&str; 15] = [
    "title", "title-en", "name", "name-en", "label", "label-en", "unit", "unit-en", "choices", "hotline",
    "document-prefix", "signature", "from-name", "document", "article",
];

/// The names that a template of one event type may use, by the words that may stand for each.
struct Known {
    names: BTreeMap<String, String>,
    paths: Vec<String>,
}

impl Known {
    fn of(event: Option<&EventType>) -> Self {
        let mut names = BTreeMap::new();
        let paths = event.map_or(Vec::new(), |event| known_paths(event).all());
        for path in &paths {
            names.insert(path.clone(), path.clone());
        }
        for fact in event.map_or(&[][..], |event| &event.facts) {
            for column in &fact.columns {
                let name = format!("this.{}", column.column);
                names.insert(column.column.clone(), name.clone());
                names.insert(name.clone(), name);
            }
        }
        // A label counts after every code.
        for fact in event.map_or(&[][..], |event| &event.facts) {
            for label in [Some(&fact.label), fact.label_en.as_ref()]
                .into_iter()
                .flatten()
            {
                names
                    .entry(label.clone())
                    .or_insert_with(|| fact.fact.clone());
            }
        }
        Self { names, paths }
    }

    /// The name that is written for `word`, which may be it or its label.
    fn name_of(&self, word: &str) -> Option<&str> {
        self.names.get(word.trim()).map(String::as_str)
    }

    fn nearest(&self, word: &str) -> Option<&str> {
        let paths: Vec<&str> = self.paths.iter().map(String::as_str).collect();
        closest(word, &paths)
    }
}

/// The templates of one plan.
pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    let event = crate::plan::resolve::event(world, &plan.folder.plan.spec().event);
    let known = Known::of(event.as_ref());
    for (name, file) in &plan.folder.templates {
        let text = without_tags(&file.text);
        for hole in holes(&text, &|word| known.name_of(word).is_some()) {
            let (line, column) = position(&text, hole.at);
            say(
                &hole,
                place(plan.folder, name, line, column),
                Some(&known),
                report,
            );
        }
        if let Some((at, words)) = mention::first(&text) {
            let (line, column) = position(&text, at);
            everybody(&words, place(plan.folder, name, line, column), report);
        }
    }
    fields(&plan.folder.plan.source, report);
}

/// The words of the files that all plans share.
pub fn check_files(world: &World<'_>, report: &mut Report) {
    let files = world.files;
    let sources = [
        files.bodies.as_ref().map(|file| &file.source),
        files.events.as_ref().map(|file| &file.source),
        files.rules.as_ref().map(|file| &file.source),
    ];
    for source in sources.into_iter().flatten() {
        fields(source, report);
    }
    for channel in &files.channels {
        fields(&channel.source, report);
    }
}

fn fields(source: &Source, report: &mut Report) {
    walk(
        source.value(),
        String::new(),
        false,
        &mut |pointer, text| {
            for hole in holes(text, &|_| false) {
                say(&hole, source.at(pointer), None, report);
            }
            if let Some((_, words)) = mention::first(text) {
                everybody(&words, source.at(pointer), report);
            }
        },
    );
}

fn walk(value: &Value, pointer: String, is_spoken: bool, see: &mut dyn FnMut(&str, &str)) {
    match value {
        Value::String(text) if is_spoken => see(&pointer, text),
        Value::Array(all) => {
            for (index, one) in all.iter().enumerate() {
                walk(one, format!("{pointer}/{index}"), is_spoken, see);
            }
        }
        Value::Object(map) => {
            for (key, one) in map {
                walk(
                    one,
                    join(&pointer, key),
                    SPOKEN.contains(&key.as_str()),
                    see,
                );
            }
        }
        _ => {}
    }
}

fn say(hole: &Hole, at: Place, known: Option<&Known>, report: &mut Report) {
    let shown = short(&hole.text);
    match hole.sort {
        Sort::Placeholder => {
            let name = hole.name.as_deref();
            let written = name.and_then(|name| known?.name_of(name));
            let near = name.and_then(|name| known?.nearest(name));
            let help = match (written, near, name) {
                (Some(name), ..) => {
                    phrase!("check.holes.write-name", name)
                }
                (None, Some(near), _) => phrase!("check.holes.write-near", near),
                (None, None, Some(_)) if known.is_some() => {
                    phrase!("check.holes.write-fact", fact = "fact")
                }
                _ => phrase!("check.holes.take-out"),
            };
            report
                .error(
                    "placeholder-look-alike",
                    at,
                    phrase!("check.holes.look-alike", shown),
                )
                .help(help);
        }
        Sort::Later => report
            .error("left-for-later", at, phrase!("check.holes.left", shown))
            .help(phrase!("check.holes.left-help", fact = "fact")),
        Sort::Doubtful => report
            .warning(
                "perhaps-unfinished",
                at,
                phrase!("check.holes.doubtful", shown),
            )
            .help(phrase!("check.holes.doubtful-help", fact = "fact")),
    }
}

fn everybody(words: &str, at: Place, report: &mut Report) {
    report
        .warning(
            "mentions-everybody",
            at,
            phrase!("check.holes.everybody", words = short(words)),
        )
        .help(phrase!("check.holes.everybody-help"));
}

/// The file with every tag and every comment of its head replaced by as many other characters, line by line as it was.
fn without_tags(source: &str) -> String {
    let source = source.replace("\r\n", "\n");
    let mut out = String::with_capacity(source.len());
    let mut rest = source.as_str();
    let fill = |text: &str, out: &mut String| {
        out.extend(text.chars().map(|c| if c == '\n' { '\n' } else { TAG }));
    };
    while let Some(open) = rest.find("{{") {
        out.push_str(&rest[..open]);
        let tag = &rest[open..];
        let end = if tag.starts_with("{{!--") {
            "--}}"
        } else {
            "}}"
        };
        // A tag ends before the next begins; one that does not is no tag, and looks like one.
        // A backslash in front makes it words.
        let is_escaped = out.ends_with('\\');
        let close = tag[2..].find(end).map(|at| at + 2 + end.len());
        let next = tag[2..].find("{{").map(|at| at + 2);
        let Some(mut close) = close
            .filter(|_| !is_escaped)
            .filter(|close| end == "--}}" || next.is_none_or(|next| next >= *close || next == 2))
        else {
            out.push_str("{{");
            rest = &tag[2..];
            continue;
        };
        close += usize::from(tag.starts_with("{{{") && tag[close..].starts_with('}'));
        fill(&tag[..close], &mut out);
        rest = &tag[close..];
    }
    out.push_str(rest);
    blank_comments(&out)
}

fn blank_comments(text: &str) -> String {
    let mut in_head = text.starts_with("---\n");
    let mut out = String::with_capacity(text.len());
    for (n, line) in text.split_inclusive('\n').enumerate() {
        in_head &= n == 0 || line.trim_end() != "---";
        if in_head && line.trim_start().starts_with('#') {
            out.extend(line.chars().map(|c| if c == '\n' { '\n' } else { TAG }));
        } else {
            out.push_str(line);
        }
    }
    out
}

/// Line and column, from 1, of a byte.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .map_or(1, |line| line.chars().count() + 1);
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_hidden_and_everything_else_stays_in_its_place() {
        let text =
            "---\n# TODO\ntitle: {{a}}{{#if b}}\n---\n{{!-- TODO {{x}} --}}乙{{{c}}}｛｛d｝｝{{e}";
        let shown = without_tags(text);
        assert_eq!(shown.chars().count(), text.chars().count());
        assert!(
            !shown.contains("TODO") && shown.contains("乙") && shown.contains("｛｛d｝｝{{e}"),
            "{shown}"
        );
        assert_eq!(position("甲\n乙丙", "甲\n乙".len()), (2, 2));
    }
}
