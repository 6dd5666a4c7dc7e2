//! The JSON of activities as Teams sends them (Microsoft's documentation, and bodies recorded from the Agents Playground).

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::client::{Draft, QuoteStyle};
use super::state::{Author, ChatItem, TeamsUser, World};

impl World {
    /// What every activity of a personal conversation carries.
    pub(super) fn envelope(&self, user: &TeamsUser, kind: &str, id: &str, now: DateTime<Utc>) -> Value {
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
            "conversation": {"conversationType": "personal", "tenantId": self.tenant_id, "id": user.conversation_id},
            "recipient": {"id": format!("28:{}", self.app_id), "name": self.bot_name},
            "entities": [{"locale": user.locale, "country": country, "platform": "Web", "timezone": user.time_zone, "type": "clientInfo"}],
            "channelData": {"tenant": {"id": self.tenant_id}},
            "locale": user.locale,
        })
    }

    /// A typed message. `quoted` is the item it answers.
    pub(super) fn message(&self, user: &TeamsUser, id: &str, now: DateTime<Utc>, draft: &Draft, quoted: Option<&ChatItem>) -> Value {
        let mut activity = self.envelope(user, "message", id, now);
        let plain = match &draft.html {
            Some(html) => plain_of(html),
            None => draft.text.clone(),
        };
        let body = draft.html.clone().unwrap_or_else(|| format!("<p>{}</p>", escape(&draft.text)));
        let old = quoted.filter(|_| draft.style != QuoteStyle::Entity);
        let new = quoted.filter(|_| draft.style != QuoteStyle::Blockquote);
        activity["textFormat"] = json!("plain");
        activity["text"] = json!(match new {
            Some(item) => format!("<quoted messageId=\"{}\"/> {plain}", item.activity_id),
            None => plain,
        });
        if let Some(item) = old {
            let html = format!("{}{body}", blockquote(item, self, user));
            activity["attachments"] = json!([{"contentType": "text/html", "content": html}]);
        } else if draft.html.is_some() {
            activity["attachments"] = json!([{"contentType": "text/html", "content": format!("<div><div>{body}</div>\n</div>")}]);
        }
        let files = self.attachments(&draft.files);
        if !files.is_empty() {
            let mut all = activity["attachments"].as_array().cloned().unwrap_or_default();
            all.extend(files);
            activity["attachments"] = Value::Array(all);
        }
        if let (Some(item), Some(entities)) = (new, activity["entities"].as_array_mut()) {
            let (sender, name) = author(item, self, user);
            entities.push(json!({"type": "quotedReply", "quotedReply": {
                "messageId": item.activity_id, "senderId": sender, "senderName": name, "preview": preview(item),
                "time": item.activity_id, "isReplyDeleted": item.deleted, "validatedMessageReference": true}}));
        }
        activity
    }
}

fn author<'a>(item: &ChatItem, world: &'a World, user: &'a TeamsUser) -> (String, &'a str) {
    match item.from {
        Author::Bot => (format!("28:{}", world.app_id), &world.bot_name),
        Author::User => (user.user_id.clone(), &user.name),
    }
}

/// The reply quote of older clients.
fn blockquote(item: &ChatItem, world: &World, user: &TeamsUser) -> String {
    let (sender, name) = author(item, world, user);
    let id = escape(&item.activity_id);
    format!(
        "<blockquote itemscope=\"\" itemtype=\"http://schema.skype.com/Reply\" itemid=\"{id}\">\
         <strong itemprop=\"mri\" itemid=\"{}\">{}</strong><span itemprop=\"time\" itemid=\"{id}\"></span>\
         <p itemprop=\"preview\">{}</p></blockquote>",
        escape(&sender),
        escape(name),
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
