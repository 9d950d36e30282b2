//! Contacts: written many at a time, read page by page, counted by reach.
//!
//! An address that stays keeps its row: `flow::dispatch` walks addresses by their number, and one that got a new number
//! half-way through would be reached twice.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::listed::{list, lists, one_of, within_reach};
use super::{Result, StoreError, Tx, Value};
use crate::args;
use crate::domain::area::AreaCode;
use crate::domain::audience::Reach;
use crate::domain::bulletin::Language;
use crate::domain::contact::{Address, AddressKind, Contact};

/// Contacts written in one transaction by those who write many: large enough to be fast, small enough that nobody else
/// waits long for the writer's turn.
pub const CONTACT_BATCH: usize = 1_000;

/// What an upsert did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Upserted {
    pub added: u64,
    /// Stood already and are now as given.
    pub replaced: u64,
}

/// How many a text would go to.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct ReachCount {
    pub people: i64,
    /// Distinct addresses by kind (`sms`, `email`, `telegram`).
    pub addresses: BTreeMap<String, i64>,
}

impl Tx {
    /// Adds contacts, or replaces those of the same code as a whole. No code may stand twice in `contacts`.
    pub async fn upsert_contacts(&mut self, contacts: &[Contact]) -> Result<Upserted> {
        let codes: Vec<&str> = contacts
            .iter()
            .map(|contact| contact.code.as_str())
            .collect();
        let before = self.contact_ids(&codes).await?;
        let rows = contacts
            .iter()
            .map(|contact| {
                args![
                    contact.code.as_str(),
                    contact.name.as_str(),
                    contact.language.code()
                ]
            })
            .collect();
        self.conn
            .insert_many(
                "INSERT INTO contact (code, name, language) VALUES",
                rows,
                "ON CONFLICT (code) DO UPDATE SET name = excluded.name, language = excluded.language",
            )
            .await?;
        let ids = self.contact_ids(&codes).await?;
        let numbered: Vec<(i64, &Contact)> = contacts
            .iter()
            .filter_map(|contact| ids.get(contact.code.as_str()).map(|id| (*id, contact)))
            .collect();
        let standing: Vec<i64> = before.values().copied().collect();
        self.replace_tags(&standing, &numbered).await?;
        self.replace_addresses(&standing, &numbered).await?;
        Ok(Upserted {
            added: (contacts.len() - before.len()) as u64,
            replaced: before.len() as u64,
        })
    }

    /// Those of `codes` that stand, by their codes.
    pub async fn contacts_by_code(&mut self, codes: &[&str]) -> Result<HashMap<String, Contact>> {
        let sql = one_of!(
            self.dialect(),
            "SELECT id, code, name, language FROM contact WHERE code IN",
            text
        );
        let rows = self.conn.query(sql, args![list(codes)]).await?;
        let mut found = page(&rows)?;
        self.fill(&mut found).await?;
        Ok(found
            .into_iter()
            .map(|(_, contact)| (contact.code.clone(), contact))
            .collect())
    }

    /// How many contacts are in no area, no group and no post: only what goes to everybody reaches them.
    pub async fn count_nowhere(&mut self) -> Result<i64> {
        let sql = "SELECT count(*) FROM contact c WHERE NOT EXISTS (SELECT 1 FROM contact_tag t WHERE t.contact = c.id)";
        let rows = self.conn.query(sql, Vec::new()).await?;
        Ok(rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0))
    }

    /// The contacts of a reach after number `after`, in the order they were added, with their numbers.
    pub async fn contacts(
        &mut self,
        reach: &Reach,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(i64, Contact)>> {
        let sql = within_reach!(
            self.dialect(),
            "SELECT c.id, c.code, c.name, c.language FROM contact c WHERE c.id > $4",
            "c.id",
            "$1" "$2" "$3",
            "ORDER BY c.id LIMIT $5"
        );
        let mut args = lists(reach);
        args.extend(args![after, limit]);
        let rows = self.conn.query(sql, args).await?;
        let mut page = page(&rows)?;
        self.fill(&mut page).await?;
        Ok(page)
    }

    /// How many contacts a reach has, and how many addresses of each kind.
    pub async fn count_reach(&mut self, reach: &Reach) -> Result<ReachCount> {
        let people = within_reach!(
            self.dialect(),
            "SELECT count(*) FROM contact c WHERE TRUE",
            "c.id",
            "$1" "$2" "$3",
            ""
        );
        let addresses = within_reach!(
            self.dialect(),
            "SELECT a.kind, count(DISTINCT a.address) FROM contact_address a WHERE TRUE",
            "a.contact",
            "$1" "$2" "$3",
            "GROUP BY a.kind"
        );
        let people = self.conn.query(people, lists(reach)).await?;
        let people = people
            .first()
            .map(|row| row.int(0))
            .transpose()?
            .unwrap_or(0);
        let mut count = ReachCount {
            people,
            addresses: BTreeMap::new(),
        };
        for row in self.conn.query(addresses, lists(reach)).await? {
            count.addresses.insert(row.text(0)?.to_owned(), row.int(1)?);
        }
        Ok(count)
    }

    async fn contact_ids(&mut self, codes: &[&str]) -> Result<HashMap<String, i64>> {
        let sql = one_of!(
            self.dialect(),
            "SELECT code, id FROM contact WHERE code IN",
            text
        );
        let rows = self.conn.query(sql, args![list(codes)]).await?;
        rows.iter()
            .map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?)))
            .collect()
    }

    async fn replace_tags(&mut self, standing: &[i64], contacts: &[(i64, &Contact)]) -> Result<()> {
        let clear = one_of!(
            self.dialect(),
            "DELETE FROM contact_tag WHERE contact IN",
            number
        );
        if !standing.is_empty() {
            self.conn.execute(clear, args![list(standing)]).await?;
        }
        let mut rows = Vec::new();
        for (id, contact) in contacts {
            let areas = contact.areas.iter().map(|area| ("area", area.0.as_str()));
            let groups = contact.groups.iter().map(|group| ("group", group.as_str()));
            let posts = contact.posts.iter().map(|post| ("post", post.as_str()));
            rows.extend(
                areas
                    .chain(groups)
                    .chain(posts)
                    .map(|(kind, value)| args![*id, kind, value]),
            );
        }
        if !rows.is_empty() {
            self.conn
                .insert_many(
                    "INSERT INTO contact_tag (contact, kind, value) VALUES",
                    rows,
                    "ON CONFLICT (contact, kind, value) DO NOTHING",
                )
                .await?;
        }
        Ok(())
    }

    async fn replace_addresses(
        &mut self,
        standing: &[i64],
        contacts: &[(i64, &Contact)],
    ) -> Result<()> {
        let mut kept: BTreeSet<(i64, &str, String)> = BTreeSet::new();
        let mut gone = Vec::new();
        let wanted: BTreeSet<(i64, &str, &str)> = contacts
            .iter()
            .flat_map(|(id, contact)| {
                contact
                    .addresses
                    .iter()
                    .map(|address| (*id, address.kind.code(), address.address.as_str()))
            })
            .collect();
        for (row, contact, address) in self.address_rows(standing).await? {
            let key = (contact, address.kind.code(), address.address);
            if wanted.contains(&(key.0, key.1, key.2.as_str())) {
                kept.insert(key);
            } else {
                gone.push(row);
            }
        }
        if !gone.is_empty() {
            let sql = one_of!(
                self.dialect(),
                "DELETE FROM contact_address WHERE id IN",
                number
            );
            self.conn.execute(sql, args![list(&gone)]).await?;
        }
        let rows: Vec<Vec<Value>> = wanted
            .into_iter()
            .filter(|(id, kind, address)| {
                kept.is_empty() || !kept.contains(&(*id, kind, (*address).to_owned()))
            })
            .map(|(id, kind, address)| args![id, kind, address])
            .collect();
        if !rows.is_empty() {
            self.conn
                .insert_many(
                    "INSERT INTO contact_address (contact, kind, address) VALUES",
                    rows,
                    "",
                )
                .await?;
        }
        Ok(())
    }

    /// (row, contact, address) of each address of `contacts`.
    async fn address_rows(&mut self, contacts: &[i64]) -> Result<Vec<(i64, i64, Address)>> {
        if contacts.is_empty() {
            return Ok(Vec::new());
        }
        let sql = one_of!(
            self.dialect(),
            "SELECT id, contact, kind, address FROM contact_address WHERE contact IN",
            number,
            "ORDER BY contact, kind, address"
        );
        let rows = self.conn.query(sql, args![list(contacts)]).await?;
        rows.iter()
            .map(|row| {
                let kind = AddressKind::from_code(row.text(2)?).ok_or_else(|| {
                    StoreError::broken("contact_address", row.int(0).unwrap_or(0), "unknown kind")
                })?;
                Ok((
                    row.int(0)?,
                    row.int(1)?,
                    Address {
                        kind,
                        address: row.text(3)?.to_owned(),
                    },
                ))
            })
            .collect()
    }

    /// Gives the contacts of a page their tags and addresses.
    async fn fill(&mut self, page: &mut [(i64, Contact)]) -> Result<()> {
        if page.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = page.iter().map(|(id, _)| *id).collect();
        let sql = one_of!(
            self.dialect(),
            "SELECT contact, kind, value FROM contact_tag WHERE contact IN",
            number
        );
        let at: HashMap<i64, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        for row in self.conn.query(sql, args![list(&ids)]).await? {
            let Some((_, contact)) = at.get(&row.int(0)?).and_then(|at| page.get_mut(*at)) else {
                continue;
            };
            let value = row.text(2)?.to_owned();
            match row.text(1)? {
                "area" => contact.areas.push(AreaCode(value)),
                "group" => contact.groups.push(value),
                "post" => contact.posts.push(value),
                other => {
                    return Err(StoreError::broken(
                        "contact_tag",
                        row.int(0)?,
                        format!("unknown kind {other:?}"),
                    ));
                }
            }
        }
        for (_, id, address) in self.address_rows(&ids).await? {
            if let Some((_, contact)) = at.get(&id).and_then(|at| page.get_mut(*at)) {
                contact.addresses.push(address);
            }
        }
        // Databases sort by their own alphabets.
        for (_, contact) in page {
            contact.areas.sort();
            contact.groups.sort();
            contact.posts.sort();
            contact.addresses.sort();
        }
        Ok(())
    }
}

/// The contacts of rows of number, code, name and language, without tags and addresses.
fn page(rows: &[super::Row]) -> Result<Vec<(i64, Contact)>> {
    rows.iter()
        .map(|row| {
            let contact = Contact {
                code: row.text(1)?.to_owned(),
                name: row.text(2)?.to_owned(),
                language: Language::from_code(row.text(3)?),
                areas: Vec::new(),
                groups: Vec::new(),
                posts: Vec::new(),
                addresses: Vec::new(),
            };
            Ok((row.int(0)?, contact))
        })
        .collect()
}
