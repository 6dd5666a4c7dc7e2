//! Characters that turn the direction of what follows them, kept within the piece of text they stand in.
//!
//! They are not dropped: keyboards and WhatsApp itself put isolates around names in right-to-left text, which reads wrongly without
//! them. But one that stays open turns what stands behind it (a name, the next line, a link's label), and a lone closing one ends
//! what was opened around it. So each piece of text closes at the end of each line what it has opened there, and closes nothing
//! else; a link is a piece of its own, which nothing can turn.

/// Ends an embedding or an override.
const POP: char = '\u{202c}';
/// Ends an isolate, and all embeddings inside of it.
const POP_ISOLATE: char = '\u{2069}';

/// The text with every embedding, override and isolate closed at the end of its line, and without those that close nothing
/// (Unicode Standard Annex 9, rules X1 to X8).
pub fn contained(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    contain(text, &mut |c| out.push(c));
    out
}

/// Hands every character of the contained text to `write`.
pub(super) fn contain(text: &str, write: &mut impl FnMut(char)) {
    // What closes each of those that are open, the innermost last.
    let mut open = Vec::new();
    for c in text.chars() {
        match c {
            '\u{202a}' | '\u{202b}' | '\u{202d}' | '\u{202e}' => open.push(POP),
            '\u{2066}'..='\u{2068}' => open.push(POP_ISOLATE),
            POP => {
                if open.last() != Some(&POP) {
                    continue;
                }
                open.pop();
            }
            POP_ISOLATE => {
                let Some(at) = open.iter().rposition(|closing| *closing == POP_ISOLATE) else { continue };
                open.truncate(at);
            }
            // Whatever ends a line or a paragraph for the bidirectional algorithm.
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                open.drain(..).rev().for_each(&mut *write);
            }
            _ => {}
        }
        write(c);
    }
    open.into_iter().rev().for_each(write);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::plain("مرحبا John, 12", "مرحبا John, 12")]
    #[case::closed("a \u{2068}שם\u{2069} b", "a \u{2068}שם\u{2069} b")]
    #[case::override_left_open("\u{202e}anA", "\u{202e}anA\u{202c}")]
    #[case::each_line("\u{202e}a\nb", "\u{202e}a\u{202c}\nb")]
    #[case::paragraph_separator("\u{2067}a\u{2029}b", "\u{2067}a\u{2069}\u{2029}b")]
    #[case::closes_nothing("a\u{202c}b\u{2069}c", "abc")]
    #[case::embedding_does_not_end_an_isolate("\u{2066}a\u{202c}b", "\u{2066}ab\u{2069}")]
    #[case::isolate_ends_what_is_inside("\u{2066}\u{202b}a\u{2069}b\u{202c}", "\u{2066}\u{202b}a\u{2069}b")]
    #[case::innermost_first("\u{202a}\u{2066}a", "\u{202a}\u{2066}a\u{2069}\u{202c}")]
    fn what_is_opened_is_closed_where_it_was_opened(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(contained(text), expected);
    }

    proptest! {
        #[test]
        fn nothing_else_changes(text in "(\\PC|\n|[\u{202a}-\u{202e}\u{2066}-\u{2069}]){0,40}") {
            let turns = |c: &char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            let bare = |text: &str| text.chars().filter(|c| !turns(c)).collect::<String>();
            let once = contained(&text);
            prop_assert_eq!(bare(&once), bare(&text));
            prop_assert_eq!(contained(&once), once.as_str());
            for line in once.split('\n') {
                let count = |from: char, to: char| line.chars().filter(|c| (from..=to).contains(c)).count();
                prop_assert_eq!(count('\u{2066}', '\u{2068}'), count('\u{2069}', '\u{2069}'));
            }
        }
    }
}
