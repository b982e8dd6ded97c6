//! Decides how the engine can be broken on purpose, so that the simulation can show that it would notice.

use super::Replica;

/// Ways to break the engine on purpose, so that the simulation can show that it would notice.
#[cfg(feature = "mutants")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutant {
    /// Never acknowledge.
    DropAcknowledgement,
    /// Send to whoever is connected.
    SkipGrantCheck,
    /// Acknowledge what is not durable yet.
    AcknowledgeBeforeDisk,
    /// Let the pen grow.
    ForgetPenBound,
    /// Move the cursor past a record that was neither stored nor penned nor marked.
    MoveCursorPastRefused,
    /// Keep compare marks in memory only.
    LoseCompareMark,
}

impl Replica {
    #[cfg(feature = "mutants")]
    fn is(&self, mutant: Mutant) -> bool {
        self.mutant == Some(mutant)
    }

    #[cfg(feature = "mutants")]
    pub(super) fn broken_pen_bound(&self) -> bool {
        self.is(Mutant::ForgetPenBound)
    }
    #[cfg(feature = "mutants")]
    pub(super) fn broken_cursor(&self) -> bool {
        self.is(Mutant::MoveCursorPastRefused)
    }
    #[cfg(feature = "mutants")]
    pub(super) fn broken_marks(&self) -> bool {
        self.is(Mutant::LoseCompareMark)
    }
    #[cfg(feature = "mutants")]
    pub(super) fn broken_early_ack(&self) -> bool {
        self.is(Mutant::AcknowledgeBeforeDisk)
    }
    #[cfg(feature = "mutants")]
    pub(super) fn broken_ack(&self) -> bool {
        self.is(Mutant::DropAcknowledgement)
    }
    #[cfg(feature = "mutants")]
    pub(super) fn broken_grant_check(&self) -> bool {
        self.is(Mutant::SkipGrantCheck)
    }

    #[cfg(not(feature = "mutants"))]
    pub(super) const fn broken_pen_bound(&self) -> bool {
        false
    }
    #[cfg(not(feature = "mutants"))]
    pub(super) const fn broken_cursor(&self) -> bool {
        false
    }
    #[cfg(not(feature = "mutants"))]
    pub(super) const fn broken_marks(&self) -> bool {
        false
    }
    #[cfg(not(feature = "mutants"))]
    pub(super) const fn broken_early_ack(&self) -> bool {
        false
    }
    #[cfg(not(feature = "mutants"))]
    pub(super) const fn broken_ack(&self) -> bool {
        false
    }
    #[cfg(not(feature = "mutants"))]
    pub(super) const fn broken_grant_check(&self) -> bool {
        false
    }
}
