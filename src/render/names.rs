//! What a template may name: the facts of its event type, and the names that the system gives.

use crate::domain::fact::{ColumnSpec, FactSpec, FactType};
use crate::domain::phrase::{Blank, Phrase, phrase};
use crate::domain::plan::EventType;

/// A name that the system gives, whatever the event type.
#[derive(Debug, PartialEq, Eq)]
pub struct SystemName {
    pub path: &'static str,
    /// Whether a release may have no such thing; such a name belongs inside `{{#if …}}`.
    pub optional: bool,
}

const fn always(path: &'static str) -> SystemName {
    SystemName {
        path,
        optional: false,
    }
}

const fn sometimes(path: &'static str) -> SystemName {
    SystemName {
        path,
        optional: true,
    }
}

/// Every system name. `render::context` gives each its value.
pub const SYSTEM_NAMES: [SystemName; 35] = [
    always("incident.title"),
    always("incident.event"),
    always("incident.level"),
    always("incident.level-roman"),
    always("incident.level-en"),
    sometimes("incident.previous-level"),
    always("incident.areas"),
    always("incident.areas-en"),
    always("incident.known-at"),
    always("incident.activated-at"),
    always("incident.level-since"),
    sometimes("incident.expected-duration"),
    sometimes("incident.ended-at"),
    sometimes("incident.end-reason"),
    sometimes("incident.change-reason"),
    sometimes("incident.binding"),
    sometimes("incident.binding-areas"),
    sometimes("incident.lifted-from"),
    always("release.number"),
    sometimes("release.document-number"),
    always("release.date"),
    always("release.body"),
    always("release.body-en"),
    always("release.issuer"),
    always("release.issuer-en"),
    always("release.areas"),
    always("release.areas-en"),
    sometimes("release.hotline"),
    sometimes("release.next-update"),
    sometimes("release.link"),
    sometimes("original.title"),
    sometimes("original.document-number"),
    sometimes("original.published-at"),
    sometimes("original.link"),
    sometimes("original.reason"),
];

/// What a path in a template names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name<'e> {
    Fact {
        spec: &'e FactSpec,
        facet: Facet,
    },
    Column {
        list: &'e FactSpec,
        column: &'e ColumnSpec,
    },
    System(&'static SystemName),
    /// `@number`, from 1.
    RowNumber,
    /// `@first`, `@last`.
    RowEdge(&'static str),
}

/// Which part of a fact a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facet {
    /// With unit and as-of time.
    Whole,
    /// With unit, without as-of time.
    Value,
    AsOf,
    Source,
}

impl Facet {
    /// How it is written after the fact's code.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::Value => ".value",
            Self::AsOf => ".as-of",
            Self::Source => ".source",
        }
    }
}

/// What a template wants to do with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Print,
    /// In a condition.
    Test,
    /// In `{{#each …}}`.
    Loop,
}

/// Why a template may not use a name as it does, and what it may write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misuse {
    pub what: Phrase,
    pub hint: Option<Phrase>,
}

impl From<Phrase> for Misuse {
    fn from(what: Phrase) -> Self {
        Self { what, hint: None }
    }
}

impl From<Misuse> for Phrase {
    fn from(misuse: Misuse) -> Self {
        let what = misuse.what;
        match misuse.hint {
            Some(hint) => phrase!("template.with-hint", what, hint),
            None => what,
        }
    }
}

/// The names known to templates of one event type.
#[derive(Debug, Clone, Copy)]
pub struct Names<'e> {
    event: &'e EventType,
}

/// What the templates of plans for `event` may name.
pub fn known_paths(event: &EventType) -> Names<'_> {
    Names { event }
}

impl<'e> Names<'e> {
    /// Every path that may stand in a template of this event type, for listing.
    pub fn all(self) -> Vec<String> {
        let system = SYSTEM_NAMES.iter().map(|name| name.path.to_owned());
        let facts = self.event.facts.iter().flat_map(|spec| {
            [Facet::Whole, Facet::Value, Facet::AsOf, Facet::Source]
                .map(|facet| format!("{}{}", spec.fact, facet.suffix()))
        });
        system.chain(facts).collect()
    }

    /// What `path` means inside `{{#each LIST}}` (`each`), or outside any loop.
    ///
    /// # Errors
    /// Says why the template may not use it so, and what it may write instead.
    pub fn resolve(self, path: &str, each: Option<&str>, role: Role) -> Result<Name<'e>, Misuse> {
        let name = self.find(path, each)?;
        match (role, name) {
            (
                Role::Loop,
                Name::Fact {
                    spec,
                    facet: Facet::Whole,
                },
            ) if spec.kind == FactType::List => Ok(name),
            (Role::Loop, _) => Err(Misuse {
                what: phrase!("template.no-list", path),
                hint: Some(phrase!("template.no-list-hint")),
            }),
            (
                Role::Print,
                Name::Fact {
                    spec,
                    facet: Facet::Whole | Facet::Value,
                },
            ) if spec.kind == FactType::List => Err(Misuse {
                what: phrase!("template.printed-list", path),
                hint: Some(phrase!("template.printed-list-hint", fact = &spec.fact)),
            }),
            (Role::Print, Name::RowEdge(edge)) => Err(phrase!("template.row-edge", edge).into()),
            (Role::Test, Name::RowNumber) => Err(phrase!("template.row-number").into()),
            _ => Ok(name),
        }
    }

    fn find(self, path: &str, each: Option<&str>) -> Result<Name<'e>, Misuse> {
        if let Some(local) = path.strip_prefix('@') {
            return match (local, each) {
                (_, None) => Err(phrase!("template.outside-each", path).into()),
                ("number", _) => Ok(Name::RowNumber),
                ("first", _) => Ok(Name::RowEdge("@first")),
                ("last", _) => Ok(Name::RowEdge("@last")),
                _ => Err(Misuse {
                    what: phrase!("template.no-row-name", path),
                    hint: Some(phrase!("template.no-row-name-hint")),
                }),
            };
        }
        let list = each.and_then(|code| self.event.fact(code));
        if let Some(column) = path.strip_prefix("this.") {
            let list = list.ok_or_else(|| phrase!("template.outside-each", path))?;
            return find_column(list, column).ok_or_else(|| {
                let columns: Blank = list.columns.iter().map(|c| &c.column).collect();
                Misuse {
                    what: phrase!("template.no-column", list = &list.fact, column),
                    hint: Some(phrase!("template.columns-hint", columns)),
                }
            });
        }
        if let Some(name) = list.and_then(|list| find_column(list, path)) {
            return Ok(name);
        }
        if let Some(name) = SYSTEM_NAMES.iter().find(|name| name.path == path) {
            return Ok(Name::System(name));
        }
        let (code, facet) = split_facet(path);
        if let Some(spec) = self.event.fact(code) {
            return Ok(Name::Fact { spec, facet });
        }
        Err(self.unknown(path, list))
    }

    fn unknown(self, path: &str, list: Option<&FactSpec>) -> Misuse {
        let columns = list
            .into_iter()
            .flat_map(|l| l.columns.iter().map(|c| format!("this.{}", c.column)));
        let nearest = self
            .all()
            .into_iter()
            .chain(columns)
            .map(|known| (distance(path, &known), known))
            .min()
            .filter(|(distance, _)| *distance <= 1 + path.len() / 5);
        let hint = match nearest {
            Some((_, known)) => phrase!("template.nearest-hint", known),
            None => phrase!("template.declare-hint", event = &self.event.event),
        };
        Misuse {
            what: phrase!("template.unknown-name", path, event = &self.event.event),
            hint: Some(hint),
        }
    }
}

fn find_column<'e>(list: &'e FactSpec, column: &str) -> Option<Name<'e>> {
    list.columns
        .iter()
        .find(|spec| spec.column == column)
        .map(|column| Name::Column { list, column })
}

fn split_facet(path: &str) -> (&str, Facet) {
    for facet in [Facet::Value, Facet::AsOf, Facet::Source] {
        if let Some(code) = path.strip_suffix(facet.suffix()) {
            return (code, facet);
        }
    }
    (path, Facet::Whole)
}

/// How many letters must change to make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = i;
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = change.min(corner + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::flood_event;
    use super::*;

    #[test]
    fn facts_columns_and_system_names_are_known_and_nothing_else() {
        let event = flood_event();
        let names = known_paths(&event);
        let ok = |path, each, role| names.resolve(path, each, role).is_ok();
        assert!(ok("rainfall", None, Role::Print));
        assert!(ok("rainfall.as-of", None, Role::Print));
        assert!(ok("incident.level", Some("shelters"), Role::Print));
        assert!(ok("this.name", Some("shelters"), Role::Print));
        assert!(ok("name", Some("shelters"), Role::Print));
        assert!(ok("shelters", None, Role::Loop));
        assert!(!ok("this.name", None, Role::Print));
        assert!(!ok("this.colour", Some("shelters"), Role::Print));
        assert!(!ok("rainfall", None, Role::Loop));
        assert!(!ok("shelters", None, Role::Print));
        assert!(!ok("@first", Some("shelters"), Role::Print));
        assert!(!ok("rainfall.unit", None, Role::Print));
    }

    #[test]
    fn a_slip_of_the_pen_is_answered_with_the_right_name() {
        let event = flood_event();
        let said = known_paths(&event)
            .resolve("rainfal", None, Role::Print)
            .unwrap_err();
        let said = Phrase::from(said).to_string();
        assert!(said.contains("did you mean rainfall?"), "{said}");
        let said = known_paths(&event)
            .resolve("incident.levle", None, Role::Print)
            .unwrap_err();
        let said = Phrase::from(said).to_string();
        assert!(said.contains("did you mean incident.level?"), "{said}");
    }
}
