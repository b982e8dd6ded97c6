//! Decides what becomes of a record from elsewhere, for good: stored, waiting in a pen, or refused with its reason.

use super::document::{self, Verdict, Waiting};
use super::{Effect, Penned, Refusal, Replica, Store, Waits, Write};
use crate::access::{AccessError, DeviceCert};
use crate::change::ChangeHeader;
use crate::ids::{ActorId, ChangeHash, DeviceId, DocumentId, PersonId};
use crate::record::Record;

impl Replica {
    pub(super) fn learn_cert(&mut self, cert: DeviceCert) -> bool {
        match self.directory.learn(cert.clone()) {
            Ok(true) => {
                self.turn.writes.push(Write::Cert(cert));
                true
            }
            // Somebody's seventeenth device is not followed here, and no reason to part.
            Ok(false) | Err(AccessError::TooMany) => true,
            Err(_) => false,
        }
    }

    /// Stores a record that was judged to enter, and says so.
    pub(super) fn enter(&mut self, id: DocumentId, header: ChangeHeader, record: Record, origin: Option<DeviceId>) {
        let Some(document) = self.documents.get_mut(&id) else { return };
        self.end += 1;
        let late =
            self.directory.person(&header.actor.device()).is_some_and(|person| document.is_late(&header, person));
        if late && !document.head.late.contains(&header.actor) {
            document.head.late.push(header.actor);
        }
        document.entered(&header, self.end, origin);
        for link in self.links.values_mut() {
            link.parked.remove(&id); // what could not be kept before may fit now
        }
        self.turn.heads.insert(id);
        self.turn.writes.push(Write::Record { position: self.end, document: id, origin, record: record.clone() });
        if origin.is_some() {
            self.show(id, record.clone());
        }
        self.offer_live(self.end, id, origin, &record);
    }

    fn show(&mut self, id: DocumentId, record: Record) {
        if let Some(Effect::Entered(last, records)) = self.turn.effects.last_mut()
            && *last == id
        {
            return records.push(record);
        }
        self.turn.effects.push(Effect::Entered(id, vec![record]));
    }

    /// Checks and judges a record from elsewhere and deals with it for good: it is stored, penned or refused when this
    /// returns.
    pub(super) fn admit(&mut self, id: DocumentId, record: Record, from: DeviceId) -> Result<(), Refusal> {
        match document::authenticate(&record, id, &self.directory) {
            Ok((header, person)) => self.admit_signed(id, header, person, record, from),
            Err((hash, refusal)) => {
                if refusal == Refusal::UnknownDevice {
                    self.miss(from, id); // a comparison brings the certificate with it
                }
                self.refuse(id, hash, refusal);
                Err(refusal)
            }
        }
    }

    /// Judges a record whose signature was checked.
    pub(super) fn admit_signed(
        &mut self,
        id: DocumentId,
        header: ChangeHeader,
        person: PersonId,
        record: Record,
        from: DeviceId,
    ) -> Result<(), Refusal> {
        let Some(document) = self.documents.get(&id) else { return Err(Refusal::UnknownDocument) };
        match document.judge(&header, &record, person) {
            Verdict::Known => {}
            Verdict::Enters => {
                self.enter(id, header, record, Some(from));
                self.retry_pen(id);
            }
            Verdict::Waits(waits) => {
                self.pen(id, header, person, record, waits, from);
                self.retry_pen(id);
            }
            Verdict::Refused(refusal) => {
                self.refuse(id, Some(header.hash), refusal);
                return Err(refusal);
            }
            Verdict::Equivocates => {
                self.quarantine(id, &header);
                return Err(Refusal::Quarantined);
            }
        }
        Ok(())
    }

    /// Lets a record wait, and asks its sender for what it waits for. What a full pen must drop can be fetched again:
    /// the record that needs it is marked for comparing.
    fn pen(
        &mut self,
        id: DocumentId,
        header: ChangeHeader,
        person: PersonId,
        record: Record,
        waits: Waits,
        from: DeviceId,
    ) {
        let waits_already = self.documents.get(&id).is_some_and(|document| document.waits(&header.hash) == Some(waits));
        if waits_already {
            return; // asked for when it came first
        }
        if waits == Waits::Missing && !self.broken_cursor() {
            self.mark(from, id);
        }
        let (bounded, own) = (!self.broken_pen_bound(), self.device);
        let Some(document) = self.documents.get_mut(&id) else { return };
        while bounded && header.actor.device() != own && !document.pen_has_room(own, record.change.len()) {
            match document.pen_spare(own, &header) {
                Some(spare) if waits == Waits::Missing => {
                    document.pen_take(&spare);
                    self.turn.writes.push(Write::Unpen(id, spare));
                }
                _ => {
                    self.not_kept(id);
                    return;
                }
            }
        }
        let penned = Penned { record, waits };
        self.turn.heads.insert(id);
        self.turn.writes.push(Write::Pen(id, header.hash, Box::new(penned.clone())));
        document.pen_put(header.hash, Waiting { penned, header, person });
    }

    /// Judges everything in the pen again, until nothing more enters.
    pub(super) fn retry_pen(&mut self, id: DocumentId) {
        while self.retry_pen_once(id) {}
    }

    /// Judges each record in the pen, each writer's in order; whether anything changed.
    fn retry_pen_once(&mut self, id: DocumentId) -> bool {
        let Some(document) = self.documents.get(&id) else { return false };
        let Some(pen) = &document.pen else { return false };
        let mut waiting: Vec<(ActorId, u64, ChangeHash)> =
            pen.iter().map(|(hash, waiting)| (waiting.header.actor, waiting.header.seq, *hash)).collect();
        waiting.sort_unstable();
        let demanded = document.demanded();
        let mut changed = false;
        for (.., hash) in waiting {
            let Some(document) = self.documents.get_mut(&id) else { return false };
            let Some(waiting) = document.pen.as_ref().and_then(|pen| pen.get(&hash)) else { continue };
            let verdict = document.judge_in_pen(waiting, demanded.contains(&hash));
            let was_late = waiting.penned.waits == Waits::Member;
            match verdict {
                Verdict::Enters => {
                    let Some(waiting) = document.pen_take(&hash) else { continue };
                    self.turn.writes.push(Write::Unpen(id, hash));
                    // Whoever sent it is forgotten by now: naming this device as its origin sends it to everybody else.
                    self.enter(id, waiting.header, waiting.penned.record, Some(self.device));
                }
                Verdict::Known => {
                    document.pen_take(&hash);
                    self.turn.writes.push(Write::Unpen(id, hash));
                }
                // Demanded since: it waits for its own predecessors now, and demands them in turn.
                Verdict::Waits(Waits::Missing) if was_late => {
                    let Some(mut waiting) = document.pen_take(&hash) else { continue };
                    waiting.penned.waits = Waits::Missing;
                    self.turn.writes.push(Write::Pen(id, hash, Box::new(waiting.penned.clone())));
                    document.pen_put(hash, waiting);
                }
                _ => continue,
            }
            self.turn.heads.insert(id);
            changed = true;
        }
        changed
    }

    fn refuse(&mut self, id: DocumentId, hash: Option<ChangeHash>, refusal: Refusal) {
        // A broken numbering is in the head already, and a missing certificate comes by comparing.
        let is_final = !matches!(refusal, Refusal::Quarantined | Refusal::UnknownDevice);
        if let Some(hash) = hash.filter(|_| is_final) {
            self.turn.writes.push(Write::Refused(id, hash, refusal));
        }
        self.not_kept(id);
        self.turn.effects.push(Effect::Refused(id, hash, refusal));
    }

    fn quarantine(&mut self, id: DocumentId, header: &ChangeHeader) {
        let Some(document) = self.documents.get_mut(&id) else { return };
        if !document.head.quarantined.contains(&header.actor) {
            document.head.quarantined.push(header.actor);
        }
        self.turn.heads.insert(id);
        self.refuse(id, Some(header.hash), Refusal::Quarantined);
        self.turn.effects.push(Effect::Quarantined(id, header.actor.device()));
    }

    /// Puts back into the pen what stricter access no longer admits. When the disk cannot be read, it is done later.
    pub(super) fn readmit(&mut self, id: DocumentId, store: &dyn Store) {
        let Some(document) = self.documents.get_mut(&id) else { return };
        if !document.holds_late(&self.directory) {
            return;
        }
        let Ok(stored) = store.document(&id) else {
            self.readmissions_owed.insert(id);
            return;
        };
        let readmission = document::readmit(&document.access, &self.directory, stored);
        document.head.late.clear();
        document.head.clock = readmission.clock;
        document.note_late(&self.directory);
        self.turn.heads.insert(id);
        if readmission.withheld.is_empty() {
            return;
        }
        for (position, record, header) in readmission.withheld {
            let penned = Penned { record, waits: Waits::Member };
            self.turn.writes.push(Write::RemoveRecord { document: id, position });
            let Some(person) = self.directory.person(&header.actor.device()) else { continue };
            // This person's own words are kept, room or not; others' can be fetched again.
            if header.actor.device() != self.device && !document.pen_has_room(self.device, penned.record.change.len()) {
                continue;
            }
            self.turn.writes.push(Write::Pen(id, header.hash, Box::new(penned.clone())));
            document.pen_put(header.hash, Waiting { penned, header, person });
        }
        self.turn.effects.push(Effect::Reread(id));
    }
}
