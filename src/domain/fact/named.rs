//! Facts and their columns by what people call them.

use super::{ColumnSpec, FactSpec};
use crate::domain::called::{Called, Register};

/// How long the response is expected to last is a property of the incident, but people give it with the facts.
pub const EXPECTED_DURATION: Called<'static> = Called {
    code: "expected-duration",
    name: "预计持续时间",
    name_en: Some("Expected duration"),
};

impl FactSpec {
    pub fn called(&self) -> Called<'_> {
        Called {
            code: &self.fact,
            name: &self.label,
            name_en: self.label_en.as_deref(),
        }
    }
}

impl ColumnSpec {
    pub fn called(&self) -> Called<'_> {
        Called {
            code: &self.column,
            name: &self.label,
            name_en: self.label_en.as_deref(),
        }
    }
}

/// `facts` by what they are called, with what people give among them.
pub fn register(facts: &[FactSpec]) -> Register<'_> {
    let all = facts.iter().map(FactSpec::called);
    Register::of(all.chain([EXPECTED_DURATION]))
}
