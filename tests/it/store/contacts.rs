//! Contacts, as both databases keep them.

use fabu::domain::area::AreaCode;
use fabu::domain::audience::Reach;
use fabu::domain::bulletin::Language;
use fabu::domain::contact::{Address, AddressKind, Contact};
use fabu::store::{Store, Upserted};

use crate::support::database::Database;

crate::on_each_database!(
    contacts_come_back_whole_page_by_page,
    a_contact_given_again_is_replaced_and_its_address_keeps_its_row,
    a_reach_is_counted_in_people_and_distinct_addresses,
);

fn contact(n: u64, area: &str, groups: &[&str], posts: &[&str]) -> Contact {
    Contact {
        code: format!("c{n}"),
        name: format!("张{n}"),
        language: if n.is_multiple_of(2) {
            Language::ZhCn
        } else {
            Language::En
        },
        areas: vec![AreaCode(area.into())],
        groups: groups.iter().map(ToString::to_string).collect(),
        posts: posts.iter().map(ToString::to_string).collect(),
        addresses: vec![
            Address {
                kind: AddressKind::Sms,
                address: format!("1{n:010}"),
            },
            Address {
                kind: AddressKind::Email,
                address: format!("c{n}@example.invalid"),
            },
        ],
    }
}

async fn upsert(store: &Store, contacts: &[Contact]) -> Upserted {
    let mut tx = store.begin().await.unwrap();
    let done = tx.upsert_contacts(contacts).await.unwrap();
    tx.commit().await.unwrap();
    done
}

fn reach(areas: &[&str], groups: &[&str], posts: &[&str]) -> Reach {
    Reach {
        areas: areas.iter().map(|area| AreaCode((*area).into())).collect(),
        groups: groups.iter().map(ToString::to_string).collect(),
        posts: posts.iter().map(ToString::to_string).collect(),
        around: Vec::new(),
    }
}

async fn contacts_come_back_whole_page_by_page(database: &Database) {
    let store = database.store().await;
    let given: Vec<Contact> = (0..250)
        .map(|n| contact(n, "320299100", &["媒体", "居民"], &["relay"]))
        .collect();
    assert_eq!(
        upsert(&store, &given).await,
        Upserted {
            added: 250,
            replaced: 0
        }
    );
    let mut tx = store.read().await.unwrap();
    let (mut after, mut found) = (0, Vec::new());
    loop {
        let page = tx.contacts(&Reach::default(), after, 100).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        after = *last;
        found.extend(page.into_iter().map(|(_, contact)| contact));
    }
    assert_eq!(found, given);
}

async fn a_contact_given_again_is_replaced_and_its_address_keeps_its_row(database: &Database) {
    let store = database.store().await;
    upsert(
        &store,
        &[
            contact(1, "320299100", &["a"], &[]),
            contact(2, "320299100", &["a"], &[]),
        ],
    )
    .await;
    let mut outsider = database.outsider().await;
    let number = "SELECT id FROM contact_address WHERE address = '10000000001'";
    let before = outsider.number(number).await;
    let mut changed = contact(1, "320299101", &["b"], &["head"]);
    changed.addresses[1].address = "new@example.invalid".into();
    let done = upsert(&store, &[changed.clone(), contact(3, "320299", &[], &[])]).await;
    assert_eq!(
        done,
        Upserted {
            added: 1,
            replaced: 1
        }
    );
    assert_eq!(outsider.number(number).await, before);
    let page = store
        .read()
        .await
        .unwrap()
        .contacts(&reach(&[], &["b"], &[]), 0, 10)
        .await
        .unwrap();
    let found: Vec<Contact> = page.into_iter().map(|(_, contact)| contact).collect();
    assert_eq!(found, [changed]);
    let count = store
        .read()
        .await
        .unwrap()
        .count_reach(&Reach::default())
        .await
        .unwrap();
    assert_eq!((count.people, count.addresses["email"]), (3, 3));
}

async fn a_reach_is_counted_in_people_and_distinct_addresses(database: &Database) {
    let store = database.store().await;
    let mut shared = contact(4, "320299101201", &["居民"], &[]);
    shared.addresses = vec![Address {
        kind: AddressKind::Sms,
        address: "10000000001".into(),
    }];
    let given = [
        contact(1, "320299100", &["居民"], &["relay"]),
        contact(2, "320299101", &["媒体", "居民"], &[]),
        contact(3, "320299101201", &[], &["relay"]),
        shared,
    ];
    upsert(&store, &given).await;
    let mut tx = store.read().await.unwrap();
    for (asked, people, sms, email) in [
        (reach(&[], &[], &[]), 4, 3, 3),
        (reach(&["320299"], &[], &[]), 4, 3, 3),
        (reach(&["320299101"], &[], &[]), 3, 3, 2),
        (
            reach(&["320299100", "320299101201"], &["居民"], &[]),
            2,
            1,
            1,
        ),
        (reach(&[], &["媒体", "居民"], &[]), 3, 2, 2),
        (reach(&["320299101"], &["居民"], &["relay"]), 0, 0, 0),
        (reach(&["99"], &[], &[]), 0, 0, 0),
    ] {
        let count = tx.count_reach(&asked).await.unwrap();
        let addresses = |kind: &str| count.addresses.get(kind).copied().unwrap_or(0);
        assert_eq!(
            (count.people, addresses("sms"), addresses("email")),
            (people, sms, email),
            "{asked:?}"
        );
    }
}
