//! The parser's events become a value with the place of every key; what a plan file has no use for is refused where it stands.

use std::collections::HashMap;

use saphyr_parser::{Event, ScalarStyle, Tag};
use serde_json::{Map, Value};

use super::{Document, Fault, Mark, join};
use crate::domain::phrase::{Phrase, phrase};

/// Nodes that one file may hold, aliases written out.
const MAX_NODES: usize = 100_000;
/// How deep lists and mappings may lie inside each other.
const MAX_DEPTH: usize = 48;

/// A list or mapping under construction.
struct Frame {
    pointer: String,
    anchor: usize,
    kind: Kind,
}

enum Kind {
    List(Vec<Value>),
    Mapping {
        members: Map<String, Value>,
        /// The key that waits for its value, and whether it stood there before.
        key: Option<(String, bool)>,
    },
}

#[derive(Default)]
pub(super) struct Builder {
    pub document: Document,
    pub faults: Vec<Fault>,
    stack: Vec<Frame>,
    anchors: HashMap<usize, (String, Value)>,
    nodes: usize,
    pub documents: usize,
}

type Step = Result<(), Box<Fault>>;

fn refuse(code: &'static str, mark: Mark, message: Phrase, help: Phrase) -> Step {
    Err(Box::new(Fault {
        code,
        mark,
        message,
        help: Some(help),
    }))
}

impl Builder {
    pub fn take(&mut self, event: Event<'_>, mark: Mark) -> Step {
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return refuse(
                        "several-documents",
                        mark,
                        phrase!("yaml.second-document"),
                        phrase!("yaml.second-document-help"),
                    );
                }
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => {
                if self.expects_key() {
                    return self.key(text.into_owned(), mark);
                }
                let value = self.scalar(&text, style, tag.as_deref(), mark);
                let pointer = self.begin(mark)?;
                self.end(pointer, anchor, value);
                Ok(())
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(mark, anchor, tag.as_deref(), Kind::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                let kind = Kind::Mapping {
                    members: Map::new(),
                    key: None,
                };
                self.open(mark, anchor, tag.as_deref(), kind)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(frame) = self.stack.pop() {
                    let value = match frame.kind {
                        Kind::List(members) => Value::Array(members),
                        Kind::Mapping { members, .. } => Value::Object(members),
                    };
                    self.end(frame.pointer, frame.anchor, value);
                }
                Ok(())
            }
            Event::Alias(anchor) => self.alias(anchor, mark),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn expects_key(&self) -> bool {
        matches!(
            self.stack.last(),
            Some(Frame {
                kind: Kind::Mapping { key: None, .. },
                ..
            })
        )
    }

    fn key(&mut self, text: String, mark: Mark) -> Step {
        let Some(Frame {
            pointer,
            kind: Kind::Mapping { members, key },
            ..
        }) = self.stack.last_mut()
        else {
            return Ok(());
        };
        let pointer = join(pointer, &text);
        let again = members.contains_key(&text);
        if again {
            let first = self.document.keys.get(&pointer).map_or(0, |m| m.line);
            self.faults.push(Fault {
                code: "duplicate-key",
                mark,
                message: phrase!("yaml.key-twice", key = crate::plan::words::short(&text)),
                help: Some(phrase!("yaml.key-twice-help", line = first)),
            });
        } else {
            self.document.keys.insert(pointer, mark);
        }
        *key = Some((text, again));
        Ok(())
    }

    fn open(&mut self, mark: Mark, anchor: usize, tag: Option<&Tag>, kind: Kind) -> Step {
        if self.expects_key() {
            return refuse(
                "key-not-text",
                mark,
                phrase!("yaml.key-is-list"),
                phrase!("yaml.key-is-list-help"),
            );
        }
        if self.stack.len() >= MAX_DEPTH {
            return refuse(
                "too-deep",
                mark,
                phrase!("yaml.too-deep", most = MAX_DEPTH),
                phrase!("yaml.too-deep-help"),
            );
        }
        if let Some(tag) = tag
            && !(tag.is_yaml_core_schema() && (tag.suffix == "map" || tag.suffix == "seq"))
        {
            self.tag_fault(tag, mark);
        }
        let pointer = self.begin(mark)?;
        self.stack.push(Frame {
            pointer,
            anchor,
            kind,
        });
        Ok(())
    }

    /// The pointer of the value that begins here.
    fn begin(&mut self, mark: Mark) -> Result<String, Box<Fault>> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            refuse(
                "too-large",
                mark,
                phrase!("yaml.too-many", most = MAX_NODES),
                phrase!("yaml.too-many-help"),
            )?;
        }
        let pointer = match self.stack.last() {
            None => String::new(),
            Some(Frame { pointer, kind, .. }) => match kind {
                Kind::List(members) => format!("{pointer}/{}", members.len()),
                Kind::Mapping { key, .. } => {
                    join(pointer, key.as_ref().map_or("", |(key, _)| key.as_str()))
                }
            },
        };
        // The first of two equal keys keeps its place, as it keeps its value.
        self.document.values.entry(pointer.clone()).or_insert(mark);
        Ok(pointer)
    }

    fn end(&mut self, pointer: String, anchor: usize, value: Value) {
        if anchor > 0 {
            self.anchors.insert(anchor, (pointer, value.clone()));
        }
        match self.stack.last_mut() {
            None => self.document.value = value,
            Some(Frame { kind, .. }) => match kind {
                Kind::List(members) => members.push(value),
                Kind::Mapping { members, key } => {
                    if let Some((key, false)) = key.take() {
                        members.insert(key, value);
                    }
                }
            },
        }
    }

    fn alias(&mut self, anchor: usize, mark: Mark) -> Step {
        if self.expects_key() {
            return refuse(
                "key-not-text",
                mark,
                phrase!("yaml.key-is-alias"),
                phrase!("yaml.key-is-alias-help"),
            );
        }
        let Some((from, value)) = self.anchors.get(&anchor).cloned() else {
            return refuse(
                "alias-of-itself",
                mark,
                phrase!("yaml.alias-of-itself"),
                phrase!("yaml.alias-of-itself-help"),
            );
        };
        let pointer = self.begin(mark)?;
        self.nodes += count(&value, MAX_NODES);
        if self.nodes > MAX_NODES || self.stack.len() + depth(&value) > MAX_DEPTH {
            return refuse(
                "too-large",
                mark,
                phrase!("yaml.too-many-or-deep", most = MAX_NODES),
                phrase!("yaml.too-many-or-deep-help"),
            );
        }
        // A fault in the repeated part is a fault of the part, so it points there.
        let head = format!("{from}/");
        let marks: Vec<(String, Mark)> = self
            .document
            .values
            .range(head.clone()..)
            .take_while(|(at, _)| at.starts_with(&head))
            .map(|(at, mark)| (format!("{pointer}{}", &at[from.len()..]), *mark))
            .collect();
        for (at, mark) in marks {
            let original = format!("{from}{}", &at[pointer.len()..]);
            if let Some(key) = self.document.keys.get(&original).copied() {
                self.document.keys.entry(at.clone()).or_insert(key);
            }
            self.document.values.entry(at).or_insert(mark);
        }
        self.end(pointer, 0, value);
        Ok(())
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, mark: Mark) -> Value {
        match tag {
            Some(tag) if tag.is_yaml_core_schema() && tag.suffix == "str" => {
                return Value::String(text.to_owned());
            }
            Some(tag) => self.tag_fault(tag, mark),
            None => {}
        }
        if style == ScalarStyle::Plain {
            super::scalar::core(text)
        } else {
            Value::String(text.to_owned())
        }
    }

    fn tag_fault(&mut self, tag: &Tag, mark: Mark) {
        self.faults.push(Fault {
            code: "yaml-tag",
            mark,
            message: phrase!(
                "yaml.tag",
                tag = crate::plan::words::short(&tag.to_string())
            ),
            help: Some(phrase!("yaml.tag-help")),
        });
    }
}

fn count(value: &Value, most: usize) -> usize {
    let mut total = 0;
    let mut todo = vec![value];
    while let Some(value) = todo.pop() {
        total += 1;
        if total > most {
            return total;
        }
        match value {
            Value::Array(members) => todo.extend(members),
            Value::Object(members) => todo.extend(members.values()),
            _ => {}
        }
    }
    total
}

/// Bounded by `MAX_DEPTH`, so recursion is safe.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(members) => 1 + members.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
