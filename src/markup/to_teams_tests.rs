use super::super::teams_to_whatsapp;
use super::*;
use html5gum::{Token, Tokenizer};
use proptest::prelude::*;
use rstest::rstest;

rows! { whatsapp_to_teams;
    bold_italic_strike: [
        ("*bold* _it_ ~no~", "<strong>bold</strong> <em>it</em> <s>no</s>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("*a\nb*", "*a<br>b*"),
        ("* not bold*", "<ul><li>not bold*</li></ul>"),
        ("*مرحبا* _שלום_", "<strong>مرحبا</strong> <em>שלום</em>"),
    ]
    code: [
        ("`code`", "<code>code</code>"),
        ("`*a*  <b>`", "<code>*a* &nbsp;&lt;b&gt;</code>"),
        ("```let x = 1;\nlet y;```", "<pre>let x = 1;\nlet y;</pre>"),
        ("see\n```x```\nthere", "see<pre>x</pre>there"),
    ]
    quotes_and_lists: [
        ("> said\n> *twice*\nanswer", "<blockquote>said<br><strong>twice</strong></blockquote>answer"),
        ("- a\n* b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("3. only", "3. only"),
    ]
    addresses: [
        (
            "see https://example.com/a_b_?x=1&y=2.",
            "see <a href=\"https://example.com/a_b_?x=1&amp;y=2\">https://example.com/a_b_?x=1&amp;y=2</a>."
        ),
        ("*http://example.com*", "<strong><a href=\"http://example.com\">http://example.com</a></strong>"),
        ("javascript:alert(1) ftp://a.example www.example.com", "javascript:alert(1) ftp://a.example www.example.com"),
    ]
    new_lines_and_spaces: [("one\n\ntwo\r\nthree", "one<br><br>two<br>three"), ("a  b\n c", "a &nbsp;b<br>&nbsp;c")]
    what_would_be_html: [
        ("<at>Ann</at> & \"x\" 'y'", "&lt;at&gt;Ann&lt;/at&gt; &amp; &quot;x&quot; &#39;y&#39;"),
        ("&lt;b&gt; &nbsp;", "&amp;lt;b&amp;gt; &amp;nbsp;"),
        ("a\0\u{b}\u{9f}\u{fdd0}\u{fffe}\u{1ffff}b", "ab"),
    ]
    other_scripts: [("👨‍👩‍👧‍👦 مرحبا e\u{301} क्‍ष ❤\u{fe0f}", "👨‍👩‍👧‍👦 مرحبا e\u{301} क्‍ष ❤\u{fe0f}")]
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
#[case("\u{202e}https://evil.example/moc.knab//:sptth")]
#[case("\u{2066}<at>Ann</at>\u{2069}")]
fn a_client_can_inject_neither_tag_nor_mention_nor_false_link(#[case] text: &str) {
    assert_only_our_tags(text);
}

#[rstest]
#[case::a_line("\u{202e}a\nb", "\u{202e}a\u{202c}<br>b")]
#[case::around_a_link(
    "\u{202e}https://evil.example/moc.knab//:sptth",
    "\u{202e}\u{202c}<a href=\"https://evil.example/moc.knab//:sptth\">https://evil.example/moc.knab//:sptth</a>"
)]
#[case::marks("*\u{202e}a* b", "<strong>\u{202e}a\u{202c}</strong> b")]
#[case::isolated_words("\u{2068}שם משפחה\u{2069} x", "\u{2068}שם משפחה\u{2069} x")]
#[case::code("```\u{202e}a\nb```", "<pre>\u{202e}a\u{202c}\nb</pre>")]
fn a_change_of_direction_stays_where_it_was_made(#[case] text: &str, #[case] html: &str) {
    assert_eq!(whatsapp_to_teams(text), html);
}

fn assert_only_our_tags(text: &str) {
    let html = whatsapp_to_teams(text);
    let mut link: Option<(String, String)> = None;
    for token in Tokenizer::new(&html) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                assert!(["strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "br", "a"].contains(&name.as_str()), "{html}");
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
