//! One connection to the mail server and one message over it.

use std::future::Future;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters,
};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::plain::Plain;
use super::verdict::{Cause, Fault};
use crate::channel::http::because;
use crate::channel::{ChannelError, Recipe};
use crate::domain::blame::mail::Stage;
use crate::domain::channel::{EmailDef, MailTls};

/// Where the mail goes in.
pub(super) struct Server {
    host: String,
    port: u16,
    place: String,
    tls: MailTls,
    parameters: Option<TlsParameters>,
    credentials: Option<Credentials>,
    hello: ClientId,
}

impl Server {
    pub fn new(
        recipe: &Recipe<'_>,
        section: &EmailDef,
        credentials: Option<Credentials>,
    ) -> Result<Self, ChannelError> {
        let host = section.host.clone();
        let parameters = match section.tls {
            MailTls::None => None,
            MailTls::Starttls | MailTls::Tls => Some(
                trust(&host, recipe.authority)
                    .map_err(|error| ChannelError::bad_value(recipe.def, "tls", because(&error)))?,
            ),
        };
        Ok(Self {
            place: format!("{host}:{}", section.port),
            host,
            port: section.port,
            tls: section.tls,
            parameters,
            credentials,
            hello: ClientId::default(),
        })
    }

    pub fn place(&self) -> &str {
        &self.place
    }

    pub fn tls(&self) -> MailTls {
        self.tls
    }
}

/// The public authorities, and the channel's own.
fn trust(host: &str, authority: Option<&[u8]>) -> Result<TlsParameters, Error> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(pem) = authority {
        builder = builder.add_root_certificate(Certificate::from_pem(pem)?);
    }
    builder.build()
}

/// An open connection, greeted and logged in.
pub(super) struct Session {
    connection: AsyncSmtpConnection,
    /// The server takes several commands before it answers the first.
    pipelining: bool,
    last_used: Instant,
    has_sent: bool,
    usable: bool,
}

impl Session {
    pub async fn open(server: &Server, until: Instant) -> Result<Self, Fault> {
        let fault = |stage| {
            move |cause| Fault {
                stage,
                cause,
                reused: false,
            }
        };
        let mut session = match timeout_at(until, Self::connect(server, until)).await {
            Ok(result) => result.map_err(fault(Stage::Opening))?,
            Err(_) => return Err(fault(Stage::Opening)(Cause::Timeout)),
        };
        if let Some(credentials) = &server.credentials {
            let login = session.connection.auth(DEFAULT_MECHANISMS, credentials);
            within(until, login).await.map_err(fault(Stage::Login))?;
        }
        Ok(session)
    }

    async fn connect(server: &Server, until: Instant) -> Result<Self, Cause> {
        let mut connection = match server.tls {
            MailTls::None | MailTls::Starttls => {
                let address = (server.host.as_str(), server.port);
                let stream = TcpStream::connect(address).await.map_err(Cause::Io)?;
                stream.set_nodelay(true).map_err(Cause::Io)?;
                // What follows STARTTLS is not for reading line by line.
                let stream: Box<dyn AsyncTokioStream> = match server.tls {
                    MailTls::None => Box::new(Plain::new(stream)),
                    _ => Box::new(stream),
                };
                AsyncSmtpConnection::connect_with_transport(stream, &server.hello).await
            }
            // lettre opens this one itself. Nagle does not hurt: every message leaves in one piece.
            MailTls::Tls => {
                let left = until.saturating_duration_since(Instant::now());
                AsyncSmtpConnection::connect_tokio1(
                    (server.host.as_str(), server.port),
                    Some(left.max(Duration::from_millis(1))),
                    &server.hello,
                    server.parameters.clone(),
                    None,
                )
                .await
            }
        }
        .map_err(Cause::Smtp)?;
        if let (MailTls::Starttls, Some(parameters)) = (server.tls, &server.parameters) {
            connection
                .starttls(parameters.clone(), &server.hello)
                .await
                .map_err(Cause::Smtp)?;
        }
        // lettre does not say whether the server pipelines, so it is asked once more.
        let hello = connection.command(Ehlo::new(server.hello.clone())).await;
        let pipelining = hello.map_err(Cause::Smtp)?;
        let pipelining = pipelining
            .message()
            .any(|line| line.trim().eq_ignore_ascii_case("PIPELINING"));
        Ok(Self {
            connection,
            pipelining,
            last_used: Instant::now(),
            has_sent: false,
            usable: true,
        })
    }

    /// Gives one message, its final dot included, to the server and returns the server's last word.
    pub async fn deliver(
        &mut self,
        from: &Address,
        to: &Address,
        text: &str,
        until: Instant,
    ) -> Result<String, Fault> {
        let reused = self.has_sent;
        let fault = |stage, cause| Fault {
            stage,
            cause,
            reused,
        };
        let mut options = Vec::new();
        if !text.is_ascii() {
            let info = self.connection.server_info();
            if !info.supports_feature(Extension::SmtpUtfEight) {
                return Err(fault(Stage::Recipient, Cause::NoSmtpUtf8));
            }
            options.push(MailParameter::SmtpUtfEight);
            options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        // Usable again only once the server has answered everything it was told.
        self.usable = false;
        let mail = Mail::new(Some(from.clone()), options);
        let rcpt = Rcpt::new(to.clone(), Vec::new());
        let mut stage = Stage::Sender;
        let envelope = within(until, self.envelope(mail, rcpt, &mut stage)).await;
        if let Err(cause) = envelope {
            let fault = fault(stage, cause);
            self.start_over(&fault, until).await;
            return Err(fault);
        }
        let answer = within(until, self.connection.command(text)).await;
        self.last_used = Instant::now();
        self.has_sent = true;
        match answer {
            Ok(response) => {
                self.usable = true;
                Ok(response.message().collect::<Vec<_>>().join(" "))
            }
            Err(cause) => {
                let fault = fault(Stage::Text, cause);
                self.usable = fault.code().is_some_and(|code| code != 421);
                Err(fault)
            }
        }
    }

    /// Names sender and recipient and asks for the text, in one round trip where the server allows it. `stage` is where
    /// it was refused.
    async fn envelope(&mut self, mail: Mail, rcpt: Rcpt, stage: &mut Stage) -> Result<(), Error> {
        if !self.pipelining {
            self.connection.command(mail).await?;
            *stage = Stage::Recipient;
            self.connection.command(rcpt).await?;
            *stage = Stage::Data;
            self.connection.command(Data).await?;
            return Ok(());
        }
        // Every answer is read, also after a refusal: the next message must not find one of them.
        let together = format!("{mail}{rcpt}{Data}");
        let mail = answered(self.connection.command(together).await)?;
        if mail.is_ok() {
            *stage = Stage::Recipient;
        }
        let rcpt = answered(self.connection.read_response().await)?;
        if mail.is_ok() && rcpt.is_ok() {
            *stage = Stage::Data;
        }
        let data = answered(self.connection.read_response().await)?;
        let invited = data.is_ok();
        let refused = mail.and(rcpt).and(data);
        if refused.is_err() && invited {
            // The server waits for a text although it refused the envelope: an empty one ends that.
            answered(self.connection.command(".\r\n").await)?.ok();
        }
        refused
    }

    /// Names the sender and takes it back: the last step before there is a recipient.
    pub async fn rehearse(&mut self, from: &Address, until: Instant) -> Result<(), Fault> {
        let mail = Mail::new(Some(from.clone()), Vec::new());
        let named = within(until, self.connection.command(mail)).await;
        named.map_err(|cause| Fault {
            stage: Stage::Sender,
            cause,
            reused: false,
        })?;
        // It was taken; that taking it back may fail does not matter.
        let _ = within(until, self.connection.command(Rset)).await;
        Ok(())
    }

    /// After a refusal the connection is as good as before, if the server agrees.
    async fn start_over(&mut self, fault: &Fault, until: Instant) {
        if fault.code().is_some_and(|code| code != 421) {
            let reset = within(until, self.connection.command(Rset)).await;
            self.usable = reset.is_ok();
            self.last_used = Instant::now();
            self.has_sent = true;
        }
    }

    pub fn is_usable(&self) -> bool {
        self.usable
    }

    pub fn idle_for(&self) -> Duration {
        self.last_used.elapsed()
    }

    /// Says goodbye; that the server may not wait for it does not matter.
    pub async fn quit(mut self, until: Instant) {
        let _ = within(until, self.connection.quit()).await;
    }
}

/// Tells an answer, good or bad, from a connection that gave none.
fn answered(result: Result<Response, Error>) -> Result<Result<(), Error>, Error> {
    match result {
        Ok(_) => Ok(Ok(())),
        Err(error) if error.status().is_some() => Ok(Err(error)),
        Err(error) => Err(error),
    }
}

async fn within<T>(
    until: Instant,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Cause> {
    match timeout_at(until, work).await {
        Ok(result) => result.map_err(Cause::Smtp),
        Err(_) => Err(Cause::Timeout),
    }
}
