//! Colleagues at Teams and clients at their phones, in the words of the story. Everybody waits until what they did has settled.

use super::World;
use serde_json::{Value, json};
use switchboard::simulator::{Author, ChatItem, ClickAnswer, ControlError, Draft, PhoneItem, Picture, Seat, Side, Ticks};
use switchboard::texts::sentences::WORKING;

/// A colleague in their own chat with the bot.
#[derive(Clone, Copy)]
pub struct Colleague<'w> {
    pub world: &'w World,
    pub key: &'static str,
}

impl<'w> Colleague<'w> {
    pub(super) fn new(world: &'w World, key: &'static str) -> Self {
        Self { world, key }
    }

    /// Types a message and sends it; its activity id.
    pub async fn types(&self, text: &str) -> String {
        self.says(Draft::text(text)).await
    }

    /// [`Colleague::types`] without waiting for what follows.
    pub async fn types_at_once(&self, text: &str) -> String {
        let posted = self.world.teams.types(self.key, text).await.expect("sent");
        assert_eq!(posted.status, 200, "{text}");
        posted.activity_id
    }

    pub async fn says(&self, draft: Draft) -> String {
        let posted = self.world.teams.says(self.key, draft).await.expect("sent");
        assert_eq!(posted.status, 200);
        self.world.settle().await;
        posted.activity_id
    }

    /// Presses the newest button with this title.
    pub async fn clicks(&self, title: &str, inputs: Value) -> ClickAnswer {
        for item in self.chat().iter().rev().filter(|item| item.card.is_some()) {
            match self.world.teams.click(self.key, &item.activity_id, title, inputs.clone()).await {
                Err(ControlError::Unknown("button", _)) => {}
                answer => return self.after(&item.activity_id, answer.expect("pressed")).await,
            }
        }
        panic!("{} sees no button {title:?}:\n{}", self.key, self.transcript());
    }

    /// Presses a button on the card of one message.
    pub async fn clicks_on(&self, activity: &str, title: &str, inputs: Value) -> ClickAnswer {
        let answer = self.world.teams.click(self.key, activity, title, inputs).await;
        self.after(activity, answer.unwrap_or_else(|error| panic!("{error}:\n{}", self.transcript()))).await
    }

    /// Does what a stale or hostile client can do: any data, from any card.
    pub async fn forges(&self, activity: &str, data: Value) -> ClickAnswer {
        let action = json!({"type": "Action.Execute", "title": "forged", "verb": data["verb"], "data": data});
        let answer = self.world.teams.click_action(self.key, activity, &action, Value::Null).await;
        self.after(activity, answer.expect("sent")).await
    }

    async fn after(&self, activity: &str, answer: ClickAnswer) -> ClickAnswer {
        answered(self.world, Seat::from(self.key), activity, answer).await
    }

    /// Adds a client and presses the WhatsApp action: what stands there then (T-00 for a new client).
    pub async fn opens(&self, client: &Phone<'_>) -> String {
        self.opens_in(client, "").await
    }

    /// [`Colleague::opens`] with a language for the client.
    pub async fn opens_in(&self, client: &Phone<'_>, language: &str) -> String {
        self.types("new").await;
        let phone = client.phone();
        self.clicks("Add contact", json!({"name": client.name(), "phone": phone, "language": language, "line": self.line()})).await;
        let answer = self.clicks("Message on WhatsApp", Value::Null).await;
        words(&answer.card.expect("a card"))
    }

    /// The first line that this colleague is enabled for.
    fn line(&self) -> String {
        let user = self.world.cast.teams.users.iter().find(|user| user.key == self.key).expect("in the cast");
        let office = self.world.relay().office();
        let entry = office.directory.colleagues.iter().find(|entry| entry.id.0 == user.object_id || entry.id.0 == user.upn);
        entry.and_then(|entry| entry.lines.first()).map_or_else(|| "advice".to_owned(), |line| line.0.clone())
    }

    /// Adds a client and sends the opt-in request.
    pub async fn asks(&self, client: &Phone<'_>) {
        self.opens(client).await;
        self.clicks("Send request", json!({"basis": "contract"})).await;
    }

    /// Presses *Send* for a template, as a card of its own would, whether or not the picker offers it. What the card becomes.
    pub async fn sends_template(&self, client: &Phone<'_>, name: &str, values: Value) -> String {
        let thread = self.world.thread_of(client).await;
        self.types("help").await;
        let card = self.chat().pop().expect("a card").activity_id;
        let data = json!({"verb": "template.send", "thread": thread, "name": name, "language": "en_US", "values": values});
        words(&self.forges(&card, data).await.card.expect("a card"))
    }

    pub fn chat(&self) -> Vec<ChatItem> {
        self.world.teams.chat(self.key).expect("known")
    }

    fn shown(&self) -> Vec<ChatItem> {
        of_bot(self.chat())
    }

    /// How many of the bot's messages hold these words.
    pub fn times_seen(&self, text: &str) -> usize {
        self.shown().iter().filter(|item| words_of(item).contains(text)).count()
    }

    pub fn sees(&self, text: &str) {
        assert!(self.times_seen(text) > 0, "{} does not see {text:?} in:\n{}", self.key, self.transcript());
    }

    pub fn sees_not(&self, text: &str) {
        assert_eq!(self.times_seen(text), 0, "{} sees {text:?} in:\n{}", self.key, self.transcript());
    }

    /// The newest message of the bot with these words.
    pub fn find(&self, text: &str) -> ChatItem {
        let found = self.shown().into_iter().rfind(|item| words_of(item).contains(text));
        found.unwrap_or_else(|| panic!("{} does not see {text:?} in:\n{}", self.key, self.transcript()))
    }

    /// The words of the newest message of the bot.
    pub fn last_card(&self) -> String {
        self.shown().last().map(words_of).unwrap_or_default()
    }

    /// Whether a message offers this button.
    pub fn offers(&self, item: &ChatItem, title: &str) -> bool {
        item.card.as_ref().is_some_and(|card| buttons(card).iter().any(|button| button == title))
    }

    /// What clients' messages look like, oldest first: `Maria Oliveira: hello`.
    pub fn heard(&self) -> Vec<String> {
        let plain = self.shown().into_iter().filter(|item| item.card.is_none()).map(|item| words_of(&item));
        plain.filter(|text| text.contains(": ")).collect()
    }

    /// The thread card of a client, as it stands.
    pub fn thread_card(&self, client: &Phone<'_>) -> String {
        let of_client = |item: &ChatItem| item.card.as_ref().is_some_and(is_thread_card) && words_of(item).contains(client.name());
        let found = self.shown().into_iter().find(of_client);
        words_of(&found.unwrap_or_else(|| panic!("{} has no thread card of {}:\n{}", self.key, client.name(), self.transcript())))
    }

    /// The newest thread card of a client, where there is one.
    pub fn card_of(&self, client: &Phone<'_>) -> Option<ChatItem> {
        let of_client = |item: &ChatItem| item.card.as_ref().is_some_and(is_thread_card) && words_of(item).contains(client.name());
        self.shown().into_iter().rfind(of_client)
    }

    /// The newest message that offers this button, with its words.
    pub fn newest_offering(&self, title: &str) -> Option<(ChatItem, String)> {
        let found = self.shown().into_iter().rfind(|item| self.offers(item, title))?;
        let said = words_of(&found);
        Some((found, said))
    }

    /// The chat for a person who reads a failing test.
    pub fn transcript(&self) -> String {
        transcript(&self.chat())
    }
}

/// What a press led to, when everything has settled. On a machine whose disk stalls, the answer is that it takes a moment, and the card
/// follows by itself.
pub(super) async fn answered(world: &World, seat: Seat<'_>, activity: &str, mut answer: ClickAnswer) -> ClickAnswer {
    let later = answer.toast.take_if(|toast| toast == WORKING).is_some();
    assert_eq!((answer.status, answer.toast.as_deref()), (200, None), "{:?}", answer.body);
    world.settle().await;
    if later {
        let chat = world.teams.chat(seat).expect("known");
        answer.card = chat.into_iter().find(|item| item.activity_id == activity).and_then(|item| item.card);
    }
    answer
}

/// The bot's messages that still stand.
pub(super) fn of_bot(items: Vec<ChatItem>) -> Vec<ChatItem> {
    items.into_iter().filter(|item| item.from == Author::Bot && !item.deleted).collect()
}

/// A conversation for a person who reads a failing test.
pub(super) fn transcript(items: &[ChatItem]) -> String {
    let line = |item: &ChatItem| {
        let who = if item.from == Author::Bot { "bot" } else { &item.author };
        let buttons = item.card.as_ref().map(|card| buttons(card).join("] [")).map(|titles| format!(" [{titles}]")).unwrap_or_default();
        let reader = item.private_to.as_ref().map(|reader| format!(" (to {reader} only)")).unwrap_or_default();
        format!("  {who}{reader}: {}{buttons}", words_of(item).replace('\n', " / "))
    };
    items.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A client's phone.
#[derive(Clone, Copy)]
pub struct Phone<'w> {
    pub world: &'w World,
    pub key: &'static str,
}

impl<'w> Phone<'w> {
    pub(super) fn new(world: &'w World, key: &'static str) -> Self {
        Self { world, key }
    }

    fn client(&self) -> &'w switchboard::simulator::Client {
        self.world.cast.whatsapp.clients.iter().find(|client| client.key == self.key).expect("in the cast")
    }

    pub fn name(&self) -> &'w str {
        &self.client().name
    }

    pub fn phone(&self) -> &'w str {
        self.client().phone.as_deref().expect("a client with a number")
    }

    pub async fn types(&self, text: &str) -> String {
        let wamid = self.types_at_once(text);
        self.world.settle().await;
        wamid
    }

    /// [`Phone::types`] without waiting for what follows.
    pub fn types_at_once(&self, text: &str) -> String {
        self.world.whatsapp.client_types(self.key, text).expect("typed")
    }

    /// Sends a file; its message's wamid.
    pub async fn sends(&self, file: Picture) -> String {
        let wamid = self.sends_at_once(file);
        self.world.settle().await;
        wamid
    }

    /// [`Phone::sends`] without waiting for what follows.
    pub fn sends_at_once(&self, file: Picture) -> String {
        self.world.whatsapp.client_sends_file(self.key, file).expect("sent")
    }

    /// Taps the newest button with this title.
    pub async fn taps(&self, title: &str) {
        let item = self.items().into_iter().rfind(|item| item.buttons.iter().any(|button| button.title == title));
        let item = item.unwrap_or_else(|| panic!("{}'s phone shows no button {title:?}: {:#?}", self.key, self.texts()));
        self.world.whatsapp.taps(self.key, &item.wamid, title).expect("tapped");
        self.world.settle().await;
    }

    pub fn items(&self) -> Vec<PhoneItem> {
        self.world.whatsapp.phone(self.key).expect("known")
    }

    /// What the business sent, oldest first.
    pub fn received(&self) -> Vec<PhoneItem> {
        self.items().into_iter().filter(|item| item.from == Side::Business).collect()
    }

    pub fn texts(&self) -> Vec<String> {
        self.received().into_iter().map(|item| item.text).collect()
    }

    /// What the business sent freely (no template, no buttons), oldest first.
    pub fn free_texts(&self) -> Vec<String> {
        self.received().into_iter().filter(|item| item.kind == "text").map(|item| item.text).collect()
    }

    pub fn shows(&self, text: &str) {
        assert!(self.texts().iter().any(|shown| shown.contains(text)), "{}'s phone does not show {text:?}: {:#?}", self.key, self.texts());
    }

    pub fn times_shown(&self, text: &str) -> usize {
        self.texts().iter().filter(|shown| shown.contains(text)).count()
    }

    pub fn last(&self) -> PhoneItem {
        self.received().pop().unwrap_or_else(|| panic!("{}'s phone is empty", self.key))
    }

    pub fn ticks(&self) -> Vec<Option<Ticks>> {
        self.received().into_iter().map(|item| item.ticks).collect()
    }
}

/// Every word that a card shows, in the order of reading, without the backslashes that keep Markdown away.
pub fn words(card: &Value) -> String {
    let mut found = Vec::new();
    gather(card, &mut found);
    let text = found.join("\n");
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '\\' || !rest.peek().is_some_and(char::is_ascii_punctuation) {
            plain.push(c);
        }
    }
    plain
}

fn gather(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(all) => all.iter().for_each(|one| gather(one, found)),
        Value::Object(members) => {
            if members.get("type").and_then(Value::as_str).is_some_and(|kind| kind.starts_with("Action.")) {
                return;
            }
            let is_data = |name: &str| matches!(name, "data" | "fallback" | "fallbackText" | "msteams" | "refresh");
            let is_text = |name: &str| matches!(name, "text" | "title" | "value" | "label");
            for (name, value) in members.iter().filter(|(name, _)| !is_data(name)) {
                match value {
                    Value::String(text) if is_text(name) => found.push(text.clone()),
                    Value::String(_) => {}
                    other => gather(other, found),
                }
            }
        }
        _ => {}
    }
}

fn buttons(card: &Value) -> Vec<String> {
    match card {
        Value::Array(all) => all.iter().flat_map(buttons).collect(),
        Value::Object(members) => {
            let is_action = members.get("type").and_then(Value::as_str).is_some_and(|kind| kind.starts_with("Action."));
            if is_action {
                return members.get("title").and_then(Value::as_str).map(str::to_owned).into_iter().collect();
            }
            members.values().flat_map(buttons).collect()
        }
        _ => Vec::new(),
    }
}

fn is_thread_card(card: &Value) -> bool {
    let titles = buttons(card);
    ["Template", "Held", "History", "Help"].iter().all(|title| titles.iter().any(|button| button == title))
}

/// The words of a message, of its card if it has one.
pub fn words_of(item: &ChatItem) -> String {
    match &item.card {
        Some(card) => words(card),
        None => plain(item.text.as_deref().unwrap_or_default()),
    }
}

fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.replace("<br>", "\n").replace("</p><p>", "\n\n").chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
}
