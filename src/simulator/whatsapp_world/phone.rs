//! What a client does with the phone: type, tap, react, send files, go offline, open the chat, block the business.
//!
//! Every message of the client opens the window of its number for [`WINDOW`], counted from the message's own time.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::outbox::{Sent, Update};
use super::phone_file::{file_of, picture_of};
use super::state::{BusinessNumber, ClientState, MediaFile, PhoneItem, Picture, Side, Ticks, WhatsAppWorld, World, new_wamid};
use super::webhooks::contact;
use crate::simulator::common::ControlError;
use crate::simulator::journal::next_seq;

/// The customer service window.
pub(super) const WINDOW: Duration = Duration::hours(24);

impl WhatsAppWorld {
    /// Types text in the chat with the number that wrote last (else the one they know, else the first). Returns the `wamid`; the webhook follows by itself,
    /// see [`WhatsAppWorld::settled`].
    pub fn client_types(&self, client: &str, text: &str) -> Result<String, ControlError> {
        self.client_sends(client, None, json!({"type": "text", "text": {"body": text}}))
    }

    /// Types text as an answer to one message.
    pub fn client_replies(&self, client: &str, wamid: &str, text: &str) -> Result<String, ControlError> {
        self.world.replies(client, wamid, text)
    }

    /// Taps the button with this title on the message.
    pub fn taps(&self, client: &str, wamid: &str, title: &str) -> Result<String, ControlError> {
        self.world.taps(client, wamid, title)
    }

    /// Reacts to a message; an empty `emoji` takes the reaction back.
    pub fn client_reacts(&self, client: &str, wamid: &str, emoji: &str) -> Result<String, ControlError> {
        self.world.reacts(client, wamid, emoji)
    }

    /// Sends a file: the bytes can be fetched through the Graph API.
    pub fn client_sends_file(&self, client: &str, picture: Picture) -> Result<String, ControlError> {
        self.world.sends_file(client, None, picture)
    }

    /// Sends any message: `from`, `from_user_id`, `id` and `timestamp` are filled in where `message` lacks them.
    pub fn client_sends(&self, client: &str, number: Option<&str>, message: Value) -> Result<String, ControlError> {
        self.world.receive(client, number, message)
    }

    /// Switches the phone off or on. While it is off, messages stay at `sent`.
    pub fn set_online(&self, client: &str, online: bool) -> Result<(), ControlError> {
        self.world.set_phone(client, Some(online), None, None)
    }

    /// Opens the chat on the screen (delivered becomes read) or closes it.
    pub fn set_open(&self, client: &str, open: bool) -> Result<(), ControlError> {
        self.world.set_phone(client, None, Some(open), None)
    }

    /// The client blocks the business (131026), or lets it write again.
    pub fn set_client_blocked(&self, client: &str, blocked: bool) -> Result<(), ControlError> {
        self.world.set_phone(client, None, None, Some(blocked))
    }
}

impl World {
    pub(super) fn number_for(&self, client: &ClientState, wanted: Option<&str>) -> Result<String, ControlError> {
        let last = || client.items.iter().rev().find(|item| item.from == Side::Business).map(|item| item.phone_number_id.as_str());
        let known = || client.client.writes_to.as_deref();
        let first = || self.numbers.first().map(|number| number.phone_number_id.as_str());
        let number = wanted.or_else(last).or_else(known).or_else(first).unwrap_or_default();
        self.number(number).map(|number| number.phone_number_id.clone()).ok_or_else(|| ControlError::Unknown("number", number.to_owned()))
    }

    pub(super) fn receive(self: &Arc<Self>, key: &str, number: Option<&str>, message: Value) -> Result<String, ControlError> {
        let now = self.common.now();
        let part = message["type"].as_str().map_or(&Value::Null, |kind| &message[kind]);
        let (picture, file) = {
            let state = self.lock();
            (picture_of(&state.media, part), file_of(&state.media, part))
        };
        let wamid = self.with_client(key, |client| {
            let number = self.number_for(client, number)?;
            let mut full = json!({"from_user_id": client.client.bsuid, "id": new_wamid(), "timestamp": now.timestamp().to_string()});
            if let Some(wa_id) = &client.client.wa_id {
                full["from"] = json!(wa_id);
            }
            if let (Some(full), Value::Object(given)) = (full.as_object_mut(), message) {
                full.extend(given);
            }
            let wamid = full["id"].as_str().unwrap_or_default().to_owned();
            if !self.common.journal.is_quiet()
                && let Some(item) = show(client, &full, &number, &wamid, now)
            {
                client.items.push(PhoneItem { picture, file, ..item });
            }
            let at = sent_at(&full).unwrap_or(now);
            client.wrote_at.entry(number.clone()).and_modify(|last| *last = at.max(*last)).or_insert(at);
            let (waba, mut value) = self.change(&number);
            value["contacts"] = json!([contact(&client.client)]);
            let kind = format!("webhook.message.{}", full["type"].as_str().unwrap_or("unknown"));
            value["messages"] = json!([full]);
            // Under the lock of the state, so that two messages of one client cannot change places.
            self.enqueue(
                &client.client.key,
                Update { waba, field: "messages".to_owned(), value, time: None, kind, id: Some(wamid.clone()) },
            );
            Ok(wamid)
        })??;
        self.common.signal();
        Ok(wamid)
    }

    fn shown(&self, key: &str, wamid: &str) -> Result<PhoneItem, ControlError> {
        self.with_client(key, |client| client.item(wamid).cloned())?.ok_or_else(|| ControlError::Unknown("message", wamid.to_owned()))
    }

    /// `context` of an answer: who wrote the quoted message, and which one.
    fn context(&self, key: &str, item: &PhoneItem) -> Result<Value, ControlError> {
        let own = self.with_client(key, |client| client.client.wa_id.clone())?;
        let display = |number: &BusinessNumber| number.display.chars().filter(char::is_ascii_digit).collect::<String>();
        let from = match item.from {
            Side::Business => self.number(&item.phone_number_id).map(display),
            Side::Client => own,
        };
        let mut context = json!({"id": item.wamid});
        if let Some(from) = from {
            context["from"] = json!(from);
        }
        Ok(context)
    }

    pub(super) fn replies(self: &Arc<Self>, key: &str, wamid: &str, text: &str) -> Result<String, ControlError> {
        let item = self.shown(key, wamid)?;
        let message = json!({"type": "text", "text": {"body": text}, "context": self.context(key, &item)?});
        self.receive(key, Some(&item.phone_number_id), message)
    }

    pub(super) fn reacts(self: &Arc<Self>, key: &str, wamid: &str, emoji: &str) -> Result<String, ControlError> {
        let item = self.shown(key, wamid)?;
        let message = json!({"type": "reaction", "reaction": {"message_id": wamid, "emoji": emoji}});
        self.receive(key, Some(&item.phone_number_id), message)
    }

    pub(super) fn taps(self: &Arc<Self>, key: &str, wamid: &str, title: &str) -> Result<String, ControlError> {
        let item = self.shown(key, wamid)?;
        let button = item.buttons.iter().find(|button| button.title == title);
        let button = button.ok_or_else(|| ControlError::Unknown("button", title.to_owned()))?;
        let mut message = match button.kind.as_str() {
            "template" => json!({"type": "button", "button": {"payload": button.value, "text": button.title}}),
            "reply" => json!({"type": "interactive", "interactive": {"type": "button_reply",
                "button_reply": {"id": button.value, "title": button.title}}}),
            "list" => json!({"type": "interactive", "interactive": {"type": "list_reply",
                "list_reply": {"id": button.value, "title": button.title}}}),
            _ => return Err(ControlError::Impossible(format!("{title:?} opens a page and tells nobody"))),
        };
        message["context"] = self.context(key, &item)?;
        self.receive(key, Some(&item.phone_number_id), message)
    }

    pub(super) fn sends_file(self: &Arc<Self>, key: &str, number: Option<&str>, picture: Picture) -> Result<String, ControlError> {
        let bytes = STANDARD.decode(&picture.data).map_err(|_| ControlError::Impossible("data is not base64".to_owned()))?;
        let id = fastrand::u64(1_000_000_000_000_000..10_000_000_000_000_000).to_string();
        let mut part = json!({"id": id, "mime_type": picture.mime_type, "sha256": STANDARD.encode(Sha256::digest(&bytes))});
        if picture.kind == "audio" {
            part["voice"] = json!(picture.voice);
        }
        for (name, value) in [("caption", picture.caption), ("filename", picture.filename)] {
            if let Some(value) = value {
                part[name] = json!(value);
            }
        }
        self.lock().media.insert(id, MediaFile { mime_type: picture.mime_type, bytes });
        let mut message = json!({"type": picture.kind});
        message[&picture.kind] = part;
        self.receive(key, number, message)
    }

    pub(super) fn set_phone(
        self: &Arc<Self>,
        key: &str,
        online: Option<bool>,
        open: Option<bool>,
        blocked: Option<bool>,
    ) -> Result<(), ControlError> {
        let now = self.common.now();
        self.with_client(key, |client| {
            client.online = online.unwrap_or(client.online);
            client.open = open.unwrap_or(client.open);
            client.blocked = blocked.unwrap_or(client.blocked);
            if client.online {
                for sent in std::mem::take(&mut client.waiting) {
                    self.moves_on(client, &sent, Ticks::Delivered, now);
                    client.unread.push_back(sent);
                }
            }
            if client.online && client.open {
                for sent in std::mem::take(&mut client.unread) {
                    self.moves_on(client, &sent, Ticks::Read, now);
                }
            }
        })?;
        self.common.signal();
        Ok(())
    }

    fn moves_on(self: &Arc<Self>, client: &mut ClientState, sent: &Sent, ticks: Ticks, now: DateTime<Utc>) {
        if let Some(item) = client.item(&sent.wamid) {
            item.ticks = Some(ticks);
        }
        self.enqueue(&client.client.key, self.status(&client.client, sent, ticks, now));
    }
}

fn sent_at(message: &Value) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(message["timestamp"].as_str()?.parse().ok()?, 0)
}

/// The client's own message as the phone shows it; reactions, edits and deletions change the one they mean and are none.
fn show(client: &mut ClientState, message: &Value, number: &str, wamid: &str, now: DateTime<Utc>) -> Option<PhoneItem> {
    let kind = message["type"].as_str().unwrap_or("unknown");
    let part = &message[kind];
    let target = ["message_id", "original_message_id"].iter().find_map(|name| part[*name].as_str()).map(str::to_owned);
    if let Some(item) = target.as_deref().and_then(|target| client.item(target)) {
        match kind {
            "reaction" => {
                let emoji = part["emoji"].as_str().filter(|emoji| !emoji.is_empty());
                item.reactions = emoji.map(str::to_owned).into_iter().collect();
                return None;
            }
            "edit" => {
                let new = ["text", "image", "video"].iter().find_map(|kind| {
                    let message = &part["message"][*kind];
                    message["body"].as_str().or(message["caption"].as_str())
                });
                item.text = new.unwrap_or_default().to_owned();
                item.edited = true;
                return None;
            }
            "revoke" => {
                item.text = "[deleted]".to_owned();
                (item.deleted, item.picture, item.file) = (true, None, None);
                return None;
            }
            _ => {}
        }
    }
    let text = match kind {
        "text" => part["body"].as_str().unwrap_or_default().to_owned(),
        "button" => part["text"].as_str().unwrap_or_default().to_owned(),
        "interactive" => {
            let reply = ["button_reply", "list_reply"].iter().find_map(|kind| part[*kind]["title"].as_str());
            reply.unwrap_or("[interactive]").to_owned()
        }
        "location" => {
            let words = ["name", "address"].iter().filter_map(|name| part[*name].as_str().map(str::to_owned));
            let point = format!("{}, {}", part["latitude"], part["longitude"]);
            format!("[location] {}", words.chain([point]).collect::<Vec<_>>().join("\n"))
        }
        _ => {
            let name = part["caption"].as_str().or(part["filename"].as_str()).unwrap_or_default();
            format!("[{kind}] {name}").trim_end().to_owned()
        }
    };
    Some(PhoneItem {
        seq: next_seq(),
        wamid: wamid.to_owned(),
        from: Side::Client,
        phone_number_id: number.to_owned(),
        at: now,
        kind: kind.to_owned(),
        text,
        header: None,
        picture: None,
        file: None,
        footer: None,
        buttons: Vec::new(),
        template: None,
        ticks: None,
        reply_to: message["context"]["id"].as_str().map(str::to_owned),
        reactions: Vec::new(),
        edited: false,
        deleted: false,
        callback: None,
    })
}
