//! A number that an administrator switches off: who writes from it hears of it once, at that moment (product.md 9).

use super::desk::Desk;
use super::office::Office;
use crate::bridge::{Directory, NumberStatus, Time};
use crate::cards::{self, Notice, Style};
use crate::store::{Result, Tx};
use crate::texts::TextId;

/// Tells the colleagues of every number that `new` switches off and `old` had active. In the transaction that puts the directory in
/// force: told exactly once, whoever applies it and whatever is running.
pub fn tell_switched_off(tx: &Tx<'_>, old: Option<&Directory>, new: &Office, now: Time) -> Result<()> {
    let was_active = |id| old.and_then(|old| old.number(id)).is_some_and(|number| number.status == NumberStatus::Active);
    let desk = Desk { tx, office: new, now };
    let off = new.directory.numbers.iter().filter(|number| number.status == NumberStatus::Deactivated);
    for number in off.filter(|number| was_active(&number.phone_number_id)) {
        for id in tx.colleagues()? {
            let Some(person) = desk.person(&id)? else { continue };
            let entry = new.entry(&person.known).map(|entry| &entry.id.0);
            let anothers = number.assigned_to.as_ref().is_some_and(|owner| !entry.is_some_and(|id| id.eq_ignore_ascii_case(&owner.0)));
            if anothers || !new.lines_of(&person.known).iter().any(|line| line.id == number.line) {
                continue;
            }
            let reader = desk.reader(&person, Some(&number.line));
            let text = reader.voice.say(TextId::T12b, &[("number", &number.display)]);
            desk.post(None, &person, cards::notice(&reader, &Notice { text, style: Style::Warning, ..Notice::default() }), None)?;
        }
    }
    Ok(())
}
