//! Decides which records enter a document, which wait in its pen, and which are refused.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::{Access, Directory, Role};
use crate::change::ChangeHeader;
use crate::clock::{Clock, Tip};
use crate::ids::{ActorId, ChangeHash, DeviceId, DocumentId, PersonId};
use crate::limits::{ACTORS_MAX, PEN_BYTES_MAX, PEN_RECORDS_MAX};
use crate::record::{Base, Record};
use crate::replica::store::{Head, Penned, Refusal, StoredDocument, Waits};
use crate::wire::Position;

/// A document as the engine knows it, without its words.
#[derive(Debug)]
pub(super) struct Document {
    pub access: Access,
    /// More than two people may read it.
    pub is_team: bool,
    pub head: Head,
    /// Who sent the snapshot that waits to be verified, as far as this start knows.
    pub snapshot_from: Option<DeviceId>,
    /// Almost every document's is empty.
    pub pen: Option<BTreeMap<ChangeHash, Waiting>>,
}

/// A record in the pen with its header, read once.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub penned: Penned,
    pub header: ChangeHeader,
    /// Whose device wrote it.
    pub person: PersonId,
}

/// What becomes of a record.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It enters now.
    Enters,
    /// It is here already.
    Known,
    /// It waits.
    Waits(Waits),
    /// Never.
    Refused(Refusal),
    /// Its actor numbered two changes alike; the actor is quarantined.
    Equivocates,
}

impl Document {
    pub fn new(access: Access, head: Head) -> Self {
        let is_team = access.readers().nth(2).is_some();
        Self { access, is_team, head, snapshot_from: None, pen: None }
    }

    pub fn role(&self, person: &PersonId) -> Role {
        self.access.role(person)
    }

    /// Judges a record whose header was read and, unless made here, whose signature was checked.
    pub fn judge(&self, header: &ChangeHeader, record: &Record, person: PersonId) -> Verdict {
        self.judge_demanded(header, record, person, || is_among(header, &self.demands()))
    }

    /// Judges a record in the pen, given whether one that was not written late builds on it.
    pub fn judge_in_pen(&self, waiting: &Waiting, demanded: bool) -> Verdict {
        self.judge_demanded(&waiting.header, &waiting.penned.record, waiting.person, || demanded)
    }

    fn judge_demanded(
        &self,
        header: &ChangeHeader,
        record: &Record,
        person: PersonId,
        demanded: impl FnOnce() -> bool,
    ) -> Verdict {
        let actor = &header.actor;
        if self.head.quarantined.contains(actor) {
            return Verdict::Refused(Refusal::Quarantined);
        }
        let tip = self.head.clock.get(actor);
        let known = tip.map_or(0, |tip| tip.seq);
        if header.seq <= known {
            let equivocates = header.seq == known && tip.is_some_and(|tip| tip.hash != header.hash);
            return if equivocates { Verdict::Equivocates } else { Verdict::Known };
        }
        if tip.is_none() && self.head.clock.len() >= ACTORS_MAX {
            return Verdict::Refused(Refusal::BadChange);
        }
        if self.role(&person) < Role::Writer && !self.access.ever_wrote(&person) {
            return Verdict::Refused(Refusal::NotAWriter);
        }
        if self.is_late(header, person) && !demanded() {
            return Verdict::Waits(Waits::Member);
        }
        let unknown_base = record.builds_on.iter().any(|base| !self.knows(base));
        if header.seq > known + 1 || unknown_base {
            return Verdict::Waits(Waits::Missing);
        }
        if tip.is_some_and(|tip| !header.dependencies.contains(&tip.hash)) {
            return Verdict::Equivocates;
        }
        Verdict::Enters
    }

    /// Whether a base is here; where two writers share a name's first bytes, whether it is here of both.
    fn knows(&self, base: &Base) -> bool {
        let mut named = self.head.clock.iter().filter(|(actor, _)| base.is(actor)).peekable();
        named.peek().is_some() && named.all(|(_, tip)| tip.seq >= base.seq)
    }

    /// Whether anything in the document was written after its author's access to write ended.
    pub fn holds_late(&self, directory: &Directory) -> bool {
        self.late_actors(directory).next().is_some()
    }

    /// Whether anything was, by a writer who is not marked for it.
    pub fn holds_unmarked_late(&self, directory: &Directory) -> bool {
        self.late_actors(directory).any(|actor| !self.head.late.contains(&actor))
    }

    /// Marks whatever was written after its author's access to write ended.
    pub fn note_late(&mut self, directory: &Directory) {
        let late: Vec<ActorId> = self.late_actors(directory).collect();
        for actor in late {
            if !self.head.late.contains(&actor) {
                self.head.late.push(actor);
            }
        }
    }

    fn late_actors<'a>(&'a self, directory: &'a Directory) -> impl Iterator<Item = ActorId> + 'a {
        let late = self.head.clock.iter().filter(|(actor, tip)| {
            directory.person(&actor.device()).is_none_or(|person| {
                self.role(&person) < Role::Writer && !self.access.wrote_before_revocation(&person, actor, tip.seq)
            })
        });
        late.map(|(actor, _)| *actor)
    }

    /// Whether a record was written after its author's access to write ended.
    pub fn is_late(&self, header: &ChangeHeader, person: PersonId) -> bool {
        self.role(&person) < Role::Writer && !self.access.wrote_before_revocation(&person, &header.actor, header.seq)
    }

    /// Records in the pen that one in the pen that was not written late builds on, by whatever way.
    pub fn demanded(&self) -> BTreeSet<ChangeHash> {
        let Some(pen) = &self.pen else { return BTreeSet::new() };
        let demands = self.demands();
        let demanded = pen.iter().filter(|(_, waiting)| is_among(&waiting.header, &demands));
        demanded.map(|(hash, _)| *hash).collect()
    }

    /// How far each writer's work is built on by records in the pen that were not written late.
    fn demands(&self) -> Demands {
        let mut demands = Demands::new();
        let Some(pen) = &self.pen else { return demands };
        let (mut late, mut demanding): (Vec<&Waiting>, Vec<&Waiting>) =
            pen.values().partition(|waiting| self.is_late(&waiting.header, waiting.person));
        while !demanding.is_empty() {
            for waiting in demanding {
                let previous = Base::new(&waiting.header.actor, waiting.header.seq - 1);
                for base in waiting.penned.record.builds_on.iter().chain([&previous]) {
                    let known = demands.entry(base.writer).or_default();
                    *known = base.seq.max(*known);
                }
            }
            (demanding, late) = late.into_iter().partition(|waiting| is_among(&waiting.header, &demands));
        }
        demands
    }

    /// Whether the pen holds a change of `actor` with this number or a later one.
    pub fn has_in_pen(&self, actor: &ActorId, seq: u64) -> bool {
        self.pen
            .iter()
            .flat_map(|pen| pen.values())
            .any(|waiting| waiting.header.actor == *actor && waiting.header.seq >= seq)
    }

    /// What a record in the pen waits for.
    pub fn waits(&self, hash: &ChangeHash) -> Option<Waits> {
        Some(self.pen.as_ref()?.get(hash)?.penned.waits)
    }

    /// Whether the pen has room for another record of this size. `own`'s records always have: they are nowhere else.
    pub fn pen_has_room(&self, own: DeviceId, bytes: usize) -> bool {
        let others =
            || self.pen.iter().flat_map(|pen| pen.values()).filter(|waiting| waiting.header.actor.device() != own);
        let held: usize = others().map(|waiting| waiting.penned.record.change.len()).sum();
        others().count() < PEN_RECORDS_MAX && held + bytes <= PEN_BYTES_MAX
    }

    /// What makes room for a record when the pen is full, as it can be fetched again: what waits for a member, or for an
    /// earlier record of its own writer that waits too. Nothing does for a record that itself waits for such a one.
    pub fn pen_spare(&self, own: DeviceId, newcomer: &ChangeHeader) -> Option<ChangeHash> {
        let pen = self.pen.as_ref()?;
        let follows_one = |header: &ChangeHeader| {
            pen.values().any(|earlier| earlier.header.actor == header.actor && earlier.header.seq < header.seq)
        };
        if follows_one(newcomer) {
            return None;
        }
        let mut others = pen.iter().filter(|(_, waiting)| waiting.header.actor.device() != own);
        let late = others.clone().find(|(_, waiting)| waiting.penned.waits == Waits::Member);
        late.or_else(|| others.find(|(_, waiting)| follows_one(&waiting.header))).map(|(hash, _)| *hash)
    }

    /// How many of `own`'s records wait, and how many of others.
    pub fn pen_len(&self, own: DeviceId) -> (usize, usize) {
        let Some(pen) = &self.pen else { return (0, 0) };
        let of_own = pen.values().filter(|waiting| waiting.header.actor.device() == own).count();
        (of_own, pen.len() - of_own)
    }

    pub fn pen_put(&mut self, hash: ChangeHash, waiting: Waiting) {
        self.pen.get_or_insert_default().insert(hash, waiting);
    }

    pub fn pen_take(&mut self, hash: &ChangeHash) -> Option<Waiting> {
        let pen = self.pen.as_mut()?;
        let taken = pen.remove(hash);
        if pen.is_empty() {
            self.pen = None;
        }
        taken
    }

    /// Notes that a record took `position`.
    pub fn entered(&mut self, header: &ChangeHeader, position: Position, origin: Option<DeviceId>) {
        self.head.clock.set(header.actor, Tip { seq: header.seq, hash: header.hash });
        if self.head.last > 0 && self.head.last_origin != origin {
            self.head.last_other = self.head.last;
        }
        self.head.last = position;
        self.head.last_origin = origin;
    }

    /// The last position that `device` must have acknowledged to hold all that did not come from itself.
    pub fn last_for(&self, device: DeviceId) -> Position {
        if self.head.last_origin == Some(device) { self.head.last_other } else { self.head.last }
    }

    /// The tips of one person's actors: what a revocation states.
    pub fn clock_of(&self, person: PersonId, directory: &Directory) -> Clock {
        let mut clock = Clock::default();
        for (actor, tip) in
            self.head.clock.iter().filter(|(actor, _)| directory.person(&actor.device()) == Some(person))
        {
            clock.set(*actor, *tip);
        }
        clock
    }
}

/// The last change of each writer that something builds on, by the first bytes of the writer's incarnation.
type Demands = BTreeMap<[u8; 8], u64>;

/// Whether a change is one that something builds on, or earlier work of its writer.
fn is_among(header: &ChangeHeader, demands: &Demands) -> bool {
    demands.get(&Base::new(&header.actor, header.seq).writer).is_some_and(|seq| *seq >= header.seq)
}

/// Checks a record from outside as far as it can be without its document.
pub(super) fn authenticate(
    record: &Record,
    document: DocumentId,
    directory: &Directory,
) -> Result<(ChangeHeader, PersonId), (Option<ChangeHash>, Refusal)> {
    let header = ChangeHeader::read(&record.change).map_err(|_| (None, Refusal::BadChange))?;
    let person = directory.person(&header.actor.device()).ok_or((Some(header.hash), Refusal::UnknownDevice))?;
    record.verify_signature(document, &header).map_err(|_| (Some(header.hash), Refusal::BadSignature))?;
    Ok((header, person))
}

/// A document's tail judged afresh under stricter access: what stays, what goes back to the pen, and the clock after.
#[derive(Debug, Default)]
pub(super) struct Readmission {
    pub withheld: Vec<(Position, Record, ChangeHeader)>,
    pub clock: Clock,
}

/// Judges a tail afresh: a record by somebody who may no longer write stays when it was in time or a member built on it.
pub(super) fn readmit(access: &Access, directory: &Directory, stored: StoredDocument) -> Readmission {
    let mut clock = stored.snapshot.map(|snapshot| snapshot.tips).unwrap_or_default();
    let tail: Vec<(Position, Record, ChangeHeader)> = stored
        .tail
        .into_iter()
        .filter_map(|(position, record)| {
            ChangeHeader::read(&record.change).ok().map(|header| (position, record, header))
        })
        .collect();
    let late = |header: &ChangeHeader| {
        directory.person(&header.actor.device()).is_none_or(|person| {
            access.role(&person) < Role::Writer && !access.wrote_before_revocation(&person, &header.actor, header.seq)
        })
    };
    let late_hashes: BTreeSet<ChangeHash> =
        tail.iter().filter(|(_, _, header)| late(header)).map(|(_, _, header)| header.hash).collect();
    let mut stays: BTreeSet<ChangeHash> = BTreeSet::new();
    for (_, _, header) in tail.iter().rev() {
        // Later records come first here, so a late one is reached only after everything built on it.
        if !late_hashes.contains(&header.hash) || stays.contains(&header.hash) {
            stays.insert(header.hash);
            stays.extend(header.dependencies.iter().filter(|hash| late_hashes.contains(*hash)));
        }
    }
    let mut readmission = Readmission::default();
    for (position, record, header) in tail {
        if stays.contains(&header.hash) {
            clock.set(header.actor, Tip { seq: header.seq, hash: header.hash });
        } else {
            readmission.withheld.push((position, record, header));
        }
    }
    readmission.clock = clock;
    readmission
}
