//! A folder that receives what would be sent: for closed networks, for printing, and for looking at.

mod page;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use sha2::{Digest, Sha256};

use super::{Channel, ChannelError, Recipe};
use crate::domain::blame::Blame;
use crate::domain::bulletin::hex;
use crate::domain::channel::{FileAddresses, FileDef};
use crate::domain::delivery::{Outcome, Parcel};
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::time::Moment;

/// One file per parcel, named by its key: a second try writes the same file again.
pub(super) struct Folder {
    path: PathBuf,
    /// Each file is one person's; otherwise it is for whoever looks into the folder.
    is_addressed: bool,
    /// A page to print beside each file.
    print: bool,
}

impl Folder {
    pub fn new(recipe: &Recipe<'_>, section: &FileDef, base: &Path) -> Result<Self, ChannelError> {
        let def = recipe.def;
        if section.folder.trim().is_empty() {
            return Err(ChannelError::bad_value(def, "folder", "it is empty"));
        }
        Ok(Self {
            path: base.join(&section.folder),
            is_addressed: section.addresses != FileAddresses::None,
            print: section.print,
        })
    }
}

#[async_trait]
impl Channel for Folder {
    async fn send(&self, parcel: &Parcel) -> Outcome {
        let name = file_name(&parcel.key);
        let (folder, content) = (self.path.clone(), sheet(parcel, self.is_addressed));
        let page = self.print.then(|| page::page(&parcel.rendering));
        let written = tokio::task::spawn_blocking({
            let name = name.clone();
            move || {
                // The page first: whoever finds the sheet finds its page.
                if let Some(page) = page {
                    let stem = name.strip_suffix(".txt").unwrap_or(&name);
                    write_whole(&folder, &format!("{stem}.html"), page.as_bytes())?;
                }
                write_whole(&folder, &name, content.as_bytes())
            }
        });
        let why = match written.await {
            Ok(Ok(())) => {
                return Outcome::accepted(Some(name));
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the writer was stopped".to_owned(),
        };
        let why = format!(
            "{} was not written: {why}; make room or give this user the right to write there",
            self.path.join(&name).display()
        );
        // The folder is ours: whoever makes room or gives the right puts it right for all that wait.
        Blame::Account.outcome(None, why, false)
    }

    async fn probe(&self, _at: Moment) -> Result<Phrase, Phrase> {
        let folder = self.path.clone();
        let tried = tokio::task::spawn_blocking(move || {
            write_whole(&folder, ".fabu-probe", b"")?;
            std::fs::remove_file(folder.join(".fabu-probe"))
        });
        let shown = self.path.display().to_string();
        match tried.await {
            Ok(Ok(())) => Ok(phrase!("probe.can-be-written", shown)),
            Ok(Err(error)) => Err(phrase!(
                "probe.cannot-be-written",
                shown,
                why = error.to_string()
            )),
            Err(error) => Err(phrase!("probe.not-tried", shown, why = error.to_string())),
        }
    }
}

/// The key where it is fit for a file name, and otherwise what is fit of it with a digest of the whole.
fn file_name(key: &str) -> String {
    let fit = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name: String = key.chars().filter(fit).take(100).collect();
    let name = name.trim_start_matches('.');
    if name == key && !name.is_empty() {
        format!("{name}.txt")
    } else {
        let digest = hex(&Sha256::digest(key.as_bytes())[..8]);
        format!("{name}.{digest}.txt")
    }
}

/// Headers, an empty line, and the text; several messages are told apart by a ruled line. What is for nobody by name is read and
/// pinned up as it is, so it begins with its title, and the headers stand at its foot.
fn sheet(parcel: &Parcel, is_addressed: bool) -> String {
    let rendering = &parcel.rendering;
    let text = rendering.text.trim_end_matches('\n');
    if !is_addressed {
        let subject = rendering.subject.as_deref().map(str::trim);
        let title = subject.filter(|subject| !subject.is_empty() && !text.starts_with(subject));
        let title = title.map_or_else(String::new, |title| format!("{title}\n\n"));
        return format!("{title}{text}\n\n{}", headers(parcel, None));
    }
    format!("{}\n{text}\n", headers(parcel, Some(&parcel.address)))
}

fn headers(parcel: &Parcel, to: Option<&str>) -> String {
    let rendering = &parcel.rendering;
    let mut out = String::new();
    let mut header = |name: &str, value: &str| {
        // An address or subject with a line break must not look like two headers.
        let value = value.replace(char::is_control, " ");
        out.push_str(&format!("{name}: {value}\n"));
    };
    if let Some(to) = to {
        header("To", to);
    }
    if let Some(subject) = &rendering.subject {
        header("Subject", subject);
    }
    header("Date", &parcel.at.to_rfc2822());
    header("Channel", &rendering.channel);
    header("Language", rendering.language.code());
    header("Delivery", &parcel.key);
    if let Some(segments) = rendering.segments {
        header("Segments", &segments.to_string());
    }
    out
}

/// Writes beside the place and renames, so that a reader sees the whole file or none, also after a power failure.
fn write_whole(folder: &Path, name: &str, content: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let draft = folder.join(format!(".{name}.part"));
    let written = (|| {
        let mut file = std::fs::File::create(&draft)?;
        file.write_all(content)?;
        file.sync_data()?;
        std::fs::rename(&draft, folder.join(name))
    })();
    if written.is_err() {
        // Best effort: on a full disk the draft would keep the last bytes from the next try.
        let _ = std::fs::remove_file(&draft);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_cannot_leave_the_folder_or_collide() {
        assert_eq!(file_name("L-01JC4Z.17"), "L-01JC4Z.17.txt");
        let names = ["../../etc/passwd", "/etc/passwd", "etcpasswd", "", ".."].map(file_name);
        for name in &names {
            assert!(!name.contains('/') && !name.starts_with(".."), "{name}");
        }
        let distinct: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
    }
}
