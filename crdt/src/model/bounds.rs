//! Decides how much of one document a reading shows and a verb may write, beside what `limits.rs` says.

/// Bytes of one typed passage (a debrief entry, an event, a reply): two pages; longer writing belongs in a live text.
pub const PASSAGE_BYTES_MAX: usize = 8 * 1024;

/// Comments and answers in one document, those taken back included: one on every line of a long note set, with answers.
pub const COMMENTS_MAX: usize = 2_000;

/// Comments in one reading whose words Automerge panics over, before no further one is given its place: no Rounds writes such
/// a comment, and each costs whoever reads it.
pub const BROKEN_ANCHORS_MAX: usize = 8;

/// Characters of the words a comment is about that are kept beside it: a sentence, enough to know them by when they are gone.
pub const QUOTE_CHARACTERS_MAX: usize = 120;

/// Bytes of all words in one model together: the longest note set recorded holds 60 KB; a hostile one stops here.
pub const MODEL_WORDS_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Problems one reading names; a damaged document repeats itself.
pub const PROBLEMS_MAX: usize = 64;

/// Bytes of an id that a page chooses for an event, entry, step or phase: a UUID with room.
pub const ITEM_ID_BYTES_MAX: usize = 64;

/// UTF-16 code units of a live text that a model quotes for lists; the text itself travels apart.
pub const EXCERPT_UNITS_MAX: usize = 280;

/// Latest moment, in milliseconds since 1970: the last one RFC 3339 can write.
pub const MOMENT_MS_MAX: i64 = 253_402_300_799_999;

/// Minutes of a visit or phase: one day; any length a school has is shorter.
pub const MINUTES_MAX: i64 = 24 * 60;

/// People who may come through one open door: a hall of them; more come to no lesson.
pub const PLACES_MAX: i64 = 100;

/// Phases of one protocol: the longest in the library has nine.
pub const PHASES_MAX: usize = 40;

/// Milliseconds after which a phase that a page learns of late is no longer believed to have begun when it says so: twice the
/// longest talk a school day has room for.
pub const RUN_MS_MAX: i64 = 4 * 60 * 60 * 1000;

/// Prompts of one phase, rules of one protocol, labels of one instrument: what fits one page.
pub const PROMPTS_MAX: usize = 64;

/// Steps between two labels of an instrument that stand side by side: one can be put between them forty times before the
/// places are given anew.
pub const LABEL_GAP: i64 = 1 << 40;

/// The last place a label may have: far behind the sixty-fourth, and well within what a number holds.
pub const LABEL_PLACE_MAX: i64 = 1 << 56;

/// Splices in one edit: a page that was offline sends its backlog in many edits.
pub const SPLICES_MAX: usize = 2_000;

/// Milliseconds after which a visit nobody ended counts as over: twice the longest lesson block.
pub const OBSERVING_MS_MAX: i64 = 4 * 60 * 60 * 1000;

/// Seats on one map: a lecture hall; a classroom has 40.
pub const SEATS_MAX: usize = 400;

/// Maps that one person keeps: one for each class in each room, with room.
pub const KEPT_MAPS_MAX: usize = 64;

/// A map's sides, in steps: finer than a finger, coarser than a claim to exactness.
pub const MAP_SIDE: u16 = 1_000;

/// Seconds of one interval: an hour; longer ones are no samples of a lesson.
pub const INTERVAL_SECONDS_MAX: i64 = 60 * 60;

/// Intervals or sweeps of one observation: one every ten seconds of a day.
pub const INTERVALS_MAX: u32 = 8_640;

/// Milliseconds one observation lasts: a day, like the longest visit.
pub const OBSERVED_MS_MAX: i64 = MINUTES_MAX * 60 * 1000;

/// Tags of one card or resource, or of one name of a vocabulary: a line of them.
pub const TAGS_MAX: usize = 12;

/// Strategies of one vocabulary, and targets: more than anybody looks through.
pub const TERMS_MAX: usize = 400;

/// Minutes of a day on which no clock is put forward or back.
pub const DAY_MINUTES: u32 = 24 * 60;

/// Weekdays of a week, Monday to Friday: the days on which a timetable has school unless its owner says otherwise.
pub const WEEKDAYS: u32 = 5;

/// Days of a week.
pub const WEEK_DAYS: u32 = 7;

/// Days that a slot may lie on: four weeks of Monday to Friday, or a rotation, and then the Saturday and Sunday of each of the
/// four weeks. Weekends stand behind, so that no other day's number depends on whether there is school on them.
pub const SLOT_DAYS_MAX: u32 = CYCLE_DAYS_MAX + (CYCLE_DAYS_MAX / WEEKDAYS) * (WEEK_DAYS - WEEKDAYS);

/// Periods of one day, breaks included: twice what a long school day has.
pub const PERIODS_MAX: usize = 20;

/// Days of a cycle: four weeks, or the longest rotation there is twice over.
pub const CYCLE_DAYS_MAX: u32 = 20;

/// Days that one edit says something about: the weekdays of a long summer, with room.
pub const DAYS_AT_ONCE_MAX: usize = 100;

/// Free times that one person shows: two a day for more than a year.
pub const FREE_TIMES_MAX: usize = 1_000;

/// People named in one success card: those of a round in four rooms.
pub const CARD_PEOPLE_MAX: usize = 12;

/// Bytes of one link: what browsers and servers take everywhere.
pub const LINK_BYTES_MAX: usize = 2_000;
