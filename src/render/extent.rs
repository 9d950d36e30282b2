//! How long a field of a template can become, when every value is as long as it may be.
//!
//! Where a condition depends on what is not known, the longer branch counts. Must never know what values there are: the
//! caller says how long a name can be, and which names it knows.

use super::sms::units;
use super::template::{Piece, Template};
use super::tree::{Condition, Node, Operand, Parsed, elements, node};

/// What is known of a name before anything is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extent {
    /// This and nothing else.
    Known(String),
    /// At most so many units.
    Most(usize),
    Unbounded,
}

/// The longest that a field can be.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Longest {
    pub units: usize,
    /// Names that stand in it and have no bound.
    pub unbounded: Vec<String>,
}

impl Longest {
    fn add(&mut self, other: Self) {
        self.units += other.units;
        for name in other.unbounded {
            if !self.unbounded.contains(&name) {
                self.unbounded.push(name);
            }
        }
    }

    fn or(self, other: Self) -> Self {
        let (mut longer, shorter) = match self.units >= other.units {
            true => (self, other),
            false => (other, self),
        };
        longer.add(Self {
            units: 0,
            ..shorter
        });
        longer
    }
}

/// Who answers what a walk has to know.
pub struct Asked<'a> {
    pub extent: &'a dyn Fn(&str) -> Extent,
    pub partial: &'a dyn Fn(&str) -> Option<&'a Template>,
}

/// The longest that `piece` can be.
pub fn longest(piece: &Piece, asked: &Asked<'_>) -> Longest {
    of(&piece.parsed, asked, 0)
}

/// Partials that take each other would have no end.
const DEEPEST: usize = 8;

fn of(parsed: &Parsed, asked: &Asked<'_>, depth: usize) -> Longest {
    let mut out = Longest::default();
    let inner = |parsed: Option<&Parsed>| match parsed {
        Some(parsed) if depth < DEEPEST => of(parsed, asked, depth + 1),
        _ => Longest::default(),
    };
    for (element, _) in elements(parsed, (1, 1)) {
        match node(element) {
            Ok(Node::Words(text)) => out.units += units(text),
            Ok(Node::Print(path)) => out.add(match (asked.extent)(path) {
                Extent::Known(text) => Longest {
                    units: units(&text),
                    ..Longest::default()
                },
                Extent::Most(units) => Longest {
                    units,
                    ..Longest::default()
                },
                Extent::Unbounded => Longest {
                    units: 0,
                    unbounded: vec![path.to_owned()],
                },
            }),
            Ok(Node::If {
                condition,
                then,
                otherwise,
            }) => out.add(match outcome(&condition, asked.extent) {
                Some(true) => inner(then),
                Some(false) => inner(otherwise),
                None => inner(then).or(inner(otherwise)),
            }),
            // A table has as many rows as there are.
            Ok(Node::Each { list, body, empty }) => {
                let mut rows = inner(body).or(inner(empty));
                rows.unbounded.push(list.to_owned());
                out.add(rows);
            }
            Ok(Node::Partial(name)) => {
                let part = (asked.partial)(name).and_then(Template::body);
                out.add(inner(part.map(|piece| &piece.parsed)));
            }
            Ok(Node::Comment) | Err(_) => {}
        }
    }
    out
}

/// How a condition comes out, where what is known decides it.
pub fn outcome(condition: &Condition<'_>, extent: &dyn Fn(&str) -> Extent) -> Option<bool> {
    match condition {
        Condition::Given(path) => match extent(path) {
            Extent::Known(text) => Some(!text.is_empty()),
            _ => None,
        },
        Condition::Not(inner) => outcome(inner, extent).map(|is| !is),
        Condition::All(parts) => decided(parts, extent, false),
        Condition::Any(parts) => decided(parts, extent, true),
        Condition::Equal(left, right) => {
            let known = |side: &Operand<'_>| match side {
                Operand::Path(path) => match extent(path) {
                    Extent::Known(text) => Some(text),
                    _ => None,
                },
                // A number is compared as it is written.
                Operand::Literal(value) => {
                    let text = value.as_str().map(str::to_owned);
                    Some(text.unwrap_or_else(|| value.to_string()))
                }
            };
            Some(known(left)? == known(right)?)
        }
    }
}

/// `all` is settled by one that does not hold, `any` by one that does.
fn decided(
    parts: &[Condition<'_>],
    extent: &dyn Fn(&str) -> Extent,
    settles: bool,
) -> Option<bool> {
    let outcomes: Vec<Option<bool>> = parts.iter().map(|part| outcome(part, extent)).collect();
    if outcomes.contains(&Some(settles)) {
        return Some(settles);
    }
    outcomes
        .iter()
        .all(|one| *one == Some(!settles))
        .then_some(!settles)
}

#[cfg(test)]
mod tests {
    use super::super::head::Field;
    use super::*;

    fn measure(sms: &str) -> Longest {
        let source = format!("---\ntitle: 题\nsms: '{sms}'\n---\n");
        let template = Template::parse("notice", &source).unwrap();
        let part = Template::parse("part", "共{{short}}米").unwrap();
        let mut pieces = template.pieces().iter();
        let piece = pieces.find(|piece| piece.field == Field::Sms).unwrap();
        longest(
            piece,
            &Asked {
                extent: &|path| match path {
                    "level" => Extent::Known("四级".into()),
                    "short" => Extent::Most(4),
                    _ => Extent::Unbounded,
                },
                partial: &|_| Some(&part),
            },
        )
    }

    #[test]
    fn the_longer_branch_counts_unless_it_is_known_which_is_taken() {
        assert_eq!(measure("自{{short}}起").units, 6);
        assert_eq!(measure("{{#if x}}一二三{{else}}一{{/if}}").units, 3);
        assert_eq!(
            measure("{{#if (eq level \"四级\")}}一{{else}}一二三{{/if}}").units,
            1
        );
        assert_eq!(
            measure("{{#if (and x (ne level \"四级\"))}}一二三{{/if}}").units,
            0
        );
        assert_eq!(measure("{{> part}}").units, 6);
        assert_eq!(measure("😀{{x}}").unbounded, ["x"]);
    }
}
