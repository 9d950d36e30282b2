//! A provider's answer as text, in whatever encoding it came, and the forms in which a word may stand in it.

use encoding_rs::{Encoding, GB18030, UTF_8};
use serde_json::Value;

/// Reads `body` in `encoding`; without one as a byte order mark, the header or the document itself says, and otherwise as
/// UTF-8 or, when it is none, as GB18030, which is what gateways here speak without saying so.
pub(super) fn decode(
    body: &[u8],
    encoding: Option<&'static Encoding>,
    content_type: Option<&str>,
) -> String {
    // The common case: most answers are a line of ASCII, which nearly all encodings write alike.
    if body.is_ascii() && encoding.is_none_or(Encoding::is_ascii_compatible) {
        return String::from_utf8_lossy(body).into_owned();
    }
    let named = Encoding::for_bom(body)
        .map(|(found, _)| found)
        .or(encoding)
        .or_else(|| content_type.and_then(|text| label(text, "charset=")))
        .or_else(|| {
            let head = String::from_utf8_lossy(&body[..body.len().min(400)]).into_owned();
            label(&head, "encoding=").or_else(|| label(&head, "charset="))
        });
    let encoding = match named {
        // Many say UTF-8 of what is none.
        Some(found) if found == UTF_8 && !is_utf8(body) && encoding.is_none() => GB18030,
        Some(found) => found,
        None if is_utf8(body) => UTF_8,
        None => GB18030,
    };
    encoding.decode(body).0.into_owned()
}

/// Whether it is UTF-8, up to a character that the end cuts off.
pub(super) fn is_utf8(body: &[u8]) -> bool {
    match std::str::from_utf8(body) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}

/// The encoding that stands behind `key`.
pub(super) fn label(text: &str, key: &str) -> Option<&'static Encoding> {
    let lower = text.to_ascii_lowercase();
    let (_, rest) = lower.split_once(key)?;
    let name: String = rest
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    Encoding::for_label(name.as_bytes())
}

/// Whether `word` stands in an answer: as it came, or in what its JSON or XML says.
pub(super) fn holds<'a>(body: &str, json: impl FnOnce() -> Option<&'a Value>, word: &str) -> bool {
    if body.contains(word) {
        return true;
    }
    if let Some(json) = json() {
        return json.to_string().contains(word) || leaf_holds(json, word);
    }
    body.trim_start().starts_with('<') && xml_text(body).contains(word)
}

fn leaf_holds(json: &Value, word: &str) -> bool {
    match json {
        Value::String(text) => text.contains(word),
        Value::Array(list) => list.iter().any(|one| leaf_holds(one, word)),
        Value::Object(map) => map.values().any(|one| leaf_holds(one, word)),
        other => other.to_string().contains(word),
    }
}

/// The text of an XML or HTML answer, with its references resolved; what cannot be read ends it.
fn xml_text(body: &str) -> String {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(body);
    let mut out = String::new();
    // An answer is at most 64 KiB, so the loop ends.
    loop {
        match reader.read_event() {
            Ok(Event::Text(text)) => out.push_str(&text),
            Ok(Event::CData(text)) => out.push_str(&text),
            Ok(Event::GeneralRef(name)) => {
                let name: &str = &name;
                let resolved =
                    quick_xml::escape::unescape(&format!("&{name};")).map(|text| text.into_owned());
                out.push_str(&resolved.unwrap_or_default());
            }
            Ok(Event::Eof) | Err(_) => return out,
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{GBK, UTF_16LE};

    #[test]
    fn an_answer_is_read_in_its_own_encoding() {
        let gbk = GBK.encode("提交成功").0.into_owned();
        for (encoding, content_type) in [
            (Some(GBK as &'static Encoding), None),
            (None, Some("text/plain; charset=GBK")),
            (None, Some("text/plain; charset=\"gb2312\"")),
            (None, Some("text/plain; charset=utf-8")),
            (None, Some("text/plain")),
            (None, None),
        ] {
            assert_eq!(
                decode(&gbk, encoding, content_type),
                "提交成功",
                "{content_type:?}"
            );
        }
        assert_eq!(
            decode("提交成功".as_bytes(), None, Some("text/html")),
            "提交成功"
        );
        let declared = GBK
            .encode("<?xml version=\"1.0\" encoding=\"GBK\"?><m>成功</m>")
            .0
            .into_owned();
        assert!(decode(&declared, None, None).contains("成功"));
        assert_eq!(decode(b"\xff\xfe\x10\x62", Some(UTF_16LE), None), "成");
        assert_eq!(
            decode("成功".as_bytes()[..5].as_ref(), None, None),
            "成\u{fffd}"
        );
    }

    #[test]
    fn a_word_is_found_in_text_json_and_xml() {
        for (body, word) in [
            ("3: Queued for later delivery", "3: Queued"),
            (r#"{"code": 0}"#, r#""code":0"#),
            (r#"{"msg":"\u63d0\u4ea4\u6210\u529f"}"#, "提交成功"),
            (r#"{"a":[{"code":7}]}"#, "7"),
            ("<r><m>&#25552;&#20132;&#25104;&#21151;</m></r>", "提交成功"),
            ("<r><![CDATA[a<b]]></r>", "a<b"),
            ("<r><m>a &amp; b</m></r>", "a & b"),
        ] {
            let json: Option<Value> = serde_json::from_str(body).ok();
            assert!(holds(body, || json.as_ref(), word), "{word} in {body}");
        }
        assert!(!holds("<r><m>no</m></r>", || None, "yes"));
    }
}
