//! `fabu release place`: a text that is not out yet becomes one for some of the incident's places.

use reqwest::Method;
use serde_json::{Value, json};

use super::super::client::views::Release;
use super::super::client::{Change, Changing, Client};
use super::super::ids::Typed;
use super::super::incident::facts::{self, FactSource, Whose};
use super::super::output;
use super::super::{Exit, Result};
use super::{get, preview, show};

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true)))]
pub(super) struct Args {
    id: Typed,
    #[arg(long = "area", value_name = "CODE|NAME", group = "what")]
    areas: Vec<String>,
    #[arg(long, group = "what", conflicts_with = "areas")]
    everywhere: bool,
    #[arg(long, value_name = "NAME=VALUE", value_parser = facts::pair, group = "what")]
    fact: Vec<(String, Value)>,
    #[command(flatten)]
    how: Changing,
}

pub(super) async fn run(client: &Client, args: Args) -> Result {
    let id = args.id.sure()?.release(client).await?;
    let names = client.all_names().await;
    let areas = names.areas_meant(&args.areas)?;
    let facts = facts::read(
        client,
        Whose::Release(&id),
        &args.fact,
        &FactSource::default(),
    )
    .await?;
    let mut body = json!({ "facts": facts });
    if args.everywhere || !areas.is_empty() {
        body["areas"] = json!(areas);
    }
    let standing = get(client, &id).await?;
    let change = Change {
        method: Method::PUT,
        path: &["releases", id.as_str(), "places"],
        body,
        how: &args.how,
        seen: standing.etag.as_deref(),
        look: format!("fabu release show {id}"),
    };
    let answer = client.change(change).await?;
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let placed: Release = answer.read()?;
    match &placed.bulletin {
        Some(bulletin) => preview::text(client, &placed, bulletin, answer.now)?,
        None => show::show(client, &placed, answer.now).await?,
    }
    if !args.how.dry_run && placed.bulletin.is_some() {
        output::next(&format!("fabu release submit {id}"));
    }
    Ok(Exit::Done)
}
