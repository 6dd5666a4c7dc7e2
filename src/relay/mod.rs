//! The verbs: the only place where both networks, the rules, the store and the cards meet.
//!
//! A door calls [`Relay::on_activity`], [`Relay::on_invoke`] or [`Relay::on_notification`] and answers when it returns: by then
//! everything is on disk. The worker and housekeeping do the rest.

mod absence;
mod act;
mod address;
mod at_whatsapp;
mod attachments;
mod away;
mod book;
mod chat_jobs;
mod chat_making;
mod chat_mirror;
mod chat_orders;
mod comings;
mod commands;
mod consent;
mod contact_views;
mod conversations;
mod core;
mod corrections;
mod deliver;
mod desk;
mod edits;
mod embed;
mod enabled;
mod entry_point;
mod evidence;
mod expiry;
mod extension;
mod fetch;
mod file_looks;

mod find;
mod from_teams;
mod from_whatsapp;
mod goings;
mod group_chat;
mod history_views;
mod homes;
mod housekeeping;
mod identity;
mod intake;
mod joining;
mod leftovers;
mod links;
mod marketing;
mod marks;
mod mates;
mod media;
mod media_views;
mod members;
mod mirror;
mod moving;
mod news;
mod note;
mod notices;
mod offers;
mod office;
mod opening;
mod outcome;
mod parcels;
mod participation;
mod past;
mod preflight;
mod quotes;
mod rates;
mod reach;
mod reactions;
mod receipts;
mod release;
mod render;
mod revision_views;
mod revisions;
mod revocation;
mod search;
mod send;
mod sender;
mod shared;
mod shared_files;
mod sight;
mod staff;
mod standing;
mod status;
mod switched_off;
mod tell;
mod template_check;
mod template_views;
mod transfer;
mod typing;
mod unowned;
mod uploads;
mod views;
mod way_back;
mod whisper;
mod whom;
mod why;
mod worker;
mod write;

use crate::bridge::{KeptFile, Scope, TeamsEvent, TeamsEventKind, TeamsInvoke, Time, WhatsAppEvent};
use crate::media::{Blob, KeepError, Stream};
use crate::store::{Result, StoreError};
use crate::teams::{InvokeResponse, invoke};
use crate::whatsapp::Received;
use desk::Desk;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio_util::sync::CancellationToken;

pub use book::{BookEntry, BookOrder, BookPlan, Named, move_one, plan as plan_book, tell_of_book};
pub use consent::{ByHand, EvidenceFile, Recorded, record_opt_out, record_reversal};
pub use core::{Outside, Relay};
pub use fetch::Fetcher;
pub use media_views::OpenedFile;
pub use office::Office;
pub use preflight::{Question, Report, Unanswered, What, answer as preflight, counted};
pub use rates::Limits;
pub use switched_off::follow_directory;
pub use template_check::cached_template_problems;

/// Teams shows an error after 5 s; an invoke is answered before, with what there is.
const INVOKE_BUDGET: std::time::Duration = std::time::Duration::from_millis(2500);
/// Of that, for a list of templates that somebody asked for.
const REFRESH_BUDGET: std::time::Duration = std::time::Duration::from_millis(1200);
/// Between two lists that colleagues ask for.
const REFRESH_AGAIN: chrono::Duration = chrono::Duration::seconds(30);

impl Relay {
    /// Runs the worker and housekeeping until `shutdown`, then finishes what is in flight.
    pub async fn run(self: &Arc<Self>, shutdown: CancellationToken) {
        tokio::join!(
            worker::run(self.clone(), shutdown.clone()),
            uploads::run(self.clone(), shutdown.clone()),
            media::run(self.clone(), shutdown.clone()),
            chat_jobs::run(self.clone(), shutdown.clone()),
            marks::run(self.clone(), shutdown.clone()),
            receipts::run(self.clone(), shutdown.clone()),
            housekeeping::run(self.clone(), shutdown)
        );
    }

    /// An activity from Teams that is not an invoke. Durable when it returns.
    pub async fn on_activity(&self, mut event: TeamsEvent) -> Result<()> {
        match event.kind {
            TeamsEventKind::Typing => return self.on_typing(event).await,
            TeamsEventKind::Read { .. } => return self.on_read(event).await,
            _ => {}
        }
        let upn = self.upn_of_stranger(&event).await?;
        if matches!(&event.kind, TeamsEventKind::Submit { data, .. } if act::wants_new_templates(data)) && self.may_refresh() {
            self.sync_templates();
        }
        let searched = match &event.kind {
            TeamsEventKind::Submit { data, .. } => self.with_hits(&event, data).await,
            _ => None,
        };
        if let (TeamsEventKind::Submit { data, .. }, Some(searched)) = (&mut event.kind, searched) {
            *data = searched;
        }
        self.write("on_activity", move |desk| from_teams::on_event(desk, &event, upn.as_deref())).await?;
        self.media_ordered.notify_one();
        self.uploads_ordered.notify_one();
        self.jobs_ordered.notify_one();
        Ok(())
    }

    /// An invoke, answered within 3 s with a typed body. What changes anything is executed once however often Teams repeats it.
    pub async fn on_invoke(&self, event: TeamsEvent, invoke: TeamsInvoke) -> InvokeResponse {
        match invoke.name.as_str() {
            invoke::CARD_ACTION => self.on_card_button(event, invoke, invoke::card, invoke::message).await,
            // What it leads to is a message of ours, which others must not read.
            invoke::EXTENSION_BUTTON if event.scope != Scope::Personal => invoke::done(),
            invoke::EXTENSION_BUTTON => self.on_card_button(event, invoke, |_| invoke::done(), |_| invoke::done()).await,
            invoke::EXTENSION_QUERY => self.look_up(event, invoke, extension::on_query, invoke::extension_message).await,
            invoke::EXTENSION_SELECT => self.look_up(event, invoke, extension::on_select, invoke::extension_message).await,
            invoke::SEARCH => {
                let failed = |told: &str| invoke::error(500, "InternalServerError", told);
                self.look_up(event, invoke, extension::on_search, failed).await
            }
            _ => invoke::unknown(),
        }
    }

    /// A card's button, answered with the card it leads to, or with a sentence.
    async fn on_card_button(
        &self,
        event: TeamsEvent,
        mut invoke: TeamsInvoke,
        card: fn(Value) -> InvokeResponse,
        told: fn(&str) -> InvokeResponse,
    ) -> InvokeResponse {
        if act::wants_new_templates(&invoke.data) && self.may_refresh() {
            // What arrives in time is shown; the rest of the answer does not wait for it.
            let _ = tokio::time::timeout(REFRESH_BUDGET, housekeeping::sync_templates(self)).await;
        }
        if let Some(searched) = self.with_hits(&event, &invoke.data).await {
            invoke.data = searched;
        }
        let work = self.write("on_invoke", move |desk| on_card_action(desk, &event, &invoke));
        let done = tokio::time::timeout(INVOKE_BUDGET, work).await;
        self.uploads_ordered.notify_one();
        self.media_ordered.notify_one();
        self.jobs_ordered.notify_one();
        match done {
            Ok(Ok(Answer::Card(mut shown))) => {
                embed::into_card(&self.keep, &mut shown).await;
                card(shown)
            }
            Ok(Ok(Answer::Told(why))) => told(why),
            Ok(Err(error)) => {
                tracing::error!(%error, "a card action failed");
                told(crate::texts::sentences::BUSY)
            }
            // The job goes on and is stored; the card changes when its update is delivered.
            Err(_) => told(crate::texts::sentences::WORKING),
        }
    }

    /// A search: nothing is changed, so a repeat is simply answered again.
    async fn look_up(
        &self,
        event: TeamsEvent,
        invoke: TeamsInvoke,
        search: fn(&Desk<'_>, &TeamsEvent, &Value) -> Result<InvokeResponse>,
        failed: fn(&str) -> InvokeResponse,
    ) -> InvokeResponse {
        let work = self.read(move |desk| search(desk, &event, &invoke.data));
        match tokio::time::timeout(INVOKE_BUDGET, work).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => {
                tracing::error!(%error, "a search failed");
                failed(crate::texts::sentences::SEARCH_FAILED)
            }
            Err(_) => failed(crate::texts::sentences::SEARCH_FAILED),
        }
    }

    /// A whole notification of WhatsApp, in one transaction. An update that a bug of ours cannot digest is kept and alarmed, and
    /// does not take its neighbours with it.
    pub async fn on_notification(&self, received: Vec<Received>) -> Result<()> {
        let templates = received.iter().any(|received| matches!(received.event, WhatsAppEvent::TemplateChanged { .. }));
        let all = Arc::new(received);
        let batch = all.clone();
        let taken = self.write("on_notification", move |desk| batch.iter().try_for_each(|received| on_update(desk, received))).await;
        if let Err(StoreError::Panicked | StoreError::Document(_)) = taken {
            self.on_notification_one_by_one(&all).await?;
        } else {
            taken?;
        }
        self.media_ordered.notify_one();
        if templates {
            self.templates_changed.store(true, Ordering::SeqCst);
            self.nudged.notify_one();
        }
        Ok(())
    }

    async fn on_notification_one_by_one(&self, all: &Arc<Vec<Received>>) -> Result<()> {
        for at in 0..all.len() {
            let one = all.clone();
            match self.write("on_update", move |desk| on_update(desk, &one[at])).await {
                Err(StoreError::Panicked | StoreError::Document(_)) => self.on_unreadable(raw(&all[at].event)).await?,
                taken => taken?,
            }
        }
        Ok(())
    }

    /// The file that a link opens; `None`: the link is not ours, has died, or leads where its holder may not look any more.
    pub async fn open_file(&self, token: &str) -> Result<Option<OpenedFile>> {
        match self.links.read(token, self.clock.now()) {
            Some(link) => self.read(move |desk| media_views::opened(desk, &link)).await,
            None => Ok(None),
        }
    }

    /// A file's bytes, or a part of them.
    ///
    /// # Errors
    /// When they are not there, or the place for files does not answer.
    pub async fn file_bytes(&self, file: &KeptFile, part: Option<std::ops::Range<u64>>) -> std::result::Result<Stream, KeepError> {
        let blob = Blob::parse(&file.blob).ok_or(KeepError::Missing)?;
        Ok(self.keep.read(&blob, part).await?.1)
    }

    /// A signed body that cannot be read: kept and alarmed, so that Meta need not repeat it for a week.
    pub async fn on_unreadable(&self, body: String) -> Result<()> {
        tracing::error!(bytes = body.len(), "a signed webhook could not be read; it is kept");
        self.write("on_unreadable", move |desk| {
            desk.tx.keep_unreadable(&body, desk.now)?;
            desk.journal("webhook.unreadable", "whatsapp", None, None, &serde_json::json!({ "bytes": body.len() }))
        })
        .await
    }

    /// Lists the templates again now.
    pub fn sync_templates(&self) {
        self.templates_changed.store(true, Ordering::SeqCst);
        self.nudged.notify_one();
    }

    /// Whether somebody may ask for the templates now: Graph counts (200 an hour), and colleagues press often.
    fn may_refresh(&self) -> bool {
        let mut last = self.refreshed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let now = self.clock.now();
        let may = last.is_none_or(|at| now >= at + REFRESH_AGAIN);
        if may {
            *last = Some(now);
        }
        may
    }

    /// Returns when nothing is due and nothing is in flight: for tests and for the demo's controls.
    pub async fn quiet(&self) -> Result<()> {
        loop {
            let before = self.busy.at_rest();
            let now = self.clock.now();
            let due = move |at: Option<Time>| at.is_some_and(|at| at <= now);
            let [lanes, cards] = self.store.read(move |tx| Ok([due(tx.next_lane_due()?), due(tx.next_card_due()?)])).await?;
            let jobs = self.jobs_are_due().await?;
            if jobs {
                self.jobs_ordered.notify_one();
            }
            let marks = self.marks_are_due().await?;
            if marks {
                self.marks_due.notify_one();
            }
            let reads = self.reads_are_due().await?;
            if reads {
                self.reads_due.notify_one();
            }
            let idle = !lanes && !cards && !jobs && !marks && !reads && !self.uploads_are_due().await? && !self.media_is_due().await?;
            if cards {
                // Housekeeping may sleep for most of a second more, which on a clock that stands still is for ever.
                self.nudged.notify_one();
            }
            let synced = !self.templates_changed.load(Ordering::SeqCst);
            if idle && synced && before.is_some() && before == self.busy.at_rest() {
                return Ok(());
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    /// The UPN of somebody whom the directory may know by UPN only, asked of Teams at their first activity. A failing look-up is
    /// no reason to drop the activity: the person is told that they are not enabled, and the next activity asks again.
    async fn upn_of_stranger(&self, event: &TeamsEvent) -> Result<Option<String>> {
        let Some(object_id) = event.sender.object_id.clone().filter(|_| !event.sender.is_bot) else { return Ok(None) };
        let office = self.office();
        let id = crate::bridge::ColleagueId(object_id.to_lowercase());
        if !office.has_unbound_upns() || office.directory.colleague(&id).is_some() {
            return Ok(None);
        }
        let known = self.store.read(move |tx| tx.colleague(&id)).await?;
        if known.is_some_and(|known| known.upn.is_some()) {
            return Ok(None);
        }
        let members = self.connector.members(&event.reference).await.unwrap_or_default();
        let found = members.into_iter().find(|member| member.object_id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(&object_id)));
        Ok(found.and_then(|member| member.upn))
    }
}

fn on_update(desk: &Desk<'_>, received: &Received) -> Result<()> {
    from_whatsapp::on_event(desk, &received.dedup_key, &received.event)
}

/// An update as it is kept when it cannot be digested.
fn raw(event: &WhatsAppEvent) -> String {
    match event {
        WhatsAppEvent::Message(message) => message.raw.clone(),
        other => format!("{other:?}"),
    }
}

/// What a pressed button leads to.
enum Answer {
    Card(Value),
    /// A sentence for who pressed it; the card stays as it is.
    Told(&'static str),
}

/// The card that an action leads to. What changes something is done once a minute, and a repeat is answered the same.
fn on_card_action(desk: &Desk<'_>, event: &TeamsEvent, invoke: &TeamsInvoke) -> Result<Answer> {
    let Some(person) = sender::sender(desk, event, None)? else { return Err(StoreError::Panicked) };
    if event.scope != Scope::Personal {
        conversations::refresh(desk, event)?;
        if let Some(why) = shared::refused(desk, &person, &invoke.data)? {
            return Ok(Answer::Told(why));
        }
    }
    let repeatable = act::is_repeatable(desk, &person, &invoke.data, invoke.card.as_ref())?;
    // Teams repeats what it had no answer to under the same id first, and what merely shows something may be shown once too often.
    let key = match invoke.name == invoke::CARD_ACTION && act::only_shows(&invoke.data) {
        true => format!("{}:{}", invoke.repeat_key, event.activity),
        false => invoke.repeat_key.clone(),
    };
    let before = desk.tx.repeated_invoke(&key, desk.now - housekeeping::INVOKE)?;
    if let Some(answer) = before.filter(|_| !repeatable) {
        return Ok(Answer::Card(answer));
    }
    let post = if desk.office.lines_of(&person.known).is_empty() && !act::needs_no_line(desk, &person, &invoke.data) {
        desk.notice(&person, None, crate::cards::Style::Attention, desk.why_not_enabled(&person, None))
    } else {
        act::on_action(desk, &person, &invoke.data, invoke.card.as_ref())?
    };
    // The answer changes the card in this client only; the update keeps it changed everywhere.
    let post = match &invoke.card {
        Some(_) if act::is_private(&invoke.data) => post,
        Some(pressed) => act::show(desk, &person, Some(pressed), post)?,
        // This answer holds no card, so it comes as a message.
        None if invoke.name == invoke::EXTENSION_BUTTON => act::show(desk, &person, None, post)?,
        None => post,
    };
    let crate::bridge::PostBody::Card { card } = post.body else { return Err(StoreError::Panicked) };
    if !repeatable {
        desk.tx.record_invoke(&key, &card, desk.now)?;
    }
    Ok(Answer::Card(card))
}
