//! Decides whether a tablet gets in by the code that the computer shows, and nobody else of the network does.

use std::net::SocketAddr;
use std::sync::Arc;

use data_encoding::HEXUPPER;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};

use crate::kit::{Browser, Daemon, Reply};

/// A person who compares the fingerprint, as the page asks for.
#[derive(Debug)]
struct Compares {
    fingerprint: String,
    provider: CryptoProvider,
}

impl ServerCertVerifier for Compares {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let pairs: Vec<String> = Sha256::digest(certificate).iter().map(|byte| HEXUPPER.encode(&[*byte])).collect();
        if pairs.join(":") == self.fingerprint {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(Error::General("another fingerprint".to_owned()))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// A tablet that knows where the door is and what its certificate should be.
struct Tablet {
    address: SocketAddr,
    fingerprint: String,
}

impl Tablet {
    fn home(&self) -> String {
        self.address.to_string()
    }

    fn stranger(&self) -> Vec<(&'static str, String)> {
        vec![("host", self.home())]
    }

    fn page(&self, browser: &Browser) -> Vec<(&'static str, String)> {
        vec![
            ("host", self.home()),
            ("origin", format!("https://{}", self.home())),
            ("cookie", browser.cookie.clone()),
            ("x-rounds-token", browser.token.clone()),
        ]
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: Vec<(&'static str, String)>,
        body: Option<Value>,
    ) -> std::io::Result<Reply> {
        let provider = ring::default_provider();
        let compares = Compares { fingerprint: self.fingerprint.clone(), provider: provider.clone() };
        let config = ClientConfig::builder_with_provider(Arc::new(provider))
            .with_safe_default_protocol_versions()
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(compares))
            .with_no_client_auth();
        let stream = TcpStream::connect(self.address).await?;
        let name = ServerName::IpAddress(self.address.ip().into());
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        let driver = tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map_or_else(Bytes::new, |body| body.to_string().into());
        let answer = sender.send_request(request.body(Full::new(body)).unwrap()).await.unwrap();
        let (head, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        driver.abort();
        Ok(Reply { status: head.status, headers: head.headers, body })
    }

    async fn get(&self, path: &str, headers: Vec<(&'static str, String)>) -> Reply {
        self.ask(Method::GET, path, headers, None).await.unwrap()
    }

    async fn enter(&self, daemon: &Daemon) -> Browser {
        let link = daemon.post("/tablet/links", json!({ "address": self.home() })).await;
        assert_eq!(link["expires_in_seconds"], 300);
        assert!(link["path"].as_str().unwrap().starts_with("M0 0"));
        let url = link["url"].as_str().unwrap();
        let path = url.strip_prefix(&format!("https://{}", self.home())).expect("a link to this door");
        let launched = self.get(path, self.stranger()).await;
        assert_eq!(launched.status.as_u16(), 303);
        assert!(launched.header("set-cookie").ends_with("; Secure"));
        let cookie = launched.cookie().unwrap();
        assert_eq!(self.get(path, self.stranger()).await.code(), "link_used");
        let page = self.get("/", vec![("host", self.home()), ("cookie", cookie.clone())]).await;
        let policy = page.header("content-security-policy");
        assert!(policy.contains(&format!("wss://{}", self.home())), "{policy}");
        Browser { cookie, token: page.page_token().unwrap() }
    }
}

async fn turned_on(daemon: &Daemon) -> Tablet {
    let shown = daemon.good(Method::PUT, "/tablet", Some(json!({ "on": true }))).await;
    assert_eq!((&shown["on"], &shown["asked_on_it"]), (&json!(true), &json!(false)));
    found(&shown)
}

/// Where a door is. It may be elsewhere after a restart: the tests beside this one open doors, too.
fn found(shown: &Value) -> Tablet {
    let fingerprint = shown["fingerprint"].as_str().unwrap().to_owned();
    // Which of this computer's addresses it is does not matter here; the port is in a refusal's way only when it has one.
    let addresses = shown["addresses"].as_array().unwrap();
    let port = match addresses.first() {
        Some(address) => address.as_str().unwrap().parse::<SocketAddr>().unwrap().port(),
        None => panic!("this computer has no address in any network"),
    };
    Tablet { address: SocketAddr::from(([127, 0, 0, 1], port)), fingerprint }
}

#[tokio::test]
async fn a_tablet_gets_in_by_its_code_and_does_what_a_page_does() {
    let daemon = Daemon::start().await;
    assert_eq!(daemon.get("/tablet").await["on"], false);
    let tablet = turned_on(&daemon).await;
    let browser = tablet.enter(&daemon).await;

    let shown = tablet.get("/api/v1/tablet", tablet.page(&browser)).await.json();
    assert_eq!((&shown["on"], &shown["asked_on_it"]), (&json!(true), &json!(true)));
    let note = json!({ "kind": "note_set", "title": "Seen from the back" });
    let made = tablet.ask(Method::POST, "/api/v1/documents", tablet.page(&browser), Some(note)).await.unwrap();
    assert_eq!(made.json()["saved"], true);

    // The two doors share nothing: neither cookies, nor the key under which words wait in a browser.
    let here = daemon.open_page().await;
    let at_home =
        daemon.ask(Method::GET, "/", vec![("host", daemon.home()), ("cookie", here.cookie.clone())], None).await;
    let on_tablet = tablet.get("/", vec![("host", tablet.home()), ("cookie", browser.cookie.clone())]).await;
    assert_ne!(at_home.meta("rounds-key"), on_tablet.meta("rounds-key"));
    let crossed = Browser { cookie: browser.cookie.clone(), token: browser.token.clone() };
    assert_eq!(daemon.ask(Method::GET, "/api/v1/status", daemon.page(&crossed), None).await.code(), "no_session");
    assert_eq!(tablet.get("/api/v1/status", tablet.page(&here)).await.code(), "no_session");
    daemon.running.stopped(async {}).await.expect("all is saved");
}

#[tokio::test]
async fn nobody_else_of_the_network_gets_in() {
    let daemon = Daemon::start().await;
    let tablet = turned_on(&daemon).await;
    let browser = tablet.enter(&daemon).await;
    let status = "/api/v1/status";

    assert_eq!(tablet.get(status, tablet.stranger()).await.code(), "no_session");
    let mut script = daemon.script();
    script[0].1 = tablet.home();
    assert_eq!(tablet.get(status, script).await.code(), "no_session", "scripts are of this computer");
    for (name, value) in [("host", "rounds.example"), ("host", "localhost:4479"), ("origin", "https://rounds.example")]
    {
        let mut headers = tablet.page(&browser);
        headers.retain(|(known, _)| *known != name);
        headers.push((name, value.to_owned()));
        assert_eq!(tablet.get(status, headers).await.status.as_u16(), 403, "{name}: {value}");
    }
    let plain = format!("http://{}", tablet.home());
    let mut headers = tablet.page(&browser);
    headers[1].1 = plain;
    assert_eq!(tablet.get(status, headers).await.status.as_u16(), 403, "a page without TLS");

    // A stranger's browser is not told what answers here.
    let mut looks = tablet.stranger();
    looks.push(("accept", "text/html".to_owned()));
    let page = tablet.get("/", looks).await;
    assert_eq!(page.status.as_u16(), 401);
    assert!(!page.text().contains("Rounds"), "{}", page.text());

    // Another certificate is noticed by whoever compares.
    let other = Tablet { address: tablet.address, fingerprint: "00".to_owned() };
    assert!(other.ask(Method::GET, "/", other.stranger(), None).await.is_err());
    daemon.running.stopped(async {}).await.expect("all is saved");
}

#[tokio::test]
async fn a_tablet_cannot_keep_the_owner_out_nor_let_others_in() {
    let daemon = Daemon::start().await;
    let tablet = turned_on(&daemon).await;
    let browser = tablet.enter(&daemon).await;
    let kept: [(Method, &str, Value); 8] = [
        (Method::POST, "/api/v1/pairing/offers", json!({})),
        (Method::POST, "/api/v1/pairing/accept", json!({ "code": "12-345678" })),
        (Method::PUT, "/api/v1/lock", json!({ "idle_minutes": 60 })),
        (Method::PUT, "/api/v1/passphrase", json!({ "wanted": "correct horse battery" })),
        (Method::PUT, "/api/v1/tablet", json!({ "on": false })),
        (Method::POST, "/api/v1/tablet/links", json!({ "address": tablet.home() })),
        (Method::POST, "/api/v1/launch-links", json!({})),
        (Method::POST, "/api/v1/stop", json!({})),
    ];
    for (method, path, body) in kept {
        let reply = tablet.ask(method, path, tablet.page(&browser), Some(body)).await.unwrap();
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (403, "refused"), "{path}");
    }
    daemon.running.stopped(async {}).await.expect("all is saved");
}

#[tokio::test]
async fn a_tablet_stays_in_over_a_restart_and_is_out_for_good_once_shown_out() {
    let daemon = Daemon::start().await;
    let before = turned_on(&daemon).await;
    let browser = before.enter(&daemon).await;
    let daemon = daemon.restart().await;
    let tablet = found(&daemon.get("/tablet").await);
    assert_eq!(tablet.fingerprint, before.fingerprint);
    assert_eq!(tablet.get("/api/v1/status", tablet.page(&browser)).await.status.as_u16(), 200);

    let shown = daemon.good(Method::PUT, "/tablet", Some(json!({ "on": false }))).await;
    assert_eq!((&shown["on"], &shown["fingerprint"], &shown["addresses"]), (&json!(false), &Value::Null, &json!([])));
    assert!(tablet.ask(Method::GET, "/", tablet.stranger(), None).await.is_err(), "nothing answers there any more");
    assert!(!daemon.folder.path().join("data/tablet").exists());
    let link =
        daemon.ask(Method::POST, "/api/v1/tablet/links", daemon.script(), Some(json!({ "address": tablet.home() })));
    assert_eq!(link.await.code(), "conflict");

    // The door opened once more is another door.
    let again = turned_on(&daemon).await;
    assert_ne!(again.fingerprint, tablet.fingerprint);
    assert_eq!(again.get("/api/v1/status", again.page(&browser)).await.code(), "no_session");
    daemon.running.stopped(async {}).await.expect("all is saved");
}

#[tokio::test]
async fn a_door_that_does_not_open_again_is_said_and_can_be_opened_by_hand() {
    let daemon = Daemon::start().await;
    let before = turned_on(&daemon).await;
    assert_eq!(daemon.get("/tablet").await["stuck"], false);
    std::fs::write(daemon.folder.path().join("data/tablet"), b"something else").unwrap();
    let daemon = daemon.restart().await;
    let shown = daemon.get("/tablet").await;
    assert_eq!((&shown["on"], &shown["stuck"]), (&json!(false), &json!(true)));
    let again = turned_on(&daemon).await;
    assert_ne!(again.fingerprint, before.fingerprint);
    assert_eq!(daemon.get("/tablet").await["stuck"], false);
    daemon.running.stopped(async {}).await.expect("all is saved");
}
