//! The thread card: one in each home, edited in place. Its one status line says whether one may write, and until when.

use super::away_now::AwayNow;
use super::element::{Button, TextBlock};
use super::parts::{self, consent, consent_style, header};
use super::submit::Action;
use super::text::{Text, clip, name};
use super::view::{FreeTime, HomeView, Reader, Style, ThreadCard};
use crate::bridge::{ConsentState, Post};
use crate::texts::{absence, group_chat, labels, media, places};
use chrono::Duration;

/// From here on an open window is shown as closing (product.md 4).
const CLOSING: Duration = Duration::hours(1);

/// The thread's current state.
pub fn thread(reader: &Reader<'_>, view: &ThreadCard) -> Post {
    let (words, style, closed) = status(reader, view);
    let mut card = reader.card();
    card.extend(header(&view.head));
    card.push(TextBlock::new(words).style(style).spaced());
    let mut facts = Vec::new();
    if !view.participants.is_empty() {
        let names: Vec<_> = view.participants.iter().map(|who| name(who)).collect();
        facts.push((labels::COLLEAGUES, Text::plain(clip(&names.join(", "), 400))));
    }
    if !view.away.is_empty() {
        let one = |away: &AwayNow| Text::plain(name(&away.name)).and(" ").then(away.until());
        let all = view.away.iter().map(one).reduce(|all, next| all.and("; ").then(next)).unwrap_or_default();
        facts.push((absence::AWAY, all));
    }
    if let Some((reached, at)) = view.last {
        facts.push((labels::DELIVERY, Text::plain(labels::state(reached)).and(" · ").then(Text::moment(at))));
    }
    if view.held > 0 {
        facts.push((labels::HELD, Text::plain(labels::held_count(view.held))));
    }
    match view.free {
        Some(FreeTime::Until(until)) => {
            facts.push((labels::PRICE, Text::plain(labels::FREE_UNTIL).then(Text::moment(until)).and(labels::FREE_BY_AD)));
        }
        Some(FreeTime::IfAnsweredBefore(until)) => {
            facts.push((labels::PRICE, Text::plain(labels::FREE_IF_ANSWERED).then(Text::moment(until)).and(labels::FREE_BY_AD)));
        }
        None => {}
    }
    card.extend(parts::facts(facts));
    match view.home {
        HomeView::Opening => card.push(TextBlock::new(Text::plain(group_chat::OPENING)).subtle().small()),
        HomeView::Shared { must_mention, files_elsewhere } => {
            if must_mention {
                card.push(TextBlock::new(Text::plain(places::MENTION_TO_SEND)).style(Style::Warning).small());
            }
            if files_elsewhere {
                card.push(TextBlock::new(Text::plain(media::FILES_ELSEWHERE)).subtle().small());
            }
        }
        HomeView::Own => {}
    }
    let take = view.unowned.then(|| Button::new(labels::TAKE, &Action::Take { thread: view.thread }).positive());
    let templates = Button::new(labels::TEMPLATE, &Action::Templates { thread: view.thread, query: String::new() });
    let why = view.why.map(|message| Button::new(labels::WHY, &Action::Why { message }));
    // While nobody has the client there is nobody to show: they are taken first.
    let details = (!view.unowned).then(|| Button::new(labels::DETAILS, &Action::Details { thread: view.thread }));
    let first = if closed { templates.positive() } else { templates };
    let rest = [
        Button::new(labels::HELD, &Action::HeldInThread { thread: view.thread }),
        Button::new(labels::HISTORY, &Action::OpenHistory { thread: view.thread, before: None }),
        Button::new(labels::HELP, &Action::ThreadHelp { thread: view.thread }),
    ];
    card.actions(take.into_iter().chain([first]).chain(details).chain(rest).chain(why));
    card.post(labels::about(&name(&view.head.client), summary(view)))
}

/// The status line, its style, and whether a template is the way on.
fn status(reader: &Reader<'_>, view: &ThreadCard) -> (Text, Style, bool) {
    if let Some(due) = view.revocation_due {
        return (Text::plain(labels::MAY_ASK_TO_STOP).and(labels::DECIDE_BY).then(Text::moment(due)).and("."), Style::Warning, false);
    }
    let answerable = view.consent.state == ConsentState::None && view.may_answer;
    if view.consent.state != ConsentState::Granted && !(answerable && open(reader, view)) {
        let words = consent(&view.consent).and(". ").and(labels::consent_advice(view.consent.state));
        return (words, consent_style(view.consent.state), false);
    }
    let first = Text::plain(if answerable { labels::CLIENT_FIRST } else { labels::AGREED }).and(" ");
    match view.window_until {
        Some(until) if until > reader.now => {
            let words = first.and(labels::WINDOW_OPEN).then(Text::moment(until));
            // An exact length would be wrong a minute later, and the card is not edited every minute.
            if until - reader.now <= CLOSING {
                (words.and(labels::WINDOW_CLOSING), Style::Warning, false)
            } else {
                (words.and("."), Style::Good, false)
            }
        }
        Some(until) => {
            let words = first.and(labels::WINDOW_CLOSED).then(Text::moment(until)).and(". ").and(labels::WINDOW_CLOSED_ADVICE);
            (words, Style::Attention, true)
        }
        None => (first.and(labels::WINDOW_NEVER), Style::Attention, true),
    }
}

fn open(reader: &Reader<'_>, view: &ThreadCard) -> bool {
    view.window_until.is_some_and(|until| until > reader.now)
}

fn summary(view: &ThreadCard) -> &'static str {
    view.last.map_or_else(|| labels::consent(view.consent.state), |(reached, _)| labels::state(reached))
}
