//! Adaptive Cards: what a colleague sees and presses.

pub mod submit;
