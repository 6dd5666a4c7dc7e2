//! What people do, through Teams and from their phones, and what the onlooker must know of it.

use super::onlooker::{Because, Kind, Offer};
use super::{Act, Client, Play, Quote, Shared, Who, Written};
use crate::harness::{Room, words, words_of};
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use switchboard::bridge::ContactId;
use switchboard::simulator::{Author, ClickAnswer, Draft};

type Done = Result<Vec<Because>, TestCaseError>;

impl Play {
    /// Does it; whoever comes or goes by it has this reason.
    pub(super) async fn acts(&mut self, act: Act) -> Done {
        self.onlooker.begins_step();
        match act {
            Act::Writes(who, client, quote) => self.writes(who, client, quote).await,
            Act::WritesInRoom(who, client) => self.writes_in_room(who, client).await,
            Act::Whispers(who, client) => self.whispers(who, client).await,
            Act::Notes(who, client, button) => self.notes(who, client, button).await,
            Act::Edits(who) => self.edits(who).await,
            Act::Says(client) => {
                self.texts += 1;
                self.onlooker.says(self.texts, client);
                client.of(&self.world).types(&format!("zebra {}", self.texts)).await;
                self.finds_kim().await;
                Ok(vec![Because::Writes(client)])
            }
            Act::Agrees(client) => {
                let phone = client.of(&self.world);
                if phone.items().iter().any(|item| item.buttons.iter().any(|button| button.title == "Yes")) {
                    phone.taps("Yes").await;
                }
                Ok(vec![Because::Writes(client)])
            }
            Act::Asks(who, client) => {
                let Some(contact) = self.contacts.get(&client) else { return Ok(Vec::new()) };
                let answer = self.forges(who, json!({"verb": "consent.request", "contact": contact, "basis": "other"})).await;
                self.pressed(who, client, &answer);
                Ok(vec![Because::Opens(who)])
            }
            Act::Opens(who, client) => {
                let Some(contact) = self.contacts.get(&client) else { return Ok(Vec::new()) };
                let answer = self.forges(who, json!({"verb": "thread.start", "contact": contact})).await;
                self.pressed(who, client, &answer);
                Ok(vec![Because::Opens(who)])
            }
            Act::Takes(who, client) => {
                if let Some(thread) = self.thread(client).await {
                    let answer = self.forges(who, json!({"verb": "thread.take", "thread": thread})).await;
                    self.pressed(who, client, &answer);
                }
                Ok(vec![Because::Opens(who)])
            }
            Act::Races(one, other, client) => self.races(one, other, client).await,
            Act::Adds(by, who, client, all) => {
                if let Some(thread) = self.thread(client).await {
                    let history = if all { "all" } else { "none" };
                    let data = json!({"verb": "participant.add", "thread": thread, "colleagues": who.id(&self.world), "history": history});
                    self.forges(by, data).await;
                }
                Ok(vec![Because::Adds { by, who, client, all }])
            }
            Act::Leaves(who, client) => {
                if let Some(thread) = self.thread(client).await {
                    self.forges(who, json!({"verb": "participant.leave", "thread": thread, "held": "withdraw"})).await;
                }
                Ok(vec![Because::Leaves { who, client }])
            }
            Act::Removes(by, who, client) => {
                if let Some(thread) = self.thread(client).await {
                    let data = json!({"verb": "participant.remove", "thread": thread, "colleague": who.id(&self.world)});
                    self.forges(by, data).await;
                }
                // Who removes oneself is asked whether to leave.
                Ok(vec![Because::Removes { by, who, client }])
            }
            Act::Ends(who, client) => {
                if let Some(thread) = self.thread(client).await {
                    self.forges(who, json!({"verb": "conversation.end", "thread": thread})).await;
                }
                Ok(vec![Because::Ends { who, client }])
            }
            Act::Offers(by, to, client, all, stay) => {
                if let Some(thread) = self.thread(client).await {
                    let (history, afterwards) = (if all { "all" } else { "none" }, if stay { "stay" } else { "leave" });
                    let data = json!({
                        "verb": "transfer.offer", "thread": thread, "receiver": to.id(&self.world), "history": history,
                        "afterwards": afterwards, "held": "withdraw",
                    });
                    let answer = self.forges(by, data).await;
                    if said(&answer).contains("Until they accept you stay responsible") {
                        self.onlooker.offered(Offer { by, to, client, all, stays: stay });
                    }
                }
                Ok(Vec::new())
            }
            Act::Answers(who, accept) => {
                let (title, other) = if accept { ("Accept", "Decline") } else { ("Decline", "Accept") };
                let colleague = who.of(&self.world);
                let asked = colleague.newest_offering(title).filter(|(item, _)| colleague.offers(item, other));
                if let Some((card, _)) = asked {
                    colleague.clicks_on(&card.activity_id, title, Value::Null).await;
                }
                Ok(vec![Because::Answers { who, accept }])
            }
            Act::Links(who, client) => self.links(who, client).await,
            Act::Unlinks(who, client) => {
                if let Some(thread) = self.thread(client).await {
                    let answer = self.forges(who, json!({"verb": "chat.unlink", "thread": thread})).await;
                    if said(&answer).contains("goes on in your own chats") {
                        self.shared.iter_mut().filter(|known| known.client == client).for_each(|known| known.home = false);
                    }
                }
                Ok(Vec::new())
            }
            Act::Joins(who, client) => {
                if let Some(room) = self.chat_of(client).filter(|room| room.seen_by(&who.of(&self.world)).is_empty())
                    && let Some(by) = Who::ALL.into_iter().find(|by| !room.seen_by(&by.of(&self.world)).is_empty())
                {
                    room.add_member(&by.of(&self.world), &who.of(&self.world)).await;
                }
                Ok(vec![Because::Joins { client }])
            }
            Act::Departs(who, client) => {
                let colleague = who.of(&self.world);
                let Some(room) = self.chat_of(client).filter(|room| !room.seen_by(&colleague).is_empty()) else { return Ok(Vec::new()) };
                room.remove_member(&colleague, &colleague).await;
                // The last one goes on in their own chat.
                if self.onlooker.is_only_one(who, client) {
                    self.shared.iter_mut().filter(|known| known.client == client).for_each(|known| known.home = false);
                }
                Ok(vec![Because::Leaves { who, client }])
            }
            Act::Reads(who, client) => {
                if let Some(thread) = self.thread(client).await {
                    let answer = self.forges(who, json!({"verb": "history.open", "thread": thread})).await;
                    self.onlooker.read(who, &said(&answer))?;
                }
                Ok(Vec::new())
            }
            Act::Passes(time) => {
                self.world.advance(time).await;
                Ok(Vec::new())
            }
            Act::Restarts => {
                self.world.stop().await;
                self.world.start_again().await;
                self.world.settle().await;
                Ok(Vec::new())
            }
        }
    }

    fn next(&mut self) -> (usize, String) {
        self.texts += 1;
        (self.texts, format!("zebra {}", self.texts))
    }

    /// An action as a card would send it; the nonce tells it from a repetition of the one before.
    async fn forges(&mut self, who: Who, mut data: Value) -> ClickAnswer {
        self.presses += 1;
        data["nonce"] = json!(self.presses);
        who.of(&self.world).forges(&self.cards[who as usize], data).await
    }

    /// Where the card says that it was done, they are busy with that client now.
    fn pressed(&mut self, who: Who, client: Client, answer: &ClickAnswer) {
        let said = said(answer);
        let done = ["Request sent.", "You took this conversation.", "You can write to", "The 24-hour window is closed:"];
        if done.iter().any(|done| said.contains(done)) {
            self.onlooker.focuses(&self.world, who, client);
        }
    }

    async fn finds_kim(&mut self) {
        if self.contacts.contains_key(&Client::Kim) {
            return;
        }
        let wrote = self.world.journal().await.into_iter().rfind(|row| row.kind == "contact.wrote_first");
        if let Some(contact) =
            wrote.and_then(|row| row.body["contact"].as_i64()).filter(|id| !self.contacts.values().any(|known| known == id))
        {
            self.contacts.insert(Client::Kim, contact);
        }
    }

    async fn thread(&self, client: Client) -> Option<i64> {
        let contact = ContactId(*self.contacts.get(&client)?);
        let threads = self.world.relay().store().read(move |tx| tx.threads_with(contact)).await.expect("the store answers");
        threads.first().map(|thread| thread.id.0)
    }

    /// Where a conversation is shared, or was.
    fn room_of(&self, client: Client) -> Option<Shared> {
        let all = self.shared.iter().filter(|known| known.client == client);
        all.max_by_key(|known| known.home).cloned()
    }

    fn chat_of(&self, client: Client) -> Option<Room<'_>> {
        let chat = self.room_of(client).filter(|known| known.home && !known.conversation.contains(";messageid="))?;
        Some(self.world.room(&chat.conversation))
    }

    /// Everything the app shows somebody, to see whether it told them something.
    fn shown_to(&self, who: Who) -> Vec<String> {
        let colleague = who.of(&self.world);
        let rooms = self.shared.iter().flat_map(|known| self.world.room(&known.conversation).seen_by(&colleague));
        colleague.chat().into_iter().chain(rooms).filter(|item| item.from == Author::Bot).map(|item| words_of(&item)).collect()
    }

    async fn writes(&mut self, who: Who, client: Client, quote: Quote) -> Done {
        let (number, text) = self.next();
        let colleague = who.of(&self.world);
        let name = format!("{}: ", client.of(&self.world).name());
        let own = colleague.chat().into_iter().rfind(|item| item.from == Author::Bot && words_of(item).starts_with(&name));
        let own = own.or_else(|| colleague.card_of(&client.of(&self.world)));
        let foreign =
            Who::ALL.into_iter().filter(|other| *other != who).find_map(|other| other.of(&self.world).card_of(&client.of(&self.world)));
        let before = self.shown_to(who);
        let (may, activity) = match (quote, own, foreign) {
            (Quote::Own, Some(item), _) => {
                let may = self.onlooker.if_in(who, client);
                self.onlooker.writes(number, who, may.clone(), Kind::Words);
                (may, self.types(who, Draft::text(text).quoting(item.activity_id)).await)
            }
            (Quote::Foreign, _, Some(item)) => {
                self.onlooker.writes(number, who, BTreeSet::new(), Kind::Words);
                (BTreeSet::new(), self.quotes_falsely(who, &text, &item.activity_id).await)
            }
            (Quote::Forged, ..) => {
                self.onlooker.writes(number, who, BTreeSet::new(), Kind::Words);
                (BTreeSet::new(), self.quotes_falsely(who, &text, "1699999999999").await)
            }
            _ => {
                let may = self.onlooker.unquoted(&self.world, who);
                self.onlooker.writes(number, who, may.clone(), Kind::Words);
                (may, self.types(who, Draft::text(text)).await)
            }
        };
        self.written.insert(who, Written { conversation: None, activity, number });
        if let Some(client) = may.first() {
            self.onlooker.focuses(&self.world, who, *client);
        }
        self.is_answered(who, number, &before)
    }

    async fn types(&self, who: Who, draft: Draft) -> String {
        who.of(&self.world).says(draft).await
    }

    /// A quote that names a message which does not stand in the author's chat.
    async fn quotes_falsely(&self, who: Who, text: &str, quoted: &str) -> String {
        let key = who.of(&self.world).key;
        let card = &self.cards[who as usize];
        let draft = Draft::text(text).quoting(card);
        let activity = self.world.teams.activity(key, &draft).expect("made").to_string().replace(card.as_str(), quoted);
        let posted = self.world.teams.sends_raw(key, serde_json::from_str(&activity).expect("JSON")).await.expect("sent");
        assert_eq!(posted.status, 200);
        self.world.settle().await;
        posted.activity_id
    }

    /// What reached no phone is answered by a card that says why, or that it waits.
    fn is_answered(&self, who: Who, number: usize, before: &[String]) -> Done {
        let text = format!("zebra {number}");
        let shown = |client: Client| client.of(&self.world).texts().iter().filter(|shown| super::onlooker::holds(shown, number)).count();
        let times: usize = Client::ALL.into_iter().map(shown).sum();
        if times == 0 && self.shown_to(who) == before {
            return Err(TestCaseError::fail(format!("{text} of {who:?} reached nobody, and they are not told")));
        }
        Ok(Vec::new())
    }

    async fn writes_in_room(&mut self, who: Who, client: Client) -> Done {
        let Some(shared) = self.room_of(client) else { return Ok(Vec::new()) };
        let here = !self.world.room(&shared.conversation).seen_by(&who.of(&self.world)).is_empty();
        if !here {
            return Ok(Vec::new());
        }
        let (number, text) = self.next();
        let may = if shared.home { self.onlooker.if_in(who, client) } else { BTreeSet::new() };
        self.onlooker.writes(number, who, may, Kind::Words);
        let before = self.shown_to(who);
        let room = self.world.room(&shared.conversation);
        let activity = room.types(&who.of(&self.world), &text).await;
        self.written.insert(who, Written { conversation: Some(shared.conversation), activity, number });
        self.is_answered(who, number, &before)
    }

    async fn whispers(&mut self, who: Who, client: Client) -> Done {
        let Some(shared) = self.room_of(client) else { return Ok(Vec::new()) };
        if self.world.room(&shared.conversation).seen_by(&who.of(&self.world)).is_empty() {
            return Ok(Vec::new());
        }
        let (number, text) = self.next();
        self.onlooker.writes(number, who, BTreeSet::new(), Kind::Whisper);
        self.world.room(&shared.conversation).whispers(&who.of(&self.world), &text).await;
        Ok(Vec::new())
    }

    async fn notes(&mut self, who: Who, client: Client, button: bool) -> Done {
        let (number, text) = self.next();
        if button {
            let Some(thread) = self.thread(client).await else { return Ok(Vec::new()) };
            let about = self.onlooker.if_in(who, client);
            self.onlooker.writes(number, who, about, Kind::Note);
            self.forges(who, json!({"verb": "note.save", "thread": thread, "text": text})).await;
        } else {
            let about = self.onlooker.unquoted(&self.world, who);
            self.onlooker.writes(number, who, about, Kind::Note);
            self.types(who, Draft::text(format!("// {text}"))).await;
        }
        Ok(Vec::new())
    }

    /// Changes the newest own text: the number stays, so that nothing is sent twice.
    async fn edits(&mut self, who: Who) -> Done {
        let Some(Written { conversation, activity, number }) = self.written.get(&who).cloned() else { return Ok(Vec::new()) };
        let key = who.of(&self.world).key;
        let draft = Draft::text(format!("zebra {number}, better"));
        let edited = match &conversation {
            Some(room) => self.world.teams.edits((key, room.as_str()), &activity, draft).await,
            None => self.world.teams.edits(key, &activity, draft).await,
        };
        // What was sent with a false quote stands in no chat.
        drop(edited);
        self.world.settle().await;
        Ok(Vec::new())
    }

    async fn races(&mut self, one: Who, other: Who, client: Client) -> Done {
        let because = vec![Because::Opens(one), Because::Opens(other)];
        let Some(thread) = self.thread(client).await.filter(|_| one != other) else { return Ok(Vec::new()) };
        let free = self.onlooker.nobody_has(client);
        self.presses += 1;
        let data = json!({"verb": "thread.take", "thread": thread, "nonce": self.presses});
        let action = json!({"type": "Action.Execute", "title": "forged", "verb": "thread.take", "data": data});
        let keys = [one, other].map(|who| who.of(&self.world).key);
        let (first, second) = tokio::join!(
            self.world.teams.click_action(keys[0], &self.cards[one as usize], &action, Value::Null),
            self.world.teams.click_action(keys[1], &self.cards[other as usize], &action, Value::Null)
        );
        self.world.settle().await;
        let answers = [first, second].map(|answer| said(&answer.expect("sent")));
        let won: Vec<bool> = answers.iter().map(|answer| answer.contains("You took this conversation.")).collect();
        if free && won.iter().filter(|won| **won).count() != 1 {
            return Err(TestCaseError::fail(format!("of {one:?} and {other:?}, who took {client:?} at once: {answers:?}")));
        }
        for (who, _) in [one, other].into_iter().zip(won).filter(|(_, won)| *won) {
            self.onlooker.focuses(&self.world, who, client);
        }
        Ok(because)
    }

    async fn links(&mut self, who: Who, client: Client) -> Done {
        let Some(thread) = self.thread(client).await else { return Ok(Vec::new()) };
        let colleague = who.of(&self.world);
        let other = if who == Who::Ben { Who::Ana } else { Who::Ben };
        let room = self.world.group_chat("Clients", &[colleague, other.of(&self.world)]);
        room.add_bot(&colleague).await;
        room.set_rsc(true);
        let inputs = json!({ "thread": thread.to_string() });
        let answer = room.presses(&colleague, "Which client is this chat for?", "Link this chat", inputs).await;
        let linked = said(&answer).contains("This chat is linked");
        let conversation = room.conversation.clone();
        if linked {
            self.shared.iter_mut().filter(|known| known.client == client).for_each(|known| known.home = false);
            self.shared.push(Shared { client, conversation, home: true });
        }
        Ok(vec![Because::Joins { client }])
    }
}

/// What the card says that a press led to.
fn said(answer: &ClickAnswer) -> String {
    answer.card.as_ref().map(words).unwrap_or_default()
}
