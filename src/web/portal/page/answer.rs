//! What was found out about a rumour, before anything else that its page says.

use crate::domain::portal::{Finding, PortalEntry};
use crate::web::portal::frame::{Frame, Said};
use crate::web::portal::typeset::head;

/// A longer claim is cut.
const LONGEST_CLAIM: usize = 60;
/// What stands around a claim that was quoted.
const SIGNS: [char; 8] = ['“', '”', '"', '。', '！', '!', '.', ' '];

/// What is said of it, and what is so.
pub struct Found {
    /// What stands before the fact: of what is untrue the claim itself, or its verdict would be read as one of the fact.
    pub verdict: String,
    pub fact: Option<Said>,
    pub finding: Finding,
}

impl Found {
    pub fn new(frame: &Frame, entry: &PortalEntry) -> Option<Self> {
        let answer = entry.answered()?;
        let w = frame.w;
        let (stop, gap) = stops(frame);
        let verdict = match &answer.verdict {
            Finding::Untrue => &w.finding_untrue,
            Finding::PartlyTrue => &w.finding_partly,
            Finding::OutOfDate => &w.finding_outdated,
            Finding::Incomplete => &w.finding_incomplete,
            Finding::TrueAndDealtWith => &w.finding_true,
            Finding::BeingChecked => &w.finding_checking,
            Finding::Other(words) => words,
        };
        let english = answer.fact_en.as_deref();
        let has_fact = answer.fact.is_some();
        let claim = match frame.is_chinese() {
            true => answer.claim.as_ref(),
            false => answer.claim_en.as_ref().or(answer.claim.as_ref()),
        };
        let verdict = match (&answer.verdict, claim) {
            (Finding::Untrue, Some(claim)) => {
                let claim = head(claim.trim_matches(SIGNS), LONGEST_CLAIM);
                let said = frame.fill(&w.finding_untrue_claim, &[("claim", &claim)]);
                match has_fact {
                    true => format!("{said}{gap}{}", w.finding_fact),
                    false => said,
                }
            }
            (Finding::Untrue, None) if has_fact => {
                format!("{verdict}{stop}{gap}{}", w.finding_fact)
            }
            _ if has_fact => format!("{verdict}{}", w.colon),
            _ => format!("{verdict}{stop}"),
        };
        Some(Self {
            verdict,
            fact: answer.fact.as_deref().map(|fact| frame.said(fact, english)),
            finding: answer.verdict,
        })
    }

    /// Both in a row.
    pub fn line(&self, frame: &Frame) -> String {
        let (stop, _) = stops(frame);
        match &self.fact {
            Some(fact) => {
                let said = fact.text.trim_end_matches(['。', '.']);
                format!("{}{said}{stop}", self.verdict)
            }
            None => self.verdict.clone(),
        }
    }
}

/// What ends a sentence, and what stands before the next.
fn stops(frame: &Frame) -> (&'static str, &'static str) {
    match frame.is_chinese() {
        true => ("。", ""),
        false => (".", " "),
    }
}
