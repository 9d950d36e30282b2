//! Made-up people with addresses that cannot exist: `@example.invalid` (RFC 2606), and numbers of the block 100, which
//! no operator gives out.

use crate::domain::area::Area;
use crate::domain::bulletin::Language;
use crate::domain::contact::{Address, AddressKind, Contact};
use crate::realm::Realm;
use crate::store::Result;

/// Written in transactions of this many.
const CHUNK: usize = 1_000;

/// Adds `count` people, spread over `areas`; every hundredth is the media, every fiftieth reads English.
pub async fn move_in(realm: &Realm, areas: &[Area], count: u32) -> Result<()> {
    let people: Vec<Contact> = (0..count).map(|n| person(n, areas)).collect();
    for chunk in people.chunks(CHUNK) {
        let mut tx = realm.store.begin().await?;
        tx.upsert_contacts(chunk).await?;
        tx.commit().await?;
    }
    Ok(())
}

fn person(n: u32, areas: &[Area]) -> Contact {
    let place = areas
        .get(n as usize % areas.len().max(1))
        .map(|area| area.area.clone());
    let media = n.is_multiple_of(100);
    Contact {
        code: format!("demo-{n:06}"),
        name: if media {
            format!("示例媒体{n}")
        } else {
            format!("示例居民{n}")
        },
        language: if n % 50 == 7 {
            Language::En
        } else {
            Language::ZhCn
        },
        areas: place.into_iter().collect(),
        groups: if media {
            vec!["media".into()]
        } else {
            vec!["residents".into()]
        },
        posts: Vec::new(),
        addresses: vec![
            Address {
                kind: AddressKind::Email,
                address: format!("person{n}@example.invalid"),
            },
            Address {
                kind: AddressKind::Sms,
                address: format!("100{n:08}"),
            },
        ],
    }
}
