//! Decides what can happen to one person's computer: its program, its cable, its address, its disk, its sleep.

use std::fmt;
use std::io;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::rc::Rc;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::api::Api;
use super::command::{self, Answer, Offer};
use super::namespace::Namespace;
use super::page::Page;
use super::process::{self, Daemon, Ready};
use super::school::Switch;
use super::waiting::{PATIENCE, eventually};

/// Lines of a daemon's log that are shown when a test fails.
const LOG_LINES_SHOWN: usize = 60;

/// One person's computer in the school.
pub struct Host {
    /// Who sits there.
    pub name: &'static str,
    // In the order in which they must go: the program, what it stands on, its files.
    daemon: Option<Daemon>,
    inside: Namespace,
    switch: Rc<Switch>,
    socket: String,
    number: u8,
    folder: TempDir,
    options: Vec<&'static str>,
    disk_megabytes: Option<u32>,
}

impl Host {
    pub(super) fn new(name: &'static str, number: u8, switch: Rc<Switch>) -> Host {
        let inside = Namespace::new(name);
        let socket = format!("socket{number}");
        inside.set("net/ipv6/conf/default/accept_dad", "0");
        switch.lay_cable(&socket, &inside);
        inside.tool("ip", "link set dev lo up");
        inside.tool("ip", "link set dev eth0 up");
        let folder = tempfile::Builder::new().prefix("rounds-host-").tempdir().expect("a folder");
        let options = Vec::new();
        let host = Host { name, daemon: None, inside, switch, socket, number, folder, options, disk_megabytes: None };
        host.take_address();
        host
    }

    // What happens to the program.

    /// Gives further options to `rounds run` from the next start on.
    pub fn with_options(&mut self, options: &[&'static str]) {
        self.options = options.to_vec();
    }

    /// Puts the data folder on a disk of its own of so many megabytes, from the next start on. It lasts as long as the daemon.
    pub fn with_small_disk(&mut self, megabytes: u32) {
        self.disk_megabytes = Some(megabytes);
    }

    /// Starts the daemon, on the addresses it uses unless told otherwise, and waits until it is ready.
    ///
    /// # Panics
    /// When it does not become ready.
    pub fn start(&mut self) -> Ready {
        assert!(self.daemon.is_none(), "{}'s daemon runs already", self.name);
        let mut run = vec!["--name", self.name];
        run.extend(&self.options);
        let daemon = Daemon::start(&self.inside, self.run_command(&run), &self.log_path());
        let daemon = daemon.unwrap_or_else(|status| panic!("{}'s daemon ended with {status}", self.name));
        let ready = daemon.ready.clone();
        self.daemon = Some(daemon);
        ready
    }

    /// Stops the daemon as the system would, and waits for its end.
    pub fn stop(&mut self) -> ExitStatus {
        let mut daemon = self.daemon.take().expect("a daemon runs");
        daemon.signal(Signal::TERM);
        daemon.ended()
    }

    /// Kills the daemon in the middle of whatever it does.
    pub fn kill(&mut self) {
        self.daemon.take().expect("a daemon runs").kill();
    }

    /// Kills the daemon, and puts what its small disk holds in that moment onto the computer's own.
    ///
    /// # Panics
    /// When the files cannot be copied.
    pub fn kill_and_keep_its_disk(&mut self) {
        self.fall_asleep();
        copy_folder(&self.data(), &self.data_of_daemon()).expect("what the small disk holds");
        self.kill();
        self.disk_megabytes = None;
    }

    /// The daemon's process.
    pub fn process(&self) -> u32 {
        self.daemon.as_ref().expect("a daemon runs").id()
    }

    /// Whose daemon this is.
    pub fn person(&self) -> &str {
        &self.daemon.as_ref().expect("a daemon runs").ready.person
    }

    /// Closes the lid: the daemon does nothing and does not know it.
    pub fn fall_asleep(&self) {
        self.daemon.as_ref().expect("a daemon runs").signal(Signal::STOP);
    }

    /// Opens the lid.
    pub fn wake_up(&self) {
        self.daemon.as_ref().expect("a daemon runs").signal(Signal::CONT);
    }

    // What happens to the network.

    /// Pulls the cable out; the computer sees that it has no carrier.
    pub fn unplug(&self) {
        self.switch.unplug(&self.socket);
    }

    /// Puts the cable back.
    pub fn plug(&self) {
        self.switch.plug(&self.socket);
    }

    /// The IPv4 address it has now, with the port that daemons use unless told otherwise.
    pub fn address(&self) -> String {
        format!("192.0.2.{}:4478", self.number)
    }

    /// Gets new addresses, in both families; the old ones are gone.
    pub fn move_to(&mut self, number: u8) {
        self.inside.tool("ip", "address flush dev eth0 scope global");
        self.number = number;
        self.take_address();
    }

    fn take_address(&self) {
        let number = self.number;
        self.inside.tool("ip", &format!("address add 192.0.2.{number}/24 dev eth0"));
        self.inside.tool("ip", &format!("address add 2001:db8::{number}/64 dev eth0 nodad"));
        self.inside.tool("ip", "route replace default dev eth0");
        self.inside.tool("ip", "route replace 224.0.0.0/4 dev eth0");
    }

    /// The network no longer brings it multicast, as guest networks do.
    pub fn block_multicast(&self) {
        self.switch.block_multicast(&self.socket);
    }

    /// Loses this share of all packets, at random, in both directions.
    pub fn lose_packets(&self, percent: u32) {
        self.inside.tool("tc", "qdisc add dev eth0 clsact");
        // A program for the kernel: a random word below the bound means drop (2), any other lets pass (0).
        let bound = u64::from(u32::MAX) * u64::from(percent) / 100;
        let program = format!("4,32 0 0 4294963256,53 0 1 {bound},6 0 0 0,6 0 0 2");
        for direction in ["ingress", "egress"] {
            let arguments = ["filter", "add", "dev", "eth0", direction, "bpf", "da", "bytecode", &program];
            let arguments = arguments.map(str::to_owned);
            let status = self.inside.run(move || Command::new("tc").args(&arguments).status());
            assert!(status.expect("tc starts").success(), "tc takes the program");
        }
    }

    /// Loses no packets any more.
    pub fn lose_nothing(&self) {
        self.inside.tool("tc", "qdisc delete dev eth0 clsact");
    }

    // What is asked of it.

    /// Runs a command of `rounds`, with `--json`.
    pub fn rounds(&self, arguments: &[&str]) -> Answer {
        command::finish(&self.inside, self.command(arguments))
    }

    /// Tries to run another daemon here, with these options, which is expected to end by itself.
    pub fn try_to_run(&self, options: &[&str]) -> Answer {
        command::finish(&self.inside, self.run_command(options))
    }

    /// Opens a pairing.
    pub fn offer(&self) -> Offer {
        Offer::start(&self.inside, self.command(&["pair", "offer"]))
    }

    /// Pairs two people: one says the code, the other types it.
    pub fn pair_with(&self, other: &Host) {
        let offer = self.offer();
        other.rounds(&["pair", "accept", &offer.code]).fine();
        assert_eq!(offer.paired(), other.name);
    }

    /// Pairs two people where the network hides computers from each other: the address is said too.
    pub fn pair_by_address_with(&self, other: &Host) {
        let offer = self.offer();
        other.rounds(&["pair", "accept", &offer.code, "--at", &self.address()]).fine();
        assert_eq!(offer.paired(), other.name);
    }

    /// Proposes a visit to somebody; the document's id.
    pub fn propose_visit(&self, with: &Host) -> String {
        let answer = self.rounds(&["visit", "propose", "--with", with.name]).json();
        answer["document"].as_str().expect("an id").to_owned()
    }

    /// What `status` says.
    pub fn status(&self) -> Value {
        self.rounds(&["status"]).json()
    }

    /// How `status` finds a partner: connected, unreachable, not_seen; empty when not a partner.
    pub fn finds(&self, other: &Host) -> String {
        let status = self.status();
        let partners = status["partners"].as_array().expect("partners");
        let partner = partners.iter().find(|partner| partner["person"]["name"] == other.name);
        partner.map_or_else(String::new, |partner| partner["state"].as_str().expect("a state").to_owned())
    }

    /// Waits until both say that they are connected.
    pub fn meets(&self, other: &Host) {
        for (one, another) in [(self, other), (other, self)] {
            let what = format!("{} is connected with {}", one.name, another.name);
            eventually(&what, PATIENCE, || (one.finds(another) == "connected").then_some(()));
        }
    }

    /// Waits until it says that it is no longer connected.
    pub fn loses(&self, other: &Host) {
        let what = format!("{} notices that {} is gone", self.name, other.name);
        eventually(&what, PATIENCE, || (self.finds(other) != "connected").then_some(()));
    }

    /// The ids of the documents that are listed here.
    pub fn documents(&self) -> Vec<String> {
        let answer = self.rounds(&["documents"]).json();
        let documents = answer["documents"].as_array().expect("a list");
        documents.iter().map(|document| document["id"].as_str().expect("an id").to_owned()).collect()
    }

    /// Waits until a document is listed here and can be read.
    pub fn receives(&self, document: &str) {
        eventually(&format!("{} has the document", self.name), PATIENCE, || {
            (self.rounds(&["text", "show", document]).code == Some(0)).then_some(())
        });
    }

    /// A document's main text.
    pub fn reads(&self, document: &str) -> String {
        self.rounds(&["text", "show", document]).json()["text"].as_str().expect("a text").to_owned()
    }

    /// Adds to a document's main text and believes that it is saved.
    pub fn writes(&self, document: &str, words: &str) {
        self.rounds(&["text", "append", document, words]).fine();
    }

    /// Adds to a document's main text and waits until the other has it on their disk, at most so long.
    pub fn delivers(&self, document: &str, words: &str, to: &Host, within: Duration) {
        let seconds = format!("{}s", within.as_secs());
        let answer =
            self.rounds(&["text", "append", document, words, "--delivered", to.name, "--timeout", &seconds]).json();
        assert_eq!(answer["saved"], true);
        assert_eq!(answer["delivered_to"], json!([to.person()]), "a receipt of {}'s disk", to.name);
    }

    /// A connection to the daemon's API.
    pub fn api(&self) -> io::Result<Api> {
        let (stream, http, token) = self.connect()?;
        Api::new(stream, http, token)
    }

    /// An open page that shows a text.
    pub fn page(&self, document: &str, field: &str) -> Page {
        let (stream, http, token) = self.connect().expect("the daemon answers");
        Page::open(stream, &http, &token, document, field)
    }

    fn connect(&self) -> io::Result<(TcpStream, String, String)> {
        let http = self.daemon.as_ref().expect("a daemon runs").ready.http.clone();
        let token = std::fs::read_to_string(self.data().join("cli.token"))?.trim().to_owned();
        let address = http.clone();
        Ok((self.inside.run(move || TcpStream::connect(address))?, http, token))
    }

    /// The data folder as the test sees it. That of a small disk is seen through the daemon, whose alone it is.
    pub fn data(&self) -> PathBuf {
        match (self.disk_megabytes, &self.daemon) {
            (Some(_), Some(daemon)) => {
                let data = self.data_of_daemon();
                Path::new(&format!("/proc/{}/root", daemon.id())).join(data.strip_prefix("/").expect("a whole path"))
            }
            _ => self.data_of_daemon(),
        }
    }

    fn data_of_daemon(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = process::command(self.folder.path());
        command.arg("--data").arg(self.data()).arg("--json").args(arguments);
        command
    }

    fn run_command(&self, options: &[&str]) -> Command {
        let program = process::command(self.folder.path());
        let data = self.data_of_daemon();
        let mut command = match self.disk_megabytes {
            None => program,
            Some(megabytes) => {
                // A mount namespace of the daemon's own: the disk goes with it.
                std::fs::create_dir_all(&data).expect("a folder");
                let mut command = Command::new("unshare");
                command.args(["--mount", "--propagation", "private", "sh", "-c"]);
                command.arg(r#"mount -t tmpfs -o "size=$1m,mode=700" tmpfs "$2" && shift 2 && exec "$@""#);
                command.arg("sh").arg(megabytes.to_string()).arg(&data);
                command.arg(program.get_program()).args(program.get_args());
                command.env_clear().envs(program.get_envs().filter_map(|(key, value)| Some((key, value?))));
                command
            }
        };
        command.arg("--data").arg(&data).args(["--json", "-v", "run"]).args(options);
        command
    }
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    std::fs::set_permissions(to, std::fs::metadata(from)?.permissions())?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (kind, to) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            copy_folder(&entry.path(), &to)?;
        } else if kind.is_file() {
            std::fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").field("name", &self.name).field("namespace", &self.inside.name()).finish_non_exhaustive()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let log = std::fs::read_to_string(self.log_path()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        println!("The end of {}'s log:", self.name);
        for line in &lines[lines.len().saturating_sub(LOG_LINES_SHOWN)..] {
            println!("  {line}");
        }
    }
}
