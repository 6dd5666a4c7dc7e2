//! Adaptive Cards: what a colleague sees and presses. One file a card; each takes a [`Reader`] and a view and gives the whole post.
//!
//! Every card keeps these: one idea; the client's name first, line and number subtle beside it; state said in words, with colour
//! only beside them; the likely action first, at most three visible; text from outside escaped; below [`SIZE_LIMIT`]; the summary
//! (what a notification shows) names the client and never quotes a message.

mod add;
mod add_inputs;
mod away;
mod away_inputs;
mod away_now;
mod choice_ways;
mod choices_data;
mod contact;
mod contact_edit;
mod contact_view;
mod contacts;
mod details;
mod element;
mod end;
pub mod extension;
mod failed;
mod found;
mod held;
mod held_edit;
mod held_list;
mod help;
mod history;
mod history_list;
mod history_view;
mod id_or_text;
mod intake;
mod joining;
mod leave;
mod link;
mod media;
mod moment_input;
mod new_conversation;
mod news;
mod note;
mod notice;
mod opt_in;
mod parcel;
mod parse;
mod parts;
mod picture;
mod receipt;
mod remove;
mod revocation;
mod route;
pub mod submit;
mod template_choice;
mod template_fill;
mod template_preview;
mod template_view;
mod templates;
mod text;
mod thread;
mod thread_command;
mod thread_help;
mod transfer;
mod transfer_form;
mod transfer_inputs;
pub mod typeahead;
mod uncertain;
pub mod view;
mod welcome;
mod which;
mod why;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod samples_joining;
#[cfg(test)]
mod samples_media;
#[cfg(test)]
mod samples_notes;
#[cfg(test)]
mod samples_participants;
#[cfg(test)]
mod samples_people;
#[cfg(test)]
mod samples_places;
#[cfg(test)]
mod samples_talk;
#[cfg(test)]
mod samples_transfer;
#[cfg(test)]
mod tests;

pub use add::{AddField, AddForm, add_form};
pub use add_inputs::AddInputs;
pub use away::{AwayField, AwayForm, away_form};
pub use away_inputs::AwayInputs;
pub use away_now::AwayNow;
pub use contact::contact;
pub use contact_edit::contact_edit;
pub use contact_view::*;
pub use contacts::contacts;
pub use details::{Details, ParticipantRow, details};
pub use element::SIZE_LIMIT;
pub use end::{EndForm, end_form};
pub use failed::failed;
pub use found::found;
pub use held::held;
pub use held_edit::held_edit;
pub use held_list::held_list;
pub use help::help;
pub use history::history;
pub use history_list::history_list;
pub use history_view::*;
pub use intake::{Intake, intake};
pub use joining::{AskedToJoin, RefusedAnswer, joining};
pub use leave::{LeaveForm, leave_form};
pub use link::link;
pub use media::{MediaCard, media};
pub use new_conversation::{contact_title, new_conversation};
pub use news::{News, news};
pub use note::{NOTE_LIMIT, NoteAbout, NoteError, NoteForm, note};
pub use notice::notice;
pub use opt_in::opt_in;
pub use parcel::{ParcelCard, ParcelRow, parcel};
pub use parse::ParseError;
pub use picture::KEPT_PICTURE;
pub use receipt::{receipt, receipt_with_why};
pub use remove::{RemoveConfirm, RemoveForm, remove_confirm, remove_form};
pub use revocation::{PerhapsStop, revocation};
pub use route::{route, thread_title};
pub use template_choice::{TemplateChoice, Whom, template_choice};
pub use template_fill::template_fill;
pub use template_preview::template_preview;
pub use template_view::*;
pub use templates::templates;
pub use thread::thread;
pub use thread_command::ThreadCommand;
pub use thread_help::thread_help;
pub use transfer::{OfferedTransfer, transfer_asked, transfer_offered};
pub use transfer_form::{ColleagueChoice, TransferField, TransferForm, transfer_form};
pub use transfer_inputs::TransferInputs;
pub use uncertain::uncertain;
pub use view::*;
pub use welcome::welcome;
pub use which::{WhichThread, which_thread};
pub use why::why;
