//! Long texts in parts that WhatsApp takes.

/// WhatsApp's limit for one text, in characters.
pub const LIMIT: usize = 4096;
/// Makes one emoji of two (zero width joiner).
const JOINER: char = '\u{200d}';

/// The text in parts of at most 4,096 characters, cut at the last paragraph, line or word that fits, in order. A short text is
/// one part, unchanged.
pub fn parts(text: &str) -> Vec<String> {
    parts_within(text, LIMIT)
}

/// The same in parts of at most `limit` characters, which leaves room for what the server adds. At least 1.
pub fn parts_within(text: &str, limit: usize) -> Vec<String> {
    let mut rest = text;
    let mut parts = Vec::new();
    while let Some((limit, _)) = rest.char_indices().nth(limit.max(1)) {
        let window = &rest[..limit];
        let cut =
            ["\n\n", "\n", " "].iter().find_map(|at| window.rfind(at).filter(|cut| *cut > 0)).unwrap_or_else(|| whole_cluster(window));
        parts.push(rest[..cut].trim_end().to_owned());
        rest = rest[cut..].trim_start();
    }
    if !rest.is_empty() || parts.is_empty() {
        parts.push(rest.to_owned());
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The last place not inside a combined emoji: before a joiner, a variation selector, a skin tone or a mark there is no cut, nor
/// after a joiner. After the others there is: with them the emoji ends.
fn whole_cluster(window: &str) -> usize {
    let joins = |c: char| {
        matches!(c, JOINER | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}') || unicode_normalization::char::is_combining_mark(c)
    };
    let mut after: Option<char> = None;
    for (at, c) in window.char_indices().rev().take(32) {
        if after.is_some_and(|after| !joins(after) && c != JOINER) {
            return at + c.len_utf8();
        }
        after = Some(c);
    }
    window.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[test]
    fn a_short_text_stays_as_it_is() {
        assert_eq!(parts("hello\n\nthere"), ["hello\n\nthere"]);
    }

    #[test]
    fn a_long_text_is_cut_between_paragraphs() {
        let first = "a".repeat(3000);
        let second = "b".repeat(3000);
        assert_eq!(parts(&format!("{first}\n\n{second}")), [first, second]);
    }

    #[rstest]
    #[case::a_family("👨‍👩‍👧‍👦")]
    #[case::a_skin_tone("👍🏽")]
    #[case::a_variation("❤\u{fe0f}")]
    #[case::an_accent_of_its_own("e\u{301}")]
    fn what_is_seen_as_one_is_not_torn_apart(#[case] cluster: &str) {
        for lead in 0..cluster.chars().count() {
            let text = format!("{}{}", "x".repeat(lead), cluster.repeat(4200));
            let parts = parts(&text);
            assert!(parts.len() > 1 && parts.iter().all(|part| part.trim_start_matches('x').replace(cluster, "").is_empty()), "{lead}");
            assert_eq!(parts.concat(), text);
        }
    }

    proptest! {
        #[test]
        fn nothing_but_space_is_lost_and_no_part_is_too_long(text in "[a-z\u{e9}\u{1f600} \n]{0,9000}") {
            let parts = parts(&text);
            prop_assert!(parts.iter().all(|part| part.chars().count() <= LIMIT));
            let dense = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(dense(&parts.join(" ")), dense(&text));
        }
    }
}
