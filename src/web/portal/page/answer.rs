//! What was found out about a rumour, before anything else that its page says.

use crate::domain::portal::{Finding, PortalEntry};
use crate::web::portal::frame::{Frame, Said};

/// The verdict in a word, and what is so.
pub struct Found {
    pub verdict: String,
    pub fact: Option<Said>,
    pub finding: Finding,
}

impl Found {
    pub fn new(frame: &Frame, entry: &PortalEntry) -> Option<Self> {
        let answer = entry.answered()?;
        let w = frame.w;
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
        Some(Self {
            verdict: verdict.clone(),
            fact: answer.fact.as_deref().map(|fact| frame.said(fact, english)),
            finding: answer.verdict,
        })
    }

    /// Both in a row.
    pub fn line(&self, frame: &Frame) -> String {
        let stop = if frame.is_chinese() { "。" } else { "." };
        match &self.fact {
            Some(fact) => format!("{}{}{}{stop}", self.verdict, frame.w.colon, fact.text),
            None => format!("{}{stop}", self.verdict),
        }
    }
}
