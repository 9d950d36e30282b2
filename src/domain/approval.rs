//! Who may sign what, and when. Four eyes: no one signs what they submitted, no one signs twice in a round, whoever
//! wrote words of a text is never its only signer before it is out, and a signature names the bytes it was given for.
//! `docs/two-persons.md` says the same to the people who have to trust it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::body::PostRef;
use super::bulletin::{NO_TEXT_YET, Owed};
use super::check_code::CheckCode;
use super::phrase::{Phrase, phrase};
use super::plan::Signer;
use super::release::Review;
use super::time::Moment;
use crate::id::ReleaseId;

/// A person, as far as rights are concerned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub user: String,
    pub name: String,
    pub posts: Vec<PostRef>,
}

/// How the name of whoever works on the server's own machine begins. No login holds a colon.
const AT_THE_MACHINE: &str = "os:";

impl Actor {
    /// Whoever works on the server's own machine with its database in hand: its owner, whom no table could hold back.
    pub fn at_the_machine(user: &str) -> Self {
        let user = format!("{AT_THE_MACHINE}{user}");
        Self {
            name: user.clone(),
            user,
            posts: Vec::new(),
        }
    }

    pub fn is_at_the_machine(&self) -> bool {
        self.user.starts_with(AT_THE_MACHINE)
    }

    pub fn holds(&self, post: &PostRef) -> bool {
        self.posts.contains(post)
    }

    pub fn serves(&self, body: &str) -> bool {
        self.posts.iter().any(|post| post.body == body)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    pub release: ReleaseId,
    /// Which review of the release it belongs to; a return ends one, and its signatures count no more.
    pub round: u32,
    pub version: u32,
    pub hash: String,
    pub post: PostRef,
    pub user: String,
    pub name: String,
    pub at: Moment,
    pub kind: SignatureKind,
}

impl Signature {
    pub fn is_fast(&self) -> bool {
        self.kind == SignatureKind::Fast
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureKind {
    /// In the order of the route, before publication.
    Review,
    /// The one signature of a fast route.
    Fast,
    /// The first of a correction's two.
    Correction,
    /// Given after publication (补签).
    Countersign,
}

impl SignatureKind {
    pub fn code(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Fast => "fast",
            Self::Correction => "correction",
            Self::Countersign => "countersign",
        }
    }
}

/// A text with all the signatures that it needs to go out.
#[derive(Debug, Clone, PartialEq)]
pub struct Ready {
    pub version: u32,
    pub hash: String,
    /// Signatures that it owes from when it goes out.
    pub owed: Option<Owed>,
    /// Newer words that its signers saw and did not want.
    pub declined: Option<u32>,
}

/// What a signer says with a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    pub seen: Seen,
    /// Take the item's fast route.
    pub fast: bool,
    /// The newer version that the signer has been shown and does not want: the older words are meant.
    pub despite: Option<u32>,
    /// These are the signer's own words, and they go out before anybody else has signed. Only a correction takes it.
    pub own_words: bool,
}

impl Consent {
    /// To the text with this hash, and to nothing out of the ordinary.
    pub fn to(hash: impl Into<String>) -> Self {
        Self {
            seen: Seen::Hash(hash.into()),
            fast: false,
            despite: None,
            own_words: false,
        }
    }
}

/// How a signer names the text that they have read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    Hash(String),
    /// Stands for a hash that the server has shown to this person, and for no other.
    Code(CheckCode),
}

/// What is known of the text that is to be signed.
#[derive(Debug, Clone, Copy)]
pub struct Signing<'a> {
    /// The hash that the signer saw.
    pub seen: &'a str,
    /// Everybody whose free words are in the text.
    pub writers: &'a [String],
    /// All signatures that the release was ever given.
    pub given: &'a [Signature],
    pub consent: &'a Consent,
    /// It goes out on one signature, and another person confirms it afterwards.
    pub is_correction: bool,
}

/// Why a signature was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "code")]
pub enum Refusal {
    WrongHash {
        seen: String,
        current: String,
    },
    NotShown {
        #[serde(rename = "check_code")]
        code: String,
    },
    Stale {
        newer: u32,
    },
    OwnDraft,
    OwnWords,
    AlreadySigned,
    NotYourTurn {
        waiting_for: String,
    },
    NotPreApproved,
    NoFastRoute,
}

impl Refusal {
    /// As it is said to the signer.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::WrongHash { seen, current } => phrase!("refusal.wrong-hash", seen, current),
            Self::NotShown { code } => phrase!("refusal.not-shown", code),
            Self::Stale { newer: NO_TEXT_YET } => phrase!("refusal.stale-no-text"),
            Self::Stale { newer } => phrase!("refusal.stale", newer = *newer),
            Self::OwnDraft => phrase!("refusal.own-draft"),
            Self::OwnWords => phrase!("refusal.own-words"),
            Self::AlreadySigned => phrase!("refusal.already-signed"),
            Self::NotYourTurn { waiting_for } => phrase!("refusal.not-your-turn", waiting_for),
            Self::NotPreApproved => phrase!("refusal.not-pre-approved"),
            Self::NoFastRoute => phrase!("refusal.no-fast-route"),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

/// The post in whose name `actor` may sign for `signer`, the deputy counting once the turn has passed.
pub fn acting_post(actor: &Actor, signer: &Signer, passed_to_deputy: bool) -> Option<PostRef> {
    if actor.holds(&signer.post) {
        return Some(signer.post.clone());
    }
    signer
        .deputy
        .as_ref()
        .filter(|deputy| passed_to_deputy && actor.holds(deputy))
        .cloned()
}

/// Whether `actor` may give the next signature of `review`; returns the post signed for.
///
/// # Errors
/// The first rule broken, the hash before all: a stale hash is nobody's fault, a wrong person is.
pub fn may_sign(review: &Review, actor: &Actor, signing: Signing<'_>) -> Result<PostRef, Refusal> {
    same_text(signing.seen, &review.hash)?;
    not_stale(review.stale, signing.consent)?;
    if actor.user == review.submitted_by {
        return Err(Refusal::OwnDraft);
    }
    let round = || of_round(signing.given, review.round);
    not_twice(round(), &review.hash, actor)?;
    let Some(signer) = review.signer() else {
        return Err(Refusal::NotYourTurn {
            waiting_for: "nobody".into(),
        });
    };
    let also = || review.also.iter().find(|post| actor.holds(post)).cloned();
    let post = acting_post(actor, signer, review.passed_to_deputy)
        .or_else(also)
        .ok_or_else(|| Refusal::NotYourTurn {
            waiting_for: waiting_for(signer, &review.also),
        })?;
    // Whoever signs beside them is another person, for nobody signs twice.
    let signs_alone = review.is_last_step() && round().next().is_none();
    let says_so = signing.is_correction && signing.consent.own_words;
    if signs_alone && !says_so {
        not_own_words(signing.writers, actor)?;
    }
    Ok(post)
}

/// The post whose turn it is, and some of those that may sign in its place.
fn waiting_for(signer: &Signer, also: &[PostRef]) -> String {
    const NAMED: usize = 4;
    let others = also.iter().filter(|post| **post != signer.post);
    let all: Vec<String> = std::iter::once(&signer.post)
        .chain(others)
        .map(PostRef::to_string)
        .collect();
    let more = if all.len() > NAMED { " / …" } else { "" };
    let named: Vec<String> = all.into_iter().take(NAMED).collect();
    format!("{}{more}", named.join(" / "))
}

/// # Errors
/// [`Refusal::WrongHash`] when another text stands than the one that was read.
pub fn same_text(seen: &str, current: &str) -> Result<(), Refusal> {
    if seen == current {
        return Ok(());
    }
    Err(Refusal::WrongHash {
        seen: seen.to_owned(),
        current: current.to_owned(),
    })
}

/// # Errors
/// [`Refusal::Stale`] when there is a newer version, unless the signer says that it is known and not wanted.
pub fn not_stale(newer: Option<u32>, consent: &Consent) -> Result<(), Refusal> {
    match newer {
        Some(newer) if consent.despite != Some(newer) => Err(Refusal::Stale { newer }),
        _ => Ok(()),
    }
}

/// # Errors
/// [`Refusal::AlreadySigned`] when `actor` gave one of `given`, the signatures of one round, for the text `hash`.
pub fn not_twice<'a>(
    mut given: impl Iterator<Item = &'a Signature>,
    hash: &str,
    actor: &Actor,
) -> Result<(), Refusal> {
    if given.any(|s| s.hash == hash && s.user == actor.user) {
        return Err(Refusal::AlreadySigned);
    }
    Ok(())
}

/// # Errors
/// [`Refusal::OwnWords`] when `actor` is one of `writers`.
pub fn not_own_words(writers: &[String], actor: &Actor) -> Result<(), Refusal> {
    if writers.contains(&actor.user) {
        return Err(Refusal::OwnWords);
    }
    Ok(())
}

/// The signatures that count: those of the round that is under way, or that led to publication.
pub fn of_round(given: &[Signature], round: u32) -> impl Iterator<Item = &Signature> {
    given.iter().filter(move |s| s.round == round)
}

#[cfg(test)]
mod tables;
