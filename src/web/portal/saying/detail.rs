//! What a saying and an order can differ in: hours, telephones, places to go to.

use super::clauses;
use crate::domain::gloss::numbered;
use crate::web::portal::wording::Wording;

/// 晚上八点 → 晚上8点. A 一点 that no part of the day stands before is a little.
pub fn with_digits(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let hour = numbered(rest).filter(|(hour, _)| *hour <= 24);
        let hour = hour.filter(|(_, behind)| behind.starts_with(['点', '时']));
        let is_little = || c == '一' && !out.ends_with(['晨', '午', '晚', '夜', '里', '上']);
        match hour.filter(|_| !c.is_ascii_digit() && c != '第' && !is_little()) {
            Some((hour, behind)) => {
                out.push_str(&hour.to_string());
                rest = behind;
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// The hours of the day that `text` names: those of a clock, and 8 pm.
pub fn hours(text: &str) -> Vec<(u32, u32)> {
    let mut hours = Wording::new(text).hours().to_vec();
    for half in ["am", "pm", "a.m", "p.m"] {
        for (at, _) in text.match_indices(half) {
            let before = text[..at].trim_end();
            let digits = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
            let (head, hour) = before.split_at(before.len() - digits);
            if let Some(hour) = hour
                .parse::<u32>()
                .ok()
                .filter(|hour| (1..=12).contains(hour))
                && !head.ends_with(':')
            {
                let more = if half.starts_with('p') { 12 } else { 0 };
                hours.push((hour % 12 + more, 0));
            }
        }
    }
    hours
}

/// Numbers to call.
pub fn telephones(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !(c.is_ascii_digit() || c == '-'));
    let digits = parts.map(|part| {
        part.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    });
    digits
        .filter(|digits| (7..=12).contains(&digits.len()))
        .collect()
}

/// Where people are sent: what is called a school, a hall or the like, behind the word that sends there.
pub fn goals(text: &str) -> Vec<String> {
    const KINDS: [&str; 13] = [
        "中学",
        "小学",
        "大学",
        "体育馆",
        "体育场",
        "文体中心",
        "活动中心",
        "广场",
        "礼堂",
        "医院",
        "宾馆",
        "党校",
        "文化站",
    ];
    const SENDS: [&str; 5] = ["前往", "到", "去", "往", "至"];
    let of_clause = |clause: &str| {
        let end = KINDS
            .iter()
            .filter_map(|kind| Some(clause.find(kind)? + kind.len()))
            .max()?;
        let begin = SENDS
            .iter()
            .filter_map(|word| Some(clause[..end].rfind(word)? + word.len()));
        let goal = &clause[begin.max()?..end];
        let goal: String = goal.chars().filter(|c| !c.is_whitespace()).collect();
        // A school is any school.
        (goal.chars().count() > 3).then_some(goal)
    };
    clauses(text).filter_map(of_clause).collect()
}
