//! What a colleague can type to the bot itself. Anything else is a message to a client.

use super::act;
use super::desk::{Desk, Person, Seat};
use super::{note, views, whom};
use crate::bridge::{Post, Quote, Route, ThreadId};
use crate::cards::submit::Action;
use crate::cards::{self, ThreadCommand, TypedContact};
use crate::markup;
use crate::store::Result;

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `new`, perhaps with a phone number.
    New {
        phone: String,
    },
    Contacts,
    History,
    Templates,
    Held,
    Details,
    /// Write an internal note.
    Note,
    Away,
    Back,
    /// About a conversation that must be certain.
    InThread(ThreadCommand),
    Help,
}

/// Reads a whole message as a command. Only the word alone is one ("new" but not "new prices attached"), for everything else
/// must reach the client; `new` may be followed by a phone number with its country code.
fn read(text: &str) -> Option<Command> {
    if note::read(text).is_some_and(|note| note.is_empty()) {
        return Some(Command::Note);
    }
    // Formatting does not make it a message.
    let text = markup::plain(text);
    let text = text.trim();
    let (word, rest) = text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim()));
    let number = rest.starts_with('+') && rest.chars().all(|c| c.is_ascii_digit() || "+ ()-/.".contains(c));
    Some(match (word.to_lowercase().as_str(), rest) {
        ("new", "") => Command::New { phone: String::new() },
        ("new", phone) if number => Command::New { phone: phone.to_owned() },
        ("contacts", "") => Command::Contacts,
        ("history", "") => Command::History,
        ("templates", "") => Command::Templates,
        ("held", "") => Command::Held,
        ("details", "") => Command::Details,
        ("note", "") => Command::Note,
        ("away", "") => Command::Away,
        ("back", "") => Command::Back,
        ("add", "") => Command::InThread(ThreadCommand::Add),
        ("remove", "") => Command::InThread(ThreadCommand::Remove),
        ("leave", "") => Command::InThread(ThreadCommand::Leave),
        ("end", "") => Command::InThread(ThreadCommand::End),
        ("transfer", "") => Command::InThread(ThreadCommand::Transfer),
        ("help", "") => Command::Help,
        _ => return None,
    })
}

/// The same for what somebody types. `back` is a command while they are away, and a word for the client else.
pub fn typed(desk: &Desk<'_>, person: &Person, text: &str) -> Result<Option<Command>> {
    let command = read(text);
    let not_away = command == Some(Command::Back) && desk.tx.absence(person.id())?.is_none();
    Ok(command.filter(|_| !not_away))
}

/// The card that answers a command.
pub fn run(desk: &Desk<'_>, person: &Person, command: &Command) -> Result<Post> {
    match command {
        Command::New { phone } => {
            let typed = TypedContact { phone: phone.clone(), ..TypedContact::default() };
            views::new_conversation(desk, person, typed, Vec::new())
        }
        Command::Contacts => act::run(desk, person, &Action::Contacts { query: String::new() }, None),
        Command::History => act::run(desk, person, &Action::History {}, None),
        Command::Held => act::run(desk, person, &Action::HeldList {}, None),
        Command::Away => act::run(desk, person, &Action::Away {}, None),
        Command::Back => act::run(desk, person, &Action::Back { who: String::new() }, None),
        Command::Note => act::note_form(desk, person),
        Command::Help => help(desk, person),
        Command::Templates => about_current(desk, person, |thread| Action::Templates { thread, query: String::new() }),
        Command::Details => about_current(desk, person, |thread| Action::Details { thread }),
        Command::InThread(command) => about_certain(desk, person, *command),
    }
}

/// About the conversation that a text would go to now, where there is no doubt; else the commands alone.
fn help(desk: &Desk<'_>, person: &Person) -> Result<Post> {
    match whom::route(desk, person, Quote::Nothing)? {
        Route::To(thread) => act::run(desk, person, &Action::ThreadHelp { thread }, None),
        Route::Ask | Route::Nowhere => Ok(cards::help(&desk.reader(person, None))),
    }
}

/// What changes who has a client is about the conversation in whose home it is typed, or to which a text would go now; else it is asked
/// which one.
fn about_certain(desk: &Desk<'_>, person: &Person, command: ThreadCommand) -> Result<Post> {
    if let Seat::Shared { thread: Some(thread), .. } = &person.seat {
        return act::run(desk, person, &command.in_thread(*thread), None);
    }
    match whom::route(desk, person, Quote::Nothing)? {
        Route::To(thread) => act::run(desk, person, &command.in_thread(thread), None),
        Route::Ask => act::ask_which(desk, person, command, false),
        Route::Nowhere => views::no_conversation(desk, person),
    }
}

/// An action on the conversation that the colleague last wrote in, else on the newest.
fn about_current(desk: &Desk<'_>, person: &Person, action: impl FnOnce(ThreadId) -> Action) -> Result<Post> {
    let open = desk.tx.open_threads(person.id())?;
    let focus = person.known.focus.map(|focus| focus.thread);
    match open.iter().find(|thread| Some(thread.id) == focus).or(open.first()) {
        Some(thread) => act::run(desk, person, &action(thread.id), None),
        None => views::no_conversation(desk, person),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("new", Some(Command::New { phone: String::new() }))]
    #[case(" NEW ", Some(Command::New { phone: String::new() }))]
    #[case("new +49 (30) 90 18-20", Some(Command::New { phone: "+49 (30) 90 18-20".to_owned() }))]
    #[case("new prices attached", None)]
    #[case("new 3 rooms", None)]
    #[case("help", Some(Command::Help))]
    #[case("help me please", None)]
    #[case("end", Some(Command::InThread(ThreadCommand::End)))]
    #[case("Add", Some(Command::InThread(ThreadCommand::Add)))]
    #[case("leave", Some(Command::InThread(ThreadCommand::Leave)))]
    #[case("leave it with me", None)]
    #[case("remove", Some(Command::InThread(ThreadCommand::Remove)))]
    #[case("remove me from your list", None)]
    #[case("*end*", Some(Command::InThread(ThreadCommand::End)))]
    #[case("note", Some(Command::Note))]
    #[case("//", Some(Command::Note))]
    #[case("// help", None)]
    #[case("note that it rains", None)]
    #[case("the end", None)]
    #[case("away", Some(Command::Away))]
    #[case("away until Monday", None)]
    #[case("Back", Some(Command::Back))]
    #[case("back soon", None)]
    #[case("history", Some(Command::History))]
    #[case("details", Some(Command::Details))]
    #[case("details of the contract", None)]
    #[case("Transfer", Some(Command::InThread(ThreadCommand::Transfer)))]
    #[case("transfer the money", None)]
    #[case("Hello", None)]
    #[case("", None)]
    fn only_the_word_alone_is_a_command(#[case] text: &str, #[case] command: Option<Command>) {
        assert_eq!(read(text), command);
    }
}
