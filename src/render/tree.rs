//! The small part of Handlebars that templates may use, as a view of what the Handlebars parser made.
//!
//! Everything else is refused here, so that whoever walks a template sees these nodes and no others.

use crate::domain::phrase::{Phrase, phrase};
use handlebars::template::{HelperTemplate, Parameter, TemplateElement};
use serde_json::Value;

/// What the parser made of a part of a template, or of a branch of it.
pub use handlebars::template::Template as Parsed;

/// One element of a template.
pub enum Node<'t> {
    /// Words as they stand.
    Words(&'t str),
    Comment,
    Print(&'t str),
    If {
        condition: Condition<'t>,
        then: Option<&'t Parsed>,
        otherwise: Option<&'t Parsed>,
    },
    Each {
        list: &'t str,
        body: Option<&'t Parsed>,
        empty: Option<&'t Parsed>,
    },
    Partial(&'t str),
}

/// What `#if` and `#unless` test.
pub enum Condition<'t> {
    Given(&'t str),
    Not(Box<Condition<'t>>),
    All(Vec<Condition<'t>>),
    Any(Vec<Condition<'t>>),
    Equal(Operand<'t>, Operand<'t>),
}

/// A side of a comparison.
pub enum Operand<'t> {
    Path(&'t str),
    Literal(&'t Value),
}

impl<'t> Condition<'t> {
    /// Every path in it, in order.
    pub fn paths(&self) -> Vec<&'t str> {
        match self {
            Self::Given(path) => vec![path],
            Self::Not(inner) => inner.paths(),
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::paths).collect(),
            Self::Equal(left, right) => [left, right]
                .into_iter()
                .filter_map(|side| match side {
                    Operand::Path(path) => Some(*path),
                    Operand::Literal(_) => None,
                })
                .collect(),
        }
    }

    /// The paths that surely have a value when the condition comes out as `outcome`.
    pub fn guards(&self, outcome: bool) -> Vec<&'t str> {
        match (self, outcome) {
            (Self::Given(_) | Self::Equal(..), true) => self.paths(),
            (Self::Not(inner), _) => inner.guards(!outcome),
            (Self::All(parts), true) | (Self::Any(parts), false) => {
                parts.iter().flat_map(|part| part.guards(outcome)).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The elements of `parsed` with the line and column at which each begins, from 1. An `{{else if}}` carries no place
/// of its own and takes that of the block it belongs to (`within`).
pub fn elements(
    parsed: &Parsed,
    within: (usize, usize),
) -> impl Iterator<Item = (&TemplateElement, (usize, usize))> {
    parsed.elements.iter().enumerate().map(move |(n, element)| {
        let place = parsed.mapping.get(n).map_or(within, |at| (at.0, at.1));
        (element, place)
    })
}

/// What `element` is.
///
/// # Errors
/// Names what templates may not use, and what to write instead.
pub fn node(element: &TemplateElement) -> Result<Node<'_>, Phrase> {
    match element {
        TemplateElement::RawString(words) => Ok(Node::Words(words)),
        TemplateElement::Comment(_) => Ok(Node::Comment),
        TemplateElement::Expression(helper) => print(helper),
        TemplateElement::HelperBlock(helper) => block(helper),
        TemplateElement::PartialExpression(partial) => {
            if !partial.params.is_empty() || !partial.hash.is_empty() {
                return Err(phrase!("template.partial-arguments"));
            }
            match partial.name.as_name() {
                Some(name) if is_code(name) => Ok(Node::Partial(name)),
                _ => Err(phrase!("template.partial-name")),
            }
        }
        TemplateElement::HtmlExpression(_) => Err(phrase!("template.html")),
        TemplateElement::DecoratorExpression(_) | TemplateElement::DecoratorBlock(_) => {
            Err(phrase!("template.decorators"))
        }
        TemplateElement::PartialBlock(_) => Err(phrase!("template.partial-block")),
        _ => Err(phrase!("template.construct")),
    }
}

fn print(helper: &HelperTemplate) -> Result<Node<'_>, Phrase> {
    if !helper.params.is_empty() || !helper.hash.is_empty() {
        let name = helper.name.as_name().unwrap_or("this");
        return Err(phrase!("template.no-helper", name));
    }
    path(&helper.name).map(Node::Print)
}

fn block(helper: &HelperTemplate) -> Result<Node<'_>, Phrase> {
    let name = helper.name.as_name().unwrap_or("");
    if !matches!(name, "if" | "unless" | "each") {
        return Err(phrase!("template.no-block", name));
    }
    if helper.block_param.is_some() || !helper.hash.is_empty() {
        return Err(phrase!("template.one-name-only", name));
    }
    let [subject] = helper.params.as_slice() else {
        return Err(phrase!("template.exactly-one-name", name));
    };
    let (then, otherwise) = (helper.template.as_ref(), helper.inverse.as_ref());
    match name {
        "each" => Ok(Node::Each {
            list: path(subject)?,
            body: then,
            empty: otherwise,
        }),
        "if" => Ok(Node::If {
            condition: condition(subject)?,
            then,
            otherwise,
        }),
        _ => Ok(Node::If {
            condition: Condition::Not(Box::new(condition(subject)?)),
            then,
            otherwise,
        }),
    }
}

fn condition(parameter: &Parameter) -> Result<Condition<'_>, Phrase> {
    let helper = match parameter {
        Parameter::Subexpression(inner) => match inner.as_element() {
            TemplateElement::Expression(helper) => helper,
            _ => return Err(phrase!("template.unreadable-condition")),
        },
        Parameter::Literal(_) => {
            return Err(phrase!("template.constant"));
        }
        name => return path(name).map(Condition::Given),
    };
    let name = helper.name.as_name().unwrap_or("");
    if !helper.hash.is_empty() {
        return Err(phrase!("template.named-arguments", name));
    }
    match (name, helper.params.as_slice()) {
        ("eq", [left, right]) => Ok(Condition::Equal(operand(left)?, operand(right)?)),
        ("ne", [left, right]) => Ok(Condition::Not(Box::new(Condition::Equal(
            operand(left)?,
            operand(right)?,
        )))),
        ("not", [inner]) => condition(inner).map(|inner| Condition::Not(Box::new(inner))),
        ("and", parts) if parts.len() > 1 => parts
            .iter()
            .map(condition)
            .collect::<Result<_, _>>()
            .map(Condition::All),
        ("or", parts) if parts.len() > 1 => parts
            .iter()
            .map(condition)
            .collect::<Result<_, _>>()
            .map(Condition::Any),
        _ => Err(phrase!("template.no-condition", name)),
    }
}

fn operand(parameter: &Parameter) -> Result<Operand<'_>, Phrase> {
    match parameter {
        Parameter::Literal(value) if !value.is_array() && !value.is_object() => {
            Ok(Operand::Literal(value))
        }
        Parameter::Literal(_) => Err(phrase!("template.compare-literal")),
        Parameter::Subexpression(_) => Err(phrase!("template.compare-names")),
        name => path(name).map(Operand::Path),
    }
}

/// A dotted name, `this.column`, `@number`, and nothing cleverer.
fn path(parameter: &Parameter) -> Result<&str, Phrase> {
    let raw = parameter.as_name().ok_or(phrase!("template.one-name"))?;
    if raw.strip_prefix('@').unwrap_or(raw).split('.').all(is_code) {
        Ok(raw)
    } else if raw.starts_with("..") || raw.starts_with("@root") {
        Err(phrase!("template.by-itself", raw))
    } else {
        Err(phrase!("template.no-name", raw = format!("{raw:?}")))
    }
}

fn is_code(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
