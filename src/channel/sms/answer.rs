//! What a gateway's answer means for the message.

use super::super::http::Answer;
use crate::domain::channel::SuccessTest;
use crate::domain::delivery::Outcome;

/// Characters of the answer that are kept as the receipt.
const RECEIPT: usize = 100;

/// `show` makes a provider's words fit to be kept.
pub(super) fn judge(test: &SuccessTest, answer: &Answer, show: impl Fn(&str) -> String) -> Outcome {
    let Answer { status, wait, body } = answer;
    let code = status.as_u16();
    let said = || match show(body) {
        text if text.is_empty() => format!("the gateway answered {code}"),
        text => format!("the gateway answered {code}: {text}"),
    };
    let again = |why: String, ambiguous| Outcome::Retry {
        after: *wait,
        why,
        ambiguous,
    };
    let expected = match test.status.as_slice() {
        [] => status.is_success(),
        listed => listed.contains(&code),
    };
    match code {
        _ if expected && body_passes(test, body) => Outcome::Accepted {
            receipt: Some(show(body).chars().take(RECEIPT).collect()),
        },
        _ if expected => again(
            format!("{}, which is not its word for success", said()),
            false,
        ),
        // A gateway in front of the gateway gave up waiting for it.
        502 | 504 => again(said(), true),
        // These speak of the account or the address of the gateway, not of this message: the next one would fare
        // the same, and an operator can put it right before anything is given up.
        401 | 403 | 404 | 405 | 407 => again(
            format!("{}; check the channel's url, fields and secret", said()),
            false,
        ),
        408 | 425 | 429 => again(said(), false),
        400..500 => Outcome::Refused { why: said() },
        _ => again(said(), false),
    }
}

fn body_passes(test: &SuccessTest, body: &str) -> bool {
    let contains = test.body_contains.as_deref();
    if contains.is_some_and(|wanted| !body.contains(wanted)) {
        return false;
    }
    let (Some(pointer), Some(wanted)) = (&test.json_pointer, &test.equals) else {
        return true;
    };
    let json: Option<serde_json::Value> = serde_json::from_str(body).ok();
    match json.as_ref().and_then(|json| json.pointer(pointer)) {
        Some(serde_json::Value::String(found)) => found == wanted,
        // A number or a flag is compared as it is written.
        found => found.map(ToString::to_string).as_ref() == Some(wanted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::StatusCode;
    use std::time::Duration;

    fn verdict(test: &SuccessTest, code: u16, body: &str) -> Outcome {
        let answer = Answer {
            status: StatusCode::from_u16(code).unwrap(),
            wait: Some(Duration::from_secs(9)),
            body: body.into(),
        };
        judge(test, &answer, str::to_owned)
    }

    fn json_test() -> SuccessTest {
        SuccessTest {
            json_pointer: Some("/result/code".into()),
            equals: Some("0".into()),
            ..SuccessTest::default()
        }
    }

    #[test]
    fn success_is_what_the_file_says() {
        let test = json_test();
        for body in [r#"{"result":{"code":0}}"#, r#"{"result":{"code":"0"}}"#] {
            let outcome = verdict(&test, 200, body);
            assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
        }
        for body in [r#"{"result":{"code":7}}"#, r#"{"result":{}}"#, "<html>", ""] {
            let outcome = verdict(&test, 200, body);
            assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
        }
    }

    #[test]
    fn only_an_answer_about_the_message_is_final() {
        let test = SuccessTest::default();
        for code in [400, 402, 410, 413, 422] {
            assert!(
                matches!(verdict(&test, code, "no"), Outcome::Refused { .. }),
                "{code}"
            );
        }
        for code in [302, 401, 403, 404, 408, 429, 500, 503] {
            let outcome = verdict(&test, code, "no");
            assert!(
                matches!(
                    outcome,
                    Outcome::Retry {
                        ambiguous: false,
                        ..
                    }
                ),
                "{code}: {outcome:?}"
            );
        }
        for code in [502, 504] {
            let outcome = verdict(&test, code, "no");
            assert!(
                matches!(
                    outcome,
                    Outcome::Retry {
                        ambiguous: true,
                        ..
                    }
                ),
                "{code}"
            );
        }
    }

    #[test]
    fn the_wait_it_asks_for_is_passed_on() {
        let Outcome::Retry { after, .. } = verdict(&SuccessTest::default(), 429, "slow down")
        else {
            panic!("not a retry");
        };
        assert_eq!(after, Some(Duration::from_secs(9)));
    }
}
