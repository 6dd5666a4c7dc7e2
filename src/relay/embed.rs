//! Puts the pictures that a card shows into it, at the moment it leaves.

use crate::bridge::{Post, PostBody};
use crate::cards::KEPT_PICTURE;
use crate::media::{Blob, Keep, kind};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The post with its pictures; `None`: it shows none.
pub async fn post(keep: &Keep, post: &Post) -> Option<Post> {
    let PostBody::Card { card } = &post.body else { return None };
    if !shows_pictures(card) {
        return None;
    }
    let mut card = card.clone();
    into_card(keep, &mut card).await;
    Some(Post { summary: post.summary.clone(), body: PostBody::Card { card } })
}

/// The post without its pictures.
pub fn without(post: &Post) -> Post {
    let mut post = post.clone();
    if let PostBody::Card { card } = &mut post.body
        && let Some(body) = card.get_mut("body").and_then(Value::as_array_mut)
    {
        body.retain(|element| kept(element).is_none());
    }
    post
}

/// The same for a card alone. A picture that cannot be read is left out: the words beside it are worth more than a card that never comes.
pub async fn into_card(keep: &Keep, card: &mut Value) {
    let Some(body) = card.get_mut("body").and_then(Value::as_array_mut) else { return };
    let mut shown = Vec::with_capacity(body.len());
    for mut element in std::mem::take(body) {
        if let Some(blob) = kept(&element) {
            let Some(address) = data(keep, blob).await else { continue };
            element["url"] = address.into();
        }
        shown.push(element);
    }
    *body = shown;
}

fn shows_pictures(card: &Value) -> bool {
    card.get("body").and_then(Value::as_array).into_iter().flatten().any(|element| kept(element).is_some())
}

fn kept(element: &Value) -> Option<&str> {
    element.get("url").and_then(Value::as_str)?.strip_prefix(KEPT_PICTURE)
}

async fn data(keep: &Keep, blob: &str) -> Option<String> {
    match keep.preview(&Blob::parse(blob)?).await {
        Ok(bytes) => Some(format!("data:{};base64,{}", kind::of(&bytes)?.mime_type, STANDARD.encode(&bytes))),
        Err(error) => {
            tracing::error!(%error, "a preview cannot be read; the card goes without it");
            None
        }
    }
}
