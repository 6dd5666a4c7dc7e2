//! switchboard: colleagues chat with their clients on WhatsApp from inside Microsoft Teams, compliantly.
//!
//! # Laws
//!
//! 1. **Accept durably, then answer.** 200 is answered only after one transaction holds the duplicate key, the message, the
//!    journal entries and the deliveries. Nothing that was accepted lives only in memory.
//! 2. **Rules are pure.** [`bridge`] has no async, no I/O and no clock; [`bridge::admit`] decides about every outgoing message.
//! 3. **Wire types stop at the wall.** [`teams`] and [`whatsapp`] never import each other; they meet in [`bridge`].
//! 4. **A lane is the unit of order**: one thread, one direction, one target ([`store`]). One delivery of a lane is with the
//!    other side at a time.
//! 5. **A timeout is not a failure.** [`bridge::Outcome`] is sent, throttled, rejected or uncertain. A message to a client whose
//!    outcome is uncertain is never sent again by itself: a status webhook with our delivery id settles it, else its author
//!    decides. A post to Teams that may have arrived is shown again and says so, for a client's message must not be lost.
//! 6. **Imports run one way**, without circles; `tests/it/architecture.rs` says so.
//! 7. **Time is a parameter.** Only [`clock`] reads the machine's clock.
//!
//! # The map
//!
//! ```text
//! main        the command line
//! app         wiring and graceful stop; demo, simulate, directory, preflight, consent (backup: in store)
//! http        the doors: POST /api/messages, GET and POST /webhooks/whatsapp, /files, /healthz, /readyz
//! relay       the verbs; the only place where all rooms below meet
//!             from_teams from_whatsapp act commands write   what people do
//!             extension find                          what people search for, in the compose box and in cards
//!             identity marketing consent evidence   who a client is, and what they allow
//!             send      the one way out to a client: decide, queue, hold, refuse, release
//!             why       why a message was sent, held or refused, read from the journal
//!             deliver outcome worker status   handing over, outcomes, statuses
//!             media parcels           files on their way into our keeping: a client's, and what a colleague posts for one
//!             media_views links embed file_looks   how files are shown, and who may open them
//!             at_whatsapp uploads fetch            files on their way to WhatsApp, with a message or for a template's header
//!             preflight entry_point   may this be sent, and what does it cost
//!             revocation news         what a client said that a colleague must decide; what administrators must hear
//!             housekeeping expiry     what time alone makes due
//!             switched_off            a number that an administrator switches off
//!             participation mates     who comes to a thread and who goes, and who of a line could
//!             comings goings intake   added, left, removed, ended, come back: who is told what
//!             mirror release          what a colleague writes, for the others to read and signed for the client
//!             transfer offers past    a client goes to a colleague: asked, accepted, shown what was written before
//!             leftovers book          what becomes of held messages; a leaver's whole book
//!             joining unowned standing absence away staff   who asks to join, whom nobody has, who stands in
//!             shared sender conversations members opening moving homes way_back chat_jobs   threads in channels and group chats
//!             chat_orders group_chat chat_making chat_mirror   group chats made through Graph, and who is in them
//!             shared_files            files posted where others read along, which Graph alone tells of
//!             revisions revision_views  what clients change or delete afterwards, and how it is shown
//!             quotes    what a message answers, named where it is read
//!             marks     how a message stands at the client, as a reaction on it in Teams
//!             receipts typing   what clients see of colleagues who read and type
//!             edits corrections       the same by colleagues: what waits changes, what has left is corrected
//!             corrections reactions   what colleagues change afterwards, and how they react
//!             note whom whisper       for colleagues only; whom words are for; for one person's eyes
//!             sight history_views search contact_views enabled   who may see what, and be shown it
//! store       SQLite or PostgreSQL: one writer, group commit, journal, lanes; one file an aggregate
//! teams       Bot Framework: tokens in, tokens out, activities, Connector; Microsoft Graph for group chats and their files
//! whatsapp    Cloud API: signatures, webhooks, Graph
//! cards texts markup      what people read; markup also cuts what is too long for one message
//! media       the bytes of files: where they are kept, what they are, how they look small
//! bridge      the rules
//! simulator   both outer worlds on loopback, for the demo and the tests
//! config clock            leaves
//! ```
//!
//! Floors: `main -> app -> http -> relay -> {store, teams, whatsapp, cards, texts, markup, media} -> bridge`. Rooms on one floor do
//! not import each other, except that teams may use markup and cards may use texts.
//!
//! # A colleague writes
//!
//! `http/extract` verifies the token and yields an activity. `teams/convert` makes a [`bridge::TeamsEvent`] of it. In one
//! transaction `relay/from_teams` checks for a duplicate, finds the thread by the rule of [`bridge::route`], and hands the text
//! to `relay/send`, where [`bridge::admit`] decides with the facts of this transaction: the message is queued in its lane, held,
//! or refused; the journal keeps the text and the rule. Then 200. The worker claims the lane, `relay/deliver` decides once more
//! (consent may have gone meanwhile), hands the message to Graph, and records the outcome in the transaction that also fetches
//! the lane's next head. Statuses come back through the other door and edit the thread card.
//!
//! # A client writes
//!
//! `http/extract` checks the HMAC over the raw bytes; `whatsapp/webhook` reads up to 1,000 updates, each on its own. In one
//! transaction `relay/from_whatsapp` drops known wamids, finds or makes contact and thread, moves the window, lets
//! [`bridge::on_client_message`] step the consent and answer, queues the post to every participant, and releases held messages,
//! every rule checked again. Then 200. The worker posts to the participants' chats.
//!
//! # Why this store
//!
//! Measured on the whole cycle (accept, claim, send, acknowledge), every message durable (`synchronous=FULL`),
//! 64 producers over 1,000 lanes, two cores shared with the load, medians of five interleaved runs; fsync probe beside
//! (4 KiB append + fdatasync): 4,104/s, range 252 to 6,958 on this virtual disk.
//!
//! | driver | stored | messages/s | accept p50 / p99 ms | CPU s per 1,000 |
//! | --- | --: | --: | --: | --: |
//! | rusqlite, own writer thread | 0 | 13,430 | 3.3 / 9.9 | 0.056 |
//! | rusqlite, a savepoint per job | 0 | 12,759 | 3.6 / 10.3 | 0.060 |
//! | sqlx 0.9, `Any` | 0 | 1,574 | 35.9 / 58.5 | 0.494 |
//! | sqlx 0.9, SQLite driver | 0 | 2,656 | 10.6 / 54.0 | 0.292 |
//! | rusqlite, own writer thread | 300,000 | 10,117 | 3.5 / 15.5 | 0.065 |
//! | sqlx 0.9, `Any` | 300,000 | 1,426 | 37.9 / 64.7 | 0.528 |
//! | sqlx 0.9, SQLite driver | 300,000 | 1,365 | 39.8 / 64.6 | 0.551 |
//!
//! Pinned to one CPU at 300,000 stored: rusqlite 8,576/s, sqlx 4,778 (`Any`) and 4,963; most of the larger gap on two cores is
//! threads waking each other across CPUs. rusqlite was chosen: it is 1.7 times as fast where the comparison is fairest, and a
//! job that is a synchronous closure cannot hold a transaction open over a network call. A larger page cache, mmap and rarer
//! checkpoints brought nothing and cost memory or latency; a partial index on what is pending brought 1.4 times.
//!
//! On PostgreSQL the same jobs run on the same kind of thread over the blocking `postgres` client: the thread that sends a statement
//! reads its answer itself. There too one connection writes, in batches; `store/desk` says why, with figures.

pub mod app;
pub mod bridge;
pub mod cards;
pub mod clock;
pub mod config;
pub mod http;
pub mod markup;
pub mod media;
pub mod relay;
pub mod simulator;
pub mod store;
pub mod teams;
pub mod texts;
pub mod whatsapp;
