//! Makes a provider's words fit for logs and tables: one short line without secrets and without whole addresses.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Secret;
use crate::domain::contact::mask_address;

/// Characters of a provider's answer that are kept.
const KEPT: usize = 200;

/// Digits of a telephone number.
const NUMBER: usize = 11;

/// What form encoding leaves as it is.
const FORM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'*');

/// `text` on one line, at most 200 characters, with every secret and the address starred out, as they are and as
/// they look in a URL.
pub(super) fn scrub(text: &str, address: &str, secrets: &[&Secret]) -> String {
    let mut out = text.to_owned();
    for secret in secrets {
        out = hide(&out, secret.expose(), "***");
    }
    // Providers repeat a number with and without its country code.
    let shown = mask_address(address);
    if shown != address {
        for form in [
            address,
            address.trim_start_matches('+'),
            address.trim_start_matches("+86"),
        ] {
            out = hide(&out, form, &shown);
        }
    }
    let line = out.split(|c: char| c.is_whitespace() || c.is_control());
    let line = line.filter(|word| !word.is_empty()).collect::<Vec<_>>();
    let line = line.join(" ");
    match line.char_indices().nth(KEPT) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// As [`scrub`], where nobody knows whose number stands there: whatever is as long as one is starred out.
pub(super) fn scrub_numbers(text: &str, secrets: &[&Secret]) -> String {
    // Secrets first, for digits within one would be cut out of it and the rest shown.
    let text = scrub(text, "", secrets);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let digits = &rest[start..];
        let end = digits.find(|c: char| !c.is_ascii_digit());
        let (run, after) = digits.split_at(end.unwrap_or(digits.len()));
        out.push_str(&rest[..start]);
        match run.len() >= NUMBER {
            true => out.push_str(&mask_address(run)),
            false => out.push_str(run),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

pub(super) fn hide(text: &str, what: &str, shown: &str) -> String {
    // Hiding a letter or two would garble the text and protect nothing.
    if what.len() < 4 {
        return text.to_owned();
    }
    let form = utf8_percent_encode(what, FORM).to_string();
    [
        what.to_owned(),
        utf8_percent_encode(what, NON_ALPHANUMERIC).to_string(),
        form.replace("%20", "+"),
        form,
    ]
    .iter()
    .fold(text.to_owned(), |text, form| text.replace(form, shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_repeats_everything_gives_nothing_away() {
        let answer =
            "to=%2B8613800001234&password=p%40ss-word\r\nunknown user 13800001234, p@ss-word";
        assert_eq!(
            scrub(answer, "+8613800001234", &[&Secret::new("p@ss-word")]),
            "to=+86138****1234&password=*** unknown user +86138****1234, ***"
        );
    }

    #[test]
    fn whoevers_number_it_is_it_is_not_shown() {
        let said = "absent 13810000003, +8613810000003 cb https://a/receipts/sms/s3cret-42-s3cret-42 at 2607011103 err 001";
        assert_eq!(
            scrub_numbers(said, &[&Secret::new("s3cret-42-s3cret-42")]),
            "absent 138****0003, +861****0003 cb https://a/receipts/sms/*** at 2607011103 err 001"
        );
    }

    #[test]
    fn a_page_of_html_becomes_a_line() {
        let shown = scrub(&"汛".repeat(5000), "group", &[]);
        assert_eq!(shown.chars().count(), KEPT + 1);
    }
}
