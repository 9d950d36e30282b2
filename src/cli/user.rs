//! `fabu user`: who may work with the system, which posts they hold, and the tokens they show.
//!
//! A token is printed once, alone on standard output, and kept as a hash only.

use clap::Subcommand;
use serde_json::json;

use crate::domain::body::PostRef;
use crate::domain::person::Person;
use crate::domain::rights;
use crate::domain::time::Span;
use crate::flow::VerbError;
use crate::flow::people::{self, Issued, NewPerson, NewToken};

use super::output::{self, line, say, table};
use super::{Exit, Failure, Place, Result, Session, bodies};

/// Long enough that nobody is shut out in a night that nobody foresaw; `fabu doctor` says a month before.
const TOKEN_GOOD_FOR: &str = "365d";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Add a user and print their token, once
    Add {
        /// The name they are known by: lower-case letters, digits, `.`, `-`, `_`
        login: String,
        /// The name that stands beside their signatures
        #[arg(long)]
        name: String,
        /// A post they hold, written body/post; may be repeated
        #[arg(long = "post", value_name = "BODY/POST")]
        posts: Vec<PostRef>,
        /// How long the token is good
        #[arg(long, value_name = "SPAN", default_value = TOKEN_GOOD_FOR)]
        valid_for: Span,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List users and the posts they hold
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Give a user other posts than before
    Posts {
        login: String,
        /// A post they hold from now on; none = none
        #[arg(long = "post", value_name = "BODY/POST")]
        posts: Vec<PostRef>,
    },
    /// Shut a user out: their tokens are good no more
    Disable { login: String },
    /// Print another token of a user, once
    Token {
        login: String,
        /// What it is for, such as `phone`
        #[arg(long, default_value = "")]
        label: String,
        /// How long it is good
        #[arg(long, value_name = "SPAN", default_value = TOKEN_GOOD_FOR)]
        valid_for: Span,
        /// Make their earlier tokens worthless
        #[arg(long)]
        revoke_others: bool,
    },
}

pub(super) async fn run(place: &Place, command: Command) -> Result {
    let session = Session::existing(place).await?;
    let exit = match command {
        Command::Add {
            login,
            name,
            posts,
            valid_for,
            json,
        } => add(&session, &login, &name, posts, valid_for, json).await,
        Command::List { json } => list(&session, json).await,
        Command::Posts { login, posts } => change_posts(&session, &login, posts).await,
        Command::Disable { login } => disable(&session, &login).await,
        Command::Token {
            login,
            label,
            valid_for,
            revoke_others,
        } => token(&session, &login, &label, valid_for, revoke_others).await,
    };
    session.store.close().await;
    exit
}

async fn add(
    session: &Session,
    login: &str,
    name: &str,
    posts: Vec<PostRef>,
    valid_for: Span,
    as_json: bool,
) -> Result {
    let new = NewPerson {
        login: login.to_owned(),
        name: name.to_owned(),
        posts: known_posts(session, posts)?,
        valid_for,
    };
    let mut tx = session.store.begin().await?;
    let issued = people::add(
        &mut tx,
        &session.world()?,
        session.now(),
        &session.owner(),
        new,
    )
    .await
    .map_err(|error| {
        let is_taken = matches!(error, VerbError::Conflict { .. });
        let failure = Failure::from(error);
        match is_taken {
            true => failure.next(format!(
                "fabu user token {login} prints another token, fabu user posts {login} changes posts"
            )),
            false => failure,
        }
    })?;
    tx.commit().await?;
    let Issued {
        person,
        token: secret,
        until,
        ..
    } = issued;
    if as_json {
        output::json(&json!({
            "id": person.id, "login": login, "name": person.name, "posts": person.posts, "token": secret,
            "token_until": until,
        }))?;
        return Ok(Exit::Done);
    }
    line(&secret)?;
    if person.posts.is_empty() {
        say(&format!(
            "{login} was added and holds no post: fabu user posts {login} --post body/post"
        ));
    } else {
        say(&format!(
            "{login} was added and holds {}",
            shown(&person.posts)
        ));
    }
    not_apart(session, &person)?;
    say(&format!(
        "this is the token, shown this once and good until {}; use it as FABU_TOKEN",
        until.format("%Y-%m-%d")
    ));
    Ok(Exit::Done)
}

async fn list(session: &Session, as_json: bool) -> Result {
    let mut tx = session.store.read().await?;
    let people = tx.people().await?;
    let ends = tx.token_ends().await?;
    drop(tx);
    if as_json {
        output::json(&json!({"users": people, "tokens_until": ends}))?;
        return Ok(Exit::Done);
    }
    table(
        ["login", "name", "posts", "state", "token until"],
        people.into_iter().map(|person| {
            let state = match person.disabled_at {
                Some(at) => format!("disabled {}", at.format("%Y-%m-%d")),
                None => "active".into(),
            };
            let until = match ends.get(&person.login) {
                None => "no token".into(),
                Some(None) => "no end".into(),
                Some(Some(end)) => end.format("%Y-%m-%d").to_string(),
            };
            let posts = shown(&person.posts);
            [person.login, person.name, posts, state, until]
        }),
    )?;
    Ok(Exit::Done)
}

async fn change_posts(session: &Session, login: &str, posts: Vec<PostRef>) -> Result {
    let posts = known_posts(session, posts)?;
    let world = session.world()?;
    let mut tx = session.store.begin().await?;
    let person = people::change_posts(
        &mut tx,
        &world,
        session.now(),
        &session.owner(),
        login,
        posts,
    )
    .await?;
    tx.commit().await?;
    let held = if person.posts.is_empty() {
        "no post".into()
    } else {
        shown(&person.posts)
    };
    say(&format!("{login} holds {held} now"));
    not_apart(session, &person)?;
    Ok(Exit::Done)
}

async fn disable(session: &Session, login: &str) -> Result {
    let world = session.world()?;
    let mut tx = session.store.begin().await?;
    let owner = session.owner();
    let (_, tokens) = people::disable(&mut tx, &world, session.now(), &owner, login).await?;
    let Some(tokens) = tokens else {
        say(&format!("{login} was disabled before; nothing was changed"));
        return Ok(Exit::Done);
    };
    tx.commit().await?;
    say(&format!(
        "{login} is shut out, {} revoked; what they signed stays signed",
        output::count(tokens, "token", "tokens")
    ));
    Ok(Exit::Done)
}

async fn token(
    session: &Session,
    login: &str,
    label: &str,
    valid_for: Span,
    revoke_others: bool,
) -> Result {
    let wanted = NewToken {
        label: label.to_owned(),
        valid_for,
        revoke_others,
    };
    let world = session.world()?;
    let mut tx = session.store.begin().await?;
    let owner = session.owner();
    let Issued {
        token: secret,
        until,
        revoked,
        ..
    } = people::issue(&mut tx, &world, session.now(), &owner, login, wanted).await?;
    tx.commit().await?;
    line(&secret)?;
    say(&format!(
        "a token of {login}, shown this once and good until {}; use it as FABU_TOKEN. {} revoked",
        until.format("%Y-%m-%d"),
        output::count(revoked, "earlier token", "earlier tokens")
    ));
    Ok(Exit::Done)
}

/// Says when one person holds two duties that are better kept apart.
fn not_apart(session: &Session, person: &Person) -> std::result::Result<(), Failure> {
    let world = session.world()?;
    for clash in rights::clashes(&world.plans.bodies, &person.posts) {
        say(&format!(
            "{} now holds both {} ({}) and {} ({}), which are better in two hands (三员分立)",
            person.login,
            clash.rights.0.code(),
            clash.posts.0,
            clash.rights.1.code(),
            clash.posts.1
        ));
    }
    Ok(())
}

/// The posts; says so where there is nothing to check them against.
fn known_posts(
    session: &Session,
    posts: Vec<PostRef>,
) -> std::result::Result<Vec<PostRef>, Failure> {
    if !posts.is_empty() && bodies::read(&session.config)?.is_none() {
        say("plans/bodies.yaml is not there, so the posts were not checked");
    }
    Ok(posts)
}

fn shown(posts: &[PostRef]) -> String {
    posts
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}
