//! What one text that goes out does to itself and to others, as a table.

use super::{Decision, Effect, Going, Outcome, Stopped, decide, matters, restores};
use crate::domain::approval::Ready;
use crate::domain::area::AreaCode;
use crate::domain::bulletin::{Bulletin, ChannelReach, Owed};
use crate::domain::deadline::Anchor::Activation;
use crate::domain::delivery::Lane;
use crate::domain::fixture::{
    approved, at, clock, drafting, every_state, expired, hold, id_of, in_review, incident, item,
    name_of, ordinary, plan, publication, published, release, span, superseded, text, waived,
    withdrawn,
};
use crate::domain::incident::Incident;
use crate::domain::level::ResponseLevel::{II, IV};
use crate::domain::lifting::Lifted;
use crate::domain::plan::{CorrectionKind, Item, ItemChannel, ItemKind, ItemRole, Plan};
use crate::domain::reason::Reason;
use crate::domain::release::{Release, ReleaseState, Wanted};

/// A release that has all its signatures at 05:00, and what is around it.
struct Case {
    items: Vec<Item>,
    /// The items of a level that is not in force.
    higher: Vec<Item>,
    end: Vec<Item>,
    release: Release,
    text: Bulletin,
    owed: Option<Owed>,
    original: Option<Release>,
    out: Vec<Release>,
    tied: Vec<Release>,
    all: Vec<Release>,
}

fn case(items: Vec<Item>, release: Release) -> Case {
    Case {
        items,
        higher: Vec::new(),
        end: Vec::new(),
        release,
        text: text(),
        owed: None,
        original: None,
        out: Vec::new(),
        tied: Vec::new(),
        all: Vec::new(),
    }
}

/// The notice, in the last turn of its review.
fn notice() -> Case {
    let notice = item("notice")
        .due("1h", Activation)
        .explained_by("questions", "4h");
    case(vec![notice], release("notice", 2, in_review()))
}

impl Case {
    fn decide(self) -> Result<Decision, Stopped> {
        let plan: Plan = plan([(IV, self.items), (II, self.higher)], self.end);
        let incident: Incident = incident(&[(IV, "03:00")]);
        let item = plan.item_anywhere(IV, &self.release.item).expect("an item");
        decide(Going {
            now: at("05:00"),
            plan: &plan,
            item,
            incident: &incident,
            release: self.release,
            ready: Ready {
                version: 1,
                hash: text().hash(),
                owed: self.owed,
                declined: None,
            },
            text: &self.text,
            original: self.original,
            other_half: None,
            before: None,
            out: self.out,
            tied: self.tied,
            all: self.all,
            binding: Vec::new(),
            has_portal: false,
        })
    }

    fn outcome(self) -> Outcome {
        match self.decide() {
            Ok(Decision::Out(outcome)) => *outcome,
            other => panic!("{other:?}"),
        }
    }

    /// A line for each effect on another release.
    fn effects(self) -> Vec<String> {
        self.outcome().effects.iter().map(told).collect()
    }
}

fn told(effect: &Effect) -> String {
    match effect {
        Effect::Supersede { other, stop } => {
            assert_eq!(other.state.code(), "superseded");
            let rest = if *stop { ", the rest is stopped" } else { "" };
            format!("{} gives way{rest}", name_of(&other.id))
        }
        Effect::Lift { other, areas } => {
            let areas: Vec<&str> = areas.iter().map(|area| area.0.as_str()).collect();
            let how = match other.state.code() {
                "lifted" => "is over",
                _ => "is lifted",
            };
            format!("{} {how} in {}", name_of(&other.id), areas.join(" "))
        }
        Effect::Restore { other, areas } => {
            let areas: Vec<&str> = areas.iter().map(|area| area.0.as_str()).collect();
            format!("{} binds again in {}", name_of(&other.id), areas.join(" "))
        }
        Effect::Move(moved) => {
            let areas: Vec<&str> = moved.areas.iter().map(|area| area.0.as_str()).collect();
            format!(
                "{} is lifted from another hour in {}",
                name_of(&moved.measure.id),
                areas.join(" ")
            )
        }
        Effect::Correct { original, stop, .. } => {
            assert_eq!(original.state.code(), "corrected");
            let rest = if *stop { ", the rest is stopped" } else { "" };
            format!("{} is corrected{rest}", name_of(&original.id))
        }
        Effect::Uncorrect { first, before } => match before {
            Some(before) => format!("{} is said by {}", name_of(&first.id), name_of(&before.id)),
            None => format!("{} stands as first", name_of(&first.id)),
        },
        Effect::Date(tied) => {
            let (opened, due) = (clock(tied.opened_at), clock(tied.due_at));
            format!("{} {opened} due {due}", name_of(&tied.id))
        }
        Effect::GoesToo(tied, _) => format!("{} goes too", name_of(&tied.id)),
    }
}

#[test]
fn a_text_takes_the_place_of_the_matter_it_is_about() {
    let closure = || item("closure");
    let opens = || item("notice").role(ItemRole::Activation);
    let over = Case {
        end: vec![item("over").role(ItemRole::Termination)],
        ..case(vec![opens(), closure()], release("over", 1, in_review()))
    };
    let reopening = || Case {
        higher: vec![closure()],
        ..case(
            vec![item("reopening").lifting("closure")],
            release("reopening", 1, in_review()),
        )
    };
    let rumour = case(
        vec![item("rumour").on_request()],
        release("rumour", 2, in_review()),
    );
    let correction =
        release("notice", 8, published("04:00")).correcting(1, CorrectionKind::WrongContent);
    let closed = |state| vec![release("closure", 1, state)];
    let by_deadline = {
        let undated = Release {
            due_at: None,
            ..release("notice", 1, published("03:10"))
        };
        let later = Release {
            due_at: Some(at("04:30")),
            ..release("notice", 3, published("03:20"))
        };
        vec![undated, later, release("notice", 4, published("03:30"))]
    };
    let out = |case: Case, out| Case { out, ..case }.effects();
    let first = || release("notice", 1, published("03:30"));
    hold([
        (
            "its own earlier text",
            out(notice(), vec![first()]),
            vec!["notice#1 gives way"],
        ),
        (
            "not itself",
            out(notice(), vec![release("notice", 2, published("03:30"))]),
            vec![],
        ),
        (
            "no other matter",
            out(notice(), vec![release("advice", 1, published("03:30"))]),
            vec![],
        ),
        (
            "no correction, which speaks for itself",
            out(notice(), vec![correction]),
            vec![],
        ),
        (
            "what it lifts",
            out(reopening(), closed(published("03:30"))),
            vec!["closure#1 is over in 320299"],
        ),
        (
            "not what had expired",
            out(reopening(), closed(superseded(None))),
            vec![],
        ),
        (
            "one rumour beside another",
            out(rumour, vec![release("rumour", 1, published("03:30"))]),
            vec![],
        ),
        (
            "the end takes the place of the notice that opened it, and of nothing else",
            out(over, [closed(published("03:30")), vec![first()]].concat()),
            vec!["notice#1 gives way, the rest is stopped"],
        ),
        (
            "the first to be due first, those without a deadline last",
            out(notice(), by_deadline),
            vec![
                "notice#4 gives way",
                "notice#3 gives way",
                "notice#1 gives way",
            ],
        ),
    ]);
}

#[test]
fn advice_outlives_the_response_with_the_measure_that_it_is_on() {
    let ends = |closure: Option<ReleaseState>| {
        let advice = Item {
            stands_with: vec!["closure".into()],
            ..item("advice")
        };
        let over = item("over").lifting("advice").role(ItemRole::Termination);
        Case {
            higher: vec![advice],
            end: vec![over],
            out: vec![release("advice", 1, published("03:40"))],
            all: (closure.into_iter())
                .map(|state| release("closure", 1, state))
                .collect(),
            ..case(
                vec![item("closure").decided()],
                release("over", 1, in_review()),
            )
        }
        .effects()
    };
    let retired = vec!["advice#1 gives way, the rest is stopped"];
    hold([
        (
            "the measure binds on",
            ends(Some(published("03:30"))),
            vec![],
        ),
        (
            "it was replaced",
            ends(Some(superseded(None))),
            retired.clone(),
        ),
        ("nobody ordered it", ends(None), retired),
    ]);
}

/// A measure for two towns, lifted by a text for some of its places.
#[test]
fn a_measure_is_lifted_place_by_place() {
    let areas = |codes: &[&str]| Some(codes.iter().map(|code| AreaCode((*code).into())).collect());
    let lifts = |places: &[&str], change: &dyn Fn(&mut Release)| {
        let items = vec![
            item("evacuation").decided(),
            item("return").decided().lifting("evacuation"),
        ];
        let mut one = case(items, release("return", 2, in_review()));
        one.release.areas = areas(places);
        let mut measure = release("evacuation", 1, published("03:30"));
        measure.areas = areas(&["320299101", "320299102"]);
        change(&mut measure);
        one.out = vec![measure];
        one.effects()
    };
    let lifted = |measure: &mut Release| {
        measure.lifted.push(Lifted {
            at: at("04:00"),
            by: id_of("return", 1),
            areas: vec![AreaCode("320299101".into())],
            to_come: false,
            except: None,
            before: Vec::new(),
        });
    };
    let correction = |measure: &mut Release| {
        *measure = Release {
            areas: measure.areas.clone(),
            ..release("evacuation", 9, published("03:40"))
                .correcting(1, CorrectionKind::WrongContent)
        };
    };
    let taken_back = |measure: &mut Release| measure.correction = Some(CorrectionKind::Withdrawal);
    let over = vec!["evacuation#1 is over in 320299101 320299102"];
    let both = ["320299101", "320299102"];
    hold([
        ("in all its places", lifts(&both, &|_| {}), over.clone()),
        (
            "in all that is around",
            lifts(&["320299"], &|_| {}),
            over.clone(),
        ),
        (
            "in one of two",
            lifts(&["320299101"], &|_| {}),
            vec!["evacuation#1 is lifted in 320299101"],
        ),
        (
            "then in the other",
            lifts(&["320299102"], &lifted),
            vec!["evacuation#1 is over in 320299102"],
        ),
        ("twice in one", lifts(&["320299101"], &lifted), vec![]),
        ("elsewhere", lifts(&["320299103"], &|_| {}), vec![]),
        (
            "in a village of one",
            lifts(&["320299102201"], &|_| {}),
            vec!["evacuation#1 is lifted in 320299102201"],
        ),
        (
            "the correction that stands in for it",
            lifts(&both, &correction),
            vec!["evacuation#9 is over in 320299101 320299102"],
        ),
        (
            "the text that takes it back is none",
            lifts(&both, &taken_back),
            vec![],
        ),
        (
            "its time ran out",
            lifts(&both, &|measure| measure.state = expired("03:30")),
            over,
        ),
    ]);
}

#[test]
fn what_the_level_in_force_asks_for_is_lifted_only_by_who_asked_for_that_under_it() {
    // Level IV is in force since 03:00.
    let lifts = |reopening: Item, opened: &str, closed: &str| {
        let mut one = case(
            vec![item("closure"), reopening],
            release("reopening", 1, in_review()),
        );
        one.release.opened_at = at(opened);
        one.out = vec![release("closure", 1, published(closed))];
        one.effects()
    };
    let planned = || item("reopening").lifting("closure");
    let asked = || planned().on_request();
    hold([
        (
            "closed again after it was begun",
            lifts(planned(), "03:20", "03:30"),
            vec![],
        ),
        (
            "closed under another level, which is back",
            lifts(planned(), "02:50", "02:30"),
            vec![],
        ),
        (
            "somebody asked for it",
            lifts(asked(), "03:40", "03:30"),
            vec!["closure#1 is over in 320299"],
        ),
        (
            "asked for before it was closed again",
            lifts(asked(), "03:20", "03:30"),
            vec![],
        ),
        (
            "asked for under another level",
            lifts(asked(), "02:50", "02:30"),
            vec![],
        ),
    ]);
}

#[test]
fn the_matters_of_an_item_are_named_before_anything_is_read() {
    let items = || {
        vec![
            item("notice").role(ItemRole::Activation),
            item("closure"),
            item("rumour").on_request(),
            item("reopening").lifting("closure"),
        ]
    };
    let end = vec![item("over").role(ItemRole::Termination)];
    let plan = plan([(IV, items())], end);
    let of = |code: &str| {
        let item = plan.item_anywhere(IV, code).expect("an item");
        matters(&plan, item).into_iter().collect::<Vec<_>>()
    };
    hold([
        ("its own", of("closure"), vec!["closure"]),
        (
            "what it lifts as well",
            of("reopening"),
            vec!["closure", "reopening"],
        ),
        ("a rumour is another matter each time", of("rumour"), vec![]),
        (
            "the end: what opened the response",
            of("over"),
            vec!["notice", "over"],
        ),
    ]);
}

#[test]
fn a_correction_changes_what_it_corrects_and_nothing_else() {
    let corrects = |kind, original: ReleaseState| {
        let earlier = release("notice", 3, published("03:10"));
        Case {
            release: release("notice", 8, in_review()).correcting(1, kind),
            original: Some(release("notice", 1, original)),
            out: vec![earlier],
            ..notice()
        }
        .effects()
    };
    let wrong = CorrectionKind::WrongContent;
    let stopped = "notice#1 is corrected, the rest is stopped";
    hold([
        (
            "wrong content",
            corrects(wrong, published("03:30")),
            vec![stopped],
        ),
        (
            "sent in error",
            corrects(CorrectionKind::SentInError, published("03:30")),
            vec![stopped],
        ),
        (
            "all clear: it was right, so everybody gets it",
            corrects(CorrectionKind::AllClear, published("03:30")),
            vec!["notice#1 is corrected"],
        ),
        (
            "withdrawn meanwhile",
            corrects(wrong, withdrawn("03:30")),
            vec![stopped],
        ),
    ]);
}

#[test]
fn what_explains_a_text_is_dated_by_it_or_goes_out_with_it() {
    let questions = |state| release("questions", 1, state).explaining("notice", 2);
    let late = Release {
        opened_at: at("06:00"),
        ..questions(drafting())
    };
    let correction = release("notice", 9, in_review()).correcting(2, CorrectionKind::AllClear);
    let tied = |tied| {
        Case {
            tied: vec![tied],
            ..notice()
        }
        .effects()
    };
    hold([
        (
            "a draft",
            tied(questions(drafting())),
            vec!["questions#1 05:00 due 09:00"],
        ),
        (
            "not begun",
            tied(questions(ReleaseState::Planned)),
            vec!["questions#1 05:00 due 09:00"],
        ),
        (
            "in review",
            tied(questions(in_review())),
            vec!["questions#1 05:00 due 09:00"],
        ),
        (
            "opens later",
            tied(late),
            vec!["questions#1 06:00 due 09:00"],
        ),
        (
            "signed",
            tied(questions(approved())),
            vec!["questions#1 goes too"],
        ),
        ("given up", tied(questions(waived())), vec![]),
        ("out before", tied(questions(published("04:00"))), vec![]),
        ("a correction of it", tied(correction), vec![]),
    ]);
}

#[test]
fn an_explanation_waits_for_what_it_explains() {
    hold(every_state().map(|(name, state)| {
        let was_out = state.publication().is_some();
        let case = Case {
            release: release("questions", 1, in_review()).explaining("notice", 1),
            original: Some(release("notice", 1, state)),
            ..notice()
        };
        let got = match case.decide() {
            Ok(Decision::Held(held)) => held.state.code(),
            Ok(Decision::Out(outcome)) => outcome.release.state.code(),
            Err(stopped) => panic!("{stopped}"),
        };
        (name, got, if was_out { "published" } else { "approved" })
    }));
}

#[test]
fn nothing_goes_out_but_the_text_that_was_signed_from_a_state_that_may() {
    let mut altered = notice();
    altered.text.text.text.push_str("全城立即撤离。");
    let stopped = altered.decide().expect_err("another text");
    assert_eq!(
        stopped,
        Stopped::Altered(release("notice", 2, in_review()).id)
    );
    hold(every_state().map(|(name, state)| {
        let case = Case {
            release: release("notice", 2, state),
            ..notice()
        };
        let got = match case.decide() {
            Ok(_) => None,
            Err(Stopped::NotNow(not_now)) => Some(not_now.wanted),
            Err(stopped) => panic!("{stopped}"),
        };
        let may = ["drafting", "in review", "approved"].contains(&name);
        (name, got, (!may).then_some(Wanted::Published))
    }));
}

#[test]
fn what_goes_out_knows_its_channels_its_validity_and_what_it_owes() {
    let channels = ["portal", "sms"].map(|channel| ItemChannel {
        channel: channel.into(),
        audience: None,
    });
    let mut one = notice();
    one.items[0].channels = channels.to_vec();
    one.items[0].kind = ItemKind::Summary;
    // The mail is a fallback's: its bytes are signed, but nothing is handed to it yet.
    one.text.reach = ["sms", "mail", "portal"]
        .map(|channel| ChannelReach {
            also: false,
            channel: channel.into(),
            reach: crate::domain::audience::Reach::default(),
        })
        .to_vec();
    one.text.valid_for = Some(span("24h"));
    one.owed = Some(Owed {
        signers: ordinary(),
        within: span("2h"),
        own_words: false,
    });
    let hash = one.text.hash();
    let plan = plan([(IV, one.items)], vec![]);
    let decided = decide(Going {
        other_half: None,
        before: None,
        now: at("05:00"),
        plan: &plan,
        item: &plan.levels[&IV][0],
        incident: &incident(&[(IV, "03:00")]),
        release: one.release,
        ready: Ready {
            version: 1,
            hash,
            owed: one.owed,
            declined: None,
        },
        text: &one.text,
        original: None,
        out: vec![],
        tied: vec![],
        all: Vec::new(),
        binding: Vec::new(),
        has_portal: true,
    });
    let Ok(Decision::Out(outcome)) = decided else {
        panic!("{decided:?}")
    };
    assert_eq!(outcome.channels, ["sms", "portal"]);
    assert_eq!(outcome.lane, Lane::Bulk);
    let publication = outcome.release.state.publication().expect("it is out");
    assert_eq!(clock(publication.valid_until), "07-02 05:00");
    assert!(publication.is_late(), "due at 04:00");
    let owed = publication.countersign.as_ref().expect("it owes");
    assert_eq!(
        (clock(owed.due_at), owed.signed, owed.signers.len()),
        ("07:00".into(), 0, 2)
    );
}

#[test]
fn a_correction_goes_before_everything_whatever_it_corrects() {
    let mut one = notice();
    one.items[0].kind = ItemKind::Summary;
    one.release = release("notice", 8, in_review()).correcting(1, CorrectionKind::AllClear);
    one.original = Some(release("notice", 1, published("03:30")));
    assert_eq!(one.outcome().lane, Lane::Urgent);
}

#[test]
fn what_was_lifted_binds_again_but_for_where_another_order_is_out() {
    let plan = plan(
        [(
            IV,
            vec![
                item("evacuation").decided(),
                item("return").decided().lifting("evacuation"),
            ],
        )],
        vec![],
    );
    let incident = incident(&[(IV, "03:00")]);
    let areas = |codes: &[&str]| -> Vec<AreaCode> {
        codes.iter().map(|code| AreaCode((*code).into())).collect()
    };
    let (town, other) = ("320299101", "320299102");
    let lifting = release("return", 1, published("04:00"));
    let replaced = |was| ReleaseState::Superseded {
        at: at("04:00"),
        why: Reason::Replaced {
            by: lifting.id.clone(),
            name: "return".into(),
        },
        was: Some(was),
    };
    let lifted = Release {
        areas: Some(areas(&[town, other])),
        lifted: vec![Lifted {
            at: at("04:00"),
            by: lifting.id.clone(),
            areas: areas(&[town, other]),
            to_come: false,
            except: None,
            before: Vec::new(),
        }],
        ..release("evacuation", 1, replaced(publication("03:30")))
    };
    let again = |state| Release {
        areas: Some(areas(&[town])),
        ..release("evacuation", 2, state)
    };
    let told_of = |kind, others: &[Release]| -> Vec<String> {
        let all: Vec<Release> = others.iter().chain([&lifted]).cloned().collect();
        let effects = restores(&plan, &incident, kind, &lifting, &all, at("05:00"));
        let again = effects.into_iter();
        again
            .map(|(other, areas)| told(&Effect::Restore { other, areas }))
            .collect()
    };
    let withdrawn = CorrectionKind::Withdrawal;
    let everywhere = vec![format!("evacuation#1 binds again in {town} {other}")];
    hold([
        ("taken back", told_of(withdrawn, &[]), everywhere.clone()),
        (
            "sent in error",
            told_of(CorrectionKind::SentInError, &[]),
            everywhere.clone(),
        ),
        (
            "a detail is put right",
            told_of(CorrectionKind::WrongContent, &[]),
            vec![],
        ),
        (
            "ordered again in one",
            told_of(withdrawn, &[again(published("04:30"))]),
            vec![format!("evacuation#1 binds again in {other}")],
        ),
        (
            "another order is not out yet",
            told_of(withdrawn, &[again(drafting())]),
            everywhere,
        ),
    ]);
}
