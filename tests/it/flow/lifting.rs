//! What lifts a measure: where, from which hour, and what the public reads of it.
