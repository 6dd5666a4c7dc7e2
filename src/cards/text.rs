//! Text in cards: what came from outside is shown as it was written, and bearable in length.

use crate::bridge::{Time, split};
use serde::Serialize;

/// Longest name in a card, in characters.
const NAME_LIMIT: usize = 80;

/// Markdown that is safe to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Text(String);

impl Text {
    /// Text from anywhere, shown as it is: markdown, `<at>`, HTML entities and date macros mean nothing in it.
    pub fn plain(text: impl AsRef<str>) -> Self {
        Self(escape(text.as_ref()))
    }

    /// A moment, rendered by Teams in the reader's own zone and format.
    pub fn moment(at: Time) -> Self {
        let at = at.format("%Y-%m-%dT%H:%M:%SZ");
        Self(format!("{{{{DATE({at},SHORT)}}}} {{{{TIME({at})}}}}"))
    }

    /// This, and then that.
    pub fn then(mut self, next: Self) -> Self {
        self.0.push_str(&next.0);
        self
    }

    /// Its longest word in characters, but for moments, which are written in words of bearable length.
    pub fn longest_word(&self) -> usize {
        let words = self.0.split_whitespace().filter(|word| !word.contains("{{"));
        words.map(|word| word.chars().filter(|c| *c != '\\').count()).max().unwrap_or_default()
    }

    /// This, and then plain text.
    pub fn and(self, text: impl AsRef<str>) -> Self {
        self.then(Self::plain(text))
    }
}

/// Makes a markdown renderer show `text` as it is. Every new line becomes a paragraph, because a single one is swallowed.
/// Direction overrides are dropped: they could turn round the words that follow. Right-to-left text itself needs none.
/// One space at either end is kept, for texts are put together from pieces.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + text.len() / 4);
    if text.starts_with(' ') {
        safe.push(' ');
    }
    for (at, line) in text.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
        if at > 0 {
            safe.push_str("\n\n");
        }
        escape_line(line, &mut safe);
    }
    if text.ends_with(' ') && !safe.ends_with(' ') {
        safe.push(' ');
    }
    safe
}

/// Whether `text` is shown the same with markdown and without.
pub fn means_itself(text: &str) -> bool {
    escape(text) == text
}

fn escape_line(line: &str, safe: &mut String) {
    // `1.` and `-` begin a list, but only at the beginning of a line.
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let list = if digits > 0 && line[digits..].starts_with('.') { Some(digits) } else { line.starts_with(['-', '+', '=']).then_some(0) };
    for (at, c) in line.char_indices() {
        match c {
            _ if Some(at) == list => safe.extend(['\\', c]),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c if c.is_control() => safe.push(' '),
            '<' => safe.push_str("&lt;"),
            // Only what would be read as an entity, so that `AT&T` stays legible wherever entities are not decoded.
            '&' if line[at + 1..].starts_with(|next: char| next == '#' || next.is_ascii_alphabetic()) && line[at..].contains(';') => {
                safe.push_str("&amp;");
            }
            '\\' | '*' | '_' | '[' | ']' | '(' | ')' | '#' | '>' | '`' | '~' | '{' | '|' => safe.extend(['\\', c]),
            c => safe.push(c),
        }
    }
}

/// The first `limit` characters, with a mark where something was cut. No emoji is cut in two.
pub fn clip(text: &str, limit: usize) -> String {
    let kept = split::beginning(text, limit);
    if kept.len() == text.len() { text.to_owned() } else { format!("{}…", kept.trim_end()) }
}

/// A name, on one line and of bearable length, without the characters that turn the direction of what follows.
pub fn name(text: &str) -> String {
    let shown = |c: &char| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let one_line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(shown).collect();
    let words: Vec<_> = one_line.split_whitespace().collect();
    clip(&words.join(" "), NAME_LIMIT)
}
