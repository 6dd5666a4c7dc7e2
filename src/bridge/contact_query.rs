//! What somebody types to find a contact: part of a name, or of a phone number in any usual format.
//!
//! Nothing that is stored is rewritten for it: a name is compared folded, and a number is looked for in every spelling that somebody
//! who means it may have typed.

use super::{fold, phone};

/// What to look for. A contact fits when every word is in its name, or one of the numbers in one of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactQuery {
    /// Parts of the folded name (see [`fold`]).
    pub words: Vec<String>,
    /// Parts of a number.
    pub numbers: Vec<Digits>,
    /// What was typed, where it has neither letters nor digits: names of emoji alone exist.
    pub literal: Option<String>,
}

/// Digits of a phone number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Digits {
    /// The number begins with them, country code first.
    Start(String),
    /// They stand anywhere in it.
    Within(String),
}

/// Fewer digits are in too many numbers to mean one of them.
const FEWEST_DIGITS: usize = 3;
/// More words than these narrow nothing down.
const MOST_WORDS: usize = 8;

impl ContactQuery {
    /// Reads what was typed. `region` (ISO 3166) is the one in which numbers without country code are read.
    pub fn read(typed: &str, region: Option<&str>) -> Self {
        let typed = typed.trim();
        let words: Vec<String> = fold(typed).split(' ').filter(|word| !word.is_empty()).take(MOST_WORDS).map(str::to_owned).collect();
        let literal = (words.is_empty() && !typed.is_empty()).then(|| typed.to_owned());
        Self { numbers: numbers(typed, region), words, literal }
    }

    /// True when nothing was typed: everybody fits.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.literal.is_none()
    }
}

fn numbers(typed: &str, region: Option<&str>) -> Vec<Digits> {
    if typed.chars().any(|c| c.is_alphanumeric() && !c.is_ascii_digit()) {
        return Vec::new();
    }
    // "+49 (0)151 …" says the trunk prefix for those who dial at home.
    let typed = typed.replace("(0)", "");
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let abroad = typed.starts_with('+') || digits.starts_with("00");
    let whole = phone::parse(&typed, region).map(|number| phone::variants(&number)).unwrap_or_default();
    let mut found: Vec<Digits> = whole.into_iter().map(Digits::Start).collect();
    if abroad {
        let dialled = digits.strip_prefix("00").unwrap_or(&digits);
        found.extend((!dialled.is_empty()).then(|| Digits::Start(dialled.to_owned())));
    } else if digits.len() >= FEWEST_DIGITS {
        // At home a number is dialled with a prefix that is no part of it, nearly everywhere a zero.
        let (code, prefix) = region.and_then(phone::dialling).unwrap_or((String::new(), "0".to_owned()));
        if let Some(rest) = digits.strip_prefix(&prefix).filter(|rest| rest.len() >= FEWEST_DIGITS - 1) {
            found.push(if code.is_empty() { Digits::Within(rest.to_owned()) } else { Digits::Start(format!("{code}{rest}")) });
        }
        found.push(Digits::Within(digits));
    }
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    /// As the store looks: among all spellings of the contact's number.
    fn finds(typed: &str, region: Option<&str>, stored: &str) -> bool {
        let names = phone::variants(stored);
        ContactQuery::read(typed, region).numbers.iter().any(|wanted| {
            names.iter().any(|name| match wanted {
                Digits::Start(digits) => name.starts_with(digits),
                Digits::Within(digits) => name.contains(digits),
            })
        })
    }

    #[rstest]
    #[case::as_dialled_abroad("+49 151 2345", None, "+4915123456789", true)]
    #[case::with_double_zero("0049 151 2345", None, "+4915123456789", true)]
    #[case::with_the_trunk_prefix_in_brackets("+49 (0)151/2345", None, "+4915123456789", true)]
    #[case::in_brackets("+49 (151) 234-567 89", None, "+4915123456789", true)]
    #[case::as_dialled_at_home("0151 234", Some("DE"), "+4915123456789", true)]
    #[case::as_dialled_at_home_by_a_line_without_region("0151 234", None, "+4915123456789", true)]
    #[case::somewhere_within("234 567", None, "+4915123456789", true)]
    #[case::with_dots_and_narrow_spaces("151.234\u{202f}567", Some("DE"), "+4915123456789", true)]
    #[case::the_beginning_is_meant("+151", None, "+4915123456789", false)]
    #[case::another_country("0151 234", Some("FR"), "+4915123456789", false)]
    #[case::two_digits_mean_nobody("15", Some("DE"), "+4915123456789", false)]
    #[case::a_country_alone("+49", None, "+4915123456789", true)]
    #[case::a_prefix_that_is_no_zero("8 912 345", Some("RU"), "+79123456789", true)]
    #[case::where_the_zero_is_part_of_the_number("06 698", Some("IT"), "+390669812345", true)]
    #[case::brazil_typed_with_the_ninth_digit("+55 11 98765-4321", None, "551187654321", true)]
    #[case::brazil_typed_without_it("+55 11 8765-4321", None, "+5511987654321", true)]
    #[case::brazil_half_typed_without_it("+55 11 8765", None, "+5511987654321", true)]
    #[case::brazil_at_home("(11) 98765-4321", Some("BR"), "551187654321", true)]
    #[case::mexico_with_the_one("+52 1 55 1234 5678", None, "+525512345678", true)]
    #[case::mexico_without_it("+52 55 1234 5678", None, "5215512345678", true)]
    #[case::argentina_with_the_nine("+54 9 11 2345-6789", None, "541123456789", true)]
    #[case::argentina_without_it("+54 11 2345-6789", None, "+5491123456789", true)]
    #[case::argentina_at_home("011 15-2345-6789", Some("AR"), "+5491123456789", true)]
    #[case::letters_are_a_name("Room 151", Some("DE"), "+4915123456789", false)]
    #[case::nothing("", Some("DE"), "+4915123456789", false)]
    #[case::no_digits("+", Some("DE"), "+4915123456789", false)]
    fn a_number_is_found_however_it_is_typed(#[case] typed: &str, #[case] region: Option<&str>, #[case] stored: &str, #[case] found: bool) {
        assert_eq!(finds(typed, region, stored), found, "{:?}", ContactQuery::read(typed, region));
    }

    #[rstest]
    #[case("  MÜLLER  lüdenscheid ", &["muller", "ludenscheid"], None)]
    #[case("O’Neil", &["oneil"], None)]
    #[case("🌸", &[], Some("🌸"))]
    #[case("%", &[], Some("%"))]
    #[case(" ", &[], None)]
    fn a_name_is_looked_for_folded(#[case] typed: &str, #[case] words: &[&str], #[case] literal: Option<&str>) {
        let query = ContactQuery::read(typed, None);
        assert_eq!(query.words, words);
        assert_eq!(query.literal.as_deref(), literal);
        assert_eq!(query.is_empty(), words.is_empty() && literal.is_none());
    }

    proptest! {
        #[test]
        fn a_whole_number_is_found_in_every_spelling(number in "(49151|5511[0-9]|52155|5491[0-9])[0-9]{8}") {
            for spelling in phone::variants(&number) {
                prop_assert!(finds(&format!("+{spelling}"), None, &number), "{} {}", spelling, number);
                prop_assert!(finds(&spelling[2..], None, &number));
            }
        }

        #[test]
        fn nothing_typed_panics_or_grows(typed in "\\PC{0,60}", region in "[A-Z]{0,3}") {
            let query = ContactQuery::read(&typed, Some(&region));
            prop_assert!(query.words.len() <= MOST_WORDS && query.numbers.len() <= 6);
        }
    }
}
