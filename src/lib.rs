//! switchboard: colleagues chat with their clients on WhatsApp from inside Microsoft Teams, compliantly.

pub mod bridge;
pub mod cards;
pub mod clock;
pub mod store;
pub mod whatsapp;
pub mod config;
pub mod markup;
pub mod teams;
pub mod texts;
pub mod simulator;
