//! Who may see what of a thread: the one place that asks the store and the directory for it. The rule is [`bridge::sight`].

use super::desk::{Case, Desk, Person};
use crate::bridge::{self, ColleagueId, LineId, MessageId, MessageState, Part, Place, Role, Sight, Standing, ThreadId};
use crate::store::{Left, Message, Participant, Result, Thread};

impl Desk<'_> {
    /// Whether somebody may use a line now.
    pub fn is_of_line(&self, person: &Person, line: &LineId) -> bool {
        self.office.lines_of(&person.known).iter().any(|known| known.id == *line)
    }

    /// Whether somebody watches over a line.
    pub fn supervises(&self, person: &Person, line: &LineId) -> bool {
        let has_role = self.office.entry(&person.known).is_some_and(|entry| entry.roles.contains(&Role::Supervisor));
        has_role && self.is_of_line(person, line)
    }

    /// What somebody may read of a thread; `None`: nothing.
    pub fn view_of(&self, person: &Person, thread: &Thread) -> Result<Option<Sight>> {
        let part = self.tx.participation(thread.id, person.id())?;
        let (enabled, supervises) = (self.is_of_line(person, &thread.line), self.supervises(person, &thread.line));
        Ok(bridge::sight(enabled, supervises, part.as_ref().map(as_part)))
    }

    /// What who reads in a place may see of a thread, where a message is shown at least that one. In a shared home everybody reads the
    /// same: what all may see who take part there.
    pub fn view_at(&self, place: &Place, thread: &Thread, message: MessageId) -> Result<Sight> {
        let found = match place {
            Place::Own(id) => self.person(id)?.map(|person| self.view_of(&person, thread)).transpose()?.flatten(),
            Place::Home => {
                let members = self.tx.home(thread.id)?.map(|home| self.tx.members(&home.base)).transpose()?.unwrap_or_default();
                let parts = self.tx.participations(thread.id)?;
                let here = parts.iter().filter(|part| part.left_at.is_none() && members.contains(&part.colleague));
                let from = here.map(|part| part.visible_from).max().unwrap_or(MessageId(0));
                Some(Sight { from, until: None, takes_part: true })
            }
            Place::Conversation(_) => None,
        };
        Ok(found.unwrap_or(Sight { from: message, until: None, takes_part: false }))
    }

    /// How many held messages whoever reads in a place may see: what was handed over to them is theirs, although it was written before
    /// they came. In a shared home everybody reads the same, and that is all of them.
    pub fn held_at(&self, place: &Place, thread: &Thread) -> Result<usize> {
        if self.tx.held_count(thread.id)? == 0 {
            return Ok(0);
        }
        let held = self.tx.held(thread.id)?;
        let Place::Own(id) = place else { return Ok(held.len()) };
        let sight = self.person(id)?.map(|person| self.view_of(&person, thread)).transpose()?.flatten();
        Ok(held.iter().filter(|message| sight.is_some_and(|sight| shows_held(&sight, id, message))).count())
    }

    /// The threads that somebody takes or took part in, with what they may read of each.
    pub fn own_threads(&self, person: &Person) -> Result<Vec<(Thread, Sight)>> {
        let mut found = Vec::new();
        for (id, part) in self.tx.parts_of(person.id())? {
            let Some(thread) = self.tx.thread(id)? else { continue };
            let (enabled, supervises) = (self.is_of_line(person, &thread.line), self.supervises(person, &thread.line));
            found.extend(bridge::sight(enabled, supervises, Some(as_part(&part))).map(|sight| (thread, sight)));
        }
        Ok(found)
    }

    /// A thread with its client, when somebody may read it.
    pub fn readable(&self, person: &Person, thread: ThreadId) -> Result<Option<(Case, Sight)>> {
        let Some(case) = self.case(thread)? else { return Ok(None) };
        Ok(self.view_of(person, &case.thread)?.map(|sight| (case, sight)))
    }

    /// Whether a message is somebody's own, or was said in their time.
    pub fn has_in_sight(&self, person: &Person, id: MessageId) -> Result<bool> {
        let Some(message) = self.tx.message(id)? else { return Ok(false) };
        let own = message.author.as_deref() == Some(person.id().as_str());
        Ok(own || self.readable(person, message.thread)?.is_some_and(|(_, sight)| sight.shows(id)))
    }

    /// A message with its thread, when somebody may read it.
    pub fn readable_message(&self, person: &Person, id: MessageId) -> Result<Option<(Case, Message, Sight)>> {
        let Some(message) = self.tx.message(id)? else { return Ok(None) };
        let found = self.readable(person, message.thread)?;
        // What they have written themselves, or was handed over to them while it waited.
        let own = message.author.as_deref() == Some(person.id().as_str());
        let shows = |sight: &Sight| (sight.shows(id) || (own && sight.takes_part)) && is_told_to(person, &message);
        Ok(found.filter(|(_, sight)| shows(sight)).map(|(case, sight)| (case, message, sight)))
    }
}

/// Whether a held message is shown to somebody who may see this of its thread: their own always is.
pub fn shows_held(sight: &Sight, reader: &ColleagueId, message: &Message) -> bool {
    sight.shows(message.id) || message.author.as_deref() == Some(reader.as_str())
}

/// What a colleague was refused is theirs alone to see.
pub fn is_told_to(person: &Person, message: &Message) -> bool {
    message.state != MessageState::Refused || message.author.as_deref() == Some(person.id().as_str())
}

fn as_part(part: &Participant) -> Part {
    let standing = match (part.left_at, part.left) {
        (None, _) => Standing::Present,
        (Some(_), Some(Left::Removed)) => Standing::Removed,
        // Without the last message nobody knows how far their time went.
        (Some(_), _) => Standing::Gone { until: part.visible_until.unwrap_or(MessageId(0)) },
    };
    Part { from: part.visible_from, standing }
}
