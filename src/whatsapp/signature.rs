//! Who sent this webhook: the handshake and the signature.
//!
//! The HMAC is taken over the **raw bytes** of the body: Meta escapes non-ASCII as `\uXXXX`, and whoever parses and writes the JSON
//! again signs something else. The signature holds no time, so a captured body can be replayed: deduplication is the defence there.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use thiserror::Error;

/// The header's name (`X-Hub-Signature`, SHA-1, is legacy and ignored).
pub const HEADER: &str = "x-hub-signature-256";
const PREFIX: &str = "sha256=";

/// Why a body is not taken for Meta's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// No header at all. Answer 401.
    #[error("the signature header is missing")]
    Missing,
    /// Not `sha256=` and 64 hexadecimal digits. Answer 401.
    #[error("the signature header is malformed")]
    Malformed,
    /// Well formed, but of another secret or another body. Answer 401 or 403.
    #[error("the signature does not match")]
    Wrong,
}

/// Why a handshake is refused. Answer 403.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HandshakeError {
    /// `hub.mode` is absent or not `subscribe`.
    #[error("not a subscription handshake")]
    Mode,
    /// `hub.verify_token` is absent or not ours.
    #[error("the verify token does not match")]
    Token,
    /// `hub.challenge` is absent.
    #[error("the challenge is missing")]
    Challenge,
}

/// Checks `X-Hub-Signature-256` over the raw `body` against every secret, each in constant time.
///
/// An empty secret never matches: anybody could sign with it.
pub fn verify(secrets: &[SecretString], header: Option<&str>, body: &[u8]) -> Result<(), SignatureError> {
    let header = header.ok_or(SignatureError::Missing)?;
    let digits = header.trim().strip_prefix(PREFIX).ok_or(SignatureError::Malformed)?;
    let mut given = [0; 32];
    hex::decode_to_slice(digits, &mut given).map_err(|_| SignatureError::Malformed)?;
    let matches = |secret: &&SecretString| !secret.expose_secret().is_empty() && mac(secret, body).verify_slice(&given).is_ok();
    secrets.iter().find(matches).map(|_| ()).ok_or(SignatureError::Wrong)
}

/// The header's value for `body`, as Meta writes it: `sha256=` and lower-case hexadecimal digits.
pub fn sign(secret: &SecretString, body: &[u8]) -> String {
    format!("{PREFIX}{}", hex::encode(mac(secret, body).finalize().into_bytes()))
}

/// Answers the `GET` that Meta sends when the callback URL is saved: the challenge, to be returned exactly.
///
/// The names hold dots (`hub.mode`, `hub.verify_token`, `hub.challenge`). The token is compared in constant time, its length
/// included, by comparing digests; an empty configured token refuses everybody.
pub fn handshake(query: &[(String, String)], verify_token: &SecretString) -> Result<String, HandshakeError> {
    let value = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    if value("hub.mode") != Some("subscribe") {
        return Err(HandshakeError::Mode);
    }
    let ours = verify_token.expose_secret();
    let theirs = value("hub.verify_token").ok_or(HandshakeError::Token)?;
    let same = bool::from(Sha256::digest(ours).as_slice().ct_eq(Sha256::digest(theirs).as_slice()));
    if ours.is_empty() || !same {
        return Err(HandshakeError::Token);
    }
    value("hub.challenge").map(str::to_owned).ok_or(HandshakeError::Challenge)
}

fn mac(secret: &SecretString, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).expect("HMAC takes a key of any length");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const RAW: &str = r#"{"text":{"body":"olá ça va 🎉"}}"#;
    const ESCAPED: &str = r#"{"text":{"body":"ol\u00e1 \u00e7a va \ud83c\udf89"}}"#;

    fn secret(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    #[test]
    fn the_mac_is_the_published_one() {
        // RFC 4231, test case 2.
        let signature = sign(&secret("Jefe"), b"what do ya want for nothing?");
        assert_eq!(signature, "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[rstest]
    #[case::escaped(ESCAPED)]
    #[case::raw_utf8(RAW)]
    #[case::empty("")]
    fn a_body_signed_as_it_was_sent_is_accepted(#[case] body: &str) {
        let header = sign(&secret("s1"), body.as_bytes());
        assert_eq!(verify(&[secret("s1")], Some(&header), body.as_bytes()), Ok(()));
    }

    #[test]
    fn the_two_spellings_of_one_json_have_different_signatures() {
        let header = sign(&secret("s1"), ESCAPED.as_bytes());
        assert_eq!(verify(&[secret("s1")], Some(&header), RAW.as_bytes()), Err(SignatureError::Wrong));
    }

    #[test]
    fn every_secret_of_a_rotation_is_accepted_and_no_other() {
        let both = [secret("new"), secret("old")];
        for signer in ["new", "old"] {
            assert_eq!(verify(&both, Some(&sign(&secret(signer), b"x")), b"x"), Ok(()));
        }
        assert_eq!(verify(&both, Some(&sign(&secret("older"), b"x")), b"x"), Err(SignatureError::Wrong));
        assert_eq!(verify(&[], Some(&sign(&secret("new"), b"x")), b"x"), Err(SignatureError::Wrong));
    }

    #[test]
    fn an_empty_secret_accepts_nothing() {
        assert_eq!(verify(&[secret("")], Some(&sign(&secret(""), b"x")), b"x"), Err(SignatureError::Wrong));
    }

    #[test]
    fn a_changed_byte_is_refused() {
        let header = sign(&secret("s"), b"abc");
        assert_eq!(verify(&[secret("s")], Some(&header), b"abd"), Err(SignatureError::Wrong));
    }

    #[rstest]
    #[case::missing(None, Err(SignatureError::Missing))]
    #[case::empty(Some(String::new()), Err(SignatureError::Malformed))]
    #[case::no_prefix(Some(sign(&secret("s"), b"x")[7..].to_owned()), Err(SignatureError::Malformed))]
    #[case::sha1(Some(format!("sha1={}", "a".repeat(40))), Err(SignatureError::Malformed))]
    #[case::truncated(Some(sign(&secret("s"), b"x")[..70].to_owned()), Err(SignatureError::Malformed))]
    #[case::too_long(Some(sign(&secret("s"), b"x") + "00"), Err(SignatureError::Malformed))]
    #[case::not_hex(Some(format!("sha256={}", "z".repeat(64))), Err(SignatureError::Malformed))]
    #[case::not_ascii(Some(format!("sha256={}", "é".repeat(32))), Err(SignatureError::Malformed))]
    #[case::wrong(Some(format!("sha256={}", "0".repeat(64))), Err(SignatureError::Wrong))]
    #[case::upper_case(Some(format!("sha256={}", sign(&secret("s"), b"x")[7..].to_uppercase())), Ok(()))]
    fn a_malformed_header_is_told_from_a_wrong_one(#[case] header: Option<String>, #[case] expected: Result<(), SignatureError>) {
        assert_eq!(verify(&[secret("s")], header.as_deref(), b"x"), expected);
    }

    #[rstest]
    #[case::good(&[("hub.mode", "subscribe"), ("hub.challenge", "1158201444"), ("hub.verify_token", "t")], Ok("1158201444"))]
    #[case::wrong_token(&[("hub.mode", "subscribe"), ("hub.challenge", "1"), ("hub.verify_token", "tt")], Err(HandshakeError::Token))]
    #[case::no_token(&[("hub.mode", "subscribe"), ("hub.challenge", "1")], Err(HandshakeError::Token))]
    #[case::wrong_mode(&[("hub.mode", "unsubscribe"), ("hub.challenge", "1"), ("hub.verify_token", "t")], Err(HandshakeError::Mode))]
    #[case::nothing(&[], Err(HandshakeError::Mode))]
    #[case::no_challenge(&[("hub.mode", "subscribe"), ("hub.verify_token", "t")], Err(HandshakeError::Challenge))]
    fn the_handshake_answers_only_who_knows_the_token(#[case] query: &[(&str, &str)], #[case] expected: Result<&str, HandshakeError>) {
        let query: Vec<_> = query.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        assert_eq!(handshake(&query, &secret("t")), expected.map(str::to_owned));
    }

    #[test]
    fn an_unset_verify_token_refuses_everybody() {
        let query = [("hub.mode", "subscribe"), ("hub.challenge", "1"), ("hub.verify_token", "")];
        let query: Vec<_> = query.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        assert_eq!(handshake(&query, &secret("")), Err(HandshakeError::Token));
    }
}
