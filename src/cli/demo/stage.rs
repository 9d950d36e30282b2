//! Sets the stage: every channel of the example but the portal becomes a folder, so that nothing can leave.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use super::super::words::word;
use super::super::{Failure, Result};

/// Channel, its name, whose addresses it writes for, whom it is for when an item does not say.
const FOLDERS: [(&str, &str, &str, Option<&str>); 8] = [
    ("work-group", "工作群（演示：写入文件）", "none", None),
    (
        "village-group",
        "村（社区）群（演示：写入文件）",
        "none",
        None,
    ),
    ("leaders-group", "领导群（演示：写入文件）", "none", None),
    ("telegram", "电报频道（演示：写入文件）", "none", None),
    (
        "notice-board",
        "村（社区）公示栏（演示：写入文件）",
        "none",
        None,
    ),
    (
        "media-mail",
        "媒体邮件（演示：写入文件）",
        "email",
        Some("{groups: [media]}"),
    ),
    ("public-mail", "公众邮件（演示：写入文件）", "email", None),
    ("sms", "短信（演示：写入文件）", "sms", None),
];

/// Writes the demo's channel files over the example's.
///
/// # Errors
/// When one cannot be written.
pub fn turn_channels_into_files(root: &Path, portal: SocketAddr) -> Result<()> {
    let folder = root.join("channels");
    for (channel, name, addresses, audience) in FOLDERS {
        let mut text = String::new();
        let _ = writeln!(
            text,
            "channel: {channel}\nname: {name}\nkind: file\nenabled: true\nconcurrency: 16"
        );
        if let Some(audience) = audience {
            let _ = writeln!(text, "audience: {audience}");
        }
        let _ = writeln!(
            text,
            "file:\n  folder: outbox/{channel}\n  addresses: {addresses}"
        );
        write(&folder.join(format!("{channel}.yaml")), &text)?;
    }
    let text = format!(
        "channel: portal\nname: 公开网站（演示）\nkind: portal\nenabled: true\nportal:\n  base-url: http://{portal}\n"
    );
    write(&folder.join("portal.yaml"), &text)
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text)
        .map_err(|error| Failure::file(path, word!("drill.nothing-played"), &error))
}
