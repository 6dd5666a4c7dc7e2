//! What an administrator switches off (product.md 9): who used it hears of it once, at that moment, and the clients of a colleague who is
//! switched off are nobody's until somebody goes on with them.
//!
//! All of it in the transaction that puts the directory in force: told exactly once, whoever applies it and whatever is running.

use super::desk::{Case, Desk, Person, SERVER};
use super::office::Office;
use super::participation::{self, Came};
use super::{notices, past, send, staff, unowned};
use crate::bridge::{Directory, LineId, MessageId, NumberStatus, Outgoing, Time};
use crate::cards::{self, Notice, Style};
use crate::store::{Left, Participant, Purpose, Result, Tx};
use crate::texts::{TextId, names_in, switched_off as words};
use std::collections::BTreeMap;

/// A directory is put in force: tells of what it switches off, and settles who may take part no longer, or again. `by`: for the journal.
pub fn follow_directory(tx: &Tx<'_>, old: Option<&Directory>, new: &Office, by: &str, now: Time) -> Result<()> {
    let desk = &Desk { tx, office: new, now, links: None };
    if let Some(old) = old {
        numbers(desk, old)?;
        lines(desk, old)?;
    }
    colleagues(desk, by)
}

/// T-12b to those who write from a number.
fn numbers(desk: &Desk<'_>, old: &Directory) -> Result<()> {
    let new = desk.office;
    let was_active = |id| old.number(id).is_some_and(|number| number.status == NumberStatus::Active);
    let off = new.directory.numbers.iter().filter(|number| number.status == NumberStatus::Deactivated);
    for number in off.filter(|number| was_active(&number.phone_number_id)) {
        for person in staff::colleagues(desk, &number.line)? {
            let entry = new.entry(&person.known).map(|entry| &entry.id.0);
            let anothers = number.assigned_to.as_ref().is_some_and(|owner| !entry.is_some_and(|id| id.eq_ignore_ascii_case(&owner.0)));
            if !anothers {
                tell(desk, &person, &number.line, &number.display)?;
            }
        }
    }
    Ok(())
}

/// The same to everybody of a line; where the whole is switched off, to everybody.
fn lines(desk: &Desk<'_>, old: &Directory) -> Result<()> {
    let was_on = |id: &LineId| old.organization.enabled && old.line(id).is_some_and(|line| line.enabled);
    let off: Vec<_> = desk.office.directory.lines.iter().filter(|line| was_on(&line.id) && desk.is_switched_off(&line.id)).collect();
    if off.is_empty() {
        return Ok(());
    }
    for id in desk.tx.colleagues()? {
        let Some(person) = desk.person(&id)? else { continue };
        let theirs: Vec<&str> =
            off.iter().filter(|line| desk.office.holds(&person.known, &line.id)).map(|line| line.name.as_str()).collect();
        if theirs.is_empty() {
            continue;
        }
        let organization = &desk.office.directory.organization;
        let language = desk.reader(&person, Some(&off[0].id)).voice.language_of(TextId::T12b).to_owned();
        let what = if organization.enabled { names_in(&language, &theirs) } else { organization.name.clone() };
        tell(desk, &person, &off[0].id, &what)?;
    }
    Ok(())
}

fn tell(desk: &Desk<'_>, person: &Person, line: &LineId, what: &str) -> Result<()> {
    let reader = desk.reader(person, Some(line));
    let text = reader.voice.say(TextId::T12b, &[("number", what)]);
    desk.post(None, person, cards::notice(&reader, &Notice { text, style: Style::Warning, ..Notice::default() }), None)
}

/// Clients by line, for one colleague.
type ByLine = BTreeMap<LineId, Vec<String>>;

/// Whoever may not use a line any more takes no part in its threads; whoever may again goes on where nobody else has. Done twice, it
/// changes nothing the second time. A line that is switched off as a whole takes nobody out: it is nobody's fault and may come back.
pub fn colleagues(desk: &Desk<'_>, by: &str) -> Result<()> {
    for known in desk.tx.known_colleagues()? {
        if is_perhaps_unbound(desk.office, &known) {
            continue;
        }
        // Nearly always nothing changes for somebody, however many clients they have.
        let changes = |(line, takes_part): &(LineId, bool)| desk.office.holds(&known, line) != *takes_part;
        if !desk.tx.lines_of_parts(&known.id)?.iter().any(changes) {
            continue;
        }
        let person = desk.as_person(known);
        let (mut alone, mut back) = (ByLine::new(), ByLine::new());
        for (thread, part) in desk.tx.parts_of(person.id())? {
            let takes_part = part.left_at.is_none();
            if !takes_part && part.left != Some(Left::SwitchedOff) {
                continue;
            }
            let Some(case) = desk.case(thread)? else { continue };
            let clients = match (takes_part, desk.office.holds(&person.known, &case.contact.line)) {
                (true, false) if dismiss(desk, &case, &person, by)? => &mut alone,
                (false, true) if reinstate(desk, &case, &person, &part, by)? => &mut back,
                _ => continue,
            };
            clients.entry(case.contact.line.clone()).or_default().push(case.contact.name);
        }
        tell_alone(desk, &person, alone)?;
        tell_back(desk, &person, back)?;
    }
    Ok(())
}

/// Teams has not told us their UPN, and the directory knows somebody by UPN alone: that may be them.
fn is_perhaps_unbound(office: &Office, known: &crate::store::KnownColleague) -> bool {
    office.entry(known).is_none() && known.upn.is_none() && office.has_unbound_upns()
}

/// The colleague goes, and the client hears of it (K-31); true when nobody is left in the thread. What they had written and what still waits stays held:
/// nobody has decided that it goes out in another's name.
fn dismiss(desk: &Desk<'_>, case: &Case, person: &Person, by: &str) -> Result<bool> {
    let thread = case.thread.id;
    participation::leave(desk, case, person.id(), Left::SwitchedOff, by)?;
    desk.tx.lose_focus(person.id(), thread)?;
    let (stay, lives_on) = (who_stays(desk, case)?, case.contact.merged_into.is_none());
    if !stay.is_empty() {
        desk.tell(case, Style::Warning, |_| words::left(&person.name, &case.contact.name))?;
        if lives_on {
            let language = desk.client_voice(&case.contact).language_of(TextId::K31b).to_owned();
            let values = [("colleague", person.name.as_str()), ("remaining", &names_in(&language, &stay))];
            notices::tell_client(desk, case, TextId::K31b, &values)?;
        }
        return Ok(false);
    }
    if !lives_on {
        return Ok(false);
    }
    notices::tell_client(desk, case, TextId::K31, &[("colleague", &person.name)])?;
    // A client who waits for an answer does not wait for it in vain.
    if let Some(message) = desk.tx.last_exchanged(thread)?.filter(|message| message.purpose == Purpose::Client) {
        unowned::on_message(desk, case, message.id, None)?;
    }
    Ok(true)
}

/// Who stays and may use the line, by name: others may be switched off in the same moment.
fn who_stays(desk: &Desk<'_>, case: &Case) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for id in desk.tx.participants(case.thread.id)? {
        let person = desk.person(&id)?.filter(|person| desk.office.holds(&person.known, &case.contact.line));
        names.extend(person.map(|person| person.name));
    }
    Ok(names)
}

/// Somebody who was switched off is back; true when the client is theirs again, for nobody has had them since.
fn reinstate(desk: &Desk<'_>, case: &Case, person: &Person, part: &Participant, by: &str) -> Result<bool> {
    let last = desk.tx.participations(case.thread.id)?.iter().filter_map(|other| other.left_at).max();
    let gone_on = part.left_at != last || !desk.tx.owners(case.contact.id)?.is_empty() || case.contact.merged_into.is_some();
    if gone_on || !participation::can_follow(desk, case, person)? {
        return Ok(false);
    }
    let came = Came { by, how: "returned", visible_from: part.visible_from, cover_for: None };
    if !participation::join_quietly(desk, case, person.id(), &came)? {
        return Ok(false);
    }
    unsay_gone(desk, case, person, part)?;
    if let (Some(seen), None) = (part.visible_until, desk.tx.home(case.thread.id)?) {
        past::show(desk, case, person, MessageId(seen.0 + 1))?;
    }
    Ok(true)
}

/// K-31 that still waits for the window is not true any more; a client who has read it hears that the colleague is back (K-33).
fn unsay_gone(desk: &Desk<'_>, case: &Case, person: &Person, part: &Participant) -> Result<()> {
    let gone = desk.client_voice(&case.contact).say(TextId::K31, &[("colleague", &person.name)]);
    let since = part.visible_until.unwrap_or(MessageId(0));
    for notice in desk.tx.held_notices(case.thread.id)?.into_iter().filter(|notice| notice.id > since) {
        if matches!(notice.outgoing()?, Outgoing::Text { body } if body == gone) {
            send::withdraw(desk, &notice, SERVER, "goes_on")?;
            return Ok(());
        }
    }
    notices::tell_client(desk, case, TextId::K33, &[("colleague", &person.name)])
}

/// The supervisors of each line; where none has the app, the administrators.
fn tell_alone(desk: &Desk<'_>, person: &Person, alone: ByLine) -> Result<()> {
    for (line, clients) in alone {
        let mut told = staff::supervisors(desk, &line)?;
        if told.is_empty() {
            told = staff::administrators(desk)?;
        }
        told.retain(|other| other.id() != person.id());
        if told.is_empty() {
            tracing::warn!(%line, colleague = %person.id(), clients = clients.len(), "clients have no colleague any more, and no supervisor has the app");
        }
        let name = desk.line(&line).map_or(line.0.clone(), |line| line.name.clone());
        for other in told {
            let text = words::left_alone(&person.name, &name, &clients);
            let notice = Notice { text, style: Style::Warning, ..Notice::default() };
            desk.post(None, &other, cards::notice(&desk.reader(&other, Some(&line)), &notice), None)?;
        }
    }
    Ok(())
}

fn tell_back(desk: &Desk<'_>, person: &Person, back: ByLine) -> Result<()> {
    for (line, clients) in back {
        let name = desk.line(&line).map_or(line.0.clone(), |line| line.name.clone());
        let notice = Notice { text: words::back(&name, &clients), style: Style::Good, ..Notice::default() };
        desk.post(None, person, cards::notice(&desk.reader(person, Some(&line)), &notice), None)?;
    }
    Ok(())
}
