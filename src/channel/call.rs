//! A call from outside to a channel's own address, taken apart into records of fields: a query, a form, or JSON with its objects
//! at any depth, in whatever encoding. What is sent decides, and not what its head calls it. Nothing is kept but the fields that
//! are asked for, so a call takes little more room than its bytes. Must not know what the fields mean.

use encoding_rs::{Encoding, UTF_8};
use percent_encoding::percent_decode;
use serde_json::Value;

use super::Fields;
use super::text::{decode, is_utf8, label};

/// How many records one call may hold.
const MOST_RECORDS: usize = 1_000;

/// Bytes of a value that is looked at: no provider says more of a message.
const MOST_VALUE: usize = 512;

/// What was sent.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    pub query: &'a str,
    pub content_type: Option<&'a str>,
    pub body: &'a [u8],
}

/// What of a call is read, and in which encoding if it does not say.
struct Reading<'a> {
    wanted: &'a [&'a str],
    encoding: Option<&'static Encoding>,
}

impl Call<'_> {
    /// The `wanted` fields of each record; None when the call cannot be read, or holds too many.
    pub(super) fn records(
        &self,
        wanted: &[&str],
        encoding: Option<&'static Encoding>,
    ) -> Option<Vec<Fields>> {
        let named = self.content_type.and_then(|kind| label(kind, "charset="));
        let named = named.filter(|found| *found != UTF_8 || is_utf8(self.body));
        let encoding = named.or(encoding);
        let reading = Reading { wanted, encoding };
        let mut around = reading.form(self.query.as_bytes());
        let body = self.body.strip_prefix("\u{feff}".as_bytes());
        let body = body.unwrap_or(self.body).trim_ascii();
        match body.first() {
            None => Some(vec![around]),
            Some(b'{' | b'[') => {
                let json = serde_json::from_str(&decode(body, encoding, None)).ok()?;
                let mut found = Vec::new();
                reading.gather(&json, &around, &mut found);
                if found.is_empty() {
                    found.push(around);
                }
                (found.len() <= MOST_RECORDS).then_some(found)
            }
            Some(first) if *first != b'<' && body.contains(&b'=') => {
                around.extend(reading.form(body));
                Some(vec![around])
            }
            Some(_) => None,
        }
    }
}

impl Reading<'_> {
    fn form(&self, form: &[u8]) -> Fields {
        let pairs = form.split(|byte| *byte == b'&').filter_map(|pair| {
            let middle = pair.iter().position(|byte| *byte == b'=')?;
            let (name, value) = (self.plain(&pair[..middle]), &pair[middle + 1..]);
            let is_wanted = self.wanted.contains(&&*name) && value.len() <= 3 * MOST_VALUE;
            is_wanted.then(|| (name, self.plain(value)))
        });
        pairs.take(self.wanted.len()).collect()
    }

    fn plain(&self, text: &[u8]) -> String {
        let spaced = text
            .iter()
            .map(|byte| if *byte == b'+' { b' ' } else { *byte });
        let spaced: Vec<u8> = spaced.collect();
        let bytes: Vec<u8> = percent_decode(&spaced).collect();
        decode(&bytes, self.encoding.filter(|_| !is_utf8(&bytes)), None)
    }

    /// An object with a wanted field is a record, with those of what is around it, unless one within it is.
    fn gather(&self, json: &Value, around: &Fields, found: &mut Vec<Fields>) {
        if found.len() > MOST_RECORDS {
            return;
        }
        match json {
            Value::Array(list) => list.iter().for_each(|one| self.gather(one, around, found)),
            Value::Object(object) => {
                let wanted = self.wanted.iter();
                let mut own: Fields = wanted
                    .filter_map(|name| Some(((*name).to_owned(), plain(object.get(*name)?)?)))
                    .collect();
                let is_record = !own.is_empty();
                let further = around
                    .iter()
                    .filter(|(name, _)| !object.contains_key(name))
                    .cloned();
                own.extend(further.collect::<Fields>());
                let before = found.len();
                let within = object
                    .values()
                    .filter(|one| one.is_array() || one.is_object());
                within.for_each(|one| self.gather(one, &own, found));
                if is_record && found.len() == before {
                    found.push(own);
                }
            }
            _ => {}
        }
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => (text.len() <= MOST_VALUE).then(|| text.clone()),
        // Some write 1.0 for 1.
        Value::Number(number) => Some(match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 => format!("{float:.0}"),
            _ => number.to_string(),
        }),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::GBK;

    fn read(query: &str, kind: Option<&str>, body: impl AsRef<[u8]>) -> Option<Vec<String>> {
        let call = Call {
            query,
            content_type: kind,
            body: body.as_ref(),
        };
        let records = call.records(&["id", "type", "why"], Some(GBK))?;
        let line = |fields: &Fields| {
            let pairs = fields.iter().map(|(name, value)| format!("{name}={value}"));
            pairs.collect::<Vec<_>>().join(" ")
        };
        Some(records.iter().map(line).collect())
    }

    #[test]
    fn what_is_sent_decides_and_not_what_it_is_called() {
        let form = Some("Application/X-WWW-Form-Urlencoded");
        let json = r#"{"id":"a","type":1.0,"size":9}"#;
        let marked = format!("\u{feff}{json}");
        for (kind, body) in [
            (form, "id=a&type=1&size=9"),
            (None, "id=a&type=1"),
            (Some("text/plain"), "type=1&id=a"),
            (form, json),
            (None, json),
            (Some("application/json; charset=utf-8"), &marked),
        ] {
            let mut said = read("", kind, body).unwrap();
            said.iter_mut().for_each(|one| {
                let mut words: Vec<&str> = one.split(' ').collect();
                words.sort_unstable();
                *one = words.join(" ");
            });
            assert_eq!(said, ["id=a type=1"], "{kind:?} {body}");
        }
        for unreadable in ["{", "<id>1</id>", "<a b='c'/>", "hello"] {
            assert_eq!(read("", None, unreadable), None, "{unreadable}");
        }
    }

    #[test]
    fn words_are_read_in_the_gateways_encoding() {
        let gbk = |text: &str| GBK.encode(text).0.into_owned();
        for (kind, body) in [
            (None, b"why=%BF%D5%BA%C5".to_vec()),
            (None, gbk("why=空号")),
            (None, "why=空号".into()),
            (None, gbk(r#"{"why":"空号"}"#)),
            (
                Some("application/json; charset=GB18030"),
                gbk(r#"{"why":"空号"}"#),
            ),
            (
                Some("application/json; charset=utf-8"),
                r#"{"why":"空号"}"#.into(),
            ),
            (
                Some("application/json; charset=utf-8"),
                gbk(r#"{"why":"空号"}"#),
            ),
        ] {
            assert_eq!(read("", kind, &body).unwrap(), ["why=空号"], "{kind:?}");
        }
        assert_eq!(read("why=%BF%D5%BA%C5", None, "").unwrap(), ["why=空号"]);
    }

    #[test]
    fn an_object_is_a_record_unless_one_within_it_is() {
        for (json, records) in [
            (r#"{"id":"a","type":"1","errors":[]}"#, &["id=a type=1"][..]),
            (
                r#"{"id":"a","type":"1","to":["138"],"more":{}}"#,
                &["id=a type=1"],
            ),
            (
                r#"{"id":"a","type":"1","to":[{"code":5}]}"#,
                &["id=a type=1"],
            ),
            (
                r#"{"type":"1","list":[{"id":"a"},{"id":"b","type":2}]}"#,
                &["id=a type=1", "id=b type=2"],
            ),
            (
                r#"[[{"id":"a"}],{"x":{"y":{"id":"b"}}}]"#,
                &["id=a", "id=b"],
            ),
            ("[]", &["type=0"]),
        ] {
            let query = if json == "[]" { "type=0" } else { "" };
            assert_eq!(read(query, None, json).unwrap(), records, "{json}");
        }
    }

    #[test]
    fn a_call_takes_no_more_room_than_the_fields_that_are_asked_for() {
        let name = "n".repeat(200_000);
        let records = "{\"id\":\"a\"},".repeat(900);
        let body = format!("{{\"{name}\":1,\"id\":\"{name}\",\"r\":[{records}{{\"id\":\"b\"}}]}}");
        let said = read("", None, body).unwrap();
        assert_eq!((said.len(), said.concat().len()), (901, 901 * 4));
        assert_eq!(read("", None, format!("[{records}{records}{{}}]")), None);
    }
}
