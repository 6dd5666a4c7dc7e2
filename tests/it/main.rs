//! The integration tests: one binary, one module a subject.

mod architecture;
mod choices;
mod consent;
mod crash;
mod exclusivity;
mod harness;
mod routing;
mod rows;
mod story;
mod window;
