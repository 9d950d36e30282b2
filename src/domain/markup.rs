//! Words inside HTML.

/// `text` as words between tags or in an attribute.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_markup() {
        assert_eq!(
            escaped("<b title='x'>\"&</b>"),
            "&lt;b title=&#39;x&#39;&gt;&quot;&amp;&lt;/b&gt;"
        );
        assert_eq!(escaped("水位≥8.5米"), "水位≥8.5米");
    }
}
