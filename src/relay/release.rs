//! What becomes of a message's words when it goes: signed by who takes part now, in as many parts as WhatsApp needs, and after a long
//! time held with the line that says when it was written.

use super::desk::{Case, Desk, Person, SERVER};
use super::mirror::Queued;
use crate::bridge::{ColleagueId, LONGEST_SIGNATURE, Outgoing, held, same_language, signature_length, split};
use crate::markup;
use crate::store::{Message, Purpose, Result};
use crate::texts::{TextId, typed_moment, when};

/// A held message as it goes.
pub struct Released {
    pub author: Option<Person>,
    pub participants: Vec<ColleagueId>,
    pub content: Outgoing,
    /// What has no room in it any more, and goes behind it.
    pub rest: Vec<Outgoing>,
    pub signed: Option<String>,
    /// Whether it says when it was written since this release.
    pub dated: bool,
}

impl Released {
    pub fn of(desk: &Desk<'_>, case: &Case, message: &Message, content: &Outgoing) -> Result<Self> {
        let author = match message.author.as_deref().filter(|author| *author != SERVER) {
            Some(id) => desk.person(&id.into())?,
            None => None,
        };
        let participants = if author.is_some() { desk.tx.participants(case.thread.id)? } else { Vec::new() };
        let mut released = Self { author, participants, content: content.clone(), rest: Vec::new(), signed: None, dated: false };
        released.signed = released.queued(message).and_then(|queued| queued.signature(desk, case));
        if let (Outgoing::Text { body }, Purpose::Free) = (content, message.purpose) {
            let dated = dated(desk, case, message, body)?;
            released.dated = dated.is_some();
            (released.content, released.rest) = cut(dated.as_deref().unwrap_or(body), released.signed.as_deref());
        }
        Ok(released)
    }

    /// As it concerns the others in the chat; `None`: what the server says does not.
    pub fn queued<'a>(&'a self, message: &'a Message) -> Option<Queued<'a>> {
        let queued = |author| Queued {
            author,
            purpose: message.purpose,
            content: &self.content,
            reply_to: message.reply_to.as_ref(),
            participants: &self.participants,
        };
        self.author.as_ref().map(queued)
    }
}

/// What somebody wants to send now, as the first message and those behind it.
pub fn in_parts(
    desk: &Desk<'_>,
    case: &Case,
    author: Option<&Person>,
    purpose: Purpose,
    content: &Outgoing,
) -> Result<(Outgoing, Vec<Outgoing>)> {
    match (author, content) {
        (Some(author), Outgoing::Text { body }) if body.chars().count() + LONGEST_SIGNATURE > split::LIMIT => {
            let participants = desk.tx.participants(case.thread.id)?;
            let signed = Queued { author, purpose, content, reply_to: None, participants: &participants }.signature(desk, case);
            Ok(cut(body, signed.as_deref()))
        }
        _ => Ok((content.clone(), Vec::new())),
    }
}

/// A text in messages that have room for the signature.
fn cut(text: &str, signed: Option<&str>) -> (Outgoing, Vec<Outgoing>) {
    let mut parts = markup::parts(text, split::LIMIT - signed.map_or(0, signature_length)).into_iter().map(|body| Outgoing::Text { body });
    (parts.next().unwrap_or_else(|| Outgoing::Text { body: text.to_owned() }), parts.collect())
}

/// The text with the line that says when it was written, where it waited for more than a day. A text that WhatsApp refused after its
/// release, and that waits again, has the line already.
fn dated(desk: &Desk<'_>, case: &Case, message: &Message, body: &str) -> Result<Option<String>> {
    let waited = held::says_when_written(message.created_at, desk.now);
    if !waited || desk.tx.decisions(message.id)?.iter().any(|row| row.body["dated"] == true) {
        return Ok(None);
    }
    Ok(Some(format!("{body}\n{}", written(desk, case, message))))
}

/// K-21 in the client's language. Only English has words for a date; digits are read everywhere.
fn written(desk: &Desk<'_>, case: &Case, message: &Message) -> String {
    let voice = desk.client_voice(&case.contact);
    let zone = &desk.office.directory.organization.time_zone;
    let english = same_language(voice.language_of(TextId::K21), "en");
    let date = if english { when(message.created_at, zone, desk.now) } else { typed_moment(message.created_at, zone) };
    voice.say(TextId::K21, &[("date", &date)])
}
