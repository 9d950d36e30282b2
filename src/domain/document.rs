//! Kinds of document (文种): how a text is titled, whether it stands in a register, and in which series.
//!
//! 党政机关公文处理工作条例 (2012) Art. 8: a 公告 announces what law wants announced, a 通告 what the people of an area are to
//! keep to or to know, a 通知 goes to member units, a 通报 gives facts. Series of their own for 通告 and 公告 are what organs do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plan::ItemKind;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Document {
    /// 通告: what binds or concerns the people of an area.
    Notice,
    /// 公告: only where a law asks for one.
    Announcement,
    /// 通知: to the units of a headquarters.
    Circular,
    /// 情况通报: facts, numbered within the incident.
    Bulletin,
    /// 提示.
    Advice,
    /// 转发 of somebody else's text.
    Relay,
    /// Questions and answers, previews, refutations, summaries.
    None,
}

/// How a document is numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbering {
    /// 发文字号, in the series of the issuing organ, the kind of document and the year.
    Register,
    /// 第N号 within the incident.
    WithinIncident,
    /// Advice, relays and answers have none.
    None,
}

impl Document {
    /// What a text of `kind` is unless its item says otherwise.
    pub fn of(kind: ItemKind) -> Self {
        match kind {
            ItemKind::Notice => Self::Notice,
            ItemKind::Bulletin => Self::Bulletin,
            ItemKind::Advisory | ItemKind::Warning => Self::Advice,
            ItemKind::Interpretation
            | ItemKind::Refutation
            | ItemKind::PressConference
            | ItemKind::Summary
            | ItemKind::Correction => Self::None,
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Announcement => "announcement",
            Self::Circular => "circular",
            Self::Bulletin => "bulletin",
            Self::Advice => "advice",
            Self::Relay => "relay",
            Self::None => "none",
        }
    }

    pub fn numbering(self) -> Numbering {
        match self {
            Self::Notice | Self::Announcement | Self::Circular => Numbering::Register,
            Self::Bulletin => Numbering::WithinIncident,
            Self::Advice | Self::Relay | Self::None => Numbering::None,
        }
    }

    /// What stands between an organ's own sign (机关代字) and the year: 示防指**通告**〔2026〕3号, 示防指〔2026〕3号.
    pub fn in_number(self) -> &'static str {
        match self {
            Self::Notice => "通告",
            Self::Announcement => "公告",
            _ => "",
        }
    }

    /// The register that the number is taken from. A circular's is the organ's own, which had no other name before.
    pub fn series(self, issuer: &str) -> String {
        match self {
            Self::Notice | Self::Announcement => format!("{issuer}/{}", self.code()),
            _ => issuer.to_owned(),
        }
    }

    /// The title in full: 发文机关＋事由＋文种 for what an organ issues in form, as it is written for the rest.
    pub fn title(self, issuer: &str, matter: &str) -> String {
        if self.numbering() == Numbering::Register && matter.starts_with("关于") {
            format!("{issuer}{matter}")
        } else {
            matter.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_organ_issues_in_form_begins_with_its_name() {
        let title = |document: Document, matter| document.title("示例市人民政府", matter);
        let closure = "关于停课的通告";
        assert_eq!(
            title(Document::Notice, closure),
            "示例市人民政府关于停课的通告"
        );
        assert_eq!(title(Document::Advice, "关于暴雨的提示"), "关于暴雨的提示");
        let whole = "示例市人民政府关于停课的通告";
        assert_eq!(title(Document::Notice, whole), whole);
    }

    #[test]
    fn each_kind_of_document_has_a_series_of_its_own() {
        let series = [Document::Notice, Document::Announcement, Document::Circular]
            .map(|document| document.series("county-government"));
        assert_eq!(
            series,
            [
                "county-government/notice",
                "county-government/announcement",
                "county-government"
            ]
        );
    }
}
