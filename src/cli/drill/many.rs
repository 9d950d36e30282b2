//! `fabu drill run --seeds`: how likely each deadline is to be kept, and what more people would change.

use super::files::{keep_pages, must_be_writable, write_into};
use super::run::RunArgs;
use super::run::changes;
use crate::cli::words::{language, word};
use crate::cli::{Exit, Failure, Place, Result, output};
use crate::drill::many::{Chance, ItemChance, Many};
use crate::drill::scenario::Extra;
use crate::drill::score::StepKind;
use crate::drill::tell::Teller;
use crate::drill::words::{slack, span};
use crate::drill::{report, words};

pub(super) fn run(place: &Place, args: &RunArgs, seeds: u64) -> Result {
    let mut scenario = super::run::read(place, &args.file)?;
    let extra = match args.what_if.as_deref().map(Extra::parse).transpose() {
        Ok(extra) => extra,
        Err(_) => {
            let text = args.what_if.as_deref().unwrap_or_default();
            return Err(Failure::new(Exit::Usage, word!("drill.bad-what-if", text)));
        }
    };
    if let Some(extra) = &extra {
        let posts = scenario.plans.bodies.iter().flat_map(|body| {
            body.posts
                .iter()
                .map(|post| format!("{}/{}", body.body, post.post))
        });
        if !posts.into_iter().any(|post| extra.is_about(&post)) {
            let what = word!("drill.what-if-post", post = extra.post);
            return Err(Failure::new(Exit::Invalid, what));
        }
    }
    if let Some(out) = &args.out {
        must_be_writable(out)?;
    }
    let first = args.seed.unwrap_or(scenario.file.seed);
    let tell = |done: u64| {
        let step = (seeds / 10).max(1);
        if seeds >= 50 && done.is_multiple_of(step) {
            output::say(&word!("drill.so-many-played", done, seeds));
        }
    };
    let usual = crate::drill::many::run(&scenario, first, seeds, tell)?;
    let changed = match &extra {
        None => None,
        Some(extra) => {
            scenario.extra.push(extra.clone());
            Some(crate::drill::many::run(&scenario, first, seeds, tell)?)
        }
    };
    if let Some(out) = &args.out {
        let both = serde_json::json!({ "usual": usual, "what_if": changed });
        write_into(out, "seeds.json", &format!("{both:#}\n"))?;
        let more = changed.as_ref().zip(extra.as_ref());
        keep_pages(out, &report::many_pages(&usual, more))?;
    }
    if args.json {
        output::json(&serde_json::json!({ "usual": usual, "what_if": changed }))?;
    } else {
        print(&usual, changed.as_ref(), extra.as_ref())?;
    }
    Ok(if usual.passed.yes == usual.passed.of {
        Exit::Done
    } else {
        Exit::Failed
    })
}

fn likely(chance: Chance) -> String {
    format!(
        "{} ({}–{})",
        words::permille(chance.permille),
        words::permille(chance.low),
        words::permille(chance.high)
    )
}

fn print(many: &Many, changed: Option<&Many>, extra: Option<&Extra>) -> Result<()> {
    output::line(&word!(
        "drill.seeds",
        title = many.called(language()),
        first = many.first_seed,
        last = many.first_seed + many.seeds - 1
    ))?;
    let names = &many.names;
    let teller = Teller {
        names,
        language: language(),
    };
    output::line(&teller.plays(many))?;
    if let Some((changed, extra)) = changed.zip(extra) {
        output::line(&teller.plays_with(changed, extra))?;
    }
    output::line("")?;
    let advice = many.advice.iter().map(|one| teller.advice(one));
    changes(word!("drill.changes-of-many"), &advice.collect::<Vec<_>>())?;
    let said = |phrase| teller.say(&phrase);
    let slack = |value: Option<i64>| value.map_or_else(|| "—".to_owned(), |left| said(slack(left)));
    let step = |item: &ItemChance| {
        let (most, percent) = item.slowest();
        format!("{} {percent}%", teller.step(StepKind::ALL[most]))
    };
    output::table(
        word!("drill.item-heads"),
        many.items.iter().map(|item| {
            let after = changed.and_then(|changed| changed.item(item));
            [
                names.item(language(), &item.plan, &item.item),
                likely(item.on_time),
                after.map_or_else(
                    || "—".into(),
                    |after| words::permille(after.on_time.permille),
                ),
                slack(item.slack_p10),
                slack(item.slack_median),
                slack(item.slack_p90),
                step(item),
            ]
        }),
    )?;
    output::line("")?;
    output::table(
        word!("drill.post-heads"),
        many.posts.iter().take(8).map(|post| {
            let after = changed.and_then(|changed| changed.post(&post.post));
            [
                names.post(language(), &post.post),
                said(span(post.waited)),
                post.times.to_string(),
                words::permille(post.unanswered_permille),
                after.map_or_else(|| "—".into(), |after| said(span(after.waited))),
            ]
        }),
    )?;
    Ok(())
}
