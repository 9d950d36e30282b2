//! Telegram's Bot API: the kind of its errors stands at their beginning.

use super::Blame;
use super::words::Words;

/// Blames an error description, such as `Bad Request: chat not found`.
pub fn answer(text: &str) -> Blame {
    let words = Words::of(text);
    let says = |any: &[&str]| words.has(any);
    if says(&["too many requests", "flood", "retry after"]) {
        return Blame::Pace;
    }
    if says(&["unauthorized", "invalid bot token", "not found: method"]) {
        return Blame::Account;
    }
    // The reader, or a chat that is no more.
    if says(&[
        "chat not found",
        "user not found",
        "peer_id_invalid",
        "blocked by the user",
        "user is deactivated",
        "can't initiate conversation",
        "can't send messages to bots",
        "chat was deactivated",
        "group chat was deleted",
        "chat_id is empty",
        "user_is_blocked",
        "input_user_deactivated",
        "private channel",
        "bot can't send",
        "username not occupied",
        "chat_id_invalid",
    ]) {
        return Blame::NoSuchRecipient;
    }
    if says(&[
        "message is too long",
        "message_too_long",
        "text is empty",
        "text must be non-empty",
        "can't parse",
        "must be encoded",
        "entit",
        "too long",
    ]) {
        return Blame::Message;
    }
    // The bot was put out of a chat, or may not write in it: whoever runs the chat can put it right.
    if says(&[
        "forbidden",
        "kicked",
        "not a member",
        "not enough rights",
        "have no rights",
        "administrator rights",
        "chat_write_forbidden",
        "need administrator",
    ]) {
        return Blame::Either;
    }
    if says(&[
        "internal server error",
        "bad gateway",
        "restart",
        "gateway timeout",
        "service unavailable",
    ]) {
        return Blame::Moment;
    }
    if says(&["not found"]) {
        return Blame::Account;
    }
    Blame::Either
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_is_blamed_on_whom_it_speaks_of() {
        for (text, blame) in [
            ("Unauthorized", Blame::Account),
            ("Not Found", Blame::Account),
            ("Invalid bot token", Blame::Account),
            ("Bad Request: chat not found", Blame::NoSuchRecipient),
            (
                "Forbidden: bot was blocked by the user",
                Blame::NoSuchRecipient,
            ),
            ("Forbidden: user is deactivated", Blame::NoSuchRecipient),
            (
                "Forbidden: bot is not a member of the channel chat",
                Blame::Either,
            ),
            (
                "Bad Request: not enough rights to send text messages to the chat",
                Blame::Either,
            ),
            ("Bad Request: message is too long", Blame::Message),
            ("Bad Request: message text is empty", Blame::Message),
            ("Too Many Requests: retry after 7", Blame::Pace),
            ("Internal Server Error", Blame::Moment),
            ("Bad Request: something new", Blame::Either),
        ] {
            assert_eq!(answer(text), blame, "{text}");
        }
    }
}
