//! The Connector: what the bot calls to open conversations, to post, edit and delete in them, and to see who is in them.

mod call;
mod open;
mod posts;
mod rosters;
mod spot;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;

use super::state::World;

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new().merge(open::routes()).merge(posts::routes()).merge(rosters::routes()).layer(DefaultBodyLimit::max(4 * 1024 * 1024))
}
