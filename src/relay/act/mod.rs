//! What the buttons do. Every action is checked anew on the server: a forged or stale card does nothing but show the current
//! state.

mod absence;
mod add;
mod allowed;
mod chat;
mod contact;
mod conversation;
mod details;
mod held;
mod joining;
mod leave;
mod message;
mod note;
mod parcel;
mod remove;
mod revocation;
mod template;
mod transfer;
mod why;

use super::desk::{Desk, Person, Seat};
use super::template_views::Given;
use super::{contact_views, extension, group_chat, history_views, media_views, preflight, staff, template_views, views};
use crate::bridge::{ActivityId, Place, Post, ThreadId, TransferAnswer, WhomToAsk};
use crate::cards::submit::Action;
use crate::cards::{self, ContactError, NoteError, ParseError, Receipt, RouteProblem, Style, TypedContact};
use crate::store::{Envelope, Result};
use crate::texts::sentences;
use allowed::{with_case, with_contact, with_held, with_held_or, with_readable, with_revocation, with_template};
use contact::{Form, add_contact, save_contact};
use conversation::{request, start, take};
use held::{ask_to_reply, changed_too_late, discard_expired, edit_held, held_in_thread, save_held, template_below, withdraw};
use message::{arrived, choose, correct, discard, retry, settled_draft};
use revocation::{not_an_opt_out, record_opt_out};
use serde_json::Value;
use template::{fill, pick, send_template};
use why::{show_message, why_message, why_refused};

pub use details::ask_which;
pub use note::form as note_form;
pub use template::fetched;

/// Whether doing an action twice is the same as doing it once, and its answer may change within seconds: looking for a template and
/// filling it sends nothing, shows the files sent meanwhile, and a file that could not be fetched is tried again. Only where the
/// pressed card itself changes: elsewhere a repetition would post a second one.
pub fn is_repeatable(desk: &Desk<'_>, person: &Person, data: &Value, card: Option<&ActivityId>) -> Result<bool> {
    let looks =
        matches!(data.get("verb").and_then(Value::as_str), Some("template.list" | "template.refresh" | "template.pick" | "template.fill"));
    let Some(activity) = card.filter(|_| looks) else { return Ok(false) };
    Ok(pressed_thread_card(desk, person, activity)?.is_none() && !is_own_message(desk, person, card)?)
}

/// Whether an action changes nothing: who presses it again wants to see how it stands now.
pub fn only_shows(data: &Value) -> bool {
    matches!(
        Action::parse(data),
        Ok(Action::New {}
            | Action::Contacts { .. }
            | Action::Help {}
            | Action::HeldList {}
            | Action::History {}
            | Action::OpenContact { .. }
            | Action::EditContact { .. }
            | Action::Templates { .. }
            | Action::TemplateForHeld { .. }
            | Action::HeldInThread { .. }
            | Action::EditHeld { .. }
            | Action::Why { .. }
            | Action::ShowMessage { .. }
            | Action::WhyRefused { .. }
            | Action::NoteForm { .. }
            | Action::Away {}
            | Action::View { .. }
            | Action::ThreadHelp { .. }
            | Action::OpenHistory { .. }
            | Action::SearchHistory { .. }
            | Action::TransferForm { .. }
            | Action::Details { .. }
            | Action::AddForm { .. }
            | Action::LeaveForm { .. }
            | Action::RemoveForm { .. }
            | Action::PickRemoved { .. }
            | Action::EndForm { .. }
            | Action::InThread { .. })
    )
}

/// Whether what an action leads to is for who pressed alone, wherever they press.
pub fn is_private(data: &Value) -> bool {
    data.get("verb").and_then(Value::as_str) == Some("media.open")
}

/// Whether somebody asks for WhatsApp's list of templates, and not only for ours.
pub fn wants_new_templates(data: &Value) -> bool {
    data.get("verb").and_then(Value::as_str) == Some("template.refresh")
}

/// Whether somebody may act here without a line: administrators answer who asks to join.
pub fn needs_no_line(desk: &Desk<'_>, person: &Person, data: &Value) -> bool {
    let answers = matches!(data.get("verb").and_then(Value::as_str), Some("join.accept" | "join.decline"));
    answers && staff::administers(desk, person)
}

/// Reads what a card sent and does it. The post is what the card becomes. `card` is the activity that held it.
pub fn on_action(desk: &Desk<'_>, person: &Person, data: &Value, card: Option<&ActivityId>) -> Result<Post> {
    match Action::parse(data) {
        Ok(action) => run(desk, person, &action, card),
        Err(ParseError::ChosenNothing { verb }) => nothing_chosen(desk, person, verb, data),
        Err(error) => {
            tracing::warn!(%error, "a card action could not be read");
            Ok(desk.notice(person, None, Style::Warning, sentences::CARD_TOO_OLD.to_owned()))
        }
    }
}

/// The same card again, with the choice that is missing pointed out and everything typed still there.
fn nothing_chosen(desk: &Desk<'_>, person: &Person, verb: &str, data: &Value) -> Result<Post> {
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    match verb {
        "route.choose" => {
            let draft = data.get("draft").and_then(Value::as_i64).unwrap_or_default();
            match desk.tx.draft(draft, person.id())? {
                Some(kept) => views::ask_whom(desk, person, draft, &kept, Some(RouteProblem::NothingChosen)),
                None => Ok(settled_draft(desk, person)),
            }
        }
        "note.save" => note::form_that_asks(desk, person, &text("text"), Some(NoteError::NothingChosen)),
        "chat.link" => Ok(chat::link_nothing_chosen(desk, person)),
        "template.pick" if data.get("name").is_some() => extension::ask_again(desk, person, &text("name"), &text("language")),
        "template.pick" => {
            let thread = ThreadId(data.get("thread").and_then(Value::as_i64).unwrap_or_default());
            with_case(desk, person, thread, |case| template_views::templates(desk, person, case, "", true))
        }
        "participant.pick" => {
            let thread = ThreadId(data.get("thread").and_then(Value::as_i64).unwrap_or_default());
            remove::form(desk, person, thread, true)
        }
        "thread.which" => match data.get("command").map(|command| serde_json::from_value(command.clone())) {
            Some(Ok(command)) => details::ask_which(desk, person, command, true),
            _ => Ok(desk.notice(person, None, Style::Warning, sentences::CARD_TOO_OLD.to_owned())),
        },
        "contact.add" => {
            let typed = TypedContact { name: text("name"), phone: text("phone"), language: text("language"), line: None };
            views::new_conversation(desk, person, typed, vec![ContactError::LineMissing])
        }
        _ => views::new_conversation(desk, person, TypedContact::default(), vec![ContactError::NothingChosen]),
    }
}

/// Puts an action's card where the old one stood; a new message when we do not know where that was. Returns what the pressed
/// card shows from now on.
pub fn show(desk: &Desk<'_>, person: &Person, card: Option<&ActivityId>, post: Post) -> Result<Post> {
    // Where others look on, who takes no part changes their own view alone.
    if let Seat::Shared { thread: Some(thread), .. } = &person.seat
        && !took_part(desk, person, *thread)?
    {
        return Ok(post);
    }
    // A thread card stays what it is: its next edit would take away whatever was being typed into the card in its place.
    let thread = card.map(|activity| pressed_thread_card(desk, person, activity)).transpose()?.flatten();
    if let Some(case) = thread.map(|thread| desk.case(thread)).transpose()?.flatten() {
        put(desk, person, None, post)?;
        let reader = desk.reader(person, Some(&case.contact.line));
        return views::thread(desk, &reader, &case, &desk.place_of(Some(case.thread.id), person)?);
    }
    if is_own_message(desk, person, card)? {
        // What it leads to is a message of ours, which can be edited; their card becomes a receipt in their client.
        let text = Some(post.summary.clone());
        put(desk, person, None, post)?;
        let view = Receipt { head: None, what: sentences::CONTINUED.to_owned(), who: person.name.clone(), at: desk.now, text };
        return Ok(cards::receipt(&desk.reader(person, None), &view));
    }
    put(desk, person, card, post.clone())?;
    Ok(post)
}

/// Whether the colleague took part when they acted: who has just left or ended the conversation did, and the others read it on the card.
fn took_part(desk: &Desk<'_>, person: &Person, thread: ThreadId) -> Result<bool> {
    let part = desk.tx.participation(thread, person.id())?;
    Ok(part.is_some_and(|part| part.left_at.is_none_or(|left| left == desk.now)))
}

/// The pressed card, where it becomes what the action leads to: no thread's card, and no message of the colleague's own.
fn lasting<'a>(desk: &Desk<'_>, person: &Person, card: Option<&'a ActivityId>) -> Result<Option<&'a ActivityId>> {
    let Some(activity) = card else { return Ok(None) };
    let passing = pressed_thread_card(desk, person, activity)?.is_some() || is_own_message(desk, person, card)?;
    Ok((!passing).then_some(activity))
}

/// The thread whose card was pressed where the colleague acts, when it is a thread's card.
fn pressed_thread_card(desk: &Desk<'_>, person: &Person, activity: &ActivityId) -> Result<Option<ThreadId>> {
    match &person.seat {
        Seat::Shared { thread: Some(thread), .. } => {
            Ok(desk.tx.thread_card(*thread, &Place::Home)?.filter(|card| card == activity).map(|_| *thread))
        }
        Seat::Shared { thread: None, .. } => Ok(None),
        Seat::Nowhere | Seat::Own => desk.tx.thread_of_card(person.id(), activity),
    }
}

/// Whether a card stands in a message of the colleague's own, put there with the message extension. Nobody but they can edit it.
fn is_own_message(desk: &Desk<'_>, person: &Person, card: Option<&ActivityId>) -> Result<bool> {
    let Some(activity) = card else { return Ok(false) };
    // Our own cards are recorded with their thread, or not at all.
    Ok(desk.tx.posting(person.conversation(), activity)? == Some((None, None)))
}

fn put(desk: &Desk<'_>, person: &Person, card: Option<&ActivityId>, post: Post) -> Result<()> {
    let envelope = match card {
        Some(activity) => Envelope::Update { activity: activity.clone(), post },
        None => Envelope::Post { post, thread: None, message: None, repeated: false },
    };
    desk.tx.enqueue_post(None, &person.spot(), &envelope, desk.now).map(drop)
}

/// Does what a button says.
pub fn run(desk: &Desk<'_>, person: &Person, action: &Action, card: Option<&ActivityId>) -> Result<Post> {
    match action {
        Action::New {} => views::new_conversation(desk, person, TypedContact::default(), Vec::new()),
        Action::Contacts { query } => contact_views::contacts(desk, person, query),
        Action::Help {} => Ok(cards::help(&desk.reader(person, None))),
        Action::HeldList {} => views::held_list(desk, person),
        Action::History {} => history_views::history_list(desk, person),
        Action::AddContact { line, name, phone, language } => add_contact(desk, person, line, name, phone, language),
        Action::OpenContact { contact } => with_contact(desk, person, *contact, |contact| contact_views::contact(desk, person, contact)),
        Action::Start { contact } => with_contact(desk, person, *contact, |contact| start(desk, person, contact)),
        Action::Request { contact, basis } => with_contact(desk, person, *contact, |contact| request(desk, person, contact, *basis)),
        Action::CancelRequest { contact } => {
            with_contact(desk, person, *contact, |contact| Ok(desk.receipt(person, contact, None, sentences::REQUEST_CANCELLED, None)))
        }
        Action::RecordOptOut { revocation } => {
            with_revocation(desk, person, *revocation, |case, open| record_opt_out(desk, person, case, open))
        }
        Action::NotAnOptOut { revocation } => {
            with_revocation(desk, person, *revocation, |case, open| not_an_opt_out(desk, person, case, open))
        }
        Action::Templates { thread, query } => {
            with_case(desk, person, *thread, |case| template_views::templates(desk, person, case, query, false))
        }
        Action::RefreshTemplates { thread } => {
            with_case(desk, person, *thread, |case| template_views::templates(desk, person, case, "", false))
        }
        Action::PickTemplate { thread, name, language, values, upload } => {
            let given = Given { values, upload: *upload, ..Given::default() };
            with_template(desk, person, *thread, name, language, |case, template| pick(desk, person, case, template, &given))
        }
        Action::FillTemplate { thread, name, language, values, link, file, upload } => {
            let given = Given { values, link, file, upload: *upload };
            with_template(desk, person, *thread, name, language, |case, template| fill(desk, person, case, template, &given, card))
        }
        Action::SendTemplate { thread, name, language, values, upload } => {
            let given = Given { values, upload: *upload, ..Given::default() };
            with_template(desk, person, *thread, name, language, |case, template| send_template(desk, person, case, template, &given, card))
        }
        Action::EditHeld { message } => with_held(desk, person, *message, |case, message| edit_held(desk, person, case, message)),
        Action::SaveHeld { message, text } => with_held_or(
            desk,
            person,
            *message,
            |case, message| save_held(desk, person, case, message, text),
            |case, message| changed_too_late(desk, person, case, message, text),
        ),
        Action::WithdrawHeld { message } => with_held(desk, person, *message, |case, message| withdraw(desk, person, case, message)),
        Action::HeldInThread { thread } => with_case(desk, person, *thread, |case| held_in_thread(desk, person, case)),
        Action::AskToReply { message } => with_held(desk, person, *message, |case, message| ask_to_reply(desk, person, case, message)),
        Action::TemplateForHeld { message } => {
            with_held(desk, person, *message, |case, message| template_below(desk, person, case, message))
        }
        Action::DiscardHeld { message } => discard_expired(desk, person, *message),
        Action::OpenMedia { message } => media_views::open(desk, person, *message),
        Action::SendParcel { parcel: id } => parcel::send(desk, person, *id),
        Action::CancelParcel { parcel: id } => parcel::cancel(desk, person, *id),
        Action::Why { message } => why_message(desk, person, *message),
        Action::ShowMessage { message } => show_message(desk, person, *message),
        Action::WhyRefused { entry } => why_refused(desk, person, *entry),
        Action::Retry { message } => retry(desk, person, *message),
        Action::SendCorrection { message, correction } => correct(desk, person, *message, *correction),
        Action::Arrived { message } => arrived(desk, person, *message),
        Action::Choose { draft, thread } => choose(desk, person, *draft, *thread),
        Action::DiscardDraft { draft } => discard(desk, person, *draft),
        Action::NoteForm { thread } => with_case(desk, person, *thread, |case| Ok(note::form_about(desk, person, case))),
        Action::Note { thread, text } => note::save(desk, person, *thread, text),
        Action::Take { thread } => take(desk, person, *thread),
        Action::AskToJoin { contact } => joining::ask(desk, person, *contact, WhomToAsk::Owners),
        Action::AskAdministrator { contact } => joining::ask(desk, person, *contact, WhomToAsk::Administrators),
        Action::AcceptJoining { joining, history, last } => joining::accept(desk, person, *joining, history, last),
        Action::DeclineJoining { joining } => joining::decline(desk, person, *joining),
        Action::Away {} => absence::form(desk, person),
        Action::SetAway { inputs } => absence::set(desk, person, inputs),
        Action::Back { who } => absence::back(desk, person, who),
        Action::Stay { thread } => absence::stay(desk, person, *thread),
        Action::ThreadHelp { thread } => with_case(desk, person, *thread, |case| preflight::help(desk, person, case)),
        Action::View { thread } => with_case(desk, person, *thread, |case| {
            let reader = desk.reader(person, Some(&case.contact.line));
            views::thread(desk, &reader, case, &desk.place_of(Some(*thread), person)?)
        }),
        Action::LinkChat { thread } => chat::link(desk, person, *thread),
        Action::UnlinkChat { thread } => chat::unlink(desk, person, *thread),
        Action::MoveBack { thread } => chat::move_back(desk, person, *thread),
        Action::OpenChat { thread } => with_case(desk, person, *thread, |case| group_chat::open(desk, person, case)),
        Action::OpenHistory { thread, before } => {
            with_readable(desk, person, *thread, |case, sight| history_views::history(desk, person, case, sight, *before))
        }
        Action::SearchHistory { query, found } => history_views::found(desk, person, query, found.as_ref()),
        Action::EditContact { contact } => {
            with_contact(desk, person, *contact, |contact| contact_views::contact_edit(desk, person, contact, None, Vec::new(), None))
        }
        Action::SaveContact { contact, name, phone, language, notes } => {
            let form = Form { name, phone, language, notes };
            with_contact(desk, person, *contact, |contact| save_contact(desk, person, contact, &form))
        }
        Action::TransferForm { thread } => transfer::form(desk, person, *thread),
        Action::OfferTransfer { thread, inputs } => transfer::offer(desk, person, *thread, inputs, lasting(desk, person, card)?),
        Action::TransferNow { thread, inputs } => transfer::give(desk, person, *thread, inputs),
        Action::CancelTransfer { thread } => transfer::cancel(desk, person, *thread),
        Action::WithdrawTransfer { transfer } => transfer::answer(desk, person, *transfer, TransferAnswer::Withdraw),
        Action::AcceptTransfer { transfer } => transfer::answer(desk, person, *transfer, TransferAnswer::Accept),
        Action::DeclineTransfer { transfer } => transfer::answer(desk, person, *transfer, TransferAnswer::Decline),
        Action::Details { thread } => details::details(desk, person, *thread),
        Action::AddForm { thread } => add::form(desk, person, *thread),
        Action::AddColleagues { thread, inputs } => add::add(desk, person, *thread, inputs),
        Action::LeaveForm { thread } => leave::form(desk, person, *thread),
        Action::Leave { thread, held } => leave::leave(desk, person, *thread, held),
        Action::RemoveForm { thread } => remove::form(desk, person, *thread, false),
        Action::PickRemoved { thread, colleague } => remove::pick(desk, person, *thread, colleague),
        Action::Remove { thread, colleague } => remove::remove(desk, person, *thread, colleague),
        Action::EndForm { thread } => leave::end_form(desk, person, *thread),
        Action::End { thread } => leave::end(desk, person, *thread),
        Action::InThread { command, thread } => run(desk, person, &command.in_thread(*thread), card),
    }
}
