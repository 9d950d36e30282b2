//! Addresses that the public can open, and those that only look as if it could.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::phrase::{Phrase, phrase};

/// Endings of names that are never found on the internet. Source: RFC 2606, RFC 6761, RFC 6762, RFC 8375.
#[rustfmt::skip]
const NOWHERE: [&str; 11] = [
    "localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "invalid", "test", "example",
];
/// Names set aside for examples.
const EXAMPLES: [&str; 3] = ["example.com", "example.net", "example.org"];

/// What a host is, if the public cannot reach it.
pub fn why_not_public(host: &str) -> Option<Phrase> {
    let host = host
        .trim_matches(['[', ']'])
        .trim_end_matches('.')
        .to_lowercase();
    if let Ok(address) = host.parse::<IpAddr>() {
        return private(address);
    }
    if is_reserved(&host) {
        return Some(phrase!("channel.example-name"));
    }
    if host == "localhost" || host.ends_with(".localhost") {
        return Some(phrase!("channel.own-machine"));
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    if NOWHERE.contains(&last) {
        return Some(phrase!("channel.inner-name"));
    }
    (!host.contains('.')).then(|| phrase!("channel.no-domain"))
}

/// Whether a host is the machine itself, whichever that is.
pub fn is_loopback(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']).to_lowercase();
    host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Whether a host is one of the names that no machine will ever have.
pub fn is_reserved(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_lowercase();
    let last = host.rsplit('.').next().unwrap_or_default();
    matches!(last, "invalid" | "test" | "example")
        || EXAMPLES.iter().any(|name| {
            host == *name
                || host
                    .strip_suffix(name)
                    .is_some_and(|front| front.ends_with('.'))
        })
}

fn private(address: IpAddr) -> Option<Phrase> {
    let v4 = |ip: Ipv4Addr| {
        let [a, b, ..] = ip.octets();
        if ip.is_loopback() || ip.is_unspecified() {
            Some(phrase!("channel.own-machine"))
        } else if ip.is_private() || ip.is_link_local() || (a == 100 && (64..128).contains(&b)) {
            Some(phrase!("channel.inner-address"))
        } else if ip.is_documentation() || ip.is_broadcast() || ip.is_multicast() {
            Some(phrase!("channel.nobodys-address"))
        } else {
            None
        }
    };
    let v6 = |ip: Ipv6Addr| {
        let first = ip.segments()[0];
        if let Some(ip) = ip.to_ipv4_mapped() {
            v4(ip)
        } else if ip.is_loopback() || ip.is_unspecified() {
            Some(phrase!("channel.own-machine"))
        } else if first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80 {
            Some(phrase!("channel.inner-address"))
        } else if first == 0x2001 && ip.segments()[1] == 0x0db8 {
            Some(phrase!("channel.nobodys-address"))
        } else {
            None
        }
    };
    match address {
        IpAddr::V4(ip) => v4(ip),
        IpAddr::V6(ip) => v6(ip),
    }
}

/// The host of an `http` address, without user and port.
pub fn host_of(address: &str) -> Option<&str> {
    let rest = address.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    if host.starts_with('[') {
        return host.find(']').map(|end| &host[..=end]);
    }
    host.split(':').next().filter(|host| !host.is_empty())
}

/// Whether an address still holds what somebody was to replace.
pub fn is_placeholder(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words = [
        "your-",
        "your_",
        "yourtoken",
        "yourkey",
        "changeme",
        "change-me",
        "replace",
        "placeholder",
        "<",
        ">",
        "xxxx",
        "****",
        "替换",
        "填写",
        "…",
        "${",
        "{{",
    ];
    let ends_bare = ["key=", "access_token=", "/hook/", "token="]
        .iter()
        .any(|end| lower.ends_with(end));
    words.iter().any(|word| lower.contains(word)) || ends_bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_everybody_can_open_is_public() {
        for host in [
            "127.0.0.1",
            "localhost",
            "0.0.0.0",
            "10.1.2.3",
            "172.20.0.1",
            "192.168.1.5",
            "100.64.0.1",
            "169.254.1.1",
            "[::1]",
            "fe80::1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "fabu",
            "fabu.local",
            "portal.lan",
            "fabu.shili.invalid",
            "www.example.com",
            "example.org",
            "192.0.2.1",
            "portal.internal",
            "x.test",
            "LOCALHOST.",
        ] {
            assert!(why_not_public(host).is_some(), "{host}");
        }
        for host in [
            "www.gov.cn",
            "114.114.114.114",
            "2400:3200::1",
            "示例.中国",
            "notexample.com",
            "localhost.gov.cn",
        ] {
            assert_eq!(why_not_public(host), None, "{host}");
        }
    }

    #[test]
    fn the_host_is_found_in_every_address() {
        for (address, host) in [
            ("http://127.0.0.1:8080", Some("127.0.0.1")),
            ("https://user@www.gov.cn/a?b", Some("www.gov.cn")),
            ("http://[::1]:80/", Some("[::1]")),
            ("www.gov.cn", None),
        ] {
            assert_eq!(host_of(address), host);
        }
        assert!(is_placeholder(
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key="
        ));
        assert!(is_placeholder(
            "https://open.feishu.cn/open-apis/bot/v2/hook/xxxxxxxx"
        ));
        assert!(!is_placeholder("http://127.0.0.1:13013/cgi-bin/sendsms"));
    }
}
