//! Decides in which steps the keys move under another protection: cut short anywhere, the old one or the new one opens them.
//!
//! The file of keys says which protection holds, and is replaced whole. So the private file with a master key is there
//! before a file of keys that needs it, and is destroyed only after one that does not. A start destroys what is left of it.

use std::fs;
use std::path::Path;

use super::{
    Keys, KeysError, Passphrase, SealingKey, State, Wrap, derive, destroy_master, fresh_wrap, wrapped, write_masters,
};
use crate::places;

/// One thing that is done on the disk; each is done whole, or not at all, or again.
#[derive(Debug)]
pub(super) enum Step {
    /// The private file with this master key.
    WriteMaster(SealingKey),
    /// The file of keys; the old one is overwritten.
    ReplaceKeys(Vec<u8>),
    /// The private file is overwritten and removed.
    DestroyMaster,
}

impl Step {
    pub(super) fn perform(&self, folder: &Path) -> Result<(), KeysError> {
        let path = folder.join(places::KEYS_FILE);
        match self {
            Self::WriteMaster(master) => write_masters(folder, std::slice::from_ref(master)),
            Self::ReplaceKeys(bytes) => places::write_private_destroying(&path, bytes).map_err(KeysError::io(&path)),
            Self::DestroyMaster => destroy_master(folder),
        }
    }
}

/// A protection that is about to be, and the way to it.
pub(super) struct Move {
    wrap: Wrap,
    master: SealingKey,
    file: Vec<u8>,
    pub(super) steps: Vec<Step>,
}

impl Move {
    /// Under a passphrase, or into a private file.
    pub(super) fn plan(
        folder: &Path,
        home: &SealingKey,
        state: &State,
        passphrase: Option<&Passphrase>,
    ) -> Result<Self, KeysError> {
        let path = folder.join(places::KEYS_FILE);
        let (wrap, master) = match passphrase {
            Some(passphrase) => fresh_wrap(passphrase, &path)?,
            None => (Wrap::File, SealingKey::generate().map_err(KeysError::io(&path))?),
        };
        let file = wrapped(&wrap, &master, home, &state.generations).map_err(KeysError::io(&path))?;
        let replace = Step::ReplaceKeys(file.clone());
        let steps = match wrap {
            Wrap::Passphrase { .. } => vec![replace, Step::DestroyMaster],
            Wrap::File => vec![Step::WriteMaster(master.clone()), replace],
        };
        Ok(Self { wrap, master, file, steps })
    }

    /// Goes the way. Where the disk refuses on it, what the file of keys says decides which protection holds.
    fn perform(self, folder: &Path, state: &mut State) -> Result<(), KeysError> {
        let outcome = self.steps.iter().try_for_each(|step| step.perform(folder));
        let moved = outcome.is_ok() || fs::read(folder.join(places::KEYS_FILE)).is_ok_and(|found| found == self.file);
        if !moved {
            return outcome;
        }
        state.wrap = self.wrap;
        state.masters = vec![self.master];
        outcome.map_err(|error| KeysError::Unconfirmed(Box::new(error)))
    }
}

/// Moves open keys under a passphrase, or into a private file.
pub(super) fn move_under(
    folder: &Path,
    home: &SealingKey,
    state: &mut State,
    passphrase: Option<&Passphrase>,
) -> Result<(), KeysError> {
    Move::plan(folder, home, state, passphrase)?.perform(folder, state)
}

impl Keys {
    /// Whether this is the passphrase they are under. Costs what a guess costs, on this thread; what is compared is a
    /// seal, so the time tells nothing of how near a guess was.
    pub fn check(&self, passphrase: &Passphrase) -> Result<(), KeysError> {
        let path = self.0.folder.join(places::KEYS_FILE);
        let (wrap, master) = {
            let state = self.state();
            (state.wrap.clone(), state.master()?.clone())
        };
        if wrap == Wrap::File {
            return Err(KeysError::WrongPassphrase);
        }
        let guess = derive(&wrap, passphrase, &path)?;
        let seal = master.seal("passphrase", b"", b"").map_err(KeysError::io(&path))?;
        guess.open("passphrase", b"", &seal).map(drop).map_err(|_| KeysError::WrongPassphrase)
    }

    /// Puts them under a passphrase or, without one, in a private file; durable before this returns. After an error the
    /// old protection holds, or the new one, as [`protection`](Self::protection) says; never neither.
    pub fn protect(&self, passphrase: Option<&Passphrase>) -> Result<(), KeysError> {
        let mut state = self.state();
        if passphrase.is_none() && state.wrap == Wrap::File {
            return Ok(());
        }
        move_under(&self.0.folder, &self.0.home, &mut state, passphrase)
    }
}
