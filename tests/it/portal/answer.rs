//! A rumour and its answer: the verdict first, then the fact, then the way to it; and nothing else of the answer is called untrue.

use fabu::domain::plan::ItemKind;
use fabu::domain::portal::{Answer, Finding, PortalEntry};
use fabu::id::RealmKind;

use super::verify::ask;
use crate::support::bulletins::{Press, night, settings};
use crate::support::reader::Stand;

const CLAIM: &str = "临江镇大堤今晚决口，洪水马上进城，请大家往高处跑";
const FACT: &str = "临江镇大堤完好，今晚三次巡查都没有发现险情";
const EVIDENCE: &str = "市水务局今晚八点派人到现场逐段查看了堤防和涵闸";

pub(super) fn answer(verdict: Finding) -> PortalEntry {
    let press = Press::new(RealmKind::Actual);
    let mut entry = press.entry("关于“临江大堤”的核实情况", 1);
    entry.kind = ItemKind::Refutation;
    entry.text.action = Some("以核实后的情况为准，请转告身边看到相关内容的人。".into());
    entry.text.text = format!(
        "{FACT}。\n\n流传的说法是：{CLAIM}。\n\n核实经过和依据：{EVIDENCE}。\n\n核实结论：上述说法不实。"
    );
    entry.answer = Some(Answer {
        verdict,
        claim: Some(CLAIM.into()),
        claim_en: None,
        fact: Some(FACT.into()),
        fact_en: None,
    });
    entry
}

#[test]
fn a_rumour_is_called_untrue_before_anything_else_is_said() {
    let entry = answer(Finding::Untrue);
    let path = format!("/b/{}", entry.release);
    let title = entry.text.title.clone();
    let stand = Stand::open(vec![entry], night(), settings());
    for asked in [
        CLAIM.to_owned(),
        "临江镇大堤今晚决口".into(),
        format!("急！{CLAIM}！！转给家人"),
    ] {
        let said = ask(&stand, &asked);
        let at = |part: &str| {
            said.find(part)
                .unwrap_or_else(|| panic!("{asked}: {part}: {said}"))
        };
        assert!(at("不实") < at(FACT) && at(FACT) < at(&title), "{said}");
    }
    // What was found out stands on every form of the answer too.
    for form in ["", ".txt", "/poster"] {
        let words = stand.get(&format!("{path}{form}")).words();
        let said = format!("网传“{CLAIM}”不实。事实：{FACT}");
        assert!(words.contains(&said), "{form}: {words}");
        assert!(!words.contains(&format!("不实：{FACT}")), "{form}: {words}");
    }
    let front = stand.get("/").words();
    assert!(front.contains(&format!("不实。事实：{FACT}")), "{front}");
    let english = stand.get(&format!("/en{path}")).words();
    assert!(english.contains("is not true. The facts:"), "{english}");
}

#[test]
fn the_facts_of_an_answer_are_not_called_untrue() {
    let stand = Stand::open(vec![answer(Finding::Untrue)], night(), settings());
    for asked in [FACT, EVIDENCE] {
        let said = ask(&stand, asked);
        let verdict = said.split("本站发布的信息").next().unwrap();
        assert!(
            verdict.contains("这些文字出自") && !verdict.contains("不实"),
            "{asked}: {said}"
        );
    }
}

#[test]
fn what_was_true_is_not_called_untrue() {
    for (finding, word) in [
        (Finding::PartlyTrue, "部分属实："),
        (Finding::OutOfDate, "已过时："),
        (Finding::TrueAndDealtWith, "属实，已经处理："),
        (Finding::BeingChecked, "正在核实："),
    ] {
        let stand = Stand::open(vec![answer(finding)], night(), settings());
        let said = ask(&stand, CLAIM);
        assert!(said.contains(word) && !said.contains("不实："), "{said}");
    }
}

#[test]
fn the_half_of_a_rumour_that_is_ordered_is_answered_by_the_order() {
    let mut rumour = answer(Finding::Untrue);
    if let Some(answer) = &mut rumour.answer {
        answer.claim = Some("临江镇大堤决口，沿江村居民要在7月3日20时前撤离".into());
    }
    let mut entries = super::corrected::corrected().entries;
    entries.push(rumour);
    let stand = Stand::open(entries, night(), settings());
    let said = ask(&stand, "沿江村居民要在7月3日20时前撤离");
    let verdict = said.split("本站发布的信息").next().unwrap();
    assert!(!verdict.contains("不实"), "{said}");
    assert!(said.contains("关于组织沿江村人员转移的通告"), "{said}");
    let said = ask(&stand, "临江镇大堤决口，沿江村居民要在7月3日20时前撤离");
    assert!(
        said.contains("不实。") && said.contains("关于组织沿江村"),
        "{said}"
    );
}
