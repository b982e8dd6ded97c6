//! Decides how the file gets small: the tables written again in order, so that pages are full, then redb's trimming.

use redb::{Database, Key, ReadableTable, TableDefinition, Value};

use super::apply::Failure;
use super::tables;

/// How often redb is asked to move pages down before its answer is taken as final.
const ROUNDS_MAX: usize = 8;

/// What a compaction gained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compacted {
    /// Disk space before, in bytes.
    pub bytes_before: u64,
    /// Disk space after, in bytes.
    pub bytes_after: u64,
}

pub(super) fn compact(database: &mut Database) -> Result<(), Failure> {
    repack(database, tables::SNAPSHOTS)?;
    repack(database, tables::RECORDS)?;
    repack(database, tables::LOG)?;
    repack(database, tables::HEADS)?;
    repack(database, tables::ACCESS)?;
    repack(database, tables::CATALOG)?;
    repack(database, tables::KEYS)?;
    repack(database, tables::EDITS)?;
    repack(database, tables::EDIT_ORDER)?;
    for _ in 0..ROUNDS_MAX {
        if !database.compact()? {
            break;
        }
    }
    Ok(())
}

/// Rows that came in the order of random ids leave pages a third empty; in their own order they fill them.
fn repack<K: Key + 'static, V: Value + 'static>(
    database: &Database,
    definition: TableDefinition<'static, K, V>,
) -> Result<(), Failure> {
    let packed = TableDefinition::<K, V>::new("packed");
    let mut transaction = database.begin_write()?;
    transaction.set_quick_repair(true);
    {
        let loose = transaction.open_table(definition)?;
        let mut packed = transaction.open_table(packed)?;
        for row in loose.iter()? {
            let (key, value) = row?;
            packed.insert(key.value(), value.value())?;
        }
    }
    transaction.delete_table(definition)?;
    transaction.rename_table(packed, definition)?;
    transaction.commit()?;
    Ok(())
}
