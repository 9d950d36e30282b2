//! Numbers as texts write them, in digits and in words, so that a Chinese text and the English beside it can be held against each
//! other. Must never know what a text is about.

use std::collections::BTreeSet;

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
pub fn worded(text: &str) -> BTreeSet<String> {
    let small = text.to_ascii_lowercase();
    let words: BTreeSet<&str> = small.split(|c: char| !c.is_ascii_alphabetic()).collect();
    let found = WORDS.iter().filter(|(word, _)| words.contains(word));
    found.map(|(_, number)| (*number).to_owned()).collect()
}

/// Numbers of two digits and more, a telephone as one.
pub fn numbers(text: &str) -> BTreeSet<String> {
    let joined = joined(text);
    runs(&joined).map(|(number, _)| number.to_owned()).collect()
}

/// The same, without what another language may write otherwise: times of the day and dates, and what is counted in 万 or 亿.
pub fn firm_numbers(text: &str) -> BTreeSet<String> {
    const LOOSE: [char; 11] = [
        '时', '点', '分', '秒', '月', '日', '年', '万', '亿', ':', '：',
    ];
    let joined = joined(text);
    let firm = runs(&joined).filter(|(_, behind)| !behind.trim_start().starts_with(LOOSE));
    let firm = firm.flat_map(|(number, _)| match is_telephone(number) {
        true => vec![number],
        // 10-12 is as often said in words.
        false => number.split('-').filter(|one| one.len() > 1).collect(),
    });
    firm.map(str::to_owned).collect()
}

/// How many digits a number has.
pub fn digits_in(number: &str) -> usize {
    number.chars().filter(char::is_ascii_digit).count()
}

/// Whether a number is one to dial, and not one that is counted.
pub fn is_telephone(number: &str) -> bool {
    digits_in(number) >= 7
}

/// The numbers of a Chinese text that the English beside it does not say.
pub fn unsaid(chinese: &str, english: &str) -> Vec<String> {
    let (said, in_words) = (numbers(english), worded(english));
    let digits = |text: &str| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let all_digits = digits(english);
    let is_said = |number: &String| {
        said.contains(number)
            || in_words.contains(number)
            || (number == "24" && says_all_day(english))
            // +86 510 0000 1234 is 0510-0000-1234.
            || (is_telephone(number)
                && all_digits.contains(digits(number).trim_start_matches('0')))
    };
    let mut unsaid: Vec<String> = firm_numbers(chinese).into_iter().collect();
    unsaid.retain(|number| !is_said(number));
    unsaid
}

/// Whether English words say that something goes on day and night, which Chinese writes as 24 hours.
pub fn says_all_day(text: &str) -> bool {
    let text = text.to_ascii_lowercase().replace(' ', "-");
    ["day-and-night", "round-the-clock", "around-the-clock"]
        .iter()
        .any(|words| text.contains(words))
}

/// Every number of two digits and more, with what stands behind it.
fn runs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_part = |c: char| c.is_ascii_digit() || c == '-';
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let start = rest.find(is_part)?;
            let from = &rest[start..];
            let end = from.find(|c| !is_part(c)).unwrap_or(from.len());
            let (run, behind) = from.split_at(end);
            rest = behind;
            let run = run.trim_matches('-');
            if run.chars().filter(char::is_ascii_digit).count() > 1 {
                return Some((run, behind));
            }
        }
    })
}

/// 1,000 is one number.
fn joined(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        let is_within = joined.ends_with(|c: char| c.is_ascii_digit())
            && signs.peek().is_some_and(char::is_ascii_digit);
        if sign != ',' || !is_within {
            joined.push(sign);
        }
    }
    joined
}

/// Numbers that stand in Chinese signs, in digits.
pub fn spelled(text: &str) -> BTreeSet<String> {
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

    #[test]
    fn a_time_may_be_written_otherwise_and_a_telephone_may_not() {
        let found = of(firm_numbers(
            "12月31日14时30分前到人民路18号，24小时电话0510-0000-1234，1.25万人",
        ));
        assert_eq!(found, ["0510-0000-1234", "18", "24"]);
        assert!(is_telephone("0510-0000-1234") && !is_telephone("2026"));
        let school = "和平小学（人民路18号，电话0510-0000-1234）";
        let english = "Heping School, 18 Renmin Road, telephone +86 510 0000 1234";
        assert_eq!(unsaid(school, english), [""; 0]);
        assert_eq!(unsaid(school, "Heping School"), ["0510-0000-1234", "18"]);
        assert_eq!(unsaid("10-12人", "ten to 12 people"), [""; 0]);
        assert!(says_all_day("Day and night") && !says_all_day("all night"));
    }
}
