//! Files that a colleague posted for a client: how they will leave, before they do.

use super::element::{Button, Container, TextBlock};
use super::parts::{QUOTE_LIMIT, header, paragraph};
use super::picture::Picture;
use super::submit::Action;
use super::text::{Text, clip, name};
use super::view::{Head, Reader, Style};
use crate::bridge::{OutgoingFile, ParcelId, Post, Time};
use crate::texts::{labels, media as words, when};

/// What is shown of a parcel.
#[derive(Clone, Debug)]
pub struct ParcelCard {
    pub parcel: ParcelId,
    pub head: Head,
    /// What goes along, without markup.
    pub text: String,
    /// In the order in which they will go.
    pub files: Vec<ParcelRow>,
    /// `Some` when it is decided: whether it was sent, by whom and when.
    pub settled: Option<(bool, String, Time)>,
}

/// One file: its name in Teams, and how it stands.
#[derive(Clone, Debug)]
pub struct ParcelRow {
    pub name: String,
    /// `None`: it is being fetched. `Err`: why it cannot go, in words.
    pub state: Option<Result<OutgoingFile, String>>,
}

pub fn parcel(reader: &Reader<'_>, view: &ParcelCard) -> Post {
    let mut card = reader.card();
    card.extend(header(&view.head));
    let client = name(&view.head.client);
    let said = match &view.settled {
        None => words::about_to_send(view.files.len(), &client),
        Some((true, who, at)) => words::sent_by(&name(who), &when(*at, reader.zone, reader.now)),
        Some((false, who, at)) => words::cancelled_by(&name(who), &when(*at, reader.zone, reader.now)),
    };
    card.push(paragraph(&said));
    if !view.text.trim().is_empty() {
        card.push(Container::quote(&clip(&view.text, QUOTE_LIMIT)));
    }
    for file in &view.files {
        match &file.state {
            None => card.push(TextBlock::new(Text::plain(words::fetching(&name(&file.name)))).subtle().spaced()),
            Some(Ok(outgoing)) => {
                if outgoing.file.preview {
                    card.push(Picture::kept(
                        &outgoing.file.blob,
                        words::outgoing_line(&OutgoingFile { caption: None, ..outgoing.clone() }),
                    ));
                }
                card.push(TextBlock::new(Text::plain(words::will_go(outgoing))).subtle().small());
            }
            Some(Err(problem)) => {
                card.push(TextBlock::new(Text::plain(format!("{}: {problem}", name(&file.name)))).style(Style::Attention).spaced());
            }
        }
    }
    if view.settled.is_none() {
        let cancel = Button::new(labels::CANCEL_FILES, &Action::CancelParcel { parcel: view.parcel });
        let ready = view.files.iter().all(|file| file.state.is_some()) && view.files.iter().any(|file| matches!(file.state, Some(Ok(_))));
        let send = ready.then(|| Button::new(labels::SEND_FILES, &Action::SendParcel { parcel: view.parcel }).positive());
        card.actions(send.into_iter().chain([cancel]));
    }
    card.post(labels::about(&client, &said))
}
