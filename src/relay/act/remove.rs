//! *Remove*: pick, Done, confirm with Yes. By who takes part, and by supervisors of the line.

use super::allowed::with_overseen;
use super::leave;
use crate::bridge::{ColleagueId, Post, ThreadId};
use crate::cards::submit::Action;
use crate::cards::{self, ColleagueChoice, Notice, RemoveConfirm, RemoveForm, Style};
use crate::relay::desk::{Case, Desk, Person};
use crate::relay::{goings, offers};
use crate::store::Result;
use crate::texts::{TextId, names, participants as words, transfer};

/// Who is to go?
pub fn form(desk: &Desk<'_>, person: &Person, thread: ThreadId, nothing_chosen: bool) -> Result<Post> {
    with_overseen(desk, person, thread, |case| {
        let mut colleagues = Vec::new();
        for id in desk.tx.participants(thread)?.into_iter().filter(|id| id != person.id()) {
            colleagues.push(ColleagueChoice { name: offers::name(desk, id.as_str())?, id: id.0 });
        }
        let view = RemoveForm { thread, head: desk.head(&case.contact, Some(&case.thread)), colleagues, nothing_chosen };
        Ok(cards::remove_form(&desk.reader(person, Some(&case.contact.line)), &view))
    })
}

/// Done: the question, which says what it means.
pub fn pick(desk: &Desk<'_>, person: &Person, thread: ThreadId, colleague: &str) -> Result<Post> {
    with_removable(desk, person, thread, colleague, |case, going| {
        let mut remaining = Vec::new();
        for id in desk.tx.participants(thread)?.into_iter().filter(|id| id != going.id()) {
            remaining.push(offers::name(desk, id.as_str())?);
        }
        let view = RemoveConfirm {
            thread,
            head: desk.head(&case.contact, Some(&case.thread)),
            colleague: ColleagueChoice { id: going.id().0.clone(), name: going.name.clone() },
            remaining: names(&remaining),
        };
        Ok(cards::remove_confirm(&desk.reader(person, Some(&case.contact.line)), &view))
    })
}

/// Yes: T-40.
pub fn remove(desk: &Desk<'_>, person: &Person, thread: ThreadId, colleague: &str) -> Result<Post> {
    with_removable(desk, person, thread, colleague, |case, going| {
        goings::remove(desk, case, person, going)?;
        let reader = desk.reader(person, Some(&case.contact.line));
        let said = reader.voice.say(TextId::T40, &[("colleague", &going.name), ("client", &case.contact.name)]);
        Ok(desk.receipt(person, &case.contact, Some(&case.thread), &said, None))
    })
}

/// A colleague who takes part, beside others: not oneself, who leaves, and not the only one.
fn with_removable(
    desk: &Desk<'_>,
    person: &Person,
    thread: ThreadId,
    colleague: &str,
    then: impl FnOnce(&Case, &Person) -> Result<Post>,
) -> Result<Post> {
    let id = ColleagueId(colleague.trim().to_lowercase());
    if id == *person.id() {
        return leave::form(desk, person, thread);
    }
    with_overseen(desk, person, thread, |case| {
        let participants = desk.tx.participants(thread)?;
        let about = Some((&case.contact, Some(&case.thread)));
        let going = desk.person(&id)?.filter(|_| participants.contains(&id));
        match going {
            None => Ok(desk.notice(person, about, Style::Warning, words::gone_already(&offers::name(desk, id.as_str())?))),
            Some(going) if participants.len() == 1 => {
                let notice = Notice {
                    head: Some(desk.head(&case.contact, Some(&case.thread))),
                    text: words::only_one(&going.name),
                    style: Style::Warning,
                    actions: vec![(transfer::TRANSFER, Action::TransferForm { thread })],
                    ..Notice::default()
                };
                Ok(cards::notice(&desk.reader(person, Some(&case.contact.line)), &notice))
            }
            Some(going) => then(case, &going),
        }
    })
}
