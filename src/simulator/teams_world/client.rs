//! What a person does in Teams: install, type, quote, edit, delete, react. Each act is sent to the bot as a signed activity, unless the
//! bot hears nothing of it, and the bot's answer is handed back.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::chat::{Author, ChatItem};
use super::deliver::Posted;
use super::draft::Draft;
use super::seat::{Actor, Seat};
use super::state::{SentFile, TeamsWorld, World};
use crate::simulator::common::ControlError;

impl TeamsWorld {
    /// Installs the app: `installationUpdate` and `conversationUpdate`, as Teams sends them together.
    pub async fn install(&self, user: &str) -> Result<Vec<Posted>, ControlError> {
        self.world.install(user, true).await
    }

    /// Removes the app: `installationUpdate`; the Connector answers 403 for this conversation from now on.
    pub async fn uninstall(&self, user: &str) -> Result<Vec<Posted>, ControlError> {
        self.world.install(user, false).await
    }

    /// Types plain text and sends it.
    pub async fn types<'a>(&self, seat: impl Into<Seat<'a>>, text: &str) -> Result<Posted, ControlError> {
        self.world.says(seat.into(), Draft::text(text)).await
    }

    /// Sends a message with formatting, a quote, mentions. In a channel itself it opens a chain, in a chain it answers.
    pub async fn says<'a>(&self, seat: impl Into<Seat<'a>>, draft: Draft) -> Result<Posted, ControlError> {
        self.world.says(seat.into(), draft).await
    }

    /// Changes an own message (`messageUpdate`).
    pub async fn edits<'a>(&self, seat: impl Into<Seat<'a>>, activity_id: &str, draft: Draft) -> Result<Posted, ControlError> {
        self.world.edits(seat.into(), activity_id, draft).await
    }

    /// Deletes an own message (`messageDelete`).
    pub async fn deletes<'a>(&self, seat: impl Into<Seat<'a>>, activity_id: &str) -> Result<Posted, ControlError> {
        self.world.deletes(seat.into(), activity_id).await
    }

    /// Reacts to a message (`like`, `heart` …), or takes the reaction back.
    pub async fn reacts<'a>(&self, seat: impl Into<Seat<'a>>, activity_id: &str, kind: &str, add: bool) -> Result<Posted, ControlError> {
        self.world.reacts(seat.into(), activity_id, kind, add).await
    }

    /// Types in their own chat, without sending anything (`typing`).
    pub async fn is_typing(&self, user: &str) -> Result<Posted, ControlError> {
        self.world.sends_raw(Seat::from(user), json!({"type": "typing"})).await
    }

    /// Has read their own chat up to this message, or to its end (`event`, read receipt).
    pub async fn reads(&self, user: &str, until: Option<&str>) -> Result<Posted, ControlError> {
        self.world.reads(user, until).await
    }

    /// One of the bot's messages in a person's own chat is deleted by somebody who may do so. The bot is told nothing.
    pub fn removes_post(&self, user: &str, activity_id: &str) -> Result<(), ControlError> {
        let unknown = || ControlError::Unknown("message", activity_id.to_owned());
        self.world.with_user(user, |state| {
            let item = state.chat.item(activity_id).filter(|item| item.from == Author::Bot).ok_or_else(unknown)?;
            item.deleted = true;
            (item.text, item.card) = (None, None);
            Ok(())
        })?
    }

    /// Sends an earlier activity of the user once more, byte for byte, as Teams does when it saw no answer.
    pub async fn resends<'a>(&self, seat: impl Into<Seat<'a>>, activity_id: &str) -> Result<Posted, ControlError> {
        self.world.resends(seat.into(), activity_id).await
    }

    /// The envelope of an activity with `members` laid over it, signed and sent. For everything without a method of its own.
    pub async fn sends_raw<'a>(&self, seat: impl Into<Seat<'a>>, members: Value) -> Result<Posted, ControlError> {
        self.world.sends_raw(seat.into(), members).await
    }

    /// What a message from here looks like, without sending it; its id is used up.
    pub fn activity<'a>(&self, seat: impl Into<Seat<'a>>, draft: &Draft) -> Result<Value, ControlError> {
        Ok(self.world.prepare(seat.into(), draft)?.1)
    }
}

/// An id of what is no message.
pub(super) fn fresh_id() -> String {
    format!("f:{}", uuid::Uuid::new_v4())
}

impl World {
    fn prepare(&self, seat: Seat<'_>, draft: &Draft) -> Result<(Actor, Value, DateTime<Utc>), ControlError> {
        let (actor, now, id) = self.begin(seat)?;
        let quoted = draft.quote.as_deref().map(|quote| self.item(&actor, quote)).transpose()?;
        // A quote answers in the chain of what it quotes; a message in the channel itself opens one.
        let chain = actor.root().map(str::to_owned).or_else(|| quoted.as_ref().and_then(|item| item.root.clone()));
        let actor = actor.into_chain(Some(chain.as_deref().unwrap_or(&id)));
        let activity = self.message(&actor, &id, now, draft, quoted.as_ref());
        Ok((actor, activity, now))
    }

    pub(super) async fn install(&self, key: &str, add: bool) -> Result<Vec<Posted>, ControlError> {
        self.endpoint()?;
        let user = self.with_user(key, |state| {
            (state.installed, state.opened) = (add, false);
            state.user.clone()
        })?;
        let now = self.common.now();
        let actor = Actor::own(user);
        let user = &actor.user;
        let mut installation = self.envelope(&actor, "installationUpdate", &fresh_id(), now);
        installation["action"] = json!(if add { "add" } else { "remove" });
        installation["channelData"]["source"] = json!({"name": "message"});
        installation["channelData"]["settings"] = json!({"selectedChannel": {"id": user.conversation_id}});
        let mut posted = vec![self.deliver(installation).await?];
        if add {
            let mut update = self.envelope(&actor, "conversationUpdate", &fresh_id(), now);
            update["membersAdded"] = json!([{"id": user.user_id, "aadObjectId": user.object_id}, {"id": self.bot_id()}]);
            posted.push(self.deliver(update).await?);
        }
        Ok(posted)
    }

    pub(super) async fn says(&self, seat: Seat<'_>, draft: Draft) -> Result<Posted, ControlError> {
        self.endpoint()?;
        let (actor, activity, now) = self.prepare(seat, &draft)?;
        if self.common.journal.is_quiet() {
            return self.deliver(activity).await;
        }
        let heard = hears(&actor, &draft);
        self.put(&actor, &activity, now, draft)?;
        if heard {
            self.keep(&actor, &activity)?;
        }
        self.finish(&actor, activity, heard).await
    }

    /// Puts what somebody wrote into the conversation.
    fn put(&self, actor: &Actor, activity: &Value, now: DateTime<Utc>, draft: Draft) -> Result<(), ControlError> {
        let id = activity["id"].as_str().unwrap_or_default();
        if !actor.is_own() {
            self.keep_for_graph(actor, activity, &draft.files);
        }
        let (text, format) = words_of(&draft);
        let item = ChatItem {
            files: draft.files.iter().map(SentFile::shown).collect(),
            quoted: draft.quote,
            private_to: (draft.private && !actor.is_own()).then(|| actor.user.key.clone()),
            ..actor.writes(id, now).saying(text, format)
        };
        self.with_chat(actor, |chat| chat.push(item))?;
        self.common.signal();
        Ok(())
    }

    pub(super) async fn edits(&self, seat: Seat<'_>, activity_id: &str, draft: Draft) -> Result<Posted, ControlError> {
        let (actor, now, _) = self.begin(seat)?;
        let (actor, item) = self.own_item(actor, activity_id)?;
        let quoted = item.quoted.as_deref().and_then(|quote| self.item(&actor, quote).ok());
        let draft = Draft { private: item.private_to.is_some(), ..draft };
        let mut activity = self.message(&actor, activity_id, now, &draft, quoted.as_ref());
        activity["type"] = json!("messageUpdate");
        activity["channelData"]["eventType"] = json!("editMessage");
        let heard = self.was_heard(&actor, activity_id)? || hears(&actor, &draft);
        let (text, format) = words_of(&draft);
        self.change(&actor, activity_id, |item| (item.text, item.format, item.edited_at) = (Some(text), format.to_owned(), Some(now)))?;
        self.finish(&actor, activity, heard).await
    }

    pub(super) async fn deletes(&self, seat: Seat<'_>, activity_id: &str) -> Result<Posted, ControlError> {
        let (actor, now, _) = self.begin(seat)?;
        let (actor, _) = self.own_item(actor, activity_id)?;
        let mut activity = self.envelope(&actor, "messageDelete", activity_id, now);
        activity["channelData"]["eventType"] = json!("softDeleteMessage");
        self.change(&actor, activity_id, |item| item.deleted = true)?;
        let heard = self.was_heard(&actor, activity_id)?;
        self.finish(&actor, activity, heard).await
    }

    /// A message that this person wrote, and its chain.
    fn own_item(&self, actor: Actor, activity_id: &str) -> Result<(Actor, ChatItem), ControlError> {
        let item = self.item(&actor, activity_id)?;
        if item.from != Author::User || item.author_id != actor.user.user_id {
            return Err(ControlError::Impossible("only their own messages can be changed".to_owned()));
        }
        Ok((actor.into_chain(item.root.as_deref()), item))
    }

    pub(super) async fn reacts(&self, seat: Seat<'_>, activity_id: &str, kind: &str, add: bool) -> Result<Posted, ControlError> {
        let (actor, now, _) = self.begin(seat)?;
        let item = self.item(&actor, activity_id)?;
        if item.private_to.is_some() {
            return Err(ControlError::Impossible("nobody reacts to a targeted message".to_owned()));
        }
        let actor = actor.into_chain(item.root.as_deref());
        let mut activity = self.envelope(&actor, "messageReaction", &fresh_id(), now);
        activity[if add { "reactionsAdded" } else { "reactionsRemoved" }] = json!([{"type": kind}]);
        activity["replyToId"] = json!(activity_id);
        self.change(&actor, activity_id, |item| {
            item.reactions.retain(|other| other != kind);
            if add {
                item.reactions.push(kind.to_owned());
            }
        })?;
        // A bot is told of reactions to its own messages.
        let heard = actor.is_own() || (actor.bot && item.from == Author::Bot);
        self.finish(&actor, activity, heard).await
    }

    pub(super) async fn resends(&self, seat: Seat<'_>, activity_id: &str) -> Result<Posted, ControlError> {
        let actor = self.actor(seat)?;
        let activity = self.with_user(&actor.user.key, |state| state.sent.get(activity_id).cloned())?;
        let activity = activity.ok_or_else(|| ControlError::Unknown("sent activity", activity_id.to_owned()))?;
        self.finish(&actor, activity, true).await
    }

    pub(super) async fn reads(&self, user: &str, until: Option<&str>) -> Result<Posted, ControlError> {
        let last = self.with_user(user, |state| state.chat.seen_by(&state.user.key, None).last().map(|item| item.activity_id.clone()))?;
        let until = until.map(str::to_owned).or(last).ok_or_else(|| ControlError::Impossible("the chat is empty".to_owned()))?;
        let event = json!({"type": "event", "name": "application/vnd.microsoft.readReceipt", "value": {"lastReadMessageId": until}});
        self.sends_raw(Seat::from(user), event).await
    }

    pub(super) async fn sends_raw(&self, seat: Seat<'_>, members: Value) -> Result<Posted, ControlError> {
        let (actor, now, id) = self.begin(seat)?;
        let kind = members["type"].as_str().unwrap_or("message").to_owned();
        let mut activity = self.envelope(&actor, &kind, &id, now);
        if let (Some(activity), Value::Object(members)) = (activity.as_object_mut(), members) {
            activity.extend(members);
        }
        self.keep(&actor, &activity)?;
        self.deliver(activity).await
    }
}

/// Whether the bot is told of a message: of every one in a personal chat, else of those that address it, or of all with consent.
pub(super) fn hears(actor: &Actor, draft: &Draft) -> bool {
    actor.bot && (actor.rsc || draft.addresses_bot())
}

fn words_of(draft: &Draft) -> (String, &'static str) {
    match &draft.html {
        Some(html) => (html.clone(), "xml"),
        None => (draft.text.clone(), "plain"),
    }
}
