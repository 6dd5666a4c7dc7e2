//! What a colleague does in Teams: install, type, quote, edit, delete, react, press buttons. Each act is sent to the bot as a
//! signed activity, and the bot's answer is handed back.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::card;
use super::connector::user_item;
use super::state::{ChatItem, SentFile, TeamsUser, TeamsWorld, World};
use crate::simulator::common::ControlError;
use crate::simulator::faults::{FaultName, Surface};
use crate::simulator::journal::Way;

/// Which generation of Teams quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuoteStyle {
    /// `<quoted messageId="…"/>` and the `quotedReply` entity.
    #[default]
    Entity,
    /// A `<blockquote itemtype="…Reply">` in the HTML attachment.
    Blockquote,
    Both,
}

/// A message before it is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// Plain text; unused when there is `html`.
    pub text: String,
    /// The body with formatting. Sent as a `text/html` attachment.
    pub html: Option<String>,
    /// Activity id of the quoted item.
    pub quote: Option<String>,
    pub style: QuoteStyle,
    /// Attached files and pasted pictures.
    pub files: Vec<SentFile>,
}

impl Draft {
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub fn html(html: impl Into<String>) -> Self {
        Self { html: Some(html.into()), ..Self::default() }
    }

    /// Quotes an activity the way current clients do.
    pub fn quoting(self, activity_id: impl Into<String>) -> Self {
        Self { quote: Some(activity_id.into()), ..self }
    }

    /// With one more file.
    pub fn with(mut self, file: SentFile) -> Self {
        self.files.push(file);
        self
    }

    pub fn style(self, style: QuoteStyle) -> Self {
        Self { style, ..self }
    }
}

/// What the bot answered to an activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Posted {
    pub activity_id: String,
    /// HTTP status; 0 when there was no answer.
    pub status: u16,
    pub body: String,
    /// Real time until the answer.
    pub millis: u64,
}

/// What a press on a button did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClickAnswer {
    pub activity_id: String,
    /// HTTP status; 0 when there was no answer.
    pub status: u16,
    /// The JSON of an invoke's answer, or null.
    pub body: Value,
    /// The card that now stands in place of the old one, for this user.
    pub card: Option<Value>,
    /// What Teams would show for a moment: the answer's message, or Teams' own words when the answer is no good.
    pub toast: Option<String>,
    /// Real time until the answer.
    pub millis: u64,
}

/// What Teams shows when an invoke has no usable answer.
pub(super) const UNABLE: &str = "Unable to reach app. Please try again.";

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
    pub async fn types(&self, user: &str, text: &str) -> Result<Posted, ControlError> {
        self.world.says(user, Draft::text(text)).await
    }

    /// Sends a message with formatting, a quote or both.
    pub async fn says(&self, user: &str, draft: Draft) -> Result<Posted, ControlError> {
        self.world.says(user, draft).await
    }

    /// Presses the button with this title (or action id) on the card of `activity_id`. `inputs` replace the card's own values. No
    /// validation on the client's side: what the server does with bad input is the server's to show. The page validates.
    pub async fn click(&self, user: &str, activity_id: &str, title: &str, inputs: Value) -> Result<ClickAnswer, ControlError> {
        self.world.click(user, activity_id, title, 0, inputs).await
    }

    /// [`TeamsWorld::click`] where several buttons have the same title: `nth` counts from 0 in the order of reading.
    pub async fn click_nth(
        &self,
        user: &str,
        activity_id: &str,
        title: &str,
        nth: usize,
        inputs: Value,
    ) -> Result<ClickAnswer, ControlError> {
        self.world.click(user, activity_id, title, nth, inputs).await
    }

    /// Performs an action that may not (or no longer) be on the card: what a stale or hostile client can do.
    pub async fn click_action(&self, user: &str, activity_id: &str, action: &Value, inputs: Value) -> Result<ClickAnswer, ControlError> {
        self.world.perform(user, activity_id, action, inputs).await
    }

    /// Changes an own message (`messageUpdate`).
    pub async fn edits(&self, user: &str, activity_id: &str, draft: Draft) -> Result<Posted, ControlError> {
        self.world.edits(user, activity_id, draft).await
    }

    /// Deletes an own message (`messageDelete`).
    pub async fn deletes(&self, user: &str, activity_id: &str) -> Result<Posted, ControlError> {
        self.world.deletes(user, activity_id).await
    }

    /// Reacts to a message (`like`, `heart` …), or takes the reaction back.
    pub async fn reacts(&self, user: &str, activity_id: &str, kind: &str, add: bool) -> Result<Posted, ControlError> {
        self.world.reacts(user, activity_id, kind, add).await
    }

    /// Sends an earlier activity of the user once more, byte for byte, as Teams does when it saw no answer.
    pub async fn resends(&self, user: &str, activity_id: &str) -> Result<Posted, ControlError> {
        self.world.resends(user, activity_id).await
    }

    /// The envelope of an activity with `members` laid over it, signed and sent. For everything without a method of its own.
    pub async fn sends_raw(&self, user: &str, members: Value) -> Result<Posted, ControlError> {
        self.world.sends_raw(user, members).await
    }

    /// What a message of this user looks like, without sending it; its id is used up.
    pub fn activity(&self, user: &str, draft: &Draft) -> Result<Value, ControlError> {
        Ok(self.world.prepare(user, draft)?.1)
    }

    /// Posts any body with any `Authorization` header to the bot. Returns the status (0 = no answer) and the body.
    pub async fn posts(&self, body: Vec<u8>, authorization: Option<&str>) -> Result<(u16, String), ControlError> {
        let endpoint = self.world.endpoint()?;
        Ok(self.world.post(endpoint, body, authorization.map(str::to_owned)).await)
    }
}

impl World {
    pub(super) fn endpoint(&self) -> Result<url::Url, ControlError> {
        self.bot_endpoint.read().expect("no panic happens under this lock").clone().ok_or(ControlError::NoServer)
    }

    async fn post(&self, endpoint: url::Url, body: Vec<u8>, authorization: Option<String>) -> (u16, String) {
        let mut request = self.common.http.post(endpoint).header("content-type", "application/json; charset=utf-8").body(body);
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        match request.send().await {
            Ok(response) => (response.status().as_u16(), response.text().await.unwrap_or_default()),
            Err(_) => (0, String::new()),
        }
    }

    /// Signs and sends an activity; delay and duplicate faults strike here.
    pub(super) async fn deliver(&self, activity: Value) -> Result<Posted, ControlError> {
        let endpoint = self.endpoint()?;
        let id = activity["id"].as_str().unwrap_or_default().to_owned();
        let body = activity.to_string().into_bytes();
        let authorization = Some(format!("Bearer {}", self.activity_token()));
        if let Some(fault) = self.common.faults.take(FaultName::Delay, Surface::Activities) {
            tokio::time::sleep(Duration::from_millis(fault.ms.unwrap_or(1_000))).await;
        }
        let start = Instant::now();
        let (status, answer) = if self.common.faults.take(FaultName::Duplicate, Surface::Activities).is_some() {
            let first = self.post(endpoint.clone(), body.clone(), authorization.clone());
            let second = self.post(endpoint, body, authorization);
            // Both at once, as when Teams loses patience.
            tokio::join!(first, second).0
        } else {
            self.post(endpoint, body, authorization).await
        };
        let millis = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let kind = format!("activity.{}", activity["type"].as_str().unwrap_or("unknown"));
        self.common.journal.record(Way::Out, &kind, self.common.now(), Some(&id), Some(status), || activity);
        self.common.signal();
        Ok(Posted { activity_id: id, status, body: answer, millis })
    }

    /// The user, the current time and a fresh message id.
    pub(super) fn begin(&self, key: &str) -> Result<(TeamsUser, DateTime<Utc>, String), ControlError> {
        let now = self.common.now();
        let user = self.with_user(key, |state| state.user.clone())?;
        let id = self.next_id(now);
        Ok((user, now, id))
    }

    pub(super) fn item(&self, key: &str, activity_id: &str) -> Result<ChatItem, ControlError> {
        self.with_user(key, |user| user.item(activity_id).cloned())?
            .ok_or_else(|| ControlError::Unknown("activity", activity_id.to_owned()))
    }

    fn prepare(&self, key: &str, draft: &Draft) -> Result<(TeamsUser, Value, DateTime<Utc>), ControlError> {
        let (user, now, id) = self.begin(key)?;
        let quoted = draft.quote.as_deref().map(|quote| self.item(key, quote)).transpose()?;
        let activity = self.message(&user, &id, now, draft, quoted.as_ref());
        Ok((user, activity, now))
    }

    pub(super) async fn install(&self, key: &str, add: bool) -> Result<Vec<Posted>, ControlError> {
        self.endpoint()?;
        let user = self.with_user(key, |state| {
            state.installed = add;
            state.user.clone()
        })?;
        let now = self.common.now();
        let fresh = || format!("f:{}", uuid::Uuid::new_v4());
        let mut installation = self.envelope(&user, "installationUpdate", &fresh(), now);
        installation["action"] = json!(if add { "add" } else { "remove" });
        installation["channelData"]["source"] = json!({"name": "message"});
        installation["channelData"]["settings"] = json!({"selectedChannel": {"id": user.conversation_id}});
        let mut posted = vec![self.deliver(installation).await?];
        if add {
            let mut update = self.envelope(&user, "conversationUpdate", &fresh(), now);
            update["membersAdded"] = json!([{"id": user.user_id, "aadObjectId": user.object_id}, {"id": format!("28:{}", self.app_id)}]);
            posted.push(self.deliver(update).await?);
        }
        Ok(posted)
    }

    pub(super) async fn says(&self, key: &str, draft: Draft) -> Result<Posted, ControlError> {
        self.endpoint()?;
        let (_, activity, now) = self.prepare(key, &draft)?;
        let id = activity["id"].as_str().unwrap_or_default().to_owned();
        if self.common.journal.is_quiet() {
            return self.deliver(activity).await;
        }
        let (text, format) = draft.html.map_or((draft.text, "plain"), |html| (html, "xml"));
        self.with_user(key, |state| {
            let files = draft.files.iter().map(SentFile::shown).collect();
            state.chat.push(ChatItem { files, ..user_item(&id, now, text, format, draft.quote) });
            state.sent.insert(id.clone(), activity.clone());
        })?;
        self.common.signal();
        self.finish(key, activity).await
    }

    /// Delivers, and notes the bot's status on the item.
    pub(super) async fn finish(&self, key: &str, activity: Value) -> Result<Posted, ControlError> {
        let posted = self.deliver(activity).await?;
        self.with_user(key, |state| {
            if let Some(item) = state.item(&posted.activity_id) {
                item.status = Some(posted.status);
            }
        })?;
        self.common.signal();
        Ok(posted)
    }

    pub(super) async fn edits(&self, key: &str, activity_id: &str, draft: Draft) -> Result<Posted, ControlError> {
        let (user, now, _) = self.begin(key)?;
        let item = self.item(key, activity_id)?;
        let quoted = item.quoted.as_deref().and_then(|quote| self.item(key, quote).ok());
        let mut activity = self.message(&user, activity_id, now, &draft, quoted.as_ref());
        activity["type"] = json!("messageUpdate");
        activity["channelData"]["eventType"] = json!("editMessage");
        let (text, format) = draft.html.map_or((draft.text, "plain"), |html| (html, "xml"));
        self.with_user(key, |state| {
            if let Some(item) = state.item(activity_id) {
                (item.text, item.format, item.edited_at) = (Some(text), format.to_owned(), Some(now));
            }
        })?;
        self.finish(key, activity).await
    }

    pub(super) async fn deletes(&self, key: &str, activity_id: &str) -> Result<Posted, ControlError> {
        let (user, now, _) = self.begin(key)?;
        self.item(key, activity_id)?;
        let mut activity = self.envelope(&user, "messageDelete", activity_id, now);
        activity["channelData"]["eventType"] = json!("softDeleteMessage");
        self.with_user(key, |state| {
            if let Some(item) = state.item(activity_id) {
                item.deleted = true;
            }
        })?;
        self.finish(key, activity).await
    }

    pub(super) async fn reacts(&self, key: &str, activity_id: &str, kind: &str, add: bool) -> Result<Posted, ControlError> {
        let (user, now, _) = self.begin(key)?;
        self.item(key, activity_id)?;
        let mut activity = self.envelope(&user, "messageReaction", &format!("f:{}", uuid::Uuid::new_v4()), now);
        activity[if add { "reactionsAdded" } else { "reactionsRemoved" }] = json!([{"type": kind}]);
        activity["replyToId"] = json!(activity_id);
        self.with_user(key, |state| {
            if let Some(item) = state.item(activity_id) {
                item.reactions.retain(|other| other != kind);
                if add {
                    item.reactions.push(kind.to_owned());
                }
            }
        })?;
        self.deliver(activity).await
    }

    pub(super) async fn resends(&self, key: &str, activity_id: &str) -> Result<Posted, ControlError> {
        let activity = self.with_user(key, |state| state.sent.get(activity_id).cloned())?;
        let activity = activity.ok_or_else(|| ControlError::Unknown("sent activity", activity_id.to_owned()))?;
        self.finish(key, activity).await
    }

    pub(super) async fn sends_raw(&self, key: &str, members: Value) -> Result<Posted, ControlError> {
        let (user, now, id) = self.begin(key)?;
        let kind = members["type"].as_str().unwrap_or("message").to_owned();
        let mut activity = self.envelope(&user, &kind, &id, now);
        if let (Some(activity), Value::Object(members)) = (activity.as_object_mut(), members) {
            activity.extend(members);
        }
        let id = activity["id"].as_str().unwrap_or_default().to_owned();
        self.with_user(key, |state| state.sent.insert(id, activity.clone()))?;
        self.deliver(activity).await
    }

    pub(super) async fn click(
        &self,
        key: &str,
        activity_id: &str,
        title: &str,
        nth: usize,
        inputs: Value,
    ) -> Result<ClickAnswer, ControlError> {
        let shown = self.item(key, activity_id)?.card.unwrap_or_default();
        let found = card::find_actions(&shown, title).into_iter().nth(nth);
        let card::Found { action, inputs: mut values } = found.ok_or_else(|| ControlError::Unknown("button", title.to_owned()))?;
        if let Value::Object(given) = inputs {
            values.extend(given);
        }
        self.perform(key, activity_id, &action, Value::Object(values)).await
    }

    pub(super) async fn perform(&self, key: &str, activity_id: &str, action: &Value, inputs: Value) -> Result<ClickAnswer, ControlError> {
        let (user, now, id) = self.begin(key)?;
        let values = match inputs {
            Value::Object(values) => values,
            _ => Map::new(),
        };
        match action["type"].as_str() {
            Some("Action.Execute") => self.execute(key, &user, (activity_id, &id), now, action, values).await,
            Some("Action.Submit") => self.submit(key, &user, (activity_id, &id), now, action, values).await,
            _ => Err(ControlError::Impossible("this button does not reach the bot".to_owned())),
        }
    }

    async fn execute(
        &self,
        key: &str,
        user: &TeamsUser,
        (card_id, id): (&str, &str),
        now: DateTime<Utc>,
        action: &Value,
        inputs: Map<String, Value>,
    ) -> Result<ClickAnswer, ControlError> {
        let mut sent = json!({"type": "Action.Execute", "title": action["title"], "data": merged(&action["data"], inputs)});
        for name in ["id", "verb"] {
            if let Some(value) = action.get(name) {
                sent[name] = value.clone();
            }
        }
        let mut activity = self.envelope(user, "invoke", id, now);
        activity["name"] = json!("adaptiveCard/action");
        activity["value"] = json!({"action": sent, "trigger": "manual"});
        activity["replyToId"] = json!(card_id);
        activity["channelData"]["source"] = json!({"name": "message"});
        self.with_user(key, |state| state.sent.insert(id.to_owned(), activity.clone()))?;
        let Posted { activity_id, status, body, millis } = self.deliver(activity).await?;
        let body: Value = serde_json::from_str(&body).unwrap_or(Value::Null);
        let kind = body["type"].as_str().unwrap_or_default();
        let card = (status == 200 && kind == "application/vnd.microsoft.card.adaptive" && body["value"].is_object())
            .then(|| body["value"].clone());
        let toast = match (status, kind) {
            (200, "application/vnd.microsoft.card.adaptive") if card.is_some() => None,
            (200, "application/vnd.microsoft.activity.message") => body["value"].as_str().filter(|text| !text.is_empty()).or(Some(UNABLE)),
            (200, "application/vnd.microsoft.error") => {
                body["value"]["message"].as_str().or(Some("Something went wrong. Please try again."))
            }
            _ => Some(UNABLE),
        };
        let toast = toast.map(str::to_owned);
        self.with_user(key, |state| {
            if let (Some(card), Some(item)) = (&card, state.item(card_id)) {
                item.card = Some(card.clone());
            }
        })?;
        self.common.signal();
        Ok(ClickAnswer { activity_id, status, body, card, toast, millis })
    }

    async fn submit(
        &self,
        key: &str,
        user: &TeamsUser,
        (card_id, id): (&str, &str),
        now: DateTime<Utc>,
        action: &Value,
        inputs: Map<String, Value>,
    ) -> Result<ClickAnswer, ControlError> {
        let teams = &action["data"]["msteams"];
        let mut activity = self.envelope(user, "message", id, now);
        activity["replyToId"] = json!(card_id);
        activity["channelData"]["source"] = json!({"name": "message"});
        let said = match teams["type"].as_str() {
            Some("imBack") => teams["value"].as_str(),
            Some("messageBack") => teams["text"].as_str(),
            Some("task/fetch") => return Err(ControlError::Impossible("this client opens no dialogs".to_owned())),
            _ => None,
        };
        if let Some(text) = said {
            activity["text"] = json!(text);
            activity["textFormat"] = json!("plain");
            self.with_user(key, |state| state.chat.push(user_item(id, now, text.to_owned(), "plain", None)))?;
        }
        match teams["type"].as_str() {
            Some("imBack") => {}
            Some("messageBack") => activity["value"] = teams["value"].clone(),
            _ => activity["value"] = merged(&action["data"], inputs),
        }
        self.with_user(key, |state| state.sent.insert(id.to_owned(), activity.clone()))?;
        let Posted { activity_id, status, body, millis } = self.finish(key, activity).await?;
        let toast = (status / 100 != 2).then(|| UNABLE.to_owned());
        let body = serde_json::from_str(&body).unwrap_or(Value::Null);
        Ok(ClickAnswer { activity_id, status, body, card: None, toast, millis })
    }
}

/// The action's data with the inputs laid over it. Data that is no object is dropped when there are inputs, as clients do.
fn merged(data: &Value, inputs: Map<String, Value>) -> Value {
    match data {
        Value::Object(data) => {
            let mut all = data.clone();
            all.extend(inputs);
            Value::Object(all)
        }
        other if inputs.is_empty() && !other.is_null() => other.clone(),
        _ => Value::Object(inputs),
    }
}
