//! What the makers of group robots have in common: a secret address, perhaps a signature, a limit.

use crate::domain::phrase::phrase;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::Findings;
use super::limit::{Limit, Unit};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RobotDef {
    /// The whole address is a secret at most providers; prefer `url-env`.
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub url_env: Option<String>,
    #[serde(default)]
    pub secret_env: Option<String>,
    #[serde(default)]
    pub mention_all: bool,
    /// UTF-8 bytes of one message; the provider's own limit when left out.
    #[serde(default)]
    pub max_bytes: Option<u32>,
}

/// What the JSON around a text takes, mentions and card header included.
pub(super) const ENVELOPE: usize = 1024;

impl RobotDef {
    /// The file's limit, or else the maker's.
    pub(super) fn limit(&self, makers: Limit) -> Limit {
        self.max_bytes.map_or(makers, |bytes| Limit {
            unit: Unit::Bytes,
            most: bytes as usize,
        })
    }

    pub(super) fn check(&self, found: &mut Findings) {
        let at = "/url";
        match (&self.url, &self.url_env) {
            (None, None) => found.error_of_key(
                "missing-key",
                "",
                phrase!("channel.no-robot-url"),
                phrase!("channel.no-robot-url-help"),
            ),
            (None, Some(_)) => {}
            (Some(address), _) => {
                found.url(at, address);
                if ["key=", "access_token=", "/hook/"]
                    .iter()
                    .any(|sign| address.contains(sign))
                {
                    found.warning(
                        "secret-in-file",
                        at,
                        phrase!("channel.secret-url"),
                        phrase!("channel.secret-url-help"),
                    );
                }
                found.filled(at, address);
                if !found.is_example {
                    found.host_of(at, address);
                }
            }
        }
    }
}

/// The `Spec` of one maker's section: where it posts and how much it takes.
macro_rules! robot {
    ($maker:ident, $limit:expr) => {
        impl $maker {
            /// What one message may take.
            pub fn limit(&self) -> $crate::domain::channel::Limit {
                self.0.limit($limit)
            }
        }

        impl $crate::domain::channel::Spec for $maker {
            fn targets(&self) -> $crate::domain::channel::Targets {
                $crate::domain::channel::Targets::one("group")
            }

            fn layout(&self) -> $crate::domain::channel::Layout<'_> {
                $crate::domain::channel::Layout::Messages(self.limit())
            }

            fn check(&self, found: &mut $crate::domain::channel::Findings) {
                self.0.check(found);
            }
        }
    };
}
pub(super) use robot;
