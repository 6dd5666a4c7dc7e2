use super::super::whatsapp::{Block, Inline, blocks, inline};
use super::*;
use crate::bridge::split::LIMIT;
use proptest::prelude::*;
use rstest::rstest;

#[test]
fn a_short_text_stays_as_it_is() {
    assert_eq!(parts(" *hello*\n\nthere ", LIMIT), [" *hello*\n\nthere "]);
    assert_eq!(parts(&"a".repeat(LIMIT), LIMIT).len(), 1);
}

#[test]
fn a_long_text_is_cut_between_paragraphs_and_numbered() {
    let [first, second] = ["a".repeat(3_000), "b".repeat(3_000)];
    assert_eq!(parts(&format!("{first}\n\n{second}"), LIMIT), [format!("{first}\n(1/2)"), format!("{second}\n(2/2)")]);
}

#[test]
fn more_than_nine_parts_have_room_for_their_numbers() {
    let parts = parts(&"x".repeat(LIMIT * 12), LIMIT);
    assert!(parts.iter().all(|part| part.chars().count() <= LIMIT));
    assert_eq!((parts.len(), parts[12].ends_with("\n(13/13)")), (13, true));
}

#[rstest]
#[case::bold("*one two three four five six seven eight nine ten eleven twelve x*", &[
    "*one two three four five six seven eight nine*\n(1/2)",
    "*ten eleven twelve x*\n(2/2)",
])]
#[case::nested("> *_one two three four five six seven eight nine ten eleven twelve_*", &[
    "> *_one two three four five six seven eight nine_*\n(1/2)",
    "> *_ten eleven twelve_*\n(2/2)",
])]
#[case::code("```\nfn one() {\n    let a = 1;\n    let b = 2;\n    let c = 3;\n    let d = 4;\n}\n```", &[
    "```\nfn one() {\n    let a = 1;\n    let b = 2;```\n(1/2)",
    "```    let c = 3;\n    let d = 4;\n}\n```\n(2/2)",
])]
#[case::between_marks("one two three four five six seven eight nine t *eleven twelve thirteen*", &[
    "one two three four five six seven eight nine t\n(1/2)",
    "*eleven twelve thirteen*\n(2/2)",
])]
#[case::list("- one two three four five six seven eight\n- nine ten eleven\n  - twelve and thirteen", &[
    "- one two three four five six seven eight\n(1/2)",
    "- nine ten eleven\n  - twelve and thirteen\n(2/2)",
])]
fn markup_is_closed_and_opened_again(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(parts(text, 64), expected);
}

#[rstest]
#[case::a_family("👨‍👩‍👧‍👦")]
#[case::a_skin_tone("👍🏽")]
#[case::a_variation("❤\u{fe0f}")]
#[case::a_flag("🇧🇷")]
#[case::an_accent_of_its_own("e\u{301}")]
fn what_is_seen_as_one_is_not_torn_apart(#[case] cluster: &str) {
    for lead in 0..cluster.chars().count() {
        let text = format!("{}{}", "x".repeat(lead), cluster.repeat(4_200));
        let parts: Vec<String> = parts(&text, LIMIT).iter().map(|part| unnumbered(part).to_owned()).collect();
        assert!(parts.len() > 1 && parts.iter().all(|part| part.trim_start_matches('x').replace(cluster, "").is_empty()), "{lead}");
        assert_eq!(parts.concat(), text);
    }
}

#[test]
fn a_text_that_grows_when_it_is_escaped_still_fits_teams() {
    for text in ["'".repeat(60_000), "é ".repeat(50_000), "*\"*\n> a\n".repeat(9_000), "http://a/'&'& ".repeat(5_000)] {
        let posts = whatsapp_to_teams_posts(&text);
        assert!(posts.len() > 1 && posts.iter().all(|html| html.encode_utf16().count() <= POST_LIMIT));
    }
    assert_eq!(whatsapp_to_teams_posts(&"a".repeat(30_000)).len(), 1);
}

#[test]
fn hostile_texts_take_bearable_time() {
    for hostile in ["*a ".repeat(20_000), "*a* ".repeat(20_000), "> *_~a~_*\n".repeat(8_000), "🇧".repeat(20_000), "\u{301}".repeat(20_000)]
    {
        assert!(parts(&hostile, LIMIT).len() > 4);
    }
}

fn unnumbered(part: &str) -> &str {
    part.rsplit_once("\n(").expect("numbered").0
}

/// Every character that is seen, with what makes it look as it does.
fn seen(text: &str) -> Vec<(char, String)> {
    fn write(pieces: &[Inline<'_>], style: &str, out: &mut Vec<(char, String)>) {
        for piece in pieces {
            match piece {
                Inline::Text(text) | Inline::Link(text) => out.extend(text.chars().map(|c| (c, style.to_owned()))),
                Inline::Code(text) => out.extend(text.chars().map(|c| (c, format!("{style}`")))),
                Inline::Bold(inside) => write(inside, &format!("{style}*"), out),
                Inline::Italic(inside) => write(inside, &format!("{style}_"), out),
                Inline::Strike(inside) => write(inside, &format!("{style}~"), out),
            }
        }
    }
    let mut out = Vec::new();
    for block in blocks(text) {
        match block {
            Block::Code(code) => out.extend(code.chars().map(|c| (c, "```".to_owned()))),
            Block::Quote(lines) => lines.iter().for_each(|line| write(&inline(line), ">", &mut out)),
            Block::Bullets(lines) | Block::Numbers(lines) => lines.iter().for_each(|line| write(&inline(line), "", &mut out)),
            Block::Line(line) => write(&inline(line), "", &mut out),
        }
    }
    out.retain(|(c, _)| !c.is_whitespace());
    out
}

proptest! {
    /// Words in all styles, lines, quotes and code.
    #[test]
    fn every_part_shows_what_its_piece_of_the_text_showed(
        pieces in prop::collection::vec("([a-zé]{1,9} ){1,30}[a-z👍🏽]{1,5}", 1..12),
        marks in prop::collection::vec(prop::sample::select(vec!["", "*", "_", "~", "`", "*_", "```\n"]), 12),
        gaps in prop::collection::vec(prop::sample::select(vec![" ", "\n", "\n\n", "\n> ", ". "]), 12),
    ) {
        let mut text = String::new();
        for ((piece, mark), gap) in pieces.iter().zip(&marks).zip(&gaps) {
            let back: String = mark.chars().rev().collect();
            text.push_str(&format!("{mark}{piece}{back}{gap}"));
        }
        let parts = parts(text.trim(), 80);
        prop_assert!(parts.iter().all(|part| part.chars().count() <= 80));
        let shown: Vec<_> = if parts.len() == 1 { seen(&parts[0]) } else { parts.iter().flat_map(|part| seen(unnumbered(part))).collect() };
        prop_assert_eq!(shown, seen(text.trim()));
    }

    #[test]
    fn nothing_but_space_and_marks_is_lost_and_no_part_is_too_long(text in "(\\PC|[a-z *_~`>\n-]|```|👨‍👩‍👧‍👦|e\u{301}){0,900}") {
        let parts = parts(&text, 100);
        prop_assert!(parts.iter().all(|part| part.chars().count() <= 100));
        let dense = |text: &str| text.chars().filter(|c| !c.is_whitespace() && !"*_~`>".contains(*c)).collect::<String>();
        let shown: String = if parts.len() == 1 { dense(&parts[0]) } else { parts.iter().map(|part| dense(unnumbered(part))).collect() };
        prop_assert_eq!(shown, dense(&text));
    }
}
