//! The way to the server: a token, an answer that never comes, a key that is used again.

use super::office::{Office, Said};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_no_token_is_told_how_to_get_one() {
    let office = Office::open().await;
    let said = Said::of(
        office
            .command()
            .args(["incident", "list"])
            .output()
            .await
            .unwrap(),
    );
    said.exits(4)
        .tells("there is no token")
        .tells("fabu user token");
    let mut command = office.command();
    command
        .env("FABU_TOKEN", "fabu-of-somebody-else")
        .args(["incident", "list"]);
    let said = Said::of(command.output().await.unwrap()).exits(4);
    assert!(!said.err.contains("of-somebody-else"), "{}", said.err);
    let mut command = office.command();
    command
        .env("FABU_TOKEN", "line\nbreak")
        .args(["incident", "list"]);
    let said = Said::of(command.output().await.unwrap()).exits(4);
    assert!(!said.err.contains("break"), "{}", said.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_declares_once() {
    let mut office = Office::open().await;
    let declare = [
        "incident", "declare", "snow-ice", "--level", "IV", "--area", "320299",
    ];
    office
        .hire("yingji", &["emergency-bureau/duty-officer"])
        .await;
    let keyed = [&declare[..], &["--key", "night-1", "--json"]].concat();
    let first = office.by("yingji", &keyed).await.ok().json();
    let again = office.by("yingji", &keyed).await.ok().json();
    assert_eq!(first["id"], again["id"]);
    office.by("yingji", &declare).await.exits(5).tells(&format!(
        "next: fabu incident show {}",
        first["id"].as_str().unwrap()
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_is_said_so() {
    let mut office = Office::open().await;
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    let list = ["incident", "list", "--server", &address];
    office
        .by("zhiban", &list)
        .await
        .exits(1)
        .tells("nothing was changed")
        .tells("fabu serve");
    let list = ["incident", "list", "--server", "ftp://127.0.0.1"];
    office.by("zhiban", &list).await.exits(2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_never_came_names_the_key_to_ask_again_with() {
    let mut office = Office::open().await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    // It takes the request and hangs up, as a server does that is killed at that moment.
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = silent.accept().await {
            let mut some = [0; 64];
            let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut some).await;
        }
    });
    let disable = [
        "channel", "disable", "sms", "--key", "k-1", "--server", &address,
    ];
    office
        .by("zhiban", &disable)
        .await
        .exits(1)
        .tells("it is not known whether it was done")
        .tells("--key k-1");
}
