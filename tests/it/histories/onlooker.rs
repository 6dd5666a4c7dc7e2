//! What somebody may conclude who sees the phones, the chats and what WhatsApp is handed, and knows product.md, but nothing of the
//! server: may this have been sent?

use super::{Client, Says, Who};
use crate::harness::{World, words};
use chrono::{DateTime, Duration, Utc};
use proptest::test_runner::TestCaseError;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use switchboard::bridge::{DeliveryId, Exclusivity};
use switchboard::simulator::ClickAnswer;

type Time = DateTime<Utc>;
type Judged = Result<(), TestCaseError>;

const STOPPED: &str = "You will get no more messages from";
const HELP: &str = "reply STOP to end messages, START to begin again";
/// Between a decision and its hand-over, where WhatsApp asked for patience or the server crashed meanwhile.
const UNDER_WAY: Duration = Duration::minutes(1);
const DAY: Duration = Duration::hours(24);
const HELD_AT_MOST: Duration = Duration::hours(72);

/// The rules of the line that a history is played under.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub answers_first: bool,
    pub exclusivity: Exclusivity,
}

/// Consent, by what the client did and was shown.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Agreed {
    NotAsked,
    Asked,
    Yes,
    Declined,
    Stopped,
}

/// What is known of one client.
#[derive(Debug)]
struct Known {
    agreed: Agreed,
    wrote_at: Option<Time>,
    /// WhatsApp said that the window is closed.
    refused_at: Option<Time>,
    /// The last request of a colleague, and the last one of anybody.
    colleague_asked_at: Option<Time>,
    asked_at: Option<Time>,
    /// The last message was of a kind that may be answered with the request.
    may_ask: bool,
    unanswered_template_at: Option<Time>,
    helped_at: Option<Time>,
    /// How often K-03 is owed and was handed over.
    stops_owed: usize,
    stops: usize,
}

/// A colleague's numbered text.
#[derive(Debug)]
struct Text {
    by: Who,
    /// Whom it may reach; nobody where the server has to ask.
    to: Option<Client>,
    written_at: Time,
    /// How often it may be handed over: once, and once more for each refusal and for each time its author sends it again.
    allowed: usize,
    handed: usize,
    /// Sent again, refused, or given to a client later: its place in the order says nothing.
    out_of_order: bool,
    withdrawn: bool,
}

/// A client's numbered message.
#[derive(Debug)]
struct Told {
    by: Client,
    to: Vec<Who>,
}

pub struct Onlooker {
    line: Line,
    known: BTreeMap<Client, Known>,
    texts: BTreeMap<usize, Text>,
    told: BTreeMap<usize, Told>,
    /// The client a colleague is busy with, and whether another one's message has come in between.
    focus: BTreeMap<Who, (Client, bool)>,
    /// Who ever took part in a client's conversation.
    took_part: BTreeSet<(Who, Client)>,
    /// The next hand-over was refused by WhatsApp after it had been accepted.
    pub refusing: bool,
    /// Whose window counts as closed from the next look on.
    closing: Option<(Client, Time)>,
    /// The last entry of WhatsApp's journal that was judged.
    seen: u64,
}

macro_rules! must {
    ($holds:expr, $($what:tt)*) => {
        if !$holds {
            return Err(TestCaseError::fail(format!($($what)*)));
        }
    };
}

impl Onlooker {
    pub fn new(line: Line) -> Self {
        let nobody = |client| {
            let known = Known {
                agreed: Agreed::NotAsked,
                wrote_at: None,
                refused_at: None,
                colleague_asked_at: None,
                asked_at: None,
                may_ask: false,
                unanswered_template_at: None,
                helped_at: None,
                stops_owed: 0,
                stops: 0,
            };
            (client, known)
        };
        Self {
            line,
            known: Client::ALL.into_iter().map(nobody).collect(),
            texts: BTreeMap::new(),
            told: BTreeMap::new(),
            focus: BTreeMap::new(),
            took_part: BTreeSet::new(),
            refusing: false,
            closing: None,
            seen: 0,
        }
    }

    fn of(&mut self, client: Client) -> &mut Known {
        self.known.get_mut(&client).expect("every client is known")
    }

    /// The client wrote at `at`. That opens the window, whenever the server hears of it.
    pub fn writes(&mut self, client: Client, at: Time) {
        let known = self.of(client);
        known.wrote_at = Some(known.wrote_at.map_or(at, |last| last.max(at)));
    }

    /// The server was told at `now` what the client typed or tapped.
    pub fn hears(&mut self, client: Client, says: Says, tapped: bool, now: Time) {
        let known = self.of(client);
        let before = known.agreed;
        known.unanswered_template_at = None;
        known.may_ask = !matches!(says, Says::Stop | Says::Help | Says::Nothing);
        known.agreed = match (says, before) {
            (Says::Stop, _) => Agreed::Stopped,
            (Says::Yes | Says::Start, Agreed::Asked | Agreed::Declined | Agreed::Stopped) => Agreed::Yes,
            (Says::No, Agreed::Asked) => Agreed::Declined,
            (Says::No, Agreed::Yes | Agreed::NotAsked) if tapped => Agreed::Stopped,
            (_, before) => before,
        };
        let ended = known.agreed != before && matches!(known.agreed, Agreed::Declined | Agreed::Stopped);
        // Nothing can be answered where the webhook came after the window had closed again.
        let answerable = known.wrote_at.is_some_and(|at| now - at < DAY - Duration::minutes(1));
        known.stops_owed += usize::from(ended && answerable);
        if known.agreed == Agreed::Stopped {
            // What has not left by now never will, unless its author sends it again.
            let waiting = |text: &&mut Text| text.to == Some(client) && text.handed < text.allowed;
            self.texts.values_mut().filter(waiting).for_each(|text| text.withdrawn = true);
        }
        for (who, focus) in &mut self.focus {
            focus.1 |= focus.0 != client && self.took_part.contains(&(*who, client));
        }
    }

    /// A numbered message that the participants must see.
    pub fn tells(&mut self, number: usize, by: Client) {
        let to = Who::ALL.into_iter().filter(|who| self.took_part.contains(&(*who, by))).collect();
        self.told.insert(number, Told { by, to });
    }

    /// A colleague writes a numbered text: with a quote of the client's card, or without.
    pub fn text(&mut self, number: usize, by: Who, quoted: Option<Client>, now: Time) {
        let own: Vec<Client> = Client::ALL.into_iter().filter(|client| self.took_part.contains(&(by, *client))).collect();
        let to = match (quoted, own.as_slice(), self.focus.get(&by)) {
            (Some(client), ..) => Some(client),
            (None, [only], _) => Some(*only),
            (None, _, Some((client, false))) => Some(*client),
            _ => None,
        };
        if let Some(client) = to {
            self.focus.insert(by, (client, false));
        }
        let text = Text { by, to, written_at: now, allowed: 1, handed: 0, out_of_order: false, withdrawn: false };
        self.texts.insert(number, text);
    }

    /// WhatsApp refused what this text brought it, as outside the window: its word counts until the client writes.
    pub fn refused(&mut self, text: usize, now: Time) {
        self.closing = self.texts.get(&text).and_then(|text| text.to).map(|client| (client, now));
    }

    /// A colleague pressed something about a client: where the card says that it was done, they are busy with that client now.
    pub fn pressed(&mut self, who: Who, client: Client, answer: &ClickAnswer) {
        let said = answer.card.as_ref().map(words).unwrap_or_default();
        let done = ["Request sent.", "You took this conversation.", "You can write to", "The 24-hour window is closed:", "Template sent."];
        if done.iter().any(|done| said.contains(done)) {
            self.focus.insert(who, (client, false));
        }
    }

    /// A colleague sent a client a template: who takes part is busy with that client, whether or not it went out.
    pub fn tried(&mut self, who: Who, client: Client, answer: &ClickAnswer) {
        let unknown = answer.card.as_ref().is_some_and(|card| words(card).contains("This template is not offered"));
        if self.took_part.contains(&(who, client)) && !unknown {
            self.focus.insert(who, (client, false));
        }
    }

    /// The text that nobody had been found for now has a client.
    pub fn chosen(&mut self, who: Who, number: usize, client: Client, now: Time) {
        self.focus.insert(who, (client, false));
        if let Some(text) = self.texts.get_mut(&number) {
            (text.to, text.written_at, text.out_of_order, text.withdrawn) = (Some(client), now, true, false);
        }
    }

    /// Its author sends a text again.
    pub fn again(&mut self, number: usize, now: Time) {
        if let Some(text) = self.texts.get_mut(&number) {
            text.allowed += 1;
            (text.written_at, text.out_of_order, text.withdrawn) = (now, true, false);
        }
    }

    /// The card says that a text was withdrawn: it must not leave any more.
    pub fn withdrawn(&mut self, number: usize) {
        if let Some(text) = self.texts.get_mut(&number) {
            text.withdrawn = true;
        }
    }

    /// Who has a client's card takes part in the conversation.
    pub fn sees_cards(&mut self, world: &World) {
        for who in Who::ALL {
            for client in Client::ALL {
                if !self.took_part.contains(&(who, client)) && who.of(world).card_of(&client.of(world)).is_some() {
                    self.took_part.insert((who, client));
                }
            }
        }
    }

    /// Judges what WhatsApp was handed since the last look, whether or not it reached a phone. `by`: whose doing it can be only.
    pub fn looks(&mut self, world: &World, by: Option<Who>) -> Judged {
        for entry in world.whatsapp.journal(self.seen) {
            self.seen = entry.seq;
            if entry.status != Some(200) || !entry.kind.starts_with("graph.") {
                continue;
            }
            let sent = &entry.body["body"];
            let Some(client) = Client::ALL.into_iter().find(|client| client.is_meant(world, sent)) else {
                return Err(TestCaseError::fail(format!("sent to somebody else: {sent}")));
            };
            let refused = std::mem::take(&mut self.refusing);
            match entry.kind.as_str() {
                "graph.template" if sent["template"]["name"] == "switchboard_opt_in" => self.request(client, by, entry.at)?,
                "graph.template" => self.template(client, sent, refused, entry.at)?,
                "graph.interactive" => self.session_request(client, entry.at)?,
                "graph.text" => self.free(client, sent["text"]["body"].as_str().unwrap_or_default(), refused, entry.at)?,
                _ => {}
            }
        }
        for (client, known) in &self.known {
            must!(known.stops <= known.stops_owed, "{client:?} was told more often than owed that nothing more will come");
        }
        if let Some((client, at)) = self.closing.take() {
            self.of(client).refused_at = Some(at);
        }
        self.sees_cards(world);
        self.on_phones(world)
    }

    fn is_open(&mut self, client: Client, at: Time) -> bool {
        let known = self.of(client);
        known.wrote_at.is_some_and(|wrote| at - wrote < DAY && known.refused_at.is_none_or(|refused| refused <= wrote))
    }

    fn request(&mut self, client: Client, by: Option<Who>, at: Time) -> Judged {
        let others = Who::ALL.into_iter().any(|who| Some(who) != by && self.took_part.contains(&(who, client)));
        let own = by.is_some_and(|who| self.took_part.contains(&(who, client)));
        let exclusive = self.line.exclusivity == Exclusivity::Exclusive;
        must!(!(exclusive && others && !own && by.is_some()), "{by:?} asked {client:?}, whom another colleague has");
        let known = self.of(client);
        must!(!matches!(known.agreed, Agreed::Declined | Agreed::Stopped), "{client:?} was asked again after a refusal");
        must!(known.agreed != Agreed::Yes, "{client:?} was asked although they had agreed");
        let early = known.colleague_asked_at.is_some_and(|before| at - before < DAY - UNDER_WAY);
        must!(!early, "{client:?} was asked by a colleague twice in a day");
        known.agreed = Agreed::Asked;
        (known.colleague_asked_at, known.asked_at) = (Some(at), Some(at));
        Ok(())
    }

    /// The request as a session message, in answer to what the client wrote.
    fn session_request(&mut self, client: Client, at: Time) -> Judged {
        must!(self.is_open(client, at), "a request as session message outside the window of {client:?}");
        let answers_first = self.line.answers_first;
        let known = self.of(client);
        must!(known.agreed != Agreed::Yes, "{client:?} was asked although they had agreed");
        must!(known.may_ask, "{client:?} was asked in answer to an opt-out");
        must!(known.agreed != Agreed::NotAsked || !answers_first, "{client:?}, who wrote first, was asked although the line answers");
        let early = known.asked_at.is_some_and(|before| at - before < Duration::minutes(10) - UNDER_WAY);
        must!(!early, "{client:?} was asked twice in ten minutes");
        known.agreed = Agreed::Asked;
        known.asked_at = Some(at);
        Ok(())
    }

    fn template(&mut self, client: Client, sent: &Value, refused: bool, at: Time) -> Judged {
        let name = sent["template"]["name"].as_str().unwrap_or_default();
        let open = self.is_open(client, at);
        let known = self.of(client);
        must!(known.agreed == Agreed::Yes, "the template {name} to {client:?} without consent ({:?})", known.agreed);
        must!(["office_hours", "switchboard_nudge"].contains(&name), "the template {name}, which may not be sent, to {client:?}");
        let early = known.unanswered_template_at.is_some_and(|before| at - before < DAY - UNDER_WAY);
        must!(open || !early, "a second unanswered template to {client:?} within a day");
        if !refused {
            known.unanswered_template_at = Some(at);
        }
        Ok(())
    }

    fn free(&mut self, client: Client, body: &str, refused: bool, at: Time) -> Judged {
        must!(self.is_open(client, at), "free outside the window of {client:?}: {body}");
        let answers_first = self.line.answers_first;
        let known = self.of(client);
        known.stops += usize::from(body.contains(STOPPED));
        if body.contains(HELP) {
            let early = known.helped_at.is_some_and(|before| at - before < DAY - UNDER_WAY);
            must!(!early, "{client:?} got help twice in a day");
            known.helped_at = Some(at);
        }
        let agreed = known.agreed;
        let Some(number) = number("text ", body) else { return Ok(()) };
        let may = agreed == Agreed::Yes || (answers_first && agreed == Agreed::NotAsked);
        must!(may, "{body:?} to {client:?} without consent ({agreed:?})");
        let Some(text) = self.texts.get_mut(&number) else { return Err(TestCaseError::fail(format!("nobody wrote {body:?}"))) };
        text.handed += 1;
        must!(text.to == Some(client), "{body:?} of {:?} was for {:?} and went to {client:?}", text.by, text.to);
        must!(text.handed <= text.allowed, "{body:?} was handed over {} times", text.handed);
        must!(!text.withdrawn, "{body:?} was withdrawn and sent");
        must!(at - text.written_at < HELD_AT_MOST + UNDER_WAY, "{body:?} was sent after it had expired");
        if refused {
            text.allowed += 1;
            text.out_of_order = true;
        }
        Ok(())
    }

    /// The texts of each client's phone stand in the order in which they were written.
    fn on_phones(&self, world: &World) -> Judged {
        for client in Client::ALL {
            let shown = client.of(world).free_texts();
            let in_order = |number: &usize| self.texts.get(number).is_some_and(|text| !text.out_of_order);
            let numbers: Vec<usize> = shown.iter().filter_map(|text| number("text ", text)).filter(in_order).collect();
            must!(numbers.is_sorted(), "{client:?} got the texts in the order {numbers:?}");
        }
        Ok(())
    }

    /// Judges the end of a history, when everything has come to rest.
    pub async fn judges_the_end(&self, world: &World) -> Judged {
        for (client, known) in &self.known {
            let (stops, owed) = (known.stops, known.stops_owed);
            must!(stops == owed, "{client:?} was told {stops} times that nothing more will come, and should have been {owed} times");
        }
        self.in_chats(world)?;
        self.in_the_journal(world).await
    }

    /// Every message of a client is in the chat of everybody who took part then, in order; once, or a repetition says so.
    fn in_chats(&self, world: &World) -> Judged {
        for who in Who::ALL {
            let mut plain: BTreeMap<usize, usize> = BTreeMap::new();
            let mut marked: BTreeSet<usize> = BTreeSet::new();
            let mut order: BTreeMap<Client, Vec<usize>> = BTreeMap::new();
            for heard in who.of(world).heard() {
                let Some((name, said)) = heard.split_once(": ") else { continue };
                let Some(number) = number("hello ", said) else { continue };
                let Some(told) = self.told.get(&number) else { return Err(TestCaseError::fail(format!("nobody wrote {heard:?}"))) };
                must!(told.by.of(world).name() == name, "{heard:?} was written by {:?}", told.by);
                must!(self.took_part.contains(&(who, told.by)), "{who:?} sees {heard:?} and takes no part in it");
                if !plain.contains_key(&number) && !marked.contains(&number) {
                    order.entry(told.by).or_default().push(number);
                }
                if said.contains("Shown again after an interruption") {
                    marked.insert(number);
                } else {
                    *plain.entry(number).or_default() += 1;
                }
            }
            must!(order.values().all(|numbers| numbers.is_sorted()), "{who:?} sees the clients' messages in the order {order:?}");
            for (number, told) in self.told.iter().filter(|(_, told)| told.to.contains(&who)) {
                let (times, again) = (plain.get(number).copied().unwrap_or(0), marked.contains(number));
                must!(times <= 1, "{who:?} sees hello {number} of {:?} {times} times", told.by);
                must!(times == 1 || again, "{who:?} never saw hello {number} of {:?}", told.by);
            }
        }
        Ok(())
    }

    /// The journal has every text, and for everything that was handed to WhatsApp the rule that let it go.
    async fn in_the_journal(&self, world: &World) -> Judged {
        let journal = world.journal().await;
        for number in self.texts.keys() {
            let holds = |value: &Value| value.as_str().and_then(|text| super::number("text ", text)) == Some(*number);
            let told = journal.iter().any(|row| holds(&row.body["content"]["body"]) || holds(&row.body["text"]));
            must!(told, "text {number} is not in the journal");
        }
        for entry in world.whatsapp.journal(0).iter().filter(|entry| entry.status == Some(200) && entry.kind.starts_with("graph.")) {
            let callback = entry.body["body"]["biz_opaque_callback_data"].as_str().unwrap_or_default();
            let delivery = callback.rsplit(':').next().and_then(|id| id.parse().ok()).map(DeliveryId);
            let Some(delivery) = delivery else { return Err(TestCaseError::fail(format!("no delivery id: {:?}", entry.body))) };
            let message = world.relay().store().read(move |tx| tx.message_of_delivery(delivery)).await.expect("the store answers");
            let ruled = journal.iter().any(|row| {
                row.message == message.map(|id| id.0)
                    && ["message.queued", "message.released"].contains(&row.kind.as_str())
                    && row.body["rule"].is_string()
            });
            must!(message.is_some() && ruled, "the journal does not say which rule let this go: {:?}", entry.body);
        }
        Ok(())
    }
}

/// Which of the numbered texts this is.
pub fn number(kind: &str, text: &str) -> Option<usize> {
    let digits = text.lines().next()?.strip_prefix(kind)?;
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().ok()
}
