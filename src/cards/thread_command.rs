//! The commands about a conversation that must be certain.

use serde::{Deserialize, Serialize};

/// What is to be done in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThreadCommand {
    Add,
    Remove,
    Leave,
    End,
    Transfer,
}
