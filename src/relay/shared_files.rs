//! Files that colleagues post where a thread lives with others. Teams tells a bot nothing of them, so where Microsoft Graph may be asked
//! each message there is looked up after it was taken; its words do not wait for that.

use super::core::Relay;
use super::desk::{Case, Desk, Person};
use super::{chat_making, parcels, staff};
use crate::bridge::{ColleagueId, Failure, FailureClass, FileSource, Outcome, ParcelId, Posted, Scope, ThreadId};
use crate::cards::Style;
use crate::store::{ChatJob, ChatTask, Draft, Result};
use crate::teams::{Graph, MessagePlace};
use crate::texts::{PASTED_PICTURE, media};
use chrono::Duration;
use serde_json::json;
use url::Url;

/// A message is not in Graph the moment it is posted.
const UNTIL_FOUND: u32 = 4;
/// Where Teams keeps pasted pictures that it does not hand over to a bot.
const PICTURE_HOST: &str = ".asm.skype.com";

/// What to look up.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub thread: ThreadId,
    pub written: Posted,
    /// It shows pictures that Teams did not hand over.
    pub pictures: bool,
    /// It has no words.
    pub alone: bool,
}

/// A colleague said something where the thread lives: its files are looked for. What of it only Graph hands over is taken out.
pub fn look(desk: &Desk<'_>, person: &Person, case: &Case, draft: &mut Draft) -> Result<()> {
    if !desk.office.reads_files() {
        return Ok(());
    }
    let before = draft.files.len();
    draft.files.retain(|file| !file.url.as_deref().is_some_and(is_picture_of_teams));
    let task = ChatTask::Files {
        thread: case.thread.id,
        by: person.id().clone(),
        written: draft.written.clone(),
        pictures: draft.files.len() < before,
        alone: draft.text.is_empty() && draft.files.is_empty(),
    };
    desk.tx.order(&task, desk.now)
}

fn is_picture_of_teams(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| url.host_str().is_some_and(|host| host.ends_with(PICTURE_HOST)))
}

/// A message without words and files, where Graph is not asked: most likely it was a file.
pub fn tell_elsewhere(desk: &Desk<'_>, person: &Person, case: &Case) -> Result<()> {
    let about = Some((&case.contact, Some(&case.thread)));
    let post = desk.notice(person, about, Style::Warning, media::NOTHING_FROM_HERE.to_owned());
    desk.post(Some(case.thread.id), person, post, None)
}

/// Looks a message up.
pub async fn look_up(relay: &Relay, job: &ChatJob, by: ColleagueId, wanted: Wanted) -> Result<()> {
    let id = job.id;
    let Some(graph) = relay.graph().filter(|graph| graph.reads_files()) else {
        return chat_making::finish(relay, id, move |desk| unread(desk, &by, &wanted, None)).await;
    };
    match posted(relay, graph, &wanted).await? {
        Ok(files) => chat_making::finish(relay, id, move |desk| found(desk, &by, &wanted, &files)).await,
        Err(Outcome::Rejected(failure)) if failure.class == FailureClass::ConversationGone && job.attempts + 1 < UNTIL_FOUND => {
            let outcome = Outcome::Throttled { after: None, failure };
            chat_making::wait(relay, id, &outcome, job.attempts).await
        }
        Err(outcome) if chat_making::again(&outcome, job.attempts).is_some() => chat_making::wait(relay, id, &outcome, job.attempts).await,
        Err(outcome) => {
            let failure = chat_making::failure_of(outcome);
            tracing::warn!(?failure, "a message could not be looked up for files");
            chat_making::finish(relay, id, move |desk| unread(desk, &by, &wanted, failure.as_ref())).await
        }
    }
}

async fn posted(relay: &Relay, graph: &Graph, wanted: &Wanted) -> Result<std::result::Result<Vec<FileSource>, Outcome>> {
    let chain = wanted.written.conversation.clone();
    let known = relay.read(move |desk| desk.tx.conversation(&chain.base())).await?;
    let Some(known) = known else { return Ok(Ok(Vec::new())) };
    let group;
    let place = match (known.scope, &known.team) {
        (Scope::Channel, Some(team)) => {
            group = match relay.connector.group_of_team(&known.reference, team).await {
                Ok(group) => group,
                Err(outcome) => return Ok(Err(outcome)),
            };
            MessagePlace::Channel { group: &group, chain: &wanted.written.conversation }
        }
        _ => MessagePlace::Chat(&wanted.written.conversation),
    };
    let pictures = wanted.pictures.then_some(PASTED_PICTURE);
    Ok(graph.posted_files(place, &wanted.written.activity, pictures).await)
}

/// What the message held: shown as it would leave.
fn found(desk: &Desk<'_>, by: &ColleagueId, wanted: &Wanted, files: &[FileSource]) -> Result<()> {
    let Some((case, person)) = still(desk, by, wanted)? else { return Ok(()) };
    if files.is_empty() {
        return if wanted.alone || wanted.pictures { tell_elsewhere(desk, &person, &case) } else { Ok(()) };
    }
    let draft = Draft { note: false, text: String::new(), answers: None, files: Vec::new(), written: wanted.written.clone() };
    parcels::open_of(desk, &person, &case, &draft, files.to_vec()).map(|_: ParcelId| ())
}

/// Whoever may be waiting for a file is told that it is not coming, and who can mend it hears why, once a day.
fn unread(desk: &Desk<'_>, by: &ColleagueId, wanted: &Wanted, failure: Option<&Failure>) -> Result<()> {
    let Some((case, person)) = still(desk, by, wanted)? else { return Ok(()) };
    let body = json!({ "conversation": wanted.written.conversation, "activity": wanted.written.activity, "failure": failure });
    desk.journal("files.not_read", "teams", Some(wanted.thread), None, &body)?;
    tell_elsewhere(desk, &person, &case)?;
    let Some(failure) = failure.filter(|failure| failure.class == FailureClass::Configuration) else { return Ok(()) };
    if desk.tx.news_is_due("files_refused", desk.now - Duration::days(1), desk.now)? {
        tracing::error!(code = failure.code, detail = failure.detail, "Microsoft Graph does not let us read files of shared conversations");
        for one in staff::administrators(desk)? {
            let text = media::files_refused(&failure.detail);
            desk.post(None, &one, desk.notice(&one, None, Style::Warning, text), None)?;
        }
    }
    Ok(())
}

/// Who posted it may send in the thread still.
fn still(desk: &Desk<'_>, by: &ColleagueId, wanted: &Wanted) -> Result<Option<(Case, Person)>> {
    let (Some(case), Some(person)) = (desk.case(wanted.thread)?, desk.person(by)?) else { return Ok(None) };
    let takes_part = desk.is_of_line(&person, &case.contact.line) && desk.tx.participants(wanted.thread)?.contains(by);
    Ok(takes_part.then_some((case, person)))
}
