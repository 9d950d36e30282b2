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

use super::names::Names;
use super::output::{self, line, say, table};
use super::words::{count, form, joined, named, word};
use super::{Exit, Failure, Place, Result, Session, bodies};

/// Long enough that nobody is shut out in a night that nobody foresaw; `fabu doctor` says a month before.
const TOKEN_GOOD_FOR: &str = "365d";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Add {
        login: String,
        #[arg(long)]
        name: String,
        #[arg(long = "post", value_name = "BODY/POST", value_parser = form!(PostRef, "post"))]
        posts: Vec<PostRef>,
        #[arg(long, value_name = "SPAN", default_value = TOKEN_GOOD_FOR, value_parser = form!(Span, "span"))]
        valid_for: Span,
        #[arg(long)]
        json: bool,
    },
    List {
        #[arg(long)]
        json: bool,
    },
    Posts {
        login: String,
        #[arg(long = "post", value_name = "BODY/POST", value_parser = form!(PostRef, "post"))]
        posts: Vec<PostRef>,
    },
    Disable {
        login: String,
    },
    Token {
        login: String,
        #[arg(long, default_value = "")]
        label: String,
        #[arg(long, value_name = "SPAN", default_value = TOKEN_GOOD_FOR, value_parser = form!(Span, "span"))]
        valid_for: Span,
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
            true => failure.next(word!("user.there-next", login)),
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
        say(&word!("user.added-idle", login));
    } else {
        say(&word!(
            "user.added",
            login,
            posts = shown(session, &person.posts)
        ));
    }
    not_apart(session, &person)?;
    say(&word!("user.token", until = until.format("%Y-%m-%d")));
    Ok(Exit::Done)
}

async fn list(session: &Session, as_json: bool) -> Result {
    let now = session.now();
    let mut tx = session.store.read().await?;
    let people = tx.people().await?;
    let ends = tx.token_ends().await?;
    drop(tx);
    if as_json {
        output::json(&json!({"users": people, "tokens_until": ends}))?;
        return Ok(Exit::Done);
    }
    table(
        word!("user.heads"),
        people.into_iter().map(|person| {
            let state = match person.disabled_at {
                Some(at) => word!("user.disabled-at", at = at.format("%Y-%m-%d")),
                None => word!("user.active").into(),
            };
            let until = match ends.get(&person.login) {
                None => word!("user.no-token").into(),
                Some(None) => word!("user.no-end").into(),
                Some(Some(end)) if *end <= now => {
                    word!("user.ended", end = end.format("%Y-%m-%d"))
                }
                Some(Some(end)) => end.format("%Y-%m-%d").to_string(),
            };
            let posts = shown(session, &person.posts);
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
        word!("user.no-post").into()
    } else {
        shown(session, &person.posts)
    };
    say(&word!("user.holds", login, posts = held));
    not_apart(session, &person)?;
    Ok(Exit::Done)
}

async fn disable(session: &Session, login: &str) -> Result {
    let world = session.world()?;
    let mut tx = session.store.begin().await?;
    let owner = session.owner();
    let (_, tokens) = people::disable(&mut tx, &world, session.now(), &owner, login).await?;
    let Some(tokens) = tokens else {
        say(&word!("user.was-disabled", login));
        return Ok(Exit::Done);
    };
    tx.commit().await?;
    say(&word!(
        "user.shut-out",
        login,
        tokens = count!("user.tokens", tokens)
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
    say(&word!(
        "user.another-token",
        login,
        until = until.format("%Y-%m-%d"),
        tokens = count!("user.tokens", revoked)
    ));
    Ok(Exit::Done)
}

/// Says when one person holds two duties that are better kept apart.
fn not_apart(session: &Session, person: &Person) -> std::result::Result<(), Failure> {
    let world = session.world()?;
    for clash in rights::clashes(&world.plans.bodies, &person.posts) {
        say(&word!(
            "user.clash",
            login = person.login,
            one = named!("fabu.right", clash.rights.0.code()),
            post = clash.posts.0,
            other = named!("fabu.right", clash.rights.1.code()),
            other_post = clash.posts.1
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
        say(word!("user.unchecked"));
    }
    Ok(posts)
}

/// Posts by name, and by the code that is typed.
fn shown(session: &Session, posts: &[PostRef]) -> String {
    let bodies = bodies::read(&session.config).ok().flatten();
    let names = bodies.map_or_else(Names::default, |file| Names::of(&file.bodies, &file.areas));
    let posts = posts
        .iter()
        .map(|post| names.post_to_type(&post.to_string()));
    joined(&posts.collect::<Vec<_>>())
}
