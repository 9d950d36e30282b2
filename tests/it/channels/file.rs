//! The folder that stands in for a channel.

use std::path::Path;

use fabu::channel::{MapSecrets, SharedChannel};
use serde_json::json;

use crate::support::parcels::{Told as _, moment, parcel, parcel_of, rendering, try_channel_in};

fn folder(base: &Path) -> SharedChannel {
    let def = json!({"kind": "file", "file": {"folder": "outbox/sms", "addresses": "sms"}});
    try_channel_in(def, &MapSecrets::default(), base).unwrap()
}

fn files(base: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(base.join("outbox/sms")).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn holds_what_would_be_sent_and_to_whom() {
    let base = tempfile::tempdir().unwrap();
    let folder = folder(base.path());
    let receipt = folder
        .send(&parcel("L-01A-7", "13800001234"))
        .await
        .accepted();
    assert_eq!(receipt.as_deref(), Some("L-01A-7.txt"));
    assert_eq!(
        files(base.path()),
        ["L-01A-7.txt"],
        "no address in a name, no half-written file"
    );
    let text = std::fs::read_to_string(base.path().join("outbox/sms/L-01A-7.txt")).unwrap();
    assert_eq!(
        text,
        "To: 13800001234\n\
         Subject: 关于启动防汛四级应急响应的通告\n\
         Date: Fri, 1 May 2026 02:00:00 +0000\n\
         Channel: test\n\
         Language: zh-CN\n\
         Delivery: L-01A-7\n\
         \n\
         请低洼地区、危旧房屋居民做好转移准备。\n"
    );
}

#[tokio::test]
async fn a_notice_board_gets_a_page_to_pin_up_that_says_the_same() {
    let base = tempfile::tempdir().unwrap();
    let def = json!({"kind": "file", "file": {"folder": "outbox/sms", "print": true}});
    let board = try_channel_in(def, &MapSecrets::default(), base.path()).unwrap();
    let mut text = rendering("请转移到<临江中学>。\n\n带药 & 证件。");
    text.subject = Some("关于转移的通告".into());
    board
        .send(&parcel_of("L-1", "folder", text))
        .await
        .accepted();
    assert_eq!(files(base.path()), ["L-1.html", "L-1.txt"]);
    let sheet = std::fs::read_to_string(base.path().join("outbox/sms/L-1.txt")).unwrap();
    assert!(
        sheet.starts_with("关于转移的通告\n\n请转移到<临江中学>。")
            && sheet.contains("\nDelivery: L-1\n"),
        "{sheet}"
    );
    assert!(!sheet.contains("To: folder"), "{sheet}");
    let page = std::fs::read_to_string(base.path().join("outbox/sms/L-1.html")).unwrap();
    for said in [
        "<h1>关于转移的通告</h1>",
        "<p>请转移到&lt;临江中学&gt;。</p>",
        "<p>带药 &amp; 证件。</p>",
        "@page{size:A4",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(
        !page.contains("<script") && !page.contains("http"),
        "{page}"
    );
}

#[tokio::test]
async fn a_second_try_writes_the_same_file() {
    let base = tempfile::tempdir().unwrap();
    let folder = folder(base.path());
    for _ in 0..3 {
        folder
            .send(&parcel("L-01A-7", "13800001234"))
            .await
            .accepted();
    }
    folder
        .send(&parcel("L-01A-8", "13800001235"))
        .await
        .accepted();
    assert_eq!(files(base.path()), ["L-01A-7.txt", "L-01A-8.txt"]);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named_and_tried_again() {
    let base = tempfile::tempdir().unwrap();
    // A file where the folder should be fails for every user, root included.
    std::fs::write(base.path().join("outbox"), "in the way").unwrap();
    let folder = folder(base.path());
    let told = folder.send(&parcel("L-1", "13800001234")).await.retry();
    let path = base.path().join("outbox/sms/L-1.txt");
    assert!(told.why.contains(path.to_str().unwrap()), "{}", told.why);
    assert!(
        !told.ambiguous && !told.why.contains("13800001234"),
        "{}",
        told.why
    );
    assert!(folder.probe(moment()).await.is_err());

    std::fs::remove_file(base.path().join("outbox")).unwrap();
    folder.send(&parcel("L-1", "13800001234")).await.accepted();
    assert!(folder.probe(moment()).await.is_ok());
    assert_eq!(
        files(base.path()),
        ["L-1.txt"],
        "the probe leaves nothing behind"
    );
}

#[tokio::test]
async fn a_line_break_in_a_subject_makes_no_header() {
    let base = tempfile::tempdir().unwrap();
    let mut text = rendering("正文");
    text.subject = Some("通告\nTo: 110".into());
    folder(base.path())
        .send(&parcel_of("L-1", "13800001234", text))
        .await
        .accepted();
    let sheet = std::fs::read_to_string(base.path().join("outbox/sms/L-1.txt")).unwrap();
    assert_eq!(
        sheet
            .lines()
            .filter(|line| line.starts_with("To: "))
            .count(),
        1,
        "{sheet}"
    );
}
