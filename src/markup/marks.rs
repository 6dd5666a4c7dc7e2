//! WhatsApp's marks around the characters of one line, and guards where characters would be taken for marks.
//!
//! Marks are written only when the line is complete, because they must hug the text and stand at word boundaries, which tags need not.

use super::whatsapp::link_length;

pub(super) const BOLD: u8 = 1;
pub(super) const ITALIC: u8 = 2;
pub(super) const STRIKE: u8 = 4;
pub(super) const CODE: u8 = 8;
/// Addresses: nothing may be inserted into them.
pub(super) const RAW: u8 = 16;

/// Keeps a literal `*` from becoming a mark; shows nothing. WhatsApp has no escape character.
pub(super) const GUARD: char = '\u{200b}';

/// Text that WhatsApp shows exactly as it is written here: accidental marks are disarmed with U+200B, and only where a closing
/// mate exists.
pub fn literal(text: &str) -> String {
    let line = |line: &str| render(&line.chars().map(|c| (c, 0)).collect::<Vec<_>>());
    let text = text.split('\n').map(line).collect::<Vec<_>>().join("\n");
    if fences(&text) > 1 { without_fences(&text) } else { text }
}

/// How many marks of a block of code stand in a text. Unlike all others these mate across lines.
pub(super) fn fences(text: &str) -> usize {
    text.matches("```").count()
}

/// The text with guards, so that none is left: nowhere three backticks in a row.
pub(super) fn without_fences(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if c == '`' && out.ends_with("``") {
            out.push(GUARD);
        }
        out.push(c);
    }
    out
}

/// One line, given as characters with their styles, with its marks.
pub(super) fn render(line: &[(char, u8)]) -> String {
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
