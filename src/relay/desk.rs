//! What every verb works with: the transaction, the directory in force and the time.

use super::links::Links;
use super::office::Office;
use crate::bridge::{
    Colleague, ColleagueId, ConversationId, ConversationReference, Facts, Line, LineId, MessageId, Past, Place, Policy, Post, Posted,
    Sending, Template, TemplateCategory, ThreadId, Time, phone,
};
use crate::cards::{self, Head, Notice, Reader, Receipt, Style};
use crate::store::{Contact, Entry, Envelope, Home, KnownColleague, Left, Result, Thread, Tx};
use crate::texts::Voice;
use serde::Serialize;

/// Author of what the server sends by itself.
pub const SERVER: &str = "server";

/// One transaction's surroundings. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    pub tx: &'a Tx<'a>,
    pub office: &'a Office,
    pub now: Time,
    /// How links to our pages are made; nobody does so on the command line.
    pub links: Option<&'a Links>,
}

/// Where somebody acts: what answers them goes there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Seat {
    /// They do not: the server looks them up.
    #[default]
    Nowhere,
    /// In their own chat with the bot.
    Own,
    /// In a shared conversation, and there in the thread that lives in it, if any does.
    Shared { reference: ConversationReference, thread: Option<ThreadId> },
}

/// A colleague as far as a card needs to know them: language, zone and name.
#[derive(Clone, Debug)]
pub struct Person {
    pub known: KnownColleague,
    pub name: String,
    pub seat: Seat,
    /// When they acted, by Teams' clock: what is delivered late was written earlier.
    pub at: Time,
    /// What they wrote that is being sent now.
    pub writes: Option<Posted>,
}

impl Person {
    pub fn id(&self) -> &ColleagueId {
        &self.known.id
    }

    /// The conversation in which they act; where they do not, their own chat.
    pub fn conversation(&self) -> &ConversationId {
        match &self.seat {
            Seat::Shared { reference, .. } => &reference.conversation,
            Seat::Nowhere | Seat::Own => &self.known.home.conversation,
        }
    }

    /// The same, as what they wrote there is being sent.
    pub fn writing(&self, written: &Posted) -> Self {
        Self { writes: Some(written.clone()), ..self.clone() }
    }

    /// That conversation as a place, whatever thread lives in it.
    pub fn spot(&self) -> Place {
        match &self.seat {
            Seat::Shared { reference, .. } => Place::Conversation(reference.conversation.clone()),
            Seat::Nowhere | Seat::Own => Place::Own(self.id().clone()),
        }
    }
}

/// Who reads what is posted in a place.
#[derive(Clone, Debug)]
pub struct Listener {
    pub place: Place,
    /// `None`: everybody in a shared conversation.
    pub person: Option<Person>,
}

/// A thread with its client.
#[derive(Clone, Debug)]
pub struct Case {
    pub thread: Thread,
    pub contact: Contact,
}

impl<'a> Desk<'a> {
    pub fn person(&self, id: &ColleagueId) -> Result<Option<Person>> {
        Ok(self.tx.colleague(id)?.map(|known| self.as_person(known)))
    }

    pub fn as_person(&self, known: KnownColleague) -> Person {
        let name = self.office.entry(&known).map(|entry| entry.name.clone()).or_else(|| known.name.clone());
        Person { name: name.unwrap_or_else(|| known.id.0.clone()), known, seat: Seat::Nowhere, at: self.now, writes: None }
    }

    pub fn case(&self, thread: ThreadId) -> Result<Option<Case>> {
        let Some(thread) = self.tx.thread(thread)? else { return Ok(None) };
        Ok(self.tx.contact(thread.contact)?.map(|contact| Case { thread, contact }))
    }

    /// The thread with its client, when the colleague takes part in it: nobody sees another's thread.
    pub fn own_case(&self, person: &Person, thread: ThreadId) -> Result<Option<Case>> {
        Ok(self.readable(person, thread)?.filter(|(_, sight)| sight.takes_part).map(|(case, _)| case))
    }

    pub fn line(&self, id: &LineId) -> Option<&'a Line> {
        self.office.directory.line(id)
    }

    /// Hours after which a held message of this line expires, by the policy in force now. A line that is not in the directory any
    /// more has the default.
    pub fn held_hours(&self, line: &LineId) -> u32 {
        self.line(line).map_or_else(|| Policy::default().held_expiry_hours, |line| line.policy.held_expiry_hours)
    }

    /// How a colleague is spoken to, about a line where there is one.
    pub fn reader<'b>(&self, person: &'b Person, line: Option<&'b LineId>) -> Reader<'b>
    where
        'a: 'b,
    {
        let line = line.and_then(|id| self.line(id));
        Reader {
            voice: Voice::new(&self.office.directory, line, person.known.locale.as_deref().unwrap_or_default()),
            zone: person.known.time_zone.as_deref().unwrap_or(&self.office.directory.organization.time_zone),
            now: self.now,
        }
    }

    /// How a client is spoken to.
    pub fn client_voice<'b>(&self, contact: &'b Contact) -> Voice<'b>
    where
        'a: 'b,
    {
        Voice::new(&self.office.directory, self.line(&contact.line), contact.language.as_deref().unwrap_or_default())
    }

    /// Client, line and number: the first two lines of every card about a thread.
    pub fn head(&self, contact: &Contact, thread: Option<&Thread>) -> Head {
        let line = self.line(&contact.line).map(|line| line.name.clone());
        let number = thread.and_then(|thread| self.office.directory.number(&thread.number)).map(|number| number.display.clone());
        Head { client: contact.name.clone(), line: line.unwrap_or_else(|| contact.line.0.clone()), number: number.unwrap_or_default() }
    }

    /// Everything [`crate::bridge::admit`] wants to know about a message to this client. `sender` is `None` for the server.
    pub fn facts<'b>(
        &'b self,
        contact: &Contact,
        thread: Option<&Thread>,
        sender: Option<&Person>,
        policy: &'b crate::bridge::Policy,
    ) -> Result<Facts<'b>> {
        let line_enabled = self.office.directory.organization.enabled && self.line(&contact.line).is_some_and(|line| line.enabled);
        let enabled = match sender {
            Some(person) => self.office.lines_of(&person.known).iter().any(|line| line.id == contact.line),
            None => line_enabled,
        };
        let number = match (thread, sender) {
            (Some(thread), _) => Some(thread.number.clone()),
            (None, Some(person)) => self.number_for(&contact.line, person).map(|number| number.phone_number_id.clone()),
            (None, None) => None,
        };
        let owners = if sender.is_some() { self.tx.owners(contact.id)? } else { Vec::new() };
        Ok(Facts {
            enabled,
            number_active: number.is_some_and(|number| self.office.number_is_active(&number)),
            is_contact: contact.added_by.is_some() || thread.is_some(),
            owned_by_others: match sender {
                Some(person) if !owners.contains(person.id()) => self.is_held_by_any(&owners, &contact.line)?,
                _ => false,
            },
            past: match sender.filter(|person| !owners.contains(person.id())) {
                Some(person) => self.past(thread, person)?,
                None => Past::None,
            },
            consent: contact.consent,
            window: thread.map(|thread| thread.window).unwrap_or_default(),
            policy,
            marketing_stopped: contact.marketing_stopped,
            us_number: contact.number().is_some_and(|number| phone::is_us(&number)),
            unanswered_template_at: thread.and_then(|thread| thread.template_at),
            revocation_open: self.tx.open_revocation(contact.id)?.is_some(),
        })
    }

    /// Whether any of them may use the line: who may not owns nobody.
    fn is_held_by_any(&self, colleagues: &[ColleagueId], line: &LineId) -> Result<bool> {
        for id in colleagues {
            if self.tx.colleague(id)?.is_some_and(|known| self.office.holds(&known, line)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What part a colleague took in a thread before. Who was switched off did not part from the client by
    /// anybody's choice.
    fn past(&self, thread: Option<&Thread>, person: &Person) -> Result<Past> {
        let part = thread.map(|thread| self.tx.participation(thread.id, person.id())).transpose()?.flatten();
        Ok(match part.and_then(|part| part.left) {
            None | Some(Left::SwitchedOff) => Past::None,
            Some(Left::Removed) => Past::Removed,
            Some(Left::Left | Left::Transferred | Left::Ended) => Past::Parted,
        })
    }

    /// The number a colleague writes from on a line.
    pub fn number_for(&self, line: &LineId, person: &Person) -> Option<&'a crate::bridge::Number> {
        let id = self.office.entry(&person.known).map_or(person.id(), |entry: &Colleague| &entry.id);
        self.office.directory.number_for(line, id)
    }

    /// How a template stands in the cache, for [`crate::bridge::admit`].
    pub fn template_sending(&self, thread: &Thread, name: &str, language: &str) -> Result<Sending> {
        let template = match self.office.directory.number(&thread.number) {
            Some(number) => self.tx.template(&number.waba_id, name, language)?,
            None => None,
        };
        Ok(Self::sending_of(template.as_ref()))
    }

    /// The same for a template that was looked up; `None`: there is none.
    pub fn sending_of(template: Option<&Template>) -> Sending {
        match template {
            Some(template) => Sending::Template { approved: template.is_sendable(), category: template.category },
            None => Sending::Template { approved: false, category: TemplateCategory::Unknown },
        }
    }

    /// How a whole conversation is spoken to, about a line where there is one.
    pub fn reader_of_all<'b>(&self, line: Option<&'b LineId>) -> Reader<'b>
    where
        'a: 'b,
    {
        let line = line.and_then(|id| self.line(id));
        Reader { voice: Voice::new(&self.office.directory, line, ""), zone: &self.office.directory.organization.time_zone, now: self.now }
    }

    /// How who reads in a place is spoken to.
    pub fn reader_for<'b>(&self, listener: &'b Listener, line: Option<&'b LineId>) -> Reader<'b>
    where
        'a: 'b,
    {
        listener.person.as_ref().map_or_else(|| self.reader_of_all(line), |person| self.reader(person, line))
    }

    /// Where what happens in a thread is to be seen, so that no participant misses it: in its shared home, and in the own chats of those
    /// who are no members there; without a shared home in everybody's own chat.
    pub fn audience(&self, thread: ThreadId) -> Result<Vec<Place>> {
        self.audience_of(&self.tx.participants(thread)?, self.tx.home(thread)?.as_ref())
    }

    /// The same, where participants and home are known.
    pub fn audience_of(&self, participants: &[ColleagueId], home: Option<&Home>) -> Result<Vec<Place>> {
        let own = |id: &ColleagueId| Place::Own(id.clone());
        let Some(home) = home else { return Ok(participants.iter().map(own).collect()) };
        let members = self.tx.members(&home.base)?;
        let others = participants.iter().filter(|id| !members.contains(id)).map(own);
        Ok(std::iter::once(Place::Home).chain(others).collect())
    }

    /// The same with who reads there.
    pub fn listeners(&self, thread: ThreadId) -> Result<Vec<Listener>> {
        let mut found = Vec::new();
        for place in self.audience(thread)? {
            let person = match &place {
                // Nobody has seen them in Teams: there is no chat to post to, but their place in the order is kept.
                Place::Own(id) => self.person(id)?,
                Place::Home | Place::Conversation(_) => None,
            };
            found.push(Listener { place, person });
        }
        Ok(found)
    }

    /// Posts to everybody who follows a thread, each in their own words.
    pub fn tell_all(&self, case: &Case, message: Option<MessageId>, post: impl Fn(&Reader<'_>) -> Post) -> Result<()> {
        for listener in self.listeners(case.thread.id)? {
            let reader = self.reader_for(&listener, Some(&case.contact.line));
            self.post_to(Some(case.thread.id), &listener.place, post(&reader), message)?;
        }
        Ok(())
    }

    /// Posts a sentence about a thread to all who follow it.
    pub fn tell(&self, case: &Case, style: Style, words: impl Fn(&Reader<'_>) -> String) -> Result<()> {
        let head = self.head(&case.contact, Some(&case.thread));
        self.tell_all(case, None, |reader| {
            cards::notice(reader, &Notice { head: Some(head.clone()), text: words(reader), style, ..Notice::default() })
        })
    }

    /// Where a colleague finds what concerns them: where they act; else in the thread's home, if they are a member there, or in their
    /// own chat.
    pub fn place_of(&self, thread: Option<ThreadId>, person: &Person) -> Result<Place> {
        Ok(match (&person.seat, thread) {
            // In the order of what is said there.
            (Seat::Shared { thread: Some(there), .. }, Some(thread)) if *there == thread => Place::Home,
            (Seat::Nowhere, Some(thread)) => match self.tx.home(thread)? {
                Some(home) if self.tx.members(&home.base)?.contains(person.id()) => Place::Home,
                _ => Place::Own(person.id().clone()),
            },
            _ => person.spot(),
        })
    }

    /// Posts what concerns a colleague, in the thread's order.
    pub fn post(&self, thread: Option<ThreadId>, person: &Person, post: Post, message: Option<MessageId>) -> Result<()> {
        self.post_to(thread, &self.place_of(thread, person)?, post, message)
    }

    /// Posts in a place, in the thread's order.
    pub fn post_to(&self, thread: Option<ThreadId>, place: &Place, post: Post, message: Option<MessageId>) -> Result<()> {
        self.tx.enqueue_post(thread, place, &Envelope::Post { post, thread, message, repeated: false }, self.now).map(drop)
    }

    /// A sentence as a card, about a contact where there is one.
    pub fn notice(&self, person: &Person, about: Option<(&Contact, Option<&Thread>)>, style: Style, text: String) -> Post {
        let line = about.map(|(contact, _)| &contact.line);
        let head = about.map(|(contact, thread)| self.head(contact, thread));
        cards::notice(&self.reader(person, line), &Notice { head, text, style, ..Notice::default() })
    }

    /// What a card becomes after an action.
    pub fn receipt(&self, person: &Person, contact: &Contact, thread: Option<&Thread>, what: &str, text: Option<String>) -> Post {
        let view = Receipt { head: Some(self.head(contact, thread)), what: what.to_owned(), who: person.name.clone(), at: self.now, text };
        cards::receipt(&self.reader(person, Some(&contact.line)), &view)
    }

    /// The same of a message that was sent, with the way to why it could be.
    pub fn receipt_of(&self, person: &Person, case: &Case, message: MessageId, what: &str, text: Option<String>) -> Post {
        let head = Some(self.head(&case.contact, Some(&case.thread)));
        let view = Receipt { head, what: what.to_owned(), who: person.name.clone(), at: self.now, text };
        cards::receipt_with_why(&self.reader(person, Some(&case.contact.line)), &view, message)
    }

    /// Makes sure that the thread's card stands wherever the thread is followed.
    pub fn ensure_cards(&self, thread: ThreadId) -> Result<()> {
        self.audience(thread)?.iter().try_for_each(|place| self.ensure_card(thread, place))
    }

    /// Makes sure that the thread's card stands in a place.
    pub fn ensure_card(&self, thread: ThreadId, place: &Place) -> Result<()> {
        if self.tx.claim_thread_card(thread, place)? {
            self.tx.enqueue_post(Some(thread), place, &Envelope::ThreadCard { thread }, self.now)?;
        }
        Ok(())
    }

    pub fn journal(
        &self,
        kind: &str,
        actor: &str,
        thread: Option<ThreadId>,
        message: Option<MessageId>,
        body: &impl Serialize,
    ) -> Result<()> {
        self.tx.journal(&Entry { at: self.now, kind, actor, thread, message }, body)
    }
}
