//! Where a template uses which names and partials, and what it uses that it may not.

use crate::domain::phrase::phrase;
use handlebars::template::Template as Parsed;

use super::head::Field;
use super::names::Role;
use super::template::{Piece, TemplateFault};
use super::tree::{self, Node};

/// A name as a template uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// As written: `rainfall`, `rainfall.as-of`, `this.name`, `incident.level`, `@number`.
    pub path: String,
    pub line: usize,
    pub column: usize,
    pub field: Field,
    /// The list whose `#each` it stands in.
    pub each: Option<String>,
    /// Paths that surely have a value here, because an enclosing condition or loop says so.
    pub guards: Vec<String>,
    pub role: Role,
}

/// A `{{> name}}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartialUse {
    pub name: String,
    pub line: usize,
    pub column: usize,
    pub field: Field,
    pub each: Option<String>,
    pub guards: Vec<String>,
}

/// What a walk comes by, in the order of the file.
pub enum Step {
    Use(Use),
    Partial(PartialUse),
    Fault(TemplateFault),
}

#[derive(Clone)]
struct Scope<'t> {
    piece: &'t Piece,
    each: Option<&'t str>,
    guards: Vec<&'t str>,
}

impl<'t> Scope<'t> {
    fn with_guards(&self, more: Vec<&'t str>) -> Self {
        let mut inner = self.clone();
        inner.guards.extend(more);
        inner
    }

    fn guards(&self) -> Vec<String> {
        self.guards.iter().map(|path| (*path).to_owned()).collect()
    }

    fn used(&self, path: &str, (line, column): (usize, usize), role: Role) -> Step {
        Step::Use(Use {
            path: path.to_owned(),
            line,
            column,
            field: self.piece.field,
            each: self.each.map(str::to_owned),
            guards: self.guards(),
            role,
        })
    }
}

/// Shows `see` everything in `piece` that is not plain text. Partials are named and not entered.
pub fn walk(piece: &Piece, see: &mut dyn FnMut(Step)) {
    let scope = Scope {
        piece,
        each: None,
        guards: Vec::new(),
    };
    descend(&piece.parsed, (1, 1), &scope, see);
}

fn descend<'t>(
    parsed: &'t Parsed,
    within: (usize, usize),
    scope: &Scope<'t>,
    see: &mut dyn FnMut(Step),
) {
    let follow =
        |inner: Option<&'t Parsed>, place, scope: &Scope<'t>, see: &mut dyn FnMut(Step)| {
            if let Some(inner) = inner {
                descend(inner, place, scope, see);
            }
        };
    for (element, place) in tree::elements(parsed, within) {
        let at = scope.piece.locate(place);
        match tree::node(element) {
            Err(message) => see(Step::Fault(TemplateFault::new(at, message))),
            Ok(Node::Words(_) | Node::Comment) => {}
            Ok(Node::Print(path)) => see(scope.used(path, at, Role::Print)),
            Ok(Node::Partial(name)) => see(Step::Partial(PartialUse {
                name: name.to_owned(),
                line: at.0,
                column: at.1,
                field: scope.piece.field,
                each: scope.each.map(str::to_owned),
                guards: scope.guards(),
            })),
            Ok(Node::If {
                condition,
                then,
                otherwise,
            }) => {
                for path in condition.paths() {
                    see(scope.used(path, at, Role::Test));
                }
                follow(then, place, &scope.with_guards(condition.guards(true)), see);
                follow(
                    otherwise,
                    place,
                    &scope.with_guards(condition.guards(false)),
                    see,
                );
            }
            Ok(Node::Each { list, body, empty }) => {
                if scope.each.is_some() {
                    let what = phrase!("template.nested-each");
                    see(Step::Fault(TemplateFault::new(at, what)));
                }
                see(scope.used(list, at, Role::Loop));
                let mut inner = scope.with_guards(vec![list]);
                inner.each = Some(list);
                follow(body, place, &inner, see);
                follow(empty, place, scope, see);
            }
        }
    }
}
