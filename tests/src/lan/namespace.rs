//! Decides how a test acts inside a network namespace: through one thread that lives there.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// Where `ip netns` keeps the namespaces that have a name.
const NAMESPACES: &str = "/run/netns";

/// What the names of ours begin with; the number of the process follows.
const PREFIX: &str = "rounds-";

type Job = Box<dyn FnOnce() + Send>;

/// A named network namespace, gone when this is dropped, and a thread inside it. What the thread starts and opens
/// belongs to the namespace.
pub(super) struct Namespace {
    name: String,
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Namespace {
    /// Makes one. Its name begins with this process's number, so that no two tests meet.
    pub(super) fn new(label: &str) -> Namespace {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{PREFIX}{}-{number}-{}", std::process::id(), label.to_lowercase());
        ip(&["netns", "add", &name]);
        let (jobs, received) = channel::<Job>();
        let path = Path::new(NAMESPACES).join(&name);
        let mut namespace = Namespace { name, jobs: Some(jobs), thread: None };
        let thread = thread::Builder::new().name(label.to_owned()).spawn(move || {
            let door = File::open(&path).expect("the namespace is there");
            move_into_link_name_space(door.as_fd(), Some(LinkNameSpaceType::Network)).expect("root may enter it");
            received.into_iter().for_each(|job| job());
        });
        namespace.thread = Some(thread.expect("a thread"));
        namespace
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Does something inside, and waits for it.
    pub(super) fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let (sender, result) = channel();
        let job: Job = Box::new(move || drop(sender.send(work())));
        self.jobs.as_ref().expect("it takes jobs until it is dropped").send(job).expect("its thread lives");
        result.recv().expect("the job did not panic")
    }

    /// Runs a tool inside that must succeed.
    pub(super) fn tool(&self, program: &'static str, arguments: &str) {
        let arguments: Vec<String> = arguments.split_whitespace().map(str::to_owned).collect();
        self.run(move || must_succeed(Command::new(program).args(&arguments)));
    }

    /// Sets a kernel setting of the namespace.
    pub(super) fn set(&self, setting: &'static str, value: &'static str) {
        self.run(move || std::fs::write(Path::new("/proc/sys").join(setting), value)).expect("a kernel setting");
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // It panicked only if the test did, which is told already.
            let _ = thread.join();
        }
        remove(&self.name);
    }
}

/// Removes the namespaces of tests that were killed: those whose process is gone.
pub(super) fn remove_leftovers() {
    let Ok(names) = std::fs::read_dir(NAMESPACES) else { return };
    for name in names.flatten().filter_map(|entry| entry.file_name().into_string().ok()) {
        let process = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next()?.parse::<u32>().ok());
        if process.is_some_and(|process| !Path::new(&format!("/proc/{process}")).exists()) {
            remove(&name);
        }
    }
}

/// Why no namespaces can be made here.
pub(super) fn obstacle() -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        return Some("only root may make network namespaces".to_owned());
    }
    let found = Command::new("ip").args(["netns", "list"]).stdin(Stdio::null()).output();
    match found {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(format!("ip netns: {}", String::from_utf8_lossy(&output.stderr).trim())),
        Err(error) => Some(format!("the program ip cannot be started: {error}")),
    }
}

/// Runs `ip`, which must succeed.
pub(super) fn ip(arguments: &[&str]) {
    must_succeed(Command::new("ip").args(arguments));
}

fn remove(name: &str) {
    // Another test may have removed the same leftover a moment before.
    let _: io::Result<_> = Command::new("ip").args(["netns", "delete", name]).stderr(Stdio::null()).status();
}

fn must_succeed(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().expect("the tool starts");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} ended with {}: {}", output.status, complaint.trim());
}
