//! The level is raised and lowered, and what binds on whatever becomes of the response is listed.

use serde_json::json;

use super::super::client::views::{Incident, Release};
use super::super::client::{Changing, Client};
use super::super::ids::{Typed, shown};
use super::super::output::{self, line, table};
use super::super::release::taken_back::lifting;
use super::super::words::{form, in_own, joined, named, word};
use super::super::{Exit, Failure, Result};
use super::{LIST, called_for, change, look, show};
use crate::domain::level::ResponseLevel;

#[derive(Debug, clap::Args)]
pub(super) struct LevelArgs {
    id: Typed,
    #[arg(value_parser = form!(ResponseLevel, "level"))]
    level: ResponseLevel,
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    how: Changing,
}

pub(super) async fn change_level(client: &Client, args: LevelArgs, up: bool) -> Result {
    let id = &args.id.sure()?.incident(client).await?;
    let answer = client.get(&["incidents", id.as_str()], &[], LIST).await?;
    let standing: Incident = answer.read()?;
    let from: ResponseLevel =
        standing
            .level
            .parse()
            .map_err(|error: crate::domain::level::BadLevel| {
                Failure::new(Exit::Failed, error.to_string())
            })?;
    // A raise that lowers would be a slip of the finger at three in the morning.
    if from != args.level && up != (args.level > from) {
        let (title, to) = (standing.title, args.level);
        let name = |level: ResponseLevel| named!("incident.level", level.code());
        let (was, asked) = (name(from), name(to));
        let (what, other) = if up {
            (
                word!("incident.no-raise", title, from = was, to = asked),
                "lower",
            )
        } else {
            (
                word!("incident.no-lower", title, from = was, to = asked),
                "raise",
            )
        };
        let next = format!("fabu incident {other} {id} {to} --reason …");
        return Err(Failure::new(Exit::Conflict, what).next(next));
    }
    let path = ["incidents", id.as_str(), "level"];
    let body = json!({ "level": args.level.code(), "reason": args.reason });
    let change = change(&path, body, &args.how, look(id));
    let done = called_for(client, change, word!("incident.changed")).await?;
    if args.level < from {
        still_binding(client, id.as_str()).await?;
    }
    Ok(done)
}

/// Lists the measures that bind people on, whatever becomes of the response, until each is lifted; and those that will once
/// they are out.
pub(super) async fn still_binding(client: &Client, id: &str) -> Result<()> {
    if client.json {
        return Ok(());
    }
    let incident: Incident = client.get(&["incidents", id], &[], LIST).await?.read()?;
    show::still_binding(client, &incident.binding)?;
    for one in incident.binding.iter().filter(|one| one.may_bind()) {
        if let Some(item) = &one.lifting {
            output::next(&lifting(client, &incident, item, one.areas.iter()));
        }
    }
    let on_the_way = incident.releases.iter().filter(|one| one.will_bind);
    let on_the_way: Vec<&Release> = on_the_way.collect();
    if on_the_way.is_empty() {
        return Ok(());
    }
    line("")?;
    line(word!("incident.will-bind"))?;
    let short = shown(on_the_way.iter().map(|one| one.id.as_str()));
    let rows = on_the_way.iter().map(|one| {
        let areas = match &*one.areas {
            [] => &incident.areas,
            own => own,
        };
        let areas = areas.iter().map(|code| client.names.area(code));
        [
            short.of(&one.id),
            in_own(&one.name, one.name_en.as_ref()).to_owned(),
            joined(&areas.collect::<Vec<_>>()),
            named!("release.choice", &one.status),
        ]
    });
    table(word!("incident.will-bind-heads"), rows)?;
    for one in on_the_way {
        output::next(&format!("fabu release waive {} --reason …", one.id));
    }
    Ok(())
}
