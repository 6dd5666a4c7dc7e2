//! A file of ours as a phone has it.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::state::{MediaFile, PhoneFile};

/// The page shows no larger picture (bytes).
const SHOWN: usize = 512 * 1024;

/// The file of a message with this payload, as the phone has it.
pub(super) fn file_of(media: &HashMap<String, MediaFile>, part: &Value) -> Option<PhoneFile> {
    let file = media.get(part["id"].as_str()?)?;
    Some(PhoneFile {
        name: part["filename"].as_str().map(str::to_owned),
        mime_type: file.mime_type.clone(),
        size: file.bytes.len(),
        sha256: hex::encode(Sha256::digest(&file.bytes)),
        voice: part["voice"].as_bool().unwrap_or_default(),
    })
}

/// The same as the phone shows it, for the page: a data URI of a picture that is not too large for it.
pub(super) fn picture_of(media: &HashMap<String, MediaFile>, part: &Value) -> Option<String> {
    let file = media.get(part["id"].as_str()?)?;
    let small = file.mime_type.starts_with("image/") && file.bytes.len() <= SHOWN;
    small.then(|| format!("data:{};base64,{}", file.mime_type, STANDARD.encode(&file.bytes)))
}
