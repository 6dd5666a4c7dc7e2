//! Files that a colleague posts for a client. They are fetched from Teams at once, for their addresses do not live long, made ready as
//! they will leave, and shown; nothing of them leaves before Send.

use super::desk::{Case, Desk, Listener, Person, SERVER};
use super::{attachments, file_looks, standing};
use crate::bridge::{
    FailureClass, FileError, FileSource, LARGEST_FILE, MediaForm, Outcome, OutgoingFile, ParcelId, Post, Posted, form_of, retry,
};
use crate::cards::{self, ParcelCard, ParcelRow};
use crate::markup;
use crate::media::{self, Keep, Written, kind};
use crate::store::{Draft, Parcel, ParcelFile, ParcelFileState, ParcelOrder, ParcelState, Result, Subject};
use crate::texts::file_error;
use chrono::Duration;
use serde_json::json;

/// Attempts before the colleague is told.
const MOST_ATTEMPTS: u32 = 6;
/// What Graph answers of a file that is not there, where it gives no status.
const NOT_FOUND: u16 = 404;
/// Larger pictures leave as they are, in bytes.
const MOST_PICTURE: u64 = 32 * 1024 * 1024;

/// Keeps what a colleague posted for a client with files. `None`: there is none among them that Teams hands over.
pub fn open(desk: &Desk<'_>, person: &Person, case: &Case, draft: &Draft) -> Result<Option<ParcelId>> {
    let sources: Vec<FileSource> = draft.files.iter().filter_map(attachments::source).collect();
    if sources.is_empty() { Ok(None) } else { open_of(desk, person, case, draft, sources).map(Some) }
}

/// The same, of files that are known by where they are.
pub fn open_of(desk: &Desk<'_>, person: &Person, case: &Case, draft: &Draft, sources: Vec<FileSource>) -> Result<ParcelId> {
    let files: Vec<ParcelFile> = sources.into_iter().map(|source| ParcelFile { source, state: ParcelFileState::Waiting }).collect();
    let names: Vec<&str> = files.iter().filter_map(|file| file.source.name()).collect();
    let body =
        json!({ "files": names, "text": draft.text, "conversation": draft.written.conversation, "activity": draft.written.activity });
    desk.journal("parcel.opened", person.id().as_str(), Some(case.thread.id), None, &body)?;
    let parcel = Parcel {
        id: ParcelId(0),
        colleague: person.id().clone(),
        thread: case.thread.id,
        text: draft.text.clone(),
        answers: draft.answers,
        written: draft.written.clone(),
        state: ParcelState::Open,
        settled_at: None,
        files,
    };
    let id = desk.tx.open_parcel(&parcel, desk.now)?;
    standing::give(desk, Subject::Parcel(id), case.thread.id, &desk.place_of(Some(case.thread.id), person)?)?;
    Ok(id)
}

/// The card as it stands.
pub fn card(desk: &Desk<'_>, listener: &Listener, id: ParcelId) -> Result<Option<Post>> {
    let Some(parcel) = desk.tx.parcel(id)? else { return Ok(None) };
    let Some(case) = desk.case(parcel.thread)? else { return Ok(None) };
    let who = desk.person(&parcel.colleague)?.map(|person| person.name).unwrap_or_default();
    let row = |file: &ParcelFile| ParcelRow {
        name: file.source.name().unwrap_or_default().to_owned(),
        state: match &file.state {
            ParcelFileState::Waiting => None,
            ParcelFileState::Ready(file) => Some(Ok(file.clone())),
            ParcelFileState::Impossible(why) => Some(Err(why.clone())),
        },
    };
    let view = ParcelCard {
        parcel: id,
        head: desk.head(&case.contact, Some(&case.thread)),
        text: markup::plain(&parcel.text),
        files: parcel.files.iter().map(row).collect(),
        settled: parcel.settled_at.map(|at| (parcel.state == ParcelState::Sent, who, at)),
    };
    Ok(Some(cards::parcel(&desk.reader_for(listener, Some(&case.contact.line)), &view)))
}

/// Fetches a file and makes it ready.
pub async fn fetch(relay: &super::core::Relay, order: &ParcelOrder) -> std::result::Result<OutgoingFile, FileError> {
    let source = source(relay, order).await?;
    let (written, name) = relay.fetcher.keep(relay.teams(), &source, &relay.keep, LARGEST_FILE).await?;
    let written = without_words(&relay.keep, written).await;
    let is_opus = written.head.windows(8).any(|window| window == b"OpusHead");
    let file = file_looks::of(&relay.keep, name.as_deref().unwrap_or("file"), written).await;
    let form = match form_of(&file.mime_type, file.size) {
        Ok(MediaForm::Voice) if !is_opus => MediaForm::Document,
        Ok(form) => form,
        Err(limit) => return Err(FileError::TooBig { size: Some(file.size), limit }),
    };
    Ok(OutgoingFile { form, file, caption: None })
}

/// Where the bytes are. Only what its poster has made or changed is taken from SharePoint: there we may read more than they may.
async fn source(relay: &super::core::Relay, order: &ParcelOrder) -> std::result::Result<FileSource, FileError> {
    let FileSource::Shared { url, name } = &order.source else { return Ok(order.source.clone()) };
    let graph = relay.graph().ok_or(FileError::NotGranted)?;
    match graph.shared_file(url).await {
        Ok(file) if file.is_by(&order.colleague) => Ok(FileSource::File { url: file.download, name: name.clone() }),
        Ok(_) => Err(FileError::NotTheirs),
        Err(Outcome::Rejected(failure)) if failure.class == FailureClass::Configuration => Err(FileError::NotGranted),
        Err(Outcome::Rejected(failure)) => {
            let status = failure.code.and_then(|code| u16::try_from(code).ok());
            Err(FileError::Refused { status: status.unwrap_or(NOT_FOUND) })
        }
        Err(_) => Err(FileError::Unreachable),
    }
}

/// A picture without what its camera wrote, in a format and size that WhatsApp shows; anything else as it is.
async fn without_words(keep: &Keep, written: Written) -> Written {
    let Some(found) = kind::of(&written.head).filter(|found| found.mime_type.starts_with("image/")) else { return written };
    if written.size > MOST_PICTURE {
        return written;
    }
    let Ok(bytes) = keep.whole(&written.blob, MOST_PICTURE).await else { return written };
    let made = tokio::task::spawn_blocking(move || media::picture(&bytes, found.mime_type)).await;
    let Ok(Some(bytes)) = made else { return written };
    let mut incoming = keep.begin(LARGEST_FILE);
    match incoming.write(&bytes).await {
        Ok(()) => incoming.finish().await.unwrap_or(written),
        Err(_) => written,
    }
}

/// Records what became of an attempt, and shows it.
pub fn fetched(desk: &Desk<'_>, order: &ParcelOrder, result: &std::result::Result<OutgoingFile, FileError>, jitter: f64) -> Result<()> {
    let state = match result {
        Ok(file) => ParcelFileState::Ready(file.clone()),
        Err(error) if error.passes() && order.attempts < MOST_ATTEMPTS => {
            let wait = Duration::from_std(retry::backoff(order.attempts, None, jitter)).unwrap_or(Duration::minutes(1));
            return desk.tx.parcel_file_again(order, desk.now + wait);
        }
        Err(error) => ParcelFileState::Impossible(file_error(error)),
    };
    if desk.tx.parcel_file_done(order, &state)?
        && let Some(parcel) = desk.tx.parcel(order.parcel)?
    {
        if let Err(error) = result {
            let body = json!({ "parcel": parcel.id, "name": order.source.name(), "why": error.to_string() });
            desk.journal("parcel.file_impossible", SERVER, Some(parcel.thread), None, &body)?;
        }
        standing::update(desk, Subject::Parcel(order.parcel), parcel.thread)?;
    }
    Ok(())
}

/// Its files are not wanted.
pub fn give_up(desk: &Desk<'_>, person: &Person, parcel: &Parcel) -> Result<()> {
    if desk.tx.settle_parcel(parcel.id, false, desk.now)? {
        desk.journal("parcel.cancelled", person.id().as_str(), Some(parcel.thread), None, &json!({ "parcel": parcel.id }))?;
        standing::update(desk, Subject::Parcel(parcel.id), parcel.thread)?;
    }
    Ok(())
}

/// Its author changed or deleted the message with the files before they were sent; false when no files wait
/// there, or its words have gone already.
pub fn on_edited(desk: &Desk<'_>, person: &Person, written: &Posted, text: Option<&str>) -> Result<bool> {
    let Some(id) = desk.tx.open_parcel_of(written)? else { return Ok(false) };
    let Some(parcel) = desk.tx.parcel(id)?.filter(|parcel| parcel.colleague == *person.id()) else { return Ok(true) };
    // The words of a message in a shared conversation do not wait for its files.
    let went = matches!(desk.tx.posting(&written.conversation, &written.activity)?, Some((_, Some(_))));
    match text {
        None => give_up(desk, person, &parcel)?,
        Some(_) if went => {}
        Some(text) => {
            let body = json!({ "parcel": id, "text": text, "before": parcel.text });
            desk.journal("message.edited_in_teams", person.id().as_str(), Some(parcel.thread), None, &body)?;
            desk.tx.reword_parcel(id, text.trim())?;
            standing::update(desk, Subject::Parcel(id), parcel.thread)?;
        }
    }
    Ok(!went)
}
