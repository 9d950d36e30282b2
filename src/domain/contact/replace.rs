//! What becomes of a person who stands already when a list names them again.
//!
//! Columns that the list does not have say nothing and change nothing. Knows neither files nor the store.

use std::collections::BTreeSet;

use super::{Address, Column, Contact};
use crate::domain::phrase::{Phrase, phrase};

/// `new` with what `old` has in the columns that the list lacks, and what of `old` is gone then, in words.
pub fn replace(old: &Contact, mut new: Contact, has: &BTreeSet<Column>) -> (Contact, Vec<Phrase>) {
    if !has.contains(&Column::Name) || new.name.is_empty() {
        new.name.clone_from(&old.name);
    }
    if !has.contains(&Column::Language) {
        new.language = old.language;
    }
    if !has.contains(&Column::Areas) {
        new.areas.clone_from(&old.areas);
    }
    if !has.contains(&Column::Groups) {
        new.groups.clone_from(&old.groups);
    }
    if !has.contains(&Column::Posts) {
        new.posts.clone_from(&old.posts);
    }
    let same = |a: &Address, b: &Address| {
        a.kind == b.kind && a.kind.sameness(&a.address) == b.kind.sameness(&b.address)
    };
    let shares = old
        .addresses
        .iter()
        .any(|address| new.addresses.iter().any(|other| same(address, other)));
    let is_other_person = !shares && !old.name.is_empty() && old.name != new.name;
    for address in &old.addresses {
        let has_column = Column::ALL
            .into_iter()
            .any(|column| column.address_kind() == Some(address.kind) && has.contains(&column));
        // Another person does not inherit an address.
        if !has_column
            && !is_other_person
            && !new.addresses.iter().any(|other| same(address, other))
        {
            new.addresses.push(address.clone());
        }
    }
    new.addresses.sort();
    let mut gone = Vec::new();
    if is_other_person {
        gone.push(phrase!("contact.another-person"));
    }
    let lost = old
        .addresses
        .iter()
        .filter(|address| !new.addresses.iter().any(|other| same(address, other)))
        .count();
    let mut count = |lost: usize, said: fn(usize) -> Phrase| {
        gone.extend((lost > 0).then(|| said(lost)));
    };
    count(lost, |n| phrase!("contact.less.addresses", n));
    let areas = old.areas.iter().filter(|area| {
        // A smaller place in a larger one is still there.
        !new.areas
            .iter()
            .any(|other| other == *area || other.contains(area) || area.contains(other))
    });
    count(areas.count(), |n| phrase!("contact.less.areas", n));
    let missing = |old: &[String], new: &[String]| old.iter().filter(|x| !new.contains(x)).count();
    count(missing(&old.groups, &new.groups), |n| {
        phrase!("contact.less.groups", n)
    });
    count(missing(&old.posts, &new.posts), |n| {
        phrase!("contact.less.posts", n)
    });
    if old.language != new.language
        && has.contains(&Column::Language)
        && old.language != Default::default()
    {
        gone.push(phrase!("contact.another-language"));
    }
    (new, gone)
}
