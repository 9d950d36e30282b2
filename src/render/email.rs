//! A mail: the title as subject, the full text, and the same as a small HTML page that needs nothing from elsewhere.

use std::fmt::Write;

use super::renderings::bare;
use super::words::Words;
use crate::domain::blocks::{Block, Table, blocks};
use crate::domain::bulletin::Rendering;
use crate::domain::channel::ChannelDef;
use crate::domain::markup::escaped;

const STRONG: &str = " style=\"font-weight:bold\"";
const ON_THE_WEB: (&str, &str) = ("网页版：", "On the web: ");

pub fn rendering(words: &Words<'_>, def: &ChannelDef) -> Rendering {
    let mut blocks = words.blocks();
    if let Some(link) = words.link {
        blocks.push(format!(
            "{}{link}",
            words.choose(ON_THE_WEB.0, ON_THE_WEB.1)
        ));
    }
    Rendering {
        subject: Some(words.marks.line(&words.title)),
        text: words.marks.block(&blocks.join("\n\n")),
        html: Some(html(words)),
        ..bare(words, def)
    }
}

/// Readable on the narrowest telephone and without images, styles or scripts from anywhere.
fn html(words: &Words<'_>) -> String {
    let title = escaped(&words.marks.title(&words.title));
    let mut body = format!("<h1 style=\"font-size:1.25em;line-height:1.4\">{title}</h1>\n");
    if let Some(number) = words.document_number {
        paragraph(&mut body, " style=\"color:#555\"", number);
    }
    if let Some(action) = &words.action {
        paragraph(&mut body, STRONG, action);
    }
    for text in words.paragraphs() {
        // Lines that are only lines stay together.
        let mut plain: Vec<String> = Vec::new();
        for block in blocks(&text) {
            if let Block::Paragraph(line) = block {
                plain.push(line);
                continue;
            }
            together(&mut body, &mut plain);
            match block {
                Block::Table(made) => table(&mut body, &made),
                Block::Heading(line) | Block::Question(line) | Block::Paragraph(line) => {
                    paragraph(&mut body, STRONG, &line);
                }
            }
        }
        together(&mut body, &mut plain);
    }
    if let Some(signature) = words.signature() {
        paragraph(&mut body, " style=\"text-align:right\"", &signature);
    }
    if let Some(link) = words
        .link
        .filter(|link| link.starts_with("https://") || link.starts_with("http://"))
    {
        let address = escaped(link);
        let label = words.choose(ON_THE_WEB.0, ON_THE_WEB.1);
        let _ = writeln!(body, "<p>{label}<a href=\"{address}\">{address}</a></p>");
    }
    if !words.marks.close().is_empty() {
        let _ = writeln!(body, "<p>{}</p>", escaped(words.marks.close()));
    }
    let language = words.language.code();
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n</head>\n\
         <body style=\"margin:0 auto;padding:16px;max-width:40em;font:16px/1.7 sans-serif;color:#1a1a1a;\
         background:#fff;overflow-wrap:anywhere\">\n{body}</body>\n</html>\n"
    )
}

fn together(body: &mut String, lines: &mut Vec<String>) {
    if !lines.is_empty() {
        paragraph(body, "", &lines.join("\n"));
        lines.clear();
    }
}

fn paragraph(body: &mut String, style: &str, text: &str) {
    let text = escaped(text).replace('\n', "<br>\n");
    // Writing to a string cannot fail.
    let _ = writeln!(body, "<p{style}>{text}</p>");
}

/// With every style in its own cell, since mail programs drop what stands elsewhere.
fn table(body: &mut String, table: &Table) {
    const CELL: &str =
        "style=\"border:1px solid #999;padding:4px 8px;text-align:left;vertical-align:top\"";
    let _ = writeln!(
        body,
        "<table style=\"border-collapse:collapse;margin:1em 0\">"
    );
    if !table.heads.is_empty() {
        body.push_str("<tr><td></td>");
        for head in &table.heads {
            let _ = write!(body, "<th scope=\"col\" {CELL}>{}</th>", escaped(head));
        }
        body.push_str("</tr>\n");
    }
    for row in &table.rows {
        body.push_str("<tr>");
        for (n, cell) in row.iter().enumerate() {
            let (open, close) = if n == 0 {
                ("th scope=\"row\"", "th")
            } else {
                ("td", "td")
            };
            let _ = write!(body, "<{open} {CELL}>{}</{close}>", escaped(cell));
        }
        body.push_str("</tr>\n");
    }
    body.push_str("</table>\n");
}
