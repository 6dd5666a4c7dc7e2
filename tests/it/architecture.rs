//! The laws that a compiler does not keep: imports run one way and never in a circle, one file reads the wall clock, files stay small,
//! and no wildcard opens a shared domain to our token. Code that is compiled for tests only is not looked at.

mod source;

use rstest::rstest;
use source::{File, Token, Tree};
use std::collections::BTreeSet;
use std::path::Path;

/// The rooms by floor, from the top. A room imports from the floors below it. A new room gets its floor here.
const FLOORS: &[&[&str]] = &[
    &["main", "lib"],
    &["app"],
    &["http"],
    &["relay"],
    &["store", "teams", "whatsapp", "cards", "texts", "markup", "media"],
    &["bridge"],
    &["clock", "config", "telemetry"],
];

/// On one floor, and allowed all the same.
const NEIGHBOURS: &[(&str, &str)] = &[("teams", "markup"), ("whatsapp", "markup"), ("cards", "texts")];

/// These know neither time nor settings: they are given what they need.
const PURE: &[&str] = &["bridge", "cards", "texts", "markup"];

/// Stands beside the house: it plays the outer worlds. Only the command line and the wiring of the demo know it.
const SIMULATOR: &str = "simulator";

/// Longer files say why.
const MOST_LINES: usize = 500;

fn violations(tree: &Tree) -> Vec<String> {
    let mut found = Vec::new();
    for file in &tree.files {
        if file.room() != SIMULATOR && floor(file.room()).is_none() {
            found.push(format!("{}: the room `{}` has no floor", file.path, file.room()));
        }
        for index in tree.imports(file) {
            let target = &tree.files[index];
            if !may_import(file, target) {
                found.push(format!("{} must not import {}", file.path, target.path));
            }
        }
        found.extend(clock_reading(file).map(|how| format!("{} reads the wall clock: {how}", file.path)));
        let lines = file.text.lines().count();
        if lines > MOST_LINES && !file.text.lines().any(|line| line.trim_start().starts_with("// Long because:")) {
            found.push(format!("{} has {lines} lines and does not say `// Long because:`", file.path));
        }
        if file.tokens.iter().any(|token| matches!(token, Token::Text(text) if opens_shared_domain(text))) {
            found.push(format!("{} names a wildcard of a shared domain", file.path));
        }
    }
    for circle in circles(tree) {
        found.push(format!("a circle of imports: {}", circle.join(", ")));
    }
    found
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

fn may_import(file: &File, target: &File) -> bool {
    let (from, to) = (file.room(), target.room());
    if from == to {
        return true;
    }
    if from == SIMULATOR {
        return matches!(to, "clock" | "bridge") || target.is_within(&["whatsapp", "signature"]);
    }
    if to == SIMULATOR {
        return matches!(from, "main" | "lib" | "app");
    }
    if PURE.contains(&from) && FLOORS.last().is_some_and(|leaves| leaves.contains(&to)) {
        return false;
    }
    let (Some(above), Some(below)) = (floor(from), floor(to)) else { return true };
    above < below || NEIGHBOURS.contains(&(from, to)) || (from == "main" && to == "lib")
}

/// How a file other than the clock's asks what time it is.
fn clock_reading(file: &File) -> Option<String> {
    if file.path == "clock.rs" {
        return None;
    }
    let word = |token: Option<&Token>| match token {
        Some(Token::Word(word)) => word.clone(),
        _ => String::new(),
    };
    file.tokens.iter().enumerate().find_map(|(at, token)| match token {
        Token::Word(name) => {
            let (mark, method) = (file.tokens.get(at + 1), word(file.tokens.get(at + 2)));
            let call = (mark == Some(&Token::Colons) && matches!(name.as_str(), "Utc" | "Local" | "SystemTime") && method == "now")
                || (mark == Some(&Token::Mark('.')) && name == "UNIX_EPOCH" && method == "elapsed");
            // Identifiers that hold a time read it.
            (call || matches!(name.as_str(), "now_v1" | "now_v6" | "now_v7")).then(|| format!("{name} {method}"))
        }
        // The database has a clock too.
        Token::Text(text) if text.contains("CURRENT_TIMESTAMP") || text.contains("('now'") || text.contains("unixepoch()") => {
            Some("in SQL".to_owned())
        }
        _ => None,
    })
}

/// A wildcard, or the suffix that one is compared by.
fn opens_shared_domain(text: &str) -> bool {
    text.contains("*.trafficmanager.net") || text.starts_with(".trafficmanager.net")
}

/// Files that import each other, directly or through others: strongly connected components of more than one file.
fn circles(tree: &Tree) -> Vec<Vec<String>> {
    let imports: Vec<BTreeSet<usize>> = tree.files.iter().map(|file| tree.imports(file)).collect();
    let reaches: Vec<BTreeSet<usize>> = (0..imports.len()).map(|start| reach(&imports, start)).collect();
    let mut seen = BTreeSet::new();
    let mut circles = Vec::new();
    for start in 0..imports.len() {
        let members: Vec<usize> = reaches[start].iter().copied().filter(|other| reaches[*other].contains(&start)).collect();
        if !members.is_empty() && seen.insert(members.clone()) {
            circles.push(members.into_iter().map(|index| tree.files[index].path.clone()).collect());
        }
    }
    circles
}

/// Everything that can be reached; the start itself only if a way leads back to it.
fn reach(imports: &[BTreeSet<usize>], start: usize) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<usize> = imports[start].iter().copied().collect();
    while let Some(index) = next.pop() {
        if reached.insert(index) {
            next.extend(&imports[index]);
        }
    }
    reached
}

fn read(folder: &Path, below: &str, files: &mut Vec<(String, String)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("a readable folder").path();
        let name = format!("{below}{}", path.file_name().expect("a name").to_string_lossy());
        if path.is_dir() {
            read(&path, &format!("{name}/"), files);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            files.push((name, text));
        }
    }
}

fn project(folder: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), "", &mut files);
    files.sort();
    files
}

#[test]
fn the_house_keeps_its_laws() {
    let tree = Tree::new(project("src").into_iter().filter(|(path, _)| path.ends_with(".rs")));
    let imports = |from: &str, to: &str| {
        let target = tree.files.iter().position(|file| file.path == to);
        tree.files.iter().any(|file| file.path == from && target.is_some_and(|target| tree.imports(file).contains(&target)))
    };
    assert!(imports("cards/submit.rs", "bridge/mod.rs") || imports("cards/submit.rs", "bridge/ids.rs"), "imports are no longer read");
    let found = violations(&tree);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn what_is_deployed_opens_no_shared_domain() {
    for folder in ["deploy", "manifest"] {
        for (path, text) in project(folder) {
            let open = text.lines().find(|line| !line.trim_start().starts_with('#') && opens_shared_domain(line));
            assert_eq!(open, None, "{folder}/{path} names a wildcard of a shared domain");
        }
    }
}

fn tree(sources: &[(&str, &str)]) -> Tree {
    Tree::new(sources.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())))
}

/// A house in good order that uses everything it may.
fn sound() -> Vec<(&'static str, &'static str)> {
    vec![
        ("lib.rs", "pub mod app; pub mod bridge; pub mod simulator;"),
        ("main.rs", "use switchboard::{app::App, simulator, config::Config}; fn main() { switchboard::app::run() }"),
        ("app.rs", "use crate::{clock::Clock, config::Config, http, relay, store::Store}; pub struct App; pub fn run() {}"),
        ("http/mod.rs", "mod router; pub use router::router;"),
        ("http/router.rs", "use crate::relay; use crate::teams::Activity; pub fn router() {}"),
        ("relay/mod.rs", "use crate::{cards, store, texts::Text}; use crate::{teams as t, whatsapp::{self, send}};"),
        ("store/mod.rs", "use crate::{bridge::Time, clock::Clock};"),
        ("teams/mod.rs", "use crate::markup; pub struct Activity; fn now() { crate::clock::Clock::now(); }"),
        ("whatsapp/mod.rs", "pub mod signature; use crate::markup::to_whatsapp; pub fn send() {}"),
        ("whatsapp/signature.rs", "pub fn sign() {}"),
        ("cards/mod.rs", "use crate::{bridge::LineId, texts};"),
        ("texts/mod.rs", "use crate::bridge::LineId;"),
        ("markup/mod.rs", ""),
        ("bridge/mod.rs", "mod a; mod b; pub use a::*; pub use b::{B, C as D}; pub type Time = u8;"),
        ("bridge/a.rs", "use super::Time; pub struct A; pub struct LineId;"),
        ("bridge/b.rs", "use super::{A, Time}; pub struct B; pub struct C;"),
        ("clock.rs", "use chrono::Utc; pub struct Clock; impl Clock { pub fn now() { Utc::now(); } }"),
        ("config/mod.rs", "mod tree; pub use tree::Config; const HOST: &str = \"smba.trafficmanager.net\";"),
        ("config/tree.rs", "pub struct Config;"),
        ("telemetry.rs", ""),
        ("simulator/mod.rs", "use crate::{bridge::A, clock::Clock, whatsapp::signature::sign};"),
    ]
}

/// The sound house with one file replaced or added.
fn with(path: &'static str, text: &'static str) -> Vec<String> {
    let mut sources = sound();
    sources.retain(|(other, _)| *other != path);
    sources.push((path, text));
    violations(&tree(&sources))
}

#[test]
fn a_house_in_order_passes() {
    assert_eq!(violations(&tree(&sound())), [""; 0]);
}

#[rstest]
#[case::upwards("store/mod.rs", "use crate::relay;", "store/mod.rs must not import relay/mod.rs")]
#[case::to_the_top("relay/mod.rs", "fn f() { crate::app::run() }", "relay/mod.rs must not import app.rs")]
#[case::neighbours("store/mod.rs", "use crate::{bridge::A, cards};", "store/mod.rs must not import cards/mod.rs")]
#[case::walls("teams/mod.rs", "use crate::whatsapp::send;", "teams/mod.rs must not import whatsapp/mod.rs")]
#[case::walls_the_other_way(
    "whatsapp/signature.rs",
    "use super::super::teams::Activity;",
    "whatsapp/signature.rs must not import teams/mod.rs"
)]
#[case::not_both_ways("texts/mod.rs", "use crate::cards;", "texts/mod.rs must not import cards/mod.rs")]
#[case::rules_need_nobody("bridge/a.rs", "use crate::clock::Clock;", "bridge/a.rs must not import clock.rs")]
#[case::rules_below_all("bridge/a.rs", "use crate::texts;", "bridge/a.rs must not import texts/mod.rs")]
#[case::pure("cards/mod.rs", "fn f(c: &crate::config::Config) {}", "cards/mod.rs must not import config/tree.rs")]
#[case::leaf("config/tree.rs", "use crate::bridge::A;", "config/tree.rs must not import bridge/a.rs")]
#[case::leaves_apart("telemetry.rs", "use crate::config::Config;", "telemetry.rs must not import config/tree.rs")]
#[case::simulator_beside("simulator/mod.rs", "use crate::whatsapp::send;", "simulator/mod.rs must not import whatsapp/mod.rs")]
#[case::simulator_unknown("relay/mod.rs", "use crate::simulator;", "relay/mod.rs must not import simulator/mod.rs")]
#[case::nested_braces("store/mod.rs", "use crate::{bridge::{A, B}, teams::{Activity, x::*}};", "store/mod.rs must not import teams/mod.rs")]
#[case::inner_module("store/mod.rs", "mod inner { use super::super::teams::Activity; }", "store/mod.rs must not import teams/mod.rs")]
#[case::new_room("utils.rs", "", "utils.rs: the room `utils` has no floor")]
#[case::clock("relay/mod.rs", "fn f() { chrono::Utc::now(); }", "relay/mod.rs reads the wall clock: Utc now")]
#[case::system_clock("relay/mod.rs", "fn f() { std::time::SystemTime::now(); }", "relay/mod.rs reads the wall clock: SystemTime now")]
#[case::epoch("relay/mod.rs", "fn f() { UNIX_EPOCH.elapsed(); }", "relay/mod.rs reads the wall clock: UNIX_EPOCH elapsed")]
#[case::sql("store/mod.rs", "const Q: &str = \"SELECT CURRENT_TIMESTAMP\";", "store/mod.rs reads the wall clock: in SQL")]
#[case::wildcard(
    "config/tree.rs",
    "pub struct Config; const H: &str = \"*.trafficmanager.net\";",
    "config/tree.rs names a wildcard of a shared domain"
)]
#[case::suffix(
    "config/tree.rs",
    "pub struct Config; const H: &str = r#\".trafficmanager.net\"#;",
    "config/tree.rs names a wildcard of a shared domain"
)]
fn a_violation_is_found(#[case] path: &'static str, #[case] text: &'static str, #[case] expected: &str) {
    let found = with(path, text);
    assert!(found.iter().any(|violation| violation == expected), "{found:?}");
}

#[rstest]
#[case::comment("// use crate::teams;\n/* crate::app /* nested */ crate::app */ /// Utc::now(), *.trafficmanager.net\n")]
#[case::text("const A: &str = \"crate::teams::Activity \\\" Utc::now()\"; const B: &str = r#\"use crate::app; \"x\" \"#;")]
#[case::character("const A: char = '\"'; const B: char = '\\''; fn f<'a>() {} // crate::teams")]
#[case::other_crates("use teams::x; use ::app::y; use serde::crate_;")]
#[case::test_module("#[cfg(test)]\nmod tests { use crate::teams; fn f() { let x = [1; 2]; } const H: &str = \"*.trafficmanager.net\"; }")]
#[case::test_item("#[cfg(test)] use crate::{app, teams}; #[cfg(test)] fn f() { Utc::now(); }")]
fn what_is_no_import_is_not_taken_for_one(#[case] text: &'static str) {
    assert_eq!(with("store/mod.rs", text), [""; 0]);
}

#[test]
fn code_after_what_is_left_out_is_still_read() {
    for before in [
        "#[cfg(test)] use x::{y, z};",
        "const A: &str = \"\\\\\";",
        "const A: char = '\\\\';",
        "const A: u8 = b'\"';",
        "fn f() -> &'static str {}",
    ] {
        let text: &'static str = Box::leak(format!("{before} use crate::teams;").into_boxed_str());
        assert_eq!(with("store/mod.rs", text), ["store/mod.rs must not import teams/mod.rs"], "{before}");
    }
}

#[test]
fn the_file_of_a_test_module_is_left_out() {
    let mut sources = sound();
    sources.push(("store/lanes.rs", "#[cfg(test)] mod cases;"));
    sources.push(("store/lanes/cases.rs", "use crate::relay;"));
    sources.push(("store/lane.rs", "#[cfg(test)]\n#[path = \"lane_tests.rs\"]\nmod tests;"));
    sources.push(("store/lane_tests.rs", "use crate::relay;"));
    assert_eq!(violations(&tree(&sources)), [""; 0]);
}

#[test]
fn a_circle_is_found_through_a_third_file() {
    let mut sources = sound();
    sources.extend([
        ("store/x.rs", "use super::y::Y;"),
        ("store/y.rs", "fn f() { super::z::f() }"),
        ("store/z.rs", "use crate::store::x;"),
    ]);
    assert_eq!(violations(&tree(&sources)), ["a circle of imports: store/x.rs, store/y.rs, store/z.rs"]);
}

#[test]
fn a_circle_is_found_through_the_door_of_the_room() {
    let found = with("bridge/a.rs", "use super::{B, Time}; pub struct A; pub struct LineId;");
    assert_eq!(found, ["a circle of imports: bridge/a.rs, bridge/b.rs"]);
    let found = with("bridge/a.rs", "use crate::bridge::D; pub struct A; pub struct LineId;");
    assert_eq!(found, ["a circle of imports: bridge/a.rs, bridge/b.rs"], "also under another name");
}

#[test]
fn a_door_that_uses_its_room_closes_a_circle() {
    let mut sources = sound();
    sources.retain(|(path, _)| *path != "store/mod.rs");
    sources.extend([("store/mod.rs", "mod lanes; pub struct Store; fn f() { lanes::claim() }"), ("store/lanes.rs", "use super::Store;")]);
    assert_eq!(violations(&tree(&sources)), ["a circle of imports: store/lanes.rs, store/mod.rs"]);
}

#[rstest]
#[case::by_name("mod lanes; pub use lanes::Lane; pub struct Store { lane: Lane }")]
#[case::all("mod lanes; pub use lanes::*; pub struct Store; fn f() { Lane::new() }")]
fn a_door_that_names_what_it_re_exports_imports_it(#[case] door: &'static str) {
    let mut sources = sound();
    sources.retain(|(path, _)| *path != "store/mod.rs");
    sources.extend([("store/mod.rs", door), ("store/lanes.rs", "use super::Store; pub struct Lane;")]);
    assert_eq!(violations(&tree(&sources)), ["a circle of imports: store/lanes.rs, store/mod.rs"]);
}

#[test]
fn a_long_file_says_why() {
    let mut sources: Vec<(String, String)> = sound().into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
    sources.push(("store/x.rs".to_owned(), "fn f() {}\n".repeat(501)));
    assert_eq!(violations(&Tree::new(sources.clone())), ["store/x.rs has 501 lines and does not say `// Long because:`"]);
    if let Some((_, text)) = sources.last_mut() {
        text.insert_str(0, "// Long because: one table.\n");
    }
    assert_eq!(violations(&Tree::new(sources)), [""; 0]);
}
