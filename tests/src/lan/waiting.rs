//! Decides how a test waits: for a condition, looked at again and again, never for time to pass.

use std::thread;
use std::time::{Duration, Instant};

/// Between two looks: short against what people notice, long against what a look costs.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(25);

/// How long anything may take before the test says that it does not happen: generous, for machines that do much else.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What the project promises: after sleep, a pulled plug or a new address, words flow again within this.
pub const RECOVERED_WITHIN: Duration = Duration::from_secs(10);

/// Looks until there is something to see.
///
/// # Panics
/// When there is nothing within the time.
pub fn eventually<T>(what: &str, within: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(began.elapsed() < within, "after {} s it is still not so: {what}", within.as_secs());
        thread::sleep(LOOK_AGAIN_AFTER);
    }
}

/// Does something and prints how long it took, for whoever reads the test's output.
pub fn measured<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let result = work();
    println!("{what}: {:.2} s", began.elapsed().as_secs_f64());
    result
}
