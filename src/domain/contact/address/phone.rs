//! Mobile numbers of mainland China, in every form that spreadsheets, telephones and people give them.

use super::BadAddress;
use crate::domain::invisible::{ordinary, visible};
use crate::domain::phrase::{Phrase, phrase};

/// Words that people and programs set in front of a number.
#[rustfmt::skip]
const LABELS: [&str; 19] = [
    "tel", "telephone", "phone", "mobile", "mob", "cell", "cellphone", "sms", "callto", "m", "手机", "手机号",
    "手机号码", "电话", "电话号码", "联系电话", "移动电话", "号码", "短信",
];
/// Access numbers that were dialled in front of a number to call at a lower price.
const ACCESS: [&str; 5] = ["17951", "12593", "17911", "17909", "10193"];

fn bad(what: Phrase) -> BadAddress {
    BadAddress(phrase!("contact.bad.phone", what))
}

/// The eleven digits of `text`.
///
/// # Errors
/// When it is no mobile number, or one that nobody has; says what it is instead.
pub fn read(text: &str) -> Result<String, BadAddress> {
    let text = ordinary(&visible(text));
    let text = unlabelled(&text);
    // 1-415-555-0100 has eleven digits, and is of North America.
    let groups: Vec<usize> = text
        .split(|c: char| !c.is_ascii_digit())
        .map(str::len)
        .filter(|length| *length > 0)
        .collect();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if groups == [1, 3, 3, 4] || groups.len() > 1 && digits.starts_with("001") {
        return Err(bad(phrase!("contact.bad.divided-abroad")));
    }
    let (digits, is_international) = match as_number(text)? {
        Some(digits) => (digits, false),
        None => digits_of(text)?,
    };
    national(&digits, is_international)
}

/// Whether `text` is a fixed line or another number that is dialled and takes no SMS.
pub fn is_fixed_line(text: &str) -> bool {
    let text = ordinary(&visible(text));
    let text = unlabelled(&text);
    let (base, extension) = without_extension(text);
    let Ok((digits, is_international)) = digits_of(base) else {
        return false;
    };
    let digits = match digits.strip_prefix("0086") {
        Some(rest) => format!("0{}", rest.trim_start_matches('0')),
        None if is_international => match digits.strip_prefix("86") {
            Some(rest) => format!("0{}", rest.trim_start_matches('0')),
            None => return false,
        },
        None => digits,
    };
    let is_service = digits.len() == 10 && (digits.starts_with("400") || digits.starts_with("800"));
    let is_distance =
        digits.starts_with('0') && !digits.starts_with("00") && (10..=12).contains(&digits.len());
    let is_local =
        matches!(digits.len(), 7 | 8) && digits.starts_with(['2', '3', '4', '5', '6', '7', '8']);
    is_service || is_distance || is_local || (extension && digits.len() >= 7 && read(base).is_err())
}

/// `13800001234转8001` without what is dialled afterwards, and whether there was such a thing.
pub fn without_extension(text: &str) -> (&str, bool) {
    let lower = text.to_ascii_lowercase();
    let at = ["转", "分机", "extension", "ext", "x", "#", "*"]
        .into_iter()
        .filter_map(|mark| {
            let at = lower.find(mark)?;
            let behind = lower[at + mark.len()..].trim_start_matches(['.', ':', ' ', '机', '：']);
            let is_short =
                (1..=6).contains(&behind.len()) && behind.bytes().all(|b| b.is_ascii_digit());
            is_short.then_some(at)
        })
        .min();
    match at {
        Some(at) => (text[..at].trim_end(), true),
        None => (text, false),
    }
}

fn unlabelled(text: &str) -> &str {
    let quotes = |c: char| "'\"`‘’“”=".contains(c);
    let text = text
        .trim_matches(|c: char| quotes(c) || c.is_whitespace())
        .trim_end_matches([',', ';', '.', ':', '。', '、', '!', '\\', '/']);
    let letters = text
        .find(|c: char| !c.is_alphabetic())
        .unwrap_or(text.len());
    let (label, rest) = text.split_at(letters);
    if LABELS.contains(&label.to_lowercase().as_str()) {
        rest.trim_start_matches(['.', ':', ' ', '/', '-', '为', '是'])
    } else {
        text
    }
}

/// The digits of what a spreadsheet took for a number: `1.3800001234E+10`, `13800001234.0`, `13,800,001,234`.
fn as_number(text: &str) -> Result<Option<String>, BadAddress> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if let Some((mantissa, exponent)) = text.split_once(['e', 'E'])
        && let Ok(exponent) = exponent.trim_start_matches('+').parse::<usize>()
    {
        let (whole, decimals) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
        if !is_digits(whole) || !(decimals.is_empty() || is_digits(decimals)) {
            return Ok(None);
        }
        let known = decimals.trim_end_matches('0').len();
        if decimals.len() < exponent || known > exponent {
            return Err(bad(phrase!("contact.bad.rounded", text)));
        }
        return Ok(Some(format!("{whole}{}", &decimals[..exponent])));
    }
    let (whole, decimals) = match text.rsplit_once('.') {
        Some((whole, zeros))
            if is_digits(zeros) && zeros.len() <= 2 && zeros.bytes().all(|b| b == b'0') =>
        {
            (whole, true)
        }
        _ => (text, false),
    };
    if let Some((front, behind)) = text.split_once('.')
        && is_digits(front)
        && is_digits(behind)
        && front.len() > 7
        && behind.len() <= 2
        && !decimals
    {
        return Err(bad(phrase!("contact.bad.fraction", behind)));
    }
    if decimals && is_digits(whole) && whole.len() >= 11 {
        return Ok(Some(whole.to_owned()));
    }
    let mut groups = whole.split([',', '\'', '’']);
    let is_grouped = whole.contains([',', '\'', '’'])
        && groups
            .next()
            .is_some_and(|first| is_digits(first) && first.len() <= 3)
        && groups.all(|group| is_digits(group) && group.len() == 3);
    Ok(is_grouped.then(|| whole.chars().filter(char::is_ascii_digit).collect()))
}

/// The digits, and whether a plus stands in front of them.
fn digits_of(text: &str) -> Result<(String, bool), BadAddress> {
    let mut digits = String::with_capacity(16);
    let mut plus = false;
    for c in text.chars() {
        match c {
            '0'..='9' => digits.push(c),
            '+' if digits.is_empty() || digits == "86" || digits == "0086" => plus = true,
            c if is_separator(c) => {}
            c => {
                return Err(bad(phrase!("contact.bad.sign", sign = format!("{c:?}"))));
            }
        }
    }
    Ok((digits, plus))
}

/// Signs between the groups of a number. A comma or a slash is none: they stand between two numbers.
pub fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '.' | '(' | ')' | '[' | ']' | '_' | '~' | '\u{ad}' | '·' | '•' | '‧' | '\u{2010}'
                ..='\u{2015}'
                    | '\u{2043}'
                    | '\u{2212}'
                    | '\u{2e3a}'
                    | '\u{2e3b}'
                    | '\u{fe58}'
                    | '\u{fe63}'
                    | 'ー'
                    | '〜'
                    | '【'
                    | '】'
                    | '［'
                    | '］'
                    | '〔'
                    | '〕'
                    | '・'
                    | '。'
        )
}

fn national(digits: &str, is_international: bool) -> Result<String, BadAddress> {
    let (mut number, is_ours) = match digits.strip_prefix("0086") {
        Some(rest) => (rest, true),
        None if digits.len() == 14 && digits.starts_with("0861") => (&digits[3..], true),
        // Typed with two noughts as for a call abroad; a number from abroad is divided or has a plus.
        None if digits.len() == 13
            && digits.starts_with("001")
            && matches!(digits.as_bytes().get(3), Some(b'3'..=b'9')) =>
        {
            (&digits[2..], !is_international)
        }
        None if digits.starts_with("00") && digits.len() > 11 => (digits, false),
        None if is_international
            || digits.len() == 13
            || (digits.len() == 14 && digits.starts_with("860")) =>
        {
            match digits.strip_prefix("86") {
                Some(rest) => (rest, true),
                None => (digits, !is_international),
            }
        }
        None => (digits, true),
    };
    if !is_ours {
        return Err(bad(phrase!("contact.bad.abroad")));
    }
    // 0 in front of a mobile number was dialled for a distant town.
    if number.len() == 12 && number.starts_with("01") && !number.starts_with("010") {
        number = &number[1..];
    }
    for access in ACCESS {
        if number.len() == 16 && number.starts_with(access) {
            number = &number[access.len()..];
        }
    }
    if number.len() != 11 {
        let n = number.len();
        return Err(bad(match n {
            7 | 8 => phrase!("contact.bad.digits-of-fixed", n),
            10 if number.starts_with("400") || number.starts_with("800") => {
                phrase!("contact.bad.digits-of-service", n)
            }
            10 | 12 if number.starts_with('0') => phrase!("contact.bad.digits-of-fixed", n),
            _ => phrase!("contact.bad.digits", n),
        }));
    }
    if !number.starts_with('1') {
        return Err(bad(phrase!("contact.bad.begins-as-fixed")));
    }
    if is_filler(number) {
        return Err(bad(phrase!("contact.bad.filler-phone")));
    }
    if !matches!(number.as_bytes().get(1), Some(b'3'..=b'9')) {
        return Err(bad(phrase!("contact.bad.begins", with = &number[..2])));
    }
    Ok(number.to_owned())
}

/// Numbers that are typed to get past a form.
fn is_filler(number: &str) -> bool {
    let mut digits = number.bytes();
    let first = digits.next();
    digits.all(|digit| Some(digit) == first)
        || matches!(
            number,
            "12345678901" | "12345678910" | "12345678900" | "10987654321" | "13800138000"
        )
}

/// Whether the number is possible but looks as if somebody had only filled the cell.
pub fn is_doubtful(number: &str) -> bool {
    let tail = &number.as_bytes()[number.len().saturating_sub(8)..];
    tail.iter().all(|digit| Some(digit) == tail.first()) || tail == b"12345678"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_in_many_forms_and_are_kept_in_one() {
        for text in [
            "13800001234",
            " +86 138-0000-1234 ",
            "0086 138 0000 1234",
            "8613800001234",
            "86-13800001234",
            "（+86）13800001234",
            "(+86)138.0000.1234",
            "１３８００００１２３４",
            "＋８６－１３８００００１２３４",
            "138‐0000‑1234",
            "138–0000—1234",
            "138−0000﹣1234",
            "013800001234",
            "+86 0138 0000 1234",
            "1795113800001234",
            "tel:+8613800001234",
            "手机：13800001234",
            "Tel. 13800001234",
            "'13800001234",
            "\"13800001234\"",
            "=13800001234",
            "13800001234。",
            "13800001234;",
            "\u{202d}138 0000 1234\u{202c}",
            "13800001234.0",
            "13800001234.00",
            "1.3800001234E+10",
            "1.3800001234e10",
            "1.38000012340E+10",
            "13,800,001,234",
            "13'800'001'234",
            "13 800 001 234",
        ] {
            assert_eq!(read(text).as_deref(), Ok("13800001234"), "{text}");
        }
    }

    #[test]
    fn what_is_no_mobile_number_is_told_why() {
        for (text, why) in [
            ("1380000123", "10 digits"),
            ("138000012345", "12 digits"),
            ("02512345678", "fixed lines"),
            ("0510-1234567", "fixed lines"),
            ("400-800-1234", "service numbers"),
            ("+1 415 555 0100", "another country"),
            ("00852 1234 5678", "another country"),
            ("1.38E+10", "spreadsheet"),
            ("1.380000E+10", "spreadsheet"),
            ("1.38000012345E+10", "spreadsheet"),
            ("11111111111", "fills the cell"),
            ("12345678901", "fills the cell"),
            ("13800138000", "fills the cell"),
            ("12000001234", "begins with 12"),
            ("138****1234", "'*'"),
            ("l3800001234", "'l'"),
            ("", "0 digits"),
        ] {
            let said = read(text).unwrap_err().to_string();
            assert!(said.contains(why), "{text}: {said}");
        }
    }

    #[test]
    fn fixed_lines_are_told_apart() {
        for text in [
            "0510-12345678",
            "(0510)1234567转801",
            "010 12345678",
            "+86-510-12345678",
            "12345678-0",
            "4008001234",
        ] {
            assert_eq!(is_fixed_line(text), text != "12345678-0", "{text}");
        }
        assert!(!is_fixed_line("13800001234"));
        assert_eq!(
            without_extension("13800001234 转8001"),
            ("13800001234", true)
        );
        assert_eq!(without_extension("13800001234"), ("13800001234", false));
    }
}
