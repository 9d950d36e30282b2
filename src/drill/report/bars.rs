//! Where the time went: one stacked bar per release or item, each step with a pattern of its own.

use super::line::cut;
use crate::drill::score::Stages;

/// Bars on one sheet of paper.
const ROWS: usize = 42;
const WIDTH: i64 = 440;

/// What a bar shows: its label, the time of each step, and what follows the sum.
pub type Spent = (String, Stages, &'static str);

/// One bar with its steps from left to right.
pub struct Bar {
    pub label: String,
    pub steps: Vec<Step>,
    pub end: i64,
    pub sum: i64,
    pub more: &'static str,
}

pub struct Step {
    pub step: usize,
    pub x: i64,
    pub width: i64,
}

/// Bars on one scale, as many on a sheet as fit.
pub fn sheets(all: &[Spent]) -> Vec<Vec<Bar>> {
    let sums = all.iter().map(|(_, stages, _)| stages.all().iter().sum());
    let most = sums.max().unwrap_or(1).max(1);
    let sheets = all.chunks(ROWS);
    sheets
        .map(|spent| spent.iter().map(|spent| bar(spent, most)).collect())
        .collect()
}

fn bar((label, stages, more): &Spent, most: i64) -> Bar {
    let (mut sum, mut end, mut steps) = (0, 0, Vec::new());
    for (step, seconds) in stages.all().into_iter().enumerate() {
        sum += seconds;
        // Ends are computed from the sum, so that rounding never opens a gap.
        let to = sum * WIDTH / most;
        if to > end {
            steps.push(Step {
                step,
                x: end,
                width: to - end,
            });
        }
        end = to;
    }
    Bar {
        label: cut(label),
        steps,
        end,
        sum,
        more,
    }
}
