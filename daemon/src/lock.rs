//! Decides when this computer's own way in is shut: by hand or by idleness, until the passphrase is given again.
//!
//! On a shared computer somebody else may sit down at an open page, or run commands under the same account. While locked,
//! the page and the commands get nothing. The daemon itself goes on: its keys stay open in memory, partners are served,
//! and documents stay whole.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::watch;

use crate::keys::{KeyProtection, Keys, KeysError, Passphrase};

/// Minutes without a key or a touch after which an open page locks, unless somebody chose otherwise: long enough to listen
/// to a class for a while, too short to be found open after a lesson.
pub const IDLE_MINUTES_DEFAULT: u32 = 5;

/// Minutes that may be chosen at most: what stays open for longer than a lesson might as well not lock.
pub const IDLE_MINUTES_MAX: u32 = 60;

/// Added to what somebody chose, since pages tell of keys and touches only every so often (`lock.svelte.ts`): a page that
/// is open locks by its own clock, and this is for one that was closed or sleeps.
const IDLE_GRACE: Duration = Duration::from_secs(30);

/// How much later than a page the daemon may begin to count: a touch takes its way, and the page asks to the moment.
const IDLE_HEARD_LATE: Duration = Duration::from_secs(2);
/// How often idleness is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How often where there is no passphrase, and so nothing to lock: what is set meanwhile is not over before a minute is.
const LOOK_RARELY: Duration = Duration::from_secs(60);

/// Wrong guesses in a row that cost no more than their own time: fingers slip, Caps Lock is on.
const GUESSES_FREE: u32 = 5;

/// The pause after the next wrong guess; it doubles with each.
const PAUSE_FIRST: Duration = Duration::from_secs(5);

/// The longest pause: 1,500 guesses a day lead nowhere, and whoever was locked out by a prank waits for a minute.
const PAUSE_LONGEST: Duration = Duration::from_secs(60);

/// Why something was not locked, opened, or put under a passphrase.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Without a passphrase there is nothing to open it again with.
    #[error("there is no passphrase, so nothing would open it again")]
    NoPassphrase,
    /// The passphrase is another one.
    #[error("that is not the passphrase")]
    WrongPassphrase,
    /// Too many wrong guesses in a row.
    #[error("that was wrong several times; the next try is possible in {seconds} seconds")]
    TooSoon {
        /// Until then none is looked at, right or wrong.
        seconds: u64,
    },
    /// The keys, or their file.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// Not between 1 and [`IDLE_MINUTES_MAX`].
    #[error("a page locks after 1 to {IDLE_MINUTES_MAX} minutes")]
    BadMinutes,
}

/// The lock of one daemon.
#[derive(Debug)]
pub struct Lock {
    keys: Keys,
    locked: watch::Sender<bool>,
    idle: Mutex<Idle>,
    /// Held while a guess is looked at: one at a time, so that their memory is bounded too.
    guesses: tokio::sync::Mutex<Guesses>,
}

impl Lock {
    /// A lock that is shut already when nobody has typed the passphrase yet.
    pub fn new(keys: Keys, idle_minutes: u32, shut: bool) -> Self {
        let shut = shut && keys.protection() == KeyProtection::Passphrase;
        Self {
            keys,
            locked: watch::Sender::new(shut),
            idle: Mutex::new(Idle { minutes: idle_minutes.clamp(1, IDLE_MINUTES_MAX), since: Moment::now() }),
            guesses: tokio::sync::Mutex::default(),
        }
    }

    /// Whether the page and the commands get nothing.
    pub fn is_locked(&self) -> bool {
        *self.locked.borrow()
    }

    /// Whether it is locked, and every change of that.
    pub fn watch(&self) -> watch::Receiver<bool> {
        self.locked.subscribe()
    }

    /// What protects the keys on the disk.
    pub fn protection(&self) -> KeyProtection {
        self.keys.protection()
    }

    /// After how many idle minutes it shuts by itself.
    pub fn idle_minutes(&self) -> u32 {
        self.idle().minutes
    }

    /// Sets after how many; the caller keeps it on the disk.
    pub fn set_idle_minutes(&self, minutes: u32) -> Result<(), LockError> {
        check_minutes(minutes)?;
        self.idle().minutes = minutes;
        Ok(())
    }

    /// Whether no page was touched for as long as it takes to shut; where it stays open, other pages are in use.
    pub fn is_idle(&self) -> bool {
        let idle = self.idle();
        Moment::now().since(idle.since) + IDLE_HEARD_LATE >= idle.length()
    }

    /// Somebody pressed a key or touched a page.
    pub fn touched(&self) {
        self.idle().since = Moment::now();
    }

    /// Shuts it; shut twice it is shut.
    pub fn lock(&self) -> Result<(), LockError> {
        if self.protection() != KeyProtection::Passphrase {
            return Err(LockError::NoPassphrase);
        }
        if !self.locked.send_replace(true) {
            tracing::info!("locked");
        }
        Ok(())
    }

    /// Opens it with the passphrase; also looks at the passphrase where it is open already.
    pub async fn unlock(&self, passphrase: Passphrase) -> Result<(), LockError> {
        if self.protection() != KeyProtection::Passphrase {
            // Locked in the very moment in which the passphrase was taken away: there is nothing to keep shut any more.
            return if self.locked.send_replace(false) { Ok(()) } else { Err(LockError::NoPassphrase) };
        }
        self.guess(passphrase).await?;
        self.touched();
        if self.locked.send_replace(false) {
            tracing::info!("unlocked");
        }
        Ok(())
    }

    /// Puts the keys under a passphrase or, without one, in a private file. Whoever changes a passphrase shows it first.
    pub async fn protect(&self, present: Option<Passphrase>, wanted: Option<Passphrase>) -> Result<(), LockError> {
        if self.protection() == KeyProtection::Passphrase {
            self.guess(present.ok_or(LockError::WrongPassphrase)?).await?;
        }
        let keys = self.keys.clone();
        slow(move || keys.protect(wanted.as_ref())).await?;
        if self.protection() != KeyProtection::Passphrase {
            self.locked.send_replace(false);
        }
        self.touched();
        Ok(())
    }

    async fn guess(&self, passphrase: Passphrase) -> Result<(), LockError> {
        let mut guesses = self.guesses.lock().await;
        // Counted before it is looked at: whoever hangs up meanwhile has guessed all the same.
        guesses.begin(Instant::now())?;
        let keys = self.keys.clone();
        match slow(move || keys.check(&passphrase)).await {
            Ok(()) => {
                *guesses = Guesses::default();
                Ok(())
            }
            Err(KeysError::WrongPassphrase) => Err(LockError::WrongPassphrase),
            Err(error) => Err(error.into()),
        }
    }

    /// Shuts it whenever nobody has touched a page for long enough; never ends.
    pub async fn watch_idleness(&self) {
        loop {
            let lockable = self.protection() == KeyProtection::Passphrase;
            tokio::time::sleep(if lockable { LOOK_EVERY } else { LOOK_RARELY }).await;
            if self.protection() == KeyProtection::Passphrase && self.idle().is_over(Moment::now()) {
                // It has a passphrase, and so it can be locked.
                let _ = self.lock();
            }
        }
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether somebody may choose to be locked after so many.
pub(crate) fn check_minutes(minutes: u32) -> Result<(), LockError> {
    if (1..=IDLE_MINUTES_MAX).contains(&minutes) { Ok(()) } else { Err(LockError::BadMinutes) }
}

/// Does what takes a tenth of a second and a disk where it keeps nobody else waiting.
async fn slow(work: impl FnOnce() -> Result<(), KeysError> + Send + 'static) -> Result<(), KeysError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(fault) => std::panic::resume_unwind(fault.into_panic()),
    }
}

/// A moment by two clocks: one stands still while the computer sleeps, the other may be set by hand.
#[derive(Debug, Clone, Copy)]
struct Moment {
    steady: Instant,
    wall: SystemTime,
}

impl Moment {
    fn now() -> Self {
        Self { steady: Instant::now(), wall: SystemTime::now() }
    }

    /// The longer of what the two say: a closed lid is idle, too.
    fn since(self, earlier: Self) -> Duration {
        let steady = self.steady.saturating_duration_since(earlier.steady);
        steady.max(self.wall.duration_since(earlier.wall).unwrap_or_default())
    }
}

#[derive(Debug)]
struct Idle {
    minutes: u32,
    since: Moment,
}

impl Idle {
    fn is_over(&self, now: Moment) -> bool {
        now.since(self.since) >= self.length() + IDLE_GRACE
    }

    fn length(&self) -> Duration {
        Duration::from_secs(60) * self.minutes
    }
}

/// The wrong guesses since the last right one.
#[derive(Debug, Default)]
struct Guesses {
    count: u32,
    next: Option<Instant>,
}

impl Guesses {
    /// Lets a guess be looked at, or says how long that must wait.
    fn begin(&mut self, now: Instant) -> Result<(), LockError> {
        if let Some(wait) = self.next.map(|next| next.saturating_duration_since(now)).filter(|wait| !wait.is_zero()) {
            return Err(LockError::TooSoon { seconds: wait.as_secs() + 1 });
        }
        self.count += 1;
        self.next = self.count.checked_sub(GUESSES_FREE).map(|beyond| now + pause(beyond));
        Ok(())
    }
}

/// The pause after a wrong guess, by how many came before it that had one.
fn pause(before: u32) -> Duration {
    PAUSE_FIRST.saturating_mul(2_u32.saturating_pow(before)).min(PAUSE_LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.as_bytes().to_vec())
    }

    fn lock(given: Option<&str>, shut: bool) -> (tempfile::TempDir, Lock) {
        let folder = tempfile::tempdir().expect("folder");
        let given = given.map(passphrase);
        let keys = Keys::open(folder.path(), given.as_ref()).expect("keys");
        (folder, Lock::new(keys, IDLE_MINUTES_DEFAULT, shut))
    }

    #[tokio::test]
    async fn it_opens_with_the_passphrase_alone() {
        let (_folder, lock) = lock(Some("correct horse"), false);
        assert!(!lock.is_locked());
        let mut watch = lock.watch();
        lock.lock().expect("locked");
        lock.lock().expect("locked already");
        assert!(lock.is_locked() && watch.has_changed().expect("news"));
        watch.mark_unchanged();
        assert!(matches!(lock.unlock(passphrase("battery")).await, Err(LockError::WrongPassphrase)));
        assert!(lock.is_locked() && !watch.has_changed().expect("no news"));
        lock.unlock(passphrase("correct horse")).await.expect("right");
        assert!(!lock.is_locked());
    }

    #[tokio::test]
    async fn without_a_passphrase_it_cannot_be_locked() {
        let (_folder, lock) = lock(None, true);
        assert!(!lock.is_locked(), "nothing would open it");
        assert!(matches!(lock.lock(), Err(LockError::NoPassphrase)));
        assert!(matches!(lock.unlock(passphrase("x")).await, Err(LockError::NoPassphrase)));
        lock.protect(None, Some(passphrase("correct horse"))).await.expect("set");
        lock.lock().expect("now it can");
    }

    #[tokio::test]
    async fn who_changes_the_passphrase_shows_it_first() {
        let (_folder, lock) = lock(Some("correct horse"), true);
        assert!(lock.is_locked(), "nobody has typed it yet");
        for wrong in [None, Some(passphrase("battery"))] {
            assert!(matches!(lock.protect(wrong, None).await, Err(LockError::WrongPassphrase)));
        }
        lock.protect(Some(passphrase("correct horse")), Some(passphrase("battery staple"))).await.expect("changed");
        lock.unlock(passphrase("battery staple")).await.expect("the new one");
        lock.protect(Some(passphrase("battery staple")), None).await.expect("taken away");
        assert_eq!(lock.protection(), KeyProtection::File);
    }

    #[test]
    fn wrong_guesses_become_slow_and_never_end() {
        let mut now = Instant::now();
        let mut guesses = Guesses::default();
        for _ in 1..GUESSES_FREE {
            guesses.begin(now).expect("free");
        }
        for seconds in [5, 10, 20, 40, 60, 60, 60] {
            guesses.begin(now).expect("after the pause");
            let Err(LockError::TooSoon { seconds: said }) = guesses.begin(now) else { panic!("no pause") };
            assert_eq!(said, seconds + 1);
            now += Duration::from_secs(seconds);
        }
    }

    #[tokio::test]
    async fn a_right_guess_after_a_slip_begins_anew() {
        let (_folder, lock) = lock(Some("correct horse"), true);
        for _ in 1..GUESSES_FREE {
            assert!(lock.unlock(passphrase("battery")).await.is_err());
        }
        lock.unlock(passphrase("correct horse")).await.expect("right");
        assert!(matches!(lock.unlock(passphrase("battery")).await, Err(LockError::WrongPassphrase)));
        lock.unlock(passphrase("correct horse")).await.expect("no pause");
    }

    #[test]
    fn idleness_counts_while_the_computer_sleeps_and_when_its_clock_is_set_back() {
        let since = Moment::now();
        let idle = Idle { minutes: 5, since };
        let enough = Duration::from_secs(300) + IDLE_GRACE;
        let later = |steady: Duration, wall: SystemTime| Moment { steady: since.steady + steady, wall };
        assert!(!idle.is_over(since));
        assert!(!idle.is_over(later(Duration::from_secs(300), since.wall + Duration::from_secs(300))));
        assert!(idle.is_over(later(Duration::ZERO, since.wall + enough)), "the lid was closed");
        assert!(idle.is_over(later(enough, since.wall - enough)), "the clock was set back");
    }

    #[test]
    fn minutes_are_bounded() {
        let (_folder, lock) = lock(None, false);
        for wrong in [0, IDLE_MINUTES_MAX + 1, u32::MAX] {
            assert!(matches!(lock.set_idle_minutes(wrong), Err(LockError::BadMinutes)));
        }
        lock.set_idle_minutes(1).expect("a minute");
        assert_eq!(lock.idle_minutes(), 1);
    }
}
