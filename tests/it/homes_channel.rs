//! A line's channel as the home of its threads (product.md 7): "one reply chain per thread in the line's channel, opened by the bot".

use crate::harness::{Room, World};
use serde_json::Value;
use switchboard::bridge::{ChannelRef, Directory, HomeKind};
use switchboard::simulator::{self, CLIENTS_CHANNEL};

fn in_channel(directory: &mut Directory) {
    directory.lines[0].policy.home = HomeKind::Channel;
    let team = simulator::defaults().teams.teams[0].id.clone();
    directory.lines[0].channel = Some(ChannelRef { team, channel: CLIENTS_CHANNEL.to_owned() });
}

/// A world whose line has its home in the channel, with the bot there.
async fn with_channel() -> World {
    let world = World::with(in_channel).await;
    world.channel().add_bot(&world.ana()).await;
    world
}

/// The only chain.
fn only_chain<'w>(channel: &Room<'w>) -> Room<'w> {
    let mut chains = channel.chains();
    assert_eq!(chains.len(), 1, "{}", channel.transcript());
    chains.remove(0)
}

#[tokio::test]
async fn a_conversation_opens_a_chain_that_begins_with_its_card_and_goes_on_there() {
    let world = with_channel().await;
    let (ana, maria, channel) = (world.ana(), world.maria(), world.channel());
    world.consented(&ana, &maria).await;
    let chain = only_chain(&channel);
    assert!(chain.chat()[0].card.is_some(), "{}", chain.transcript());
    chain.sees("Maria Oliveira: Yes");
    chain.types(&ana, "Good morning").await;
    assert!(maria.last().text.ends_with("Good morning"));
    maria.types("Hello Ana").await;
    chain.sees("Maria Oliveira: Hello Ana");
    ana.sees_not("Hello Ana");
    assert_eq!(channel.chains().len(), 1);
    // The card says so until a message comes without a mention.
    chain.sees("Mention @Switchboard to send");
    channel.set_rsc(true);
    chain.types_unmentioned(&ana, "No need to name anybody").await;
    assert!(maria.last().text.ends_with("No need to name anybody"));
    chain.sees_not("Mention @Switchboard to send");
}

/// "A client who writes to a number with no active thread goes to ... the line's intake (a channel ...) with a Take button; the first to
/// take it owns it, the card says so to the rest."
#[tokio::test]
async fn a_client_whom_nobody_owns_is_taken_in_the_chain() {
    let world = with_channel().await;
    let (ana, ben, tom, channel) = (world.ana(), world.ben(), world.tom(), world.channel());
    tom.types("Is anybody there?").await;
    let chain = only_chain(&channel);
    chain.sees("Tom Becker: Is anybody there?");
    ana.sees_not("Is anybody there?");
    chain.types(&ben, "Me").await;
    chain.sees("nobody has taken Tom Becker yet, so nothing was sent");
    assert!(tom.texts().is_empty());
    chain.presses(&ben, "Tom Becker", "Take", Value::Null).await;
    chain.sees("A colleague took this conversation.");
    chain.sees_not("You took this conversation.");
    chain.types(&ben, "Yes, Ben here").await;
    assert!(tom.last().text.ends_with("Yes, Ben here"));
    assert_eq!(chain.times_seen("Tom Becker: Is anybody there?"), 1);
    // Ana is of the line and reads along; what she writes stays there.
    let before = tom.texts();
    chain.types(&ana, "And Ana").await;
    chain.sees("you do not take part in the conversation with Tom Becker");
    assert_eq!(tom.texts(), before);
}

#[tokio::test]
async fn each_conversation_has_a_chain_of_its_own() {
    let world = with_channel().await;
    let (ana, maria, tom, channel) = (world.ana(), world.maria(), world.tom(), world.channel());
    world.consented(&ana, &maria).await;
    world.consented(&ana, &tom).await;
    let [of_maria, of_tom] = <[Room<'_>; 2]>::try_from(channel.chains()).ok().expect("two chains");
    of_maria.types(&ana, "For Maria").await;
    of_tom.types(&ana, "For Tom").await;
    assert!(maria.last().text.ends_with("For Maria") && tom.last().text.ends_with("For Tom"));
    assert_eq!((maria.free_texts().len(), tom.free_texts().len()), (2, 2));
    tom.types("Thanks").await;
    of_tom.sees("Tom Becker: Thanks");
    of_maria.sees_not("Tom Becker: Thanks");
    // What opens a chain of its own is for no client.
    channel.types(&ana, "Hello all").await;
    channel.sees("no client is linked to this place");
    assert_eq!((maria.free_texts().len(), tom.free_texts().len()), (2, 2));
}

#[tokio::test]
async fn without_the_app_in_the_channel_conversations_live_in_own_chats_and_administrators_hear_of_it_once() {
    let world = World::with(|directory| {
        in_channel(directory);
        directory.colleagues[0].roles.push(switchboard::bridge::Role::Administrator);
    })
    .await;
    let (ana, maria, tom) = (world.ana(), world.maria(), world.tom());
    world.consented(&ana, &maria).await;
    world.consented(&ana, &tom).await;
    assert_eq!(ana.times_seen("the app cannot post there"), 1);
    maria.types("Hello").await;
    ana.sees("Maria Oliveira: Hello");
    assert!(world.channel().chains().is_empty());
}
