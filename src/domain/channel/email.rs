//! Mail by a mail server.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::Findings;
use super::spec::{Layout, Spec, Targets};
use crate::domain::clip::quoted;
use crate::domain::contact::AddressKind;
use crate::domain::phrase::phrase;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EmailDef {
    pub host: String,
    #[serde(default = "smtp_port")]
    pub port: u16,
    #[serde(default)]
    pub tls: MailTls,
    pub from: String,
    #[serde(default)]
    pub from_name: Option<String>,
    #[serde(default)]
    pub reply_to: Option<String>,
    /// Names of environment variables; the values never stand in a file.
    #[serde(default)]
    pub user_env: Option<String>,
    #[serde(default)]
    pub password_env: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MailTls {
    #[default]
    None,
    Starttls,
    Tls,
}

fn smtp_port() -> u16 {
    25
}

impl Spec for EmailDef {
    fn targets(&self) -> Targets {
        Targets::Contacts("email")
    }

    fn layout(&self) -> Layout<'_> {
        Layout::Mail
    }

    fn goes_by_http(&self) -> bool {
        false
    }

    fn check(&self, found: &mut Findings) {
        if !self.from.contains('@') {
            let what = phrase!("channel.no-mail-address", address = quoted(&self.from));
            found.error(
                "bad-address",
                "/from",
                what,
                phrase!("channel.mail-address-help"),
            );
        }
        found.host("/host", Some(&self.host));
        let addresses = [
            ("/from", Some(&self.from)),
            ("/reply-to", self.reply_to.as_ref()),
        ];
        for (at, address) in addresses {
            let Some(address) = address.filter(|address| found.is_enabled && address.contains('@'))
            else {
                continue;
            };
            match AddressKind::Email.read(address) {
                Err(why) => {
                    let what = phrase!(
                        "channel.bad-mail-address",
                        address = quoted(address),
                        why = why.phrase()
                    );
                    found.error(
                        "bad-address",
                        at,
                        what,
                        phrase!("channel.mail-address-help"),
                    );
                }
                Ok(_) if found.is_example => {}
                Ok(address) => found.host(at, address.rsplit('@').next()),
            }
        }
    }
}
