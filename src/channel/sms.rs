//! SMS through any HTTP gateway that the definition can describe: its fields, its headers, and what it says when it
//! has taken a message. Knows no provider by name.

mod answer;
mod request;

use std::time::Duration;

use async_trait::async_trait;
use reqwest::Client;

use super::secrets::{self, Secret};
use super::{Channel, ChannelError, Recipe, http};
use crate::domain::channel::{SmsDef, SuccessTest};
use crate::domain::contact::mask_address;
use crate::domain::delivery::{Outcome, Parcel};
use request::Form;

pub(super) struct Sms {
    client: Client,
    form: Form,
    success: SuccessTest,
    secret: Option<Secret>,
    timeout: Duration,
}

impl Sms {
    pub fn new(recipe: &Recipe<'_>) -> Result<Self, ChannelError> {
        let &Recipe { def, secrets, .. } = recipe;
        let section: &SmsDef = def
            .sms
            .as_ref()
            .ok_or_else(|| ChannelError::no_section(def))?;
        let secret = secrets::wanted(def, "secret-env", section.secret_env.as_ref(), secrets)?;
        if section.success.equals.is_some() != section.success.json_pointer.is_some() {
            let why = "`json-pointer` and `equals` need each other";
            return Err(ChannelError::bad_value(def, "success", why));
        }
        Ok(Self {
            client: http::client(recipe)?,
            form: Form::new(def, section, secret.as_ref())?,
            success: section.success.clone(),
            secret,
            timeout: http::timeout(def),
        })
    }
}

/// Digits with an optional `+`, as long as a number or a short code can be.
fn is_number(address: &str) -> bool {
    let digits = address.strip_prefix('+').unwrap_or(address);
    (3..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

#[async_trait]
impl Channel for Sms {
    async fn send(&self, parcel: &Parcel) -> Outcome {
        if !is_number(&parcel.address) {
            return Outcome::Refused {
                why: format!(
                    "{} is no phone number: digits only, with or without + in front; correct the contact",
                    mask_address(&parcel.address)
                ),
            };
        }
        let request = self.form.fill(&self.client, parcel);
        match http::exchange(request, self.form.place(), parcel.at).await {
            Ok(reply) => answer::judge(&self.success, &reply, |text| {
                let secrets: Vec<_> = self.secret.iter().collect();
                super::scrub::scrub(text, &parcel.address, &secrets)
            }),
            Err(outcome) => outcome,
        }
    }

    async fn probe(&self) -> Result<String, String> {
        http::knock(self.form.url(), self.timeout).await
    }
}

#[cfg(test)]
mod tests {
    use super::is_number;

    #[test]
    fn only_digits_are_a_number() {
        for good in ["13800001234", "+8613800001234", "10690", "110"] {
            assert!(is_number(good), "{good}");
        }
        for bad in [
            "",
            "+",
            "138 0000",
            "１３８００００１２３４",
            "138\r\n",
            "a@b.c",
            "1".repeat(21).as_str(),
        ] {
            assert!(!is_number(bad), "{bad:?}");
        }
    }
}
