//! `switchboard simulate`: each outer world as a process of its own.

use super::life::{log, until_told};
use clap::Subcommand;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use switchboard::app::simulate;
use switchboard::config::LogFormat;

#[derive(Subcommand)]
pub enum Command {
    /// Bot Framework login, Connector, and the Teams clients of four colleagues.
    Teams {
        #[arg(long, default_value = "127.0.0.1:8088")]
        listen: SocketAddr,
        /// The server's messaging endpoint.
        #[arg(long, default_value = "http://127.0.0.1:8080/api/messages")]
        bot: url::Url,
        /// The simulated WhatsApp, for the page.
        #[arg(long, default_value = "http://127.0.0.1:8089")]
        whatsapp: String,
    },
    /// Graph, webhooks, and the phones of four clients.
    Whatsapp {
        #[arg(long, default_value = "127.0.0.1:8089")]
        listen: SocketAddr,
        /// The server's webhook.
        #[arg(long, default_value = "http://127.0.0.1:8080/webhooks/whatsapp")]
        webhook: url::Url,
    },
    /// Write switchboard.toml and directory.toml for a server between the two.
    Config {
        folder: PathBuf,
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        #[arg(long, default_value = "127.0.0.1:8088")]
        teams: SocketAddr,
        #[arg(long, default_value = "127.0.0.1:8089")]
        whatsapp: SocketAddr,
    },
}

/// Runs a world until it is told to stop, or writes the files for a server between both.
pub async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Config { folder, listen, teams, whatsapp } => {
            let [config, directory] = simulate::write_config(&folder, listen, teams, whatsapp)?;
            println!("Wrote {} and {}", config.display(), directory.display());
            println!("Run in three terminals:");
            println!("  switchboard simulate teams --listen {teams} --bot http://{listen}/api/messages --whatsapp http://{whatsapp}");
            println!("  switchboard simulate whatsapp --listen {whatsapp} --webhook http://{listen}/webhooks/whatsapp");
            println!("  switchboard serve --config {}", config.display());
            println!("and open http://{teams}/");
        }
        Command::Teams { listen, bot, whatsapp } => {
            log(LogFormat::Text, "warn,switchboard=info")?;
            simulate::teams(listen, bot, Some(whatsapp), until_told()).await?;
        }
        Command::Whatsapp { listen, webhook } => {
            log(LogFormat::Text, "warn,switchboard=info")?;
            simulate::whatsapp(listen, webhook, until_told()).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
