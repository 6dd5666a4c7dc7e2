//! Where a long text may be cut, and how its parts are numbered. What becomes of markup that a cut goes through is `markup::parts`'.

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

/// WhatsApp's limit for one text, in characters (Unicode scalar values, as the Cloud API counts them).
pub const LIMIT: usize = 4096;
/// A cut that would fill less of a part than one in so many waits for a finer place: "Dear Maria," is no message of its own.
const LEAST_FILLED: usize = 4;

/// The best place to cut a text that has more than `room` characters, in bytes: behind the last paragraph that fits, else line, else
/// sentence, else word, never inside a grapheme cluster (Unicode Standard Annex 29) that is shorter than `room`. White space in front of
/// the place does not count. `None`: the text has room. `may` says whether there is anything against a place.
pub fn cut(text: &str, room: usize, may: impl Fn(usize) -> bool) -> Option<usize> {
    let (full, _) = text.char_indices().nth(room.max(1))?;
    // What would stand at the end of the part is not shown.
    let end = text.len() - text[full..].trim_start().len();
    let window = &text[..end];
    let may = |at: &usize| *at > 0 && *at < text.len() && may(*at) && is_boundary(text, *at);
    let filled = |at: &usize| *at * LEAST_FILLED >= full && may(at);
    let behind = |mark: &'static str| window.rmatch_indices(mark).map(move |(at, mark)| at + mark.len());
    let spaces = window.char_indices().rev().filter(|(_, c)| c.is_whitespace()).map(|(at, c)| at + c.len_utf8());
    let paragraph = || behind("\n\n").find(filled);
    let line = || behind("\n").find(filled);
    let sentences = || window.split_sentence_bound_indices().map(|(at, _)| at).collect::<Vec<_>>();
    let sentence = || sentences().into_iter().rfind(filled);
    let word = || window.split_word_bound_indices().map(|(at, _)| at).rfind(filled);
    let cluster = || window.grapheme_indices(true).map(|(at, _)| at).chain([end]).rfind(may);
    let found = paragraph().or_else(line).or_else(sentence).or_else(|| { spaces }.find(filled)).or_else(word).or_else(cluster);
    Some(found.unwrap_or(full))
}

fn is_boundary(text: &str, at: usize) -> bool {
    GraphemeCursor::new(at, text.len(), true).is_boundary(text, 0).unwrap_or(true)
}

/// What stands below a part: `(1/3)`.
pub fn number(part: usize, of: usize) -> String {
    format!("\n({part}/{of})")
}

/// The number below a text, where it has one: which part of how many.
pub fn numbered(text: &str) -> Option<(usize, usize)> {
    let (part, of) = text.rsplit_once('\n')?.1.strip_prefix('(')?.strip_suffix(')')?.split_once('/')?;
    Some((part.parse().ok()?, of.parse().ok()?))
}

/// The first `limit` characters, without a grapheme cluster that was cut.
pub fn beginning(text: &str, limit: usize) -> &str {
    let Some((full, _)) = text.char_indices().nth(limit) else { return text };
    let mut at = full;
    while at > 0 && !is_boundary(text, at) {
        at -= text[..at].chars().next_back().map_or(at, char::len_utf8);
    }
    &text[..if at > 0 { at } else { full }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::has_room("hello", 5, None)]
    #[case::paragraph("aaa bb.\nbbb\n\ncccc dddd", 20, Some("aaa bb.\nbbb\n\n"))]
    #[case::line("aaa bb. C\nbbb cc", 14, Some("aaa bb. C\n"))]
    #[case::sentence("One two. Three four five", 20, Some("One two. "))]
    #[case::word("one two three", 10, Some("one two "))]
    #[case::word_without_spaces("今天天气很好，我们去公园", 8, Some("今天天气很好，"))]
    #[case::just_fits("one two three", 7, Some("one two "))]
    #[case::too_early_a_line("Hi\nthere is much to say and to hear", 20, Some("Hi\nthere is much to "))]
    #[case::no_place_at_all("aaaaaaaaaa", 4, Some("aaaa"))]
    #[case::family("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 10, Some("👨‍👩‍👧‍👦"))]
    #[case::flags("🇧🇷🇩🇪🇫🇷", 3, Some("🇧🇷"))]
    #[case::accent("e\u{301}e\u{301}", 3, Some("e\u{301}"))]
    #[case::space_with_an_accent("ab \u{301}cd", 4, Some("ab"))]
    #[case::a_cluster_longer_than_a_part("e\u{301}\u{301}\u{301}\u{301}", 2, Some("e\u{301}"))]
    fn a_text_is_cut_at_the_best_place(#[case] text: &str, #[case] room: usize, #[case] part: Option<&str>) {
        assert_eq!(cut(text, room, |_| true).map(|at| &text[..at]), part);
    }

    #[test]
    fn what_may_not_be_cut_is_cut_before() {
        assert_eq!(cut("one two three four", 12, |at| at != 8), Some(4));
    }

    #[rstest]
    #[case("text\n(1/3)", Some((1, 3)))]
    #[case("text (1/3)", None)]
    #[case("text\n(1/3) more", None)]
    #[case("text\n(a/3)", None)]
    fn a_number_is_read_back(#[case] text: &str, #[case] expected: Option<(usize, usize)>) {
        assert_eq!(numbered(text), expected);
        assert_eq!(numbered(&format!("{text}{}", number(12, 34))), Some((12, 34)));
    }

    proptest! {
        #[test]
        fn a_cut_is_a_boundary_and_leaves_no_more_than_there_is_room(text in "(\\PC|[a-z .\n\u{301}\u{200d}]|👨‍👩‍👧‍👦|🇧🇷){0,200}", room in 16_usize..80) {
            match cut(&text, room, |_| true) {
                None => prop_assert!(text.chars().count() <= room),
                Some(at) => {
                    prop_assert!(at > 0 && at < text.len());
                    prop_assert!(text[..at].trim_end().chars().count() <= room);
                    let longest = text.graphemes(true).map(|cluster| cluster.chars().count()).max().unwrap_or_default();
                    prop_assert!(longest > room || is_boundary(&text, at));
                }
            }
        }

        #[test]
        fn a_beginning_fits(text in "(\\PC|👨‍👩‍👧‍👦|e\u{301}){0,40}", limit in 0_usize..30) {
            let beginning = beginning(&text, limit);
            prop_assert!(text.starts_with(beginning) && beginning.chars().count() <= limit);
        }
    }
}
