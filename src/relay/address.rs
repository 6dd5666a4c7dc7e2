//! Which addresses of the internet a link may lead to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is one of the public internet: not this machine, not its network, not a cloud's own services. Source: IANA's
/// special-purpose registries for IPv4 and IPv6.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        [0 | 10 | 127, ..] => true,
        // Shared by a provider's customers.
        [100, second, ..] => (64..128).contains(&second),
        // Also where clouds keep their metadata.
        [169, 254, ..] => true,
        [172, second, ..] => (16..32).contains(&second),
        [192, 0, 0 | 2, _] | [192, 88, 99, _] | [192, 168, ..] => true,
        [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => true,
        // Azure's host agent answers every machine there.
        [168, 63, 129, 16] => true,
        // Multicast, reserved, broadcast.
        [first, ..] => first >= 224,
    };
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    // Only 2000::/3 is given out. Of it, tunnels carry an IPv4 address that nobody has checked, and some is for documents.
    match address.segments() {
        [0x2001, second, ..] => second >= 0x200 && second != 0xdb8,
        [0x2002, ..] => false,
        [0x3fff, second, ..] => second >= 0x1000,
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("8.8.8.8", true)]
    #[case("100.63.255.255", true)]
    #[case("100.128.0.1", true)]
    #[case("172.15.0.1", true)]
    #[case("172.32.0.1", true)]
    #[case("192.0.1.1", true)]
    #[case("198.20.0.1", true)]
    #[case("2606:4700::1111", true)]
    #[case("2001:4860:4860::8888", true)]
    #[case("::ffff:8.8.8.8", true)]
    #[case("0.0.0.0", false)]
    #[case("10.1.2.3", false)]
    #[case("127.0.0.1", false)]
    #[case("127.255.255.254", false)]
    #[case("100.64.0.1", false)]
    #[case("100.127.255.254", false)]
    #[case("169.254.169.254", false)]
    #[case("168.63.129.16", false)]
    #[case("172.16.0.1", false)]
    #[case("172.31.255.255", false)]
    #[case("192.0.0.192", false)]
    #[case("192.0.2.1", false)]
    #[case("192.88.99.1", false)]
    #[case("192.168.1.1", false)]
    #[case("198.18.0.1", false)]
    #[case("198.51.100.7", false)]
    #[case("203.0.113.7", false)]
    #[case("224.0.0.1", false)]
    #[case("240.0.0.1", false)]
    #[case("255.255.255.255", false)]
    #[case("::", false)]
    #[case("::1", false)]
    #[case("::ffff:127.0.0.1", false)]
    #[case("::ffff:10.0.0.1", false)]
    #[case("::7f00:1", false)]
    #[case("64:ff9b::7f00:1", false)]
    #[case("2001::1", false)]
    #[case("2001:db8::1", false)]
    #[case("2002:7f00:1::", false)]
    #[case("3fff::1", false)]
    #[case("fc00::1", false)]
    #[case("fd00:ec2::254", false)]
    #[case("fe80::1", false)]
    #[case("fec0::1", false)]
    #[case("ff02::1", false)]
    fn only_the_public_internet_is_public(#[case] address: &str, #[case] expected: bool) {
        assert_eq!(is_public(address.parse().expect("an address")), expected);
    }
}
