//! A workspace in a team's PostgreSQL.
//!
//! Beside the owner in every question, row security keeps each owner's records apart inside the database: a question that
//! forgot its owner would find nothing.

use super::{Broken, Kind, Record, Workspace};
use postgres::{Client, Config, NoTls, Transaction};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

/// Each step brings the database from one version to the next; never edited, only added to.
const MIGRATIONS: [&str; 1] = ["create table lode.records (
        owner text not null,
        kind text not null,
        id text not null,
        saved text not null,
        body bytea not null,
        primary key (owner, kind, id)
    );
    create index records_by_age on lode.records (owner, kind, saved);
    alter table lode.records enable row level security;
    alter table lode.records force row level security;
    create policy own_records on lode.records
        using (owner = current_setting('lode.owner', true))
        with check (owner = current_setting('lode.owner', true));"];

/// Guards migrations against another server that starts at the same time.
const LOCK: i64 = 0x4c6f6465;
/// Connections kept open.
const MOST_CONNECTIONS: usize = 8;

/// The workspace.
pub struct Postgresql {
    config: Config,
    pool: Mutex<(Vec<Client>, usize)>,
    returned: Condvar,
}

fn broken(error: &postgres::Error) -> Broken {
    // The text of the server says what is wrong; the error alone says `db error`.
    Broken::Database(error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned()))
}

impl From<postgres::Error> for Broken {
    fn from(error: postgres::Error) -> Self {
        broken(&error)
    }
}

impl Postgresql {
    /// Connects; brings the database to the newest version.
    pub fn open(address: &str) -> Result<Self, Broken> {
        let mut config: Config = address.parse().map_err(|_| {
            Broken::Database("the address of the database cannot be understood; write postgres://user@host/name".into())
        })?;
        config.application_name("lode").connect_timeout(Duration::from_secs(10));
        let workspace = Self { config, pool: Mutex::new((Vec::new(), 0)), returned: Condvar::new() };
        workspace.with_client(|client| {
            let mut transaction = client.transaction()?;
            transaction.execute("select pg_advisory_xact_lock($1)", &[&LOCK])?;
            migrate(&mut transaction)?;
            transaction.commit()?;
            Ok(())
        })?;
        Ok(workspace)
    }

    /// The role that the server connects as.
    pub fn role(&self) -> Result<String, Broken> {
        self.with_client(|client| Ok(client.query_one("select current_user::text", &[])?.get(0)))
    }

    fn with_client<T>(&self, work: impl FnOnce(&mut Client) -> Result<T, Broken>) -> Result<T, Broken> {
        let lost = || Broken::Database("a writer broke off".into());
        let mut pool = self.pool.lock().map_err(|_| lost())?;
        let client = loop {
            match pool.0.pop() {
                Some(client) if client.is_closed() => pool.1 -= 1,
                Some(client) => break Some(client),
                None if pool.1 < MOST_CONNECTIONS => {
                    pool.1 += 1;
                    break None;
                }
                None => pool = self.returned.wait(pool).map_err(|_| lost())?,
            }
        };
        drop(pool);
        let client = match client {
            Some(client) => Ok(client),
            None => self.config.connect(NoTls),
        };
        let give_back = |client: Option<Client>| {
            if let Ok(mut pool) = self.pool.lock() {
                match client {
                    Some(client) if !client.is_closed() => pool.0.push(client),
                    _ => pool.1 -= 1,
                }
                self.returned.notify_one();
            }
        };
        match client {
            Ok(mut client) => {
                let done = work(&mut client);
                give_back(Some(client));
                done
            }
            Err(error) => {
                give_back(None);
                Err(broken(&error))
            }
        }
    }

    fn as_owner<T>(
        &self,
        owner: &str,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, Broken>,
    ) -> Result<T, Broken> {
        self.with_client(|client| {
            let mut transaction = client.transaction()?;
            transaction.execute("select set_config('lode.owner', $1, true)", &[&owner])?;
            let done = work(&mut transaction)?;
            transaction.commit()?;
            Ok(done)
        })
    }
}

fn migrate(transaction: &mut Transaction<'_>) -> Result<(), Broken> {
    transaction.batch_execute(
        "create schema if not exists lode; create table if not exists lode.versions (version bigint primary key)",
    )?;
    let version: Option<i64> = transaction.query_one("select max(version) from lode.versions", &[])?.get(0);
    let version = usize::try_from(version.unwrap_or(0)).unwrap_or(0);
    if version > MIGRATIONS.len() {
        return Err(Broken::Database(format!(
            "the workspace was written by a newer Lode (version {version}, this one knows {})",
            MIGRATIONS.len()
        )));
    }
    for (at, step) in MIGRATIONS.iter().enumerate().skip(version) {
        transaction.batch_execute(step)?;
        transaction.execute("insert into lode.versions values ($1)", &[&(at as i64 + 1)])?;
    }
    Ok(())
}

fn read(row: &postgres::Row) -> Record {
    Record { id: row.get(0), saved: row.get(1), body: row.get(2) }
}

impl Workspace for Postgresql {
    fn list(&self, owner: &str, kind: Kind) -> Result<Vec<Record>, Broken> {
        self.as_owner(owner, |transaction| {
            let rows = transaction.query(
                "select id, saved, body from lode.records where owner = $1 and kind = $2 order by saved desc, id desc",
                &[&owner, &kind.word()],
            )?;
            Ok(rows.iter().map(read).collect())
        })
    }

    fn get(&self, owner: &str, kind: Kind, id: &str) -> Result<Option<Record>, Broken> {
        self.as_owner(owner, |transaction| {
            let row = transaction.query_opt(
                "select id, saved, body from lode.records where owner = $1 and kind = $2 and id = $3",
                &[&owner, &kind.word(), &id],
            )?;
            Ok(row.as_ref().map(read))
        })
    }

    fn put(&self, owner: &str, records: &[(Kind, Record)]) -> Result<(), Broken> {
        self.as_owner(owner, |transaction| {
            let write = transaction.prepare(
                "insert into lode.records (owner, kind, id, saved, body) values ($1, $2, $3, $4, $5)
                 on conflict (owner, kind, id) do update set saved = excluded.saved, body = excluded.body",
            )?;
            for (kind, record) in records {
                transaction.execute(&write, &[&owner, &kind.word(), &record.id, &record.saved, &record.body])?;
            }
            for (kind, _) in Kind::ALL.iter().filter(|(kind, _)| records.iter().any(|(written, _)| written == kind)) {
                let kept: i64 = transaction
                    .query_one(
                        "select count(*) from lode.records where owner = $1 and kind = $2",
                        &[&owner, &kind.word()],
                    )?
                    .get(0);
                let over = kept - kind.most() as i64;
                if over > 0 {
                    if *kind != Kind::Result {
                        return Err(Broken::Full(*kind));
                    }
                    transaction.execute(
                        "delete from lode.records where owner = $1 and kind = $2 and id in
                         (select id from lode.records where owner = $1 and kind = $2 order by saved, id limit $3)",
                        &[&owner, &kind.word(), &over],
                    )?;
                }
            }
            Ok(())
        })
    }

    fn delete(&self, owner: &str, kind: Kind, id: &str) -> Result<bool, Broken> {
        self.as_owner(owner, |transaction| {
            let removed = transaction.execute(
                "delete from lode.records where owner = $1 and kind = $2 and id = $3",
                &[&owner, &kind.word(), &id],
            )?;
            Ok(removed > 0)
        })
    }

    fn describe(&self) -> String {
        let hosts: Vec<String> = self
            .config
            .get_hosts()
            .iter()
            .map(|host| match host {
                postgres::config::Host::Tcp(name) => name.clone(),
                #[cfg(unix)]
                postgres::config::Host::Unix(path) => path.display().to_string(),
            })
            .collect();
        format!(
            "PostgreSQL at {}, database {}",
            hosts.join(", "),
            self.config.get_dbname().unwrap_or("of its user's name")
        )
    }
}
