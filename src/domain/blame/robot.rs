//! Group robots. Final are only answers about the text itself; whatever is about the signature, the clock, the token,
//! the address we come from, the keyword or the pace can be put right or passes.

use std::time::Duration;

use super::words::Words;
use super::{Blame, fields, http};
use crate::domain::channel::ChannelKind;

/// Blames a code that is not success, with the wait that the maker documents for it.
pub fn code(maker: ChannelKind, code: i64, text: &str) -> (Blame, Option<Duration>) {
    let known = match maker {
        ChannelKind::Dingtalk => dingtalk(code),
        ChannelKind::Feishu => feishu(code),
        ChannelKind::Wecom => wecom(code),
        _ => None,
    };
    match known {
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

fn dingtalk(code: i64) -> Option<(Blame, u64)> {
    Some(match code {
        // Sent too fast: the robot is silenced for ten minutes.
        130_101 | 410_100 | 660_026 => (Blame::Pace, 600),
        // Shut out by what stands before the robots, as is said there for some minutes.
        1111 => (Blame::Pace, 300),
        // Keyword, signature, timestamp or IP address.
        310_000 => (Blame::Account, 0),
        // Token or robot gone, switched off or moved; the group dissolved; no permission.
        300_001 | 300_005 | 400_013 | 400_101 | 400_102 | 400_105 | 400_106 => (Blame::Account, 0),
        40_014 | 40_078 | 42_001 | 88 | 33_001..=33_012 | 60_011 | 60_020 | 52_013 | 90_018 => {
            (Blame::Account, 0)
        }
        // Links and words that are not let through; too long; empty.
        430_101..=430_104 | 460_101 | 460_102 | 40_055 | 41_011 => (Blame::Message, 0),
        -1 | 15 => (Blame::Moment, 0),
        _ => return None,
    })
}

fn feishu(code: i64) -> Option<(Blame, u64)> {
    Some(match code {
        // More than 5 a second or 100 a minute, or the rush at a full hour.
        11232 | 11233 | 11247 | 99_991_400 | 230_020 => (Blame::Pace, 1),
        // Address not valid or not found; signature or timestamp; IP address; keyword; robot switched off.
        19001 | 19003 | 19005 | 19006 | 19007 | 19021 | 19022 | 19024 => (Blame::Account, 0),
        230_002 | 230_006 | 230_013 | 230_018 | 99_991_661..=99_991_679 => (Blame::Account, 0),
        // Longer than is taken; words that are not let through.
        230_022 | 230_025 | 230_028 => (Blame::Message, 0),
        11231 | 19008 => (Blame::Moment, 0),
        _ => return None,
    })
}

fn wecom(code: i64) -> Option<(Blame, u64)> {
    Some(match code {
        // More than 20 messages in a minute; too many at once.
        45009 | 45033 | 45047 => (Blame::Pace, 60),
        // Key not valid, robot taken out or switched off, address not allowed.
        93000 | 93004 | 93006 | 93007 | 93008 | 93017 => (Blame::Account, 0),
        40001
        | 40013
        | 40014
        | 41001
        | 42001
        | 48001..=48004
        | 50001..=50003
        | 60011
        | 60020
        | 301_002 => (Blame::Account, 0),
        // Empty; too long; words that are not let through.
        44004 | 45002 | 45003 | 45008 | 40096 => (Blame::Message, 0),
        -1 | 45035 => (Blame::Moment, 0),
        _ => return None,
    })
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
    use ChannelKind::{Dingtalk, Feishu, Wecom};

    #[test]
    fn only_what_is_about_the_text_is_final() {
        for (maker, number, text) in [
            (Dingtalk, 430_102, "不合适的文本"),
            (Dingtalk, 460_101, "消息内容过长"),
            (
                Feishu,
                230_025,
                "The length of the message content reaches its limit",
            ),
            (Wecom, 44004, "empty content"),
            (Wecom, 45002, "content size out of limit"),
            (
                Wecom,
                40058,
                "invalid Request Parameter, content exceeds max length 2048",
            ),
            (Feishu, 77, "message content contains sensitive information"),
        ] {
            assert_eq!(
                code(maker, number, text).0,
                Blame::Message,
                "{number} {text}"
            );
        }
        for (maker, number, text) in [
            (Dingtalk, 310_000, "description:机器人发送签名过期"),
            (
                Dingtalk,
                310_000,
                "description:关键词不匹配;solution:请联系群管理员查看此机器人的关键词",
            ),
            (Dingtalk, 310_000, "keywords not in content"),
            (Dingtalk, 300_001, "token is not exist"),
            (Dingtalk, 400_013, "群已被解散"),
            (Dingtalk, 400_102, "机器人已停用"),
            (
                Feishu,
                19001,
                "param invalid: incoming webhook access token invalid",
            ),
            (
                Feishu,
                19021,
                "sign match fail or timestamp is not within one hour from current time",
            ),
            (Feishu, 19022, "Ip Not Allowed"),
            (Feishu, 19024, "Key Words Not Found"),
            (Wecom, 93000, "invalid webhook url"),
            (Wecom, 93008, "not in white list"),
            (Wecom, 60020, "not allow to access from your ip"),
            (Wecom, 424_242, "invalid access token"),
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
            code(Dingtalk, 410_100, ""),
            (Blame::Pace, Some(Duration::from_secs(600)))
        );
        assert_eq!(
            code(Dingtalk, 1111, ""),
            (Blame::Pace, Some(Duration::from_secs(300)))
        );
        assert_eq!(
            code(Wecom, 45009, ""),
            (Blame::Pace, Some(Duration::from_secs(60)))
        );
        assert_eq!(
            code(Feishu, 11232, ""),
            (Blame::Pace, Some(Duration::from_secs(1)))
        );
        for maker in [Dingtalk, Feishu, Wecom] {
            assert_eq!(code(maker, 987_654, "something new").0, Blame::Unclear);
            assert_eq!(code(maker, 987_654, "system busy").0, Blame::Moment);
        }
    }
}
