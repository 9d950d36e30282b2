//! Numbers and dates that a text has only once it is signed: until then it holds marked blanks.
//!
//! A register of documents has no gaps, so a number is taken when a text goes out and not when it is drafted. A signer
//! answers for the text with its blanks, and the hash covers it; what fills them stands in the publication, so that anybody
//! can make the issued bytes from the signed ones. Rule: 党政机关公文处理工作条例 numbers what is issued; kinds and
//! series as counties use them.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

use super::bulletin::{Bulletin, BulletinText, Rendering};
use super::phrase::{Phrase, phrase};
use super::time::{local_en, local_zh};

/// Year and serial of a document number; what stands before it is the organ's own.
const NUMBER: &str = "〔签发时编年份和序号〕";
/// Which one it is of its kind within the incident.
const SERIAL: Blank = Blank {
    zh: "〔签发时编号〕",
    en: "[numbered on signing]",
};
/// The day on which it is signed.
const DATE: Blank = Blank {
    zh: "〔以签发当日日期为准〕",
    en: "[the day of signing]",
};

/// The minute at which it is signed.
const MINUTE: Blank = Blank {
    zh: "〔以签发时刻为准〕",
    en: "[the time of signing]",
};

/// When the next text of its rhythm comes, which is counted from when this one goes out.
const NEXT: Blank = Blank {
    zh: "〔以签发时排定的时刻为准〕",
    en: "[next, as set on signing]",
};

/// A blank is at least as long as what fills it, so that a text that fits into a message still does.
struct Blank {
    zh: &'static str,
    en: &'static str,
}

/// The same blanks in a text that quotes another one, which is not out yet.
const QUOTED: [(&str, &str); 9] = [
    (NUMBER, "〔原件签发时编年份和序号〕"),
    (SERIAL.zh, "〔原件签发时编号〕"),
    (SERIAL.en, "[of the original, numbered on signing]"),
    (DATE.zh, "〔以原件签发当日日期为准〕"),
    (DATE.en, "[the day the original is signed]"),
    (MINUTE.zh, "〔以原件签发时刻为准〕"),
    (MINUTE.en, "[the time the original is signed]"),
    (NEXT.zh, "〔以原件签发时排定的时刻为准〕"),
    (NEXT.en, "[next, as set when the original is signed]"),
];

/// What is left of a blank that was cut or typed by a person.
const PIECES: [&str; 10] = [
    "签发时编",
    "签发当日日期为准",
    "numbered on signing",
    "the day of signing",
    "签发时刻为准",
    "the time of signing",
    "original is signed",
    "签发时排定的时刻为准",
    "as set on signing",
    "as set when the original",
];

/// Refuses words that hold a blank or a part of one: it would be filled with the numbers of the text that they get into.
///
/// # Errors
/// Names the words and what to do.
pub fn refuse_blanks(text: &str) -> Result<(), Phrase> {
    match PIECES.iter().find(|piece| text.contains(**piece)) {
        Some(piece) => Err(phrase!("fact.blank", piece = *piece)),
        None => Ok(()),
    }
}

/// `edited` without the blanks that `before` holds as well: an editor may keep them, not make them.
pub fn without_kept_blanks(before: &str, edited: &str) -> String {
    let all = QUOTED.iter().flat_map(|(own, quoted)| [*own, *quoted]);
    all.filter(|blank| before.contains(blank))
        .fold(edited.to_owned(), |text, blank| text.replace(blank, "·"))
}

/// What fills the blanks of one text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Filling {
    pub date: NaiveDate,
    /// The time of day, in the plan's zone; None for what went out before bulletins gave the minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<NaiveTime>,
    /// Which one it is of its item's texts that went out in the incident, from 1.
    pub serial: u32,
    /// Which one it is of the issuing organ's documents of the year, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register: Option<u32>,
    /// When the next text of its rhythm comes, in the plan's zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NaiveDateTime>,
}

/// The document number of an organ with `prefix`, still without year and serial: 示防汛办〔…〕.
pub fn blank_number(prefix: &str) -> String {
    format!("{prefix}{NUMBER}")
}

/// 第N号 in both languages, still without the N.
pub fn blank_serial(english: bool) -> String {
    if english {
        format!("No. {}", SERIAL.en)
    } else {
        format!("第{}号", SERIAL.zh)
    }
}

pub fn blank_date(english: bool) -> &'static str {
    if english { DATE.en } else { DATE.zh }
}

/// The day and the minute, for what gives facts as of a moment.
pub fn blank_moment(english: bool) -> String {
    if english {
        format!("{}, {}", DATE.en, MINUTE.en)
    } else {
        format!("{}{}", DATE.zh, MINUTE.zh)
    }
}

/// When the next text comes, of a rhythm that counts from when this one goes out.
pub fn blank_next(english: bool) -> &'static str {
    if english { NEXT.en } else { NEXT.zh }
}

/// `text` of a text that is not out yet, as another text quotes it.
pub fn quoted(text: &str) -> String {
    QUOTED.iter().fold(text.to_owned(), |text, (own, quoted)| {
        text.replace(own, quoted)
    })
}

impl Filling {
    /// What stands in the place of each blank, in the order of [`QUOTED`].
    fn words(&self) -> [String; 9] {
        let (year, month, day) = (self.date.year(), self.date.month(), self.date.day());
        let minute = |form| {
            let time = self.time.map(|time| time.format(form).to_string());
            time.unwrap_or_default()
        };
        let register = self
            .register
            .map_or_else(String::new, |serial| format!("〔{year}〕{serial}号"));
        [
            register,
            self.serial.to_string(),
            self.serial.to_string(),
            format!("{year}年{month}月{day}日"),
            self.date.format("%-d %B %Y").to_string(),
            minute("%H时%M分"),
            minute("%H:%M"),
            self.next.map(local_zh).unwrap_or_default(),
            self.next.map(local_en).unwrap_or_default(),
        ]
    }

    fn fill(&self, text: &str, quotes: bool) -> String {
        let words = self.words();
        let blanks = QUOTED.iter().zip(&words);
        blanks.fold(text.to_owned(), |text, ((own, quoted), word)| {
            text.replace(if quotes { quoted } else { own }, word)
        })
    }

    /// The document number in full, of an organ with `prefix`.
    pub fn document_number(&self, prefix: &str) -> Option<String> {
        self.register?;
        Some(self.fill(&blank_number(prefix), false))
    }
}

impl Bulletin {
    /// Whether it has a place for the next number of its register.
    pub fn takes_number(&self) -> bool {
        let number = self.text.document_number.as_deref();
        number.is_some_and(|number| number.contains(NUMBER))
    }

    /// Whether a blank is left that nothing fills, in any field or across two parts of a message.
    pub fn has_blanks(&self) -> bool {
        let text = &self.text;
        let words = [
            Some(&text.title),
            text.title_en.as_ref(),
            text.action.as_ref(),
            text.action_en.as_ref(),
            Some(&text.text),
            text.text_en.as_ref(),
            text.sms.as_ref(),
            text.sms_en.as_ref(),
            text.document_number.as_ref(),
            Some(&text.signed_date),
            text.signed_date_en.as_ref(),
        ];
        let has = |text: &str| refuse_blanks(text).is_err();
        words.into_iter().flatten().any(|words| has(words))
            || self.renderings.iter().any(|rendering| {
                let subject = rendering.subject.as_deref().unwrap_or_default();
                let html = rendering.html.as_deref().unwrap_or_default();
                has(subject) || has(html) || has(&rendering.text) || has(&rendering.parts.concat())
            })
    }

    /// The bytes that go out: every blank filled, also those of the text it quotes. A text without blanks stays as it is.
    #[must_use]
    pub fn issued(&self, own: &Filling, original: Option<&Filling>) -> Self {
        let fill = |text: &str| {
            let text = own.fill(text, false);
            original.map_or_else(|| text.clone(), |original| original.fill(&text, true))
        };
        let optional = |text: &Option<String>| text.as_deref().map(fill);
        let text = &self.text;
        Self {
            text: BulletinText {
                incident_title: text.incident_title.clone(),
                title: fill(&text.title),
                title_en: optional(&text.title_en),
                action: optional(&text.action),
                action_en: optional(&text.action_en),
                text: fill(&text.text),
                text_en: optional(&text.text_en),
                sms: optional(&text.sms),
                sms_en: optional(&text.sms_en),
                document_number: optional(&text.document_number),
                number: text.number.or(Some(own.serial)),
                signed_body: text.signed_body.clone(),
                signed_body_en: text.signed_body_en.clone(),
                signed_date: fill(&text.signed_date),
                signed_date_en: optional(&text.signed_date_en),
                effective: text.effective,
                binding: text.binding.clone(),
                ahead: text.ahead.clone(),
            },
            renderings: self
                .renderings
                .iter()
                .map(|rendering| Rendering {
                    subject: optional(&rendering.subject),
                    text: fill(&rendering.text),
                    html: optional(&rendering.html),
                    parts: rendering.parts.iter().map(|part| fill(part)).collect(),
                    ..rendering.clone()
                })
                .collect(),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filling(serial: u32, register: Option<u32>) -> Filling {
        Filling {
            date: NaiveDate::from_ymd_opt(2026, 12, 30).unwrap(),
            time: NaiveTime::from_hms_opt(22, 5, 0),
            serial,
            register,
            next: NaiveDate::from_ymd_opt(2026, 12, 31).and_then(|day| day.and_hms_opt(10, 10, 0)),
        }
    }

    #[test]
    fn no_filling_is_longer_than_its_blank() {
        let longest = Filling {
            date: NaiveDate::from_ymd_opt(2026, 9, 30).unwrap(),
            ..filling(9_999, Some(9_999))
        };
        for filling in [filling(9_999, Some(9_999)), longest] {
            for ((own, quoted), word) in QUOTED.iter().zip(filling.words()) {
                assert!(word.chars().count() <= own.chars().count(), "{own}: {word}");
                assert!(
                    word.len() <= own.len() && word.len() <= quoted.len(),
                    "{own}: {word}"
                );
            }
        }
    }

    #[test]
    fn a_text_is_filled_with_its_own_numbers_and_its_original_s() {
        let number = blank_number("示防汛办");
        let title = format!("情况通报（{}）", blank_serial(false));
        let text = format!(
            "{}解读《{}》（{}）",
            blank_date(false),
            quoted(&title),
            quoted(&number)
        );
        let own = filling(2, None).fill(&text, false);
        let all = filling(7, Some(31)).fill(&own, true);
        assert_eq!(
            all,
            "2026年12月30日解读《情况通报（第7号）》（示防汛办〔2026〕31号）"
        );
        assert_eq!(
            filling(1, Some(31)).document_number("示防汛办").as_deref(),
            Some("示防汛办〔2026〕31号")
        );
        assert_eq!(filling(1, None).document_number("示防汛办"), None);
    }

    #[test]
    fn english_has_blanks_of_its_own() {
        let text = format!("{}, {}", blank_serial(true), blank_date(true));
        assert_eq!(
            filling(3, None).fill(&text, false),
            "No. 3, 30 December 2026"
        );
        let moments = format!("{}; {}", blank_moment(false), blank_moment(true));
        assert_eq!(
            filling(3, None).fill(&moments, false),
            "2026年12月30日22时05分; 30 December 2026, 22:05"
        );
        let nexts = format!("{}; {}", blank_next(false), blank_next(true));
        assert_eq!(
            filling(3, None).fill(&nexts, false),
            "12月31日10时10分; 31 Dec 10:10"
        );
    }
}
