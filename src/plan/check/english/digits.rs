//! Numbers that stand in the words themselves: telephones, distances, hours. Whoever reads either text is told the same.
//!
//! A number of one digit is as often a word (两小时, two hours) or the number of a line, so it is not looked at.

use std::collections::BTreeSet;

use super::super::templates::{Parsed, place};
use crate::domain::numerals::{digits_in, numbers, says_all_day, spelled, worded};
use crate::domain::phrase::{Blank, phrase};
use crate::plan::diagnostic::Report;
use crate::render::head::Field;

/// Compares the texts, or their short messages, which leave out much and no telephone.
pub(super) fn compare(parsed: &Parsed<'_>, root: &str, is_short: bool, report: &mut Report) {
    let is_meant = |field: Field| matches!(field, Field::Sms | Field::SmsEn) == is_short;
    let is_looked_at = |number: &&String| !is_short || digits_in(number) > 2;
    let chinese = words(parsed, root, &|field| {
        is_meant(field) && !field.is_english()
    });
    let english = words(parsed, root, &|field| is_meant(field) && field.is_english());
    let (in_chinese, in_english) = (numbers(&chinese), numbers(&english));
    // Chinese writes the number of an article, and many another, in words.
    let spelled = spelled(&chinese);
    let in_words = worded(&english);
    // 24小时 is as often said in words.
    let says_all_day = says_all_day(&english);
    let missing: Vec<&String> = in_chinese
        .difference(&in_english)
        .filter(is_looked_at)
        .filter(|number| !(says_all_day && *number == "24"))
        .filter(|number| !in_words.contains(*number))
        .collect();
    let strange: Vec<&String> = in_english
        .difference(&in_chinese)
        .filter(is_looked_at)
        .filter(|number| !spelled.contains(*number))
        .collect();
    let at = || place(parsed.folder, root, 1, 1);
    if !missing.is_empty() {
        let numbers: Blank = missing.into_iter().collect();
        let help = match is_short {
            true => phrase!("check.english.lacks-short-help"),
            false => phrase!("check.english.lacks-help"),
        };
        report
            .error(
                "english-lacks",
                at(),
                phrase!("check.english.lacks-numbers", numbers),
            )
            .help(help);
    }
    if !strange.is_empty() {
        let numbers: Blank = strange.into_iter().collect();
        report
            .error(
                "english-differs",
                at(),
                phrase!("check.english.other-numbers", numbers),
            )
            .help(phrase!("check.english.other-numbers-help"));
    }
}

/// The fixed words of the fields that are meant, with those of the partials that they take.
fn words(parsed: &Parsed<'_>, root: &str, is_meant: &dyn Fn(Field) -> bool) -> String {
    let mut out = String::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let Some(template) = parsed.templates.get(root) else {
        return out;
    };
    let meant = template
        .pieces()
        .iter()
        .filter(|piece| is_meant(piece.field));
    for piece in meant {
        out.push_str(&piece.fixed_words());
        out.push('\n');
    }
    let partials = template.partials().into_iter();
    let partials = partials.filter(|partial| is_meant(partial.field));
    let mut todo: Vec<String> = partials.map(|partial| partial.name).collect();
    while let Some(name) = todo.pop() {
        let Some(partial) = parsed.templates.get(name.as_str()) else {
            continue;
        };
        if seen.insert(name) {
            for piece in partial.pieces() {
                out.push_str(&piece.fixed_words());
                out.push('\n');
            }
            todo.extend(partial.partials().into_iter().map(|partial| partial.name));
        }
    }
    out
}
