//! E-mail by lettre, at the level of its connections: one message per recipient, over a few connections that are kept.
//!
//! lettre's own pool waits 40 ms per message for Nagle's algorithm and asks NOOP before each; here the stream is
//! opened with nodelay, the envelope goes out in one piece where the server allows it, and so does the message.

mod address;
mod letter;
mod plain;
mod pool;
mod session;
mod verdict;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use lettre::Address;
use lettre::transport::smtp::authentication::Credentials;
use tokio::time::{Instant, timeout};

use super::lanes::{Lane, Lanes};
use super::secrets::{self, Secret};
use super::{Channel, ChannelError, Recipe, http};
use crate::domain::blame::mail::Stage;
use crate::domain::bulletin::Rendering;
use crate::domain::channel::{EmailDef, MailTls};
use crate::domain::delivery::{Outcome, Parcel};
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::time::Moment;
use letter::{Letter, Sender};
use pool::Pool;
use session::{Server, Session};
use verdict::{Cause, Fault};

/// Encoded texts kept at hand: two languages of a few bulletins that go out at once.
const LETTERS: usize = 8;

pub(super) struct Email {
    sender: Sender,
    server: Server,
    pool: Pool,
    lanes: Lanes,
    letters: Mutex<Vec<(Arc<Rendering>, Arc<Letter>)>>,
    timeout: Duration,
    password: Option<Secret>,
}

impl Email {
    pub fn new(recipe: &Recipe<'_>, section: &EmailDef) -> Result<Self, ChannelError> {
        let &Recipe { def, secrets, .. } = recipe;
        let user = secrets::wanted(def, "user-env", section.user_env.as_ref(), secrets)?;
        let key = "password-env";
        let password = secrets::wanted(def, key, section.password_env.as_ref(), secrets)?;
        let credentials = match (&user, &password) {
            (Some(user), Some(password)) => Some(Credentials::new(
                user.expose().to_owned(),
                password.expose().to_owned(),
            )),
            (None, None) => None,
            _ => {
                let why = "`user-env` and `password-env` need each other";
                return Err(ChannelError::bad_value(def, key, why));
            }
        };
        let most = usize::try_from(def.concurrency).unwrap_or(usize::MAX);
        Ok(Self {
            sender: Sender::new(def, section)?,
            server: Server::new(recipe, section, credentials)?,
            pool: Pool::new(most),
            lanes: Lanes::new(most),
            letters: Mutex::default(),
            timeout: http::timeout(def),
            password,
        })
    }

    /// The encoded form of a rendering, made once for all its recipients.
    fn letter(&self, rendering: &Arc<Rendering>) -> Result<Arc<Letter>, String> {
        let mut letters = self.letters.lock().unwrap_or_else(PoisonError::into_inner);
        let known = letters
            .iter()
            .find(|(known, _)| Arc::ptr_eq(known, rendering) || known == rendering);
        if let Some((_, letter)) = known {
            return Ok(Arc::clone(letter));
        }
        let letter = Arc::new(Letter::new(&self.sender, rendering)?);
        if letters.len() == LETTERS {
            letters.remove(0);
        }
        letters.push((Arc::clone(rendering), Arc::clone(&letter)));
        Ok(letter)
    }

    /// One message over as many connections as the server takes. Where it refuses one more, the message waits for one of
    /// the others.
    async fn deliver(&self, to: &Address, text: &str) -> Result<String, Fault> {
        loop {
            // Longer would outlast the lease.
            let Ok(mut lane) = timeout(self.timeout * 2, self.lanes.enter()).await else {
                return Err(Fault {
                    stage: Stage::Opening,
                    cause: Cause::NoLane,
                    reused: false,
                });
            };
            let until = Instant::now() + self.timeout;
            match self.deliver_over(&mut lane, to, text, until).await {
                Err(fault) if fault.may_be_crowd() => {
                    if !lane.crowded(until).await {
                        return Err(fault);
                    }
                }
                result => return result,
            }
        }
    }

    /// One message over a kept connection; if that turns out to be dead or used up before the message was given to it,
    /// over a new one.
    async fn deliver_over(
        &self,
        lane: &mut Lane<'_>,
        to: &Address,
        text: &str,
        until: Instant,
    ) -> Result<String, Fault> {
        if let Some(mut session) = self.pool.take() {
            lane.opened();
            match session
                .deliver(self.sender.address(), to, text, until)
                .await
            {
                Err(fault) if fault.is_stale() || fault.is_used_up() => lane.closed(),
                result => return self.keep(session, result),
            }
        }
        let mut session = Session::open(&self.server, until).await?;
        lane.opened();
        let result = session
            .deliver(self.sender.address(), to, text, until)
            .await;
        self.keep(session, result)
    }

    fn keep(&self, session: Session, result: Result<String, Fault>) -> Result<String, Fault> {
        if session.is_usable() {
            self.pool.put(session);
        }
        result
    }
}

#[async_trait]
impl Channel for Email {
    async fn send(&self, parcel: &Parcel) -> Outcome {
        let to = match address::parse(&parcel.address) {
            Ok(to) => to,
            Err(why) => return Outcome::Refused { why },
        };
        let letter = match self.letter(&parcel.rendering) {
            Ok(letter) => letter,
            Err(why) => return Outcome::Refused { why },
        };
        let text = letter.to(&to, &parcel.key, parcel.at);
        let result = self.deliver(&to, &text).await;
        let secrets: Vec<_> = self.password.iter().collect();
        verdict::judge(result, self.server.place(), |said| {
            super::scrub::scrub(said, &parcel.address, &secrets)
        })
    }

    /// Goes the way of a message up to the sender's name, which it takes back.
    async fn probe(&self, _at: Moment) -> Result<Phrase, Phrase> {
        let place = self.server.place();
        let until = Instant::now() + self.timeout;
        let rehearsed = async {
            let mut session = Session::open(&self.server, until).await?;
            let rehearsed = session.rehearse(self.sender.address(), until).await;
            session.quit(until).await;
            rehearsed
        };
        match rehearsed.await {
            Ok(()) => {
                let open = self.password.is_some() && self.server.tls() == MailTls::None;
                Ok(match open {
                    true => phrase!("probe.takes-sender-in-the-open", place),
                    false => phrase!("probe.takes-sender", place),
                })
            }
            Err(fault) => {
                let secrets: Vec<_> = self.password.iter().collect();
                let why = super::scrub::scrub(&fault.to_string(), "", &secrets);
                Err(phrase!("probe.mail-failed", place, why))
            }
        }
    }
}
