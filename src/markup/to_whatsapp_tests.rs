use super::super::marks::{GUARD, literal};
use super::super::{escape_html, plain};
use super::*;
use proptest::prelude::*;
use rstest::rstest;

rows! { teams_to_whatsapp;
    bold: [
        ("<div><div>Hello. Sending <strong>bold</strong>-<em>italic</em> rich text.</div>\n</div>", "Hello. Sending *bold*-_italic_ rich text."),
        ("<b>bold </b>next", "*bold* next"),
        ("<b>a</b><b>b</b>", "*ab*"),
        ("<b>one<br>two</b>", "*one*\n*two*"),
        ("<b>fo</b>o", "foo"),
        ("<b> </b>x", "x"),
        ("<b>unclosed", "*unclosed*"),
    ]
    italic: [("<i>a</i> <em>b</em>", "_a_ _b_"), ("<i>a <b>b</b></i>", "_a_ *_b_*")]
    strike: [("<s>a</s> <strike>b</strike> <del>c</del>", "~a~ ~b~ ~c~")]
    code: [("<code>let x</code>", "`let x`"), ("<code>a*b* *c*</code>", "`a*b* *c*`")]
    code_block: [
        ("<pre>\nfn a() {\n  b\n}\n</pre>", "```fn a() {\n  b\n}```"),
        ("<codeblock class=\"Json\"><code>{<br>&nbsp;\"a\": 1<br>}</code></codeblock>", "```{\n \"a\": 1\n}```"),
        ("a<pre>x</pre>b", "a\n```x```\nb"),
        ("<pre>a```b</pre>", "```a``\u{200b}`b```"),
    ]
    quote: [
        ("<blockquote>a<br>b</blockquote>c", "> a\n> b\nc"),
        ("<blockquote><p>a</p><p>&nbsp;</p><p><b>b</b></p></blockquote>", "> a\n\n> *b*"),
        ("<blockquote><ul><li>a</li></ul></blockquote>", "> - a"),
    ]
    lists: [
        ("<ul><li>a</li><li>b<ul><li>c<ul><li>d</li></ul></li></ul></li></ul>e", "- a\n- b\n  - c\n    - d\ne"),
        ("<ol><li><p>a</p></li><li>b<ul><li>c</li></ul></li><li>d</li></ol>", "1. a\n2. b\n  - c\n3. d"),
        ("<ol start=\"3\"><li>a</li></ol>", "3. a"),
    ]
    links: [
        ("<a href=\"https://example.com/x\">our site</a>.", "our site (https://example.com/x)."),
        ("<a href=\"https://example.com/\">https://example.com</a>", "https://example.com/"),
        ("<a href=\"https://example.com\">example.com</a>", "https://example.com"),
        ("<a href=\"mailto:a@example.com\">a@example.com</a>", "a@example.com"),
        ("<a href=\"mailto:a@example.com\">write</a>", "write (a@example.com)"),
        ("<a href=\"tel:+4930123\">call</a>", "call (+4930123)"),
        ("<a href=\"javascript:alert(1)\">x</a>", "x"),
        ("see https://example.com/_a_/*b* now", "see https://example.com/_a_/*b* now"),
    ]
    headings: [("<h2>Title</h2><p>text</p>", "*Title*\n\ntext"), ("a<h6>T</h6>b", "a\n*T*\n\nb")]
    tables: [
        ("<table><tbody><tr><td>a</td><td><p>b</p></td></tr><tr><td>c</td><td>d</td></tr></tbody></table>", "a | b\nc | d"),
        ("<table>\n<tr>\n<th>a</th>\n<th><b>b</b></th>\n</tr>\n</table>x", "a | *b*\nx"),
    ]
    underline_and_colours: [("<u>a</u> <span style=\"color:red\">b</span> <font size=7>c</font>", "a b c")]
    new_lines: [
        ("<p>a</p><p>&nbsp;</p><p>b</p>", "a\n\nb"),
        ("<p>a</p>\n<p>b</p>\n", "a\nb"),
        ("a<br><br><br><br>b", "a\n\nb"),
        ("<div>a<div>b</div></div>c<hr>d", "a\nb\nc\nd"),
    ]
    mentions: [
        ("<at id=\"0\">Ann Lee</at> hi", "@Ann Lee hi"),
        ("<span itemtype=\"http://schema.skype.com/Mention\" itemid=\"1\">Ann&nbsp;&amp; Co</span>!", "@Ann & Co!"),
    ]
    emoji: [
        ("hi <emoji id=\"smile\" alt=\"🙂\" title=\"Smile\"></emoji>", "hi 🙂"),
        ("<span itemtype=\"http://schema.skype.com/Emoji\"><img alt=\"👍\" src=\"x\"></span>!", "👍!"),
        ("<img itemtype=\"http://schema.skype.com/Emoji\" alt=\"😀\" src=\"x\">", "😀"),
    ]
    entities_and_no_break_spaces: [
        ("a&nbsp;&amp;&nbsp;&lt;b&gt; &#128512;&eacute;&unknown;", "a & <b> 😀é&unknown;"),
        ("a\u{a0}b", "a b"),
    ]
    accidental_markup: [
        ("say *this* please", "say *\u{200b}this* please"),
        ("_a_ ~b~ `c`", "_\u{200b}a_ ~\u{200b}b~ `\u{200b}c`"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("only *one star", "only *one star"),
        ("<b>a* b</b>", "*a\u{200b}* b*"),
        ("```<br>x<br>```", "``\u{200b}`\nx\n``\u{200b}`"),
        ("```<pre>x</pre>", "``\u{200b}`\n```x```"),
        ("one ``` alone", "one ``` alone"),
    ]
    other_scripts: [
        ("<b>👨‍👩‍👧‍👦</b> مرحبا <i>שלום</i> e\u{301} क्‍ष", "*👨‍👩‍👧‍👦* مرحبا _שלום_ e\u{301} क्‍ष"),
        ("<p>\u{2067}שם\u{2069} x</p>", "\u{2067}שם\u{2069} x"),
    ]
    what_is_no_text: [
        ("<script>alert(1)</script><style>p{}</style>a", "a"),
        ("</b></ul></span></blockquote></a>text", "text"),
        ("<attachment id=\"1\"></attachment><unknown>a</unknown>", "a"),
        ("", ""),
    ]
}

#[test]
fn a_reply_block_is_taken_out_and_names_what_it_quotes() {
    let html = "<blockquote itemscope=\"\" itemtype=\"http://schema.skype.com/Reply\" itemid=\"1600457867820\"><strong itemprop=\"mri\" \
                itemid=\"8:orgid:x\">Richard</strong><span itemprop=\"time\"></span><p itemprop=\"preview\">1237</p></blockquote><p>this is a reply</p>";
    let read = read_teams(html, |_, _| false);
    assert_eq!((read.text.as_str(), read.quoted.as_deref()), ("this is a reply", Some("1600457867820")));
}

#[test]
fn the_new_quoted_tag_is_taken_out_too() {
    let read = read_teams("<p><quoted messageId=\"1772050244572\"/>yes</p>", |_, _| false);
    assert_eq!((read.text.as_str(), read.quoted.as_deref()), ("yes", Some("1772050244572")));
}

#[rstest]
#[case("<span itemtype=\"http://schema.skype.com/Mention\" itemid=\"0\">Bot</span>&nbsp;hi there", "hi there")]
#[case("hey <at>Bot</at>&nbsp;you", "hey you")]
#[case("hey <at>Bot</at>, you", "hey , you")]
#[case("<at><b>Bot</b></at> and <at>Ann</at>", "and @Ann")]
#[case("\r\n<at>Bot</at> hi", "hi")]
fn only_the_bots_own_mention_disappears(#[case] html: &str, #[case] text: &str) {
    assert_eq!(read_teams(html, |_, name| name == "Bot").text, text);
}

#[test]
fn pictures_are_named_and_emoji_are_not_pictures() {
    let read = read_teams(
        "<p>a<img itemtype=\"http://schema.skype.com/AMSImage\" src=\"https://as-api.asm.skype.com/x\" alt=\"image\"></p>",
        |_, _| false,
    );
    assert_eq!((read.text.as_str(), read.images), ("a", vec!["https://as-api.asm.skype.com/x".to_owned()]));
}

#[rstest]
#[case("👨‍👩‍👧‍👦 *x* مرحبا", "👨‍👩‍👧‍👦 *\u{200b}x* مرحبا")]
#[case("a\nb", "a\nb")]
fn literal_text_is_shown_as_written(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(literal(text), expected);
}

proptest! {
    /// Whatever is typed as plain words in Teams reads the same on the phone, stars and all.
    #[test]
    fn plain_words_read_the_same_on_the_phone(text in "([\\p{L}\\p{M}\\p{N}\\p{S}*_~`<>&\"'.,;:!?()#|@+= -]|👨‍👩‍👧‍👦){1,60}") {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        prop_assume!(!["- ", "* ", "> "].iter().any(|mark| words.starts_with(mark)));
        let read = teams_to_whatsapp(&format!("<div><p>{}</p></div>", escape_html(&words)));
        prop_assert_eq!(plain(&read).replace(GUARD, ""), words.as_str());
        prop_assert_eq!(read.replace(GUARD, ""), words.as_str());
    }

    #[test]
    fn nothing_makes_it_panic(html in any::<String>()) {
        let _ = teams_to_whatsapp(&html);
        let _ = literal(&html);
    }

    #[test]
    fn tag_soup_does_not_either(html in "(<(/)?(b|i|s|p|div|ul|ol|li|pre|code|blockquote|a href=x|at|span itemtype=\"x/Mention\"|td|tr|h1|br|quoted)(/)?>|[ a*_~`\n]|&nbsp;|https://a.b/_|😀){0,40}") {
        let _ = teams_to_whatsapp(&html);
    }

    #[test]
    fn a_guarded_text_shows_no_marks(text in "([ab *_~`\n]|```){0,30}") {
        let shown = super::super::plain(&literal(&text));
        // List items keep their dash for a star; lines are otherwise unchanged but for the guards.
        prop_assume!(text.split('\n').all(|line| !line.starts_with("* ")));
        prop_assert_eq!(shown.replace(GUARD, ""), text);
    }
}
