//! What goes into a statement and what comes out of it, the same for every engine: whole numbers, text, bytes, or nothing.
//!
//! Flags are the numbers 0 and 1. Text that is stored or compared never holds U+0000, which PostgreSQL cannot keep: it becomes U+FFFD, on
//! every engine alike, so that what a client wrote is never refused for it and two stores hold the same.

use std::borrow::Cow;

/// One value. On its way into a statement it is borrowed where that is possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'v> {
    Null,
    Integer(i64),
    Text(Cow<'v, str>),
    Bytes(Cow<'v, [u8]>),
}

/// A column holds something else than was asked for: a bug of ours, or a database that somebody else changed.
#[derive(Debug, thiserror::Error)]
#[error("column {column} holds {found}, which is not what was asked for")]
pub struct ColumnError {
    pub column: usize,
    /// The kind of the value, never the value.
    pub found: &'static str,
}

impl Value<'_> {
    /// The kind, for errors: values themselves may be what somebody wrote.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Integer(_) => "a number",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
        }
    }

    /// The same, owned.
    pub(super) fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Integer(number) => Value::Integer(number),
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Bytes(bytes) => Value::Bytes(Cow::Owned(bytes.into_owned())),
        }
    }
}

/// Text as it is kept.
fn kept(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{FFFD}")) } else { text }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Integer(flag.into())
    }
}

impl<'v> From<&'v str> for Value<'v> {
    fn from(text: &'v str) -> Self {
        Self::Text(kept(Cow::Borrowed(text)))
    }
}

impl<'v> From<&'v String> for Value<'v> {
    fn from(text: &'v String) -> Self {
        text.as_str().into()
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(kept(Cow::Owned(text)))
    }
}

impl<'v> From<&'v [u8]> for Value<'v> {
    fn from(bytes: &'v [u8]) -> Self {
        Self::Bytes(Cow::Borrowed(bytes))
    }
}

impl<'v, T: Into<Value<'v>>> From<Option<T>> for Value<'v> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<'v> From<&'v Option<String>> for Value<'v> {
    fn from(text: &'v Option<String>) -> Self {
        text.as_deref().into()
    }
}

/// What a statement is run with: nothing (`[]`), an array, a tuple, or a list of values. The first is `?1`.
pub trait Params<'v> {
    type Values: AsRef<[Value<'v>]>;
    fn values(self) -> Self::Values;
}

impl<'v> Params<'v> for [Value<'v>; 0] {
    type Values = Self;
    fn values(self) -> Self {
        self
    }
}

impl<'v> Params<'v> for Vec<Value<'v>> {
    type Values = Self;
    fn values(self) -> Self {
        self
    }
}

impl<'v, T: Into<Value<'v>>> Params<'v> for [T; 1] {
    type Values = [Value<'v>; 1];
    fn values(self) -> Self::Values {
        self.map(Into::into)
    }
}

macro_rules! tuples {
    ($($count:literal: $($letter:ident)+;)+) => {
        $(impl<'v, $($letter: Into<Value<'v>>),+> Params<'v> for ($($letter,)+) {
            type Values = [Value<'v>; $count];
            #[expect(non_snake_case, reason = "a value is named as its type")]
            fn values(self) -> Self::Values {
                let ($($letter,)+) = self;
                [$($letter.into()),+]
            }
        })+
    };
}

tuples! {
    1: A;
    2: A B;
    3: A B C;
    4: A B C D;
    5: A B C D E;
    6: A B C D E F;
    7: A B C D E F G;
    8: A B C D E F G H;
    9: A B C D E F G H I;
    10: A B C D E F G H I J;
    11: A B C D E F G H I J K;
    12: A B C D E F G H I J K L;
    13: A B C D E F G H I J K L M;
    14: A B C D E F G H I J K L M N;
    15: A B C D E F G H I J K L M N O;
    16: A B C D E F G H I J K L M N O P;
}

/// What a column can be read as. `None`: it holds something else.
pub trait FromValue: Sized {
    fn from_value(value: Value<'_>) -> Option<Self>;
}

impl FromValue for i64 {
    fn from_value(value: Value<'_>) -> Option<Self> {
        if let Value::Integer(number) = value { Some(number) } else { None }
    }
}

impl FromValue for u32 {
    fn from_value(value: Value<'_>) -> Option<Self> {
        i64::from_value(value).and_then(|number| number.try_into().ok())
    }
}

impl FromValue for bool {
    fn from_value(value: Value<'_>) -> Option<Self> {
        i64::from_value(value).map(|number| number != 0)
    }
}

impl FromValue for String {
    fn from_value(value: Value<'_>) -> Option<Self> {
        if let Value::Text(text) = value { Some(text.into_owned()) } else { None }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: Value<'_>) -> Option<Self> {
        if let Value::Bytes(bytes) = value { Some(bytes.into_owned()) } else { None }
    }
}

impl FromValue for Value<'static> {
    fn from_value(value: Value<'_>) -> Option<Self> {
        Some(value.into_owned())
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_kept_without_the_one_character_that_an_engine_cannot_keep() {
        assert_eq!(Value::from("a\0b"), Value::Text("a\u{FFFD}b".into()));
        assert_eq!(Value::from("\0".to_owned()), Value::from("\u{FFFD}"));
        let untouched = Value::from("Zoë 🌸\n\u{1}");
        assert!(matches!(untouched, Value::Text(Cow::Borrowed("Zoë 🌸\n\u{1}"))));
        assert_eq!(Value::from(&b"a\0b"[..]), Value::Bytes(Cow::Borrowed(b"a\0b")), "bytes are bytes");
    }

    #[test]
    fn a_column_is_read_as_what_it_holds_and_as_nothing_else() {
        assert_eq!((bool::from_value(Value::Integer(0)), bool::from_value(Value::Integer(1))), (Some(false), Some(true)));
        assert_eq!((i64::from_value(Value::Null), Option::<i64>::from_value(Value::Null)), (None, Some(None)));
        assert_eq!(Option::<String>::from_value(Value::Integer(1)), None);
        assert_eq!(u32::from_value(Value::Integer(-1)), None);
    }
}
