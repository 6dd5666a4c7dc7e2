//! Reading an answer of the outer world without trusting its size.

/// No answer we use is larger than this (bytes); a page of 500 members stays far below.
const MAX_ANSWER: usize = 1 << 20;

/// The whole body, or `None` when it broke off or is larger than 1 MiB.
pub(super) async fn read(mut response: reqwest::Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= MAX_ANSWER => body.extend_from_slice(&chunk),
            Ok(None) => return Some(body),
            _ => return None,
        }
    }
}
