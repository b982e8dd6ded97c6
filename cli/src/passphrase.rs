//! Decides where a command has a passphrase from: standard input, the file that the environment names, or who sits here.

use std::io::{self, IsTerminal, Read};

use rounds_daemon::keys::{PASSPHRASE_VARIABLE, Passphrase};

use crate::failure::Failure;
use crate::session::Session;

/// Bytes read of a passphrase on standard input: more than any may have.
const INPUT_BYTES_MAX: u64 = 8 * 1024;

/// The passphrase in the file that the environment names, when it names one.
pub(crate) fn from_file() -> Result<Option<Passphrase>, Failure> {
    Passphrase::from_environment().map_err(|error| {
        Failure::failed(error.to_string())
            .hint(format!("{PASSPHRASE_VARIABLE} names a file with the passphrase on one line"))
    })
}

/// Asks whoever sits at the terminal; nobody where standard input is none. What is typed is not shown.
pub(crate) async fn typed(session: &Session) -> Result<Option<Passphrase>, Failure> {
    if !io::stdin().is_terminal() {
        return Ok(None);
    }
    let echo = Echo::now();
    let asked = tokio::task::spawn_blocking(|| rpassword::prompt_password("Passphrase: "));
    let answer = session
        .interruptible(async {
            asked.await.map_err(io::Error::other).flatten().map_err(|error| Failure::failed(error.to_string()))
        })
        .await;
    echo.restore();
    answer.map(|text| Some(Passphrase::new(text.into_bytes())))
}

/// The passphrase on standard input, without the line end.
pub(crate) async fn from_input() -> Result<String, Failure> {
    let read = tokio::task::spawn_blocking(|| {
        let mut text = String::new();
        io::stdin().lock().take(INPUT_BYTES_MAX).read_to_string(&mut text).map(|_| text)
    });
    let text = read.await.map_err(io::Error::other).flatten();
    let text = text.map_err(|error| Failure::failed(format!("could not read standard input: {error}")))?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

/// How the terminal showed what is typed, so that it does again when Ctrl-C ends the question.
#[cfg(unix)]
struct Echo(Option<rustix::termios::Termios>);

#[cfg(unix)]
impl Echo {
    fn now() -> Echo {
        Echo(rustix::termios::tcgetattr(io::stdin()).ok())
    }

    fn restore(self) {
        if let Some(before) = self.0 {
            // A terminal that went away needs nothing.
            let _ = rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, &before);
        }
    }
}

/// Elsewhere the system does it.
#[cfg(not(unix))]
struct Echo;

#[cfg(not(unix))]
impl Echo {
    fn now() -> Echo {
        Echo
    }

    fn restore(self) {}
}
