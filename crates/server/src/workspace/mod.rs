//! Where studies, scenarios, uploads and results are kept: a file on this machine, or a team's PostgreSQL.
//!
//! Every record belongs to one owner, and every question names the owner: one user's records cannot be read by another.
//! A record that was answered for is on the disk.

mod postgresql;
mod sqlite;

pub use postgresql::Postgresql;
pub use sqlite::Sqlite;

use std::fmt;

/// What a record is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// A saved study.
    Study,
    /// A scenario of the user's own.
    Scenario,
    /// A file that the user sent: what is known of it.
    Upload,
    /// The bytes of such a file.
    UploadFile,
    /// A run and what came out.
    Result,
    /// The encrypted part.
    Sealed,
}

impl Kind {
    /// Every kind with its word in the database.
    pub const ALL: [(Kind, &'static str); 6] = [
        (Kind::Study, "study"),
        (Kind::Scenario, "scenario"),
        (Kind::Upload, "upload"),
        (Kind::UploadFile, "upload-file"),
        (Kind::Result, "result"),
        (Kind::Sealed, "sealed"),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }

    /// How many an owner may keep.
    pub fn most(self) -> u64 {
        match self {
            Self::Study | Self::Scenario => 5000,
            Self::Upload | Self::UploadFile => 200,
            Self::Result => 500,
            Self::Sealed => 1,
        }
    }
}

/// A record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// Its id.
    pub id: String,
    /// When it was saved, in universal time.
    pub saved: String,
    /// What it holds.
    pub body: Vec<u8>,
}

/// Why a workspace did not do what it was asked.
#[derive(Debug)]
pub enum Broken {
    /// The owner keeps too many of the kind.
    Full(Kind),
    /// The database failed.
    Database(String),
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(kind) => write!(f, "the workspace keeps no more than {} of: {}", kind.most(), kind.word()),
            Self::Database(error) => write!(f, "the workspace failed: {error}"),
        }
    }
}

impl std::error::Error for Broken {}

/// A workspace. Its functions wait for the disk: handlers call them from threads that may wait.
pub trait Workspace: Send + Sync {
    /// The owner's records of a kind, newest first.
    fn list(&self, owner: &str, kind: Kind) -> Result<Vec<Record>, Broken>;

    /// One record.
    fn get(&self, owner: &str, kind: Kind, id: &str) -> Result<Option<Record>, Broken>;

    /// Writes a record in place of an older one of its id, or beside the others; all of them or none.
    fn put(&self, owner: &str, records: &[(Kind, Record)]) -> Result<(), Broken>;

    /// Removes a record; tells whether there was one.
    fn delete(&self, owner: &str, kind: Kind, id: &str) -> Result<bool, Broken>;

    /// What it is, without a password.
    fn describe(&self) -> String;
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn record(id: &str, saved: &str, body: &str) -> Record {
        Record { id: id.into(), saved: saved.into(), body: body.as_bytes().to_vec() }
    }

    /// What every workspace must do.
    pub fn keeps_what_it_is_given(workspace: &dyn Workspace) {
        let (ann, bob) = ("ann", "bob");
        workspace.put(ann, &[(Kind::Study, record("s1", "2026-01-01T00:00:00Z", "one"))]).unwrap();
        workspace.put(ann, &[(Kind::Study, record("s2", "2026-01-02T00:00:00Z", "two"))]).unwrap();
        let ids = |owner: &str| -> Vec<String> {
            workspace.list(owner, Kind::Study).unwrap().into_iter().map(|record| record.id).collect()
        };
        assert_eq!(ids(ann), ["s2", "s1"]);
        assert!(ids(bob).is_empty());
        assert_eq!(workspace.get(bob, Kind::Study, "s1").unwrap(), None);
        assert!(!workspace.delete(bob, Kind::Study, "s1").unwrap());
        // The same id of another owner is another record.
        workspace.put(bob, &[(Kind::Study, record("s1", "2026-01-03T00:00:00Z", "other"))]).unwrap();
        assert_eq!(workspace.get(ann, Kind::Study, "s1").unwrap().unwrap().body, b"one");
        workspace.put(ann, &[(Kind::Study, record("s1", "2026-01-04T00:00:00Z", "one again"))]).unwrap();
        assert_eq!(workspace.get(ann, Kind::Study, "s1").unwrap().unwrap().body, b"one again");
        assert_eq!(workspace.get(ann, Kind::Scenario, "s1").unwrap(), None);
        assert!(workspace.delete(ann, Kind::Study, "s1").unwrap());
        assert_eq!(ids(ann), ["s2"]);
        assert_eq!(ids(bob), ["s1"]);
        // Names of owners and ids are data, whatever they hold.
        let odd = "'; drop table records; --";
        workspace.put(odd, &[(Kind::Study, record(odd, "2026-01-05T00:00:00Z", odd))]).unwrap();
        assert_eq!(workspace.list(odd, Kind::Study).unwrap().len(), 1);
        assert_eq!(ids(ann), ["s2"]);
        let many: Vec<(Kind, Record)> = (0..=Kind::Upload.most())
            .map(|at| (Kind::Upload, record(&format!("u{at}"), "2026-01-05T00:00:00Z", "")))
            .collect();
        assert!(matches!(workspace.put(ann, &many), Err(Broken::Full(Kind::Upload))));
        assert!(workspace.list(ann, Kind::Upload).unwrap().is_empty(), "all of them or none");
        // Of results the oldest give way.
        let results: Vec<(Kind, Record)> = (0..=Kind::Result.most())
            .map(|at| {
                (Kind::Result, record(&format!("r{at}"), &format!("2026-02-01T00:{:02}:{:02}Z", at / 60, at % 60), ""))
            })
            .collect();
        workspace.put(ann, &results).unwrap();
        let kept = workspace.list(ann, Kind::Result).unwrap();
        assert_eq!(kept.len() as u64, Kind::Result.most());
        assert!(kept.iter().all(|record| record.id != "r0"));
    }
}
