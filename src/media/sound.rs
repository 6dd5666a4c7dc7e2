//! How long a recording lasts.

use lofty::config::ParseOptions;
use lofty::file::AudioFile;
use lofty::probe::Probe;
use std::io::Cursor;
use std::time::Duration;

/// `None` for what is no recording, or does not say. Reads the file's tables only. A hostile file costs at most its own size.
pub fn duration(bytes: &[u8]) -> Option<Duration> {
    let found = Probe::new(Cursor::new(bytes)).options(ParseOptions::new().read_tags(false)).guess_file_type().ok()?.read().ok()?;
    Some(found.properties().duration()).filter(|length| !length.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One second of silence, 8,000 samples of 8 bits.
    fn wav() -> Vec<u8> {
        let mut bytes = b"RIFF\x64\x1f\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x40\x1f\0\0".to_vec();
        bytes.resize(bytes.len() + 8_000, 128);
        bytes
    }

    #[test]
    fn a_recording_says_how_long_it_is() {
        assert_eq!(duration(&wav()).map(|length| length.as_millis()), Some(1_000));
    }

    #[test]
    fn what_is_no_recording_has_no_length() {
        for bytes in [b"".as_slice(), b"OggS", b"%PDF-1.7", b"\0\0\0\x18ftypmp42"] {
            assert_eq!(duration(bytes), None);
        }
    }
}
