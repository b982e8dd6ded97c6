//! Decides whether any bytes from a partner can do more to the reader of frames than be refused.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rounds_crdt::change::ChangeHeader;
use rounds_crdt::clock::Clock;
use rounds_crdt::wire::Frame;

fuzz_target!(|bytes: &[u8]| {
    let Ok(frame) = Frame::from_bytes(bytes) else { return };
    assert_eq!(Frame::from_bytes(&frame.to_bytes()), Ok(frame.clone()));
    match frame {
        Frame::Log { records, .. } => {
            for record in records {
                let _ = record.record.unpack(&Clock::default()); // any answer will do
            }
        }
        Frame::Records { records, .. } => {
            for record in records {
                let _ = ChangeHeader::read(&record.change);
            }
        }
        _ => {}
    }
});
