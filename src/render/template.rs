//! A template file, parsed: its head fields and body, every name that it uses and where, every partial it takes.
//!
//! Says nothing of which names exist; `names` does.

use crate::domain::phrase::{Phrase, phrase};
use handlebars::TemplateErrorReason;
use handlebars::template::{Template as Parsed, TemplateElement};

use super::head::{self, Field, Origin};
use super::uses::{PartialUse, Step, Use, walk};

/// The longest template file, in bytes.
const MAX_SOURCE: usize = 64 * 1024;
/// How many blocks and brackets one text may have. The parser recurses into them; its stack is finite.
const MAX_BLOCKS: usize = 100;
const MAX_BRACKETS: usize = 100;

/// What is wrong with a template, and where in its file. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct TemplateFault {
    pub line: usize,
    pub column: usize,
    pub message: Phrase,
}

impl TemplateFault {
    pub fn new((line, column): (usize, usize), message: Phrase) -> Self {
        Self {
            line,
            column,
            message,
        }
    }
}

/// A head field or the body.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    pub field: Field,
    pub parsed: Parsed,
    origin: Origin,
}

impl Piece {
    pub fn locate(&self, place: (usize, usize)) -> (usize, usize) {
        self.origin.locate(place)
    }

    /// Every word that stands in it as it is, in whatever branch, partials not included.
    pub fn fixed_words(&self) -> String {
        let mut out = String::new();
        fixed(&self.parsed, &mut out);
        out
    }
}

fn fixed(parsed: &Parsed, out: &mut String) {
    for element in &parsed.elements {
        match element {
            TemplateElement::RawString(text) => out.push_str(text),
            TemplateElement::HelperBlock(block) => {
                let branches = [&block.template, &block.inverse];
                branches.into_iter().flatten().for_each(|b| fixed(b, out));
            }
            _ => {}
        }
        out.push(' ');
    }
}

/// A template file.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    pub name: String,
    /// In the order of the file; the body is last.
    pieces: Vec<Piece>,
}

impl Template {
    /// Reads the template `name` (its file name without `.hbs`) from its text.
    ///
    /// # Errors
    /// Everything that is wrong with its form. Unknown names are not found here; see [`super::names::Names`].
    pub fn parse(name: &str, source: &str) -> Result<Self, Vec<TemplateFault>> {
        if source.len() > MAX_SOURCE {
            let what = phrase!(
                "template.too-large",
                bytes = source.len(),
                most = MAX_SOURCE
            );
            return Err(vec![TemplateFault::new((1, 1), what)]);
        }
        let source = source.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let (head, body, body_line) = head::split(&source).map_err(|fault| vec![fault])?;
        let mut parts = match head {
            Some(head) => head::read(head)?,
            None => Vec::new(),
        };
        let body_origin = Origin {
            line: body_line,
            column: 1,
            indent: 0,
        };
        parts.push((Field::Body, body.to_owned(), body_origin));

        let mut faults = Vec::new();
        let mut pieces = Vec::new();
        for (field, text, origin) in parts {
            match parse_piece(field, &text, origin) {
                Ok(piece) => pieces.push(piece),
                Err(fault) => faults.push(fault),
            }
        }
        let template = Self {
            name: name.to_owned(),
            pieces,
        };
        template.walk(&mut |step| {
            if let Step::Fault(fault) = step {
                faults.push(fault);
            }
        });
        if faults.is_empty() {
            Ok(template)
        } else {
            Err(faults)
        }
    }

    /// Whether it has a head and so can be the template of an item; partials have none.
    pub fn has_head(&self) -> bool {
        self.pieces.len() > 1
    }

    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    pub fn body(&self) -> Option<&Piece> {
        self.pieces.iter().find(|piece| piece.field == Field::Body)
    }

    /// Every name in expressions, conditions and loops, in the order of the file, partials not included.
    pub fn uses(&self) -> Vec<Use> {
        let mut out = Vec::new();
        self.walk(&mut |step| {
            if let Step::Use(found) = step {
                out.push(found);
            }
        });
        out
    }

    /// Every partial it takes, in the order of the file.
    pub fn partials(&self) -> Vec<PartialUse> {
        let mut out = Vec::new();
        self.walk(&mut |step| {
            if let Step::Partial(found) = step {
                out.push(found);
            }
        });
        out
    }

    fn walk(&self, see: &mut dyn FnMut(Step)) {
        for piece in &self.pieces {
            walk(piece, see);
        }
    }
}

fn parse_piece(field: Field, text: &str, origin: Origin) -> Result<Piece, TemplateFault> {
    let fault = |place, message: Phrase| TemplateFault::new(origin.locate(place), message);
    check_nesting(text).map_err(|(place, what)| fault(place, what))?;
    // The parser unwraps in many places; should one of them be wrong, a plan file must still not stop the program.
    let parsed = std::panic::catch_unwind(|| Parsed::compile(text))
        .map_err(|_| fault((1, 1), phrase!("template.gave-up", field = field.name())))?
        .map_err(|e| {
            let message = match e.reason() {
                TemplateErrorReason::MismatchingClosedHelper(open, close) => {
                    phrase!("template.closed-by", open, close)
                }
                other @ TemplateErrorReason::InvalidSyntax(_) => {
                    phrase!("template.syntax", error = other.to_string())
                }
                other => phrase!("template.parser", error = other.to_string()),
            };
            fault(e.pos().unwrap_or((1, 1)), message)
        })?;
    Ok(Piece {
        field,
        parsed,
        origin,
    })
}

/// Refuses, before the recursive parser sees it, what could nest too deeply. It counts and does not match: no quoting
/// trick gets past a count.
fn check_nesting(text: &str) -> Result<(), ((usize, usize), Phrase)> {
    let blocks = |rest: &str| {
        rest.trim_start_matches(['~', ' ', '\t', '\n'])
            .starts_with(['#', '^'])
    };
    let too_many = [
        (
            phrase!("template.blocks"),
            text.split("{{").filter(|rest| blocks(rest)).count(),
            MAX_BLOCKS,
        ),
        (
            phrase!("template.round-brackets"),
            text.matches('(').count(),
            MAX_BRACKETS,
        ),
        (
            phrase!("template.square-brackets"),
            text.matches('[').count(),
            MAX_BRACKETS,
        ),
        (
            phrase!("template.braces"),
            text.replace("{{", "").matches('{').count(),
            MAX_BRACKETS,
        ),
    ]
    .into_iter()
    .find(|(_, count, most)| count > most);
    match too_many {
        Some((what, count, most)) => Err(((1, 1), phrase!("template.too-many", count, what, most))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::names::Role;
    use super::*;

    fn faults(source: &str) -> Vec<String> {
        let faults = Template::parse("notice", source).err().unwrap_or_default();
        faults.iter().map(TemplateFault::to_string).collect()
    }

    #[test]
    fn every_name_is_found_with_its_place_and_its_guards() {
        let source = "---\ntitle: \"关于{{incident.level}}的通告\"\ntext-en: |\n  One\n  two {{rainfall}}\n---\n\
            {{#if rainfall}}\n雨量{{rainfall.value}}{{else if (eq colour \"红色\")}}{{colour}}\n{{/if}}\n\
            {{#unless a}}{{b}}{{else}}{{a}}{{/unless}}{{#each shelters}}{{this.name}}{{/each}}";
        let template = Template::parse("notice", source).unwrap();
        let seen: Vec<_> = template
            .uses()
            .into_iter()
            .map(|used| {
                (
                    used.path,
                    used.line,
                    used.column,
                    used.role,
                    used.guards.join(" "),
                )
            })
            .collect();
        let expected = [
            ("incident.level", 2, 11, Role::Print, ""),
            ("rainfall", 5, 7, Role::Print, ""),
            ("rainfall", 7, 1, Role::Test, ""),
            ("rainfall.value", 8, 3, Role::Print, "rainfall"),
            ("colour", 7, 1, Role::Test, ""),
            ("colour", 8, 49, Role::Print, "colour"),
            ("a", 10, 1, Role::Test, ""),
            ("b", 10, 14, Role::Print, ""),
            ("a", 10, 27, Role::Print, "a"),
            ("shelters", 10, 43, Role::Loop, ""),
            ("this.name", 10, 61, Role::Print, "shelters"),
        ];
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(path, line, column, role, guards)| {
                (path.to_owned(), line, column, role, guards.to_owned())
            })
            .collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn heads_say_what_is_wrong_and_where() {
        assert_eq!(
            faults("---\ntitle: 甲\ncolour: 红\naction: {{a}}\n---\n"),
            [
                "line 3, column 1: the head has no field \"colour\"; it may have title, title-en, action, action-en, sms, sms-en, text-en",
                "line 4, column 1: action must be text; put a text that begins with {{ or [ between quotes",
            ]
        );
        assert_eq!(
            faults("---\naction: 甲\n---\n"),
            ["line 1, column 1: the head has no title"]
        );
        assert!(faults("---\ntitle: 甲\n")[0].contains("never ends"));
        assert!(faults("---\ntitle: \"甲\n---\n")[0].contains("the head is not YAML"));
        assert!(!Template::parse("part", "只有正文").unwrap().has_head());
    }

    #[test]
    fn what_templates_may_not_use_is_named() {
        for (source, word) in [
            ("{{{rainfall}}}", "never HTML"),
            ("{{&rainfall}}", "never HTML"),
            ("{{#*inline \"x\"}}y{{/inline}}", "inline partials"),
            ("{{#> layout}}y{{/layout}}", "partials with a block"),
            ("{{> part x=1}}", "takes no arguments"),
            ("{{> (lookup a 'x')}}", "named by the file name"),
            ("{{lookup a b}}", "no helper lookup"),
            ("{{log a}}", "no helper log"),
            ("{{#with a}}{{b}}{{/with}}", "#with"),
            ("{{#if (gt a 3)}}{{/if}}", "not a condition"),
            ("{{#if true}}{{/if}}", "constant"),
            ("{{#each a as |b|}}{{b}}{{/each}}", "nothing else"),
            ("{{#each a}}{{#each b}}{{/each}}{{/each}}", "inside #each"),
            ("{{#each a}}{{../b}}{{/each}}", "reached by itself"),
            ("{{Rainfall}}", "not a name"),
            ("{{{{raw}}}}x{{{{/raw}}}}", "#raw"),
            ("{{#if a}}x", "invalid handlebars syntax"),
            ("{{#if a}}x{{/each}}", "closed by"),
        ] {
            let said = faults(source).join("\n");
            assert!(said.contains(word), "{source}: {said}");
        }
    }

    #[test]
    fn depth_that_would_break_the_parser_is_refused_before_it() {
        let deep = format!(
            "{{{{#if {}a{}}}}}x{{{{/if}}}}",
            "(not ".repeat(5000),
            ")".repeat(5000)
        );
        assert!(faults(&deep)[0].contains("round brackets"));
        let quoted = format!(
            "{{{{#if {}a{}}}}}x{{{{/if}}}}",
            "(eq \")}}\" ".repeat(5000),
            ")".repeat(5000)
        );
        assert!(faults(&quoted)[0].contains("round brackets"));
        assert!(faults(&"{{#if a}}".repeat(5000))[0].contains("blocks"));
        assert!(faults(&"长".repeat(40_000))[0].contains("bytes"));
    }

    proptest! {
        #[test]
        fn no_source_stops_the_program(pieces in prop::collection::vec(prop::sample::select(vec![
            "---\n", "title: a\n", "{{", "}}", "{{{", "}}}", "{{{{", "}}}}", "#if ", "/if", "#each a", "/each", "else", "^", "~",
            "(", ")", "a", ".", "@number", "\"", "'", "[", "]", "!--", "--", "\\", " ", "\n", "> p", "#>", "*", "as |x|", "雨", "=", "1",
        ]), 0..24)) {
            let _ = Template::parse("any", &pieces.concat());
        }
    }
}
