//! Shared conversations in Teams: group chats, channels and their chains. Everybody waits until what they did has settled.

use super::people::{answered, of_bot, transcript, words_of};
use super::{Colleague, World};
use serde_json::{Value, json};
use switchboard::simulator::{CLIENTS_CHANNEL, ChatItem, ClickAnswer, ControlError, Draft, Fate, Posted};

/// A group chat, a channel, or one chain of a channel.
#[derive(Clone)]
pub struct Room<'w> {
    pub world: &'w World,
    /// `conversation.id` of activities from here.
    pub conversation: String,
}

impl World {
    /// A group chat of these colleagues, without the bot: [`Room::add_bot`].
    pub fn group_chat(&self, topic: &str, members: &[Colleague<'_>]) -> Room<'_> {
        let members: Vec<&str> = members.iter().map(|colleague| colleague.key).collect();
        let conversation = self.teams.create_group_chat(topic, &members).expect("made");
        Room { world: self, conversation }
    }

    /// The channel "Clients" of the team that Ana, Ben and Caro are in, without the bot: [`Room::add_bot`].
    pub fn channel(&self) -> Room<'_> {
        self.room(CLIENTS_CHANNEL)
    }

    /// The shared conversation with this id.
    pub fn room(&self, conversation: &str) -> Room<'_> {
        Room { world: self, conversation: conversation.to_owned() }
    }
}

impl<'w> Room<'w> {
    /// A colleague adds the bot: to the group chat, or to the channel's team. It hears what mentions it.
    pub async fn add_bot(&self, by: &Colleague<'_>) {
        let told = self.world.teams.add_bot(self.base(), by.key).await.expect("added");
        self.all_well(&told).await;
    }

    pub async fn remove_bot(&self, by: &Colleague<'_>) {
        let told = self.world.teams.remove_bot(self.base(), by.key).await.expect("removed");
        self.all_well(&told).await;
    }

    /// The organization consents (RSC), or takes it back: the bot hears messages that do not mention it too.
    pub fn set_rsc(&self, on: bool) {
        self.world.teams.set_rsc(self.base(), on).expect("the bot is here");
    }

    /// A colleague adds somebody in Teams' own way.
    pub async fn add_member(&self, by: &Colleague<'_>, who: &Colleague<'_>) {
        let told = self.world.teams.add_member(self.base(), by.key, who.key).await.expect("added");
        self.all_well(&told).await;
    }

    /// A colleague removes somebody (or themselves) in Teams' own way.
    pub async fn remove_member(&self, by: &Colleague<'_>, who: &Colleague<'_>) {
        let told = self.world.teams.remove_member(self.base(), by.key, who.key).await.expect("removed");
        self.all_well(&told).await;
    }

    pub async fn rename(&self, by: &Colleague<'_>, name: &str) {
        let told = self.world.teams.rename(self.base(), by.key, name).await.expect("renamed");
        self.all_well(&told).await;
    }

    /// Deletes or restores this channel.
    pub async fn decide_fate(&self, by: &Colleague<'_>, fate: Fate) {
        let told = self.world.teams.decide_fate(self.base(), by.key, fate).await.expect("possible");
        self.all_well(&told).await;
    }

    /// Types with a mention of the bot, which therefore hears it; the activity's id. In a channel itself this opens a chain.
    pub async fn types(&self, who: &Colleague<'_>, text: &str) -> String {
        self.heard(who, Draft::text(text).mentioning("bot")).await
    }

    /// Types as people do: the bot hears it only with consent.
    pub async fn types_unmentioned(&self, who: &Colleague<'_>, text: &str) -> Posted {
        self.says(who, Draft::text(text)).await
    }

    /// A targeted message to the bot, which nobody else sees.
    pub async fn whispers(&self, who: &Colleague<'_>, text: &str) -> String {
        self.heard(who, Draft::text(text).privately()).await
    }

    /// Answers a message, mentioning the bot.
    pub async fn quotes(&self, who: &Colleague<'_>, activity: &str, text: &str) -> String {
        self.heard(who, Draft::text(text).mentioning("bot").quoting(activity)).await
    }

    pub async fn says(&self, who: &Colleague<'_>, draft: Draft) -> Posted {
        let posted = self.world.teams.says((who.key, self.conversation.as_str()), draft).await.expect("sent");
        self.all_well(std::slice::from_ref(&posted)).await;
        posted
    }

    async fn heard(&self, who: &Colleague<'_>, draft: Draft) -> String {
        let posted = self.says(who, draft).await;
        assert!(posted.heard, "the bot is not here");
        posted.activity_id
    }

    /// Changes an own message, which stays without a mention unless the text is given one.
    pub async fn edits(&self, who: &Colleague<'_>, activity: &str, text: &str) -> Posted {
        let edit = self.world.teams.edits((who.key, self.conversation.as_str()), activity, Draft::text(text)).await.expect("edited");
        self.all_well(std::slice::from_ref(&edit)).await;
        edit
    }

    pub async fn deletes(&self, who: &Colleague<'_>, activity: &str) -> Posted {
        let deletion = self.world.teams.deletes((who.key, self.conversation.as_str()), activity).await.expect("deleted");
        self.all_well(std::slice::from_ref(&deletion)).await;
        deletion
    }

    /// Puts a reaction on a message.
    pub async fn reacts(&self, who: &Colleague<'_>, activity: &str, kind: &str) -> Posted {
        let reaction = self.world.teams.reacts((who.key, self.conversation.as_str()), activity, kind, true).await.expect("reacted");
        self.all_well(std::slice::from_ref(&reaction)).await;
        reaction
    }

    /// Presses a button on the newest card with these words, as this colleague sees it.
    pub async fn presses(&self, who: &Colleague<'_>, card: &str, button: &str, inputs: Value) -> ClickAnswer {
        let seat = (who.key, self.conversation.as_str());
        for item in of_bot(self.seen_by(who)).iter().rev().filter(|item| words_of(item).contains(card)) {
            match self.world.teams.click(seat, &item.activity_id, button, inputs.clone()).await {
                Err(ControlError::Unknown("button", _)) => {}
                answer => return answered(self.world, seat.into(), &item.activity_id, answer.expect("pressed")).await,
            }
        }
        panic!("{} sees no {button:?} on a card with {card:?}:\n{}", who.key, transcript(&self.seen_by(who)));
    }

    /// Does what a stale or hostile client can do: any data, from any card.
    pub async fn forges(&self, who: &Colleague<'_>, activity: &str, data: Value) -> ClickAnswer {
        let seat = (who.key, self.conversation.as_str());
        let action = json!({"type": "Action.Execute", "title": "forged", "verb": data["verb"], "data": data});
        let answer = self.world.teams.click_action(seat, activity, &action, Value::Null).await.expect("sent");
        answered(self.world, seat.into(), activity, answer).await
    }

    /// What this colleague sees here: targeted messages to them and their own views of cards included, nothing when they are not in it.
    pub fn seen_by(&self, who: &Colleague<'_>) -> Vec<ChatItem> {
        self.world.teams.chat((who.key, self.conversation.as_str())).expect("known")
    }

    /// What everybody here sees.
    pub fn chat(&self) -> Vec<ChatItem> {
        let all = self.world.teams.posted_in(&self.conversation).expect("known");
        all.into_iter().filter(|item| item.private_to.is_none()).collect()
    }

    /// How many of the bot's messages to everybody hold these words.
    pub fn times_seen(&self, text: &str) -> usize {
        of_bot(self.chat()).iter().filter(|item| words_of(item).contains(text)).count()
    }

    pub fn sees(&self, text: &str) {
        assert!(self.times_seen(text) > 0, "the bot does not say {text:?} in:\n{}", self.transcript());
    }

    pub fn sees_not(&self, text: &str) {
        assert_eq!(self.times_seen(text), 0, "the bot says {text:?} in:\n{}", self.transcript());
    }

    /// The bot's newest message to everybody with these words.
    pub fn find(&self, text: &str) -> ChatItem {
        let found = of_bot(self.chat()).into_iter().rfind(|item| words_of(item).contains(text));
        found.unwrap_or_else(|| panic!("the bot does not say {text:?} in:\n{}", self.transcript()))
    }

    /// The chains of a channel, oldest first.
    pub fn chains(&self) -> Vec<Room<'w>> {
        let roots = self.chat().into_iter().filter(|item| item.root.as_deref() == Some(&item.activity_id));
        roots.map(|item| self.world.room(&format!("{};messageid={}", self.base(), item.activity_id))).collect()
    }

    /// Everything here, targeted messages included, for a person who reads a failing test.
    pub fn transcript(&self) -> String {
        transcript(&self.world.teams.posted_in(&self.conversation).expect("known"))
    }

    /// The group chat or the channel, also of a chain.
    fn base(&self) -> &str {
        self.conversation.split(';').next().unwrap_or_default()
    }

    async fn all_well(&self, told: &[Posted]) {
        assert!(told.iter().all(|posted| posted.status == 200 || !posted.heard), "{told:?}");
        self.world.settle().await;
    }
}
