//! One set-up for each home, and the same words for what people do and read in all of them.

use crate::harness::{Colleague, Phone, Room, World, words, words_of};
use serde_json::{Value, json};
use switchboard::bridge::{ChannelRef, ColleagueId, Directory, HomeKind, ThreadId};
use switchboard::simulator::{self, Author, CLIENTS_CHANNEL, ChatItem, Draft};

pub const EVERYBODY: [&str; 3] = ["ana", "ben", "caro"];

/// Ana and Ben with Maria, who has agreed, where the line has its home.
pub struct Scene<'w> {
    pub world: &'w World,
    /// The shared home.
    pub room: Option<Room<'w>>,
    pub ana: Colleague<'w>,
    pub ben: Colleague<'w>,
    pub caro: Colleague<'w>,
    pub maria: Phone<'w>,
    pub thread: i64,
}

/// The line's directory with this home.
fn at_home(directory: &mut Directory, home: HomeKind) {
    directory.lines[0].policy.home = home;
    if home == HomeKind::Channel {
        let team = simulator::defaults().teams.teams[0].id.clone();
        directory.lines[0].channel = Some(ChannelRef { team, channel: CLIENTS_CHANNEL.to_owned() });
    }
}

pub async fn world(home: HomeKind) -> World {
    let world = World::with(|directory| at_home(directory, home)).await;
    world.install("caro").await;
    world
}

/// A colleague's Entra object id.
pub fn id<'w>(who: &Colleague<'w>) -> &'w str {
    &who.world.cast.teams.users.iter().find(|user| user.key == who.key).expect("in the cast").object_id
}

impl<'w> Scene<'w> {
    pub async fn begins(world: &'w World, home: HomeKind) -> Self {
        let mut scene = Self { world, room: None, ana: world.ana(), ben: world.ben(), caro: world.caro(), maria: world.maria(), thread: 0 };
        if home == HomeKind::Channel {
            world.channel().add_bot(&scene.ana).await;
            world.channel().set_rsc(true);
        }
        world.consented(&scene.ana, &scene.maria).await;
        scene.thread = world.thread_of(&scene.maria).await;
        match home {
            HomeKind::Personal => {}
            HomeKind::Channel => scene.room = world.channel().chains().pop(),
            HomeKind::Chat => scene.room = Some(scene.links().await),
        }
        if home != HomeKind::Chat {
            scene.adds(&scene.ben, "all").await;
        }
        assert_eq!(scene.participants().await, ["ana", "ben"]);
        scene
    }

    /// A group chat of Ana and Ben, which Ana links to Maria.
    async fn links(&self) -> Room<'w> {
        let room = self.world.group_chat("Maria", &[self.ana, self.ben]);
        room.add_bot(&self.ana).await;
        room.set_rsc(true);
        let thread = self.thread.to_string();
        room.presses(&self.ana, "Which client is this chat for?", "Link this chat", json!({ "thread": thread })).await;
        room
    }

    /// The shared home, for who is there.
    fn room_of(&self, who: &Colleague<'_>) -> Option<&Room<'w>> {
        self.room.as_ref().filter(|room| !room.seen_by(who).is_empty())
    }

    /// Who takes no part reads what is said in a shared conversation that they are a member of, and nothing elsewhere: 1 or 0.
    pub fn reads_along(&self, who: &Colleague<'_>) -> usize {
        usize::from(self.room_of(who).is_some())
    }

    /// Types where they follow the conversation; the activity.
    pub async fn writes(&self, who: &Colleague<'_>, text: &str) -> String {
        match self.room_of(who) {
            Some(room) => room.types(who, text).await,
            None => who.types(text).await,
        }
    }

    /// Answers the app's message with these words.
    pub async fn answers(&self, who: &Colleague<'_>, to: &str, text: &str) {
        match self.room_of(who) {
            Some(room) => drop(room.quotes(who, &room.find(to).activity_id, text).await),
            None => drop(who.says(Draft::text(text).quoting(who.find(to).activity_id)).await),
        }
    }

    pub async fn edits(&self, who: &Colleague<'_>, activity: &str, text: &str) {
        match self.room_of(who) {
            Some(room) => drop(room.edits(who, activity, text).await),
            None => {
                self.world.teams.edits(who.key, activity, Draft::text(text)).await.expect("edited");
                self.world.settle().await;
            }
        }
    }

    /// Presses a button on the newest card with these words; what the card becomes.
    pub async fn presses(&self, who: &Colleague<'_>, card: &str, button: &str, inputs: Value) -> String {
        let answer = match self.room_of(who) {
            Some(room) => room.presses(who, card, button, inputs).await,
            None => who.clicks_on(&who.find(card).activity_id, button, inputs).await,
        };
        words(&answer.card.expect("a card"))
    }

    /// What a card with this data would do, from any card of their own chat.
    pub async fn forges(&self, who: &Colleague<'_>, data: Value) -> String {
        words(&who.forges(&who.find("Welcome").activity_id, data).await.card.expect("a card"))
    }

    /// Ana adds somebody, with this history.
    pub async fn adds(&self, who: &Colleague<'_>, history: &str) -> String {
        self.writes(&self.ana, "add").await;
        self.presses(&self.ana, "Add colleagues", "Add", json!({"colleagues": id(who), "history": history})).await
    }

    /// What they write now reaches nobody, and they are told why.
    pub async fn is_not_relayed(&self, who: &Colleague<'_>) {
        let before = self.maria.texts();
        let answers = self.reads_of_app(who, "nothing was sent");
        self.writes(who, "Is this read?").await;
        assert_eq!(self.maria.texts(), before);
        assert!(self.reads_of_app(who, "nothing was sent") > answers, "{} is not told:\n{}", who.key, who.transcript());
    }

    /// How many messages with these words somebody reads, in the shared home and in their own chat.
    pub fn reads(&self, who: &Colleague<'_>, text: &str) -> usize {
        self.seen_by(who).iter().filter(|item| words_of(item).contains(text)).count()
    }

    /// The same, of the app's alone.
    pub fn reads_of_app(&self, who: &Colleague<'_>, text: &str) -> usize {
        self.seen_by(who).iter().filter(|item| item.from == Author::Bot && words_of(item).contains(text)).count()
    }

    fn seen_by(&self, who: &Colleague<'_>) -> Vec<ChatItem> {
        let shared = self.room.as_ref().map(|room| room.seen_by(who)).unwrap_or_default();
        shared.into_iter().chain(who.chat()).filter(|item| !item.deleted).collect()
    }

    /// Who takes part, by key.
    pub async fn participants(&self) -> Vec<&'static str> {
        let thread = ThreadId(self.thread);
        let found = self.world.relay().store().read(move |tx| tx.participants(thread)).await.expect("the store answers");
        let key_of = |found: &ColleagueId| {
            EVERYBODY.into_iter().find(|key| id(&Colleague { world: self.world, key }) == found.as_str()).expect("in the cast")
        };
        found.iter().map(key_of).collect()
    }
}
