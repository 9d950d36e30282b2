//! Who signs the texts of a plan, and the words with which they are corrected.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::approval::Actor;
use crate::domain::body::PostRef;
use crate::domain::time::Span;

/// The posts that must sign, in order (审签流程).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    pub sign: Vec<Signer>,
    /// Some = this is a fast route: sent on these signatures alone, and only for a text no one has edited.
    pub fast: Option<FastRoute>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FastRoute {
    /// The ordinary route whose posts sign afterwards.
    pub countersign: String,
    pub countersign_within: Span,
}

/// One step of a route, with what the engine must know of that post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    pub post: PostRef,
    pub name: String,
    pub name_en: Option<String>,
    pub sign_within: Span,
    pub deputy: Option<PostRef>,
}

/// The pre-written corrections of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrections {
    pub sign: Signer,
    pub confirm: Signer,
    pub confirm_within: Span,
    pub sent_in_error: String,
    pub wrong_content: String,
    pub all_clear: String,
    /// None = the words that `render::builtin` has for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawal: Option<String>,
    /// The posts that may prepare and send one beside `sign` and `confirm`; none = whoever signs for the plan or may declare.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may: Vec<PostRef>,
}

impl Corrections {
    /// Who signs what `actor` prepares: the post that is named for it, or the one of `correctors` that they hold, beside it.
    pub fn signed_by(&self, actor: &Actor, correctors: &[PostRef]) -> Signer {
        let named = [Some(&self.sign.post), self.sign.deputy.as_ref()];
        let is_named = named.into_iter().flatten().any(|post| actor.holds(post));
        let own = correctors.iter().find(|post| actor.holds(post));
        match own.filter(|_| !is_named) {
            Some(own) => Signer {
                post: own.clone(),
                deputy: Some(self.sign.post.clone()),
                ..self.sign.clone()
            },
            None => self.sign.clone(),
        }
    }

    /// Who confirms what `signed` has sent: another post, so that it takes another person.
    pub fn confirmed_after(&self, signed: &PostRef) -> Signer {
        match self.confirm.post == *signed {
            true => self.sign.clone(),
            false => self.confirm.clone(),
        }
    }

    pub fn template(&self, kind: CorrectionKind) -> &str {
        match kind {
            CorrectionKind::SentInError => &self.sent_in_error,
            CorrectionKind::WrongContent => &self.wrong_content,
            CorrectionKind::AllClear => &self.all_clear,
            CorrectionKind::Withdrawal => self.withdrawal.as_deref().unwrap_or(WITHDRAWAL),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CorrectionKind {
    SentInError,
    WrongContent,
    AllClear,
    /// It is taken back, and nothing is said in its place.
    Withdrawal,
}

/// The name of the template that takes a text back where a plan has no words of its own for it.
pub const WITHDRAWAL: &str = "fabu-withdrawal";

impl CorrectionKind {
    pub fn code(self) -> &'static str {
        match self {
            Self::SentInError => "sent-in-error",
            Self::WrongContent => "wrong-content",
            Self::AllClear => "all-clear",
            Self::Withdrawal => "withdrawal",
        }
    }

    pub fn zh(self) -> &'static str {
        match self {
            Self::SentInError => "误发更正",
            Self::WrongContent => "内容更正",
            Self::AllClear => "解除",
            Self::Withdrawal => "撤回",
        }
    }

    /// As it stands before the name of the text.
    pub fn en(self) -> &'static str {
        match self {
            Self::SentInError | Self::WrongContent => "Correction",
            Self::AllClear => "All clear",
            Self::Withdrawal => "Withdrawal",
        }
    }
}
