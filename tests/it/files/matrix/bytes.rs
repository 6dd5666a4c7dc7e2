//! Bytes of files: real where somebody looks into them, else a beginning that says what they are, filled up to the size.

use crate::files::{opus, picture};
use image::ImageFormat;
use img_parts::png::{Png, PngChunk};

pub const MEGABYTE: usize = 1024 * 1024;

/// What begins so, with zeros up to this size.
pub fn filled(beginning: &[u8], size: usize) -> Vec<u8> {
    let mut bytes = beginning.to_vec();
    bytes.resize(size.max(beginning.len()), 0);
    bytes
}

/// What begins so, with more behind it.
pub fn with(beginning: &[u8], more: &[u8]) -> Vec<u8> {
    [beginning, more].concat()
}

pub fn png() -> Vec<u8> {
    picture(40, 30, ImageFormat::Png)
}

pub fn jpeg() -> Vec<u8> {
    picture(40, 30, ImageFormat::Jpeg)
}

pub fn gif() -> Vec<u8> {
    picture(40, 30, ImageFormat::Gif)
}

pub fn webp() -> Vec<u8> {
    picture(512, 512, ImageFormat::WebP)
}

/// A picture of this size in bytes, in which everything belongs to the picture.
pub fn png_of(size: usize) -> Vec<u8> {
    let small = png();
    // Length, name and check sum of a chunk.
    let missing = size - small.len() - 12;
    let mut png = Png::from_bytes(small.into()).expect("a PNG");
    png.chunks_mut().insert(1, PngChunk::new(*b"fiLl", vec![7; missing].into()));
    png.encoder().bytes().to_vec()
}

/// A WebP with room behind its picture, which the format allows.
pub fn webp_of(size: usize) -> Vec<u8> {
    filled(&webp(), size)
}

pub fn mp4(size: usize) -> Vec<u8> {
    filled(b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", size)
}

pub fn mp3(size: usize) -> Vec<u8> {
    filled(b"ID3\x03\0\0\0\0\0\x21", size)
}

pub fn voice(size: usize) -> Vec<u8> {
    filled(&opus(), size)
}

pub fn pdf(size: usize) -> Vec<u8> {
    filled(b"%PDF-1.7\n", size)
}

pub const SCRIPT: &[u8] = b"<script>alert(document.domain)</script>";

/// A PDF for readers of PDF, a page for whoever looks for one.
pub fn pdf_page() -> Vec<u8> {
    with(b"%PDF-1.7\n<!DOCTYPE html><html><body>", SCRIPT)
}

/// A GIF that is a program for whoever runs it: `GIF89a/*…*/=1;alert(1)`.
pub fn gif_script() -> Vec<u8> {
    with(&gif(), b"*/=1;alert(document.domain)")
}

pub fn svg() -> Vec<u8> {
    b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"><rect width=\"9\" height=\"9\"/></svg>".to_vec()
}

pub fn page() -> Vec<u8> {
    with(b"<!DOCTYPE html><html><body>", SCRIPT)
}

pub fn zip() -> Vec<u8> {
    filled(b"PK\x03\x04\x14\0\0\0\x08\0", 200)
}

pub fn program() -> Vec<u8> {
    filled(b"MZ\x90\0\x03\0\0\0", 200)
}
