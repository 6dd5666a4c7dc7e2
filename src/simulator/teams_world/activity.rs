//! The JSON of activities as Teams sends them (Microsoft's documentation, and bodies recorded from the Agents Playground).

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::chat::ChatItem;
use super::draft::{BOT, Draft, QuoteStyle};
use super::seat::{Actor, Place};
use super::state::World;

impl World {
    /// What every activity carries.
    pub(super) fn envelope(&self, actor: &Actor, kind: &str, id: &str, now: DateTime<Utc>) -> Value {
        let user = &actor.user;
        let zone: chrono_tz::Tz = user.time_zone.parse().unwrap_or(chrono_tz::UTC);
        let country = user.locale.split_once('-').map_or("US", |(_, country)| country);
        json!({
            "type": kind,
            "id": id,
            "timestamp": now.to_rfc3339_opts(SecondsFormat::Millis, true),
            "localTimestamp": now.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Millis, false),
            "localTimezone": user.time_zone,
            "channelId": "msteams",
            "serviceUrl": self.service_url(),
            "from": {"id": user.user_id, "name": user.name, "aadObjectId": user.object_id},
            "conversation": actor.conversation_json(&self.tenant_id),
            "recipient": {"id": self.bot_id(), "name": self.bot_name},
            "entities": [{"locale": user.locale, "country": country, "platform": "Web", "timezone": user.time_zone, "type": "clientInfo"}],
            "channelData": actor.channel_data(&self.tenant_id),
            "locale": user.locale,
        })
    }

    /// A typed message. `quoted` is the item it answers.
    pub(super) fn message(&self, actor: &Actor, id: &str, now: DateTime<Utc>, draft: &Draft, quoted: Option<&ChatItem>) -> Value {
        let mut activity = self.envelope(actor, "message", id, now);
        let mentions = self.mentions(actor, draft);
        let plain = match &draft.html {
            Some(html) => plain_of(html),
            None => draft.text.clone(),
        };
        let mut body = draft.html.clone().unwrap_or_else(|| format!("<p>{}</p>", escape(&draft.text)));
        let unlisted = draft.files.iter().filter(|file| file.inline && file.unlisted).count();
        for number in 0..unlisted {
            body.push_str("<p><img itemtype=\"http://schema.skype.com/AMSImage\" src=\"https://as-api.asm.skype.com/v1/objects/0-");
            body.push_str(&format!("{id}-{number}/views/imgo\"></p>"));
        }
        let old = quoted.filter(|_| draft.style != QuoteStyle::Entity);
        let new = quoted.filter(|_| draft.style != QuoteStyle::Blockquote);
        let plain = match mentions.as_slice() {
            [] => plain,
            all => format!("{}{plain}\n", all.iter().map(|(_, name)| format!("<at>{}</at> ", escape(name))).collect::<String>()),
        };
        activity["textFormat"] = json!("plain");
        activity["text"] = json!(match new {
            Some(item) => format!("<quoted messageId=\"{}\"/> {plain}", item.activity_id),
            None => plain,
        });
        let body = with_spans(&mentions, body);
        if let Some(item) = old {
            let html = format!("{}{body}", blockquote(item));
            activity["attachments"] = json!([{"contentType": "text/html", "content": html}]);
        } else if draft.html.is_some() || !mentions.is_empty() || unlisted > 0 {
            activity["attachments"] = json!([{"contentType": "text/html", "content": format!("<div><div>{body}</div>\n</div>")}]);
        }
        // Of what is attached in a shared conversation Teams tells a bot nothing; pasted pictures arrive.
        let files: Vec<_> = draft.files.iter().filter(|file| actor.is_own() || (file.inline && !file.unlisted)).cloned().collect();
        let files = self.attachments(&files);
        if !files.is_empty() {
            let mut all = activity["attachments"].as_array().cloned().unwrap_or_default();
            all.extend(files);
            activity["attachments"] = Value::Array(all);
        }
        if draft.private && !actor.is_own() {
            activity["recipient"]["isTargeted"] = json!(true);
        }
        if let Some(entities) = activity["entities"].as_array_mut() {
            entities.extend(mentions.iter().map(|(id, name)| {
                let mut mention = json!({"type": "mention", "mentioned": {"id": id, "name": name}});
                // In group chats Teams leaves it out.
                if !matches!(actor.place, Place::GroupChat { .. }) {
                    mention["text"] = json!(format!("<at>{}</at>", escape(name)));
                }
                mention
            }));
            entities.extend(new.map(|item| {
                json!({"type": "quotedReply", "quotedReply": {
                    "messageId": item.activity_id, "senderId": item.author_id, "senderName": item.author, "preview": preview(item),
                    "time": item.activity_id, "isReplyDeleted": item.deleted, "validatedMessageReference": true}})
            }));
        }
        activity
    }

    /// Id and name of everybody the draft mentions, in order; unknown names and mentions in a personal chat are dropped.
    fn mentions(&self, actor: &Actor, draft: &Draft) -> Vec<(String, String)> {
        let known = |who: &String| {
            if who == BOT {
                return Some((self.bot_id(), self.bot_name.clone()));
            }
            self.with_user(who, |state| (state.user.user_id.clone(), state.user.name.clone())).ok()
        };
        if actor.is_own() { Vec::new() } else { draft.mentions.iter().filter_map(known).collect() }
    }
}

/// Mentions stand before the words, within their first paragraph.
fn with_spans(mentions: &[(String, String)], body: String) -> String {
    let span = |(index, (_, name)): (usize, &(String, String))| {
        format!("<span itemscope=\"\" itemtype=\"http://schema.skype.com/Mention\" itemid=\"{index}\">{}</span>&nbsp;", escape(name))
    };
    let spans: String = mentions.iter().enumerate().map(span).collect();
    match body.strip_prefix("<p>") {
        Some(rest) => format!("<p>{spans}{rest}"),
        None => format!("{spans}{body}"),
    }
}

/// The reply quote of older clients.
fn blockquote(item: &ChatItem) -> String {
    let id = escape(&item.activity_id);
    format!(
        "<blockquote itemscope=\"\" itemtype=\"http://schema.skype.com/Reply\" itemid=\"{id}\">\
         <strong itemprop=\"mri\" itemid=\"{}\">{}</strong><span itemprop=\"time\" itemid=\"{id}\"></span>\
         <p itemprop=\"preview\">{}</p></blockquote>",
        escape(&item.author_id),
        escape(&item.author),
        escape(&preview(item)),
    )
}

fn preview(item: &ChatItem) -> String {
    let text = item.text.as_deref().or(item.summary.as_deref()).unwrap_or("Card");
    plain_of(text).chars().take(80).collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The lossy plain rendering that Teams puts into `text`: tags gone, blocks on lines of their own, common entities decoded.
fn plain_of(html: &str) -> String {
    let mut plain = String::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        plain.push_str(&rest[..start]);
        let Some(length) = rest[start..].find('>') else { break };
        let tag = rest[start + 1..start + length].to_ascii_lowercase();
        if (tag.starts_with("br") || tag.starts_with("/p") || tag.starts_with("/div") || tag.starts_with("/li")) && !plain.ends_with('\n') {
            plain.push('\n');
        }
        rest = &rest[start + length + 1..];
    }
    plain.push_str(rest);
    let decoded = plain.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    decoded.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_rendering_loses_the_formatting_and_keeps_the_words() {
        assert_eq!(plain_of("<p>Hi <strong>Ana</strong> &amp; Ben</p><p>bye</p>"), "Hi Ana & Ben\nbye");
    }
}
