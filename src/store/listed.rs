//! Statements whose arguments are lists, which travel as JSON: rows that a list names, contacts that a reach covers.

use super::Value;
use crate::args;
use crate::domain::audience::Reach;

/// The statement `$head (…) $tail`, its `IN` over the list `$1` of texts or of numbers.
macro_rules! one_of {
    ($dialect:expr, $head:literal, text $(, $tail:literal)?) => {
        $crate::store::listed::one_of!($dialect, $head, "" $(, $tail)?)
    };
    ($dialect:expr, $head:literal, number $(, $tail:literal)?) => {
        $crate::store::listed::one_of!($dialect, $head, "::bigint" $(, $tail)?)
    };
    ($dialect:expr, $head:literal, $cast:literal $(, $tail:literal)?) => {
        match $dialect {
            $crate::store::Dialect::Sqlite => {
                concat!($head, " (SELECT value FROM json_each($1))" $(, " ", $tail)?)
            }
            $crate::store::Dialect::Postgres => {
                concat!($head, " (SELECT json_array_elements_text($1::json)", $cast, ")" $(, " ", $tail)?)
            }
        }
    };
}

/// The statement `$head … $tail` over what a reach covers; `$head` ends in a condition. `$contact` is the column that says
/// whose row it is, the last three are where [`lists`] stand among the arguments. An empty list does not restrict.
macro_rules! within_reach {
    ($dialect:expr, $head:literal, $contact:literal, $areas:literal $groups:literal $posts:literal, $tail:literal) => {
        $crate::store::listed::within_reach!(
            $dialect, $head, $contact,
            [$areas "area" "CASE WHEN substr(w.value, 1, 1) = '=' THEN '=' || t.value ELSE substr(t.value, 1, length(w.value)) END", $groups "group" "t.value", $posts "post" "t.value"],
            $tail
        )
    };
    ($dialect:expr, $head:literal, $contact:literal, [$($list:literal $kind:literal $tag:literal),*], $tail:literal) => {
        match $dialect {
            $crate::store::Dialect::Sqlite => concat!(
                $head,
                $(" AND (", $list, " = '[]' OR EXISTS (SELECT 1 FROM contact_tag t, json_each(", $list, ") w WHERE t.contact = ",
                $contact, " AND t.kind = '", $kind, "' AND ", $tag, " = w.value)) ",)*
                $tail
            ),
            $crate::store::Dialect::Postgres => concat!(
                $head,
                $(" AND (", $list, " = '[]' OR EXISTS (SELECT 1 FROM contact_tag t, json_array_elements_text(", $list,
                "::json) w(value) WHERE t.contact = ", $contact, " AND t.kind = '", $kind, "' AND ", $tag, " = w.value)) ",)*
                $tail
            ),
        }
    };
}

pub(super) use {one_of, within_reach};

/// Areas, groups and posts of a reach, for [`within_reach`].
pub(super) fn lists(reach: &Reach) -> Vec<Value> {
    // `=` stands before a place that is meant without those within it.
    let around = reach.around.iter().map(|area| format!("={}", area.0));
    let areas: Vec<String> = (reach.areas.iter().map(|area| area.0.clone()))
        .chain(around)
        .collect();
    args![list(&areas), list(&reach.groups), list(&reach.posts)]
}

/// A list as an argument.
pub(super) fn list<T: serde::Serialize>(values: &[T]) -> String {
    serde_json::json!(values).to_string()
}
