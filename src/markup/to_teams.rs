//! A client's text as the HTML that Teams shows.
//!
//! Sound because the markup is parsed first and every piece of text is escaped when it is written: the only tags in the result
//! are the literals in this file, and the only attribute is an address that is shown as it is.

use super::whatsapp::{Block, Inline, blocks, inline};

/// Text for HTML: markup characters escaped, characters that XML forbids left out. Quotes too, so it fits attributes.
pub fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(c),
            '\0'..='\u{1f}' | '\u{7f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(c),
        }
    }
    out
}

/// WhatsApp's text as HTML of the subset that Teams accepts in messages (`textFormat: xml`). The caller may put it into a
/// larger HTML text as it is.
pub fn whatsapp_to_teams(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = String::with_capacity(text.len() * 2);
    let mut after_line = false;
    for block in blocks(&text) {
        let line = matches!(block, Block::Line(_));
        if line && after_line {
            out.push_str("<br>");
        }
        after_line = line;
        match block {
            Block::Line(text) => html_line(text, &mut out),
            Block::Code(text) => {
                out.push_str("<pre>");
                out.push_str(&escape_html(text));
                out.push_str("</pre>");
            }
            Block::Quote(lines) => {
                out.push_str("<blockquote>");
                for (index, line) in lines.into_iter().enumerate() {
                    if index > 0 {
                        out.push_str("<br>");
                    }
                    html_line(line, &mut out);
                }
                out.push_str("</blockquote>");
            }
            Block::Bullets(items) => html_list("ul", items, &mut out),
            Block::Numbers(items) => html_list("ol", items, &mut out),
        }
    }
    out
}

/// WhatsApp's text without its markup, for notifications and other places that show text as it is.
pub fn plain(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines = Vec::new();
    for block in blocks(&text) {
        match block {
            Block::Line(line) => lines.push(plain_line(line)),
            Block::Code(code) => lines.push(code.to_owned()),
            Block::Quote(quoted) => lines.extend(quoted.into_iter().map(plain_line)),
            Block::Bullets(items) => lines.extend(items.into_iter().map(|item| format!("- {}", plain_line(item)))),
            Block::Numbers(items) => {
                lines.extend(items.into_iter().enumerate().map(|(index, item)| format!("{}. {}", index + 1, plain_line(item))));
            }
        }
    }
    lines.join("\n")
}

fn html_list(tag: &str, items: Vec<&str>, out: &mut String) {
    out.push_str(&format!("<{tag}>"));
    for item in items {
        out.push_str("<li>");
        html_line(item, out);
        out.push_str("</li>");
    }
    out.push_str(&format!("</{tag}>"));
}

fn html_line(line: &str, out: &mut String) {
    let mut after_space = true;
    html_pieces(&inline(line), &mut after_space, out);
}

fn html_pieces(pieces: &[Inline<'_>], after_space: &mut bool, out: &mut String) {
    for piece in pieces {
        let (tag, inside) = match piece {
            Inline::Text(text) => {
                html_text(text, after_space, out);
                continue;
            }
            Inline::Link(url) => {
                let url = escape_html(url);
                out.push_str(&format!("<a href=\"{url}\">{url}</a>"));
                *after_space = false;
                continue;
            }
            Inline::Code(text) => {
                out.push_str("<code>");
                html_text(text, after_space, out);
                out.push_str("</code>");
                continue;
            }
            Inline::Bold(inside) => ("strong", inside),
            Inline::Italic(inside) => ("em", inside),
            Inline::Strike(inside) => ("s", inside),
        };
        out.push_str(&format!("<{tag}>"));
        html_pieces(inside, after_space, out);
        out.push_str(&format!("</{tag}>"));
    }
}

/// HTML folds spaces, so one at the start of a line or behind another becomes a no-break space.
fn html_text(text: &str, after_space: &mut bool, out: &mut String) {
    for part in text.split_inclusive(' ') {
        let (word, space) = part.strip_suffix(' ').map_or((part, false), |word| (word, true));
        out.push_str(&escape_html(word));
        *after_space = *after_space && word.is_empty();
        if space {
            out.push_str(if *after_space { "&nbsp;" } else { " " });
            *after_space = true;
        }
    }
}

fn plain_line(line: &str) -> String {
    fn write(pieces: &[Inline<'_>], out: &mut String) {
        for piece in pieces {
            match piece {
                Inline::Text(text) | Inline::Code(text) | Inline::Link(text) => out.push_str(text),
                Inline::Bold(inside) | Inline::Italic(inside) | Inline::Strike(inside) => write(inside, out),
            }
        }
    }
    let mut out = String::with_capacity(line.len());
    write(&inline(line), &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::super::teams_to_whatsapp;
    use super::*;
    use html5gum::{Token, Tokenizer};
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("*bold* _it_ ~no~ `code`", "<strong>bold</strong> <em>it</em> <s>no</s> <code>code</code>")]
    #[case("*_both_*", "<strong><em>both</em></strong>")]
    #[case("2*3*4 snake_case_name", "2*3*4 snake_case_name")]
    #[case("* not bold *", "<ul><li>not bold *</li></ul>")]
    #[case("*a\nb*", "*a<br>b*")]
    #[case("one\n\ntwo", "one<br><br>two")]
    #[case("```let x = 1;\nlet y;```", "<pre>let x = 1;\nlet y;</pre>")]
    #[case("see\n```x```\nthere", "see<pre>x</pre>there")]
    #[case("> said\n> twice\nanswer", "<blockquote>said<br>twice</blockquote>answer")]
    #[case("- a\n* b", "<ul><li>a</li><li>b</li></ul>")]
    #[case("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>")]
    #[case("3. only", "3. only")]
    #[case("a  b", "a &nbsp;b")]
    #[case(
        "see https://example.com/a_b_?x=1&y=2.",
        "see <a href=\"https://example.com/a_b_?x=1&amp;y=2\">https://example.com/a_b_?x=1&amp;y=2</a>."
    )]
    #[case("*https://example.com*", "<strong><a href=\"https://example.com\">https://example.com</a></strong>")]
    fn markup_becomes_html(#[case] text: &str, #[case] html: &str) {
        assert_eq!(whatsapp_to_teams(text), html);
    }

    #[rstest]
    #[case("<at>Ann</at>")]
    #[case("<script>alert(1)</script>")]
    #[case("<a href=\"https://evil.example\">https://bank.example</a>")]
    #[case("https://x.example/\"onclick=\"alert(1)")]
    #[case("*<b>x</b>* ```<img src=x>``` > <i>")]
    #[case("<quoted messageId=\"1\"/>")]
    #[case("&lt;at&gt;Ann&lt;/at&gt;")]
    #[case("[bank](https://evil.example)")]
    fn a_client_can_inject_neither_tag_nor_mention_nor_false_link(#[case] text: &str) {
        assert_only_our_tags(text);
    }

    fn assert_only_our_tags(text: &str) {
        let html = whatsapp_to_teams(text);
        let mut link: Option<(String, String)> = None;
        for token in Tokenizer::new(&html) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => {
                    let name = String::from_utf8_lossy(&tag.name).into_owned();
                    assert!(
                        ["strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "br", "a"].contains(&name.as_str()),
                        "{html}"
                    );
                    if name == "a" {
                        assert_eq!(tag.attributes.len(), 1, "{html}");
                        let href = tag.attributes.get(b"href".as_slice()).expect("a link has an address");
                        link = Some((String::from_utf8_lossy(href).into_owned(), String::new()));
                    } else {
                        assert!(tag.attributes.is_empty(), "{html}");
                    }
                }
                Token::EndTag(tag) if &**tag.name == b"a" => {
                    let (href, label) = link.take().expect("an opened link");
                    assert_eq!(href, label);
                    assert!(href.to_lowercase().starts_with("http"), "{html}");
                }
                Token::String(text) => {
                    if let Some((_, label)) = &mut link {
                        label.push_str(&String::from_utf8_lossy(&text));
                    }
                }
                Token::EndTag(_) => {}
                other => panic!("{other:?} in {html}"),
            }
        }
    }

    #[rstest]
    #[case("*bold* _it_ ~no~ `code`", "bold it no code")]
    #[case("> quoted\n- item", "quoted\n- item")]
    #[case("plain, with 2*3 and a_b", "plain, with 2*3 and a_b")]
    fn plain_is_the_text_without_markup(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(plain(text), expected);
    }

    #[rstest]
    #[case::family("👨‍👩‍👧‍👦 and 🏳️‍🌈")]
    #[case::arabic("مرحبا، كيف حالك؟")]
    #[case::hebrew_and_latin("שלום John, מה שלומך?")]
    #[case::hindi_with_joiners("क्‍ष नमस्ते")]
    #[case::two_lines("first\nsecond")]
    #[case::blank_line("first\n\nsecond")]
    #[case::angle_brackets("1 < 2 && 3 > 2 \"x\" 'y'")]
    #[case::spaces("two  spaces   three")]
    #[case::link("see https://example.com/a_b?x=1&y=2 now")]
    #[case::bold("*bold* and _it_ and ~gone~ and `code`")]
    #[case::quote("> said\nanswer")]
    #[case::list("- a\n- b\nend")]
    #[case::numbers("1. a\n2. b")]
    #[case::code("```a\n  b```")]
    fn the_way_there_and_back_changes_nothing(#[case] text: &str) {
        assert_eq!(teams_to_whatsapp(&whatsapp_to_teams(text)), text);
    }

    proptest! {
        #[test]
        fn no_tag_survives(text in "(\\PC|[<>&\"'*_~`\n ]|<at>|</a>|https://|\\*<b>|```){0,60}") {
            assert_only_our_tags(&text);
        }

        #[test]
        fn any_unicode_is_accepted(text in any::<String>()) {
            assert_only_our_tags(&text);
            let _ = plain(&text);
        }

        #[test]
        fn plain_text_round_trips(text in "[\\p{L}\\p{N}<>&\"'.,;!?()#|@+=-]([\\p{L}\\p{N}\\p{So} <>&\"'.,;!?()#|@+=-]{0,40}[\\p{L}\\p{N}<>&])?") {
            prop_assume!(blocks(&text).iter().all(|block| matches!(block, Block::Line(_))));
            prop_assert_eq!(teams_to_whatsapp(&whatsapp_to_teams(&text)), text.as_str());
            prop_assert_eq!(plain(&text), text.as_str());
        }

        #[test]
        fn escaped_text_holds_no_markup(text in any::<String>()) {
            let escaped = escape_html(&text);
            prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
        }
    }
}
