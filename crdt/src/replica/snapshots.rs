//! Decides when a whole document from elsewhere, or a compacted one from here, takes the place of its records.

use super::{Closing, Effect, Head, LinkId, Refusal, Replica, Snapshot, Store, Write};
use crate::access::Role;
use crate::change::ChangeHeader;
use crate::ids::{DeviceId, DocumentId};
use crate::limits::ACTORS_MAX;
use crate::merge;
use crate::wire::{Comparison, Position, SNAPSHOT_PART_BYTES};

impl Replica {
    pub(super) fn snapshot_part(
        &mut self,
        id: LinkId,
        comparison: Comparison,
        part: u32,
        parts: u32,
        bytes: Vec<u8>,
        store: &dyn Store,
    ) {
        let Some((device, _)) = self.hears(id, comparison) else { return };
        let Some(link) = self.links.get_mut(&id) else { return };
        let others_wait = link.comparing.iter().any(|(other, theirs)| *other != comparison && !theirs.parts.is_empty());
        let Some(comparing) = link.comparing.get_mut(&comparison) else { return };
        if others_wait {
            return self.close(id, Closing::Gap); // one is sent whole before the next: no more than one is kept waiting
        }
        if part != comparing.frames || bytes.len() > SNAPSHOT_PART_BYTES {
            return self.close(id, Closing::Gap);
        }
        comparing.frames += 1;
        comparing.parts.extend(bytes);
        if part + 1 < parts {
            return;
        }
        let assembled = std::mem::take(&mut comparing.parts);
        if !self.hears_of(id, comparison.document) {
            return; // access ended while it was on its way
        }
        let taken = match postcard::from_bytes::<Snapshot>(&assembled) {
            Ok(snapshot) => self.take_snapshot(comparison.document, snapshot, device, store),
            Err(_) => Err(Refusal::BadChange),
        };
        if let Some(comparing) = self.links.get_mut(&id).and_then(|link| link.comparing.get_mut(&comparison)) {
            comparing.gained |= taken.is_ok();
            comparing.missed |= taken.is_err(); // it is not asked for again before there is news
        }
        if let Err(refusal) = taken {
            self.turn.effects.push(Effect::Refused(comparison.document, None, refusal));
            self.offence(id);
        }
    }

    /// A snapshot for a document with nothing in it is stored as it is, after checking each tip's signature, and verified
    /// when it is materialised; otherwise it is materialised now, with what is here.
    ///
    /// What somebody wrote after their access ended cannot be taken out of a snapshot: it is marked as such.
    fn take_snapshot(
        &mut self,
        id: DocumentId,
        snapshot: Snapshot,
        from: DeviceId,
        store: &dyn Store,
    ) -> Result<(), Refusal> {
        if !snapshot.tips.is_well_formed()
            || snapshot.tips.len() > ACTORS_MAX
            || snapshot.proofs.len() != snapshot.tips.len()
        {
            return Err(Refusal::BadChange);
        }
        crate::change::check_snapshot(&snapshot.bytes).map_err(|_| Refusal::BadChange)?;
        let Some(held) = self.documents.get(&id) else { return Err(Refusal::UnknownDocument) };
        for ((actor, tip), proof) in snapshot.tips.iter().zip(&snapshot.proofs) {
            let person = self.directory.person(&actor.device()).ok_or(Refusal::UnknownDevice)?;
            if held.role(&person) < Role::Writer && !held.access.ever_wrote(&person) {
                return Err(Refusal::NotAWriter);
            }
            proof.verify(id, *actor, tip.hash).map_err(|_| Refusal::BadSignature)?;
        }
        if held.head.clock.covers(&snapshot.tips) {
            return Ok(());
        }
        let through = held.head.last;
        if held.head.clock.is_empty() {
            let Some(held) = self.documents.get_mut(&id) else { return Ok(()) };
            held.snapshot_from = Some(from);
            held.head.clock = snapshot.tips.clone();
            held.note_late(&self.directory);
            held.head.unverified = true;
            self.turn.writes.push(Write::Snapshot { document: id, snapshot: Box::new(snapshot), through });
            self.turn.heads.insert(id);
            self.turn.effects.push(Effect::Reread(id)); // nobody writes into it meanwhile
            self.turn.effects.push(Effect::Verify(id));
            self.mark_readers(id, None); // nothing of it is passed on before it is verified
            return Ok(());
        }
        let stored = store.document(&id).map_err(|_| Refusal::BadChange)?;
        let merged = merge::join_snapshot(&held.access.founding, stored, snapshot).map_err(|_| Refusal::BadChange)?;
        let Some(held) = self.documents.get_mut(&id) else { return Ok(()) };
        held.head.clock.join(&merged.tips);
        held.note_late(&self.directory);
        self.turn.heads.insert(id);
        self.turn.writes.push(Write::Snapshot { document: id, snapshot: Box::new(merged), through });
        self.turn.effects.push(Effect::Reread(id));
        self.mark_readers(id, Some(from));
        self.retry_pen(id);
        Ok(())
    }

    pub(super) fn snapshot_checked(&mut self, id: DocumentId, good: bool) {
        let Some(held) = self.documents.get_mut(&id) else { return };
        if !held.head.unverified {
            return;
        }
        held.head.unverified = false;
        let liar = held.snapshot_from.take().filter(|_| !good);
        if !good {
            held.head = Head::default();
            self.turn.writes.push(Write::Clear(id));
            self.turn.effects.push(Effect::Refused(id, None, Refusal::BadChange));
        }
        self.turn.heads.insert(id);
        self.turn.effects.push(Effect::Reread(id));
        self.mark_readers(id, None);
        self.retry_pen(id);
        let lying: Vec<LinkId> =
            self.links.iter().filter(|(_, link)| Some(link.device) == liar).map(|(link, _)| *link).collect();
        for link in lying {
            if let Some(link) = self.links.get_mut(&link) {
                link.parked.insert(id); // the same would come again
            }
            self.offence(link);
        }
    }

    pub(super) fn compacted(&mut self, id: DocumentId, snapshot: Box<Snapshot>, through: Position, store: &dyn Store) {
        let Some(held) = self.documents.get(&id) else { return };
        if held.head.unverified || through > held.head.last || !held.head.clock.covers(&snapshot.tips) {
            return;
        }
        // It may have been made before another snapshot took the place of what it was made from.
        let Ok(stored) = store.document(&id) else { return };
        let replaced = stored.snapshot.map(|earlier| earlier.tips).unwrap_or_default();
        let holds_tail = stored.tail.iter().filter(|(position, _)| *position <= through).all(|(_, record)| {
            ChangeHeader::read(&record.change)
                .is_ok_and(|header| snapshot.tips.get(&header.actor).is_some_and(|tip| tip.seq >= header.seq))
        });
        if !snapshot.tips.covers(&replaced) || !holds_tail {
            return;
        }
        let people = held.access.people();
        // An owner's words cannot be withheld later; another's may, as long as somebody has not had them as records.
        let is_owner = held.role(&self.person) == Role::Owner;
        let behind: Vec<DeviceId> = self
            .peers
            .iter()
            .filter(|(device, peer)| people.contains(&peer.person) && peer.acked < held.last_for(**device).min(through))
            .map(|(device, _)| *device)
            .collect();
        if !is_owner && !behind.is_empty() {
            return;
        }
        for device in behind {
            self.mark(device, id); // its cursor points below what is in the snapshot now
        }
        self.turn.writes.push(Write::Snapshot { document: id, snapshot, through });
    }
}
