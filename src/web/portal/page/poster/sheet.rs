//! The one decision about a sheet, for the page and for the picture alike: how large the type of each part is, and what of the text
//! has room. Type goes down before anything that matters is left out.

use super::measure::{length, lines, width};
use super::pick::{Picked, clauses, pick};

/// The sheet between its margins, in millimetres.
pub const WIDTH: f64 = 180.0;
const HEIGHT: f64 = 266.0;
/// The foot with the square and its rule.
const FOOT: f64 = 44.0;
/// Between two parts of the sheet.
pub const GAP: f64 = 3.0;
/// The rule and its distance under the issuer.
pub const RULE: f64 = 3.0;
/// Frame, distances and heading of the box of the action.
const BOX: f64 = 14.0;
/// Type of the issuer and of the tag with it, in points; frames and distances of that, and what stands around a fact.
pub const ISSUER: f64 = 17.0;
pub const TAG: f64 = 11.0;
const AROUND_TAG: f64 = 14.0;
const AROUND_FACT: f64 = 2.0;
/// The bars of an exercise.
const EXERCISE: f64 = 16.0;
/// Lines of a title and of an action over their type.
const DENSE: f64 = 1.35;
/// What a renderer may set wider or higher than is reckoned here.
const SPARE: f64 = 4.0;
/// Points in a millimetre, and a line's height over its type.
pub const POINT: f64 = 0.353;
pub const LINE: f64 = 1.45;
/// How much wider bold type is.
pub const BOLD: f64 = 1.05;

/// A size of type: the class of the style sheet, and its points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    pub class: &'static str,
    pub points: f64,
}

/// Type of the facts and of the bars, in points, and frame and distances of a bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beside {
    pub class: &'static str,
    pub fact: f64,
    pub bar: f64,
    frame: f64,
}

const WIDE: Beside = Beside {
    class: "",
    fact: 15.0,
    bar: 14.0,
    frame: 7.0,
};
const DENSER: Beside = Beside {
    class: "dense",
    fact: 12.0,
    bar: 11.0,
    frame: 5.0,
};

/// Large type, the largest first, with the longest text that each is for, in Chinese characters. The last is for a sheet whose
/// text would otherwise lack what matters.
type Sizes = [(f64, Size); 5];
const LARGE: [Size; 5] = [
    size("z1", 34.0),
    size("z2", 28.0),
    size("z3", 22.0),
    size("z4", 18.0),
    size("z5", 14.0),
];
const TITLE: Sizes = [
    (17.0, LARGE[0]),
    (40.0, LARGE[1]),
    (70.0, LARGE[2]),
    (110.0, LARGE[3]),
    (f64::INFINITY, LARGE[4]),
];
const ACTION: Sizes = [
    (36.0, LARGE[0]),
    (75.0, LARGE[1]),
    (140.0, LARGE[2]),
    (260.0, LARGE[3]),
    (f64::INFINITY, LARGE[4]),
];
/// The most of a title and of an action; what is longer is cut.
pub const LONGEST_TITLE: f64 = TITLE[3].0;
pub const LONGEST_ACTION: f64 = ACTION[3].0;
/// Type of the text, the largest step of title and action that goes with it, and the type of what stands beside: tried in this
/// order.
const STEPS: [(usize, Size, Beside); 8] = [
    (0, size("t14", 14.0), WIDE),
    (1, size("t14", 14.0), WIDE),
    (2, size("t14", 14.0), WIDE),
    (2, size("t12", 12.0), WIDE),
    (3, size("t12", 12.0), WIDE),
    (3, size("t10", 10.5), WIDE),
    (4, size("t10", 10.5), DENSER),
    (4, size("t9", 9.0), DENSER),
];

const fn size(class: &'static str, points: f64) -> Size {
    Size { class, points }
}

/// What stands on a sheet, each as it reads.
pub struct Parts<'p> {
    pub issuer: &'p str,
    /// Its level and kind, which stand beside the issuer, or under it where they have no room there.
    pub tag: &'p str,
    /// What became of the text.
    pub bars: &'p [String],
    pub title: &'p str,
    pub action: Option<&'p str>,
    pub facts: &'p [String],
    /// A line stands above the text that it holds no more.
    pub is_void: bool,
    /// It asks nothing any more, and does not stand there as large as an order.
    pub is_over: bool,
    pub is_drill: bool,
    pub text: &'p [String],
    /// What is said where something is left out.
    pub rest: &'p str,
}

/// How it is set.
pub struct Sheet {
    pub title: Size,
    pub action: Size,
    pub text: Size,
    pub beside: Beside,
    pub picked: Picked,
}

impl Sheet {
    pub fn new(parts: &Parts) -> Self {
        let set = |step: &(usize, Size, Beside)| {
            let (largest, text, beside) = *step;
            let title = size_of(parts.title, &TITLE, largest);
            let of_action = if parts.is_over {
                3.max(largest)
            } else {
                largest
            };
            let action = size_of(parts.action.unwrap_or_default(), &ACTION, of_action);
            let room = HEIGHT - above(parts, title, action, beside);
            let most = WIDTH / (text.points * POINT);
            let height = |count| of_lines(count, text.points, LINE);
            Self {
                picked: pick(parts.text, room, most, height, parts.rest),
                title,
                action,
                text,
                beside,
            }
        };
        let sheets = || STEPS.iter().map(set);
        // All of it in type that is easily read, or all that matters in the smallest.
        let all = |sheet: &Sheet| !sheet.picked.is_cut && sheet.text.points >= 12.0;
        let fits = |sheet: &Sheet| sheet.picked.has_all_that_matters;
        let small = || set(&STEPS[STEPS.len() - 1]);
        let all = sheets().find(all);
        all.or_else(|| sheets().find(fits)).unwrap_or_else(small)
    }
}

/// The height of everything but the text.
fn above(parts: &Parts, title: Size, action: Size, beside: Beside) -> f64 {
    let issuer = of_lines(issuer_lines(parts.issuer).max(1), ISSUER, LINE);
    let tag = match is_beside(parts.issuer, parts.tag) {
        true => 0.0,
        false => of_lines(1, TAG, 2.0),
    };
    let bars = parts.bars.iter();
    let bars = bars
        .map(|bar| height(bar, beside.bar) + beside.frame + GAP)
        .sum::<f64>();
    let facts = parts.facts.iter();
    let facts = facts.map(|fact| height(fact, beside.fact) + AROUND_FACT);
    let action = parts.action.map_or(0.0, |text| {
        of_large(text, action.points, WIDTH - 8.0) + BOX + GAP
    });
    let void = match parts.is_void {
        true => of_lines(1, beside.bar, LINE) + 1.0,
        false => 0.0,
    };
    let exercise = if parts.is_drill { EXERCISE } else { 0.0 };
    let title = of_large(parts.title, title.points, WIDTH);
    issuer
        + tag
        + RULE
        + bars
        + title
        + action
        + facts.sum::<f64>()
        + FOOT
        + 4.0 * GAP
        + void
        + exercise
        + SPARE
}

/// Whether the tag has room beside the issuer.
pub fn is_beside(issuer: &str, tag: &str) -> bool {
    let tag = length(tag) * TAG * POINT * BOLD + AROUND_TAG;
    length(issuer) * ISSUER * POINT * BOLD + tag <= WIDTH
}

/// The lines of the issuer from one margin to the other.
fn issuer_lines(issuer: &str) -> usize {
    lines(issuer, WIDTH / (ISSUER * POINT * BOLD))
}

/// The type for `text`, not larger than step `largest`.
fn size_of(text: &str, sizes: &Sizes, largest: usize) -> Size {
    let long = length(text);
    let natural = sizes.iter().position(|(most, _)| long <= *most);
    sizes[natural.unwrap_or(sizes.len() - 1).max(largest)].1
}

/// The height of large bold type.
fn of_large(text: &str, points: f64, wide: f64) -> f64 {
    of_lines(lines(text, wide / (points * POINT * BOLD)), points, DENSE)
}

/// The height of as many lines.
#[expect(clippy::cast_precision_loss, reason = "a sheet has few lines")]
fn of_lines(count: usize, points: f64, line: f64) -> f64 {
    count as f64 * points * POINT * line
}

/// The height of `text` from one margin to the other.
fn height(text: &str, points: f64) -> f64 {
    of_lines(lines(text, WIDTH / (points * POINT)), points, LINE)
}

/// Cuts `text` to `most`, and says so.
pub fn cut(text: &mut String, most: f64) {
    if length(text) <= most {
        return;
    }
    let kept = clauses(text, most - 1.0).trim_end_matches(['，', '、', '；', ',', ';']);
    let end = if kept.is_empty() {
        // A name without a pause is cut between words, or between two characters.
        let (mut taken, mut end) = (0.0, 0);
        let mut last = ' ';
        let is_of_word = |c: char| c.is_ascii_alphanumeric() || ".:-".contains(c);
        for (at, c) in text.char_indices() {
            taken += width(c);
            if taken > most - 1.0 {
                break;
            }
            if !(is_of_word(last) && is_of_word(c)) {
                end = at;
            }
            last = c;
        }
        end
    } else {
        kept.len()
    };
    text.truncate(end);
    text.push('…');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(title: usize, action: usize, text: &[String]) -> (f64, Sheet) {
        let (title, action) = ("题".repeat(title), "做".repeat(action));
        let facts = ["影响地区：临江镇".to_owned(), "咨询电话：0510".to_owned()];
        let parts = Parts {
            issuer: "示例市防汛抗旱指挥部办公室",
            tag: "Ⅱ级（红色） 通告",
            bars: &[],
            title: &title,
            action: Some(&action),
            facts: &facts,
            is_void: false,
            is_over: false,
            is_drill: false,
            text,
            rest: "……（全文请扫码）",
        };
        let sheet = Sheet::new(&parts);
        let taken = above(&parts, sheet.title, sheet.action, sheet.beside);
        let of_line =
            |line: &super::super::pick::Line| height(&text[line.at], sheet.text.points) + 1.0;
        let text: f64 = sheet.picked.lines.iter().map(of_line).sum();
        (taken + text, sheet)
    }

    #[test]
    fn no_text_is_longer_than_the_sheet() {
        for (title, action, body) in [(10, 20, 2), (100, 200, 80), (110, 260, 80), (40, 75, 1)] {
            let text: Vec<String> = (0..body).map(|_| "文".repeat(70)).collect();
            let (taken, _) = sheet(title, action, &text);
            assert!(taken <= HEIGHT, "{title} {action}: {taken}");
        }
    }

    #[test]
    fn type_goes_down_before_a_shelter_is_left_out() {
        let shelters = (1..15).map(|n| {
            format!(
                "{n}. 第{n}村：在村委会门前集合，经环城东路和滨江大道，前往第{n}中学体育馆安置点。"
            )
        });
        let text: Vec<String> = shelters.collect();
        let (taken, sheet) = sheet(40, 100, &text);
        assert_eq!(sheet.picked.lines.len(), 14);
        assert!(sheet.text.points < 14.0 && taken <= HEIGHT, "{taken}");
    }
}
