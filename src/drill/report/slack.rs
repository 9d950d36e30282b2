//! How much time is left when an item goes out: a whisker from the 10th to the 90th percentile around its median.

use super::many::Pair;
use crate::drill::many::ItemChance;
use crate::drill::words;

const WIDTH: i64 = 420;

/// The scale of the whiskers.
pub struct Slack {
    /// How far the picture reaches to both sides, in seconds.
    reach: i64,
    /// Where the lines of the scale stand, and what they say.
    pub ticks: Vec<(i64, String)>,
}

/// Where one whisker stands.
pub struct Whisker {
    pub low: i64,
    pub high: i64,
    /// The ends: a stroke, or an arrow where the whisker leaves the picture.
    pub ends: [String; 2],
    /// The shape at the median, unless it lies outside of the picture.
    pub mark: Option<(&'static str, i64)>,
}

pub fn slack(pairs: &[Pair]) -> Slack {
    let mut slack = Slack {
        reach: reach(pairs),
        ticks: Vec::new(),
    };
    slack.ticks = [-2, -1, 0, 1, 2]
        .map(|part| slack.reach * part / 2)
        .map(|at| (slack.x(at), tick(at)))
        .into();
    slack
}

impl Slack {
    fn x(&self, seconds: i64) -> i64 {
        (seconds.clamp(-self.reach, self.reach) + self.reach) * WIDTH / (2 * self.reach)
    }

    /// None for an item that was never out.
    pub fn whisker(&self, item: &ItemChance) -> Option<Whisker> {
        let (low, middle, high) = (item.slack_p10?, item.slack_median?, item.slack_p90?);
        let is_inside = middle.abs() <= self.reach;
        Some(Whisker {
            low: self.x(low),
            high: self.x(high),
            ends: [low, high].map(|value| self.end(value)),
            mark: is_inside.then(|| (if middle < 0 { "late" } else { "kept" }, self.x(middle))),
        })
    }

    fn end(&self, value: i64) -> String {
        let at = self.x(value);
        if value.abs() <= self.reach {
            return format!("M{at}-4v8");
        }
        let back = at - 5 * value.signum();
        format!("M{back}-4L{at} 0L{back} 4")
    }
}

fn tick(seconds: i64) -> String {
    match seconds {
        0 => "时限 due".to_owned(),
        late if late < 0 => words::length(late),
        left => format!("+{}", words::length(left)),
    }
}

/// Three of four ends are within.
fn reach(pairs: &[Pair]) -> i64 {
    let mut ends: Vec<i64> = pairs
        .iter()
        .flat_map(|(item, after)| std::iter::once(*item).chain(*after))
        .flat_map(|item| [item.slack_p10, item.slack_p90])
        .flatten()
        .map(i64::abs)
        .collect();
    ends.sort_unstable();
    let most = ends.get(ends.len() * 3 / 4).copied().unwrap_or(0);
    [1800, 3600, 7200, 14_400, 28_800, 86_400]
        .into_iter()
        .find(|reach| most <= *reach)
        .unwrap_or(7 * 86_400)
}
