//! Buttons about giving a client to a colleague: the form, the offer, and what becomes of it.

use crate::bridge::{
    ActivityId, ColleagueId, HistoryChoice, NotOffered, Post, TRANSFER_NOTE_LIMIT, ThreadId, TransferAnswer, TransferId, held,
};
use crate::cards::{self, ColleagueChoice, Style, TransferField, TransferForm, TransferInputs};
use crate::relay::desk::{Case, Desk, Person};
use crate::relay::mates::{self, Mate};
use crate::relay::transfer::{self, Giving, Terms};
use crate::relay::{find, offers, views};
use crate::store::{Result, TransferSide};
use crate::texts::{TextId, transfer as words};

/// A thread that somebody takes part in, or supervises.
fn with_giving(desk: &Desk<'_>, person: &Person, id: ThreadId, then: impl FnOnce(&Case) -> Result<Post>) -> Result<Post> {
    match desk.case(id)? {
        Some(case) if find::may_transfer(desk, person, &case)? => then(&case),
        _ => Ok(views::gone(desk, person)),
    }
}

/// *Transfer*: to whom? Where the client is offered already, how that stands.
pub fn form(desk: &Desk<'_>, person: &Person, thread: ThreadId) -> Result<Post> {
    with_giving(desk, person, thread, |case| {
        if let Some(open) = desk.tx.open_transfer(thread)?
            && !desk.supervises(person, &case.contact.line)
        {
            return offered_already(desk, person, case, &open);
        }
        asked(desk, person, case, TransferInputs::proposed(), Vec::new())
    })
}

fn offered_already(desk: &Desk<'_>, person: &Person, case: &Case, open: &crate::store::Transfer) -> Result<Post> {
    if open.giver == *person.id() {
        return offers::view(desk, &desk.reader(person, Some(&case.contact.line)), case, open, TransferSide::Giver);
    }
    let (giver, receiver) = (offers::name(desk, open.giver.as_str())?, offers::name(desk, open.receiver.as_str())?);
    let text = words::offered_already(&giver, &receiver);
    Ok(desk.notice(person, Some((&case.contact, Some(&case.thread))), Style::Warning, text))
}

/// The form, with what was typed and what is wrong with it.
fn asked(desk: &Desk<'_>, person: &Person, case: &Case, inputs: TransferInputs, errors: Vec<(TransferField, String)>) -> Result<Post> {
    let participants = desk.tx.participants(case.thread.id)?;
    let (takes_part, supervises) = (participants.contains(person.id()), desk.supervises(person, &case.contact.line));
    let mates = find::receivers(desk, person, case, "")?;
    let mut givers = Vec::new();
    if supervises && participants.len() > 1 {
        for id in &participants {
            givers.push(ColleagueChoice { id: id.0.clone(), name: offers::name(desk, id.as_str())? });
        }
    }
    let waiting = desk.tx.held(case.thread.id)?;
    let theirs = |author: Option<&str>| supervises || author == Some(person.id().as_str());
    let view = TransferForm {
        thread: case.thread.id,
        head: desk.head(&case.contact, Some(&case.thread)),
        colleagues: mates.into_iter().map(|mate| ColleagueChoice { id: mate.id, name: mate.name }).collect(),
        givers,
        may_offer: takes_part,
        may_give: supervises,
        held: waiting.iter().filter(|message| theirs(message.author.as_deref())).count(),
        inputs,
        errors,
    };
    Ok(cards::transfer_form(&desk.reader(person, Some(&case.contact.line)), &view))
}

/// What a form says, or what is wrong with it.
fn read(desk: &Desk<'_>, case: &Case, inputs: &TransferInputs) -> Result<std::result::Result<(Mate, Terms), Vec<(TransferField, String)>>> {
    let mut errors = Vec::new();
    let chosen = inputs.receiver.trim();
    let mates = mates::of_line(desk, &case.contact.line)?;
    let receiver = mates.into_iter().find(|mate| mate.id.eq_ignore_ascii_case(chosen));
    if receiver.is_none() {
        let known = (!chosen.is_empty()).then(|| offers::name(desk, chosen)).transpose()?;
        let text = known.map_or_else(|| words::NOBODY_CHOSEN.to_owned(), |name| words::not_enabled(&name));
        errors.push((TransferField::Receiver, text));
    }
    let note = inputs.note.trim();
    if note.chars().count() > TRANSFER_NOTE_LIMIT {
        errors.push((TransferField::Note, words::NOTE_TOO_LONG.to_owned()));
    }
    let history = HistoryChoice::of_form(&inputs.history, &inputs.last);
    if history.is_err() {
        errors.push(match inputs.history.trim() {
            HistoryChoice::LAST => (TransferField::HowMany, words::HOW_MANY_WRONG.to_owned()),
            _ => (TransferField::History, words::HISTORY_MISSING.to_owned()),
        });
    }
    let stays = match inputs.afterwards.trim() {
        TransferInputs::LEAVE => Some(false),
        TransferInputs::STAY => Some(true),
        _ => None,
    };
    if stays.is_none() {
        errors.push((TransferField::Afterwards, words::AFTERWARDS_MISSING.to_owned()));
    }
    let held = match inputs.held.trim() {
        // Not asked, because nothing was held.
        "" | TransferInputs::HAND_OVER => Some(held::Fate::HandOver),
        TransferInputs::WITHDRAW => Some(held::Fate::Withdraw),
        _ => None,
    };
    if held.is_none() {
        errors.push((TransferField::Held, words::HELD_MISSING.to_owned()));
    }
    Ok(match (receiver, history, stays, held) {
        (Some(receiver), Ok(history), Some(stays), Some(held)) if errors.is_empty() => {
            Ok((receiver, Terms { note: note.to_owned(), history, stays, held }))
        }
        _ => Err(errors),
    })
}

/// T-50: the form becomes the offer, with the way back. `form`: the form's card, where it stays; else the offer is posted, and what was
/// pressed only says so.
pub fn offer(desk: &Desk<'_>, person: &Person, thread: ThreadId, inputs: &TransferInputs, form: Option<&ActivityId>) -> Result<Post> {
    with_giving(desk, person, thread, |case| {
        let (receiver, terms) = match read(desk, case, inputs)? {
            Ok(said) => said,
            Err(errors) => return asked(desk, person, case, inputs.clone(), errors),
        };
        let giving = Giving { case, by: person, receiver: &receiver, givers: vec![person.id().clone()] };
        match transfer::offer(desk, &giving, &terms)? {
            Ok(offered) => {
                offers::give_card(desk, &offered, TransferSide::Giver, &person.spot(), form)?;
                if form.is_none() {
                    return Ok(desk.receipt(person, &case.contact, Some(&case.thread), words::OFFERED, None));
                }
                offers::view(desk, &desk.reader(person, Some(&case.contact.line)), case, &offered, TransferSide::Giver)
            }
            Err(refused) => not_offered(desk, person, case, &receiver, inputs, refused),
        }
    })
}

/// A supervisor's *Transfer now*.
pub fn give(desk: &Desk<'_>, person: &Person, thread: ThreadId, inputs: &TransferInputs) -> Result<Post> {
    with_giving(desk, person, thread, |case| {
        let (receiver, terms) = match read(desk, case, inputs)? {
            Ok(said) => said,
            Err(errors) => return asked(desk, person, case, inputs.clone(), errors),
        };
        let givers = match inputs.giver.trim() {
            "" | TransferInputs::EVERYBODY => desk.tx.participants(thread)?,
            giver => vec![ColleagueId(giver.to_lowercase())],
        };
        let giving = Giving { case, by: person, receiver: &receiver, givers };
        match transfer::give(desk, &giving, &terms)? {
            Ok(()) => {
                let reader = desk.reader(person, Some(&case.contact.line));
                let said = reader.voice.say(TextId::T53, &[("client", &case.contact.name), ("receiver", &receiver.name)]);
                let note = Some(terms.note).filter(|note| !note.is_empty());
                Ok(desk.receipt(person, &case.contact, Some(&case.thread), &said, note))
            }
            Err(refused) => not_offered(desk, person, case, &receiver, inputs, refused),
        }
    })
}

/// Nothing was changed: why, and the form again where another choice may help.
fn not_offered(
    desk: &Desk<'_>,
    person: &Person,
    case: &Case,
    receiver: &Mate,
    inputs: &TransferInputs,
    refused: NotOffered,
) -> Result<Post> {
    let about = Some((&case.contact, Some(&case.thread)));
    let say = |text: &str| Ok(desk.notice(person, about, Style::Warning, text.to_owned()));
    let again = |text: String| asked(desk, person, case, inputs.clone(), vec![(TransferField::Receiver, text)]);
    match refused {
        NotOffered::NotYours => say(words::NOT_YOURS),
        NotOffered::NotEnabled => again(words::not_enabled(&receiver.name)),
        NotOffered::ToThemselves => again(words::TO_YOURSELF.to_owned()),
        NotOffered::NothingToGive => again(words::NOTHING_TO_GIVE.to_owned()),
        NotOffered::Unreachable => again(words::unreachable(&receiver.name)),
        NotOffered::NumberOff => {
            let number = desk.head(&case.contact, Some(&case.thread)).number;
            say(&desk.reader(person, Some(&case.contact.line)).voice.say(TextId::T12, &[("number", &number)]))
        }
        NotOffered::OfferedAlready => match desk.tx.open_transfer(case.thread.id)? {
            Some(open) => offered_already(desk, person, case, &open),
            None => form(desk, person, case.thread.id),
        },
    }
}

pub fn cancel(desk: &Desk<'_>, person: &Person, thread: ThreadId) -> Result<Post> {
    with_giving(desk, person, thread, |case| Ok(desk.receipt(person, &case.contact, Some(&case.thread), words::CANCELLED, None)))
}

/// *Accept*, *Decline* and *Withdraw*. Whoever comes too late sees what was decided.
pub fn answer(desk: &Desk<'_>, person: &Person, id: TransferId, answer: TransferAnswer) -> Result<Post> {
    let side = if answer == TransferAnswer::Withdraw { TransferSide::Giver } else { TransferSide::Receiver };
    match transfer::answer(desk, person, id, answer)? {
        Some((case, offer)) => offers::view(desk, &desk.reader(person, Some(&case.contact.line)), &case, &offer, side),
        None => Ok(views::gone(desk, person)),
    }
}
