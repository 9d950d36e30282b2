//! Who may know whom. The table is the rule; the test quotes the line of it that was broken.

use std::path::{Path, PathBuf};

/// A part of the house: the modules of ours it may name, and why not the others. `id` and `domain` are the common
/// words. A longer path overrules the shorter one it begins with.
struct Part {
    path: &'static str,
    may_use: &'static [&'static str],
    because: &'static str,
}

#[rustfmt::skip]
const HOUSE: &[Part] = &[
    Part { path: "clock", may_use: &["domain"], because: "it tells the time and knows nothing else" },
    Part { path: "id", may_use: &[], because: "names stand on nothing" },
    Part { path: "config", may_use: &["domain", "id"], because: "it is read before anything is built" },
    Part { path: "domain", may_use: &["id"], because: "rules are pure: what they need comes in as a value" },
    Part { path: "plan", may_use: &["domain", "id", "render"], because: "it reads files; what it read is judged by `domain`" },
    Part { path: "sheet", may_use: &["domain"], because: "it reads lists as people write them; others open files and keep contacts" },
    Part { path: "store", may_use: &["domain", "id"], because: "it keeps what others decided" },
    Part { path: "render", may_use: &["domain", "id"], because: "the same facts give the same text, whoever asks" },
    Part { path: "channel", may_use: &["domain", "id"], because: "it sends what it is handed and says what became of it" },
    Part { path: "flow", may_use: &["domain", "id", "store", "render"], because: "verbs decide and write; only `flow::deliver` talks to channels" },
    Part { path: "flow/deliver", may_use: &["clock", "domain", "id", "store", "render", "channel", "flow"], because: "the one verb that talks to channels, and waits for them" },
    Part { path: "realm", may_use: &["clock", "config", "domain", "id", "plan", "store", "render", "channel", "flow"], because: "it ties a world together for those above it" },
    Part { path: "worker", may_use: &["channel", "clock", "domain", "id", "store", "flow", "realm"], because: "it turns the wheel, it does not know the road" },
    Part { path: "words", may_use: &["domain"], because: "it words what others decided, for every face alike" },
    Part { path: "contract", may_use: &["domain"], because: "it is the form of what is said, and says nothing itself" },
    Part { path: "read", may_use: &["contract", "domain", "id", "store", "flow", "render", "words"], because: "it shows what there is, and decides nothing" },
    Part { path: "drill", may_use: &["clock", "config", "domain", "id", "plan", "store", "render", "channel", "flow", "realm", "worker", "words"], because: "a drill runs the very same engine and nothing of the faces" },
    Part { path: "web", may_use: &["clock", "config", "domain", "id", "plan", "sheet", "store", "render", "flow", "realm", "drill", "words", "contract", "read"], because: "it holds no rules and reaches the outside through `flow`" },
    Part { path: "server", may_use: &["clock", "domain", "id", "plan", "store", "flow", "realm", "worker", "drill", "web"], because: "it starts what others built and holds no rules" },
    Part { path: "cli", may_use: &["clock", "config", "domain", "id", "plan", "sheet", "store", "render", "channel", "flow", "realm", "worker", "drill", "web", "server", "words", "contract", "read"], because: "it is the outermost" },
    Part { path: "main", may_use: &["cli"], because: "it only starts the command line" },
    Part { path: "lib", may_use: &[], because: "it only lists the parts" },
];

/// Crates that one part keeps to itself, so that they can be exchanged in one place.
#[rustfmt::skip]
const CRATES: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    ("rusqlite", &["store"]),
    ("axum", &["web", "server"]),
    ("hyper", &["web", "server"]),
    ("hyper_util", &["web", "server"]),
    ("tower_http", &["web", "server"]),
    ("askama", &["web", "drill/report"]),
    ("utoipa", &["contract", "web"]),
    ("utoipa_axum", &["web"]),
    ("reqwest", &["channel", "cli"]),
    ("lettre", &["channel"]),
    ("csv", &["sheet"]),
    ("handlebars", &["render"]),
    ("clap", &["cli", "main"]),
    ("rand", &["id", "domain", "drill"]),
];

/// What only a store may say: the rest of the program cannot tell one database from the other.
const DRIVERS: &[&str] = &[
    "store::driver",
    "store::Driver",
    "store::Connection",
    "store::Value",
    "store::Row",
];

/// Ways to ask a database for the time. It is bound as a value, so that drills and tests can set it.
const TIME_IN_SQL: &[&str] = &[
    "current_timestamp",
    "current_time",
    "current_date",
    "now()",
    "'now'",
    "strftime",
    "unixepoch",
    "clock_timestamp",
];

/// A line of source that stands in the program: no comment, no test.
struct Line {
    number: usize,
    text: String,
}

struct File {
    /// Below `src`, without `.rs`: `store/journal`.
    module: String,
    name: String,
    lines: Vec<Line>,
}

impl File {
    fn part(&self) -> Option<&'static Part> {
        HOUSE
            .iter()
            .filter(|part| within(&self.module, part.path))
            .max_by_key(|part| part.path.len())
    }
}

fn within(module: &str, path: &str) -> bool {
    module
        .strip_prefix(path)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files_below(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, ending, found);
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
}

fn sources() -> Vec<File> {
    let src = root().join("src");
    let mut paths = Vec::new();
    files_below(&src, "rs", &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let below = path.strip_prefix(&src).unwrap();
            let module = below
                .with_extension("")
                .to_str()
                .unwrap()
                .replace('\\', "/");
            let text = std::fs::read_to_string(&path).unwrap();
            File {
                module,
                name: format!("src/{}", below.display()),
                lines: program_lines(&text, "//"),
            }
        })
        .collect()
}

/// Leaves comments out, and a test module at the end of the file with it.
fn program_lines(text: &str, comment: &str) -> Vec<Line> {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or("");
    let code = |line: &str| line.split(comment).next().unwrap_or("").to_owned();
    (1..)
        .zip(text.lines())
        .map(|(number, line)| Line {
            number,
            text: code(line),
        })
        .collect()
}

/// The modules of ours that the lines name as `crate::…`, with the number of the line.
fn named_modules(lines: &[Line]) -> Vec<(usize, String)> {
    let mut text = String::new();
    let mut starts = Vec::new();
    for line in lines {
        starts.push((text.len(), line.number));
        text.push_str(&line.text);
        text.push('\n');
    }
    let mut named = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        if text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let line = starts
            .iter()
            .rev()
            .find(|(start, _)| *start <= at)
            .map_or(0, |(_, number)| *number);
        let rest = &text[at + "crate::".len()..];
        let names = match rest.strip_prefix('{') {
            Some(group) => first_words(group),
            None => vec![word(rest)],
        };
        // `args!` is the store's, though macros live at the root.
        named.extend(names.into_iter().map(|name| {
            (
                line,
                if name == "args" {
                    "store".to_owned()
                } else {
                    name
                },
            )
        }));
    }
    named
}

/// The first word of each part of `a::b, c::{d, e}}…`, up to the brace that closes the group.
fn first_words(group: &str) -> Vec<String> {
    let mut words = vec![word(group.trim_start())];
    let mut depth = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => words.push(word(group[at + 1..].trim_start())),
            _ => {}
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// Whether `line` names the crate, as a path or in a `use`, and not something that merely ends in its name.
fn names_crate(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = &line[at + name.len()..];
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '.')
            && (after.starts_with("::")
                || (line.trim_start().starts_with("use ") && after.starts_with([';', ' '])))
    })
}

fn report(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn every_part_names_only_those_it_may_know() {
    let mut faults = Vec::new();
    for file in sources() {
        let Some(part) = file.part() else {
            faults.push(format!(
                "{}: no rule for this part; add it to HOUSE in tests/it/layers.rs",
                file.name
            ));
            continue;
        };
        let own = part.path.split('/').next().unwrap_or(part.path);
        for (line, named) in named_modules(&file.lines) {
            if named != own && named != "VERSION" && !part.may_use.contains(&&*named) {
                faults.push(format!(
                    "{}:{line} names crate::{named}. The rule: `{}` may know {:?}: {}.",
                    file.name, part.path, part.may_use, part.because
                ));
            }
        }
        // `super` once too often reaches the root and would slip past the check above.
        let to_root = "super::".repeat(file.module.split('/').count());
        if file.module != "lib" && file.module != "main" {
            for line in file
                .lines
                .iter()
                .filter(|line| line.text.contains(&to_root))
            {
                faults.push(format!(
                    "{}:{} reaches the root by `{to_root}`; write `crate::`.",
                    file.name, line.number
                ));
            }
        }
    }
    report(&faults);
}

#[test]
fn a_crate_is_named_only_where_it_is_kept() {
    let mut faults = Vec::new();
    for file in sources() {
        for (name, homes) in CRATES {
            if homes.iter().any(|home| within(&file.module, home)) {
                continue;
            }
            for line in file
                .lines
                .iter()
                .filter(|line| names_crate(&line.text, name))
            {
                faults.push(format!(
                    "{}:{} names {name}. The rule: only {homes:?} may.",
                    file.name, line.number
                ));
            }
        }
    }
    report(&faults);
}

#[test]
fn only_the_store_knows_one_database_from_the_other() {
    let mut faults = Vec::new();
    for file in sources()
        .iter()
        .filter(|file| !within(&file.module, "store"))
    {
        for line in &file.lines {
            for name in DRIVERS.iter().filter(|name| line.text.contains(**name)) {
                faults.push(format!(
                    "{}:{} names {name}. The rule: only `store` may.",
                    file.name, line.number
                ));
            }
        }
    }
    report(&faults);
}

#[test]
fn no_statement_asks_the_database_for_the_time() {
    let mut texts: Vec<(String, Vec<Line>)> = sources()
        .into_iter()
        .filter(|file| within(&file.module, "store"))
        .map(|file| (file.name, file.lines))
        .collect();
    let mut migrations = Vec::new();
    files_below(&root().join("migrations"), "sql", &mut migrations);
    assert!(!migrations.is_empty());
    for path in migrations {
        let text = std::fs::read_to_string(&path).unwrap();
        texts.push((path.display().to_string(), program_lines(&text, "--")));
    }
    let mut faults = Vec::new();
    for (name, lines) in &texts {
        for line in lines {
            let text = line.text.to_lowercase();
            for way in TIME_IN_SQL.iter().filter(|way| text.contains(**way)) {
                faults.push(format!(
                    "{name}:{} asks for the time with {way}. The rule: `now` is bound, SQL never asks for it.",
                    line.number
                ));
            }
        }
    }
    report(&faults);
}

#[test]
fn the_library_lists_its_parts_in_reading_order() {
    let lib = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let listed: Vec<&str> = lib
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    assert!(!listed.is_empty());
    let order: Vec<&str> = HOUSE
        .iter()
        .map(|part| part.path)
        .filter(|path| listed.contains(path))
        .collect();
    assert_eq!(
        listed, order,
        "the order of src/lib.rs (left) is that of the table in tests/it/layers.rs (right)"
    );
}

#[test]
fn the_checks_see_what_they_should() {
    let source = "use crate::{\n    domain::{time, journal::Entry},\n    store::Tx,\n};\n// crate::cli\nfn f() { crate::web::serve(crate::args![1]) }\n#[cfg(test)]\nmod tests { use crate::drill; }";
    let named = named_modules(&program_lines(source, "//"));
    let expected = [(1, "domain"), (1, "store"), (6, "web"), (6, "store")];
    assert_eq!(named, expected.map(|(line, name)| (line, name.to_owned())));

    assert!(names_crate("use sqlx::Row;", "sqlx"));
    assert!(names_crate("    sqlx::query(sql)", "sqlx"));
    assert!(!names_crate("let operand::x = my_rand::y;", "rand"));
    assert!(!names_crate("crate::rand::x", "rand"));
    assert!(within("flow/deliver/lease", "flow/deliver"));
    assert!(!within("flow/delivery", "flow/deliver"));
}
