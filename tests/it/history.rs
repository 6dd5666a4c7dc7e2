//! History (product.md 7: "History: every thread with that contact, past ones included, readable, and from there one can write again").

use crate::harness::{Colleague, Phone, World, words};
use serde_json::{Value, json};
use switchboard::bridge::{ColleagueId, MessageId, Role, ThreadId};
use switchboard::store::Left;

impl World {
    pub fn id_of(&self, who: &Colleague<'_>) -> ColleagueId {
        let user = self.cast.teams.users.iter().find(|user| user.key == who.key).expect("in the cast");
        user.object_id.as_str().into()
    }

    /// The colleague goes, as the store keeps it.
    pub async fn goes(&self, who: &Colleague<'_>, thread: i64, how: Left) {
        let (id, now) = (self.id_of(who), self.clock.now());
        let gone = self.relay().store().write("test", move |tx| tx.leave(ThreadId(thread), &id, how, now)).await.expect("written");
        assert!(gone, "{} took part", who.key);
    }

    /// The colleague comes and sees what is written from the next message on.
    pub async fn comes(&self, who: &Colleague<'_>, thread: i64) {
        let (id, now) = (self.id_of(who), self.clock.now());
        let job = move |tx: &switchboard::store::Tx<'_>| {
            let last = tx.messages_before(ThreadId(thread), None, 1)?.first().map_or(0, |message| message.id.0);
            tx.join(ThreadId(thread), &id, MessageId(last + 1), None, now)
        };
        assert!(self.relay().store().write("test", job).await.expect("written"));
    }
}

impl Colleague<'_> {
    /// What the card of a history page says.
    async fn reads(&self, thread: i64) -> String {
        self.types("help").await;
        let card = self.chat().pop().expect("a card").activity_id;
        words(&self.forges(&card, json!({"verb": "history.open", "thread": thread})).await.card.expect("a page"))
    }

    /// Looks for words; what was found.
    async fn looks_for(&self, text: &str) -> String {
        self.types("history").await;
        words(&self.clicks("Search", json!({"query": text})).await.card.expect("a card"))
    }
}

/// A conversation with numbered messages of both sides.
async fn chat(world: &World, ana: &Colleague<'_>, client: &Phone<'_>, pairs: usize) -> i64 {
    world.consented(ana, client).await;
    let thread = world.thread_of(client).await;
    for at in 1..=pairs {
        ana.types(&format!("question {at} end")).await;
        client.types(&format!("answer {at} end")).await;
    }
    thread
}

/// "every thread ... past ones included"
#[tokio::test]
async fn history_lists_past_conversations_newest_first_and_leads_back_to_writing() {
    let world = World::start().await;
    let (ana, maria, tom) = (world.ana(), world.maria(), world.tom());
    let thread = chat(&world, &ana, &maria, 1).await;
    world.advance_hours(1).await;
    chat(&world, &ana, &tom, 1).await;
    world.goes(&ana, thread, Left::Ended).await;
    ana.types("history").await;
    let list = ana.last_card();
    let (tom_at, maria_at) = (list.find("Tom Becker").expect("listed"), list.find("Maria Oliveira").expect("listed"));
    assert!(tom_at < maria_at && list.contains("past"), "{list}");

    let page = ana.reads(thread).await;
    assert!(page.contains("question 1 end") && page.contains("answer 1 end"), "{page}");
    let item = ana.find("question 1 end");
    assert!(ana.offers(&item, "Message on WhatsApp") && !ana.offers(&item, "Template"));
    let answer = ana.clicks_on(&item.activity_id, "Message on WhatsApp", Value::Null).await;
    let card = words(&answer.card.expect("a card"));
    assert!(card.contains("Maria Oliveira"), "{card}");
}

/// "readable": page by page, there and back.
#[tokio::test]
async fn a_long_history_is_read_page_by_page_in_both_directions() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    let thread = chat(&world, &ana, &maria, 25).await;
    let newest = ana.reads(thread).await;
    assert!(newest.contains("answer 25 end") && !newest.contains("question 2 end"), "{newest}");
    let item = ana.find("answer 25 end").activity_id;
    let mut pages = vec![newest];
    for _ in 0..2 {
        pages.push(words(&ana.clicks_on(&item, "Older", Value::Null).await.card.expect("a page")));
    }
    assert!(pages[2].contains("question 2 end"), "{}", pages[2]);
    for at in 1..=25 {
        for what in ["question", "answer"] {
            assert_eq!(pages.iter().filter(|page| page.contains(&format!("{what} {at} end"))).count(), 1, "{what} {at}");
        }
    }
    for _ in 0..2 {
        pages.push(words(&ana.clicks_on(&item, "Newer", Value::Null).await.card.expect("a page")));
    }
    assert_eq!(pages[4], pages[0], "back where it began");
}

/// "Search in the threads one may see": words of both sides, with the way to the messages around them.
#[tokio::test]
async fn words_are_found_in_messages_of_both_sides_and_lead_to_what_was_said_around_them() {
    let world = World::start().await;
    let (ana, maria, tom) = (world.ana(), world.maria(), world.tom());
    chat(&world, &ana, &maria, 12).await;
    chat(&world, &ana, &tom, 1).await;
    tom.types("Onde está o *contrato*? Grüße").await;
    let found = ana.looks_for("CONTRATO esta").await;
    assert!(found.contains("Tom Becker: Onde está o contrato? Grüße"), "{found}");
    assert!(!found.contains("Maria"), "{found}");
    assert!(ana.looks_for("grusse").await.contains("Onde está"));

    let found = ana.looks_for("question 3 end").await;
    assert!(found.contains("Ana Souza: question 3 end") && !found.contains("question 4 end"), "{found}");
    let page = words(&ana.clicks("Open", Value::Null).await.card.expect("a page"));
    for near in ["answer 2 end", "question 3 end", "answer 3 end", "question 4 end"] {
        assert!(page.contains(near), "{near}: {page}");
    }
    assert!(!page.contains("answer 4 end"), "{page}");
    let newer = words(&ana.clicks("Newer", Value::Null).await.card.expect("a page"));
    assert!(newer.contains("answer 4 end") && newer.contains("answer 12 end"), "{newer}");

    assert!(ana.looks_for("nothing like that").await.contains("No messages found."));
    assert!(ana.looks_for(" ?! ").await.contains("Enter a word to look for."));
    assert_eq!(world.recorded("conversation.refused").await, 0);
}

/// What a card says was found is not believed.
#[tokio::test]
async fn hits_that_a_card_brings_along_show_nothing() {
    let world = World::start().await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    chat(&world, &ana, &maria, 1).await;
    let card = ben.find("Welcome").activity_id;
    for query in ["question", ""] {
        let found = json!({"messages": (1..30).collect::<Vec<_>>(), "complete": true});
        let shown =
            words(&ben.forges(&card, json!({"verb": "history.search", "query": query, "found": found})).await.card.expect("a card"));
        assert!(!shown.contains("question 1 end") && !shown.contains("Maria"), "{shown}");
    }
}

/// Participants from where they were shown the history, former ones until they went, removed ones nothing, supervisors of the line
/// everything; messages outside are not shown, found or counted.
#[tokio::test]
async fn everybody_reads_their_own_part_of_a_conversation() {
    let world = World::start().await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    let thread = chat(&world, &ana, &maria, 1).await;
    world.comes(&ben, thread).await;
    ana.types("after Ben came").await;
    let reads = ben.reads(thread).await;
    assert!(reads.contains("after Ben came") && !reads.contains("question 1 end"), "{reads}");
    assert!(ben.looks_for("question").await.contains("No messages found."));
    assert!(ben.looks_for("came").await.contains("after Ben came"));

    // A reaction to what he may not see repeats nothing of it.
    let earlier = maria.received().into_iter().find(|item| item.text.contains("question 1 end")).expect("sent").wamid;
    world.whatsapp.client_reacts("maria", &earlier, "👍").expect("reacted");
    world.settle().await;
    assert_eq!((ben.times_seen("question 1"), ben.times_seen("Reacted with 👍 to an earlier message")), (0, 1), "{}", ben.transcript());
    assert_eq!(ana.times_seen("Reacted with 👍 to “question 1 end”"), 1);
    let reads = ben.reads(thread).await;
    assert!(reads.contains("Reacted with 👍 to an earlier message") && !reads.contains("question 1"), "{reads}");
    assert!(ana.reads(thread).await.contains("Reacted with 👍 to “question 1 end”"));

    world.goes(&ben, thread, Left::Left).await;
    ana.types("after Ben went").await;
    let reads = ben.reads(thread).await;
    assert!(reads.contains("after Ben came") && !reads.contains("after Ben went"), "{reads}");
    assert!(ben.looks_for("went").await.contains("No messages found."));
    ben.types("history").await;
    assert!(ben.last_card().contains("Maria Oliveira") && ben.last_card().contains("past"));

    world.comes(&ben, thread).await;
    world.goes(&ben, thread, Left::Removed).await;
    assert!(ben.reads(thread).await.contains("This conversation is not yours"));
    ben.types("history").await;
    assert!(!ben.last_card().contains("Maria Oliveira"), "{}", ben.last_card());
    assert!(ben.looks_for("came").await.contains("No messages found."));

    world.apply(|directory| directory.colleagues[1].roles.push(Role::Supervisor)).await;
    let reads = ben.reads(thread).await;
    for text in ["question 1 end", "after Ben came", "after Ben went"] {
        assert!(reads.contains(text), "{text}: {reads}");
    }
    assert!(ben.looks_for("question").await.contains("question 1 end"));
    world.apply(|directory| directory.colleagues[1].lines = vec!["service".into()]).await;
    assert!(ben.reads(thread).await.contains("This conversation is not yours"), "supervisor of another line");
}

#[tokio::test]
async fn held_messages_from_before_somebody_came_are_neither_shown_nor_explained_to_them() {
    let world = World::start().await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    let thread = chat(&world, &ana, &maria, 1).await;
    world.advance_hours(25).await;
    ana.types("held before Ben came").await;
    let message = world.last_record("message.held").await.message.expect("a message");
    let add = json!({"verb": "participant.add", "thread": thread, "colleagues": world.id_of(&ben), "history": "none"});
    ana.forges(&ana.find("held before Ben came").activity_id, add).await;
    assert!(!ben.thread_card(&maria).contains("Held\n"), "nor counted: {}", ben.thread_card(&maria));
    ana.types("held after Ben came").await;
    ana.sees("(2 waiting)");
    for (who, count) in [(&ana, "2 messages wait"), (&ben, "1 message waits")] {
        assert!(who.thread_card(&maria).contains(count), "{}", who.thread_card(&maria));
    }
    ben.types("Ben's own").await;
    ben.sees("(2 waiting)");
    ben.types("end").await;
    assert!(ben.last_card().contains("2 held messages are withdrawn"), "{}", ben.last_card());
    ben.types("held").await;
    assert!(ben.last_card().contains("held after Ben came") && !ben.last_card().contains("held before"), "{}", ben.last_card());
    let card = ben.find("held after").activity_id;
    for verb in ["message.why", "message.view", "held.edit", "held.withdraw"] {
        let shown = words(&ben.forges(&card, json!({"verb": verb, "message": message})).await.card.expect("a card"));
        assert!(!shown.contains("held before Ben came"), "{verb}: {shown}");
    }
    // Ana, who wrote them and goes, reads what became of them and has nothing to press.
    world.goes(&ana, thread, Left::Left).await;
    ana.types("help").await;
    let card = ana.chat().pop().expect("a card").activity_id;
    let answer = ana.forges(&card, json!({"verb": "message.view", "message": message})).await.card.expect("a card");
    assert!(words(&answer).contains("held before Ben came") && answer.get("actions").is_none(), "{answer}");
}

#[tokio::test]
async fn what_a_colleague_was_refused_only_they_find() {
    let world = World::with_policy(|policy| policy.closed_window = switchboard::bridge::ClosedWindow::TemplateOnly).await;
    let (ana, ben, maria) = (world.ana(), world.ben(), world.maria());
    let thread = chat(&world, &ana, &maria, 1).await;
    world.comes(&ben, thread).await;
    world.advance_hours(25).await;
    ana.types("a refused sentence").await;
    let message = world.last_record("message.refused").await.message.expect("a message");
    assert!(ana.looks_for("refused sentence").await.contains("a refused sentence"));
    assert!(ben.looks_for("refused sentence").await.contains("No messages found."));
    let card = ben.find("No messages found.").activity_id;
    let shown = words(&ben.forges(&card, json!({"verb": "message.why", "message": message})).await.card.expect("a card"));
    assert!(shown.contains("not yours"), "{shown}");
}
