//! What a colleague wrote in Teams, as WhatsApp's text.
//!
//! Teams sends HTML, not XML, and every client its own dialect, so it is tokenized by the WHATWG's rules and read tolerantly:
//! unknown tags disappear, their text stays. A line is collected as characters with their styles; marks are added only when it
//! is complete, because WhatsApp's marks must hug the text and stand at word boundaries, which tags need not.

use html5gum::{StartTag, Token, Tokenizer};

use super::whatsapp::link_length;

const BOLD: u8 = 1;
const ITALIC: u8 = 2;
const STRIKE: u8 = 4;
const CODE: u8 = 8;
/// Addresses: nothing may be inserted into them.
const RAW: u8 = 16;

/// Keeps a literal `*` from becoming a mark; shows nothing. WhatsApp has no escape character.
const GUARD: char = '\u{200b}';

/// What a message's HTML holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TeamsHtml {
    /// In WhatsApp's markup, without the quoted message.
    pub text: String,
    /// Id of the message that is quoted, from Teams' `Reply` block or `<quoted>` tag. Written by the sender's client: the
    /// caller looks it up among its own messages.
    pub quoted: Option<String>,
    /// Addresses of pictures inside the text, emoji not counted.
    pub images: Vec<String>,
}

/// Teams' HTML as WhatsApp's text; every mention becomes `@Name`.
pub fn teams_to_whatsapp(html: &str) -> String {
    read_teams(html, |_, _| false).text
}

/// The same with all that the HTML holds. `is_self` is asked for each mention, with its number (`itemid`) and its name, whether
/// it means the bot itself; those are left out.
pub fn read_teams(html: &str, is_self: impl Fn(Option<usize>, &str) -> bool) -> TeamsHtml {
    let mut reader = Reader::default();
    for token in Tokenizer::new(html) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => reader.open(&Tag::from(tag)),
            Token::EndTag(tag) => reader.close(&String::from_utf8_lossy(&tag.name), &is_self),
            Token::String(text) => reader.text(&String::from_utf8_lossy(&text)),
            _ => {}
        }
    }
    reader.finish(&is_self)
}

/// Text that WhatsApp shows exactly as it is written here: accidental marks are disarmed with U+200B, and only where a closing
/// mate exists.
pub fn literal(text: &str) -> String {
    let line = |line: &str| render(&line.chars().map(|c| (c, 0)).collect::<Vec<_>>());
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

struct Tag {
    name: String,
    self_closing: bool,
    attributes: Vec<(String, String)>,
}

impl From<StartTag<()>> for Tag {
    fn from(tag: StartTag<()>) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            name: text(&tag.name),
            self_closing: tag.self_closing,
            attributes: tag.attributes.iter().map(|(name, value)| (text(name), text(value))).collect(),
        }
    }
}

impl Tag {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// `http://schema.skype.com/Mention` and its kind: by the last word, in any case.
    fn is_a(&self, kind: &str) -> bool {
        self.attribute("itemtype").and_then(|kind| kind.rsplit('/').next()).is_some_and(|last| last.eq_ignore_ascii_case(kind))
    }
}

struct Mention {
    /// The tag that ends it, and how many of its kind are open inside.
    tag: String,
    depth: usize,
    index: Option<usize>,
    name: String,
}

struct List {
    /// The next number, or `None` for bullets.
    next: Option<u32>,
}

#[derive(Default)]
struct Reader {
    out: TeamsHtml,
    lines: Vec<String>,
    line: Vec<(char, u8)>,
    /// How often each of the four styles is open.
    styles: [usize; 4],
    lists: Vec<List>,
    quotes: usize,
    /// Contents of a `pre` until it closes, and how many are open.
    pre: Option<String>,
    pre_depth: usize,
    link: Option<(String, String)>,
    mention: Option<Mention>,
    /// An element whose content is not the colleague's text: its name and how many of its kind are open.
    skipped: Option<(String, usize)>,
    emoji_depth: usize,
    /// Spans that are open, and whether each is an emoji's.
    spans: Vec<bool>,
    /// A mention was just left out: the space that set it off goes too.
    swallow_space: bool,
    /// Cells of the current row so far, and whether one is open.
    cells: usize,
    in_cell: bool,
    /// Length of the line when it held nothing but its list mark.
    mark: usize,
}

impl Reader {
    fn open(&mut self, tag: &Tag) {
        let name = tag.name.as_str();
        if let Some((skipped, depth)) = &mut self.skipped {
            *depth += usize::from(skipped == name);
            return;
        }
        if let Some(mention) = &mut self.mention {
            mention.depth += usize::from(mention.tag == name);
            return;
        }
        match name {
            "br" if self.pre.is_some() => self.push_text("\n"),
            "br" if self.in_cell => self.boundary(),
            "br" => self.end_line(true),
            "b" | "strong" | "i" | "em" | "s" | "strike" | "del" | "code" => self.style(name, true),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.end_line(false);
                self.styles[0] += 1;
            }
            "pre" | "codeblock" => {
                self.end_line(false);
                self.pre_depth += 1;
                self.pre.get_or_insert_default();
            }
            "blockquote" if tag.is_a("Reply") => {
                self.quote(tag.attribute("itemid"));
                self.skipped = Some(("blockquote".to_owned(), 1));
            }
            "blockquote" => {
                self.end_line(false);
                self.quotes += 1;
            }
            "quoted" => self.quote(tag.attribute("messageid")),
            "ul" | "ol" => {
                self.end_line(false);
                let start = tag.attribute("start").and_then(|start| start.parse().ok()).unwrap_or(1);
                self.lists.push(List { next: (name == "ol").then_some(start) });
            }
            "li" => self.item(),
            "p" | "div" => self.boundary(),
            "table" => self.end_line(false),
            "tr" => {
                self.end_line(false);
                self.cells = 0;
            }
            "td" | "th" => {
                if self.cells > 0 {
                    self.push_text(" | ");
                }
                self.cells += 1;
                self.in_cell = true;
            }
            "a" => self.link = Some((tag.attribute("href").unwrap_or_default().to_owned(), String::new())),
            "at" => self.mention(tag, tag.attribute("id")),
            "span" if tag.is_a("Mention") => self.mention(tag, tag.attribute("itemid")),
            "span" => {
                let emoji = tag.is_a("Emoji");
                self.emoji_depth += usize::from(emoji);
                self.spans.push(emoji);
            }
            "emoji" => self.push_text(tag.attribute("alt").unwrap_or_default()),
            "img" if tag.is_a("Emoji") || self.emoji_depth > 0 => self.push_text(tag.attribute("alt").unwrap_or_default()),
            "img" => self.out.images.extend(tag.attribute("src").filter(|src| !src.is_empty()).map(str::to_owned)),
            "script" | "style" | "head" | "title" if !tag.self_closing => self.skipped = Some((name.to_owned(), 1)),
            _ => {}
        }
    }

    fn close(&mut self, name: &str, is_self: &impl Fn(Option<usize>, &str) -> bool) {
        if let Some((skipped, depth)) = &mut self.skipped {
            *depth -= usize::from(skipped == name);
            if *depth == 0 {
                self.skipped = None;
            }
            return;
        }
        if let Some(mention) = &mut self.mention {
            mention.depth -= usize::from(mention.tag == name);
            if mention.depth == 0 {
                self.end_mention(is_self);
            }
            return;
        }
        match name {
            "b" | "strong" | "i" | "em" | "s" | "strike" | "del" | "code" => self.style(name, false),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.end_line(false);
                self.styles[0] = self.styles[0].saturating_sub(1);
                self.lines.push(String::new());
            }
            "pre" | "codeblock" => {
                self.pre_depth = self.pre_depth.saturating_sub(1);
                if self.pre_depth == 0 {
                    self.end_pre();
                }
            }
            "blockquote" => {
                self.end_line(false);
                self.quotes = self.quotes.saturating_sub(1);
            }
            "ul" | "ol" => {
                self.end_line(false);
                self.lists.pop();
            }
            "p" | "div" => self.boundary(),
            "td" | "th" => self.in_cell = false,
            "tr" | "table" => {
                self.in_cell = false;
                self.end_line(false);
            }
            "li" => self.end_line(false),
            "a" => self.end_link(),
            "span" => self.emoji_depth -= usize::from(self.spans.pop() == Some(true)),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.skipped.is_some() {
            return;
        }
        if let Some(mention) = &mut self.mention {
            mention.name.push_str(text);
            return;
        }
        self.push_text(text);
    }

    fn push_text(&mut self, text: &str) {
        if let Some(pre) = &mut self.pre {
            pre.extend(text.chars().map(|c| if c == '\u{a0}' { ' ' } else { c }));
            return;
        }
        if let Some((_, label)) = &mut self.link {
            label.push_str(text);
            return;
        }
        let style = self.current_style();
        for c in text.chars() {
            let folds = matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
            let at_space = self.line.last().is_none_or(|(last, _)| *last == ' ');
            if (folds || c == '\u{a0}') && std::mem::take(&mut self.swallow_space) && at_space {
                continue;
            }
            if c == '\u{a0}' {
                self.line.push((' ', style));
            } else if !folds {
                self.swallow_space = false;
                self.line.push((c, style));
            } else if !at_space {
                self.line.push((' ', style));
            }
        }
    }

    fn current_style(&self) -> u8 {
        [BOLD, ITALIC, STRIKE, CODE].into_iter().zip(self.styles).filter(|(_, open)| *open > 0).map(|(style, _)| style).sum()
    }

    fn style(&mut self, name: &str, open: bool) {
        let index = match name {
            "b" | "strong" => 0,
            "i" | "em" => 1,
            "s" | "strike" | "del" => 2,
            _ => 3,
        };
        // A stray end tag must not take a style away that opens later.
        self.styles[index] = if open { self.styles[index] + 1 } else { self.styles[index].saturating_sub(1) };
    }

    fn quote(&mut self, id: Option<&str>) {
        if let Some(id) = id.filter(|id| !id.is_empty()) {
            self.out.quoted.get_or_insert_with(|| id.to_owned());
        }
    }

    fn item(&mut self) {
        self.end_line(false);
        let depth = self.lists.len().saturating_sub(1);
        let mark = match self.lists.last_mut() {
            Some(List { next: Some(number) }) => {
                let mark = format!("{number}. ");
                *number = number.saturating_add(1);
                mark
            }
            _ => "- ".to_owned(),
        };
        self.line.extend("  ".repeat(depth).chars().chain(mark.chars()).map(|c| (c, RAW)));
        self.mark = self.line.len();
    }

    fn mention(&mut self, tag: &Tag, index: Option<&str>) {
        if !tag.self_closing {
            let index = index.and_then(|index| index.trim().parse().ok());
            self.mention = Some(Mention { tag: tag.name.clone(), depth: 1, index, name: String::new() });
        }
    }

    fn end_mention(&mut self, is_self: &impl Fn(Option<usize>, &str) -> bool) {
        let Some(mention) = self.mention.take() else { return };
        let name = mention.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if is_self(mention.index, &name) {
            self.swallow_space = true;
        } else if !name.is_empty() {
            self.push_text(&format!("@{name}"));
        }
    }

    /// WhatsApp has no links with a label of their own: the address stands behind it, for all to see.
    fn end_link(&mut self) {
        let Some((href, label)) = self.link.take() else { return };
        let shown = label.split_whitespace().collect::<Vec<_>>().join(" ");
        let target = href.trim();
        let bare = |text: &str| {
            let text = text.to_lowercase();
            let text =
                ["https://", "http://", "mailto:", "tel:"].iter().find_map(|scheme| text.strip_prefix(scheme)).unwrap_or(&text).to_owned();
            text.trim_end_matches('/').to_owned()
        };
        let lower = target.to_lowercase();
        let web = lower.starts_with("http://") || lower.starts_with("https://");
        let reachable = web || lower.starts_with("mailto:") || lower.starts_with("tel:");
        if !reachable {
            self.push_text(&label);
        } else if shown.is_empty() || bare(&shown) == bare(target) {
            // Of two spellings of one address the one with the scheme works everywhere.
            self.push_raw(if web || shown.is_empty() { target } else { &shown });
        } else {
            self.push_text(&label);
            self.push_raw(&format!(" ({})", if web { target } else { target.split_once(':').map_or(target, |(_, rest)| rest) }));
        }
    }

    fn push_raw(&mut self, text: &str) {
        if self.pre.is_some() {
            self.push_text(text);
        } else {
            let style = (self.current_style() & !CODE) | RAW;
            self.line.extend(text.chars().filter(|c| !c.is_control()).map(|c| (c, style)));
        }
    }

    /// Where a paragraph begins or ends: a new line, but not between a list's mark and its text, nor inside a table's row.
    fn boundary(&mut self) {
        if self.in_cell {
            self.push_text(" ");
        } else if self.line.len() != self.mark {
            self.end_line(false);
        }
    }

    /// `always` also ends an empty line; otherwise this only makes sure that a new one begins.
    fn end_line(&mut self, always: bool) {
        if self.pre.is_some() || (self.line.is_empty() && !always) {
            return;
        }
        let mut line = std::mem::take(&mut self.line);
        self.mark = 0;
        while line.last().is_some_and(|(c, _)| *c == ' ') {
            line.pop();
        }
        let rendered = render(&line);
        self.push_line(&rendered);
    }

    fn push_line(&mut self, line: &str) {
        self.lines.push(if self.quotes > 0 { format!("> {line}").trim_end().to_owned() } else { line.to_owned() });
    }

    fn end_pre(&mut self) {
        let Some(pre) = self.pre.take() else { return };
        let pre = pre.strip_prefix('\n').unwrap_or(&pre).trim_end().replace("```", "``\u{200b}`");
        if !pre.is_empty() {
            self.lines.push(format!("```{pre}```"));
        }
    }

    fn finish(mut self, is_self: &impl Fn(Option<usize>, &str) -> bool) -> TeamsHtml {
        // Whatever was left open ends here; its text is never lost.
        self.end_mention(is_self);
        self.end_link();
        self.end_pre();
        self.end_line(false);
        // At most one blank line in a row.
        let mut lines: Vec<String> = Vec::with_capacity(self.lines.len());
        for line in self.lines {
            if !(line.is_empty() && lines.last().is_none_or(String::is_empty)) {
                lines.push(line);
            }
        }
        self.out.text = lines.join("\n").trim().to_owned();
        self.out
    }
}

/// One line with its marks.
fn render(line: &[(char, u8)]) -> String {
    let mut line = line.to_vec();
    mark_addresses(&mut line);
    let line = guarded(&line);
    let mut out = String::with_capacity(line.len() + 8);
    styled(&line, &[(BOLD, '*'), (ITALIC, '_'), (STRIKE, '~'), (CODE, '`')], None, None, &mut out);
    out
}

/// Addresses in the text must reach the client unchanged, whatever characters they hold.
fn mark_addresses(line: &mut [(char, u8)]) {
    let text: String = line.iter().map(|(c, _)| *c).collect();
    let (mut at, mut index) = (0, 0);
    while let Some(c) = text[at..].chars().next() {
        let count =
            if matches!(c, 'h' | 'H') { link_length(&text[at..]).map(|length| text[at..at + length].chars().count()) } else { None };
        let count = count.unwrap_or(0);
        line[index..index + count].iter_mut().for_each(|(_, style)| *style |= RAW);
        let step = count.max(1);
        at += text[at..].chars().take(step).map(char::len_utf8).sum::<usize>();
        index += step;
    }
}

/// Puts a guard behind each literal delimiter that could open and has a mate that could close, and in front of each that could
/// close the style it stands in.
fn guarded(line: &[(char, u8)]) -> Vec<(char, u8)> {
    let mut out = Vec::with_capacity(line.len());
    let at = |index: usize| line.get(index).map(|(c, _)| *c);
    let plain = |index: usize, mark: char| at(index) == Some(mark) && line[index].1 & (RAW | CODE) == 0;
    let closes = |index: usize, mark: char| {
        plain(index, mark)
            && index.checked_sub(1).and_then(at).is_some_and(|c| !c.is_whitespace() && c != mark)
            && at(index + 1).is_none_or(|c| !c.is_alphanumeric() && c != mark)
    };
    // The last place where each mark could close, so that looking ahead costs nothing.
    let last_close = |mark: char| (0..line.len()).rev().find(|index| closes(*index, mark));
    let lasts = [('*', BOLD), ('_', ITALIC), ('~', STRIKE), ('`', CODE)].map(|(mark, style)| (mark, style, last_close(mark)));
    for (index, (c, style)) in line.iter().enumerate() {
        let kind = lasts.iter().find(|(mark, ..)| mark == c).filter(|_| style & (RAW | CODE) == 0);
        let Some((mark, own, last)) = kind else {
            out.push((*c, *style));
            continue;
        };
        let opens = index.checked_sub(1).and_then(at).is_none_or(|c| !c.is_alphanumeric())
            && at(index + 1).is_some_and(|next| !next.is_whitespace() && next != *mark && next != GUARD);
        let mated = last.is_some_and(|last| last > index + 1);
        if style & own != 0 && closes(index, *mark) {
            out.push((GUARD, *style));
        }
        out.push((*c, *style));
        if opens && (mated || style & own != 0) {
            out.push((GUARD, *style));
        }
    }
    out
}

/// Writes a run of characters, style by style from the outside in. Spaces go outside of the marks; where a mark would not stand
/// at a word boundary WhatsApp would show it as it is, so it is left out.
fn styled(run: &[(char, u8)], kinds: &[(u8, char)], before: Option<char>, after: Option<char>, out: &mut String) {
    let Some(((kind, mark), inner)) = kinds.split_first() else {
        out.extend(run.iter().map(|(c, _)| *c));
        return;
    };
    let mut start = 0;
    while start < run.len() {
        let on = run[start].1 & kind != 0;
        let end = run[start..].iter().position(|(_, style)| (style & kind != 0) != on).map_or(run.len(), |length| start + length);
        let group = &run[start..end];
        let previous = start.checked_sub(1).map_or(before, |index| Some(run[index].0));
        let next = run.get(end).map_or(after, |(c, _)| Some(*c));
        let first = group.iter().position(|(c, _)| !c.is_whitespace());
        match first {
            Some(first) if on => {
                let last = group.iter().rposition(|(c, _)| !c.is_whitespace()).unwrap_or(first);
                let core = &group[first..=last];
                let outside = |edge: Option<char>| edge.is_none_or(|c| !c.is_alphanumeric() && c != *mark);
                let edges =
                    outside(if first > 0 { Some(' ') } else { previous }) && outside(if last + 1 < group.len() { Some(' ') } else { next });
                let clean = *kind != CODE || core.iter().all(|(c, _)| *c != '`');
                out.extend(group[..first].iter().map(|(c, _)| *c));
                if edges && clean {
                    out.push(*mark);
                    styled(core, inner, Some(*mark), Some(*mark), out);
                    out.push(*mark);
                } else {
                    styled(core, inner, previous, next, out);
                }
                out.extend(group[last + 1..].iter().map(|(c, _)| *c));
            }
            _ => styled(group, inner, previous, next, out),
        }
        start = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case(
        "<div><div>Hello. Sending <strong>bold</strong>-<em>italic</em> rich text.</div>\n</div>",
        "Hello. Sending *bold*-_italic_ rich text."
    )]
    #[case("<b>bold </b>next", "*bold* next")]
    #[case("<b>a</b><b>b</b>", "*ab*")]
    #[case("<i>a <b>b</b></i>", "_a_ *_b_*")]
    #[case("<b>one<br>two</b>", "*one*\n*two*")]
    #[case("<b>fo</b>o", "foo")]
    #[case("<b> </b>x", "x")]
    #[case("<s>a</s> <strike>b</strike> <del>c</del>", "~a~ ~b~ ~c~")]
    #[case("<code>let x</code>", "`let x`")]
    #[case("<code>a*b* *c*</code>", "`a*b* *c*`")]
    #[case("<pre>\nfn a() {\n  b\n}\n</pre>", "```fn a() {\n  b\n}```")]
    #[case("<codeblock class=\"Json\"><code>{<br>&nbsp;\"a\": 1<br>}</code></codeblock>", "```{\n \"a\": 1\n}```")]
    #[case("<blockquote>a<br>b</blockquote>c", "> a\n> b\nc")]
    #[case("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>d", "- a\n- b\n  - c\nd")]
    #[case("<ol><li><p>a</p></li><li>b</li></ol>", "1. a\n2. b")]
    #[case("<ol start=\"3\"><li>a</li></ol>", "3. a")]
    #[case("<a href=\"https://example.com/x\">our site</a>.", "our site (https://example.com/x).")]
    #[case("<a href=\"https://example.com/\">https://example.com</a>", "https://example.com/")]
    #[case("<a href=\"https://example.com\">example.com</a>", "https://example.com")]
    #[case("<a href=\"mailto:a@example.com\">a@example.com</a>", "a@example.com")]
    #[case("<a href=\"mailto:a@example.com\">write</a>", "write (a@example.com)")]
    #[case("<a href=\"javascript:alert(1)\">x</a>", "x")]
    #[case("<h2>Title</h2><p>text</p>", "*Title*\n\ntext")]
    #[case("<table><tbody><tr><td>a</td><td><p>b</p></td></tr><tr><td>c</td><td>d</td></tr></tbody></table>", "a | b\nc | d")]
    #[case("<u>a</u> <span style=\"color:red\">b</span>", "a b")]
    #[case("<p>a</p><p>&nbsp;</p><p>b</p>", "a\n\nb")]
    #[case("<p>a</p>\n<p>b</p>\n", "a\nb")]
    #[case("a<br><br><br><br>b", "a\n\nb")]
    #[case("a&nbsp;&amp;&nbsp;&lt;b&gt;", "a & <b>")]
    #[case("<at id=\"0\">Ann Lee</at> hi", "@Ann Lee hi")]
    #[case("hi <emoji id=\"smile\" alt=\"🙂\" title=\"Smile\"></emoji>", "hi 🙂")]
    #[case("<span itemtype=\"http://schema.skype.com/Emoji\"><img alt=\"👍\" src=\"x\"></span>!", "👍!")]
    #[case("<img itemtype=\"http://schema.skype.com/Emoji\" alt=\"😀\" src=\"x\">", "😀")]
    #[case("<script>alert(1)</script><style>p{}</style>a", "a")]
    #[case("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name")]
    #[case("say *this* please", "say *\u{200b}this* please")]
    #[case("only *one star", "only *one star")]
    #[case("<b>a* b</b>", "*a\u{200b}* b*")]
    #[case("see https://example.com/_a_/*b* now", "see https://example.com/_a_/*b* now")]
    #[case("<b>unclosed", "*unclosed*")]
    #[case("</b></ul></span></blockquote></a>text", "text")]
    #[case("", "")]
    fn html_becomes_markup(#[case] html: &str, #[case] text: &str) {
        assert_eq!(teams_to_whatsapp(html), text);
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
        fn a_guarded_text_shows_no_marks(text in "[ab *_~`]{0,30}") {
            let shown = super::super::plain(&literal(&text));
            // List items keep their dash for a star; lines are otherwise unchanged but for the guards.
            prop_assume!(!text.starts_with("* "));
            prop_assert_eq!(shown.replace(GUARD, ""), text);
        }
    }
}
