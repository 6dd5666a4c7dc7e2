//! What Teams sends as markdown (`textFormat: markdown`), as WhatsApp's text: made HTML first, so that one reader knows Teams' own tags
//! (`<at>`, `<quoted>`), which stand in it as they are, and one table says what becomes of what.

use pulldown_cmark::{Event, Options, Parser, Tag, html};

use super::to_whatsapp::{TeamsHtml, read_teams};

/// Teams' markdown as WhatsApp's text, with all that it holds. `is_self` as for [`read_teams`].
pub fn read_markdown(text: &str, is_self: impl Fn(Option<usize>, &str) -> bool) -> TeamsHtml {
    read_teams(&html_of(text), is_self)
}

fn html_of(text: &str) -> String {
    let mut events = Vec::new();
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH).into_offset_iter() {
        // A blank line between two blocks is the colleague's paragraph; HTML has none.
        if is_block(&event) && ends_with_blank_line(&text[..range.start]) {
            events.push(Event::HardBreak);
        }
        events.push(match event {
            // Chats show lines as they were typed.
            Event::SoftBreak => Event::HardBreak,
            event => event,
        });
    }
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    html::push_html(&mut out, events.into_iter());
    out
}

fn is_block(event: &Event<'_>) -> bool {
    matches!(
        event,
        Event::Start(
            Tag::Paragraph | Tag::Heading { .. } | Tag::BlockQuote(_) | Tag::CodeBlock(_) | Tag::List(_) | Tag::Table(_) | Tag::HtmlBlock
        )
    )
}

fn ends_with_blank_line(before: &str) -> bool {
    let blank = &before[before.trim_end().len()..];
    blank.matches('\n').count() > 1 && blank.len() < before.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case::bold("**x** and __y__", "*x* and *y*")]
    #[case::italic("*x* and _y_", "_x_ and _y_")]
    #[case::both("***x***", "*_x_*")]
    #[case::strike("~~x~~", "~x~")]
    #[case::code("`let x`", "`let x`")]
    #[case::fence("```rust\nlet x;\n  y\n```", "```let x;\n  y```")]
    #[case::quote("> a\n> b\n\nc", "> a\n> b\n\nc")]
    #[case::bullets("- a\n- b\n  - c\n\nd", "- a\n- b\n  - c\n\nd")]
    #[case::numbers("3. a\n4. b", "3. a\n4. b")]
    #[case::link("[our site](https://example.com)", "our site (https://example.com)")]
    #[case::bare_link("<https://example.com>", "https://example.com")]
    #[case::heading("# Title\ntext", "*Title*\n\ntext")]
    #[case::table("| a | b |\n|---|---|\n| c | d |", "a | b\nc | d")]
    #[case::lines("a\nb\n\nc", "a\nb\n\nc")]
    #[case::escaped("\\*x\\* 2 < 3", "*\u{200b}x* 2 < 3")]
    #[case::entities("a&nbsp;&amp; b", "a & b")]
    #[case::emoji("👨‍👩‍👧 **مرحبا**", "👨‍👩‍👧 *مرحبا*")]
    #[case::mention("<at>Bot</at> hi <at>Ann</at>", "hi @Ann")]
    fn markdown_becomes_markup(#[case] markdown: &str, #[case] text: &str) {
        assert_eq!(read_markdown(markdown, |_, name| name == "Bot").text, text);
    }

    #[test]
    fn a_quoted_message_is_named() {
        let read = read_markdown("<quoted messageId=\"17\"/>yes", |_, _| false);
        assert_eq!((read.text.as_str(), read.quoted.as_deref()), ("yes", Some("17")));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "(\\PC|[ \n\t*_~`>#|-]|\\[a\\]\\(|```|<at>|1\\. ){0,60}") {
            let _ = read_markdown(&text, |_, _| false);
        }
    }
}
