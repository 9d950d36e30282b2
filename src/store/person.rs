//! People, their tokens, and the answers already given to a repeated request.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::incident::{from_json, to_json};
use super::{Dialect, Result, Row, StoreError, Tx};
use crate::args;
use crate::domain::person::Person;
use crate::domain::time::Moment;
use crate::id::UserId;

/// How long the answer to a request with an idempotency key is kept.
const ANSWERS_KEPT: TimeDelta = TimeDelta::days(1);

/// An answer that was given to a request with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenAnswer {
    /// Hash of the request it answered.
    pub request: String,
    pub status: u16,
    pub answer: String,
}

impl Tx {
    /// # Errors
    /// [`StoreError::Duplicate`] when the login is taken.
    pub async fn add_person(&mut self, person: &Person) -> Result<()> {
        let posts = to_json("person", &person.id, &person.posts)?;
        self.conn
            .execute(
                "INSERT INTO person (id, login, name, posts, disabled_at, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
                args![
                    person.id.as_str(),
                    person.login.as_str(),
                    person.name.as_str(),
                    posts,
                    person.disabled_at,
                    person.created_at
                ],
            )
            .await?;
        Ok(())
    }

    pub async fn update_person(&mut self, person: &Person) -> Result<()> {
        let posts = to_json("person", &person.id, &person.posts)?;
        self.conn
            .execute(
                "UPDATE person SET name = $1, posts = $2, disabled_at = $3 WHERE id = $4",
                args![
                    person.name.as_str(),
                    posts,
                    person.disabled_at,
                    person.id.as_str()
                ],
            )
            .await?;
        Ok(())
    }

    /// Others who lock the people wait until this transaction ends: who may still work here is decided over all of them.
    /// SQLite has one writer, which is lock enough.
    pub async fn lock_people(&mut self) -> Result<()> {
        if self.dialect() == Dialect::Postgres {
            let sql = "SELECT id FROM person ORDER BY id FOR NO KEY UPDATE";
            self.conn.query(sql, Vec::new()).await?;
        }
        Ok(())
    }

    pub async fn people(&mut self) -> Result<Vec<Person>> {
        let rows = self
            .conn
            .query(
                "SELECT id, login, name, posts, disabled_at, created_at FROM person ORDER BY login",
                Vec::new(),
            )
            .await?;
        rows.iter().map(person_of).collect()
    }

    pub async fn person_by_login(&mut self, login: &str) -> Result<Option<Person>> {
        let rows = self
            .conn
            .query(
                "SELECT id, login, name, posts, disabled_at, created_at FROM person WHERE login = $1",
                args![login],
            )
            .await?;
        rows.first().map(person_of).transpose()
    }

    /// The person who holds a token that is neither revoked nor of somebody disabled, and when the token ends.
    pub async fn person_by_token(
        &mut self,
        token_hash: &str,
    ) -> Result<Option<(Person, Option<Moment>)>> {
        let rows = self
            .conn
            .query(
                "SELECT p.id, p.login, p.name, p.posts, p.disabled_at, p.created_at, t.expires_at FROM token t JOIN person p ON p.id = t.person \
                 WHERE t.hash = $1 AND t.revoked_at IS NULL AND p.disabled_at IS NULL",
                args![token_hash],
            )
            .await?;
        rows.first()
            .map(|row| Ok((person_of(row)?, row.opt_moment(6)?)))
            .transpose()
    }

    /// When the last token of each person ends, or ended: None = never. Who holds none that was not revoked is not in it.
    pub async fn token_ends(&mut self) -> Result<BTreeMap<String, Option<Moment>>> {
        let rows = self
            .conn
            .query(
                "SELECT p.login, CASE WHEN COUNT(*) = COUNT(t.expires_at) THEN MAX(t.expires_at) END FROM token t \
                 JOIN person p ON p.id = t.person WHERE t.revoked_at IS NULL AND p.disabled_at IS NULL GROUP BY p.login",
                Vec::new(),
            )
            .await?;
        rows.iter()
            .map(|row| Ok((row.text(0)?.to_owned(), row.opt_moment(1)?)))
            .collect()
    }

    pub async fn add_token(
        &mut self,
        person: &UserId,
        token_hash: &str,
        label: &str,
        now: Moment,
        expires_at: Option<Moment>,
    ) -> Result<()> {
        self.conn
            .execute(
                "INSERT INTO token (hash, person, label, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
                args![token_hash, person.as_str(), label, now, expires_at],
            )
            .await?;
        Ok(())
    }

    /// Returns how many tokens were still good.
    pub async fn revoke_tokens(&mut self, person: &UserId, now: Moment) -> Result<u64> {
        self.conn
            .execute(
                "UPDATE token SET revoked_at = $1 WHERE person = $2 AND revoked_at IS NULL",
                args![now, person.as_str()],
            )
            .await
    }

    /// The answer given to this key before. In a transaction that writes, whoever asks for the same key at the same
    /// time waits until this one has answered.
    pub async fn given_answer(&mut self, person: &str, key: &str) -> Result<Option<GivenAnswer>> {
        // SQLite has one writer at a time.
        if self.dialect() == Dialect::Postgres {
            self.conn
                .execute(
                    "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
                    args![format!("{person} {key}")],
                )
                .await?;
        }
        let rows = self
            .conn
            .query(
                "SELECT request, status, answer FROM idempotency WHERE person = $1 AND key = $2",
                args![person, key],
            )
            .await?;
        rows.first()
            .map(|row| {
                Ok(GivenAnswer {
                    request: row.text(0)?.to_owned(),
                    status: u16::try_from(row.int(1)?)
                        .map_err(|e| StoreError::broken("idempotency", key, e))?,
                    answer: row.text(2)?.to_owned(),
                })
            })
            .transpose()
    }

    /// Answers are kept for a day, which is longer than a command or a page asks again; the oldest make room for the new one.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when another request with the same key was answered meanwhile.
    pub async fn keep_answer(
        &mut self,
        person: &str,
        key: &str,
        given: &GivenAnswer,
        now: Moment,
    ) -> Result<()> {
        self.conn
            .execute(
                "DELETE FROM idempotency WHERE (person, key) IN \
                 (SELECT person, key FROM idempotency WHERE at < $1 ORDER BY at LIMIT 20)",
                args![now - ANSWERS_KEPT],
            )
            .await?;
        self.conn
            .execute(
                "INSERT INTO idempotency (person, key, request, status, answer, at) VALUES ($1, $2, $3, $4, $5, $6)",
                args![
                    person,
                    key,
                    given.request.as_str(),
                    i64::from(given.status),
                    given.answer.as_str(),
                    now
                ],
            )
            .await?;
        Ok(())
    }
}

fn person_of(row: &Row) -> Result<Person> {
    let id = row.text(0)?;
    Ok(Person {
        id: id
            .parse()
            .map_err(|e: crate::id::BadId| StoreError::broken("person", id, e))?,
        login: row.text(1)?.to_owned(),
        name: row.text(2)?.to_owned(),
        posts: from_json("person", id, row.text(3)?)?,
        disabled_at: row.opt_moment(4)?,
        created_at: row.moment(5)?,
    })
}
