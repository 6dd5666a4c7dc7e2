//! Who wrote: the contact behind WhatsApp's names, and what happens when those names change.
//!
//! A user id (BSUID) is one client's for ever; a number is not: it is given to others. So a number finds a contact only where no user id
//! speaks against it, and a number that has left a client finds nobody until somebody writes from it, who is then a stranger without
//! consent. When two contacts turn out to be one client, the strictest consent counts, the conversation that has colleagues goes on, and
//! the other stays to be read.

use super::desk::{Case, Desk, SERVER};
use super::{revocation, send};
use crate::bridge::{ClientIdentity, ClientMessage, ConsentState, Content, LineId, MessageState, SystemEvent, phone, strictest};
use crate::cards::Style;
use crate::store::{Contact, NewContact, NewMessage, Purpose, Result, StoreError};
use crate::texts::{TextId, sentences};
use serde_json::json;

/// Whether a message says that the client's names change.
pub fn is_change(content: &Content) -> bool {
    matches!(content, Content::System { event: SystemEvent::ChangedNumber { .. } | SystemEvent::ChangedUserId { .. }, .. })
}

/// The contact that a message is from: known, or made from what WhatsApp tells.
pub fn recognise(desk: &Desk<'_>, line: &LineId, message: &ClientMessage) -> Result<Contact> {
    let client = &message.client;
    let is_new = |said: &Option<String>, known: &Option<String>| said.is_some() && said != known;
    let id = match desk.tx.contact_of(line, client)? {
        // Nearly every message: the names are the known ones.
        Some(contact) if !is_new(&client.wa_id, &contact.wa_id) && !is_new(&client.bsuid, &contact.bsuid) => return Ok(contact),
        Some(contact) => known(desk, contact, client)?.id,
        None => newcomer(desk, line, client)?,
    };
    desk.tx.contact(id)?.ok_or(StoreError::Panicked)
}

/// Learns what is new about a known client, and never what is old: a late message may still bear former names.
fn known(desk: &Desk<'_>, contact: Contact, client: &ClientIdentity) -> Result<Contact> {
    let same_id = client.bsuid.is_none() || client.bsuid == contact.bsuid;
    if !same_id && client.wa_id != contact.wa_id {
        let former = match &client.bsuid {
            Some(bsuid) => desk.tx.contact_by_bsuid(&contact.line, bsuid)?.is_some(),
            None => false,
        };
        if former {
            return Ok(contact);
        }
    }
    let mut contact = contact;
    if let Some(wa_id) = client.wa_id.as_deref().filter(|wa_id| contact.wa_id.as_deref() != Some(wa_id))
        && let Some(other) = desk.tx.contact_by_phone(&contact.line, wa_id)?.filter(|other| other.id != contact.id)
    {
        match &other.bsuid {
            // Somebody entered the number before its owner had told their user id: it was this client all the time.
            None => contact = merge(desk, &contact, &other)?,
            Some(_) => released(desk, &other)?,
        }
    }
    desk.tx.learn_identity(&contact, client.wa_id.as_deref(), client.bsuid.as_deref())?;
    Ok(contact)
}

fn newcomer(desk: &Desk<'_>, line: &LineId, client: &ClientIdentity) -> Result<crate::bridge::ContactId> {
    if let Some(wa_id) = &client.wa_id
        && let Some(other) = desk.tx.contact_by_phone(line, wa_id)?
    {
        released(desk, &other)?;
    }
    let phone = client.wa_id.as_ref().map(|wa_id| format!("+{wa_id}"));
    let named = client.profile_name.clone().or_else(|| client.username.clone()).or_else(|| phone.clone());
    let name = named.unwrap_or_else(|| sentences::UNKNOWN_CLIENT.to_owned());
    let new = NewContact {
        line,
        name: &name,
        phone: phone.as_deref(),
        wa_id: client.wa_id.as_deref(),
        bsuid: client.bsuid.as_deref(),
        language: None,
        added_by: None,
    };
    let id = desk.tx.insert_contact(&new, desk.now)?;
    desk.journal("contact.wrote_first", "client", None, None, &json!({ "contact": id, "line": line, "identity": client }))?;
    Ok(id)
}

/// The number of a contact with a user id of its own writes as somebody else: it must not be used for this contact again.
fn released(desk: &Desk<'_>, contact: &Contact) -> Result<()> {
    let number = contact.number().unwrap_or_default();
    desk.tx.forget_numbers(contact.id)?;
    desk.journal("contact.number_lost", SERVER, None, None, &json!({ "contact": contact.id, "number": number }))?;
    let number = phone::display(&number);
    tell_all(desk, contact, Style::Warning, TextId::T16c, &[("client", &contact.name), ("number", &number)])
}

fn tell_all(desk: &Desk<'_>, contact: &Contact, style: Style, text: TextId, values: &[(&str, &str)]) -> Result<()> {
    for thread in desk.tx.threads_with(contact.id)? {
        let case = Case { thread, contact: contact.clone() };
        desk.tell(&case, style, |reader| reader.voice.say(text, values))?;
        desk.tx.refresh_cards(case.thread.id, desk.now)?;
    }
    Ok(())
}

/// The names that a notice tells.
struct Names {
    wa_id: Option<String>,
    bsuid: Option<String>,
    previous_bsuid: Option<String>,
}

impl Names {
    fn of(event: &SystemEvent) -> Option<Self> {
        let digits = |wa_id: &Option<String>| wa_id.as_ref().map(|wa_id| wa_id.trim_start_matches('+').to_owned());
        match event {
            SystemEvent::ChangedNumber { wa_id, bsuid, previous_bsuid } => {
                Some(Self { wa_id: digits(wa_id), bsuid: bsuid.clone(), previous_bsuid: previous_bsuid.clone() })
            }
            SystemEvent::ChangedUserId { bsuid, previous_bsuid } => {
                Some(Self { wa_id: None, bsuid: bsuid.clone(), previous_bsuid: previous_bsuid.clone() })
            }
            _ => None,
        }
    }
}

/// WhatsApp's notice that a client has another number or user id: thread, consent and history stay with the client.
pub fn on_change(desk: &Desk<'_>, line: &LineId, message: &ClientMessage) -> Result<()> {
    let Content::System { event, .. } = &message.content else { return Ok(()) };
    let Some(names) = Names::of(event) else { return Ok(()) };
    // Before anything is changed: repeated after a second change, a notice would lead back to a number that is somebody else's.
    if desk.tx.message_by_wamid(&message.wamid)?.is_some() || !desk.tx.first_time(&format!("m:{}", message.wamid), desk.now)? {
        return Ok(());
    }
    let Some(before) = former(desk, line, &message.client, &names)? else {
        let body = json!({ "line": line, "number": message.number, "raw": message.raw });
        return desk.journal("contact.change_unknown", "client", None, None, &body);
    };
    let contact = without_double(desk, before.clone(), &names)?;
    // A notice that tells neither leaves the old user id, which is at least nobody else's.
    let bsuid = names.bsuid.clone().or_else(|| before.bsuid.clone().filter(|_| names.wa_id.is_none()));
    desk.tx.rekey_contact(&contact, names.wa_id.as_deref(), bsuid.as_deref())?;
    let contact = desk.tx.contact(contact.id)?.ok_or(StoreError::Panicked)?;
    let thread = desk.tx.open_thread(line, &message.number, contact.id, desk.now)?;
    let new = NewMessage {
        thread: thread.id,
        author: None,
        purpose: Purpose::Client,
        content: &serde_json::to_string(&message.content)?,
        state: MessageState::Received,
        rule: None,
        wamid: Some(&message.wamid),
        reply_to: None,
        retry_of: None,
        created_at: message.at.min(desk.now),
        written_in: None,
        signed: None,
    };
    let id = desk.tx.insert_message(&new)?;
    let received = json!({ "wamid": message.wamid, "at": message.at, "before_consent": false, "raw": message.raw });
    desk.journal("message.received", "client", Some(thread.id), id, &received)?;
    let changed = json!({
        "contact": contact.id,
        "before": { "phone": before.phone, "wa_id": before.wa_id, "bsuid": before.bsuid },
        "after": { "wa_id": contact.wa_id, "bsuid": contact.bsuid },
    });
    desk.journal("contact.number_changed", "client", Some(thread.id), id, &changed)?;
    let number = contact.number().map(|number| phone::display(&number)).unwrap_or_default();
    let text = if number.is_empty() { TextId::T16b } else { TextId::T16 };
    tell_all(desk, &contact, Style::Warning, text, &[("client", &contact.name), ("number", &number)])
}

/// The contact that the notice is about, by its former names. A number alone is believed unless the notice's user id says otherwise.
fn former(desk: &Desk<'_>, line: &LineId, client: &ClientIdentity, names: &Names) -> Result<Option<Contact>> {
    let own = client.bsuid.as_ref().filter(|bsuid| Some(*bsuid) != names.bsuid.as_ref());
    for bsuid in [names.previous_bsuid.as_ref(), own].into_iter().flatten() {
        if let Some(contact) = desk.tx.contact_by_bsuid(line, bsuid)? {
            return Ok(Some(contact));
        }
    }
    let Some(wa_id) = client.wa_id.as_ref().filter(|wa_id| Some(*wa_id) != names.wa_id.as_ref()) else { return Ok(None) };
    let found = desk.tx.contact_by_phone(line, wa_id)?;
    let contradicted =
        |contact: &Contact| names.previous_bsuid.is_some() && contact.bsuid.is_some() && contact.bsuid != names.previous_bsuid;
    Ok(found.filter(|contact| !contradicted(contact)))
}

/// Frees the new names from whoever has them on this line; the contact that goes on.
fn without_double(desk: &Desk<'_>, mut contact: Contact, names: &Names) -> Result<Contact> {
    if let Some(bsuid) = &names.bsuid
        && let Some(other) = desk.tx.contact_by_bsuid(&contact.line, bsuid)?.filter(|other| other.id != contact.id)
    {
        contact = merge(desk, &contact, &other)?;
    }
    let Some(wa_id) = &names.wa_id else { return Ok(contact) };
    let Some(other) = desk.tx.contact_by_phone(&contact.line, wa_id)?.filter(|other| other.id != contact.id) else { return Ok(contact) };
    if other.bsuid.is_none() {
        return merge(desk, &contact, &other);
    }
    // Either the number's last owner or this very client under the new user id, which the notice does not tell. Two histories are not
    // put together on a guess; but a no counts for both.
    if strictest(&[(contact.consent, true), (other.consent, false)]) == Some(1) {
        desk.tx.take_consent(contact.id, other.id)?;
        let body = json!({ "contact": contact.id, "state": other.consent.stored, "from": other.id, "because": "the new number's" });
        desk.journal("consent.taken_over", SERVER, None, None, &body)?;
        if matches!(other.consent.stored, ConsentState::Declined | ConsentState::Revoked) {
            for thread in desk.tx.threads_with(contact.id)? {
                send::withdraw_held(desk, &Case { thread, contact: contact.clone() }, SERVER)?;
            }
        }
    }
    released(desk, &other)?;
    desk.tx.contact(contact.id)?.ok_or(StoreError::Panicked)
}

/// Two contacts are one client. `one` certainly is: by its names, WhatsApp's notice or a message has just told. Returns the one that goes
/// on: the one with colleagues, else `one`.
fn merge(desk: &Desk<'_>, one: &Contact, other: &Contact) -> Result<Contact> {
    let alone = |contact: &Contact| Ok::<_, StoreError>(desk.tx.owners(contact.id)?.is_empty());
    let (kept, gone) = if alone(one)? && !alone(other)? { (other, one) } else { (one, other) };
    let certain = |contact: &Contact| contact.id == one.id || contact.bsuid.is_some();
    let strict = strictest(&[(kept.consent, certain(kept)), (gone.consent, certain(gone))]);
    match strict {
        Some(1) => desk.tx.take_consent(kept.id, gone.id)?,
        Some(_) => {}
        None => desk.tx.save_consent(kept.id, crate::bridge::Consent::NONE)?,
    }
    desk.tx.merge_contact(kept.id, gone.id)?;
    let survivor = desk.tx.contact(kept.id)?.ok_or(StoreError::Panicked)?;
    revocation::follow(desk, gone, &survivor)?;
    let body = json!({
        "contact": kept.id, "other": gone.id, "state": survivor.consent.stored,
        "consents": { "contact": kept.consent.stored, "other": gone.consent.stored },
        "names": { "phone": gone.phone, "wa_id": gone.wa_id, "bsuid": gone.bsuid },
    });
    desk.journal("contact.merged", SERVER, None, None, &body)?;
    // What waited for the other one waited for a client that is reached elsewhere now, with rules of its own.
    let refused = matches!(survivor.consent.stored, ConsentState::Declined | ConsentState::Revoked);
    for thread in desk.tx.threads_with(gone.id)? {
        let case = Case { thread, contact: gone.clone() };
        let withdrawn = send::withdraw_all(desk, &case, SERVER, "merged")?;
        desk.tell(&case, Style::Warning, |reader| {
            let said = reader.voice.say(TextId::T17, &[("client", &gone.name), ("other", &survivor.name)]);
            match withdrawn {
                0 => said,
                n => format!("{said} {}", reader.voice.say(TextId::T08b, &[("n", &n.to_string())])),
            }
        })?;
        desk.tx.refresh_cards(case.thread.id, desk.now)?;
    }
    if refused {
        for thread in desk.tx.threads_with(kept.id)? {
            send::withdraw_held(desk, &Case { thread, contact: survivor.clone() }, SERVER)?;
        }
    }
    Ok(survivor)
}
