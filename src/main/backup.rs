//! The arguments of `switchboard backup`, and what it prints.

use clap::Args;
use std::io::IsTerminal;
use std::path::PathBuf;
use switchboard::config::Config;
use switchboard::store::{Address, backup};

const MEGABYTE: f64 = 1024.0 * 1024.0;
/// Characters of the progress bar.
const WIDTH: u64 = 30;

#[derive(Args)]
pub struct Asked {
    /// The new file. Nothing is overwritten.
    file: PathBuf,
    /// For scripts.
    #[arg(long)]
    json: bool,
}

/// Copies the database and prints what the copy holds.
pub fn run(asked: &Asked, config: &Config) -> anyhow::Result<()> {
    let shows = std::io::stderr().is_terminal();
    let progress = |done: u64, all: u64| {
        if shows {
            let full = (done * WIDTH).checked_div(all).unwrap_or(WIDTH);
            let bar: String = (0..WIDTH).map(|at| if at < full { '#' } else { '.' }).collect();
            let end = if done == all { "\n" } else { "" };
            eprint!("\r[{bar}] {} of {} MB{end}", megabytes(done), megabytes(all));
        }
    };
    let made = backup(&Address::parse(config.store.url())?, &asked.file, progress)?;
    if asked.json {
        let mut report = serde_json::to_value(&made)?;
        report["file"] = serde_json::json!(asked.file);
        println!("{}", serde_json::to_string_pretty(&report)?);
        return Ok(());
    }
    println!(
        "{}: {} MB, {} messages, {} entries of the journal, schema {}.",
        asked.file.display(),
        megabytes(made.size),
        made.messages,
        made.journal,
        made.schema
    );
    match &config.files.s3_bucket {
        None => println!(
            "Pictures and files are in {}: copy that folder after this. Nothing in it ever changes.",
            config.files_folder().display()
        ),
        Some(bucket) => println!("Pictures and files are in the bucket {bucket}: let it keep versions."),
    }
    println!("To restore: stop the server, put the file in place of {} (and remove its -wal and -shm), start.", config.store.shown());
    Ok(())
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / MEGABYTE)
}
