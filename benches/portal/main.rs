//! A portal with a bulletin page of about 20 kB, for a load tool: `scripts/bench.d/portal.sh` measures it beside nginx.
//!
//! Writes the page's bytes to the file named by the first argument, prints `PORT PATH`, and serves until its standard
//! input ends.

use std::io::Read;
use std::net::SocketAddr;
use std::sync::Arc;

use fabu::domain::area::{Area, AreaCode};
use fabu::domain::bulletin::BulletinText;
use fabu::domain::level::{EventClass, ResponseLevel};
use fabu::domain::plan::ItemKind;
use fabu::domain::portal::{PortalEntry, Standing};
use fabu::domain::time::{Moment, from_millis};
use fabu::id::{Minter, RealmKind};
use fabu::web::portal::serve::{Limits, serve};
use fabu::web::portal::{Asked, SharedSite, Site, SiteSettings};
use tokio_util::sync::CancellationToken;

/// The size that both servers send.
const PAGE: usize = 20_000;

fn main() -> std::io::Result<()> {
    // `cargo bench` adds --bench.
    let Some(file) = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"))
    else {
        println!("portal page against nginx: run scripts/bench.d/portal.sh");
        return Ok(());
    };
    let now = from_millis(1_783_089_600_000);
    let path = |entry: &PortalEntry| format!("/b/{}", entry.release);
    let mut entry = entry(now);
    let mut page = page_of(&entry, now);
    // One ASCII letter is one byte, in an attribute or in the text.
    while page.len() < PAGE {
        entry.text.text.push_str(&"x".repeat(PAGE - page.len()));
        page = page_of(&entry, now);
    }
    std::fs::write(&file, &page)?;
    let site = SharedSite::new(Site::build(vec![entry.clone()], now, settings()));
    let stop = CancellationToken::new();
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let serving = serve(listen, site, &Limits::default(), &stop)?;
    println!("{} {}", serving.address.port(), path(&entry));
    std::io::stdin().read_to_end(&mut Vec::new())?;
    stop.cancel();
    serving.join();
    Ok(())
}

fn page_of(entry: &PortalEntry, now: Moment) -> Vec<u8> {
    let site = Site::build(vec![entry.clone()], now, settings());
    let path = format!("/b/{}", entry.release);
    site.get(&Asked {
        path: &path,
        ..Asked::default()
    })
    .into_body()
    .to_vec()
}

fn settings() -> Arc<SiteSettings> {
    Arc::new(SiteSettings {
        name: "示例市突发事件信息公开".into(),
        name_en: "Shili City emergency information".into(),
        base_url: "https://fabu.example.invalid".into(),
        zone: chrono_tz::Asia::Shanghai,
        host: "示例市人民政府办公室".into(),
        host_en: "General Office".into(),
        hotline: Some("0510-0000-1200".into()),
        footer: Vec::new(),
        footer_en: Vec::new(),
        records: Vec::new(),
        areas: Vec::new(),
        drill: false,
    })
}

fn entry(now: Moment) -> PortalEntry {
    let minter = Minter::seeded(RealmKind::Actual, 1);
    PortalEntry {
        lifted: Vec::new(),
        changes: Vec::new(),
        release: minter.mint(now),
        incident: minter.mint(now),
        item: None,
        incident_title: "临江镇暴雨洪涝".into(),
        incident_title_en: None,
        event: "flood".into(),
        event_name: "洪涝".into(),
        event_name_en: None,
        class: EventClass::NaturalDisaster,
        level: ResponseLevel::II,
        kind: ItemKind::Notice,
        body: "flood-office".into(),
        body_name: "示例市防汛抗旱指挥部办公室".into(),
        body_name_en: None,
        hotline: None,
        areas: vec![Area {
            area: AreaCode("320299101".into()),
            name: "临江镇".into(),
            name_en: None,
        }],
        index_number: "SL0101-320299-2026-00001".into(),
        basis: Vec::new(),
        text: BulletinText {
            title: "关于将防汛应急响应提升至Ⅱ级的通告".into(),
            action: Some("低洼地区居民今晚24时前转移到安置点。".into()),
            text: "受持续强降雨影响，江段水位快速上涨，请市民不要到江边和桥上停留。\n".repeat(20),
            ..BulletinText::default()
        },
        version: 1,
        hash: "0".repeat(64),
        drafted_at: now,
        published_at: now,
        due_at: None,
        response: None,
        binds: false,
        saves_life: false,
        stands_with: Vec::new(),
        answer: None,
        short: Vec::new(),
        valid_until: None,
        next_update: None,
        zone: chrono_tz::Asia::Shanghai,
        standing: Standing::Current,
        interprets: None,
        corrects: None,
    }
}
