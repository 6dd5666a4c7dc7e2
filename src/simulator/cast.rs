//! The demo's cast: one tenant, four colleagues, a team with a channel, clients of every kind of identity, a number for each of two lines.

use super::{BusinessNumber, Client, TeamOptions, TeamsOptions, TeamsUser, WhatsAppOptions, service_template_cast, template_cast};

/// The number of the German-speaking line; it has an account of its own.
pub const SERVICE_NUMBER: &str = "106540352242933";
const SERVICE_WABA: &str = "102290129340477";
/// The channel "Clients" of the team "Northwind Advice".
pub const CLIENTS_CHANNEL: &str = "19:7f3c2a9d41e84b06b5d8c1f0a2e9d3b4@thread.tacv2";

/// Options for both worlds that fit together.
#[derive(Clone, Debug)]
pub struct Cast {
    pub teams: TeamsOptions,
    pub whatsapp: WhatsAppOptions,
}

/// The demo's cast. Every secret in it is worth nothing: both worlds are on loopback.
///
/// Colleagues `ana` (Ana Souza, São Paulo), `ben` (Ben Okafor, Berlin) and `caro` (Carolina Reyes, Bogotá) write from the first number,
/// `eva` (Eva Lang, Berlin, in German) from the second. The first three are the team "Northwind Advice", without the bot. Clients `maria` (Maria Oliveira; WhatsApp knows her without the ninth digit that people dial), `tom` (Tom
/// Becker), `kim` (known by username and business-scoped id only), and `jonas` (Jonas Weber), who writes to the second number.
pub fn defaults() -> Cast {
    let teams = TeamsOptions {
        app_id: "5b0c7d1e-5f6a-4c0f-9a52-0d7c7a5e1b01".to_owned(),
        client_secret: "simulated-client-secret".to_owned(),
        tenant_id: "9e3c1b5a-7f0d-4f34-8a0e-2f6f5d3b7c02".to_owned(),
        bot_endpoint: None,
        bot_name: "Switchboard".to_owned(),
        users: vec![
            user("ana", "Ana Souza", "1f2e3d4c-0001-4a5b-8c6d-7e8f90a1b2c3", "en-GB", "America/Sao_Paulo"),
            user("ben", "Ben Okafor", "1f2e3d4c-0002-4a5b-8c6d-7e8f90a1b2c3", "en-US", "Europe/Berlin"),
            user("eva", "Eva Lang", "1f2e3d4c-0003-4a5b-8c6d-7e8f90a1b2c3", "de-DE", "Europe/Berlin"),
            user("caro", "Carolina Reyes", "1f2e3d4c-0004-4a5b-8c6d-7e8f90a1b2c3", "en-US", "America/Bogota"),
        ],
        teams: vec![TeamOptions {
            id: "19:4b8e6d1f0c2a4f7d9e35a1b7c8d0e2f6@thread.tacv2".to_owned(),
            name: "Northwind Advice".to_owned(),
            group_id: "6d2f1b7e-3a4c-4c1d-8b5e-9f0a1c2d3e41".to_owned(),
            members: ["ana", "ben", "caro"].map(str::to_owned).to_vec(),
            channels: vec![(CLIENTS_CHANNEL.to_owned(), "Clients".to_owned())],
        }],
        catalog_id: "c2a7e9d4-5b61-4f0e-a8c3-1d9b7e6f2a05".to_owned(),
        permissions: [
            "ChatMessage.Read.Chat",
            "ChatMember.Read.Chat",
            "ChatSettings.ReadWrite.Chat",
            "ChannelMessage.Read.Group",
            "TeamMember.Read.Group",
            "ChannelSettings.Read.Group",
        ]
        .map(str::to_owned)
        .to_vec(),
        quiet: false,
    };
    let whatsapp = WhatsAppOptions {
        access_token: "simulated-access-token".to_owned(),
        app_secret: "simulated-app-secret".to_owned(),
        verify_token: "simulated-verify-token".to_owned(),
        webhook: None,
        numbers: vec![
            BusinessNumber {
                phone_number_id: "106540352242922".to_owned(),
                waba_id: "102290129340398".to_owned(),
                display: "+49 30 5550100".to_owned(),
                verified_name: "Northwind".to_owned(),
            },
            BusinessNumber {
                phone_number_id: SERVICE_NUMBER.to_owned(),
                waba_id: SERVICE_WABA.to_owned(),
                display: "+49 30 5550200".to_owned(),
                verified_name: "Northwind Service".to_owned(),
            },
        ],
        clients: vec![
            Client {
                key: "maria".to_owned(),
                name: "Maria Oliveira".to_owned(),
                phone: Some("+5511987654321".to_owned()),
                wa_id: Some("551187654321".to_owned()),
                bsuid: "BR.13491208655302741918".to_owned(),
                username: None,
                writes_to: None,
            },
            Client {
                key: "tom".to_owned(),
                name: "Tom Becker".to_owned(),
                phone: Some("+4915112345678".to_owned()),
                wa_id: Some("4915112345678".to_owned()),
                bsuid: "DE.20771523908114465213".to_owned(),
                username: None,
                writes_to: None,
            },
            Client {
                key: "kim".to_owned(),
                name: "Kim".to_owned(),
                phone: None,
                wa_id: None,
                bsuid: "US.30881123400987766554".to_owned(),
                username: Some("kim.reads".to_owned()),
                writes_to: None,
            },
            Client {
                key: "jonas".to_owned(),
                name: "Jonas Weber".to_owned(),
                phone: Some("+4917622334455".to_owned()),
                wa_id: Some("4917622334455".to_owned()),
                bsuid: "DE.20771523908114465987".to_owned(),
                username: None,
                writes_to: Some(SERVICE_NUMBER.to_owned()),
            },
        ],
        templates: template_cast().into_iter().chain(service_template_cast(SERVICE_WABA)).collect(),
        page_size: 5,
        refuse_closed_window_at_once: false,
        quiet: false,
    };
    Cast { teams, whatsapp }
}

fn user(key: &str, name: &str, object_id: &str, locale: &str, time_zone: &str) -> TeamsUser {
    TeamsUser {
        key: key.to_owned(),
        name: name.to_owned(),
        upn: format!("{key}@northwind.example"),
        object_id: object_id.to_owned(),
        user_id: format!("29:1{key}-bHV4ZW1idXJnMTIzNDU2Nzg5MGFiY2RlZg"),
        conversation_id: format!("a:1{key}-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZmdoaWprbG1ub3A"),
        locale: locale.to_owned(),
        time_zone: time_zone.to_owned(),
    }
}
