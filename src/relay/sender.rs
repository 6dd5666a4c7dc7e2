//! Who acted in Teams, and what an activity tells about them.

use super::desk::{Desk, Person, Seat};
use super::{reach, unowned};
use crate::bridge::{ColleagueId, ConversationReference, Place, Scope, TeamsEvent, TeamsEventKind};
use crate::store::{KnownColleague, Result};

/// Who acted, refreshed in the store when something changed. `None` for bots and activities without a person.
pub fn sender(desk: &Desk<'_>, event: &TeamsEvent, upn: Option<&str>) -> Result<Option<Person>> {
    let (Some(object_id), false) = (&event.sender.object_id, event.sender.is_bot) else { return Ok(None) };
    let id = ColleagueId(object_id.to_lowercase());
    let before = desk.tx.colleague(&id)?;
    if event.scope != Scope::Personal {
        return in_shared(desk, event, id, before, upn).map(Some);
    }
    let installed = event.kind != TeamsEventKind::Uninstalled;
    let now = KnownColleague {
        id: id.clone(),
        upn: upn.map(str::to_lowercase).or_else(|| event.sender.upn.clone()).or_else(|| before.as_ref()?.upn.clone()),
        name: event.sender.name.clone().or_else(|| before.as_ref()?.name.clone()),
        user_id: event.sender.user_id.clone(),
        home: event.reference.clone(),
        locale: event.locale.clone().or_else(|| before.as_ref()?.locale.clone()),
        time_zone: event.time_zone.clone().or_else(|| before.as_ref()?.time_zone.clone()),
        installed,
        welcomed: before.as_ref().is_some_and(|known| known.welcomed),
        focus: before.as_ref().and_then(|known| known.focus),
    };
    let comes = installed && before.as_ref().is_none_or(|known| !known.installed);
    let changed = before.as_ref() != Some(&now);
    let person = Person { seat: Seat::Own, ..desk.as_person(now) };
    if changed {
        desk.tx.save_colleague(&person.known)?;
    }
    if comes {
        // What waited because the app was gone goes out now, and who waits for somebody can be taken.
        desk.tx.wake_lanes(&Place::Own(id), desk.now)?;
        unowned::on_duty_again(desk, &person)?;
    }
    Ok(Some(person))
}

/// Who acts in a shared conversation. A colleague of the directory who is seen there first is kept without a chat of their own; of
/// anybody else nothing is kept.
fn in_shared(desk: &Desk<'_>, event: &TeamsEvent, id: ColleagueId, before: Option<KnownColleague>, upn: Option<&str>) -> Result<Person> {
    let known = seen(desk, &Seen::of(event, id, upn), before)?;
    let thread = desk.tx.home_at(&event.reference.conversation)?.map(|home| home.thread);
    Ok(Person { seat: Seat::Shared { reference: event.reference.clone(), thread }, ..desk.as_person(known) })
}

/// What a shared conversation tells about somebody in it.
pub struct Seen<'a> {
    pub id: ColleagueId,
    /// `29:…`
    pub user_id: &'a str,
    pub upn: Option<&'a str>,
    pub name: Option<&'a str>,
    pub locale: Option<&'a str>,
    pub time_zone: Option<&'a str>,
    pub reference: &'a ConversationReference,
}

impl<'a> Seen<'a> {
    fn of(event: &'a TeamsEvent, id: ColleagueId, upn: Option<&'a str>) -> Self {
        Self {
            id,
            user_id: &event.sender.user_id,
            upn: upn.or(event.sender.upn.as_deref()),
            name: event.sender.name.as_deref(),
            locale: event.locale.as_deref(),
            time_zone: event.time_zone.as_deref(),
            reference: &event.reference,
        }
    }
}

/// Refreshes what is known about somebody seen in a shared conversation. Kept for colleagues of the directory only.
pub fn seen(desk: &Desk<'_>, seen: &Seen<'_>, before: Option<KnownColleague>) -> Result<KnownColleague> {
    let text = |told: Option<&str>| told.filter(|told| !told.is_empty()).map(str::to_owned);
    let mut now = before.clone().unwrap_or_else(|| KnownColleague {
        id: seen.id.clone(),
        upn: None,
        name: None,
        user_id: String::new(),
        // They have no chat with the app that we know of.
        home: ConversationReference { conversation: "".into(), ..seen.reference.clone() },
        locale: None,
        time_zone: None,
        installed: false,
        welcomed: false,
        focus: None,
    });
    now.user_id = seen.user_id.to_owned();
    now.upn = text(seen.upn).map(|upn| upn.to_lowercase()).or(now.upn);
    now.name = text(seen.name).or(now.name);
    now.locale = text(seen.locale).or(now.locale);
    now.time_zone = text(seen.time_zone).or(now.time_zone);
    if before.as_ref() != Some(&now) && desk.office.entry(&now).is_some() {
        desk.tx.save_colleague(&now)?;
        if before.is_none() {
            reach::try_soon(desk, &now.id)?;
        }
    }
    Ok(now)
}
