//! Clients whose name at WhatsApp changes: numbers are given to others, and one client can turn out to be two contacts.

use super::Contact;
use super::tx::{Result, Tx};
use crate::bridge::{ContactId, fold};

impl Tx<'_> {
    /// What colleagues wrote about a client is written anew.
    pub fn change_contact(&self, id: ContactId, name: &str, language: Option<&str>, notes: &str) -> Result<()> {
        self.execute(
            "UPDATE contact SET name = ?2, folded = ?3, language = ?4, notes = ?5 WHERE contact_id = ?1",
            (id.0, name, fold(name), language, notes),
        )?;
        Ok(())
    }

    /// One more number (E.164) by which a client is known. As long as nothing is confirmed, messages go to the one that was entered last;
    /// the earlier ones still find the contact.
    pub fn add_number(&self, contact: &Contact, number: &str) -> Result<()> {
        self.name_contact(&contact.line, contact.id, "phone", number)?;
        if contact.is_unconfirmed() {
            self.execute("UPDATE contact SET phone = ?2 WHERE contact_id = ?1", (contact.id.0, number))?;
        }
        Ok(())
    }

    /// Gives a contact its new names. Its numbers are forgotten, for they may soon be somebody else's; former user ids stay known,
    /// because they are never given to another.
    pub fn rekey_contact(&self, contact: &Contact, wa_id: Option<&str>, bsuid: Option<&str>) -> Result<()> {
        self.forget_numbers(contact.id)?;
        let phone = wa_id.map(|wa_id| format!("+{wa_id}"));
        self.execute("UPDATE contact SET phone = ?2, wa_id = ?3, bsuid = ?4 WHERE contact_id = ?1", (contact.id.0, phone, wa_id, bsuid))?;
        for (kind, name) in [("phone", wa_id), ("bsuid", bsuid)] {
            if let Some(name) = name {
                self.name_contact(&contact.line, contact.id, kind, name)?;
            }
        }
        Ok(())
    }

    /// The number belongs to somebody else now: it neither finds nor reaches this contact any more.
    pub fn forget_numbers(&self, id: ContactId) -> Result<()> {
        self.execute("DELETE FROM identity WHERE contact_id = ?1 AND kind = 'phone'", [id.0])?;
        self.execute("UPDATE contact SET phone = NULL, wa_id = NULL WHERE contact_id = ?1", [id.0])?;
        Ok(())
    }

    /// The consent of another contact, with its evidence, becomes this one's.
    pub fn take_consent(&self, id: ContactId, from: ContactId) -> Result<()> {
        self.execute(
            "UPDATE contact SET (consent, requested_at, requested_by, request_message, request_language, basis, lapse_told) =
                 (SELECT other.consent, other.requested_at, other.requested_by, other.request_message, other.request_language,
                         coalesce(other.basis, contact.basis), other.lapse_told FROM contact AS other WHERE other.contact_id = ?2)
             WHERE contact_id = ?1",
            (id.0, from.0),
        )?;
        Ok(())
    }

    /// Two contacts are one client: every name of `gone` leads to `kept` from now on, and `gone` is history without an address or an
    /// open question. What the client said about marketing on either counts.
    pub fn merge_contact(&self, kept: ContactId, gone: ContactId) -> Result<()> {
        self.execute("UPDATE identity SET contact_id = ?1 WHERE contact_id = ?2", (kept.0, gone.0))?;
        self.execute(
            "UPDATE contact SET (marketing_stopped, marketing_at, language, added_by, basis) =
                 (SELECT CASE WHEN other.marketing_stopped > contact.marketing_stopped THEN other.marketing_stopped
                              ELSE contact.marketing_stopped END,
                         CASE WHEN other.marketing_at > contact.marketing_at THEN other.marketing_at
                              ELSE coalesce(contact.marketing_at, other.marketing_at) END,
                         coalesce(contact.language, other.language), coalesce(contact.added_by, other.added_by),
                         coalesce(contact.basis, other.basis) FROM contact AS other WHERE other.contact_id = ?2)
             WHERE contact_id = ?1",
            (kept.0, gone.0),
        )?;
        self.execute("UPDATE contact SET merged_into = ?1 WHERE merged_into = ?2 OR contact_id = ?2", (kept.0, gone.0))?;
        self.execute(
            "UPDATE contact SET phone = NULL, wa_id = NULL, bsuid = NULL, consent = 'none', requested_at = NULL WHERE contact_id = ?1",
            [gone.0],
        )?;
        Ok(())
    }

    /// The contacts that turned out to be this one.
    pub fn merged_contacts(&self, id: ContactId) -> Result<Vec<ContactId>> {
        self.all("SELECT contact_id FROM contact WHERE merged_into = ?1 ORDER BY contact_id", [id.0], |row| Ok(ContactId(row.get(0)?)))
    }
}
