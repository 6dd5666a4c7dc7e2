//! Names in a sentence.

use crate::bridge::base_language;

/// `Ana, Ben and Carolina`, in the master's English.
pub fn names(names: &[impl AsRef<str>]) -> String {
    names_in("en", names)
}

/// The same in the language of the sentence around it (BCP 47 or Meta's spelling), which a line may have worded itself; in a language
/// that is not known here with commas alone.
pub fn names_in(language: &str, names: &[impl AsRef<str>]) -> String {
    let Some((last, before)) = names.split_last() else { return String::new() };
    let last = last.as_ref();
    if before.is_empty() {
        return last.to_owned();
    }
    let before = before.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    match and(language, last) {
        Some(and) => format!("{before} {and} {last}"),
        None => format!("{before}, {last}"),
    }
}

fn and(language: &str, next: &str) -> Option<&'static str> {
    let next = next.to_lowercase();
    Some(match base_language(language).to_ascii_lowercase().as_str() {
        "en" => "and",
        "de" => "und",
        "fr" => "et",
        "nl" => "en",
        "it" | "pt" => "e",
        // `Ana e Inés`: before the same sound.
        "es" if next.starts_with(['i', 'í']) || (next.starts_with("hi") && !next.starts_with("hie")) => "e",
        "es" => "y",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("en", &[], "")]
    #[case("en", &["Ana"], "Ana")]
    #[case("en-GB", &["Ana", "Ben"], "Ana and Ben")]
    #[case("en", &["Ana", "Ben", "Carolina"], "Ana, Ben and Carolina")]
    #[case("de_AT", &["Ana", "Ben", "Carolina"], "Ana, Ben und Carolina")]
    #[case("pt-BR", &["Ana", "Ben"], "Ana e Ben")]
    #[case("es", &["Ana", "Ben"], "Ana y Ben")]
    #[case("es", &["Ana", "Inés"], "Ana e Inés")]
    #[case("es", &["Ana", "Hierro"], "Ana y Hierro")]
    #[case("tr", &["Ana", "Ben", "Carolina"], "Ana, Ben, Carolina")]
    fn names_stand_as_in_a_sentence(#[case] language: &str, #[case] given: &[&str], #[case] expected: &str) {
        assert_eq!(names_in(language, given), expected);
    }
}
