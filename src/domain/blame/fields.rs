//! What a provider says, without the names of the fields in which it says it: a field `remaining-balance` says nothing of
//! a balance that is used up. Knows no provider.

use serde_json::Value;

/// Parts of the names of fields in which a provider says what is wrong.
#[rustfmt::skip]
const OF_ERRORS: &[&str] = &[
    "err", "msg", "message", "code", "desc", "reason", "detail", "status", "result", "fault", "fail", "info", "remark", "title", "rsp", "ret",
];

/// Names of fields that hold what was sent, or where it was sent to.
#[rustfmt::skip]
const OF_THE_REQUEST: &[&str] = &["path", "uri", "url", "instance", "to", "text", "content", "more_info", "trace", "stacktrace"];

/// All that was said but the names of fields, and but what only repeats the request.
pub(super) fn spoken(text: &str) -> String {
    match read(text) {
        Some(json) => values(&json, &|name| !OF_THE_REQUEST.contains(&name)),
        None => without_marks(text),
    }
}

/// What was said in fields that are there for errors; of an answer without fields all that was said.
pub(super) fn complaint(text: &str) -> String {
    match read(text) {
        Some(json) => values(&json, &|name| {
            !OF_THE_REQUEST.contains(&name) && OF_ERRORS.iter().any(|part| name.contains(part))
        }),
        None => without_marks(text),
    }
}

fn read(text: &str) -> Option<Value> {
    let json = serde_json::from_str(text).ok()?;
    matches!(json, Value::Object(_) | Value::Array(_)).then_some(json)
}

/// The texts and numbers below fields whose name is wanted, one a line.
fn values(json: &Value, wanted: &dyn Fn(&str) -> bool) -> String {
    let mut out = String::new();
    gather(json, true, wanted, &mut out);
    out
}

fn gather(json: &Value, is_wanted: bool, wanted: &dyn Fn(&str) -> bool, out: &mut String) {
    match json {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = name.to_lowercase();
                gather(value, wanted(&name), wanted, out);
            }
        }
        Value::Array(items) => {
            for item in items {
                gather(item, is_wanted, wanted, out);
            }
        }
        Value::String(text) if is_wanted => {
            out.push_str(text);
            out.push('\n');
        }
        Value::Number(number) if is_wanted => {
            out.push_str(&number.to_string());
            out.push('\n');
        }
        _ => {}
    }
}

/// Without tags, and `name=value` without the name: a gateway that repeats our own fields does not complain of our password
/// by that.
fn without_marks(text: &str) -> String {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let text = without_tags(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(end) = rest.find('=') {
        out.push_str(rest[..end].trim_end_matches(is_name));
        out.push(' ');
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    out
}

/// Only what is marked up from its beginning has tags.
fn without_tags(text: &str) -> String {
    if !text.trim_start().starts_with('<') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut is_tag = false;
    for c in text.chars() {
        match c {
            '<' => is_tag = true,
            '>' => {
                is_tag = false;
                out.push(' ');
            }
            c if !is_tag => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_fields_are_not_words() {
        let body = r#"{"messages":[{"to":"1","status":"0","remaining-balance":"3.14"}],"timestamp":1,"error":"no"}"#;
        assert_eq!(
            spoken(body).split_whitespace().collect::<Vec<_>>(),
            ["0", "3.14", "1", "no"]
        );
        assert_eq!(
            complaint(body).split_whitespace().collect::<Vec<_>>(),
            ["0", "no"]
        );
        assert_eq!(spoken("<balance>no</balance>").trim(), "no");
        assert_eq!(spoken("no password=x").trim(), "no  x");
    }
}
