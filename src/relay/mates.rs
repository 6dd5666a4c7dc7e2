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

/// Who is enabled for any of somebody's lines now, by name; they themselves too.
pub fn of_lines_of(desk: &Desk<'_>, person: &Person) -> Result<Vec<Mate>> {
    of_any(desk, desk.office.lines_of(&person.known).into_iter().map(|line| &line.id))
}

/// Those of the lines that somebody supervises, without themselves.
pub fn supervised(desk: &Desk<'_>, person: &Person) -> Result<Vec<Mate>> {
    let lines = desk.office.lines_of(&person.known).into_iter().map(|line| &line.id);
    let mut mates = of_any(desk, lines.filter(|line| desk.supervises(person, line)))?;
    mates.retain(|mate| mate.id != person.id().as_str());
    Ok(mates)
}

fn of_any<'a>(desk: &Desk<'_>, lines: impl Iterator<Item = &'a LineId>) -> Result<Vec<Mate>> {
    let mut found: Vec<Mate> = Vec::new();
    for line in lines {
        let mates = of_line(desk, line)?;
        found.extend(mates.into_iter().filter(|mate| found.iter().all(|known| known.id != mate.id)).collect::<Vec<_>>());
    }
    found.sort_by_key(|mate| mate.name.to_lowercase());
    Ok(found)
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
