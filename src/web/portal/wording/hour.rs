//! An hour of the day, which is written in many ways and is the same hour: 20时, 20时00分, 20点整, 20:00.
//!
//! With the part of the day before it, too: 凌晨0点半 is 0时30分, and 晚8点 is 20时. Knows no date.

/// An hour at one place of a text.
pub(super) struct Hour {
    pub hour: u32,
    /// Where the sign behind the hour stands, counted from its first digit.
    pub sign: usize,
    /// The minute, if it is not a whole hour, and where that stands.
    pub minute: Option<(u32, usize)>,
    /// Of how many characters it is.
    pub len: usize,
}

/// The hour that begins at `at`, in narrow small letters.
pub(super) fn at(chars: &[(usize, char)], at: usize) -> Option<Hour> {
    let c = |behind: usize| chars.get(at + behind).map(|(_, c)| *c);
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || ".:-".contains(c);
    if at > 0 && is_of_word(chars[at - 1].1) {
        return None;
    }
    let (hour, sign) = digits(chars, at).filter(|(hour, len)| *hour <= 24 && *len <= 2)?;
    let whole = |len| Hour {
        hour,
        sign,
        minute: None,
        len,
    };
    let with = |minute, place, len| Hour {
        minute: (minute > 0).then_some((minute, place)),
        ..whole(len)
    };
    match c(sign)? {
        '时' | '点' => {
            let behind = sign + 1;
            match c(behind) {
                Some('整') => return Some(whole(behind + 1)),
                Some('半') => return Some(with(30, behind, behind + 1)),
                _ => {}
            }
            let minute = digits(chars, at + behind).filter(|(minute, _)| *minute < 60);
            Some(match minute {
                Some((minute, len)) if len <= 2 && c(behind + len) == Some('分') => {
                    with(minute, behind, behind + len + 1)
                }
                _ => whole(behind),
            })
        }
        ':' => {
            let (minute, len) = digits(chars, at + sign + 1).filter(|(minute, _)| *minute < 60)?;
            let end = sign + 1 + len;
            let goes_on = c(end).is_some_and(|c| c.is_ascii_alphabetic())
                || matches!(c(end), Some('.' | ':'))
                    && c(end + 1).is_some_and(|c| c.is_ascii_digit());
            (len == 2 && !goes_on).then(|| with(minute, sign + 1, end))
        }
        _ => None,
    }
}

/// A part of the day that stands before an hour: how long the word is, whether it says a day as well (今晚), and the hour as a
/// clock of 24 hours has it. None where the two do not agree.
pub(super) fn with_part_of_day(
    chars: &[(usize, char)],
    place: usize,
) -> Option<(usize, bool, Hour)> {
    const PARTS: [(&str, std::ops::RangeInclusive<u32>, u32); 11] = [
        ("凌晨", 0..=6, 0),
        ("早上", 4..=11, 0),
        ("早晨", 4..=11, 0),
        ("上午", 6..=12, 0),
        ("中午", 11..=13, 0),
        ("下午", 1..=7, 12),
        ("傍晚", 4..=8, 12),
        ("晚上", 5..=11, 12),
        ("夜里", 8..=11, 12),
        ("晚", 5..=11, 12),
        ("早", 4..=11, 0),
    ];
    let begins = |word: &str| {
        let mut behind = chars[place..].iter().map(|(_, c)| *c);
        word.chars().all(|c| behind.next() == Some(c))
    };
    let (word, hours, more) = PARTS.into_iter().find(|(word, ..)| begins(word))?;
    let len = word.chars().count();
    let mut hour = at(chars, place + len)?;
    let says_day = place > 0 && "今明昨当次".contains(chars[place - 1].1);
    if hours.contains(&hour.hour) {
        hour.hour += more;
    } else if !(more > 0 && hour.hour > 12) {
        return None;
    }
    Some((len, says_day, hour))
}

/// The number at `at`, and its length.
fn digits(chars: &[(usize, char)], at: usize) -> Option<(u32, usize)> {
    let digits = chars.get(at..)?.iter().map(|(_, c)| c.to_digit(10));
    let digits: Vec<u32> = digits.map_while(|digit| digit).take(6).collect();
    let number = digits.iter().fold(0, |number, digit| number * 10 + digit);
    (!digits.is_empty()).then_some((number, digits.len()))
}
