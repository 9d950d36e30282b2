//! The [`Session`] of both databases that `sqlx` speaks to.

use std::borrow::Cow;

use sqlx::{
    Arguments as _, AssertSqlSafe, Database, Decode, Encode, Executor, IntoArguments, Row as _,
    Transaction, Type, TypeInfo as _, ValueRef as _,
};

use super::session::Session;
use super::statement::{self, Marks};
use super::{Dialect, Result, Row, StoreError, Value};

/// What `sqlx` does not say about a database, and what one may do beside its statements.
pub(super) trait Flavour: Send + Sync + 'static {
    type Db: Database;
    const DIALECT: Dialect;
    const MARKS: Marks;

    /// Whether `code` is the database's word for trouble that may pass.
    fn passing(code: &str) -> bool;
    fn changed(done: &<Self::Db as Database>::QueryResult) -> u64;
    /// Is told of every failure.
    fn met(&self, _: &StoreError) {}
    /// Looks once more before what was written is made durable.
    fn before_commit(&self) -> Result<()> {
        Ok(())
    }

    fn failure(&self, sql: &str, error: sqlx::Error) -> StoreError {
        let error = statement::failure(sql, error, Self::passing);
        self.met(&error);
        error
    }
}

pub(super) struct SqlxTx<F: Flavour> {
    pub(super) tx: Transaction<'static, F::Db>,
    pub(super) flavour: F,
}

impl<F: Flavour> Session for SqlxTx<F>
where
    for<'c> &'c mut <F::Db as Database>::Connection: Executor<'c, Database = F::Db>,
    <F::Db as Database>::Arguments: IntoArguments<F::Db>,
    for<'v> Option<i64>: Encode<'v, F::Db> + Decode<'v, F::Db> + Type<F::Db>,
    for<'v> Option<String>: Encode<'v, F::Db> + Decode<'v, F::Db> + Type<F::Db>,
    for<'v> i32: Decode<'v, F::Db> + Type<F::Db>,
    for<'v> bool: Decode<'v, F::Db> + Type<F::Db>,
    usize: sqlx::ColumnIndex<<F::Db as Database>::Row>,
{
    const DIALECT: Dialect = F::DIALECT;
    const MARKS: Marks = F::MARKS;

    async fn execute(
        &mut self,
        sql: Cow<'static, str>,
        head: &'static str,
        args: Vec<Value>,
    ) -> Result<u64> {
        let query = sqlx::query_with(AssertSqlSafe(sql), arguments::<F::Db>(args)?);
        let done = query.execute(&mut *self.tx).await;
        done.map(|done| F::changed(&done))
            .map_err(|error| self.flavour.failure(head, error))
    }

    async fn query(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
        _: bool,
    ) -> Result<Vec<Result<Row>>> {
        let args = arguments::<F::Db>(args)?;
        let rows = sqlx::query_with(sql, args).fetch_all(&mut *self.tx).await;
        let rows = rows.map_err(|error| self.flavour.failure(sql, error))?;
        Ok(rows.iter().map(row::<F::Db>).collect())
    }

    async fn script(&mut self, sql: &'static str) -> Result<()> {
        let done = sqlx::raw_sql(sql).execute(&mut *self.tx).await;
        done.map(drop)
            .map_err(|error| self.flavour.failure(sql, error))
    }

    async fn commit(self, reads_only: bool) -> Result<()> {
        if !reads_only {
            self.flavour.before_commit()?;
        }
        let done = self.tx.commit().await;
        done.map_err(|error| statement::commit_failure(error, F::passing))
    }
}

fn arguments<D: Database>(values: Vec<Value>) -> Result<D::Arguments>
where
    for<'v> Option<i64>: Encode<'v, D> + Type<D>,
    for<'v> Option<String>: Encode<'v, D> + Type<D>,
{
    let mut args = D::Arguments::default();
    for value in values {
        let added = match value {
            Value::Int(value) => args.add(value),
            Value::Text(value) => args.add(value),
        };
        added.map_err(|error| StoreError::Statement(error.to_string()))?;
    }
    Ok(args)
}

fn row<D: Database>(row: &D::Row) -> Result<Row>
where
    for<'v> Option<i64>: Decode<'v, D> + Type<D>,
    for<'v> Option<String>: Decode<'v, D> + Type<D>,
    for<'v> i32: Decode<'v, D> + Type<D>,
    for<'v> bool: Decode<'v, D> + Type<D>,
    usize: sqlx::ColumnIndex<D::Row>,
{
    let value = |column: usize| -> Result<Value> {
        let unreadable = |error: sqlx::Error| StoreError::Statement(error.to_string());
        let raw = row.try_get_raw(column).map_err(unreadable)?;
        if raw.is_null() {
            return Ok(Value::Int(None));
        }
        let int = match raw.type_info().name() {
            "INTEGER" | "INT8" => row.try_get_unchecked(column),
            "INT4" => row.try_get::<i32, _>(column).map(|int| Some(int.into())),
            "BOOL" => row.try_get::<bool, _>(column).map(|is| Some(is.into())),
            "TEXT" | "VARCHAR" | "NAME" => {
                return row
                    .try_get_unchecked(column)
                    .map(Value::Text)
                    .map_err(unreadable);
            }
            other => {
                let expected = format!("a number or text, found {other}; cast it in the statement");
                return Err(StoreError::column(column, &expected));
            }
        };
        int.map(Value::Int).map_err(unreadable)
    };
    let values = (0..row.len()).map(value).collect::<Result<_>>()?;
    Ok(Row { values })
}
