//! A live drill directed and played from the command line.

use std::os::unix::fs::PermissionsExt as _;

use super::Hall;
use crate::support::command::Answer;

impl Hall {
    /// One command of the director's, or of whoever's token and server are given.
    fn command(&self, args: &[&str], server: &str, token: &str) -> Answer {
        let mut command = self.office.desk.command(args);
        command.env("FABU_SERVER", server).env("FABU_TOKEN", token);
        Answer::of(command.output().unwrap())
    }

    fn directs(&self, args: &[&str]) -> Answer {
        self.command(args, &self.server.api, &self.chief)
    }
}

/// It went well and printed each of `words`.
#[track_caller]
fn prints(answer: &Answer, words: &[&str]) {
    answer.says(0, &[]);
    for word in words {
        assert!(
            answer.out.contains(word),
            "{word:?} is missing: {answer:#?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_of_it_by_commands() {
    let hall = Hall::open();
    hall.directs(&["drill", "status"])
        .says(1, &["no live drill is running", "fabu drill start"]);
    let begun = hall.directs(&[
        "drill",
        "start",
        "drills/t.yaml",
        "--speed",
        "5",
        "--tokens",
        "tokens.txt",
    ]);
    prints(&begun, &["T+0:00:0", "T+3:00:00"]);
    begun.says(0, &["tokens.txt", "FABU_SERVER="]);
    let tokens = hall.office.desk.path("tokens.txt");
    assert_eq!(
        std::fs::metadata(&tokens).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let tokens = hall.office.desk.read("tokens.txt");
    let officer = tokens
        .lines()
        .find(|line| line.starts_with("flood-office.duty-officer\t"))
        .unwrap();
    let token = officer.rsplit('\t').next().unwrap();

    hall.drill_once("a draft", |drill| {
        drill["waiting"][0]["release"].is_string()
    })
    .await;
    let api = hall.drill().await["api"].as_str().unwrap().to_owned();
    let mine = hall.command(&["release", "list", "--mine"], &api, token);
    prints(&mine, &["D-", "Notice of flood response activation"]);

    let raise = "raise: {to: III, reason: 水位超过警戒}";
    prints(
        &hall.directs(&["drill", "inject", raise]),
        &["响应级别提高到Ⅲ级"],
    );
    hall.directs(&["drill", "inject", "raise: {to: III, reason: [}"])
        .says(3, &["inject:1:", "nothing was done"]);
    hall.directs(&["drill", "inject", "[1]"])
        .says(3, &["this is no inject"]);
    prints(&hall.directs(&["drill", "pause"]), &["paused"]);
    hall.directs(&["drill", "pause"])
        .says(5, &["paused already"]);
    prints(
        &hall.directs(&["drill", "resume", "--speed", "20"]),
        &["×20"],
    );
    prints(&hall.directs(&["drill", "jump", "--by", "10m"]), &["T+0:1"]);
    hall.directs(&["drill", "start", "t"])
        .says(5, &["under way"]);
    let over = hall.directs(&["drill", "stop", "--reason", "试完", "--out", "after"]);
    prints(&over, &["chief：试完"]);
    over.says(0, &["wrote everything into"]);
    let transcript = hall.office.desk.read("after/transcript.txt");
    assert!(
        transcript.contains("【导调】响应级别提高到Ⅲ级"),
        "{transcript}"
    );
    assert!(hall.office.desk.read("after/report.html").contains("<svg"));
    hall.directs(&["drill", "report", "--out", "again"])
        .says(0, &["wrote everything into"]);
    assert_eq!(transcript, hall.office.desk.read("again/transcript.txt"));
    hall.directs(&["drill", "compare", "after", "again"])
        .says(0, &[]);
}
