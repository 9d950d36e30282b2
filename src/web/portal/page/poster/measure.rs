//! How wide words are in print, in squares of their type: a Chinese character fills one, a letter as much as its shape takes.
//!
//! The widths are those of the common Chinese sans-serif types, a little generous: a line that ends early is better than one
//! that runs off the sheet.

/// The width of one character.
pub fn width(c: char) -> f64 {
    match c {
        ' ' => 0.25,
        'i' | 'l' | 'j' | 'I' | '.' | ',' | ':' | ';' | '\'' | '!' | '|' => 0.28,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' | '"' => 0.37,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '&' => 0.87,
        'c' | 's' | 'v' | 'x' | 'y' | 'z' => 0.51,
        'a' | 'e' | 'g' | 'k' | '0'..='9' => 0.56,
        'a'..='z' => 0.61,
        c if c.is_ascii() => 0.65,
        _ => 1.0,
    }
}

/// The width of a text in one line.
pub fn length(text: &str) -> f64 {
    text.chars().map(width).sum()
}

/// How many lines `text` takes that are `most` wide, broken as [`breaks`] breaks them.
pub fn lines(text: &str, most: f64) -> usize {
    let chars: Vec<char> = text.chars().collect();
    breaks(&chars, most).len()
}

/// Where the lines of `chars` end that are at most `most` wide. A word is not torn unless it is longer than a line, and no line
/// begins with what closes a clause.
pub fn breaks(chars: &[char], most: f64) -> Vec<usize> {
    let is_of_word = |c: char| c.is_ascii_graphic();
    let mut ends = Vec::new();
    let (mut begin, mut gap, mut taken) = (0, 0, 0.0);
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| chars[before]);
        let is_gap = before.is_some_and(|before| !(is_of_word(before) && is_of_word(*c)));
        let closes = "，。；：！？、）》”」』】〕".contains(*c);
        if is_gap && !closes && *c != ' ' {
            gap = at;
        }
        if taken + width(*c) > most && !closes && *c != ' ' {
            let end = if gap > begin { gap } else { at };
            ends.push(end);
            begin = end;
            taken = chars[begin..at].iter().copied().map(width).sum();
        }
        taken += width(*c);
    }
    if begin < chars.len() {
        ends.push(chars.len());
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str, most: f64) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        let mut begin = 0;
        let mut out = Vec::new();
        for end in breaks(&chars, most) {
            out.push(chars[begin..end].iter().collect());
            begin = end;
        }
        out
    }

    #[test]
    fn english_fills_its_lines() {
        let text = "Residents of low-lying parts move before midnight to the school gymnasium and stay there until a notice says that it is safe to go home.";
        let lines = broken(text, 36.0);
        let filled = lines[..lines.len() - 1]
            .iter()
            .map(|line| line.chars().count());
        assert!(filled.min().unwrap() >= 62, "{lines:?}");
        assert_eq!(lines.concat(), text);
        // Chinese is as wide as it is long.
        assert_eq!(
            broken("今晚转移，请带证件", 4.0),
            ["今晚转移，", "请带证件"]
        );
    }
}
