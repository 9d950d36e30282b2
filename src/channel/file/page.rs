//! The page that a notice board pins up: the same words in type that is read from a step away, printed by any browser.
//!
//! It adds no word of its own, so what was signed is all that it says. No script, no font and no picture from elsewhere:
//! the machine at the village may have no network.

use crate::domain::bulletin::Rendering;
use crate::domain::markup::escaped;

/// `rendering` as a page of HTML.
pub fn page(rendering: &Rendering) -> String {
    let subject = rendering.subject.as_deref().map(str::trim);
    // What has no subject begins with its title.
    let first = rendering.text.lines().map(str::trim);
    let mut first = first.filter(|line| !line.is_empty());
    let title = (subject.filter(|subject| !subject.is_empty())).or_else(|| first.next());
    let title = title.unwrap_or_default();
    let body: String = rendering
        .text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        // The text may begin with its title.
        .skip_while(|line| *line == title)
        .map(|line| format!("<p>{}</p>\n", escaped(line)))
        .collect();
    let heading = match title {
        "" => String::new(),
        title => format!("<h1>{}</h1>\n", escaped(title)),
    };
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n{heading}{body}</body>\n</html>\n",
        rendering.language.code(),
        escaped(title),
    )
}

const STYLE: &str = "@page{size:A4;margin:16mm}\
    body{font:18pt/1.6 \"Noto Sans CJK SC\",\"Microsoft YaHei\",\"SimHei\",sans-serif;margin:0 auto;max-width:178mm;overflow-wrap:anywhere}\
    h1{font-size:28pt;line-height:1.35;margin:0 0 6mm;border-bottom:1mm solid;padding-bottom:3mm}\
    p{margin:0 0 3mm}";
