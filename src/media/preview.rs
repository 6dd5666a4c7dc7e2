//! How a picture looks small: what Teams shows in the chat. Teams takes pictures of at most 1,024 x 1,024 pixels and 1 MB
//! (Teams, "Format your bot messages": pictures).

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};
use std::io::Cursor;

/// The longer edge, in pixels.
pub const PREVIEW_EDGE: u32 = 1024;
/// Bytes: far below what Teams takes, for it travels inside the card.
const MOST: usize = 250 * 1024;
/// A picture of more than this many pixels on an edge is a trick or a panorama that nobody can see small.
const MOST_EDGE: u32 = 16_000;
/// Bytes of memory that decoding may take.
const MOST_MEMORY: u64 = 192 * 1024 * 1024;

/// A picture made small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// A JPEG; a PNG where it is drawn on nothing.
    pub bytes: Vec<u8>,
    pub mime_type: &'static str,
    /// Of the original, turned upright: pixels.
    pub width: u32,
    pub height: u32,
}

/// `None` for what is no picture, or none that can be decoded within bounds. Takes time: not for an async thread.
pub fn preview(bytes: &[u8]) -> Option<Picture> {
    let image = upright(bytes)?;
    let (width, height) = (image.width(), image.height());
    let mut edge = PREVIEW_EDGE;
    loop {
        let small = if width.max(height) > edge { image.thumbnail(edge, edge) } else { image.clone() };
        let (bytes, mime_type) = encoded(&small)?;
        if bytes.len() <= MOST || edge <= 128 {
            return Some(Picture { bytes, mime_type, width, height });
        }
        edge = edge * 3 / 4;
    }
}

/// The picture as its camera meant it.
pub fn upright(bytes: &[u8]) -> Option<DynamicImage> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_EDGE);
    limits.max_image_height = Some(MOST_EDGE);
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let orientation = decoder.orientation().ok();
    let mut image = DynamicImage::from_decoder(decoder).ok()?;
    if let Some(orientation) = orientation {
        image.apply_orientation(orientation);
    }
    Some(image)
}

fn encoded(image: &DynamicImage) -> Option<(Vec<u8>, &'static str)> {
    let mut bytes = Vec::new();
    // Stickers are cut out: on a dark theme their background would be a white square.
    if image.color().has_alpha() && is_cut_out(image) {
        image.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).ok()?;
        return Some((bytes, "image/png"));
    }
    image.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 80)).ok()?;
    Some((bytes, "image/jpeg"))
}

fn is_cut_out(image: &DynamicImage) -> bool {
    image.to_rgba8().pixels().any(|pixel| pixel.0[3] < 255)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    fn png(image: impl Into<DynamicImage>) -> Vec<u8> {
        let mut bytes = Vec::new();
        image.into().write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).expect("written");
        bytes
    }

    #[test]
    fn a_large_picture_becomes_small_enough_for_teams() {
        let noise = RgbImage::from_fn(3000, 2000, |_, _| Rgb([fastrand::u8(..), fastrand::u8(..), fastrand::u8(..)]));
        let small = preview(&png(noise)).expect("a picture");
        assert_eq!((small.width, small.height, small.mime_type), (3000, 2000, "image/jpeg"));
        assert!(small.bytes.len() <= MOST, "{}", small.bytes.len());
        let shown = upright(&small.bytes).expect("a picture");
        assert!(shown.width() <= PREVIEW_EDGE && shown.height() <= PREVIEW_EDGE);
    }

    #[test]
    fn what_is_cut_out_stays_cut_out() {
        let sticker = RgbaImage::from_fn(512, 512, |x, _| Rgba([200, 0, 0, if x < 256 { 0 } else { 255 }]));
        assert_eq!(preview(&png(sticker)).expect("a picture").mime_type, "image/png");
    }

    #[test]
    fn what_is_no_picture_has_no_preview() {
        let damaged = &png(RgbImage::new(10, 10))[..40];
        for bytes in [b"".as_slice(), b"%PDF-1.7", b"\xff\xd8\xff\xe0broken", damaged] {
            assert_eq!(preview(bytes), None);
        }
    }

    /// A PNG of a few bytes that says it has 60,000 x 60,000 pixels.
    #[test]
    fn a_picture_that_claims_to_be_huge_is_not_decoded() {
        let mut small = png(RgbImage::new(1, 1));
        small[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        small[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
        assert_eq!(preview(&small), None);
    }
}
