//! `switchboard simulate`: one outer world as a process of its own, so that the server under test can be a third.

use crate::clock::Clock;
use crate::simulator::{self, PageLinks, TeamsWorld, WhatsAppWorld};
use anyhow::Context;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Runs the Teams side until `shutdown`; `bot` is the server's `/api/messages`, `whatsapp` the other world's address for the page.
pub async fn teams(listen: SocketAddr, bot: url::Url, whatsapp: Option<String>, shutdown: CancellationToken) -> anyhow::Result<()> {
    let world = TeamsWorld::start(bind(listen).await?, simulator::defaults().teams, Clock::System).await?;
    world.set_bot_endpoint(bot);
    world.set_page_links(PageLinks { teams_url: Some(world.base_url().to_owned()), whatsapp_url: whatsapp, journal_url: None });
    println!("Teams is simulated on {}", world.base_url());
    shutdown.cancelled().await;
    world.stop();
    Ok(())
}

/// Runs the WhatsApp side until `shutdown`; `webhook` is the server's `/webhooks/whatsapp`.
pub async fn whatsapp(listen: SocketAddr, webhook: url::Url, shutdown: CancellationToken) -> anyhow::Result<()> {
    let world = WhatsAppWorld::start(bind(listen).await?, simulator::defaults().whatsapp, Clock::System).await?;
    world.set_webhook(webhook);
    println!("WhatsApp is simulated on {}", world.base_url());
    shutdown.cancelled().await;
    world.stop();
    Ok(())
}

async fn bind(at: SocketAddr) -> anyhow::Result<TcpListener> {
    anyhow::ensure!(at.ip().is_loopback(), "{at} is not a loopback address: the simulator's controls ask nobody who they are");
    TcpListener::bind(at).await.with_context(|| format!("cannot listen on {at}"))
}

/// Writes `switchboard.toml` and `directory.toml` for a server between the two worlds; the paths written.
pub fn write_config(folder: &Path, listen: SocketAddr, teams: SocketAddr, whatsapp: SocketAddr) -> anyhow::Result<[PathBuf; 2]> {
    let cast = simulator::defaults();
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut text = String::new();
    writeln!(text, "directory = \"directory.toml\"\n")?;
    writeln!(text, "[server]\nlisten = \"{listen}\"\n")?;
    // Absolute: relative ones are looked for where the server is started.
    let database = std::path::absolute(folder.join("switchboard.db")).context("the folder has no absolute path")?;
    writeln!(text, "[store]\nurl = \"sqlite://{}\"\n", database.display())?;
    writeln!(text, "[teams]\napp_id = \"{}\"\ntenant_id = \"{}\"", cast.teams.app_id, cast.teams.tenant_id)?;
    writeln!(text, "client_secret = \"{}\"", cast.teams.client_secret)?;
    writeln!(text, "openid_metadata_url = \"http://{teams}/v1/.well-known/openidconfiguration\"\nlogin_url = \"http://{teams}\"")?;
    writeln!(text, "allowed_service_hosts = [\"{teams}\"]\n")?;
    let catalog = &cast.teams.catalog_id;
    writeln!(
        text,
        "[teams.graph]\nenabled = true\nfiles = true\napp_catalog_id = \"{catalog}\"\nbase_url = \"http://{teams}/graph/v1.0\"\n"
    )?;
    writeln!(text, "[whatsapp]\ngraph_url = \"http://{whatsapp}\"\naccess_token = \"{}\"", cast.whatsapp.access_token)?;
    writeln!(text, "app_secrets = [\"{}\"]\nverify_token = \"{}\"", cast.whatsapp.app_secret, cast.whatsapp.verify_token)?;
    let paths = [folder.join("switchboard.toml"), folder.join("directory.toml")];
    let directory = toml::to_string_pretty(&super::demo::directory(&cast)).context("the demo's directory cannot be written as TOML")?;
    for (path, text) in paths.iter().zip([text, directory]) {
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(paths)
}
