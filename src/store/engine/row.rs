//! Rows of an answer, whichever engine gave it.

use crate::store::error::Result;
use crate::store::value::{ColumnError, FromValue, Value};
use postgres::types::{FromSql, Type};
use rusqlite::types::ValueRef;
use std::borrow::Cow;

/// What a statement's rows are given to; false: no more are wanted.
pub(super) type Reader<'f> = &'f mut dyn FnMut(&Row<'_>) -> Result<bool>;

/// A row of an answer.
pub struct Row<'r>(pub(super) Cells<'r>);

pub(super) enum Cells<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r postgres::Row),
}

impl Row<'_> {
    /// The column at `index`, from 0.
    pub fn get<T: FromValue>(&self, index: usize) -> Result<T, ColumnError> {
        let value = match &self.0 {
            Cells::Sqlite(row) => of_sqlite(row, index),
            Cells::Postgres(row) => of_postgres(row, index),
        };
        let value = value.ok_or(ColumnError { column: index, found: "something of another kind" })?;
        let found = value.kind();
        T::from_value(value).ok_or(ColumnError { column: index, found })
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        match &self.0 {
            Cells::Sqlite(row) => row.as_ref().column_count(),
            Cells::Postgres(row) => row.len(),
        }
    }
}

/// `None`: no such column, or of a kind that we never store.
fn of_sqlite<'r>(row: &'r rusqlite::Row<'_>, index: usize) -> Option<Value<'r>> {
    Some(match row.get_ref(index).ok()? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Text(text) => Value::Text(Cow::Borrowed(std::str::from_utf8(text).ok()?)),
        ValueRef::Blob(bytes) => Value::Bytes(Cow::Borrowed(bytes)),
        ValueRef::Real(_) => return None,
    })
}

/// A column's value; `None`: no such column, or of a kind that we never store.
fn of_postgres(row: &postgres::Row, index: usize) -> Option<Value<'_>> {
    row.try_get::<_, Cell<'_>>(index).ok().map(|cell| cell.0)
}

struct Cell<'r>(Value<'r>);

impl<'r> FromSql<'r> for Cell<'r> {
    fn from_sql(ty: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(match *ty {
            Type::BOOL => Value::Integer(bool::from_sql(ty, raw)?.into()),
            Type::INT4 => Value::Integer(i32::from_sql(ty, raw)?.into()),
            Type::INT8 => Value::Integer(i64::from_sql(ty, raw)?),
            Type::BYTEA => Value::Bytes(Cow::Borrowed(raw)),
            _ => Value::Text(Cow::Borrowed(<&str>::from_sql(ty, raw)?)),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Value::Null))
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::BOOL | Type::INT4 | Type::INT8 | Type::BYTEA | Type::TEXT | Type::VARCHAR | Type::NAME)
    }
}
