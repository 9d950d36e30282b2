//! Is it genuine? The reader gives a link, a number, a code, a title or pasted words; the page shows what really stands
//! here and what differs. It says what to do next, and never what to leave undone: what is not found may be genuine.

use askama::Template;

use super::answer::Found as Answered;
use super::asked::{binding_line, lifted, named_over};
use super::banner::Banner;
use super::bulletin::{BulletinPage, cards};
use super::card::Card;
use super::poster::Poster;
use super::record::spoken_code;
use crate::domain::bulletin::Language;
use crate::domain::portal::{Finding, PortalEntry};
use crate::web::portal::SiteSettings;
use crate::web::portal::file;
use crate::web::portal::frame::Frame;
use crate::web::portal::judge::{Judgement, LONGEST, Verdict, at_once, comparable, judge};
use crate::web::portal::route::View;
use crate::web::portal::shelf::{Shelf, is_amended};
use crate::web::portal::typeset::{shown, unmarked};
use crate::web::portal::wording::Piece;
use crate::words::words;

/// How many numbers to call are named.
const MOST_CALLS: usize = 3;

#[derive(Template)]
#[template(path = "portal/pages/verify.html")]
pub struct Verify<'a> {
    f: Frame<'a>,
    question: String,
    /// The question was longer than what is compared.
    cut: Option<String>,
    verdict: Verdict,
    /// What has become of the one text that was found; said first.
    became: Vec<String>,
    /// The response of the one text that was found has ended, and it is no order.
    is_ended: bool,
    /// What was found out about a rumour.
    answer: Option<Answered>,
    /// A passage of a text that was found was corrected.
    is_amended: bool,
    found: Vec<Found>,
    more: usize,
    differences: Vec<Piece>,
    /// The sentence that a part was taken out of: before, the part, behind.
    sentence: Option<[String; 3]>,
    /// How many texts have what was pasted.
    holders: usize,
    /// Who can be asked: (who, number).
    calls: Vec<(String, String)>,
    /// The site may not know the newest texts.
    is_behind: bool,
}

struct Found {
    card: Card,
    code: String,
}

impl<'a> Verify<'a> {
    pub fn new(
        settings: &'a SiteSettings,
        shelf: &Shelf,
        view: View,
        question: &str,
        is_behind: bool,
    ) -> Self {
        let (asked, is_cut) = comparable(question);
        let f = Frame {
            noindex: true,
            ..Frame::new(
                settings,
                view,
                &words(view.language).portal.verify_heading,
                "/verify",
            )
        };
        let Judgement {
            verdict,
            found,
            differences,
            sentence,
            more,
            holders,
        } = judge(settings, shelf, (&asked, is_cut), |entry| {
            page_words(settings, shelf, entry)
        });
        let became = match found.as_slice() {
            [one] => became(&f, shelf, one),
            _ => Vec::new(),
        };
        let answer = match (verdict, found.first()) {
            (Verdict::Refuted, Some(one)) => Answered::new(&f, one),
            _ => None,
        };
        let shown_cards = cards(&f, shelf, &found).into_iter().zip(&found);
        Self {
            found: shown_cards
                .map(|(card, entry)| Found {
                    card,
                    code: spoken_code(&entry.hash),
                })
                .collect(),
            cut: is_cut.then(|| f.fill(&f.w.verify_cut, &[("count", &LONGEST.to_string())])),
            calls: calls(&f, shelf),
            question: shown(&asked),
            is_ended: found
                .first()
                .is_some_and(|one| one.has_ended() && !one.binds),
            verdict,
            became,
            answer,
            more,
            differences,
            sentence: sentence.map(|[before, part, behind]| [before, middle_out(&part), behind]),
            holders,
            is_behind,
            is_amended: found.iter().any(|one| is_amended(one)),
            f,
        }
    }

    fn asked(&self) -> bool {
        self.verdict != Verdict::NotAsked
    }

    /// Whether the verdict stands before what has become of the text: who brings what is wrong is told that first.
    fn is_verdict_first(&self) -> bool {
        matches!(
            self.verdict,
            Verdict::Altered
                | Verdict::OnlyNamed
                | Verdict::Refuted
                | Verdict::Mistaken
                | Verdict::StillBinds
                | Verdict::OverInPart
                | Verdict::IsLifted
                | Verdict::BindsThere
                | Verdict::StandsThere
                | Verdict::OtherThere
                | Verdict::NamedOver
                | Verdict::Within
                | Verdict::Akin
        )
    }

    fn is_miss(&self) -> bool {
        self.found.is_empty()
    }

    fn class(&self) -> &'static str {
        match self.verdict {
            Verdict::Genuine | Verdict::Part
                if self.became.is_empty() && self.sentence.is_none() =>
            {
                "good"
            }
            Verdict::Righted => "good",
            Verdict::Amended | Verdict::PartOfAmended => "amended",
            Verdict::Refuted if !self.is_untrue() => "past",
            Verdict::Altered
            | Verdict::OnlyNamed
            | Verdict::Foreign
            | Verdict::Refuted
            | Verdict::Mistaken
            | Verdict::BindsThere
            | Verdict::StillBinds => "void",
            _ => "past",
        }
    }

    fn is_untrue(&self) -> bool {
        let finding = self.answer.as_ref().map(|answer| &answer.finding);
        matches!(finding, None | Some(Finding::Untrue))
    }

    fn says(&self) -> String {
        let w = self.f.w;
        let said = match self.verdict {
            Verdict::NotAsked => "",
            Verdict::Unknown | Verdict::TooShort if self.is_behind => &w.verify_cannot_tell,
            Verdict::Genuine if self.is_ended => &w.verify_genuine_ended,
            Verdict::Part if self.is_ended => &w.verify_part_ended,
            Verdict::Genuine => &w.verify_genuine,
            Verdict::Amended => &w.verify_amended,
            Verdict::Changed => &w.verify_changed,
            Verdict::Several => &w.verify_many,
            Verdict::Part => &w.verify_part,
            Verdict::PartOfAmended => &w.verify_part_amended,
            Verdict::Common => {
                let count = self.holders.to_string();
                return self.f.fill(&w.verify_common, &[("count", &count)]);
            }
            // The verdict first, then the fact; where it leads comes behind.
            Verdict::Refuted => match &self.answer {
                Some(answer) => return answer.line(&self.f),
                None => &w.verify_refuted,
            },
            Verdict::NamedOver => &w.verify_named_over,
            Verdict::LiftedInPart => &w.verify_lifted_in_part,
            Verdict::PartOfLifted => &w.verify_part_lifted,
            Verdict::Righted => &w.verify_righted,
            Verdict::Mistaken => &w.verify_mistaken,
            Verdict::StillBinds => &w.verify_still_binds,
            Verdict::OverInPart => &w.verify_over_in_part,
            Verdict::IsLifted => &w.verify_is_lifted,
            Verdict::BindsThere => &w.verify_binds_there,
            Verdict::StandsThere => &w.verify_stands_there,
            Verdict::OtherThere => &w.verify_other_there,
            Verdict::NothingThere if self.is_behind => &w.verify_cannot_tell,
            Verdict::NothingThere => &w.verify_nothing_there,
            Verdict::Begun => &w.verify_begun,
            Verdict::Within => &w.verify_within,
            // What is shown below still has what was corrected.
            Verdict::Altered if self.is_amended => &w.verify_altered_amended,
            Verdict::Altered => &w.verify_altered,
            Verdict::OurLink => &w.verify_our_link,
            Verdict::OnlyNamed => &w.verify_only_named,
            Verdict::Akin => &w.verify_akin,
            Verdict::Foreign => &w.verify_foreign,
            Verdict::MarkedDrill => &w.verify_marked_drill,
            Verdict::LikeDrill => &w.verify_like_drill,
            Verdict::Drill => &w.verify_drill,
            Verdict::TooShort | Verdict::Unknown => &w.verify_unknown,
        };
        said.to_owned()
    }

    /// Whether the verdict needs a sentence more.
    fn has_more(&self) -> bool {
        let tells = matches!(
            self.verdict,
            Verdict::OnlyNamed
                | Verdict::Akin
                | Verdict::StillBinds
                | Verdict::OverInPart
                | Verdict::IsLifted
                | Verdict::BindsThere
                | Verdict::StandsThere
                | Verdict::OtherThere
        );
        self.is_miss() || tells || self.answer.is_some()
    }

    /// What a miss means, in a sentence.
    fn means(&self) -> &'static str {
        let w = self.f.w;
        match self.verdict {
            Verdict::Unknown | Verdict::TooShort | Verdict::NothingThere if self.is_behind => {
                &w.verify_cannot_tell_more
            }
            Verdict::Drill => &w.verify_drill_more,
            Verdict::TooShort => &w.verify_too_short,
            Verdict::Foreign => &w.verify_foreign_more,
            Verdict::OnlyNamed => &w.verify_only_named_more,
            Verdict::Akin => &w.verify_akin_more,
            Verdict::Refuted => &w.verify_refuted_more,
            Verdict::BindsThere
            | Verdict::StandsThere
            | Verdict::OtherThere
            | Verdict::StillBinds
            | Verdict::OverInPart
            | Verdict::IsLifted => &w.verify_over_more,
            _ => &w.verify_unknown_more,
        }
    }
}

/// What has become of `entry`, a sentence each.
fn became(f: &Frame, shelf: &Shelf, entry: &PortalEntry) -> Vec<String> {
    let banner = Banner::new(f, shelf, entry).map(|banner| banner.text);
    let mut lines: Vec<String> = banner.into_iter().collect();
    if shelf.holds(entry) {
        lines.extend(lifted(f, shelf.stands_for(entry)));
        lines.extend(named_over(f, shelf, entry));
        lines.extend(binding_line(f, shelf, entry));
        lines.extend(f.levels(shelf, entry));
        lines.extend(f.ended_note(entry));
    }
    lines
}

/// A long part by its beginning and its end: the sentences around it are what is to be read.
fn middle_out(part: &str) -> String {
    const KEPT: usize = 60;
    let count = part.chars().count();
    if count <= 2 * KEPT {
        return part.to_owned();
    }
    let head: String = part.chars().take(KEPT).collect();
    let tail: String = part.chars().skip(count - KEPT).collect();
    format!("{head}……{tail}")
}

/// Whether `question` is answered without comparing words: it is a name, a code or a link alone.
pub fn is_at_once(settings: &SiteSettings, shelf: &Shelf, question: &str) -> bool {
    let (asked, is_cut) = comparable(question);
    !is_cut && at_once(settings, shelf, &asked).is_some()
}

/// Everything that the pages and the plain text of an entry show, in both languages.
fn page_words(settings: &SiteSettings, shelf: &Shelf, entry: &PortalEntry) -> Vec<String> {
    [Language::ZhCn, Language::En]
        .into_iter()
        .flat_map(|language| {
            let view = View::new(language, false);
            let page = BulletinPage::new(settings, shelf, view, entry);
            let poster = Poster::new(settings, shelf, view, entry);
            [
                unmarked(&page.render().unwrap_or_default()),
                unmarked(&poster.render().unwrap_or_default()),
                file::text(settings, shelf, language, entry),
            ]
        })
        .collect()
}

/// Whom to ask: the site's own number, then those of the newest texts in force.
fn calls(f: &Frame, shelf: &Shelf) -> Vec<(String, String)> {
    let own = f
        .settings
        .hotline
        .iter()
        .map(|number| (f.host().to_owned(), number.clone()));
    let of_texts = shelf.current().filter_map(|entry| {
        let number = entry.hotline.clone()?;
        Some((f.body_name(entry).text, number))
    });
    let mut calls: Vec<(String, String)> = Vec::new();
    for (who, number) in own.chain(of_texts) {
        if calls.len() < MOST_CALLS && !calls.iter().any(|(_, other)| *other == number) {
            calls.push((who, number));
        }
    }
    calls
}
