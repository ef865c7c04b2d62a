//! A team's workspace on a real PostgreSQL that this test starts itself.

use lode_server::workspace::{Broken, Kind, Postgresql, Record, Workspace};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A PostgreSQL of our own, in a folder of its own, ended with it.
struct Cluster {
    programs: PathBuf,
    folder: tempfile::TempDir,
    port: u16,
}

fn programs() -> Option<PathBuf> {
    let named = std::env::var_os("PATH").into_iter().flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let debian =
        std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let mut debian: Vec<PathBuf> = debian.collect();
    debian.sort();
    let all = debian.into_iter().rev().chain(named);
    all.into_iter().find(|folder| ["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).is_file()))
}

/// PostgreSQL does not run as root: there it runs as the user that its package makes.
fn program(path: &Path) -> Command {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if is_root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(path);
        command
    } else {
        Command::new(path)
    }
}

impl Cluster {
    fn start() -> Result<Self, String> {
        let programs =
            programs().ok_or("no initdb, pg_ctl and postgres on this machine (make setup installs them as root)")?;
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
        if is_root {
            let given = Command::new("chown").arg("postgres").arg(folder.path()).status();
            if !given.is_ok_and(|status| status.success()) {
                return Err("there is no user `postgres` to run it as".into());
            }
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|socket| socket.local_addr())
            .map_err(|error| error.to_string())?
            .port();
        let cluster = Self { programs, folder, port };
        let data = cluster.data();
        let run = |command: &mut Command| -> Result<(), String> {
            let output = command.current_dir("/").stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
            if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
        };
        run(program(&cluster.programs.join("initdb"))
            .args(["--auth=trust", "--username=owner", "--encoding=UTF8", "--no-sync", "-D"])
            .arg(&data))?;
        let options = format!("-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off");
        let mut start = program(&cluster.programs.join("pg_ctl"));
        // Its children keep the pipes open: they go nowhere.
        let status = start
            .args(["start", "-w", "-t", "120", "-D"])
            .arg(&data)
            .args(["-l", "/dev/null", "-o", &options])
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map_err(|error| error.to_string())?;
        if status.success() { Ok(cluster) } else { Err("PostgreSQL did not start".into()) }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn address(&self, user: &str, database: &str) -> String {
        format!("postgres://{user}@127.0.0.1:{}/{database}", self.port)
    }

    fn client(&self, user: &str, database: &str) -> postgres::Client {
        postgres::Client::connect(&self.address(user, database), postgres::NoTls).unwrap()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = program(&self.programs.join("pg_ctl"));
        let quiet = Stdio::null;
        let _ = stop
            .args(["stop", "-m", "immediate", "-D"])
            .arg(self.data())
            .current_dir("/")
            .stdout(quiet())
            .stderr(quiet())
            .status();
    }
}

fn record(id: &str, body: &str) -> Record {
    Record { id: id.into(), saved: "2026-01-01T00:00:00Z".into(), body: body.as_bytes().to_vec() }
}

#[test]
fn a_team_keeps_its_records_apart_and_loses_none() {
    let cluster = match Cluster::start() {
        Ok(cluster) => cluster,
        Err(reason) => {
            println!("skipped: a team's workspace on PostgreSQL: {reason}");
            return;
        }
    };
    // Row security does not bind a superuser: a team's server connects as a role of its own.
    cluster.client("owner", "postgres").batch_execute("create role lode login; ").unwrap();
    cluster.client("owner", "postgres").batch_execute("create database lode owner lode").unwrap();
    let address = cluster.address("lode", "lode");
    let workspace = Postgresql::open(&address).unwrap();
    assert_eq!(workspace.role().unwrap(), "lode");
    assert!(workspace.describe().contains("127.0.0.1"));

    workspace.put("ann", &[(Kind::Study, record("s1", "one")), (Kind::Study, record("s2", "two"))]).unwrap();
    assert_eq!(workspace.list("ann", Kind::Study).unwrap().len(), 2);
    assert!(workspace.list("bob", Kind::Study).unwrap().is_empty());
    assert_eq!(workspace.get("bob", Kind::Study, "s1").unwrap(), None);
    assert!(!workspace.delete("bob", Kind::Study, "s1").unwrap());
    workspace.put("bob", &[(Kind::Study, record("s1", "of bob"))]).unwrap();
    assert_eq!(workspace.get("ann", Kind::Study, "s1").unwrap().unwrap().body, b"one");
    let odd = "'; drop table lode.records; --";
    workspace.put(odd, &[(Kind::Study, record(odd, odd))]).unwrap();
    assert_eq!(workspace.get(odd, Kind::Study, odd).unwrap().unwrap().body, odd.as_bytes());
    let many: Vec<(Kind, Record)> =
        (0..=Kind::Upload.most()).map(|at| (Kind::Upload, record(&format!("u{at}"), ""))).collect();
    assert!(matches!(workspace.put("ann", &many), Err(Broken::Full(Kind::Upload))));
    assert!(workspace.list("ann", Kind::Upload).unwrap().is_empty(), "all of them or none");

    // Inside the database too: a question that names no owner, or another, finds nothing that is not its owner's.
    let mut client = cluster.client("lode", "lode");
    assert_eq!(client.query("select * from lode.records", &[]).unwrap().len(), 0);
    let mut transaction = client.transaction().unwrap();
    transaction.execute("select set_config('lode.owner', 'bob', true)", &[]).unwrap();
    assert_eq!(transaction.query("select * from lode.records", &[]).unwrap().len(), 1);
    assert!(transaction.execute("insert into lode.records values ('ann', 'study', 's9', '', '')", &[]).is_err());
    drop(transaction);

    // Two servers at once on one database: migrations do not meet, writes do not get lost.
    std::thread::scope(|scope| {
        for server in 0..4 {
            let address = &address;
            scope.spawn(move || {
                let workspace = Postgresql::open(address).unwrap();
                for at in 0..25 {
                    workspace.put("team", &[(Kind::Study, record(&format!("{server}-{at}"), "x"))]).unwrap();
                }
            });
        }
    });
    assert_eq!(workspace.list("team", Kind::Study).unwrap().len(), 100);

    // A connection that the database cut is made again.
    let cut = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lode'";
    cluster.client("owner", "postgres").execute(cut, &[]).unwrap();
    let again = (0..20).find_map(|_| workspace.list("ann", Kind::Study).ok());
    assert_eq!(again.map(|records| records.len()), Some(2));

    // What is newer than this program is left alone.
    client.execute("insert into lode.versions values (99)", &[]).unwrap();
    let newer = Postgresql::open(&address).err().unwrap().to_string();
    assert!(newer.contains("written by a newer Lode (version 99"), "{newer}");
}

#[test]
fn what_cannot_be_reached_or_understood_is_told() {
    let unreachable = Postgresql::open("postgres://nobody@127.0.0.1:1/none").err().unwrap().to_string();
    assert!(unreachable.contains("the workspace failed"), "{unreachable}");
    let odd = Postgresql::open("postgres://u@h:port/name").err().unwrap().to_string();
    assert!(odd.contains("cannot be understood"), "{odd}");
    let secret = Postgresql::open("postgres://u:secret-word@127.0.0.1:1/none").err().unwrap().to_string();
    assert!(!secret.contains("secret-word"), "{secret}");
}
