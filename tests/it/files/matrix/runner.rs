//! Does what a row says, and compares both sides and the journal with what it expects.

use super::bytes::{MEGABYTE, pdf};
use super::{Before, DOWNLOAD, Does, Edge, Ends, Row, Way, table};
use crate::files::file;
use crate::harness::{Colleague, Phone, World, words, words_of};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::time::Duration as Real;
use switchboard::simulator::{Author, ChatItem, Draft, Fault, FaultName, PhoneItem, Side, Surface};

/// One world does all these rows, one after the other: none may spoil the next.
pub async fn all(wanted: impl Fn(&Row) -> bool) {
    let world = World::start().await;
    world.conversation().await;
    let mut wrong = Vec::new();
    for row in table::rows().iter().filter(|row| wanted(row)) {
        if let Err(why) = Stage::of(&world).does(row).await {
            wrong.push(format!("{:?} {:?} {:?}: {why}", row.kind, row.way, row.edge));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

type Checked = Result<(), String>;

struct Stage<'w> {
    world: &'w World,
    ana: Colleague<'w>,
    maria: Phone<'w>,
}

/// What there was, to tell what is new or has changed.
struct Seen {
    teams: HashMap<String, String>,
    phone: HashMap<String, PhoneItem>,
    journal: usize,
}

impl<'w> Stage<'w> {
    fn of(world: &'w World) -> Self {
        Self { world, ana: world.ana(), maria: world.maria() }
    }

    async fn does(&self, row: &Row) -> Checked {
        if matches!(row.does, Does::Nothing) {
            return Ok(());
        }
        // Opens the window anew, so that the rows before do not matter.
        let client = self.maria.types("Good morning").await;
        let activity = self.ana.types("Good morning to you").await;
        let before = Before { client, colleague: self.maria.last().wamid };
        if row.edge == Edge::Damaged {
            self.maria.sends(file("document", "application/pdf", &pdf(10))).await;
        }
        let seen = self.sees().await;
        self.trouble(row);
        self.acts(row, &before, &activity).await;
        // Long enough for every attempt, and the window stays open.
        let rounds = if matches!(row.edge, Edge::Expired | Edge::Truncated | Edge::Damaged | Edge::Gone) { 9 } else { 0 };
        for _ in 0..rounds {
            self.world.advance(Duration::minutes(15)).await;
        }
        self.world.teams.faults().clear();
        self.world.whatsapp.faults().clear();
        if row.way == Way::Out {
            self.presses_send(&seen).await;
        }
        self.ended(row, &before, &seen).await?;
        self.recorded(row, &seen).await
    }

    async fn sees(&self) -> Seen {
        Seen {
            teams: self.shown().into_iter().map(|item| (item.activity_id.clone(), words_of(&item))).collect(),
            phone: self.maria.items().into_iter().map(|item| (item.wamid.clone(), item)).collect(),
            journal: self.world.journal().await.len(),
        }
    }

    fn shown(&self) -> Vec<ChatItem> {
        self.ana.chat().into_iter().filter(|item| item.from == Author::Bot && !item.deleted).collect()
    }

    fn trouble(&self, row: &Row) {
        let (world, surface) = match row.way {
            Way::In => (self.world.whatsapp.faults(), Surface::Downloads),
            Way::Out => (self.world.teams.faults(), Surface::Files),
        };
        let fault = match (row.edge, row.way) {
            // The next attempt asks WhatsApp for a new address; of Teams there is none.
            (Edge::Expired, Way::In) => Fault::new(FaultName::GraphError).status(404).times(1),
            (Edge::Expired, Way::Out) => Fault::new(FaultName::GraphError).status(403),
            (Edge::Slow, _) => Fault::new(FaultName::Delay).lasting(Real::from_millis(300)).times(1),
            (Edge::Truncated, _) => Fault::new(FaultName::Truncated).times(2),
            (Edge::Gone, _) => Fault::new(FaultName::GraphError).status(410),
            _ => return,
        };
        world.set(fault.on(surface));
    }

    async fn acts(&self, row: &Row, before: &Before, activity: &str) {
        match row.does {
            Does::Message(message) => self.tells(message(before)).await,
            Does::File(file) if row.edge == Edge::Damaged => {
                let last = self.world.last_record("message.received").await;
                let raw: Value = serde_json::from_str(last.body["raw"].as_str().expect("raw")).expect("JSON");
                let (kind, hash) = (file().kind, STANDARD.encode([7; 32]));
                let part = json!({"id": raw["document"]["id"], "mime_type": "application/pdf", "sha256": hash});
                self.tells(json!({"type": kind, kind: part})).await;
            }
            Does::File(file) => drop(self.maria.sends(file()).await),
            Does::Calls => self.calls().await,
            Does::Types(text) => drop(self.ana.types(&text()).await),
            Does::Posts(draft) => drop(self.ana.says(draft()).await),
            Does::Attaches(attachment) => {
                let members = json!({"type": "message", "attachments": [attachment()]});
                assert_eq!(self.world.teams.sends_raw("ana", members).await.expect("sent").status, 200);
            }
            Does::Quotes(text) => {
                let said = self.shown().into_iter().rfind(|item| words_of(item).ends_with("Good morning")).expect("Maria's post");
                self.ana.says(Draft::text(text).quoting(said.activity_id)).await;
            }
            Does::Reacts(kind) => {
                let said = self.shown().into_iter().rfind(|item| words_of(item).ends_with("Good morning")).expect("Maria's post");
                self.world.teams.reacts("ana", &said.activity_id, kind, true).await.expect("reacted");
            }
            Does::Rewrites(text) => drop(self.world.teams.edits("ana", activity, Draft::text(text)).await.expect("edited")),
            Does::TakesBack => drop(self.world.teams.deletes("ana", activity).await.expect("deleted")),
            Does::Nothing => {}
        }
        self.world.settle().await;
    }

    async fn tells(&self, message: Value) {
        self.world.whatsapp.client_sends(self.maria.key, None, message).expect("sent");
        self.world.settle().await;
    }

    async fn calls(&self) {
        let number = &self.world.cast.whatsapp.numbers[0];
        let client = self.world.cast.whatsapp.clients.iter().find(|client| client.key == self.maria.key).expect("in the cast");
        let call = json!({"event": "connect", "direction": "USER_INITIATED", "id": "wacid.matrix", "to": "4930", "from": client.wa_id,
            "from_user_id": client.bsuid, "timestamp": self.world.clock.now().timestamp().to_string()});
        let value = json!({"messaging_product": "whatsapp", "calls": [call],
            "metadata": {"display_phone_number": number.display, "phone_number_id": number.phone_number_id},
            "contacts": [{"wa_id": client.wa_id, "user_id": client.bsuid, "profile": {"name": client.name}}]});
        self.world.whatsapp.announces(&number.waba_id, "calls", value);
    }

    async fn presses_send(&self, seen: &Seen) {
        let card = self.changed(seen).into_iter().rfind(|item| self.ana.offers(item, "Send"));
        if let Some(card) = card {
            self.ana.clicks_on(&card.activity_id, "Send", Value::Null).await;
            // What WhatsApp does not take is tried more than once.
            self.world.advance(Duration::minutes(10)).await;
        }
    }

    /// What the bot has posted or changed.
    fn changed(&self, seen: &Seen) -> Vec<ChatItem> {
        self.shown().into_iter().filter(|item| seen.teams.get(&item.activity_id) != Some(&words_of(item))).collect()
    }

    fn arrived(&self, seen: &Seen) -> Vec<PhoneItem> {
        let is_new = |item: &PhoneItem| item.from == Side::Business && !seen.phone.contains_key(&item.wamid);
        self.maria.items().into_iter().filter(is_new).collect()
    }

    async fn ended(&self, row: &Row, before: &Before, seen: &Seen) -> Checked {
        let (changed, arrived) = (self.changed(seen), self.arrived(seen));
        let said = changed.iter().map(words_of).collect::<Vec<_>>().join("\n---\n");
        if said.contains("on its way") {
            return Err(format!("a file is still on its way: {said}"));
        }
        let told = |words: &str| if said.contains(words) { Ok(()) } else { Err(format!("nobody reads {words:?} in:\n{said}")) };
        let nothing = || if arrived.is_empty() { Ok(()) } else { Err(format!("the phone got {arrived:?}")) };
        match row.ends {
            Ends::Read(all) => all.iter().try_for_each(|words| told(words)).and_then(|()| nothing()),
            Ends::Told(words) => told(words).and_then(|()| nothing()),
            Ends::Opens(described, served) => {
                told(described)?;
                nothing()?;
                let card = changed.iter().rfind(|item| words_of(item).contains(described));
                self.opens(card.ok_or("no card")?, served).await
            }
            Ends::Shows(kind, text) => {
                let found = arrived.iter().any(|item| item.kind == kind && item.text.contains(text));
                if found { Ok(()) } else { Err(format!("the phone shows {arrived:?}; said: {said}")) }
            }
            Ends::Gets(kind, mime_type, name) => {
                let fits = |item: &PhoneItem| {
                    let file = item.file.as_ref();
                    let has = |name: &str| file.is_some_and(|file| file.name.as_deref().unwrap_or_default() == name);
                    item.kind == kind && file.is_some_and(|file| file.mime_type == mime_type) && has(name)
                };
                if arrived.len() == 1 && fits(&arrived[0]) { Ok(()) } else { Err(format!("the phone got {arrived:?}; said: {said}")) }
            }
            Ends::Clean(kind, bytes) => {
                let expected = hex::encode(Sha256::digest(bytes()));
                let fits = |item: &PhoneItem| item.kind == kind && item.file.as_ref().is_some_and(|file| file.sha256 == expected);
                if arrived.len() == 1 && fits(&arrived[0]) { Ok(()) } else { Err(format!("the phone got {arrived:?}; said: {said}")) }
            }
            Ends::Reacted(emoji) => {
                nothing()?;
                let items = self.maria.items();
                let reactions = items.iter().find(|item| item.wamid == before.client).map(|item| item.reactions.clone());
                if reactions == Some(vec![emoji.to_owned()]) { Ok(()) } else { Err(format!("the phone has {reactions:?}; said: {said}")) }
            }
            Ends::Nowhere(_) => Ok(()),
        }
    }

    /// The original, as a browser gets it: never as something that could run here.
    async fn opens(&self, card: &ChatItem, served: &str) -> Checked {
        let button = ["Open", "Original", "Play"].into_iter().find(|button| self.ana.offers(card, button)).ok_or("no way to open it")?;
        let shown = self.ana.clicks_on(&card.activity_id, button, Value::Null).await.card.expect("a card");
        let path = shown.to_string().split_once("/files/").ok_or_else(|| words(&shown))?.1.split('"').next().unwrap_or_default().to_owned();
        let url = format!("{}/files/{path}/content", self.world.base());
        let answer = self.world.http().get(url).send().await.expect("an answer");
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let (kind, how, policy) = (header("content-type"), header("content-disposition"), header("content-security-policy"));
        let as_file = if served == DOWNLOAD { "attachment" } else { "inline" };
        let safe = policy.contains("sandbox") && policy.contains("default-src 'none'") && header("x-content-type-options") == "nosniff";
        if kind == served && how.starts_with(as_file) && safe { Ok(()) } else { Err(format!("served as {kind}, {how}, {policy}")) }
    }

    async fn recorded(&self, row: &Row, seen: &Seen) -> Checked {
        let journal = self.world.journal().await;
        let new: Vec<&str> = journal[seen.journal..].iter().map(|entry| entry.kind.as_str()).collect();
        let missing: Vec<_> = row.journal.iter().filter(|kind| !new.contains(kind)).collect();
        if missing.is_empty() { Ok(()) } else { Err(format!("the journal lacks {missing:?}: {new:?}")) }
    }
}

/// One byte more than WhatsApp's largest file.
pub const TOO_LARGE: usize = 100 * MEGABYTE + 1;
