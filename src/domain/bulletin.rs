//! A bulletin (公告): the text of a release, in versions, each with a hash over everything a signer answers for.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::audience::Reach;
use super::lifting::Bound;
use super::numbering::Filling;
use super::phrase::{Phrase, phrase};
use super::plan::Signer;
use super::time::{Moment, Span};
use crate::id::ReleaseId;

/// Versions from here on are reminders to the posts of a release: internal, never a text for the public.
pub const REMINDERS_FROM: u32 = 1_000_000;

/// Stands for a newer version where there is none yet: the template lacks a fact, or cannot be printed with what is known.
pub const NO_TEXT_YET: u32 = 0;

/// One version of a text with its rendering for every channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bulletin {
    pub release: ReleaseId,
    pub version: u32,
    pub author: Author,
    /// The users whose free words are in it: facts of the type text, a reason, a title, an edit by hand. What is
    /// typed (a number, a time, a choice) is nobody's words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub written_by: Vec<String>,
    /// Of a text that a person edited: the template's version that they had before them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub based_on: Option<u32>,
    pub drafted_at: Moment,
    pub text: BulletinText,
    pub renderings: Vec<Rendering>,
    /// Per channel, in the order of the item.
    pub reach: Vec<ChannelReach>,
    pub valid_for: Option<Span>,
}

/// Who wrote it. Only a template's own text may take the fast route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by")]
pub enum Author {
    Template,
    Person { user: String },
}

/// The canonical text. Everything that channels send is made from it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct BulletinText {
    /// The incident's title, if a person worded it: the portal shows it above the text, so it is signed with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident_title: Option<String>,
    pub title: String,
    #[serde(default)]
    pub title_en: Option<String>,
    /// What the reader should do, in one or two sentences; said first.
    #[serde(default)]
    pub action: Option<String>,
    #[serde(default)]
    pub action_en: Option<String>,
    /// Paragraphs separated by an empty line.
    pub text: String,
    #[serde(default)]
    pub text_en: Option<String>,
    /// The short form for SMS, without signature.
    #[serde(default)]
    pub sms: Option<String>,
    #[serde(default)]
    pub sms_en: Option<String>,
    /// 发文字号 such as 示防汛办〔2026〕3号, and the number within the incident (第3号).
    #[serde(default)]
    pub document_number: Option<String>,
    #[serde(default)]
    pub number: Option<u32>,
    /// The signature block's body and date, in both languages.
    #[serde(default)]
    pub signed_body: String,
    #[serde(default)]
    pub signed_body_en: Option<String>,
    #[serde(default)]
    pub signed_date: String,
    #[serde(default)]
    pub signed_date_en: Option<String>,
    /// The hour that it names as that from which what it lifts is over: signed with the words, so that the pages go by the hour
    /// that people read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<Moment>,
    /// The measures that it says bind people once it is out: held against what does bind when it goes out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub binding: Vec<Bound>,
    /// The hours that it names as hours to come: once one of them is past, it is no text to go out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ahead: Vec<Ahead>,
}

/// An hour that a text names as one to come, and the fact that gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ahead {
    pub fact: String,
    pub at: Moment,
}

/// The bytes that one channel will send, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendering {
    pub channel: String,
    pub language: Language,
    /// A mail subject; one line, no control characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// The messages that it is sent as when the channel splits it (SMS parts, robot messages).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// How many SMS segments the carrier will charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segments: Option<u32>,
}

#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Language {
    #[default]
    #[serde(rename = "zh-CN")]
    ZhCn,
    #[serde(rename = "en")]
    En,
}

impl Language {
    pub const fn code(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    /// `en…` is English, everything else Chinese.
    pub fn from_code(code: &str) -> Self {
        if code.to_ascii_lowercase().starts_with("en") {
            Self::En
        } else {
            Self::ZhCn
        }
    }
}

/// Whom a channel will send it to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelReach {
    pub channel: String,
    pub reach: Reach,
    /// It goes there, or to more people there, beside what its item says: whoever was told what it takes the place of is told of
    /// it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub also: bool,
}

/// What is true of a text that went out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Publication {
    pub version: u32,
    pub hash: String,
    pub at: Moment,
    pub due_at: Option<Moment>,
    pub valid_until: Option<Moment>,
    /// Signatures still owed by a text that went out on the fast route, or by a correction.
    pub countersign: Option<Countersign>,
    /// What its blanks were filled with; None = of before texts had any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filling: Option<Filling>,
}

impl Publication {
    pub fn is_late(&self) -> bool {
        self.due_at.is_some_and(|due| self.at > due)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Countersign {
    pub signers: Vec<Signer>,
    /// How many of them have signed, in order.
    pub signed: usize,
    pub due_at: Moment,
    pub overdue_reported: bool,
    /// A correction whose signer wrote its words, and said so.
    #[serde(default)]
    pub own_words: bool,
}

/// A countersignature that falls due some time after publication.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Owed {
    pub signers: Vec<Signer>,
    pub within: Span,
    pub own_words: bool,
}

impl Owed {
    /// What is owed by a text that goes out `now`.
    pub fn from(self, now: Moment) -> Countersign {
        Countersign {
            due_at: self.within.after(now),
            signers: self.signers,
            signed: 0,
            overdue_reported: false,
            own_words: self.own_words,
        }
    }
}

impl Countersign {
    pub fn is_complete(&self) -> bool {
        self.signed >= self.signers.len()
    }

    pub fn signer(&self) -> Option<&Signer> {
        self.signers.get(self.signed)
    }
}

impl Bulletin {
    /// Everybody whose free words are in it, each once. An older version kept only the last editor's name.
    pub fn writers(&self) -> Vec<String> {
        let mut writers = self.written_by.clone();
        if let Author::Person { user } = &self.author
            && !writers.contains(user)
        {
            writers.push(user.clone());
        }
        writers
    }

    /// The template's version that its words come from.
    pub fn template_version(&self) -> u32 {
        match self.author {
            Author::Template => self.version,
            Author::Person { .. } => self.based_on.unwrap_or(self.version.saturating_sub(1)),
        }
    }

    /// Whether `other` says the same to the same people.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        self.text == other.text && self.reach == other.reach
    }

    /// SHA-256, in hexadecimal, over every rendering, the audience of every channel, and the validity: a change of any
    /// byte of any of them is another text, and voids the signatures.
    pub fn hash(&self) -> String {
        let mut digest = Sha256::new();
        let mut field = |name: &str, value: &str| {
            digest.update(format!("{name}:{}:", value.len()));
            digest.update(value);
        };
        let json = |value: serde_json::Result<String>| value.unwrap_or_default();
        field("text", &json(serde_json::to_string(&self.text)));
        for rendering in &self.renderings {
            field("rendering", &json(serde_json::to_string(rendering)));
        }
        for reach in &self.reach {
            field("reach", &json(serde_json::to_string(reach)));
        }
        field(
            "valid-for",
            &self
                .valid_for
                .map(|span| span.to_string())
                .unwrap_or_default(),
        );
        hex(&digest.finalize())
    }

    /// The short messages that it goes out as, each once.
    pub fn short_messages(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for rendering in &self.renderings {
            if rendering.segments.is_some() && !all.contains(&rendering.text) {
                all.push(rendering.text.clone());
            }
        }
        all
    }

    /// The rendering for `channel` in `language`, or in Chinese when there is none.
    pub fn rendering(&self, channel: &str, language: Language) -> Option<&Rendering> {
        let of = |wanted: Language| {
            self.renderings
                .iter()
                .find(|r| r.channel == channel && r.language == wanted)
        };
        of(language).or_else(|| of(Language::ZhCn))
    }
}

/// What differs between two texts, line by line, for the one who must look again.
pub fn differences(old: &Bulletin, new: &Bulletin) -> Vec<Phrase> {
    let mut out = Vec::new();
    let mut compare = |what: Phrase, old: &str, new: &str| {
        if old == new {
            return;
        }
        let old_lines: Vec<_> = old.lines().collect();
        let new_lines: Vec<_> = new.lines().collect();
        let before = out.len();
        let gone = old_lines.iter().filter(|l| !new_lines.contains(l));
        out.extend(gone.map(|line| phrase!("text.gone", what = what.clone(), line = *line)));
        let added = new_lines.iter().filter(|l| !old_lines.contains(l));
        out.extend(added.map(|line| phrase!("text.added", what = what.clone(), line = *line)));
        if out.len() == before {
            out.push(phrase!("text.reordered", what));
        }
    };
    let or_none = |text: &Option<String>| text.clone().unwrap_or_default();
    let (was, is) = (&old.text, &new.text);
    compare(
        phrase!("text.incident-title"),
        &or_none(&was.incident_title),
        &or_none(&is.incident_title),
    );
    compare(phrase!("text.title"), &was.title, &is.title);
    compare(phrase!("text.text"), &was.text, &is.text);
    compare(phrase!("text.date"), &was.signed_date, &is.signed_date);
    for (what, old, new) in [
        (
            phrase!("text.number"),
            &was.document_number,
            &is.document_number,
        ),
        (phrase!("text.title-en"), &was.title_en, &is.title_en),
        (phrase!("text.action"), &was.action, &is.action),
        (phrase!("text.action-en"), &was.action_en, &is.action_en),
        (phrase!("text.text-en"), &was.text_en, &is.text_en),
        (phrase!("text.sms"), &was.sms, &is.sms),
        (phrase!("text.sms-en"), &was.sms_en, &is.sms_en),
    ] {
        compare(what, &or_none(old), &or_none(new));
    }
    if was.effective != is.effective {
        out.push(phrase!("text.other-hour"));
    }
    if was.binding != is.binding {
        out.push(phrase!("text.other-binding"));
    }
    if old.reach != new.reach {
        out.push(phrase!("text.other-audience"));
    }
    if old.valid_for != new.valid_for {
        out.push(phrase!("text.other-validity"));
    }
    if out.is_empty() && old.hash() != new.hash() {
        out.push(phrase!("text.other-renderings"));
    }
    out
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
