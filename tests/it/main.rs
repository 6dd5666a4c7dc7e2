//! The integration tests: one binary, one module a subject.

mod architecture;
mod choices;
mod commands;
mod consent_command;
mod consent_flows;
mod cost;
mod crash;
mod doors;
mod exclusivity;
mod extension;
mod harness;
mod held;
mod histories;
mod mirror;
mod news;
mod poison;
mod preflight;
mod relaying;
mod revocation;
mod routing;
mod rulebook;
mod shared;
mod story;
mod templates;
mod untold;
mod why;
