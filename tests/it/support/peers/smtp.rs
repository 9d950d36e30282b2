//! A mail server of our own, for what no real one does on demand: it greylists, refuses one recipient, hangs up at a
//! chosen moment, and remembers everything.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How it behaves. By recipient: `grey…` gets 451 the first time, `nobody…` 550.
#[derive(Clone, Default)]
pub struct Manner {
    pub pipelining: bool,
    pub smtp_utf8: bool,
    /// User and password that it insists on.
    pub login: Option<(&'static str, &'static str)>,
    /// Closes the connection after this many mails, without a word.
    pub mails_per_connection: Option<usize>,
    /// Answers nothing at all.
    pub silent: bool,
    /// Says its Chinese words in GBK.
    pub in_gbk: bool,
    /// What it answers to recipients at `slow.invalid`.
    pub slow: Option<&'static str>,
    /// What it answers instead of the usual, by verb; `.` is the end of the text.
    pub says: Vec<(&'static str, &'static str)>,
    /// Takes so many connections at once and turns others away with these words, or closes them without any.
    pub most_connections: Option<(usize, Option<&'static str>)>,
}

pub struct Taken {
    pub from: String,
    pub to: String,
    pub text: String,
}

#[derive(Default)]
pub struct Seen {
    pub connections: usize,
    pub mails: Vec<Taken>,
    pub turned_away: usize,
    pub lines: Vec<String>,
    open: usize,
    greylisted: BTreeSet<String>,
}

pub struct SmtpPeer {
    pub port: u16,
    pub seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

impl SmtpPeer {
    pub async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let task = tokio::spawn({
            let seen = Arc::clone(&seen);
            async move {
                loop {
                    let (stream, _) = listener.accept().await.unwrap();
                    let (manner, seen) = (manner.clone(), Arc::clone(&seen));
                    {
                        let mut seen = seen.lock().unwrap();
                        if let Some((most, words)) = manner.most_connections
                            && seen.open >= most
                        {
                            seen.turned_away += 1;
                            if let Some(words) = words {
                                tokio::spawn(turn_away(stream, words));
                            }
                            continue;
                        }
                        seen.connections += 1;
                        seen.open += 1;
                    }
                    tokio::spawn(async move {
                        talk(stream, manner, Arc::clone(&seen)).await;
                        seen.lock().unwrap().open -= 1;
                    });
                }
            }
        });
        Self { port, seen, task }
    }
}

impl Drop for SmtpPeer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn turn_away(stream: TcpStream, words: &str) {
    say(&mut BufReader::new(stream), words).await;
}

/// One conversation; ends with the connection.
async fn talk(stream: TcpStream, manner: Manner, seen: Arc<Mutex<Seen>>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    if manner.silent {
        let mut line = String::new();
        while stream.read_line(&mut line).await.ok()? > 0 {}
        return None;
    }
    say(&mut stream, "220 peer.example").await?;
    let (mut from, mut to, mut mails) = (String::new(), None::<String>, 0);
    let mut logged_in = manner.login.is_none();
    loop {
        let line = hear(&mut stream).await?;
        let verb = line.split([' ', ':']).next()?.to_ascii_uppercase();
        seen.lock().unwrap().lines.push(line.clone());
        let said = |verb: &str| {
            manner
                .says
                .iter()
                .find(|(at, _)| *at == verb)
                .map(|(_, words)| *words)
        };
        let answer = match verb.as_str() {
            verb if said(verb).is_some() => said(verb).unwrap_or_default().into(),
            "EHLO" => {
                let mut lines = vec!["250-peer.example".to_owned(), "250-8BITMIME".into()];
                if manner.pipelining {
                    lines.push("250-PIPELINING".into());
                }
                if manner.smtp_utf8 {
                    lines.push("250-SMTPUTF8".into());
                }
                if manner.login.is_some() {
                    lines.push("250-AUTH PLAIN".into());
                }
                lines.push("250 SIZE".into());
                lines.join("\r\n")
            }
            "AUTH" => {
                logged_in = manner.login.is_some_and(|login| knows(&line, login));
                if logged_in {
                    "235 welcome"
                } else {
                    "535 5.7.8 bad credentials"
                }
                .into()
            }
            "MAIL" if !logged_in => "530 5.7.0 authentication required".into(),
            "MAIL" => {
                from = line;
                "250 sender ok".into()
            }
            "RCPT" => {
                let grey =
                    line.contains("<grey") && seen.lock().unwrap().greylisted.insert(line.clone());
                let slow = manner.slow.filter(|_| line.contains("@slow.invalid"));
                if let Some(words) = slow {
                    words.into()
                } else if grey {
                    "451 4.7.1 greylisted, come back later".into()
                } else if line.contains("<nobody") {
                    format!(
                        "550 5.1.1 {}: user unknown",
                        line.trim_start_matches("RCPT TO:")
                    )
                } else {
                    to = Some(line);
                    "250 recipient ok".into()
                }
            }
            "DATA" => match to.take() {
                None => "554 5.5.1 no valid recipients".into(),
                Some(to) => {
                    say(&mut stream, "354 go on").await?;
                    let text = text(&mut stream).await?;
                    if let Some(words) = said(".") {
                        say(&mut stream, words).await?;
                        continue;
                    }
                    let from = from.clone();
                    seen.lock().unwrap().mails.push(Taken { from, to, text });
                    mails += 1;
                    "250 2.0.0 taken".into()
                }
            },
            "RSET" => "250 ok".into(),
            "QUIT" => {
                say(&mut stream, "221 bye").await?;
                return None;
            }
            _ => "500 what?".into(),
        };
        if manner.in_gbk {
            let words = encoding_rs::GBK.encode(&answer).0;
            stream.write_all(&words).await.ok()?;
            stream.write_all(b"\r\n").await.ok()?;
        } else {
            say(&mut stream, &answer).await?;
        }
        if manner
            .mails_per_connection
            .is_some_and(|limit| mails >= limit)
        {
            return None;
        }
    }
}

fn knows(line: &str, (user, password): (&str, &str)) -> bool {
    use base64::Engine as _;
    let given = line.rsplit(' ').next().unwrap_or_default();
    let wanted = format!("\0{user}\0{password}");
    given == base64::engine::general_purpose::STANDARD.encode(wanted)
}

async fn say(stream: &mut BufReader<TcpStream>, line: &str) -> Option<()> {
    stream
        .write_all(format!("{line}\r\n").as_bytes())
        .await
        .ok()
}

async fn hear(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    match stream.read_line(&mut line).await {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(line.trim_end().to_owned()),
    }
}

async fn text(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut text = String::new();
    loop {
        let line = hear(stream).await?;
        if line == "." {
            return Some(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
        text.push('\n');
    }
}
