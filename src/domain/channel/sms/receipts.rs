//! The `receipts:` part of an SMS channel: how its gateway is told where to call, and what its calls mean.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Findings, OneOrMore, SmsDef};
use crate::domain::delivery::{Named, Receipt, Said};
use crate::domain::phrase::phrase;
use crate::domain::time::Span;

/// Stands in a field for the address that the gateway is to call.
pub const PLACE: &str = "{receipts}";

/// Characters of a gateway's own words that are kept.
const WHY: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReceiptsDef {
    /// Where the gateway reaches the public listener, without a slash at the end; `{receipts}` in a field becomes this,
    /// with the channel's own path behind it.
    #[serde(default)]
    pub base_url: Option<String>,
    /// The variable that holds the last part of that path: 16 to 128 letters, digits, `-` and `_`.
    pub secret_env: String,
    /// A text whose receipt does not come within this time is *unknown*.
    #[serde(default = "two_days")]
    pub within: Span,
    /// The field of a call that holds the `{id}` that was sent.
    #[serde(default)]
    pub key: Option<String>,
    /// The field of a call that holds the gateway's own name for a message, as its answer gave it at `id-pointer`.
    #[serde(default)]
    pub id: Option<String>,
    /// A JSON pointer into the answer to a message: where its name stands, or a list of the names of its parts.
    #[serde(default)]
    pub id_pointer: Option<String>,
    /// The field of a call that says what became of the message; calls that say nothing of the following are ignored.
    pub state: String,
    pub delivered: OneOrMore,
    pub failed: OneOrMore,
    /// The gateway will never know.
    #[serde(default)]
    pub unknown: Option<OneOrMore>,
    /// The field that says why.
    #[serde(default)]
    pub why: Option<String>,
}

fn two_days() -> Span {
    Span::minutes(48 * 60)
}

impl ReceiptsDef {
    /// What one call says, by its fields; None when it says nothing final, or of nothing.
    pub fn read(&self, fields: &[(String, String)]) -> Option<Receipt> {
        let field = |name: &Option<String>| {
            let name = name.as_ref()?;
            let found = fields.iter().find(|(known, _)| known == name);
            found
                .map(|(_, value)| value.clone())
                .filter(|value| !value.is_empty())
        };
        let state = field(&Some(self.state.clone()))?;
        let says = |words: &OneOrMore| words.iter().any(|word| word.eq_ignore_ascii_case(&state));
        let said = if says(&self.delivered) {
            Said::Delivered
        } else if says(&self.failed) {
            Said::Failed
        } else if self.unknown.as_ref().is_some_and(says) {
            Said::Unknown
        } else {
            return None;
        };
        let of = field(&self.key)
            .map(Named::Key)
            .or_else(|| field(&self.id).map(Named::Id))?;
        let words = field(&self.why).unwrap_or(state);
        let words: String = words
            .chars()
            .filter(|c| !c.is_control())
            .take(WHY)
            .collect();
        Some(Receipt {
            of,
            said,
            why: (said != Said::Delivered).then(|| format!("the gateway says: {words}")),
        })
    }

    pub(super) fn check(&self, sms: &SmsDef, found: &mut Findings) {
        let at = "/receipts";
        if self.key.is_none() && (self.id.is_none() || self.id_pointer.is_none()) {
            found.error_of_key(
                "receipts-of-nothing",
                at,
                phrase!("channel.receipts-of-nothing"),
                phrase!("channel.receipts-of-nothing-help", id = "{id}"),
            );
        }
        let mut values = sms.fields.values().chain(sms.headers.values());
        let is_told = values.any(|value| value.contains(PLACE));
        match &self.base_url {
            Some(address) => found.url("/receipts/base-url", address),
            None if is_told => found.error_of_key(
                "missing-key",
                at,
                phrase!("channel.receipts-nowhere", receipts = "{receipts}"),
                phrase!("channel.receipts-nowhere-help"),
            ),
            None => {}
        }
        if self.within.as_seconds() == 0 {
            found.error(
                "bad-value",
                "/receipts/within",
                phrase!("channel.receipts-in-no-time"),
                phrase!("channel.receipts-in-no-time-help"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(fields: &[(&str, &str)]) -> Option<Receipt> {
        let def: ReceiptsDef = serde_json::from_value(json!({
            "secret-env": "S", "key": "id", "state": "type", "delivered": "1", "failed": ["2", "16"], "why": "answer",
        }))
        .unwrap();
        let fields: Vec<_> = fields
            .iter()
            .map(|(a, b)| ((*a).into(), (*b).into()))
            .collect();
        def.read(&fields)
    }

    #[test]
    fn a_call_says_what_the_file_says_it_does() {
        let one = read(&[("id", "L-1.2"), ("type", "1"), ("answer", "DELIVRD")]).unwrap();
        assert_eq!(
            (one.of, one.said, one.why),
            (Named::Key("L-1.2".into()), Said::Delivered, None)
        );
        let one = read(&[("type", "16"), ("answer", "blocked\r\n"), ("id", "L-1.2")]).unwrap();
        assert_eq!(
            (one.said, one.why.as_deref()),
            (Said::Failed, Some("the gateway says: blocked"))
        );
        // Buffered, handed on, no name, an empty name, nothing at all.
        for nothing in [
            &[("id", "L-1.2"), ("type", "8")][..],
            &[("type", "1")],
            &[("type", "1"), ("id", "")],
            &[("id", "L-1.2")],
            &[],
        ] {
            assert_eq!(read(nothing), None, "{nothing:?}");
        }
    }
}
