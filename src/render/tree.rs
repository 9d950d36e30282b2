//! The small part of Handlebars that templates may use, as a view of what the Handlebars parser made.
//!
//! Everything else is refused here, so that whoever walks a template sees these nodes and no others.

use handlebars::template::{HelperTemplate, Parameter, Template as Parsed, TemplateElement};
use serde_json::Value;

/// One element of a template.
pub enum Node<'t> {
    Text,
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
pub fn node(element: &TemplateElement) -> Result<Node<'_>, String> {
    match element {
        TemplateElement::RawString(_) | TemplateElement::Comment(_) => Ok(Node::Text),
        TemplateElement::Expression(helper) => print(helper),
        TemplateElement::HelperBlock(helper) => block(helper),
        TemplateElement::PartialExpression(partial) => {
            if !partial.params.is_empty() || !partial.hash.is_empty() {
                return Err("a partial takes no arguments; write {{> name}}".into());
            }
            match partial.name.as_name() {
                Some(name) if is_code(name) => Ok(Node::Partial(name)),
                _ => Err("a partial is named by the file name of a template, as in {{> contact-points}}".into()),
            }
        }
        TemplateElement::HtmlExpression(_) => {
            Err("{{{ }}} and {{& }} are not used here: texts are never HTML; write {{ }}".into())
        }
        TemplateElement::DecoratorExpression(_) | TemplateElement::DecoratorBlock(_) => {
            Err("decorators and inline partials are not used here; put the text into a template of its own".into())
        }
        TemplateElement::PartialBlock(_) => Err("partials with a block are not used here; write {{> name}}".into()),
        _ => Err("this Handlebars construct is not used here".into()),
    }
}

fn print(helper: &HelperTemplate) -> Result<Node<'_>, String> {
    if !helper.params.is_empty() || !helper.hash.is_empty() {
        let name = helper.name.as_name().unwrap_or("this");
        return Err(format!(
            "there is no helper {name}; an expression holds one name, as in {{{{incident.level}}}}"
        ));
    }
    path(&helper.name).map(Node::Print)
}

fn block(helper: &HelperTemplate) -> Result<Node<'_>, String> {
    let name = helper.name.as_name().unwrap_or("");
    if !matches!(name, "if" | "unless" | "each") {
        return Err(format!(
            "there is no block {{{{#{name}}}}}; templates have #if, #unless and #each"
        ));
    }
    if helper.block_param.is_some() || !helper.hash.is_empty() {
        return Err(format!("#{name} takes one name and nothing else"));
    }
    let [subject] = helper.params.as_slice() else {
        return Err(format!("#{name} takes exactly one name"));
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

fn condition(parameter: &Parameter) -> Result<Condition<'_>, String> {
    let helper = match parameter {
        Parameter::Subexpression(inner) => match inner.as_element() {
            TemplateElement::Expression(helper) => helper,
            _ => return Err("this condition cannot be read".into()),
        },
        Parameter::Literal(_) => {
            return Err("a condition needs a name; a constant is always the same".into());
        }
        name => return path(name).map(Condition::Given),
    };
    let name = helper.name.as_name().unwrap_or("");
    if !helper.hash.is_empty() {
        return Err(format!("({name} …) takes no named arguments"));
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
        _ => Err(format!(
            "({name} …) is not a condition; there are (eq a b), (ne a b), (not a), (and a b …) and (or a b …)"
        )),
    }
}

fn operand(parameter: &Parameter) -> Result<Operand<'_>, String> {
    match parameter {
        Parameter::Literal(value) if !value.is_array() && !value.is_object() => {
            Ok(Operand::Literal(value))
        }
        Parameter::Literal(_) => Err("compare with a text, a number, true or false".into()),
        Parameter::Subexpression(_) => {
            Err("compare names with values, not with other conditions".into())
        }
        name => path(name).map(Operand::Path),
    }
}

/// A dotted name, `this.column`, `@number`, and nothing cleverer.
fn path(parameter: &Parameter) -> Result<&str, String> {
    let raw = parameter
        .as_name()
        .ok_or("an expression holds one name, as in {{incident.level}}")?;
    if raw.strip_prefix('@').unwrap_or(raw).split('.').all(is_code) {
        Ok(raw)
    } else if raw.starts_with("..") || raw.starts_with("@root") {
        Err(format!(
            "{raw}: every name is reached by itself, inside #each too; leave out the leading part"
        ))
    } else {
        Err(format!(
            "{raw:?} is not a name: names are lower-case letters, digits and hyphens, joined by dots"
        ))
    }
}

fn is_code(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
