//! Holes that nobody filled: marks that look like the place of a fact, and words that were left for later.
//!
//! Whatever reaches the public is read as it stands, so a text that holds one of these is not ready. Knows neither
//! templates nor files; who asks decides what a find means.

mod gaps;
mod marks;
mod scan;

/// What kind of hole it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// It looks as if a program were to put something there, and none does.
    Placeholder,
    /// Somebody meant to write something there.
    Later,
    /// It may be a hole and may be meant as it stands.
    Doubtful,
}

/// One find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// Where it begins, in bytes.
    pub at: usize,
    pub text: String,
    pub sort: Sort,
    /// What stands between the marks, if it could be the name of a fact.
    pub name: Option<String>,
}

/// Every hole in `text`, in order. `known` says whether a word is the name of a fact or its label.
pub fn holes(text: &str, known: &dyn Fn(&str) -> bool) -> Vec<Hole> {
    scan::holes(text, known)
}

/// Refuses a fact, a title or a reason that says that it is not finished. Braces and brackets are let through: what is
/// given as a fact is never evaluated.
///
/// # Errors
/// Names the words and what to do.
pub fn refuse_left_for_later(text: &str) -> Result<(), String> {
    refuse(text, |sort| sort == Sort::Later)
}

/// Refuses a text written by hand that holds any hole.
///
/// # Errors
/// Names the words and what to do.
pub fn refuse_unfilled(text: &str) -> Result<(), String> {
    refuse(text, |sort| sort != Sort::Doubtful)
}

fn refuse(text: &str, is_refused: fn(Sort) -> bool) -> Result<(), String> {
    let found = holes(text, &|_| false);
    let Some(hole) = found.iter().find(|hole| is_refused(hole.sort)) else {
        return Ok(());
    };
    let at = text[..hole.at].chars().count() + 1;
    Err(format!(
        "“{}” at character {at} was left to be filled in, and the public would read it as it stands: write what is known, or leave it out",
        hole.text
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn known(word: &str) -> bool {
        ["rainfall", "max-rainfall", "雨量"].contains(&word)
    }

    fn sorts(text: &str) -> Vec<Sort> {
        holes(text, &known)
            .into_iter()
            .map(|hole| hole.sort)
            .collect()
    }

    #[test]
    fn a_placeholder_is_seen_in_every_notation() {
        for text in [
            "雨量｛｛rainfall｝｝毫米",
            "雨量{rainfall}",
            "雨量｛rainfall｝",
            "雨量{ {rainfall} }",
            "雨量｛{rainfall}｝",
            "雨量${rainfall}",
            "雨量#{rainfall}",
            "雨量$rainfall，",
            "雨量%rainfall%",
            "雨量%(rainfall)s",
            "雨量[[rainfall]]",
            "雨量【【rainfall】】",
            "雨量<rainfall>",
            "雨量＜雨量＞",
            "雨量<%= rainfall %>",
            "雨量《rainfall》",
            "雨量《雨量》",
            "雨量\\u007brainfall",
            "雨量&#123;rainfall",
            "雨量【rainfall】",
            "雨量[rainfall]",
            "雨量｛雨量｝",
            "雨量{",
            "雨量｝",
            "雨量&lt;rainfall&gt;",
            "雨量@@rainfall@@",
            "雨量__rainfall__",
            "雨量〔rainfall〕",
            "雨量（rainfall）",
            "雨量{% rainfall %}",
            "雨量｛ ｛ rainfall ｝ ｝",
            "雨量﹛rainfall﹜",
            "雨量%d人",
        ] {
            assert_eq!(sorts(text), [Sort::Placeholder], "{text}");
            assert_eq!(holes(text, &known)[0].at, "雨量".len(), "{text}");
        }
    }

    #[test]
    fn words_left_for_later_are_seen() {
        for text in [
            "原因【待补充】。",
            "原因【待定】",
            "原因[待核实]",
            "（此处填写原因）",
            "原因（待补充）",
            "原因XX。",
            "原因××",
            "死亡XX人",
            "死亡X人",
            "X月X日",
            "原因____。",
            "原因＿＿＿",
            "TODO",
            "时间TBD。",
            "xxx",
            "○○县",
            "损失x万元",
            "lorem ipsum dolor",
            "2026年  月  日",
            "【请填写单位名称】",
            "原因待填写",
            "原因????",
            "[insert date]",
            "（TBD）",
            "〔待补〕",
            "原因\u{fffd}",
            "<待定>",
            "原因：待补充",
            "原因【】",
            "第  号",
            "原因（  ）",
            "原因#REF!",
            "雨量####毫米",
            "undefined",
            "【请补充】",
            "N/A",
            "□□路",
            "＊＊人",
            "请在此处填写",
            "(to be added)",
        ] {
            assert!(
                sorts(text).contains(&Sort::Later),
                "{text}: {:?}",
                holes(text, &known)
            );
            assert!(refuse_left_for_later(text).is_err(), "{text}");
        }
        for text in [
            "某某路",
            "死亡……人",
            "某年施工",
            "死亡  人",
            "真的吗？？",
            "物资待补充到位",
            "时间（待定）",
        ] {
            assert_eq!(sorts(text), [Sort::Doubtful], "{text}");
            assert!(refuse_left_for_later(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn ordinary_words_are_no_holes() {
        for text in [
            "累计雨量120毫米（截至8时）。",
            "二○○八年五月",
            "二〇〇八年",
            "张某某，男，35岁",
            "患者王××",
            "XXL号",
            "3×5米",
            "X光检查",
            "伤亡情况待核实",
            "恢复时间待定",
            "垃圾待填埋",
            "全市50%至60%的用户",
            "拨打0510-0000-1234",
            "见《突发事件应对法》",
            "□是 □否",
            "——示例市防汛办",
            "等待……",
            "积水<50厘米",
            "a__b",
            "https://a.invalid/x__y?z=%E5%A4%A9",
            "138****1234",
            "（0510）",
            "第3号",
            "### 一、",
            "张某住院",
            "（ 一 ）",
            "A型X-100",
            "The response ends.",
            "【演练】",
            "（一）",
            "[1]",
            "〔2026〕3号",
            "请登录网站填写登记表",
            "是真的吗？",
            "MAX人数",
            "批号XX2026",
            "5%以上",
            "$100",
            "（盖章）",
            "2026年5月1日",
            "月亮",
            "他说：“停水？”",
            "a < b > c",
        ] {
            assert_eq!(sorts(text), [], "{text}: {:?}", holes(text, &known));
        }
        // A long run of one letter is no gap: gaps are as wide as a word.
        assert_eq!(sorts(&"x".repeat(400)), []);
        assert!(refuse_left_for_later("{{situation}}<script>").is_ok());
        assert!(refuse_unfilled("{{situation}}").is_err());
    }

    proptest! {
        #[test]
        fn nothing_breaks_it_and_finds_lie_in_the_text(text in "(\\PC|[{}｛｝<>\\[\\]【】%$_xX×○?年月日 待补充定填]){0,60}") {
            let mut before = 0;
            for hole in holes(&text, &known) {
                prop_assert!(hole.at >= before, "{}", text);
                prop_assert!(text[hole.at..].starts_with(&hole.text), "{}", text);
                before = hole.at + hole.text.len();
            }
        }
    }
}
