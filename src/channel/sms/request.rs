//! The request to a gateway, from the definition's fields with their placeholders filled in.

use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, Url};

use super::super::{ChannelError, http};
use crate::channel::Secret;
use crate::domain::channel::{ChannelDef, Encoding, HttpMethod, ProbeDef, SmsDef, SuccessTest};
use crate::domain::delivery::Parcel;

/// What every request of this channel has in common.
pub(super) struct Form {
    url: Url,
    place: String,
    method: Method,
    encode: Encoding,
    fields: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    signature: String,
    secret: String,
    /// Where the gateway is to send its receipts.
    receipts: String,
}

impl Form {
    pub fn new(
        def: &ChannelDef,
        section: &SmsDef,
        secret: Option<&Secret>,
        receipts: String,
    ) -> Result<Self, ChannelError> {
        let call = ProbeDef {
            url: section.url.clone(),
            method: section.method,
            encode: section.encode,
            fields: section.fields.clone(),
            headers: section.headers.clone(),
            success: SuccessTest::default(),
        };
        let signature = section.signature.clone().unwrap_or_default();
        Ok(Self {
            receipts,
            ..Self::of(def, &call, signature, secret)?
        })
    }

    /// A call that sends nothing.
    pub fn of_probe(
        def: &ChannelDef,
        probe: &ProbeDef,
        secret: Option<&Secret>,
    ) -> Result<Self, ChannelError> {
        let values = probe.fields.values().chain(probe.headers.values());
        for value in values.chain([&probe.url]) {
            if ["{to}", "{text}"].iter().any(|name| value.contains(name)) {
                let why = "it sends nothing, so it can hold neither {to} nor {text}";
                return Err(ChannelError::bad_value(def, "probe", why));
            }
        }
        Self::of(def, probe, String::new(), secret)
    }

    fn of(
        def: &ChannelDef,
        section: &ProbeDef,
        signature: String,
        secret: Option<&Secret>,
    ) -> Result<Self, ChannelError> {
        let url = http::parse_url(def, "url", &section.url)?;
        let texts = section.fields.iter().chain(&section.headers);
        for (name, value) in texts {
            if value.contains("{secret}") && secret.is_none() {
                let why = "it holds {secret}, and there is no `secret-env`";
                return Err(ChannelError::bad_value(def, name, why));
            }
        }
        if let Some((name, _)) = section.headers.iter().find(|(_, v)| v.contains("{text}")) {
            let why = "a header cannot hold {text}; put it into `fields`";
            return Err(ChannelError::bad_value(def, name, why));
        }
        let form = Self {
            place: http::place(&url),
            url,
            method: match section.method {
                HttpMethod::GET => Method::GET,
                HttpMethod::POST => Method::POST,
            },
            encode: section.encode,
            fields: section.fields.clone(),
            headers: section.headers.clone(),
            signature,
            secret: secret.map(|s| s.expose().to_owned()).unwrap_or_default(),
            receipts: String::new(),
        };
        // What a parcel brings is checked when it comes; names and fixed values must be right from the start.
        form.header_map("0", "-", "-")
            .map_err(|name| ChannelError::bad_value(def, name, "it cannot be sent as a header"))?;
        Ok(form)
    }

    pub fn url(&self) -> &Url {
        &self.url
    }

    pub fn place(&self) -> &str {
        &self.place
    }

    pub fn fill(&self, client: &Client, parcel: &Parcel) -> RequestBuilder {
        let Parcel { address, key, .. } = parcel;
        self.request(client, address, &parcel.rendering.text, key)
    }

    /// A request without anybody and anything to send.
    pub fn empty(&self, client: &Client) -> RequestBuilder {
        self.request(client, "", "", "probe")
    }

    fn request(&self, client: &Client, address: &str, text: &str, key: &str) -> RequestBuilder {
        let value = |template: &String| self.value(template, address, text, key);
        let fields: BTreeMap<&str, String> = self
            .fields
            .iter()
            .map(|(name, template)| (name.as_str(), value(template)))
            .collect();
        let request = client.request(self.method.clone(), self.url.clone());
        let request = match self.encode {
            Encoding::Query => request.query(&fields),
            Encoding::Form => request.form(&fields),
            Encoding::Json => request.json(&fields),
        };
        // `new` saw to it that only a key with control characters could fail here, and keys are ids.
        match self.header_map(address, text, key) {
            Ok(headers) => request.headers(headers),
            Err(_) => request,
        }
    }

    fn header_map(&self, to: &str, text: &str, id: &str) -> Result<HeaderMap, String> {
        let mut map = HeaderMap::new();
        for (name, template) in &self.headers {
            let value = self.value(template, to, text, id);
            let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| name.clone())?;
            let value = HeaderValue::from_str(&value).map_err(|_| name.clone())?;
            map.insert(header, value);
        }
        Ok(map)
    }

    fn value(&self, template: &str, to: &str, text: &str, id: &str) -> String {
        fill(
            template,
            &[
                ("to", to),
                ("text", text),
                ("id", id),
                ("signature", &self.signature),
                ("secret", &self.secret),
                ("receipts", &self.receipts),
            ],
        )
    }
}

/// Puts values in place of `{name}`, in one pass: a text that holds `{secret}` is sent as it is.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let known = values.iter().find(|(name, _)| {
            rest[1..]
                .strip_prefix(name)
                .is_some_and(|tail| tail.starts_with('}'))
        });
        match known {
            Some((name, value)) => {
                out.push_str(value);
                rest = &rest[name.len() + 2..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::fill;
    use proptest::prelude::*;

    const VALUES: &[(&str, &str)] = &[("to", "138"), ("text", "see {secret}"), ("secret", "s3")];

    #[test]
    fn fills_each_place_once() {
        assert_eq!(fill("{to}:{text}:{secret}", VALUES), "138:see {secret}:s3");
    }

    #[test]
    fn leaves_other_braces_alone() {
        assert_eq!(
            fill(r#"{"a":"{to}"} {who} {"#, VALUES),
            r#"{"a":"138"} {who} {"#
        );
    }

    proptest! {
        #[test]
        fn a_text_without_braces_comes_out_as_it_went_in(text in "[^{]*") {
            prop_assert_eq!(fill(&text, VALUES), text);
        }
    }
}
