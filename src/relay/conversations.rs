//! What Teams tells about its shared conversations: that the app came or went, names, members. The row of a conversation is refreshed
//! with every activity, for a serviceUrl can change.

use super::desk::Desk;
use super::homes;
use crate::bridge::{ConversationId, ConversationReference, TeamsEvent, TeamsEventKind};
use crate::store::{Result, SharedConversation};
use serde_json::json;

/// A conversation as it was known before an activity, and as it is known now.
pub struct Known {
    pub before: Option<SharedConversation>,
    pub now: SharedConversation,
}

/// Takes what an activity tells about the conversation that it is about.
pub fn refresh(desk: &Desk<'_>, event: &TeamsEvent) -> Result<Known> {
    let id = about(event);
    let before = desk.tx.conversation(&id)?;
    let goes = matches!(event.kind, TeamsEventKind::Uninstalled | TeamsEventKind::Closed { .. });
    let was = before.as_ref();
    let now = SharedConversation {
        reference: ConversationReference { conversation: id, ..event.reference.clone() },
        scope: event.scope,
        team: event.channel.as_ref().map(|channel| channel.team.clone()).or_else(|| was?.team.clone()),
        name: name(event).or_else(|| was?.name.clone()),
        // That it goes is for whoever knows what lives there.
        installed: !goes || was.is_some_and(|was| was.installed),
        hears_all: was.is_some_and(|was| was.hears_all),
    };
    save(desk, before.as_ref(), &now)?;
    Ok(Known { before, now })
}

fn save(desk: &Desk<'_>, before: Option<&SharedConversation>, now: &SharedConversation) -> Result<()> {
    if before == Some(now) {
        return Ok(());
    }
    desk.tx.save_conversation(now)?;
    if now.installed && before.is_some_and(|before| !before.installed) {
        homes::on_back(desk, &now.reference.conversation)?;
    }
    Ok(())
}

/// The channel or chat that an activity is about.
fn about(event: &TeamsEvent) -> ConversationId {
    event.channel.as_ref().map_or_else(|| event.reference.conversation.base(), |place| place.channel.as_str().into())
}

fn name(event: &TeamsEvent) -> Option<String> {
    match (&event.kind, &event.channel) {
        // A team's name is not its channels'.
        (TeamsEventKind::Renamed { .. }, Some(place)) if place.whole_team => None,
        (TeamsEventKind::Renamed { name }, _) => Some(name.clone()),
        (_, Some(place)) => place.channel_name.clone(),
        (_, None) => event.topic.clone(),
    }
}

/// The app came to a chat or team, or was upgraded there. True when it was not there before: it comes with two activities.
pub fn installed(desk: &Desk<'_>, event: &TeamsEvent, known: &Known) -> Result<bool> {
    // Consent to hear everything is given anew with every version of the app.
    for one in all(desk, event, &known.now)? {
        hears(desk, &one, false)?;
    }
    let fresh = known.before.as_ref().is_none_or(|before| !before.installed);
    if fresh {
        let body = json!({ "conversation": known.now.reference.conversation, "scope": known.now.scope, "team": known.now.team });
        desk.journal("conversation.installed", "teams", None, None, &body)?;
    }
    Ok(fresh)
}

/// The app was removed, or nobody can write there any more.
pub fn gone(desk: &Desk<'_>, event: &TeamsEvent, known: &Known) -> Result<()> {
    all(desk, event, &known.now)?.iter().try_for_each(|one| homes::on_gone(desk, &one.reference.conversation))
}

/// A team is there again: all that we know of it can be posted to.
pub fn reopened(desk: &Desk<'_>, event: &TeamsEvent, known: &Known) -> Result<()> {
    for one in all(desk, event, &known.now)? {
        let service_url = event.reference.service_url.clone();
        let back = SharedConversation {
            installed: true,
            reference: ConversationReference { service_url, ..one.reference.clone() },
            ..one.clone()
        };
        save(desk, Some(&one), &back)?;
    }
    Ok(())
}

/// What is news of the whole team is news of all its channels.
pub fn all(desk: &Desk<'_>, event: &TeamsEvent, known: &SharedConversation) -> Result<Vec<SharedConversation>> {
    match &event.channel {
        Some(place) if place.whole_team => desk.tx.conversations_of_team(&place.team),
        _ => Ok(vec![known.clone()]),
    }
}

/// Whether messages reach us there without a mention: the thread cards say so.
pub fn hears(desk: &Desk<'_>, known: &SharedConversation, all: bool) -> Result<()> {
    if known.hears_all == all {
        return Ok(());
    }
    desk.tx.save_conversation(&SharedConversation { hears_all: all, ..known.clone() })?;
    for home in desk.tx.homes_in(&known.reference.conversation)? {
        desk.tx.refresh_cards(home.thread, desk.now)?;
    }
    Ok(())
}
