//! One transaction, whichever driver began it.
//!
//! [`Guarded`] holds the rules that are the same everywhere: a transaction that only reads writes nothing, one whose
//! statement failed keeps nothing, many rows are inserted with few statements. A driver brings a [`Session`], which
//! knows nothing of them.

use std::borrow::Cow;
use std::future::Future;

use async_trait::async_trait;

use super::statement::{self, Marks};
use super::{Connection, Dialect, Result, Row, StoreError, Value};

/// What a driver does with one statement of a transaction that it began.
pub(super) trait Session: Send + 'static {
    const DIALECT: Dialect;
    const MARKS: Marks;

    /// `head` is what a failure quotes of the statement.
    fn execute(
        &mut self,
        sql: Cow<'static, str>,
        head: &'static str,
        args: Vec<Value>,
    ) -> impl Future<Output = Result<u64>> + Send;

    /// The inner error is about a row that was returned, and fails nothing.
    fn query(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
        reads_only: bool,
    ) -> impl Future<Output = Result<Vec<Result<Row>>>> + Send;

    fn script(&mut self, sql: &'static str) -> impl Future<Output = Result<()>> + Send;

    fn commit(self, reads_only: bool) -> impl Future<Output = Result<()>> + Send;
}

pub(super) struct Guarded<S> {
    session: S,
    reads_only: bool,
    failed: bool,
}

impl<S: Session> Guarded<S> {
    pub(super) fn boxed(session: S, reads_only: bool) -> Box<dyn Connection> {
        Box::new(Self {
            session,
            reads_only,
            failed: false,
        })
    }

    /// SQLite would go on after a failed statement, PostgreSQL does not, and answers COMMIT with a quiet ROLLBACK.
    fn still_good(&self) -> Result<()> {
        if self.failed {
            Err(StoreError::undone())
        } else {
            Ok(())
        }
    }

    fn may_write(&self, sql: &str) -> Result<()> {
        if self.reads_only {
            return Err(StoreError::only_reads(sql));
        }
        self.still_good()
    }

    fn settle<T>(&mut self, outcome: Result<T>) -> Result<T> {
        self.failed |= outcome.is_err();
        outcome
    }
}

#[async_trait]
impl<S: Session> Connection for Guarded<S> {
    fn dialect(&self) -> Dialect {
        S::DIALECT
    }

    async fn execute(&mut self, sql: &'static str, args: Vec<Value>) -> Result<u64> {
        self.may_write(sql)?;
        statement::all_storable(&args)?;
        let done = self.session.execute(sql.into(), sql, args).await;
        self.settle(done)
    }

    async fn query(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>> {
        self.still_good()?;
        statement::all_storable(&args)?;
        let rows = self.session.query(sql, args, self.reads_only).await;
        self.settle(rows)?.into_iter().collect()
    }

    async fn insert_many(
        &mut self,
        head: &'static str,
        rows: Vec<Vec<Value>>,
        tail: &'static str,
    ) -> Result<u64> {
        self.may_write(head)?;
        if rows.is_empty() {
            return Ok(0);
        }
        let columns = statement::width(head, &rows)?;
        let mut inserted = 0;
        let sizes = statement::chunks(rows.len());
        let mut rows = rows.into_iter();
        for size in sizes {
            let sql = statement::values(head, size, columns, tail, S::MARKS);
            let args: Vec<Value> = rows.by_ref().take(size).flatten().collect();
            statement::all_storable(&args)?;
            let done = self.session.execute(sql.into(), head, args).await;
            inserted += self.settle(done)?;
        }
        Ok(inserted)
    }

    async fn script(&mut self, sql: &'static str) -> Result<()> {
        self.may_write(sql)?;
        let done = self.session.script(sql).await;
        self.settle(done)
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        self.still_good()?;
        self.session.commit(self.reads_only).await
    }
}
