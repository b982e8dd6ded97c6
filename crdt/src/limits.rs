//! Decides every bound of the core, each with its unit and its reason.

/// Bytes of one frame between daemons: one snapshot chunk plus headers; larger snapshots travel in chunks.
pub const FRAME_BYTES_MAX: usize = 1024 * 1024 + 64 * 1024;

/// Bytes of one change as it travels: a 100 KB paste with room for its columns.
pub const CHANGE_BYTES_MAX: usize = 1024 * 1024;

/// Bytes one change may inflate to: eight times the change, since prose deflates to a third.
pub const CHANGE_INFLATED_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Operations in one change: a paste of the largest allowed text is one operation a letter.
pub const CHANGE_OPERATIONS_MAX: u64 = 1_200_000;

/// Bytes of one document's snapshot as it travels and lies on disk: a term of one note is under 100 KB.
pub const SNAPSHOT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Bytes a snapshot may inflate to.
pub const SNAPSHOT_INFLATED_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Rows any one column of a snapshot may hold: one a keystroke; a busy note set has under 10,000.
pub const SNAPSHOT_ROWS_MAX: u64 = 8_000_000;

/// UTF-16 code units one text may hold: a 100 KB paste ten times over.
pub const TEXT_UNITS_MAX: usize = 1_000_000;

/// UTF-16 code units one splice may insert: a 100 KB paste with room.
pub const SPLICE_UNITS_MAX: usize = 500_000;

/// Bytes of a short string (a name, a room, a title).
pub const SHORT_TEXT_BYTES_MAX: usize = 500;

/// Entries in one list of a document (events, entries, next steps): the densest note set recorded had 1,500 points.
pub const LIST_ENTRIES_MAX: usize = 10_000;

/// Founding owners of a document: a pair, or a team with its facilitator.
pub const OWNERS_MAX: usize = 64;

/// Grants one document may carry, superseded ones included, and as many revocations: a team of 40 shared and unshared a
/// dozen times each. Where no more can be granted, access can still be taken back.
pub const GRANTS_MAX: usize = 512;

/// Grants and revocations together that one document may carry.
pub const GRANTS_AND_REVOCATIONS_MAX: usize = 2 * GRANTS_MAX;

/// Bytes of all of a document's grants on their way: with its certificates and clock they fit one frame.
pub const GRANTS_BYTES_MAX: usize = 512 * 1024;

/// Earlier grants that one grant may supersede.
pub const SUPERSEDES_MAX: usize = 64;

/// Certificates that travel with one document's access.
pub const CERTS_MAX: usize = 256;

/// Devices of one person: a laptop, a tablet and a desk machine, replaced a few times.
pub const DEVICES_PER_PERSON_MAX: usize = 16;

/// Dependencies of one change: one a concurrent writer; Automerge writes its heads.
pub const DEPENDENCIES_MAX: usize = 256;

/// Actors in one document's clock: a fresh one each daemon start that edited it; a year of school days for a team of 20.
pub const ACTORS_MAX: usize = 4_096;

/// Records waiting in one document's pen; past it the document is marked for comparing instead. The simulation makes it
/// small, so that pens overflow in it.
pub const PEN_RECORDS_MAX: usize = if cfg!(feature = "mutants") { 4 } else { 512 };

/// Bytes waiting in one document's pen.
pub const PEN_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Earlier starts a log remembers; a cursor into an older one means comparing everything.
pub const STARTS_MAX: usize = 64;

/// Bytes sent on one link and not yet acknowledged: a second of a slow school Wi-Fi.
pub const WINDOW_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Documents being compared on one link at once; the rest wait their turn on the durable list.
pub const COMPARES_AT_ONCE_MAX: usize = 64;

/// Documents a greeting names as still to be compared; with more, the cursor is left out, and everything is compared.
pub const MISSED_TOLD_MAX: usize = 4_096;

/// Entries asked of the log in one read.
pub const LOG_READ_RECORDS_MAX: usize = 512;

/// Bytes asked of the log in one read.
pub const LOG_READ_BYTES_MAX: usize = 512 * 1024;

/// Refusals a peer may earn on one connection before it is dropped.
pub const OFFENCES_MAX: u32 = 32;

/// Bytes of an edit's id, chosen by the page.
pub const EDIT_ID_BYTES_MAX: usize = 64;

/// Presence messages accepted a second from one link: carets move at most this often on a screen.
pub const PRESENCE_PER_SECOND_MAX: u32 = 60;

/// Bytes of a presence message's field name or cursor: a cursor names an actor in hexadecimal.
pub const PRESENCE_TEXT_BYTES_MAX: usize = 160;
