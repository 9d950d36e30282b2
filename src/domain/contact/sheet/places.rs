//! The places a contact may be in, by code or by name.

use std::collections::BTreeMap;

use crate::domain::area::{Area, AreaCode};

/// What `bodies.yaml` knows, or nothing at all when there is no such file.
#[derive(Debug, Clone, Default)]
pub struct Places {
    codes: BTreeMap<AreaCode, String>,
    by_name: BTreeMap<String, Vec<AreaCode>>,
}

impl Places {
    pub fn of<'a>(areas: impl IntoIterator<Item = &'a Area>) -> Self {
        let mut places = Self::default();
        for area in areas {
            places.codes.insert(area.area.clone(), area.name.clone());
            for name in [Some(&area.name), area.name_en.as_ref()]
                .into_iter()
                .flatten()
            {
                places
                    .by_name
                    .entry(name.to_lowercase())
                    .or_default()
                    .push(area.area.clone());
            }
        }
        places
    }

    /// The code that `text` is, or is the name of.
    pub(super) fn read(&self, text: &str) -> Result<AreaCode, String> {
        let code = AreaCode(text.to_owned());
        if code.is_well_formed() {
            if self.codes.is_empty() || self.codes.contains_key(&code) {
                return Ok(code);
            }
            let around = self
                .codes
                .iter()
                .filter(|(known, _)| known.contains(&code))
                .max_by_key(|(known, _)| known.0.len());
            let around = around.map_or(String::new(), |(_, name)| {
                format!(" (the nearest is {name})")
            });
            return Err(format!("{text} is no place of bodies.yaml{around}"));
        }
        match self.by_name.get(&text.to_lowercase()).map(Vec::as_slice) {
            Some([code]) => Ok(code.clone()),
            Some(several) => Err(format!(
                "{text:?} is the name of {} places: write the code",
                several.len()
            )),
            None => Err(format!(
                "{text:?} is no area code (6, 9 or 12 digits) and no place of bodies.yaml"
            )),
        }
    }
}
