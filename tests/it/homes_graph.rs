//! Group chats that are made through Microsoft Graph (product.md 7: "linked by a colleague with a card, or created through Graph where
//! configured"): by themselves and by a press, with whoever takes part in them, and what happens when Microsoft does not play along.

use crate::harness::{Colleague, PATIENCE, Phone, Room, World, words};
use chrono::Duration;
use rstest::rstest;
use serde_json::{Value, json};
use switchboard::bridge::{Directory, HomeKind, Role};
use switchboard::simulator::{Fault, FaultName, Surface};

/// Longer than any test.
const ENDLESS: std::time::Duration = std::time::Duration::from_secs(600);
/// Between two requests, so that something can happen there.
const A_MOMENT: std::time::Duration = std::time::Duration::from_millis(300);
const OPENING: &str = "A group chat is being opened for this conversation.";
const LIVES_HERE: &str = "This is the conversation with Maria Oliveira now.";
const WHICH_CLIENT: &str = "Which client is this chat for?";

fn in_chats(directory: &mut Directory) {
    directory.lines[0].policy.home = HomeKind::Chat;
}

/// A colleague's Entra object id.
fn id(who: &Colleague<'_>) -> String {
    who.world.cast.teams.users.iter().find(|user| user.key == who.key).expect("in the cast").object_id.clone()
}

/// How often Graph did this (`chat`, `install`, `member.added`, `member.removed`, `topic`).
fn done(world: &World, what: &str) -> usize {
    world.teams.journal(0).into_iter().filter(|entry| entry.kind == format!("graph.{what}")).count()
}

/// The chat that was made last.
async fn made(world: &World) -> Room<'_> {
    let chat = world.last_record("chat.made").await.body["conversation"].as_str().expect("a conversation").to_owned();
    world.room(&chat)
}

/// Ana and Maria, whose conversation moved into a chat that was made for it.
async fn in_chat(world: &World) -> (Colleague<'_>, Phone<'_>, Room<'_>) {
    let (ana, maria) = world.conversation().await;
    let room = made(world).await;
    room.sees(LIVES_HERE);
    (ana, maria, room)
}

/// Ana and Maria in own chats, on a line whose conversations live in chats from now on.
async fn before_chats(world: &World) -> (Colleague<'_>, Phone<'_>) {
    let (ana, maria) = world.conversation().await;
    world.apply(in_chats).await;
    assert_eq!(done(world, "chat"), 0);
    (ana, maria)
}

/// *Details*, and there *Open as group chat*; what the card becomes.
async fn presses_open(who: &Colleague<'_>) -> String {
    who.types("details").await;
    words(&who.clicks("Open as group chat", Value::Null).await.card.expect("a card"))
}

/// The same without waiting for what follows.
async fn presses_open_at_once(who: &Colleague<'_>) {
    who.types("details").await;
    let (card, _) = who.newest_offering("Open as group chat").expect("details");
    who.world.teams.click(who.key, &card.activity_id, "Open as group chat", Value::Null).await.expect("pressed");
}

/// Where nobody hears what Teams tells the bot.
fn nowhere() -> url::Url {
    "http://127.0.0.1:1/api/messages".parse().expect("a URL")
}

fn graph_fault(fault: Fault) -> Fault {
    fault.on(Surface::Graph)
}

/// The chat is the only one, and the conversation goes on there.
async fn goes_on_in_the_only_chat(world: &World, ana: &Colleague<'_>, maria: &Phone<'_>) {
    assert_eq!((done(world, "chat"), world.recorded("chat.made").await), (1, 1));
    let room = made(world).await;
    assert_eq!(room.times_seen(LIVES_HERE), 1);
    room.types_unmentioned(ana, "Over here").await;
    assert!(maria.last().text.ends_with("Over here"));
    maria.types("I see you").await;
    room.sees("Maria Oliveira: I see you");
    ana.sees_not("Maria Oliveira: I see you");
    assert!(!ana.thread_card_says(maria, OPENING));
}

impl Colleague<'_> {
    fn thread_card_says(&self, client: &Phone<'_>, text: &str) -> bool {
        self.card_of(client).is_some_and(|item| item.card.as_ref().is_some_and(|card| words(card).contains(text)))
    }
}

#[tokio::test]
async fn a_conversation_of_such_a_line_gets_its_chat_by_itself_and_goes_on_there() {
    let world = World::with_graph(in_chats).await;
    let (ana, maria, room) = in_chat(&world).await;
    room.sees_not(WHICH_CLIENT);
    // What Microsoft was told to let the app hear is known before anybody wrote without a mention.
    room.sees_not("Mention @Switchboard to send");
    ana.sees("The conversation with Maria Oliveira goes on in the group chat “Maria Oliveira · ");
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
    assert_eq!(done(&world, "install"), 1);
    // Another client has another chat.
    let tom = world.tom();
    world.consented(&ana, &tom).await;
    let other = made(&world).await;
    assert_ne!(other.conversation, room.conversation);
    tom.types("Hello from Tom").await;
    other.sees("Tom Becker: Hello from Tom");
    room.sees_not("Hello from Tom");
}

#[tokio::test]
async fn a_colleague_opens_a_chat_and_the_card_says_how_it_stands() {
    let world = World::with_graph(|_| {}).await;
    let (ana, maria) = before_chats(&world).await;
    world.teams.faults().set(graph_fault(Fault::new(FaultName::TooManyRequests).retry_after(300).times(1)));
    let told = presses_open(&ana).await;
    assert!(told.contains("It goes on there as soon as the chat is ready, and here until then."), "{told}");
    assert!(ana.thread_card_says(&maria, OPENING), "{}", ana.transcript());
    assert!(presses_open(&ana).await.contains("being opened for this conversation already"));
    maria.types("Meanwhile").await;
    ana.sees("Maria Oliveira: Meanwhile");
    ana.types("Still here").await;
    assert!(maria.last().text.ends_with("Still here"));
    // As late as Microsoft asked.
    world.advance(Duration::seconds(240)).await;
    assert_eq!(done(&world, "chat"), 0);
    world.advance(Duration::seconds(65)).await;
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
}

#[rstest]
#[case::not_configured(false, HomeKind::Chat)]
#[case::another_home(true, HomeKind::Personal)]
#[tokio::test]
async fn elsewhere_it_is_explained_how_to_make_a_chat_and_none_is_made(#[case] graph: bool, #[case] home: HomeKind) {
    let policy = move |directory: &mut Directory| directory.lines[0].policy.home = home;
    let world = if graph { World::with_graph(policy).await } else { World::with(policy).await };
    let (ana, maria) = world.conversation().await;
    let told = presses_open(&ana).await;
    assert!(told.contains("Make a group chat in Teams with Ana Souza, add the app Switchboard to it, and choose this client"), "{told}");
    assert_eq!((done(&world, "chat"), world.recorded("chat.ordered").await), (0, 0));
    maria.types("Hello").await;
    ana.sees("Maria Oliveira: Hello");
    assert!(!ana.thread_card_says(&maria, OPENING));
}

/// A permission is missing: the colleague is told with the next step, who can mend it is told once, and nothing is lost.
#[tokio::test]
async fn what_microsoft_refuses_is_told_with_the_next_step() {
    let world = World::with_graph(|directory| directory.colleagues[1].roles.push(Role::Administrator)).await;
    let (ana, maria) = before_chats(&world).await;
    let ben = world.ben();
    world.teams.faults().set(graph_fault(Fault::new(FaultName::GraphError).status(403)));
    presses_open(&ana).await;
    ana.sees("No group chat was opened for this conversation: Microsoft does not allow it");
    ana.sees("do it yourselves: Make a group chat in Teams with Ana Souza");
    assert!(!ana.thread_card_says(&maria, OPENING));
    ana.clicks("Try again", Value::Null).await;
    // What was pressed is the receipt of the second attempt, which is refused as well.
    assert_eq!((ana.times_seen("No group chat was opened"), world.recorded("chat.not_made").await), (1, 2));
    assert_eq!(ben.times_seen("Group chats for conversations of"), 1);
    maria.types("Still there?").await;
    ana.sees("Maria Oliveira: Still there?");
    world.teams.faults().clear();
    ana.clicks("Try again", Value::Null).await;
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
}

#[rstest]
#[case::too_often(Fault::new(FaultName::TooManyRequests))]
#[case::unreachable(Fault::new(FaultName::Reset))]
#[tokio::test]
async fn what_does_not_pass_is_given_up_in_the_end_and_told(#[case] fault: Fault) {
    let world = World::with_graph(|_| {}).await;
    let (ana, maria) = before_chats(&world).await;
    let uncertain = fault.name == FaultName::Reset;
    world.teams.faults().set(graph_fault(fault));
    presses_open(&ana).await;
    for _ in 0..12 {
        world.advance(Duration::seconds(120)).await;
    }
    ana.sees(if uncertain { "Microsoft did not tell whether" } else { "Microsoft was asked too often." });
    assert!(!ana.thread_card_says(&maria, OPENING));
    world.teams.faults().clear();
    ana.clicks("Try again", Value::Null).await;
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
}

/// "A timeout is not a failure": what was perhaps made is looked for, and not made again.
#[rstest]
#[case::made(Fault::new(FaultName::TimeoutAfterAcceptance).lasting(std::time::Duration::from_millis(50)))]
#[tokio::test]
async fn a_chat_whose_making_was_not_answered_is_found(#[case] fault: Fault) {
    let world = World::with_graph(|_| {}).await;
    let (ana, maria) = before_chats(&world).await;
    world.teams.faults().set(graph_fault(fault.times(1)));
    presses_open(&ana).await;
    assert_eq!((done(&world, "chat"), world.recorded("chat.made").await), (1, 0));
    assert!(ana.thread_card_says(&maria, OPENING));
    world.advance(Duration::seconds(25)).await;
    assert_eq!(world.last_record("chat.made").await.body["found"], true);
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
}

/// A chat of the same title that is older, or of other people, is not taken for it.
#[rstest]
#[case::server_error(Fault::new(FaultName::ServerError))]
#[case::unavailable(Fault::new(FaultName::Unavailable))]
#[case::gateway(Fault::new(FaultName::BadGateway))]
#[tokio::test]
async fn a_chat_that_is_not_found_is_made_again_only_when_a_colleague_wants_it(#[case] fault: Fault) {
    let world = World::with_graph(|_| {}).await;
    let (ana, maria) = before_chats(&world).await;
    let line = world.relay().office().directory.lines[0].name.clone();
    let title = format!("Maria Oliveira · {line}");
    world.group_chat(&title, &[ana]);
    world.advance(Duration::minutes(5)).await;
    world.teams.faults().set(graph_fault(fault.times(1)));
    presses_open(&ana).await;
    world.group_chat(&title, &[ana, world.ben()]);
    world.advance(Duration::seconds(25)).await;
    world.advance(Duration::seconds(40)).await;
    ana.sees_not("Microsoft did not tell");
    world.advance(Duration::seconds(60)).await;
    ana.sees(&format!("We looked for it and found none. Look in Teams: if there is a chat “{title}”"));
    assert_eq!((done(&world, "chat"), world.recorded("chat.made").await), (0, 0));
    assert!(!ana.thread_card_says(&maria, OPENING));
    ana.clicks("Try again", Value::Null).await;
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
}

#[tokio::test]
async fn where_graph_does_not_let_us_look_the_colleague_decides() {
    let world = World::with_graph(|_| {}).await;
    let (ana, maria) = before_chats(&world).await;
    world.teams.faults().set(graph_fault(Fault::new(FaultName::ServerError).times(1)));
    presses_open(&ana).await;
    world.teams.faults().set(graph_fault(Fault::new(FaultName::GraphError).status(403).times(2)));
    world.advance(Duration::seconds(25)).await;
    ana.sees("We are not allowed to look for it.");
    assert_eq!(world.recorded("chat.made").await, 0);
    // It may not look this time either: the colleague has looked.
    ana.clicks("Try again", Value::Null).await;
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
}

/// The process is gone while Microsoft makes the chat: it is found afterwards.
#[tokio::test]
async fn after_a_crash_while_a_chat_is_made_it_is_found_and_not_made_again() {
    let world = World::crashable(|_| {}).await;
    let (ana, maria) = before_chats(&world).await;
    world.teams.faults().set(graph_fault(Fault::new(FaultName::TimeoutAfterAcceptance).lasting(ENDLESS).times(1)));
    presses_open_at_once(&ana).await;
    world.teams.until("ana", PATIENCE, |_| (done(&world, "chat") == 1).then_some(())).await.expect("asked for");
    world.crash().await;
    world.recovers().await;
    assert_eq!(world.recorded("chat.made").await, 0);
    world.advance(Duration::seconds(30)).await;
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
}

/// The process is gone while the app is installed: what it reported from there meanwhile nobody heard.
#[tokio::test]
async fn after_a_crash_while_the_app_is_installed_the_conversation_moves_all_the_same() {
    let world = World::crashable(|_| {}).await;
    let (ana, maria) = before_chats(&world).await;
    world.teams.faults().set(graph_fault(Fault::new(FaultName::Delay).lasting(A_MOMENT)));
    presses_open_at_once(&ana).await;
    world.teams.until("ana", PATIENCE, |_| (done(&world, "chat") == 1).then_some(())).await.expect("made");
    world.teams.faults().set(graph_fault(Fault::new(FaultName::TimeoutAfterAcceptance).lasting(ENDLESS).times(1)));
    world.teams.set_bot_endpoint(nowhere());
    world.teams.until("ana", PATIENCE, |_| (done(&world, "install") == 1).then_some(())).await.expect("installed");
    world.crash().await;
    world.teams.faults().clear();
    world.recovers().await;
    assert_eq!((world.recorded("conversation.installed").await, world.recorded("thread.moved").await), (0, 0));
    world.advance(Duration::seconds(20)).await;
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
    assert_eq!(done(&world, "install"), 1);
}

#[tokio::test]
async fn where_the_apps_report_is_lost_the_chat_is_visited() {
    let world = World::with_graph(|_| {}).await;
    let (ana, maria) = before_chats(&world).await;
    world.teams.faults().set(graph_fault(Fault::new(FaultName::TooManyRequests).retry_after(60).times(1)));
    presses_open(&ana).await;
    let endpoint = format!("{}/api/messages", world.base()).parse().expect("a URL");
    world.teams.set_bot_endpoint(nowhere());
    world.advance(Duration::seconds(65)).await;
    assert_eq!(done(&world, "install"), 1);
    assert_eq!(world.recorded("conversation.installed").await, 0);
    world.teams.set_bot_endpoint(endpoint);
    world.advance(Duration::seconds(20)).await;
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
}

#[tokio::test]
async fn where_the_app_cannot_be_installed_the_colleague_is_told_and_the_same_chat_is_tried_again() {
    let world = World::with_graph(|_| {}).await;
    let (ana, maria) = before_chats(&world).await;
    // The first request is answered, the second refused.
    world.teams.faults().set(graph_fault(Fault::new(FaultName::TooManyRequests).retry_after(30).times(1)));
    presses_open(&ana).await;
    let chat_made = || (done(&world, "chat") == 1).then_some(());
    let refusal = async {
        world.teams.until("ana", PATIENCE, |_| chat_made()).await.expect("made");
        world.teams.faults().set(graph_fault(Fault::new(FaultName::GraphError).status(403)));
    };
    // A moment of its own between the two requests.
    world.teams.faults().set(graph_fault(Fault::new(FaultName::Delay).lasting(A_MOMENT)));
    tokio::join!(world.advance(Duration::seconds(35)), refusal);
    ana.sees("was made for this conversation, but the app is not in it: Microsoft does not allow it");
    assert!(!ana.thread_card_says(&maria, OPENING));
    world.teams.faults().clear();
    ana.clicks("Try again", Value::Null).await;
    goes_on_in_the_only_chat(&world, &ana, &maria).await;
}

/// Who takes part is in the chat, and who does not is not.
#[tokio::test]
async fn colleagues_who_come_and_go_come_and_go_in_the_chat() {
    let world = World::with_graph(in_chats).await;
    let (ana, maria, room) = in_chat(&world).await;
    let ben = world.ben();
    room.types_unmentioned(&ana, "Before Ben").await;
    room.types(&ana, "add").await;
    room.presses(&ana, "Maria Oliveira", "Add", json!({"colleagues": id(&ben), "history": "none"})).await;
    assert_eq!(done(&world, "member.added"), 1);
    assert!(room.seen_by(&ben).iter().all(|item| item.text.as_deref() != Some("Before Ben")));
    ben.sees("The conversation with Maria Oliveira goes on in the group chat “Maria Oliveira · ");
    assert!(ben.card_of(&maria).is_none(), "{}", ben.transcript());
    room.types_unmentioned(&ben, "Ben is here").await;
    assert!(maria.last().text.ends_with("Ben is here"));
    room.types(&ben, "leave").await;
    room.presses(&ben, "Maria Oliveira", "Leave", Value::Null).await;
    assert_eq!(done(&world, "member.removed"), 1);
    assert!(room.seen_by(&ben).is_empty());
    assert_eq!(maria.times_shown("Ben Okafor is no longer available to chat."), 1);
    maria.types("Who is left?").await;
    room.sees("Maria Oliveira: Who is left?");
    ben.sees_not("Who is left?");
}

#[tokio::test]
async fn after_a_transfer_the_chat_holds_the_receiver_and_not_the_giver() {
    let world = World::with_graph(in_chats).await;
    let (ana, maria, room) = in_chat(&world).await;
    let ben = world.ben();
    room.types(&ana, "transfer").await;
    room.presses(&ana, "To whom?", "Offer", json!({"receiver": id(&ben), "history": "all"})).await;
    ben.clicks("Accept", Value::Null).await;
    assert_eq!((done(&world, "member.added"), done(&world, "member.removed")), (1, 1));
    assert!(room.seen_by(&ana).is_empty());
    maria.types("Hello Ben").await;
    room.sees("Maria Oliveira: Hello Ben");
    room.types_unmentioned(&ben, "Hello Maria").await;
    assert!(maria.last().text.ends_with("Hello Maria"));
    ana.sees_not("Hello Ben");
}

#[tokio::test]
async fn where_microsoft_changes_no_members_the_colleagues_are_asked_to() {
    let world = World::with_graph(in_chats).await;
    let (ana, maria, room) = in_chat(&world).await;
    let ben = world.ben();
    world.teams.faults().set(graph_fault(Fault::new(FaultName::GraphError).status(403)));
    room.types(&ana, "add").await;
    room.presses(&ana, "Maria Oliveira", "Add", json!({"colleagues": id(&ben), "history": "none"})).await;
    room.sees("Ben Okafor takes part now, and could not be added to this group chat. Add Ben Okafor in Teams");
    // Until then he follows in his own chat.
    maria.types("Both of you?").await;
    ben.sees("Maria Oliveira: Both of you?");
    room.add_member(&ana, &ben).await;
    maria.types("And now?").await;
    ben.sees_not("And now?");
    room.types(&ben, "leave").await;
    room.presses(&ben, "Maria Oliveira", "Leave", Value::Null).await;
    room.sees("Remove Ben Okafor from this group chat in Teams: until then they read along.");
}

#[tokio::test]
async fn who_leaves_own_chats_again_finds_the_same_chat() {
    let world = World::with_graph(in_chats).await;
    let (ana, maria, room) = in_chat(&world).await;
    room.types(&ana, "details").await;
    room.presses(&ana, "Maria Oliveira", "Use our own chats", Value::Null).await;
    assert_eq!(room.times_seen(WHICH_CLIENT), 1);
    maria.types("In private").await;
    ana.sees("Maria Oliveira: In private");
    room.sees_not("In private");
    // Not again by itself.
    world.advance_hours(1).await;
    assert_eq!(world.recorded("chat.ordered").await, 1);
    presses_open(&ana).await;
    assert_eq!(done(&world, "chat"), 1);
    maria.types("Together").await;
    room.sees("Maria Oliveira: Together");
    ana.sees_not("Maria Oliveira: Together");
}

/// The app was removed from the chat: it is the same chat to which it comes back.
#[tokio::test]
async fn a_chat_that_was_lost_is_opened_again_and_not_another_one() {
    let world = World::with_graph(in_chats).await;
    let (ana, maria, room) = in_chat(&world).await;
    room.remove_bot(&ana).await;
    maria.types("Where are you?").await;
    ana.sees("Maria Oliveira: Where are you?");
    presses_open(&ana).await;
    assert_eq!((done(&world, "chat"), done(&world, "install")), (1, 2));
    maria.types("There you are").await;
    room.sees("Maria Oliveira: There you are");
    ana.sees_not("There you are");
}

/// Who left the chat in Teams while nobody heard of it is put into it again, for they still take part.
#[tokio::test]
async fn who_left_a_free_chat_is_in_it_again_when_the_conversation_comes_back() {
    let world = World::with_graph(in_chats).await;
    let (ana, maria, room) = in_chat(&world).await;
    room.types(&ana, "details").await;
    room.presses(&ana, "Maria Oliveira", "Use our own chats", Value::Null).await;
    room.remove_member(&ana, &ana).await;
    presses_open(&ana).await;
    assert_eq!((done(&world, "chat"), done(&world, "member.added")), (1, 1));
    maria.types("Together").await;
    room.sees("Maria Oliveira: Together");
    assert!(!room.seen_by(&ana).is_empty());
}

/// Who ended the conversation stays in its chat, and goes when others go on with the client.
#[tokio::test]
async fn who_takes_an_ended_conversation_has_its_chat_alone() {
    let world = World::with_graph(in_chats).await;
    let (ana, maria, room) = in_chat(&world).await;
    let ben = world.ben();
    room.types(&ana, "end").await;
    room.presses(&ana, "Maria Oliveira", "End", Value::Null).await;
    assert!(!room.seen_by(&ana).is_empty());
    let contact = world.last_record("contact.added").await.body["contact"].clone();
    let card = ben.find("Welcome").activity_id;
    ben.forges(&card, json!({"verb": "thread.start", "contact": contact})).await;
    assert_eq!(world.last_record("participant.joined").await.body["colleague"], id(&ben), "{}", ben.transcript());
    assert!(room.seen_by(&ana).is_empty() && !room.seen_by(&ben).is_empty());
    maria.types("Hello again").await;
    room.sees("Maria Oliveira: Hello again");
}

#[tokio::test]
async fn a_client_who_is_renamed_renames_their_chat() {
    let world = World::with_graph(in_chats).await;
    let (ana, maria, room) = in_chat(&world).await;
    let contact = world.last_record("contact.added").await.body["contact"].clone();
    let card = ana.find("Maria Oliveira").activity_id;
    let data = json!({"verb": "contact.save", "contact": contact, "name": "Maria O. Lima", "phone": "", "language": "", "notes": ""});
    ana.forges(&card, data).await;
    assert_eq!(done(&world, "topic"), 1);
    maria.types("Still me").await;
    room.sees("Maria O. Lima: Still me");
}

/// Whoever follows in their own chat and lost the app: those in the chat are told, for they think that their colleague knows.
#[tokio::test]
async fn the_home_is_told_of_a_participant_who_cannot_be_reached() {
    let world = World::start().await;
    let (ana, maria) = world.conversation().await;
    let ben = world.ben();
    let room = world.group_chat("Maria", &[ana]);
    room.add_bot(&ana).await;
    let thread = world.thread_of(&maria).await.to_string();
    room.presses(&ana, WHICH_CLIENT, "Link this chat", json!({ "thread": thread })).await;
    room.types(&ana, "add").await;
    room.presses(&ana, "Maria Oliveira", "Add", json!({"colleagues": id(&ben), "history": "none"})).await;
    maria.types("One").await;
    ben.sees("Maria Oliveira: One");
    world.teams.uninstall("ben").await.expect("removed");
    for text in ["Two", "Three"] {
        maria.types(text).await;
    }
    assert_eq!(room.times_seen("Ben Okafor takes part, but is not a member here and cannot be reached in their own chat"), 1);
    world.install("ben").await;
    ben.sees("Maria Oliveira: Two");
    ben.sees("Maria Oliveira: Three");
}
