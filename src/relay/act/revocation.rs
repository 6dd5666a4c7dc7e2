//! *Record opt-out* and *Not an opt-out*: the first decision counts.

use crate::bridge::{Answer, Consent, ConsentState, Post, RevocationOutcome, Urgency, needs_decision};
use crate::relay::desk::{Case, Desk, Person};
use crate::relay::{consent, revocation, send};
use crate::store::{Result, Revocation};
use serde_json::json;

/// Does what the client's STOP does, on a colleague's word.
pub fn record_opt_out(desk: &Desk<'_>, person: &Person, case: &Case, open: &Revocation) -> Result<Post> {
    decide(desk, person, case, open, RevocationOutcome::OptOut, |desk| {
        let before = case.contact.consent.state(desk.now);
        // Who has stopped since is not told twice.
        if !needs_decision(before) {
            return Ok(());
        }
        let answer = send::answer_consent(desk, case, Answer::Stopped)?;
        let mut case = case.clone();
        case.contact.consent = Consent { stored: ConsentState::Revoked, ..case.contact.consent };
        desk.tx.save_consent(case.contact.id, case.contact.consent)?;
        let evidence = json!({
            "contact": case.contact.id, "state": ConsentState::Revoked, "by_message": open.message, "last_message": open.last_message,
            "answer": answer, "revocation": open.id, "decided_by": person.id(), "decided_at": desk.now,
            "request": case.contact.request_message, "requested_at": case.contact.consent.requested_at, "basis": case.contact.basis,
        });
        desk.journal("consent.revoked", &person.id().0, Some(case.thread.id), Some(open.message), &evidence)?;
        consent::stopped(desk, &case.contact, &person.id().0).map(drop)
    })
}

/// The client meant something else: what waited goes on as usual.
pub fn not_an_opt_out(desk: &Desk<'_>, person: &Person, case: &Case, open: &Revocation) -> Result<Post> {
    decide(desk, person, case, open, RevocationOutcome::NotAnOptOut, |desk| {
        if case.contact.consent.stored != ConsentState::Granted {
            return Ok(());
        }
        for thread in desk.tx.threads_with(case.contact.id)? {
            send::release_held(desk, &Case { thread, contact: case.contact.clone() })?;
        }
        Ok(())
    })
}

fn decide(
    desk: &Desk<'_>,
    person: &Person,
    case: &Case,
    open: &Revocation,
    outcome: RevocationOutcome,
    then: impl FnOnce(&Desk<'_>) -> Result<()>,
) -> Result<Post> {
    if desk.tx.decide_revocation(open.id, outcome, &person.id().0, desk.now)? {
        let body = json!({ "contact": case.contact.id, "revocation": open.id, "outcome": outcome, "due_at": open.due_at });
        desk.journal("revocation.decided", &person.id().0, Some(open.thread), Some(open.message), &body)?;
        then(desk)?;
        revocation::update_cards(desk, open)?;
    }
    let decided = desk.tx.revocation(open.id)?;
    revocation::view(desk, person, case, decided.as_ref().unwrap_or(open), Urgency::New)
}
