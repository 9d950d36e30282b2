//! The headings, labels and notes of a drill's reports. Sentences with figures in them stand in `said/drill.toml`.

use std::collections::BTreeMap;

table! {
    /// A drill's report, its ledger and the report of many plays.
    Report {
        title, ledger_title, many_title, drill_prefix, other_language, colon, comma, links, to,
        simulated, live, seed, ended_early, under_way_until, last_time,
        goals, goals_so_far, met, not_met, not_judged, could_not_be_done,
        change, change_few, change_none,
        causes, causes_none, plan_faults, plan_faults_note,
        figures, on_time_rate, first_text, median_slack, late_missed, slowest_correction, signatures, reached, reminders,
        figures_releases, figures_refused,
        timeline, timeline_note, timeline_marks, end, now,
        key_kept, key_late, key_missed, key_free, key_open, key_due, key_level, key_inject,
        steps, steps_note, steps_none, not_out,
        heat, heat_note,
        misses, open, posts, posts_note, channels, channels_note, lessons, ledger_link, ledger_note, ledger_happened,
        number, release, issuer, body, level, opens, due, actual, slack, result, why, left, waits_for,
        post, waited, times, longest, in_vain, at_work,
        channel, deliveries, accepted, delivered, failed, unknown, unfinished, cancelled,
        lesson, owner, date, since, at, what_happened, in_text_of, corrects, item,
        many_chance, many_chance_note, many_left, many_left_note, many_steps_note, many_posts_note,
        many_as_is, many_more, many_never, plan, chance, of_releases, percentile_10, median, percentile_90,
        causes_none_else, stop, ledger_transcript,
        later, later_so_far, change_where, change_still, many_change_note, many_met, many_not_met,
    }
}
