//! What stood in earlier rows already: persons by code, addresses by where they reach.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::Column;
use super::draft::Draft;
use super::row::Row;
use crate::domain::contact::mask_address;
use crate::domain::phrase::phrase;

/// By hash, so that a million rows stay small.
#[derive(Default)]
pub(super) struct Earlier {
    /// Where each code first stood, and what its row said.
    codes: HashMap<u128, (u64, u128)>,
    /// Where each address first stood, and its spelling if that has capitals.
    addresses: HashMap<u128, (u64, Option<Box<str>>)>,
}

impl Earlier {
    /// The row, compared with all before it.
    pub fn compare(&mut self, mut draft: Draft) -> Row {
        if draft.is_out() {
            return draft.into_row();
        }
        let line = draft.line;
        let said = fingerprint(&draft);
        match self.codes.get(&hash(&draft.code)) {
            Some((earlier, before)) if *before == said => {
                return draft.pass_over(phrase!("contact.same-person", line = *earlier));
            }
            Some((earlier, _)) if draft.made_code => {
                let code = Column::Code.heading();
                let why = phrase!("contact.same-address", line = *earlier, code);
                draft.out(None, why);
            }
            Some((earlier, _)) => {
                let why = phrase!("contact.stands-already", line = *earlier);
                draft.out(Some(Column::Code), why);
            }
            None => drop(self.codes.insert(hash(&draft.code), (line, said))),
        }
        if !draft.is_out() {
            self.compare_addresses(&mut draft);
        }
        draft.into_row()
    }

    fn compare_addresses(&mut self, draft: &mut Draft) {
        let mut twice = Vec::new();
        for address in &mut draft.addresses {
            let key = hash(&address.kind.sameness(&address.address));
            let Some((earlier, spelling)) = self.addresses.get(&key) else {
                let has_capitals = address.address.chars().any(char::is_uppercase);
                let spelling = has_capitals.then(|| address.address.clone().into_boxed_str());
                self.addresses.insert(key, (draft.line, spelling));
                continue;
            };
            let before = match spelling {
                Some(spelling) => spelling.to_string(),
                None => address.address.to_lowercase(),
            };
            let (shown, line) = (mask_address(&address.address), *earlier);
            twice.push(match before == address.address {
                true => phrase!("contact.stands-too", shown, line),
                false => phrase!("contact.stands-too-but-for-capitals", shown, line),
            });
            // One spelling, or the two would count as two places to send to.
            address.address = before;
        }
        for why in twice {
            draft.note(None, why);
        }
    }
}

/// Everything that a row says, so that a row that says the same again is known.
fn fingerprint(draft: &Draft) -> u128 {
    let addresses: Vec<String> = draft
        .addresses
        .iter()
        .map(|one| one.kind.sameness(&one.address))
        .collect();
    hash(&format!(
        "{:?}",
        (
            &draft.name,
            draft.language,
            &draft.areas,
            &draft.groups,
            &draft.posts,
            addresses
        )
    ))
}

fn hash(text: &str) -> u128 {
    let digest = Sha256::digest(text);
    let mut hash = [0u8; 16];
    hash.copy_from_slice(&digest[..16]);
    u128::from_be_bytes(hash)
}
