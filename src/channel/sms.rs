//! SMS through any HTTP gateway that the definition can describe: its fields, its headers, and what it says when it
//! has taken a message. Knows no provider by name.

mod answer;
mod receipts;
mod request;

use async_trait::async_trait;

use super::http::Provider;
use super::secrets::{self, Secret};
use super::{Call, Channel, ChannelError, Heard, Recipe};
use crate::domain::channel::{SmsDef, SuccessTest};
use crate::domain::contact::mask_address;
use crate::domain::delivery::{Outcome, Parcel};
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::time::Moment;
use answer::Dictionary;
use receipts::Receipts;
use request::Form;

pub(super) struct Sms {
    provider: Provider,
    form: Form,
    dictionary: Dictionary,
    /// A call that sends nothing, and what it answers when all is well.
    probe: Option<(Form, SuccessTest)>,
    secret: Option<Secret>,
    receipts: Option<Receipts>,
}

impl Sms {
    pub fn new(recipe: &Recipe<'_>, section: &SmsDef) -> Result<Self, ChannelError> {
        let &Recipe { def, secrets, .. } = recipe;
        let secret = secrets::wanted(def, "secret-env", section.secret_env.as_ref(), secrets)?;
        let dictionary = Dictionary::new(def, section)?;
        let receipts = section.receipts.as_ref();
        let receipts = receipts.map(|of| Receipts::new(recipe, of, dictionary.encoding()));
        let receipts = receipts.transpose()?;
        let address = receipts.as_ref().map(Receipts::address).unwrap_or_default();
        let probe = section.probe.as_ref();
        let probe = probe.map(|probe| {
            let form = Form::of_probe(def, probe, secret.as_ref())?;
            Ok::<_, ChannelError>((form, probe.success.clone()))
        });
        Ok(Self {
            provider: Provider::new(recipe)?,
            form: Form::new(def, section, secret.as_ref(), address)?,
            receipts,
            dictionary,
            probe: probe.transpose()?,
            secret,
        })
    }

    /// What no words of the gateway may show.
    fn hidden(&self) -> Vec<&Secret> {
        let of_receipts = self.receipts.iter().flat_map(Receipts::secrets);
        self.secret.iter().chain(of_receipts).collect()
    }

    fn show(&self, text: &str, address: &str) -> String {
        super::scrub::scrub(text, address, &self.hidden())
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
        let request = || self.form.fill(&self.provider.client, parcel);
        match self
            .provider
            .exchange(request, self.form.place(), parcel.at)
            .await
        {
            Ok(reply) => self
                .dictionary
                .judge(&reply, &parcel.rendering.text, |text| {
                    self.show(text, &parcel.address)
                }),
            Err(outcome) => outcome,
        }
    }

    fn knows(&self, secret: &str) -> bool {
        (self.receipts.as_ref()).is_some_and(|receipts| receipts.knows(secret))
    }

    fn receipts(&self, call: &Call<'_>) -> Option<Heard> {
        self.receipts.as_ref()?.read(call, &self.hidden())
    }

    /// Makes the call that the file names. Without one the gateway is only reached: a message without a number could be
    /// taken for one with.
    async fn probe(&self, at: Moment) -> Result<Phrase, Phrase> {
        let Some((form, success)) = &self.probe else {
            let reached = self.provider.reach(self.form.url()).await?;
            return Ok(phrase!("probe.reached-not-tried", reached));
        };
        let place = format!("{}{}", form.place(), self.provider.way(form.url()));
        let request = || form.empty(&self.provider.client);
        match self.provider.exchange(request, &place, at).await {
            Ok(answer) => {
                let (passes, body) = self.dictionary.is_success(success, &answer);
                let said = self.show(&body, "");
                let status = answer.status.as_u16().to_string();
                match passes {
                    true => Ok(phrase!("probe.answers-so", place, said)),
                    false => Err(phrase!("probe.answered", place, status, said)),
                }
            }
            Err(Outcome::Retry { why, .. } | Outcome::Refused { why }) => {
                Err(phrase!("probe.failed", why = self.show(&why, "")))
            }
            Err(Outcome::Accepted { .. }) => Ok(phrase!("probe.answers", place)),
        }
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
