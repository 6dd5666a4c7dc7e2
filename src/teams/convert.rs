//! Activities into the bridge's events, posts into activities. Pure.
//!
//! A message's content is its `text/html` attachment where there is one (`text` is a lossy rendering); the bot's own mention is
//! taken out, others become `@Name`; a quotation is named by the id it quotes and leaves the text.

use std::borrow::Cow;
use std::cell::Cell;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::activity::{Account, Activity, Attachment, Conversation};
use super::updates;
use crate::bridge::{
    ActivityId, ConversationId, ConversationReference, Post, PostBody, Scope, Sender, TeamsAttachment, TeamsEvent, TeamsEventKind,
    TeamsInvoke, Time,
};
use crate::markup;

/// The event of who has read a chat.
const READ: &str = "application/vnd.microsoft.readReceipt";

/// Joins the parts of keys; occurs in no id.
const SEPARATOR: &str = "\u{1f}";

/// What an activity asks of us.
#[derive(Clone, Debug, PartialEq)]
pub enum Inbound {
    /// To be stored and answered with an empty 200.
    Event(TeamsEvent),
    /// To be answered with a typed body within 3 s. `event` says who, where and in which language; its kind is `Other`.
    Invoke { event: TeamsEvent, invoke: TeamsInvoke },
}

/// Reads a verified activity. `now` stands in where the activity has no timestamp.
pub fn inbound(activity: &Activity, now: Time) -> Inbound {
    let event = |kind| TeamsEvent {
        activity: ActivityId(activity.id.clone().unwrap_or_default()),
        dedup_key: dedup_key(activity),
        at: activity.timestamp.unwrap_or(now),
        scope: scope(activity),
        reference: reference(activity),
        sender: sender(activity),
        locale: activity.locale.clone().or_else(|| client_info(activity, "locale")),
        time_zone: activity.local_timezone.clone().or_else(|| client_info(activity, "timezone")),
        channel: updates::channel(activity, scope(activity)),
        topic: updates::topic(activity),
        kind,
    };
    if activity.kind == "invoke" {
        let name = activity.name.clone().unwrap_or_default();
        return Inbound::Invoke { invoke: invoke(activity, &name), event: event(TeamsEventKind::Other { name }) };
    }
    Inbound::Event(event(kind(activity)))
}

/// The activity that shows a post.
pub fn activity(post: &Post) -> Value {
    match &post.body {
        PostBody::Html { html } => json!({"type": "message", "textFormat": "xml", "text": html, "summary": post.summary}),
        PostBody::Card { card } => json!({
            "type": "message",
            "summary": post.summary,
            "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
        }),
    }
}

/// The same, quoting a message of the conversation: the placeholder says where the quotation stands, the entity what it quotes;
/// Teams adds the preview. `replyToId` alone has no effect on what people see.
pub(super) fn quoting(post: &Post, quoted: &ActivityId) -> Value {
    let mut activity = activity(post);
    activity["replyToId"] = json!(quoted);
    if let PostBody::Html { html } = &post.body {
        activity["text"] = json!(format!("<quoted messageId=\"{}\"/>{html}", markup::escape_html(quoted.as_str())));
        activity["entities"] = json!([{"type": "quotedReply", "quotedReply": {"messageId": quoted}}]);
    }
    activity
}

fn kind(activity: &Activity) -> TeamsEventKind {
    let other = |detail: Option<&str>| TeamsEventKind::Other {
        name: detail.map_or_else(|| activity.kind.clone(), |detail| format!("{}/{detail}", activity.kind)),
    };
    match activity.kind.as_str() {
        "message" => message(activity),
        "messageUpdate" => TeamsEventKind::Edited { text: content(activity).read.text },
        "messageDelete" => TeamsEventKind::Deleted,
        "messageReaction" => TeamsEventKind::Reaction {
            added: activity.reactions_added.clone(),
            removed: activity.reactions_removed.clone(),
            target: card(activity),
        },
        // An upgrade removes and adds again.
        "installationUpdate" => match activity.action.as_deref() {
            Some("add" | "add-upgrade") => TeamsEventKind::Installed,
            Some("remove" | "remove-upgrade") => TeamsEventKind::Uninstalled,
            action => other(action),
        },
        "typing" => TeamsEventKind::Typing,
        "event" if activity.name.as_deref() == Some(READ) => {
            last_read(activity).map_or_else(|| other(activity.name.as_deref()), |last| TeamsEventKind::Read { last })
        }
        "conversationUpdate" => updates::kind(activity).unwrap_or_else(|| other(activity.event_type())),
        _ => other(activity.name.as_deref()),
    }
}

/// A message's id: milliseconds since the epoch, as text or as a number.
fn last_read(activity: &Activity) -> Option<ActivityId> {
    let last = activity.value.as_ref()?.get("lastReadMessageId")?;
    let last = last.as_str().map_or_else(|| last.as_u64().map(|id| id.to_string()), |text| Some(text.to_owned()))?;
    (!last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit())).then_some(ActivityId(last))
}

fn message(activity: &Activity) -> TeamsEventKind {
    let has_text = activity.text.as_deref().is_some_and(|text| !text.trim().is_empty()) || html(activity).is_some();
    if let (Some(value), false) = (&activity.value, has_text) {
        return TeamsEventKind::Submit { data: value.clone(), card: card(activity) };
    }
    let Content { read, mentions_bot } = content(activity);
    TeamsEventKind::Message {
        attachments: attachments(activity, &read.images),
        text: read.text,
        quoted: quoted(activity).or(read.quoted).map(ActivityId),
        mentions_bot: mentions_bot && scope(activity) != Scope::Personal,
        targeted: activity.recipient.as_ref().is_some_and(|recipient| recipient.is_targeted),
    }
}

/// The html attachment, which is the real body.
fn html(activity: &Activity) -> Option<&str> {
    let is_html = |attachment: &&Attachment| {
        let kind = attachment.content_type.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("text/html")
    };
    activity.attachments.iter().filter(is_html).find_map(|attachment| attachment.content.as_str()).filter(|html| !html.trim().is_empty())
}

/// What a message says.
struct Content {
    read: markup::TeamsHtml,
    /// By an entity, or by a tag where the entity is missing.
    mentions_bot: bool,
}

fn content(activity: &Activity) -> Content {
    let mentions = Mentions::of(activity);
    let mentioned = Cell::new(mentions.list.iter().any(|mention| mention.is_bot));
    let is_bot = |index: Option<usize>, name: &str| {
        let found = mentions.are_bot(index, name);
        mentioned.set(mentioned.get() || found);
        found
    };
    let read = words_of(activity, is_bot);
    Content { read, mentions_bot: mentioned.get() }
}

fn words_of(activity: &Activity, is_bot: impl Fn(Option<usize>, &str) -> bool + Copy) -> markup::TeamsHtml {
    let text = without_places(activity);
    let text = text.as_ref();
    let from_text = || match activity.rest.get("textFormat").and_then(Value::as_str) {
        Some("xml" | "html") => markup::read_teams(text, is_bot),
        Some("markdown" | "extendedmarkdown") => markup::read_markdown(text, is_bot),
        _ => plain_text(text, is_bot),
    };
    let Some(html) = html(activity) else { return from_text() };
    let mut read = markup::read_teams(html, is_bot);
    if read.text.is_empty() && read.quoted.is_none() && read.images.is_empty() {
        // HTML that shows nothing, of a client that has put everything into `text`.
        return from_text();
    }
    if read.quoted.is_none() {
        read.quoted = plain_text(text, is_bot).quoted;
    }
    read
}

/// `text` without the empty tags that say where its cards stand (`<attachment id="…"></attachment>`).
fn without_places(activity: &Activity) -> Cow<'_, str> {
    let text = activity.text.as_deref().unwrap_or_default();
    if !activity.attachments.iter().any(is_card) {
        return Cow::Borrowed(text);
    }
    let (mut kept, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find("<attachment id=\"") {
        kept.push_str(&rest[..at]);
        let end = rest[at..].find("</attachment>").map_or(rest.len(), |end| at + end + "</attachment>".len());
        rest = &rest[end..];
    }
    Cow::Owned(kept + rest)
}

/// `text` of a message without HTML: the words as typed, with Teams' own tags `<at>` and `<quoted>` among them. Whatever else
/// looks like a tag was typed by the colleague and stays.
fn plain_text(text: &str, is_bot: impl Fn(Option<usize>, &str) -> bool) -> markup::TeamsHtml {
    let mut read = markup::TeamsHtml::default();
    let mut out = String::with_capacity(text.len());
    let mut count = 0;
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((name, after)) = at_tag(rest) {
            let name = words(&unescaped(name));
            rest = after;
            if is_bot(Some(count), &name) {
                if out.is_empty() || out.ends_with(char::is_whitespace) {
                    rest = rest.strip_prefix("&nbsp;").unwrap_or(rest).trim_start_matches([' ', '\u{a0}']);
                }
            } else if !name.is_empty() {
                out.push('@');
                out.push_str(&name);
            }
            count += 1;
        } else if let Some((id, after)) = quoted_tag(rest) {
            read.quoted.get_or_insert_with(|| id.to_owned());
            rest = after;
        } else {
            out.push('<');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    let out = out.replace("&nbsp;", " ").replace('\u{a0}', " ").replace("\r\n", "\n");
    read.text = markup::literal(out.trim());
    read
}

/// `<at>Name</at>` or `<at id="0">Name</at>` at the start of a text: the name, and what follows.
fn at_tag(text: &str) -> Option<(&str, &str)> {
    let tag = text.strip_prefix("<at").filter(|rest| rest.starts_with(['>', ' ']))?;
    let inside = &tag[tag.find('>')? + 1..];
    inside.split_once("</at>")
}

/// `<quoted messageId="17"/>` at the start of a text: the id, and what follows.
fn quoted_tag(text: &str) -> Option<(&str, &str)> {
    let tag = text.strip_prefix("<quoted ")?;
    let (attributes, after) = tag.split_once('>')?;
    let id = attributes.trim_start().strip_prefix("messageId=\"")?.split('"').next()?;
    Some((id, after.strip_prefix("</quoted>").unwrap_or(after)))
}

/// Who is mentioned. Names may be missing (when they hold `&`, or in group chats), and one person may be mentioned twice.
struct Mentions<'a> {
    bot: Option<&'a Account>,
    list: Vec<Mention>,
}

struct Mention {
    is_bot: bool,
    /// As in `mentioned.name` and as in `text`; either may be missing.
    names: Vec<String>,
}

impl<'a> Mentions<'a> {
    fn of(activity: &'a Activity) -> Self {
        let bot = activity.recipient.as_ref();
        let text = |entity: &Value, path: &str| entity.pointer(path).and_then(Value::as_str).map(str::to_owned);
        let mention = |entity: &Value| Mention {
            is_bot: bot.is_some_and(|bot| entity.pointer("/mentioned/id").and_then(Value::as_str) == Some(bot.id.as_str())),
            names: [text(entity, "/mentioned/name"), text(entity, "/text").and_then(|text| Some(at_tag(text.trim())?.0.to_owned()))]
                .into_iter()
                .flatten()
                .map(|name| words(&unescaped(&name)))
                .collect(),
        };
        let is_mention = |entity: &&Value| entity.get("type").and_then(Value::as_str) == Some("mention");
        Self { bot, list: activity.entities.iter().filter(is_mention).map(mention).collect() }
    }

    /// The number decides where it leads to a mention that can have this name; else the name does. A person who is called
    /// like the bot is therefore not taken for it as long as Teams numbers its mentions.
    fn are_bot(&self, index: Option<usize>, name: &str) -> bool {
        let called = |mention: &&Mention| mention.names.iter().any(|known| known == name);
        let fits = |mention: &&Mention| mention.names.is_empty() || called(mention);
        if let Some(mention) = index.and_then(|index| self.list.get(index)).filter(fits) {
            return mention.is_bot;
        }
        let own_name = self.bot.and_then(|bot| bot.name.as_deref()).is_some_and(|own| words(own) == name);
        self.list.iter().any(|mention| mention.is_bot && called(&mention)) || own_name
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Names in `text` are escaped like XML.
fn unescaped(text: &str) -> String {
    text.replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// The entity of the new kind of quotation, which the service itself has validated.
fn quoted(activity: &Activity) -> Option<String> {
    let entity = activity.entities.iter().find(|entity| entity.get("type").and_then(Value::as_str) == Some("quotedReply"))?;
    match entity.pointer("/quotedReply/messageId")? {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

fn attachments(activity: &Activity, images: &[String]) -> Vec<TeamsAttachment> {
    let mut out: Vec<TeamsAttachment> = Vec::new();
    for attachment in &activity.attachments {
        if attachment.content_type.to_ascii_lowercase().starts_with("text/html") {
            continue;
        }
        // A file's contentUrl is its place in SharePoint; the downloadUrl is what can be fetched.
        let download = attachment.content.get("downloadUrl").and_then(Value::as_str).map(str::to_owned);
        out.push(TeamsAttachment {
            content_type: attachment.content_type.clone(),
            name: attachment.name.clone(),
            url: download.or_else(|| attachment.content_url.clone()),
            card: is_card(attachment).then(|| attachment.content.clone()),
        });
    }
    // In group chats a pasted picture may come in the HTML alone.
    if !out.iter().any(|attachment| attachment.content_type.starts_with("image/")) {
        out.extend(images.iter().map(|url| TeamsAttachment {
            content_type: "image/*".to_owned(),
            name: None,
            url: Some(url.clone()),
            card: None,
        }));
    }
    out
}

fn is_card(attachment: &Attachment) -> bool {
    attachment.content_type.eq_ignore_ascii_case("application/vnd.microsoft.card.adaptive")
}

fn invoke(activity: &Activity, name: &str) -> TeamsInvoke {
    let value = activity.value.clone().unwrap_or_default();
    let data = if name == super::invoke::CARD_ACTION { action_data(&value) } else { value.clone() };
    TeamsInvoke { name: name.to_owned(), repeat_key: repeat_key(activity, name, &value), data, card: card(activity) }
}

fn action_data(value: &Value) -> Value {
    let verb = value.pointer("/action/verb").filter(|verb| verb.is_string());
    let mut data = match value.pointer("/action/data") {
        Some(Value::Object(data)) => data.clone(),
        None | Some(Value::Null) => serde_json::Map::new(),
        Some(other) => serde_json::Map::from_iter([("data".to_owned(), other.clone())]),
    };
    if let Some(verb) = verb {
        data.entry("verb").or_insert_with(|| verb.clone());
    }
    Value::Object(data)
}

fn repeat_key(activity: &Activity, name: &str, value: &Value) -> String {
    let conversation = activity.conversation.as_ref().map_or("", |conversation| &conversation.id);
    let from = activity.from.as_ref().map_or("", |from| &from.id);
    // Objects are sorted by key here, so equal values have equal text.
    let parts = [name, conversation, from, &value.to_string(), activity.reply_to_id.as_deref().unwrap_or_default()];
    hex::encode(Sha256::digest(parts.join(SEPARATOR)))
}

fn dedup_key(activity: &Activity) -> String {
    let conversation = activity.conversation.as_ref().map_or("", |conversation| &conversation.id);
    let time = activity.timestamp.map(|at| at.timestamp_micros().to_string()).unwrap_or_default();
    let id = match (activity.id.as_deref(), activity.kind.as_str()) {
        // An edit or a deletion carries the id of the message: the second edit is no repetition of the first.
        (Some(id), "messageUpdate" | "messageDelete") => format!("{id}@{time}"),
        (Some(id), _) if !id.is_empty() => id.to_owned(),
        // Without an id, only what is equal in everything is the same.
        _ => hex::encode(Sha256::digest(format!("{activity:?}"))),
    };
    [conversation, &id, &activity.kind, activity.event_type().unwrap_or_default()].join(SEPARATOR)
}

fn scope(activity: &Activity) -> Scope {
    let conversation = activity.conversation.as_ref();
    match conversation.and_then(|conversation| conversation.conversation_type.as_deref()) {
        // Two people's chat is called personal too, when the app is used in it. The bot's own chats are named `a:…`.
        Some("personal") if conversation.is_some_and(|conversation| conversation.id.starts_with("19:")) => Scope::GroupChat,
        Some("personal") => Scope::Personal,
        Some("groupChat") => Scope::GroupChat,
        Some("channel") => Scope::Channel,
        _ if activity.channel_data.get("team").is_some() || activity.channel_data.get("teamsTeamId").is_some() => Scope::Channel,
        _ if conversation.is_some_and(|conversation| conversation.is_group) => Scope::GroupChat,
        _ => Scope::Personal,
    }
}

fn reference(activity: &Activity) -> ConversationReference {
    let id = |conversation: &Conversation| conversation.id.clone();
    ConversationReference {
        service_url: activity.service_url.clone().unwrap_or_default(),
        conversation: ConversationId(activity.conversation.as_ref().map(id).unwrap_or_default()),
        tenant: activity.tenant().unwrap_or_default().to_owned(),
    }
}

fn sender(activity: &Activity) -> Sender {
    let Some(from) = &activity.from else {
        return Sender { user_id: String::new(), object_id: None, upn: None, name: None, is_bot: false };
    };
    let is_recipient = activity.recipient.as_ref().is_some_and(|recipient| recipient.id == from.id);
    Sender {
        user_id: from.id.clone(),
        object_id: from.object_id.clone(),
        upn: from.upn.clone(),
        name: from.name.clone(),
        is_bot: from.is_bot() || is_recipient,
    }
}

fn card(activity: &Activity) -> Option<ActivityId> {
    activity.reply_to_id.clone().filter(|id| !id.is_empty()).map(ActivityId)
}

fn client_info(activity: &Activity, key: &str) -> Option<String> {
    let info = activity.entities.iter().find(|entity| entity.get("type").and_then(Value::as_str) == Some("clientInfo"))?;
    info.get(key)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
#[path = "convert_tests.rs"]
mod tests;
