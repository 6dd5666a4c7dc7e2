//! Looking for words in the messages that somebody may see.
//!
//! There is no index of words: one would cost every message on its way, for something that people rarely ask. Instead the newest
//! [`MOST`] messages that the asker may see are read, newest first, on a reader: no message waits for a search. Measured with 100,000
//! messages in SQLite: see [`MOST`].

use super::core::Relay;
use super::desk::{Desk, Person};
use super::sight::is_told_to;
use crate::bridge::{ColleagueId, MessageId, SearchHits, SearchedWords, TeamsEvent, words_of_content, words_of_outgoing};
use crate::cards::submit::Action;
use crate::store::{Message, Purpose, Result};
use serde_json::{Value, json};

/// Messages looked through at most.
const MOST: u32 = 100_000;
/// Of what Teams waits for an answer; the card is made after it.
const BUDGET: std::time::Duration = std::time::Duration::from_millis(1200);
/// Messages found at most.
const MOST_HITS: usize = 25;

impl Relay {
    /// The data of a search with what was found; `None`: a card asks for something else. What a card says of hits is not believed.
    pub(super) async fn with_hits(&self, event: &TeamsEvent, data: &Value) -> Option<Value> {
        let (query, words) = wanted(data)?;
        let found = match words {
            Some(words) => self.hits(event, words).await,
            None => None,
        };
        Some(json!(Action::SearchHistory { query, found }))
    }

    async fn hits(&self, event: &TeamsEvent, words: SearchedWords) -> Option<SearchHits> {
        let id = event.sender.object_id.as_ref().filter(|_| !event.sender.is_bot).map(|id| ColleagueId(id.to_lowercase()))?;
        let search = self.read(move |desk| match desk.tx.colleague(&id)? {
            Some(known) => hits(desk, &desk.as_person(known), &words),
            None => Ok(SearchHits::default()),
        });
        match tokio::time::timeout(BUDGET, search).await {
            Ok(Ok(found)) => Some(found),
            Ok(Err(error)) => {
                tracing::error!(%error, "a search failed");
                None
            }
            Err(_) => None,
        }
    }
}

/// What a card asks to look for; `None`: it is no search.
fn wanted(data: &Value) -> Option<(String, Option<SearchedWords>)> {
    match Action::parse(data) {
        Ok(Action::SearchHistory { query, .. }) => {
            let words = SearchedWords::read(&query);
            Some((query, words))
        }
        _ => None,
    }
}

fn hits(desk: &Desk<'_>, person: &Person, words: &SearchedWords) -> Result<SearchHits> {
    let (ids, all) = visible(desk, person)?;
    let mut messages = Vec::new();
    for id in ids {
        let Some(message) = desk.tx.message(id)? else { continue };
        if is_told_to(person, &message) && words.are_in(&text(&message)?) {
            if messages.len() == MOST_HITS {
                return Ok(SearchHits { messages, complete: false });
            }
            messages.push(id);
        }
    }
    Ok(SearchHits { messages, complete: all })
}

/// The messages that somebody may see, newest first, and whether these are all.
fn visible(desk: &Desk<'_>, person: &Person) -> Result<(Vec<MessageId>, bool)> {
    let most = MOST as usize;
    let mut ids = Vec::new();
    for line in desk.office.lines_of(&person.known) {
        if desk.supervises(person, &line.id) {
            ids.extend(desk.tx.ids_of_line(&line.id, MOST + 1)?);
        }
    }
    for (thread, sight) in desk.own_threads(person)? {
        ids.extend(desk.tx.ids_seen(thread.id, &sight, MOST + 1)?);
    }
    ids.sort_unstable_by(|one, other| other.cmp(one));
    ids.dedup();
    let all = ids.len() <= most;
    ids.truncate(most);
    Ok((ids, all))
}

/// What a message says, as far as words can be looked for in it.
pub fn text(message: &Message) -> Result<String> {
    Ok(match message.purpose {
        Purpose::Client => words_of_content(&message.inbound()?).into_owned(),
        _ => words_of_outgoing(&message.outgoing()?).to_owned(),
    })
}
