//! Texts in both directions, as HTML, as markdown and as WhatsApp's own.
#![no_main]

use html5gum::{Token, Tokenizer};
use libfuzzer_sys::fuzz_target;
use switchboard::bridge::split::LIMIT;
use switchboard::markup;

const TAGS: [&[u8]; 11] = [b"strong", b"em", b"s", b"code", b"pre", b"blockquote", b"ul", b"ol", b"li", b"br", b"a"];

fuzz_target!(|text: &str| {
    let from_teams = [markup::teams_to_whatsapp(text), markup::read_markdown(text, |_, _| false).text, markup::literal(text)];
    for text in from_teams.iter().map(String::as_str).chain([text]) {
        for part in markup::parts(text, 100) {
            assert!(part.chars().count() <= 100);
        }
        assert!(markup::parts(text, LIMIT).iter().all(|part| part.chars().count() <= LIMIT));
        markup::plain(text);
        for html in markup::whatsapp_to_teams_posts(text) {
            only_our_tags(&html);
        }
    }
});

/// Whatever a client writes becomes no tag but ours, and no link that is not what it says.
fn only_our_tags(html: &str) {
    let mut link: Option<(Vec<u8>, Vec<u8>)> = None;
    for Ok(token) in Tokenizer::new(html) {
        match token {
            Token::StartTag(tag) => {
                assert!(TAGS.contains(&tag.name.as_slice()), "{html}");
                let href = tag.attributes.get(b"href".as_slice()).map(|href| href.to_vec());
                assert_eq!(
                    (tag.attributes.len(), href.is_some()),
                    if tag.name.as_slice() == b"a" { (1, true) } else { (0, false) },
                    "{html}"
                );
                link = href.map(|href| (href, Vec::new())).or(link);
            }
            Token::EndTag(tag) => {
                if let Some((href, label)) = link.take_if(|_| tag.name.as_slice() == b"a") {
                    assert_eq!(href, label, "{html}");
                    assert!(href.to_ascii_lowercase().starts_with(b"http"), "{html}");
                }
            }
            Token::String(text) => {
                if let Some((_, label)) = &mut link {
                    label.extend_from_slice(&text);
                }
            }
            other => panic!("{other:?} in {html}"),
        }
    }
}
