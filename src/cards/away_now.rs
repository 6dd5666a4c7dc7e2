//! Who is away, on a card about something else.

use super::text::{Text, name};
use crate::bridge::Time;
use crate::texts::absence as words;

/// A colleague who is away now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwayNow {
    pub name: String,
    pub until: Time,
    /// Who stands in, by name.
    pub cover: Option<String>,
}

impl AwayNow {
    /// "until …, Ben stands in".
    pub fn until(&self) -> Text {
        let until = Text::plain(words::UNTIL).then(Text::moment(self.until));
        self.cover.iter().fold(until, |until, cover| until.and(words::who_stands_in(&name(cover))))
    }
}
