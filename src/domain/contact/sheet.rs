//! Contacts as a table in CSV: the columns, and what spreadsheet programs do to a file on its way.
//!
//! Pure text in, pure values out; who opens the file and where the contacts go is somebody else's business.

mod cell;
mod decode;
mod places;
mod read;
mod write;

pub use decode::{Decoded, Encoding, NotText, decode};
pub use places::Places;
pub use read::{Complaint, Reader, Row, SheetError};
pub use write::Writer;

use super::AddressKind;

/// What a column holds.
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

    /// The heading that an export writes, and the others that an import understands.
    pub fn headings(self) -> &'static [&'static str] {
        match self {
            Self::Code => &["编号", "code", "编码", "id"],
            Self::Name => &["姓名", "name", "名称", "姓名/名称"],
            Self::Phone => &[
                "手机",
                "phone",
                "手机号",
                "手机号码",
                "电话",
                "mobile",
                "sms",
            ],
            Self::Email => &["邮箱", "email", "电子邮箱", "邮件", "e-mail", "mail"],
            Self::Telegram => &["telegram", "电报"],
            Self::Language => &["语言", "language", "lang"],
            Self::Areas => &["区域", "areas", "area", "区域代码", "行政区划"],
            Self::Groups => &["分组", "groups", "group", "组"],
            Self::Posts => &["岗位", "posts", "post"],
        }
    }

    fn from_heading(heading: &str) -> Option<Self> {
        let heading = heading.trim().to_lowercase();
        Self::ALL
            .into_iter()
            .find(|column| column.headings().contains(&heading.as_str()))
    }

    pub fn heading(self) -> &'static str {
        self.headings()[0]
    }

    fn address_kind(self) -> Option<AddressKind> {
        match self {
            Self::Phone => Some(AddressKind::Sms),
            Self::Email => Some(AddressKind::Email),
            Self::Telegram => Some(AddressKind::Telegram),
            _ => None,
        }
    }
}
