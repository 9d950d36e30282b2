//! What was found out about a rumour: the verdict, and what is so. A reader who asks is told both before anything else.

use serde::{Deserialize, Serialize};

use super::said_in;
use crate::domain::bulletin::{BulletinText, Language};
use crate::domain::fact::{FactValue, english_code};
use crate::domain::release::Release;

/// The answer to a rumour, as its signed text gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub verdict: Finding,
    /// What is being said, so that nothing else of the text is taken for the rumour; none while it is being checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim_en: Option<String>,
    /// What is so; none while it is being checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact_en: Option<String>,
}

/// 核实结论.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    Untrue,
    PartlyTrue,
    OutOfDate,
    Incomplete,
    TrueAndDealtWith,
    BeingChecked,
    /// Another choice of a plan, in its own words.
    Other(String),
}

impl Finding {
    /// As the facts of an event name it.
    fn of_choice(choice: &str) -> Self {
        match choice {
            "不实" => Self::Untrue,
            "部分属实" => Self::PartlyTrue,
            "已过时" => Self::OutOfDate,
            "不完整" => Self::Incomplete,
            "属实并已处理" => Self::TrueAndDealtWith,
            "正在核实" => Self::BeingChecked,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl Answer {
    /// Of what `release` was given for itself when `text` was signed; nothing that the text does not say itself, and nothing that
    /// the incident knows: that may be about another rumour.
    pub(super) fn told_by(text: &BulletinText, release: &Release) -> Option<Self> {
        let known = |code: &str| release.own_facts.get(code);
        let verdict = match &known("rumour-verdict")?.value {
            FactValue::Text(choice) => Finding::of_choice(choice),
            _ => return None,
        };
        let said = |code: &str| said_in(&text.text, known(code)?);
        let said_en = |code: &str| said_in(text.text_en.as_deref()?, known(&english_code(code))?);
        Some(Self {
            verdict,
            claim: said("rumour-claim"),
            claim_en: said_en("rumour-claim"),
            fact: said("rumour-fact"),
            fact_en: said_en("rumour-fact"),
        })
    }

    /// What texts say that were published before answers were kept beside them: the sentences behind 核实结论, and nothing
    /// that could be the rumour.
    pub fn read_in(text: &str) -> Option<Self> {
        let (_, conclusion) = text.split_once("核实结论：")?;
        let conclusion = conclusion.lines().next()?.trim();
        let verdict = match conclusion {
            said if said.contains("部分属实") => Finding::PartlyTrue,
            said if said.contains("不实") => Finding::Untrue,
            _ => return None,
        };
        let claim = text.lines().find_map(|line| {
            let (_, claim) = line.split_once("说法是：").or(line.split_once("说法："))?;
            Some(claim.trim_matches(['“', '”', '。']).to_owned())
        });
        Some(Self {
            verdict,
            claim,
            claim_en: None,
            fact: Some(conclusion.trim_end_matches('。').to_owned()),
            fact_en: None,
        })
    }

    /// What is so, in `language`; none where nobody gave the English.
    pub fn fact_in(&self, language: Language) -> Option<&str> {
        match language {
            Language::ZhCn => self.fact.as_deref(),
            Language::En => self.fact_en.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_text_answers_by_its_conclusion_and_never_by_the_rumour() {
        let answer = Answer::read_in(
            "流传的说法是：大堤决口。\n\n核实结论：上述说法不实，大堤完好。\n请勿转发。",
        );
        let answer = answer.unwrap();
        assert_eq!(answer.verdict, Finding::Untrue);
        assert_eq!(answer.claim.as_deref(), Some("大堤决口"));
        assert_eq!(answer.fact.as_deref(), Some("上述说法不实，大堤完好"));
        assert_eq!(
            Answer::read_in("核实结论：反映的情况属实，已经处理。"),
            None
        );
    }
}
