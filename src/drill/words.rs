//! How a drill writes lengths of time and moments: short in transcripts and tables of figures, in words in a report.

use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::domain::phrase::{Phrase, phrase};
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

/// `1小时19分`, `14 min`: whole minutes, seconds below two of them; without its sign.
pub fn span(seconds: i64) -> Phrase {
    let seconds = seconds.unsigned_abs();
    if seconds < 120 {
        return phrase!("drill.span.seconds", n = seconds);
    }
    let minutes = (seconds + 30) / 60;
    let (days, hours, m) = (minutes / 1440, minutes / 60, minutes % 60);
    match (days, hours, m) {
        (_, 0, n) => phrase!("drill.span.minutes", n),
        (0 | 1, n, 0) => phrase!("drill.span.hours", n),
        (0 | 1, h, m) => phrase!("drill.span.hours-minutes", h, m),
        (n, h, _) if h % 24 == 0 => phrase!("drill.span.days", n),
        (d, h, _) => phrase!("drill.span.days-hours", d, h = h % 24),
    }
}

/// `提前1小时19分`, `14 min late`: how a text stood to its limit.
pub fn slack(seconds: i64) -> Phrase {
    match seconds {
        0 => phrase!("drill.slack.just"),
        late if late < 0 => phrase!("drill.slack.late", span = span(late)),
        early => phrase!("drill.slack.early", span = span(early)),
    }
}

/// 834 → `83.4%`.
pub fn permille(value: i64) -> String {
    format!("{}.{}%", value / 10, value % 10)
}

/// Seconds between two moments.
pub fn seconds(from: Moment, to: Moment) -> i64 {
    (to - from + TimeDelta::milliseconds(500)).num_seconds()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::bulletin::Language;
    use crate::words::say;

    #[test]
    fn a_length_of_time_is_said_as_people_say_it() {
        let both = |phrase: Phrase| [Language::ZhCn, Language::En].map(|l| say(l, &phrase));
        assert_eq!(both(slack(4740)), ["提前1小时19分", "1 h 19 min early"]);
        assert_eq!(both(slack(-90)), ["迟90秒", "90 s late"]);
        assert_eq!(both(span(-840)), ["14分钟", "14 min"]);
        assert_eq!(both(span(3 * 86_400)), ["3天", "3 days"]);
        assert_eq!(both(span(30 * 3600)), ["30小时", "30 h"]);
        assert_eq!(both(slack(0)), ["正好按时", "just in time"]);
    }
}
