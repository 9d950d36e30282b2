//! Why a deed is not somebody's to do, what it takes and who can, in the reader's language.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{fill, words};
use crate::domain::bulletin::Language;
use crate::domain::rights::{Needs, Right};

table! {
    /// Deeds by their codes, and what they take.
    Denied {
        deed_declare, deed_set_facts, deed_request, deed_raise, deed_raise_to_i, deed_lower, deed_end, deed_archive,
        deed_decide, deed_edit, deed_submit, deed_return, deed_approve, deed_waive, deed_correct, deed_withdraw, deed_resend,
        deed_confirm, deed_switch_channel, deed_test_channel, deed_direct_drills, deed_read_contacts,
        deed_import_contacts, deed_export_contacts, deed_read_people, deed_change_people, deed_issue_token,
        deed_revoke_tokens, deed_read_journal, deed_read_record,
        needs_right, needs_right_and_part, needs_part, needs_body, needs_route, needs_corrections, needs_any_route,
        needs_decider, needs_second,
        takes, can, and_more, nobody_has_it, nobody_can,
    }
}

/// How many posts a sentence names.
const NAMED: usize = 6;

/// One sentence without a full stop: what the deed takes, and who can.
pub fn denied(language: Language, why: &crate::domain::rights::Denied) -> String {
    let w = &words(language).denied;
    let code = why.deed.code();
    let deeds = w.all();
    let deed = deeds
        .get(&*format!("deed_{}", code.replace('-', "_")))
        .copied()
        .unwrap_or(code);
    let right = |right: &Right| [("right", right.code())];
    let needs = match &why.needs {
        Needs::Right(one @ Right::Declare) => fill(&w.needs_right_and_part, &right(one)),
        Needs::Right(one) => fill(&w.needs_right, &right(one)),
        Needs::Part => w.needs_part.clone(),
        Needs::Body(bodies) => fill(&w.needs_body, &[("body", &bodies.join(", "))]),
        Needs::Route => w.needs_route.clone(),
        Needs::Corrections => w.needs_corrections.clone(),
        Needs::AnyRoute => w.needs_any_route.clone(),
        Needs::Decider => w.needs_decider.clone(),
        Needs::Second => w.needs_second.clone(),
    };
    let named: Vec<String> = why
        .who
        .iter()
        .take(NAMED)
        .map(ToString::to_string)
        .collect();
    let mut posts = named.join(", ");
    if let Some(more @ 1..) = why.who.len().checked_sub(NAMED) {
        posts.push_str(&fill(&w.and_more, &[("count", &more.to_string())]));
    }
    let who = match (&why.needs, named.is_empty()) {
        (_, false) => fill(&w.can, &[("posts", &posts)]),
        (Needs::Right(one), true) => fill(&w.nobody_has_it, &right(one)),
        (_, true) => w.nobody_can.clone(),
    };
    fill(
        &w.takes,
        &[("deed", deed), ("needs", &needs), ("who", &who)],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rights::{Deed, Denied};

    #[test]
    fn every_deed_has_words_in_both_languages() {
        for deed in Deed::ALL {
            let why = Denied {
                deed,
                needs: Needs::Route,
                who: vec!["flood-office/section-head".parse().unwrap()],
            };
            for language in [Language::ZhCn, Language::En] {
                let said = denied(language, &why);
                assert!(said.contains("flood-office/section-head"), "{said}");
                assert!(
                    !said.starts_with(&format!("{} ", deed.code())),
                    "no words for {deed:?}: {said}"
                );
            }
        }
    }
}
