//! Decides what fuzzing begins from: one honest example of everything that the targets read, written to `seeds/`.

use std::fs;
use std::io;
use std::path::Path;

use rounds_crdt::access::{Founding, Role};
use rounds_crdt::clock::Clock;
use rounds_crdt::edit::{Author, Edit, Splice};
use rounds_crdt::ids::{ActorId, DeviceId, PersonId, StartId};
use rounds_crdt::merge::{OpenDocument, compact};
use rounds_crdt::model::{ActionKind, Day, Kind, TryOut, read};
use rounds_crdt::record::{Record, SignatureBytes};
use rounds_crdt::replica::StoredDocument;
use rounds_crdt::wire::{Comparison, Cursor, Frame, LogRecord, PROTOCOL_VERSION, Packed, Statement};
use rounds_crdt_fuzz::meeting::{in_a_row, meeting};

/// Bytes of a chunk before its data, when its length takes two bytes: magic, checksum, type, length.
const CHUNK_HEAD_BYTES: usize = 4 + 4 + 1 + 2;

fn main() -> io::Result<()> {
    let person = PersonId::from_bytes([1; 32]);
    let actor = ActorId::new(DeviceId::from_bytes([2; 32]), [3; 14]);
    let author = Author { person, role: Role::Owner, at_ms: 1_000, offset_ms: 0 };
    let founding = Founding::new(Kind::Debrief, vec![person], [0; 16]);
    let id = founding.id();
    let type_in = |at: usize, delete: usize, insert: &str| Edit::SpliceText {
        field: "notes".into(),
        splices: vec![Splice { at, delete, insert: insert.into() }],
    };
    let edits = [
        type_in(0, 0, "Ana asked, and waited: nobody answered for a while. Then three hands 🙋 went up at once."),
        type_in(4, 5, "é"),
        Edit::AddEntry { id: "one".parse().expect("an id"), phase: None, text: "I heard a question".into() },
        Edit::Thank { text: "thank you".into() },
        Edit::Comment {
            id: "c".parse().expect("an id"),
            field: "notes".into(),
            from: 4,
            to: 20,
            at: Vec::new(),
            text: "who?".into(),
        },
        Edit::ReplyToComment {
            id: "r".parse().expect("an id"),
            comment: "c".parse().expect("an id"),
            text: "the same three".into(),
        },
    ];
    let (mut document, _) = OpenDocument::open(&founding, &StoredDocument::default());
    let mut stored = StoredDocument::default();
    for (index, edit) in edits.iter().enumerate() {
        let made = document.edit(actor, &author, edit).expect("allowed").expect("a change");
        let record = Record { change: made.change, builds_on: made.builds_on, signature: SignatureBytes([4; 64]) };
        let data = record.change.get(CHUNK_HEAD_BYTES..).unwrap_or_default();
        seed("change", &format!("{index}"), data)?;
        seed("edit", &format!("{index}"), &serde_json::to_vec(&[edit]).expect("plain data"))?;
        stored.tail.push((index as u64 + 1, record));
    }
    let growing = [
        Edit::AddAction {
            id: "one".parse().expect("an id"),
            how: ActionKind::Try,
            text: "Wait".into(),
            due: day("2026-03-06"),
        },
        Edit::AddTryOut {
            entry: TryOut {
                id: "one".parse().expect("an id"),
                on: day("2026-03-02").expect("a day"),
                text: "Waited".into(),
                goal: Some(id),
                action: None,
            },
        },
    ];
    seed("edit", "goal", &serde_json::to_vec(&growing).expect("plain data"))?;
    let records: Vec<Record> = stored.tail.iter().map(|(_, record)| record.clone()).collect();
    let export = serde_json::json!({
        "schema": 1, "kind": "debrief", "model": read(Kind::Debrief, document.automerge()).model, "owners": [person],
        "texts": [{ "field": "notes", "text": document.text("notes") }],
        "comments": [{ "by": { "id": person, "name": "Ana" }, "field": "notes", "place": { "from": 4, "to": 20 },
            "text": "who?", "settled": true, "answers": [{ "by": { "id": person }, "text": "the same three" }] }],
        "people": [{ "id": person, "name": "Ana" }],
    });
    seed("import", "json", export.to_string().as_bytes())?;
    let (snapshot, _) = compact(&founding, stored).expect("whole");
    seed("import", "automerge", snapshot.bytes.get(CHUNK_HEAD_BYTES..).unwrap_or_default())?;
    seed("snapshot", "debrief", snapshot.bytes.get(CHUNK_HEAD_BYTES..).unwrap_or_default())?;

    let start = StartId::from_bytes([5; 16]);
    let cursor = Some(Cursor { start, position: 7 });
    let comparison = Comparison { document: id, number: 1, mine: true };
    let statement = Statement { founding, grants: Vec::new(), certs: Vec::new(), clock: Some(Clock::default()) };
    let log = records.iter().map(|record| LogRecord { document: id, record: Packed::pack(record) }).collect();
    let frames = [
        Frame::Hello {
            version: PROTOCOL_VERSION,
            certs: Vec::new(),
            start,
            cursor,
            saved: cursor,
            missed: vec![id],
            receipt: cursor,
            given: cursor,
        },
        Frame::Log { from: 1, to: 4, records: log },
        Frame::Reset { to: 4, receipt: Cursor { start, position: 2 } },
        Frame::Ack { position: 4, missed: Vec::new() },
        Frame::Offer(comparison, Box::new(statement)),
        Frame::Records { comparison, index: 0, records },
        Frame::End { comparison, frames: 1 },
        Frame::Unknown(comparison),
    ];
    for (index, frame) in frames.iter().enumerate() {
        seed("frame", &format!("{index}"), &frame.to_bytes())?;
    }
    seed("meeting", "honest", &in_a_row(&bens_part()))
}

/// All that Ben says when he and Ana meet, each tells the other what they lack, and both write.
fn bens_part() -> Vec<Frame> {
    let (mut ana, mut ben, id) = meeting();
    let mut to_ben = ana.meets(&ben);
    let mut to_ana = ben.meets(&ana);
    let mut said = Vec::new();
    for turn in 0.. {
        while !to_ben.is_empty() || !to_ana.is_empty() {
            said.extend(to_ana.iter().cloned());
            let heard: Vec<Frame> = to_ana.drain(..).flat_map(|frame| ana.hears(frame.to_bytes())).collect();
            to_ana = to_ben.drain(..).flat_map(|frame| ben.hears(frame.to_bytes())).collect();
            to_ben = heard;
        }
        match turn {
            0 => to_ana = ben.types(id, "Dara did. "),
            1 => to_ben = ana.types(id, "Then? "),
            _ => break,
        }
    }
    said
}

fn day(text: &str) -> Option<Day> {
    text.parse().ok()
}

fn seed(target: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), bytes)
}
