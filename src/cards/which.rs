//! "Which conversation?": a command about a conversation, typed while several are open.

use super::choices_data::fitting_choices;
use super::element::{Button, Choices, TextBlock};
use super::parts::{error, paragraph};
use super::route::thread_title;
use super::submit::Action;
use super::text::Text;
use super::thread_command::ThreadCommand;
use super::typeahead::Dataset;
use super::view::{Reader, Style, ThreadChoice};
use crate::bridge::{Post, ThreadId};
use crate::texts::{labels, participants as words};

impl ThreadCommand {
    /// The card that it leads to, where nothing is done yet.
    pub fn in_thread(self, thread: ThreadId) -> Action {
        match self {
            Self::Add => Action::AddForm { thread },
            Self::Remove => Action::RemoveForm { thread },
            Self::Leave => Action::LeaveForm { thread },
            Self::End => Action::EndForm { thread },
            Self::Transfer => Action::TransferForm { thread },
        }
    }
}

/// The reader's conversations.
#[derive(Clone, Debug)]
pub struct WhichThread {
    pub command: ThreadCommand,
    pub threads: Vec<ThreadChoice>,
    pub nothing_chosen: bool,
}

/// The question. None is chosen beforehand.
pub fn which_thread(reader: &Reader<'_>, view: &WhichThread) -> Post {
    let mut card = reader.card();
    card.push(TextBlock::heading(Text::plain(words::WHICH)));
    card.push(paragraph(words::WHICH_WHY).style(Style::Warning));
    let choices: Vec<_> = view.threads.iter().map(|choice| (thread_title(choice), choice.thread.to_string())).collect();
    let fit = fitting_choices(&choices);
    let more = choices.len() - fit;
    card.push(
        Choices::new("thread", labels::CHOOSE_A_CLIENT, labels::NO_CLIENT_CHOSEN, choices.into_iter().take(fit))
            .placeholder(labels::CHOOSE_A_CLIENT_BY)
            .typeahead(Dataset::Threads)
            .required(),
    );
    if more > 0 {
        card.push(TextBlock::new(Text::plain(labels::more_threads(more))).subtle().small());
    }
    if view.nothing_chosen {
        card.push(error(labels::NO_CLIENT_CHOSEN));
    }
    let chosen = Action::InThread { command: view.command, thread: ThreadId(0) };
    card.actions([Button::with_inputs(labels::CONTINUE, &chosen, &["thread"]).positive()]);
    card.post(words::WHICH)
}
