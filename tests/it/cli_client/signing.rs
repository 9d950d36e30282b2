//! Who signs what on the command line, and what becomes of a text before and after.

use super::office::Office;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signature_for_a_text_that_has_changed_is_refused_with_the_difference() {
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    let seen = office.code("kezhang", &notice).await;
    let edit = [
        "release",
        "edit",
        &notice,
        "--title",
        "关于启动防汛应急响应的紧急通告",
    ];
    office.by("zhiban", &edit).await.ok();
    office
        .by("zhiban", &["release", "submit", &notice])
        .await
        .ok();

    let approve = ["release", "approve", &notice, "--code", &seen];
    office
        .by("kezhang", &approve)
        .await
        .exits(5)
        .tells("title: + 【演练】关于启动防汛应急响应的紧急通告")
        .tells(&format!("next: fabu release preview {notice}"));
    assert_eq!(
        office.release(&notice).await["signatures"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_signs_what_they_submitted_and_nobody_signs_unseen() {
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    office
        .by("kezhang", &["release", "submit", &notice])
        .await
        .ok();
    let code = office.code("kezhang", &notice).await;
    office
        .by("kezhang", &["release", "approve", &notice, "--code", &code])
        .await
        .exits(4)
        .tells("somebody else must sign it");
    // The code stands for what was shown to this person, not for what stands now.
    let theirs = ["release", "approve", &notice, "--code", &code];
    office
        .by("zhuren", &theirs)
        .await
        .exits(4)
        .tells("was shown to you");
    office.code("zhuren", &notice).await;
    office
        .by("zhuren", &theirs)
        .await
        .exits(4)
        .tells("waits for Section head (Flood Control Office of Shili City)");
    // The first characters of a hash are no code: whoever can choose two texts finds two that share them.
    for short in [&code[..6], "1a2b3c4d"] {
        office
            .by("kezhang", &["release", "approve", &notice, "--code", short])
            .await
            .exits(2);
    }
    office
        .by("kezhang", &["release", "approve", &notice])
        .await
        .exits(2);
    office
        .by("kezhang", &["release", "approve", &notice, "--code", "yes"])
        .await
        .exits(2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_correction_takes_two_actions_and_a_second_person() {
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    let hash = office.release(&notice).await["bulletin"]["hash"]
        .as_str()
        .unwrap()
        .to_owned();
    let fast = ["release", "approve", &notice, "--hash", &hash, "--fast"];
    office
        .by("daiban", &fast)
        .await
        .ok()
        .tells("countersignature by");

    let correct = [
        "release",
        "correct",
        &notice,
        "--kind",
        "sent-in-error",
        "--reason",
        "模板选用错误。",
    ];
    let asked = office
        .by("daiban", &[&correct[..], &["--approve"]].concat())
        .await;
    asked.exits(2).tells("there is no terminal");
    let prepared = office
        .by("daiban", &correct)
        .await
        .ok()
        .prints("── portal, work-group")
        .prints("误发原因：模板选用错误。");
    let command = prepared
        .err
        .lines()
        .find_map(|line| line.trim().strip_prefix("next: fabu "));
    let approve: Vec<&str> = command.unwrap().split(' ').collect();
    assert_eq!(
        approve.last(),
        Some(&"--own-words"),
        "the reason is daiban's own"
    );
    // Without saying so, one person alone does not put their own words before the public.
    office
        .by("daiban", &approve[..approve.len() - 1])
        .await
        .exits(4)
        .tells("some of its words are yours");
    let mine = office.by("daiban", &["release", "list", "--mine"]).await;
    mine.ok().prints(approve[2]);
    office
        .by("daiban", &approve)
        .await
        .ok()
        .tells("countersignature by Section head (Flood Control Office of Shili City)");
    let mine = office.by("kezhang", &["release", "list", "--mine"]).await;
    mine.ok().prints(approve[2]);
    let shown = office
        .by("kezhang", &["release", "preview", approve[2]])
        .await;
    shown
        .ok()
        .prints("released by whoever wrote it, to be countersigned");
    let code = office.code("kezhang", approve[2]).await;
    let countersign = ["release", "approve", approve[2], "--code", &code];
    office.by("kezhang", &countersign).await.ok();
    assert_eq!(office.release(&notice).await["status"], "corrected");
    assert_eq!(
        office.release(approve[2]).await["signatures"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_goes_back_is_given_up_and_is_taken_back() {
    let mut office = Office::open().await;
    let (incident, notice) = office.declare().await;
    let why = ["--reason", "缺少转移路线"];
    let by_reason = |verb, id| [&["release", verb, id], &why[..]].concat();

    office
        .by("zhiban", &["release", "submit", &notice])
        .await
        .ok();
    let back = by_reason("return", &notice);
    office.by("kezhang", &back).await.ok().prints("drafting");
    let shown = office.by("zhiban", &["release", "show", &notice]).await;
    shown.ok().prints("缺少转移路线");

    let ask = [
        "incident",
        "request",
        &incident,
        "rumour-refutation",
        "--json",
    ];
    let asked = office.by("zhiban", &ask).await.ok().json();
    let refutation = asked[0]["id"].as_str().unwrap();
    let preview = office
        .by("zhiban", &["release", "preview", refutation])
        .await;
    preview
        .exits(1)
        .tells("facts are missing: ")
        .tells(&format!("next: fabu release place {refutation} --fact "));
    let waive = by_reason("waive", refutation);
    office.by("zhiban", &waive).await.exits(4);
    office.by("kezhang", &waive).await.ok().prints("waived");

    let code = office.code("daiban", &notice).await;
    let fast = ["release", "approve", &notice, "--code", &code, "--fast"];
    office.by("daiban", &fast).await.ok();
    let withdraw = by_reason("withdraw", &notice);
    let json = [&withdraw[..], &["--json"]].concat();
    let prepared = office.by("daiban", &json).await.ok().json();
    let taking_back = prepared["id"].as_str().unwrap();
    assert_eq!(office.release(&notice).await["status"], "published");
    office.by("daiban", &withdraw).await.exits(5);
    let code = office.code("daiban", taking_back).await;
    let sign = ["release", "approve", taking_back, "--code", &code];
    office.by("daiban", &sign).await.ok();
    assert_eq!(office.release(&notice).await["status"], "withdrawn");
}
