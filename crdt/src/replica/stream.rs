//! Decides what is sent on a link and in which order: the log as it grows, and whatever must wait for a commit.

use std::collections::BTreeSet;

use super::{AfterCommit, Closing, LinkId, Now, Replica, Store};
use crate::ids::{DeviceId, DocumentId};
use crate::limits::{LOG_READ_BYTES_MAX, LOG_READ_RECORDS_MAX, WINDOW_BYTES_MAX};
use crate::record::Record;
use crate::wire::{Comparison, Frame, LogRecord, Packed, Position};

/// How long a team's writers have to send their own records before somebody else offers them, in milliseconds: a few
/// round trips of a busy network.
const RELAY_AFTER: Now = 2_000;

impl Replica {
    /// Sends a record that was just stored to every link that has seen all before it; the others get there by reading.
    pub(super) fn offer_live(&mut self, position: Position, id: DocumentId, origin: Option<DeviceId>, record: &Record) {
        let links: Vec<LinkId> = self.links.keys().copied().collect();
        let mut packed = None;
        for link_id in links {
            let wanted = self.wanted(link_id, id, origin, position);
            let Some(link) = self.links.get_mut(&link_id) else { continue };
            if !link.streaming || link.looked + 1 != position || link.in_flight_bytes >= WINDOW_BYTES_MAX {
                continue;
            }
            link.looked = position;
            match wanted {
                Wanted::No => {}
                Wanted::Later => link.hold_back(id, position),
                Wanted::Offered => {
                    link.hold_back(id, position);
                    self.relay_later(link_id, id);
                }
                Wanted::Now => {
                    let packed = packed.get_or_insert_with(|| Packed::pack(record)).clone();
                    let bytes = packed.size();
                    let records = vec![LogRecord { document: id, record: packed }];
                    let frame = Frame::Log { from: link.told, to: position, records };
                    link.told = position;
                    link.owes_cursor = false;
                    link.in_flight.push_back((position, bytes));
                    link.in_flight_bytes += bytes;
                    self.say_once_saved(link_id, frame);
                }
            }
        }
    }

    fn wanted(&self, link: LinkId, id: DocumentId, origin: Option<DeviceId>, position: Position) -> Wanted {
        let (Some(link), Some(document)) = (self.links.get(&link), self.documents.get(&id)) else { return Wanted::No };
        let may_read = self.both_read(document, &link.person) || self.broken_grant_check();
        if !may_read || origin == Some(link.device) {
            return Wanted::No;
        }
        if link.not_understood.contains(&id) {
            return Wanted::Later;
        }
        if document.head.unverified || link.compared_through.get(&id).is_some_and(|through| *through >= position) {
            return Wanted::Later;
        }
        if origin.is_some() && document.is_team {
            return Wanted::Offered;
        }
        let waits_its_turn = link.relays_due.contains_key(&id);
        let being_compared =
            self.is_marked(&link.device, &id) && !link.compared_through.contains_key(&id) && !waits_its_turn;
        if being_compared { Wanted::Later } else { Wanted::Now }
    }

    /// In a team each writer sends to everybody; what others wrote is only offered, once the writers had time to.
    fn relay_later(&mut self, id: LinkId, document: DocumentId) {
        let due = self.turn.now + RELAY_AFTER;
        let Some(link) = self.links.get_mut(&id) else { return };
        let device = link.device;
        link.relays_due.entry(document).or_insert(due);
        self.mark(device, document);
    }

    /// Moves every link on: comparisons that wait their turn, then the log.
    pub(super) fn advance_links(&mut self, store: &dyn Store) {
        let links: Vec<LinkId> = self.links.iter().filter(|(_, link)| link.greeted).map(|(id, _)| *id).collect();
        for link in links {
            self.send_postponed(link, store);
            self.begin_comparisons(link);
            if let Err(error) = self.stream(link, store) {
                let _ = error; // the reason is in the disk's own report
                self.close(link, Closing::Disk);
            }
        }
    }

    fn stream(&mut self, id: LinkId, store: &dyn Store) -> Result<(), super::ReadError> {
        loop {
            let Some(link) = self.links.get(&id) else { return Ok(()) };
            if !link.streaming || link.looked >= self.turn.stored_end || link.in_flight_bytes >= WINDOW_BYTES_MAX {
                break;
            }
            let entries = store.log_after(link.looked, LOG_READ_RECORDS_MAX, LOG_READ_BYTES_MAX)?;
            let looked = entries.last().map_or(self.turn.stored_end, |entry| entry.position);
            let mut records = Vec::new();
            let mut held_back = Vec::new();
            let mut offered = BTreeSet::new();
            for entry in entries {
                match self.wanted(id, entry.document, entry.origin, entry.position) {
                    Wanted::No => {}
                    Wanted::Later => held_back.push((entry.document, entry.position)),
                    Wanted::Offered => {
                        held_back.push((entry.document, entry.position));
                        offered.insert(entry.document);
                    }
                    Wanted::Now => {
                        records.push(LogRecord { document: entry.document, record: Packed::pack(&entry.record) })
                    }
                }
            }
            for document in offered {
                self.relay_later(id, document);
            }
            let Some(link) = self.links.get_mut(&id) else { return Ok(()) };
            link.looked = looked;
            for (document, position) in held_back {
                link.hold_back(document, position);
            }
            if !records.is_empty() {
                let bytes = records.iter().map(|record| record.record.size()).sum();
                let frame = Frame::Log { from: link.told, to: looked, records };
                link.told = looked;
                link.owes_cursor = false;
                link.in_flight.push_back((looked, bytes));
                link.in_flight_bytes += bytes;
                self.say_once_saved(id, frame);
            }
        }
        let Some(link) = self.links.get_mut(&id) else { return Ok(()) };
        if link.streaming
            && link.owes_cursor
            && link.looked >= self.end
            && link.told < link.looked
            && link.comparing.is_empty()
        {
            let frame = Frame::Log { from: link.told, to: link.looked, records: Vec::new() };
            link.told = link.looked;
            link.owes_cursor = false;
            self.say_once_saved(id, frame);
        }
        Ok(())
    }

    /// Sends a frame once everything known now is durable: what it tells can then not be lost here and known there. A
    /// letter that a crash took back would otherwise come back from the partner, and from the page, and stand twice.
    pub(super) fn say_once_saved(&mut self, id: LinkId, frame: Frame) {
        self.turn.after.push(AfterCommit::Send(id, frame));
    }

    /// A frame that waited, as it may be sent now.
    pub(super) fn released(&mut self, id: LinkId, frame: Frame) -> Option<Frame> {
        let person = self.links.get(&id)?.person;
        let may_read = |document: &DocumentId| {
            self.broken_grant_check() || self.documents.get(document).is_some_and(|held| self.both_read(held, &person))
        };
        let (comparison, shows) = match &frame {
            Frame::Offer(comparison, statement) | Frame::Reply(comparison, statement) => {
                (*comparison, statement.clock.is_some())
            }
            Frame::Snapshot { comparison, .. } | Frame::Records { comparison, .. } | Frame::End { comparison, .. } => {
                (*comparison, true)
            }
            Frame::Log { from, to, records } => {
                let records = records.iter().filter(|record| may_read(&record.document)).cloned().collect();
                return Some(Frame::Log { from: *from, to: *to, records });
            }
            Frame::Presence { document, .. } => return may_read(document).then_some(frame),
            _ => return Some(frame),
        };
        match self.documents.contains_key(&comparison.document) {
            false if matches!(frame, Frame::Reply(..)) => Some(Frame::Unknown(comparison)),
            false => None,
            true if shows && !may_read(&comparison.document) => {
                self.turn_around(id, comparison);
                None
            }
            true => Some(frame),
        }
    }

    /// Access ended while a comparison waited to be sent: only who may do what is told instead, once.
    fn turn_around(&mut self, id: LinkId, comparison: Comparison) {
        let (Some(link), Some(held)) = (self.links.get(&id), self.documents.get(&comparison.document)) else { return };
        let statement = Box::new(self.statement(held, link.person));
        let Some(link) = self.links.get_mut(&id) else { return };
        if !comparison.mine {
            if link.comparing.remove(&comparison).is_some() {
                self.say_once_saved(id, Frame::Reply(comparison, statement));
            }
        } else if let Some(comparing) = link.comparing.get_mut(&comparison)
            && !std::mem::replace(&mut comparing.turned, true)
        {
            self.say_once_saved(id, Frame::Offer(comparison, statement));
        }
    }
}

/// Whether a link gets a record by the log.
enum Wanted {
    /// It may not have it, or gave it.
    No,
    /// A comparison brings it.
    Later,
    /// Somebody else of a team wrote it, and sends it: it is offered later.
    Offered,
    /// Yes.
    Now,
}
