//! What a file is, by its bytes.

/// A type of file, and the extension that belongs to it: Meta judges by extension, declared type and bytes, and all must agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileType {
    pub mime_type: &'static str,
    /// Without the dot.
    pub extension: &'static str,
}

/// Longest name of a file, in characters.
const NAME_LIMIT: usize = 120;

/// `None` for bytes that nothing is known of.
pub fn of(bytes: &[u8]) -> Option<FileType> {
    // 3GPP is MPEG-4 under its own brand, which the crate takes for nothing.
    if bytes.get(4..8) == Some(b"ftyp") && matches!(bytes.get(8..11), Some(b"3gp" | b"3g2")) {
        return Some(FileType { mime_type: "video/3gpp", extension: "3gp" });
    }
    match infer::get(bytes).map(|found| (found.mime_type(), found.extension())) {
        // Called by what is inside; WhatsApp knows them by their containers.
        Some(("audio/opus", _)) => return Some(FileType { mime_type: "audio/ogg", extension: "ogg" }),
        Some(("audio/m4a", _)) => return Some(FileType { mime_type: "audio/mp4", extension: "m4a" }),
        Some((mime_type, extension)) => return Some(FileType { mime_type, extension }),
        None => {}
    }
    // Of a long text only the beginning may be given, cut anywhere.
    let is_utf8 = |bytes| std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true);
    let is_text = !bytes.is_empty() && !bytes.contains(&0) && is_utf8(bytes);
    is_text.then_some(FileType { mime_type: "text/plain", extension: "txt" })
}

/// The name of a file of which nothing else is known: as it was, without path and control characters.
pub fn plain(name: &str) -> String {
    let name: String = bare(name).chars().take(NAME_LIMIT).collect();
    if name.trim().is_empty() { "file".to_owned() } else { name }
}

/// Without path, quotes, and whatever is not seen but changes what is; no name that Windows keeps for its devices.
fn bare(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown = |c: &char| !c.is_control() && *c != '"' && !is_unseen(*c);
    let name = last.chars().filter(shown).collect::<String>();
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if is_device(name) { format!("_{name}") } else { name.to_owned() }
}

/// Marks that turn the direction of what follows, or take no room. Joiners stay: scripts and emoji are made with them.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim().to_ascii_uppercase();
    let numbered =
        |port: &str| stem.strip_prefix(port).is_some_and(|number| number.len() == 1 && number.bytes().all(|b| b.is_ascii_digit()));
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

/// A name for the phone and for Meta: as it was, without path and control characters, and with the extension of what it really is.
pub fn named(name: Option<&str>, kind: FileType) -> String {
    let plain = bare(name.unwrap_or_default());
    let plain = plain.as_str();
    let (stem, extension) = plain.rsplit_once('.').unwrap_or((plain, ""));
    let jpeg = kind.extension == "jpg" && extension.eq_ignore_ascii_case("jpeg");
    let fits = extension.eq_ignore_ascii_case(kind.extension) || jpeg;
    // An extension that says something else is part of the name no more: `offer.exe` that is a PDF is `offer.pdf`.
    let stem = if extension.len() > 5 || extension.contains(' ') { plain } else { stem };
    let stem: String = stem.chars().take(NAME_LIMIT).collect();
    let stem = if stem.trim().is_empty() { "file".to_owned() } else { stem };
    if fits { format!("{stem}.{extension}") } else { format!("{stem}.{}", kind.extension) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const PDF: FileType = FileType { mime_type: "application/pdf", extension: "pdf" };
    const JPEG: FileType = FileType { mime_type: "image/jpeg", extension: "jpg" };

    #[rstest]
    #[case(b"\xff\xd8\xff\xe0rest", Some("image/jpeg"))]
    #[case(b"\x89PNG\r\n\x1a\nrest", Some("image/png"))]
    #[case(b"GIF89a....", Some("image/gif"))]
    #[case(b"%PDF-1.7\n", Some("application/pdf"))]
    #[case(b"\0\0\0\x18ftypmp42\0\0\0\0isom", Some("video/mp4"))]
    #[case(b"\0\0\0\x14ftyp3gp4\0\0\0\x003gp4", Some("video/3gpp"))]
    #[case(b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", Some("video/quicktime"))]
    #[case(b"MZ\x90\0\x03", Some("application/vnd.microsoft.portable-executable"))]
    #[case("Grüße".as_bytes(), Some("text/plain"))]
    #[case(&"Grü".as_bytes()[..3], Some("text/plain"))]
    #[case(b"\x01\x02\0\x03", None)]
    #[case(b"", None)]
    fn a_file_is_what_its_bytes_say(#[case] bytes: &[u8], #[case] expected: Option<&str>) {
        assert_eq!(of(bytes).map(|found| found.mime_type), expected);
    }

    #[rstest]
    #[case(Some("offer.pdf"), PDF, "offer.pdf")]
    #[case(Some("offer.exe"), PDF, "offer.pdf")]
    #[case(Some("Offer v1.2 final"), PDF, "Offer v1.2 final.pdf")]
    #[case(Some("../../etc/pass\u{0}wd\u{202e}"), PDF, "passwd.pdf")]
    #[case(Some("a.JPEG"), JPEG, "a.JPEG")]
    #[case(Some(".."), PDF, "file.pdf")]
    #[case(Some(" . "), PDF, "file.pdf")]
    #[case(Some("of\u{200f}fer\u{200e}.pdf"), PDF, "offer.pdf")]
    #[case(Some("CON"), PDF, "_CON.pdf")]
    #[case(Some("com1.txt"), PDF, "_com1.pdf")]
    #[case(Some("Contract"), PDF, "Contract.pdf")]
    #[case(Some("COM10.pdf"), PDF, "COM10.pdf")]
    #[case(None, JPEG, "file.jpg")]
    fn a_name_ends_as_its_bytes_say(#[case] name: Option<&str>, #[case] kind: FileType, #[case] expected: &str) {
        assert_eq!(named(name, kind), expected);
    }
}
