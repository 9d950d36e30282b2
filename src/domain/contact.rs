//! Contacts (联系人): who is reached, at which addresses, and what may be shown of those.
//!
//! Whole addresses stay in the store and on the wire; logs, tables and error texts print [`mask_address`].

mod address;
mod column;
mod replace;

pub use address::{AddressKind, BadAddress, mailbox, phone};
pub use column::Column;
pub use replace::replace;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::area::AreaCode;
use super::bulletin::{Language, hex};

/// One address of a contact, in the form it is kept and sent to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Address {
    pub kind: AddressKind,
    pub address: String,
}

/// A person, household, firm or newsroom that texts are sent to. Every list is sorted and holds nothing twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The name it is known by; importing the same code again replaces it.
    pub code: String,
    pub name: String,
    pub language: Language,
    /// Where it is; it hears what concerns a place that contains one of these.
    pub areas: Vec<AreaCode>,
    pub groups: Vec<String>,
    pub posts: Vec<String>,
    pub addresses: Vec<Address>,
}

impl Contact {
    /// A code for a contact that came without one: the same first address always gives the same code, however its
    /// letters are written.
    pub fn code_of(address: &Address) -> String {
        let digest = Sha256::digest(address.kind.sameness(&address.address));
        format!("a-{}", &hex(&digest)[..16])
    }

    /// The same contact with only so much of its addresses as may be shown.
    #[must_use]
    pub fn masked(mut self) -> Self {
        for address in &mut self.addresses {
            address.address = mask_address(&address.address);
        }
        self
    }
}

/// The address with its private part starred out: `138****1234`, `a***@example.org`, `@sh***`.
///
/// Logs, tables and error texts print this and never the address. A target that is no address (`group`, `folder`)
/// stays as it is.
pub fn mask_address(address: &str) -> String {
    if let Some(name) = address.strip_prefix('@') {
        return format!("@{}***", head(name, 2));
    }
    if let Some((user, domain)) = address.rsplit_once('@') {
        return format!("{}***@{domain}", head(user, 1));
    }
    let digits = address.chars().filter(char::is_ascii_digit).count();
    match digits {
        0..4 => address.to_owned(),
        4..11 => format!("****{}", tail(address, 2)),
        // A country code in front leaves fewer digits to hide: +86 138****1234 is still one of ten thousand.
        _ if address.starts_with('+') && digits > 11 => {
            format!(
                "{}****{}",
                head(address, digits - 11 + 1 + 3),
                tail(address, 4)
            )
        }
        _ => format!("{}****{}", head(address, 3), tail(address, 4)),
    }
}

fn head(text: &str, count: usize) -> String {
    text.chars().take(count).collect()
}

fn tail(text: &str, count: usize) -> String {
    let skip = text.chars().count().saturating_sub(count);
    text.chars().skip(skip).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keeps_what_helps_to_recognise_and_no_more() {
        for (address, shown) in [
            ("13800001234", "138****1234"),
            ("+8613800001234", "+86138****1234"),
            ("zhang.san@example.org", "z***@example.org"),
            ("@shili_fabu", "@sh***"),
            ("-1001234567890", "-10****7890"),
            ("12345", "****45"),
            ("group", "group"),
            ("张三@例子.中国", "张***@例子.中国"),
        ] {
            assert_eq!(mask_address(address), shown);
        }
    }

    proptest! {
        #[test]
        fn never_shows_a_whole_number(number in "\\+?[0-9]{5,18}") {
            prop_assert!(!mask_address(&number).contains(&number));
        }

        #[test]
        fn never_shows_a_whole_mailbox(user in "[a-z][0-9.]{1,20}", domain in "[a-z]{2,9}\\.org") {
            // The domain may hold the same letters by chance.
            let shown = mask_address(&format!("{user}@{domain}"));
            prop_assert!(!shown.contains(&format!("{user}@")), "{}", shown);
        }
    }
}
