//! Phone numbers: what a colleague types becomes E.164; what WhatsApp calls a client is matched leniently.
//!
//! `wa_id` is not the dialled number: Brazil, Mexico and Argentina add or drop a digit. We store what Meta returned, match on
//! the variants, and never rewrite what was stored (whatsapp.md 1.9).

use phonenumber::Mode;
use std::str::FromStr;

/// Why something typed is no phone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    #[error("the number must start with + and the country code")]
    NoCountryCode,
    #[error("this is not a valid phone number")]
    Invalid,
}

/// Reads what a person typed, in any usual format, as E.164 (`+4930901820`). `region` (ISO 3166, `DE`) reads numbers without
/// country code; without it they are refused, for guessing a country could reach a stranger.
pub fn parse(typed: &str, region: Option<&str>) -> Result<String, PhoneError> {
    let typed = typed.trim();
    let typed = typed.strip_prefix("00").map_or_else(|| typed.to_owned(), |rest| format!("+{rest}"));
    let region = region.and_then(|region| phonenumber::country::Id::from_str(region).ok());
    if !typed.starts_with('+') && region.is_none() {
        return Err(PhoneError::NoCountryCode);
    }
    let number = phonenumber::parse(region, &typed).map_err(|_| PhoneError::Invalid)?;
    if !phonenumber::is_valid(&number) {
        return Err(PhoneError::Invalid);
    }
    Ok(number.format().mode(Mode::E164).to_string())
}

/// A number as people read it (`+49 30 901820`); what cannot be read is given back unchanged.
pub fn display(e164: &str) -> String {
    phonenumber::parse(None, e164).map_or_else(|_| e164.to_owned(), |number| number.format().mode(Mode::International).to_string())
}

/// The country code of a region (`49`), and what is dialled there before a number without it (`0`); empty where nothing is.
pub fn dialling(region: &str) -> Option<(String, String)> {
    let region = phonenumber::metadata::DATABASE.by_id(region)?;
    Some((region.country_code().to_string(), region.national_prefix().unwrap_or_default().to_owned()))
}

/// True for numbers of the United States, to which WhatsApp delivers no marketing. Canada shares +1 and is not meant.
pub fn is_us(e164: &str) -> bool {
    e164.starts_with("+1") && phonenumber::parse(None, e164).is_ok_and(|number| number.country().id() == Some(phonenumber::country::US))
}

/// All spellings under which the same subscriber may appear, digits only, the given one first. Accepts E.164 or a `wa_id`.
pub fn variants(number: &str) -> Vec<String> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let twin = brazil(&digits).or_else(|| mexico(&digits)).or_else(|| argentina(&digits));
    std::iter::once(digits).chain(twin).collect()
}

/// 55, area code of two digits, then eight digits or nine with a leading 9.
fn brazil(digits: &str) -> Option<String> {
    let (area, local) = digits.strip_prefix("55")?.split_at_checked(2)?;
    match (local.len(), local.strip_prefix('9')) {
        (9, Some(eight)) => Some(format!("55{area}{eight}")),
        (8, _) => Some(format!("55{area}9{local}")),
        _ => None,
    }
}

/// 52 and ten digits, or 521 and the same ten.
fn mexico(digits: &str) -> Option<String> {
    let rest = digits.strip_prefix("52")?;
    match (rest.len(), rest.strip_prefix('1')) {
        (11, Some(ten)) => Some(format!("52{ten}")),
        (10, _) => Some(format!("521{rest}")),
        _ => None,
    }
}

/// 54 and ten digits, or 549 and the same ten.
fn argentina(digits: &str) -> Option<String> {
    let rest = digits.strip_prefix("54")?;
    match (rest.len(), rest.strip_prefix('9')) {
        (11, Some(ten)) => Some(format!("54{ten}")),
        (10, _) => Some(format!("549{rest}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("+49 30 901820", None, Ok("+4930901820"))]
    #[case("0049 (30) 901-820", None, Ok("+4930901820"))]
    #[case("030 901820", Some("DE"), Ok("+4930901820"))]
    #[case("+55 11 98765-4321", None, Ok("+5511987654321"))]
    #[case("030 901820", None, Err(PhoneError::NoCountryCode))]
    #[case("+49 1", None, Err(PhoneError::Invalid))]
    #[case("hello", Some("DE"), Err(PhoneError::Invalid))]
    #[case("", None, Err(PhoneError::NoCountryCode))]
    fn typed_numbers(#[case] typed: &str, #[case] region: Option<&str>, #[case] read: Result<&str, PhoneError>) {
        assert_eq!(parse(typed, region), read.map(str::to_owned));
    }

    #[rstest]
    #[case("+5511987654321", "551187654321")]
    #[case("551187654321", "5511987654321")]
    #[case("+525512345678", "5215512345678")]
    #[case("5215512345678", "525512345678")]
    #[case("+5491123456789", "541123456789")]
    fn countries_that_add_or_drop_a_digit(#[case] number: &str, #[case] twin: &str) {
        assert!(variants(number).contains(&twin.to_owned()));
    }

    #[test]
    fn other_countries_have_one_spelling() {
        assert_eq!(variants("+4930901820"), ["4930901820"]);
    }

    #[test]
    fn a_number_is_shown_as_people_read_it_and_anything_else_as_it_is() {
        assert_eq!(display("+5511987654321"), "+55 11 98765-4321");
        assert_eq!(display("kim.reads"), "kim.reads");
    }

    #[test]
    fn canada_is_not_the_united_states() {
        assert!(is_us("+12025550123"));
        assert!(!is_us("+14165550123"));
        assert!(!is_us("+4930901820"));
    }

    proptest! {
        #[test]
        fn twins_find_each_other(digits in "(55|52|54)[0-9]{8,12}") {
            for twin in variants(&digits) {
                prop_assert!(variants(&twin).contains(&digits));
            }
        }

        #[test]
        fn nothing_typed_panics(typed in "\\PC{0,40}") {
            let _ = parse(&typed, Some("DE"));
            let _ = variants(&typed);
        }
    }
}
