//! What may be where. The onlooker knows what people did and sees what stands in the chats, on the phones and in the journal; it asks
//! nothing of the server but who takes part, to compare it with the journal.

use super::{Act, Client, Shared, Who};
use crate::harness::{World, words_of};
use proptest::test_runner::TestCaseError;
use std::collections::{BTreeMap, BTreeSet};
use switchboard::bridge::ThreadId;
use switchboard::simulator::{Author, ChatItem};

type Judged = Result<(), TestCaseError>;

macro_rules! must {
    ($holds:expr, $($said:tt)+) => {
        if !$holds {
            return Err(TestCaseError::fail(format!($($said)+)));
        }
    };
}

/// Why somebody may come or go in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// Pressed what makes a client whom nobody has theirs.
    Opens(Who),
    Writes(Client),
    Adds {
        by: Who,
        who: Who,
        client: Client,
        all: bool,
    },
    Leaves {
        who: Who,
        client: Client,
    },
    Removes {
        by: Who,
        who: Who,
        client: Client,
    },
    Ends {
        who: Who,
        client: Client,
    },
    Answers {
        who: Who,
        accept: bool,
    },
    /// Was put into the group chat about a client.
    Joins {
        client: Client,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Words,
    Note,
    Whisper,
    /// What a client wrote.
    Said,
}

struct Text {
    kind: Kind,
    author: Option<Who>,
    /// To whom it may go, or about whom it is.
    of: BTreeSet<Client>,
    /// When it was written, and when it reached a phone.
    steps: Vec<usize>,
    /// The client had nobody: everybody of the line is asked to take them.
    unowned: bool,
}

/// A time in which somebody had a client.
#[derive(Debug)]
struct Stay {
    who: Who,
    client: Client,
    /// The first step of which they may read; 0: all.
    from: usize,
    until: Option<usize>,
    removed: bool,
}

pub struct Offer {
    pub by: Who,
    pub to: Who,
    pub client: Client,
    /// The receiver sees all that was said before.
    pub all: bool,
    /// The giver goes on taking part.
    pub stays: bool,
}

pub struct Onlooker {
    step: usize,
    texts: BTreeMap<usize, Text>,
    stays: Vec<Stay>,
    offers: Vec<Offer>,
    /// With whom somebody is busy, and how many messages their chat held then.
    focus: BTreeMap<Who, (Client, usize)>,
    rows: usize,
    threads: BTreeMap<i64, Client>,
    delivered: BTreeSet<usize>,
}

impl Onlooker {
    pub fn new() -> Self {
        Self {
            step: 1,
            texts: BTreeMap::new(),
            stays: Vec::new(),
            offers: Vec::new(),
            focus: BTreeMap::new(),
            rows: 0,
            threads: BTreeMap::new(),
            delivered: BTreeSet::new(),
        }
    }

    pub fn begins_step(&mut self) {
        self.step += 1;
    }

    fn takes_part(&self, who: Who, client: Client) -> bool {
        self.stays.iter().any(|stay| (stay.who, stay.client, stay.until) == (who, client, None))
    }

    pub fn nobody_has(&self, client: Client) -> bool {
        !Who::ALL.into_iter().any(|who| self.takes_part(who, client))
    }

    /// The same done by somebody who has the client, and to somebody to whom it can be done, where there are such.
    pub fn by_insider(&self, act: Act) -> Act {
        let has = |who: Who, client: Client| self.takes_part(who, client);
        let one = |client: Client, not: Who| Who::ALL.into_iter().find(|who| *who != not && has(*who, client));
        match act {
            Act::Adds(by, who, client, all) => Act::Adds(one(client, who).unwrap_or(by), who, client, all),
            Act::Offers(by, to, client, all, stay) => Act::Offers(one(client, to).unwrap_or(by), to, client, all, stay),
            Act::Removes(by, who, client) if has(who, client) => Act::Removes(one(client, who).unwrap_or(by), who, client),
            Act::Links(who, client) if !has(who, client) => Act::Links(one(client, who).unwrap_or(who), client),
            Act::Writes(who, client, quote) if !has(who, client) => Act::Writes(one(client, who).unwrap_or(who), client, quote),
            Act::WritesInRoom(who, client) if !has(who, client) => Act::WritesInRoom(one(client, who).unwrap_or(who), client),
            act => act,
        }
    }

    pub fn is_only_one(&self, who: Who, client: Client) -> bool {
        Who::ALL.into_iter().all(|other| self.takes_part(other, client) == (other == who))
    }

    /// The client, for who takes part.
    pub fn if_in(&self, who: Who, client: Client) -> BTreeSet<Client> {
        BTreeSet::from_iter(Some(client).filter(|client| self.takes_part(who, *client)))
    }

    /// Whom a text without a quote is for: the only client somebody has, else whom they are busy with, provided that no other client's
    /// message stands in their chat since.
    pub fn unquoted(&self, world: &World, who: Who) -> BTreeSet<Client> {
        let own: Vec<Client> = Client::ALL.into_iter().filter(|client| self.takes_part(who, *client)).collect();
        let chosen = match (own.as_slice(), self.focus.get(&who)) {
            ([only], _) => Some(*only),
            (_, Some((client, seen))) if own.contains(client) && !disturbed(world, who, *client, *seen) => Some(*client),
            _ => None,
        };
        chosen.into_iter().collect()
    }

    pub fn focuses(&mut self, world: &World, who: Who, client: Client) {
        self.focus.insert(who, (client, who.of(world).chat().len()));
    }

    pub fn writes(&mut self, number: usize, author: Who, of: BTreeSet<Client>, kind: Kind) {
        self.texts.insert(number, Text { kind, author: Some(author), of, steps: vec![self.step], unowned: false });
    }

    pub fn says(&mut self, number: usize, client: Client) {
        let text =
            Text { kind: Kind::Said, author: None, of: BTreeSet::from([client]), steps: vec![self.step], unowned: self.nobody_has(client) };
        self.texts.insert(number, text);
    }

    pub fn offered(&mut self, offer: Offer) {
        self.offers.push(offer);
    }

    /// Whether somebody may ever have been shown a text.
    fn may_read(&self, who: Who, text: &Text) -> bool {
        let within = |stay: &&Stay| text.steps.iter().any(|step| stay.from <= *step && stay.until.is_none_or(|until| *step <= until));
        let own = |stay: &&Stay| stay.who == who && text.of.contains(&stay.client);
        text.author == Some(who) || text.unowned || self.stays.iter().filter(own).any(|stay| within(&stay))
    }

    /// Somebody opened the record of a conversation: removed ones read nothing of it, the others what was theirs.
    pub fn read(&self, who: Who, shown: &str) -> Judged {
        for number in numbers(shown) {
            let Some(text) = self.texts.get(&number) else { return Err(TestCaseError::fail(format!("nobody wrote {number}"))) };
            let last = |client: &Client| self.stays.iter().rfind(|stay| stay.who == who && stay.client == *client);
            let open = text.of.iter().filter_map(last).any(|stay| !stay.removed);
            must!(open, "{who:?} reads zebra {number} of {:?} in the record, and takes no part", text.of);
            must!(self.may_read(who, text), "{who:?} reads zebra {number} of {:?} in the record, from before their time", text.of);
        }
        Ok(())
    }

    pub async fn looks(&mut self, world: &World, contacts: &BTreeMap<Client, i64>, shared: &[Shared], because: &[Because]) -> Judged {
        self.comes_and_goes(world, contacts, because).await?;
        self.on_phones(world)?;
        self.in_chats(world)?;
        self.in_rooms(world, shared)
    }

    /// Who has whom, by the journal: each coming and going has its reason, and the store says the same.
    async fn comes_and_goes(&mut self, world: &World, contacts: &BTreeMap<Client, i64>, because: &[Because]) -> Judged {
        let journal = world.journal().await;
        let going = self.must_go(because);
        let mut handed = Vec::new();
        for row in &journal[self.rows..] {
            if !["participant.joined", "participant.left", "participant.sees_more"].contains(&row.kind.as_str()) {
                continue;
            }
            let Some(client) = contacts.iter().find(|(_, id)| row.body["contact"] == **id).map(|(client, _)| *client) else {
                return Err(TestCaseError::fail(format!("somebody has a client whom nobody knows: {}", row.body)));
            };
            if let Some(thread) = row.thread {
                self.threads.insert(thread, client);
            }
            let who = Who::with_id(world, row.body["colleague"].as_str().unwrap_or_default());
            let how = row.body["how"].as_str().unwrap_or_default();
            if row.kind == "participant.sees_more" {
                self.sees_more(who, client, because)?;
            } else if row.kind == "participant.joined" {
                handed.extend((how == "transferred").then_some((who, client)));
                self.joins(who, client, how, because)?;
            } else {
                self.leaves(who, client, how, because)?;
            }
        }
        self.rows = journal.len();
        for (who, client) in going {
            must!(!self.takes_part(who, client), "{who:?} still has {client:?} after {because:?}");
        }
        for (to, client) in handed {
            let offer = self.offers.iter().rfind(|offer| (offer.to, offer.client) == (to, client));
            let stays = offer.is_none_or(|offer| offer.stays || !self.takes_part(offer.by, client));
            must!(stays, "{client:?} was handed to {to:?}, and the giver still has them");
        }
        for (thread, client) in &self.threads {
            let id = ThreadId(*thread);
            let stored = world.relay().store().read(move |tx| tx.participants(id)).await.expect("the store answers");
            let stored: BTreeSet<Who> = stored.iter().map(|id| Who::with_id(world, id.as_str())).collect();
            let recorded: BTreeSet<Who> = Who::ALL.into_iter().filter(|who| self.takes_part(*who, *client)).collect();
            must!(stored == recorded, "{client:?} belongs to {stored:?}, and by the journal to {recorded:?}");
        }
        Ok(())
    }

    /// Who must be gone after this.
    fn must_go(&self, because: &[Because]) -> Vec<(Who, Client)> {
        let have = |client: Client| Who::ALL.into_iter().filter(move |who| self.takes_part(*who, client));
        let mut going = Vec::new();
        for because in because {
            match *because {
                Because::Ends { who, client } if self.takes_part(who, client) => going.extend(have(client).map(|who| (who, client))),
                Because::Removes { by, who, client } if by != who && self.takes_part(by, client) => going.push((who, client)),
                Because::Leaves { who, client } if have(client).count() > 1 => going.push((who, client)),
                _ => {}
            }
        }
        going
    }

    fn joins(&mut self, who: Who, client: Client, how: &str, because: &[Because]) -> Judged {
        must!(!self.takes_part(who, client), "{who:?} came to {client:?} twice");
        let nobody = self.nobody_has(client);
        let from = match how {
            "started" | "took" => {
                must!(because.contains(&Because::Opens(who)), "{who:?} {how} {client:?} and has pressed nothing");
                must!(nobody, "{who:?} {how} {client:?}, whom others have");
                Some(0)
            }
            "added" => because.iter().find_map(|because| match because {
                Because::Adds { by, who: added, client: of, all } if (*added, *of) == (who, client) && self.takes_part(*by, client) => {
                    Some(if *all { 0 } else { self.step })
                }
                _ => None,
            }),
            "transferred" => {
                let accepted = because.contains(&Because::Answers { who, accept: true });
                let offer =
                    self.offers.iter().rfind(|offer| (offer.to, offer.client) == (who, client) && self.takes_part(offer.by, client));
                offer.filter(|_| accepted).map(|offer| if offer.all { 0 } else { self.step })
            }
            "returned" => {
                let before = self.stays.iter().rfind(|stay| (stay.who, stay.client) == (who, client));
                let wrote = because.contains(&Because::Writes(client));
                before.filter(|stay| wrote && !stay.removed).map(|stay| stay.from)
            }
            "joined_chat" => because.contains(&Because::Joins { client }).then_some(self.step),
            _ => None,
        };
        let Some(from) = from else {
            return Err(TestCaseError::fail(format!("{who:?} came to {client:?} ({how}) without a reason")));
        };
        self.stays.push(Stay { who, client, from, until: None, removed: false });
        Ok(())
    }

    /// Somebody who has a client is given the rest of them, with what was said before they came.
    fn sees_more(&mut self, who: Who, client: Client, because: &[Because]) -> Judged {
        let accepted = because.contains(&Because::Answers { who, accept: true });
        let offer = self.offers.iter().rfind(|offer| (offer.to, offer.client) == (who, client));
        must!(accepted && offer.is_some_and(|offer| offer.all), "{who:?} sees more of {client:?} without a reason");
        if let Some(stay) = self.stays.iter_mut().rfind(|stay| (stay.who, stay.client) == (who, client)) {
            stay.from = 0;
        }
        Ok(())
    }

    fn leaves(&mut self, who: Who, client: Client, how: &str, because: &[Because]) -> Judged {
        let reason = because.iter().any(|because| match (how, because) {
            ("left", Because::Leaves { who: leaver, client: of }) => (*leaver, *of) == (who, client),
            ("removed", Because::Removes { by, who: gone, client: of }) => (*gone, *of) == (who, client) && self.takes_part(*by, client),
            ("ended", Because::Ends { client: of, .. }) => *of == client,
            ("transferred", Because::Answers { accept, who: to }) => {
                *accept && self.offers.iter().any(|offer| (offer.by, offer.to, offer.client) == (who, *to, client))
            }
            _ => false,
        });
        must!(reason, "{who:?} has {client:?} no more ({how}) without a reason");
        let step = self.step;
        let stay = self.stays.iter_mut().rfind(|stay| (stay.who, stay.client, stay.until) == (who, client, None));
        let Some(stay) = stay else { return Err(TestCaseError::fail(format!("{who:?} left {client:?} without having them"))) };
        (stay.until, stay.removed) = (Some(step), how == "removed");
        Ok(())
    }

    /// Each text is on one phone at most, once, and on that of a client whom its author addressed; notes are on none.
    fn on_phones(&mut self, world: &World) -> Judged {
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        for client in Client::ALL {
            for shown in client.of(world).texts() {
                for number in numbers(&shown) {
                    let Some(text) = self.texts.get_mut(&number) else {
                        return Err(TestCaseError::fail(format!("nobody wrote {shown:?}")));
                    };
                    must!(text.kind == Kind::Words, "{:?} {number} stands on the phone of {client:?}", text.kind);
                    must!(text.of.contains(&client), "zebra {number} of {:?} was for {:?} and went to {client:?}", text.author, text.of);
                    must!(seen.insert(number), "zebra {number} reached {client:?} twice");
                    if self.delivered.insert(number) {
                        text.steps.push(self.step);
                    }
                }
            }
        }
        Ok(())
    }

    /// Nobody's own chat holds words of a conversation which they may not read.
    fn in_chats(&self, world: &World) -> Judged {
        for who in Who::ALL {
            for item in of_app(who.of(world).chat()) {
                let said = words_of(&item);
                for number in numbers(&said) {
                    let Some(text) = self.texts.get(&number) else { return Err(TestCaseError::fail(format!("nobody wrote {said:?}"))) };
                    must!(
                        self.may_read(who, text),
                        "{who:?} is shown {said:?} of {:?} ({:?}), which is not theirs: {:?}",
                        text.of,
                        text.author,
                        self.stays
                    );
                    must!(text.kind != Kind::Whisper || text.author == Some(who), "{who:?} is shown a private message: {said:?}");
                }
            }
        }
        Ok(())
    }

    /// A shared conversation holds words about its own client only.
    fn in_rooms(&self, world: &World, shared: &[Shared]) -> Judged {
        for known in shared {
            for item in of_app(world.room(&known.conversation).chat()) {
                let said = words_of(&item);
                for number in numbers(&said) {
                    let Some(text) = self.texts.get(&number) else { return Err(TestCaseError::fail(format!("nobody wrote {said:?}"))) };
                    must!(text.kind != Kind::Whisper, "a private message stands where all read it: {said:?}");
                    // What was kept and not sent is asked about where it was written.
                    let asked = text.of.is_empty() && said.contains("Nothing was sent");
                    must!(
                        text.of.contains(&known.client) || asked,
                        "{said:?} of {:?} stands where {:?} is talked to",
                        text.of,
                        known.client
                    );
                }
            }
        }
        Ok(())
    }
}

/// Whether another client's message stands in somebody's chat since.
fn disturbed(world: &World, who: Who, client: Client, seen: usize) -> bool {
    let name = |client: Client| format!("{}: ", client.of(world).name());
    let others: Vec<String> = Client::ALL.into_iter().filter(|other| *other != client).map(name).collect();
    let since = of_app(who.of(world).chat().into_iter().skip(seen).collect());
    since.iter().any(|item| item.card.is_none() && others.iter().any(|name| words_of(item).starts_with(name)))
}

fn of_app(items: Vec<ChatItem>) -> Vec<ChatItem> {
    items.into_iter().filter(|item| item.from == Author::Bot && !item.deleted).collect()
}

/// The numbers of the texts in what somebody sees.
fn numbers(shown: &str) -> Vec<usize> {
    shown.split("zebra ").skip(1).filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()).collect()
}

/// Whether this shows the text with this number.
pub fn holds(shown: &str, number: usize) -> bool {
    numbers(shown).contains(&number)
}
