//! With whose name a colleague's text is signed towards the client, and how it stands there: `*Ana:* text` (product.md 6).
//!
//! Decided once, when the message is queued, so that a retry reads like the first attempt.

use super::{LONGEST_CAPTION, OutgoingFile, split};
use serde::{Deserialize, Serialize};

/// When texts are signed: a policy of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    /// While more than one colleague takes part.
    Group,
    Always,
    Never,
}

/// The longest name in a signature, in characters.
const LONGEST_NAME: usize = 60;
/// The marks around a name, the colon and the space.
const MARKS: usize = 4;
/// What a signature takes at most, in characters: each of the name's may need a guard on either side.
pub const LONGEST_SIGNATURE: usize = 3 * LONGEST_NAME + MARKS;
/// Keeps WhatsApp from reading what follows or precedes as a mark; shows nothing. WhatsApp has no escape character.
const GUARD: char = '\u{200b}';

impl Signature {
    /// Whether a text is signed while so many colleagues take part.
    pub fn signs(self, participants: usize) -> bool {
        match self {
            Self::Group => participants > 1,
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// A name as it is signed with: on one line, of bearable length, without anything that WhatsApp would read as a mark or that turns the
/// direction of the text. `None` where nothing is left of it.
pub fn signing_name(name: &str) -> Option<String> {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let plain: String = name.chars().filter(|c| !turns(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut signed = String::with_capacity(words.len());
    for c in words.chars().take(LONGEST_NAME) {
        match c {
            '*' | '_' | '~' | '`' => signed.extend([GUARD, c, GUARD]),
            c => signed.push(c),
        }
    }
    let signed = signed.trim_end();
    (!signed.is_empty()).then(|| signed.to_owned())
}

/// A file as the client gets it: signed where words can stand below it. A caption that leaves no room goes unsigned.
pub fn signed_file(name: &str, file: OutgoingFile) -> OutgoingFile {
    let caption = file.caption.as_deref().unwrap_or_default();
    let fits = signature_length(name) + caption.chars().count() <= LONGEST_CAPTION;
    if !file.form.has_caption() || !fits {
        return file;
    }
    let signed = format!("*{name}:* {caption}");
    OutgoingFile { caption: Some(signed.trim_end().to_owned()), ..file }
}

/// How many characters a signature takes from WhatsApp's limit.
pub fn signature_length(name: &str) -> usize {
    name.chars().count() + MARKS
}

/// The text as the client reads it. One that leaves no room goes unsigned: better than not at all.
pub fn signed(name: &str, text: &str) -> String {
    if text.chars().count() + signature_length(name) > split::LIMIT {
        return text.to_owned();
    }
    // A list, a quote or code begins on a line of its own.
    let gap = if begins_block(text) { '\n' } else { ' ' };
    format!("*{name}:*{gap}{text}")
}

fn begins_block(text: &str) -> bool {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let numbered = digits > 0 && text[digits..].starts_with(". ");
    numbered || ["> ", "- ", "* ", "```"].iter().any(|mark| text.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case(Signature::Group, 0, false)]
    #[case(Signature::Group, 1, false)]
    #[case(Signature::Group, 2, true)]
    #[case(Signature::Always, 1, true)]
    #[case(Signature::Never, 3, false)]
    fn the_policy_says_when(#[case] policy: Signature, #[case] participants: usize, #[case] signs: bool) {
        assert_eq!(policy.signs(participants), signs);
    }

    #[rstest]
    #[case::as_it_is("Ana Souza", Some("Ana Souza"))]
    #[case::one_line(" Ana\n\tSouza\r\n", Some("Ana Souza"))]
    #[case::marks("*Ana* _S_", Some("\u{200b}*\u{200b}Ana\u{200b}*\u{200b} \u{200b}_\u{200b}S\u{200b}_\u{200b}"))]
    #[case::turned("\u{202e}anA", Some("anA"))]
    #[case::right_to_left("مريم", Some("مريم"))]
    #[case::nothing(" \n", None)]
    fn a_name_cannot_break_out_of_its_signature(#[case] name: &str, #[case] signed: Option<&str>) {
        assert_eq!(signing_name(name).as_deref(), signed);
    }

    #[rstest]
    #[case::a_sentence("Hello", "*Ana:* Hello")]
    #[case::a_list("- one\n- two", "*Ana:*\n- one\n- two")]
    #[case::numbers("1. one\n2. two", "*Ana:*\n1. one\n2. two")]
    #[case::a_quote("> said", "*Ana:*\n> said")]
    #[case::code("```x```", "*Ana:*\n```x```")]
    #[case::a_number("12 rooms", "*Ana:* 12 rooms")]
    fn a_text_is_signed(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(signed("Ana", text), expected);
    }

    proptest! {
        #[test]
        fn a_signed_text_fits_and_holds_the_text(name in "\\PC{0,90}", text in "[a-z*é]{4050,4096}") {
            if let Some(name) = signing_name(&name) {
                let shown = signed(&name, &text);
                prop_assert!(shown.chars().count() <= split::LIMIT);
                prop_assert!(shown.ends_with(&text));
                prop_assert!(!name.contains('\n') && signature_length(&name) <= LONGEST_SIGNATURE);
            }
        }
    }
}
