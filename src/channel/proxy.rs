//! By which way a channel's HTTP leaves the house: directly, or by a web proxy. What is sent and what is probed ask here
//! alike.
//!
//! Addresses of this machine are never asked for through a proxy, whatever is set: a gateway on the loopback address is
//! meant, and the proxy would get its password.

use std::net::IpAddr;

use reqwest::Url;

use super::secrets::{SecretError, Secrets};
use super::{ChannelError, Recipe};
use crate::domain::channel::{ChannelDef, ProxyUse};

/// The proxies that a channel may use.
#[derive(Debug, Clone, Default)]
pub(super) struct Proxies {
    http: Option<Named>,
    https: Option<Named>,
    except: Vec<Except>,
}

/// A proxy and the setting that names it.
#[derive(Debug, Clone)]
struct Named {
    url: Url,
    setting: String,
}

/// What is reached directly.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Except {
    All,
    /// This host and everything below it.
    Host(String),
    Network(IpAddr, u8),
}

/// The way to one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    Direct,
    /// The proxy, and in words which and why.
    Proxy(Url, String),
}

impl Proxies {
    pub fn of(recipe: &Recipe<'_>) -> Result<Self, ChannelError> {
        let &Recipe { def, secrets, .. } = recipe;
        match &def.proxy {
            ProxyUse::None => Ok(Self::default()),
            ProxyUse::At(address) => {
                let mut url = parse(def, "proxy", address)?;
                if !url.username().is_empty() || url.password().is_some() {
                    let why = "a password does not belong into a file; put `user:password` into a variable and name it in \
                               `proxy-auth-env`";
                    return Err(ChannelError::bad_value(def, "proxy", why));
                }
                let auth = super::secrets::wanted(
                    def,
                    "proxy-auth-env",
                    def.proxy_auth_env.as_ref(),
                    secrets,
                )?;
                if let Some(auth) = auth {
                    let (user, password) =
                        auth.expose().split_once(':').unwrap_or((auth.expose(), ""));
                    // Only an address that cannot be a base has no place for them, and `parse` takes none of those.
                    let _ = url.set_username(user);
                    let _ = url.set_password(Some(password));
                }
                let named = Named {
                    url,
                    setting: "proxy".into(),
                };
                Ok(Self {
                    http: Some(named.clone()),
                    https: Some(named),
                    except: Vec::new(),
                })
            }
            ProxyUse::System => Self::system(def, secrets),
        }
    }

    /// As the environment says. What cannot be used there is a fault of the channel: texts that silently went another way
    /// than was meant would not arrive.
    fn system(def: &ChannelDef, secrets: &dyn Secrets) -> Result<Self, ChannelError> {
        let read = |names: &[&str]| -> Result<Option<Named>, ChannelError> {
            for name in names {
                let value = match secrets.read(name) {
                    Ok(value) => value,
                    Err(SecretError::Missing(_)) => continue,
                    Err(error) => {
                        return Err(ChannelError::bad_value(def, *name, error.to_string()));
                    }
                };
                let text = value.expose().trim();
                if text.is_empty() {
                    continue;
                }
                // `proxy:3128`, as many write it.
                let text = match text.contains("://") {
                    true => text.to_owned(),
                    false => format!("http://{text}"),
                };
                let url = parse(def, name, &text)?;
                let setting = (*name).to_owned();
                return Ok(Some(Named { url, setting }));
            }
            Ok(None)
        };
        if !def.spec().goes_by_http() {
            return Ok(Self::default());
        }
        let all = read(&["all_proxy", "ALL_PROXY"])?;
        let except = ["no_proxy", "NO_PROXY"]
            .into_iter()
            .find_map(|name| secrets.read(name).ok())
            .map(|value| {
                value
                    .expose()
                    .split(',')
                    .filter_map(Except::parse)
                    .collect()
            });
        Ok(Self {
            http: read(&["http_proxy", "HTTP_PROXY"])?.or_else(|| all.clone()),
            https: read(&["https_proxy", "HTTPS_PROXY"])?.or(all),
            except: except.unwrap_or_default(),
        })
    }

    /// The way to `url` in words, to be put behind its name; nothing where no proxy is known.
    pub fn say(&self, url: &Url) -> String {
        match self.way(url) {
            Way::Proxy(_, shown) => format!(" by the proxy {shown}"),
            Way::Direct if self.http.is_some() || self.https.is_some() => {
                " directly, not by the proxy".into()
            }
            Way::Direct => String::new(),
        }
    }

    /// The way to `url`.
    pub fn way(&self, url: &Url) -> Way {
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or(0);
        if is_here(host) || self.except.iter().any(|one| one.covers(host, port)) {
            return Way::Direct;
        }
        let named = match url.scheme() {
            "https" => &self.https,
            _ => &self.http,
        };
        match named {
            Some(Named { url, setting }) => {
                let port = url.port_or_known_default().unwrap_or(0);
                let shown = format!("{}:{port} ({setting})", url.host_str().unwrap_or("?"));
                Way::Proxy(url.clone(), shown)
            }
            None => Way::Direct,
        }
    }
}

/// Whether `host` is this machine, in any of the ways to write it.
pub fn is_here(host: &str) -> bool {
    let bare = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .trim_end_matches('.');
    if let Ok(address) = bare.parse::<IpAddr>() {
        let address = match address {
            IpAddr::V6(six) => six.to_ipv4_mapped().map_or(address, IpAddr::V4),
            IpAddr::V4(_) => address,
        };
        return address.is_loopback() || address.is_unspecified();
    }
    let name = bare.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || name == "localhost.localdomain"
}

fn parse(def: &ChannelDef, key: &str, text: &str) -> Result<Url, ChannelError> {
    let url = Url::parse(text).ok().filter(Url::has_host);
    match url {
        Some(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        Some(url) if url.scheme().starts_with("socks") => {
            let why = "SOCKS proxies are not supported; name a web proxy (http://host:port), or set `proxy: none`";
            Err(ChannelError::bad_value(def, key, why))
        }
        // The text is not repeated, for it may hold a password.
        _ => {
            let why = "it is no address of a web proxy, such as http://host:port; correct it, or set `proxy: none`";
            Err(ChannelError::bad_value(def, key, why))
        }
    }
}

impl Except {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        if text == "*" {
            return Some(Self::All);
        }
        if let Some((address, bits)) = text.split_once('/')
            && let (Ok(address), Ok(bits)) = (address.parse(), bits.parse())
        {
            return Some(Self::Network(address, bits));
        }
        if let Ok(address) = text.trim_matches(['[', ']']).parse() {
            let whole = match address {
                IpAddr::V4(_) => 32,
                IpAddr::V6(_) => 128,
            };
            return Some(Self::Network(address, whole));
        }
        let text = text.trim_start_matches('*').trim_start_matches('.');
        (!text.is_empty()).then(|| Self::Host(text.to_ascii_lowercase()))
    }

    fn covers(&self, host: &str, port: u16) -> bool {
        let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
        match self {
            Self::All => true,
            Self::Network(network, bits) => host
                .parse::<IpAddr>()
                .is_ok_and(|address| is_within(address, *network, *bits)),
            Self::Host(name) => {
                let (name, wanted) = match name.rsplit_once(':') {
                    Some((name, wanted)) => (name, wanted.parse::<u16>().ok()),
                    None => (name.as_str(), None),
                };
                let below = host
                    .strip_suffix(name)
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
                below && wanted.is_none_or(|wanted| wanted == port)
            }
        }
    }
}

fn is_within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let (address, network, width) = match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(n)) => (u128::from(u32::from(a)), u128::from(u32::from(n)), 32),
        (IpAddr::V6(a), IpAddr::V6(n)) => (u128::from(a), u128::from(n), 128),
        _ => return false,
    };
    let shift = width - u32::from(bits).min(width);
    address.checked_shr(shift).unwrap_or(0) == network.checked_shr(shift).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::MapSecrets;

    fn proxies(proxy: &str, environment: &[(&str, &str)]) -> Result<Proxies, ChannelError> {
        let def = serde_json::json!({"channel": "sms", "name": "短信", "kind": "sms", "proxy": proxy, "proxy-auth-env": "P"});
        let def: ChannelDef = serde_json::from_value(def).unwrap();
        let secrets = environment
            .iter()
            .fold(MapSecrets::default(), |all, (name, value)| {
                all.with(name, value)
            });
        Proxies::of(&Recipe {
            def: &def,
            secrets: &secrets,
            authority: None,
        })
    }

    fn way(proxies: &Proxies, url: &str) -> Option<String> {
        match proxies.way(&Url::parse(url).unwrap()) {
            Way::Direct => None,
            Way::Proxy(url, _) => Some(url.to_string()),
        }
    }

    #[test]
    fn this_machine_is_never_asked_for_through_a_proxy() {
        for proxies in [
            proxies(
                "system",
                &[("http_proxy", "http://p:1"), ("https_proxy", "http://p:1")],
            )
            .unwrap(),
            proxies("system", &[("ALL_PROXY", "p:1"), ("no_proxy", "")]).unwrap(),
            proxies("http://p:1", &[("P", "u:p")]).unwrap(),
        ] {
            for url in [
                "http://127.0.0.1:13013/",
                "http://127.8.9.10/",
                "http://[::1]:80/",
                "http://localhost/",
                "https://LOCALHOST./",
                "http://0.0.0.0:8080/",
                "http://[::]/",
                "http://[::ffff:127.0.0.1]/",
                "http://0x7f.1/",
                "http://2130706433/",
                "http://sms.localhost/",
            ] {
                assert_eq!(way(&proxies, url), None, "{url}");
            }
            for url in [
                "http://10.0.0.1/",
                "https://localhost.example.invalid/",
                "http://128.0.0.1/",
            ] {
                assert!(way(&proxies, url).is_some(), "{url}");
            }
        }
    }

    #[test]
    fn the_environment_is_read_as_others_read_it() {
        let known = proxies(
            "system",
            &[
                ("http_proxy", "http://web:3128"),
                ("all_proxy", "http://any:1"),
                (
                    "no_proxy",
                    ".gov.invalid, 10.0.0.0/8,sms.example:8080, *.lan",
                ),
            ],
        )
        .unwrap();
        assert_eq!(
            way(&known, "http://robot.invalid/").as_deref(),
            Some("http://web:3128/")
        );
        assert_eq!(
            way(&known, "https://robot.invalid/").as_deref(),
            Some("http://any:1/")
        );
        for url in [
            "http://a.gov.invalid/",
            "http://gov.invalid/",
            "http://10.20.30.40/",
            "http://sms.example:8080/",
            "http://x.lan/",
        ] {
            assert_eq!(way(&known, url), None, "{url}");
        }
        for url in [
            "http://notgov.invalid/",
            "http://11.0.0.1/",
            "http://sms.example/",
        ] {
            assert!(way(&known, url).is_some(), "{url}");
        }
    }

    #[test]
    fn the_file_decides_and_holds_no_password() {
        let environment = [("http_proxy", "http://web:3128")];
        assert_eq!(
            way(
                &proxies("none", &environment).unwrap(),
                "http://robot.invalid/"
            ),
            None
        );
        let own = proxies("http://own:8080", &[("P", "user:pass")]).unwrap();
        assert_eq!(
            way(&own, "http://robot.invalid/").as_deref(),
            Some("http://user:pass@own:8080/")
        );
        let Way::Proxy(_, shown) = own.way(&Url::parse("http://robot.invalid/").unwrap()) else {
            panic!("direct");
        };
        assert!(
            shown.contains("own:8080") && !shown.contains("pass"),
            "{shown}"
        );
        for bad in [
            "http://user:secret@own:8080",
            "socks5://own:1",
            "own",
            "ftp://own",
        ] {
            let error = proxies(bad, &[("P", "u:p")]).unwrap_err().to_string();
            assert!(
                error.contains("`proxy`") && !error.contains("secret"),
                "{error}"
            );
        }
    }
}
