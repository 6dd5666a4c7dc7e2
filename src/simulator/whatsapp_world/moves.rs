//! Clients who get another number or account, and strangers who get the old one.

use std::sync::Arc;

use serde_json::{Value, json};

use super::state::{Client, ClientState, WhatsAppWorld, World};
use crate::simulator::common::ControlError;

impl WhatsAppWorld {
    /// The client moves to `phone` (E.164; the `wa_id` is its digits) with another user id. Meta tells the number that wrote last. Returns
    /// the notice's `wamid`.
    pub fn changes_number(&self, client: &str, phone: &str, bsuid: &str) -> Result<String, ControlError> {
        self.world.changes_number(client, Some(phone), bsuid)
    }

    /// The same for a client whose number WhatsApp does not tell: the notice names the user ids only.
    pub fn changes_user_id(&self, client: &str, bsuid: &str) -> Result<String, ControlError> {
        self.world.changes_number(client, None, bsuid)
    }

    /// The move alone: Meta's notice is late, or never comes.
    pub fn moves_silently(&self, client: &str, phone: &str, bsuid: &str) -> Result<(), ControlError> {
        self.world.moves(client, Some(phone), bsuid).map(drop)
    }

    /// Somebody else with a phone of their own.
    pub fn adds_client(&self, client: Client) {
        self.world.lock().clients.push(ClientState::new(client));
        self.world.common.signal();
    }
}

impl World {
    /// The former client.
    fn moves(&self, key: &str, phone: Option<&str>, bsuid: &str) -> Result<Client, ControlError> {
        self.with_client(key, |state| {
            let before = state.client.clone();
            state.client.phone = phone.map(str::to_owned);
            state.client.wa_id = phone.map(|phone| phone.trim_start_matches('+').to_owned());
            state.client.bsuid = bsuid.to_owned();
            before
        })
    }

    fn changes_number(self: &Arc<Self>, key: &str, phone: Option<&str>, bsuid: &str) -> Result<String, ControlError> {
        let before = self.moves(key, phone, bsuid)?;
        let name = &before.name;
        let mut system = json!({"user_id": bsuid, "previous_user_id": before.bsuid});
        match (&before.wa_id, phone) {
            (Some(old), Some(new)) => {
                let new = new.trim_start_matches('+');
                system["type"] = json!("user_changed_number");
                system["wa_id"] = json!(new);
                system["body"] = json!(format!("User {name} changed from {old} to {new}"));
            }
            _ => {
                system["type"] = json!("user_changed_user_id");
                system["body"] = json!(format!("User {name} changed their user id"));
            }
        }
        let mut message = json!({"type": "system", "system": system, "from_user_id": before.bsuid});
        // From the former number, as Meta's sample has it; hidden where it was.
        message["from"] = before.wa_id.as_ref().map_or(Value::Null, |old| json!(old));
        let number = self.with_client(key, |state| self.number_for(state, None))??;
        self.receive(&before.key, Some(&number), message)
    }
}
