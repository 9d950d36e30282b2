//! What is asked for where somebody sits at a terminal, and what is said where nobody does.

use super::office::{Office, Said};
use std::process::Stdio;
use tokio::process::Command;

impl Office {
    /// Has `login` type a command at a terminal of 80 columns, and then `typed`.
    pub(super) async fn at_a_terminal(&mut self, login: &str, args: &[&str], typed: &str) -> Said {
        use tokio::io::AsyncWriteExt as _;
        let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
        let token = self.token_file(login);
        let mut line = vec![
            env!("CARGO_BIN_EXE_fabu"),
            args[0],
            "--token-file",
            token.to_str().unwrap(),
        ];
        line.extend(&args[1..]);
        let line: Vec<String> = line.into_iter().map(quoted).collect();
        let mut command = Command::new("script");
        command
            .args([
                "-qec",
                &format!("stty rows 24 cols 80; {}", line.join(" ")),
                "/dev/null",
            ])
            .env("FABU_SERVER", format!("http://{}", self.server))
            .env("FABU_LANG", "en")
            .env("TERM", "dumb")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut keyboard = child.stdin.take().unwrap();
        keyboard.write_all(typed.as_bytes()).await.unwrap();
        let said = Said::of(child.wait_with_output().await.unwrap());
        drop(keyboard);
        self.town.tick().await;
        said
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_terminal_nothing_is_asked_back() {
    let mut office = Office::open().await;
    let (incident, notice) = office.declare().await;
    office
        .by("zhiban", &["release", "edit", &notice])
        .await
        .exits(2)
        .tells("there is no terminal")
        .tells("--text-file FILE");
    office
        .by("zhiban", &["incident", "facts", &incident])
        .await
        .exits(2);
    let file = office.folder.path().join("text.txt");
    std::fs::write(&file, "第一段。\n\n第二段。\n").unwrap();
    let edit = ["release", "edit", &notice, "--text-file", "text.txt"];
    office
        .by("zhiban", &edit)
        .await
        .ok()
        .prints("第一段。\n\n第二段。");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_a_terminal_the_text_is_shown_and_the_code_asked_for() {
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    office
        .by("zhiban", &["release", "submit", &notice])
        .await
        .ok();
    let approve = ["release", "approve", &notice];
    office
        .by("kezhang", &approve)
        .await
        .exits(2)
        .tells("no terminal to ask at; nothing was signed")
        .tells(&format!("next: fabu release preview {notice}"));
    office
        .at_a_terminal("kezhang", &approve, "1-0000-0000-0000-0000\n")
        .await
        .exits(5)
        .prints("加密巡堤查险")
        .prints("that is not the code of this text");
    office
        .at_a_terminal("kezhang", &approve, "\n")
        .await
        .ok()
        .prints("Left unsigned.");
    let code = office.release(&notice).await["bulletin"]["code"]
        .as_str()
        .unwrap()
        .to_owned();
    office
        .at_a_terminal("kezhang", &approve, &format!("{code}\n"))
        .await
        .ok()
        .prints("waits for Office director (Flood Control Office of Shili City)");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_missing_is_asked_for_by_its_label_and_listed_where_nobody_sits() {
    let mut office = Office::open().await;
    let declare = [
        "incident",
        "declare",
        "flood",
        "--level",
        "IV",
        "--area",
        "320299",
        "--fact",
        "rainfall=80",
    ];
    let alone = office.by("zhiban", &declare).await.ok();
    let line = |text: &str, fact: &str| {
        text.lines()
            .find(|line| line.contains(fact))
            .map(str::to_owned)
    };
    let listed = line(&alone.err, "situation=…").unwrap_or_else(|| panic!("{}", alone.err));
    assert!(line(&alone.err, " rainfall=…").is_none(), "{}", alone.err);
    let label = listed
        .trim()
        .split("  ")
        .next()
        .unwrap()
        .trim_end_matches(" situation=…")
        .to_owned();
    assert_ne!(label, "situation", "{listed}");

    let again: Vec<&str> = declare
        .iter()
        .copied()
        .chain(["--another", "--json"])
        .collect();
    office.by("zhiban", &again).await.ok();
    let again: Vec<&str> = declare.iter().copied().chain(["--another"]).collect();
    let typed = format!("我市普降大到暴雨\n{}", "\n".repeat(20));
    let asked = office.at_a_terminal("zhiban", &again, &typed).await.ok();
    assert!(asked.out.contains(&label), "{}", asked.out);
    assert!(line(&asked.out, " situation=…").is_none(), "{}", asked.out);
}
