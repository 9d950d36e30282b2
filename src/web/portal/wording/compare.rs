//! Two texts side by side: what is the same, and what stands in only one of them.

use std::collections::HashMap;
use std::ops::Range;
use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

use super::{GRAM, Wording};

/// How many more words than a copy the place may have that it was copied from.
const SLACK: usize = 12;
/// How long one comparison looks for the shortest difference; after that it takes a longer one.
const PATIENCE: Duration = Duration::from_millis(400);
/// Words that somebody put at an end in place of ours, and that are more than this, are words around a part of ours.
const SWAPPED: usize = 6;
/// A piece of a comparison of what stands here with what somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Same(String),
    /// Only in what stands here.
    Ours(String),
    /// Only in the other text.
    Theirs(String),
}

/// How one text goes on from a place that it shares with the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    pub pieces: Vec<Piece>,
    /// How many words of the other text stand here.
    pub same: usize,
    /// Nothing was changed in what stands here and nothing left out of it; words may stand before it and behind it.
    pub is_whole: bool,
    /// The words of ours from the first to the last that the two share.
    pub core: Range<usize>,
}

/// What differs between `ours` and `theirs` from the first word to the last.
pub fn differences(ours: &Wording, theirs: &Wording) -> Vec<Piece> {
    pieces(ours, theirs, compared(&ours.keys, &theirs.keys))
}

fn compared(old: &[u64], new: &[u64]) -> Vec<DiffOp> {
    capture_diff_slices_deadline(Algorithm::Myers, old, new, Some(Instant::now() + PATIENCE))
}

/// `theirs` beside the part of `ours` that it may be a copy of; None when no piece of it stands there.
pub fn likeness(ours: &Wording, theirs: &Wording) -> Option<Likeness> {
    let (mine, other) = (&ours.keys, &theirs.keys);
    let (at, from, len) = longest_run(mine, other)?;
    // Both ways from the longest piece that they share, so that what is alike lies together.
    let first = at.saturating_sub(from + SLACK);
    let before = backwards(&mine[first..at], &other[..from]);
    let last = (at + other.len() - from + SLACK).min(mine.len());
    let behind = compared(&mine[at + len..last], &other[from + len..]);
    let mut ops: Vec<DiffOp> = before
        .into_iter()
        .map(|op| moved(op, first, 0))
        .chain([DiffOp::Equal {
            old_index: at,
            new_index: from,
            len,
        }])
        .chain(behind.into_iter().map(|op| moved(op, at + len, from + len)))
        .collect();
    // Where the copy begins and ends, nothing is missing.
    trim_front(&mut ops);
    trim_end(&mut ops);
    by_clauses(ours, &mut ops);
    let same = ops.iter().filter_map(kept).sum();
    let shared = || ops.iter().filter(|op| kept(op).is_some());
    let core = match (shared().next(), shared().next_back()) {
        (Some(first), Some(last)) => first.old_range().start..last.old_range().end,
        _ => return None,
    };
    let count = ops.len();
    let is_whole = shared().count() == 1
        && ops.iter().enumerate().all(|(n, op)| match op {
            DiffOp::Equal { .. } | DiffOp::Insert { .. } => true,
            DiffOp::Delete { .. } => false,
            DiffOp::Replace { .. } => {
                let new = op.new_range();
                let is_swapped = |mine, other| {
                    new.len() > SWAPPED
                        || ours.is_between_sentences(mine)
                        || theirs.is_between_sentences(other)
                };
                match n {
                    0 => is_swapped(core.start, new.end) || salutes(ours, theirs, core.start, &new),
                    n => n + 1 == count && is_swapped(core.end, new.start),
                }
            }
        });
    // What stands in place of words of ours hides none of them where it only stands around a part.
    if is_whole {
        ops = ops.into_iter().map(around).collect();
    }
    Some(Likeness {
        same,
        is_whole,
        core,
        pieces: pieces(ours, theirs, ops),
    })
}

/// Whether `new` is what somebody put before a sentence of ours, though its last words are by chance those before it in
/// ours: 大家注意！ in place of 请市民注意.
fn salutes(ours: &Wording, theirs: &Wording, at: usize, new: &Range<usize>) -> bool {
    (1..=2).any(|more| {
        ours.is_between_sentences(at + more)
            && theirs.is_between_sentences(new.end + more)
            && !theirs
                .written(new.start..new.end + more)
                .contains(|c: char| c.is_numeric())
    })
}

/// The pieces of the comparison, with words that stand alone between two changes taken for changed.
fn pieces(ours: &Wording, theirs: &Wording, ops: Vec<DiffOp>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut mine = String::new();
    let mut other = String::new();
    let count = ops.len();
    for (n, op) in ops.iter().enumerate() {
        let (old, new) = (op.old_range(), op.new_range());
        let is_lone = old.len() == 1 && n > 0 && n + 1 < count && kept(op).is_some();
        if kept(op).is_some() && !is_lone {
            flush(&mut out, &mut mine, &mut other);
            out.push(Piece::Same(ours.written(old).to_owned()));
            continue;
        }
        mine.push_str(ours.written(old));
        other.push_str(theirs.written(new));
    }
    flush(&mut out, &mut mine, &mut other);
    out
}

fn flush(out: &mut Vec<Piece>, mine: &mut String, other: &mut String) {
    if !mine.is_empty() {
        out.push(Piece::Ours(std::mem::take(mine)));
    }
    if !other.is_empty() {
        out.push(Piece::Theirs(std::mem::take(other)));
    }
}

fn around(op: DiffOp) -> DiffOp {
    match op {
        DiffOp::Replace {
            old_index,
            new_index,
            new_len,
            ..
        } => DiffOp::Insert {
            old_index,
            new_index,
            new_len,
        },
        op => op,
    }
}

fn kept(op: &DiffOp) -> Option<usize> {
    match op {
        DiffOp::Equal { len, .. } => Some(*len),
        _ => None,
    }
}

/// Takes away what only our text goes on with; of a replacement there, as much is ours as is the other's.
fn trim_end(ops: &mut Vec<DiffOp>) {
    while matches!(ops.last(), Some(DiffOp::Delete { .. })) {
        ops.pop();
    }
    if let Some(DiffOp::Replace {
        old_len, new_len, ..
    }) = ops.last_mut()
    {
        *old_len = (*old_len).min(*new_len);
    }
}

/// What was changed at an end of the copy is set beside all of the clause of ours, not beside the half of it that is as long.
fn by_clauses(ours: &Wording, ops: &mut [DiffOp]) {
    if let Some(DiffOp::Replace {
        old_index, old_len, ..
    }) = ops.first_mut()
        && *old_len > 0
    {
        let (begin, end) = (ours.clause(*old_index, SLACK).start, *old_index + *old_len);
        *old_len += *old_index - begin;
        *old_index = begin;
        // The last words of another sentence or of the title say nothing there.
        if !ours.is_pause(begin) && ours.is_between_sentences(end) {
            (*old_index, *old_len) = (end, 0);
        }
    }
    if let Some(DiffOp::Replace {
        old_index, old_len, ..
    }) = ops.last_mut()
        && *old_len > 0
    {
        let end = ours.clause(*old_index + *old_len - 1, SLACK).end;
        *old_len = (*old_len).max(end.saturating_sub(*old_index));
    }
}

fn trim_front(ops: &mut Vec<DiffOp>) {
    let gone = ops
        .iter()
        .take_while(|op| matches!(op, DiffOp::Delete { .. }))
        .count();
    ops.drain(..gone);
    if let Some(DiffOp::Replace {
        old_index,
        old_len,
        new_len,
        ..
    }) = ops.first_mut()
    {
        let extra = old_len.saturating_sub(*new_len);
        *old_index += extra;
        *old_len -= extra;
    }
}

fn moved(op: DiffOp, old: usize, new: usize) -> DiffOp {
    match op {
        DiffOp::Equal {
            old_index,
            new_index,
            len,
        } => DiffOp::Equal {
            old_index: old_index + old,
            new_index: new_index + new,
            len,
        },
        DiffOp::Delete {
            old_index,
            old_len,
            new_index,
        } => DiffOp::Delete {
            old_index: old_index + old,
            old_len,
            new_index: new_index + new,
        },
        DiffOp::Insert {
            old_index,
            new_index,
            new_len,
        } => DiffOp::Insert {
            old_index: old_index + old,
            new_index: new_index + new,
            new_len,
        },
        DiffOp::Replace {
            old_index,
            old_len,
            new_index,
            new_len,
        } => DiffOp::Replace {
            old_index: old_index + old,
            old_len,
            new_index: new_index + new,
            new_len,
        },
    }
}

/// The comparison made from the end, so that what is alike lies at the end.
fn backwards(old: &[u64], new: &[u64]) -> Vec<DiffOp> {
    let turned = |keys: &[u64]| keys.iter().rev().copied().collect::<Vec<_>>();
    let ops = compared(&turned(old), &turned(new));
    let turn = |op: &DiffOp| {
        let (a, b) = (op.old_range(), op.new_range());
        let (old_index, new_index) = (old.len() - a.end, new.len() - b.end);
        match op {
            DiffOp::Equal { len, .. } => DiffOp::Equal {
                old_index,
                new_index,
                len: *len,
            },
            DiffOp::Delete { .. } => DiffOp::Delete {
                old_index,
                old_len: a.len(),
                new_index,
            },
            DiffOp::Insert { .. } => DiffOp::Insert {
                old_index,
                new_index,
                new_len: b.len(),
            },
            DiffOp::Replace { .. } => DiffOp::Replace {
                old_index,
                old_len: a.len(),
                new_index,
                new_len: b.len(),
            },
        }
    };
    ops.iter().rev().map(turn).collect()
}

/// Where in `ours` and in `theirs` the longest piece begins that they share, and its length.
fn longest_run(ours: &[u64], theirs: &[u64]) -> Option<(usize, usize, usize)> {
    /// A piece that stands in more places than this is no help.
    const PLACES: usize = 8;
    let mut places: HashMap<&[u64], Vec<usize>> = HashMap::new();
    for (at, gram) in ours.windows(GRAM).enumerate() {
        let known = places.entry(gram).or_default();
        if known.len() < PLACES {
            known.push(at);
        }
    }
    let mut best: Option<(usize, usize, usize)> = None;
    let mut from = 0;
    while from + GRAM <= theirs.len() {
        let mut longest = 0;
        for &at in places
            .get(&theirs[from..from + GRAM])
            .map_or(&[][..], Vec::as_slice)
        {
            let pairs = ours[at..].iter().zip(&theirs[from..]);
            let len = pairs.take_while(|(a, b)| a == b).count();
            longest = longest.max(len);
            if best.is_none_or(|(_, _, most)| len > most) {
                best = Some((at, from, len));
            }
        }
        from += longest.saturating_sub(GRAM).max(1);
    }
    best
}
