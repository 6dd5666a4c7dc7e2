//! Long texts in WhatsApp's markup, cut into messages that each show what their piece of the text showed: what is bold stays bold, and
//! code that a cut goes through is closed and opened again.

use std::ops::Range;

use super::to_teams::whatsapp_to_teams;
use super::whatsapp::{Block, Inline, blocks, inline};
use crate::bridge::split::{cut, number};

/// What Teams takes in one message is 100 KB of UTF-16 with everything in it, and 80 KB are advised (teams.md 3.4). In code units, with
/// room for names around the text.
const POST_LIMIT: usize = 38_000;
/// Room for what can be opened and closed around a part: a quotation with all four styles.
const MARKS: usize = 10;
/// Fewer characters than this leave no room for anything beside marks and numbers.
const LEAST_LIMIT: usize = 64;

/// The text in messages of at most `limit` characters (64 at least), in order, each numbered: `(1/3)`. A text that fits is one message,
/// unchanged.
pub fn parts(text: &str, limit: usize) -> Vec<String> {
    let limit = limit.max(LEAST_LIMIT);
    if text.chars().nth(limit).is_none() {
        return vec![text.to_owned()];
    }
    let text = text.trim();
    if text.chars().nth(limit).is_none() {
        return vec![text.to_owned()];
    }
    let wraps = wraps(text);
    for digits in 1.. {
        let widest = 10_usize.pow(digits) - 1;
        let parts = cut_apart(text, &wraps, limit - number(widest, widest).len());
        if parts.len() <= widest {
            let count = parts.len();
            return parts.into_iter().zip(1..).map(|(part, index)| part + &number(index, count)).collect();
        }
    }
    unreachable!("some number of digits is enough")
}

/// The text as HTML in as many posts as Teams needs, each numbered where there are several. What of it is escaped takes more room than
/// it had.
pub fn whatsapp_to_teams_posts(text: &str) -> Vec<String> {
    let fits = |html: &String| html.len() <= POST_LIMIT || html.encode_utf16().count() <= POST_LIMIT;
    let mut limit = POST_LIMIT;
    loop {
        let posts: Vec<String> = parts(text, limit).iter().map(|part| whatsapp_to_teams(part)).collect();
        if limit <= LEAST_LIMIT || posts.iter().all(fits) {
            return posts;
        }
        limit /= 2;
    }
}

/// A piece of the text that its marks make something else, in bytes.
struct Wrap {
    /// With the marks.
    outer: Range<usize>,
    inner: Range<usize>,
    opens: &'static str,
    closes: &'static str,
}

impl Wrap {
    fn is_open_at(&self, at: usize) -> bool {
        self.inner.start < at && at < self.inner.end
    }

    /// Between the halves of a mark, beside it, or where one half would hold nothing there is no place to cut.
    fn may_be_cut(&self, text: &str, at: usize) -> bool {
        if self.is_open_at(at) {
            return !text[self.inner.start..at].trim().is_empty() && !text[at..self.inner.end].trim().is_empty();
        }
        at <= self.outer.start || self.outer.end <= at
    }
}

/// Everything that is wrapped, the outer before the inner.
fn wraps(text: &str) -> Vec<Wrap> {
    let mut out = Vec::new();
    for block in blocks(text) {
        match block {
            Block::Code(code) => {
                let inner = place(text, code);
                let opened = text[..inner.start].rfind("```").unwrap_or(inner.start);
                let closed = text[inner.end..].find("```").map_or(inner.end, |at| inner.end + at + 3);
                out.push(Wrap { outer: opened..closed, inner, opens: "```", closes: "```" });
            }
            Block::Quote(lines) => {
                for line in lines {
                    let inner = place(text, line);
                    out.push(Wrap { outer: inner.start - 2..inner.end, inner: inner.clone(), opens: "> ", closes: "" });
                    marked(&inline(line), inner.start, &mut out);
                }
            }
            Block::Bullets(lines) | Block::Numbers(lines) => {
                for line in lines {
                    marked(&inline(line), place(text, line).start, &mut out);
                }
            }
            Block::Line(line) => {
                marked(&inline(line), place(text, line).start, &mut out);
            }
        }
    }
    out
}

/// Adds the pieces that begin at `at`; where they end.
fn marked(pieces: &[Inline<'_>], mut at: usize, out: &mut Vec<Wrap>) -> usize {
    for piece in pieces {
        let (mark, inside): (_, &[Inline<'_>]) = match piece {
            Inline::Text(text) | Inline::Link(text) => {
                at += text.len();
                continue;
            }
            Inline::Code(text) => {
                out.push(Wrap { outer: at..at + text.len() + 2, inner: at + 1..at + 1 + text.len(), opens: "`", closes: "`" });
                at += text.len() + 2;
                continue;
            }
            Inline::Bold(inside) => ("*", inside),
            Inline::Italic(inside) => ("_", inside),
            Inline::Strike(inside) => ("~", inside),
        };
        let index = out.len();
        out.push(Wrap { outer: at..at, inner: at..at, opens: mark, closes: mark });
        let end = marked(inside, at + 1, out);
        out[index].inner = at + 1..end;
        out[index].outer = at..end + 1;
        at = end + 1;
    }
    at
}

/// Where a piece of the text stands in it.
fn place(text: &str, piece: &str) -> Range<usize> {
    let start = piece.as_ptr() as usize - text.as_ptr() as usize;
    start..start + piece.len()
}

fn cut_apart(text: &str, wraps: &[Wrap], limit: usize) -> Vec<String> {
    let mut parts = Vec::new();
    let (mut start, mut opened) = (0, String::new());
    loop {
        // A character has at most four bytes.
        let here = |wrap: &&Wrap| wrap.outer.end >= start && wrap.outer.start <= start + 4 * limit;
        let near: Vec<&Wrap> = wraps.iter().filter(here).collect();
        let may = |at: usize| near.iter().all(|wrap| wrap.may_be_cut(text, start + at));
        let Some(length) = cut(&text[start..], limit - MARKS, may) else { break };
        let end = start + length;
        let open = || near.iter().filter(|wrap| wrap.is_open_at(end));
        let closed: String = open().rev().map(|wrap| wrap.closes).collect();
        parts.push(format!("{opened}{}{closed}", text[start..end].trim_end()));
        opened = open().map(|wrap| wrap.opens).collect();
        // Blank lines go with the cut; the indentation of what follows is the text's.
        let rest = &text[end..];
        let blank = &rest[..rest.len() - rest.trim_start().len()];
        start = end + blank.rfind('\n').map_or(0, |at| at + 1);
    }
    parts.push(format!("{opened}{}", text[start..].trim_end()));
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
#[path = "parts_tests.rs"]
mod tests;
