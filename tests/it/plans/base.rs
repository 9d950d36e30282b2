//! A small root that is sound, and ways to break it.

use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use fabu::plan::diagnostic::Diagnostic;
use fabu::plan::{Reading, read};
use tempfile::TempDir;

/// The day on which the tests check.
pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date")
}

/// A copy of the sound root.
pub struct Root(TempDir);

impl Root {
    pub fn sound() -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/plans/base");
        copy(&base, home.path());
        Self(home)
    }

    /// The sound root, in which a superior may speak, and the relay of its words.
    pub fn relaying() -> Self {
        let facts = "common-facts:\n  - {fact: superior-content, label: 原文, type: text}\n  - {fact: superior-command, label: 上级, type: text}\n  - {fact: superior-time, label: 时间, type: time, lies: either}\n";
        let relay = "      - item: relay\n        name: 转发\n        kind: bulletin\n        document: relay\n        subject: flood-situation\n        template: relay\n        channels: [portal]\n        on-demand: true\n        due: {within: 1h, of: request}\n        route: ordinary\n        takes-over: [situation]\n      - item: situation\n";
        Self::sound()
            .edit("plans/events.yaml", "common-facts:\n", facts)
            .plan(
                "levels:\n",
                "speaker: {by: colour, superior: [红色], relay: relay}\nlevels:\n",
            )
            .plan("      - item: situation\n", relay)
            .plan(
                "lifts: [closure, response-notice]",
                "lifts: [closure, response-notice, relay]",
            )
            .write(
                "plans/flood/templates/relay.hbs",
                "---\ntitle: 转发\ntext-en: From {{superior-command}}, {{superior-time}}.\n---\n{{superior-command}}{{superior-time}}发布：“{{superior-content}}”\n",
            )
    }

    /// The sound root, in which two sources are watched and answered.
    pub fn answering() -> Self {
        let answer = "      - item: answer\n        name: 回应\n        kind: refutation\n        subject: flood-situation\n        template: answer\n        on-demand: true\n      - item: situation\n";
        let concerns = "    concerns:\n      - {source: hotline, watch: [duty], answer: head, within: 1h, route: ordinary, channels: [portal]}\n      - {source: village, watch: [duty], answer: head, within: 2h, route: ordinary, channels: [portal]}\n  III:\n    inherit: IV\n";
        Self::sound()
            .plan("      - item: situation\n", answer)
            .plan("  III:\n    inherit: IV\n", concerns)
            .write(
                "plans/flood/templates/answer.hbs",
                "---\ntitle: 回应\nsms: 洪涝情况属实，请放心。\n---\n{{situation}}\n",
            )
    }

    /// A text in both languages, in the place of that of a lifting.
    pub fn in_both_languages(text: &str) -> Self {
        Self::sound()
            .write("plans/flood/templates/lifted.hbs", text)
            .edit(
                "plans/events.yaml",
                "common-facts:\n",
                "common-facts:\n  - {fact: closure-areas, label: 范围, type: text, place: true}\n  - {fact: closure-end, label: 时间, type: time, lies: either}\n",
            )
    }

    /// A copy of the example set.
    pub fn examples() -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        for folder in ["plans", "channels"] {
            let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            copy(&from, &home.path().join(folder));
        }
        Self(home)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Replaces `old` by `new` once in `file`; an `old` that is not there would make a test that cannot fail.
    pub fn edit(self, file: &str, old: &str, new: &str) -> Self {
        let path = self.0.path().join(file);
        let text = fs::read_to_string(&path).expect(file);
        assert!(text.contains(old), "{file} does not hold {old:?}");
        fs::write(&path, text.replacen(old, new, 1)).expect(file);
        self
    }

    pub fn plan(self, old: &str, new: &str) -> Self {
        self.edit("plans/flood/plan.yaml", old, new)
    }

    /// One more rule; `demand` and what else it says, as YAML in one line each.
    pub fn rule(self, name: &str, demand: &str) -> Self {
        let path = self.0.path().join("plans/rules.yaml");
        let mut text = fs::read_to_string(&path).expect("rules.yaml");
        let rule = format!(
            "  - rule: {name}\n    name: 规则\n    severity: warning\n    demand: {demand}\n"
        );
        text.push_str(&rule);
        fs::write(&path, text).expect("rules.yaml");
        self
    }

    pub fn template(self, name: &str, old: &str, new: &str) -> Self {
        self.edit(&format!("plans/flood/templates/{name}.hbs"), old, new)
    }

    /// Ends `file` before the first `mark`.
    pub fn cut(self, file: &str, mark: &str) -> Self {
        let path = self.0.path().join(file);
        let text = fs::read_to_string(&path).expect(file);
        let (head, _) = text.split_once(mark).expect(mark);
        fs::write(&path, head).expect(file);
        self
    }

    pub fn write(self, file: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.0.path().join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect(file);
        fs::write(&path, bytes).expect(file);
        self
    }

    pub fn remove(self, file: &str) -> Self {
        fs::remove_file(self.0.path().join(file)).expect(file);
        self
    }

    pub fn read(&self) -> Reading {
        read(self.path(), today())
    }

    /// The complaints about this root, a block each, with paths below it.
    pub fn said(&self) -> String {
        let lines: Vec<String> = self
            .read()
            .diagnostics
            .iter()
            .map(|d| self.block(d))
            .collect();
        lines.join("\n")
    }

    fn block(&self, diagnostic: &Diagnostic) -> String {
        let file = diagnostic
            .place
            .file
            .replace(&format!("{}/", self.path().display()), "");
        let mut out = format!(
            "{}[{}] {file}:{}:{}\n  {}",
            diagnostic.severity,
            diagnostic.code,
            diagnostic.place.line,
            diagnostic.place.column,
            diagnostic.message
        );
        if let Some(help) = &diagnostic.help {
            out.push_str(&format!("\n  help: {help}"));
        }
        out
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the sound root") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}
