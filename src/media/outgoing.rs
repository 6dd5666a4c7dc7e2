//! Pictures as they leave the house: in a format that WhatsApp shows, small enough for it, and without what their camera wrote about
//! place, time and owner.

use super::preview::upright;
use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageReader};
use img_parts::ImageEXIF;
use img_parts::jpeg::{Jpeg, markers};
use img_parts::png::Png;
use std::io::Cursor;

/// WhatsApp's largest picture in bytes (Cloud API, "Supported media types").
const MOST: usize = 5 * 1024 * 1024;
/// Chunks of a PNG that are not its picture.
const SAID: &[[u8; 4]] = &[*b"eXIf", *b"tEXt", *b"iTXt", *b"zTXt", *b"tIME"];

/// A picture ready to leave; `None`: the bytes are no picture that can be read, and leave as the file that they are. JPEG and PNG that are
/// small enough keep every pixel. Takes time: not for an async thread.
pub fn picture(bytes: &[u8], mime_type: &str) -> Option<Vec<u8>> {
    let kept = match mime_type {
        "image/jpeg" if stands_upright(bytes) => without_words_jpeg(bytes),
        "image/png" => without_words_png(bytes),
        _ => None,
    };
    if let Some(kept) = kept.filter(|kept| kept.len() <= MOST) {
        return Some(kept);
    }
    let image = upright(bytes)?;
    if image.color().has_alpha() {
        let mut png = Vec::new();
        image.write_to(&mut Cursor::new(&mut png), image::ImageFormat::Png).ok()?;
        if png.len() <= MOST {
            return Some(png);
        }
    }
    let mut edge = image.width().max(image.height());
    loop {
        let small = if image.width().max(image.height()) > edge { image.thumbnail(edge, edge) } else { image.clone() };
        let jpeg = encoded(&small)?;
        if jpeg.len() <= MOST || edge <= 512 {
            return Some(jpeg);
        }
        edge = edge * 3 / 4;
    }
}

fn encoded(image: &DynamicImage) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    image.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 90)).ok()?;
    Some(bytes)
}

/// A camera that was held otherwise says so in what is taken out: such a picture is turned instead.
fn stands_upright(bytes: &[u8]) -> bool {
    let decoder = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok().and_then(|reader| reader.into_decoder().ok());
    let orientation = decoder.and_then(|mut decoder| decoder.orientation().ok());
    orientation.is_none_or(|orientation| orientation == image::metadata::Orientation::NoTransforms)
}

/// Only what it takes to draw it: the colour profile and Adobe's mark stay. Nothing that stands behind the picture goes along: cameras
/// put a film, a second picture or notes of their own there.
fn without_words_jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut jpeg = Jpeg::from_bytes(Bytes::copy_from_slice(bytes)).ok()?;
    jpeg.set_exif(None);
    jpeg.segments_mut().retain(|segment| match segment.marker() {
        markers::COM => false,
        markers::APP0 | markers::APP14 => true,
        markers::APP2 => segment.contents().starts_with(b"ICC_PROFILE\0"),
        marker => !(markers::APP0..=markers::APP15).contains(&marker),
    });
    let mut kept = jpeg.encoder().bytes().to_vec();
    if let Some(end) = end_of_jpeg(&kept) {
        kept.truncate(end);
    }
    Some(kept)
}

/// Where a JPEG ends by its own marks (ITU T.81, B.1 and B.2); `None`: it breaks off before that.
fn end_of_jpeg(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        match *bytes.get(at + 1)? {
            // Marks may be preceded by any number of these.
            0xff => at += 1,
            markers::EOI => return Some(at + 2),
            marker => {
                let length = [*bytes.get(at + 2)?, *bytes.get(at + 3)?];
                at += 2 + usize::from(u16::from_be_bytes(length));
                if marker == markers::SOS {
                    at += scan(bytes.get(at..)?)?;
                }
            }
        }
    }
}

/// How long the drawn part is: up to the next mark that is neither part of it nor a restart within it.
fn scan(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xd0..=0xd7))
}

fn without_words_png(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut png = Png::from_bytes(Bytes::copy_from_slice(bytes)).ok()?;
    png.chunks_mut().retain(|chunk| !SAID.contains(&chunk.kind()));
    Some(png.encoder().bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, Rgb, RgbImage};

    fn picture_in(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let image = RgbImage::from_fn(width, height, |x, y| Rgb([(x % 255) as u8, (y % 255) as u8, 9]));
        image.write_to(&mut Cursor::new(&mut bytes), format).expect("written");
        bytes
    }

    /// EXIF with an orientation (6: turned to the right) and a place in words.
    fn exif(orientation: u8) -> Vec<u8> {
        let mut exif = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
        exif.extend(b"GPS 52.5200 N 13.4050 E");
        exif
    }

    fn photo(orientation: u8) -> Vec<u8> {
        let mut jpeg = Jpeg::from_bytes(picture_in(ImageFormat::Jpeg, 64, 32).into()).expect("a JPEG");
        jpeg.set_exif(Some(exif(orientation).into()));
        jpeg.encoder().bytes().to_vec()
    }

    fn holds(bytes: &[u8], words: &[u8]) -> bool {
        bytes.windows(words.len()).any(|window| window == words)
    }

    #[test]
    fn a_photo_leaves_without_its_place_and_with_every_pixel() {
        let photo = photo(1);
        assert!(holds(&photo, b"GPS"));
        let leaves = picture(&photo, "image/jpeg").expect("a picture");
        assert!(!holds(&leaves, b"GPS") && !holds(&leaves, b"Exif"));
        assert_eq!(upright(&leaves).expect("a picture"), upright(&picture_in(ImageFormat::Jpeg, 64, 32)).expect("a picture"));
    }

    #[test]
    fn nothing_that_stands_behind_a_photo_leaves_with_it() {
        let plain = picture_in(ImageFormat::Jpeg, 64, 32);
        for behind in [b"PK\x03\x04 an archive".as_slice(), b"\xff\xd8\xff\xe1 a second picture \xff\xd9", b"\xff\xd9", b"\xff"] {
            assert_eq!(picture(&[&plain, behind].concat(), "image/jpeg").expect("a picture"), plain);
        }
    }

    #[test]
    fn a_photo_of_several_scans_with_restarts_ends_where_it_says() {
        let table: &[u8] = b"\xff\xc4\0\x03T";
        let scan: &[u8] = b"\xff\xda\0\x03S drawn \xff\0 drawn \xff\xd0 drawn";
        let whole = [b"\xff\xd8".as_slice(), table, scan, b"\xff", table, scan, b"\xff\xd9"].concat();
        assert_eq!(end_of_jpeg(&[whole.as_slice(), b"behind\xff\xd9"].concat()), Some(whole.len()));
        for length in 0..whole.len() {
            assert_eq!(end_of_jpeg(&whole[..length]), None, "{length}");
        }
    }

    #[test]
    fn a_photo_that_was_turned_leaves_upright() {
        let leaves = picture(&photo(6), "image/jpeg").expect("a picture");
        let image = upright(&leaves).expect("a picture");
        assert_eq!((image.width(), image.height(), holds(&leaves, b"GPS")), (32, 64, false));
    }

    #[test]
    fn a_png_leaves_without_words() {
        let mut png = Png::from_bytes(picture_in(ImageFormat::Png, 8, 8).into()).expect("a PNG");
        png.chunks_mut().insert(1, img_parts::png::PngChunk::new(*b"tEXt", Bytes::from_static(b"Author\0Ana")));
        let leaves = picture(&png.encoder().bytes(), "image/png").expect("a picture");
        assert_eq!(leaves, picture_in(ImageFormat::Png, 8, 8));
    }

    #[test]
    fn what_whatsapp_does_not_show_becomes_what_it_shows() {
        for format in [ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::Tiff, ImageFormat::WebP] {
            let leaves = picture(&picture_in(format, 20, 10), format.to_mime_type()).expect("a picture");
            assert!(matches!(super::super::kind::of(&leaves).map(|kind| kind.mime_type), Some("image/jpeg" | "image/png")), "{format:?}");
        }
    }

    #[test]
    fn a_picture_that_is_too_large_becomes_smaller() {
        let noise = RgbImage::from_fn(2600, 2000, |_, _| Rgb([fastrand::u8(..), fastrand::u8(..), fastrand::u8(..)]));
        let mut bytes = Vec::new();
        noise.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).expect("written");
        assert!(bytes.len() > MOST);
        assert!(picture(&bytes, "image/png").expect("a picture").len() <= MOST);
    }

    #[test]
    fn what_is_no_picture_stays_what_it_is() {
        for bytes in [b"".as_slice(), b"%PDF-1.7", b"\xff\xd8\xff\xe0broken"] {
            assert_eq!(picture(bytes, "image/heic"), None);
        }
    }
}
