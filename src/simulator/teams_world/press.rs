//! Presses on the buttons of cards.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::card;
use super::deliver::{Posted, UNABLE};
use super::seat::{Actor, Seat};
use super::state::{TeamsWorld, World};
use crate::simulator::common::ControlError;

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

impl TeamsWorld {
    /// Presses the button with this title (or action id) on the card of `activity_id`. `inputs` replace the card's own values. No
    /// validation on the client's side: what the server does with bad input is the server's to show. The page validates.
    pub async fn click<'a>(
        &self,
        seat: impl Into<Seat<'a>>,
        activity_id: &str,
        title: &str,
        inputs: Value,
    ) -> Result<ClickAnswer, ControlError> {
        self.world.click(seat.into(), activity_id, title, 0, inputs).await
    }

    /// [`TeamsWorld::click`] where several buttons have the same title: `nth` counts from 0 in the order of reading.
    pub async fn click_nth<'a>(
        &self,
        seat: impl Into<Seat<'a>>,
        activity_id: &str,
        title: &str,
        nth: usize,
        inputs: Value,
    ) -> Result<ClickAnswer, ControlError> {
        self.world.click(seat.into(), activity_id, title, nth, inputs).await
    }

    /// Performs an action that may not (or no longer) be on the card: what a stale or hostile client can do.
    pub async fn click_action<'a>(
        &self,
        seat: impl Into<Seat<'a>>,
        activity_id: &str,
        action: &Value,
        inputs: Value,
    ) -> Result<ClickAnswer, ControlError> {
        self.world.perform(seat.into(), activity_id, action, inputs).await
    }
}

/// A press: who pressed which card, the id of the activity that tells of it, and when.
struct Press<'a> {
    actor: Actor,
    card: &'a str,
    id: String,
    now: DateTime<Utc>,
}

impl World {
    pub(super) async fn click(
        &self,
        seat: Seat<'_>,
        activity_id: &str,
        title: &str,
        nth: usize,
        inputs: Value,
    ) -> Result<ClickAnswer, ControlError> {
        let shown = self.item(&self.actor(seat)?, activity_id)?.card.unwrap_or_default();
        let found = card::find_actions(&shown, title).into_iter().nth(nth);
        let card::Found { action, inputs: mut values } = found.ok_or_else(|| ControlError::Unknown("button", title.to_owned()))?;
        if let Value::Object(given) = inputs {
            values.extend(given);
        }
        self.perform(seat, activity_id, &action, Value::Object(values)).await
    }

    pub(super) async fn perform(
        &self,
        seat: Seat<'_>,
        activity_id: &str,
        action: &Value,
        inputs: Value,
    ) -> Result<ClickAnswer, ControlError> {
        let (actor, now, id) = self.begin(seat)?;
        if !actor.bot {
            return Err(ControlError::Impossible("the app was removed from this conversation".to_owned()));
        }
        // The card tells the chain; a hostile client may name any card.
        let root = self.item(&actor, activity_id).ok().and_then(|item| item.root);
        let press = Press { actor: actor.into_chain(root.as_deref()), card: activity_id, id, now };
        let values = match inputs {
            Value::Object(values) => values,
            _ => Map::new(),
        };
        match action["type"].as_str() {
            Some("Action.Execute") => self.execute(&press, action, values).await,
            Some("Action.Submit") => self.submit(&press, action, values).await,
            _ => Err(ControlError::Impossible("this button does not reach the bot".to_owned())),
        }
    }

    async fn execute(&self, press: &Press<'_>, action: &Value, inputs: Map<String, Value>) -> Result<ClickAnswer, ControlError> {
        let mut sent = json!({"type": "Action.Execute", "title": action["title"], "data": merged(&action["data"], inputs)});
        for name in ["id", "verb"] {
            if let Some(value) = action.get(name) {
                sent[name] = value.clone();
            }
        }
        let mut activity = self.envelope(&press.actor, "invoke", &press.id, press.now);
        activity["name"] = json!("adaptiveCard/action");
        activity["value"] = json!({"action": sent, "trigger": "manual"});
        activity["replyToId"] = json!(press.card);
        activity["channelData"]["source"] = json!({"name": "message"});
        self.keep(&press.actor, &activity)?;
        let Posted { activity_id, status, body, millis, .. } = self.deliver(activity).await?;
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
        if let Some(card) = card.clone() {
            self.with_chat(&press.actor, |chat| chat.show_to(&press.actor.user.key, press.card, card))?;
        }
        self.common.signal();
        Ok(ClickAnswer { activity_id, status, body, card, toast, millis })
    }

    async fn submit(&self, press: &Press<'_>, action: &Value, inputs: Map<String, Value>) -> Result<ClickAnswer, ControlError> {
        let teams = &action["data"]["msteams"];
        let Press { actor, card, id, now } = press;
        let mut activity = self.envelope(actor, "message", id, *now);
        activity["replyToId"] = json!(card);
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
            self.with_chat(actor, |chat| chat.push(actor.writes(id, *now).saying(text.to_owned(), "plain")))?;
        }
        match teams["type"].as_str() {
            Some("imBack") => {}
            Some("messageBack") => activity["value"] = teams["value"].clone(),
            _ => activity["value"] = merged(&action["data"], inputs),
        }
        self.keep(actor, &activity)?;
        let Posted { activity_id, status, body, millis, .. } = self.finish(actor, activity, true).await?;
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
