//! The places a contact may be in, by code or by name.

use std::collections::BTreeMap;

use crate::domain::area::{Area, AreaCode};
use crate::domain::invisible::{ordinary, visible};
use crate::domain::nearest::closest;
use crate::domain::phrase::{Phrase, phrase};

/// The areas of `bodies.yaml`; none when there is no such file.
#[derive(Debug, Clone, Default)]
pub struct Places {
    codes: BTreeMap<AreaCode, String>,
    by_name: BTreeMap<String, Vec<AreaCode>>,
}

/// A name as it is compared: no invisible characters, spaces or capitals.
fn key(name: &str) -> String {
    let name = ordinary(&visible(name)).to_lowercase();
    name.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_' | '·' | '>'))
        .collect()
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
                    .entry(key(name))
                    .or_default()
                    .push(area.area.clone());
            }
        }
        places
    }

    /// Whether `text` is the name of one place as it stands.
    pub(super) fn knows(&self, text: &str) -> bool {
        self.by_name.contains_key(&key(text))
    }

    /// The code that `text` is, or is the name of.
    pub(super) fn read(&self, text: &str) -> Result<AreaCode, Phrase> {
        let plain = ordinary(&visible(text)).replace(' ', "");
        let digits = plain
            .trim_start_matches(['\'', '='])
            .trim_matches('"')
            .trim_end_matches(['.', '。']);
        let digits = digits.strip_suffix(".0").unwrap_or(digits);
        let code = AreaCode(digits.to_owned());
        if code.is_well_formed() {
            return self.of_code(&code, text);
        }
        if digits.len() > 3
            && digits
                .bytes()
                .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'E' | b'e' | b'+'))
        {
            let text = format!("{text:?}");
            return Err(match digits.contains(['E', 'e']) {
                true => phrase!("contact.area.rounded", text),
                false => phrase!("contact.area.no-code", text),
            });
        }
        self.of_name(text)
    }

    fn of_code(&self, code: &AreaCode, text: &str) -> Result<AreaCode, Phrase> {
        if self.codes.is_empty() || self.codes.contains_key(code) {
            return Ok(code.clone());
        }
        // Statistics write every code with twelve digits, the missing ones as noughts.
        let mut short = code.0.as_str();
        while let Some(shorter) = short
            .strip_suffix("000")
            .filter(|shorter| shorter.len() >= 6)
        {
            short = shorter;
            let short = AreaCode(short.to_owned());
            if self.codes.contains_key(&short) {
                return Ok(short);
            }
        }
        let around = self
            .codes
            .iter()
            .filter(|(known, _)| known.contains(code))
            .max_by_key(|(known, _)| known.0.len());
        Err(match around {
            Some((_, name)) => phrase!("contact.area.unknown-near", text, name),
            None => phrase!("contact.area.unknown", text),
        })
    }

    fn of_name(&self, text: &str) -> Result<AreaCode, Phrase> {
        let wanted = key(text);
        match self.by_name.get(&wanted).map(Vec::as_slice) {
            Some([code]) => return Ok(code.clone()),
            Some(several) => {
                let (text, count) = (format!("{text:?}"), several.len());
                return Err(phrase!("contact.area.several", text, count));
            }
            None => {}
        }
        if let Some(code) = self.at_the_end_of(&wanted) {
            return Ok(code);
        }
        let names: Vec<&str> = self.by_name.keys().map(String::as_str).collect();
        // 城关 for 城关镇 is near, but a town and a street may share the name: it is said and not taken.
        let near = names
            .iter()
            .find(|name| wanted.chars().count() > 1 && name.starts_with(&wanted))
            .copied()
            .or_else(|| closest(&wanted, &names).filter(|_| wanted.chars().count() > 2));
        let near = near
            .and_then(|name| self.by_name.get(name)?.first())
            .and_then(|code| self.codes.get(code))
            .map(|name| phrase!("contact.area.nearest", name));
        Err(phrase!(
            "contact.area.neither",
            text = format!("{text:?}"),
            near
        ))
    }

    /// 示例市城关镇: a place with the places around it in front.
    fn at_the_end_of(&self, wanted: &str) -> Option<AreaCode> {
        self.by_name.iter().find_map(|(name, codes)| {
            let front = wanted
                .strip_suffix(name.as_str())
                .filter(|front| !front.is_empty())?;
            let [code] = codes.as_slice() else {
                return None;
            };
            // A province in front says nothing that the place itself does not.
            let province = ["省", "自治区"]
                .iter()
                .filter_map(|end| front.find(end).map(|at| at + end.len()))
                .find(|at| front[..*at].chars().count() <= 9);
            let mut rest = &front[province.unwrap_or(0)..];
            while !rest.is_empty() {
                rest = self.by_name.iter().find_map(|(outer, around)| {
                    let is_around = around
                        .iter()
                        .any(|outer| outer.contains(code) && outer != code);
                    rest.strip_prefix(outer.as_str()).filter(|_| is_around)
                })?;
            }
            Some(code.clone())
        })
    }
}
