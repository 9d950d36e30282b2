//! `fabu contact`: who is reached. Numbers and addresses are masked wherever they are shown.

mod export;
mod import;
mod targets;
mod verdict;

use clap::Subcommand;

use crate::domain::area::AreaCode;
use crate::domain::audience::Reach;
use crate::domain::contact::{AddressKind, Contact};

use super::output::{json, say, table, thousands};
use super::words::{count, joined, named, word};
use super::{Exit, Failure, Place, Result, Session};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Import(import::Args),
    List {
        #[command(flatten)]
        filter: Filter,
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        after: i64,
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
        #[arg(long)]
        json: bool,
    },
    Export(export::Args),
}

/// Which contacts are meant; every flag given must be met, by any of its values.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Filter {
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,
    #[arg(long, value_name = "CODE", value_parser = area_code)]
    area: Vec<AreaCode>,
    #[arg(long, value_name = "POST")]
    post: Vec<String>,
}

impl Filter {
    fn reach(&self) -> Reach {
        Reach {
            areas: self.area.clone(),
            groups: self.group.clone(),
            posts: self.post.clone(),
            around: Vec::new(),
        }
    }
}

fn area_code(text: &str) -> std::result::Result<AreaCode, &'static str> {
    let code = AreaCode(text.to_owned());
    if code.is_well_formed() {
        Ok(code)
    } else {
        Err(word!("contact.area-form"))
    }
}

pub(super) async fn run(place: &Place, command: Command) -> Result {
    let session = Session::existing(place).await?;
    let exit = match command {
        Command::Import(args) => import::run(&session, &args).await,
        Command::List {
            filter,
            after,
            limit,
            json,
        } => list(&session, &filter.reach(), after, limit, json).await,
        Command::Export(args) => export::run(&session, &args).await,
    };
    session.store.close().await;
    exit
}

async fn list(session: &Session, reach: &Reach, after: i64, limit: u32, as_json: bool) -> Result {
    let mut tx = session.store.read().await?;
    let all = tx.count_reach(reach).await?;
    let page = tx.contacts(reach, after, limit).await?;
    let next = page
        .last()
        .filter(|_| page.len() == limit as usize)
        .map(|(number, _)| *number);
    if as_json {
        let contacts: Vec<_> = page
            .into_iter()
            .map(|(number, contact)| serde_json::json!({"number": number, "contact": contact.masked()}))
            .collect();
        json(&serde_json::json!({"contacts": contacts, "count": all, "next": next}))?;
        return Ok(Exit::Done);
    }
    table(
        word!("contact.heads"),
        page.into_iter()
            .map(|(number, contact)| row(number, contact.masked())),
    )?;
    let addresses: Vec<String> = AddressKind::ALL
        .into_iter()
        .filter_map(|kind| {
            all.addresses.get(kind.code()).map(|count| {
                format!(
                    "{} {}",
                    named!("channel.kind", kind.code()),
                    thousands(u64::try_from(*count).unwrap_or(0))
                )
            })
        })
        .collect();
    let people = u64::try_from(all.people).unwrap_or(0);
    let addresses = match &addresses[..] {
        [] => word!("fabu.none").to_owned(),
        some => joined(some),
    };
    say(&word!(
        "contact.in-all",
        people = count!("contact.in-all-people", people),
        addresses
    ));
    if let Some(next) = next {
        say(&word!("contact.more", next));
    }
    Ok(Exit::Done)
}

fn row(number: i64, contact: Contact) -> [String; 8] {
    let addresses: Vec<String> = contact
        .addresses
        .into_iter()
        .map(|address| address.address)
        .collect();
    let areas: Vec<String> = contact.areas.into_iter().map(|area| area.0).collect();
    [
        number.to_string(),
        contact.code,
        contact.name,
        contact.language.code().to_owned(),
        addresses.join(" "),
        areas.join(" "),
        contact.groups.join(" "),
        contact.posts.join(" "),
    ]
}
