//! The tables of the pages: a row to read across on a desk, a list on a phone.

use super::pen::{NONE, Pen};
use crate::domain::time::Moment;
use crate::drill::score::{ChannelScore, PostScore, ReleaseScore};

pub struct Table {
    pub heads: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// The headings of a table.
pub fn heads(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

impl Table {
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// What was not on time, and why.
pub fn misses<'a>(releases: impl Iterator<Item = &'a ReleaseScore>, pen: &Pen) -> Table {
    let w = pen.w;
    let row = |of: &ReleaseScore| {
        vec![
            pen.tell.release(of),
            pen.body(&of.body),
            pen.at(of.limit()),
            pen.tell.state(of),
            pen.slack(of.slack),
            why(of, pen),
        ]
    };
    Table {
        heads: heads(&[&w.release, &w.body, &w.due, &w.result, &w.slack, &w.why]),
        rows: releases.map(row).collect(),
    }
}

/// What had begun and was not out at `now`, and what it waits for.
pub fn open<'a>(releases: impl Iterator<Item = &'a ReleaseScore>, pen: &Pen, now: Moment) -> Table {
    let w = pen.w;
    let row = |of: &ReleaseScore| {
        let left = of.due_at.map(|due| (due - now).num_seconds());
        vec![
            pen.tell.release(of),
            pen.body(&of.body),
            pen.at(of.due_at),
            pen.length(left),
            match of.undecided {
                true => pen.tell.state(of),
                false => why(of, pen),
            },
        ]
    };
    Table {
        heads: heads(&[&w.release, &w.body, &w.due, &w.left, &w.waits_for]),
        rows: releases.map(row).collect(),
    }
}

/// The cause of a release in words, or nothing.
pub fn why(of: &ReleaseScore, pen: &Pen) -> String {
    let cause = of.cause.as_ref();
    cause.map_or_else(String::new, |cause| pen.tell.cause(cause))
}

/// The posts that were waited for longest.
pub fn posts(posts: &[PostScore], pen: &Pen, most: usize) -> Table {
    let w = pen.w;
    let row = |of: &PostScore| {
        vec![
            pen.post(&of.post),
            pen.span(of.waited),
            of.times.to_string(),
            pen.span(of.longest),
            of.unanswered.to_string(),
            pen.span(of.busy),
        ]
    };
    let waited = posts.iter().filter(|post| post.times > 0);
    Table {
        heads: heads(&[
            &w.post, &w.waited, &w.times, &w.longest, &w.in_vain, &w.at_work,
        ]),
        rows: waited.take(most).map(row).collect(),
    }
}

pub fn channels(channels: &[ChannelScore], pen: &Pen) -> Table {
    let w = pen.w;
    let names = pen.tell.names;
    let row = |of: &ChannelScore| {
        let name = names.channel(pen.language, &of.channel).to_owned();
        let counts = [
            of.deliveries,
            of.accepted,
            of.delivered,
            of.failed,
            of.unknown,
            of.open,
            of.cancelled,
        ];
        let counts = counts.into_iter().map(|n| match n {
            0 => NONE.to_owned(),
            n => n.to_string(),
        });
        std::iter::once(name).chain(counts).collect()
    };
    let used = channels.iter().filter(|one| one.deliveries > 0);
    Table {
        heads: heads(&[
            &w.channel,
            &w.deliveries,
            &w.accepted,
            &w.delivered,
            &w.failed,
            &w.unknown,
            &w.unfinished,
            &w.cancelled,
        ]),
        rows: used.map(row).collect(),
    }
}
