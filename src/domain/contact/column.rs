//! What a list of contacts may say of each: the columns of a table, or the fields of another program's request.

use super::AddressKind;

/// One thing that a list may say of its contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    Code,
    Name,
    Phone,
    Email,
    Telegram,
    Language,
    Areas,
    Groups,
    Posts,
}

impl Column {
    pub const ALL: [Self; 9] = [
        Self::Code,
        Self::Name,
        Self::Phone,
        Self::Email,
        Self::Telegram,
        Self::Language,
        Self::Areas,
        Self::Groups,
        Self::Posts,
    ];

    /// The kind of the addresses in this column, if it holds addresses.
    pub fn address_kind(self) -> Option<AddressKind> {
        match self {
            Self::Phone => Some(AddressKind::Sms),
            Self::Email => Some(AddressKind::Email),
            Self::Telegram => Some(AddressKind::Telegram),
            _ => None,
        }
    }
}
