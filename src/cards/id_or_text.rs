//! Rows by their ids: choice inputs give text, buttons give numbers.

use serde::{Deserialize, Deserializer, Serializer, de::Error};

pub trait Row: Copy {
    fn from_row(row: i64) -> Self;
    fn row(self) -> i64;
}
macro_rules! row { ($($name:ty),*) => { $(impl Row for $name {
    fn from_row(row: i64) -> Self { Self(row) }
    fn row(self) -> i64 { self.0 }
})* } }
row!(crate::bridge::ContactId, crate::bridge::ThreadId);

pub fn serialize<T: Row, S: Serializer>(id: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(id.row())
}

pub fn deserialize<'de, T: Row, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(i64),
        Text(String),
    }
    match Either::deserialize(deserializer)? {
        Either::Number(row) => Ok(T::from_row(row)),
        Either::Text(text) => text.trim().parse().map(T::from_row).map_err(|_| D::Error::custom("not an id")),
    }
}
