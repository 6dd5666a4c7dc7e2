//! Who a message, call or status is about, from the parts that happen to be there.
//!
//! A phone may be hidden, a user id may stand in its place, the contact may be missing. Two clients are never mixed: a contact that
//! contradicts the message is left out.

use super::json::text;
use crate::bridge::ClientIdentity;
use serde_json::Value;

/// The contacts that came with a change.
#[derive(Default)]
pub(super) struct Contacts {
    known: Vec<ClientIdentity>,
    /// The change holds one thing and one contact, which must then be about each other.
    alone: bool,
}

impl Contacts {
    /// `single`: the change is about one message, status, call or preference only.
    pub(super) fn read(contacts: &[Value], single: bool) -> Self {
        Self { known: contacts.iter().map(contact_of).collect(), alone: single && contacts.len() == 1 }
    }

    /// The client named by `id` (a number, or a BSUID where the number is hidden) and `user_id`, completed from the matching contact.
    ///
    /// A contact that contradicts what the message says is another client's and is never mixed in.
    pub(super) fn client(&self, id: Option<String>, user_id: Option<String>) -> ClientIdentity {
        let mut client = named(id, user_id);
        let agrees = |contact: &&ClientIdentity| {
            let differ = |a: &Option<String>, b: &Option<String>| a.is_some() && b.is_some() && a != b;
            !differ(&contact.wa_id, &client.wa_id) && !differ(&contact.bsuid, &client.bsuid)
        };
        let shares = |contact: &&ClientIdentity| {
            contact.wa_id.is_some() && contact.wa_id == client.wa_id || contact.bsuid.is_some() && contact.bsuid == client.bsuid
        };
        let contact = self.known.iter().find(|contact| self.alone || shares(contact)).filter(agrees);
        if let Some(contact) = contact.cloned() {
            client.wa_id = client.wa_id.or(contact.wa_id);
            client.bsuid = client.bsuid.or(contact.bsuid);
            client.profile_name = contact.profile_name;
            client.username = contact.username;
        }
        client
    }
}

fn contact_of(contact: &Value) -> ClientIdentity {
    let profile = contact.get("profile").unwrap_or(&Value::Null);
    ClientIdentity {
        profile_name: text(profile, "name"),
        username: text(profile, "username").or_else(|| text(contact, "username")),
        ..named(text(contact, "wa_id"), text(contact, "user_id"))
    }
}

/// Digits, with or without `+`, are a `wa_id`; whatever else stands in its place is an opaque user id.
fn named(id: Option<String>, user_id: Option<String>) -> ClientIdentity {
    let id = id.map(|id| id.trim().trim_start_matches('+').to_owned()).filter(|id| !id.is_empty());
    match id {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            ClientIdentity { wa_id: Some(digits), bsuid: user_id, ..ClientIdentity::default() }
        }
        opaque => ClientIdentity { bsuid: user_id.or(opaque), ..ClientIdentity::default() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case::phone(json!({"from": "16505551234"}), json!([{"wa_id": "16505551234", "user_id": "US.1", "profile": {"name": "Ana", "username": "ana"}}]),
        (Some("16505551234"), Some("US.1"), Some("Ana"), Some("ana")))]
    #[case::phone_with_plus(json!({"from": "+16505551234"}), json!([]), (Some("16505551234"), None, None, None))]
    #[case::hidden_phone(json!({"from_user_id": "US.1"}), json!([{"user_id": "US.1", "profile": {"name": "Ana"}}]),
        (None, Some("US.1"), Some("Ana"), None))]
    #[case::user_id_in_from(json!({"from": "US.1"}), json!([{"user_id": "US.1", "profile": {"name": "Ana"}}]), (None, Some("US.1"), Some("Ana"), None))]
    #[case::only_a_contact(json!({}), json!([{"user_id": "US.1"}]), (None, Some("US.1"), None, None))]
    #[case::contact_without_phone(json!({"from": "1"}), json!([{"user_id": "US.1"}]), (Some("1"), Some("US.1"), None, None))]
    #[case::another_clients_contact(json!({"from": "1"}), json!([{"wa_id": "2", "user_id": "US.2", "profile": {"name": "Bo"}}]),
        (Some("1"), None, None, None))]
    #[case::the_right_one_of_two(json!({"from": "1"}), json!([{"wa_id": "2", "user_id": "US.2"}, {"wa_id": "1", "user_id": "US.1"}]),
        (Some("1"), Some("US.1"), None, None))]
    fn the_sender_is_known_by_whatever_is_there(
        #[case] sender: Value,
        #[case] contacts: Value,
        #[case] expected: (Option<&str>, Option<&str>, Option<&str>, Option<&str>),
    ) {
        let contacts = Contacts::read(contacts.as_array().expect("contacts"), true);
        let client = contacts.client(text(&sender, "from"), text(&sender, "from_user_id"));
        let found = (client.wa_id.as_deref(), client.bsuid.as_deref(), client.profile_name.as_deref(), client.username.as_deref());
        assert_eq!(found, expected);
    }

    #[test]
    fn one_contact_is_not_given_to_two_senders() {
        let contacts = Contacts::read(&[json!({"user_id": "US.1"})], false);
        assert_eq!(contacts.client(Some("1".into()), None).bsuid, None);
    }
}
