//! Files on their way from a colleague to WhatsApp, for the header of a template.
//!
//! An order stands in the store with everything it takes to carry it out, so a stop in between loses nothing: what was in hand is
//! begun again. Fetching and uploading may be repeated safely, for only a message that names the media id sends anything. The result
//! turns the card that ordered it into the preview, or back into the inputs with what is wrong.

use super::core::Relay;
use super::desk::{Desk, SERVER};
use super::{act, attachments};
use crate::bridge::{FailureClass, FileError, MEDIA_DAYS, Outcome, Time, retry};
use crate::media::kind as file_type;
use crate::store::{Result, StoreError, Upload, Uploaded};
use crate::whatsapp::File;
use chrono::Duration;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Uploads in hand at once: each may hold a whole file in memory.
const AT_ONCE: u32 = 2;
/// Longer than fetching and uploading may take.
const LEASE: Duration = Duration::minutes(15);
/// A look at the orders at least this often, whatever was missed.
const POLL: std::time::Duration = std::time::Duration::from_secs(2);
/// Attempts before the colleague is told.
const MOST_ATTEMPTS: u32 = 6;
/// Between two rounds of forgetting.
const FORGET: Duration = Duration::hours(1);

/// Carries out orders until `shutdown`. What is in hand then is begun again by the next start.
pub async fn run(relay: Arc<Relay>, shutdown: CancellationToken) {
    match relay.write("resume_uploads", |desk| desk.tx.resume_uploads(desk.now)).await {
        Ok(0) => {}
        Ok(resumed) => tracing::warn!(resumed, "an earlier server was stopped while uploading"),
        Err(error) => tracing::error!(%error, "uploads could not be resumed; their leases will run out"),
    }
    let mut forgotten: Option<Time> = None;
    while !shutdown.is_cancelled() {
        let now = relay.clock.now();
        if forgotten.is_none_or(|at| now >= at + FORGET) {
            forgotten = Some(now);
            let forget =
                |desk: &Desk<'_>| desk.tx.forget_files(desk.now - attachments::LIFETIME, desk.now - Duration::days(MEDIA_DAYS + 1));
            if let Err(error) = relay.write("forget_files", forget).await {
                tracing::error!(%error, "old files could not be forgotten; trying again");
            }
        }
        let found = tokio::select! {
            found = round(&relay) => found,
            () = shutdown.cancelled() => return,
        };
        let next = match found {
            Ok(true) => continue,
            Ok(false) => relay.store.read(|tx| tx.next_upload_due()).await.ok().flatten(),
            Err(error) => {
                tracing::error!(%error, "uploads could not be taken; trying again");
                None
            }
        };
        tokio::select! {
            () = relay.uploads_ordered.notified() => {}
            () = relay.clock.sleep_until(next.unwrap_or(now + Duration::minutes(1))), if next.is_none_or(|at| at > now) => {}
            () = tokio::time::sleep(POLL) => {}
            () = shutdown.cancelled() => {}
        }
    }
}

/// Takes what is due and carries it out; false when there was nothing.
async fn round(relay: &Arc<Relay>) -> Result<bool> {
    let _taking = relay.busy.taking();
    let taken = relay.write("take_uploads", |desk| desk.tx.take_due_uploads(desk.now, desk.now + LEASE, AT_ONCE)).await?;
    let found = !taken.is_empty();
    futures_util::future::join_all(taken.into_iter().map(|upload| carry_out(relay, upload))).await;
    Ok(found)
}

async fn carry_out(relay: &Relay, upload: Upload) {
    let result = transfer(relay, &upload).await;
    let jitter = fastrand::f64();
    let recorded = relay.write("upload_done", move |desk| done(desk, &upload, &result, jitter)).await;
    if let Err(error) = recorded {
        // The lease runs out and the upload is begun again.
        tracing::error!(%error, "the result of an upload could not be stored");
    }
}

/// Why an attempt failed, and how long WhatsApp asked to wait.
struct Fault {
    error: FileError,
    wait: Option<std::time::Duration>,
    passes: bool,
}

impl From<FileError> for Fault {
    fn from(error: FileError) -> Self {
        Self { passes: error.passes(), error, wait: None }
    }
}

async fn transfer(relay: &Relay, upload: &Upload) -> std::result::Result<Uploaded, Fault> {
    let fetched = relay.fetcher.fetch(relay.teams(), &upload.source, upload.form.size_limit()).await?;
    let kind = file_type::of(&fetched.bytes).filter(|kind| upload.form.takes(kind.mime_type));
    let kind = kind.ok_or(FileError::WrongType { wanted: upload.form })?;
    let filename = file_type::named(fetched.name.as_deref(), kind);
    let (size, sha256) = (fetched.bytes.len() as u64, hex::encode(Sha256::digest(&fetched.bytes)));
    let file = File { name: filename.clone(), mime_type: kind.mime_type.to_owned(), size, body: fetched.bytes.into() };
    let (failure, wait, passes) = match relay.whatsapp.upload(&upload.number, file).await {
        Outcome::Sent(receipt) => {
            let media_id = receipt.id.ok_or(FileError::WhatsAppUnavailable)?;
            let mime_type = kind.mime_type.to_owned();
            return Ok(Uploaded { media_id, filename, mime_type, size, sha256, at: relay.clock.now() });
        }
        Outcome::Throttled { after, failure } => (failure, after, true),
        Outcome::Uncertain(failure) => (failure, None, true),
        Outcome::Rejected(failure) => (failure, None, false),
    };
    tracing::warn!(upload = upload.id, class = ?failure.class, code = failure.code, detail = failure.detail, "an upload was not accepted");
    let of_the_file = matches!(failure.class, FailureClass::Media | FailureClass::Invalid);
    let error = if of_the_file { FileError::NotAccepted } else { FileError::WhatsAppUnavailable };
    Err(Fault { error, wait, passes })
}

/// Records what became of an attempt and shows it, unless somebody has given it up meanwhile.
fn done(desk: &Desk<'_>, taken: &Upload, result: &std::result::Result<Uploaded, Fault>, jitter: f64) -> Result<()> {
    let Some(mut upload) = desk.tx.awaited_upload(taken.id)? else { return Ok(()) };
    let failed = match result {
        Ok(file) => {
            desk.tx.upload_ready(upload.id, file)?;
            let body = json!({ "upload": upload.id, "template": upload.template, "media_id": file.media_id, "sha256": file.sha256,
                "size": file.size, "mime_type": file.mime_type });
            desk.journal("upload.ready", SERVER, Some(upload.thread), None, &body)?;
            upload.ready = Some(file.clone());
            None
        }
        Err(fault) if fault.passes && upload.attempts < MOST_ATTEMPTS => {
            let wait = retry::backoff(upload.attempts, fault.wait, jitter);
            return desk.tx.upload_again(upload.id, desk.now + Duration::from_std(wait).unwrap_or(LEASE));
        }
        Err(fault) => {
            desk.tx.upload_failed(upload.id)?;
            let body = json!({ "upload": upload.id, "template": upload.template, "reason": fault.error.to_string() });
            desk.journal("upload.failed", SERVER, Some(upload.thread), None, &body)?;
            Some(&fault.error)
        }
    };
    let Some(person) = desk.person(&upload.colleague)? else { return Ok(()) };
    let post = act::fetched(desk, &person, &upload, failed)?;
    act::show(desk, &person, upload.card.as_ref(), post).map(drop)
}

impl Relay {
    /// True when an order is due by now.
    pub(super) async fn uploads_are_due(&self) -> std::result::Result<bool, StoreError> {
        let now = self.clock.now();
        self.store.read(move |tx| Ok(tx.next_upload_due()?.is_some_and(|at| at <= now))).await
    }
}
