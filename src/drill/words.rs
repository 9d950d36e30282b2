//! How a drill writes lengths of time and moments: in transcript, score and report alike.

use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::domain::time::{Moment, Span};

/// `T+1:02:03`: hours, minutes, seconds since the start.
pub fn since(start: Moment, at: Moment) -> String {
    let seconds = (at - start).num_seconds();
    format!(
        "T+{}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// `07-01 21:30:00` by the drill's clocks.
pub fn local(at: Moment, zone: Tz) -> String {
    at.with_timezone(&zone).format("%m-%d %H:%M:%S").to_string()
}

/// `07-01 21:30`.
pub fn local_short(at: Moment, zone: Tz) -> String {
    at.with_timezone(&zone).format("%m-%d %H:%M").to_string()
}

/// `1h2m3s`; a minus in front of what is less than nothing.
pub fn length(seconds: i64) -> String {
    let span = Span::seconds(seconds.abs());
    if seconds < 0 {
        format!("-{span}")
    } else {
        span.to_string()
    }
}

/// Whole minutes, rounded to the nearest; seconds below two minutes.
pub fn rough(seconds: i64) -> String {
    if seconds.abs() < 120 {
        return length(seconds);
    }
    let minutes = (seconds.abs() + 30) / 60;
    length(if seconds < 0 {
        -minutes * 60
    } else {
        minutes * 60
    })
}

/// 834 → `83.4%`.
pub fn permille(value: i64) -> String {
    format!("{}.{}%", value / 10, value % 10)
}

/// Seconds between two moments.
pub fn seconds(from: Moment, to: Moment) -> i64 {
    (to - from + TimeDelta::milliseconds(500)).num_seconds()
}
