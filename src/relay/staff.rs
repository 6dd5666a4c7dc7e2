//! Who works on a line, and in what role: of those who are enabled now and have a chat with the app.

use super::desk::{Desk, Person};
use crate::bridge::{LineId, Role};
use crate::store::Result;

/// The colleagues of a line.
pub fn colleagues(desk: &Desk<'_>, line: &LineId) -> Result<Vec<Person>> {
    with_the_app(desk, |person| desk.is_of_line(person, line))
}

/// Those who watch over it.
pub fn supervisors(desk: &Desk<'_>, line: &LineId) -> Result<Vec<Person>> {
    with_the_app(desk, |person| desk.supervises(person, line))
}

/// The organization's administrators, whatever lines they have.
pub fn administrators(desk: &Desk<'_>) -> Result<Vec<Person>> {
    with_the_app(desk, |person| administers(desk, person))
}

/// Whether somebody is an administrator now.
pub fn administers(desk: &Desk<'_>, person: &Person) -> bool {
    let entry = desk.office.entry(&person.known).filter(|entry| entry.enabled);
    desk.office.directory.organization.enabled && entry.is_some_and(|entry| entry.roles.contains(&Role::Administrator))
}

fn with_the_app(desk: &Desk<'_>, wanted: impl Fn(&Person) -> bool) -> Result<Vec<Person>> {
    let mut found = Vec::new();
    for id in desk.tx.colleagues()? {
        found.extend(desk.person(&id)?.filter(&wanted));
    }
    Ok(found)
}
