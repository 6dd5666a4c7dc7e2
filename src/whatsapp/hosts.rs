//! Which addresses may see our token.

use url::Url;

/// Where Meta keeps files, beside the Graph API itself (Cloud API, "Media": download). Our token goes to no other host.
const FILE_HOST: &str = "lookaside.fbsbx.com";

/// Whether our token may go to an address: to the Graph API's own origin, and to Meta's files.
pub(super) fn may_see_token(graph: &Url, address: &Url) -> bool {
    let is_graph = graph.origin() == address.origin();
    is_graph || (address.scheme() == "https" && address.host_str() == Some(FILE_HOST) && address.port().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("https://graph.facebook.com/v26.0/1", true)]
    #[case("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1", true)]
    #[case("http://lookaside.fbsbx.com/x", false)]
    #[case("https://lookaside.fbsbx.com:8443/x", false)]
    #[case("https://lookaside.fbsbx.com.evil.example/x", false)]
    #[case("https://evil.example/lookaside.fbsbx.com", false)]
    #[case("https://x@evil.example/", false)]
    #[case("http://graph.facebook.com/v26.0/1", false)]
    #[case("file:///etc/passwd", false)]
    fn our_token_goes_to_meta_only(#[case] address: &str, #[case] expected: bool) {
        let graph = "https://graph.facebook.com".parse().expect("a URL");
        assert_eq!(may_see_token(&graph, &address.parse().expect("a URL")), expected);
    }
}
