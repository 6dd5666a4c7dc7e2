//! Files that people post in group chats and channels. Teams tells a bot nothing of them (teams.md 4.1); Graph's copy of a message names
//! them.
//!
//! Invariant: with `Files.Read.All` the application may read every file of the organization, and whoever posts a message may name any
//! place in it. So Graph's answer says who made a file, for whoever decides whether it is theirs to send.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use url::Url;

use super::error::Operation;
use super::graph::Graph;
use crate::bridge::{ActivityId, ColleagueId, ConversationId, Failure, FailureClass, FileSource, Outcome};

/// Where a message stands.
#[derive(Clone, Copy, Debug)]
pub enum MessagePlace<'a> {
    Chat(&'a ConversationId),
    Channel {
        /// The team's group in Entra.
        group: &'a str,
        /// With the chain's `;messageid=`.
        chain: &'a ConversationId,
    },
}

/// A file in SharePoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedFile {
    /// Needs no token, and lives about an hour.
    pub download: String,
    /// Entra object ids, lower case, of who made it and who changed it last.
    pub makers: Vec<String>,
}

impl SharedFile {
    pub fn is_by(&self, colleague: &ColleagueId) -> bool {
        self.makers.iter().any(|maker| maker.eq_ignore_ascii_case(colleague.as_str()))
    }
}

impl Graph {
    /// The files of a message; with `pictures` also those that are pasted into it, as `picture`. Needs `ChatMessage.Read.Chat` or
    /// `ChannelMessage.Read.Group` (Graph, "Get chatMessage in a channel or chat").
    pub async fn posted_files(
        &self,
        place: MessagePlace<'_>,
        message: &ActivityId,
        pictures: Option<&str>,
    ) -> Result<Vec<FileSource>, Outcome> {
        let path = path_of(place, message);
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let answer = self.caller.call(Operation::Read, &self.base, &path, None).await?;
        if !answer.status.is_success() {
            return Err(self.caller.outcome(Operation::Read, &answer));
        }
        let Some(found) = answer.json() else {
            return Err(Outcome::Throttled {
                after: None,
                failure: Failure::new(FailureClass::Unavailable, "the message is not readable"),
            });
        };
        if found.get("deletedDateTime").is_some_and(Value::is_string) {
            return Ok(Vec::new());
        }
        let mut files: Vec<FileSource> = attachments(&found).collect();
        if let Some(picture) = pictures {
            let mut of_pictures = path.clone();
            of_pictures.push("hostedContents");
            for hosted in self.list(&of_pictures, &[]).await? {
                let Some(id) = hosted.get("id").and_then(Value::as_str) else { continue };
                let mut place = of_pictures.clone();
                place.push(id);
                let mut url = self.caller.url(&self.base, &place).map_err(Outcome::Rejected)?;
                if let Ok(mut segments) = url.path_segments_mut() {
                    segments.push("$value");
                }
                files.push(FileSource::Hosted { url: url.into(), name: picture.to_owned() });
            }
        }
        Ok(files)
    }

    /// A file by its place in SharePoint. Needs `Files.Read.All` (Graph, "Access shared items", where an application needs
    /// `Files.ReadWrite.All` by the letter; only a real tenant can tell).
    pub async fn shared_file(&self, url: &str) -> Result<SharedFile, Outcome> {
        let token = format!("u!{}", URL_SAFE_NO_PAD.encode(url));
        let answer = self.caller.call(Operation::Read, &self.base, &["shares", &token, "driveItem"], None).await?;
        if !answer.status.is_success() {
            return Err(self.caller.outcome(Operation::Read, &answer));
        }
        let item = answer.json().unwrap_or_default();
        let maker = |place| item.pointer(place).and_then(Value::as_str).map(str::to_lowercase);
        match item.get("@microsoft.graph.downloadUrl").and_then(Value::as_str) {
            Some(download) => Ok(SharedFile {
                download: download.to_owned(),
                makers: ["/createdBy/user/id", "/lastModifiedBy/user/id"].into_iter().filter_map(maker).collect(),
            }),
            // A folder, or a notebook.
            None => Err(Outcome::Rejected(Failure::new(FailureClass::Invalid, "this is no file"))),
        }
    }

    /// The bytes of a [`FileSource::Hosted`], with our token. `within` bounds the whole answer, which the caller reads.
    pub async fn hosted(&self, url: &Url, within: Duration) -> Result<reqwest::Response, Failure> {
        if self.caller.hosts.allowed(url.as_str()).is_none() {
            return Err(Failure::new(FailureClass::Configuration, "the picture's host is not Graph's"));
        }
        self.caller.file(url, true, within).await
    }
}

fn path_of(place: MessagePlace<'_>, message: &ActivityId) -> Vec<String> {
    let path: Vec<&str> = match place {
        MessagePlace::Chat(chat) => vec!["chats", chat.as_str(), "messages", message.as_str()],
        MessagePlace::Channel { group, chain } => {
            let (channel, root) = chain.as_str().split_once(";messageid=").unwrap_or((chain.as_str(), message.as_str()));
            let mut path = vec!["teams", group, "channels", channel, "messages", root];
            if root != message.as_str() {
                path.extend(["replies", message.as_str()]);
            }
            path
        }
    };
    path.into_iter().map(str::to_owned).collect()
}

/// What is attached: cards, quotes and forwarded messages are no files.
fn attachments(message: &Value) -> impl Iterator<Item = FileSource> {
    let all = message.get("attachments").and_then(Value::as_array).into_iter().flatten();
    all.filter(|attachment| attachment.get("contentType").and_then(Value::as_str) == Some("reference")).filter_map(|attachment| {
        let text = |key| attachment.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty()).map(str::to_owned);
        let url = text("contentUrl")?;
        let name = text("name").unwrap_or_else(|| "file".to_owned());
        Some(FileSource::Shared { url, name })
    })
}
