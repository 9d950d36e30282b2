//! The two kinds of value that a column holds, and a row of them. Keeps `sqlx` types inside the drivers.

use super::error::StoreError;

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Int(Option<i64>),
    Text(Option<String>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Int(Some(i64::from(value)))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Int(Some(i64::from(value)))
    }
}

impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<crate::domain::time::Moment> for Value {
    fn from(value: crate::domain::time::Moment) -> Self {
        Self::Int(Some(value.timestamp_millis()))
    }
}

impl From<Option<crate::domain::time::Moment>> for Value {
    fn from(value: Option<crate::domain::time::Moment>) -> Self {
        Self::Int(value.map(|at| at.timestamp_millis()))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<Option<String>> for Value {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}

impl From<Option<&str>> for Value {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(str::to_owned))
    }
}

/// A row as a query returned it, read by position.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub values: Vec<Value>,
}

impl Row {
    /// # Errors
    /// When the column is missing, empty or text: the statement and the program disagree.
    pub fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.opt_int(column)?
            .ok_or_else(|| StoreError::column(column, "a number, found nothing"))
    }

    /// # Errors
    /// When the column is missing or text.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.values.get(column) {
            Some(Value::Int(value)) => Ok(*value),
            Some(Value::Text(None)) => Ok(None),
            _ => Err(StoreError::column(column, "a number")),
        }
    }

    /// # Errors
    /// When the column is missing, empty or a number.
    pub fn text(&self, column: usize) -> Result<&str, StoreError> {
        self.opt_text(column)?
            .ok_or_else(|| StoreError::column(column, "text, found nothing"))
    }

    /// # Errors
    /// When the column is missing or a number.
    pub fn opt_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        match self.values.get(column) {
            Some(Value::Text(value)) => Ok(value.as_deref()),
            Some(Value::Int(None)) => Ok(None),
            _ => Err(StoreError::column(column, "text")),
        }
    }

    /// # Errors
    /// As [`Row::int`].
    pub fn moment(&self, column: usize) -> Result<crate::domain::time::Moment, StoreError> {
        self.int(column).map(crate::domain::time::from_millis)
    }

    /// # Errors
    /// As [`Row::opt_int`].
    pub fn opt_moment(
        &self,
        column: usize,
    ) -> Result<Option<crate::domain::time::Moment>, StoreError> {
        Ok(self.opt_int(column)?.map(crate::domain::time::from_millis))
    }
}

/// Builds the arguments of a statement from anything a column can hold.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::Value::from($value)),*] };
}
