//! Whether words hold a telephone number: one that can be dialled, and no measure, date or sum.

/// Numbers of three digits that are answered everywhere: 110 警察, 114 查号, 119 消防, 120 急救, 122 交通.
const THREE: [&str; 5] = ["110", "114", "119", "120", "122"];
/// Words behind digits that make them a measure.
const UNITS: &str = "米毫厘公千吨元万亿个条件小时分天日月年级处名所间辆度户人口次号℃%％．.";

/// Whether `text` holds such a number.
pub(super) fn is_in(text: &str) -> bool {
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let from = &rest[start..];
        let len = from
            .find(|c: char| !c.is_ascii_digit() && c != '-')
            .unwrap_or(from.len());
        let (number, behind) = from.split_at(len);
        let mut next = behind.trim_start().chars();
        let unit = next.next();
        // A full stop ends a sentence; a digit behind it goes on with the number.
        let is_measure = match unit {
            Some('.') => next.next().is_some_and(|c| c.is_ascii_digit()),
            Some(c) => UNITS.contains(c),
            None => false,
        };
        if !is_measure && is_number(number.trim_matches('-')) {
            return true;
        }
        rest = behind;
    }
    false
}

fn is_number(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match digits.len() {
        3 => THREE.contains(&digits.as_str()),
        // 12345, 95598, 10010: service numbers begin with 1 or 9.
        5 | 6 => !text.contains('-') && digits.starts_with(['1', '9']),
        7..=13 => !is_date(&digits),
        _ => false,
    }
}

/// 20261125 and 2026-11-25.
fn is_date(digits: &str) -> bool {
    digits.len() == 8 && (digits.starts_with("20") || digits.starts_with("19"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_can_be_dialled_is_told_from_a_measure() {
        for text in [
            "咨询0510-0000-1203",
            "急病打120。",
            "拨打12345热线",
            "call 0510-0000-1213.",
            "停电请打95598",
            "400-820-1234",
            "13800000000",
        ] {
            assert!(is_in(text), "{text}");
        }
        for text in [
            "",
            "水深200厘米",
            "周边120米",
            "2026年",
            "11月25日8时",
            "转移12345人",
            "第117号",
            "2026-11-25",
            "20261125",
            "停水118小时",
            "300",
            "110 毫米",
            "110.5毫米",
        ] {
            assert!(!is_in(text), "{text}");
        }
    }
}
