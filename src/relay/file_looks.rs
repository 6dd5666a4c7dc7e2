//! What the bytes of a kept file are, and how they look.

use crate::bridge::KeptFile;
use crate::media::{self, Keep, Written, kind};

/// Larger files are not looked into, in bytes.
const LOOKED_INTO: u64 = 16 * 1024 * 1024;

/// A file as it was written, with what can be told of it. Nothing in here can fail: a file that cannot be looked into is a file all the same.
pub async fn of(keep: &Keep, name: &str, written: Written) -> KeptFile {
    let found = kind::of(&written.head);
    let mut file = KeptFile {
        name: found.map_or_else(|| kind::plain(name), |found| kind::named(Some(name), found)),
        mime_type: found.map_or("application/octet-stream", |found| found.mime_type).to_owned(),
        blob: written.blob.as_str().to_owned(),
        size: written.size,
        width: None,
        height: None,
        duration: None,
        preview: false,
    };
    let (picture, sound) = (file.mime_type.starts_with("image/"), ["audio/", "video/"].iter().any(|kind| file.mime_type.starts_with(kind)));
    if written.size > LOOKED_INTO || !(picture || sound) {
        return file;
    }
    let Ok(bytes) = keep.whole(&written.blob, LOOKED_INTO).await else { return file };
    // Decoders meet bytes of strangers: whatever happens there ends there.
    let looked =
        tokio::task::spawn_blocking(move || if picture { (media::preview(&bytes), None) } else { (None, media::duration(&bytes)) });
    let Ok((preview, duration)) = looked.await else {
        tracing::error!(blob = file.blob, "a file broke a decoder");
        return file;
    };
    file.duration = duration.and_then(|length| u64::try_from(length.as_millis()).ok());
    if let Some(picture) = preview {
        (file.width, file.height) = (Some(picture.width), Some(picture.height));
        match keep.keep_preview(&written.blob, picture.bytes).await {
            Ok(()) => file.preview = true,
            Err(error) => tracing::error!(%error, "a preview could not be kept"),
        }
    }
    file
}
