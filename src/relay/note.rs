//! Internal notes: for the colleagues of a thread, kept with it, and never sent to the client (product.md 7).

use super::desk::{Case, Desk, Person};
use super::render;
use crate::bridge::{MessageId, Place, Post};
use crate::cards::Style;
use crate::markup;
use crate::store::{Message, Result};
use crate::texts::notes;
use serde_json::json;

/// The note in a text that begins with two slashes, however it is formatted: with bold slashes nobody means the client. Empty when there
/// is nothing else.
pub fn read(text: &str) -> Option<String> {
    let after = |text: &str| -> Option<String> {
        let rest = text.trim_start_matches(is_nothing).strip_prefix(is_slash)?.strip_prefix(is_slash)?;
        Some(rest.trim_matches(is_nothing).to_owned())
    };
    after(text).or_else(|| after(&markup::plain(text)))
}

/// As on a keyboard, or as wide as a Chinese or Japanese character.
fn is_slash(c: char) -> bool {
    matches!(c, '/' | '／')
}

/// Spaces, and what Teams or another program put in that nobody sees.
fn is_nothing(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Keeps a note with its thread and shows it to everybody who follows the thread and does not see it where it was written.
pub fn keep(desk: &Desk<'_>, person: &Person, case: &Case, text: &str) -> Result<MessageId> {
    let thread = case.thread.id;
    let note = desk.tx.keep_note(thread, person.id(), text, person.conversation(), desk.now)?;
    let body = json!({ "text": text, "contact": case.contact.id });
    desk.journal("note", person.id().as_str(), Some(thread), Some(note), &body)?;
    // Not written to the client, so the chat is not about this thread now; but it may not be about another one any more.
    desk.tx.disturb_focus(person.id(), thread)?;
    show(desk, person, case, note, text, false)?;
    Ok(note)
}

/// Changes a note. What it said before is in the journal.
pub fn change(desk: &Desk<'_>, person: &Person, case: &Case, note: &Message, text: &str) -> Result<()> {
    desk.tx.rewrite_note(note.id, text)?;
    let body = json!({ "text": text, "before": note.content });
    desk.journal("note.changed", person.id().as_str(), Some(case.thread.id), Some(note.id), &body)?;
    show(desk, person, case, note.id, text, true)
}

fn show(desk: &Desk<'_>, person: &Person, case: &Case, note: MessageId, text: &str, changed: bool) -> Result<()> {
    let here = here(desk, person, case)?;
    let (by, about) = (notes::by(&person.name, changed), notes::about(&case.contact.name));
    let posts = render::said_by(&by, text, &notes::news(&case.contact.name), &[], &[about]);
    for place in desk.audience(case.thread.id)?.into_iter().filter(|place| *place != here) {
        posts.iter().try_for_each(|post| desk.post_to(Some(case.thread.id), &place, post.clone(), Some(note)))?;
    }
    Ok(())
}

/// The place in which the author sees their own words.
fn here(desk: &Desk<'_>, person: &Person, case: &Case) -> Result<Place> {
    desk.place_of(Some(case.thread.id), person)
}

/// What its author is told.
pub fn kept(desk: &Desk<'_>, person: &Person, case: &Case) -> Post {
    desk.notice(person, Some((&case.contact, Some(&case.thread))), Style::Default, notes::KEPT.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("// she sounded worried", Some("she sounded worried"))]
    #[case("//without a space", Some("without a space"))]
    #[case("  \n// after an empty line", Some("after an empty line"))]
    #[case("// *important*: call", Some("*important*: call"))]
    #[case("*// all of it bold*", Some("all of it bold"))]
    #[case("*//* only the slashes", Some("only the slashes"))]
    #[case("_//_ in italics", Some("in italics"))]
    #[case("```// as code```", Some("as code"))]
    #[case("> // as a quotation", Some("as a quotation"))]
    #[case("\u{200b}// behind something invisible", Some("behind something invisible"))]
    #[case("\u{a0}// behind a space of Teams", Some("behind a space of Teams"))]
    #[case("／／ from another keyboard", Some("from another keyboard"))]
    #[case("//", Some(""))]
    #[case("// \u{200b} ", Some(""))]
    #[case("https://example.com", None)]
    #[case("one // two", None)]
    #[case("/ / apart", None)]
    #[case("/help", None)]
    #[case("", None)]
    fn a_text_that_begins_with_two_slashes_is_a_note(#[case] text: &str, #[case] note: Option<&str>) {
        assert_eq!(read(text).as_deref(), note);
    }
}
