//! SMS over HTTP: the words that the channel's file names first, then the status, then what answers commonly say.

use super::words::Words;
use super::{Blame, fields, http};

/// What the channel's file says of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    Refused,
    Later,
    Account,
}

/// Says in one of many ways that the message is taken.
#[rustfmt::skip]
const TAKEN: &[&str] = &[
    "success", "accepted", "queued", "sent", "submitted", "delivered", "成功", "已受理", "已接收", "已提交",
    "已发送",
];

/// Blames an answer that is not what the file calls success. The flag: the gateway may have the message.
pub fn answer(named: Option<Named>, code: u16, waits: bool, text: &str) -> (Blame, bool) {
    match named {
        Some(Named::Refused) => return (Blame::Message, false),
        Some(Named::Later) if waits || code == 429 => return (Blame::Pace, false),
        Some(Named::Later) => return (Blame::Recipient, false),
        Some(Named::Account) => return (Blame::Account, false),
        None => {}
    }
    let words = Words::of(&fields::spoken(text));
    let topics = words.topics();
    match code {
        // A success that the file does not know may mean "I have it", unless it clearly says something else.
        200..300 if words.has(TAKEN) => (Blame::Unclear, true),
        200..300 => match by_words(&Words::of(&fields::complaint(text))) {
            Some(blame) => (blame, false),
            None => (Blame::Unclear, true),
        },
        // Some gateways say everything with one of these, and mean it only in their words.
        400 | 403 | 404 | 406 | 409 | 411 | 412 | 415..=424 | 427 | 428
            if topics.recipient || topics.message || words.names_a_receiver() =>
        {
            (by_words(&words).unwrap_or(Blame::Either), false)
        }
        429 if words.is_used_up() => (Blame::Account, false),
        500 | 503 if topics.only_us() => (Blame::Account, false),
        _ => match http::status(code, waits) {
            Some(blame) => (blame, http::may_have_arrived(code)),
            None => (by_words(&words).unwrap_or(Blame::Either), false),
        },
    }
}

fn by_words(words: &Words) -> Option<Blame> {
    let topics = words.topics();
    if topics.enough {
        return Some(Blame::Recipient);
    }
    if topics.crowd || (topics.pace && !topics.recipient) {
        return Some(Blame::Pace);
    }
    match (
        topics.us || topics.quota || topics.space,
        topics.recipient,
        topics.message,
    ) {
        // It may be about this one number only.
        (true, false, false) if words.names_a_receiver() => Some(Blame::Either),
        (true, false, false) => Some(Blame::Account),
        (false, true, _) if topics.pace => Some(Blame::Recipient),
        (false, true, _) => Some(Blame::NoSuchRecipient),
        (false, false, true) => Some(Blame::Message),
        (true, _, _) => Some(Blame::Either),
        (false, false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: u16, text: &str) -> (Blame, bool) {
        answer(None, code, false, text)
    }

    #[test]
    fn what_is_about_us_is_the_accounts_in_any_words() {
        for (code, text) in [
            (401, ""),
            (402, "Payment Required"),
            (403, "Authorization failed for sendsms"),
            (404, ""),
            (302, ""),
            (407, ""),
            (
                400,
                r#"{"Code":"isv.SMS_SIGNATURE_ILLEGAL","Message":"短信签名不合法"}"#,
            ),
            (200, r#"{"Code":"isv.AMOUNT_NOT_ENOUGH"}"#),
            (200, r#"{"Code":"isv.OUT_OF_SERVICE"}"#),
            (200, r#"{"code":-2,"msg":"余额不足"}"#),
            (200, "ERR: 签名未报备"),
            (200, "模板未审核"),
            (
                200,
                r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureFailure"}}}"#,
            ),
            (
                200,
                r#"{"success":false,"rspcod":"IllegalMac"}"#.replace("success", "ok").as_str(),
            ),
            (200, "IP地址不在白名单"),
            (
                400,
                r#"{"code": 21606, "message": "The From phone number +17000000000 is not a valid, SMS-capable inbound phone number or short code for your account."}"#,
            ),
            (400, "主叫号码不合法"),
            (400, "接入号错误"),
            (200, r#"{"code":1,"msg":"template not registered"}"#),
            (
                429,
                r#"{"code": 63038, "message": "Account exceeded the 50 daily messages limit", "status": 429}"#,
            ),
            (500, "insufficient balance"),
        ] {
            assert_eq!(of(code, text), (Blame::Account, false), "{code} {text}");
        }
    }

    #[test]
    fn what_is_about_the_number_or_the_text_is_final() {
        for (code, text) in [
            (400, "invalid number"),
            (403, "number in blacklist"),
            (200, r#"{"Code":"isv.MOBILE_NUMBER_ILLEGAL"}"#),
            (200, "手机号码错误"),
            (422, "空号"),
        ] {
            assert_eq!(
                of(code, text),
                (Blame::NoSuchRecipient, false),
                "{code} {text}"
            );
        }
        for (code, text) in [
            (413, ""),
            (200, "短信内容含敏感词"),
            (400, "message too long"),
        ] {
            assert_eq!(of(code, text), (Blame::Message, false), "{code} {text}");
        }
    }

    #[test]
    fn a_success_that_is_not_understood_may_mean_that_it_has_arrived() {
        for (code, text) in [
            (200, ""),
            (200, "<html>"),
            (202, "3: Queued for later delivery"),
            (202, "提交成功，余额不足10元"),
            (204, ""),
            (
                200,
                r#"{"message-count":"1","messages":[{"to":"1","message-id":"0A","status":"0","remaining-balance":"3.14"}]}"#,
            ),
            (
                200,
                r#"{"data":[{"status":"OK","error":"0","smslog_id":"12"}],"error_string":null,"timestamp":1381851000}"#,
            ),
            (
                200,
                r#"{"statusCode":"000000","templateSMS":{"smsMessageSid":"ff80","dateCreated":"20130201155306"}}"#,
            ),
        ] {
            assert_eq!(of(code, text), (Blame::Unclear, true), "{code} {text}");
        }
    }

    #[test]
    fn pace_and_moment() {
        assert_eq!(of(429, ""), (Blame::Pace, false));
        for text in [
            r#"{"Code":"isv.BUSINESS_LIMIT_CONTROL","Message":"触发小时级流控Permits:5"}"#,
            "该号码当天发送次数超限",
        ] {
            assert_eq!(
                of(200, text),
                (Blame::Recipient, false),
                "one number has had enough: {text}"
            );
        }
        assert_eq!(of(200, "系统流控，请稍后").0, Blame::Pace);
        assert_eq!(answer(None, 503, true, ""), (Blame::Pace, false));
        assert_eq!(of(503, ""), (Blame::Moment, false));
        assert_eq!(of(504, ""), (Blame::Moment, true));
        assert_eq!(of(400, "no"), (Blame::Either, false));
        assert_eq!(of(400, "refused username=fabu&password=x").0, Blame::Either);
    }

    #[test]
    fn names_of_fields_are_no_words_of_an_error() {
        let spring = |code: u16, error: &str| {
            of(
                code,
                &format!(
                    r#"{{"timestamp":"2026-01-01T00:00:00","status":{code},"error":"{error}","path":"/template/send"}}"#
                ),
            )
        };
        assert_eq!(spring(400, "Bad Request"), (Blame::Either, false));
        assert_eq!(spring(500, "Internal Server Error"), (Blame::Moment, false));
        assert_eq!(of(400, "template"), (Blame::Either, false));
        assert_eq!(of(429, "Rate limit exceeded").0, Blame::Pace);
        let region = r#"{"code":21408,"message":"Permission to send an SMS has not been enabled for the region indicated by the 'To' number: +8190"}"#;
        assert_eq!(of(403, region), (Blame::Either, false));
    }

    #[test]
    fn the_words_of_the_file_come_first() {
        assert_eq!(
            answer(Some(Named::Refused), 200, false, "余额不足").0,
            Blame::Message
        );
        assert_eq!(
            answer(Some(Named::Account), 200, false, "E9").0,
            Blame::Account
        );
        assert_eq!(
            answer(Some(Named::Later), 400, false, "E7").0,
            Blame::Recipient
        );
    }
}
