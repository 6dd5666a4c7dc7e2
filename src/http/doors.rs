//! What the doors share.

use crate::clock::Clock;
use crate::relay::Relay;
use crate::teams::Authenticator;
use crate::whatsapp;
use std::sync::Arc;

/// What the doors need.
#[derive(Clone)]
pub struct Doors {
    pub relay: Arc<Relay>,
    pub authenticator: Arc<Authenticator>,
    pub whatsapp: Arc<whatsapp::Settings>,
    pub clock: Clock,
}
