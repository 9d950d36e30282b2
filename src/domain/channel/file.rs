//! A folder that receives what would be sent: for closed networks, for printing, and for looking at.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::Findings;
use super::spec::{Spec, Targets};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FileDef {
    pub folder: String,
    /// Whose addresses of the audience get a file each; `none` = one file a bulletin.
    #[serde(default)]
    pub addresses: FileAddresses,
    /// Beside each file a page (`.html`) to print and pin up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub print: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FileAddresses {
    #[default]
    None,
    Email,
    Sms,
}

impl Spec for FileDef {
    fn targets(&self) -> Targets {
        match self.addresses {
            FileAddresses::None => Targets::one("folder"),
            FileAddresses::Email => Targets::Contacts("email"),
            FileAddresses::Sms => Targets::Contacts("sms"),
        }
    }

    fn goes_by_http(&self) -> bool {
        false
    }

    fn check(&self, _found: &mut Findings) {}
}
