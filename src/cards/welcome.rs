//! What the bot says when it is installed.

use super::element::{Button, TextBlock};
use super::help::entrances;
use super::parts::paragraph;
use super::submit::Action;
use super::text::{Text, clip, name};
use super::view::{Reader, Style, Welcome};
use crate::bridge::Post;
use crate::texts::labels;

/// What this is for, and where to begin; or whom to ask, for somebody who is not enabled.
pub fn welcome(reader: &Reader<'_>, view: &Welcome) -> Post {
    let heading = labels::welcome(view.colleague.as_deref().map(name).filter(|who| !who.is_empty()).as_deref());
    let mut card = reader.card();
    card.push(TextBlock::heading(Text::plain(&heading)));
    card.push(TextBlock::new(Text::plain(labels::WELCOME_HOW)));
    if view.lines.is_empty() {
        card.push(paragraph(labels::NOT_ENABLED).style(Style::Warning));
    } else {
        let lines: Vec<_> = view.lines.iter().map(|line| name(line)).collect();
        card.push(TextBlock::new(Text::plain(labels::WELCOME_RULES)));
        card.push(TextBlock::new(Text::plain(clip(&labels::your_lines(&lines), 400))).subtle().small());
        card.actions(entrances().into_iter().take(2).chain([Button::new(labels::HELP, &Action::Help {})]));
    }
    card.post(heading)
}
