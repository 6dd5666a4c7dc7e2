//! How much of what was written before a colleague may see who is added to a thread, or takes it over (product.md 6).

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What they see besides everything that is written from then on. Written as `none`, `all`, or the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum HistoryChoice {
    None,
    /// So many of the last messages between the client and colleagues, from 1 to [`HistoryChoice::MOST`], with the notes among them, which
    /// do not count.
    Last(u32),
    All,
}

/// Neither `none` nor `all` nor a number from 1 to [`HistoryChoice::MOST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write none, all, or a number from 1 to {}", HistoryChoice::MOST)]
pub struct NoHistoryChoice;

impl HistoryChoice {
    /// Whoever needs more than so many messages needs all.
    pub const MOST: u32 = 999;

    /// How a form writes that a number is meant, which stands in an input of its own.
    pub const LAST: &'static str = "last";

    /// Reads a form: which of the three, and the number, which counts for `last` only.
    ///
    /// # Errors
    /// Nothing was chosen, or the number is none.
    pub fn of_form(chosen: &str, number: &str) -> Result<Self, NoHistoryChoice> {
        match chosen.trim() {
            Self::LAST => match number.parse() {
                Ok(Self::Last(count)) => Ok(Self::Last(count)),
                _ => Err(NoHistoryChoice),
            },
            chosen if chosen.bytes().all(|byte| byte.is_ascii_digit()) => Err(NoHistoryChoice),
            chosen => chosen.parse(),
        }
    }
}

impl FromStr for HistoryChoice {
    type Err = NoHistoryChoice;

    fn from_str(text: &str) -> Result<Self, NoHistoryChoice> {
        match text.trim() {
            "none" => Ok(Self::None),
            "all" => Ok(Self::All),
            number => match number.parse() {
                Ok(count @ 1..=Self::MOST) => Ok(Self::Last(count)),
                _ => Err(NoHistoryChoice),
            },
        }
    }
}

impl fmt::Display for HistoryChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Last(count) => write!(f, "{count}"),
            Self::All => f.write_str("all"),
        }
    }
}

impl From<HistoryChoice> for String {
    fn from(choice: HistoryChoice) -> Self {
        choice.to_string()
    }
}

impl TryFrom<String> for HistoryChoice {
    type Error = NoHistoryChoice;

    fn try_from(text: String) -> Result<Self, NoHistoryChoice> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("none", Ok(HistoryChoice::None))]
    #[case(" all ", Ok(HistoryChoice::All))]
    #[case("1", Ok(HistoryChoice::Last(1)))]
    #[case("999", Ok(HistoryChoice::Last(999)))]
    #[case("0", Err(NoHistoryChoice))]
    #[case("1000", Err(NoHistoryChoice))]
    #[case("-2", Err(NoHistoryChoice))]
    #[case("last", Err(NoHistoryChoice))]
    #[case("", Err(NoHistoryChoice))]
    fn a_choice_is_written_as_a_word_or_a_number(#[case] text: &str, #[case] choice: Result<HistoryChoice, NoHistoryChoice>) {
        assert_eq!(text.parse(), choice);
        if let Ok(choice) = choice {
            assert_eq!(choice.to_string().parse(), Ok(choice));
        }
    }

    #[rstest]
    #[case::none("none", "", Ok(HistoryChoice::None))]
    #[case::the_number_counts_for_last_only("none", "7", Ok(HistoryChoice::None))]
    #[case::all("all", "", Ok(HistoryChoice::All))]
    #[case::last("last", " 7 ", Ok(HistoryChoice::Last(7)))]
    #[case::last_of_nothing("last", "", Err(NoHistoryChoice))]
    #[case::last_of_a_word("last", "all", Err(NoHistoryChoice))]
    #[case::too_many("last", "1000", Err(NoHistoryChoice))]
    #[case::nothing_chosen("", "7", Err(NoHistoryChoice))]
    #[case::no_choice_of_ours("12", "7", Err(NoHistoryChoice))]
    fn a_form_has_a_choice_and_a_number(
        #[case] chosen: &str,
        #[case] number: &str,
        #[case] choice: Result<HistoryChoice, NoHistoryChoice>,
    ) {
        assert_eq!(HistoryChoice::of_form(chosen, number), choice);
    }
}
