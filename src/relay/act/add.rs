//! *Add*: whom, and what they may see. Checked again here: enabled for the line, reachable, and not there already.

use super::allowed::with_case;
use crate::bridge::{HistoryChoice, Post, ThreadId};
use crate::cards::{self, AddField, AddForm, AddInputs, ColleagueChoice};
use crate::relay::comings::{self, Coming};
use crate::relay::desk::{Case, Desk, Person};
use crate::relay::{find, mates, offers};
use crate::store::Result;
use crate::texts::{names, participants as words, transfer};

pub fn form(desk: &Desk<'_>, person: &Person, thread: ThreadId) -> Result<Post> {
    with_case(desk, person, thread, |case| asked(desk, person, case, AddInputs::proposed(), Vec::new()))
}

/// The form, with what was typed and what is wrong with it.
fn asked(desk: &Desk<'_>, person: &Person, case: &Case, inputs: AddInputs, errors: Vec<(AddField, String)>) -> Result<Post> {
    let mates = find::addable(desk, person, case, "")?;
    let view = AddForm {
        thread: case.thread.id,
        head: desk.head(&case.contact, Some(&case.thread)),
        colleagues: mates.into_iter().map(|mate| ColleagueChoice { id: mate.id, name: mate.name }).collect(),
        inputs,
        errors,
    };
    Ok(cards::add_form(&desk.reader(person, Some(&case.contact.line)), &view))
}

/// Adds all who were chosen, or nobody: with one who cannot be added the form comes back and says why.
pub fn add(desk: &Desk<'_>, person: &Person, thread: ThreadId, inputs: &AddInputs) -> Result<Post> {
    with_case(desk, person, thread, |case| {
        let chosen = match read(desk, case, inputs)? {
            Ok(chosen) => chosen,
            Err(errors) => return asked(desk, person, case, inputs.clone(), errors),
        };
        let coming = Coming { by: person, how: "added", history: chosen.history };
        let mut said = Vec::new();
        let mut added = Vec::new();
        for colleague in &chosen.colleagues {
            if comings::add(desk, case, colleague, &coming)? {
                added.push(colleague.name.as_str());
            } else {
                said.push(words::takes_part_already(&colleague.name));
            }
        }
        if !added.is_empty() {
            said.insert(0, words::added(&names(&added)));
        }
        Ok(desk.receipt(person, &case.contact, Some(&case.thread), &said.join(" "), None))
    })
}

struct Chosen {
    colleagues: Vec<Person>,
    history: HistoryChoice,
}

fn read(desk: &Desk<'_>, case: &Case, inputs: &AddInputs) -> Result<std::result::Result<Chosen, Vec<(AddField, String)>>> {
    let mut errors = Vec::new();
    let mut colleagues: Vec<Person> = Vec::new();
    let mates = mates::of_line(desk, &case.contact.line)?;
    for id in inputs.colleagues.split(',').map(str::trim).filter(|id| !id.is_empty()) {
        let Some(mate) = mates.iter().find(|mate| mate.id.eq_ignore_ascii_case(id)) else {
            errors.push((AddField::Colleagues, transfer::not_enabled(&offers::name(desk, id)?)));
            continue;
        };
        let reach = mate.person.as_ref().map(|person| mates::reach(desk, case.thread.id, person)).transpose()?.flatten();
        match (&mate.person, reach) {
            (Some(person), Some(_)) if colleagues.iter().any(|known| known.id() == person.id()) => {}
            (Some(person), Some(_)) => colleagues.push(person.clone()),
            _ => errors.push((AddField::Colleagues, transfer::unreachable(&mate.name))),
        }
    }
    if colleagues.is_empty() && errors.is_empty() {
        errors.push((AddField::Colleagues, transfer::NOBODY_CHOSEN.to_owned()));
    }
    let history = HistoryChoice::of_form(&inputs.history, &inputs.last);
    Ok(match history {
        Ok(history) if errors.is_empty() => Ok(Chosen { colleagues, history }),
        Ok(_) => Err(errors),
        Err(_) => {
            errors.push(match inputs.history.trim() {
                HistoryChoice::LAST => (AddField::HowMany, transfer::HOW_MANY_WRONG.to_owned()),
                _ => (AddField::History, transfer::HISTORY_MISSING.to_owned()),
            });
            Err(errors)
        }
    })
}
