//! A workspace in one file on this machine.

use super::{Broken, Kind, Record, Workspace};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// Each step brings the database from one version to the next; never edited, only added to.
const MIGRATIONS: [&str; 1] = ["create table records (
        owner text not null,
        kind text not null,
        id text not null,
        saved text not null,
        body blob not null,
        primary key (owner, kind, id)
    ) strict, without rowid;
    create index records_by_age on records (owner, kind, saved);"];

/// The workspace.
pub struct Sqlite {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl From<rusqlite::Error> for Broken {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.to_string())
    }
}

impl Sqlite {
    /// Opens a file, made if it is not there; brings it to the newest version.
    pub fn open(path: &Path) -> Result<Self, Broken> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|error| Broken::Database(format!("{}: {error}", folder.display())))?;
        }
        let shown = |error: rusqlite::Error| Broken::Database(format!("{}: {error}", path.display()));
        let mut connection = Connection::open(path).map_err(shown)?;
        restrict(path);
        connection.busy_timeout(Duration::from_secs(10))?;
        // What was answered for is on the disk, also after a kill or a power cut.
        connection.pragma_update(None, "journal_mode", "wal").map_err(shown)?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "trusted_schema", "off")?;
        migrate(&mut connection).map_err(|error| match error {
            Broken::Database(error) => Broken::Database(format!("{}: {error}", path.display())),
            other => other,
        })?;
        Ok(Self { path: path.to_owned(), connection: Mutex::new(connection) })
    }

    fn connection(&self) -> Result<MutexGuard<'_, Connection>, Broken> {
        self.connection.lock().map_err(|_| Broken::Database("a writer broke off".into()))
    }
}

/// Nobody else on this machine may read the file.
fn restrict(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600));
    }
    #[cfg(not(unix))]
    let _ = path;
}

fn migrate(connection: &mut Connection) -> Result<(), Broken> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: usize =
        transaction.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))?.try_into().unwrap_or(0);
    if version > MIGRATIONS.len() {
        return Err(Broken::Database(format!(
            "the workspace was written by a newer Lode (version {version}, this one knows {})",
            MIGRATIONS.len()
        )));
    }
    for (at, step) in MIGRATIONS.iter().enumerate().skip(version) {
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", at as i64 + 1)?;
    }
    transaction.commit()?;
    Ok(())
}

fn write(transaction: &Transaction<'_>, owner: &str, kind: Kind, record: &Record) -> Result<(), Broken> {
    transaction.execute(
        "insert into records (owner, kind, id, saved, body) values (?1, ?2, ?3, ?4, ?5)
         on conflict (owner, kind, id) do update set saved = excluded.saved, body = excluded.body",
        params![owner, kind.word(), record.id, record.saved, record.body],
    )?;
    Ok(())
}

fn count(transaction: &Transaction<'_>, owner: &str, kind: Kind) -> Result<u64, Broken> {
    let count: i64 = transaction.query_row(
        "select count(*) from records where owner = ?1 and kind = ?2",
        params![owner, kind.word()],
        |row| row.get(0),
    )?;
    Ok(count.unsigned_abs())
}

impl Workspace for Sqlite {
    fn list(&self, owner: &str, kind: Kind) -> Result<Vec<Record>, Broken> {
        let connection = self.connection()?;
        let mut statement = connection.prepare_cached(
            "select id, saved, body from records where owner = ?1 and kind = ?2 order by saved desc, id desc",
        )?;
        let rows = statement.query_map(params![owner, kind.word()], |row| {
            Ok(Record { id: row.get(0)?, saved: row.get(1)?, body: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn get(&self, owner: &str, kind: Kind, id: &str) -> Result<Option<Record>, Broken> {
        let connection = self.connection()?;
        let mut statement = connection
            .prepare_cached("select id, saved, body from records where owner = ?1 and kind = ?2 and id = ?3")?;
        let read = |row: &rusqlite::Row<'_>| Ok(Record { id: row.get(0)?, saved: row.get(1)?, body: row.get(2)? });
        Ok(statement.query_row(params![owner, kind.word(), id], read).optional()?)
    }

    fn put(&self, owner: &str, records: &[(Kind, Record)]) -> Result<(), Broken> {
        let mut connection = self.connection()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (kind, record) in records {
            write(&transaction, owner, *kind, record)?;
        }
        for (kind, _) in Kind::ALL.iter().filter(|(kind, _)| records.iter().any(|(written, _)| written == kind)) {
            let kept = count(&transaction, owner, *kind)?;
            if kept > kind.most() {
                if *kind != Kind::Result {
                    return Err(Broken::Full(*kind));
                }
                transaction.execute(
                    "delete from records where owner = ?1 and kind = ?2 and id in
                     (select id from records where owner = ?1 and kind = ?2 order by saved, id limit ?3)",
                    params![owner, kind.word(), (kept - kind.most()) as i64],
                )?;
            }
        }
        transaction.commit()?;
        Ok(())
    }

    fn delete(&self, owner: &str, kind: Kind, id: &str) -> Result<bool, Broken> {
        let removed = self.connection()?.execute(
            "delete from records where owner = ?1 and kind = ?2 and id = ?3",
            params![owner, kind.word(), id],
        )?;
        Ok(removed > 0)
    }

    fn describe(&self) -> String {
        self.path.display().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_what_it_is_given() {
        let folder = tempfile::tempdir().unwrap();
        super::super::tests::keeps_what_it_is_given(&Sqlite::open(&folder.path().join("a/workspace.sqlite")).unwrap());
    }

    #[test]
    fn a_file_of_a_newer_version_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("workspace.sqlite");
        drop(Sqlite::open(&path).unwrap());
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        let error = Sqlite::open(&path).err().unwrap().to_string();
        assert!(error.contains("written by a newer Lode (version 99"), "{error}");
    }

    #[test]
    fn what_is_no_database_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.txt");
        std::fs::write(&path, "these are my notes, not a database, and they are long enough to have a header").unwrap();
        let error = Sqlite::open(&path).err().unwrap().to_string();
        assert!(error.contains("not a database"), "{error}");
        assert!(std::fs::read_to_string(&path).unwrap().starts_with("these are my notes"));
    }
}
