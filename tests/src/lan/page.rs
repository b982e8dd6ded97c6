//! Decides how an open page speaks to its daemon: the live WebSocket, one text, pushes at the present version only.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::client::IntoClientRequest;
use tungstenite::http::HeaderValue;
use tungstenite::{Message, WebSocket};

use super::waiting::PATIENCE;

/// One replacement in a text: where, how many code units go, what comes.
pub type Splice = (usize, usize, String);

/// Something that a page pushes: its name and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The name; sent twice, it counts once.
    pub id: String,
    /// In order, each where the one before left the text.
    pub splices: Vec<Splice>,
}

/// What a page heard about its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Steps of this page, by their names (in order), or of others, are in the text now.
    Changed(Vec<String>),
    /// The text was read anew.
    Anew,
    /// The push came too late; push again.
    Stale,
    /// These steps are on this disk.
    Saved(Vec<String>),
    /// Something that changes nothing in the text.
    Other,
}

/// A page that shows one text.
#[derive(Debug)]
pub struct Page {
    socket: WebSocket<TcpStream>,
    document: String,
    field: String,
    units: Vec<u16>,
    heads: Vec<String>,
    version: u64,
    epoch: u64,
}

impl Page {
    /// Opens a page on a text, and waits until it shows it.
    pub(super) fn open(stream: TcpStream, http: &str, token: &str, document: &str, field: &str) -> Page {
        stream.set_nodelay(true).expect("a socket");
        let mut request = format!("ws://{http}/api/v1/live").into_client_request().expect("an address");
        let bearer = HeaderValue::from_str(&format!("Bearer {token}")).expect("a token");
        request.headers_mut().insert("Authorization", bearer);
        let (socket, _) = tungstenite::client(request, stream).expect("the daemon accepts the page");
        let (document, field) = (document.to_owned(), field.to_owned());
        let mut page = Page { socket, document, field, units: Vec::new(), heads: Vec::new(), version: 0, epoch: 0 };
        page.ask();
        let began = Instant::now();
        while page.listen(PATIENCE) != Some(News::Anew) {
            assert!(began.elapsed() < PATIENCE, "the daemon does not show the text");
        }
        page
    }

    /// The text it shows.
    pub fn text(&self) -> String {
        String::from_utf16(&self.units).expect("no half letters")
    }

    /// The text's code units.
    pub fn units(&self) -> &[u16] {
        &self.units
    }

    /// The point of history that it shows.
    pub fn heads(&self) -> &[String] {
        &self.heads
    }

    /// Asks for the whole text; it comes as [`News::Anew`].
    pub fn ask(&mut self) {
        self.say(&json!({ "op": "open", "doc": self.document, "field": self.field }));
    }

    /// Pushes steps that were made on the text as it shows it.
    pub fn push(&mut self, steps: &[Step]) {
        let splice = |(at, delete, insert): &Splice| json!({ "at": at, "delete": delete, "insert": insert });
        let update =
            |step: &Step| json!({ "id": step.id, "splices": step.splices.iter().map(splice).collect::<Vec<_>>() });
        let updates: Vec<Value> = steps.iter().map(update).collect();
        let (document, field, epoch, version) = (&self.document, &self.field, self.epoch, self.version);
        self.say(&json!({
            "op": "push", "doc": document, "field": field, "epoch": epoch, "version": version, "updates": updates,
        }));
    }

    fn say(&mut self, message: &Value) {
        self.socket.get_mut().set_read_timeout(None).expect("a socket");
        self.socket.send(Message::text(message.to_string())).expect("the daemon listens");
    }

    /// The next news, or none within the time.
    ///
    /// # Panics
    /// When the daemon refuses something or goes away.
    pub fn listen(&mut self, within: Duration) -> Option<News> {
        self.socket.get_mut().set_read_timeout(Some(within)).expect("a socket");
        let message = match self.socket.read() {
            Ok(Message::Text(text)) => text,
            Ok(_) => return Some(News::Other),
            Err(tungstenite::Error::Io(error))
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
            {
                return None;
            }
            Err(error) => panic!("the page lost its daemon: {error}"),
        };
        let message: Value = serde_json::from_str(&message).expect("JSON");
        Some(self.take_in(&message))
    }

    fn take_in(&mut self, message: &Value) -> News {
        let op = message["op"].as_str().expect("an op");
        let about_text = matches!(op, "text" | "patches" | "stale");
        if about_text && (message["doc"] != self.document.as_str() || message["field"] != self.field.as_str()) {
            return News::Other;
        }
        match op {
            "text" => {
                self.units = message["text"].as_str().expect("words").encode_utf16().collect();
                self.version = message["version"].as_u64().expect("a version");
                self.epoch = message["epoch"].as_u64().expect("an epoch");
                self.heads = strings(&message["heads"]);
                News::Anew
            }
            "patches" => self.patch(message),
            "stale" => News::Stale,
            "saved" => News::Saved(strings(&message["ids"])),
            "refused" => panic!("the daemon refused: {message}"),
            _ => News::Other,
        }
    }

    fn patch(&mut self, message: &Value) -> News {
        assert_eq!(message["epoch"].as_u64(), Some(self.epoch), "patches of the opening that is shown");
        assert_eq!(message["from"].as_u64(), Some(self.version), "patches follow on from each other");
        let mut own = Vec::new();
        for update in message["updates"].as_array().expect("updates") {
            for splice in update["splices"].as_array().expect("splices") {
                let number = |key: &str| usize::try_from(splice[key].as_u64().expect("a number")).expect("a place");
                let (at, delete) = (number("at"), number("delete"));
                let insert = splice["insert"].as_str().expect("words").encode_utf16();
                self.units.splice(at..at + delete, insert);
            }
            self.version += 1;
            own.extend(update["id"].as_str().map(str::to_owned));
        }
        self.heads = strings(&message["heads"]);
        News::Changed(own)
    }
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|value| Some(value.as_str()?.to_owned())).collect()
}
