//! How a process of ours speaks, and when it ends.

use anyhow::{Context, bail};
use std::io::IsTerminal;
use switchboard::config::LogFormat;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// Sends what is logged to standard error. `filter` as tracing-subscriber reads it.
pub fn log(format: LogFormat, filter: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).context("log.filter cannot be read")?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    match format {
        LogFormat::Json => log.json().init(),
        LogFormat::Text => log.init(),
    }
    Ok(())
}

/// Cancelled by Ctrl+C or SIGTERM: what is in flight is finished. A second one ends the process at once.
pub fn until_told() -> CancellationToken {
    let token = CancellationToken::new();
    let told = token.clone();
    tokio::spawn(async move {
        if let Err(error) = signal().await {
            tracing::error!(%error, "signals cannot be heard; stop the process by other means");
            return;
        }
        tracing::info!("stopping: finishing what is in flight");
        told.cancel();
        if signal().await.is_ok() {
            std::process::exit(130);
        }
    });
    token
}

async fn signal() -> anyhow::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        told = tokio::signal::ctrl_c() => told?,
        told = terminate.recv() => if told.is_none() { bail!("the signal stream ended") },
    }
    Ok(())
}
