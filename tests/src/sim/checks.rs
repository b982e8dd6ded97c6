//! Decides what must hold: at every step, and when all is quiet again.

use std::collections::BTreeSet;

use automerge::ReadDoc;
use rounds_crdt::access::Role;
use rounds_crdt::change::ChangeHeader;
use rounds_crdt::ids::{DeviceId, DocumentId};
use rounds_crdt::limits::PEN_RECORDS_MAX;
use rounds_crdt::record::{Base, Record};
use rounds_crdt::wire::{Frame, Packed};

use super::machine::{Machine, Made};
use super::school::{School, name};

impl School {
    /// Nothing of a document goes to somebody who may not read it, as far as the sender knows, or never might.
    pub fn check_frame(&mut self, from: usize, to: usize, frame: &Frame) {
        let mut documents = Vec::new();
        match frame {
            Frame::Log { records, .. } => documents.extend(records.iter().map(|record| record.document)),
            Frame::Offer(comparison, statement) | Frame::Reply(comparison, statement) => {
                if statement.clock.is_some() {
                    documents.push(comparison.document);
                }
            }
            Frame::Snapshot { comparison, .. } | Frame::Records { comparison, .. } => {
                documents.push(comparison.document)
            }
            Frame::Presence { document, .. } => documents.push(*document),
            Frame::Hello { .. }
            | Frame::Reset { .. }
            | Frame::Ack { .. }
            | Frame::Saved(_)
            | Frame::End { .. }
            | Frame::Ended { .. }
            | Frame::Unknown(_)
            | Frame::NotUnderstood(_) => {}
        }
        let reader = self.machines[to].person;
        if let Frame::Offer(comparison, _) | Frame::Reply(comparison, _) = frame {
            // Even who else may read is told only to people the document names.
            let access = self.machines[from].replica.as_ref().and_then(|replica| replica.access(&comparison.document));
            if !access.is_some_and(|access| access.people().contains(&reader)) {
                return self.fail(format!(
                    "{} told {} of a document that does not name them",
                    self.machines[from].name, self.machines[to].name
                ));
            }
        }
        for id in documents {
            let sender = &self.machines[from];
            let role =
                sender.replica.as_ref().and_then(|replica| replica.access(&id)).map(|access| access.role(&reader));
            let may_read = role.is_some_and(|role| role >= Role::Reader);
            if !may_read || !self.allowed.contains(&(reader, id)) {
                let what = format!(
                    "{} sent {} of {} to {}, who may not read it ({role:?})",
                    sender.name,
                    super::school::brief(frame),
                    name(id),
                    self.machines[to].name
                );
                return self.fail(what);
            }
        }
    }

    /// Nothing typed here leaves before a power cut here could no longer take it back: whoever typed it would type it
    /// again, and it would stand twice once the partner's copy came back.
    pub fn check_saved_first(&mut self, from: usize, frame: &Frame) {
        let sender = &self.machines[from];
        let is_unsaved = |document: DocumentId, is_it: &dyn Fn(&Made) -> bool| {
            sender.unsaved.iter().any(|made| made.document == document && is_it(made))
        };
        let has_hash = |record: &Record| {
            let hash = ChangeHeader::read(&record.change).ok().map(|header| header.hash);
            move |made: &Made| Some(made.hash) == hash
        };
        let early = match frame {
            Frame::Log { records, .. } => records.iter().any(|entry| match &entry.record {
                Packed::Whole(record) => is_unsaved(entry.document, &has_hash(record)),
                Packed::Next { writer, seq, .. } => is_unsaved(entry.document, &|made| {
                    Base { writer: *writer, seq: *seq }.is(&made.actor) && made.seq == *seq
                }),
            }),
            Frame::Records { comparison, records, .. } => {
                records.iter().any(|record| is_unsaved(comparison.document, &has_hash(record)))
            }
            _ => false,
        };
        if early {
            self.fail(format!("{} sent what is not on its disk: {}", sender.name, super::school::brief(frame)));
        }
    }

    /// Others' records in a pen stay within its bound.
    pub fn check_pens(&mut self, m: usize) {
        let Some(replica) = &self.machines[m].replica else { return };
        let over = replica.documents().find(|id| replica.waiting(id).1 > PEN_RECORDS_MAX);
        if let Some(id) = over {
            let what = format!(
                "{}'s pen of {} holds {} records of others",
                self.machines[m].name,
                name(id),
                replica.waiting(&id).1
            );
            self.fail(what);
        }
    }

    /// What a machine says another holds is on the other's disk, durably, now.
    pub fn check_claims(&mut self, m: usize, device: DeviceId) {
        // Of several with one key it is one or the other.
        let holders: Vec<&Machine> = self.machines.iter().filter(|machine| machine.device == device).collect();
        let claimer = &self.machines[m];
        let Some(replica) = &claimer.replica else { return };
        // What was heard before either disk was put back to an older state is only corrected by the next greeting.
        if !replica.is_connected(&device) {
            return;
        }
        let mut checked = Vec::new();
        let mut lie = None;
        for (position, kept) in &claimer.disk.handed.records {
            let id = &kept.document;
            if claimer.claims.contains(&(device, kept.hash)) || !replica.holds_position(&device, id, *position) {
                continue;
            }
            // Deleted for good, or withheld since: its author may no longer write, which the claimer has not heard.
            let author = self.machines.iter().find(|machine| machine.device == kept.actor.device());
            let holds = |holder: &&Machine| {
                let withheld = author.is_some_and(|author| {
                    holder.disk.handed.access.get(id).is_some_and(|access| access.role(&author.person) < Role::Writer)
                });
                let excused = holder.disk.handed.forgotten.contains(id) || withheld || self.expects_quarantine;
                excused || holder.disk.durable.has(id, &kept.actor, kept.seq, &kept.hash)
            };
            if !holders.is_empty() && !holders.iter().any(holds) {
                lie = Some(format!(
                    "{} says that {} holds position {position} of {}, which is not on that disk (number {} of {}, from {:?})",
                    claimer.name,
                    holders[0].name,
                    name(*id),
                    kept.seq,
                    kept.actor,
                    kept.origin
                ));
            }
            checked.push((device, kept.hash));
        }
        self.machines[m].claims.extend(checked);
        if let Some(lie) = lie {
            self.fail(lie);
        }
    }

    /// Whatever was reported saved is still on this disk.
    pub fn check_saved(&mut self, m: usize) {
        let machine = &self.machines[m];
        let durable = &machine.disk.durable;
        let lost = machine.saved.iter().find(|made| {
            !durable.forgotten.contains(&made.document)
                && !durable.has(&made.document, &made.actor, made.seq, &made.hash)
        });
        if let Some(made) = lost {
            let what = format!(
                "{} lost an edit (number {}) of {} that it had called saved",
                machine.name,
                made.seq,
                name(made.document)
            );
            self.fail(what);
        }
    }

    /// Everything that must hold when all is quiet again.
    pub fn check_all(&mut self) {
        for m in 0..self.machines.len() {
            self.check_saved(m);
            self.check_pens(m);
            let machine = &self.machines[m];
            let foreign = machine.disk.durable.access.keys().find(|id| !self.allowed.contains(&(machine.person, **id)));
            if let Some(id) = foreign {
                let what = format!("{} holds {} without ever having been allowed to", machine.name, name(*id));
                self.fail(what);
            }
        }
        let documents: Vec<DocumentId> = self.founded.keys().copied().collect();
        for id in documents {
            if self.failure.is_none()
                && let Err(what) = self.check_document(id)
            {
                self.fail(what);
            }
        }
        if self.failure.is_none()
            && let Err(what) = self.check_marks()
        {
            self.fail(what);
        }
    }

    fn check_document(&mut self, id: DocumentId) -> Result<(), String> {
        let mut left: BTreeSet<usize> =
            (0..self.machines.len()).filter(|m| self.machines[*m].role(&id) >= Role::Reader).collect();
        while let Some(first) = left.pop_first() {
            let mut together = vec![first];
            let mut next = 0;
            while next < together.len() {
                for peer in self.network.paired_with(together[next]) {
                    if left.remove(&peer) {
                        together.push(peer);
                    }
                }
                next += 1;
            }
            self.check_together(id, &together)?;
        }
        Ok(())
    }

    /// Members who can reach each other agree on everything, and whoever is beside one of them knows where they stand.
    fn check_together(&mut self, id: DocumentId, together: &[usize]) -> Result<(), String> {
        let mut agreed: Option<(usize, Picture)> = None;
        for m in together {
            let picture = Picture::of(&mut self.machines[*m], id)?;
            match &agreed {
                None => agreed = Some((*m, picture)),
                Some((first, known)) => {
                    if let Some(difference) = known.difference(&picture) {
                        return Err(format!(
                            "{} and {} differ on {} in {difference}",
                            self.machines[*first].name,
                            self.machines[*m].name,
                            name(id)
                        ));
                    }
                }
            }
        }
        let Some((first, _)) = agreed else { return Ok(()) };
        let Some(access) = self.machines[first].replica.as_ref().and_then(|replica| replica.access(&id)) else {
            return Ok(());
        };
        let beside: BTreeSet<usize> = together.iter().flat_map(|m| self.network.paired_with(*m)).collect();
        for m in beside.into_iter().filter(|m| !together.contains(m)) {
            let machine = &self.machines[m];
            let (own, true_role) = (machine.role(&id), access.role(&machine.person));
            if machine.disk.handed.forgotten.contains(&id) {
                continue;
            }
            if own != true_role {
                return Err(format!("{} thinks it is {own:?} of {} and is {true_role:?}", machine.name, name(id)));
            }
        }
        Ok(())
    }

    /// Between members who are connected, nothing is left to compare, and each knows that the other holds everything.
    fn check_marks(&self) -> Result<(), String> {
        for (one, other) in self.network.wires.keys().copied() {
            for (m, peer) in [(one, other), (other, one)] {
                let (machine, beside) = (&self.machines[m], &self.machines[peer]);
                let Some(replica) = &machine.replica else { continue };
                let between = (one, other);
                if self.network.wires[&between].live.is_none() && self.is_taken(between) {
                    continue; // another machine with that key is met
                }
                if !replica.is_connected(&beside.device) {
                    return Err(format!("{} is not connected to {}", machine.name, beside.name));
                }
                for id in replica.documents() {
                    let both = [machine, beside]
                        .iter()
                        .all(|end| replica.access(&id).is_some_and(|access| access.role(&end.person) >= Role::Reader));
                    if !both || beside.disk.handed.forgotten.contains(&id) {
                        continue;
                    }
                    if replica.is_marked(&beside.device, &id) {
                        return Err(format!("{} still has to compare {} with {}", machine.name, name(id), beside.name));
                    }
                    if !replica.holds(&beside.device, &id) {
                        let acked =
                            replica.peers().find(|(device, _)| **device == beside.device).map(|(_, peer)| peer.acked);
                        let last = replica.head(&id).map(|head| (head.last, head.last_other));
                        return Err(format!(
                            "{} never learns that {} holds {} (heard {acked:?}, needs {last:?})",
                            machine.name,
                            beside.name,
                            name(id)
                        ));
                    }
                }
            }
        }
        Ok(())
    }
}

/// What somebody sees of a document.
#[derive(Debug, PartialEq, Eq)]
struct Picture {
    access: rounds_crdt::access::Access,
    clock: rounds_crdt::clock::Clock,
    heads: Vec<rounds_crdt::ids::ChangeHash>,
    texts: Vec<Option<String>>,
}

impl Picture {
    fn of(machine: &mut Machine, id: DocumentId) -> Result<Self, String> {
        let live = machine.open.remove(&id).map(|open| {
            (open.heads(), open.kind().text_fields().iter().map(|field| open.text(field)).collect::<Vec<_>>())
        });
        let open = machine.open(id)?;
        let heads = open.heads();
        let texts: Vec<Option<String>> = open.kind().text_fields().iter().map(|field| open.text(field)).collect();
        if let Some((live_heads, live_texts)) = live
            && (live_heads != heads || live_texts != texts)
        {
            return Err(format!(
                "{}'s open copy of {} is not what it stored: {live_texts:?}, not {texts:?}",
                machine.name,
                name(id)
            ));
        }
        if !open.automerge().get_missing_deps(&[]).is_empty() {
            return Err(format!("{}'s copy of {} lacks changes that others build on", machine.name, name(id)));
        }
        let open = &machine.open[&id];
        for made in machine.saved.iter().filter(|made| made.document == id) {
            let withheld = machine.disk.durable.pens.get(&id).is_some_and(|pen| pen.contains_key(&made.hash));
            let is_there = open.automerge().get_change_by_hash(&made.hash.to_automerge()).is_some();
            if !withheld && !is_there {
                return Err(format!(
                    "{} lost an edit (number {}) of {} from its text",
                    machine.name,
                    made.seq,
                    name(id)
                ));
            }
        }
        let Some(replica) = &machine.replica else { return Err("not running".into()) };
        let (Some(access), Some(head)) = (replica.access(&id), replica.head(&id)) else {
            return Err("not held".into());
        };
        Ok(Self { access: access.clone(), clock: head.clock.clone(), heads, texts })
    }

    fn difference(&self, other: &Self) -> Option<&'static str> {
        match () {
            () if self.access != other.access => Some("access"),
            () if self.clock != other.clock => Some("clocks"),
            () if self.heads != other.heads => Some("heads"),
            () if self.texts != other.texts => Some("texts"),
            () => None,
        }
    }
}
