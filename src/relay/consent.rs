//! Consent by other ways than the client's messages: what an administrator records, with evidence (product.md 3). A client who asked to
//! stop by letter or telephone has asked; and a decline or an opt-out ends, but for the client's own word, only here.

use super::desk::{Case, Desk};
use super::office::Office;
use super::{evidence, revocation, send};
use crate::bridge::{Consent, ConsentState, ContactId, Time};
use crate::cards::Style;
use crate::store::{Contact, Result, Tx};
use crate::texts::TextId;
use serde::Serialize;
use serde_json::json;

/// Why an administrator may record something.
#[derive(Clone, Debug, Serialize)]
pub struct ByHand {
    /// Who did it, for the journal.
    #[serde(skip)]
    pub who: String,
    /// In their own words. Never empty.
    pub evidence: String,
    pub file: Option<EvidenceFile>,
}

/// A scanned letter, a recording: kept by those who have it, recognised by its hash.
#[derive(Clone, Debug, Serialize)]
pub struct EvidenceFile {
    pub name: String,
    /// Hexadecimal.
    pub sha256: String,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    Done {
        before: ConsentState,
        state: ConsentState,
        withdrawn: usize,
    },
    /// It was so already; the evidence was added.
    Already,
    /// There is nothing to take back.
    NotRefused(ConsentState),
    /// The client has gone meanwhile.
    Unknown,
}

/// The client asked to stop outside WhatsApp: exactly what their STOP does, answered (K-03) only where the window is open.
pub fn record_opt_out(tx: &Tx<'_>, office: &Office, now: Time, id: ContactId, by: &ByHand) -> Result<Recorded> {
    let desk = &Desk { tx, office, now, links: None };
    let Some(mut contact) = tx.contact(id)? else { return Ok(Recorded::Unknown) };
    let before = contact.consent.state(now);
    if contact.consent.stored == ConsentState::Revoked {
        desk.journal("consent.evidence", &by.who, None, None, &record(desk, &contact, before, by)?)?;
        return Ok(Recorded::Already);
    }
    contact.consent.stored = ConsentState::Revoked;
    tx.save_consent(id, contact.consent)?;
    desk.journal("consent.revoked", &by.who, None, None, &record(desk, &contact, before, by)?)?;
    revocation::settle(desk, &contact, &by.who, None)?;
    let withdrawn = stopped(desk, &contact, &by.who)?;
    if let Some(thread) = tx.threads_with(id)?.into_iter().max_by_key(|thread| thread.window.last_inbound) {
        send::answer(desk, &Case { thread, contact }, TextId::K03, false)?;
    }
    Ok(Recorded::Done { before, state: ConsentState::Revoked, withdrawn })
}

/// A decline or an opt-out was a mistake, or is taken back outside WhatsApp. `granted`: the client agreed there too, else they may be
/// asked again.
pub fn record_reversal(tx: &Tx<'_>, office: &Office, now: Time, id: ContactId, granted: bool, by: &ByHand) -> Result<Recorded> {
    let desk = &Desk { tx, office, now, links: None };
    let Some(mut contact) = tx.contact(id)? else { return Ok(Recorded::Unknown) };
    let before = contact.consent.state(now);
    if !matches!(before, ConsentState::Declined | ConsentState::Revoked) {
        return Ok(Recorded::NotRefused(before));
    }
    let state = if granted { ConsentState::Granted } else { ConsentState::None };
    contact.consent = Consent { stored: state, requested_at: None };
    tx.save_consent(id, contact.consent)?;
    desk.journal("consent.reversed", &by.who, None, None, &record(desk, &contact, before, by)?)?;
    let text = if granted { TextId::T18b } else { TextId::T18 };
    for thread in tx.threads_with(id)? {
        let case = Case { thread, contact: contact.clone() };
        desk.tell(&case, Style::Good, |reader| reader.voice.say(text, &[("client", &contact.name)]))?;
        tx.refresh_cards(case.thread.id, now)?;
    }
    Ok(Recorded::Done { before, state, withdrawn: 0 })
}

fn record(desk: &Desk<'_>, contact: &Contact, before: ConsentState, by: &ByHand) -> Result<serde_json::Value> {
    let mut body = evidence::of_request(desk, contact)?;
    body.insert("contact".to_owned(), json!(contact.id));
    body.insert("state".to_owned(), json!(contact.consent.stored));
    body.insert("before".to_owned(), json!(before));
    body.insert("by".to_owned(), json!("administrator"));
    body.insert("evidence".to_owned(), json!(by.evidence));
    body.insert("file".to_owned(), json!(by.file));
    Ok(body.into())
}

/// What an opt-out means in every conversation with the client: what is held is withdrawn, and its colleagues are told; how much was
/// withdrawn.
pub(super) fn stopped(desk: &Desk<'_>, contact: &Contact, actor: &str) -> Result<usize> {
    let mut all = 0;
    for thread in desk.tx.threads_with(contact.id)? {
        let case = Case { thread, contact: contact.clone() };
        let withdrawn = send::withdraw_held(desk, &case, actor)?;
        desk.tell(&case, Style::Attention, |reader| {
            let stopped = reader.voice.say(TextId::T08, &[("client", &contact.name)]);
            match withdrawn {
                0 => stopped,
                n => format!("{stopped} {}", reader.voice.say(TextId::T08b, &[("n", &n.to_string())])),
            }
        })?;
        desk.tx.refresh_cards(case.thread.id, desk.now)?;
        all += withdrawn;
    }
    Ok(all)
}
