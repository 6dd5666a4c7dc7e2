//! `switchboard consent`: what is known about one client's consent, and what an administrator records, with evidence.

use crate::bridge::{ContactId, ContactQuery, Directory, Line, phone};
use crate::relay::{ByHand, EvidenceFile, Office, Recorded, record_opt_out, record_reversal};
use crate::store::{Contact, JournalRow, Store, Tx};
use anyhow::{Context, anyhow, bail, ensure};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt;
use std::io::Read;
use std::path::Path;

/// Names listed before the rest is only counted.
const NAMED: usize = 10;
/// A number has at least this many digits.
const FEWEST_DIGITS: usize = 7;
/// Longest evidence in words, in characters.
const EVIDENCE_LIMIT: usize = 2_000;

/// Whom a command is about.
#[derive(Clone, Debug)]
pub struct About {
    /// A line's id or name.
    pub line: String,
    /// A phone number in any usual format, a WhatsApp user id, or a name that only one client of the line has.
    pub client: String,
}

/// Everything that is known about one client's consent.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub client: String,
    pub phone: Option<String>,
    pub bsuid: Option<String>,
    pub line: String,
    pub state: &'static str,
    pub requested_at: Option<DateTime<Utc>>,
    pub requested_by: Option<String>,
    pub language: Option<String>,
    pub basis: Option<crate::bridge::Basis>,
    pub marketing_stopped: bool,
    /// From the journal, oldest first.
    pub trail: Vec<Step>,
    #[serde(skip)]
    zone: chrono_tz::Tz,
}

/// One entry of the evidence.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    pub at: DateTime<Utc>,
    /// The journal's own word (`consent.granted`).
    pub kind: String,
    pub who: String,
    /// Everything that was recorded with it.
    pub evidence: Value,
}

/// The state and the trail of one client.
pub async fn show(store: &Store, about: &About, now: DateTime<Utc>) -> anyhow::Result<Report> {
    let about = about.clone();
    store
        .read(move |tx| {
            let directory = match in_force(tx)? {
                Ok((_, directory)) => directory,
                Err(error) => return Ok(Err(error)),
            };
            let (line, contact) = match find(tx, &directory, &about)? {
                Ok(found) => found,
                Err(error) => return Ok(Err(error)),
            };
            let name = |id: &str| directory.colleague(&id.into()).map_or_else(|| id.to_owned(), |colleague| colleague.name.clone());
            let who = |actor: &str| match actor {
                "client" => contact.name.clone(),
                "server" => "switchboard".to_owned(),
                "whatsapp" => "WhatsApp".to_owned(),
                id => name(id),
            };
            let step = |row: JournalRow| Step { at: row.at, who: who(&row.actor), kind: row.kind, evidence: row.body };
            Ok(Ok(Report {
                client: contact.name.clone(),
                phone: contact.number(),
                bsuid: contact.bsuid.clone(),
                line: line.id.0.clone(),
                state: contact.consent.state(now).as_str(),
                requested_at: contact.consent.requested_at,
                requested_by: contact.requested_by.as_ref().map(|id| who(id.as_str())),
                language: contact.request_language.clone(),
                basis: contact.basis,
                marketing_stopped: contact.marketing_stopped,
                trail: tx.trail(contact.id)?.into_iter().map(step).collect(),
                zone: directory.organization.time_zone.parse().unwrap_or(chrono_tz::UTC),
            }))
        })
        .await?
}

/// A client asked to stop outside WhatsApp. A running server tells the colleagues within seconds.
pub async fn opt_out(store: &Store, about: &About, by: ByHand, now: DateTime<Utc>) -> anyhow::Result<String> {
    record(store, "consent_opt_out", about, by, now, record_opt_out).await
}

/// A decline or an opt-out is taken back, with evidence. `granted`: the client agreed to messages, else they may be asked again.
pub async fn reverse(store: &Store, about: &About, by: ByHand, granted: bool, now: DateTime<Utc>) -> anyhow::Result<String> {
    let reverse = move |tx: &Tx<'_>, office: &Office, now, id, by: &ByHand| record_reversal(tx, office, now, id, granted, by);
    record(store, "consent_reverse", about, by, now, reverse).await
}

async fn record<F>(store: &Store, name: &'static str, about: &About, by: ByHand, now: DateTime<Utc>, verb: F) -> anyhow::Result<String>
where
    F: Fn(&Tx<'_>, &Office, DateTime<Utc>, ContactId, &ByHand) -> crate::store::Result<Recorded> + Send + 'static,
{
    let about = about.clone();
    // Found and changed in one transaction: a server beside us may be taking a message of this very client.
    store
        .write(name, move |tx| {
            let (version, directory) = match in_force(tx)? {
                Ok(found) => found,
                Err(error) => return Ok(Err(error)),
            };
            let contact = match find(tx, &directory, &about)? {
                Ok((_, contact)) => contact,
                Err(error) => return Ok(Err(error)),
            };
            let done = verb(tx, &Office::new(version, directory), now, contact.id, &by)?;
            Ok(said(&contact.name, done))
        })
        .await?
}

fn said(client: &str, done: Recorded) -> anyhow::Result<String> {
    Ok(match done {
        Recorded::Done { before, state, withdrawn } => {
            let held = match withdrawn {
                0 => String::new(),
                1 => " 1 held message was withdrawn.".to_owned(),
                n => format!(" {n} held messages were withdrawn."),
            };
            format!("{client}: {} -> {}.{held} A running server tells the colleagues within seconds.", before.as_str(), state.as_str())
        }
        Recorded::Already => format!("{client} had asked to stop already. The evidence was added to the record."),
        Recorded::NotRefused(state) => {
            bail!("nothing to reverse: {client} has neither declined nor asked to stop (consent: {}). Nothing was changed.", state.as_str())
        }
        Recorded::Unknown => bail!("{client} is no contact any more. Nothing was changed."),
    })
}

/// What an administrator brings forward. Without words there is no evidence, whatever the file says.
pub fn evidence(who: String, words: &str, file: Option<&Path>) -> anyhow::Result<ByHand> {
    let words = words.trim();
    ensure!(!words.is_empty(), "--evidence must say how the client let you know (letter of 3 March, call at 10:15 ...)");
    ensure!(words.chars().count() <= EVIDENCE_LIMIT, "--evidence is longer than {EVIDENCE_LIMIT} characters; put the rest into --file");
    Ok(ByHand { who, evidence: words.to_owned(), file: file.map(hash).transpose()? })
}

fn hash(path: &Path) -> anyhow::Result<EvidenceFile> {
    let unreadable = || format!("cannot read the evidence {}", path.display());
    let mut file = std::fs::File::open(path).with_context(unreadable)?;
    let mut hash = Sha256::new();
    // A recording need not fit into memory.
    let mut piece = [0; 64 * 1024];
    loop {
        match file.read(&mut piece).with_context(unreadable)? {
            0 => break,
            length => hash.update(&piece[..length]),
        }
    }
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    Ok(EvidenceFile { name, sha256: hex::encode(hash.finalize()) })
}

/// What was found, or why not: a mistake of the person who asks is no fault of the store.
type Found<T> = crate::store::Result<anyhow::Result<T>>;

fn in_force(tx: &Tx<'_>) -> Found<(i64, Directory)> {
    Ok(tx.directory()?.ok_or_else(super::directory::none_in_force))
}

fn find(tx: &Tx<'_>, directory: &Directory, about: &About) -> Found<(Line, Contact)> {
    let same = |name: &str| name.eq_ignore_ascii_case(about.line.trim());
    let Some(line) =
        directory.lines.iter().find(|line| same(line.id.as_str())).or_else(|| directory.lines.iter().find(|line| same(&line.name)))
    else {
        let known: Vec<&str> = directory.lines.iter().map(|line| line.id.as_str()).collect();
        return Ok(Err(anyhow!("there is no line {:?}; the lines are: {}", about.line, known.join(", "))));
    };
    let asked = about.client.trim();
    if let Ok(number) = phone::parse(asked, line.region.as_deref()) {
        let none = || anyhow!("line {} has no client with the number {}", line.id, phone::display(&number));
        return Ok(tx.contact_by_phone(&line.id, &number)?.map(|contact| (line.clone(), contact)).ok_or_else(none));
    }
    // As WhatsApp writes it, which is not always a number that can be dialled.
    let digits: String = asked.chars().filter(char::is_ascii_digit).collect();
    if digits.len() >= FEWEST_DIGITS
        && asked.chars().all(|c| c.is_ascii_digit() || "+ ()-/.".contains(c))
        && let Some(contact) = tx.contact_by_phone(&line.id, &digits)?
    {
        return Ok(Ok((line.clone(), contact)));
    }
    if let Some(contact) = tx.contact_by_bsuid(&line.id, asked)? {
        return Ok(Ok((line.clone(), contact)));
    }
    let query = ContactQuery::read(asked, line.region.as_deref());
    let near = if query.is_empty() { Vec::new() } else { tx.find_contacts(&line.id, &query, 1_000)? };
    let exact: Vec<&Contact> = near.iter().filter(|contact| contact.name.eq_ignore_ascii_case(asked)).collect();
    let found = if exact.is_empty() { near.iter().collect() } else { exact };
    Ok(match found.as_slice() {
        [] => Err(anyhow!(
            "line {} has no client {asked:?}. Give the phone number with + and country code, the WhatsApp user id, or the name.",
            line.id
        )),
        [contact] => Ok((line.clone(), (*contact).clone())),
        several => {
            let told =
                |contact: &&Contact| format!("  {} {}", contact.name, contact.number().or(contact.bsuid.clone()).unwrap_or_default());
            let mut names: Vec<String> = several.iter().take(NAMED).map(told).collect();
            if several.len() > NAMED {
                names.push(format!("  and {} more", several.len() - NAMED));
            }
            Err(anyhow!("several clients of line {} fit {asked:?}; give the number:\n{}", line.id, names.join("\n")))
        }
    })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |at: DateTime<Utc>| at.with_timezone(&self.zone).format("%Y-%m-%d %H:%M:%S").to_string();
        let word = |value: Value| value.as_str().unwrap_or_default().replace('_', " ");
        let mut facts = vec![
            ("Client", self.client.clone()),
            ("Phone", self.phone.as_deref().map(phone::display).unwrap_or_default()),
            ("WhatsApp user", self.bsuid.clone().unwrap_or_default()),
            ("Line", self.line.clone()),
            ("Consent", self.state.to_owned()),
            ("Last request", self.requested_at.map(time).unwrap_or_default()),
            ("Requested by", self.requested_by.clone().unwrap_or_default()),
            ("Language", self.language.clone().unwrap_or_default()),
            ("Basis", self.basis.map(|basis| word(serde_json::json!(basis))).unwrap_or_default()),
        ];
        facts.push(("Marketing", if self.marketing_stopped { "not wanted".to_owned() } else { "no objection".to_owned() }));
        for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
            writeln!(f, "{name:<14} {value}")?;
        }
        writeln!(f, "\nThe record (times in {}):\n", self.zone)?;
        let mut table = comfy_table::Table::new();
        table.set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
        table.set_header(["time", "what", "who", "basis", "evidence"]);
        for step in &self.trail {
            let basis = word(step.evidence["basis"].clone());
            table.add_row([time(step.at), step.kind.replace(['.', '_'], " "), step.who.clone(), basis, told(&step.evidence)]);
        }
        write!(f, "{table}")
    }
}

/// What an auditor looks for first; `--json` has everything.
fn told(evidence: &Value) -> String {
    let mut lines = Vec::new();
    let text = |name: &str| evidence[name].as_str().filter(|text| !text.is_empty());
    match (text("sent_as"), text("template"), text("language")) {
        (Some("template"), Some(name), language) => lines.push(format!("asked by template {name} ({})", language.unwrap_or("?"))),
        (Some(_), _, language) => lines.push(format!("asked by session message ({})", language.unwrap_or("?"))),
        _ => {}
    }
    for (name, label) in [("text", "asked"), ("words", "answered"), ("evidence", "evidence"), ("phone", "phone")] {
        lines.extend(text(name).map(|text| format!("{label}: {}", text.replace('\n', " "))));
    }
    if let Some(file) = evidence["file"].as_object() {
        let of = |name: &str| file.get(name).and_then(Value::as_str).unwrap_or_default();
        lines.push(format!("file: {} (SHA-256 {})", of("name"), of("sha256")));
    }
    for (name, label) in [("request_wamid", "request"), ("wamid", "answer")] {
        lines.extend(text(name).map(|wamid| format!("{label}: {wamid}")));
    }
    if let (Some(before), Some(after)) = (evidence["before"].as_object(), evidence["after"].as_object()) {
        let number = |names: &serde_json::Map<String, Value>| {
            names.get("wa_id").and_then(Value::as_str).map_or_else(|| "unknown".to_owned(), |wa_id| phone::display(&format!("+{wa_id}")))
        };
        lines.push(format!("number: {} -> {}", number(before), number(after)));
    }
    lines.join("\n")
}
