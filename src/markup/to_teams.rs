//! A client's text as the HTML that Teams shows.
//!
//! Sound because the markup is parsed first and every piece of text is escaped when it is written: the only tags in the result
//! are the literals in this file, and the only attribute is an address that is shown as it is.

use super::direction::{contain, contained};
use super::whatsapp::{Block, Inline, blocks, inline};

/// Text for HTML: markup characters escaped, characters that XML or HTML forbids left out, changes of direction [`contained`]. Quotes
/// too, so it fits attributes.
///
/// [`contained`]: super::contained
pub fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    contain(text, &mut |c| match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        '\t' | '\n' | '\r' => out.push(c),
        c if c.is_control() || is_noncharacter(c) => {}
        c => out.push(c),
    });
    out
}

fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
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

/// WhatsApp's text without its markup, for notifications and other places that show text as it is. Changes of direction end with
/// their line.
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
    contained(&lines.join("\n"))
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
    for part in escape_html(text).split_inclusive(' ') {
        let (word, space) = part.strip_suffix(' ').map_or((part, false), |word| (word, true));
        out.push_str(word);
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
#[path = "to_teams_tests.rs"]
mod tests;
