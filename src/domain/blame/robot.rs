//! Group robots. Final are only answers about the text itself; whatever is about the signature, the clock, the token,
//! the address we come from, the keyword or the pace can be put right or passes.

use std::time::Duration;

use super::words::Words;
use super::{Blame, fields, http};

/// What a maker says of its codes: whose fault each is, and the seconds to wait then.
pub type Codes = fn(i64) -> Option<(Blame, u64)>;

/// Blames a code that is not success, with the wait that the maker documents for it.
pub fn code(codes: Codes, code: i64, text: &str) -> (Blame, Option<Duration>) {
    match codes(code) {
        Some((blame, seconds)) => (blame, (seconds > 0).then(|| Duration::from_secs(seconds))),
        None => (by_words(text), None),
    }
}

/// Blames an answer in which the robot itself did not speak. The flag: the message may be out.
pub fn without_code(status: u16, waits: bool) -> (Blame, bool) {
    match http::status(status, waits) {
        _ if (200..300).contains(&status) => (Blame::Unclear, true),
        Some(blame) => (blame, http::may_have_arrived(status)),
        None => (Blame::Unclear, false),
    }
}

fn by_words(text: &str) -> Blame {
    let words = Words::of(&fields::spoken(text));
    let topics = words.topics();
    match (topics.us || topics.quota, topics.message) {
        _ if topics.pace || topics.crowd => Blame::Pace,
        (true, _) => Blame::Account,
        (false, true) => Blame::Message,
        (false, false)
            if words.has(&["busy", "timeout", "time out", "internal", "繁忙", "超时"]) =>
        {
            Blame::Moment
        }
        (false, false) => Blame::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::channel::{dingtalk, feishu, wecom};

    const DINGTALK: Codes = dingtalk::blame;
    const FEISHU: Codes = feishu::blame;
    const WECOM: Codes = wecom::blame;

    #[test]
    fn only_what_is_about_the_text_is_final() {
        for (maker, number, text) in [
            (DINGTALK, 430_102, "不合适的文本"),
            (DINGTALK, 460_101, "消息内容过长"),
            (
                FEISHU,
                230_025,
                "The length of the message content reaches its limit",
            ),
            (WECOM, 44004, "empty content"),
            (WECOM, 45002, "content size out of limit"),
            (
                WECOM,
                40058,
                "invalid Request Parameter, content exceeds max length 2048",
            ),
            (FEISHU, 77, "message content contains sensitive information"),
        ] {
            assert_eq!(
                code(maker, number, text).0,
                Blame::Message,
                "{number} {text}"
            );
        }
        for (maker, number, text) in [
            (DINGTALK, 310_000, "description:机器人发送签名过期"),
            (
                DINGTALK,
                310_000,
                "description:关键词不匹配;solution:请联系群管理员查看此机器人的关键词",
            ),
            (DINGTALK, 310_000, "keywords not in content"),
            (DINGTALK, 300_001, "token is not exist"),
            (DINGTALK, 400_013, "群已被解散"),
            (DINGTALK, 400_102, "机器人已停用"),
            (
                FEISHU,
                19001,
                "param invalid: incoming webhook access token invalid",
            ),
            (
                FEISHU,
                19021,
                "sign match fail or timestamp is not within one hour from current time",
            ),
            (FEISHU, 19022, "Ip Not Allowed"),
            (FEISHU, 19024, "Key Words Not Found"),
            (WECOM, 93000, "invalid webhook url"),
            (WECOM, 93008, "not in white list"),
            (WECOM, 60020, "not allow to access from your ip"),
            (WECOM, 424_242, "invalid access token"),
        ] {
            assert_eq!(
                code(maker, number, text).0,
                Blame::Account,
                "{number} {text}"
            );
        }
    }

    #[test]
    fn throttles_wait_as_documented_and_what_nobody_knows_is_not_final() {
        assert_eq!(
            code(DINGTALK, 410_100, ""),
            (Blame::Pace, Some(Duration::from_secs(600)))
        );
        assert_eq!(
            code(DINGTALK, 1111, ""),
            (Blame::Pace, Some(Duration::from_secs(300)))
        );
        assert_eq!(
            code(WECOM, 45009, ""),
            (Blame::Pace, Some(Duration::from_secs(60)))
        );
        assert_eq!(
            code(FEISHU, 11232, ""),
            (Blame::Pace, Some(Duration::from_secs(1)))
        );
        for maker in [DINGTALK, FEISHU, WECOM] {
            assert_eq!(code(maker, 987_654, "something new").0, Blame::Unclear);
            assert_eq!(code(maker, 987_654, "system busy").0, Blame::Moment);
        }
    }
}
