//! The `receipts:` part of an SMS channel: how its gateway is told where to call, and what its calls mean.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Findings, OneOrMore, SmsDef};
use crate::domain::clip::quoted;
use crate::domain::delivery::{Named, Receipt, Said};
use crate::domain::phrase::phrase;
use crate::domain::public::{host_of, is_loopback};
use crate::domain::time::Span;

/// Stands in a field for the address that the gateway is to call.
pub const PLACE: &str = "{receipts}";

/// No receipt is to be expected sooner, and no fallback is to double what is on its way.
const LEAST: Span = Span::minutes(1);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReceiptsDef {
    /// Where the gateway reaches the public listener, without a slash at the end; `{receipts}` in a field becomes this,
    /// with the channel's own path behind it.
    #[serde(default)]
    pub base_url: Option<String>,
    /// The variable that holds the last part of that path: 16 to 128 letters, digits, `-` and `_`.
    pub secret_env: String,
    /// The variable that holds what stood there before: the addresses in messages that are still awaited end with it.
    #[serde(default)]
    pub old_secret_env: Option<String>,
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
    /// The address of a channel's receipts, with the secret or with what stands for it.
    pub fn address(&self, channel: &str, secret: &str) -> String {
        let base = self.base_url.as_deref().unwrap_or_default();
        let base = base.trim_end_matches('/');
        format!("{base}/receipts/{channel}/{secret}")
    }

    /// The fields of a call that are looked at.
    pub fn fields(&self) -> Vec<&str> {
        let optional = [&self.key, &self.id, &self.why].into_iter().flatten();
        optional.chain([&self.state]).map(String::as_str).collect()
    }

    /// The words of each list, with its key.
    fn words(&self) -> impl Iterator<Item = (&'static str, Said, &OneOrMore)> {
        let known = [
            (
                "/receipts/delivered",
                Said::Delivered,
                Some(&self.delivered),
            ),
            ("/receipts/failed", Said::Failed, Some(&self.failed)),
            ("/receipts/unknown", Said::Unknown, self.unknown.as_ref()),
        ];
        let given = known.into_iter();
        given.filter_map(|(at, said, words)| Some((at, said, words?)))
    }

    /// What one call says, by its fields; None when it says nothing final, or of nothing. `show` makes the gateway's words
    /// fit to be kept.
    pub fn read(
        &self,
        fields: &[(String, String)],
        show: impl Fn(&str) -> String,
    ) -> Option<Receipt> {
        let field = |name: Option<&String>| {
            let (_, value) = fields.iter().find(|(known, _)| Some(known) == name)?;
            Some(value.trim()).filter(|value| !value.is_empty())
        };
        let state = field(Some(&self.state))?;
        let is_it = |word: &str| word.eq_ignore_ascii_case(state);
        let (_, said, _) = (self.words()).find(|(_, _, words)| words.iter().any(is_it))?;
        let key = field(self.key.as_ref()).map(|key| Named::Key(key.to_owned()));
        let id = || field(self.id.as_ref()).map(|id| Named::Id(id.to_owned()));
        let words = show(field(self.why.as_ref()).unwrap_or(state));
        Some(Receipt {
            of: key.or_else(id)?,
            said,
            why: (said != Said::Delivered).then(|| format!("the gateway says: {words}")),
        })
    }

    pub(super) fn check(&self, sms: &SmsDef, found: &mut Findings) {
        let values = || sms.fields.values().chain(sms.headers.values());
        let has = |name: &str| values().any(|value| value.contains(name));
        self.check_names(has("{id}"), found);
        self.check_words(found);
        self.check_address(has(PLACE), found);
        if self.within < LEAST {
            found.error(
                "bad-value",
                "/receipts/within",
                phrase!("channel.receipts-too-soon"),
                phrase!("channel.receipts-too-soon-help"),
            );
        }
    }

    fn check_names(&self, sends_id: bool, found: &mut Findings) {
        let at = "/receipts";
        if self.key.is_none() && self.id.is_none() {
            found.error_of_key(
                "receipts-of-nothing",
                at,
                phrase!("channel.receipts-of-nothing"),
                phrase!("channel.receipts-of-nothing-help", id = "{id}"),
            );
        }
        if self.id.is_some() != self.id_pointer.is_some() {
            found.error_of_key(
                "receipts-of-nothing",
                at,
                phrase!("channel.receipts-half"),
                phrase!("channel.receipts-half-help"),
            );
        }
        if self.key.is_some() && !sends_id {
            found.error_of_key(
                "receipts-of-nothing",
                "/receipts/key",
                phrase!("channel.receipts-no-id", id = "{id}"),
                phrase!(
                    "channel.receipts-no-id-help",
                    id = "{id}",
                    receipts = "{receipts}"
                ),
            );
        }
        if let Some(pointer) = &self.id_pointer {
            found.pointer("/receipts/id-pointer", pointer);
        }
    }

    /// A word means one thing, and each list has one.
    fn check_words(&self, found: &mut Findings) {
        let mut seen: Vec<&str> = Vec::new();
        for (at, _, words) in self.words() {
            if words.iter().next().is_none() || words.iter().any(|word| word.trim().is_empty()) {
                found.error_of_key(
                    "empty-test",
                    at,
                    phrase!("channel.empty-words"),
                    phrase!("channel.empty-words-help"),
                );
            }
            let twice = |word: &&str| seen.iter().any(|known| known.eq_ignore_ascii_case(word));
            if let Some(word) = words.iter().find(twice) {
                let what = phrase!("channel.two-meanings", word = quoted(word));
                let help = phrase!("channel.two-meanings-help");
                found.error_of_key("ambiguous-receipt", at, what, help);
            }
            seen.extend(words.iter());
        }
    }

    fn check_address(&self, is_told: bool, found: &mut Findings) {
        let at = "/receipts/base-url";
        let Some(address) = &self.base_url else {
            if is_told {
                found.error_of_key(
                    "missing-key",
                    "/receipts",
                    phrase!("channel.receipts-nowhere", receipts = "{receipts}"),
                    phrase!("channel.receipts-nowhere-help"),
                );
            }
            return;
        };
        found.url(at, address);
        if found.is_example {
            return;
        }
        found.filled(at, address);
        found.host_of(at, address);
        let is_plain = address.starts_with("http://");
        if is_plain && found.is_enabled && !host_of(address).is_some_and(is_loopback) {
            found.warning(
                "secret-in-the-open",
                at,
                phrase!("channel.secret-in-the-open"),
                phrase!("channel.secret-in-the-open-help"),
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
        def.read(&fields, |words| words.trim().to_owned())
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
