//! Numbers that stand in the words themselves: telephones, distances, hours. Whoever reads either text is told the same.
//!
//! A number of one digit is as often a word (两小时, two hours) or the number of a line, so it is not looked at.

use std::collections::BTreeSet;

use super::super::templates::{Parsed, place};
use crate::domain::phrase::{Blank, phrase};
use crate::plan::diagnostic::Report;
use crate::render::head::Field;

pub(super) fn compare(parsed: &Parsed<'_>, root: &str, report: &mut Report) {
    let is_long = |field: Field| !matches!(field, Field::Sms | Field::SmsEn);
    let chinese = words(parsed, root, &|field| is_long(field) && !field.is_english());
    let english = words(parsed, root, &|field| is_long(field) && field.is_english());
    let (in_chinese, in_english) = (numbers(&chinese), numbers(&english));
    // Chinese writes the number of an article, and many another, in words.
    let spelled = spelled(&chinese);
    let in_words = worded(&english);
    // 24小时 is as often said in words.
    let all_day = ["day-and-night", "round-the-clock"];
    let says_all_day = all_day
        .iter()
        .any(|words| english.replace(' ', "-").contains(words));
    let missing: Vec<&String> = in_chinese
        .difference(&in_english)
        .filter(|number| !(says_all_day && *number == "24"))
        .filter(|number| !in_words.contains(*number))
        .collect();
    let strange: Vec<&String> = in_english
        .difference(&in_chinese)
        .filter(|number| !spelled.contains(*number))
        .collect();
    let at = || place(parsed.folder, root, 1, 1);
    if !missing.is_empty() {
        let numbers: Blank = missing.into_iter().collect();
        report
            .error(
                "english-lacks",
                at(),
                phrase!("check.english.lacks-numbers", numbers),
            )
            .help(phrase!("check.english.lacks-help"));
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

/// English words for numbers of two digits and more.
const WORDS: [(&str, &str); 14] = [
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("fifteen", "15"),
    ("twenty", "20"),
    ("thirty", "30"),
    ("forty", "40"),
    ("fifty", "50"),
    ("sixty", "60"),
    ("seventy", "70"),
    ("eighty", "80"),
    ("ninety", "90"),
    ("hundred", "100"),
    ("thousand", "1000"),
];

/// The numbers that stand in English words.
fn worded(text: &str) -> BTreeSet<String> {
    let small = text.to_ascii_lowercase();
    let words: BTreeSet<&str> = small.split(|c: char| !c.is_ascii_alphabetic()).collect();
    let found = WORDS.iter().filter(|(word, _)| words.contains(word));
    found.map(|(_, number)| (*number).to_owned()).collect()
}

/// Numbers of two digits and more, a telephone as one.
fn numbers(text: &str) -> BTreeSet<String> {
    // 1,000 is one number.
    let mut joined = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        let is_within = joined.ends_with(|c: char| c.is_ascii_digit())
            && signs.peek().is_some_and(char::is_ascii_digit);
        if sign != ',' || !is_within {
            joined.push(sign);
        }
    }
    let text = joined.as_str();
    let runs = text.split(|c: char| !c.is_ascii_digit() && c != '-');
    let runs = runs.map(|run| run.trim_matches('-'));
    let is_long = |run: &&str| run.chars().filter(char::is_ascii_digit).count() > 1;
    runs.filter(is_long).map(str::to_owned).collect()
}

/// Numbers that stand in Chinese signs, in digits.
fn spelled(text: &str) -> BTreeSet<String> {
    let runs = text.split(|c: char| !"零〇一二两三四五六七八九十百千".contains(c));
    let runs = runs.filter(|run| !run.is_empty());
    runs.flat_map(|run| {
        value(run)
            .map(|n| n.to_string())
            .into_iter()
            .chain(read_out(run))
    })
    .collect()
}

/// 一二〇, a telephone to be read out.
fn read_out(text: &str) -> Option<String> {
    let digit = |c| match c {
        '〇' => Some(0),
        c => "零一二三四五六七八九".chars().position(|sign| sign == c),
    };
    let digits: Option<Vec<usize>> = text.chars().map(digit).collect();
    Some(digits?.iter().map(usize::to_string).collect())
}

fn value(text: &str) -> Option<u32> {
    let (mut total, mut digit) = (0u32, None);
    for sign in text.chars().take(12) {
        let unit = match sign {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            _ => {
                let sign = if sign == '两' { '二' } else { sign };
                let sign = if sign == '〇' { '零' } else { sign };
                digit = Some("零一二三四五六七八九".chars().position(|c| c == sign)? as u32);
                continue;
            }
        };
        total = total.saturating_add(digit.take().unwrap_or(1) * unit);
    }
    (!text.is_empty()).then(|| total.saturating_add(digit.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: BTreeSet<String>) -> Vec<String> {
        numbers.into_iter().collect()
    }

    #[test]
    fn a_number_is_known_however_it_is_written() {
        let found = of(numbers("1. 15公里内，1,000人，0510-0000-1234，5天，12.5米"));
        assert_eq!(found, ["0510-0000-1234", "1000", "12", "15"]);
        assert_eq!(of(worded("Ten minutes, not often")), ["10"]);
        let found = spelled("第四十一条、一百二十人、打一二〇、两千零五");
        for number in ["41", "120", "2005"] {
            assert!(found.contains(number), "{number}: {found:?}");
        }
    }
}
