//! The sheet as one picture (SVG, A4 in millimetres), for whoever sends it to a printer or puts it in a file.
//!
//! A picture breaks no lines by itself, so each line is measured here: a Chinese character is as wide as its type is high,
//! a letter as wide as its shape. Type and cuts are those of `sheet`, as on the page.

use askama::Template;

use super::measure::breaks;
use super::sheet::{BOLD, GAP, ISSUER, LINE, POINT, RULE, TAG, WIDTH, is_beside};
use super::square::Square;
use super::{Poster, tag};
use crate::web::portal::page::mended::Pieces;
use crate::web::portal::wording::Piece;

const MARGIN: f64 = 15.0;
/// Where the foot begins, whatever stands above it.
const FOOT: f64 = 240.0;
const SQUARE: f64 = 40.0;
/// Type of the mark of an exercise.
const MARK: f64 = 14.0;

#[derive(Template)]
#[template(path = "portal/pages/poster.svg", escape = "html")]
struct Drawn<'a> {
    lang: &'a str,
    title: String,
    lines: Vec<Line>,
    /// The box of the action: top and height.
    frame: Option<(String, String)>,
    square: Option<&'a Square>,
    /// Millimetres to a module of the square.
    module: String,
}

/// One line of type: its baseline, its size, and its runs.
struct Line {
    x: String,
    y: String,
    size: String,
    is_bold: bool,
    is_at_end: bool,
    runs: Vec<Run>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    text: String,
    how: How,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Plain,
    /// No longer right.
    Struck,
    /// What is right instead.
    Right,
}

/// What is drawn so far, from the top down.
struct Pen {
    y: f64,
    lines: Vec<Line>,
}

impl Poster<'_> {
    /// The picture of this sheet.
    pub fn drawn(&self) -> String {
        let w = self.f.w;
        let mut pen = Pen {
            y: MARGIN,
            lines: Vec::new(),
        };
        if self.f.settings.drill {
            pen.plain(&w.drill_bar, MARK, true);
        }
        let tag = tag(self.badge.text, &self.kind, self.levels.as_deref());
        let at = pen.y;
        pen.plain(&self.body.text, ISSUER, true);
        let tag = vec![run(&tag, How::Plain)];
        if is_beside(&self.body.text, &tag[0].text) {
            pen.lines.push(Line {
                is_at_end: true,
                ..line(MARGIN + WIDTH, at, TAG, true, tag)
            });
        } else {
            pen.write(&tag, TAG, true, MARGIN, WIDTH);
        }
        pen.y += RULE;
        let beside = self.sheet.beside;
        for bar in &self.bars {
            let runs = self.runs(&bar.pieces(), false);
            pen.write(&runs, beside.bar, true, MARGIN, WIDTH);
            pen.y += GAP;
        }
        let is_struck = self.fate.is_void();
        let title = self.runs(&self.title, is_struck);
        pen.write(&title, self.sheet.title.points, true, MARGIN, WIDTH);
        pen.y += GAP;
        let frame = self.action.as_ref().map(|action| {
            let top = pen.y;
            pen.y += 3.0;
            let prefix = match self.f.settings.drill {
                true => w.drill_prefix.as_str(),
                false => "",
            };
            let heading = [run(&format!("{prefix}{}", self.fate.heading), How::Plain)];
            let (x, wide) = (MARGIN + 4.0, WIDTH - 8.0);
            pen.write(&heading, 12.0, false, x, wide);
            let said = self.runs(action, self.is_struck(action));
            pen.write(&said, self.sheet.action.points, true, x, wide);
            pen.y += 2.0;
            let height = pen.y - top;
            pen.y += GAP;
            (millimetres(top), millimetres(height))
        });
        for fact in &self.facts {
            pen.plain(
                &format!("{}{}{}", fact.name, w.colon, fact.value),
                beside.fact,
                true,
            );
        }
        pen.y += 2.0;
        if self.fate.is_void() {
            pen.plain(&w.void_begin, beside.bar, true);
        }
        for paragraph in &self.text {
            let runs = self.runs(paragraph, self.is_struck(paragraph));
            pen.write(&runs, self.sheet.text.points, false, MARGIN, WIDTH);
            pen.y += 1.0;
        }
        self.foot(&mut pen);
        Drawn {
            lang: self.f.lang(),
            title: self.f.page_title(),
            lines: pen.lines,
            frame,
            square: self.square.as_ref(),
            module: (self.square.as_ref()).map_or_else(String::new, |square| {
                format!("{:.4}", SQUARE / side(square))
            }),
        }
        .render()
        .unwrap_or_default()
    }

    fn foot(&self, pen: &mut Pen) {
        let w = self.f.w;
        let x = MARGIN + SQUARE + 5.0;
        let wide = WIDTH - SQUARE - 5.0;
        pen.y = FOOT + 3.0;
        let number = self.number.as_deref();
        let number = number.map_or_else(String::new, |number| format!("{number} "));
        for (text, is_bold) in [
            (format!("{}{}{}", w.poster_scan, w.colon, self.link), true),
            (format!("{}{}{}", w.code, w.colon, self.code), true),
            (
                format!("{number}{}{}{}", w.published, w.colon, self.published),
                false,
            ),
            (self.f.site_name().to_owned(), false),
        ] {
            pen.write(&[run(&text, How::Plain)], 11.0, is_bold, x, wide);
        }
        if self.f.settings.drill {
            pen.y = FOOT + SQUARE - 5.0;
            pen.write(&[run(&w.drill_end, How::Plain)], 11.0, true, x, wide);
        }
    }

    /// `pieces` as they are drawn; all of it struck where it never held.
    fn runs(&self, pieces: &Pieces, is_struck: bool) -> Vec<Run> {
        let w = self.f.w;
        let of = |piece: &Piece| match piece {
            Piece::Same(text) if is_struck => run(text, How::Struck),
            Piece::Same(text) => run(text, How::Plain),
            Piece::Ours(text) => run(&format!("{}{text}", w.amended_wrong), How::Struck),
            Piece::Theirs(text) => run(&format!("{}{text}", w.amended_right), How::Right),
        };
        pieces.iter().map(of).collect()
    }
}

impl Pen {
    fn plain(&mut self, text: &str, size: f64, is_bold: bool) {
        self.write(&[run(text, How::Plain)], size, is_bold, MARGIN, WIDTH);
    }

    fn write(&mut self, runs: &[Run], size: f64, is_bold: bool, x: f64, wide: f64) {
        let most = wide / (size * POINT * if is_bold { BOLD } else { 1.0 });
        for runs in broken(runs, most) {
            self.lines.push(line(x, self.y, size, is_bold, runs));
            self.y += size * POINT * LINE;
        }
    }
}

fn run(text: &str, how: How) -> Run {
    Run {
        text: text.to_owned(),
        how,
    }
}

fn line(x: f64, top: f64, size: f64, is_bold: bool, runs: Vec<Run>) -> Line {
    Line {
        x: millimetres(x),
        y: millimetres(top + size * POINT),
        size: millimetres(size * POINT),
        is_bold,
        is_at_end: false,
        runs,
    }
}

fn millimetres(length: f64) -> String {
    format!("{length:.2}")
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a square has at most 185 modules"
)]
fn side(square: &Square) -> f64 {
    square.side as f64
}

/// `runs` in lines of at most `most` squares of their type.
fn broken(runs: &[Run], most: f64) -> Vec<Vec<Run>> {
    let chars: Vec<(char, How)> = (runs.iter())
        .flat_map(|run| run.text.chars().map(move |c| (c, run.how)))
        .collect();
    let bare: Vec<char> = chars.iter().map(|(c, _)| *c).collect();
    let mut begin = 0;
    let mut lines = Vec::new();
    for end in breaks(&bare, most) {
        lines.push(&chars[begin..end]);
        begin = end;
    }
    let runs_of = |line: &[(char, How)]| {
        let blanks = line.iter().take_while(|(c, _)| c.is_whitespace()).count();
        let line = &line[blanks..];
        let of_one = line.chunk_by(|a, b| a.1 == b.1).map(|same| Run {
            text: same.iter().map(|(c, _)| c).collect(),
            how: same[0].1,
        });
        of_one.collect::<Vec<_>>()
    };
    let lines = lines.into_iter().map(runs_of);
    lines.filter(|line| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, most: f64) -> Vec<String> {
        let broken = broken(&[run(text, How::Plain)], most);
        let joined = |line: Vec<Run>| line.into_iter().map(|run| run.text).collect();
        broken.into_iter().map(joined).collect()
    }

    #[test]
    fn lines_are_broken_where_one_may_break_them() {
        assert_eq!(lines("今晚转移，请带证件", 4.0), ["今晚转移，", "请带证件"]);
        assert_eq!(lines("水位8.52米", 2.5), ["水位", "8.52", "米"]);
        assert_eq!(lines("Leave now", 4.0), ["Leave ", "now"]);
        assert_eq!(
            lines("https://very-long", 3.0).concat(),
            "https://very-long"
        );
        assert!(lines("", 4.0).is_empty());
    }

    #[test]
    fn what_was_corrected_is_marked_across_lines() {
        let runs = [
            run("水位", How::Plain),
            run("八米六", How::Struck),
            run("八米五", How::Right),
        ];
        let broken = broken(&runs, 4.0);
        assert_eq!(
            broken[0],
            [run("水位", How::Plain), run("八米", How::Struck)]
        );
        assert_eq!(
            broken[1],
            [run("六", How::Struck), run("八米五", How::Right)]
        );
    }
}
