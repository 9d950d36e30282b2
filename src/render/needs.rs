//! Which names a template needs and nobody has given, and whose free words it prints: it is walked with the facts at
//! hand, and only the branches that they take count.

use handlebars::template::Template as Parsed;
use serde_json::Value;

use super::library::Library;
use super::names::{Facet, Name, Names, Role};
use super::tree::{Condition, Node, Operand, elements, node};
use crate::domain::fact::{FactSpec, FactType, has_side};
use crate::domain::phrase::{Phrase, phrase};

/// Elements that one text may visit. A page of text visits a few hundred; what needs more is not meant as a notice.
const MAX_STEPS: usize = 20_000;

/// Walks pieces of templates over one context (see `context`).
pub struct Needs<'a> {
    pub library: &'a Library,
    pub names: Names<'a>,
    steps: usize,
    missing: Vec<String>,
    words: Vec<Words>,
    times: Vec<&'a FactSpec>,
}

/// Where free words that a template prints come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// The fact of this code: its text, its rows, or what it names as its source.
    Fact(String),
    /// What a person said of the incident or the original, by its system name.
    System(&'static str),
}

struct Scope<'a> {
    data: &'a Value,
    /// The list and the row of the loop it stands in.
    row: Option<(&'a str, &'a Value)>,
}

impl<'a> Needs<'a> {
    pub fn new(library: &'a Library, names: Names<'a>) -> Self {
        Self {
            library,
            names,
            steps: 0,
            missing: Vec::new(),
            words: Vec::new(),
            times: Vec::new(),
        }
    }

    /// What is missing, each once, in the order of first use.
    pub fn missing(self) -> Vec<String> {
        self.missing
    }

    /// Whose free words are printed, each source once.
    pub fn words(&self) -> &[Words] {
        &self.words
    }

    /// The moments that are printed, each once.
    pub fn times(&self) -> &[&'a FactSpec] {
        &self.times
    }

    /// Follows one head field or body with `data` in its language.
    ///
    /// # Errors
    /// The template does more work than any notice needs.
    pub fn follow(&mut self, parsed: &'a Parsed, data: &'a Value) -> Result<(), Phrase> {
        self.walk(parsed, &Scope { data, row: None })
    }

    fn walk(&mut self, parsed: &'a Parsed, scope: &Scope<'a>) -> Result<(), Phrase> {
        for (element, _) in elements(parsed, (1, 1)) {
            self.step()?;
            match node(element)? {
                Node::Words(_) | Node::Comment => {}
                Node::Print(path) => self.need(path, Role::Print, scope)?,
                Node::If {
                    condition,
                    then,
                    otherwise,
                } => {
                    let branch = if self.holds(&condition, scope)? {
                        then
                    } else {
                        otherwise
                    };
                    if let Some(branch) = branch {
                        self.walk(branch, scope)?;
                    }
                }
                Node::Each { list, body, empty } => {
                    self.need(list, Role::Loop, scope)?;
                    let rows = scope.data["rows"][list]
                        .as_array()
                        .map_or(&[][..], Vec::as_slice);
                    for row in rows {
                        self.step()?;
                        let scope = Scope {
                            data: scope.data,
                            row: Some((list, row)),
                        };
                        if let Some(body) = body {
                            self.walk(body, &scope)?;
                        }
                    }
                    if let Some(empty) = empty.filter(|_| rows.is_empty()) {
                        self.walk(empty, scope)?;
                    }
                }
                Node::Partial(name) => {
                    if let Some(piece) = self.library.get(name).and_then(|template| template.body())
                    {
                        self.walk(&piece.parsed, scope)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn step(&mut self) -> Result<(), Phrase> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(phrase!("template.too-many-steps", most = MAX_STEPS));
        }
        Ok(())
    }

    fn need(&mut self, path: &str, role: Role, scope: &Scope<'_>) -> Result<(), Phrase> {
        let name = self
            .names
            .resolve(path, scope.row.map(|(list, _)| list), role)?;
        let root = &scope.data["print"];
        let lacking = match name {
            // A list is printed row by row; a list that was given has the time as of which it holds.
            Name::Fact {
                spec,
                facet: Facet::Whole,
            } if role == Role::Loop => {
                is_absent(root, &format!("{}{}", spec.fact, Facet::AsOf.suffix()))
                    .then(|| spec.fact.clone())
            }
            Name::Fact { spec, facet } => {
                let key = format!("{}{}", spec.fact, facet.suffix());
                let known = !is_absent(root, &format!("{}{}", spec.fact, Facet::AsOf.suffix()));
                is_absent(root, &key).then(|| if known { key } else { spec.fact.clone() })
            }
            Name::System(name) => is_absent(root, name.path).then(|| name.path.to_owned()),
            Name::Column { list, column } => scope
                .row
                .filter(|(_, row)| is_absent(&row["print"], &column.column))
                .map(|_| format!("{}.{}", list.fact, column.column)),
            Name::RowNumber | Name::RowEdge(_) => None,
        };
        if let Name::Fact { spec, .. } = name
            && has_side(spec.kind)
            && !self.times.iter().any(|known| known.fact == spec.fact)
        {
            self.times.push(spec);
        }
        if let Some(words) = words_of(name).filter(|words| !self.words.contains(words)) {
            self.words.push(words);
        }
        if let Some(lacking) = lacking.filter(|lacking| !self.missing.contains(lacking)) {
            self.missing.push(lacking);
        }
        Ok(())
    }

    fn holds(&self, condition: &Condition<'_>, scope: &Scope<'_>) -> Result<bool, Phrase> {
        Ok(match condition {
            Condition::Given(path) => self
                .look_up(path, "given", scope)?
                .as_bool()
                .unwrap_or(false),
            Condition::Not(inner) => !self.holds(inner, scope)?,
            Condition::All(parts) => {
                for part in parts {
                    if !self.holds(part, scope)? {
                        return Ok(false);
                    }
                }
                true
            }
            Condition::Any(parts) => {
                for part in parts {
                    if self.holds(part, scope)? {
                        return Ok(true);
                    }
                }
                false
            }
            Condition::Equal(left, right) => {
                self.operand(left, scope)? == self.operand(right, scope)?
            }
        })
    }

    fn operand(&self, operand: &Operand<'_>, scope: &Scope<'_>) -> Result<Value, Phrase> {
        match operand {
            Operand::Literal(value) => Ok((*value).clone()),
            Operand::Path(path) => self.look_up(path, "raw", scope),
        }
    }

    fn look_up(&self, path: &str, tree: &str, scope: &Scope<'_>) -> Result<Value, Phrase> {
        let name = self
            .names
            .resolve(path, scope.row.map(|(list, _)| list), Role::Test)?;
        Ok(match name {
            Name::Fact { spec, facet } => {
                scope.data[tree][format!("{}{}", spec.fact, facet.suffix())].clone()
            }
            Name::System(name) => scope.data[tree][name.path].clone(),
            Name::Column { column, .. } => scope
                .row
                .map_or(Value::Null, |(_, row)| row[tree][&column.column].clone()),
            Name::RowEdge(edge) => edge_of(edge, scope),
            Name::RowNumber => Value::Null,
        })
    }
}

/// The free words behind a name, if there are any. What is typed is nobody's words: a choice is one of the plan's.
fn words_of(name: Name<'_>) -> Option<Words> {
    match name {
        Name::Fact {
            spec,
            facet: Facet::Source,
        } => Some(Words::Fact(spec.fact.clone())),
        Name::Fact {
            spec,
            facet: Facet::Whole | Facet::Value,
        } if spec.kind == FactType::Text => Some(Words::Fact(spec.fact.clone())),
        Name::Column { list, column } if column.kind == FactType::Text => {
            Some(Words::Fact(list.fact.clone()))
        }
        Name::System(name) => Some(Words::System(name.path)),
        _ => None,
    }
}

fn edge_of(edge: &str, scope: &Scope<'_>) -> Value {
    let Some((list, row)) = scope.row else {
        return Value::Null;
    };
    let number = row["number"].as_u64().unwrap_or_default();
    let count = scope.data["rows"][list].as_array().map_or(0, Vec::len) as u64;
    Value::Bool(if edge == "@first" {
        number == 1
    } else {
        number == count
    })
}

fn is_absent(tree: &Value, key: &str) -> bool {
    tree.get(key).is_none()
}
