//! Every kind of message, both directions and the edge cases of each: it ends in the right thing or in the right sentence, and the
//! journal has it. [`table`] says what is expected, [`runner`] does each row and looks at both sides.

mod bytes;
mod runner;
mod table;

use serde_json::Value;
use switchboard::simulator::{Draft, Picture};

/// Every kind that product.md 8 names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Picture,
    Video,
    Audio,
    Voice,
    Document,
    Sticker,
    Location,
    Contact,
    Quote,
    Reaction,
    Edit,
    Deletion,
    Button,
    List,
    Flow,
    Order,
    Referral,
    System,
    Unsupported,
    Call,
}

const KINDS: &[Kind] = &[
    Kind::Text,
    Kind::Picture,
    Kind::Video,
    Kind::Audio,
    Kind::Voice,
    Kind::Document,
    Kind::Sticker,
    Kind::Location,
    Kind::Contact,
    Kind::Quote,
    Kind::Reaction,
    Kind::Edit,
    Kind::Deletion,
    Kind::Button,
    Kind::List,
    Kind::Flow,
    Kind::Order,
    Kind::Referral,
    Kind::System,
    Kind::Unsupported,
    Kind::Call,
];
const FILES: &[Kind] = &[Kind::Picture, Kind::Video, Kind::Audio, Kind::Voice, Kind::Document, Kind::Sticker];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// A client to the colleagues.
    In,
    /// A colleague to the client.
    Out,
}

/// What is special about a row. Those of the way there switch on the fault that they name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edge {
    Plain,
    Largest,
    OneOver,
    WrongType,
    Empty,
    /// The file's address has expired when it is asked for.
    Expired,
    Slow,
    /// The connection breaks in the middle.
    Truncated,
    /// Other bytes than were announced.
    Damaged,
    /// Whoever keeps the file does not have it any more.
    Gone,
    Name(&'static str),
    /// A file that is two things at once, or not what its name says.
    Polyglot(&'static str),
    Other(&'static str),
}

/// The edges that every file has, by direction.
fn edges_of_files(way: Way) -> &'static [Edge] {
    match way {
        Way::In => &[Edge::Plain, Edge::Largest, Edge::OneOver, Edge::WrongType, Edge::Empty],
        Way::Out => &[Edge::Plain, Edge::Largest, Edge::OneOver, Edge::Empty],
    }
}

/// The edges of the way there, of which one kind stands for all: they are fetched alike.
const ON_THE_WAY: &[Edge] = &[Edge::Expired, Edge::Slow, Edge::Truncated, Edge::Gone];

/// What is done.
#[derive(Clone, Copy)]
enum Does {
    /// The client's phone sends this.
    Message(fn(&Before) -> Value),
    /// The client's phone sends this file.
    File(fn() -> Picture),
    /// The client calls.
    Calls,
    /// The colleague types this.
    Types(fn() -> String),
    /// The colleague posts this, and presses *Send* where that is offered.
    Posts(fn() -> Draft),
    /// The colleague puts something into the chat that Teams tells a bot so.
    Attaches(fn() -> Value),
    Quotes(&'static str),
    Reacts(&'static str),
    Rewrites(&'static str),
    TakesBack,
    /// There is no such thing in Teams, for this reason.
    Nothing,
}

/// What stood there before the row.
struct Before {
    /// The client's own message.
    client: String,
    /// The colleague's message, as the phone has it.
    colleague: String,
}

/// How it ends.
#[derive(Clone, Copy, Debug)]
enum Ends {
    /// Colleagues read this; nothing goes to the phone.
    Read(&'static [&'static str]),
    /// Colleagues see a file that is described so, and open it as this type: one that browsers show, or only download.
    Opens(&'static str, &'static str),
    /// The phone shows a message of this kind with these words.
    Shows(&'static str, &'static str),
    /// The phone gets a file: kind, type, name (empty: none).
    Gets(&'static str, &'static str, &'static str),
    /// The phone gets a file of this kind, and these bytes: nothing that stood behind them.
    Clean(&'static str, fn() -> Vec<u8>),
    /// The phone has these reactions on the client's message.
    Reacted(&'static str),
    /// The colleague is told this; nothing goes to the phone.
    Told(&'static str),
    /// It cannot come to be.
    Nowhere(&'static str),
}

struct Row {
    kind: Kind,
    way: Way,
    edge: Edge,
    does: Does,
    ends: Ends,
    /// Entries of the journal that it leaves.
    journal: &'static [&'static str],
}

/// What a browser is given when it may not show something.
const DOWNLOAD: &str = "application/octet-stream";

#[test]
fn the_table_has_every_kind_in_both_directions_with_its_edges() {
    let rows = table::rows();
    let has = |kind, way, edge: Option<Edge>| {
        rows.iter().any(|row| row.kind == kind && row.way == way && edge.is_none_or(|edge| row.edge == edge))
    };
    for way in [Way::In, Way::Out] {
        for kind in KINDS {
            assert!(has(*kind, way, None), "{kind:?} {way:?}");
        }
        for kind in FILES {
            for edge in edges_of_files(way) {
                assert!(has(*kind, way, Some(*edge)), "{kind:?} {way:?} {edge:?}");
            }
        }
        for edge in ON_THE_WAY {
            assert!(has(Kind::Document, way, Some(*edge)), "{way:?} {edge:?}");
        }
    }
    for row in &rows {
        let (is_done, is_said) = (!matches!(row.does, Does::Nothing), !matches!(row.ends, Ends::Nowhere(why) if !why.is_empty()));
        assert_eq!(is_done, is_said, "{:?} {:?}: who cannot do it, and why", row.kind, row.way);
    }
}

#[tokio::test]
async fn what_clients_say_ends_where_the_table_says() {
    runner::all(|row| row.way == Way::In && !FILES.contains(&row.kind)).await;
}

#[tokio::test]
async fn files_of_clients_end_where_the_table_says() {
    runner::all(|row| row.way == Way::In && FILES.contains(&row.kind)).await;
}

#[tokio::test]
async fn what_colleagues_say_ends_where_the_table_says() {
    runner::all(|row| row.way == Way::Out && !FILES.contains(&row.kind)).await;
}

#[tokio::test]
async fn files_of_colleagues_end_where_the_table_says() {
    runner::all(|row| row.way == Way::Out && FILES.contains(&row.kind)).await;
}
