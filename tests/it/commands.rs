//! The built binary: three processes that make a conversation, and the commands around them.

use crate::harness::{PATIENCE, Process, World, binary, database, free_port, words};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::time::Instant;

/// Two worlds and a server, each a process of its own.
struct Processes {
    teams: String,
    whatsapp: String,
    server: String,
    http: reqwest::Client,
    folder: tempfile::TempDir,
    running: Vec<Process>,
}

impl Processes {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let [listen, teams, whatsapp] = std::array::from_fn(|_| format!("127.0.0.1:{}", free_port()));
        let path = folder.path().to_str().expect("a plain path").to_owned();
        let written = binary()
            .args(["simulate", "config", &path, "--listen", &listen, "--teams", &teams, "--whatsapp", &whatsapp])
            .output()
            .expect("the binary runs");
        assert!(written.status.success(), "{written:?}");
        let config = format!("{path}/switchboard.toml");
        let bot = format!("http://{listen}/api/messages");
        let webhook = format!("http://{listen}/webhooks/whatsapp");
        let running = vec![
            Process::start(folder.path(), &["simulate", "teams", "--listen", &teams, "--bot", &bot]),
            Process::start(folder.path(), &["simulate", "whatsapp", "--listen", &whatsapp, "--webhook", &webhook]),
            Process::start(folder.path(), &["serve", "--config", &config]),
        ];
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().expect("a client");
        let [teams, whatsapp, server] = [&teams, &whatsapp, &listen].map(|address| format!("http://{address}"));
        let processes = Self { teams, whatsapp, server, http, folder, running };
        let ready = format!("{}/readyz", processes.server);
        processes
            .until("the server is ready", async || processes.http.get(&ready).send().await.is_ok_and(|answer| answer.status() == 200))
            .await;
        for base in [&processes.teams, &processes.whatsapp] {
            let state = format!("{base}/_sim/state");
            processes.until("the world answers", async || processes.http.get(&state).send().await.is_ok()).await;
        }
        processes
    }

    /// Asks again until it is so. Another process has no signal to wait for.
    async fn until(&self, what: &str, so: impl AsyncFn() -> bool) {
        let start = Instant::now();
        while !so().await {
            let outputs: Vec<String> = self.running.iter().map(Process::output).collect();
            assert!(start.elapsed() < PATIENCE, "not in time: {what}\n{}", outputs.join("\n---\n"));
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
    }

    async fn post(&self, base: &str, path: &str, body: Value) -> Value {
        let response = self.http.post(format!("{base}/_sim/{path}")).json(&body).send().await.expect("answers");
        let status = response.status();
        let text = response.text().await.expect("a body");
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    async fn items(&self, base: &str, path: &str) -> Vec<Value> {
        let answer: Value = self.http.get(format!("{base}/_sim/{path}")).send().await.expect("answers").json().await.expect("JSON");
        let list = if answer.is_array() { answer } else { answer["items"].clone() };
        list.as_array().cloned().unwrap_or_default()
    }

    async fn chat(&self) -> Vec<Value> {
        self.items(&self.teams, "users/ana/chat").await
    }

    async fn phone(&self) -> Vec<Value> {
        self.items(&self.whatsapp, "phones/maria").await
    }

    /// Ana asks Maria, who agrees.
    async fn conversation(&self) {
        self.post(&self.teams, "users/ana/install", json!({})).await;
        self.sees("Welcome to switchboard").await;
        self.post(&self.teams, "users/ana/type", json!({"text": "new"})).await;
        let card = self.sees("Add a contact").await;
        self.click(&card, "Add contact", json!({"name": "Maria Oliveira", "phone": "+5511987654321"})).await;
        let card = self.sees("Phone").await;
        self.click(&card, "Message on WhatsApp", json!({})).await;
        let card = self.sees("has not agreed to WhatsApp messages yet").await;
        self.click(&card, "Send request", json!({"basis": "contract"})).await;
        let request = self.shows("May we message you here on WhatsApp?").await;
        self.post(&self.whatsapp, "phones/maria/tap", json!({"wamid": request["wamid"], "title": "Yes"})).await;
        self.sees("Maria Oliveira accepted.").await;
    }

    /// A document goes from the client to Ana, and one from Ana to the client.
    async fn passes(&self, size: usize, shown: &str) {
        let mut bytes = b"%PDF-1.7\n".to_vec();
        bytes.resize(size, b'.');
        let data = STANDARD.encode(&bytes);
        let [there, back] = [format!("there-{size}.pdf"), format!("back-{size}.pdf")];
        let file = json!({"kind": "document", "mime_type": "application/pdf", "filename": there, "data": data});
        self.post(&self.whatsapp, "phones/maria/file", file).await;
        self.sees(&format!("{there} · {shown}")).await;
        self.post(&self.teams, "users/ana/type", json!({"text": "", "files": [{"name": back, "data": data}]})).await;
        let card = self.sees(&format!("{back} · {shown}")).await;
        self.click(&card, "Send", json!({})).await;
        let hash = hex::encode(Sha256::digest(&bytes));
        self.until("the phone has it", async || self.phone().await.iter().any(|item| item["file"]["sha256"] == hash.as_str())).await;
    }

    /// Waits for a message in Ana's chat; its activity id.
    async fn sees(&self, text: &str) -> String {
        let is = |item: &Value| {
            let shown = if item["card"].is_object() { words(&item["card"]) } else { item["text"].as_str().unwrap_or_default().to_owned() };
            item["from"] == "bot" && shown.contains(text)
        };
        self.until(text, async || self.chat().await.iter().any(is)).await;
        let chat = self.chat().await;
        chat.iter().rev().find(|item| is(item)).and_then(|item| item["activity_id"].as_str()).expect("an id").to_owned()
    }

    async fn shows(&self, text: &str) -> Value {
        let is = |item: &Value| item["from"] == "business" && item["text"].as_str().is_some_and(|shown| shown.contains(text));
        self.until(text, async || self.phone().await.iter().any(is)).await;
        self.phone().await.into_iter().rfind(|item| is(item)).expect("there")
    }

    async fn click(&self, card: &str, title: &str, inputs: Value) {
        // What a press leads to may follow its answer.
        let offers = |item: &Value| item["activity_id"] == card && item["card"].to_string().contains(&format!("\"title\":\"{title}\""));
        self.until(title, async || self.chat().await.iter().any(offers)).await;
        self.post(&self.teams, "users/ana/click", json!({"activity_id": card, "title": title, "inputs": inputs})).await;
    }

    async fn apply(&self, file: &Path, dry_run: bool) -> std::process::Output {
        let config = self.folder.path().join("switchboard.toml");
        let mut command = binary();
        command.current_dir(self.folder.path()).args(["directory", "apply"]).arg(file).arg("--config").arg(config);
        if dry_run {
            command.arg("--dry-run");
        }
        tokio::task::spawn_blocking(move || command.output().expect("the binary runs")).await.expect("no panic")
    }
}

#[tokio::test]
async fn three_processes_make_a_conversation_follow_a_new_directory_and_stop_cleanly() {
    let mut processes = Processes::start().await;
    processes.conversation().await;
    processes.post(&processes.teams, "users/ana/type", json!({"text": "Hello from Teams"})).await;
    processes.shows("Hello from Teams").await;
    processes.post(&processes.whatsapp, "phones/maria/type", json!({"text": "Hello from WhatsApp"})).await;
    processes.sees("Hello from WhatsApp").await;

    // A new directory takes effect while the server runs; a dry run changes nothing.
    let file = processes.folder.path().join("directory.toml");
    let text = std::fs::read_to_string(&file).expect("written");
    let changed = text.replace("Northwind Bank", "Southwind Bank");
    assert_ne!(text, changed);
    std::fs::write(&file, changed).expect("writable");
    let dry = processes.apply(&file, true).await;
    let said = String::from_utf8_lossy(&dry.stdout).into_owned();
    assert!(dry.status.success() && said.contains("Southwind Bank") && said.contains("Nothing was applied."), "{dry:?}");
    let applied = processes.apply(&file, false).await;
    let said = String::from_utf8_lossy(&applied.stdout).into_owned();
    assert!(applied.status.success() && said.contains("1 change(s) applied."), "{applied:?}");
    let again = processes.apply(&file, false).await;
    assert!(String::from_utf8_lossy(&again.stdout).contains("Nothing changes."), "{again:?}");
    std::fs::write(&file, text.replace("closed_window = \"queue\"", "closed_window = \"shout\"")).expect("writable");
    let wrong = processes.apply(&file, false).await;
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("line 15: unknown variant `shout`"), "{wrong:?}");
    processes
        .until("the server speaks for the new business", async || {
            processes.post(&processes.whatsapp, "phones/maria/type", json!({"text": "STOP"})).await;
            processes.post(&processes.whatsapp, "phones/maria/type", json!({"text": "START"})).await;
            tokio::time::sleep(std::time::Duration::from_millis(250)).await;
            processes.phone().await.iter().any(|item| item["text"].as_str().is_some_and(|text| text.contains("Southwind Bank")))
        })
        .await;

    // SIGTERM: everything ends by itself, and nobody printed a secret.
    for process in processes.running.iter_mut().rev() {
        let status = process.ends().await;
        assert_eq!(status.code(), Some(0), "{}", process.output());
        for secret in ["simulated-client-secret", "simulated-access-token", "simulated-app-secret", "simulated-verify-token"] {
            assert!(!process.output().contains(secret));
        }
    }
}

/// What passes is never held whole: a file four times as large takes no more memory.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_document_of_a_hundred_megabytes_takes_no_more_memory_than_a_small_one() {
    const MEGABYTE: usize = 1024 * 1024;
    let processes = Processes::start().await;
    processes.conversation().await;
    processes.passes(25 * MEGABYTE, "25 MB").await;
    let before = processes.running[2].peak_memory();
    processes.passes(100 * MEGABYTE, "100 MB").await;
    let grown = (processes.running[2].peak_memory() - before) / MEGABYTE as u64;
    // What is on its way between two sockets differs with the load; a file that was held would be 75 MB more.
    assert!(grown < 40, "{grown} MB more at the peak, which was {} MB", before / MEGABYTE as u64);
}

/// The disk with the database is lost: what the copy holds is there again, and the conversation goes on with it.
#[tokio::test]
async fn a_backup_made_beside_a_running_server_is_a_server_again() {
    let mut processes = Processes::start().await;
    processes.conversation().await;
    processes.post(&processes.teams, "users/ana/type", json!({"text": "Before the backup"})).await;
    processes.shows("Before the backup").await;
    let folder = processes.folder.path().to_owned();
    let (config, copy) = (folder.join("switchboard.toml"), folder.join("copy.db"));
    let backup = || {
        let mut command = binary();
        command.current_dir(&folder).arg("backup").arg(&copy).arg("--json").arg("--config").arg(&config);
        tokio::task::spawn_blocking(move || command.output().expect("the binary runs"))
    };
    let made = backup().await.expect("no panic");
    let report: Value = serde_json::from_slice(&made.stdout).unwrap_or_else(|_| panic!("{made:?}"));
    assert!(report["messages"].as_i64().is_some_and(|messages| messages >= 3), "{report}");
    let again = backup().await.expect("no panic");
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("is there already"), "{again:?}");

    drop(processes.running.remove(2));
    for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("switchboard.db") && entry.path().is_file() {
            std::fs::remove_file(entry.path()).expect("removed");
        }
    }
    std::fs::rename(&copy, folder.join("switchboard.db")).expect("put in its place");
    processes.running.push(Process::start(&folder, &["serve", "--config", config.to_str().expect("a plain path")]));
    let ready = format!("{}/readyz", processes.server);
    processes
        .until("the server is ready again", async || processes.http.get(&ready).send().await.is_ok_and(|answer| answer.status() == 200))
        .await;
    processes.post(&processes.whatsapp, "phones/maria/type", json!({"text": "Still there?"})).await;
    processes.sees("Still there?").await;
    processes.post(&processes.teams, "users/ana/type", json!({"text": "After the restore"})).await;
    processes.shows("After the restore").await;
    let before =
        processes.phone().await.into_iter().filter(|item| item["text"].as_str().is_some_and(|text| text.contains("Before the backup")));
    assert_eq!(before.count(), 1, "nothing goes twice");
}

fn written() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().to_str().expect("a plain path");
    assert!(binary().args(["simulate", "config", path]).output().expect("runs").status.success());
    let config = folder.path().join("switchboard.toml");
    (folder, config)
}

#[test]
fn check_config_shows_what_is_in_force_and_no_secret() {
    let (folder, config) = written();
    for json in [false, true] {
        let mut command = binary();
        command
            .current_dir(folder.path())
            .arg("check-config")
            .arg("--config")
            .arg(&config)
            .env("SWITCHBOARD__WHATSAPP__VERIFY_TOKEN", "from-the-environment");
        if json {
            command.arg("--json");
        }
        let output = command.output().expect("runs");
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && said.contains("5b0c7d1e-5f6a-4c0f-9a52-0d7c7a5e1b01"), "{said}");
        for secret in ["simulated-client-secret", "simulated-access-token", "simulated-app-secret", "from-the-environment"] {
            assert!(!said.contains(secret), "{said}");
        }
    }
}

#[test]
fn check_config_names_every_wrong_key_at_once() {
    let (folder, config) = written();
    let text = std::fs::read_to_string(&config).expect("written");
    let wrong = text.replace("app_id = ", "ap_id = ").replace("listen = \"127", "listen = \"nowhere") + "\n[log]\nformat = \"loud\"\n";
    std::fs::write(&config, wrong).expect("writable");
    let output = binary().current_dir(folder.path()).arg("check-config").arg("--config").arg(&config).output().expect("runs");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!output.status.success());
    for key in ["teams.ap_id", "teams.app_id", "server.listen", "log.format"] {
        assert!(said.contains(key), "{key} in {said}");
    }
    assert!(!said.contains("simulated-client-secret"), "{said}");
}

#[test]
fn a_server_without_a_configuration_does_not_start_and_says_why() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = binary().arg("serve").current_dir(folder.path()).output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("teams.app_id") && said.contains("whatsapp.access_token"), "{said}");
}

#[tokio::test]
async fn a_database_is_copied_by_command_and_the_copy_serves() {
    let world = World::start().await;
    let (ana, maria) = (world.ana(), world.maria());
    world.consented(&ana, &maria).await;
    ana.types("Hello").await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let target = folder.path().join("copy.db");
    let to = format!("sqlite:{}", target.display());
    std::fs::write(folder.path().join("from"), format!("{}\n", world.config.store.url())).expect("written");
    let run = |arguments: &[&str]| {
        let all = ["store", "copy", "--from", "@from", "--to", to.as_str()];
        binary().current_dir(folder.path()).args(all).args(arguments).output().expect("runs")
    };
    let busy = run(&[]);
    let said = String::from_utf8_lossy(&busy.stderr).into_owned();
    assert!(busy.status.code() == Some(1) && said.contains("is in use by another server. Stop that one first."), "{said}");
    world.stop().await;
    let done = run(&["--json"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let told: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    let rows = |table: &str| {
        let tables = told["tables"].as_array().expect("tables");
        tables.iter().find(|one| one["table"] == table).and_then(|one| one["rows"].as_u64()).expect("a table")
    };
    assert!(rows("message") >= 3 && rows("journal") > 5, "{told}");
    let messages = world.database.rows("SELECT content FROM message ORDER BY message_id");
    assert_eq!(database::rows(&format!("sqlite://{}", target.display()), "SELECT content FROM message ORDER BY message_id"), messages);
    let again = run(&[]);
    assert!(again.status.code() == Some(1) && String::from_utf8_lossy(&again.stderr).contains("is not empty"), "{again:?}");
    world.start_again().await;
    ana.types("And on").await;
    assert_eq!(maria.last().text, "And on");
}
