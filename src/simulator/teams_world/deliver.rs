//! Activities on their way to the bot.

use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;

use super::seat::Actor;
use super::state::{TeamsWorld, World};
use crate::simulator::common::ControlError;
use crate::simulator::faults::{FaultName, Surface};
use crate::simulator::journal::Way;

/// What the bot answered to an activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Posted {
    pub activity_id: String,
    /// HTTP status; 0 when there was no answer.
    pub status: u16,
    pub body: String,
    /// Real time until the answer.
    pub millis: u64,
    /// Whether Teams told the bot at all: in shared conversations it hears only what is meant for it, unless it has consent to hear all.
    pub heard: bool,
}

/// What Teams shows when an invoke has no usable answer.
pub(super) const UNABLE: &str = "Unable to reach app. Please try again.";

impl Posted {
    fn unheard(activity: &Value) -> Self {
        let activity_id = activity["id"].as_str().unwrap_or_default().to_owned();
        Self { activity_id, status: 0, body: String::new(), millis: 0, heard: false }
    }
}

impl TeamsWorld {
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
            self.common.faults.delayed(Duration::from_millis(fault.ms.unwrap_or(1_000))).await;
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
        Ok(Posted { activity_id: id, status, body: answer, millis, heard: true })
    }

    /// Delivers to a bot that hears it, and notes the bot's status on the message.
    pub(super) async fn finish(&self, actor: &Actor, activity: Value, heard: bool) -> Result<Posted, ControlError> {
        if !heard {
            self.common.journal.count("activity.unheard");
            self.common.signal();
            return Ok(Posted::unheard(&activity));
        }
        let posted = self.deliver(activity).await?;
        self.change(actor, &posted.activity_id, |item| item.status = Some(posted.status))?;
        Ok(posted)
    }

    /// Keeps an activity, so that it can be sent again.
    pub(super) fn keep(&self, actor: &Actor, activity: &Value) -> Result<(), ControlError> {
        if self.common.journal.is_quiet() {
            return Ok(());
        }
        let id = activity["id"].as_str().unwrap_or_default().to_owned();
        self.with_user(&actor.user.key, |state| drop(state.sent.insert(id, activity.clone())))
    }

    /// Whether the bot was told of the activity with this id.
    pub(super) fn was_heard(&self, actor: &Actor, activity_id: &str) -> Result<bool, ControlError> {
        Ok(actor.is_own() || self.with_user(&actor.user.key, |state| state.sent.contains_key(activity_id))?)
    }
}
