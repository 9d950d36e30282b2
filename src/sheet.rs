//! Contacts as a table in CSV: the columns, and what spreadsheet programs do to a file on its way.
//!
//! Bytes in, contacts and complaints out. Never opens a file, and never learns where the contacts go.

mod address;
mod addresses;
mod cell;
mod decode;
mod draft;
mod earlier;
mod explain;
mod fields;
mod heading;
mod layout;
mod places;
mod read;
mod record;
mod row;
mod tally;
mod targets;
mod write;

pub use decode::{Decoded, Encoding, NotText, decode};
pub use fields::Fields;
pub use layout::SheetError;
pub use places::Places;
pub use read::Reader;
pub use row::{Complaint, Row};
pub use tally::{PassedOver, Remark};
pub use targets::Targets;
pub use write::Writer;

use crate::domain::contact::Column;

impl Column {
    /// The headings that are this column's own, the one that an export writes first; small letters, without spaces and
    /// signs. `heading` knows others by what they hold.
    #[rustfmt::skip]
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Self::Code => &[
                "编号", "code", "编码", "id", "代码", "工号", "人员编号", "员工编号", "联系人编号", "用户编号",
                "户号", "contactid", "userid",
            ],
            Self::Name => &[
                "姓名", "name", "名称", "姓名名称", "名字", "联系人", "联系人姓名", "户主", "负责人", "单位",
                "单位名称", "机构名称", "fullname", "contact", "contactname", "displayname", "username",
                "organization", "organisation",
            ],
            Self::Phone => &[
                "手机", "phone", "手机号", "手机号码", "电话", "电话号码", "联系电话", "联系手机", "联系方式",
                "移动电话", "号码", "mobile", "mobilenumber", "mobilephone", "phonenumber", "telephone", "tel",
                "telno", "cell", "cellphone", "sms", "短信",
            ],
            Self::Email => &[
                "邮箱", "email", "电子邮箱", "邮件", "电子邮件", "邮箱地址", "邮件地址", "电邮", "mail",
                "emailaddress", "mailaddress",
            ],
            Self::Telegram => &["telegram", "电报", "tg"],
            Self::Language => &["语言", "language", "lang", "语种", "首选语言", "locale"],
            Self::Areas => &[
                "区域", "areas", "area", "区域代码", "行政区划", "行政区划代码", "区划代码", "区域编码", "地区",
                "地区代码", "乡镇", "镇街", "街道", "县区", "区县", "所在地", "居住地", "areacode", "region",
                "district", "town", "township",
            ],
            Self::Groups => &[
                "分组", "groups", "group", "组", "群组", "组别", "小组", "标签", "分类", "人员类别", "人员分类",
                "groupname", "groupmembership", "tag", "tags", "label", "labels", "category", "categories", "list",
                "lists",
            ],
            Self::Posts => &["岗位", "posts", "post"],
        }
    }

    pub fn heading(self) -> &'static str {
        self.words()[0]
    }
}
