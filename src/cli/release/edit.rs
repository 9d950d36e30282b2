//! `fabu release edit`: fields by flags, or the text in the editor when there is a terminal for it.

use std::fs::OpenOptions;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::super::client::views::Release;
use super::super::client::{Change, Changing, Client};
use super::super::ids::Typed;
use super::super::output::{self, say};
use super::super::words::word;
use super::super::{Exit, Failure, Result};
use super::{get, preview};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    id: Typed,
    #[arg(long)]
    title: Option<String>,
    #[arg(long)]
    title_en: Option<String>,
    #[arg(long)]
    action: Option<String>,
    #[arg(long)]
    action_en: Option<String>,
    #[arg(long, value_name = "FILE")]
    text_file: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    text_en_file: Option<PathBuf>,
    #[arg(long)]
    sms: Option<String>,
    #[arg(long)]
    sms_en: Option<String>,
    #[command(flatten)]
    how: Changing,
}

pub(super) async fn run(client: &Client, args: Args) -> Result {
    let Args {
        id,
        title,
        title_en,
        action,
        action_en,
        text_file,
        text_en_file,
        sms,
        sms_en,
        how,
    } = args;
    let id = id.sure()?.release(client).await?;
    let text = text_file.as_deref().map(read).transpose()?;
    let text_en = text_en_file.as_deref().map(read).transpose()?;
    let mut fields = Map::new();
    for (name, value) in [
        ("title", title),
        ("title_en", title_en),
        ("action", action),
        ("action_en", action_en),
        ("text", text),
        ("text_en", text_en),
        ("sms", sms),
        ("sms_en", sms_en),
    ] {
        if let Some(value) = value {
            fields.insert(name.into(), Value::String(value));
        }
    }
    let answer = get(client, &id).await?;
    let standing: Release = answer.read()?;
    let mut kept = None;
    if fields.is_empty() {
        let Some((text, file)) = in_editor(client, &standing)? else {
            say(word!("release.edit.same"));
            return Ok(Exit::Done);
        };
        fields.insert("text".into(), Value::String(text));
        kept = Some(file);
    }
    let change = Change {
        method: Method::PUT,
        path: &["releases", id.as_str(), "text"],
        body: json!(fields),
        how: &how,
        seen: answer.etag.as_deref(),
        look: format!("fabu release show {id}"),
    };
    let answer = match (client.change(change).await, &kept) {
        (Ok(answer), _) => answer,
        (Err(failure), None) => return Err(failure),
        (Err(mut failure), Some(file)) => {
            failure
                .what
                .push_str(&word!("release.edit.kept", file = file.display()));
            return Err(failure.next(format!(
                "fabu release edit {id} --text-file {}",
                file.display()
            )));
        }
    };
    if let Some(file) = kept {
        // A draft left behind in the temporary folder is untidy, no more.
        let _ = std::fs::remove_file(file);
    }
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let edited: Release = answer.read()?;
    if let Some(bulletin) = &edited.bulletin {
        preview::text(client, &edited, bulletin, answer.now)?;
    }
    if !how.dry_run {
        output::next(&format!("fabu release submit {id}"));
    }
    Ok(Exit::Done)
}

fn read(file: &Path) -> Result<String> {
    let text = if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    text.map_err(|error| Failure::file(file, word!("fabu.nothing-asked"), &error))
}

/// The text as the person left it, and the file it stands in; None when they left it as it was.
fn in_editor(client: &Client, release: &Release) -> Result<Option<(String, PathBuf)>> {
    let usage = |what: &str| {
        Failure::new(Exit::Usage, what).next(word!("release.edit.next", id = release.id))
    };
    if client.json || !(std::io::stdin().is_terminal() && std::io::stdout().is_terminal()) {
        return Err(usage(word!("release.edit.no-terminal")));
    }
    let editor = ["VISUAL", "EDITOR"]
        .iter()
        .find_map(|name| {
            std::env::var(name)
                .ok()
                .filter(|value| !value.trim().is_empty())
        })
        .ok_or_else(|| usage(word!("release.edit.no-editor")))?;
    let Some(bulletin) = &release.bulletin else {
        return Err(usage(word!("release.edit.no-text")));
    };
    let file = std::env::temp_dir().join(format!(
        "fabu-{}-{}-{}.txt",
        release.id,
        bulletin.version,
        std::process::id()
    ));
    write_new(&file, &bulletin.text)
        .map_err(|error| Failure::file(&file, word!("fabu.nothing-asked"), &error))?;
    let mut words = editor.split_whitespace();
    let status = std::process::Command::new(words.next().unwrap_or("vi"))
        .args(words)
        .arg(&file)
        .status()
        .map_err(|error| usage(&word!("release.edit.not-started", editor, error)))?;
    if !status.success() {
        let status = status
            .code()
            .map_or("?".to_owned(), |code| code.to_string());
        return Err(usage(&word!("release.edit.ended", status)));
    }
    let text = read(&file)?;
    if text.trim_end() == bulletin.text.trim_end() {
        let _ = std::fs::remove_file(&file);
        return Ok(None);
    }
    Ok(Some((text.trim_end().to_owned(), file)))
}

/// A text under work is nobody else's to read or to exchange.
fn write_new(file: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(file)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")
}
