//! What a heading means, however it is written, and what a heading that means nothing was probably meant to be.

use super::Column;
use crate::domain::invisible::{ordinary, visible};
use crate::domain::nearest::closest;

/// What the cells below a heading are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    Holds(Column),
    /// Fixed lines and fax: nothing can be sent there, but a mobile number that stands among them is taken.
    FixedLine,
    /// 座机/手机: either, so that a fixed line in it is no loss.
    Either,
    /// One of the two columns that some programs make of a name.
    Family,
    Given,
    Unknown,
}

/// A heading reduced to what it says: no marks, spaces, line breaks, signs or remarks in brackets; small, narrow letters.
fn key(heading: &str) -> String {
    let text = ordinary(&visible(heading)).to_lowercase();
    let mut depth = 0usize;
    let mut outside = String::new();
    for c in text.chars() {
        match c {
            '(' | '[' | '{' | '<' | '【' | '〔' | '［' | '「' | '《' | '（' => depth += 1,
            ')' | ']' | '}' | '>' | '】' | '〕' | '］' | '」' | '》' | '）' => {
                depth = depth.saturating_sub(1)
            }
            c if depth == 0 => outside.push(c),
            _ => {}
        }
    }
    let letters = |text: &str| {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .collect::<String>()
    };
    let key = letters(&outside);
    let key = if key.is_empty() { letters(&text) } else { key };
    // 手机1 and 手机2, 电话一 and 电话二 are two columns of one kind.
    let bare = key.trim_end_matches(|c: char| c.is_numeric() || "一二三四五".contains(c));
    if bare.is_empty() {
        key
    } else {
        bare.to_owned()
    }
}

const TELEGRAM: [&str; 2] = ["telegram", "电报"];
#[rustfmt::skip]
const FIXED: [&str; 13] = [
    "座机", "固话", "固定电话", "宅电", "办公电话", "单位电话", "传真", "landline", "homephone", "businessphone",
    "officephone", "workphone", "fax",
];
#[rustfmt::skip]
const PHONE: [&str; 11] = [
    "手机", "手機", "電話", "电话", "联系方式", "移动号码", "短信号码", "mobile", "phone", "cellular", "msisdn",
];
/// Words that say that mobile numbers stand in a column of fixed lines as well.
const EITHER: [&str; 6] = ["手机", "手機", "移动", "mobile", "cell", "短信"];
const EMAIL: [&str; 7] = ["邮箱", "邮件", "电邮", "電郵", "郵箱", "郵件", "email"];
/// Words that turn a heading about telephones or mail into one about something else.
#[rustfmt::skip]
const OTHER: [&str; 22] = [
    "类型", "类别", "型号", "品牌", "归属", "运营商", "是否", "备注", "密码", "服务器", "区号", "次数", "时间",
    "日期", "套餐", "type", "label", "carrier", "password", "countrycode", "model", "date",
];

impl Meaning {
    pub fn of(heading: &str) -> Self {
        let key = key(heading);
        if key.is_empty() {
            return Self::Unknown;
        }
        if let Some(column) = Column::ALL
            .into_iter()
            .find(|column| column.words().contains(&key.as_str()))
        {
            return Self::Holds(column);
        }
        match key.as_str() {
            "姓" | "姓氏" | "lastname" | "familyname" | "surname" => return Self::Family,
            "名" | "firstname" | "givenname" => return Self::Given,
            _ => {}
        }
        // A sentence above the table may hold any word.
        let has = |words: &[&str]| words.iter().any(|word| key.contains(word));
        if key.chars().count() > 24 || has(&OTHER) {
            return Self::Unknown;
        }
        let found = [
            (TELEGRAM.as_slice(), Self::Holds(Column::Telegram)),
            (&EMAIL, Self::Holds(Column::Email)),
            (if has(&FIXED) { &EITHER } else { &[][..] }, Self::Either),
            (&FIXED, Self::FixedLine),
            (&PHONE, Self::Holds(Column::Phone)),
            (&["姓名"], Self::Holds(Column::Name)),
            (&["分组", "群组", "标签"], Self::Holds(Column::Groups)),
            (
                &["区划", "乡镇", "街道", "所在区域", "所在地区", "所属区域"],
                Self::Holds(Column::Areas),
            ),
        ];
        found
            .into_iter()
            .find(|(words, _)| has(words))
            .map_or(Self::Unknown, |(_, meaning)| meaning)
    }
}

/// The heading that `heading` was probably meant to be, if it is not one.
pub fn nearest(heading: &str) -> Option<&'static str> {
    let key = key(heading);
    if Meaning::of(heading) != Meaning::Unknown {
        return None;
    }
    let known: Vec<&'static str> = Column::ALL
        .into_iter()
        .flat_map(|column| column.words().iter().copied())
        .filter(|word| word.chars().count() > 1)
        .collect();
    let word = closest(&key, &known)?;
    Column::ALL
        .into_iter()
        .find(|column| column.words().contains(&word))
        .map(Column::heading)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_is_known_however_it_is_written() {
        for (column, headings) in [
            (
                Column::Phone,
                vec![
                    "手机",
                    "联系电话",
                    "Phone Number",
                    "phone_number",
                    "PHONENUMBER",
                    "手 机",
                    "手机\n号码",
                    "*手机号码",
                    "手机号码（必填）",
                    "【手机】",
                    "手机:",
                    "Mobile Phone",
                    "E.164 phone",
                    "移动电话",
                    "联系方式",
                    "Tel",
                    "备用手机",
                    "手机2",
                    "Cell",
                    "紧急联系人电话",
                    "ｐｈｏｎｅ",
                    "\u{feff}手机\u{200b}",
                    "电话/手机",
                    "联系人电话",
                    "Phone 1 - Value",
                    "手機",
                ],
            ),
            (
                Column::Email,
                vec![
                    "邮箱",
                    "E-mail",
                    "e mail",
                    "电子邮件",
                    "电子邮箱地址",
                    "E-mail Address",
                    "EMAIL(工作)",
                    "mail",
                    "联系人邮箱",
                    "電郵",
                ],
            ),
            (
                Column::Name,
                vec![
                    "姓名",
                    "姓 名",
                    "联系人",
                    "Full Name",
                    "NAME",
                    "单位",
                    "单位名称",
                    "联系人姓名",
                    "户主",
                ],
            ),
            (
                Column::Groups,
                vec![
                    "分组",
                    "群组",
                    "标签",
                    "Group(s)",
                    "Tags",
                    "组别",
                    "所属分组",
                ],
            ),
            (
                Column::Areas,
                vec![
                    "区域",
                    "地区",
                    "乡镇",
                    "所在乡镇",
                    "Area Code",
                    "Region",
                    "行政区划代码",
                    "镇街",
                ],
            ),
            (Column::Language, vec!["语言", "Language", "语种"]),
            (Column::Code, vec!["编号", "ID", "人员编号", "工号"]),
        ] {
            for heading in headings {
                assert_eq!(Meaning::of(heading), Meaning::Holds(column), "{heading:?}");
            }
        }
        for heading in [
            "座机",
            "办公电话",
            "Home Phone",
            "传真",
            "固定电话（区号-号码）",
        ] {
            assert_eq!(Meaning::of(heading), Meaning::FixedLine, "{heading}");
        }
        assert_eq!(Meaning::of("座机/手机"), Meaning::Either);
        for heading in [
            "备注",
            "手机型号",
            "电话类型",
            "序号",
            "QQ",
            "微信",
            "地址",
            "邮编",
            "Phone 1 - Label",
            "是否有手机",
            "",
        ] {
            assert_eq!(Meaning::of(heading), Meaning::Unknown, "{heading}");
        }
    }

    #[test]
    fn a_slip_in_a_heading_is_named() {
        assert_eq!(nearest("Emial"), Some("邮箱"));
        assert_eq!(nearest("Phoen"), Some("手机"));
        assert_eq!(nearest("身份证"), None);
    }
}
