//! What the drivers do to a statement before it leaves and to an error when it comes back.

use std::fmt::Write;

use sqlx::error::ErrorKind;

use super::{Result, StoreError, Value};

/// How long a transaction waits for its turn before the caller is told that the database is busy, in seconds.
pub(super) const PATIENCE_SECONDS: u64 = 15;

/// Rows in one `VALUES` list. The sizes are few so that the texts are few and stay in the statement cache.
const CHUNKS: [usize; 7] = [64, 32, 16, 8, 4, 2, 1];

/// Splits `rows` into the sizes that have a text, largest first.
pub(super) fn chunks(mut rows: usize) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let size = CHUNKS.into_iter().find(|size| *size <= rows)?;
        rows -= size;
        Some(size)
    })
}

/// How a driver writes the parameters of a `VALUES` list.
#[derive(Clone, Copy)]
pub(super) enum Marks {
    /// `?`: SQLite looks numbered ones up in a list, which is slow when there are a thousand.
    Bare,
    /// `$1`
    Numbered,
}

/// `head (?,?),(?,?) tail`
pub(super) fn values(head: &str, rows: usize, columns: usize, tail: &str, marks: Marks) -> String {
    let mut sql = String::with_capacity(head.len() + tail.len() + rows * columns * 6);
    sql.push_str(head);
    for row in 0..rows {
        sql.push_str(if row == 0 { " (" } else { ",(" });
        for column in 0..columns {
            if column > 0 {
                sql.push(',');
            }
            match marks {
                Marks::Bare => sql.push('?'),
                // Writing to a String cannot fail.
                Marks::Numbered => drop(write!(sql, "${}", row * columns + column + 1)),
            }
        }
        sql.push(')');
    }
    sql.push(' ');
    sql.push_str(tail);
    sql
}

/// How many columns every one of `rows` has.
///
/// # Errors
/// When they differ, or there are none.
pub(super) fn width(head: &str, rows: &[Vec<Value>]) -> Result<usize> {
    let width = rows.first().map_or(0, Vec::len);
    if width == 0 || rows.iter().any(|row| row.len() != width) {
        return Err(StoreError::Statement(format!(
            "{head}: the rows differ in length"
        )));
    }
    Ok(width)
}

/// # Errors
/// When `text` holds U+0000, which PostgreSQL cannot keep and SQLite would cut at.
pub(super) fn storable(text: &str) -> Result<()> {
    if text.contains('\0') {
        return Err(StoreError::Statement(
            "a text holds the character U+0000, which cannot be kept".into(),
        ));
    }
    Ok(())
}

/// As [`storable`], for every text of `args`.
pub(super) fn all_storable(args: &[Value]) -> Result<()> {
    args.iter().try_for_each(|value| match value {
        Value::Text(Some(text)) => storable(text),
        _ => Ok(()),
    })
}

/// Translates what went wrong with `sql`. `passing` knows the driver's codes for trouble that may pass.
pub(super) fn failure(sql: &str, error: sqlx::Error, passing: fn(&str) -> bool) -> StoreError {
    match error {
        sqlx::Error::Database(refusal) => {
            let code = refusal.code().unwrap_or_default();
            if refusal.kind() == ErrorKind::UniqueViolation {
                StoreError::Duplicate(refusal.message().to_owned())
            } else if is_full(&code) {
                StoreError::Full(refusal.message().to_owned())
            } else if is_no_database(&code) {
                StoreError::Missing(refusal.message().to_owned())
            } else if is_another(&code, refusal.message()) {
                StoreError::Foreign(format!("{}, in: {}", refusal.message(), beginning(sql)))
            } else if passing(&code) {
                StoreError::Unavailable(refusal.message().to_owned())
            } else {
                refused(sql, refusal.message(), &code)
            }
        }
        error if is_loss(&error) => StoreError::Unavailable(error.to_string()),
        sqlx::Error::PoolTimedOut => no_turn(),
        other => unexpected(sql, &other),
    }
}

/// SQLite's and PostgreSQL's word for a full disk.
fn is_full(code: &str) -> bool {
    matches!(code, "13" | "53100")
}

/// PostgreSQL's word for a database that is not there.
fn is_no_database(code: &str) -> bool {
    code == "3D000"
}

/// SQLite's words for a file that is none of its databases or a broken one, and the databases' words for one without
/// our tables: they were there when it was opened.
fn is_another(code: &str, message: &str) -> bool {
    let family = code.parse::<i64>().map(|code| code & 0xff);
    match family {
        Ok(11 | 26) => true,
        Ok(1) => message.starts_with("no such table"),
        _ => false,
    }
}

/// The database said no to `sql`, and would again.
pub(super) fn refused(sql: &str, message: &str, code: &str) -> StoreError {
    StoreError::Statement(format!("{message} ({code}), in: {}", beginning(sql)))
}

pub(super) fn unexpected(sql: &str, error: &dyn std::error::Error) -> StoreError {
    StoreError::Statement(format!("{error}, in: {}", beginning(sql)))
}

/// A transaction could not begin within [`PATIENCE_SECONDS`].
pub(super) fn no_turn() -> StoreError {
    StoreError::Unavailable(format!(
        "no connection came free within {PATIENCE_SECONDS} seconds: it does not answer, or is busy with other work"
    ))
}

/// What a failed `COMMIT` means: a refusal undid everything, a lost connection leaves it open.
pub(super) fn commit_failure(error: sqlx::Error, passing: fn(&str) -> bool) -> StoreError {
    if is_loss(&error) {
        StoreError::Uncertain(error.to_string())
    } else {
        failure("COMMIT", error, passing)
    }
}

fn is_loss(error: &sqlx::Error) -> bool {
    matches!(
        error,
        sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed
            | sqlx::Error::Protocol(_)
    )
}

fn beginning(sql: &str) -> String {
    let words: Vec<&str> = sql.split_whitespace().take(12).collect();
    words.join(" ").chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_few_sizes_and_lose_no_row() {
        for rows in 0..500 {
            let sizes: Vec<usize> = chunks(rows).collect();
            assert_eq!(sizes.iter().sum::<usize>(), rows);
            assert!(
                sizes.iter().all(|size| CHUNKS.contains(size)),
                "{rows}: {sizes:?}"
            );
        }
    }

    #[test]
    fn a_values_list_is_written_as_each_database_reads_it() {
        assert_eq!(
            values("INSERT INTO t (a, b) VALUES", 2, 2, "", Marks::Bare).trim(),
            "INSERT INTO t (a, b) VALUES (?,?),(?,?)"
        );
        assert_eq!(
            values(
                "INSERT INTO t (a) VALUES",
                3,
                1,
                "ON CONFLICT DO NOTHING",
                Marks::Numbered
            ),
            "INSERT INTO t (a) VALUES ($1),($2),($3) ON CONFLICT DO NOTHING"
        );
    }

    #[test]
    fn uneven_rows_are_refused() {
        let rows = [vec![Value::from(1_i64)], vec![]];
        assert!(width("INSERT INTO t (a) VALUES", &rows).is_err());
    }
}
