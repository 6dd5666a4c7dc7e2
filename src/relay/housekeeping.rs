//! What happens by itself: edits of thread cards, lapsed requests, windows that close, expired held messages, unknown
//! outcomes, template sync, a new directory.

use super::core::Relay;
use super::desk::{Case, Desk, SERVER};
use super::{absence, deliver, expiry, joining, revocation, send, switched_off, tell, template_check, transfer, unowned};
use crate::bridge::{Decision, FailureClass, Outcome, Policy, REQUEST_LIFETIME, Sending, Time, WabaId, held};
use crate::cards::submit::Action;
use crate::cards::{self, Notice, Style};
use crate::store::{DueCard, Result};
use crate::texts::{TextId, labels, when};
use chrono::Duration;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio_util::sync::CancellationToken;

/// How long an unknown outcome waits for a status before a person is asked.
const UNCERTAIN: Duration = Duration::seconds(60);
/// The warning comes this long before a window closes (product.md 4).
const CLOSING: Duration = Duration::hours(1);
/// Between two looks at what time alone makes due.
const ROUND: Duration = Duration::seconds(1);
/// Between two syncs of a WABA's templates (product.md 5).
const SYNC: Duration = Duration::minutes(30);
/// After a failed one.
const SYNC_AGAIN: Duration = Duration::minutes(1);
/// Meta repeats webhooks for 7 days.
const SEEN: Duration = Duration::days(8);
/// Nobody fetches one file for so long.
const UNFINISHED: Duration = Duration::hours(24);
/// Unmatched statuses are kept this long.
const EARLY: Duration = Duration::hours(24);
/// An invoke's answer is kept for its repeats this long.
pub const INVOKE: Duration = Duration::seconds(60);
/// After Teams refused to change a card.
const REFUSED_EDIT: Duration = Duration::minutes(10);
/// HTTP's status for an activity that is not there any more.
const NOT_FOUND: i64 = 404;
/// Things done in one round, each kind.
const BATCH: u32 = 100;

/// Runs rounds until `shutdown`.
pub async fn run(relay: Arc<Relay>, shutdown: CancellationToken) {
    let mut next_sync: Option<Time> = None;
    let mut forgotten: Option<Time> = None;
    let mut misfits = Vec::new();
    // The directory by which open offers were looked at.
    let mut checked = None;
    while !shutdown.is_cancelled() {
        let now = relay.clock.now();
        if let Err(error) = relay.reload_directory().await {
            tracing::error!(%error, "the directory could not be read again");
        }
        let asked = relay.templates_changed.swap(false, Ordering::SeqCst);
        if asked || next_sync.is_none_or(|at| now >= at) {
            let complete = sync_templates(&relay).await;
            template_check::log_new_problems(&relay, &mut misfits).await;
            // Without templates nobody can be asked for consent: soon again, but not so often that Graph limits us.
            next_sync = Some(now + if complete { SYNC } else { SYNC_AGAIN });
        }
        if forgotten.is_none_or(|at| now >= at + Duration::hours(1)) {
            forgotten = Some(now);
            log_error(relay.write("forget", |desk| desk.tx.forget(desk.now - SEEN, desk.now - INVOKE, desk.now - EARLY)).await);
            match relay.keep.clear_unfinished(now - UNFINISHED).await {
                Ok(0) => {}
                Ok(cleared) => tracing::warn!(cleared, "files that were begun and never finished are cleared away"),
                Err(error) => tracing::error!(%error, "unfinished files could not be cleared away; trying again"),
            }
        }
        // Each in a transaction of its own: what one cannot digest does not stop the others.
        log_error(relay.write("lapse_requests", lapse_requests).await);
        log_error(relay.write("close_windows", close_windows).await);
        log_error(relay.write("warn_of_closing", warn_of_closing).await);
        log_error(relay.write("expire_held", expire_held).await);
        log_error(relay.write("ask_about_uncertain", ask_about_uncertain).await);
        log_error(relay.write("revocations", revocation::remind).await);
        log_error(relay.write("expire_transfers", transfer::expire).await);
        let version = relay.office().version;
        if checked != Some(version) {
            if checked.is_some() {
                // Who was let go may have come back by the directory that this server knew a moment ago.
                log_error(relay.write("switched_off", |desk| switched_off::colleagues(desk, SERVER)).await);
            }
            let done = relay.write("transfers_of_others", transfer::on_directory).await;
            checked = done.is_ok().then_some(version);
            log_error(done);
        }
        log_error(relay.write("intake", unowned::look).await);
        log_error(relay.write("joining", joining::look).await);
        log_error(relay.write("absence", absence::look).await);
        edit_cards(&relay).await;
        tokio::select! {
            // From the beginning of the round: what became due while it ran is not slept through.
            () = relay.clock.sleep_until(now + ROUND) => {}
            () = relay.store.cards_became_due() => {}
            () = relay.nudged.notified() => {}
            () = shutdown.cancelled() => {}
        }
    }
}

fn log_error(result: Result<()>) {
    if let Err(error) = result {
        tracing::error!(%error, "housekeeping could not be done; trying again");
    }
}

/// T-05, by itself, once per request.
fn lapse_requests(desk: &Desk<'_>) -> Result<()> {
    for contact in desk.tx.lapsed_requests(desk.now - REQUEST_LIFETIME, BATCH)? {
        desk.journal(
            "consent.lapsed",
            SERVER,
            None,
            None,
            &json!({ "contact": contact.id, "requested_at": contact.consent.requested_at }),
        )?;
        for thread in desk.tx.threads_with(contact.id)? {
            let case = Case { thread, contact: contact.clone() };
            let head = desk.head(&contact, Some(&case.thread));
            desk.tell_all(&case, None, |reader| {
                let notice = Notice {
                    head: Some(head.clone()),
                    text: reader.voice.say(TextId::T05, &[]),
                    style: Style::Warning,
                    kept: None,
                    quotes_message: false,
                    actions: vec![(labels::SEND_AGAIN, Action::Start { contact: contact.id })],
                };
                cards::notice(reader, &notice)
            })?;
            desk.tx.refresh_cards(case.thread.id, desk.now)?;
        }
    }
    Ok(())
}

/// A window closed by time alone: the thread cards must not go on saying that one may write. Before the warnings, so that a
/// window whose end was slept through brings none.
fn close_windows(desk: &Desk<'_>) -> Result<()> {
    for thread in desk.tx.take_closed_windows(desk.now, BATCH)? {
        desk.tx.refresh_cards(thread, desk.now)?;
    }
    Ok(())
}

/// T-24: once per window, to those who may still write.
fn warn_of_closing(desk: &Desk<'_>) -> Result<()> {
    for thread in desk.tx.take_closing_windows(desk.now, CLOSING, BATCH)? {
        let Some(case) = desk.case(thread)? else { continue };
        desk.tx.refresh_cards(thread, desk.now)?;
        let Some(closes) = case.thread.window.closes_at() else { continue };
        let mut writers = Vec::new();
        for id in desk.tx.participants(thread)? {
            let Some(person) = desk.person(&id)? else { continue };
            if send::decide(desk, &case, Some(&person), Sending::Free)?.decision == Decision::Send {
                writers.push(id);
            }
        }
        for listener in desk.listeners(thread)? {
            let may_write = listener.person.as_ref().map_or(!writers.is_empty(), |person| writers.contains(person.id()));
            if !may_write {
                continue;
            }
            let reader = desk.reader_for(&listener, Some(&case.contact.line));
            let notice = Notice {
                head: Some(desk.head(&case.contact, Some(&case.thread))),
                text: reader.voice.say(TextId::T24, &[("client", &case.contact.name), ("time", &when(closes, reader.zone, desk.now))]),
                style: Style::Warning,
                ..Notice::default()
            };
            desk.post_to(Some(thread), &listener.place, cards::notice(&reader, &notice), None)?;
        }
    }
    Ok(())
}

/// Held for longer than the line's policy allows.
fn expire_held(desk: &Desk<'_>) -> Result<()> {
    let lines = desk.office.directory.lines.iter().map(|line| line.policy.held_expiry_hours);
    let shortest = lines.fold(Policy::default().held_expiry_hours, u32::min);
    let written = desk.tx.held_since(desk.now - Duration::hours(i64::from(shortest)))?;
    let due = written.iter().filter(|one| held::is_expired(one.written, desk.held_hours(&one.line), desk.now));
    for found in due.take(BATCH as usize) {
        let (Some(case), Some(message)) = (desk.case(found.thread)?, desk.tx.message(found.message)?) else { continue };
        expiry::expire(desk, &case, &message, desk.held_hours(&found.line))?;
    }
    Ok(())
}

/// No status has settled these: their authors decide.
fn ask_about_uncertain(desk: &Desk<'_>) -> Result<()> {
    for message in desk.tx.long_uncertain(desk.now - UNCERTAIN, BATCH)? {
        let Some(case) = desk.case(message.thread)? else { continue };
        let author = message.author.as_deref().filter(|author| *author != SERVER);
        let Some(person) = author.map(|id| desk.person(&id.into())).transpose()?.flatten() else { continue };
        let post = tell::uncertain(desk, &person, &case, &message)?;
        desk.post(Some(message.thread), &person, post, Some(message.id))?;
    }
    Ok(())
}

/// Edits the thread cards that are due. An edit may be repeated safely, so it needs no lane.
async fn edit_cards(relay: &Arc<Relay>) {
    let _taking = relay.busy.taking();
    let context = relay.clone();
    let due = relay
        .write("cards", move |desk| {
            let mut edits = Vec::new();
            for card in desk.tx.take_due_cards(desk.now, BATCH)? {
                if let Err(at) = context.rates.take_tenant(desk.now) {
                    desk.tx.retry_card(&card, at)?;
                    continue;
                }
                let Some((to, listener)) = deliver::reachable(desk, Some(card.thread), &card.place)? else { continue };
                if let Some(post) = deliver::thread_card(desk, &listener, card.thread)? {
                    edits.push((card, to, post));
                }
            }
            Ok(edits)
        })
        .await;
    let Ok(edits) = due else { return };
    let sent = edits.into_iter().map(|(card, home, post)| async move {
        let outcome = relay.connector.update(&home, &card.activity, &post).await;
        log_error(after_edit(relay, card, outcome).await);
    });
    futures_util::future::join_all(sent).await;
}

async fn after_edit(relay: &Relay, card: DueCard, outcome: Outcome) -> Result<()> {
    match outcome {
        Outcome::Sent(_) => Ok(()),
        Outcome::Throttled { after, .. } => {
            let wait = after.unwrap_or(std::time::Duration::from_secs(5));
            relay
                .write("retry_card", move |desk| desk.tx.retry_card(&card, desk.now + Duration::from_std(wait).unwrap_or(Duration::MAX)))
                .await
        }
        Outcome::Uncertain(_) => relay.write("retry_card", move |desk| desk.tx.retry_card(&card, desk.now + Duration::seconds(5))).await,
        // It stands there, and Teams does not let it be changed: posting it anew would bring a new one every few seconds.
        Outcome::Rejected(failure) if failure.class == FailureClass::Invalid && failure.code != Some(NOT_FOUND) => {
            tracing::warn!(code = failure.code, detail = failure.detail, "Teams does not let a card be changed; trying again later");
            relay.write("retry_card", move |desk| desk.tx.retry_card(&card, desk.now + REFUSED_EDIT)).await
        }
        // The card's message is gone (deleted in Teams): a new one is posted.
        Outcome::Rejected(_) => {
            relay
                .write("repost_card", move |desk| {
                    desk.tx.forget_thread_card(card.thread, &card.place)?;
                    desk.ensure_card(card.thread, &card.place)
                })
                .await
        }
    }
}

/// Lists the templates of every WABA of the directory and replaces the cache. A failing list leaves the cache as it is;
/// true when all could be listed.
pub async fn sync_templates(relay: &Relay) -> bool {
    let office = relay.office();
    let mut wabas: Vec<WabaId> = office.directory.numbers.iter().map(|number| number.waba_id.clone()).collect();
    wabas.sort();
    wabas.dedup();
    let mut complete = true;
    for waba in wabas {
        let asked_at = relay.clock.now();
        match relay.whatsapp.templates(&waba).await {
            Ok(templates) => {
                tracing::info!(%waba, count = templates.len(), "templates synced");
                log_error(relay.write("templates", move |desk| desk.tx.replace_templates(&waba, &templates, asked_at)).await);
            }
            Err(failure) => {
                tracing::warn!(%waba, code = failure.code, detail = failure.detail, "templates could not be listed");
                complete = false;
            }
        }
    }
    complete
}
