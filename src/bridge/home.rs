//! Where the threads of a line live in Teams (product.md 7).

use serde::{Deserialize, Serialize};

/// A line's kind of home.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HomeKind {
    /// In each participant's own chat with the app.
    #[default]
    Personal,
    /// In a chain of replies in the line's channel, one for each thread.
    Channel,
    /// In a group chat, one for each thread: made by the server where it may ask Microsoft Graph, else linked by a colleague, and until
    /// then as `Personal`.
    Chat,
}
