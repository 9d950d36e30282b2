//! The sheet as one picture (SVG, A4 in millimetres), for whoever sends it to a printer or puts it in a file.
//!
//! A picture breaks no lines by itself, so each line is measured here: a Chinese character is as wide as its type is high,
//! a letter about half of it. Type and cuts are those of the page.

use askama::Template;

use super::{ACTION, LINE, POINT, Poster, Square, TEXT, TITLE, length};
use crate::web::portal::page::mended::Pieces;
use crate::web::portal::wording::Piece;

const MARGIN: f64 = 15.0;
const WIDTH: f64 = super::WIDTH;
/// Where the foot begins, whatever stands above it.
const FOOT: f64 = 240.0;
const SQUARE: f64 = 40.0;

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
            pen.plain(&w.drill_bar, 14.0, true);
        }
        let now = self.levels.as_deref().unwrap_or_default();
        let tag = format!("{} {} {now}", self.badge.text, self.kind);
        let tag = tag.trim_end();
        let beside = length(tag) * TEXT * POINT + 6.0;
        let issuer = [run(&self.body.text, How::Plain)];
        let at = pen.y;
        pen.write(&issuer, TEXT, true, MARGIN, WIDTH - beside);
        pen.lines.push(Line {
            is_at_end: true,
            ..line(MARGIN + WIDTH, at, TEXT, true, vec![run(tag, How::Plain)])
        });
        pen.y += 3.0;
        if let Some(banner) = &self.banner {
            let mut runs = vec![run(banner, How::Plain)];
            if let Some(passage) = &self.passage {
                runs.push(run(&w.amended_here, How::Plain));
                runs.extend(self.runs(passage));
            }
            pen.write(&runs, TEXT, true, MARGIN, WIDTH);
            pen.y += 2.0;
        }
        for line in &self.lifted {
            pen.plain(line, TEXT, true);
        }
        let title = self.said(self.title_marked.as_ref(), &self.title.text);
        pen.write(&title, points(&TITLE, self.title_size), true, MARGIN, WIDTH);
        pen.y += 2.0;
        let frame = self.action.as_ref().map(|action| {
            let top = pen.y;
            pen.y += 3.0;
            let heading = if self.fate.is_current() {
                &w.action
            } else if self.fate.is_amended() {
                &w.action_amended
            } else {
                &w.action_past
            };
            let prefix = if self.f.settings.drill {
                w.drill_prefix.as_str()
            } else {
                ""
            };
            let (x, wide) = (MARGIN + 4.0, WIDTH - 8.0);
            pen.write(
                &[run(&format!("{prefix}{heading}"), How::Plain)],
                12.0,
                false,
                x,
                wide,
            );
            let said = self.said(self.action_marked.as_ref(), &action.text);
            pen.write(&said, points(&ACTION, self.action_size), true, x, wide);
            pen.y += 3.0;
            let height = pen.y - top;
            pen.y += 4.0;
            (millimetres(top), millimetres(height))
        });
        for (name, value) in [
            (
                &w.place,
                Some(self.areas.as_str()).filter(|areas| !areas.is_empty()),
            ),
            (
                &w.valid_until,
                self.until.as_ref().map(|until| until.text.as_str()),
            ),
            (&w.hotline, self.hotline.as_deref()),
        ] {
            if let Some(value) = value {
                pen.plain(&format!("{name}{}{value}", w.colon), TEXT, true);
            }
        }
        pen.y += 2.0;
        if self.fate.is_void() {
            pen.plain(&w.void_begin, TEXT, true);
        }
        let text = self.text.iter().map(|pieces| match self.fate.is_void() {
            true => vec![run(&plain(pieces), How::Struck)],
            false => self.runs(pieces),
        });
        pen.text(&text.collect::<Vec<_>>(), &w.poster_rest);
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
                format!("{number}{}{}{}", w.published, w.colon, self.published.text),
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

    /// A heading, as it is or with what is right in it; struck where it never held.
    fn said(&self, marked: Option<&Pieces>, text: &str) -> Vec<Run> {
        match marked {
            Some(pieces) => self.runs(pieces),
            None if self.fate.is_void() => vec![run(text, How::Struck)],
            None => vec![run(text, How::Plain)],
        }
    }

    fn runs(&self, pieces: &Pieces) -> Vec<Run> {
        let w = self.f.w;
        let of = |piece: &Piece| match piece {
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
        for runs in broken(runs, wide / (size * POINT)) {
            self.lines.push(line(x, self.y, size, is_bold, runs));
            self.y += size * POINT * LINE;
        }
    }

    /// As many paragraphs as have room above the foot; the last line says that there is more.
    fn text(&mut self, paragraphs: &[Vec<Run>], rest: &str) {
        for paragraph in paragraphs {
            for runs in broken(paragraph, WIDTH / (TEXT * POINT)) {
                if self.y + TEXT * POINT * LINE > FOOT {
                    if let Some(last) = self.lines.last_mut() {
                        last.runs.push(run(rest, How::Plain));
                    }
                    return;
                }
                self.lines.push(line(MARGIN, self.y, TEXT, false, runs));
                self.y += TEXT * POINT * LINE;
            }
            self.y += 1.0;
        }
    }
}

/// What stands in `pieces` as it was released.
fn plain(pieces: &Pieces) -> String {
    let ours = pieces.iter().filter_map(|piece| match piece {
        Piece::Same(text) | Piece::Ours(text) => Some(text.as_str()),
        Piece::Theirs(_) => None,
    });
    ours.collect()
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

fn points(sizes: &super::Sizes, class: &str) -> f64 {
    let of_class = sizes.iter().find(|(_, name, _)| *name == class);
    of_class.map_or(TEXT, |(.., points)| *points)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a square has at most 185 modules"
)]
fn side(square: &Square) -> f64 {
    square.side as f64
}

/// `runs` in lines of at most `most` characters. A word is not torn, and no line begins with what closes a clause.
fn broken(runs: &[Run], most: f64) -> Vec<Vec<Run>> {
    let chars: Vec<(char, How)> = (runs.iter())
        .flat_map(|run| run.text.chars().map(move |c| (c, run.how)))
        .collect();
    let is_of_word = |c: char| c.is_ascii_graphic();
    let mut lines = Vec::new();
    let (mut begin, mut gap, mut taken) = (0, 0, 0.0);
    for (at, (c, _)) in chars.iter().enumerate() {
        let wide = if c.is_ascii() { 0.58 } else { 1.0 };
        let before = at.checked_sub(1).map(|before| chars[before].0);
        let is_gap = before.is_some_and(|before| !(is_of_word(before) && is_of_word(*c)));
        let closes = "，。；：！？、）》”」』】〕".contains(*c);
        if is_gap && !closes {
            gap = at;
        }
        if taken + wide > most && !closes {
            let end = if gap > begin { gap } else { at };
            lines.push(&chars[begin..end]);
            begin = end;
            taken = (chars[begin..at].iter())
                .map(|(c, _)| if c.is_ascii() { 0.58 } else { 1.0 })
                .sum();
        }
        taken += wide;
    }
    lines.push(&chars[begin..]);
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
        assert_eq!(lines("水位8.52米", 3.0), ["水位", "8.52", "米"]);
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
