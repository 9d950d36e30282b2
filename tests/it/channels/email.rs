//! Mail to postfix's smtp-sink, and to a server that misbehaves in every way that servers do.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fabu::channel::{MapSecrets, SharedChannel};
use fabu::domain::blame::Scope;
use fabu::domain::bulletin::Language;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::parcels::{
    Told as _, channel, moment, parcel, parcel_of, rendering, try_channel,
};
use crate::support::peers::http::silent;
use crate::support::peers::sink::{Read, Sink};
use crate::support::peers::smtp::{Manner, SmtpPeer};
use crate::support::peers::{eventually, free_port};

fn def(port: u16) -> Value {
    json!({
        "kind": "email", "timeout": "5s", "concurrency": 4,
        "email": {
            "host": "127.0.0.1", "port": port,
            "from": "fabu@shili.invalid", "from-name": "示例市人民政府新闻办公室",
        },
    })
}

fn mail_to(port: u16) -> SharedChannel {
    channel(def(port))
}

#[tokio::test]
async fn arrives_whole_at_a_real_server() {
    let Some(sink) = Sink::start(&[]) else { return };
    let mail = mail_to(sink.port);
    let text = "一、请低洼地区居民做好转移准备。\n.\n..两个点开头的一行\n\nFrom 开头的一行";
    let html = "<html lang=\"zh-CN\"><p>请低洼地区居民做好转移准备。</p></html>";
    let mut chinese = rendering(text);
    chinese.html = Some(html.into());
    let mut english = rendering("Residents of low-lying areas should be ready to move.\n");
    english.language = Language::En;
    english.subject = Some("Notice of level IV flood response".into());
    let first = mail
        .send(&parcel_of("L-01A-1", "zhang@example.org", chinese))
        .await;
    assert!(
        first
            .accepted()
            .is_some_and(|receipt| receipt.contains("Ok"))
    );
    mail.send(&parcel_of("L-01A-2", "li@例子.中国", english))
        .await
        .accepted();

    let dumps = sink.dumps();
    assert_eq!(dumps.len(), 2);
    let dump = dumps.iter().find(|d| d.contains("zhang")).unwrap();
    assert!(!dump.contains("li@"), "a reader sees another one:\n{dump}");
    let Some(read) = Read::new(dump) else { return };
    assert_eq!(read.defects(), &json!([]), "{dump}");
    assert_eq!(read.field("text").trim_end_matches('\n'), text);
    assert_eq!(read.field("html").trim_end_matches('\n'), html);
    assert_eq!(read.field("type"), "multipart/alternative");
    for (name, value) in [
        ("Subject", "关于启动防汛四级应急响应的通告"),
        ("From", "示例市人民政府新闻办公室 <fabu@shili.invalid>"),
        ("To", "zhang@example.org"),
        ("Date", "Fri, 01 May 2026 02:00:00 +0000"),
        ("Message-ID", "<L-01A-1@shili.invalid>"),
        ("X-Fabu-Delivery", "L-01A-1"),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", "zh-CN"),
    ] {
        assert_eq!(read.header(name), [value], "{name}");
    }
    let dump = dumps.iter().find(|d| d.contains("li@")).unwrap();
    let Some(read) = Read::new(dump) else { return };
    assert_eq!(read.header("To"), ["li@xn--fsqu00a.xn--fiqs8s"]);
    assert_eq!(
        read.header("Subject"),
        ["Notice of level IV flood response"]
    );
    assert_eq!(read.field("type"), "text/plain");
}

/// The wait of 40 ms for each mail that this channel was built to avoid would take this test eight seconds.
#[tokio::test]
async fn two_hundred_mails_in_a_row_do_not_wait_for_each_other() {
    let Some(sink) = Sink::start(&[]) else { return };
    let mail = mail_to(sink.port);
    let start = Instant::now();
    for n in 0..200 {
        mail.send(&parcel(&format!("L-{n}"), "zhang@example.org"))
            .await
            .accepted();
    }
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(sink.dumps().len(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_are_kept_and_no_more_of_them_than_allowed() {
    let peer = SmtpPeer::start(Manner {
        pipelining: true,
        ..Manner::default()
    })
    .await;
    let mail = mail_to(peer.port);
    for round in 0..10 {
        let sends = (0..4).map(|n| {
            let mail = Arc::clone(&mail);
            async move {
                mail.send(&parcel(&format!("L-{round}-{n}"), "a@example.org"))
                    .await
            }
        });
        for outcome in join_all(sends).await {
            outcome.accepted();
        }
    }
    let seen = peer.seen.lock().unwrap();
    assert_eq!(seen.mails.len(), 40);
    assert!(seen.connections <= 4, "{} connections", seen.connections);
}

#[tokio::test]
async fn hung_up_on_after_the_final_dot_nobody_knows() {
    let Some(sink) = Sink::start(&["-q", "."]) else {
        return;
    };
    let told = mail_to(sink.port)
        .send(&parcel("L-1", "zhang@example.org"))
        .await
        .retry();
    assert!(told.ambiguous, "{}", told.why);
}

#[tokio::test]
async fn hung_up_on_before_the_text_it_did_not_arrive() {
    for command in ["MAIL", "RCPT", "DATA"] {
        let Some(sink) = Sink::start(&["-q", command]) else {
            return;
        };
        let told = mail_to(sink.port)
            .send(&parcel("L-1", "zhang@example.org"))
            .await
            .retry();
        assert!(!told.ambiguous, "{command}: {}", told.why);
    }
}

#[tokio::test]
async fn a_temporary_no_is_tried_again_and_a_final_one_is_not() {
    for pipelining in [false, true] {
        let peer = SmtpPeer::start(Manner {
            pipelining,
            ..Manner::default()
        })
        .await;
        let mail = mail_to(peer.port);
        let told = mail.send(&parcel("L-1", "grey@example.org")).await.retry();
        assert!(told.why.contains("451") && !told.ambiguous, "{}", told.why);
        let why = mail
            .send(&parcel("L-2", "nobody@example.org"))
            .await
            .refused();
        assert!(why.contains("550") && why.contains("user unknown"), "{why}");
        assert!(
            !why.contains("nobody@example.org"),
            "a whole address: {why}"
        );
        // The same connection is good for the next reader, and for the greylisted one.
        mail.send(&parcel("L-3", "wang@example.org"))
            .await
            .accepted();
        mail.send(&parcel("L-1", "grey@example.org"))
            .await
            .accepted();
        let seen = peer.seen.lock().unwrap();
        let to: Vec<_> = seen.mails.iter().map(|m| m.to.as_str()).collect();
        assert_eq!(
            to,
            ["RCPT TO:<wang@example.org>", "RCPT TO:<grey@example.org>"]
        );
        assert_eq!(seen.connections, 1, "pipelining {pipelining}");
    }
}

#[tokio::test]
async fn every_command_that_a_real_server_may_reject_is_told_apart() {
    for (command, for_now, for_good) in [
        ("CONNECT", Scope::Moment, Scope::Account),
        ("MAIL", Scope::Moment, Scope::Account),
        ("RCPT", Scope::Recipient, Scope::Either),
        ("DATA", Scope::Recipient, Scope::Unclear),
        (".", Scope::Moment, Scope::Unclear),
    ] {
        for (flag, code, scope) in [("-r", "450", for_now), ("-f", "500", for_good)] {
            let Some(sink) = Sink::start(&[flag, command]) else {
                return;
            };
            let told = mail_to(sink.port)
                .send(&parcel("L-1", "zhang@example.org"))
                .await
                .retry();
            assert!(!told.ambiguous, "{command}: {}", told.why);
            assert_eq!(told.scope, scope, "{flag} {command}: {}", told.why);
            if command != "CONNECT" {
                assert!(told.why.contains(code), "{command}: {}", told.why);
            }
        }
    }
}

#[tokio::test]
async fn an_answer_about_us_is_the_accounts_wherever_it_is_given() {
    for (stage, answer) in [
        ("EHLO", "550 5.7.1 Access denied, your HELO is not known"),
        ("MAIL", "553 Mail from must equal authorized user"),
        ("MAIL", "550 5.4.5 Daily user sending limit exceeded"),
        (
            "MAIL",
            "450 4.1.8 Sender address rejected: Domain not found",
        ),
        ("RCPT", "553 sorry, your sender is not allowed"),
        ("RCPT", "550 5.7.1 relay denied"),
        (
            "RCPT",
            "554 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org",
        ),
        ("DATA", "550 5.7.1 not authorized"),
        (".", "550 5.7.26 unauthenticated mail is not accepted"),
        (".", "550 发件人今日发信量已达上限"),
    ] {
        for pipelining in [false, true] {
            let peer = SmtpPeer::start(Manner {
                pipelining,
                says: vec![(stage, answer)],
                ..Manner::default()
            })
            .await;
            let told = mail_to(peer.port)
                .send(&parcel("L-1", "zhang@example.org"))
                .await
                .retry();
            assert_eq!(told.scope, Scope::Account, "{stage} {answer}: {}", told.why);
            assert!(!told.ambiguous, "{answer}");
        }
    }
}

#[tokio::test]
async fn an_answer_in_another_encoding_is_an_answer() {
    for (words, is_final) in [("550 用户不存在", true), ("550 发件人未授权", false)] {
        let peer = SmtpPeer::start(Manner {
            says: vec![("RCPT", words)],
            in_gbk: true,
            ..Manner::default()
        })
        .await;
        let outcome = mail_to(peer.port)
            .send(&parcel("L-1", "zhang@example.org"))
            .await;
        if is_final {
            let why = outcome.refused();
            assert!(why.contains("用户不存在"), "{why}");
        } else {
            let told = outcome.retry();
            assert_eq!(
                (told.scope, told.ambiguous),
                (Scope::Account, false),
                "{}",
                told.why
            );
        }
    }
    let peer = SmtpPeer::start(Manner {
        says: vec![("MAIL", "250 发件人正常")],
        in_gbk: true,
        ..Manner::default()
    })
    .await;
    mail_to(peer.port)
        .send(&parcel("L-1", "zhang@example.org"))
        .await
        .accepted();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_takes_two_connections_gets_two_and_every_mail() {
    for refusal in [None, Some("421 4.7.0 too many connections")] {
        let peer = SmtpPeer::start(Manner {
            pipelining: true,
            most_connections: Some((2, refusal)),
            ..Manner::default()
        })
        .await;
        let mut def = def(peer.port);
        def["concurrency"] = 8.into();
        let mail = channel(def);
        let sends = (0..64).map(|n| {
            let mail = Arc::clone(&mail);
            async move { mail.send(&parcel(&format!("L-{n}"), "a@example.org")).await }
        });
        for outcome in join_all(sends).await {
            outcome.accepted();
        }
        let seen = peer.seen.lock().unwrap();
        assert_eq!(seen.mails.len(), 64);
        assert!(seen.turned_away < 30, "{} refusals", seen.turned_away);
    }
}

#[tokio::test]
async fn a_probe_goes_up_to_the_sender_and_takes_it_back() {
    let peer = SmtpPeer::start(Manner {
        says: vec![("MAIL", "553 Mail from must equal authorized user")],
        ..Manner::default()
    })
    .await;
    let said = mail_to(peer.port)
        .probe(moment())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        said.contains("553") && said.contains("nothing was sent"),
        "{said}"
    );
    assert!(peer.seen.lock().unwrap().mails.is_empty());
    let peer = SmtpPeer::start(Manner::default()).await;
    mail_to(peer.port).probe(moment()).await.unwrap();
    let lines = peer.seen.lock().unwrap().lines.clone();
    let verbs: Vec<_> = lines
        .iter()
        .map(|line| line.split([' ', ':']).next().unwrap())
        .collect();
    assert!(
        verbs.contains(&"MAIL") && verbs.contains(&"RSET"),
        "{verbs:?}"
    );
    assert!(
        !verbs.contains(&"RCPT") && !verbs.contains(&"DATA"),
        "{verbs:?}"
    );
}

#[tokio::test]
async fn a_kept_connection_that_died_costs_nothing() {
    let manner = Manner {
        mails_per_connection: Some(1),
        pipelining: true,
        ..Manner::default()
    };
    let peer = SmtpPeer::start(manner).await;
    let mail = mail_to(peer.port);
    for n in 0..5 {
        mail.send(&parcel(&format!("L-{n}"), "zhang@example.org"))
            .await
            .accepted();
    }
    let seen = peer.seen.lock().unwrap();
    assert_eq!(seen.mails.len(), 5, "one each, none twice");
    let first = &seen.mails[0];
    assert_eq!(first.from, "MAIL FROM:<fabu@shili.invalid>");
    assert!(
        first.text.contains("X-Fabu-Delivery: L-0\n"),
        "{}",
        first.text
    );
}

#[tokio::test]
async fn a_dead_server_is_noticed_in_time() {
    let told = mail_to(free_port())
        .send(&parcel("L-1", "zhang@example.org"))
        .await
        .retry();
    assert!(
        !told.ambiguous && told.why.contains("no connection"),
        "{}",
        told.why
    );

    let (address, _peer) = silent().await;
    let port = address.rsplit(':').next().unwrap().parse().unwrap();
    let mut def = def(port);
    def["timeout"] = "1s".into();
    let start = Instant::now();
    let told = channel(def)
        .send(&parcel("L-1", "zhang@example.org"))
        .await
        .retry();
    assert!(start.elapsed() < Duration::from_secs(3));
    assert!(
        !told.ambiguous && told.why.contains("in time"),
        "{}",
        told.why
    );
}

#[tokio::test]
async fn logs_in_and_keeps_the_password_to_itself() {
    let login = Some(("fabu", "mail-password"));
    let peer = SmtpPeer::start(Manner {
        login,
        ..Manner::default()
    })
    .await;
    let mut def = def(peer.port);
    def["email"]["user-env"] = "MAIL_USER".into();
    def["email"]["password-env"] = "MAIL_PASSWORD".into();
    let secrets = MapSecrets::default().with("MAIL_USER", "fabu");
    let with = |password: &str| {
        try_channel(
            def.clone(),
            &secrets.clone().with("MAIL_PASSWORD", password),
        )
        .unwrap()
    };
    let good = with("mail-password");
    good.send(&parcel("L-1", "zhang@example.org"))
        .await
        .accepted();
    let said = good.probe(moment()).await.unwrap().to_string();
    assert!(said.contains("in the open"), "{said}");

    let bad = with("wrong-password");
    let told = bad.send(&parcel("L-2", "zhang@example.org")).await.retry();
    assert!(
        told.why.contains("535") && !told.why.contains("wrong-password"),
        "{}",
        told.why
    );
    let said = bad.probe(moment()).await.unwrap_err().to_string();
    assert!(
        said.contains("535") && said.contains("nothing was sent"),
        "{said}"
    );
    assert_eq!(peer.seen.lock().unwrap().mails.len(), 1);
}

#[tokio::test]
async fn an_address_that_is_none_never_reaches_the_server() {
    let peer = SmtpPeer::start(Manner::default()).await;
    let mail = mail_to(peer.port);
    for address in [
        "zhang",
        "zhang@example.org\r\nRCPT TO:<all@example.org>",
        "zhang@example.org>\nDATA",
        "a@b, c@d.org",
        "",
    ] {
        let why = mail.send(&parcel("L-1", address)).await.refused();
        assert!(why.contains("is no mail address"), "{why}");
        assert!(!why.contains(['\r', '\n']), "{why:?}");
    }
    assert_eq!(peer.seen.lock().unwrap().connections, 0);
}

#[tokio::test]
async fn a_name_in_chinese_needs_a_server_that_knows_it() {
    let plain = SmtpPeer::start(Manner::default()).await;
    let why = mail_to(plain.port)
        .send(&parcel("L-1", "张三@example.org"))
        .await
        .refused();
    assert!(why.contains("SMTPUTF8"), "{why}");

    let modern = SmtpPeer::start(Manner {
        smtp_utf8: true,
        ..Manner::default()
    })
    .await;
    mail_to(modern.port)
        .send(&parcel("L-1", "张三@example.org"))
        .await
        .accepted();
    let seen = modern.seen.lock().unwrap();
    assert!(
        seen.mails[0].from.ends_with(" SMTPUTF8 BODY=8BITMIME"),
        "{}",
        seen.mails[0].from
    );
}

#[tokio::test]
async fn a_probe_sends_nothing() {
    let peer = SmtpPeer::start(Manner::default()).await;
    let said = mail_to(peer.port)
        .probe(moment())
        .await
        .unwrap()
        .to_string();
    assert!(said.contains("answers"), "{said}");
    assert!(peer.seen.lock().unwrap().mails.is_empty());
    let said = mail_to(free_port())
        .probe(moment())
        .await
        .unwrap_err()
        .to_string();
    assert!(said.contains("no connection"), "{said}");
    // The connection is closed politely, so the server is not left waiting.
    eventually("the probe's connection", || {
        (peer.seen.lock().unwrap().connections == 1).then_some(())
    });
}
