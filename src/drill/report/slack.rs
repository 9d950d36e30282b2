//! How much time is left when an item goes out: a whisker from the 10th to the 90th percentile around its median.

use super::pen::{Pen, percent};
use crate::drill::many::ItemChance;

/// The scale of the whiskers: how far it reaches to both sides of the limit, in seconds.
pub struct Scale {
    reach: i64,
}

/// Where one whisker stands.
pub struct Whisker {
    pub from: String,
    pub width: String,
    /// The shape at the median; none where it lies outside of the picture.
    pub shape: Option<(&'static str, String)>,
    pub is_cut: bool,
    pub median: String,
}

impl Scale {
    /// Three of four ends are within.
    pub fn of<'a>(items: impl Iterator<Item = &'a ItemChance>) -> Self {
        let ends = items.flat_map(|item| [item.slack_p10, item.slack_p90]);
        let mut ends: Vec<i64> = ends.flatten().map(i64::abs).collect();
        ends.sort_unstable();
        let most = ends.get(ends.len() * 3 / 4).copied().unwrap_or(0);
        let reach = [1800, 3600, 7200, 14_400, 28_800, 86_400].into_iter();
        let reach = reach.clone().find(|reach| most <= *reach);
        Self {
            reach: reach.unwrap_or(7 * 86_400),
        }
    }

    fn place(&self, seconds: i64) -> String {
        percent(self.within(seconds) + self.reach, 2 * self.reach)
    }

    fn within(&self, seconds: i64) -> i64 {
        seconds.clamp(-self.reach, self.reach)
    }

    /// Where the lines of the scale stand, and what they say.
    pub fn ticks(&self, pen: &Pen) -> Vec<(String, String)> {
        let tick = |at: i64| match at {
            0 => pen.w.due.clone(),
            at => pen.slack(Some(at)),
        };
        [-1, 0, 1]
            .map(|part| part * self.reach / 2)
            .map(|at| (self.place(at), tick(at)))
            .into()
    }

    /// None for an item that was never out.
    pub fn whisker(&self, item: &ItemChance, pen: &Pen) -> Option<Whisker> {
        let (low, middle, high) = (item.slack_p10?, item.slack_median?, item.slack_p90?);
        let is_inside = middle.abs() <= self.reach;
        let shape = if middle < 0 { "late" } else { "kept" };
        let width = self.within(high) - self.within(low);
        Some(Whisker {
            from: self.place(low),
            width: percent(width, 2 * self.reach),
            shape: is_inside.then(|| (shape, self.place(middle))),
            is_cut: low.abs().max(high.abs()) > self.reach,
            median: pen.slack(Some(middle)),
        })
    }
}
