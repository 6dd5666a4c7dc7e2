//! The arguments of `switchboard transfer-all`, and what it prints.

use clap::{Args, ValueEnum};
use std::io::IsTerminal;
use switchboard::app::transfer_all::{BookOrder, bar, foresee, run};
use switchboard::bridge::{HistoryChoice, held};
use switchboard::clock::Clock;
use switchboard::store::Store;

/// Progress is shown for more clients than this.
const MANY: usize = 20;

#[derive(Args)]
pub struct Asked {
    /// Whose clients go: UPN, Entra object id, or name.
    #[arg(long, value_name = "COLLEAGUE")]
    from: String,
    /// Who goes on with them: enabled for the same lines, with the app.
    #[arg(long, value_name = "COLLEAGUE")]
    to: String,
    /// Only the clients of this line of business, by id or name.
    #[arg(long)]
    line: Option<String>,
    /// What becomes of messages that wait for the client to write.
    #[arg(long, value_enum, default_value = "hand-over")]
    held: Fate,
    /// What the other sees of what was written before: all, none, or the number of the last messages.
    #[arg(long, default_value = "all", value_name = "all|none|N")]
    history: HistoryChoice,
    /// Only print what would happen.
    #[arg(long)]
    dry_run: bool,
    /// For scripts.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Fate {
    /// They go on as the other's.
    HandOver,
    /// They are withdrawn, and their author gets the texts back.
    Withdraw,
}

/// Does it and prints what was done; whether every client went over. `who`: for the journal.
pub async fn hand_on(asked: Asked, store: &Store, who: &str) -> anyhow::Result<bool> {
    let Asked { from, to, line, held, history, dry_run, json } = asked;
    let held = match held {
        Fate::HandOver => held::Fate::HandOver,
        Fate::Withdraw => held::Fate::Withdraw,
    };
    let (order, now) = (BookOrder { from, to, line, history, held }, Clock::System.now());
    let progress = |done, all| {
        if all > MANY && std::io::stderr().is_terminal() {
            eprint!("\r{}{}", bar(done, all), if done == all { "\n" } else { "" });
        }
    };
    let report = if dry_run { foresee(store, &order, now).await? } else { run(store, &order, who, now, progress).await? };
    println!("{}", if json { serde_json::to_string_pretty(&report)? } else { report.to_string() });
    Ok(report.stayed.is_empty())
}
