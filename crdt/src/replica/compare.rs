//! Decides how two daemons find out what each lacks of one document, when a cursor cannot tell.
//!
//! `Offer` states access and clock; `Reply` states the other side's. Each side then sends what the other lacks (a
//! snapshot when the other is below it, records after it) and `End`; each answers `Ended` once all of that is durable.
//! The side that began clears its durable mark when it holds everything and has been told that the other does too.

use std::collections::BTreeSet;

use super::document::Document;
use super::store::Head;
use super::{AfterCommit, Closing, Effect, LinkId, Now, Replica, Store, Write};
use crate::access::{Access, DeviceCert, Grant, Role};
use crate::change::ChangeHeader;
use crate::clock::Clock;
use crate::ids::{DeviceId, DocumentId, PersonId};
use crate::limits::{COMPARES_AT_ONCE_MAX, LOG_READ_BYTES_MAX, WINDOW_BYTES_MAX};
use crate::record::Record;
use crate::wire::{Comparison, Cursor, Frame, Position, SNAPSHOT_PART_BYTES, Statement};

/// One comparison under way on one link.
#[derive(Debug, Default)]
pub(super) struct Comparing {
    /// News came after it began: it must be begun again.
    stale: bool,
    /// Access changed after it was stated.
    outdated: bool,
    /// Frames of snapshot parts and records received.
    pub frames: u32,
    pub parts: Vec<u8>,
    /// The far end was sent all that it lacked up to here.
    sent_through: Position,
    /// The clock that the far end stated, while it waits for an answer.
    theirs: Option<Clock>,
    /// The far end replied.
    answered: bool,
    /// Bytes it was sent and has not called durable.
    unconfirmed_bytes: usize,
    /// The document's last position when it began.
    began_at: Position,
    /// Access ended before all of it was sent.
    pub turned: bool,
    /// Something it brought could not be kept.
    pub missed: bool,
    /// Something it brought was kept.
    pub gained: bool,
    /// All that the far end sent is durable here.
    durable_here: bool,
    /// The far end said that all it was sent is durable there.
    durable_there: bool,
    /// … and that it could keep all of it.
    complete_there: bool,
}

impl super::link::Link {
    /// Notes that a comparison under way began before the latest news.
    pub fn restart_comparison(&mut self, id: DocumentId) {
        self.parked.remove(&id);
        for (_, comparing) in self.comparing.iter_mut().filter(|(comparison, _)| comparison.document == id) {
            comparing.stale = true;
        }
        if !self.is_comparing(id) {
            self.compared_through.remove(&id);
        }
    }

    /// Whether access to a document changed since it was stated to the far end, which has not answered yet.
    fn is_outdated(&self, id: DocumentId) -> bool {
        self.comparing.iter().any(|(comparison, comparing)| comparison.document == id && comparing.outdated)
    }

    /// Notes that access to a document is not as it was stated any more, and may be read where it was not.
    pub fn access_changed(&mut self, id: DocumentId) {
        self.not_understood.remove(&id);
        for (comparison, comparing) in &mut self.comparing {
            comparing.outdated |= comparison.mine && comparison.document == id;
        }
    }

    /// Puts a comparison under way.
    fn begin(&mut self, comparison: Comparison, comparing: Comparing, now: Now) {
        if self.comparing.is_empty() {
            self.heard_at = now;
        }
        self.comparing.insert(comparison, comparing);
    }

    /// Bytes that comparisons sent and that the far end has not called durable.
    pub fn unconfirmed_bytes(&self) -> usize {
        self.comparing.values().map(|comparing| comparing.unconfirmed_bytes).sum()
    }

    /// Whether a comparison is under way that either was begun here or knows all the news.
    fn is_comparing(&self, id: DocumentId) -> bool {
        let (from, to) = (
            Comparison { document: id, number: 0, mine: false },
            Comparison { document: id, number: u64::MAX, mine: true },
        );
        self.comparing.range(from..=to).any(|(comparison, comparing)| comparison.mine || !comparing.stale)
    }
}

impl Replica {
    /// Begins comparisons on a link, as many at once as the bound allows.
    pub(super) fn begin_comparisons(&mut self, id: LinkId) {
        let Some(link) = self.links.get(&id) else { return };
        let room = COMPARES_AT_ONCE_MAX.saturating_sub(link.comparing.len());
        let Some(marks) = self.compare.get(&link.device) else { return };
        if room == 0 || marks.is_empty() || link.unconfirmed_bytes() >= WINDOW_BYTES_MAX {
            return;
        }
        let (device, person) = (link.device, link.person);
        let now = self.turn.now;
        let waits = |document: &DocumentId| {
            link.parked.contains(document)
                || link.not_understood.contains(document)
                || link.relays_due.get(document).is_some_and(|due| *due > now)
        };
        // What was deleted here and is still marked is asked for by the far end, and what arrives just now is compared later.
        let can_begin = |document: &DocumentId| match self.documents.get(document) {
            Some(held) => !held.head.unverified,
            None => !self.forgotten.contains(document),
        };
        let due =
            marks.iter().filter(|document| can_begin(document) && !waits(document) && !link.is_comparing(**document));
        let due: Vec<DocumentId> = due.take(room).copied().collect();
        for document in due {
            let Some(held) = self.documents.get(&document) else {
                self.unmark(device, document);
                continue;
            };
            if let Some(link) = self.links.get_mut(&id) {
                link.relays_due.remove(&document);
            }
            let statement = Box::new(self.statement(held, person));
            let comparison = Comparison { document, number: self.next_comparison, mine: true };
            self.next_comparison += 1;
            let comparing = Comparing { began_at: held.head.last, ..Comparing::default() };
            if let Some(link) = self.links.get_mut(&id) {
                link.begin(comparison, comparing, now);
            }
            self.say_once_saved(id, Frame::Offer(comparison, statement));
        }
    }

    /// What `person` may hear about a document: who may do what, and, if they may read, how far each writer is known.
    pub(super) fn statement(&self, held: &Document, person: PersonId) -> Statement {
        let may_read = self.both_read(held, &person) || self.broken_grant_check();
        // Somebody who may not read hears what concerns their own access and the teller's, and nothing of the others'.
        let concerns =
            |grant: &&Grant| [person, self.person].contains(&grant.person) || held.role(&person) >= Role::Reader;
        let grants: Vec<Grant> = held.access.grants().filter(concerns).cloned().collect();
        let certs = if may_read {
            held.access.certs(&held.head.clock, &self.directory)
        } else {
            let issuers: BTreeSet<DeviceId> = grants.iter().map(|grant| grant.issuer).collect();
            issuers.iter().filter_map(|device| self.directory.cert(device).cloned()).collect()
        };
        Statement {
            founding: held.access.founding.clone(),
            grants,
            certs,
            clock: may_read.then(|| held.head.clock.clone()),
        }
    }

    pub(super) fn offered(&mut self, id: LinkId, comparison: Comparison, statement: Statement, store: &dyn Store) {
        if comparison.mine {
            return self.close(id, Closing::BadFrame);
        }
        let Some(link) = self.links.get_mut(&id) else { return };
        // Only an offer that takes another back, as access ended, may come again.
        if statement.clock.is_some() && link.comparing.contains_key(&comparison) {
            return self.close(id, Closing::BadFrame);
        }
        if link.comparing.len() > 4 * COMPARES_AT_ONCE_MAX {
            return self.close(id, Closing::Offences);
        }
        link.begin(comparison, Comparing::default(), self.turn.now);
        let (device, person) = (link.device, link.person);
        let document = comparison.document;
        let their_clock = statement.clock.clone();
        if self.learn(document, statement, person, store).is_err() {
            self.drop_comparison(id, comparison);
            self.say_once_saved(id, Frame::Unknown(comparison));
            if self.forgotten.contains(&document) {
                self.unmark(device, document);
            }
            return;
        }
        if let Some(comparing) = self.links.get_mut(&id).and_then(|link| link.comparing.get_mut(&comparison)) {
            comparing.stale = false; // what was news is what this comparison brought
        }
        let Some(held) = self.documents.get(&document) else { return };
        let reply = Box::new(self.statement(held, person));
        let both_read = reply.clock.is_some();
        match their_clock {
            Some(clock) if both_read => {
                self.say_once_saved(id, Frame::Reply(comparison, reply));
                self.send_missing(id, comparison, &clock, store);
            }
            clock => {
                if both_read && clock.is_none() {
                    self.mark(device, document); // they have not heard yet of the grant that lets us both read
                }
                let reply = Statement { clock: None, ..*reply };
                self.drop_comparison(id, comparison);
                // They may clear their mark once they hear this, so what they told must be durable first.
                if !self.broken_ack() {
                    let receipt = self.receipt(device);
                    self.say_once_saved(id, Frame::Ended { comparison, receipt, complete: true });
                }
                self.say_once_saved(id, Frame::Reply(comparison, Box::new(reply)));
            }
        }
    }

    pub(super) fn replied(&mut self, id: LinkId, comparison: Comparison, statement: Statement, store: &dyn Store) {
        let Some((device, person)) = self.hears(id, comparison) else { return };
        let answered = self.links.get_mut(&id).and_then(|link| link.comparing.get_mut(&comparison));
        if !comparison.mine || answered.is_some_and(|comparing| std::mem::replace(&mut comparing.answered, true)) {
            return self.close(id, Closing::BadFrame);
        }
        let document = comparison.document;
        let their_clock = statement.clock.clone();
        let learned = self.learn(document, statement, person, store);
        let Some(held) = self.documents.get(&document) else { return self.drop_comparison(id, comparison) };
        let both_read = self.both_read(held, &person);
        match (learned, their_clock) {
            (Ok(()), Some(clock)) if both_read => self.send_missing(id, comparison, &clock, store),
            // They do not know yet, or do not believe, that both may read.
            (Ok(()), None) if both_read => self.drop_until_news(id, comparison),
            (_, their_clock) => {
                if their_clock.is_some() {
                    self.say_once_saved(id, Frame::Unknown(comparison)); // they wait to hear what became of it
                }
                let stale = self.is_stale(id, comparison);
                self.drop_comparison(id, comparison);
                if !stale {
                    self.unmark(device, document);
                }
            }
        }
    }

    pub(super) fn unknown(&mut self, id: LinkId, comparison: Comparison) {
        if self.hears(id, comparison).is_some() {
            self.drop_until_news(id, comparison);
        }
    }

    /// What the far end states of a document cannot be read here.
    pub(super) fn unread(&mut self, id: LinkId, comparison: Comparison, offers: bool) {
        if comparison.mine == offers {
            return self.close(id, Closing::BadFrame); // who begins offers, and the other side replies
        }
        if offers && self.forgotten.contains(&comparison.document) {
            let device = self.links.get(&id).map(|link| link.device);
            self.say_once_saved(id, Frame::Unknown(comparison));
            device.into_iter().for_each(|device| self.unmark(device, comparison.document));
        } else if offers || self.hears(id, comparison).is_some() {
            self.leave_alone(id, comparison);
            self.say_once_saved(id, Frame::NotUnderstood(comparison));
        }
    }

    pub(super) fn not_understood(&mut self, id: LinkId, comparison: Comparison) {
        if self.hears(id, comparison).is_some() {
            self.leave_alone(id, comparison);
        }
    }

    /// Ends a comparison of what a newer Rounds states and an older one cannot read. Who holds the document keeps the mark,
    /// and tells no more of it until access to it changes or the two meet anew; the rest of the link goes on.
    fn leave_alone(&mut self, id: LinkId, comparison: Comparison) {
        let document = comparison.document;
        let access_is_newer = self.links.get(&id).is_some_and(|link| link.is_outdated(document));
        self.drop_comparison(id, comparison);
        let Some(link) = self.links.get_mut(&id) else { return };
        let device = link.device;
        // Not remembered of what is not here, so that nobody can make this side remember without end.
        if self.documents.get(&document).is_some_and(|held| held.access.people().contains(&link.person)) {
            link.compared_through.remove(&document);
            link.relays_due.remove(&document);
            link.owe_cursor();
            if !access_is_newer {
                link.not_understood.insert(document);
            }
            self.mark(device, document);
        }
        self.turn.effects.push(Effect::NotUnderstood(id, document));
    }

    /// Ends a comparison that did not bring both to the same: the mark stays, and is tried again on news or at the next
    /// meeting.
    fn drop_until_news(&mut self, id: LinkId, comparison: Comparison) {
        let stale = self.is_stale(id, comparison);
        self.drop_comparison(id, comparison);
        if comparison.mine
            && !stale
            && let Some(link) = self.links.get_mut(&id)
        {
            link.parked.insert(comparison.document);
        }
    }

    /// Whether news came after a comparison began.
    fn is_stale(&self, id: LinkId, comparison: Comparison) -> bool {
        self.links.get(&id).and_then(|link| link.comparing.get(&comparison)).is_some_and(|comparing| comparing.stale)
    }

    /// Takes in who may do what, from somebody who says so. An error means: no such document for you.
    fn learn(&mut self, id: DocumentId, statement: Statement, person: PersonId, store: &dyn Store) -> Result<(), ()> {
        if self.forgotten.contains(&id) || Access::check_founding(&statement.founding, id).is_err() {
            return Err(());
        }
        let known = self.documents.get(&id).map(|held| held.access.clone());
        let is_new = known.is_none();
        let mut access = known.unwrap_or_else(|| Access::new(statement.founding));
        // Grants are judged by what owners' certificates say; what is sent along besides is kept only where the document
        // is, and only of the people it names then.
        let certs: Vec<DeviceCert> =
            statement.certs.into_iter().filter(|cert| self.directory.cert(&cert.device) != Some(cert)).collect();
        let mut told = None;
        if !certs.is_empty() {
            let directory = told.insert(self.directory.clone());
            for cert in certs.iter().filter(|cert| access.founding.owners.contains(&cert.person)) {
                let _ = directory.learn(cert.clone()); // a bad one proves nothing
            }
        }
        let mut concerned = BTreeSet::new();
        for grant in statement.grants {
            let about = grant.person;
            if access.learn(grant, told.as_ref().unwrap_or(&self.directory)).unwrap_or(false) {
                concerned.insert(about);
            }
        }
        let names_them = access.people().contains(&person);
        if is_new {
            let may = |person: &PersonId| access.role(person) >= Role::Reader;
            if !names_them || !may(&self.person) || !may(&person) || statement.clock.is_none() {
                return Err(());
            }
            self.documents.insert(id, Document::new(access, Head::default()));
        } else if let Some(held) = self.documents.get_mut(&id) {
            held.access = access;
        }
        let people = self.documents.get(&id).map(|held| held.access.people()).unwrap_or_default();
        for cert in certs.into_iter().filter(|cert| people.contains(&cert.person)) {
            self.learn_cert(cert);
        }
        if is_new || !concerned.is_empty() {
            self.access_changed(id, &concerned);
            self.readmit(id, store);
            self.retry_pen(id);
        }
        // An owner's word counts whoever carries it, but somebody whom the document does not name hears nothing of it.
        if names_them { Ok(()) } else { Err(()) }
    }

    /// Answers what waited because much was on its way already.
    pub(super) fn send_postponed(&mut self, id: LinkId, store: &dyn Store) {
        while let Some(link) = self.links.get_mut(&id)
            && link.unconfirmed_bytes() < WINDOW_BYTES_MAX
            && let Some(comparison) = link.postponed.pop_front()
        {
            let waiting = link.comparing.get_mut(&comparison).and_then(|comparing| comparing.theirs.take());
            if let Some(theirs) = waiting {
                self.send_missing(id, comparison, &theirs, store);
            }
        }
    }

    /// Sends all of a document that is not in `theirs`, then `End`; later, when much is on its way already.
    fn send_missing(&mut self, id: LinkId, comparison: Comparison, theirs: &Clock, store: &dyn Store) {
        let document = comparison.document;
        if let Some(link) = self.links.get_mut(&id).filter(|link| link.unconfirmed_bytes() >= WINDOW_BYTES_MAX) {
            if let Some(comparing) = link.comparing.get_mut(&comparison) {
                comparing.theirs = Some(theirs.clone());
                link.postponed.push_back(comparison);
            }
            return;
        }
        let Ok(stored) = store.document(&document) else { return self.close(id, Closing::Disk) };
        let unverified = self.documents.get(&document).is_none_or(|held| held.head.unverified);
        let mut frames = 0;
        let mut sent_bytes = 0;
        if let Some(snapshot) = stored.snapshot.filter(|snapshot| !unverified && !theirs.covers(&snapshot.tips)) {
            let bytes = postcard::to_allocvec(&snapshot).unwrap_or_default();
            sent_bytes += bytes.len();
            let parts = bytes.chunks(SNAPSHOT_PART_BYTES);
            let count = parts.len() as u32;
            for part in parts {
                let frame = Frame::Snapshot { comparison, part: frames, parts: count, bytes: part.to_vec() };
                self.say_once_saved(id, frame);
                frames += 1;
            }
        }
        let mut batch: Vec<Record> = Vec::new();
        let mut batch_bytes = 0;
        // What the log has told already may be acknowledged any moment, and what it holds was passed over or lost there.
        let told = self.links.get(&id).map_or(0, |link| link.told);
        let mut lost_since = frames > 0;
        let lacking = stored.tail.into_iter().filter(|(_, record)| {
            !unverified && ChangeHeader::read(&record.change).is_ok_and(|header| lacks(theirs, &header))
        });
        for (position, record) in lacking {
            lost_since |= position <= told;
            let bytes = record.change.len() + 128;
            if !batch.is_empty() && batch_bytes + bytes > LOG_READ_BYTES_MAX {
                let records = std::mem::take(&mut batch);
                self.say_once_saved(id, Frame::Records { comparison, index: frames, records });
                frames += 1;
                batch_bytes = 0;
            }
            batch_bytes += bytes;
            sent_bytes += bytes;
            batch.push(record);
        }
        if !batch.is_empty() {
            self.say_once_saved(id, Frame::Records { comparison, index: frames, records: batch });
            frames += 1;
        }
        self.say_once_saved(id, Frame::End { comparison, frames });
        if lost_since {
            self.no_longer_held(id, comparison);
        }
        let end = self.turn.stored_end;
        if let Some(link) = self.links.get_mut(&id) {
            link.compared_through.insert(document, end);
            if let Some(comparing) = link.comparing.get_mut(&comparison) {
                comparing.sent_through = end;
                comparing.unconfirmed_bytes = sent_bytes;
                comparing.stale |= unverified; // there is more to tell than was told
            }
        }
    }

    /// The far end lacks what it had acknowledged: until this comparison has brought it, it is not said to be there.
    fn no_longer_held(&mut self, id: LinkId, comparison: Comparison) {
        let was_stale = self.is_stale(id, comparison);
        let Some(device) = self.links.get(&id).map(|link| link.device) else { return };
        self.mark(device, comparison.document);
        if let Some(comparing) = self.links.get_mut(&id).and_then(|link| link.comparing.get_mut(&comparison)) {
            comparing.stale = was_stale;
        }
    }

    pub(super) fn compared_records(&mut self, id: LinkId, comparison: Comparison, index: u32, records: Vec<Record>) {
        let Some((device, _)) = self.hears(id, comparison) else { return };
        let Some(comparing) = self.links.get_mut(&id).and_then(|link| link.comparing.get_mut(&comparison)) else {
            return;
        };
        if index != comparing.frames {
            return self.close(id, Closing::Gap);
        }
        comparing.frames += 1;
        let document = comparison.document;
        let (writes_before, was_stale) = (self.turn.writes.len(), comparing.stale);
        self.turn.missed.remove(&document);
        for record in records {
            self.take_record(id, device, document, record);
        }
        let missed = self.turn.missed.remove(&document);
        let mut writes = self.turn.writes.iter().skip(writes_before);
        let gained = writes.any(|write| matches!(write, Write::Record { .. } | Write::Pen(..)));
        if let Some(comparing) = self.links.get_mut(&id).and_then(|link| link.comparing.get_mut(&comparison)) {
            comparing.missed |= missed;
            comparing.gained |= gained;
            comparing.stale = was_stale; // what was missed is no news: it is asked for again only if anything was gained
        }
    }

    pub(super) fn compared_all(&mut self, id: LinkId, comparison: Comparison, frames: u32) {
        let Some((device, _)) = self.hears(id, comparison) else { return };
        let Some(comparing) = self.links.get(&id).and_then(|link| link.comparing.get(&comparison)) else { return };
        if comparing.frames != frames {
            return self.close(id, Closing::Gap);
        }
        let receipt = self.receipt(device);
        self.turn.after.push(AfterCommit::Durable { link: id, comparison, receipt });
    }

    /// A receipt for what a device told: it is remembered with what was told, so that losing the one shows the other lost.
    pub(super) fn receipt(&mut self, device: DeviceId) -> Cursor {
        let receipt = Cursor { start: self.start, position: self.next_receipt };
        self.next_receipt += 1;
        if let Some(peer) = self.peers.get_mut(&device) {
            peer.given = Some(receipt);
            self.turn.writes.push(Write::Peer(device, *peer));
        }
        receipt
    }

    /// All that the far end sent for a comparison is durable here.
    pub(super) fn comparison_durable(&mut self, id: LinkId, comparison: Comparison, receipt: Cursor) {
        let broken = self.broken_ack();
        let Some(comparing) = self.links.get_mut(&id).and_then(|link| link.comparing.get_mut(&comparison)) else {
            return;
        };
        comparing.durable_here = true;
        let complete = !comparing.missed;
        if !broken {
            self.turn.effects.push(Effect::Send(id, Frame::Ended { comparison, receipt, complete }));
        }
        self.conclude(id, comparison);
    }

    pub(super) fn ended(&mut self, id: LinkId, comparison: Comparison, receipt: Cursor, complete: bool) {
        let Some((device, _)) = self.hears(id, comparison) else { return };
        if let Some(peer) = self.peers.get_mut(&device) {
            peer.received = Some(receipt);
            self.turn.writes.push(Write::Peer(device, *peer));
        }
        if let Some(comparing) = self.links.get_mut(&id).and_then(|link| link.comparing.get_mut(&comparison)) {
            comparing.durable_there = true;
            comparing.unconfirmed_bytes = 0;
            comparing.complete_there = complete;
        }
        self.conclude(id, comparison);
    }

    fn conclude(&mut self, id: LinkId, comparison: Comparison) {
        let Some(link) = self.links.get(&id) else { return };
        let Some(comparing) = link.comparing.get(&comparison) else { return };
        if !comparing.durable_here || !comparing.durable_there {
            return;
        }
        let held_back =
            link.held_back.get(&comparison.document).is_some_and(|position| *position > comparing.sent_through);
        let (device, stale) = (link.device, comparing.stale || held_back);
        let missed = comparing.missed;
        let complete = !missed && comparing.complete_there;
        let last = self.documents.get(&comparison.document).map_or(0, |held| held.head.last);
        let in_vain = !complete && !comparing.gained && comparing.began_at == last;
        self.drop_comparison(id, comparison);
        if let Some(link) = self.links.get_mut(&id) {
            link.owe_cursor(); // it may have passed records that it was not to have before
        }
        if complete && !stale {
            if let Some(link) = self.links.get_mut(&id) {
                link.held_back.remove(&comparison.document);
                link.relays_due.remove(&comparison.document);
                link.not_understood.remove(&comparison.document);
            }
            return self.unmark(device, comparison.document); // whichever side began: both hold everything now
        }
        let Some(link) = self.links.get_mut(&id).filter(|_| comparison.mine) else { return };
        link.compared_through.remove(&comparison.document);
        // Where nothing could be kept, the same would come again; where the far end could not, it begins the next one.
        if !stale && (in_vain || !missed) {
            link.parked.insert(comparison.document);
        }
    }

    fn unmark(&mut self, device: DeviceId, id: DocumentId) {
        if self.compare.get_mut(&device).is_some_and(|marks| marks.remove(&id)) {
            self.turn.writes.push(Write::Compared(device, id));
            self.turn.effects.push(Effect::Delivered(device));
        }
    }

    /// Notes that the far end was heard on a comparison; `None` when there is no such comparison any more.
    pub(super) fn hears(&mut self, id: LinkId, comparison: Comparison) -> Option<(DeviceId, PersonId)> {
        let now = self.turn.now;
        let link = self.links.get_mut(&id)?;
        link.heard_at = now;
        link.comparing.contains_key(&comparison).then_some((link.device, link.person))
    }

    fn drop_comparison(&mut self, id: LinkId, comparison: Comparison) {
        if let Some(link) = self.links.get_mut(&id) {
            link.comparing.remove(&comparison);
            link.postponed.retain(|waiting| *waiting != comparison);
        }
    }
}

/// Whether a clock is below a record, or knows another change under its number: then the record shows it.
fn lacks(theirs: &Clock, header: &ChangeHeader) -> bool {
    theirs.get(&header.actor).is_none_or(|tip| tip.seq < header.seq || tip.seq == header.seq && tip.hash != header.hash)
}
