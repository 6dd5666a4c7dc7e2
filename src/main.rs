//! The command line: reads what was asked, calls [`switchboard::app`], prints for people.

#[path = "main/backup.rs"]
mod backup;
#[path = "main/life.rs"]
mod life;
#[path = "main/simulation.rs"]
mod simulation;
#[path = "main/store_copy.rs"]
mod store_copy;
#[path = "main/switch.rs"]
mod switch;
#[path = "main/transfer_all.rs"]
mod transfer_all;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use life::{log, until_told};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use switchboard::app::demo::{Demo, Options};
use switchboard::app::preflight::Question;
use switchboard::app::{App, consent, directory, preflight};
use switchboard::clock::Clock;
use switchboard::config::{Config, LogFormat};
use switchboard::store::{Address, Store};
use tokio::net::TcpListener;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Colleagues chat with their clients on WhatsApp from inside Microsoft Teams, compliantly.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve(Configured),
    /// Try everything on this machine, between a simulated Teams and a simulated WhatsApp.
    Demo {
        /// Where the server listens.
        #[arg(long, default_value = "127.0.0.1:3978")]
        listen: SocketAddr,
        /// Where the page is.
        #[arg(long, default_value = "127.0.0.1:8088")]
        page: SocketAddr,
        /// Keep the database in this folder instead of a temporary one.
        #[arg(long)]
        folder: Option<PathBuf>,
        /// Accept Microsoft's Agents Playground as the Teams side too (development only).
        #[arg(long)]
        playground: bool,
    },
    /// Check the configuration and show what is in force. Secrets are never printed.
    CheckConfig {
        #[command(flatten)]
        configured: Configured,
        /// For scripts.
        #[arg(long)]
        json: bool,
    },
    /// The organization: lines, numbers, colleagues, policies, texts.
    Directory {
        #[command(subcommand)]
        command: DirectoryCommand,
    },
    /// Ask whether a message may be sent now, how, why, and what it costs. Changes nothing; works beside a running server.
    ///
    /// Exit code 0: it would be sent now. 3: it would not (held, refused, something else first). 1: no answer; 2: wrong usage.
    Preflight {
        /// The colleague: UPN, Entra object id, or name.
        #[arg(long, value_name = "COLLEAGUE")]
        from: String,
        /// The client: phone in any format, name of the contact, or business-scoped user id.
        #[arg(long, value_name = "CLIENT")]
        to: String,
        /// The line, when the client could be meant on several.
        #[arg(long)]
        line: Option<String>,
        /// Ask for this template instead of free text.
        #[arg(long, value_name = "NAME")]
        template: Option<String>,
        /// The template's language (en_US).
        #[arg(long, value_name = "CODE", requires = "template")]
        language: Option<String>,
        /// For scripts: every fact, named as in the README.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        configured: Configured,
    },
    /// One client's consent: what is known, and what an administrator records with evidence.
    Consent {
        #[command(subcommand)]
        command: ConsentCommand,
    },
    /// Switch off a number, a line or a colleague. Works beside a running server, which follows within two seconds.
    Deactivate {
        #[command(flatten)]
        asked: switch::Asked,
        #[command(flatten)]
        configured: Configured,
    },
    /// Switch it on again.
    Activate {
        #[command(flatten)]
        asked: switch::Asked,
        #[command(flatten)]
        configured: Configured,
    },
    /// Hand every client of a colleague who leaves to another one. Works beside a running server.
    ///
    /// Exit code 0: all went over. 3: some did not, and the table says why. 1: nobody went over; 2: wrong usage.
    TransferAll {
        #[command(flatten)]
        asked: transfer_all::Asked,
        #[command(flatten)]
        configured: Configured,
    },
    /// Copy the database into a new file. Works beside a running server; the copy holds everything up to one moment, and is checked.
    Backup {
        #[command(flatten)]
        asked: backup::Asked,
        #[command(flatten)]
        configured: Configured,
    },
    /// Look after the database itself.
    #[command(subcommand)]
    Store(store_copy::Command),
    /// Run one outer world as a process of its own.
    Simulate {
        #[command(subcommand)]
        command: simulation::Command,
    },
}

#[derive(Args)]
struct Configured {
    /// The configuration file. Environment variables (SWITCHBOARD__TEAMS__APP_ID …) go above it.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Subcommand)]
enum DirectoryCommand {
    /// Put a directory file in force; prints the difference.
    Apply {
        file: PathBuf,
        /// Only print the difference.
        #[arg(long)]
        dry_run: bool,
        /// For scripts.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        configured: Configured,
    },
}

#[derive(Args)]
struct Client {
    /// The line of business, by id or name.
    #[arg(long)]
    line: String,
    /// The client: phone number, WhatsApp user id, or a name that only one client has.
    #[arg(long)]
    client: String,
}

impl Client {
    fn about(&self) -> consent::About {
        consent::About { line: self.line.clone(), client: self.client.clone() }
    }
}

#[derive(Subcommand)]
enum ConsentCommand {
    /// The state and the whole trail of evidence.
    Show {
        #[command(flatten)]
        client: Client,
        /// For scripts.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        configured: Configured,
    },
    /// A client asked to stop outside WhatsApp, by letter or telephone.
    OptOut {
        #[command(flatten)]
        client: Client,
        /// How the client let you know.
        #[arg(long)]
        evidence: String,
        /// What proves it; its SHA-256 is recorded.
        #[arg(long)]
        file: Option<PathBuf>,
        #[command(flatten)]
        configured: Configured,
    },
    /// Take back a decline or an opt-out. The client may then be asked again.
    Reverse {
        #[command(flatten)]
        client: Client,
        /// How the client let you know.
        #[arg(long)]
        evidence: String,
        /// What proves it; its SHA-256 is recorded.
        #[arg(long)]
        file: Option<PathBuf>,
        /// The client agreed to messages: nobody need ask again.
        #[arg(long)]
        granted: bool,
        #[command(flatten)]
        configured: Configured,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the runtime cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(cli.command)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(configured) => serve(&load(&configured)?).await,
        Command::Demo { listen, page, folder, playground } => demo(&Options { listen, page, folder, playground }).await,
        Command::CheckConfig { configured, json } => check_config(&configured, json),
        Command::Directory { command: DirectoryCommand::Apply { file, dry_run, json, configured } } => {
            apply(&file, dry_run, json, &load(&configured)?).await
        }
        Command::Preflight { from, to, line, template, language, json, configured } => {
            ask(&Question { from, to, line, template, language }, json, &load(&configured)?)
        }
        Command::Consent { command } => run_consent(command).await,
        Command::Deactivate { asked, configured } => turn(asked, false, &configured).await,
        Command::Activate { asked, configured } => turn(asked, true, &configured).await,
        Command::TransferAll { asked, configured } => transfer_all(asked, &configured).await,
        Command::Backup { asked, configured } => backup::run(&asked, &load(&configured)?).map(|()| ExitCode::SUCCESS),
        Command::Store(command) => store_copy::run(&command).map(|()| ExitCode::SUCCESS),
        Command::Simulate { command } => simulation::run(command).await,
    }
}

fn load(configured: &Configured) -> anyhow::Result<Config> {
    Ok(Config::load(configured.config.as_deref(), std::env::vars_os())?)
}

/// The store, beside a running server.
fn open(config: &Config) -> anyhow::Result<Store> {
    Ok(Store::open(Address::parse(config.store.url())?)?)
}

async fn serve(config: &Config) -> anyhow::Result<ExitCode> {
    log(config.log.format, &config.log.filter)?;
    let organization = config.directory.as_deref().map(directory::read).transpose()?;
    let listener = TcpListener::bind(config.server.listen).await.with_context(|| format!("cannot listen on {}", config.server.listen))?;
    let app = App::build(config, organization, Clock::System).await?;
    tracing::info!(listen = %config.server.listen, store = %config.store.shown(), "switchboard is ready");
    app.run(listener, until_told()).await?;
    tracing::info!("switchboard has stopped; nothing is lost");
    Ok(ExitCode::SUCCESS)
}

async fn demo(options: &Options) -> anyhow::Result<ExitCode> {
    log(LogFormat::Text, "warn,switchboard=info")?;
    let demo = Demo::start(options).await?;
    println!("\n  switchboard demo\n");
    println!("  Open       {}", demo.page());
    println!("             left: four colleagues in Teams; right: the phones of their clients; below: the clock, faults, the journal");
    println!("  Ask        as Ana: new, add Maria (+55 11 98765-4321), send the request; tap Yes on the phone, and chat");
    println!("  Wait       +25 h: what Ana writes is held; a template goes out; Maria writes, and what was held follows");
    println!("  Together   Details on the conversation's card: add Ben and Caro, transfer, remove, leave, end");
    println!("  Channel    as Lena: write; Caro or Eva takes her in the channel Guests and answers there");
    println!("  Chat       New group chat beside Ana's chats: link it to Maria on the card that appears in it");
    println!("  Server     http://{}", demo.server);
    if options.playground {
        println!("  Playground npx @microsoft/m365agentsplayground start -e http://{}/api/messages -c msteams", demo.server);
    }
    match &options.folder {
        Some(folder) => println!("  Database   {}", folder.join("switchboard.db").display()),
        None => println!("  Database   temporary; keep one with --folder FOLDER"),
    }
    println!("  Stop       Ctrl+C\n");
    demo.run(until_told()).await?;
    Ok(ExitCode::SUCCESS)
}

fn check_config(configured: &Configured, json: bool) -> anyhow::Result<ExitCode> {
    let (config, problems) = Config::inspect(configured.config.as_deref(), std::env::vars_os());
    let organization = config.directory.as_deref().map(directory::read).transpose();
    let mut reasons: Vec<String> = problems.iter().map(ToString::to_string).collect();
    reasons.extend(organization.as_ref().err().map(|error| format!("{error:#}")));
    if problems.is_empty() {
        reasons.extend(Address::parse(config.store.url()).err().map(|error| format!("store.url: {error}")));
    }
    if json {
        println!("{}", serde_json::to_string_pretty(&serde_json::json!({ "values": config.rows(), "problems": reasons }))?);
    } else {
        println!("{}", config.table());
        reasons.iter().for_each(|reason| eprintln!("error: {reason}"));
        if reasons.is_empty() {
            println!("The configuration is complete.");
        }
    }
    Ok(if reasons.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn apply(file: &Path, dry_run: bool, json: bool, config: &Config) -> anyhow::Result<ExitCode> {
    log(LogFormat::Text, "warn")?;
    let new = directory::read(file)?;
    let store = open(config)?;
    let warnings = directory::template_warnings(&store, &new).await?;
    let changes = if dry_run {
        directory::changes(&store, &new).await?
    } else {
        directory::apply(&store, new, &whoami(), Clock::System.now()).await?
    };
    store.close().await;
    if json {
        let lines: Vec<String> = changes.iter().map(ToString::to_string).collect();
        let warnings: Vec<_> = warnings.iter().map(|one| serde_json::json!({ "key": one.key, "reason": one.reason })).collect();
        println!("{}", serde_json::json!({ "applied": !dry_run && !changes.is_empty(), "changes": lines, "warnings": warnings }));
        return Ok(ExitCode::SUCCESS);
    }
    changes.iter().for_each(|change| println!("{change}"));
    warnings.iter().for_each(|warning| eprintln!("{warning}"));
    match (changes.len(), dry_run) {
        (0, _) => println!("Nothing changes."),
        (n, true) => println!("{n} change(s). Nothing was applied."),
        (n, false) => println!("{n} change(s) applied. A running server follows within two seconds."),
    }
    Ok(ExitCode::SUCCESS)
}

/// Exit code of a message that would not be sent now.
const NOT_NOW: u8 = 3;

fn ask(question: &Question, json: bool, config: &Config) -> anyhow::Result<ExitCode> {
    let report = preflight::ask(&Address::parse(config.store.url())?, question, Clock::System.now())?;
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!("{}", preflight::table(&report));
    }
    Ok(if report.would_be_sent { ExitCode::SUCCESS } else { ExitCode::from(NOT_NOW) })
}

/// For the journal: who applied a directory or recorded evidence.
fn whoami() -> String {
    std::env::var("SUDO_USER").or_else(|_| std::env::var("USER")).unwrap_or_else(|_| "command line".to_owned())
}

async fn run_consent(command: ConsentCommand) -> anyhow::Result<ExitCode> {
    log(LogFormat::Text, "warn")?;
    let now = Clock::System.now();
    // Beside a running server: what is committed here is seen there.
    let opened = |configured: &Configured| -> anyhow::Result<Store> { open(&load(configured)?) };
    let (store, done) = match command {
        ConsentCommand::Show { client, json, configured } => {
            let store = opened(&configured)?;
            let report = consent::show(&store, &client.about(), now).await;
            let told = report.and_then(|report| if json { Ok(serde_json::to_string_pretty(&report)?) } else { Ok(report.to_string()) });
            (store, told)
        }
        ConsentCommand::OptOut { client, evidence, file, configured } => {
            let by = consent::evidence(whoami(), &evidence, file.as_deref())?;
            let store = opened(&configured)?;
            let done = consent::opt_out(&store, &client.about(), by, now).await;
            (store, done)
        }
        ConsentCommand::Reverse { client, evidence, file, granted, configured } => {
            let by = consent::evidence(whoami(), &evidence, file.as_deref())?;
            let store = opened(&configured)?;
            let done = consent::reverse(&store, &client.about(), by, granted, now).await;
            (store, done)
        }
    };
    store.close().await;
    println!("{}", done?);
    Ok(ExitCode::SUCCESS)
}

async fn turn(asked: switch::Asked, on: bool, configured: &Configured) -> anyhow::Result<ExitCode> {
    log(LogFormat::Text, "warn")?;
    let config = load(configured)?;
    let store = open(&config)?;
    let done = switch::turn(asked, on, &store, config.directory.as_deref(), &whoami()).await;
    store.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn transfer_all(asked: transfer_all::Asked, configured: &Configured) -> anyhow::Result<ExitCode> {
    log(LogFormat::Text, "warn")?;
    // Beside a running server: what is committed here is delivered there.
    let store = open(&load(configured)?)?;
    let done = transfer_all::hand_on(asked, &store, &whoami()).await;
    store.close().await;
    Ok(if done? { ExitCode::SUCCESS } else { ExitCode::from(NOT_NOW) })
}
