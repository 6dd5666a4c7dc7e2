//! Shared Teams conversations: group chats and channels, and the colleagues who are members there.

use super::engine::Row;
use super::tx::{Result, Tx};
use crate::bridge::{ColleagueId, ConversationId, ConversationReference, Scope};

/// A group chat, or a channel, as far as we know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedConversation {
    /// Without `;messageid=`.
    pub reference: ConversationReference,
    /// Never `Personal`.
    pub scope: Scope,
    /// The team of a channel (`19:…@thread.tacv2`).
    pub team: Option<String>,
    /// The chat's topic or the channel's name.
    pub name: Option<String>,
    /// False once the app was removed, or the conversation deleted or archived.
    pub installed: bool,
    /// Resource-specific consent was given, and nobody need mention the bot: a message that did not has reached it, or Graph says so.
    pub hears_all: bool,
}

const COLUMNS: &str = "conversation_id, scope, tenant, service_url, team_id, name, installed, hears_all";

fn read(row: &Row<'_>) -> Result<SharedConversation> {
    let scope: String = row.get(1)?;
    Ok(SharedConversation {
        reference: ConversationReference { conversation: row.get::<String>(0)?.into(), tenant: row.get(2)?, service_url: row.get(3)? },
        scope: if scope == "channel" { Scope::Channel } else { Scope::GroupChat },
        team: row.get(4)?,
        name: row.get(5)?,
        installed: row.get(6)?,
        hears_all: row.get(7)?,
    })
}

impl Tx<'_> {
    /// A shared conversation by its id without `;messageid=`.
    pub fn conversation(&self, id: &ConversationId) -> Result<Option<SharedConversation>> {
        self.first(&format!("SELECT {COLUMNS} FROM conversation WHERE conversation_id = ?1"), [&id.0], read)
    }

    /// Inserts or refreshes everything; what is `None` keeps what was known.
    pub fn save_conversation(&self, conversation: &SharedConversation) -> Result<()> {
        self.execute(
            "INSERT INTO conversation (conversation_id, scope, tenant, service_url, team_id, name, installed, hears_all)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (conversation_id) DO UPDATE SET scope = excluded.scope, tenant = excluded.tenant,
               service_url = excluded.service_url, team_id = coalesce(excluded.team_id, conversation.team_id),
               name = coalesce(excluded.name, conversation.name), installed = excluded.installed, hears_all = excluded.hears_all",
            (
                &conversation.reference.conversation.0,
                if conversation.scope == Scope::Channel { "channel" } else { "groupChat" },
                &conversation.reference.tenant,
                &conversation.reference.service_url,
                &conversation.team,
                &conversation.name,
                conversation.installed,
                conversation.hears_all,
            ),
        )?;
        Ok(())
    }

    /// The channels of a team that we know.
    pub fn conversations_of_team(&self, team: &str) -> Result<Vec<SharedConversation>> {
        self.all(&format!("SELECT {COLUMNS} FROM conversation WHERE team_id = ?1 ORDER BY conversation_id"), [team], read)
    }

    /// The colleagues who are known to be members.
    pub fn members(&self, id: &ConversationId) -> Result<Vec<ColleagueId>> {
        self.all("SELECT colleague_id FROM member WHERE conversation_id = ?1 ORDER BY colleague_id", [&id.0], |row| {
            Ok(ColleagueId(row.get(0)?))
        })
    }

    /// Adds a member; false when they were one already.
    pub fn add_member(&self, id: &ConversationId, colleague: &ColleagueId) -> Result<bool> {
        let changed = self
            .execute("INSERT INTO member (conversation_id, colleague_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING", (&id.0, &colleague.0))?;
        Ok(changed == 1)
    }

    /// Removes a member; false when they were none.
    pub fn remove_member(&self, id: &ConversationId, colleague: &ColleagueId) -> Result<bool> {
        Ok(self.execute("DELETE FROM member WHERE conversation_id = ?1 AND colleague_id = ?2", (&id.0, &colleague.0))? == 1)
    }
}
