//! The integration tests: one binary, one module a subject.

mod architecture;
mod harness;
mod story;
