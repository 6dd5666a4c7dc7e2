//! `switchboard store copy`: a whole database into an empty one, of either engine. Files are not in it; they stay where they are.

use anyhow::Context;
use std::io::IsTerminal;
use switchboard::app::transfer_all::bar;
use switchboard::store::{self, Address, CopiedTable};

/// What can be done with a database itself.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Copy everything into an empty database, from SQLite to PostgreSQL or back. Stop the server first.
    ///
    /// The copy is compared with the original before it is kept. Exit code 0: all was copied; 1: nothing was; 2: wrong usage.
    Copy {
        /// sqlite:PATH, postgres://USER:PASSWORD@HOST/DATABASE, or @FILE: a file that holds it.
        #[arg(long)]
        from: String,
        /// The same for the target, which must hold nothing. Its tables are made.
        #[arg(long)]
        to: String,
        /// Print JSON instead of a table.
        #[arg(long)]
        json: bool,
    },
}

/// Does it, and prints what was copied.
///
/// # Errors
/// Whatever [`store::copy`] says; then nothing was copied.
pub fn run(command: &Command) -> anyhow::Result<()> {
    let Command::Copy { from, to, json } = command;
    let (from, to) = (address(from).context("--from")?, address(to).context("--to")?);
    let terminal = std::io::stderr().is_terminal();
    let tables = store::copy(&from, &to, &mut |now| {
        if terminal {
            let count = |rows| usize::try_from(rows).unwrap_or(usize::MAX);
            eprint!("\r\x1b[K{} rows, {}", bar(count(now.rows), count(now.of)), now.table);
        }
    });
    if terminal {
        eprint!("\r\x1b[K");
    }
    let tables = tables?;
    if *json {
        println!(
            "{}",
            serde_json::to_string_pretty(&serde_json::json!({ "from": from.to_string(), "to": to.to_string(), "tables": tables }))?
        );
    } else {
        println!("{}", table(&tables));
        println!("{} rows of {} tables were copied and compared.", tables.iter().map(|one| one.rows).sum::<u64>(), tables.len());
    }
    Ok(())
}

fn address(text: &str) -> anyhow::Result<Address> {
    let url = match text.strip_prefix('@') {
        Some(file) => std::fs::read_to_string(file).with_context(|| format!("{file} cannot be read"))?,
        None => text.to_owned(),
    };
    Ok(Address::parse(url.trim_end())?)
}

fn table(tables: &[CopiedTable]) -> comfy_table::Table {
    let mut shown = comfy_table::Table::new();
    shown.set_header(["table", "rows", "sha256"]);
    shown.add_rows(tables.iter().map(|one| [one.table.clone(), one.rows.to_string(), one.sha256.chars().take(16).collect()]));
    shown
}
