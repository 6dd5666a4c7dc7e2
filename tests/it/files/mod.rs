//! Pictures and files in both directions (product.md 8).

mod bucket;
mod matrix;
mod received;
mod sent;
mod shared;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{ImageFormat, Rgb, RgbImage};
use std::io::Cursor;
use switchboard::simulator::Picture;

/// A picture of this size.
pub fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, 90]));
    image.write_to(&mut Cursor::new(&mut bytes), format).expect("written");
    bytes
}

/// One second of silence.
pub fn recording() -> Vec<u8> {
    let mut bytes = b"RIFF\x64\x1f\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x40\x1f\0\0".to_vec();
    bytes.resize(bytes.len() + 8_000, 128);
    bytes
}

/// A file as a phone sends it.
pub fn file(kind: &str, mime_type: &str, bytes: &[u8]) -> Picture {
    Picture {
        kind: kind.to_owned(),
        mime_type: mime_type.to_owned(),
        data: STANDARD.encode(bytes),
        caption: None,
        filename: None,
        voice: false,
    }
}

fn named(name: &str, file: Picture) -> Picture {
    Picture { filename: Some(name.to_owned()), ..file }
}

pub fn with_caption(caption: &str, file: Picture) -> Picture {
    Picture { caption: Some(caption.to_owned()), ..file }
}

/// The beginning of a voice message.
pub fn opus() -> Vec<u8> {
    let mut page = b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x13".to_vec();
    page.extend(b"OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0");
    page
}
