//! Handing a message to WhatsApp, with its file where it has one. A file is handed over once a month and number; doing so twice changes
//! nothing, so whatever goes wrong before the message itself is on its way can simply be done again.

use super::core::Relay;
use crate::bridge::{Failure, FailureClass, MEDIA_DAYS, Outcome, Outgoing, OutgoingFile, PhoneNumberId, ToClient};
use crate::media::{Blob, KeepError};
use crate::whatsapp::File;
use chrono::Duration;

pub async fn send(relay: &Relay, message: &ToClient) -> Outcome {
    let Outgoing::Media(outgoing) = &message.content else { return relay.whatsapp.send(message).await };
    let id = match file(relay, &message.from, outgoing).await {
        Ok(id) => id,
        Err(outcome) => return outcome,
    };
    let outcome = relay.whatsapp.send(&ToClient { media: Some(id), ..message.clone() }).await;
    if matches!(&outcome, Outcome::Rejected(failure) if failure.class == FailureClass::Media) {
        // Perhaps WhatsApp has forgotten it: another attempt hands it over anew.
        note(relay, &message.from, outgoing, None).await;
    }
    outcome
}

/// The id under which WhatsApp has the file; `Err`: nothing was sent, and why.
async fn file(relay: &Relay, number: &PhoneNumberId, outgoing: &OutgoingFile) -> Result<String, Outcome> {
    let kept = &outgoing.file;
    let (blob, from, since) = (kept.blob.clone(), number.clone(), relay.clock.now() - Duration::days(MEDIA_DAYS));
    let known = relay.store.read(move |tx| tx.media_at_whatsapp(&blob, &from, since)).await;
    if let Ok(Some(id)) = known {
        return Ok(id);
    }
    let blob = Blob::parse(&kept.blob).ok_or_else(missing)?;
    let bytes = match relay.keep.read(&blob, None).await {
        Ok((_, bytes)) => bytes,
        Err(KeepError::Missing) => return Err(missing()),
        Err(error) => {
            tracing::error!(%error, "a kept file cannot be read; trying again");
            return Err(later("the file cannot be read at the moment"));
        }
    };
    let body = reqwest::Body::wrap_stream(bytes);
    let file = File { name: kept.name.clone(), mime_type: kept.mime_type.clone(), size: kept.size, body };
    match relay.whatsapp.upload(number, file).await {
        Outcome::Sent(receipt) => {
            let id = receipt.id.ok_or_else(|| later("WhatsApp did not say under which id it has the file"))?;
            note(relay, number, outgoing, Some(id.clone())).await;
            Ok(id)
        }
        // The message was not sent: there is nothing to be uncertain about.
        Outcome::Uncertain(failure) => Err(Outcome::Throttled { after: None, failure }),
        // Of a type that it does not take, WhatsApp says that the request is wrong.
        Outcome::Rejected(failure) if failure.class == FailureClass::Invalid => {
            Err(Outcome::Rejected(Failure { class: FailureClass::Media, ..failure }))
        }
        outcome => Err(outcome),
    }
}

/// What is not noted is handed over once more.
async fn note(relay: &Relay, number: &PhoneNumberId, outgoing: &OutgoingFile, id: Option<String>) {
    let (blob, number) = (outgoing.file.blob.clone(), number.clone());
    let noted = relay.write("media_at_whatsapp", move |desk| desk.tx.note_media_at_whatsapp(&blob, &number, id.as_deref(), desk.now)).await;
    if let Err(error) = noted {
        tracing::warn!(%error, "it could not be noted that WhatsApp has a file");
    }
}

fn missing() -> Outcome {
    tracing::error!("a file that was kept is not there any more");
    Outcome::Rejected(Failure::new(FailureClass::Media, "the file is not there any more"))
}

fn later(why: &str) -> Outcome {
    Outcome::Throttled { after: None, failure: Failure::new(FailureClass::Unavailable, why) }
}
