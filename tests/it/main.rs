//! The integration tests: one binary, one module a subject.

mod architecture;
mod choices;
mod crash;
mod harness;
mod story;
