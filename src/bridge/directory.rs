//! The organization: lines of business, their numbers, colleagues, policies and texts. Read from `directory.toml`, kept in the
//! store as a versioned document, held in memory by the server, and replaced as a whole: no rule ever sees half a change.

use super::{ChannelRef, ColleagueId, HomeKind, Intake, LineId, PhoneNumberId, Signature, WabaId, nearest_language};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The whole of `directory.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Directory {
    pub organization: Organization,
    #[serde(default)]
    pub lines: Vec<Line>,
    #[serde(default)]
    pub numbers: Vec<Number>,
    #[serde(default)]
    pub colleagues: Vec<Colleague>,
}

/// The firm that runs this deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    pub name: String,
    /// False switches the whole product off (product.md 2, row 1).
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Language of texts where neither reader nor line says otherwise. BCP 47; default `en`.
    #[serde(default = "english")]
    pub language: String,
    /// IANA zone for times shown to a reader whose own zone is not known yet. Default `UTC`.
    #[serde(default = "utc")]
    pub time_zone: String,
}

/// A line of business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub id: LineId,
    pub name: String,
    /// What clients know the business as: `{business}` in texts. Default: the organization's name.
    #[serde(default)]
    pub business: Option<String>,
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Language of texts to clients whose own language is not known. Default: the organization's.
    #[serde(default)]
    pub language: Option<String>,
    /// ISO 3166 region in which phone numbers without `+` are read (`DE`). Default: numbers must start with `+`.
    #[serde(default)]
    pub region: Option<String>,
    #[serde(default)]
    pub policy: Policy,
    /// Who is offered a client whom nobody owns.
    #[serde(default)]
    pub intake: Intake,
    /// The line's channel in Teams. Default: none.
    #[serde(default)]
    pub channel: Option<ChannelRef>,
    pub templates: LineTemplates,
    /// Keywords by language, replacing the defaults of that kind.
    #[serde(default)]
    pub keywords: BTreeMap<String, KeywordSet>,
    /// Texts by language and id (`T-06`), replacing the English master.
    #[serde(default)]
    pub texts: BTreeMap<String, BTreeMap<String, String>>,
}

/// What a line allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    pub exclusivity: Exclusivity,
    pub closed_window: ClosedWindow,
    pub client_first: ClientFirst,
    /// Hours after which a held message expires. Default 72.
    pub held_expiry_hours: u32,
    /// Whether marketing templates may be sent. Default no.
    pub marketing_templates: bool,
    /// At most one unanswered template per client and 24 h. Default yes.
    pub one_unanswered_template: bool,
    /// Whether notifications name only the client, never the message. Default yes.
    pub private_notifications: bool,
    /// Where threads live in Teams. Default `personal`.
    pub home: HomeKind,
    /// When a colleague's text is signed with their name. Default: while more than one takes part.
    pub signature: Signature,
    /// Whether a colleague who left a conversation, or ended it, needs a new opt-in request to start it again. Default yes.
    pub reconsent_on_restart: bool,
    /// Hours in which a colleague to whom a client is offered can accept. Default 24.
    pub transfer_hours: u32,
    /// Hours in which the colleagues of a client answer who asks to join them. Default 24.
    pub join_hours: u32,
    /// Minutes after which supervisors are reminded of a client whom nobody has taken. Default 15.
    pub intake_reminder_minutes: u32,
    /// What colleagues see of a message that the client has deleted. Default `keep`.
    pub deleted_by_client: DeletedByClient,
    /// Whether clients see that a colleague has read their message. Default no.
    pub read_receipts: bool,
    /// Whether clients see that a colleague is typing; WhatsApp shows their message as read with it. Default no.
    pub typing: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            exclusivity: Exclusivity::Exclusive,
            closed_window: ClosedWindow::Queue,
            client_first: ClientFirst::Answer,
            held_expiry_hours: 72,
            marketing_templates: false,
            one_unanswered_template: true,
            private_notifications: true,
            home: HomeKind::Personal,
            signature: Signature::Group,
            reconsent_on_restart: true,
            transfer_hours: 24,
            join_hours: 24,
            intake_reminder_minutes: 15,
            deleted_by_client: DeletedByClient::Keep,
            read_receipts: false,
            typing: false,
        }
    }
}

/// May a client who talks with one colleague be written to by another of the same line?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusivity {
    Exclusive,
    Shared,
}

/// What colleagues see of a message that its client has deleted for everyone. The journal keeps it in either case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeletedByClient {
    /// All of it, marked as deleted: what was said to a business is part of its record, and a colleague may have acted on it.
    Keep,
    /// That there was a message; its words and its file are shown no more.
    Hide,
}

/// What happens to free text when the customer service window is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedWindow {
    /// Hand the text back; only a template can go out.
    TemplateOnly,
    /// Hold it until the client writes.
    Queue,
    /// Hold it, and send the line's nudge template once per closed window.
    QueueAndNudge,
}

/// What happens when a client writes whom nobody has asked for consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientFirst {
    /// May be answered inside the window that the client opened.
    Answer,
    /// The server answers with the opt-in request.
    Ask,
    /// The server answers that nobody reads here (K-12). Recorded, not shown; a colleague may still add the client and ask.
    Restrict,
}

/// The templates that the server sends by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineTemplates {
    /// The opt-in request (K-01): utility, quick replies Yes and No.
    pub opt_in: TemplateUse,
    /// The nudge (K-22). Needed by `closed_window = "queue_and_nudge"`.
    #[serde(default)]
    pub nudge: Option<TemplateUse>,
    /// Other templates for clients of a language. What is absent there is sent as said above.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub languages: BTreeMap<String, LanguageTemplates>,
}

/// The templates for one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LanguageTemplates {
    pub opt_in: Option<TemplateUse>,
    pub nudge: Option<TemplateUse>,
}

impl LineTemplates {
    /// The opt-in template for somebody who wants these languages, in order of preference.
    pub fn opt_in_for(&self, wanted: &[&str]) -> &TemplateUse {
        self.nearest(|own| own.opt_in.as_ref(), &self.opt_in.language, wanted).unwrap_or(&self.opt_in)
    }

    /// The same for the nudge. `None`: the line has none.
    pub fn nudge_for(&self, wanted: &[&str]) -> Option<&TemplateUse> {
        let spoken = self.nudge.as_ref().map_or("", |nudge| &nudge.language);
        self.nearest(|own| own.nudge.as_ref(), spoken, wanted).or(self.nudge.as_ref())
    }

    /// `None` where the one for everybody speaks the best language, or nobody speaks any that is wanted.
    fn nearest<'a>(
        &'a self,
        pick: impl Fn(&'a LanguageTemplates) -> Option<&'a TemplateUse>,
        spoken: &str,
        wanted: &[&str],
    ) -> Option<&'a TemplateUse> {
        let own: Vec<(&str, &TemplateUse)> =
            self.languages.iter().filter_map(|(language, own)| Some((language.as_str(), pick(own)?))).collect();
        // Those of a language of their own go first: that is why somebody wrote them down.
        let offered: Vec<&str> = own.iter().map(|(language, _)| *language).chain([spoken]).collect();
        let best = nearest_language(&offered, wanted)?;
        own.into_iter().find(|(language, _)| *language == best).map(|(_, used)| used)
    }

    /// Whether a template of this name asks for consent, in whatever language: it has its own way out and its own rule.
    pub fn asks(&self, name: &str) -> bool {
        self.opt_in.name == name || self.languages.values().filter_map(|own| own.opt_in.as_ref()).any(|used| used.name == name)
    }

    /// Every template that is named, with its place below `templates`.
    pub fn all(&self) -> Vec<(String, &TemplateUse)> {
        let nudge = self.nudge.iter().map(|used| ("nudge".to_owned(), used));
        let languages = self.languages.iter().flat_map(|(language, own)| {
            let of = |kind: &str, used: &'_ Option<TemplateUse>| used.is_some().then(|| format!("languages.{language}.{kind}"));
            let opt_in = of("opt_in", &own.opt_in).zip(own.opt_in.as_ref());
            let nudge = of("nudge", &own.nudge).zip(own.nudge.as_ref());
            opt_in.into_iter().chain(nudge)
        });
        std::iter::once(("opt_in".to_owned(), &self.opt_in)).chain(nudge).chain(languages).collect()
    }
}

/// A template by name, and what fills its variables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateUse {
    pub name: String,
    /// Meta's language code used when the client's language has no translation.
    pub language: String,
    /// What fills the variables, in order.
    #[serde(default)]
    pub variables: Vec<Fill>,
}

/// A value the server knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fill {
    Colleague,
    Business,
    Client,
}

/// Words that mean something, for one language. An absent list keeps that language's default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeywordSet {
    pub opt_out: Option<Vec<String>>,
    pub opt_in: Option<Vec<String>>,
    pub decline: Option<Vec<String>>,
    pub help: Option<Vec<String>>,
    /// Phrases anywhere in a message that may ask to stop. `*` stands for up to two words, a full stop at the end for the end of a
    /// sentence. Empty: none in this language.
    pub revocation: Option<Vec<String>>,
    /// No more marketing; says nothing about consent.
    pub marketing_opt_out: Option<Vec<String>>,
}

impl KeywordSet {
    /// Every kind by its key, in the order of the file.
    pub fn kinds(&self) -> [(&'static str, &Option<Vec<String>>); 5] {
        [
            ("opt_out", &self.opt_out),
            ("opt_in", &self.opt_in),
            ("decline", &self.decline),
            ("help", &self.help),
            ("marketing_opt_out", &self.marketing_opt_out),
        ]
    }
}

/// A WhatsApp business phone number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    pub phone_number_id: PhoneNumberId,
    pub waba_id: WabaId,
    pub line: LineId,
    /// As people read it (`+49 30 901820`).
    pub display: String,
    /// Assigned to one colleague; absent: shared by the line.
    #[serde(default)]
    pub assigned_to: Option<ColleagueId>,
    #[serde(default)]
    pub status: NumberStatus,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberStatus {
    #[default]
    Active,
    Deactivated,
}

/// A Teams user who may use the product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Colleague {
    /// Entra object id, or UPN until the first activity binds it. Compared without case.
    pub id: ColleagueId,
    /// What clients and colleagues read.
    pub name: String,
    pub lines: Vec<LineId>,
    #[serde(default = "agent")]
    pub roles: Vec<Role>,
    #[serde(default = "yes")]
    pub enabled: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Agent,
    Supervisor,
    Administrator,
    ComplianceOfficer,
}

impl Directory {
    pub fn line(&self, id: &LineId) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == *id)
    }

    pub fn number(&self, id: &PhoneNumberId) -> Option<&Number> {
        self.numbers.iter().find(|number| number.phone_number_id == *id)
    }

    /// The colleague with this Entra object id or UPN.
    pub fn colleague(&self, id: &ColleagueId) -> Option<&Colleague> {
        self.colleagues.iter().find(|colleague| colleague.id.0.eq_ignore_ascii_case(&id.0))
    }

    /// The number a colleague writes from on a line: their own, else the first shared one. Active ones go first, so that a
    /// deactivated number is chosen (and refused with its reason) only when there is no other.
    pub fn number_for(&self, line: &LineId, colleague: &ColleagueId) -> Option<&Number> {
        let own = |number: &&Number| number.assigned_to.as_ref().is_some_and(|id| id.0.eq_ignore_ascii_case(&colleague.0));
        let active = |number: &&Number| number.status == NumberStatus::Active;
        let of_line = || self.numbers.iter().filter(|number| number.line == *line);
        let shared = || of_line().filter(|number| number.assigned_to.is_none());
        of_line().filter(own).find(active).or_else(|| shared().find(active)).or_else(|| of_line().find(own)).or_else(|| shared().next())
    }

    /// `{business}` for a line.
    pub fn business<'a>(&'a self, line: &'a Line) -> &'a str {
        line.business.as_deref().unwrap_or(&self.organization.name)
    }

    /// The language a line speaks to a client whose own is not known.
    pub fn language<'a>(&'a self, line: &'a Line) -> &'a str {
        line.language.as_deref().unwrap_or(&self.organization.language)
    }
}

fn yes() -> bool {
    true
}
fn english() -> String {
    "en".to_owned()
}
fn utc() -> String {
    "UTC".to_owned()
}
fn agent() -> Vec<Role> {
    vec![Role::Agent]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::keywords::tests::line;
    use rstest::rstest;

    /// A line with two shared numbers and two of Ana's own, the first of each switched off, and a number of another line.
    fn directory() -> Directory {
        let number = |id: &str, line: &str, owner: Option<&str>, status| Number {
            phone_number_id: id.into(),
            waba_id: "1".into(),
            line: line.into(),
            display: id.to_owned(),
            assigned_to: owner.map(Into::into),
            status,
        };
        let (on, off) = (NumberStatus::Active, NumberStatus::Deactivated);
        Directory {
            organization: Organization { name: "Bank".to_owned(), enabled: true, language: "en".to_owned(), time_zone: "UTC".to_owned() },
            lines: vec![line()],
            numbers: vec![
                number("elsewhere", "cards", None, on),
                number("shared off", "advice", None, off),
                number("shared", "advice", None, on),
                number("own off", "advice", Some("ANA"), off),
                number("own", "advice", Some("ANA"), on),
            ],
            colleagues: Vec::new(),
        }
    }

    #[rstest]
    #[case::their_own_first(&[], "ana", Some("own"))]
    #[case::else_a_shared_one(&[], "ben", Some("shared"))]
    #[case::an_active_shared_one_before_their_own_that_is_off(&["own"], "ana", Some("shared"))]
    #[case::their_own_that_is_off_when_nothing_is_on(&["own", "shared"], "ana", Some("own off"))]
    #[case::a_shared_one_that_is_off_when_nothing_is_on(&["shared"], "ben", Some("shared off"))]
    #[case::nobody_elses(&["shared", "shared off"], "ben", None)]
    fn the_number_that_a_colleague_writes_from(#[case] without: &[&str], #[case] colleague: &str, #[case] chosen: Option<&str>) {
        let mut directory = directory();
        directory.numbers.retain(|number| !without.contains(&number.display.as_str()));
        let found = directory.number_for(&"advice".into(), &colleague.into());
        assert_eq!(found.map(|number| number.display.as_str()), chosen);
    }

    #[test]
    fn a_number_is_found_by_its_id() {
        let directory = directory();
        assert_eq!(directory.number(&"shared".into()).map(|number| number.display.as_str()), Some("shared"));
        assert_eq!(directory.number(&"unknown".into()), None);
    }

    #[test]
    fn what_a_line_leaves_open_is_the_organizations() {
        let directory = directory();
        let mut line = line();
        assert_eq!((directory.business(&line), directory.language(&line)), ("Bank", "en"));
        (line.business, line.language) = (Some("Private Bank".to_owned()), Some("de".to_owned()));
        assert_eq!((directory.business(&line), directory.language(&line)), ("Private Bank", "de"));
    }
}
