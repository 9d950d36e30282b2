//! What a plain scalar of YAML means.

use serde_json::{Number, Value};

/// The value of a plain scalar by the YAML 1.2 core schema, except that a number with a head of zeros stays text:
/// it is a code or a telephone number, never a quantity.
pub(super) fn core(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return Value::String(text.to_owned());
    }
    let padded = digits.len() > 1
        && digits.starts_with('0')
        && digits.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    if !padded {
        if digits.bytes().all(|b| b.is_ascii_digit()) {
            let plain = text.strip_prefix('+').unwrap_or(text);
            if let Ok(number) = plain.parse::<i64>() {
                return Value::Number(number.into());
            }
        }
        let radix = |head: &str, radix: u32| {
            text.strip_prefix(head)
                .and_then(|rest| i64::from_str_radix(rest, radix).ok())
        };
        if let Some(number) = radix("0x", 16).or_else(|| radix("0o", 8)) {
            return Value::Number(number.into());
        }
        let is_float = digits
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
        if is_float
            && let Ok(number) = text.parse::<f64>()
            && let Some(number) = Number::from_f64(number)
        {
            return Value::Number(number);
        }
    }
    Value::String(text.to_owned())
}
