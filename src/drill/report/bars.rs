//! Where the time went: one stacked bar per release or item, each step with a pattern of its own.

use super::pen::{Pen, percent};
use crate::drill::score::{ReleaseScore, Score, Stages};

/// One bar with its steps from left to right.
pub struct Bar {
    pub label: String,
    pub steps: Vec<Step>,
    /// How long all of it took.
    pub sum: String,
    /// Of something that is drawn above it already.
    pub is_after: bool,
}

/// A step by its number, and where its part of the bar stands.
pub struct Step {
    pub step: usize,
    pub from: String,
    pub width: String,
}

/// The releases that took longest, the longest first.
pub fn slowest(score: &Score, pen: &Pen, most: usize) -> Vec<Bar> {
    let took = |of: &ReleaseScore| of.stages.all().iter().sum::<i64>();
    let is_told = |of: &&ReleaseScore| {
        let settled = of.published_at.is_some() || of.on_time == Some(false);
        of.part_of.is_none() && took(of) > 0 && (settled || of.is_open(score.end))
    };
    let mut all: Vec<&ReleaseScore> = score.releases.iter().filter(is_told).collect();
    all.sort_by_key(|of| std::cmp::Reverse(took(of)));
    let bars = all.into_iter().take(most).map(|of| {
        let more = match of.published_at {
            Some(_) => String::new(),
            None => format!("{}{}", pen.w.comma, pen.w.not_out),
        };
        (pen.tell.release(of), of.stages, more)
    });
    let bars: Vec<_> = bars.collect();
    let longest = bars.iter().map(|(_, stages, _)| sum(*stages)).max();
    let longest = longest.unwrap_or(1).max(1);
    let bars = bars.into_iter();
    bars.map(|(label, stages, more)| {
        let mut bar = bar(label, stages, longest, pen);
        bar.sum += &more;
        bar
    })
    .collect()
}

fn sum(stages: Stages) -> i64 {
    stages.all().iter().sum()
}

/// A bar on a scale that ends at `longest`.
pub fn bar(label: String, stages: Stages, longest: i64, pen: &Pen) -> Bar {
    let (mut at, mut steps) = (0, Vec::new());
    for (step, seconds) in stages.all().into_iter().enumerate() {
        if seconds > 0 {
            steps.push(Step {
                step,
                from: percent(at, longest),
                width: percent(seconds, longest),
            });
        }
        at += seconds;
    }
    Bar {
        label,
        steps,
        sum: pen.span(at),
        is_after: false,
    }
}
