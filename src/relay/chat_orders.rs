//! Who may have group chats made, and the order for one. What is done with it: [`super::group_chat`], step by step.

use super::desk::{Case, Desk, SERVER};
use super::moving;
use crate::bridge::HomeKind;
use crate::store::{ChatOrder, ChatStage, ChatTask, Result};
use serde_json::json;

/// Whether the server makes group chats for the threads of this line: only where chats are their home, and Graph is configured.
pub fn are_made(desk: &Desk<'_>, case: &Case) -> bool {
    desk.office.makes_chats() && desk.line(&case.contact.line).is_some_and(|line| line.policy.home == HomeKind::Chat)
}

/// Whether a chat for the thread is being made.
pub fn is_on_order(desk: &Desk<'_>, case: &Case) -> Result<bool> {
    Ok(are_made(desk, case) && desk.tx.last_chat_order(case.thread.id)?.is_some_and(|order| order.stage.is_open()))
}

/// A thread begins: where chats are the home of its line it gets one by itself; not one that lives, or has lived, in a shared
/// conversation, nor one for which a chat was ordered before.
pub fn by_itself(desk: &Desk<'_>, case: &Case) -> Result<()> {
    let thread = case.thread.id;
    if !are_made(desk, case) || desk.tx.had_home(thread)? || desk.tx.last_chat_order(thread)?.is_some() {
        return Ok(());
    }
    place(desk, case, SERVER).map(drop)
}

/// Orders a group chat; false when one is on order already. What came of an earlier order is used: a chat that we made is not made again,
/// and one that was perhaps made is looked for first.
pub fn place(desk: &Desk<'_>, case: &Case, by: &str) -> Result<bool> {
    let thread = case.thread.id;
    let before = desk.tx.last_chat_order(thread)?;
    if before.as_ref().is_some_and(|order| order.stage.is_open()) {
        return Ok(false);
    }
    let order = match before {
        Some(order) if order.chat.is_some() && !is_anothers(desk, &order)? && order.stage != ChatStage::Gone => {
            // Who is in it by now is read when the app is there.
            enter(desk, ChatOrder { by: by.to_owned(), members: Vec::new(), ..order }, ChatStage::Made)?
        }
        Some(order) if order.chat.is_none() && order.asked_at.is_some() => {
            enter(desk, ChatOrder { by: by.to_owned(), another: true, ..order }, ChatStage::Asked)?
        }
        _ => match desk.tx.order_chat(thread, by, desk.now)? {
            Some(order) => order,
            None => return Ok(false),
        },
    };
    desk.journal("chat.ordered", by, Some(thread), None, &json!({ "order": order }))?;
    desk.tx.order(&ChatTask::Chat { order }, desk.now)?;
    desk.tx.refresh_cards(thread, desk.now)?;
    Ok(true)
}

/// The order has come to another stage; its id.
pub fn enter(desk: &Desk<'_>, order: ChatOrder, stage: ChatStage) -> Result<i64> {
    let id = order.id;
    desk.tx.save_chat_order(&ChatOrder { stage, since: desk.now, ..order })?;
    Ok(id)
}

/// The chat of an order is home to another thread by now.
fn is_anothers(desk: &Desk<'_>, order: &ChatOrder) -> Result<bool> {
    let Some(chat) = &order.chat else { return Ok(false) };
    Ok(desk.tx.home_at(chat)?.is_some_and(|home| home.thread != order.thread))
}

/// Whether a chat is still wanted: not by a thread that lives in one already, nor where nobody takes part who would be in it.
pub fn is_wanted(desk: &Desk<'_>, order: &ChatOrder) -> Result<bool> {
    Ok(moving::chat(desk, order.thread)?.is_none() && !desk.tx.participants(order.thread)?.is_empty())
}
