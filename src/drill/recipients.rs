//! The simulated recipients of a drill. Their addresses lead nowhere, and no channel of a drill would go there.

use super::scenario::Scenario;
use crate::domain::bulletin::Language;
use crate::domain::contact::{Address, AddressKind, Contact};
use crate::plan::scenario::{AddressChoice, Recipients};
use crate::store::{CONTACT_BATCH, Result, Store};

/// Puts them into the contacts of `store`.
pub async fn fill(store: &Store, scenario: &Scenario) -> Result<()> {
    let mut number = 0u32;
    for group in &scenario.file.recipients {
        let mut left = group.count;
        while left > 0 {
            let chunk = left.min(u32::try_from(CONTACT_BATCH).unwrap_or(u32::MAX));
            left -= chunk;
            let contacts: Vec<Contact> = (0..chunk)
                .map(|_| {
                    number += 1;
                    simulated(number, group)
                })
                .collect();
            let mut tx = store.begin().await?;
            tx.upsert_contacts(&contacts).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

fn simulated(number: u32, group: &Recipients) -> Contact {
    let mut addresses: Vec<Address> = group
        .addresses
        .iter()
        .map(|kind| match kind {
            AddressChoice::Sms => Address {
                kind: AddressKind::Sms,
                address: format!("199{number:08}"),
            },
            AddressChoice::Email => Address {
                kind: AddressKind::Email,
                address: format!("r{number}@drill.invalid"),
            },
        })
        .collect();
    addresses.sort();
    Contact {
        code: format!("drill-{number}"),
        name: format!("演练收信人{number}"),
        language: Language::ZhCn,
        areas: group.areas.clone(),
        groups: group.groups.clone(),
        posts: Vec::new(),
        addresses,
    }
}
