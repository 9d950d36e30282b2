//! The public site, where every release appears first and keeps its address.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::Findings;
use super::spec::{Spec, Targets};
use crate::domain::clip::quoted;
use crate::domain::phrase::phrase;
use crate::domain::public::{host_of, is_loopback, why_not_public};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PortalDef {
    /// The address the public knows, without a slash at the end; links in messages are made from it.
    pub base_url: String,
}

impl Spec for PortalDef {
    fn targets(&self) -> Targets {
        Targets::one("portal")
    }

    fn is_public(&self) -> bool {
        true
    }

    fn goes_by_http(&self) -> bool {
        false
    }

    fn check(&self, found: &mut Findings) {
        let (at, address) = ("/base-url", &self.base_url);
        found.url(at, address);
        if address.ends_with('/') {
            found.error(
                "bad-url",
                at,
                phrase!("channel.slash"),
                phrase!("channel.slash-help"),
            );
        }
        let Some(host) = host_of(address).filter(|_| found.is_enabled) else {
            return;
        };
        // The example set shows how it is done on one machine.
        if found.is_example && is_loopback(host) {
            return;
        }
        if let Some(why) = why_not_public(host) {
            let what = phrase!("channel.not-public", host = quoted(host), why);
            found.warning("not-public", at, what, phrase!("channel.not-public-help"));
        } else if address.starts_with("http://") {
            found.warning(
                "not-public",
                at,
                phrase!("channel.without-tls"),
                phrase!("channel.without-tls-help"),
            );
        }
    }
}
