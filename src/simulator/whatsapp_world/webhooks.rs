//! Webhooks on their way to the server: signed, escaped, batched, and repeated until the server answers 200.
//!
//! One lane per client keeps what happened to that client in order; a batch size above one puts everybody into one lane, where
//! what has queued up leaves in one POST. An update belongs to one POST for good, so a repeated POST has the same bytes.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::Sha256;

use super::outbox::{Sent, Update};
use super::state::{Client, Ticks, WhatsAppWorld, World};
use super::validate::words_of;
use crate::simulator::common::ControlError;
use crate::simulator::faults::{FaultName, Surface};
use crate::simulator::journal::Way;

/// First pause before a POST is repeated, by the world's clock; doubled up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);

/// What the verification request came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Handshake {
    /// HTTP status; 0 when there was no answer.
    pub status: u16,
    /// True when the answer was 200 with the challenge exactly.
    pub accepted: bool,
}

impl WhatsAppWorld {
    /// `X-Hub-Signature-256` of these bytes.
    pub fn signature(&self, body: &[u8]) -> String {
        self.world.signature(body)
    }

    /// Updates per POST (1 to 1,000), and whether webhooks wait until released.
    pub fn set_webhooks(&self, batch: Option<usize>, hold: Option<bool>) {
        self.world.outbox.set(batch, hold);
    }

    /// Asks the server to prove that it knows the verify token (`None` = the right one).
    pub async fn verify(&self, verify_token: Option<&str>) -> Result<Handshake, ControlError> {
        self.world.verify(verify_token).await
    }

    /// Posts these bytes once, with this signature header (`None` = the right one, empty = no header). Status 0 = no answer.
    pub async fn posts(&self, body: Vec<u8>, signature: Option<&str>) -> Result<(u16, String), ControlError> {
        self.world.post_once(body, signature).await
    }

    /// Changes a template's status as Meta does: in the list, and told by `message_template_status_update`. The event is Meta's
    /// (`PAUSED`, `APPROVED` …).
    pub fn template_status(&self, name: &str, language: &str, event: &str, reason: Option<&str>) -> Result<(), ControlError> {
        self.world.template_status(name, language, event, reason)
    }

    /// Puts a change of another field into the outbox (`message_template_status_update`, `account_update` …).
    pub fn announces(&self, waba_id: &str, field: &str, value: Value) {
        self.world.announce(waba_id, field, value);
    }
}

impl World {
    pub(super) fn announce(self: &Arc<Self>, waba_id: &str, field: &str, value: Value) {
        let kind = format!("webhook.{field}");
        self.enqueue(
            "account",
            Update { waba: waba_id.to_owned(), field: field.to_owned(), value, time: Some(self.common.now().timestamp()), kind, id: None },
        );
    }

    pub(super) fn template_status(
        self: &Arc<Self>,
        name: &str,
        language: &str,
        event: &str,
        reason: Option<&str>,
    ) -> Result<(), ControlError> {
        let spelled = |language: &str| language.replace('-', "_").to_ascii_lowercase();
        let wabas: Vec<String> = {
            let mut state = self.lock();
            let known = state.templates.iter_mut().find(|template| {
                template["name"] == name && template["language"].as_str().is_some_and(|known| spelled(known) == spelled(language))
            });
            let template = known.ok_or_else(|| ControlError::Unknown("template", format!("{name} ({language})")))?;
            template["status"] = json!(if event == "REINSTATED" { "APPROVED" } else { event });
            match template["waba"].as_str() {
                Some(waba) => vec![waba.to_owned()],
                None => self.numbers.iter().map(|number| number.waba_id.clone()).collect(),
            }
        };
        let wabas: std::collections::BTreeSet<String> = wabas.into_iter().collect();
        for waba in wabas {
            // In webhooks Meta writes en-US where the list says en_US.
            let value = json!({"event": event, "message_template_id": 77, "message_template_name": name,
                "message_template_language": language.replace('_', "-"), "reason": reason});
            self.announce(&waba, "message_template_status_update", value);
        }
        Ok(())
    }

    pub(super) fn signature(&self, body: &[u8]) -> String {
        let secret = self.app_secret.read().expect("no panic happens under this lock");
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
        mac.update(body);
        format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
    }

    fn address(&self) -> Result<url::Url, ControlError> {
        self.webhook.read().expect("no panic happens under this lock").clone().ok_or(ControlError::NoServer)
    }

    pub(super) async fn verify(&self, verify_token: Option<&str>) -> Result<Handshake, ControlError> {
        let challenge = fastrand::u32(..).to_string();
        let mut address = self.address()?;
        address
            .query_pairs_mut()
            .append_pair("hub.mode", "subscribe")
            .append_pair("hub.challenge", &challenge)
            .append_pair("hub.verify_token", verify_token.unwrap_or(&self.verify_token));
        let Ok(response) = self.common.http.get(address).send().await else { return Ok(Handshake { status: 0, accepted: false }) };
        let status = response.status().as_u16();
        let body = response.text().await.unwrap_or_default();
        Ok(Handshake { status, accepted: status == 200 && body == challenge })
    }

    pub(super) async fn post_once(&self, body: Vec<u8>, signature: Option<&str>) -> Result<(u16, String), ControlError> {
        let address = self.address()?;
        let signature = signature.map_or_else(|| self.signature(&body), str::to_owned);
        let mut request = self.common.http.post(address).header("content-type", "application/json").body(body);
        if !signature.is_empty() {
            request = request.header("x-hub-signature-256", signature);
        }
        Ok(match request.send().await {
            Ok(response) => (response.status().as_u16(), response.text().await.unwrap_or_default()),
            Err(_) => (0, String::new()),
        })
    }

    /// Puts an update behind what already waits in its lane.
    pub(super) fn enqueue(self: &Arc<Self>, lane: &str, update: Update) {
        let name = if self.outbox.batch() > 1 { "*" } else { lane };
        self.outbox.pending.fetch_add(1, Ordering::SeqCst);
        let start = {
            let mut lanes = self.outbox.lanes.lock().expect("no panic happens under this lock");
            let lane = lanes.entry(name.to_owned()).or_default();
            lane.queue.push_back(update);
            !std::mem::replace(&mut lane.running, true)
        };
        if start {
            let (world, name) = (self.clone(), name.to_owned());
            let stop = self.common.stop.clone();
            tokio::spawn(async move {
                tokio::select! { () = world.run_lane(&name) => {}, () = stop.cancelled() => {} }
            });
        }
    }

    async fn run_lane(self: Arc<Self>, name: &str) {
        loop {
            let mut held = self.outbox.held.subscribe();
            if held.wait_for(|held| !held).await.is_err() {
                return;
            }
            let batch: Vec<Update> = {
                let mut lanes = self.outbox.lanes.lock().expect("no panic happens under this lock");
                let Some(lane) = lanes.get_mut(name) else { return };
                let size = self.outbox.batch().min(lane.queue.len());
                if size == 0 {
                    // Under the lock that `enqueue` takes: an update that comes now starts a new runner.
                    lane.running = false;
                    return;
                }
                lane.queue.drain(..size).collect()
            };
            self.deliver(&batch).await;
            self.outbox.pending.fetch_sub(batch.len() as u64, Ordering::SeqCst);
            self.common.signal();
        }
    }

    /// Posts one body until it is answered 200.
    async fn deliver(&self, batch: &[Update]) {
        let body = escaped(&envelope(batch));
        if let Some(fault) = self.common.faults.take(FaultName::Delay, Surface::Webhooks) {
            self.common.faults.delayed(Duration::from_millis(fault.ms.unwrap_or(1_000))).await;
        }
        let mut pause = FIRST_PAUSE;
        loop {
            let status = if self.common.faults.take(FaultName::Duplicate, Surface::Webhooks).is_some() {
                self.common.journal.count("webhook.duplicate");
                let (first, second) = tokio::join!(self.post_once(body.clone(), None), self.post_once(body.clone(), None));
                worse(first, second)
            } else {
                self.post_once(body.clone(), None).await.map_or(0, |(status, _)| status)
            };
            for update in batch {
                let id = update.id.as_deref();
                self.common.journal.record(Way::Out, &update.kind, self.common.now(), id, Some(status), || update.value.clone());
            }
            if status == 200 {
                return;
            }
            // Taken before anybody can see the failure and move the clock.
            let again = self.common.now() + pause;
            self.common.journal.count("webhook.retry");
            self.common.signal();
            self.common.clock.sleep_until(again).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

fn worse(first: Result<(u16, String), ControlError>, second: Result<(u16, String), ControlError>) -> u16 {
    let status = |answer: Result<(u16, String), ControlError>| answer.map_or(0, |(status, _)| status);
    match (status(first), status(second)) {
        (200, other) | (other, _) => other,
    }
}

fn envelope(batch: &[Update]) -> Value {
    let entry = |update: &Update| {
        let mut entry = json!({"id": update.waba, "changes": [{"value": update.value, "field": update.field}]});
        if let Some(time) = update.time {
            entry["time"] = json!(time);
        }
        entry
    };
    let entries: Vec<Value> = batch.iter().map(entry).collect();
    json!({"object": "whatsapp_business_account", "entry": entries})
}

/// JSON in ASCII: everything else as lower-case `\uXXXX`, with surrogate pairs, the way Meta writes (and signs) it.
fn escaped(value: &Value) -> Vec<u8> {
    let text = value.to_string();
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            out.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}").expect("writing to a String does not fail");
            }
        }
    }
    out.into_bytes()
}

/// The `contacts` entry of a client: what is not known is left out, not empty.
pub(super) fn contact(client: &Client) -> Value {
    let mut contact = json!({"profile": {"name": client.name}, "user_id": client.bsuid});
    if let Some(username) = &client.username {
        contact["profile"]["username"] = json!(username);
    }
    if let Some(wa_id) = &client.wa_id {
        contact["wa_id"] = json!(wa_id);
    }
    contact
}

impl World {
    /// `messaging_product` and `metadata` of a change from this number.
    pub(super) fn change(&self, phone_number_id: &str) -> (String, Value) {
        let number = self.number(phone_number_id);
        let display: String = number.map(|number| number.display.chars().filter(char::is_ascii_digit).collect()).unwrap_or_default();
        let waba = number.map(|number| number.waba_id.clone()).unwrap_or_default();
        let value = json!({"messaging_product": "whatsapp",
            "metadata": {"display_phone_number": display, "phone_number_id": phone_number_id}});
        (waba, value)
    }

    /// A `sent`, `delivered` or `read` status.
    pub(super) fn status(&self, client: &Client, sent: &Sent, ticks: Ticks, at: DateTime<Utc>) -> Update {
        let name = match ticks {
            Ticks::Sent => "sent",
            Ticks::Delivered => "delivered",
            Ticks::Read => "read",
        };
        let mut status = json!({"id": sent.wamid, "status": name, "timestamp": at.timestamp().to_string(),
            "recipient_user_id": client.bsuid});
        if let Some(wa_id) = &client.wa_id {
            status["recipient_id"] = json!(wa_id);
        }
        if ticks != Ticks::Read {
            status["pricing"] = json!({"billable": sent.price == "regular", "pricing_model": "PMP",
                "type": sent.price, "category": sent.category});
        }
        self.status_update(sent, status, name, Some(contact(client)))
    }

    /// A `failed` status: without `contacts`, and without a user id when the message went to a phone.
    pub(super) fn failed(&self, client: Option<&Client>, to: &str, sent: &Sent, code: i64, at: DateTime<Utc>) -> Update {
        let (title, details) = words_of(code);
        let mut status = json!({"id": sent.wamid, "status": "failed", "timestamp": at.timestamp().to_string(), "errors": [{
            "code": code, "title": title, "message": title, "error_data": {"details": details},
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"}]});
        if sent.by_phone {
            let known = client.and_then(|client| client.wa_id.clone());
            status["recipient_id"] = json!(known.unwrap_or_else(|| to.trim_start_matches('+').to_owned()));
        } else {
            status["recipient_user_id"] = json!(to);
        }
        self.status_update(sent, status, "failed", None)
    }

    fn status_update(&self, sent: &Sent, mut status: Value, name: &str, contact: Option<Value>) -> Update {
        if let Some(callback) = &sent.callback {
            status["biz_opaque_callback_data"] = json!(callback);
        }
        let (waba, mut value) = self.change(&sent.number);
        if let Some(contact) = contact {
            value["contacts"] = json!([contact]);
        }
        value["statuses"] = json!([status]);
        let kind = format!("webhook.status.{name}");
        Update { waba, field: "messages".to_owned(), value, time: None, kind, id: Some(sent.wamid.clone()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_ascii_is_escaped_with_lower_case_and_surrogate_pairs() {
        let escaped = String::from_utf8(escaped(&json!({"t": "çã 👍\n"}))).expect("ASCII");
        assert_eq!(escaped, r#"{"t":"\u00e7\u00e3 \ud83d\udc4d\n"}"#);
        assert_eq!(serde_json::from_str::<Value>(&escaped).expect("still JSON"), json!({"t": "çã 👍\n"}));
    }
}
