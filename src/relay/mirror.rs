//! What a colleague's message to the client means for the others in the chat: they read it too, and the client reads whose it is.

use super::desk::{Case, Desk, Person};
use super::{quotes, render};
use crate::bridge::{ColleagueId, ConversationId, MessageId, Outgoing, Place, Wamid, signing_name};
use crate::store::{Envelope, Purpose, Result};

/// A colleague's message on its way to the client.
#[derive(Clone, Copy)]
pub struct Queued<'a> {
    pub author: &'a Person,
    pub purpose: Purpose,
    pub content: &'a Outgoing,
    /// What it answers.
    pub reply_to: Option<&'a Wamid>,
    /// Who takes part now.
    pub participants: &'a [ColleagueId],
}

impl Queued<'_> {
    /// The name with which the text is signed; `None`: it is not. Templates are not ours to change.
    pub fn signature(&self, desk: &Desk<'_>, case: &Case) -> Option<String> {
        let policy = desk.line(&case.contact.line)?.policy.signature;
        let is_own = self.purpose == Purpose::Free && matches!(self.content, Outgoing::Text { .. } | Outgoing::Media(_));
        (is_own && policy.signs(self.participants.len())).then(|| signing_name(&self.author.name)).flatten()
    }

    /// Shows the message wherever the conversation is followed, but for the place where it was written. Once: what WhatsApp refused and
    /// that went again was shown with the first attempt. To be called before the journal says that it is queued.
    pub fn show(&self, desk: &Desk<'_>, case: &Case, message: MessageId, written_in: Option<&ConversationId>) -> Result<()> {
        if !matches!(self.purpose, Purpose::Free | Purpose::Template | Purpose::Nudge) {
            return Ok(());
        }
        let places = self.elsewhere(desk, case, written_in)?;
        if places.is_empty() || went_before(desk, message)? {
            return Ok(());
        }
        if matches!(self.content, Outgoing::Media(_)) {
            let envelope = Envelope::Media { message };
            return places.iter().try_for_each(|place| desk.tx.enqueue_post(Some(case.thread.id), place, &envelope, desk.now).map(drop));
        }
        for place in &places {
            let answered = match self.reply_to {
                Some(quoted) => quotes::answered(desk, case, quoted, message, place)?,
                None => None,
            };
            let post = render::colleague_post(desk, case, &self.author.name, self.content, answered.as_slice());
            desk.post_to(Some(case.thread.id), place, post, Some(message))?;
        }
        Ok(())
    }

    fn elsewhere(&self, desk: &Desk<'_>, case: &Case, written_in: Option<&ConversationId>) -> Result<Vec<Place>> {
        let home = desk.tx.home(case.thread.id)?;
        let mut places = desk.audience_of(self.participants, home.as_ref())?;
        places.retain(|place| match place {
            Place::Own(colleague) => colleague != self.author.id() || written_in != Some(&self.author.known.home.conversation),
            Place::Home => written_in.is_none() || home.as_ref().and_then(|home| home.conversation.as_ref()) != written_in,
            Place::Conversation(_) => true,
        });
        Ok(places)
    }
}

/// Whether it was on its way to the client once already.
pub(super) fn went_before(desk: &Desk<'_>, message: MessageId) -> Result<bool> {
    let went = |kind: &str| matches!(kind, "message.queued" | "message.released");
    Ok(desk.tx.decisions(message)?.iter().any(|row| went(&row.kind)))
}
