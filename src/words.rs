//! Every word a person sees, from `locales/*.toml`, compiled in.
//!
//! The tables are typed: a word that one language lacks, or that nobody uses, does not pass the tests.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::domain::bulletin::Language;
use crate::domain::level::{EventClass, ResponseLevel};
use crate::domain::plan::ItemKind;

/// One locale file.
#[derive(Debug)]
pub struct Words {
    pub common: Common,
    pub portal: Portal,
    pub reason: Reason,
    pub report: Report,
}

macro_rules! table {
    ($(#[$doc:meta])* $name:ident { $($word:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name { $(pub $word: String),* }

        impl $name {
            /// Takes its words out of a locale file's table `heading`. A derived reader of two hundred fields is compiled
            /// four times and was a fortieth of the whole program.
            pub(crate) fn taken(words: &mut $crate::words::Catalogue, heading: &str) -> Self {
                Self { $($word: $crate::words::taken(words, heading, stringify!($word))),* }
            }

            /// Every word with its name, for the comparison of two languages.
            pub fn all(&self) -> BTreeMap<&'static str, &str> {
                BTreeMap::from([$((stringify!($word), self.$word.as_str())),*])
            }
        }
    };
}

pub(crate) mod catalogue;
mod reason;
mod report;
mod say;
#[cfg(test)]
pub(crate) mod scan;

use catalogue::Catalogue;
pub use reason::{Reason, correction_of, reason, refused};
pub use report::Report;
pub use say::say;

table! {
    /// The names of the domain's kinds.
    Common {
        level_i, level_ii, level_iii, level_iv,
        class_natural_disaster, class_accident_disaster, class_public_health, class_social_security,
        kind_notice, kind_bulletin, kind_advisory, kind_warning, kind_interpretation, kind_refutation,
        kind_press_conference, kind_summary, kind_correction,
    }
}

table! {
    /// The public site.
    Portal {
        skip, colon, comma, semicolon, language_name, large, normal_size, nav_label, nav_home, nav_archive, nav_search, nav_verify, nav_about,
        drill_prefix, drill_bar, drill_end, footer_host,
        home_heading, home_count, first_heading, updated, quiet, quiet_more, incidents, incident_latest,         recent, areas_heading, more_past,
        action, action_past, action_amended, answer, finding_untrue, finding_untrue_claim, finding_fact, finding_partly, finding_outdated, finding_incomplete, finding_true, finding_checking, amended_here, amended_beside, amended_unmarked, amended_line, amended_chinese, void_begin, past_begin, void_summary, void_end, level_then_now, amended_wrong, amended_right, place, time, valid_until, until_notice, who, hotline, next_update, text_heading, chinese_only, chinese_only_title, chinese_only_action, chinese_only_order, ask_in_english,
        interpretations, interprets, corrects, timeline_link,         record, index_number, publisher, drafted, published, document_number, time_limit, time_limit_by, form, form_value,
        manner, manner_value, scope, scope_value, validity, procedure, procedure_value, subject, genre, keywords,
        classification, summary, basis, download, download_text, download_data, download_poster, poster_of, poster_back, poster_print, poster_picture,
        poster_scan, poster_rest, poster_rest_shelters, poster_wrong_marked, poster_wrong_beside, version, hash, code, none,
        verify_this, address, history, history_drafted, history_published, history_interpreted, history_lifted, history_to_be_lifted, history_restored, fate_current, fate_expired, fate_superseded, fate_lifted, fate_partly, fate_withdrawn, fate_error, fate_wrong, fate_clear,
        any_text, banner_expired, banner_superseded, banner_ended, banner_lifted, banner_withdrawn, banner_error, banner_wrong, banner_wrong_marked, banner_further, banner_wrong_beside, banner_clear,
        banner_see_correction, banner_see_incident,
        incident_heading, incident_level_past, response_ended, still_binds, response_ended_at, ended_note, ended_heading, incidents_over, incident_since, incident_released,         archive_heading, archive_lead, archive_months, archive_bodies, month_count, month_heading, body_heading, level_heading, level_more, binding_heading, lifted_in, lifted_from, lifted_first, lifted_first_but, lifted_first_only, lifted_but, lifted_later, binds_there, named_over, named_void, named_all_over, named_stand, named_stands, named_stands_there, place_except, place_lifted,
        area_heading, area_quiet, area_current, area_past, area_feed, entries, list_heading, list_empty, page_of, newer, older, pages_label,
        search_heading, search_label, search_button, search_hint, search_found, search_none, search_cut,
        verify_heading, verify_lead, verify_label, verify_button, verify_found, verify_genuine, verify_changed,
        verify_unknown, verify_unknown_more, verify_foreign, verify_how_heading, verify_how_1, verify_how_2, verify_how_3,
        verify_amended, verify_genuine_ended, verify_part_ended, verify_named_over, verify_binds_there, verify_stands_there, verify_other_there, verify_nothing_there, verify_lifted_in_part, verify_part_lifted, verify_righted, verify_mistaken, verify_refuted_more, verify_still_binds, verify_over_in_part, verify_is_lifted, verify_over_more, verify_part, verify_part_amended, verify_common, verify_refuted, verify_begun, verify_our_link,
        verify_marked_drill, verify_like_drill, verify_sentence,
        verify_many, verify_within, verify_altered, verify_altered_amended, verify_only_named, verify_only_named_more, verify_too_short,
        verify_foreign_more, verify_akin, verify_akin_more, verify_drill, verify_drill_more, verify_cannot_tell, verify_cannot_tell_more, verify_behind, verify_cut,
        verify_call, verify_see_current, verify_again, verify_safe, verify_differences, verify_differences_how, verify_ours,
        verify_theirs, too_large, too_large_more,
        about_heading, about_what_heading, about_what, about_levels_heading, about_levels, about_level_i, about_level_ii,
        about_level_iii, about_level_iv, about_correct_heading, about_correct, about_read_heading, about_read,
        about_privacy_heading, about_privacy, about_contact_heading,
        not_found, not_found_more, bad_method, bad_method_more, busy, busy_more, back_home,
        feed_title, feed_subtitle,
    }
}

static ZH: LazyLock<Words> = LazyLock::new(|| read(include_str!("../locales/zh-CN.toml")));
static EN: LazyLock<Words> = LazyLock::new(|| read(include_str!("../locales/en.toml")));

/// The text is part of the program, and the tests read both files: what they have and what the tables name is the same.
fn read(text: &str) -> Words {
    let mut words = catalogue::of(text);
    let read = Words {
        common: Common::taken(&mut words, "common"),
        portal: Portal::taken(&mut words, "portal"),
        reason: Reason::taken(&mut words, "reason"),
        report: Report::taken(&mut words, "report"),
    };
    assert!(words.is_empty(), "nobody says {words:?}");
    read
}

fn taken(words: &mut Catalogue, heading: &str, word: &str) -> String {
    let key = format!("{heading}.{}", word.replace('_', "-"));
    words
        .remove(&key)
        .unwrap_or_else(|| panic!("locales/*.toml lack {key}"))
}

/// The words of `language`.
pub fn words(language: Language) -> &'static Words {
    match language {
        Language::ZhCn => &ZH,
        Language::En => &EN,
    }
}

/// `template` with every `{name}` of `values` put in.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let tail = &rest[open..];
        let hit = values.iter().find(|(name, _)| {
            tail[1..]
                .strip_prefix(name)
                .is_some_and(|after| after.starts_with('}'))
        });
        match hit {
            Some((name, value)) => {
                out.push_str(value);
                rest = &tail[name.len() + 2..];
            }
            None => {
                out.push('{');
                rest = &tail[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

impl Common {
    pub fn level(&self, level: ResponseLevel) -> &str {
        match level {
            ResponseLevel::I => &self.level_i,
            ResponseLevel::II => &self.level_ii,
            ResponseLevel::III => &self.level_iii,
            ResponseLevel::IV => &self.level_iv,
        }
    }

    pub fn class(&self, class: EventClass) -> &str {
        match class {
            EventClass::NaturalDisaster => &self.class_natural_disaster,
            EventClass::AccidentDisaster => &self.class_accident_disaster,
            EventClass::PublicHealth => &self.class_public_health,
            EventClass::SocialSecurity => &self.class_social_security,
        }
    }

    pub fn kind(&self, kind: ItemKind) -> &str {
        match kind {
            ItemKind::Notice => &self.kind_notice,
            ItemKind::Bulletin => &self.kind_bulletin,
            ItemKind::Advisory => &self.kind_advisory,
            ItemKind::Warning => &self.kind_warning,
            ItemKind::Interpretation => &self.kind_interpretation,
            ItemKind::Refutation => &self.kind_refutation,
            ItemKind::PressConference => &self.kind_press_conference,
            ItemKind::Summary => &self.kind_summary,
            ItemKind::Correction => &self.kind_correction,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blanks(text: &str) -> Vec<&str> {
        let mut found: Vec<_> = text
            .split('{')
            .skip(1)
            .filter_map(|part| part.split_once('}').map(|(name, _)| name))
            .collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn both_languages_say_everything_with_the_same_blanks() {
        let (zh, en) = (words(Language::ZhCn), words(Language::En));
        let all = |w: &'static Words| {
            let pages = w.common.all().into_iter().chain(w.portal.all());
            let pages = pages.chain(w.reason.all());
            pages.chain(w.report.all()).collect::<BTreeMap<_, _>>()
        };
        let (pairs, mut others) = (all(zh), all(en));
        for (name, chinese) in pairs {
            let english = others.remove(name).unwrap_or_default();
            assert!(!chinese.trim().is_empty(), "zh-CN has no words for {name}");
            assert!(!english.trim().is_empty(), "en has no words for {name}");
            assert_eq!(blanks(chinese), blanks(english), "blanks of {name}");
        }
        assert!(others.is_empty());
    }

    #[test]
    fn blanks_are_filled_once_and_only_once() {
        assert_eq!(
            fill("{a}-{b}-{c}", &[("a", "{b}"), ("b", "2")]),
            "{b}-2-{c}"
        );
    }
}
