//! A reader of the portal: a real server on a free port, and requests over a real connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use fabu::domain::portal::PortalEntry;
use fabu::domain::time::Moment;
use fabu::web::portal::serve::{Limits, Serving, serve};
use fabu::web::portal::{SharedSite, Site, SiteSettings};
use tokio_util::sync::CancellationToken;

/// A portal that stops when it goes out of sight.
pub struct Stand {
    pub site: Arc<SharedSite>,
    pub address: SocketAddr,
    pub stop: CancellationToken,
    serving: Option<Serving>,
}

impl Stand {
    pub fn open(entries: Vec<PortalEntry>, now: Moment, settings: SiteSettings) -> Self {
        Self::open_with(
            entries,
            now,
            settings,
            &Limits {
                threads: 2,
                ..Limits::default()
            },
        )
    }

    pub fn open_with(
        entries: Vec<PortalEntry>,
        now: Moment,
        settings: SiteSettings,
        limits: &Limits,
    ) -> Self {
        let site = SharedSite::new(Site::build(entries, now, Arc::new(settings)));
        let stop = CancellationToken::new();
        let serving = serve(
            SocketAddr::from(([127, 0, 0, 1], 0)),
            site.clone(),
            limits,
            &stop,
        )
        .expect("a free port on the loopback");
        Self {
            site,
            address: serving.address,
            stop,
            serving: Some(serving),
        }
    }

    /// Stops it and waits until the last client is served.
    pub fn close(mut self) {
        self.stop.cancel();
        if let Some(serving) = self.serving.take() {
            serving.join();
        }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[])
    }

    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut line = Line::dial(self.address);
        line.say(method, path, headers);
        line.hear(method == "HEAD")
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// One kept-alive connection.
pub struct Line {
    stream: BufReader<TcpStream>,
}

impl Line {
    pub fn dial(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the portal listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .expect("a timeout");
        Self {
            stream: BufReader::new(stream),
        }
    }

    pub fn raw(&mut self, bytes: &[u8]) {
        self.stream
            .get_mut()
            .write_all(bytes)
            .expect("the portal takes bytes");
    }

    pub fn say(&mut self, method: &str, path: &str, headers: &[(&str, &str)]) {
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: portal\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        self.raw(request.as_bytes());
    }

    pub fn hear(&mut self, head_only: bool) -> Answer {
        let mut line = || {
            let mut text = String::new();
            self.stream
                .read_line(&mut text)
                .expect("a line of the head");
            text.trim_end().to_owned()
        };
        let status = line();
        let status = status.split(' ').nth(1).and_then(|code| code.parse().ok());
        let mut headers = Vec::new();
        loop {
            let text = line();
            match text.split_once(':') {
                Some((name, value)) => headers.push((name.to_lowercase(), value.trim().to_owned())),
                None => break,
            }
        }
        let mut answer = Answer {
            status: status.expect("a status line"),
            headers,
            body: Vec::new(),
        };
        if !head_only && answer.status != 304 {
            let length = answer.header("content-length").parse().expect("a length");
            answer.body = vec![0; length];
            self.stream
                .read_exact(&mut answer.body)
                .expect("the whole body");
        }
        answer
    }

    /// Whether the server has hung up; waits for it to.
    pub fn is_hung_up(&mut self) -> bool {
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).is_ok()
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// Empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, value)| value)
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    /// The visible words, without tags and style, in order of the source.
    pub fn words(&self) -> String {
        let text = self.text();
        let body = text.split_once("</style>").map_or(text, |(_, body)| body);
        let mut out = String::new();
        let mut inside = false;
        for c in body.chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                _ if !inside => out.push(c),
                _ => {}
            }
        }
        out
    }
}
