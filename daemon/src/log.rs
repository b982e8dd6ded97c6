//! Decides how much of its own log the daemon keeps in memory, so that its page can show the last of it.
//!
//! What people wrote cannot be in it: their words have no form that prints.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// Lines that are kept: a day of a quiet daemon, a minute of a troubled one.
const LINES_MAX: usize = 200;

/// Bytes of a line that are kept: a long error with its path.
const LINE_BYTES_MAX: usize = 1_000;

/// The last lines of the log. Clones share them. What is written at once is one line, as the log's formatter does.
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<VecDeque<String>>>);

impl Log {
    /// The lines, oldest first.
    pub fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_end();
        let line: String =
            text[..text.floor_char_boundary(LINE_BYTES_MAX)].chars().filter(|c| !c.is_control()).collect();
        if !line.is_empty() {
            let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if lines.len() == LINES_MAX {
                lines.pop_front();
            }
            lines.push_back(line);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn the_last_lines_are_kept_and_no_more() {
        let mut log = Log::default();
        for line in 0..=LINES_MAX {
            log.write_all(format!("line {line}\n").as_bytes()).expect("written");
        }
        let lines = log.clone().lines();
        assert_eq!((lines.len(), lines[0].as_str()), (LINES_MAX, "line 1"));
        log.write_all(format!("\x1b[31m{}", "é".repeat(LINE_BYTES_MAX)).as_bytes()).expect("written");
        let last = log.lines().pop().expect("a line");
        assert!(last.len() <= LINE_BYTES_MAX && last.starts_with("[31mé"), "{last}");
    }
}
