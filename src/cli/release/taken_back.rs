//! How something is undone that is too far for the way that was typed: an order that is on its way is given up, one that is out is
//! lifted, and what should never have gone out is withdrawn.

use super::super::client::Client;
use super::super::client::views::Release;
use super::super::output::shell_word;
use super::super::words::word;
use super::super::{Exit, Result};
use super::get;
use crate::id::ReleaseId;

/// What became of a wish; where the state of the release did not allow it, with the command that does.
pub(super) async fn or_how(client: &Client, id: &ReleaseId, came_out: Result) -> Result {
    match came_out {
        Err(refused) if refused.exit == Exit::Conflict => Err(match how(client, id).await {
            Some(next) => refused.next(next),
            None => refused,
        }),
        came_out => came_out,
    }
}

/// The command that takes `id` back as it stands; None where there is nothing to take back.
async fn how(client: &Client, id: &ReleaseId) -> Option<String> {
    let release: Release = get(client, id).await.ok()?.read().ok()?;
    let withdraw = || format!("fabu release withdraw {id} --reason …");
    match &*release.status {
        "undecided" => None,
        "published" => Some(match lift(client, &release) {
            Some(lift) => word!("release.lift-or-withdraw", lift, withdraw = withdraw()),
            None => withdraw(),
        }),
        _ if release.is_open() => Some(format!("fabu release waive {id} --reason …")),
        _ => None,
    }
}

/// The command that lifts a measure where it still binds.
pub(in crate::cli) fn lift(client: &Client, release: &Release) -> Option<String> {
    let item = release.lifting.as_ref()?;
    let left = release
        .areas
        .iter()
        .filter(|area| !release.lifted.contains(area));
    Some(lifting(client, &release.incident, item, left))
}

/// The command that asks for the text which lifts a measure in `areas`.
pub(in crate::cli) fn lifting<'a>(
    client: &Client,
    incident: &str,
    item: &str,
    areas: impl Iterator<Item = &'a String>,
) -> String {
    let areas = areas.map(|code| format!(" --area {}", shell_word(&client.names.area(code))));
    format!(
        "fabu incident request {incident} {item}{}",
        areas.collect::<String>()
    )
}
