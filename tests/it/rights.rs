//! Who may do what: every action is checked on the server, whatever a stale or forged card asks for. Every verb is tried, so that a new
//! one cannot be forgotten.

use crate::harness::{Colleague, World, words};
use rstest::rstest;
use serde_json::{Value, json};
use switchboard::bridge::Role;
use switchboard::cards::submit::{Action, VERBS};
use switchboard::simulator::{Draft, SentFile};
use switchboard::store::Left;

/// What was said before the forger went, if they ever were there; and after it.
const SECRET: &str = "Quokka";
const LATER: &str = "Numbat";

/// Everything that a forger can name of Ana's conversation with Maria.
struct Targets {
    thread: i64,
    contact: i64,
    messages: Vec<i64>,
    draft: i64,
    revocation: i64,
    transfer: i64,
    entry: i64,
}

/// Ana talks with Maria: something was sent, something is held, something waits for her decision, and Maria is offered to Caro. Ben comes
/// and goes on the way, as `how` says.
async fn conversation(world: &World, how: Option<Left>) -> Targets {
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.install("caro").await;
    world.consented(&ana, &maria).await;
    let thread = world.thread_of(&maria).await;
    if how.is_some() {
        world.comes(&ben, thread).await;
    }
    let sent = ana.types(&format!("{SECRET} sent")).await;
    // A correction that could be sent.
    world.teams.edits(ana.key, &sent, Draft::text(format!("{SECRET} corrected"))).await.expect("edited");
    world.settle().await;
    // Files that wait for Send.
    ana.says(Draft::text(format!("{SECRET} enclosed")).with(SentFile::attached("offer.pdf", b"%PDF-1.7\n"))).await;
    ana.sees("Send this file to");
    maria.types(&format!("{SECRET} answered")).await;
    if let Some(how) = how {
        world.goes(&ben, thread, how).await;
    }
    maria.types(&format!("{LATER}: please stop writing to me")).await;
    world.advance_hours(25).await;
    ana.types(&format!("{LATER} held")).await;
    world.consented(&ana, &world.tom()).await;
    // The client of another conversation writes: what she types next is asked about.
    maria.types(&format!("{LATER} again")).await;
    ana.types(&format!("{LATER} for whom?")).await;
    ana.sees("Who is this for?");
    ana.types("contacts").await;
    let card = ana.chat().pop().expect("a card").activity_id;
    let caro = world.id_of(&world.caro()).0;
    let offer = json!({"verb": "transfer.offer", "thread": thread, "receiver": caro, "giver": "everybody", "note": LATER, "history": "all",
                       "last": "10", "afterwards": "leave", "held": "hand_over"});
    ana.forges(&card, offer).await;

    let journal = world.journal().await;
    let last = |kind: &str| journal.iter().rfind(|row| row.kind == kind).unwrap_or_else(|| panic!("the journal holds no {kind}"));
    let of_thread = journal.iter().filter(|row| row.thread == Some(thread)).filter_map(|row| row.message);
    let mut messages: Vec<i64> = of_thread.collect();
    messages.sort_unstable();
    messages.dedup();
    Targets {
        thread,
        contact: last("participant.joined").body["contact"].as_i64().map(|_| contact_of(world, thread)).expect("a contact"),
        messages,
        draft: last("message.kept").body["draft"].as_i64().expect("a draft"),
        revocation: last("revocation.suspected").body["revocation"].as_i64().expect("a question"),
        transfer: last("transfer.offered").body["transfer"].as_i64().expect("an offer"),
        entry: last("message.kept").seq,
    }
}

fn contact_of(world: &World, thread: i64) -> i64 {
    let rows = world.database.rows(&format!("SELECT contact_id FROM thread WHERE thread_id = {thread}"));
    rows[0][0].as_ref().expect("a contact").parse().expect("a number")
}

/// All that matters, row by row: what no action of somebody without rights may change.
fn state(world: &World) -> String {
    let tables =
        ["contact", "identity", "thread", "participant", "message", "draft", "revocation", "transfer", "home", "intake", "joining"];
    let mut all = String::new();
    for table in tables {
        for row in world.database.rows(&format!("SELECT * FROM {table} ORDER BY 1, 2, 3")) {
            all.push_str(&format!("{table} {row:?}\n"));
        }
    }
    all
}

/// A verb with everything that any verb could want, about this message.
fn forged(world: &World, verb: &str, targets: &Targets, message: i64) -> Value {
    let (ana, ben) = (world.id_of(&world.ana()).0, world.id_of(&world.ben()).0);
    let data = json!({
        "verb": verb, "thread": targets.thread, "contact": targets.contact, "message": message, "draft": targets.draft,
        "revocation": targets.revocation, "transfer": targets.transfer, "joining": 1, "parcel": 1, "correction": 1, "entry": targets.entry, "basis": "contract",
        "name": "office_hours", "language": "en_US", "values": [], "phone": "+49 30 901820", "notes": "forged", "line": "advice",
        "text": "forged", "note": "forged", "query": "sent", "link": "", "file": "none", "history": "all", "last": "10",
        "receiver": ben, "giver": ana, "afterwards": "leave", "held": "withdraw", "colleagues": ben, "colleague": ana,
        "command": "end", "found": {"messages": targets.messages, "complete": true},
    });
    let action = Action::parse(&data);
    assert!(action.is_ok(), "{verb} wants more than the forger knows: {action:?}. Add it above.");
    data
}

/// What somebody who takes no part may do: ask, and say when they themselves are away.
const FOR_ANYBODY: [&str; 4] = ["join.ask", "join.administrator", "absence.set", "absence.end"];

/// Presses everything; what the cards answered.
async fn presses_everything(world: &World, who: &Colleague<'_>, targets: &Targets, but: &[&str]) -> String {
    who.types("help").await;
    let card = who.chat().pop().expect("a card").activity_id;
    let mut shown = String::new();
    let (before, recorded) = (state(world), world.journal().await.len());
    let phones = [world.maria(), world.tom(), world.jonas()].map(|phone| phone.texts());
    for verb in VERBS.iter().filter(|verb| !but.contains(verb) && !FOR_ANYBODY.contains(verb)) {
        let about_messages = ["message.", "media.", "held."].iter().any(|of| verb.starts_with(of)) && *verb != "held.thread";
        let messages = if about_messages { &targets.messages[..] } else { &targets.messages[..1] };
        for message in messages {
            let answer = who.forges(&card, forged(world, verb, targets, *message)).await;
            shown.push_str(&words(&answer.card.expect("a card")));
            assert_eq!(state(world), before, "{} changed something with {verb}", who.key);
        }
    }
    assert_eq!([world.maria(), world.tom(), world.jonas()].map(|phone| phone.texts()), phones);
    let after = world.journal().await.split_off(recorded);
    let refusals = ["conversation.refused", "message.refused", "thread.refused"];
    assert!(after.iter().all(|row| refusals.contains(&row.kind.as_str())), "{after:#?}");
    shown
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Forger {
    /// On another line.
    OfAnotherLine,
    /// On the line, and takes no part.
    Onlooker,
    Former,
    Removed,
    Supervisor,
}

/// Product.md 9 and 2: whoever takes no part can do nothing with a conversation, and sees no word of it but what was said in their time.
#[rstest]
#[case(Forger::OfAnotherLine)]
#[case(Forger::Onlooker)]
#[case(Forger::Former)]
#[case(Forger::Removed)]
#[case(Forger::Supervisor)]
#[tokio::test]
async fn who_takes_no_part_can_do_nothing_whatever_a_card_says(#[case] forger: Forger) {
    let supervises = forger == Forger::Supervisor;
    let world = World::with(|directory| directory.colleagues[1].roles.extend(supervises.then_some(Role::Supervisor))).await;
    let went = match forger {
        Forger::Former => Some(Left::Left),
        Forger::Removed => Some(Left::Removed),
        _ => None,
    };
    let targets = conversation(&world, went).await;
    // What everybody of the line may do, and what supervisors may do besides.
    let of_line: &[&str] = match forger {
        Forger::OfAnotherLine => &[],
        Forger::Supervisor => {
            &["contact.add", "contact.save", "transfer.now", "transfer.withdraw", "revocation.record", "revocation.dismiss"]
        }
        _ => &["contact.add", "contact.save"],
    };
    let who = if forger == Forger::OfAnotherLine { world.eva() } else { world.ben() };
    let shown = presses_everything(&world, &who, &targets, of_line).await;
    assert_eq!(shown.contains(LATER), supervises, "{shown}");
    // What stands in their own chat since then is theirs; what the cards answer now is not.
    assert_eq!(shown.contains(SECRET), supervises || forger == Forger::Former, "{shown}");
    // Nor does anything of it come later.
    world.advance_hours(1).await;
    assert!(!who.transcript().contains(LATER), "{}", who.transcript());
}

/// Somebody else's line is somebody else's, for contacts too.
#[tokio::test]
async fn a_contact_of_another_line_is_neither_shown_nor_changed() {
    let world = World::start().await;
    let (ana, eva, maria) = (world.ana(), world.eva(), world.maria());
    world.consented(&ana, &maria).await;
    let contact = contact_of(&world, world.thread_of(&maria).await);
    let card = eva.find("Welcome").activity_id;
    for verb in ["contact.open", "contact.edit", "contact.save", "thread.start", "consent.request"] {
        let data = json!({"verb": verb, "contact": contact, "name": "Forged", "basis": "contract"});
        let shown = words(&eva.forges(&card, data).await.card.expect("a card"));
        assert!(shown.contains("not yours") && !shown.contains("Maria"), "{verb}: {shown}");
    }
    eva.types("contacts").await;
    assert!(!eva.last_card().contains("Maria"));
    assert_eq!(world.recorded("contact.changed").await, 0);
}

/// Where others look on, nobody looks for words in the messages of other clients.
#[tokio::test]
async fn a_search_is_for_ones_own_chat() {
    let world = World::start().await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    world.consented(&ana, &maria).await;
    ana.types(&format!("{SECRET} sent")).await;
    let room = world.group_chat("Lunch", &[ana, ben]);
    room.add_bot(&ana).await;
    let cards: Vec<_> = room.chat().into_iter().filter(|item| item.card.is_some()).collect();
    let card = cards.last().expect("a card").activity_id.clone();
    let action = json!({"type": "Action.Execute", "verb": "history.search", "data": {"verb": "history.search", "query": SECRET}});
    let seat = (ana.key, room.conversation.as_str());
    let answer = world.teams.click_action(seat, &card, &action, Value::Null).await.expect("sent");
    world.settle().await;
    assert!(answer.toast.is_some_and(|told| told.contains("Use this in your own chat")), "{:?}", answer.body);
    assert!(!room.transcript().contains(&format!("{SECRET} sent")), "{}", room.transcript());
}
