//! Bytes by their SHA-256: a folder, or a bucket of an S3-compatible store. A file is written once, under a name that nobody else
//! knows, and gets its own name when it is whole; the same bytes are kept once. Nothing here is ever executed or looked into.

use crate::bridge::Time;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::aws::AmazonS3Builder;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, CopyOptions, GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use thiserror::Error;
use tokio::io::AsyncWriteExt;

/// Of the beginning of a file this much is remembered while it is written: enough to tell what it is.
const HEAD: usize = 8 * 1024;
/// Bytes written at once: the least that S3 takes for a part of a file.
const PART: usize = 5 * 1024 * 1024;
/// Parts on their way at once.
const PARTS_AT_ONCE: usize = 2;
/// Where files are written before they are whole.
const INCOMING: &str = "incoming";
/// Where small pictures of files stand, by the file's own name.
const PREVIEWS: &str = "previews";

/// Where files are kept.
#[derive(Clone, Debug)]
pub enum Place {
    /// A folder, made when it is missing. Every file is on disk (fsync) before it counts as kept.
    Folder(PathBuf),
    /// A bucket. Without keys those of the environment or the machine are used (`AWS_*`, instance metadata, web identity).
    S3 {
        bucket: String,
        prefix: String,
        region: Option<String>,
        endpoint: Option<String>,
        access_key_id: Option<String>,
        secret_access_key: Option<SecretString>,
    },
}

/// The name of kept bytes: their SHA-256, hexadecimal, lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Blob(String);

impl Blob {
    /// `None` for anything but 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let is_name = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_name.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn path(&self) -> Path {
        // Folders of a bearable size.
        Path::from_iter(["files", &self.0[..2], &self.0])
    }

    fn preview(&self) -> Path {
        Path::from_iter([PREVIEWS, &self.0[..2], &self.0])
    }
}

/// Why bytes could not be kept or read.
#[derive(Debug, Error)]
pub enum KeepError {
    #[error("there is no such file")]
    Missing,
    #[error("the file is larger than {limit} bytes")]
    TooBig { limit: u64 },
    #[error("the place for files does not answer: {0}")]
    Unavailable(String),
}

impl From<object_store::Error> for KeepError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Missing,
            error => Self::Unavailable(error.to_string()),
        }
    }
}

impl From<std::io::Error> for KeepError {
    fn from(error: std::io::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// Bytes on their way out.
pub type Stream = BoxStream<'static, Result<bytes::Bytes, KeepError>>;

/// The files of this installation. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Keep {
    store: Arc<dyn ObjectStore>,
    /// The folder of what is not finished: a half-written file has a name there that the store does not list.
    unfinished: Option<PathBuf>,
}

/// Who wants a file kept tries again by themselves, and says so: a bucket that does not answer must not hold them up for minutes.
fn retries() -> RetryConfig {
    let backoff = BackoffConfig { init_backoff: Duration::from_millis(100), max_backoff: Duration::from_secs(1), base: 2.0 };
    RetryConfig { backoff, max_retries: 2, retry_timeout: Duration::from_secs(10) }
}

/// Removes files that were last written before this moment; how many.
fn clear_folder(folder: &std::path::Path, before: SystemTime) -> std::io::Result<usize> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut cleared = 0;
    for entry in entries {
        let entry = entry?;
        let is_old = |written: SystemTime| written < before;
        if entry.metadata().and_then(|about| about.modified()).is_ok_and(is_old) {
            match std::fs::remove_file(entry.path()) {
                Ok(()) => cleared += 1,
                // Another process was faster.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(cleared)
}

impl Keep {
    /// # Errors
    /// When the folder cannot be made, or the bucket's settings are no settings.
    pub fn open(place: &Place) -> Result<Self, KeepError> {
        let store: Arc<dyn ObjectStore> = match place {
            Place::Folder(folder) => {
                std::fs::create_dir_all(folder)?;
                Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true))
            }
            Place::S3 { bucket, prefix, region, endpoint, access_key_id, secret_access_key } => {
                let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(retries());
                if let Some(region) = region {
                    builder = builder.with_region(region);
                }
                if let Some(endpoint) = endpoint {
                    builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
                }
                if let (Some(id), Some(secret)) = (access_key_id, secret_access_key) {
                    builder = builder.with_access_key_id(id).with_secret_access_key(secret.expose_secret());
                }
                let bucket = builder.build()?;
                if prefix.is_empty() { Arc::new(bucket) } else { Arc::new(PrefixStore::new(bucket, prefix.as_str())) }
            }
        };
        let folder = match place {
            Place::Folder(folder) => Some(folder.join(INCOMING)),
            Place::S3 { .. } => None,
        };
        Ok(Self { store, unfinished: folder })
    }

    /// Removes what was begun and not finished, and has not been written to since `before` by the store's own clock; how many. Others
    /// may be writing here at this moment, so only what nobody can be at any more goes. Parts of a file on their way to a bucket are not
    /// listed by it: a rule of the bucket for incomplete uploads removes those.
    pub async fn clear_unfinished(&self, before: Time) -> Result<usize, KeepError> {
        if let Some(folder) = self.unfinished.clone() {
            let cleared = tokio::task::spawn_blocking(move || clear_folder(&folder, before.into())).await;
            return Ok(cleared.map_err(|error| KeepError::Unavailable(error.to_string()))??);
        }
        let mut found = self.store.list(Some(&Path::from(INCOMING)));
        let mut cleared = 0;
        while let Some(object) = found.next().await.transpose()? {
            if object.last_modified < before {
                self.store.delete(&object.location).await?;
                cleared += 1;
            }
        }
        Ok(cleared)
    }

    /// Begins a file of at most `limit` bytes.
    pub fn begin(&self, limit: u64) -> Incoming {
        let path = Path::from_iter([INCOMING, &uuid::Uuid::new_v4().simple().to_string()]);
        let writer = BufWriter::with_capacity(self.store.clone(), path.clone(), PART).with_max_concurrency(PARTS_AT_ONCE);
        Incoming { store: self.store.clone(), path, writer, hash: Sha256::new(), size: 0, limit, head: Vec::new() }
    }

    /// A part of a file, or all of it, as a stream; with the length of the whole in bytes.
    pub async fn read(&self, blob: &Blob, range: Option<Range<u64>>) -> Result<(u64, Stream), KeepError> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let found = self.store.get_opts(&blob.path(), options).await?;
        let size = found.meta.size;
        Ok((size, found.into_stream().map(|part| part.map_err(KeepError::from)).boxed()))
    }

    /// A whole file in memory.
    ///
    /// # Errors
    /// [`KeepError::TooBig`] when it has more than `limit` bytes.
    pub async fn whole(&self, blob: &Blob, limit: u64) -> Result<Vec<u8>, KeepError> {
        let found = self.store.get(&blob.path()).await?;
        if found.meta.size > limit {
            return Err(KeepError::TooBig { limit });
        }
        Ok(found.bytes().await?.into())
    }

    /// Keeps the small picture of a file, in place of an earlier one.
    pub async fn keep_preview(&self, of: &Blob, bytes: Vec<u8>) -> Result<(), KeepError> {
        self.store.put(&of.preview(), PutPayload::from(bytes)).await?;
        Ok(())
    }

    pub async fn preview(&self, of: &Blob) -> Result<Vec<u8>, KeepError> {
        Ok(self.store.get(&of.preview()).await?.bytes().await?.into())
    }
}

/// A file that is being written. Dropped unfinished, it is never read, and cleared away later ([`Keep::clear_unfinished`]).
pub struct Incoming {
    store: Arc<dyn ObjectStore>,
    path: Path,
    writer: BufWriter,
    hash: Sha256,
    size: u64,
    limit: u64,
    head: Vec<u8>,
}

/// A file that has been kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub blob: Blob,
    /// Bytes.
    pub size: u64,
    /// How it begins: at most 8 KiB.
    pub head: Vec<u8>,
}

impl Incoming {
    /// # Errors
    /// [`KeepError::TooBig`] with the first byte too many.
    pub async fn write(&mut self, part: &[u8]) -> Result<(), KeepError> {
        self.size += part.len() as u64;
        if self.size > self.limit {
            return Err(KeepError::TooBig { limit: self.limit });
        }
        self.hash.update(part);
        let missing = HEAD.saturating_sub(self.head.len());
        self.head.extend_from_slice(&part[..missing.min(part.len())]);
        self.writer.write_all(part).await?;
        Ok(())
    }

    /// Nothing has been written yet.
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// It is whole: it gets its name.
    pub async fn finish(mut self) -> Result<Written, KeepError> {
        self.writer.shutdown().await?;
        let blob = Blob(hex::encode(self.hash.finalize()));
        self.store.copy_opts(&self.path, &blob.path(), CopyOptions::default()).await?;
        self.store.delete(&self.path).await?;
        Ok(Written { blob, size: self.size, head: self.head })
    }

    /// It is not wanted.
    pub async fn discard(mut self) {
        if let Err(error) = self.writer.abort().await {
            tracing::debug!(%error, "an unfinished file could not be given up");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Keep) {
        let folder = tempfile::tempdir().expect("a folder");
        let keep = Keep::open(&Place::Folder(folder.path().join("files"))).expect("open");
        (folder, keep)
    }

    async fn kept(keep: &Keep, bytes: &[u8]) -> Written {
        let mut incoming = keep.begin(1 << 20);
        for part in bytes.chunks(1_000) {
            incoming.write(part).await.expect("written");
        }
        incoming.finish().await.expect("kept")
    }

    async fn read(keep: &Keep, blob: &Blob, range: Option<Range<u64>>) -> (u64, Vec<u8>) {
        let (size, parts) = keep.read(blob, range).await.expect("there");
        let bytes = parts.map(|part| part.expect("read").to_vec()).concat().await;
        (size, bytes)
    }

    fn files(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
    }

    #[tokio::test]
    async fn the_same_bytes_are_kept_once_and_read_back_whole_or_in_part() {
        let (folder, keep) = folder();
        let bytes: Vec<u8> = (0..20_000_u32).map(|n| n as u8).collect();
        let (first, second) = (kept(&keep, &bytes).await, kept(&keep, &bytes).await);
        assert_eq!(first, second);
        assert_eq!(first.blob.as_str(), hex::encode(Sha256::digest(&bytes)));
        assert_eq!((first.size, first.head.as_slice()), (20_000, &bytes[..HEAD]));
        assert_eq!(files(folder.path()), 1);
        assert_eq!(read(&keep, &first.blob, None).await, (20_000, bytes.clone()));
        assert_eq!(read(&keep, &first.blob, Some(19_990..20_000)).await, (20_000, bytes[19_990..].to_vec()));
        assert_eq!(keep.whole(&first.blob, 20_000).await.expect("there"), bytes);
        assert!(matches!(keep.whole(&first.blob, 19_999).await, Err(KeepError::TooBig { limit: 19_999 })));
    }

    #[tokio::test]
    async fn a_file_that_is_too_large_is_given_up_at_the_first_byte_too_many() {
        let (folder, keep) = folder();
        let mut incoming = keep.begin(1_000);
        incoming.write(&[0; 1_000]).await.expect("fits");
        assert!(matches!(incoming.write(&[0]).await, Err(KeepError::TooBig { limit: 1_000 })));
        incoming.discard().await;
        assert_eq!(files(folder.path()), 0);
    }

    #[tokio::test]
    async fn what_was_not_finished_is_cleared_when_it_is_old_and_not_by_who_opens_beside() {
        let (folder, keep) = folder();
        let whole = kept(&keep, b"whole").await;
        let mut abandoned = keep.begin(100_000_000);
        abandoned.write(&vec![7; 30_000_000]).await.expect("fits");
        std::mem::forget(abandoned);
        let mut begun = keep.begin(100_000_000);
        begun.write(&vec![8; 30_000_000]).await.expect("fits");
        let again = Keep::open(&Place::Folder(folder.path().join("files"))).expect("open");
        let unfinished = files(&folder.path().join("files").join(INCOMING));
        assert!(unfinished >= 2, "{unfinished}");
        let long_ago = chrono::DateTime::UNIX_EPOCH;
        assert_eq!(again.clear_unfinished(long_ago + chrono::Duration::days(1)).await.expect("cleared"), 0);
        let written = begun.finish().await.expect("kept");
        for entry in std::fs::read_dir(folder.path().join("files").join(INCOMING)).expect("a folder") {
            let file = std::fs::File::options().write(true).open(entry.expect("an entry").path()).expect("a file");
            file.set_modified(long_ago.into()).expect("set");
        }
        assert!(again.clear_unfinished(long_ago + chrono::Duration::days(1)).await.expect("cleared") >= 1);
        assert_eq!(files(folder.path()), 2);
        assert_eq!(again.whole(&whole.blob, 100).await.expect("there"), b"whole");
        assert_eq!(again.whole(&written.blob, 30_000_000).await.expect("there").len(), 30_000_000);
    }

    #[tokio::test]
    async fn a_preview_stands_beside_its_file() {
        let (_folder, keep) = folder();
        let blob = kept(&keep, b"picture").await.blob;
        assert!(matches!(keep.preview(&blob).await, Err(KeepError::Missing)));
        keep.keep_preview(&blob, b"small".to_vec()).await.expect("kept");
        assert_eq!(keep.preview(&blob).await.expect("there"), b"small");
    }

    #[test]
    fn only_a_hash_names_a_file() {
        let hash = "a".repeat(64);
        assert_eq!(Blob::parse(&hash).map(|blob| blob.0), Some(hash));
        for wrong in ["", "../../etc/passwd", &"A".repeat(64), &"a".repeat(63), &format!("{}/", "a".repeat(63))] {
            assert_eq!(Blob::parse(wrong), None, "{wrong}");
        }
    }
}
