//! The `proxy:` setting of a channel file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// By which way HTTP leaves the house.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ProxyUse {
    #[default]
    System,
    None,
    /// The address of a proxy.
    At(String),
}

impl Serialize for ProxyUse {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::System => "system",
            Self::None => "none",
            Self::At(address) => address,
        })
    }
}

impl<'de> Deserialize<'de> for ProxyUse {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(match text.trim() {
            "system" => Self::System,
            "none" => Self::None,
            other => Self::At(other.to_owned()),
        })
    }
}

impl JsonSchema for ProxyUse {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ProxyUse".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^(system|none|https?://.+)$" })
    }
}
