//! What is wrong with something written as JSON, taken from what the library says of it, so that it can be said in the reader's
//! language. Must never know what the JSON is about.

use super::clip::short;
use super::phrase::{Blank, Phrase, phrase};

/// What `error` says, with its place where it names one.
pub fn phrase_of(error: &serde_json::Error) -> Phrase {
    read(&error.to_string())
}

/// The same for whoever says the place in their own way.
pub fn without_place(error: &serde_json::Error) -> Phrase {
    let said = error.to_string();
    cause(
        said.rsplit_once(" at line ")
            .map_or(&*said, |(what, _)| what),
    )
}

/// The same of what was kept of an error as text; words that are none of the library's stay as they are.
pub fn of_text(said: &str) -> Phrase {
    let is_its_own = said.contains(" at line ") || said.starts_with("EOF while");
    match is_its_own {
        true => read(said),
        false => Phrase::verbatim(said),
    }
}

fn read(said: &str) -> Phrase {
    let place = said.rsplit_once(" at line ").and_then(|(what, place)| {
        let (line, column) = place.split_once(" column ")?;
        Some((what, line.parse::<u64>().ok()?, column.parse::<u64>().ok()?))
    });
    match place {
        Some((what, line, column)) => phrase!("json.at", what = cause(what), line, column),
        None => cause(said),
    }
}

fn cause(said: &str) -> Phrase {
    if said.starts_with("EOF while parsing") {
        return phrase!("json.ends");
    }
    if let Some(name) = said.strip_prefix("missing field ") {
        return phrase!("json.missing-field", name = short(name));
    }
    if let Some(name) = said.strip_prefix("duplicate field ") {
        return phrase!("json.twice", name = short(name));
    }
    if let Some((name, known)) = named(said, "unknown field ") {
        return phrase!("json.unknown-field", name, known);
    }
    if let Some((name, known)) = named(said, "unknown variant ") {
        return phrase!("json.unknown-value", name, known);
    }
    if let Some((got, expected)) = kinds(said) {
        return phrase!("json.other-kind", got, expected);
    }
    let of_time = [
        "input contains invalid characters",
        "premature end of input",
        "trailing input",
        "input is out of range",
        "input is not enough for unique date and time",
    ];
    if of_time.contains(&said) {
        return phrase!("json.no-time");
    }
    let of_syntax = [
        "expected ",
        "trailing ",
        "key must be a string",
        "invalid number",
        "control character",
        "invalid escape",
        "lone leading surrogate",
        "invalid unicode code point",
        "unexpected end of hex escape",
        "recursion limit exceeded",
    ];
    match of_syntax.iter().any(|head| said.starts_with(head)) {
        true => {
            // Programmers read the library's own words.
            let said = Blank::Name {
                zh: String::new(),
                en: format!(" ({said})"),
            };
            phrase!("json.syntax", said)
        }
        false => phrase!("json.cannot-be-read", said),
    }
}

/// ``x`` of ``unknown field `x`, expected one of `a`, `b` ``, and what there is.
fn named(said: &str, head: &str) -> Option<(String, Blank)> {
    let (name, rest) = said.strip_prefix(head)?.split_once(", ")?;
    let known = rest.split('`').skip(1).step_by(2);
    let known: Vec<String> = known.map(|one| format!("`{one}`")).collect();
    Some((short(name).into_owned(), known.into_iter().collect()))
}

/// What stands there and what was to, as `invalid type: map, expected a string` names them.
fn kinds(said: &str) -> Option<(Phrase, Phrase)> {
    let heads = ["invalid type: ", "invalid value: ", "invalid length "];
    let rest = heads.iter().find_map(|head| said.strip_prefix(head))?;
    let (got, expected) = rest.rsplit_once(", expected ")?;
    Some((kind(got), kind(expected)))
}

/// A kind of value as the library names it.
fn kind(said: &str) -> Phrase {
    let is_number = |word: &str| {
        let (head, size) = word.split_at(word.len().min(1));
        matches!(head, "u" | "i" | "f") && (size == "size" || size.parse::<u8>().is_ok())
    };
    match said {
        "null" | "unit" | "unit value" => phrase!("json.kind.nothing"),
        "map" | "a map" => phrase!("json.kind.object"),
        "sequence" | "a sequence" => phrase!("json.kind.list"),
        "a string" | "string" | "a borrowed string" => phrase!("json.kind.text"),
        "a boolean" => phrase!("json.kind.flag"),
        word if is_number(word) => phrase!("json.kind.number"),
        word if word.starts_with("struct ") => phrase!("json.kind.object"),
        // `string "五"`, `integer `5``: what stands there, in its own words.
        word => match word.split_once(' ') {
            Some(("string" | "integer" | "boolean", value)) => Phrase::verbatim(short(value)),
            Some(("floating", value)) => {
                Phrase::verbatim(short(value.trim_start_matches("point ")))
            }
            _ => Phrase::verbatim(short(word)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::bulletin::Language;
    use crate::words::say;

    fn zh(text: &str) -> String {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Input {
            #[expect(dead_code, reason = "only read")]
            level: u32,
        }
        let error = serde_json::from_str::<Input>(text).unwrap_err();
        say(Language::ZhCn, &phrase_of(&error))
    }

    #[test]
    fn a_reader_of_chinese_is_told_in_chinese() {
        for (text, said) in [
            ("{\"level\": ", "内容没有写完"),
            ("{\"level\" 3}", "写法有误"),
            ("{}", "缺少 `level`"),
            ("{\"level\": 1, \"levle\": 2}", "没有 `levle`"),
            ("{\"level\": \"五\"}", "应为数字，现为 \"五\""),
            ("{\"level\": []}", "应为数字，现为 列表"),
            ("{\"level\": 1, \"level\": 2}", "`level` 写了两次"),
        ] {
            assert!(zh(text).contains(said), "{text}: {}", zh(text));
        }
        assert!(zh("{\n\"level\": ").starts_with("第 2 行第"));
    }
}
