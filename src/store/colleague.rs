//! What Teams told us about a colleague: who they are there, and the chat with the bot.

use super::engine::Row;
use super::tx::{Result, Tx, maybe_time, micros};
use crate::bridge::{ColleagueId, ConversationReference, Focus, ThreadId, Time};

/// A colleague who has been seen in Teams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownColleague {
    /// Entra object id, lower case.
    pub id: ColleagueId,
    pub upn: Option<String>,
    pub name: Option<String>,
    /// `29:…`
    pub user_id: String,
    /// The personal chat with the bot.
    pub home: ConversationReference,
    pub locale: Option<String>,
    pub time_zone: Option<String>,
    /// False after an uninstallation: posts there cannot arrive.
    pub installed: bool,
    pub welcomed: bool,
    pub focus: Option<Focus>,
}

const COLUMNS: &str = "colleague_id, upn, name, user_id, tenant, conversation_id, service_url, locale, time_zone, installed, welcomed, \
                       focus_thread, focus_disturbed, focus_at";

fn read(row: &Row<'_>) -> Result<KnownColleague> {
    let disturbed: bool = row.get(12)?;
    let focused = maybe_time(row.get(13)?);
    Ok(KnownColleague {
        id: ColleagueId(row.get(0)?),
        upn: row.get(1)?,
        name: row.get(2)?,
        user_id: row.get(3)?,
        home: ConversationReference { tenant: row.get(4)?, conversation: row.get::<String>(5)?.into(), service_url: row.get(6)? },
        locale: row.get(7)?,
        time_zone: row.get(8)?,
        installed: row.get(9)?,
        welcomed: row.get(10)?,
        focus: row.get::<Option<i64>>(11)?.map(|thread| Focus { thread: ThreadId(thread), disturbed, at: focused.unwrap_or_default() }),
    })
}

impl Tx<'_> {
    pub fn colleague(&self, id: &ColleagueId) -> Result<Option<KnownColleague>> {
        self.first(&format!("SELECT {COLUMNS} FROM colleague WHERE colleague_id = ?1"), [&id.0], read)
    }

    /// The colleague who signed in with this UPN.
    pub fn colleague_by_upn(&self, upn: &str) -> Result<Option<KnownColleague>> {
        self.first(&format!("SELECT {COLUMNS} FROM colleague WHERE upn = ?1"), [upn.to_lowercase()], read)
    }

    /// Everybody who has ever been seen in Teams.
    pub fn known_colleagues(&self) -> Result<Vec<KnownColleague>> {
        self.all(&format!("SELECT {COLUMNS} FROM colleague ORDER BY colleague_id"), [], read)
    }

    /// Everybody who has been seen in Teams and has the app.
    pub fn colleagues(&self) -> Result<Vec<ColleagueId>> {
        self.all("SELECT colleague_id FROM colleague WHERE installed = 1 ORDER BY colleague_id", [], |row| Ok(ColleagueId(row.get(0)?)))
    }

    /// Inserts or refreshes everything but focus and welcome; what is `None` keeps what was known.
    pub fn save_colleague(&self, colleague: &KnownColleague) -> Result<()> {
        self.execute(
            "INSERT INTO colleague (colleague_id, upn, name, user_id, tenant, conversation_id, service_url, locale, time_zone, installed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (colleague_id) DO UPDATE SET upn = coalesce(excluded.upn, colleague.upn),
               name = coalesce(excluded.name, colleague.name), user_id = excluded.user_id, tenant = excluded.tenant,
               conversation_id = excluded.conversation_id, service_url = excluded.service_url,
               locale = coalesce(excluded.locale, colleague.locale), time_zone = coalesce(excluded.time_zone, colleague.time_zone),
               installed = excluded.installed",
            (
                &colleague.id.0,
                colleague.upn.as_deref().map(str::to_lowercase),
                &colleague.name,
                &colleague.user_id,
                &colleague.home.tenant,
                &colleague.home.conversation.0,
                &colleague.home.service_url,
                &colleague.locale,
                &colleague.time_zone,
                colleague.installed,
            ),
        )?;
        Ok(())
    }

    /// True the first time only: the greeting comes with two activities at once.
    pub fn welcome_once(&self, id: &ColleagueId) -> Result<bool> {
        Ok(self.execute("UPDATE colleague SET welcomed = 1 WHERE colleague_id = ?1 AND welcomed = 0", [&id.0])? == 1)
    }

    /// The app was removed: nothing can be posted, and the next installation greets again.
    pub fn uninstalled(&self, id: &ColleagueId) -> Result<()> {
        self.execute("UPDATE colleague SET installed = 0, welcomed = 0 WHERE colleague_id = ?1", [&id.0])?;
        Ok(())
    }

    /// The colleague wrote in `thread` at this time. When they wrote in another one later, and that came before, it is not certain any more
    /// what the chat is about.
    pub fn focus_on(&self, id: &ColleagueId, thread: ThreadId, at: Time) -> Result<()> {
        self.execute(
            "UPDATE colleague SET focus_thread = CASE WHEN focus_at > ?3 THEN focus_thread ELSE ?2 END,
                    focus_disturbed = CASE WHEN focus_at > ?3 THEN 1 ELSE 0 END,
                    focus_at = CASE WHEN focus_at > ?3 THEN focus_at ELSE ?3 END
             WHERE colleague_id = ?1 AND (focus_thread IS DISTINCT FROM ?2 OR focus_disturbed = 1)",
            (&id.0, thread.0, micros(at)),
        )?;
        Ok(())
    }

    /// The thread that the colleague last wrote in is not theirs any more, by somebody else's doing: what they type next may still be
    /// meant for it.
    pub fn lose_focus(&self, id: &ColleagueId, thread: ThreadId) -> Result<()> {
        self.execute("UPDATE colleague SET focus_disturbed = 1 WHERE colleague_id = ?1 AND focus_thread = ?2", (&id.0, thread.0))?;
        Ok(())
    }

    /// Something of `thread` appears in the colleague's chat: a message of either side, a note, or the thread itself.
    pub fn disturb_focus(&self, id: &ColleagueId, thread: ThreadId) -> Result<()> {
        self.execute(
            "UPDATE colleague SET focus_disturbed = 1 WHERE colleague_id = ?1 AND focus_thread IS DISTINCT FROM ?2 AND focus_disturbed = 0",
            (&id.0, thread.0),
        )?;
        Ok(())
    }
}
