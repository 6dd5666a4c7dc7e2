//! switchboard: colleagues chat with their clients on WhatsApp from inside Microsoft Teams, compliantly.

pub mod app;
pub mod bridge;
pub mod cards;
pub mod clock;
pub mod config;
pub mod http;
pub mod markup;
pub mod relay;
pub mod simulator;
pub mod store;
pub mod teams;
pub mod texts;
pub mod whatsapp;
