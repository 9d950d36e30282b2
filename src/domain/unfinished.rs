//! Holes that nobody filled: marks that look like the place of a fact, and words that were left for later.
//!
//! Whatever reaches the public is read as it stands, so a text that holds one of these is not ready. Knows neither
//! templates nor files; who asks decides what a find means.

use crate::domain::phrase::{Phrase, phrase};
mod gaps;
mod marks;
mod scan;
mod sure;

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

/// Refuses a fact, a title or a reason that can only mean that it is not finished. Braces and brackets are let through:
/// what is given as a fact is never evaluated; and so is everything doubtful, which would keep a text waiting at night.
///
/// # Errors
/// Names the words and what to do.
pub fn refuse_left_for_later(text: &str) -> Result<(), Phrase> {
    match sure::first(text) {
        Some((at, words)) => Err(refusal(text, at, &words)),
        None => Ok(()),
    }
}

/// Refuses a text written by hand that is not finished or holds the place of a fact.
///
/// # Errors
/// Names the words and what to do.
pub fn refuse_unfilled(text: &str) -> Result<(), Phrase> {
    refuse_left_for_later(text)?;
    let found = holes(text, &|_| false);
    match found.iter().find(|hole| hole.sort == Sort::Placeholder) {
        Some(hole) => Err(refusal(text, hole.at, &hole.text)),
        None => Ok(()),
    }
}

fn refusal(text: &str, at: usize, words: &str) -> Phrase {
    let at = text[..at].chars().count() + 1;
    phrase!("fact.left", words, at)
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
            "雨量（max-rainfall）",
            "雨量#rainfall#",
            "雨量«rainfall»",
            "雨量%1$s",
            "雨量%@",
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
            "将于XX日8时恢复",
            "定于XX时",
            "位于XX镇",
            "少于X人",
            "低于XX毫米",
            "水位高X米",
            "沿江××路",
            "转移安置万××人",
            "A××路",
            "G××高速",
            "20XX年",
            "202X年",
            "第X号",
            "X号楼",
            "死亡N人",
            "——月——日",
            "2026年月日",
            "0510-8888XXXX",
            "1380000XXXX",
        ] {
            assert!(
                sorts(text).contains(&Sort::Later),
                "{text}: {:?}",
                holes(text, &known)
            );
        }
        for text in [
            "某某路",
            "雨量【雨量】",
            "（rainfall）",
            "“rainfall”",
            "死亡?人",
            "死亡……人",
            "某年施工",
            "死亡  人",
            "真的吗？？",
            "物资待补充到位",
            "时间（待定）",
        ] {
            assert_eq!(sorts(text), [Sort::Doubtful], "{text}");
        }
    }

    #[test]
    fn a_fact_at_night_is_refused_only_for_what_can_mean_nothing_else() {
        for text in [
            "【待补充】",
            "（待补充）",
            "原因（待补充）。",
            "[待填]",
            "待补充",
            "待补充。",
            "TODO",
            "时间TBD。",
            "xxx",
            "XXX",
            "原因____。",
            "＿＿",
            "…",
            "……",
            "...",
            "—",
            "？",
            "略",
            "同上。",
            "死亡XX人",
            "死亡X人，伤XX人",
            "X月X日恢复",
            "2026年  月  日",
            "【请填写单位名称】",
            "（此处填写原因）",
            "[insert date]",
            "#REF!",
            "雨量####毫米",
            "N/A",
        ] {
            assert!(refuse_left_for_later(text).is_err(), "{text}");
            assert!(refuse_unfilled(text).is_err(), "{text}");
        }
        for text in [
            "受灾群众请在此处登记领取物资",
            "体育馆北门（请在此集合）",
            "请绕行沿江路（此处水深超过1米）",
            "扫码在此填写登记表",
            "患者施××，女，35岁",
            "患者欧阳××",
            "患者××",
            "面积×亩均产值",
            "雨强=雨量×时间",
            "信息待录入系统",
            "库存不足，待补充。",
            "物资保障：待补充",
            "（待补偿农户12户）",
            "（待更新的管网3公里）",
            "shelter at the school (to be opened at 20:00)",
            "**人员转移**已完成",
            "网传“明天停水???”不实",
            "网传“XX超市停业”系谣言",
            "网传某医院死亡XX人不实",
            "今年11月 日均供水3万吨",
            "2026年 月报",
            "【请输入验证码】类短信系诈骗",
            "伤亡情况待核实",
            "恢复时间待定",
            "A区×3栋",
            "4×100米",
            "XXL号",
            "X光车2辆",
            "余震（略）",
            "见《GB29639-2020》",
            "A__1",
            "https://a.invalid/x__y",
            "无",
            "a",
            "",
        ] {
            assert_eq!(refuse_left_for_later(text), Ok(()), "{text}");
            assert_eq!(refuse_unfilled(text), Ok(()), "{text}");
        }
        assert!(refuse_left_for_later("{{situation}}").is_ok());
    }

    #[test]
    fn ordinary_words_are_no_holes() {
        for text in [
            "累计雨量120毫米（截至8时）。",
            "二○○八年五月",
            "二〇〇八年",
            "张某某，男，35岁",
            "患者王××",
            "患者欧阳××，男",
            "村民江××",
            "死者康××",
            "出生年月日",
            "2026年 月报",
            "今年11月 日均供水",
            "见《GB29639-2020》",
            "批号XX2026",
            "——人民日报",
            "N95口罩",
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
