//! The colleagues of a line, among whom somebody chooses: all whom the directory enables, seen in Teams or not yet.

use super::desk::{Desk, Person};
use crate::bridge::{LineId, Place, ThreadId};
use crate::store::{KnownColleague, Result};
use std::collections::HashMap;

/// A colleague who is enabled for a line.
#[derive(Clone, Debug)]
pub struct Mate {
    /// The colleague's id where they have been seen in Teams, else the directory's.
    pub id: String,
    pub name: String,
    /// `None`: nobody has seen them in Teams.
    pub person: Option<Person>,
}

/// Who is enabled for a line now, by name.
pub fn of_line(desk: &Desk<'_>, line: &LineId) -> Result<Vec<Mate>> {
    let directory = &desk.office.directory;
    if !(directory.organization.enabled && desk.line(line).is_some_and(|line| line.enabled)) {
        return Ok(Vec::new());
    }
    let mut seen: HashMap<&str, KnownColleague> = HashMap::new();
    for known in desk.tx.known_colleagues()? {
        if let Some(entry) = desk.office.entry(&known) {
            seen.insert(entry.id.as_str(), known);
        }
    }
    let enabled = directory.colleagues.iter().filter(|entry| entry.enabled && entry.lines.contains(line));
    let mut mates: Vec<Mate> = enabled
        .map(|entry| {
            let person = seen.remove(entry.id.as_str()).map(|known| desk.as_person(known));
            let id = person.as_ref().map_or_else(|| entry.id.0.to_lowercase(), |person| person.id().0.clone());
            Mate { id, name: entry.name.clone(), person }
        })
        .collect();
    mates.sort_by_key(|mate| mate.name.to_lowercase());
    Ok(mates)
}

/// Where somebody can be told something about a thread: in their own chat with the app, else in the thread's shared home, if they are a
/// member there. `None`: nowhere.
pub fn reach(desk: &Desk<'_>, thread: ThreadId, person: &Person) -> Result<Option<Place>> {
    if person.known.installed {
        return Ok(Some(Place::Own(person.id().clone())));
    }
    let Some(home) = desk.tx.home(thread)? else { return Ok(None) };
    Ok(desk.tx.members(&home.base)?.contains(person.id()).then_some(Place::Home))
}
