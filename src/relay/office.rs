//! The directory in force, with what is computed from it once instead of on every message.

use crate::bridge::{Colleague, ColleagueId, Directory, Keywords, Line, LineId, NumberStatus, PhoneNumberId};
use crate::store::KnownColleague;
use std::collections::HashMap;

/// What the server is set up for, whatever the directory says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Abilities {
    /// Microsoft Graph may be asked for group chats.
    pub makes_chats: bool,
    /// And about files of shared conversations.
    pub reads_files: bool,
    /// Delivery is shown by reactions.
    pub marks: bool,
}

/// One version of the directory.
#[derive(Debug)]
pub struct Office {
    /// 0: none was applied yet.
    pub version: i64,
    pub directory: Directory,
    can: Abilities,
    keywords: HashMap<LineId, Keywords>,
    nobody: Keywords,
}

impl Office {
    pub fn new(version: i64, directory: Directory) -> Self {
        let keywords = directory.lines.iter().map(|line| (line.id.clone(), Keywords::of(line))).collect();
        Self { version, directory, can: Abilities::default(), keywords, nobody: Keywords::default() }
    }

    /// The same for a server that is set up for this.
    pub fn able_to(self, can: Abilities) -> Self {
        Self { can, ..self }
    }

    /// Whether the server can make group chats in Teams.
    pub fn makes_chats(&self) -> bool {
        self.can.makes_chats
    }

    /// Whether the server reads files that are posted in shared conversations.
    pub fn reads_files(&self) -> bool {
        self.can.reads_files
    }

    /// Whether delivery is shown by reactions on colleagues' messages.
    pub fn marks(&self) -> bool {
        self.can.marks
    }

    pub fn keywords(&self, line: &LineId) -> &Keywords {
        self.keywords.get(line).unwrap_or(&self.nobody)
    }

    /// The directory's entry of somebody seen in Teams: by Entra object id, or by UPN where the directory has only that.
    pub fn entry(&self, known: &KnownColleague) -> Option<&Colleague> {
        let by_upn = || known.upn.as_ref().and_then(|upn| self.directory.colleague(&ColleagueId(upn.clone())));
        self.directory.colleague(&known.id).or_else(by_upn)
    }

    /// The lines a colleague may use now. Empty: not enabled.
    pub fn lines_of(&self, known: &KnownColleague) -> Vec<&Line> {
        let Some(entry) = self.entry(known).filter(|entry| entry.enabled && self.directory.organization.enabled) else { return Vec::new() };
        entry.lines.iter().filter_map(|id| self.directory.line(id)).filter(|line| line.enabled).collect()
    }

    /// Whether the directory knows a colleague, and an administrator has not switched them off.
    pub fn is_enabled(&self, known: &KnownColleague) -> bool {
        self.entry(known).is_some_and(|entry| entry.enabled)
    }

    /// Whether a colleague has a line, whether or not the line is switched on.
    pub fn holds(&self, known: &KnownColleague, line: &LineId) -> bool {
        self.entry(known).is_some_and(|entry| entry.enabled && entry.lines.contains(line))
    }

    pub fn number_is_active(&self, number: &PhoneNumberId) -> bool {
        self.directory.number(number).is_some_and(|number| number.status == NumberStatus::Active)
    }

    /// True while some colleague is known by UPN only: a stranger's first activity is then worth a look-up.
    pub fn has_unbound_upns(&self) -> bool {
        self.directory.colleagues.iter().any(|colleague| colleague.id.0.contains('@'))
    }
}
