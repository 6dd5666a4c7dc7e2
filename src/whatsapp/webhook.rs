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
    ClientMessage, Content, DeliveryStatus, Failure, FailureClass, PhoneNumberId, StatusState, StatusUpdate, Time, WabaId, Wamid,
    WhatsAppEvent,
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
        field if news::is_account(field) => {
            received.extend(parse(value).map(|parsed| about.hashed(news::account(&about.waba, field, &news::summary(&parsed)), value)))
        }
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
            received.push(self.hashed(news::account(&self.waba, &self.field, &news::errors(&self.errors)), raw));
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
                forwarded,
                from_ad: message.get("referral").is_some_and(Value::is_object),
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

/// `category/type`, as far as told.
fn pricing(pricing: &Value) -> Option<String> {
    let parts: Vec<_> = ["category", "type"].iter().filter_map(|key| text(pricing, key)).collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::{MediaForm, SystemEvent};
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    fn notification(field: &str, value: &Value) -> Vec<u8> {
        json!({"object": "whatsapp_business_account", "entry": [{"id": "waba", "changes": [{"field": field, "value": value}]}]})
            .to_string()
            .into_bytes()
    }

    fn events(field: &str, value: &Value) -> Vec<WhatsAppEvent> {
        read(&notification(field, value)).expect("an envelope").into_iter().map(|received| received.event).collect()
    }

    fn messages(value: &Value) -> Vec<ClientMessage> {
        let message = |event| match event {
            WhatsAppEvent::Message(message) => Some(message),
            _ => None,
        };
        events("messages", value).into_iter().filter_map(message).collect()
    }

    #[rstest]
    #[case::not_json(b"{", ReadError::NotJson)]
    #[case::empty(b"", ReadError::NotJson)]
    #[case::binary(b"\xff\xfe\x00", ReadError::NotJson)]
    #[case::no_entries(br#"{"object":"page"}"#, ReadError::NotANotification)]
    #[case::array(b"[]", ReadError::NotANotification)]
    #[case::entries_of_the_wrong_type(br#"{"entry":{}}"#, ReadError::NotANotification)]
    fn only_an_envelope_that_is_none_is_an_error(#[case] body: &[u8], #[case] expected: ReadError) {
        assert_eq!(read(body), Err(expected));
    }

    #[rstest]
    #[case::no_changes(br#"{"entry":[{"id":"1","messaging":[]}]}"#)]
    #[case::entry_of_the_wrong_type(br#"{"entry":[7]}"#)]
    #[case::change_of_the_wrong_type(br#"{"entry":[{"id":"1","changes":["x"]}]}"#)]
    #[case::no_value(br#"{"entry":[{"id":"1","changes":[{"field":"messages"}]}]}"#)]
    #[case::value_of_the_wrong_type(br#"{"entry":[{"id":"1","changes":[{"field":"messages","value":"x"}]}]}"#)]
    #[case::empty_value(br#"{"entry":[{"id":"1","changes":[{"field":"messages","value":{}}]}]}"#)]
    #[case::unknown_field(br#"{"entry":[{"id":"1","changes":[{"field":"holograms","value":{"messages":[{"id":"m","from":"1"}]}}]}]}"#)]
    #[case::another_handler_answers(
        br#"{"entry":[{"id":"1","changes":[{"field":"standby","value":{"messages":[{"id":"m","from":"1"}]}}]}]}"#
    )]
    #[case::history(br#"{"entry":[{"id":"1","changes":[{"field":"history","value":{"history":[{"threads":[]}]}}]}]}"#)]
    #[case::message_without_id(br#"{"entry":[{"changes":[{"field":"messages","value":{"messages":[{"from":"1"}]}}]}]}"#)]
    #[case::message_without_sender(br#"{"entry":[{"changes":[{"field":"messages","value":{"messages":[{"id":"m"}]}}]}]}"#)]
    fn what_is_not_known_is_told_as_other(#[case] body: &[u8]) {
        let received = read(body).expect("an envelope");
        assert!(matches!(received[..], [Received { event: WhatsAppEvent::Other { .. }, .. }]), "{received:?}");
        assert!(received[0].dedup_key.starts_with("h:"));
    }

    #[test]
    fn one_odd_message_never_loses_the_others() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        let body = format!(
            r#"{{"entry":[{{"id":5,"changes":[{{"field":"messages","value":{{"metadata":{{"phone_number_id":9}},"messages":[
                {{"id":"a","from":"1","timestamp":"10","type":"text","text":{{"body":"first"}}}},
                {{"id":"b","from":"1","timestamp":11,"type":"text","text":{deep}}},
                {{"id":"c","from":"1","timestamp":"12","type":"text","text":{{"body":1e999}}}},
                {{"id":"d","from":"1","timestamp":"12","type":"text","text":{{"body":"half \ud83d"}}}},
                [1], null,
                {{"id":"e","from":"1","timestamp":"13","type":"text","text":{{"body":"last"}}}}]}}}}]}}]}}"#
        );
        let received = read(body.as_bytes()).expect("an envelope");
        let told: Vec<_> = received
            .iter()
            .map(|received| match &received.event {
                WhatsAppEvent::Message(message) => match &message.content {
                    Content::Text { body } => body.clone(),
                    Content::Unsupported { what, .. } => format!("{}: unsupported {what} at {}", message.wamid, message.at.timestamp()),
                    other => panic!("{other:?}"),
                },
                other => format!("{other:?}"),
            })
            .collect();
        let other = "Other { field: \"messages\" }";
        assert_eq!(told, ["first", "b: unsupported text at 11", "c: unsupported text at 12", "half \u{fffd}", other, other, "last"]);
        let WhatsAppEvent::Message(first) = &received[0].event else { panic!("a message") };
        assert_eq!((first.number.as_str(), first.waba.as_str()), ("9", "5"));
    }

    #[test]
    fn the_raw_json_is_the_message_as_sent_and_nothing_else() {
        let message =
            r#"{ "id":"a", "from":"1","timestamp":"10","type":"text","text":{"body":"\u00e7a \ud83c\udf89 \/"},"new":{"x":[1 ]} }"#;
        let body = format!(r#"{{"entry":[{{"id":"w","changes":[{{"field":"messages","value":{{"messages":[ {message} ]}}}}]}}]}}"#);
        let received = read(body.as_bytes()).expect("an envelope");
        let WhatsAppEvent::Message(read) = &received[0].event else { panic!("a message") };
        assert_eq!(read.raw, message);
        assert_eq!(read.content, Content::Text { body: "ça 🎉 /".into() });
    }

    #[test]
    fn bytes_that_are_not_utf8_cost_a_character_and_not_the_message() {
        let body = b"{\"entry\":[{\"changes\":[{\"field\":\"messages\",\"value\":{\"messages\":[{\"id\":\"a\",\"from\":\"1\",\"type\":\"text\",\"text\":{\"body\":\"\xff!\"}}]}}]}]}";
        let received = read(body).expect("an envelope");
        let WhatsAppEvent::Message(message) = &received[0].event else { panic!("a message") };
        assert_eq!(message.content, Content::Text { body: "\u{fffd}!".into() });
        assert_eq!(message.at, Time::UNIX_EPOCH, "no time: recorded, opens no window");
    }

    #[test]
    fn context_referral_and_group_are_told() {
        let read = messages(&json!({"messages": [{"id": "m", "from": "1", "type": "text", "text": {"body": "x"}, "group_id": "g",
            "context": {"id": "q", "frequently_forwarded": true}, "referral": {"source_type": "ad"}}]}));
        let message = &read[0];
        assert_eq!(message.reply_to, Some("q".into()));
        assert!(message.forwarded && message.from_ad);
        assert_eq!(message.group.as_deref(), Some("g"));
    }

    #[test]
    fn a_number_change_names_old_and_new() {
        let read = messages(&json!({"messages": [{"id": "m", "from": "1", "timestamp": "5", "type": "system", "system":
            {"type": "user_changed_number", "wa_id": "2", "user_id": "US.2", "previous_user_id": "US.1", "body": "b"}}]}));
        let event = SystemEvent::ChangedNumber { wa_id: Some("2".into()), bsuid: Some("US.2".into()), previous_bsuid: Some("US.1".into()) };
        assert_eq!(read[0].content, Content::System { event, body: "b".into() });
        assert_eq!(read[0].client.wa_id.as_deref(), Some("1"));
    }

    #[test]
    fn a_failed_file_is_still_a_file() {
        let read =
            messages(&json!({"messages": [{"id": "m", "from": "1", "type": "audio", "audio": {"voice": true, "mime_type": "audio/ogg"},
            "errors": [{"code": 131_052}]}]}));
        assert!(matches!(&read[0].content, Content::Media(media) if media.form == MediaForm::Voice && media.id.is_none()));
    }

    #[rstest]
    #[case("sent", StatusState::Reached(DeliveryStatus::Sent))]
    #[case("READ", StatusState::Reached(DeliveryStatus::Read))]
    #[case("played", StatusState::Reached(DeliveryStatus::Played))]
    #[case("warning", StatusState::Unknown("warning".into()))]
    fn a_status_is_known_or_kept_by_its_name(#[case] status: &str, #[case] expected: StatusState) {
        let read = events(
            "messages",
            &json!({"statuses": [{"id": "w", "status": status, "timestamp": 5, "recipient_user_id": "US.1",
            "biz_opaque_callback_data": "d-1", "pricing": {"category": "utility", "type": "regular"}}]}),
        );
        let [WhatsAppEvent::Status(update)] = &read[..] else { panic!("{read:?}") };
        assert_eq!(update.state, expected);
        assert_eq!(update.callback.as_deref(), Some("d-1"));
        assert_eq!(update.pricing.as_deref(), Some("utility/regular"));
        assert_eq!(update.client.bsuid.as_deref(), Some("US.1"));
        assert_eq!(update.at.map(|at| at.timestamp()), Some(5));
    }

    #[test]
    fn in_a_group_the_recipient_is_the_participant() {
        let read = events(
            "messages",
            &json!({"statuses": [{"id": "w", "status": "read", "recipient_type": "group", "recipient_id": "15550",
            "recipient_participant_id": "1"}]}),
        );
        let [WhatsAppEvent::Status(update)] = &read[..] else { panic!("{read:?}") };
        assert_eq!(update.client.wa_id.as_deref(), Some("1"));
    }

    #[rstest]
    #[case::details(json!([{"code": 131_049, "title": "t", "error_data": {"details": "d"}}]), FailureClass::MarketingWithheld, Some(131_049), "d")]
    #[case::older_details(json!([{"code": "131026", "details": "d"}]), FailureClass::Unreachable, Some(131_026), "d")]
    #[case::title_only(json!([{"code": 470, "title": "t"}]), FailureClass::Invalid, Some(470), "t")]
    #[case::nothing(json!([]), FailureClass::Unavailable, None, "WhatsApp gave no reason")]
    fn a_failed_status_says_why(#[case] errors: Value, #[case] class: FailureClass, #[case] code: Option<i64>, #[case] detail: &str) {
        let read = events("messages", &json!({"statuses": [{"id": "w", "status": "failed", "errors": errors}]}));
        let [WhatsAppEvent::Status(update)] = &read[..] else { panic!("{read:?}") };
        assert_eq!(update.state, StatusState::Failed(Failure { class, code, detail: detail.into() }));
    }

    #[test]
    fn a_clients_call_is_one_message_and_ours_is_none() {
        let call =
            |event: &str, direction: &str| json!({"id": "wacid.1", "from": "1", "timestamp": "7", "event": event, "direction": direction});
        let calls = json!({"calls": [call("connect", "USER_INITIATED"), call("terminate", "USER_INITIATED"), call("connect", "BUSINESS_INITIATED")]});
        let received = read(&notification("calls", &calls)).expect("an envelope");
        let WhatsAppEvent::Message(message) = &received[0].event else { panic!("a message") };
        assert_eq!(message.content, Content::Call { event: "connect".into() });
        assert_eq!(received[0].dedup_key, received[1].dedup_key);
        assert!(matches!(received[2].event, WhatsAppEvent::Other { .. }));
    }

    #[rstest]
    #[case(json!({"wa_id": "1", "category": "marketing_messages", "value": "stop", "timestamp": 5}), Some(true))]
    #[case(json!({"wa_id": "1", "category": "marketing_messages", "value": "resume"}), Some(false))]
    #[case(json!({"user_id": "US.1", "category": "something_new", "value": "stop"}), Some(true))]
    #[case(json!({"wa_id": "1", "category": "something_new", "value": "resume"}), None)]
    #[case(json!({"wa_id": "1", "value": "later"}), None)]
    #[case(json!({"value": "stop"}), None)]
    fn marketing_preferences_err_on_the_side_of_stopping(#[case] item: Value, #[case] expected: Option<bool>) {
        let read = events("user_preferences", &json!({"user_preferences": [item]}));
        let stop = match &read[..] {
            [WhatsAppEvent::Preference { stop, .. }] => Some(*stop),
            [WhatsAppEvent::Other { .. }] => None,
            other => panic!("{other:?}"),
        };
        assert_eq!(stop, expected);
    }

    #[rstest]
    #[case("message_template_status_update", json!({"event": "paused"}), "PAUSED")]
    #[case("message_template_quality_update", json!({"previous_quality_score": "GREEN", "new_quality_score": "RED"}), "quality GREEN to RED")]
    #[case("template_category_update", json!({"previous_category": "UTILITY", "new_category": "MARKETING"}), "category UTILITY to MARKETING")]
    #[case("template_category_update", json!({"correct_category": "MARKETING"}), "category will become MARKETING")]
    #[case("message_template_components_update", json!({}), "message_template_components_update")]
    fn a_changed_template_is_named(#[case] field: &str, #[case] change: Value, #[case] expected: &str) {
        let mut value = json!({"message_template_id": 7, "message_template_name": "n", "message_template_language": "en-US"});
        value.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        let read = events(field, &value);
        let [WhatsAppEvent::TemplateChanged { waba, name, language, event }] = &read[..] else { panic!("{read:?}") };
        assert_eq!((waba.as_str(), name.as_deref(), language.as_deref(), event.as_str()), ("waba", Some("n"), Some("en_US"), expected));
    }

    #[test]
    fn news_of_the_account_is_one_readable_line() {
        let read = events("account_update", &json!({"violation_info": {"violation_type": "ADULT"}, "event": "ACCOUNT_VIOLATION"}));
        let [WhatsAppEvent::Account { summary, .. }] = &read[..] else { panic!("{read:?}") };
        assert_eq!(summary, "ACCOUNT_VIOLATION; violation_type ADULT");
    }

    #[test]
    fn errors_without_messages_are_news_of_the_account() {
        let read = events("messages", &json!({"errors": [{"code": 130_429, "title": "t", "error_data": {"details": "d"}}]}));
        assert_eq!(read, [WhatsAppEvent::Account { waba: "waba".into(), field: "messages".into(), summary: "130429: d".into() }]);
    }

    #[test]
    fn an_echo_is_never_a_clients_message() {
        let read = events(
            "smb_message_echoes",
            &json!({"metadata": {"phone_number_id": "9"},
            "message_echoes": [{"id": "w", "from": "9", "to": "1", "type": "text", "text": {"body": "x"}}]}),
        );
        let content = Content::Text { body: "x".into() };
        assert_eq!(read, [WhatsAppEvent::Echo { number: "9".into(), wamid: "w".into(), to: "1".into(), content }]);
    }

    #[test]
    fn keys_are_the_same_for_a_repeat_and_differ_for_everything_else() {
        let keys = |value: &Value| -> Vec<String> {
            read(&notification("messages", value)).expect("an envelope").into_iter().map(|received| received.dedup_key).collect()
        };
        let status = |status: &str, participant: &str| json!({"id": "w", "status": status, "recipient_participant_id": participant});
        let all = json!({"messages": [{"id": "w", "from": "1"}, {"odd": 1}, {"odd": 2}],
            "statuses": [status("sent", "1"), status("sent", "2"), status("read", "1"), {"id": "w", "status": "read"}]});
        let first = keys(&all);
        assert_eq!(first, keys(&all));
        assert_eq!(first.iter().collect::<std::collections::HashSet<_>>().len(), first.len(), "{first:?}");
        assert_eq!(first[0], "m:w");
        assert_eq!(first[3], "s:w:sent:1");
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let keys = "entry|id|time|changes|field|value|metadata|contacts|messages|statuses|calls|errors|from|type|text|body|timestamp|context|user_preferences|code";
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "messages|text|image|interactive|system|failed|1|.{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(8, 64, 6, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::vec((keys, inner), 0..6).prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&body);
        }

        #[test]
        fn no_json_panics(body in any_json(), field in "messages|calls|user_preferences|account_update|message_template_x|.{0,3}") {
            let _ = read(body.to_string().as_bytes());
            let _ = read(&notification(&field, &body));
            let _ = read(&notification(&field, &json!({"contacts": [body], "messages": [body], "statuses": [body], "calls": [body],
                "user_preferences": [body], "errors": [body], "message_echoes": [body]})));
        }

        #[test]
        fn every_item_of_a_batch_is_told(bodies in proptest::collection::vec(any_json(), 0..5)) {
            let received = read(&notification("messages", &json!({"messages": bodies, "statuses": bodies}))).expect("an envelope");
            prop_assert_eq!(received.len(), (2 * bodies.len()).max(1));
        }
    }
}
