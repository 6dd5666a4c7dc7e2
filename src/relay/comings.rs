//! Somebody joins a conversation by somebody's doing: who is told what (product.md 6 and 10: T-34, T-35, K-33).

use super::desk::{Case, Desk, Person};
use super::participation::{self, Came};
use super::{goings, notices};
use crate::bridge::{HistoryChoice, Place};
use crate::cards::submit::Action;
use crate::cards::{self, Notice, Style};
use crate::store::Result;
use crate::texts::{TextId, labels, participants as words, transfer};

/// How somebody is brought into a conversation.
#[derive(Clone, Copy, Debug)]
pub struct Coming<'a> {
    /// Who brings them.
    pub by: &'a Person,
    /// As the journal names it: see [`Came::how`].
    pub how: &'static str,
    pub history: HistoryChoice,
}

/// The colleague takes part, and everybody hears of it; false when they did already, which changes nothing. That they may and can is the
/// caller's to check.
pub fn add(desk: &Desk<'_>, case: &Case, colleague: &Person, coming: &Coming<'_>) -> Result<bool> {
    let visible_from = participation::visible_from(desk, case.thread.id, coming.history)?;
    let came = Came { by: coming.by.id().as_str(), how: coming.how, visible_from, cover_for: None };
    if !participation::join(desk, case, colleague.id(), &came)? {
        return Ok(false);
    }
    let names = [("adder", coming.by.name.as_str()), ("colleague", colleague.name.as_str())];
    let told = [coming.by.id(), colleague.id()];
    goings::tell_others(desk, case, coming.by, &told, Style::Default, |reader| reader.voice.say(TextId::T34, &names))?;
    tell_added(desk, case, colleague, coming)?;
    notices::tell_client(desk, case, TextId::K33, &[("colleague", &colleague.name)])?;
    Ok(true)
}

/// T-35, in their own chat; who has none reads the rest in the shared home.
fn tell_added(desk: &Desk<'_>, case: &Case, colleague: &Person, coming: &Coming<'_>) -> Result<()> {
    if !colleague.known.installed || colleague.id() == coming.by.id() {
        return Ok(());
    }
    let reader = desk.reader(colleague, Some(&case.contact.line));
    let added = reader.voice.say(TextId::T35, &[("adder", &coming.by.name), ("client", &case.contact.name)]);
    let notice = Notice {
        head: Some(desk.head(&case.contact, Some(&case.thread))),
        text: format!("{added} {}", words::you_see(&transfer::sees(coming.history))),
        actions: vec![(labels::HISTORY, Action::OpenHistory { thread: case.thread.id, before: None })],
        ..Notice::default()
    };
    let place = Place::Own(colleague.id().clone());
    desk.post_to(Some(case.thread.id), &place, cards::notice(&reader, &notice), None)
}
