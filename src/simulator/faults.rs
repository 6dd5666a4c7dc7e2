//! Faults that can be switched on, for the next N requests or until switched off.
//!
//! A fault strikes one surface. Faults of different names add up (a delay and then a 500); of faults with the same name and
//! surface the latest replaces the earlier.

use std::sync::Mutex;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaultName {
    /// HTTP 429, with `Retry-After` when `retry_after` is set. Not accepted.
    #[serde(rename = "429")]
    TooManyRequests,
    /// HTTP 500 with a JSON error body. Not accepted.
    #[serde(rename = "500")]
    ServerError,
    /// HTTP 503 with a JSON error body. Not accepted.
    #[serde(rename = "503")]
    Unavailable,
    /// HTTP 502 with an HTML body, as a proxy in between sends it. Not accepted.
    #[serde(rename = "502_html")]
    BadGateway,
    /// Accepted; then nothing is answered for `ms` (default 60,000), and the connection is reset.
    #[serde(rename = "timeout_after_acceptance")]
    TimeoutAfterAcceptance,
    /// The connection is reset before anything is accepted.
    #[serde(rename = "reset")]
    Reset,
    /// Answers (or webhooks, activities) come `ms` later (default 1,000).
    #[serde(rename = "delay")]
    Delay,
    /// The same signed body is sent twice, at the same time.
    #[serde(rename = "duplicate")]
    Duplicate,
    /// Statuses leave in reverse order (read, delivered, sent).
    #[serde(rename = "reorder")]
    Reorder,
    /// Statuses are posted, and answered, before the request that caused them is answered.
    #[serde(rename = "early_status")]
    EarlyStatus,
    /// WhatsApp's and Microsoft's Graph, and the Connector: refused with HTTP `status` (default 400), at WhatsApp with `code` (default
    /// 131000).
    #[serde(rename = "graph_error")]
    GraphError,
    /// Downloads of media and files only: the connection breaks in the middle of the file.
    #[serde(rename = "truncated")]
    Truncated,
    /// WhatsApp only: accepted, then the status `failed` with `code` (default 131026).
    #[serde(rename = "failed_status")]
    FailedStatus,
}

/// Where a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// Connector calls (Teams).
    Connector,
    /// The bot's reactions (Teams).
    Reactions,
    /// Changes of what the bot has posted: calls of the Connector, too (Teams).
    Updates,
    /// The token endpoint (Teams).
    Login,
    /// OpenID metadata and keys (Teams).
    Keys,
    /// Activities on their way to the bot (Teams).
    Activities,
    /// Downloads of files and pasted pictures (Teams).
    Files,
    /// Microsoft Graph (Teams).
    Graph,
    /// `POST /{number}/messages` (WhatsApp).
    Messages,
    /// `POST /{number}/media` (WhatsApp).
    Media,
    /// Templates, addresses of media, number and subscriptions (WhatsApp).
    Management,
    /// Downloads of media (WhatsApp).
    Downloads,
    /// Webhooks on their way to the server (WhatsApp).
    Webhooks,
}

/// One switched-on fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    pub name: FaultName,
    /// How often it strikes; `None` = until switched off.
    #[serde(default)]
    pub count: Option<u32>,
    /// `None` = where this fault makes most sense in its world.
    #[serde(default)]
    pub on: Option<Surface>,
    /// Seconds, for 429.
    #[serde(default)]
    pub retry_after: Option<u64>,
    /// Milliseconds of real time, for `delay` and `timeout_after_acceptance`.
    #[serde(default)]
    pub ms: Option<u64>,
    /// Graph error code.
    #[serde(default)]
    pub code: Option<i64>,
    /// HTTP status of `graph_error`.
    #[serde(default)]
    pub status: Option<u16>,
}

impl Fault {
    /// A fault that strikes until it is switched off, on its usual surface.
    pub fn new(name: FaultName) -> Self {
        Self { name, count: None, on: None, retry_after: None, ms: None, code: None, status: None }
    }

    /// Strikes `count` times only.
    pub fn times(self, count: u32) -> Self {
        Self { count: Some(count), ..self }
    }

    /// Strikes `surface` instead of the usual one.
    pub fn on(self, surface: Surface) -> Self {
        Self { on: Some(surface), ..self }
    }

    /// `Retry-After` in seconds.
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// How long to delay or to hold, in real time.
    pub fn lasting(self, for_: Duration) -> Self {
        Self { ms: Some(u64::try_from(for_.as_millis()).unwrap_or(u64::MAX)), ..self }
    }

    /// The Graph error code of `graph_error` and `failed_status`.
    pub fn code(self, code: i64) -> Self {
        Self { code: Some(code), ..self }
    }

    /// The HTTP status of `graph_error`.
    pub fn status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }
}

/// The switchboard of faults of one world.
#[derive(Debug)]
pub struct Faults {
    on: Mutex<Vec<Fault>>,
    switched_off: Notify,
    answers: Surface,
    sends: Surface,
}

/// What strikes one request.
#[derive(Debug, Default)]
pub(super) struct Strike {
    pub(super) delay: Option<Duration>,
    pub(super) refuse: Option<Fault>,
    pub(super) hold: Option<Duration>,
}

impl Faults {
    /// `answers` and `sends` are where faults strike that name no surface.
    pub(super) fn new(answers: Surface, sends: Surface) -> Self {
        Self { on: Mutex::default(), switched_off: Notify::new(), answers, sends }
    }

    /// Switches a fault on, in place of an earlier one of the same name and surface. A count of 0 switches it off.
    pub fn set(&self, fault: Fault) {
        let surface = self.surface_of(&fault);
        let fault = Fault { on: Some(surface), ..fault };
        let mut on = self.lock();
        on.retain(|other| other.name != fault.name || other.on != fault.on);
        if fault.count != Some(0) {
            on.push(fault);
        }
    }

    /// Switches every fault of this name off. Delays that last end.
    pub fn off(&self, name: FaultName) {
        self.lock().retain(|fault| fault.name != name);
        self.switched_off.notify_waiters();
    }

    /// Switches everything off. Delays that last end.
    pub fn clear(&self) {
        self.lock().clear();
        self.switched_off.notify_waiters();
    }

    /// Waits that long, or until a fault is switched off.
    pub(super) async fn delayed(&self, by: Duration) {
        tokio::select! {
            () = tokio::time::sleep(by) => {}
            () = self.switched_off.notified() => {}
        }
    }

    /// What is switched on, with what is left of each count.
    pub fn list(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    /// Uses up one strike of `name` on `surface`, if it is on.
    pub(super) fn take(&self, name: FaultName, surface: Surface) -> Option<Fault> {
        let mut on = self.lock();
        let index = on.iter().position(|fault| fault.name == name && fault.on == Some(surface))?;
        let fault = on[index].clone();
        match &mut on[index].count {
            None => {}
            Some(1) => drop(on.remove(index)),
            Some(left) => *left -= 1,
        }
        Some(fault)
    }

    /// Everything that happens to one request on `surface`. Of several refusals the first one set is taken.
    pub(super) fn strike(&self, surface: Surface) -> Strike {
        let millis = |fault: Fault, default| Duration::from_millis(fault.ms.unwrap_or(default));
        let delay = self.take(FaultName::Delay, surface).map(|fault| millis(fault, 1_000));
        let refusal = self.lock().iter().find(|fault| fault.on == Some(surface) && refuses(fault.name)).map(|fault| fault.name);
        if let Some(name) = refusal {
            return Strike { delay, refuse: self.take(name, surface), hold: None };
        }
        let hold = self.take(FaultName::TimeoutAfterAcceptance, surface).map(|fault| millis(fault, 60_000));
        Strike { delay, refuse: None, hold }
    }

    fn surface_of(&self, fault: &Fault) -> Surface {
        let sent = matches!(fault.name, FaultName::Duplicate | FaultName::Reorder | FaultName::EarlyStatus);
        fault.on.unwrap_or(if sent { self.sends } else { self.answers })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.on.lock().expect("no panic happens under this lock")
    }
}

fn refuses(name: FaultName) -> bool {
    matches!(
        name,
        FaultName::TooManyRequests
            | FaultName::ServerError
            | FaultName::Unavailable
            | FaultName::BadGateway
            | FaultName::Reset
            | FaultName::GraphError
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counted_fault_strikes_that_often_and_no_more() {
        let faults = Faults::new(Surface::Connector, Surface::Activities);
        faults.set(Fault::new(FaultName::ServerError).times(2));
        let struck: Vec<bool> = (0..3).map(|_| faults.strike(Surface::Connector).refuse.is_some()).collect();
        assert_eq!(struck, [true, true, false]);
    }

    #[test]
    fn a_fault_strikes_its_own_surface_only() {
        let faults = Faults::new(Surface::Connector, Surface::Activities);
        faults.set(Fault::new(FaultName::Reset).on(Surface::Login));
        faults.set(Fault::new(FaultName::Duplicate));
        assert!(faults.strike(Surface::Connector).refuse.is_none());
        assert!(faults.strike(Surface::Login).refuse.is_some());
        assert!(faults.take(FaultName::Duplicate, Surface::Activities).is_some());
    }

    #[test]
    fn a_fault_reads_from_the_short_json_of_the_control_surface() {
        let fault: Fault = serde_json::from_str(r#"{"name":"429","count":3,"retry_after":2}"#).expect("valid");
        assert_eq!(fault, Fault::new(FaultName::TooManyRequests).times(3).retry_after(2));
    }
}
