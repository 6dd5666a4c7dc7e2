//! The demo's third line, whose conversations live in a channel of its team: Caro and Eva, one number, one client.

use crate::bridge::{ChannelRef, Directory, HomeKind, Intake, IntakeTo, Line, LineTemplates, Number, NumberStatus, Policy, TemplateUse};
use crate::simulator::{BusinessNumber, Cast, Client, TeamOptions};
use std::collections::BTreeMap;

const EVENTS: &str = "events";
const NUMBER: &str = "106540352242944";
const TEAM: &str = "19:2c9f5a7b3e1d4860a4b2c6d8e0f1a3b5@thread.tacv2";
/// The channel "Guests" of the team "Northwind Events", in which the bot is.
pub const GUESTS_CHANNEL: &str = "19:8e1d3b5f7a9c4d20b6e8f0a2c4d6e8f1@thread.tacv2";
/// Who adds the bot to the team.
pub const HOST: &str = "caro";
/// The team's members, all colleagues of the line.
const TEAM_MEMBERS: [&str; 2] = [HOST, "eva"];

/// Adds the line to the demo's worlds and to its organization.
pub fn add(cast: &mut Cast, directory: &mut Directory) {
    cast.teams.teams.push(TeamOptions {
        id: TEAM.to_owned(),
        name: "Northwind Events".to_owned(),
        group_id: "1b7e3a4c-6d2f-4c1d-8b5e-9f0a1c2d3e52".to_owned(),
        members: TEAM_MEMBERS.map(str::to_owned).to_vec(),
        channels: vec![(GUESTS_CHANNEL.to_owned(), "Guests".to_owned())],
    });
    // The account of the first number: its templates serve this one too.
    let waba = cast.whatsapp.numbers[0].waba_id.clone();
    let number = BusinessNumber {
        phone_number_id: NUMBER.to_owned(),
        waba_id: waba,
        display: "+49 30 5550300".to_owned(),
        verified_name: "Northwind Events".to_owned(),
    };
    directory.numbers.push(Number {
        phone_number_id: number.phone_number_id.as_str().into(),
        waba_id: number.waba_id.as_str().into(),
        line: EVENTS.into(),
        display: number.display.clone(),
        assigned_to: None,
        status: NumberStatus::Active,
    });
    cast.whatsapp.numbers.push(number);
    cast.whatsapp.clients.push(Client {
        key: "lena".to_owned(),
        name: "Lena Fischer".to_owned(),
        phone: Some("+4916098765432".to_owned()),
        wa_id: Some("4916098765432".to_owned()),
        bsuid: "DE.20771523908114466011".to_owned(),
        username: None,
        writes_to: Some(NUMBER.to_owned()),
    });
    for user in cast.teams.users.iter().filter(|user| TEAM_MEMBERS.contains(&user.key.as_str())) {
        let of_team = directory.colleagues.iter_mut().filter(|known| known.id.as_str() == user.object_id);
        of_team.for_each(|known| known.lines.push(EVENTS.into()));
    }
    let opt_in = directory.lines[0].templates.opt_in.clone();
    directory.lines.push(line(opt_in));
}

fn line(opt_in: TemplateUse) -> Line {
    Line {
        id: EVENTS.into(),
        name: "Events".to_owned(),
        business: Some("Northwind Events".to_owned()),
        enabled: true,
        language: None,
        region: None,
        policy: Policy { home: HomeKind::Channel, ..Policy::default() },
        intake: Intake { to: IntakeTo::Channel },
        channel: Some(ChannelRef { team: TEAM.to_owned(), channel: GUESTS_CHANNEL.to_owned() }),
        templates: LineTemplates { opt_in, nudge: None, languages: BTreeMap::new() },
        keywords: BTreeMap::new(),
        texts: BTreeMap::new(),
    }
}
