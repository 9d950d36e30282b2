//! What commands without a server need of `plans/bodies.yaml`: the places and the posts there are.

use crate::config::Config;
use crate::domain::body::PostRef;
use crate::plan::diagnostic::Report;
use crate::plan::file::BodiesFile;
use crate::plan::folder::read_one;
use crate::plan::schema::FileKind;
use crate::plan::words;

use super::words::word;
use super::{Exit, Failure, Result};

/// Reads the file, or nothing when there is none: an installation may have contacts and users before plans.
///
/// # Errors
/// When there is a file and it cannot be read.
pub(super) fn read(config: &Config) -> Result<Option<BodiesFile>> {
    let path = config.server.plans().join("bodies.yaml");
    if !path.exists() {
        return Ok(None);
    }
    let mut report = Report::default();
    let read = read_one::<BodiesFile>(&path, FileKind::Bodies, &mut report);
    match read {
        Some(read) if !report.has_errors() => Ok(Some(read.shaped.spec)),
        _ => {
            let first = report.into_sorted().into_iter().next();
            let why = first.map_or(String::new(), |d| {
                word!("install.bodies-line", line = d.place.line, why = d.message)
            });
            let what = word!("install.bad-bodies", path = path.display(), why);
            Err(Failure::new(Exit::Invalid, what).next("fabu plan check"))
        }
    }
}

/// Refuses posts that no body has.
///
/// # Errors
/// Names the first unknown one and what was probably meant.
pub(super) fn check_posts(bodies: &BodiesFile, posts: &[PostRef]) -> Result<()> {
    let known: Vec<String> = bodies
        .bodies
        .iter()
        .flat_map(|body| {
            body.posts
                .iter()
                .map(|post| format!("{}/{}", body.body, post.post))
        })
        .collect();
    let Some(wrong) = posts
        .iter()
        .map(ToString::to_string)
        .find(|post| !known.contains(post))
    else {
        return Ok(());
    };
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let failure = Failure::new(Exit::Invalid, word!("install.no-post", post = wrong));
    Err(match words::closest(&wrong, &known) {
        Some(post) => failure.next(word!("install.post-meant", post)),
        None => failure.next(word!("install.posts")),
    })
}
