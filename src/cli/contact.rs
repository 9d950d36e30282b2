//! `fabu contact`: who is reached. Numbers and addresses are masked wherever they are shown.

mod export;
mod import;
mod targets;
mod verdict;

use clap::Subcommand;

use crate::domain::area::AreaCode;
use crate::domain::audience::Reach;
use crate::domain::contact::{AddressKind, Contact};

use super::output::{count, json, say, table, thousands};
use super::{Exit, Failure, Place, Result, Session};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add or replace contacts from a CSV file (UTF-8, UTF-16 or GB18030)
    ///
    /// A line of headings names the columns: 编号 code, 姓名 name, 手机 phone, 邮箱 email, telegram, 语言 language,
    /// 区域 areas, 分组 groups, 岗位 posts; usual other words are known. Several values in a cell are separated by comma,
    /// semicolon, 、 / | or a line break. A contact that has the code of one that stands replaces it as a whole; without a
    /// code its first address decides. Ends with 3 if anything is lost; a column of addresses under an unknown heading,
    /// or a misspelt group, stops the import before anything is written. docs/contacts.md has all rules.
    Import(import::Args),
    /// List contacts, addresses masked
    List {
        #[command(flatten)]
        filter: Filter,
        /// Go on after the contact of this number
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        after: i64,
        /// At most this many
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Write contacts as CSV that is safe to open in a spreadsheet program
    Export(export::Args),
}

/// Which contacts are meant; every flag given must be met, by any of its values.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Filter {
    /// In this group; may be repeated
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,
    /// In this place or inside it, by area code; may be repeated
    #[arg(long, value_name = "CODE", value_parser = area_code)]
    area: Vec<AreaCode>,
    /// Holding this post; may be repeated
    #[arg(long, value_name = "POST")]
    post: Vec<String>,
}

impl Filter {
    fn reach(&self) -> Reach {
        Reach {
            areas: self.area.clone(),
            groups: self.group.clone(),
            posts: self.post.clone(),
        }
    }
}

fn area_code(text: &str) -> std::result::Result<AreaCode, String> {
    let code = AreaCode(text.to_owned());
    if code.is_well_formed() {
        Ok(code)
    } else {
        Err("an area code has 6, 9 or 12 digits".into())
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
        [
            "#",
            "code",
            "name",
            "language",
            "addresses",
            "areas",
            "groups",
            "posts",
        ],
        page.into_iter()
            .map(|(number, contact)| row(number, contact.masked())),
    )?;
    let addresses: Vec<String> = AddressKind::ALL
        .into_iter()
        .filter_map(|kind| {
            all.addresses
                .get(kind.code())
                .map(|count| format!("{kind} {}", thousands(u64::try_from(*count).unwrap_or(0))))
        })
        .collect();
    let people = u64::try_from(all.people).unwrap_or(0);
    say(&format!(
        "{} in all, distinct addresses: {}",
        count(people, "contact", "contacts"),
        if addresses.is_empty() {
            "none".into()
        } else {
            addresses.join(", ")
        }
    ));
    if let Some(next) = next {
        say(&format!("there may be more: --after {next}"));
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
