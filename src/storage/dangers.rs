//! Which printers were in danger when they were heard last: so that it is shown after the next start too.

use super::{Database, StorageError, text};
use crate::{
    protocol::codes::Code,
    state::printer::danger::{Danger, DangerChange},
};
use rusqlite::{Connection, Row, params};

/// So many printers are remembered; the oldest go first.
pub(super) const MOST: i64 = 1024;

fn read(row: &Row<'_>) -> rusqlite::Result<Option<Danger>> {
    let code = Code::parse(&text(row, "code")?).ok().filter(|code| code.is_danger());
    let (serial, unix) = (text(row, "serial")?, row.get("time")?);
    Ok(code.map(|code| Danger { serial, code, unix }))
}

/// Makes one change.
pub(super) fn change(connection: &Connection, change: &DangerChange) -> rusqlite::Result<()> {
    match change {
        DangerChange::Keep(Danger { serial, code, unix }) => {
            connection.execute(
                "INSERT OR REPLACE INTO danger (serial, code, time) VALUES (?1, ?2, ?3)",
                params![serial, code.to_string(), unix],
            )?;
            let surplus = "SELECT serial FROM danger ORDER BY time DESC, serial LIMIT -1 OFFSET ?1";
            connection.execute(&format!("DELETE FROM danger WHERE serial IN ({surplus})"), [MOST])?;
        }
        DangerChange::Forget { serial } => {
            connection.execute("DELETE FROM danger WHERE serial = ?1", [serial])?;
        }
    }
    Ok(())
}

impl Database {
    /// Which printers were in danger, the newest first; what makes no sense is left out.
    pub fn dangers(&self) -> Result<Vec<Danger>, StorageError> {
        let dangers = || {
            let mut select = self.connection.prepare("SELECT * FROM danger ORDER BY time DESC LIMIT ?1")?;
            let dangers = select.query_map([MOST], read)?;
            dangers.filter_map(Result::transpose).collect::<Result<Vec<_>, _>>()
        };
        self.result(dangers())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::codes::{HmsCode, PrintError};

    fn danger(number: i64, code: Code) -> Danger {
        Danger { serial: format!("{number:015}"), code, unix: number }
    }

    #[test]
    fn each_printer_has_one_the_newest_are_kept_and_what_makes_no_sense_is_left_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let database = Database::open(folder.path()).expect("opened");
        let change = |memory| change(&database.connection, &memory).expect("kept");
        let fire = Code::Error(PrintError(0x0300_8044));
        let smoke = Code::Hms(HmsCode { attr: 0x0C00_0300, code: 0x0001_001E });
        change(DangerChange::Keep(danger(7, fire)));
        change(DangerChange::Keep(danger(7, smoke)));
        change(DangerChange::Keep(danger(9, fire)));
        change(DangerChange::Forget { serial: danger(8, fire).serial });
        assert_eq!(database.dangers().expect("read"), [danger(9, fire), danger(7, smoke)]);
        change(DangerChange::Forget { serial: danger(9, fire).serial });
        // A code that means no danger, and one that is none.
        for code in ["0300_8001", "x\u{1b}", ""] {
            let sql = "INSERT OR REPLACE INTO danger VALUES ('z', ?1, 10)";
            database.connection.execute(sql, [code]).expect("written");
            assert_eq!(database.dangers().expect("read"), [danger(7, smoke)], "{code:?}");
        }
        for number in 100..MOST + 200 {
            change(DangerChange::Keep(danger(number, fire)));
        }
        let all = database.dangers().expect("read");
        assert_eq!(
            (all.len() as i64, all.first(), all.last().map(|last| last.unix)),
            (MOST, Some(&danger(MOST + 199, fire)), Some(200))
        );
    }
}
