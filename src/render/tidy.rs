//! Text made fit to send: single lines stay single lines, and nothing invisible gets through.

use crate::domain::invisible::{deceives as is_invisible, visible};

/// One line: line breaks, tabs and runs of spaces become one space, invisible characters go.
pub fn line(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|c| {
            if c.is_control() || is_break(c) {
                ' '
            } else {
                c
            }
        })
        .filter(|c| !is_invisible(*c))
        .collect();
    let mut out = String::with_capacity(visible.len());
    for word in visible.split(' ').filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Paragraphs: no control characters but line breaks, no spaces at line ends, one empty line at most.
pub fn paragraphs(text: &str) -> String {
    let text = text
        .replace("\r\n", "\n")
        .replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    let mut out = String::with_capacity(text.len());
    let mut gap = 0;
    for line in text.split('\n') {
        let line: String = line
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .filter(|c| !is_invisible(*c))
            .collect();
        let line = line.trim_end();
        if line.is_empty() {
            gap += 1;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if gap > 0 { "\n\n" } else { "\n" });
        }
        gap = 0;
        out.push_str(line);
    }
    out
}

/// `text` without the stop that a fact brought along where the template has one too: the template's stays, unless the fact
/// ends in an exclamation or a question. Three stops and more are an ellipsis that somebody meant.
pub fn stops_once(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut n = 0;
    while n < chars.len() {
        let end = (n..chars.len())
            .find(|at| !is_stop(chars[*at]))
            .unwrap_or(chars.len());
        match chars[n..end] {
            [fact, template] => out.extend(one_stop(fact, template)),
            ref others => out.extend(others),
        }
        match chars.get(end) {
            Some(next) => out.push(*next),
            None => break,
        }
        n = end + 1;
    }
    out
}

/// What is left of two stops in a row.
fn one_stop(fact: char, template: char) -> impl Iterator<Item = char> {
    let both = match (fact, template) {
        ('！' | '？' | '!' | '?', '。' | '.') => [Some(fact), None],
        ('。' | '；' | '，' | '.' | ';', '。' | '；' | '，') | ('.', '.') => {
            [Some(template), None]
        }
        _ => [Some(fact), Some(template)],
    };
    both.into_iter().flatten()
}

fn is_stop(c: char) -> bool {
    matches!(c, '。' | '；' | '，' | '！' | '？' | '.' | ';' | '!' | '?')
}

/// Whether nobody would see anything of it.
pub fn is_blank(text: &str) -> bool {
    visible(text).is_empty()
}

fn is_break(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paragraphs_keep_their_shape() {
        assert_eq!(
            paragraphs("\n一、\r\n二、  \n\n\n\n三、\t甲\n"),
            "一、\n二、\n\n三、 甲"
        );
    }

    #[test]
    fn a_stop_stands_once() {
        for (woven, text) in [
            ("全市普降大雨。。已启动；。", "全市普降大雨。已启动。"),
            ("全市普降大雨。；", "全市普降大雨；"),
            ("快撤！。水大。", "快撤！水大。"),
            ("Heavy rain.. Stay in.", "Heavy rain. Stay in."),
            ("Heavy rain.。", "Heavy rain。"),
            ("e.g., 3.5 m; wait... go", "e.g., 3.5 m; wait... go"),
            ("等。。。", "等。。。"),
            ("。", "。"),
            ("", ""),
        ] {
            assert_eq!(stops_once(woven), text);
        }
    }

    #[test]
    fn a_title_that_nobody_can_see_is_none() {
        for text in [
            "\u{3164}",
            "\u{2800}",
            "\u{200d}\u{fe0f}",
            "\u{e0041}\u{61c}",
            "\u{a0}",
        ] {
            assert!(is_blank(text), "{text:?}");
        }
        assert_eq!(line("撤\u{61c}离\u{e0041}"), "撤离");
    }

    proptest! {
        #[test]
        fn a_line_is_one_line_whatever_comes(text in any::<String>()) {
            let line = line(&text);
            let stranger = line.chars().find(|c| c.is_control() || is_break(*c) || is_invisible(*c));
            prop_assert_eq!(stranger, None);
        }

        #[test]
        fn tidying_twice_changes_nothing(text in any::<String>()) {
            let once = paragraphs(&text);
            prop_assert_eq!(paragraphs(&once), once);
        }
    }
}
