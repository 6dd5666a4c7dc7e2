//! Files on their way into our own keeping: what clients send, and what colleagues post for them ([`parcels`]).
//!
//! The order stands in the store with the message, so a stop in between loses nothing: what was in hand is begun again. The message is
//! shown at once; when the file is here, or certainly never will be, what was shown is changed in place.

use super::core::Relay;
use super::desk::{Desk, SERVER};
use super::{file_looks, parcels, render};
use crate::bridge::{ClientMessage, FetchFailure, INCOMING_MEDIA_DAYS, KeptFile, LARGEST_FILE, Media, MediaForm, MessageId, after_failure};
use crate::media::KeepError;
use crate::store::{Envelope, MediaOrder, NewMedia, ParcelOrder, Result, StoreError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use serde_json::json;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Files in hand at once.
const AT_ONCE: u32 = 4;
/// Longer than fetching one may take.
const LEASE: Duration = Duration::minutes(15);
/// A look at the orders at least this often, whatever was missed.
const POLL: std::time::Duration = std::time::Duration::from_secs(2);

/// Orders the file of a message that has just come. What WhatsApp did not take itself cannot be ordered.
pub fn order(desk: &Desk<'_>, id: MessageId, media: &Media, message: &ClientMessage) -> Result<()> {
    if media.id.is_none() {
        return Ok(());
    }
    let order = NewMedia {
        message: id,
        number: &message.number,
        announced: media,
        remark: message.referral.as_ref().map(render::referral),
        expires_at: message.at + Duration::days(INCOMING_MEDIA_DAYS),
    };
    desk.tx.order_media(&order, desk.now)
}

/// Fetches what is ordered until `shutdown`. What is in hand then is begun again by the next start.
pub async fn run(relay: Arc<Relay>, shutdown: CancellationToken) {
    match relay.write("resume_media", |desk| Ok(desk.tx.resume_media(desk.now)? + desk.tx.resume_parcels(desk.now)?)).await {
        Ok(0) => {}
        Ok(resumed) => tracing::warn!(resumed, "an earlier server was stopped while fetching files"),
        Err(error) => tracing::error!(%error, "files could not be resumed; their leases will run out"),
    }
    while !shutdown.is_cancelled() {
        let found = tokio::select! {
            found = round(&relay) => found,
            () = shutdown.cancelled() => return,
        };
        let next = match found {
            Ok(true) => continue,
            Ok(false) => relay.store.read(|tx| tx.next_media_due()).await.ok().flatten(),
            Err(error) => {
                tracing::error!(%error, "files could not be taken; trying again");
                None
            }
        };
        let now = relay.clock.now();
        tokio::select! {
            () = relay.media_ordered.notified() => {}
            () = relay.clock.sleep_until(next.unwrap_or(now + Duration::minutes(1))), if next.is_none_or(|at| at > now) => {}
            () = tokio::time::sleep(POLL) => {}
            () = shutdown.cancelled() => {}
        }
    }
}

/// Takes what is due and fetches it; false when there was nothing.
async fn round(relay: &Arc<Relay>) -> Result<bool> {
    if relay.store.read(|tx| tx.next_media_due()).await?.is_none_or(|at| at > relay.clock.now()) {
        return Ok(false);
    }
    let _taking = relay.busy.taking();
    let taken = relay.write("take_media", |desk| desk.tx.take_due_media(desk.now, desk.now + LEASE, AT_ONCE)).await?;
    let posted = relay.write("take_parcel_files", |desk| desk.tx.take_due_parcel_files(desk.now, desk.now + LEASE, AT_ONCE)).await?;
    let found = !taken.is_empty() || !posted.is_empty();
    let received = futures_util::future::join_all(taken.into_iter().map(|order| carry_out(relay, order)));
    let posted = futures_util::future::join_all(posted.into_iter().map(|order| carry_out_posted(relay, order)));
    tokio::join!(received, posted);
    Ok(found)
}

async fn carry_out(relay: &Relay, order: MediaOrder) {
    let fetched = fetch(relay, &order).await;
    let jitter = fastrand::f64();
    let recorded = relay.write("media_done", move |desk| done(desk, &order, &fetched, jitter)).await;
    if let Err(error) = recorded {
        // The lease runs out and it is begun again; the same bytes are kept once.
        tracing::error!(%error, "a file that was fetched could not be recorded");
    }
}

async fn carry_out_posted(relay: &Relay, order: ParcelOrder) {
    let fetched = parcels::fetch(relay, &order).await;
    let jitter = fastrand::f64();
    if let Err(error) = relay.write("parcel_fetched", move |desk| parcels::fetched(desk, &order, &fetched, jitter)).await {
        tracing::error!(%error, "a file that was fetched could not be recorded");
    }
}

async fn fetch(relay: &Relay, order: &MediaOrder) -> std::result::Result<KeptFile, FetchFailure> {
    let id = order.announced.id.as_deref().ok_or(FetchFailure::NotThere)?;
    let mut download = relay.whatsapp.download(&order.number, id).await?;
    let mut incoming = relay.keep.begin(LARGEST_FILE);
    let copied = loop {
        match download.next().await {
            Ok(Some(part)) => {
                if let Err(error) = incoming.write(&part).await {
                    break Err(failure(&error));
                }
            }
            Ok(None) => break Ok(()),
            Err(failure) => break Err(failure),
        }
    };
    if let Err(failure) = copied {
        incoming.discard().await;
        return Err(failure);
    }
    if incoming.is_empty() {
        incoming.discard().await;
        return Err(FetchFailure::Empty);
    }
    let written = incoming.finish().await.map_err(|error| failure(&error))?;
    if order.announced.sha256.as_deref().and_then(announced_hash).is_some_and(|hash| hash != written.blob.as_str()) {
        return Err(FetchFailure::Damaged);
    }
    let name = order.announced.filename.as_deref().unwrap_or(word(order.announced.form));
    Ok(file_looks::of(&relay.keep, name, written).await)
}

fn failure(error: &KeepError) -> FetchFailure {
    match error {
        KeepError::TooBig { .. } => FetchFailure::TooBig,
        error => {
            tracing::error!(%error, "a file could not be kept");
            FetchFailure::Unavailable { after: None }
        }
    }
}

/// The hash that WhatsApp announced, in hexadecimal: base64 in webhooks, hexadecimal where an older version wrote so. `None`: not a hash,
/// which proves nothing.
fn announced_hash(text: &str) -> Option<String> {
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(text.to_ascii_lowercase());
    }
    STANDARD.decode(text).ok().filter(|bytes| bytes.len() == 32).map(hex::encode)
}

/// What a file without a name is called.
fn word(form: MediaForm) -> &'static str {
    match form {
        MediaForm::Image => "picture",
        MediaForm::Video => "video",
        MediaForm::Audio => "audio",
        MediaForm::Voice => "voice-message",
        MediaForm::Document => "document",
        MediaForm::Sticker => "sticker",
    }
}

/// Records what became of an attempt, and shows it where the message stands.
fn done(desk: &Desk<'_>, order: &MediaOrder, fetched: &std::result::Result<KeptFile, FetchFailure>, jitter: f64) -> Result<()> {
    let Some(message) = desk.tx.message(order.message)? else { return Ok(()) };
    let news = match fetched {
        Ok(file) => {
            let body = json!({ "sha256": file.blob, "size": file.size, "mime_type": file.mime_type, "name": file.name });
            desk.tx.media_kept(order.message, file)?.then_some(("media.kept", body))
        }
        Err(failure) => match after_failure(*failure, order.attempts, order.expires_at, desk.now, jitter) {
            Ok(at) => {
                tracing::warn!(message = %order.message, ?failure, attempts = order.attempts, "a file could not be fetched yet");
                return desk.tx.media_again(order.message, at);
            }
            Err(lost) => {
                tracing::error!(message = %order.message, ?lost, "a client's file is lost");
                desk.tx.media_lost(order.message, lost)?.then_some(("media.lost", json!({ "why": lost })))
            }
        },
    };
    let Some((kind, body)) = news else { return Ok(()) };
    desk.journal(kind, SERVER, Some(message.thread), Some(message.id), &body)?;
    for place in desk.audience(message.thread)? {
        desk.tx.enqueue_post(Some(message.thread), &place, &Envelope::Media { message: message.id }, desk.now)?;
    }
    Ok(())
}

impl Relay {
    /// True when a file is due by now.
    pub(super) async fn media_is_due(&self) -> std::result::Result<bool, StoreError> {
        let now = self.clock.now();
        self.store.read(move |tx| Ok(tx.next_media_due()?.is_some_and(|at| at <= now))).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announced_hash_is_base64_or_hexadecimal_or_none() {
        let hex = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let base64 = STANDARD.encode(hex::decode(hex).expect("hexadecimal"));
        assert_eq!(announced_hash(hex).as_deref(), Some(hex));
        assert_eq!(announced_hash(&hex.to_uppercase()).as_deref(), Some(hex));
        assert_eq!(announced_hash(&base64).as_deref(), Some(hex));
        for no_hash in ["", "abc", "not base64!", "YWJj"] {
            assert_eq!(announced_hash(no_hash), None);
        }
    }
}
