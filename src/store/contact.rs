//! Contacts, the names WhatsApp knows them by, and their consent.

use super::engine::Row;
use super::tx::{Result, Tx, from_word, maybe_time, micros, time, word};
use crate::bridge::{
    Basis, ClientIdentity, ColleagueId, Consent, ConsentState, ContactId, LineId, MessageId, Recipient, Time, fold, phone,
};

/// A line's entry for a client.
#[derive(Clone, Debug, PartialEq)]
pub struct Contact {
    pub id: ContactId,
    pub line: LineId,
    pub name: String,
    /// E.164, as the colleague entered it.
    pub phone: Option<String>,
    /// What Meta calls them; digits.
    pub wa_id: Option<String>,
    pub bsuid: Option<String>,
    pub language: Option<String>,
    /// `None`: wrote first, added by nobody yet.
    pub added_by: Option<ColleagueId>,
    pub added_at: Time,
    pub consent: Consent,
    pub requested_by: Option<ColleagueId>,
    pub request_message: Option<MessageId>,
    pub basis: Option<Basis>,
    pub helped_at: Option<Time>,
    /// When the client was last told that nobody reads here (K-11, K-12).
    pub turned_away_at: Option<Time>,
    pub marketing_stopped: bool,
    /// Of the last request.
    pub request_language: Option<String>,
    /// The contact that goes on, where this one turned out to be the same client.
    pub merged_into: Option<ContactId>,
    /// What colleagues note about the client; never shown to the client.
    pub notes: String,
}

impl Contact {
    /// How to address the client. The `wa_id` that Meta returned wins over what was typed (whatsapp.md 1.9).
    pub fn recipient(&self) -> Recipient {
        let phone = self.wa_id.as_ref().map(|wa_id| format!("+{wa_id}")).or_else(|| self.phone.clone());
        Recipient { phone, bsuid: self.bsuid.clone() }
    }

    /// WhatsApp has told us nothing about them and nobody has asked them: what is known is what colleagues entered.
    pub fn is_unconfirmed(&self) -> bool {
        self.wa_id.is_none() && self.bsuid.is_none() && self.consent.stored == ConsentState::None
    }

    /// The number to show and to judge by, E.164.
    pub fn number(&self) -> Option<String> {
        self.phone.clone().or_else(|| self.wa_id.as_ref().map(|wa_id| format!("+{wa_id}")))
    }
}

/// What it takes to make a contact.
#[derive(Clone, Debug)]
pub struct NewContact<'a> {
    pub line: &'a LineId,
    pub name: &'a str,
    pub phone: Option<&'a str>,
    pub wa_id: Option<&'a str>,
    pub bsuid: Option<&'a str>,
    pub language: Option<&'a str>,
    pub added_by: Option<&'a ColleagueId>,
}

const COLUMNS: &str = "contact_id, line_id, name, phone, wa_id, bsuid, language, added_by, added_at, consent, requested_at, requested_by, \
                       request_message, basis, helped_at, deactivated_told_at, marketing_stopped, request_language, merged_into, notes";

/// A query for contacts with this condition.
pub(super) fn select(condition: &str) -> String {
    format!("SELECT {COLUMNS} FROM contact WHERE {condition}")
}

pub(super) fn read_contact(row: &Row<'_>) -> Result<Contact> {
    Ok(Contact {
        id: ContactId(row.get(0)?),
        line: row.get::<String>(1)?.into(),
        name: row.get(2)?,
        phone: row.get(3)?,
        wa_id: row.get(4)?,
        bsuid: row.get(5)?,
        language: row.get(6)?,
        added_by: row.get::<Option<String>>(7)?.map(ColleagueId),
        added_at: time(row.get(8)?),
        consent: Consent { stored: from_word(row.get(9)?)?, requested_at: maybe_time(row.get(10)?) },
        requested_by: row.get::<Option<String>>(11)?.map(ColleagueId),
        request_message: row.get::<Option<i64>>(12)?.map(MessageId),
        basis: row.get::<Option<String>>(13)?.map(from_word).transpose()?,
        helped_at: maybe_time(row.get(14)?),
        turned_away_at: maybe_time(row.get(15)?),
        marketing_stopped: row.get(16)?,
        request_language: row.get(17)?,
        merged_into: row.get::<Option<i64>>(18)?.map(ContactId),
        notes: row.get(19)?,
    })
}

impl Tx<'_> {
    pub fn contact(&self, id: ContactId) -> Result<Option<Contact>> {
        self.first(&format!("SELECT {COLUMNS} FROM contact WHERE contact_id = ?1"), [id.0], read_contact)
    }

    /// The contact that WhatsApp means: business-scoped user id first, then the number in any of its spellings.
    pub fn contact_of(&self, line: &LineId, client: &ClientIdentity) -> Result<Option<Contact>> {
        let found = match &client.bsuid {
            Some(bsuid) => self.contact_named(line, "bsuid", bsuid)?,
            None => None,
        };
        let by_number = match (&found, &client.wa_id) {
            (None, Some(wa_id)) => self.contact_named(line, "phone", wa_id)?,
            _ => None,
        };
        // Numbers are given to others: one that comes with another user id than its contact's is somebody else's now.
        let same = |contact: &Contact| contact.bsuid.is_none() || client.bsuid.is_none() || contact.bsuid == client.bsuid;
        Ok(found.or_else(|| by_number.filter(same)))
    }

    /// The contact with this business-scoped user id, present or former.
    pub fn contact_by_bsuid(&self, line: &LineId, bsuid: &str) -> Result<Option<Contact>> {
        self.contact_named(line, "bsuid", bsuid)
    }

    /// The contact with this E.164 number, in any of its spellings.
    pub fn contact_by_phone(&self, line: &LineId, phone: &str) -> Result<Option<Contact>> {
        self.contact_named(line, "phone", phone.trim_start_matches('+'))
    }

    fn contact_named(&self, line: &LineId, kind: &str, value: &str) -> Result<Option<Contact>> {
        let sql = "SELECT contact_id FROM identity WHERE line_id = ?1 AND kind = ?2 AND value = ?3";
        match self.first(sql, (&line.0, kind, value), |row| Ok(ContactId(row.get(0)?)))? {
            Some(id) => self.contact(id),
            None => Ok(None),
        }
    }

    /// Makes a contact and records every name it may appear under.
    pub fn insert_contact(&self, new: &NewContact<'_>, now: Time) -> Result<ContactId> {
        let id = self.one(
            "INSERT INTO contact (line_id, name, phone, wa_id, bsuid, language, added_by, added_at, folded)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) RETURNING contact_id",
            (
                &new.line.0,
                new.name,
                new.phone,
                new.wa_id,
                new.bsuid,
                new.language,
                new.added_by.map(|id| &id.0),
                micros(now),
                fold(new.name),
            ),
            |row| Ok(ContactId(row.get(0)?)),
        )?;
        for number in [new.phone, new.wa_id].into_iter().flatten() {
            self.name_contact(new.line, id, "phone", number)?;
        }
        if let Some(bsuid) = new.bsuid {
            self.name_contact(new.line, id, "bsuid", bsuid)?;
        }
        Ok(id)
    }

    pub(super) fn name_contact(&self, line: &LineId, id: ContactId, kind: &str, value: &str) -> Result<()> {
        let names = if kind == "phone" { phone::variants(value) } else { vec![value.to_owned()] };
        for name in names {
            self.execute(
                "INSERT INTO identity (line_id, kind, value, contact_id) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                (&line.0, kind, name, id.0),
            )?;
        }
        Ok(())
    }

    /// Learns what Meta calls a client; what is known already costs nothing. A name that is another contact's is not taken from it.
    pub fn learn_identity(&self, contact: &Contact, wa_id: Option<&str>, bsuid: Option<&str>) -> Result<()> {
        let free = |kind: &str, value: &str| -> Result<bool> {
            Ok(self.contact_named(&contact.line, kind, value)?.is_none_or(|owner| owner.id == contact.id))
        };
        if let Some(wa_id) = wa_id.filter(|wa_id| contact.wa_id.as_deref() != Some(wa_id))
            && free("phone", wa_id)?
        {
            self.execute("UPDATE contact SET wa_id = ?2 WHERE contact_id = ?1", (contact.id.0, wa_id))?;
            self.name_contact(&contact.line, contact.id, "phone", wa_id)?;
        }
        if let Some(bsuid) = bsuid.filter(|bsuid| contact.bsuid.as_deref() != Some(bsuid))
            && free("bsuid", bsuid)?
        {
            self.execute("UPDATE contact SET bsuid = ?2 WHERE contact_id = ?1", (contact.id.0, bsuid))?;
            self.name_contact(&contact.line, contact.id, "bsuid", bsuid)?;
        }
        Ok(())
    }

    /// A colleague adds a client who wrote first, or names them anew.
    pub fn adopt_contact(&self, id: ContactId, name: &str, language: Option<&str>, by: &ColleagueId) -> Result<()> {
        self.execute(
            "UPDATE contact SET name = ?2, folded = ?5, language = coalesce(?3, language), added_by = coalesce(added_by, ?4)
             WHERE contact_id = ?1",
            (id.0, name, language, &by.0, fold(name)),
        )?;
        Ok(())
    }

    /// Moves consent. `requested_at` is the request's time where there is one.
    pub fn save_consent(&self, id: ContactId, consent: Consent) -> Result<()> {
        self.execute(
            "UPDATE contact SET consent = ?2, requested_at = ?3, lapse_told = 0 WHERE contact_id = ?1",
            (id.0, word(&consent.stored)?, consent.requested_at.map(micros)),
        )?;
        Ok(())
    }

    /// The evidence of a request: who asked, on what basis, with which message, in which language. Without a basis the known one stays.
    pub fn save_request(&self, id: ContactId, by: &str, basis: Option<Basis>, message: MessageId, language: &str) -> Result<()> {
        self.execute(
            "UPDATE contact SET requested_by = ?2, basis = coalesce(?3, basis), request_message = ?4, request_language = ?5
             WHERE contact_id = ?1",
            (id.0, by, basis.as_ref().map(word).transpose()?, message.0, language),
        )?;
        Ok(())
    }

    /// HELP was answered.
    pub fn helped(&self, id: ContactId, now: Time) -> Result<()> {
        self.execute("UPDATE contact SET helped_at = ?2 WHERE contact_id = ?1", (id.0, micros(now)))?;
        Ok(())
    }

    /// The client was told that the number is switched off (K-11).
    pub fn turned_away(&self, id: ContactId, now: Time) -> Result<()> {
        self.execute("UPDATE contact SET deactivated_told_at = ?2 WHERE contact_id = ?1", (id.0, micros(now)))?;
        Ok(())
    }

    /// What the client said about marketing at `at`; false when something later is known already.
    pub fn save_marketing(&self, id: ContactId, stopped: bool, at: Time) -> Result<bool> {
        let changed = self.execute(
            "UPDATE contact SET marketing_stopped = ?2, marketing_at = ?3 WHERE contact_id = ?1 AND coalesce(marketing_at, ?3) <= ?3",
            (id.0, stopped, micros(at)),
        )?;
        Ok(changed == 1)
    }

    /// Pending requests made at or before `until` whose lapse nobody was told of. Marks them told: each is returned once.
    pub fn lapsed_requests(&self, until: Time, limit: u32) -> Result<Vec<Contact>> {
        let due = self.all(
            &format!("SELECT {COLUMNS} FROM contact WHERE consent = 'pending' AND lapse_told = 0 AND requested_at <= ?1 ORDER BY requested_at LIMIT ?2"),
            (micros(until), limit),
            read_contact,
        )?;
        for contact in &due {
            self.execute("UPDATE contact SET lapse_told = 1 WHERE contact_id = ?1", [contact.id.0])?;
        }
        Ok(due)
    }
}

/// The stored word of a state, for callers that compare.
impl ConsentState {
    /// `none`, `pending`, `granted`, `declined`, `lapsed` or `revoked`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pending => "pending",
            Self::Granted => "granted",
            Self::Declined => "declined",
            Self::Lapsed => "lapsed",
            Self::Revoked => "revoked",
        }
    }
}
