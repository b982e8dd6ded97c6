//! Decides how these tests run a daemon in a folder of its own and speak to it as strangers, scripts and browsers do.

use std::borrow::Cow;
use std::net::SocketAddr;

use futures::{SinkExt as _, StreamExt as _};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::HeaderMap;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use rounds_daemon::config::{Config, Given};
use rounds_daemon::log::Log;
use rounds_daemon::web::assets::PageFiles;
use rounds_daemon::{BootError, Running, boot};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// A page that shows what it was given.
const PAGE: &str = r#"<meta name="rounds-token" content="__ROUNDS_TOKEN__"><meta name="rounds-key" content="__ROUNDS_KEY__"><meta name="rounds-locked" content="__ROUNDS_LOCKED__"><script type="module" src="/assets/index-1.js" nonce="__CSP_NONCE__"></script>"#;

/// A daemon of Ana's that nobody else can find.
pub(crate) struct Daemon {
    pub(crate) running: Running,
    pub(crate) folder: TempDir,
    pub(crate) token: String,
}

impl Daemon {
    pub(crate) async fn start() -> Self {
        Self::start_as("Ana").await
    }

    /// Somebody's daemon.
    pub(crate) async fn start_as(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::boot(name, folder, "127.0.0.1:0".parse().unwrap(), None).await.unwrap()
    }

    /// Starts on a folder, as after a restart of the computer.
    async fn start_in(folder: TempDir, http: SocketAddr, passphrase: Option<Given>) -> Result<Self, BootError> {
        Self::boot("Ana", folder, http, passphrase).await
    }

    async fn boot(name: &str, folder: TempDir, http: SocketAddr, passphrase: Option<Given>) -> Result<Self, BootError> {
        let page = [("index.html", PAGE), ("assets/index-1.js", "'use strict'")];
        let page = page.map(|(path, text)| (path.to_owned(), Cow::Borrowed(text.as_bytes())));
        let config = Config {
            data: folder.path().join("data"),
            passphrase,
            name: Some(name.to_owned()),
            http,
            listen: vec!["127.0.0.1:0".parse().unwrap()],
            discovery: false,
            log: Log::default(),
            page: PageFiles::new(page),
        };
        let running = boot(config).await?;
        let token = std::fs::read_to_string(folder.path().join("data/cli.token")).unwrap();
        Ok(Self { running, folder, token })
    }

    /// Stops it and starts it again where it was.
    pub(crate) async fn restart(self) -> Self {
        self.restart_with(None).await.unwrap()
    }

    /// Stops it and starts it again with a passphrase, or without one.
    pub(crate) async fn restart_with(self, passphrase: Option<Given>) -> Result<Self, BootError> {
        let http = self.running.http;
        self.running.stopped(async {}).await.expect("all is saved");
        Self::start_in(self.folder, http, passphrase).await
    }

    /// Its computer is shut.
    pub(crate) async fn stop(self) {
        self.running.stopped(async {}).await.expect("all is saved");
    }

    pub(crate) fn home(&self) -> String {
        self.running.http.to_string()
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.home())
    }

    /// What a stranger sends: nothing but where it wants to go.
    pub(crate) fn stranger(&self) -> Vec<(&'static str, String)> {
        vec![("host", self.home())]
    }

    /// What a script sends.
    pub(crate) fn script(&self) -> Vec<(&'static str, String)> {
        vec![("host", self.home()), ("authorization", format!("Bearer {}", self.token))]
    }

    /// A link into the page.
    pub(crate) async fn launch_link(&self) -> String {
        let answer = self.ask(Method::POST, "/api/v1/launch-links", self.script(), None).await;
        let url = answer.json()["url"].as_str().unwrap().to_owned();
        url.strip_prefix(&self.origin()).expect("a link to this daemon").to_owned()
    }

    /// Opens the page with a fresh link: its cookie and its token.
    pub(crate) async fn open_page(&self) -> Browser {
        let link = self.launch_link().await;
        let launched = self.ask(Method::GET, &link, self.stranger(), None).await;
        assert_eq!(launched.status, StatusCode::SEE_OTHER);
        let cookie = launched.cookie().expect("a session");
        let page = self.ask(Method::GET, "/", vec![("host", self.home()), ("cookie", cookie.clone())], None).await;
        Browser { cookie, token: page.page_token().expect("the page's token") }
    }

    /// What the page in a browser sends.
    pub(crate) fn page(&self, browser: &Browser) -> Vec<(&'static str, String)> {
        vec![
            ("host", self.home()),
            ("origin", self.origin()),
            ("cookie", browser.cookie.clone()),
            ("x-rounds-token", browser.token.clone()),
        ]
    }

    /// One request over a connection of its own.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: Vec<(&'static str, String)>,
        body: Option<Value>,
    ) -> Reply {
        let mut headers = headers;
        if body.is_some() {
            headers.push(("content-type", "application/json".to_owned()));
        }
        let body = body.map_or_else(Bytes::new, |body| body.to_string().into());
        self.send(method, path, headers, body).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: Vec<(&'static str, String)>,
        body: Bytes,
    ) -> Reply {
        let stream = TcpStream::connect(self.running.http).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        let driver = tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = sender.send_request(request.body(Full::new(body)).unwrap()).await.unwrap();
        let (head, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        driver.abort();
        Reply { status: head.status, headers: head.headers, body }
    }

    /// Asks as a script and expects an answer.
    pub(crate) async fn get(&self, path: &str) -> Value {
        self.good(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        self.good(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn good(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let reply = self.ask(method.clone(), &format!("/api/v1{path}"), self.script(), body).await;
        assert!(reply.status.is_success(), "{method} {path}: {reply:?}");
        reply.json()
    }

    /// A new note set.
    pub(crate) async fn note_set(&self) -> String {
        let made = self.post("/documents", json!({"kind": "note_set", "title": "Fractions"})).await;
        assert_eq!(made["saved"], true);
        made["document"].as_str().unwrap().to_owned()
    }

    /// Connects to the live socket with these headers, the token in the query where there is one.
    pub(crate) async fn connect(
        &self,
        headers: Vec<(&'static str, String)>,
        query: &str,
    ) -> Result<Socket, StatusCode> {
        let mut request = format!("ws://{}/api/v1/live{query}", self.home()).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let stream = TcpStream::connect(self.running.http).await.unwrap();
        match client_async(request, stream).await {
            Ok((socket, _)) => Ok(Socket(socket)),
            Err(tungstenite::Error::Http(answer)) => Err(answer.status()),
            Err(error) => panic!("{error}"),
        }
    }

    /// The live socket as a page opens it.
    pub(crate) async fn live(&self, browser: &Browser) -> Socket {
        let headers = self.page(browser).into_iter().filter(|(name, _)| *name != "x-rounds-token").collect();
        self.connect(headers, &format!("?token={}", browser.token)).await.expect("let in")
    }
}

/// A browser with the page open.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    pub(crate) cookie: String,
    pub(crate) token: String,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name}: {self:?}")).to_str().unwrap()
    }

    /// The typed error's code, with its shape checked.
    pub(crate) fn code(&self) -> String {
        let body = self.json();
        assert_eq!(body["schema"], 1, "{self:?}");
        assert!(body["error"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{self:?}");
        assert!(body["error"]["hint"].is_string() || body["error"]["hint"].is_null(), "{self:?}");
        body["error"]["code"].as_str().unwrap_or_else(|| panic!("{self:?}")).to_owned()
    }

    /// The session it sets.
    pub(crate) fn cookie(&self) -> Option<String> {
        let cookie = self.headers.get("set-cookie")?.to_str().unwrap();
        let cookie = cookie.trim_end_matches("; Secure");
        assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
        Some(cookie.split(';').next().unwrap().to_owned())
    }

    pub(crate) fn page_token(&self) -> Option<String> {
        self.meta("rounds-token")
    }

    /// What the page was told under this name.
    pub(crate) fn meta(&self, name: &str) -> Option<String> {
        let after = self.text().split(&format!("name=\"{name}\" content=\"")).nth(1)?;
        Some(after.split('"').next()?.to_owned())
    }
}

/// A live socket.
#[derive(Debug)]
pub(crate) struct Socket(pub(crate) WebSocketStream<TcpStream>);

impl Socket {
    pub(crate) async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    /// The next message; `None` when the daemon closed the socket, with its reason's code.
    pub(crate) async fn next(&mut self) -> Result<Value, Option<u16>> {
        match self.0.next().await {
            Some(Ok(Message::Text(text))) => Ok(serde_json::from_str(&text).unwrap()),
            Some(Ok(Message::Close(frame))) => Err(frame.map(|frame| frame.code.into())),
            Some(Ok(other)) => panic!("only text is expected, not {other:?}"),
            Some(Err(_)) | None => Err(None),
        }
    }

    /// The next message with this word.
    pub(crate) async fn hear(&mut self, op: &str) -> Value {
        loop {
            let message = self.next().await.unwrap();
            if message["op"] == op {
                return message;
            }
        }
    }

    /// Opens a text and reads what it says.
    pub(crate) async fn open(&mut self, document: &str, field: &str) -> Value {
        self.say(json!({"op": "open", "doc": document, "field": field})).await;
        self.hear("text").await
    }
}
