//! 500 threads of 50 colleagues in one line, all with consent and an open window, and the requests that their people send.

use crate::Way;
use crate::peers::Peers;
use chrono::Duration;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use switchboard::app::demo;
use switchboard::bridge::{
    ActivityId, ColleagueId, Consent, ConsentState, ConversationReference, MessageId, MessageState, Outgoing, PhoneNumberId, Place, Rule,
    Time, Wamid, Window,
};
use switchboard::clock::Clock;
use switchboard::simulator::{self, TeamsUser, TeamsWorld};
use switchboard::store::{Address, Direction, Entry, KnownColleague, NewContact, NewMessage, Purpose, Result, Store, Tx};

const COLLEAGUES: usize = 50;
const THREADS: usize = 500;
/// Stored messages written in one transaction.
const CHUNK: usize = 1_000;
const LINE: &str = "advice";

pub struct Cast {
    cast: simulator::Cast,
    login: SocketAddr,
    graph: SocketAddr,
    service_url: String,
    token: String,
    now: Time,
}

impl Cast {
    pub fn new(login: &TeamsWorld, peers: &Peers) -> Self {
        let mut cast = simulator::defaults();
        let user = cast.teams.users[0].clone();
        cast.teams.teams.clear();
        cast.teams.users = (0..COLLEAGUES)
            .map(|at| TeamsUser {
                key: format!("colleague{at}"),
                name: format!("Colleague {at}"),
                upn: format!("colleague{at}@northwind.example"),
                object_id: format!("1f2e3d4c-{at:04}-4a5b-8c6d-7e8f90a1b2c3"),
                user_id: format!("29:1colleague{at}-bHV4ZW1idXJnMTIzNDU2Nzg5MGFiY2RlZg"),
                conversation_id: format!("a:1colleague{at}-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZmdoaWprbG1ub3A"),
                ..user.clone()
            })
            .collect();
        let service_url = format!("http://{}/teams/", peers.connector);
        let mut claims = login.good_claims();
        claims["serviceurl"] = json!(service_url);
        let address = login.base_url().trim_start_matches("http://").parse().expect("a world listens on an address");
        Self { cast, login: address, graph: peers.graph, service_url, token: login.sign(json!({}), claims), now: Clock::System.now() }
    }

    /// `switchboard.toml` and `directory.toml`.
    pub fn write_config(&self, folder: &Path, listen: SocketAddr) -> anyhow::Result<PathBuf> {
        let [config, directory] = switchboard::app::simulate::write_config(folder, listen, self.login, self.graph)?;
        let host = self.service_url.trim_start_matches("http://").split('/').next().unwrap_or_default();
        let text = std::fs::read_to_string(&config)?.replace(
            &format!("allowed_service_hosts = [\"{}\"]", self.login),
            &format!("allowed_service_hosts = [\"{}\", \"{host}\"]", self.login),
        );
        std::fs::write(&config, text)?;
        std::fs::write(directory, toml::to_string_pretty(&demo::directory(&self.cast))?)?;
        Ok(config)
    }

    /// Makes the database through the store's own door: the cast, and `stored` messages of the past, half of each direction.
    pub async fn prepare(&self, address: &Address, stored: usize) -> anyhow::Result<()> {
        let store = Store::open(address)?;
        let (number, now) = (self.number(), self.now);
        let people: Vec<KnownColleague> = self.cast.teams.users.iter().map(|user| self.known(user)).collect();
        store
            .write("cast", move |tx| {
                people.iter().try_for_each(|person| tx.save_colleague(person))?;
                (0..THREADS).try_for_each(|thread| open_thread(tx, thread, &people[colleague_of(thread)], &number, now))
            })
            .await?;
        for chunk in 0..stored.div_ceil(CHUNK) {
            let (from, to) = (chunk * CHUNK, ((chunk + 1) * CHUNK).min(stored));
            let (number, people) = (self.number(), self.cast.teams.users.clone());
            store.write("past", move |tx| (from..to).try_for_each(|message| store_past(tx, message, &people, &number, now))).await?;
        }
        store.close().await;
        Ok(())
    }

    fn number(&self) -> PhoneNumberId {
        self.cast.whatsapp.numbers[0].phone_number_id.as_str().into()
    }

    fn known(&self, user: &TeamsUser) -> KnownColleague {
        KnownColleague {
            id: user.object_id.as_str().into(),
            upn: None,
            name: Some(user.name.clone()),
            user_id: user.user_id.clone(),
            home: ConversationReference {
                service_url: self.service_url.clone(),
                conversation: user.conversation_id.as_str().into(),
                tenant: self.cast.teams.tenant_id.clone(),
            },
            locale: Some(user.locale.clone()),
            time_zone: Some(user.time_zone.clone()),
            installed: true,
            welcomed: true,
            focus: None,
        }
    }

    /// A whole HTTP request; `message` stands in its text behind the mark.
    pub fn request(&self, way: Way, message: usize) -> Vec<u8> {
        match way {
            Way::TeamsToWhatsApp => self.activity(message),
            Way::WhatsAppToTeams => self.webhook(message),
        }
    }

    fn activity(&self, message: usize) -> Vec<u8> {
        let thread = message % THREADS;
        let (user, teams) = (&self.cast.teams.users[colleague_of(thread)], &self.cast.teams);
        let at = self.now.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let quoted = card_id(thread);
        let body = json!({
            "type": "message", "id": format!("17{message:011}"), "timestamp": at, "localTimestamp": at, "localTimezone": user.time_zone,
            "channelId": "msteams", "serviceUrl": self.service_url, "textFormat": "plain",
            "text": format!("<quoted messageId=\"{quoted}\"/> Good morning, the papers are ready: {}", marked(message)),
            "from": {"id": user.user_id, "name": user.name, "aadObjectId": user.object_id},
            "conversation": {"conversationType": "personal", "tenantId": teams.tenant_id, "id": user.conversation_id},
            "recipient": {"id": format!("28:{}", teams.app_id), "name": teams.bot_name},
            "entities": [
                {"locale": user.locale, "country": "BR", "platform": "Web", "timezone": user.time_zone, "type": "clientInfo"},
                {"type": "quotedReply", "quotedReply": {"messageId": quoted, "senderId": format!("28:{}", teams.app_id),
                    "senderName": teams.bot_name, "preview": "Client", "time": quoted, "isReplyDeleted": false,
                    "validatedMessageReference": true}},
            ],
            "channelData": {"tenant": {"id": teams.tenant_id}}, "locale": user.locale,
        });
        post("/api/messages", &format!("authorization: Bearer {}", self.token), &body.to_string())
    }

    fn webhook(&self, message: usize) -> Vec<u8> {
        let (thread, whatsapp) = (message % THREADS, &self.cast.whatsapp);
        let (number, wa_id, bsuid) = (&whatsapp.numbers[0], wa_id(thread), bsuid(thread));
        let body = json!({"object": "whatsapp_business_account", "entry": [{"id": number.waba_id, "changes": [{"field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "49305550100", "phone_number_id": number.phone_number_id},
            "contacts": [{"profile": {"name": name(thread)}, "wa_id": wa_id, "user_id": bsuid}],
            "messages": [{"from": wa_id, "from_user_id": bsuid, "id": format!("wamid.HBgNNTUxMTk4NzY1NDMyMRUCABIYFj{message:014}AA=="),
                "timestamp": self.now.timestamp().to_string(), "type": "text",
                "text": {"body": format!("Good morning, I have read the papers: {}", marked(message))}}],
        }}]}]});
        let body = body.to_string();
        let mut mac = Hmac::<Sha256>::new_from_slice(whatsapp.app_secret.as_bytes()).expect("HMAC takes a key of any length");
        mac.update(body.as_bytes());
        post("/webhooks/whatsapp", &format!("x-hub-signature-256: sha256={}", hex::encode(mac.finalize().into_bytes())), &body)
    }
}

fn post(path: &str, header: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json; charset=utf-8\r\n{header}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn marked(message: usize) -> String {
    format!("{}{message:07}", str::from_utf8(crate::peers::MARK).expect("the mark is ASCII"))
}

fn colleague_of(thread: usize) -> usize {
    thread % COLLEAGUES
}

fn name(thread: usize) -> String {
    format!("Client {thread:03}")
}

fn wa_id(thread: usize) -> String {
    format!("4915112340{thread:03}")
}

fn bsuid(thread: usize) -> String {
    format!("DE.2077152390811446{thread:04}")
}

/// The activity of a thread's card.
fn card_id(thread: usize) -> String {
    format!("1600000{thread:06}")
}

fn open_thread(tx: &Tx<'_>, thread: usize, person: &KnownColleague, number: &PhoneNumberId, now: Time) -> Result<()> {
    let (line, wa_id) = (LINE.into(), wa_id(thread));
    let (name, phone, bsuid) = (name(thread), format!("+{wa_id}"), bsuid(thread));
    let new = NewContact {
        line: &line,
        name: &name,
        phone: Some(&phone),
        wa_id: Some(&wa_id),
        bsuid: Some(&bsuid),
        language: None,
        added_by: Some(&person.id),
    };
    let contact = tx.insert_contact(&new, now)?;
    tx.save_consent(contact, Consent { stored: ConsentState::Granted, requested_at: Some(now) })?;
    let id = tx.open_thread(&line, number, contact, now)?.id;
    tx.join(id, &person.id, MessageId(0), None, now)?;
    tx.client_wrote(id, Window { last_inbound: Some(now), refused_at: None })?;
    tx.claim_thread_card(id, &Place::Own(person.id.clone()))?;
    let card = ActivityId(card_id(thread));
    tx.thread_card_posted(id, &Place::Own(person.id.clone()), &card, now)?;
    tx.record_posting(&person.home.conversation, &card, Some(id), None)?;
    Ok(())
}

/// What one message leaves behind: itself, its journal, its delivery, and where it was posted.
fn store_past(tx: &Tx<'_>, message: usize, people: &[TeamsUser], number: &PhoneNumberId, now: Time) -> Result<()> {
    let thread = message % THREADS;
    let user = &people[colleague_of(thread)];
    let colleague: ColleagueId = user.object_id.as_str().into();
    let id = switchboard::bridge::ThreadId(i64::try_from(thread + 1).unwrap_or_default());
    let at = now - Duration::days(30) + Duration::milliseconds(i64::try_from(message).unwrap_or_default());
    let (inbound, wamid) = ((message / THREADS).is_multiple_of(2), Wamid(format!("wamid.HBgNNTUxMTk4NzY1NDMyMRUCABIYFp{message:014}AA==")));
    let text = format!("Good morning, I have read the papers and have a question about page {message}.");
    let content = serde_json::to_string(&Outgoing::Text { body: text.clone() })?;
    let new = NewMessage {
        thread: id,
        author: (!inbound).then_some(colleague.0.as_str()),
        purpose: if inbound { Purpose::Client } else { Purpose::Free },
        content: &content,
        state: if inbound { MessageState::Received } else { MessageState::Read },
        rule: (!inbound).then_some(Rule::WindowOpen),
        wamid: Some(&wamid),
        reply_to: None,
        retry_of: None,
        created_at: at,
        written_in: None,
        signed: None,
    };
    let Some(stored) = tx.insert_message(&new)? else { return Ok(()) };
    for kind in
        if inbound { &["message.received", "message.posted"][..] } else { &["message.queued", "message.accepted", "message.status"] }
    {
        let entry = Entry { at, kind, actor: &colleague.0, thread: Some(id), message: Some(stored) };
        tx.journal(&entry, &json!({ "wamid": wamid, "content": text, "purpose": "free", "rule": "send", "row": 8 }))?;
    }
    let (direction, target, body) = match inbound {
        true => (Direction::Teams, colleague.0.as_str(), text.as_str()),
        false => (Direction::WhatsApp, number.0.as_str(), ""),
    };
    tx.enqueue(direction, Some(id), target, Some(stored), body, at)?;
    for claim in tx.claim(now, 8, |_| false)? {
        while let Some(head) = tx.take_head(&claim, now)? {
            tx.settled(&claim, &head, now)?;
        }
    }
    tx.record_posting(&user.conversation_id.as_str().into(), &ActivityId(format!("15{message:011}")), Some(id), Some(stored))?;
    Ok(())
}
