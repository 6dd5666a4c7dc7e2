//! A webhook's body to events.
//!
//! Each message, status and echo is read from its own slice of the body, so that one odd item in a batch of a thousand never loses the
//! others, and [`ClientMessage::raw`] is the item as Meta sent it. Values are looked up field by field instead of being
//! deserialized into structs: a struct fails as a whole when one field changes its type. Only an envelope that is not one is an error.
//!
//! [`ClientMessage::raw`]: crate::bridge::ClientMessage

use super::content::content;
use super::identity::Contacts;
use super::json::{elements, integer, items, parse, text, time};
use super::{error, news};
use crate::bridge::{
    ClientMessage, Content, DeliveryStatus, Failure, FailureClass, Origin, PhoneNumberId, Pricing, Referral, StatusState, StatusUpdate,
    Time, WabaId, Wamid, WhatsAppEvent,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// One event and the key under which it must be taken only once: Meta delivers at least once, also twice in the same second.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// `m:{id}` for a message or call, `s:{id}:{status}:{participant}` for a status, `e:{id}` for an echo, `h:` and a hash of
    /// field, account, time and JSON for the rest. The ids are Meta's and unique across accounts.
    pub dedup_key: String,
    pub event: WhatsAppEvent,
}

/// Why a body is no notification. The body itself is never quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReadError {
    #[error("the body is not JSON")]
    NotJson,
    #[error("the body is not an object with entries")]
    NotANotification,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    entry: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    time: Option<&'a RawValue>,
    #[serde(borrow, default)]
    changes: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Change<'a> {
    #[serde(borrow, default)]
    field: Option<&'a RawValue>,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
}

/// The parts of a change's value that hold several things each.
#[derive(Default, Deserialize)]
struct Parts<'a> {
    #[serde(borrow, default)]
    metadata: Option<&'a RawValue>,
    #[serde(borrow, default)]
    contacts: Option<&'a RawValue>,
    #[serde(borrow, default)]
    messages: Option<&'a RawValue>,
    #[serde(borrow, default)]
    statuses: Option<&'a RawValue>,
    #[serde(borrow, default)]
    message_echoes: Option<&'a RawValue>,
    #[serde(borrow, default)]
    calls: Option<&'a RawValue>,
    #[serde(borrow, default)]
    user_preferences: Option<&'a RawValue>,
    #[serde(borrow, default)]
    errors: Option<&'a RawValue>,
}

/// What survives of a message that cannot be read as a whole.
#[derive(Deserialize)]
struct Remains<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    from: Option<&'a RawValue>,
    #[serde(borrow, default)]
    from_user_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    group_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow, default)]
    r#type: Option<&'a RawValue>,
}

/// Reads the whole notification, in the order it tells things: entries, changes, and within a change messages, echoes, calls, statuses.
///
/// A message without a readable time gets that of its entry, else the epoch: it is recorded, but opens no window. A message without an id or
/// without any trace of its sender cannot be recorded as a message and becomes [`WhatsAppEvent::Other`].
pub fn read(body: &[u8]) -> Result<Vec<Received>, ReadError> {
    // Bytes that are not UTF-8 become U+FFFD, inside the strings where they stand: the signature has been checked over the bytes already.
    let body = String::from_utf8_lossy(body);
    let envelope: Envelope<'_> = serde_json::from_str(body.trim_start_matches('\u{feff}')).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => ReadError::NotANotification,
        _ => ReadError::NotJson,
    })?;
    let mut received = Vec::new();
    for raw in envelope.entry {
        entry(raw, &mut received);
    }
    Ok(received)
}

fn entry(raw: &RawValue, received: &mut Vec<Received>) {
    let parsed = serde_json::from_str::<Entry<'_>>(raw.get()).ok();
    let changes = parsed.as_ref().map(|entry| elements(entry.changes)).unwrap_or_default();
    let at = parsed.as_ref().and_then(|entry| wrapped("time", entry.time)).and_then(|time_of| time(&time_of, "time"));
    let waba = parsed.as_ref().and_then(|entry| wrapped("id", entry.id)).and_then(|id| text(&id, "id")).unwrap_or_default();
    if changes.is_empty() {
        received.push(About::new(&waba, String::new(), at).other(raw));
        return;
    }
    for change in changes {
        about_change(change, &waba, at, received);
    }
}

fn about_change(raw: &RawValue, waba: &str, at: Option<Time>, received: &mut Vec<Received>) {
    let change = serde_json::from_str::<Change<'_>>(raw.get()).ok();
    let field = change.as_ref().and_then(|change| wrapped("field", change.field)).and_then(|field| text(&field, "field"));
    let mut about = About::new(waba, field.unwrap_or_default(), at);
    let Some(value) = change.and_then(|change| change.value) else {
        received.push(about.other(raw));
        return;
    };
    let Ok(parts) = serde_json::from_str::<Parts<'_>>(value.get()) else {
        received.push(about.other(raw));
        return;
    };
    about.learn(&parts);
    let before = received.len();
    match about.field.as_str() {
        // Another handler answers in `standby`, and `history` is old: neither is a client speaking to us now.
        "messages" | "calls" | "smb_message_echoes" | "" => about.conversation(&parts, received),
        "user_preferences" => received.extend(elements(parts.user_preferences).into_iter().map(|item| about.preference(item))),
        field if news::is_template(field) => {
            received.extend(parse(value).map(|parsed| about.hashed(news::template(&about.waba, field, &parsed), value)))
        }
        field if news::is_account(field) => received
            .extend(parse(value).map(|parsed| about.hashed(news::account(&about.waba, field, &parsed, &news::summary(&parsed)), value))),
        _ => {}
    }
    if received.len() == before {
        received.push(about.other(value));
    }
}

/// What the things in one change have in common.
struct About {
    waba: WabaId,
    field: String,
    at: Option<Time>,
    number: Option<PhoneNumberId>,
    contacts: Contacts,
    errors: Vec<Value>,
}

impl About {
    fn new(waba: &str, field: String, at: Option<Time>) -> Self {
        Self { waba: WabaId(waba.to_owned()), field, at, number: None, contacts: Contacts::default(), errors: Vec::new() }
    }

    fn learn(&mut self, parts: &Parts<'_>) {
        let metadata = parts.metadata.and_then(parse).unwrap_or_default();
        self.number = text(&metadata, "phone_number_id").map(PhoneNumberId);
        self.errors = elements(parts.errors).into_iter().filter_map(parse).collect();
        let told = [parts.messages, parts.statuses, parts.calls, parts.user_preferences];
        let single = told.into_iter().map(|list| elements(list).len()).sum::<usize>() == 1;
        let contacts: Vec<_> = elements(parts.contacts).into_iter().filter_map(parse).collect();
        self.contacts = Contacts::read(&contacts, single);
    }

    fn conversation(&self, parts: &Parts<'_>, received: &mut Vec<Received>) {
        let messages = elements(parts.messages);
        // With messages the change's errors explain one of them; alone they are about the number or account.
        if messages.is_empty() && !self.errors.is_empty() {
            let raw = parts.errors.expect("errors came from there");
            received.push(self.hashed(news::account(&self.waba, &self.field, &Value::Null, &news::errors(&self.errors)), raw));
        }
        received.extend(messages.into_iter().map(|raw| self.message(raw)));
        received.extend(elements(parts.message_echoes).into_iter().map(|raw| self.echo(raw)));
        received.extend(elements(parts.calls).into_iter().map(|raw| self.call(raw)));
        received.extend(elements(parts.statuses).into_iter().map(|raw| self.status(raw)));
    }

    fn message(&self, raw: &RawValue) -> Received {
        let parsed = parse(raw).filter(Value::is_object);
        let readable = parsed.is_some();
        let message = parsed.or_else(|| remains(raw)).unwrap_or_default();
        let content = if readable {
            content(&message, &self.errors)
        } else {
            Content::Unsupported { what: text(&message, "type").unwrap_or_else(|| "unknown".to_owned()), code: None }
        };
        self.spoken(&message, "id", content, raw)
    }

    /// A client's call. Its events (connect, terminate) share the call's id and so the duplicate key: the first one told is the call.
    fn call(&self, raw: &RawValue) -> Received {
        let call = parse(raw).unwrap_or_default();
        let by_client = text(&call, "direction").is_some_and(|direction| direction.eq_ignore_ascii_case("USER_INITIATED"));
        if !by_client {
            return self.other(raw);
        }
        let id = if call.get("id").is_some() { "id" } else { "wacid" };
        let event = text(&call, "event").unwrap_or_else(|| "call".to_owned());
        self.spoken(&call, id, Content::Call { event }, raw)
    }

    fn spoken(&self, message: &Value, id: &str, content: Content, raw: &RawValue) -> Received {
        let client = self.contacts.client(text(message, "from"), text(message, "from_user_id").or_else(|| text(message, "user_id")));
        let wamid = text(message, id);
        let (Some(wamid), true) = (wamid, client.bsuid.is_some() || client.wa_id.is_some()) else {
            return self.other(raw);
        };
        let context = message.get("context").unwrap_or(&Value::Null);
        let forwarded = ["forwarded", "frequently_forwarded"].iter().any(|key| context.get(key) == Some(&Value::Bool(true)));
        let product = context.get("referred_product").and_then(|product| text(product, "product_retailer_id"));
        let at = time(message, "timestamp").or_else(|| time(message, "start_time")).or(self.at).unwrap_or(Time::UNIX_EPOCH);
        Received {
            dedup_key: format!("m:{wamid}"),
            event: WhatsAppEvent::Message(ClientMessage {
                number: self.number.clone().unwrap_or_else(|| PhoneNumberId(String::new())),
                waba: self.waba.clone(),
                client,
                wamid: Wamid(wamid),
                at,
                content,
                reply_to: text(context, "id").map(Wamid),
                origin: (forwarded || product.is_some()).then(|| Box::new(Origin { forwarded, product })),
                referral: message.get("referral").and_then(referral),
                group: text(message, "group_id"),
                raw: raw.get().to_owned(),
            }),
        }
    }

    fn echo(&self, raw: &RawValue) -> Received {
        let echo = parse(raw).unwrap_or_default();
        let Some(id) = text(&echo, "id") else { return self.other(raw) };
        let to = ["to", "to_user_id", "recipient"].iter().find_map(|key| text(&echo, key)).unwrap_or_default();
        Received {
            dedup_key: format!("e:{id}"),
            event: WhatsAppEvent::Echo {
                number: self.number.clone().unwrap_or_else(|| PhoneNumberId(String::new())),
                wamid: Wamid(id),
                to,
                content: content(&echo, &[]),
            },
        }
    }

    fn status(&self, raw: &RawValue) -> Received {
        let status = parse(raw).unwrap_or_default();
        let (Some(id), Some(name)) = (text(&status, "id"), text(&status, "status")) else { return self.other(raw) };
        let name = name.to_ascii_lowercase();
        let participant = text(&status, "recipient_participant_id").or_else(|| text(&status, "recipient_participant_user_id"));
        let in_group = text(&status, "recipient_type").as_deref() == Some("group");
        // In a group `recipient_id` is the group, not a client.
        let recipient = if in_group { participant.clone() } else { text(&status, "recipient_id") };
        let state = match name.as_str() {
            "sent" => StatusState::Reached(DeliveryStatus::Sent),
            "delivered" => StatusState::Reached(DeliveryStatus::Delivered),
            "read" => StatusState::Reached(DeliveryStatus::Read),
            "played" => StatusState::Reached(DeliveryStatus::Played),
            "failed" => StatusState::Failed(why_failed(items(&status, "errors").first().or(self.errors.first()))),
            _ => StatusState::Unknown(name.clone()),
        };
        Received {
            dedup_key: format!("s:{id}:{name}:{}", participant.unwrap_or_default()),
            event: WhatsAppEvent::Status(StatusUpdate {
                number: self.number.clone(),
                wamid: Wamid(id),
                at: time(&status, "timestamp").or(self.at),
                state,
                callback: text(&status, "biz_opaque_callback_data"),
                pricing: status.get("pricing").and_then(pricing),
                client: self.contacts.client(recipient, text(&status, "recipient_user_id")),
            }),
        }
    }

    /// A stop of any category is honoured; only the known one is resumed.
    fn preference(&self, raw: &RawValue) -> Received {
        let item = parse(raw).unwrap_or_default();
        let client = self.contacts.client(text(&item, "wa_id"), text(&item, "user_id"));
        let marketing = text(&item, "category").is_none_or(|category| category == "marketing_messages");
        let value = text(&item, "value").unwrap_or_default().to_ascii_lowercase();
        let stop = value == "stop";
        if !(stop || value == "resume" && marketing) || client.bsuid.is_none() && client.wa_id.is_none() {
            return self.other(raw);
        }
        let at = time(&item, "timestamp").or(self.at);
        self.hashed(WhatsAppEvent::Preference { number: self.number.clone(), client, stop, at }, raw)
    }

    fn other(&self, raw: &RawValue) -> Received {
        self.hashed(WhatsAppEvent::Other { field: self.field.clone() }, raw)
    }

    fn hashed(&self, event: WhatsAppEvent, raw: &RawValue) -> Received {
        let mut hash = Sha256::new();
        let at = self.at.map(|at| at.timestamp()).unwrap_or_default().to_string();
        for part in [self.field.as_str(), self.waba.as_str(), at.as_str(), raw.get()] {
            // The length before each part keeps two different splits of one text apart.
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        Received { dedup_key: format!("h:{}", hex::encode(&hash.finalize()[..16])), event }
    }
}

/// The fields needed to place a message, each read by itself.
fn remains(raw: &RawValue) -> Option<Value> {
    let remains: Remains<'_> = serde_json::from_str(raw.get()).ok()?;
    let fields = [
        ("id", remains.id),
        ("from", remains.from),
        ("from_user_id", remains.from_user_id),
        ("group_id", remains.group_id),
        ("timestamp", remains.timestamp),
        ("type", remains.r#type),
    ];
    let read = fields.into_iter().filter_map(|(key, raw)| Some((key.to_owned(), raw.and_then(parse)?)));
    Some(Value::Object(read.collect::<Map<_, _>>()))
}

fn wrapped(key: &str, raw: Option<&RawValue>) -> Option<Value> {
    Some(Value::Object(Map::from_iter([(key.to_owned(), parse(raw?)?)])))
}

fn why_failed(error: Option<&Value>) -> Failure {
    let Some(error) = error else { return Failure::new(FailureClass::Unavailable, "WhatsApp gave no reason") };
    let detail = error::details(error).unwrap_or_default();
    match integer(error, "code") {
        Some(code) => error::failure(code, &detail),
        None => Failure::new(FailureClass::Unavailable, detail),
    }
}

fn referral(referral: &Value) -> Option<Referral> {
    referral.as_object()?;
    let of = |key| text(referral, key);
    Some(Referral { headline: of("headline"), body: of("body"), source_url: of("source_url"), source_type: of("source_type") })
}

fn pricing(pricing: &Value) -> Option<Pricing> {
    Pricing::told(text(pricing, "category"), text(pricing, "type"), text(pricing, "pricing_model"))
}

#[cfg(test)]
#[path = "webhook_tests.rs"]
mod tests;
