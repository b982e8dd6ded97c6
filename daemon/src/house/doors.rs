//! Decides how a door is opened to others and gone through, and who is told of it: who comes, the host alone; that it is
//! past or closed, nobody else.

use std::collections::BTreeMap;

use rounds_crdt::access::{Access, Role};
use rounds_crdt::edit::Edit;
use rounds_crdt::ids::{DocumentId, PersonId};
use rounds_crdt::model::{Answer, Kind, Model, OpenDoor, Part, Stage, Visit, VisitContext, VisitKind, Words, stage};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answers::PersonAnswer;
use super::keeper::{Keeper, now_ms};
use super::row::Row;
use super::{House, Trouble, TroubleCode};

/// Minutes a door is taken to stay open when nobody said: a long lesson.
const USUAL_MINUTES: u32 = 60;

const MINUTE_MS: i64 = 60_000;

/// What an open door begins with. Its host is whoever opens it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenADoor {
    /// When, in milliseconds since 1970.
    pub when_ms: i64,
    /// How long.
    #[serde(default)]
    pub length_minutes: Option<u32>,
    /// The school's name for the lesson's slot.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub period: Option<Words>,
    /// The room.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub room: Option<Words>,
    /// What one could see.
    #[serde(default)]
    #[schema(value_type = String)]
    pub see: Words,
    /// How many may come; as many as like when absent.
    #[serde(default)]
    pub places: Option<u32>,
    /// For whom; everybody one is paired with now when absent.
    #[serde(default, rename = "for")]
    #[schema(value_type = Option<Vec<String>>)]
    pub readers: Option<Vec<PersonId>>,
}

/// What a list says of an open door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DoorFacts {
    /// Whose lesson it is.
    pub host: PersonAnswer,
    /// When it opens, in milliseconds since 1970.
    pub when_ms: Option<i64>,
    /// How long it stays open.
    pub minutes: Option<u32>,
    /// The school's name for the lesson's slot.
    #[schema(value_type = Option<String>)]
    pub period: Option<Words>,
    /// The room.
    #[schema(value_type = Option<String>)]
    pub room: Option<Words>,
    /// What one could see.
    #[schema(value_type = String)]
    pub see: Words,
    /// How many may come.
    pub places: Option<u32>,
    /// Its host closed it: only their lists still show it.
    pub closed: bool,
    /// For its host: who wants to come.
    pub coming: Vec<Coming>,
    /// For its host: how many more may come, where they said how many may.
    pub places_left: Option<u32>,
    /// For everybody else: their own visit through it.
    #[schema(value_type = Option<String>)]
    pub visit: Option<DocumentId>,
}

/// Somebody who wants to come through an open door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Coming {
    /// Who.
    pub person: PersonAnswer,
    /// Their visit.
    #[schema(value_type = String)]
    pub visit: DocumentId,
    /// What the host answered them.
    pub answer: Option<Answer>,
}

/// The visits that stand through each door.
pub(super) type Through<'a> = BTreeMap<DocumentId, Vec<(DocumentId, &'a Visit)>>;

/// Whether a visit has not been called off by anybody.
fn stands(visit: &Visit) -> bool {
    !matches!(stage(visit, &VisitContext::default()), Stage::Cancelled | Stage::Declined | Stage::DidNotHappen)
}

/// Whether a door can still be gone through at this moment.
fn is_open(door: &OpenDoor, now_ms: i64) -> bool {
    let minutes = i64::from(door.minutes.unwrap_or(USUAL_MINUTES));
    !door.closed && door.when_ms.is_some_and(|when| now_ms <= when.saturating_add(minutes * MINUTE_MS))
}

/// Whose door it is: a door of several would be opened for somebody by another, and counts as none.
fn host_of(access: &Access) -> Option<PersonId> {
    match access.founding.owners.as_slice() {
        [host] if access.founding.kind == Kind::OpenDoor => Some(*host),
        _ => None,
    }
}

impl Keeper {
    /// The visits through each door that stand, as far as this person may read them.
    pub(super) fn through<'a>(&self, rows: &'a BTreeMap<DocumentId, Row>) -> Through<'a> {
        let mut found = Through::new();
        for (id, row) in rows {
            let Some(visit) = row.said.visit.as_deref().filter(|visit| stands(visit)) else { continue };
            if let Some(door) = visit.door.filter(|_| self.replica.role(id) >= Role::Reader) {
                found.entry(door).or_default().push((*id, visit));
            }
        }
        found
    }

    /// Whether a document is shown to this person: what is no door is, their own door is, and another's while it is open.
    pub(super) fn is_shown_of_doors(&self, id: &DocumentId, now_ms: i64) -> bool {
        let Some(access) = self.replica.access(id) else { return false };
        if access.founding.kind != Kind::OpenDoor {
            return true;
        }
        let door = self.catalog.row(id).and_then(|row| row.said.door.as_deref());
        match host_of(access) {
            Some(host) => host == self.person || door.is_some_and(|door| is_open(door, now_ms)),
            None => false,
        }
    }

    /// What a list says of a door; who comes is said to its host alone.
    pub(super) fn door_facts(&self, id: &DocumentId, door: &OpenDoor, through: &Through<'_>) -> Option<DoorFacts> {
        let host = host_of(self.replica.access(id)?)?;
        let visits = through.get(id).into_iter().flatten().filter(|(_, visit)| visit.host == Some(host));
        let of = |visit: &Visit| visit.with_part(Part::Visitor).next().copied();
        let mine = host == self.person;
        let coming: Vec<Coming> = visits
            .clone()
            .filter(|_| mine)
            .filter_map(|(id, visit)| {
                let person = self.person_answer(&of(visit)?);
                Some(Coming { person, visit: *id, answer: visit.answers.get(&host).copied() })
            })
            .collect();
        let taken = u32::try_from(coming.len()).unwrap_or(u32::MAX);
        Some(DoorFacts {
            host: self.person_answer(&host),
            when_ms: door.when_ms,
            minutes: door.minutes,
            period: door.period.clone(),
            room: door.room.clone(),
            see: door.see.clone(),
            places: door.places,
            closed: door.closed,
            places_left: door.places.filter(|_| mine).map(|places| places.saturating_sub(taken)),
            coming,
            visit: visits.filter(|_| !mine).find(|(_, visit)| of(visit) == Some(self.person)).map(|(id, _)| *id),
        })
    }

    fn open_door(&mut self, wanted: OpenADoor) -> Result<(DocumentId, u64), Trouble> {
        let readers = match wanted.readers {
            Some(readers) => {
                readers.iter().try_for_each(|person| self.partner_known(*person))?;
                readers
            }
            None => self.partners().into_iter().map(|partner| partner.person.id).collect(),
        };
        let id = self.found(Kind::OpenDoor, &[])?;
        let schedule = Edit::Schedule {
            when_ms: Some(wanted.when_ms),
            minutes: wanted.length_minutes,
            period: wanted.period,
            room: wanted.room,
        };
        self.begin_with(id, vec![schedule, Edit::DescribeDoor { see: wanted.see, places: wanted.places }])?;
        for person in readers {
            self.grant_known(id, person, Role::Reader)?;
        }
        Ok((id, self.last_commit()))
    }

    /// A visit to whoever opened a door: asked for, as any other, and known to the two of them alone.
    fn come_through(&mut self, id: DocumentId) -> Result<(DocumentId, u64), Trouble> {
        let Model::OpenDoor(door) = self.model(&id)? else {
            return Err(Trouble::new(TroubleCode::BadRequest, "that document is no open door"));
        };
        let host = self.replica.access(&id).and_then(host_of).ok_or_else(Trouble::no_document)?;
        if host == self.person {
            return Err(Trouble::new(TroubleCode::BadRequest, "this is your own door"));
        }
        if let Some(visit) = self.own_visit_through(&id) {
            return Ok((visit, self.last_commit()));
        }
        if !is_open(&door, now_ms()) {
            return Err(Trouble::new(TroubleCode::Conflict, "this door is no longer open").hint("rounds door list"));
        }
        self.partner_known(host)?;
        let visit = self.found(Kind::Visit, &[host])?;
        let schedule =
            Edit::Schedule { when_ms: door.when_ms, minutes: door.minutes, period: door.period, room: door.room };
        let drop_in = Edit::SetVisitKind { visit_kind: VisitKind::DropIn };
        self.begin_with(visit, vec![Edit::Propose { host }, drop_in, Edit::ThroughDoor { door: id }, schedule])
    }

    /// Asked twice, one comes once.
    fn own_visit_through(&self, door: &DocumentId) -> Option<DocumentId> {
        let mine = |visit: &&Visit| visit.door == Some(*door) && visit.part_of(&self.person) == Some(Part::Visitor);
        let mut readable = self.replica.documents().filter(|id| self.replica.role(id) >= Role::Reader);
        readable.find(|id| {
            let visit = self.catalog.row(id).and_then(|row| row.said.visit.as_deref());
            visit.filter(mine).is_some_and(stands)
        })
    }
}

impl House {
    /// Opens a door to others, or to nobody yet.
    pub async fn open_door(&self, wanted: OpenADoor) -> Result<DocumentId, Trouble> {
        let (id, commit) = self.call(move |keeper| keeper.open_door(wanted)).await?;
        self.saved(commit).await?;
        Ok(id)
    }

    /// Asks to come through an open door: the visit that this makes, or the one there is.
    pub async fn come_through_door(&self, door: DocumentId) -> Result<DocumentId, Trouble> {
        self.read_up().await?;
        let (id, commit) = self.with_open(door, move |keeper| keeper.come_through(door)).await?;
        self.saved(commit).await?;
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use rounds_crdt::access::Founding;
    use rounds_crdt::model::read;
    use rounds_crdt::schema::genesis;

    use super::*;

    fn person(byte: u8) -> PersonId {
        PersonId::from_bytes([byte; 32])
    }

    #[test]
    fn a_door_is_open_until_its_lesson_is_over() {
        let door = |when_ms, minutes, closed| OpenDoor { when_ms, minutes, closed, ..OpenDoor::default() };
        let hour = 60 * MINUTE_MS;
        for (door, at, open) in [
            (door(Some(hour), Some(25), false), 0, true),
            (door(Some(hour), Some(25), false), hour + 25 * MINUTE_MS, true),
            (door(Some(hour), Some(25), false), hour + 26 * MINUTE_MS, false),
            (door(Some(hour), None, false), hour + 59 * MINUTE_MS, true),
            (door(Some(hour), None, false), 2 * hour + 1, false),
            (door(Some(hour), None, true), 0, false),
            (door(None, None, false), 0, false),
            (door(Some(i64::MAX), Some(25), false), 0, true),
        ] {
            assert_eq!(is_open(&door, at), open, "{door:?} at {at}");
        }
    }

    #[test]
    fn nobody_opens_anothers_door() {
        let of = |owners: Vec<PersonId>, kind| Access::new(Founding::new(kind, owners, [0; 16]));
        assert_eq!(host_of(&of(vec![person(1)], Kind::OpenDoor)), Some(person(1)));
        assert_eq!(host_of(&of(vec![person(1), person(2)], Kind::OpenDoor)), None);
        assert_eq!(host_of(&of(vec![person(1)], Kind::Visit)), None);
    }

    #[test]
    fn whoever_stepped_back_takes_no_place() {
        let founding = Founding::new(Kind::Visit, vec![person(1), person(2)], [0; 16]);
        let Model::Visit(visit) = read(Kind::Visit, &genesis(&founding)).model else { panic!("no visit") };
        let visit = Visit {
            host: Some(person(2)),
            people: [(person(1), Part::Visitor), (person(2), Part::Host)].into(),
            ..*visit
        };
        let said = |who, answer| Visit { answers: [(person(who), answer)].into(), ..visit.clone() };
        assert!(stands(&visit) && stands(&said(1, Answer::Accepted)));
        assert!(!stands(&said(2, Answer::Declined)) && !stands(&said(1, Answer::Withdrew)));
        assert!(!stands(&Visit { cancelled: true, ..visit.clone() }));
        assert!(!stands(&Visit { did_not_happen: true, ..visit }));
    }
}
