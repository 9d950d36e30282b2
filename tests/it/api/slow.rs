//! Silence and slowness at a door: whoever keeps a place for nothing is let go, whoever is served is not.

use std::convert::Infallible;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use fabu::web::door::{self, Crowd, Full, Patience, Sent};
use http_body_util::{BodyExt as _, Full as Whole};
use hyper::body::Bytes;
use hyper::service::service_fn;
use hyper::{Request, Response};
use tokio_util::sync::CancellationToken;

const SHORT: Duration = Duration::from_millis(300);
const LONG: Duration = Duration::from_secs(60);

struct Door {
    address: SocketAddr,
    crowd: Arc<Crowd>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<bool>,
}

/// Takes a second to answer `/slow`, and whatever its requests bring.
async fn open(places: usize, full: Full, patience: Patience) -> Door {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let crowd = Crowd::new("test", places, full, patience);
    let stop = CancellationToken::new();
    let (people, ended) = (crowd.clone(), stop.clone());
    let service = service_fn(async |request: Request<Sent>| {
        let slow = request.uri().path() == "/slow";
        let _ = request.into_body().collect().await;
        if slow {
            let second = std::future::pending::<()>();
            let _ = tokio::time::timeout(Duration::from_secs(1), second).await;
        }
        Ok::<_, Infallible>(Response::new(Whole::new(Bytes::from_static(b"ok"))))
    });
    let task =
        tokio::spawn(async move { door::attend(listener, people, service, LONG, &ended).await });
    Door {
        address,
        crowd,
        stop,
        task,
    }
}

fn patience() -> Patience {
    Patience {
        first: SHORT,
        head: SHORT,
        body: SHORT,
        idle: SHORT,
        stalled: SHORT,
    }
}

impl Door {
    fn dial(&self, words: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        stream.write_all(words.as_bytes()).unwrap();
        stream
    }

    async fn close(self) {
        self.stop.cancel();
        assert!(self.task.await.unwrap());
        assert_eq!(self.crowd.count().open, 0);
    }
}

/// What is heard until the other side hangs up.
fn rest(mut stream: TcpStream) -> String {
    let mut heard = Vec::new();
    // A reset is a hanging-up as well.
    let _ = stream.read_to_end(&mut heard);
    String::from_utf8_lossy(&heard).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_a_slow_head_a_slow_body_and_idleness_are_cut_off_and_a_slow_answer_is_not() {
    let door = open(100, Full::Refused, patience()).await;
    let begun = Instant::now();
    let slow = door.dial("GET /slow HTTP/1.1\r\nhost: d\r\nconnection: close\r\n\r\n");
    for (what, words) in [
        ("silence", ""),
        ("half a head", "GET / HTTP/1.1\r\nhost:"),
        (
            "half a body",
            "POST / HTTP/1.1\r\nhost: d\r\ncontent-length: 9\r\n\r\nhalf",
        ),
        (
            "half a chunk",
            "POST / HTTP/1.1\r\nhost: d\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhalf",
        ),
    ] {
        assert_eq!(rest(door.dial(words)), "", "{what}");
    }
    let idle = rest(door.dial("GET / HTTP/1.1\r\nhost: d\r\n\r\n"));
    assert!(
        idle.starts_with("HTTP/1.1 200") && idle.ends_with("ok"),
        "{idle}"
    );
    assert!(
        begun.elapsed() < Duration::from_secs(6),
        "{:?}",
        begun.elapsed()
    );
    assert!(rest(slow).starts_with("HTTP/1.1 200"));
    assert_eq!(door.crowd.count().cut_off, 5);

    // Bytes that drip buy no time.
    for words in [
        "GET / HTTP/1.1\r\nx:",
        "POST / HTTP/1.1\r\nhost: d\r\ncontent-length: 999\r\n\r\n",
    ] {
        let mut stream = door.dial(words);
        let begun = Instant::now();
        while stream.write_all(b"a").is_ok() {
            assert!(
                begun.elapsed() < Duration::from_secs(5),
                "it drips for ever"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    door.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn newcomers_take_the_place_of_the_idle_and_never_of_those_being_served() {
    let long = Patience {
        first: LONG,
        head: LONG,
        body: LONG,
        idle: LONG,
        stalled: LONG,
    };
    for full in [Full::Refused, Full::Waits] {
        let door = open(4, full, long.clone()).await;
        let served: Vec<_> = (0..2)
            .map(|_| door.dial("GET /slow HTTP/1.1\r\nhost: d\r\nconnection: close\r\n\r\n"))
            .collect();
        let _idle: Vec<_> = (0..40).map(|_| door.dial("")).collect();
        let newcomer = door.dial("GET / HTTP/1.1\r\nhost: d\r\nconnection: close\r\n\r\n");
        assert!(rest(newcomer).starts_with("HTTP/1.1 200"), "{full:?}");
        for one in served {
            assert!(rest(one).starts_with("HTTP/1.1 200"), "{full:?}");
        }
        let count = door.crowd.count();
        assert!(
            count.open <= 4 && count.gave_way >= 30,
            "{full:?}: {count:?}"
        );
        door.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_everybody_is_being_served_newcomers_hear_503_or_wait() {
    let ask = "GET /slow HTTP/1.1\r\nhost: d\r\nconnection: close\r\n\r\n";
    for (full, answer) in [
        (Full::Refused, "HTTP/1.1 503"),
        (Full::Waits, "HTTP/1.1 200"),
    ] {
        let door = open(2, full, Patience::default()).await;
        let served: Vec<_> = (0..2).map(|_| door.dial(ask)).collect();
        // Until they are heard they could give way.
        while door.crowd.count().open < 2 {
            tokio::task::yield_now().await;
        }
        tokio::time::timeout(Duration::from_millis(100), std::future::pending::<()>())
            .await
            .unwrap_err();
        let begun = Instant::now();
        let heard = rest(door.dial(ask));
        assert!(heard.starts_with(answer), "{full:?}: {heard}");
        if full == Full::Refused {
            assert!(
                begun.elapsed() < Duration::from_millis(800),
                "{:?}",
                begun.elapsed()
            );
            assert!(heard.contains("retry-after: 1"), "{heard}");
        }
        for one in served {
            assert!(rest(one).starts_with("HTTP/1.1 200"));
        }
        door.close().await;
    }
}
