//! One recipient's trouble, and the account's, as a whole installation meets them.

use crate::support::installation::{Installation, Server, flood_office};
use crate::support::peers::eventually;
use crate::support::peers::smtp::{Manner, SmtpPeer};

async fn published(office: &Installation) -> (Server, String, String) {
    let officer = office.hire("zhiban", "flood-office/duty-officer");
    let head = office.hire("kezhang", "flood-office/section-head");
    let director = office.hire("zhuren", "flood-office/office-director");
    let server = office.serve();
    let (_, notice) = server.declare_flood(&officer).await;
    server.publish(&notice, &officer, &[&head, &director]).await;
    (server, notice, officer)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_who_are_greylisted_hold_up_nobody_behind_them() {
    let peer = SmtpPeer::start(Manner {
        pipelining: true,
        slow: Some("451 4.7.1 Greylisted, try again later"),
        ..Manner::default()
    })
    .await;
    let office = flood_office(peer.port);
    let slow = (0..200).map(|n| format!("p{n}@slow.invalid"));
    let fast = (0..200).map(|n| format!("p{n}@fast.invalid"));
    office.import_readers(slow.chain(fast));
    let (server, ..) = published(&office).await;
    eventually("the good ones' mail", || {
        (peer.seen.lock().unwrap().mails.len() == 200).then_some(())
    });
    let lines = peer.seen.lock().unwrap().lines.clone();
    let tries = lines.iter().filter(|line| line.starts_with("RCPT"));
    let tries: Vec<bool> = tries.map(|line| line.contains("@slow.")).collect();
    let last = tries.iter().rposition(|slow| !slow).unwrap();
    let before = tries[..last].iter().filter(|slow| **slow).count();
    assert!(
        before < 150,
        "{before} greylisted tries came before the last good mail"
    );
    server.terminate();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_two_connections_is_no_failure() {
    let peer = SmtpPeer::start(Manner {
        pipelining: true,
        most_connections: Some((2, Some("421 4.3.2 too many connections"))),
        ..Manner::default()
    })
    .await;
    let office = flood_office(peer.port);
    office.import_media(300);
    let (server, notice, officer) = published(&office).await;
    server.until_accepted(&officer, &notice, 300).await;
    let path = format!("/api/v1/deliveries?release={notice}&limit=1000");
    let all = server.get(&officer, &path).await;
    let all = all.as_array().unwrap();
    let mut again = all
        .iter()
        .filter(|one| one["channel"] == "media-mail" && one["attempts"] != 1);
    assert_eq!(again.next(), None, "nothing counts as a failure");
    server.terminate();
}
