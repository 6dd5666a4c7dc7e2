//! What a colleague wrote in Teams, as WhatsApp's text.
//!
//! Teams sends HTML, not XML, and every client its own dialect, so it is tokenized by the WHATWG's rules and read tolerantly:
//! unknown tags disappear, their text stays. A line is collected as characters with their styles; `marks` writes it when it
//! is complete.

use html5gum::{StartTag, Token, Tokenizer};

use super::marks::{BOLD, CODE, ITALIC, RAW, STRIKE, fences, render, without_fences};

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

/// A line that is complete, or a block of code.
struct Line {
    text: String,
    is_code: bool,
}

struct List {
    /// The next number, or `None` for bullets.
    next: Option<u32>,
}

#[derive(Default)]
struct Reader {
    out: TeamsHtml,
    lines: Vec<Line>,
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
            "hr" => self.end_line(false),
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
                self.push_line(String::new());
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
        self.push_line(render(&line));
    }

    /// A mark of a quotation with nothing behind it would be shown as it is.
    fn push_line(&mut self, line: String) {
        let text = if self.quotes > 0 && !line.is_empty() { format!("> {line}") } else { line };
        self.lines.push(Line { text, is_code: false });
    }

    fn end_pre(&mut self) {
        let Some(pre) = self.pre.take() else { return };
        let pre = without_fences(pre.strip_prefix('\n').unwrap_or(&pre).trim_end());
        if !pre.is_empty() {
            self.lines.push(Line { text: format!("```{pre}```"), is_code: true });
        }
    }

    fn finish(mut self, is_self: &impl Fn(Option<usize>, &str) -> bool) -> TeamsHtml {
        // Whatever was left open ends here; its text is never lost.
        self.end_mention(is_self);
        self.end_link();
        self.end_pre();
        self.end_line(false);
        let typed: usize = self.lines.iter().filter(|line| !line.is_code).map(|line| fences(&line.text)).sum();
        let mated = typed > 1 || (typed > 0 && self.lines.iter().any(|line| line.is_code));
        // At most one blank line in a row.
        let mut lines: Vec<String> = Vec::with_capacity(self.lines.len());
        for line in self.lines {
            if !(line.text.is_empty() && lines.last().is_none_or(String::is_empty)) {
                lines.push(if mated && !line.is_code { without_fences(&line.text) } else { line.text });
            }
        }
        self.out.text = lines.join("\n").trim().to_owned();
        self.out
    }
}

#[cfg(test)]
#[path = "to_whatsapp_tests.rs"]
mod tests;
