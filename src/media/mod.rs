//! Files: where their bytes are kept, what they really are, and how they look small. Knows neither network and no database.

mod keep;
pub mod kind;
mod outgoing;
mod preview;
mod sound;

pub use keep::{Blob, Incoming, Keep, KeepError, Place, Stream, Written};
pub use outgoing::picture;
pub use preview::{PREVIEW_EDGE, Picture, preview};
pub use sound::duration;
