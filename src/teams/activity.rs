//! An Activity as Teams posts it, read leniently.
//!
//! Fields of an unexpected type count as absent and unknown ones stay in [`Activity::rest`]: new events can be added at any time,
//! and a field we do not need must never cost a colleague's message.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

/// One activity. Which fields are there depends on `kind`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Activity {
    /// `type`: `message`, `invoke`, `conversationUpdate` …
    pub kind: String,
    pub id: Option<String>,
    /// Of invokes and events: `adaptiveCard/action` …
    pub name: Option<String>,
    /// Of `installationUpdate`: `add`, `remove`, `add-upgrade`, `remove-upgrade`.
    pub action: Option<String>,
    pub timestamp: Option<DateTime<Utc>>,
    /// IANA name.
    pub local_timezone: Option<String>,
    pub locale: Option<String>,
    pub channel_id: Option<String>,
    pub service_url: Option<String>,
    pub from: Option<Account>,
    pub recipient: Option<Account>,
    pub conversation: Option<Conversation>,
    pub reply_to_id: Option<String>,
    pub text: Option<String>,
    /// `null` counts as absent.
    pub value: Option<Value>,
    pub attachments: Vec<Attachment>,
    pub entities: Vec<Value>,
    pub members_added: Vec<Account>,
    pub members_removed: Vec<Account>,
    /// Types of reactions: `like`, `2705_whiteheavycheckmark` …
    pub reactions_added: Vec<String>,
    pub reactions_removed: Vec<String>,
    /// Teams' own part, as it came.
    pub channel_data: Value,
    /// Every field not named above, as it came.
    pub rest: Map<String, Value>,
}

/// Somebody in a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// `29:…` for people, `28:…` for bots.
    pub id: String,
    pub name: Option<String>,
    /// `aadObjectId` in activities, `objectId` in lists of members; lower case.
    pub object_id: Option<String>,
    pub upn: Option<String>,
    pub email: Option<String>,
    /// `user` or `bot`, where the channel says so.
    pub role: Option<String>,
    /// A private message to the bot inside a shared conversation.
    pub is_targeted: bool,
}

/// Where it happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conversation {
    pub id: String,
    /// `personal`, `groupChat`, `channel`.
    pub conversation_type: Option<String>,
    pub tenant_id: Option<String>,
    pub is_group: bool,
}

/// A part of a message beside its text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attachment {
    pub content_type: String,
    pub content_url: Option<String>,
    pub name: Option<String>,
    pub content: Value,
}

impl Activity {
    /// Reads a request body. `None` when it is no JSON object with a `type`.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let value = serde_json::from_slice(body).or_else(|_| serde_json::from_slice(&without_lone_surrogates(body))).ok()?;
        Self::from_value(value)
    }

    /// The same from JSON that has been read already.
    pub fn from_value(value: Value) -> Option<Self> {
        let Value::Object(mut map) = value else { return None };
        let kind = take_text(&mut map, "type")?;
        Some(Self {
            kind,
            id: take_text(&mut map, "id"),
            name: take_text(&mut map, "name"),
            action: take_text(&mut map, "action"),
            timestamp: take_text(&mut map, "timestamp")
                .and_then(|text| DateTime::parse_from_rfc3339(&text).ok())
                .map(|time| time.with_timezone(&Utc)),
            local_timezone: take_text(&mut map, "localTimezone"),
            locale: take_text(&mut map, "locale"),
            channel_id: take_text(&mut map, "channelId"),
            service_url: take_text(&mut map, "serviceUrl"),
            from: map.remove("from").and_then(Account::from_value),
            recipient: map.remove("recipient").and_then(Account::from_value),
            conversation: map.remove("conversation").and_then(Conversation::from_value),
            reply_to_id: take_text(&mut map, "replyToId"),
            text: take_text(&mut map, "text"),
            value: map.remove("value").filter(|value| !value.is_null()),
            attachments: take_list(&mut map, "attachments").into_iter().filter_map(Attachment::from_value).collect(),
            entities: take_list(&mut map, "entities"),
            members_added: take_list(&mut map, "membersAdded").into_iter().filter_map(Account::from_value).collect(),
            members_removed: take_list(&mut map, "membersRemoved").into_iter().filter_map(Account::from_value).collect(),
            reactions_added: take_list(&mut map, "reactionsAdded").into_iter().filter_map(reaction).collect(),
            reactions_removed: take_list(&mut map, "reactionsRemoved").into_iter().filter_map(reaction).collect(),
            channel_data: map.remove("channelData").unwrap_or_default(),
            rest: map,
        })
    }

    /// `channelData.eventType`.
    pub fn event_type(&self) -> Option<&str> {
        self.channel_data.get("eventType").and_then(Value::as_str)
    }

    /// `channelData.tenant.id`.
    pub fn channel_tenant(&self) -> Option<&str> {
        self.channel_data.pointer("/tenant/id").and_then(Value::as_str).filter(|id| !id.is_empty())
    }

    /// `conversation.tenantId`.
    pub fn conversation_tenant(&self) -> Option<&str> {
        self.conversation.as_ref().and_then(|conversation| conversation.tenant_id.as_deref()).filter(|id| !id.is_empty())
    }

    /// The tenant, from whichever place names it.
    pub fn tenant(&self) -> Option<&str> {
        self.channel_tenant().or_else(|| self.conversation_tenant())
    }
}

impl Account {
    /// `None` when it is no object with an `id`.
    pub fn from_value(value: Value) -> Option<Self> {
        let Value::Object(mut map) = value else { return None };
        Some(Self {
            id: take_text(&mut map, "id")?,
            name: take_text(&mut map, "name"),
            object_id: take_text(&mut map, "aadObjectId")
                .or_else(|| take_text(&mut map, "objectId"))
                .filter(|id| !id.is_empty())
                .map(|id| id.to_lowercase()),
            upn: take_text(&mut map, "userPrincipalName"),
            email: take_text(&mut map, "email"),
            role: take_text(&mut map, "role").or_else(|| take_text(&mut map, "userRole")),
            is_targeted: map.get("isTargeted").and_then(Value::as_bool).unwrap_or(false),
        })
    }

    /// `28:…`, or called one by the channel.
    pub(super) fn is_bot(&self) -> bool {
        self.id.starts_with("28:") || self.role.as_deref() == Some("bot")
    }
}

impl Conversation {
    fn from_value(value: Value) -> Option<Self> {
        let Value::Object(mut map) = value else { return None };
        Some(Self {
            id: take_text(&mut map, "id")?,
            conversation_type: take_text(&mut map, "conversationType"),
            tenant_id: take_text(&mut map, "tenantId"),
            is_group: map.get("isGroup").and_then(Value::as_bool).unwrap_or(false),
        })
    }
}

impl Attachment {
    fn from_value(value: Value) -> Option<Self> {
        let Value::Object(mut map) = value else { return None };
        Some(Self {
            content_type: take_text(&mut map, "contentType")?,
            content_url: take_text(&mut map, "contentUrl"),
            name: take_text(&mut map, "name"),
            content: map.remove("content").unwrap_or_default(),
        })
    }
}

fn take_text(map: &mut Map<String, Value>, key: &str) -> Option<String> {
    match map.remove(key)? {
        Value::String(text) => Some(text),
        // Message ids are numbers that are sent as text; read them as numbers too.
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn take_list(map: &mut Map<String, Value>, key: &str) -> Vec<Value> {
    match map.remove(key) {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    }
}

fn reaction(value: Value) -> Option<String> {
    value.get("type").and_then(Value::as_str).map(str::to_owned)
}

/// Half a surrogate pair (`\ud83d` alone) is legal for JavaScript and not for us; Teams cuts previews by UTF-16 units, straight
/// through emoji. Each lone half becomes U+FFFD, so that the rest of the message survives.
fn without_lone_surrogates(body: &[u8]) -> Vec<u8> {
    let unit = |at: usize| -> Option<u16> {
        let escape = body.get(at..at + 6).filter(|escape| escape.starts_with(b"\\u"))?;
        u16::from_str_radix(std::str::from_utf8(&escape[2..]).ok()?, 16).ok()
    };
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < body.len() {
        match unit(at) {
            Some(0xD800..=0xDBFF) if matches!(unit(at + 6), Some(0xDC00..=0xDFFF)) => {
                out.extend_from_slice(&body[at..at + 12]);
                at += 12;
            }
            Some(0xD800..=0xDFFF) => {
                out.extend_from_slice(b"\\ufffd");
                at += 6;
            }
            // Any other escape is copied with the character after it, so that `\\ud83d` (a backslash and text) stays.
            _ => {
                let length = if body[at] == b'\\' { 2.min(body.len() - at) } else { 1 };
                out.extend_from_slice(&body[at..at + length]);
                at += length;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[test]
    fn fields_of_an_unexpected_type_count_as_absent() {
        let body = br#"{"type":"message","id":7,"from":[],"entities":{},"attachments":null,"timestamp":"soon","text":false,"new":1}"#;
        let activity = Activity::parse(body).expect("it is an activity");
        assert_eq!(activity.id.as_deref(), Some("7"));
        assert_eq!((activity.from, activity.text, activity.timestamp), (None, None, None));
        assert_eq!(activity.rest.get("new"), Some(&Value::from(1)));
    }

    #[rstest]
    #[case(r#"{"id":"29:x","aadObjectId":"ABC"}"#)]
    #[case(r#"{"id":"29:x","objectId":"ABC"}"#)]
    fn both_spellings_of_the_object_id_are_read(#[case] json: &str) {
        let account = Account::from_value(serde_json::from_str(json).expect("json")).expect("an account");
        assert_eq!(account.object_id.as_deref(), Some("abc"));
    }

    #[rstest]
    #[case(b"")]
    #[case(b"[]")]
    #[case(b"null")]
    #[case(b"{}")]
    #[case(b"{\"type\":null}")]
    #[case(b"{\"type\":\"message\"")]
    #[case(b"\xff\xfe")]
    fn what_is_no_activity_is_refused(#[case] body: &[u8]) {
        assert_eq!(Activity::parse(body), None);
    }

    #[rstest]
    #[case(r#"{"type":"message","text":"a\ud83d"}"#, "a\u{fffd}")]
    #[case(r#"{"type":"message","text":"\ude00b"}"#, "\u{fffd}b")]
    #[case(r#"{"type":"message","text":"\ud83d\ude00 \ud83d"}"#, "😀 \u{fffd}")]
    #[case(r#"{"type":"message","text":"\\ud83d \ud83d"}"#, "\\ud83d \u{fffd}")]
    fn half_an_emoji_does_not_cost_the_message(#[case] body: &str, #[case] text: &str) {
        assert_eq!(Activity::parse(body.as_bytes()).expect("readable").text.as_deref(), Some(text));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(body in proptest::collection::vec(any::<u8>(), 0..200), text in "\\PC*") {
            let _ = Activity::parse(&body);
            let _ = Activity::parse(text.as_bytes());
            let _ = without_lone_surrogates(format!("\\u{text}\\ud800\\").as_bytes());
        }
    }
}
