//! The public portal: what everybody may read about an emergency, served from memory.
//!
//! [`Site`] is a pure function of the published entries, the settings and a moment. It is built whole and swapped
//! whole, so a reader sees the world before a publication or after it, never between. [`serve`] puts it on the wire.
//! The portal knows no store, no session and no person: it cannot leak what it was never given.

mod akin;
mod explained;
mod fate;
mod feed;
mod file;
mod frame;
mod heard;
mod judge;
mod links;
mod named;
mod names;
mod page;
mod plain;
mod register;
mod reply;
mod resemble;
mod righted;
mod route;
mod saying;
mod shelf;
mod site;
mod spoken_groups;
mod spoken_place;
mod typeset;
mod undone;
mod when;
mod wording;

pub mod serve;

pub use reply::Asked;
pub use site::{SharedSite, Site};

use chrono_tz::Tz;

use crate::domain::area::Area;

/// What the office that runs the site says about itself.
#[derive(Debug, Clone)]
pub struct SiteSettings {
    /// 示例市突发事件信息公开.
    pub name: String,
    pub name_en: String,
    /// Where the public reaches it, without a slash at the end.
    pub base_url: String,
    pub zone: Tz,
    /// Who answers for the site (主办单位), and how to reach them.
    pub host: String,
    pub host_en: String,
    pub hotline: Option<String>,
    /// Closing lines, such as the address of the office.
    pub footer: Vec<String>,
    pub footer_en: Vec<String>,
    /// Registration numbers as they must be shown: ICP 备案号, 公安备案号, 政府网站标识码.
    pub records: Vec<String>,
    /// Every place a reader may choose.
    pub areas: Vec<Area>,
    /// A site of a rehearsal: says so on every page, in every title and feed, and asks not to be indexed.
    pub drill: bool,
}

impl SiteSettings {
    /// What the configuration says about the site at `base_url`, with the places that the plans know.
    pub fn new(
        config: &crate::config::Portal,
        base_url: &str,
        zone: Tz,
        areas: Vec<Area>,
        drill: bool,
    ) -> Self {
        let lines = |text: &str| text.lines().map(str::to_owned).collect();
        Self {
            name: config.site_name.clone(),
            name_en: config.site_name_en.clone(),
            base_url: base_url.trim_end_matches('/').to_owned(),
            zone,
            host: config.host.clone(),
            host_en: config.host_en.clone(),
            hotline: config.hotline.clone(),
            footer: lines(&config.footer),
            footer_en: lines(&config.footer_en),
            records: config.records.clone(),
            areas,
            drill,
        }
    }
}
