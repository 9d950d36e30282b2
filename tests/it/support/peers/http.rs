//! A provider on HTTP that answers as a test tells it and remembers what it was asked.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// One request as the provider saw it.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: axum::http::HeaderMap,
    pub body: Bytes,
}

impl Asked {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The fields of the query, or of a form in the body.
    pub fn fields(text: &str) -> Vec<(String, String)> {
        let url = reqwest::Url::parse(&format!("http://x/?{text}")).unwrap();
        url.query_pairs().into_owned().collect()
    }

    pub fn field(&self, name: &str) -> Option<String> {
        let fields = Self::fields(&self.query);
        fields
            .into_iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value)
    }
}

/// Status, headers and body.
pub type Reply = (u16, Vec<(&'static str, String)>, String);

pub struct HttpPeer {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

impl HttpPeer {
    pub async fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_bytes(move |asked| {
            let (status, headers, body) = answer(asked);
            (status, headers, body.into_bytes())
        })
        .await
    }

    /// As [`Self::start`], for answers that are no UTF-8.
    pub async fn start_bytes(
        answer: impl Fn(&Asked) -> (u16, Vec<(&'static str, String)>, Vec<u8>) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answer, memory) = (Arc::new(answer), Arc::clone(&asked));
        let app = Router::new().fallback(move |request: Request| {
            let (answer, memory) = (Arc::clone(&answer), Arc::clone(&memory));
            async move {
                let (head, body) = request.into_parts();
                let asked = Asked {
                    method: head.method.to_string(),
                    path: head.uri.path().to_owned(),
                    query: head.uri.query().unwrap_or_default().to_owned(),
                    headers: head.headers,
                    body: to_bytes(body, 1 << 20).await.unwrap(),
                };
                let (status, headers, body) = answer(&asked);
                memory.lock().unwrap().push(asked);
                let mut response = Response::builder().status(status);
                for (name, value) in headers {
                    response = response.header(name, value);
                }
                response.body(axum::body::Body::from(body)).unwrap()
            }
        });
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, asked, task }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for HttpPeer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub fn ok(body: impl Into<String>) -> Reply {
    (
        200,
        vec![("content-type", "application/json".into())],
        body.into(),
    )
}

/// Takes connections and never says a word; returns its address.
pub async fn silent() -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let task = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    (address, task)
}
