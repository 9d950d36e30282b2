//! What a gateway's answer means for the message: the words of the channel's file, held against it in every form in which
//! they may stand there. Whose fault a failure is, `domain::blame` decides.

use std::cell::OnceCell;

use encoding_rs::Encoding;
use serde_json::Value;

use super::super::http::Answer;
use super::super::scrub::hide;
use super::super::text::holds;
use crate::channel::ChannelError;
use crate::domain::blame::sms::{Named, answer as blame};
use crate::domain::channel::{AnswerTest, ChannelDef, SmsDef, SuccessTest};
use crate::domain::delivery::Outcome;

/// Characters of the answer that are kept as the receipt.
const RECEIPT: usize = 100;

/// Bytes of one name of a gateway's, and how many names of parts are kept.
const LONGEST_ID: usize = 200;
const MOST_IDS: usize = 255;

/// How a gateway's answers are to be read.
pub(super) struct Dictionary {
    encoding: Option<&'static Encoding>,
    success: SuccessTest,
    named: [(Named, Option<AnswerTest>); 3],
    /// Where the names stand by which receipts will speak of a message.
    ids: Option<String>,
}

impl Dictionary {
    pub fn new(def: &ChannelDef, section: &SmsDef) -> Result<Self, ChannelError> {
        let mut tests = vec![("success", &section.success)];
        for (key, test) in [
            ("refused", &section.refused),
            ("later", &section.later),
            ("account", &section.account),
        ] {
            tests.extend(test.as_ref().map(|test| (key, test)));
        }
        if let Some(probe) = &section.probe {
            tests.push(("probe", &probe.success));
        }
        for (key, test) in tests {
            if test.equals.is_some() != test.json_pointer.is_some() {
                let why = "`json-pointer` and `equals` need each other";
                return Err(ChannelError::bad_value(def, key, why));
            }
            if key != "success" && key != "probe" && test.status.is_empty() && !test.has_words() {
                let why = "it says nothing; give it `status`, `body-contains`, or `json-pointer` and `equals`";
                return Err(ChannelError::bad_value(def, key, why));
            }
        }
        let encoding = match &section.encoding {
            None => None,
            Some(name) => Some(Encoding::for_label(name.trim().as_bytes()).ok_or_else(|| {
                let why =
                    format!("{name} is no encoding that is known; write GB18030, GBK or UTF-8");
                ChannelError::bad_value(def, "encoding", why)
            })?),
        };
        let receipts = section.receipts.as_ref();
        Ok(Self {
            ids: receipts.and_then(|receipts| receipts.id_pointer.clone()),
            encoding,
            success: section.success.clone(),
            named: [
                (Named::Account, section.account.clone()),
                (Named::Refused, section.refused.clone()),
                (Named::Later, section.later.clone()),
            ],
        })
    }

    /// The encoding that the file names.
    pub fn encoding(&self) -> Option<&'static Encoding> {
        self.encoding
    }

    /// `show` makes a provider's words fit to be kept. `sent` is the text that it may have repeated.
    pub fn judge(&self, answer: &Answer, sent: &str, show: impl Fn(&str) -> String) -> Outcome {
        let Answer { status, wait, .. } = answer;
        let code = status.as_u16();
        let body = answer.text(self.encoding);
        let said = match show(&body) {
            text if text.is_empty() => format!("the gateway answered {code}"),
            text => format!("the gateway answered {code}: {text}"),
        };
        let read = Read::of(code, &body);
        let accepted = || Outcome::Accepted {
            receipt: Some(show(&body).chars().take(RECEIPT).collect()),
            ids: self.ids.as_ref().map_or_else(Vec::new, |at| read.ids(at)),
        };
        // A success that the file puts into words is one, whatever else the answer holds. What it only calls a status is
        // none if the file's other words stand there.
        let succeeds = read.passes(&self.success, true);
        if succeeds && self.success.has_words() {
            return accepted();
        }
        let named = self
            .named
            .iter()
            .find(|(_, test)| test.as_ref().is_some_and(|test| read.passes(test, false)))
            .map(|(named, _)| *named);
        if succeeds && named.is_none() {
            return accepted();
        }
        // Our own words, repeated, say nothing of whose fault it is.
        let said_by_it = hide(&body, sent, " ");
        let (fault, ambiguous) = blame(named, code, wait.is_some(), &said_by_it);
        let hint = match (named, fault) {
            (None, crate::domain::blame::Blame::Account) => {
                "; check the channel's url, fields, secret and account"
            }
            (None, _) if status.is_success() => ", which is not its word for success",
            _ => "",
        };
        fault.outcome(*wait, format!("{said}{hint}"), ambiguous)
    }

    /// Whether an answer is what `test` calls success, and its text.
    pub fn is_success(&self, test: &SuccessTest, answer: &Answer) -> (bool, String) {
        let body = answer.text(self.encoding);
        let passes = Read::of(answer.status.as_u16(), &body).passes(test, true);
        (passes, body)
    }
}

/// An answer taken apart once for all tests.
struct Read<'a> {
    code: u16,
    body: &'a str,
    json: OnceCell<Option<Value>>,
}

impl<'a> Read<'a> {
    fn of(code: u16, body: &'a str) -> Self {
        let json = OnceCell::new();
        Self { code, body, json }
    }

    /// Taken apart only if a test wants to know.
    fn json(&self) -> Option<&Value> {
        let read = || serde_json::from_str(self.body).ok();
        self.json.get_or_init(read).as_ref()
    }

    /// The gateway's names for the parts of a message.
    fn ids(&self, pointer: &str) -> Vec<String> {
        let one = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let found = self.json().and_then(|json| json.pointer(pointer));
        let ids: Vec<String> = match found {
            Some(Value::Array(list)) => list.iter().filter_map(one).collect(),
            Some(value) => one(value).into_iter().collect(),
            None => Vec::new(),
        };
        let fits = |id: &String| !id.is_empty() && id.len() <= LONGEST_ID;
        ids.into_iter().filter(fits).take(MOST_IDS).collect()
    }

    /// `needs_success`: without a list of statuses it must be a 2xx.
    fn passes(&self, test: &AnswerTest, needs_success: bool) -> bool {
        let status = match test.status.as_slice() {
            [] => !needs_success || (200..300).contains(&self.code),
            listed => listed.contains(&self.code),
        };
        status && self.words_pass(test)
    }

    fn words_pass(&self, test: &AnswerTest) -> bool {
        if let Some(words) = &test.body_contains
            && !words
                .iter()
                .any(|word| holds(self.body, || self.json(), word))
        {
            return false;
        }
        let (Some(pointer), Some(wanted)) = (&test.json_pointer, &test.equals) else {
            return true;
        };
        let found = match self.json().and_then(|json| json.pointer(pointer)) {
            Some(Value::String(found)) => found.clone(),
            // A number or a flag is compared as it is written.
            Some(found) => found.to_string(),
            None => return false,
        };
        wanted.iter().any(|wanted| wanted == found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::blame::Scope;
    use encoding_rs::GBK;
    use reqwest::StatusCode;
    use serde_json::json;
    use std::time::Duration;

    fn dictionary(section: Value) -> Dictionary {
        let mut sms = json!({"url": "http://127.0.0.1/", "fields": {}});
        sms.as_object_mut()
            .unwrap()
            .extend(section.as_object().unwrap().clone());
        let def = json!({"channel": "sms", "name": "短信", "kind": "sms", "sms": sms});
        let def: ChannelDef = serde_json::from_value(def).unwrap();
        Dictionary::new(&def, def.sms.as_ref().unwrap()).unwrap()
    }

    fn verdict(section: Value, code: u16, body: impl AsRef<[u8]>) -> Outcome {
        let answer = Answer {
            status: StatusCode::from_u16(code).unwrap(),
            wait: Some(Duration::from_secs(9)),
            content_type: None,
            body: body.as_ref().to_vec(),
        };
        dictionary(section).judge(&answer, "大坝停用，每日通报", str::to_owned)
    }

    fn is_accepted(outcome: &Outcome) -> bool {
        matches!(outcome, Outcome::Accepted { .. })
    }

    fn scope(outcome: &Outcome) -> Option<(Scope, bool)> {
        match outcome {
            Outcome::Retry {
                scope, ambiguous, ..
            } => Some((*scope, *ambiguous)),
            _ => None,
        }
    }

    #[test]
    fn success_is_what_the_file_says() {
        let test = || json!({"success": {"json-pointer": "/result/code", "equals": ["0", "OK"]}});
        for body in [
            r#"{"result":{"code":0}}"#,
            r#"{"result":{"code":"0"}}"#,
            r#"{"result":{"code":"OK"}}"#,
        ] {
            let outcome = verdict(test(), 200, body);
            assert!(is_accepted(&outcome), "{outcome:?}");
        }
        for body in [r#"{"result":{"code":7}}"#, r#"{"result":{}}"#, "<html>", ""] {
            let outcome = verdict(test(), 200, body);
            assert_eq!(scope(&outcome), Some((Scope::Unclear, true)), "{outcome:?}");
        }
    }

    #[test]
    fn one_of_several_words_is_enough_in_the_gateways_encoding() {
        let test = || {
            json!({
                "encoding": "GBK",
                "success": {"status": [202], "body-contains": ["0: Accepted", "提交成功"]},
                "refused": {"body-contains": ["黑名单", "空号"]},
                "later": {"body-contains": "系统忙"},
                "account": {"json-pointer": "/code", "equals": ["-7"]},
            })
        };
        let gbk = |text: &str| GBK.encode(text).0.into_owned();
        assert!(is_accepted(&verdict(
            test(),
            202,
            gbk("0: Accepted for delivery")
        )));
        assert!(is_accepted(&verdict(test(), 202, gbk("提交成功"))));
        let refused = verdict(test(), 200, gbk("号码是空号"));
        assert!(matches!(refused, Outcome::Refused { .. }), "{refused:?}");
        let later = verdict(test(), 500, gbk("系统忙"));
        assert!(
            scope(&later).is_some_and(|(_, ambiguous)| !ambiguous),
            "{later:?}"
        );
        let account = verdict(test(), 202, gbk(r#"{"code":-7}"#));
        assert_eq!(
            scope(&account),
            Some((Scope::Account, false)),
            "{account:?}"
        );
    }

    #[test]
    fn the_files_words_for_failure_come_before_a_mere_status() {
        let test = || json!({"refused": {"body-contains": "ERR 3"}});
        let refused = verdict(test(), 200, "ERR 3");
        assert!(matches!(refused, Outcome::Refused { .. }), "{refused:?}");
        assert!(is_accepted(&verdict(test(), 200, "fine")));
    }

    #[test]
    fn whose_fault_an_answer_is_does_not_depend_on_the_file_alone() {
        for (code, wanted) in [
            (402, Scope::Account),
            (403, Scope::Account),
            (404, Scope::Account),
            (429, Scope::Pace),
            (500, Scope::Moment),
            (503, Scope::Pace),
        ] {
            let outcome = verdict(json!({}), code, "no");
            assert_eq!(
                scope(&outcome),
                Some((wanted, false)),
                "{code}: {outcome:?}"
            );
        }
        for code in [502, 504] {
            let outcome = verdict(json!({}), code, "no");
            assert_eq!(scope(&outcome), Some((Scope::Moment, true)), "{code}");
        }
    }

    #[test]
    fn a_text_that_the_gateway_repeats_is_not_taken_for_its_own_words() {
        let outcome = verdict(json!({}), 400, "cannot send: 大坝停用，每日通报");
        assert_eq!(scope(&outcome), Some((Scope::Either, false)), "{outcome:?}");
    }

    #[test]
    fn the_wait_it_asks_for_is_passed_on() {
        let Outcome::Retry { after, .. } = verdict(json!({}), 429, "slow down") else {
            panic!("not a retry");
        };
        assert_eq!(after, Some(Duration::from_secs(9)));
    }
}
