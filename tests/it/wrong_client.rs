//! "Nothing is ever sent to the wrong client" (product.md 7), the whole rule, and what a kept text is when its author answers.

use crate::harness::{Colleague, Phone, World, words};
use proptest::prelude::*;
use serde_json::{Value, json};
use switchboard::bridge::{Directory, Exclusivity};
use switchboard::simulator::{Draft, QuoteStyle};
use switchboard::store::Left;

async fn two(world: &World) -> (Colleague<'_>, Phone<'_>, Phone<'_>) {
    let (ana, maria, tom) = (world.ana(), world.maria(), world.tom());
    world.consented(&ana, &maria).await;
    world.consented(&ana, &tom).await;
    (ana, maria, tom)
}

/// Somebody else ends the colleague's part in the client's conversation.
async fn taken_away(world: &World, colleague: &Colleague<'_>, client: &Phone<'_>) {
    let thread = switchboard::bridge::ThreadId(world.thread_of(client).await);
    let user = world.cast.teams.users.iter().find(|user| user.key == colleague.key).expect("in the cast");
    let (id, now) = (switchboard::bridge::ColleagueId(user.object_id.to_lowercase()), world.clock.now());
    let gone = world.relay().store().write("test", move |tx| tx.leave(thread, &id, Left::Removed, now)).await.expect("written");
    assert!(gone);
}

/// "keeps the text until answered": with what it quoted.
#[tokio::test]
async fn a_kept_text_answers_what_it_quoted() {
    let world = World::start().await;
    let (ana, maria, tom) = two(&world).await;
    let question = maria.types("Is it Tuesday?").await;
    tom.types("Hello").await;
    let quoted = ana.find("Maria Oliveira: Is it Tuesday?").activity_id;
    ana.says(Draft::text("It is").quoting(&quoted)).await;
    assert_eq!(maria.last().reply_to.as_deref(), Some(question.as_str()));
    // Quoted and kept: what it answers is kept with it, and counts for no other client.
    taken_away(&world, &ana, &maria).await;
    ana.says(Draft::text("At noon").quoting(&quoted)).await;
    let card = ana.find("Who is this for?").activity_id;
    ana.clicks_on(&card, "Send", json!({"thread": world.thread_of(&tom).await.to_string()})).await;
    assert_eq!((tom.last().text.as_str(), tom.last().reply_to), ("At noon", None));
}

/// The draft "keeps the text": of the message as it stands in Teams.
#[tokio::test]
async fn a_kept_text_follows_its_message_in_teams_and_is_discarded_with_it() {
    let world = World::start().await;
    let (ana, maria, tom) = two(&world).await;
    maria.types("Hello").await;
    let before = tom.texts();
    let written = ana.types("Your balance is 500").await;
    let old = ana.find("Who is this for?").activity_id;
    world.teams.edits("ana", &written, Draft::text("Your balance is 50")).await.expect("edited");
    world.settle().await;
    let new = ana.find("Your balance is 50").activity_id;
    let thread = json!({"thread": world.thread_of(&maria).await.to_string()});
    let stale = words(&ana.clicks_on(&old, "Send", thread.clone()).await.card.expect("a card"));
    assert!(stale.contains("This was settled already."), "{stale}");
    ana.clicks_on(&new, "Send", thread).await;
    assert_eq!(maria.last().text, "Your balance is 50");
    assert_eq!(maria.times_shown("500"), 0);

    tom.types("Hello").await;
    let written = ana.types("Oh dear").await;
    let asked = ana.find("Oh dear").activity_id;
    world.teams.deletes("ana", &written).await.expect("deleted");
    world.settle().await;
    ana.sees("Discarded. Nothing was sent.");
    ana.clicks_on(&asked, "Send", json!({"thread": world.thread_of(&tom).await.to_string()})).await;
    assert_eq!(tom.texts(), before);
}

/// A message that was asked about is one of its conversation from then on: it can be quoted.
#[tokio::test]
async fn what_was_answered_can_be_quoted() {
    let world = World::start().await;
    let (ana, maria, tom) = two(&world).await;
    maria.types("Hello").await;
    let written = ana.types("One").await;
    let card = ana.find("Who is this for?").activity_id;
    ana.clicks_on(&card, "Send", json!({"thread": world.thread_of(&maria).await.to_string()})).await;
    tom.types("Hello").await;
    ana.says(Draft::text("Two").quoting(&written)).await;
    assert_eq!(maria.last().text, "Two");
}

/// "the answer runs every check again at that moment".
#[tokio::test]
async fn a_kept_text_is_not_given_to_a_conversation_that_is_open_no_more() {
    let world = World::start().await;
    let (ana, maria, tom) = two(&world).await;
    maria.types("Hello").await;
    ana.types("For your eyes").await;
    let card = ana.find("Who is this for?").activity_id;
    let before = [maria.texts(), tom.texts()];
    taken_away(&world, &ana, &maria).await;
    let chosen = json!({"thread": world.thread_of(&maria).await.to_string()});
    let again =
        words(&ana.forges(&card, json!({"verb": "route.choose", "draft": 1, "thread": chosen["thread"]})).await.card.expect("a card"));
    assert!(again.contains("not open to you any more") && again.contains("For your eyes"), "{again}");
    assert_eq!([maria.texts(), tom.texts()], before);
    ana.clicks_on(&card, "Send", json!({"thread": world.thread_of(&tom).await.to_string()})).await;
    assert_eq!(tom.last().text, "For your eyes");
}

#[tokio::test]
async fn a_kept_text_of_somebody_switched_off_is_never_sent() {
    let world = World::start().await;
    let (ana, maria, tom) = two(&world).await;
    maria.types("Hello").await;
    ana.types("For whom?").await;
    let card = ana.find("Who is this for?").activity_id;
    world.apply(|directory| directory.colleagues.retain(|colleague| colleague.name != "Ana Souza")).await;
    let before = [maria.texts(), tom.texts()];
    let thread = world.thread_of(&maria).await;
    ana.forges(&card, json!({"verb": "route.choose", "draft": 1, "thread": thread})).await;
    assert_eq!([maria.texts(), tom.texts()], before);
}

/// With one conversation left, a text that was perhaps meant for the one that was taken away is asked about.
#[rstest::rstest]
#[case::read_last(false)]
#[case::written_last(true)]
#[tokio::test]
async fn what_was_perhaps_meant_for_a_conversation_taken_away_is_asked_about(#[case] writes_again: bool) {
    let world = World::start().await;
    let (ana, maria, tom) = two(&world).await;
    ana.says(Draft::text("Hello Tom").quoting(&ana.find("Tom Becker: Yes").activity_id)).await;
    maria.types("May I ask something?").await;
    if writes_again {
        ana.says(Draft::text("Yes").quoting(&ana.find("Maria Oliveira: May I ask").activity_id)).await;
        tom.types("Hello").await;
    }
    taken_away(&world, &ana, &maria).await;
    let before = [maria.texts(), tom.texts()];
    ana.types("Of course, Maria").await;
    ana.sees("Who is this for?");
    assert_eq!([maria.texts(), tom.texts()], before);
}

/// "files … that came with it" are named with the kept text and in the journal.
#[tokio::test]
async fn a_kept_text_names_what_came_with_it() {
    let world = World::start().await;
    let (ana, maria, _) = two(&world).await;
    maria.types("Hello").await;
    let file = switchboard::simulator::SentFile::attached("plan.pdf", b"%PDF");
    ana.says(Draft::text("As agreed").with(file)).await;
    let card = words(&ana.find("Who is this for?").card.expect("a card"));
    assert!(card.contains("With plan.pdf"), "{card}");
    assert_eq!(world.last_record("message.kept").await.body["files"], json!(["plan.pdf"]));
}

/// What Ana, the clients and others do, in any order.
#[derive(Clone, Copy, Debug)]
enum Act {
    Types,
    Quotes(usize, QuoteStyle),
    QuotesForged,
    QuotesOfBen,
    Notes,
    ClientTypes(usize),
    BenTypes(usize),
    Answers(usize),
    TakenAway(usize),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let client = 0usize..2;
    let style = prop_oneof![Just(QuoteStyle::Entity), Just(QuoteStyle::Blockquote), Just(QuoteStyle::Both)];
    let act = prop_oneof![
        6 => Just(Act::Types),
        3 => (client.clone(), style).prop_map(|(client, style)| Act::Quotes(client, style)),
        1 => Just(Act::QuotesForged),
        1 => Just(Act::QuotesOfBen),
        1 => Just(Act::Notes),
        3 => client.clone().prop_map(Act::ClientTypes),
        2 => client.clone().prop_map(Act::BenTypes),
        2 => client.clone().prop_map(Act::Answers),
        1 => client.prop_map(Act::TakenAway),
    ];
    prop::collection::vec(act, 4..14)
}

/// What an onlooker of Ana's chat knows.
#[derive(Default)]
struct Seen {
    open: Vec<usize>,
    written_last: Option<usize>,
    disturbed: bool,
}

async fn play(acts: &[Act]) {
    let world = World::with(|directory: &mut Directory| directory.lines[0].policy.exclusivity = Exclusivity::Shared).await;
    let (ana, maria, tom) = two(&world).await;
    let (ben, clients) = (world.ben(), [maria, tom]);
    for client in &clients {
        ben.opens(client).await;
    }
    let posted = [ana.find("Maria Oliveira: Yes").activity_id, ana.find("Tom Becker: Yes").activity_id];
    let of_ben = ben.find("Welcome").activity_id;
    // She asked Tom last, and only Tom has answered since.
    let mut seen = Seen { open: vec![0, 1], written_last: Some(1), disturbed: false };
    for (at, act) in acts.iter().enumerate() {
        let text = format!("text{at}.");
        let mut may = None;
        match *act {
            Act::Types => {
                ana.types(&text).await;
                may = seen.written_last.filter(|last| !seen.disturbed && seen.open.contains(last)).or_else(|| match seen.open[..] {
                    [only] => Some(only),
                    _ => None,
                });
            }
            Act::Quotes(client, style) => {
                ana.says(Draft::text(&text).quoting(&posted[client]).style(style)).await;
                may = Some(client).filter(|client| seen.open.contains(client));
            }
            Act::QuotesForged => {
                ana.says_quoting_anything(&text, "1700000000000").await;
            }
            Act::QuotesOfBen => {
                ana.says_quoting_anything(&text, &of_ben).await;
            }
            Act::Notes => {
                ana.types(&format!("// {text}")).await;
            }
            Act::ClientTypes(client) => {
                clients[client].types("Hello").await;
                seen.disturbed |= seen.open.contains(&client) && seen.written_last != Some(client);
            }
            Act::BenTypes(client) => {
                let of_client = if client == 0 { "Maria Oliveira: Yes" } else { "Tom Becker: Yes" };
                if ben.times_seen(of_client) > 0 {
                    ben.says(Draft::text("by Ben").quoting(ben.find(of_client).activity_id)).await;
                    seen.disturbed |= seen.open.contains(&client) && seen.written_last != Some(client);
                }
            }
            Act::Answers(client) => {
                let asked = ana.newest_offering("Send").map(|(item, said)| (item.activity_id, said));
                if let Some((card, said)) = asked.filter(|_| seen.open.contains(&client)) {
                    let thread = world.thread_of(&clients[client]).await.to_string();
                    ana.clicks_on(&card, "Send", json!({"thread": thread})).await;
                    let kept = said
                        .split_whitespace()
                        .find(|word| word.starts_with("text") && word.ends_with('.'))
                        .expect("a kept text")
                        .to_owned();
                    let other = &clients[1 - client];
                    assert_eq!((clients[client].times_shown(&kept), other.times_shown(&kept)), (1, 0), "{acts:?} at {at}");
                    (seen.written_last, seen.disturbed) = (Some(client), false);
                }
            }
            Act::TakenAway(client) => {
                if seen.open.contains(&client) {
                    taken_away(&world, &ana, &clients[client]).await;
                    seen.open.retain(|open| *open != client);
                }
            }
        }
        let reached: Vec<usize> = (0..2).filter(|client| clients[*client].times_shown(&text) > 0).collect();
        assert!(
            reached.is_empty() || reached == may.into_iter().collect::<Vec<_>>(),
            "{act:?} reached {reached:?}, may {may:?}: {acts:?} at {at}"
        );
        if let [client] = reached[..] {
            (seen.written_last, seen.disturbed) = (Some(client), false);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]
    /// "a message goes to the thread it quotes; without a quote, to the only open thread, or to the thread the colleague last wrote in,
    /// provided that no other client's message has been posted in that chat since. Otherwise nothing is sent".
    #[test]
    fn whatever_happens_a_text_reaches_nobody_whom_it_was_not_certainly_for(acts in acts()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(play(&acts));
    }
}

/// A quote of something that is in nobody's store, or in somebody else's chat: what any client can write.
trait Forges {
    async fn says_quoting_anything(&self, text: &str, id: &str);
}

impl Forges for Colleague<'_> {
    async fn says_quoting_anything(&self, text: &str, id: &str) {
        let entity = json!({"type": "quotedReply", "quotedReply": {"messageId": id}});
        let said: Value = json!({"type": "message", "text": format!("<quoted messageId=\"{id}\"/> {text}"), "entities": [entity]});
        self.world.teams.sends_raw(self.key, said).await.expect("sent");
        self.world.settle().await;
    }
}
