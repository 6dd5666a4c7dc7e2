//! The arguments of `switchboard deactivate` and `activate`, and what they print.

use clap::{Args, ValueEnum};
use std::path::Path;
use switchboard::app::directory;
use switchboard::app::switch::{Switch, What, is_said_by, switch};
use switchboard::clock::Clock;
use switchboard::store::Store;

#[derive(Args)]
pub struct Asked {
    what: Thing,
    /// A number as people read it or its phone_number_id; a line's id or name; a colleague's UPN, Entra object id or name.
    id: String,
    /// For scripts.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Thing {
    Number,
    Line,
    Colleague,
}

/// Does it and prints the difference. `file`: the directory that a server puts in force when it starts, if there is one.
pub async fn turn(asked: Asked, on: bool, store: &Store, file: Option<&Path>, who: &str) -> anyhow::Result<()> {
    let what = match asked.what {
        Thing::Number => What::Number,
        Thing::Line => What::Line,
        Thing::Colleague => What::Colleague,
    };
    let order = Switch { what, id: asked.id, on };
    let changes = switch(store, &order, who, Clock::System.now()).await?;
    let lines: Vec<String> = changes.iter().map(ToString::to_string).collect();
    let undone_by = match file {
        Some(file) if !is_said_by(store, &order, directory::read(file)?).await? => Some(file.display().to_string()),
        _ => None,
    };
    if asked.json {
        println!("{}", serde_json::json!({ "applied": !lines.is_empty(), "changes": lines, "undone_by": undone_by }));
        return Ok(());
    }
    lines.iter().for_each(|line| println!("{line}"));
    if lines.is_empty() {
        println!("Nothing changes: it is {} already.", if on { "on" } else { "off" });
    } else {
        println!("{} change(s) applied. A running server follows within two seconds.", lines.len());
    }
    if let Some(file) = undone_by {
        eprintln!("warning: {file} says otherwise, and is put in force whenever the server starts. Change it there too.");
    }
    Ok(())
}
