//! `lode serve` as a process: what it refuses, what it survives, what it bears.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

fn lode(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lode"));
    command.args(["serve", "--no-browser", "--today", "2026-11-25"]).args(arguments);
    command.stdin(Stdio::null()).stderr(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// A server of our own on a free port.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(database: &Path) -> Self {
        let mut process = lode(&["--port", "0", "--database", database.to_str().unwrap()]).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("Lode is at http://").and_then(|rest| rest.strip_suffix('/'));
        let Some(address) = address else { panic!("{line}{:?}", process.wait_with_output()) };
        Self { address: address.to_owned(), process }
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> std::io::Result<(u16, String)> {
        ask(&self.address, method, path, body)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// One request on a connection of its own; an error if the server died over it.
fn ask(address: &str, method: &str, path: &str, body: &str) -> std::io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(120)))?;
    let length = body.len();
    let kind = if body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{kind}Content-Length: {length}\r\n\r\n{body}"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let text = String::from_utf8_lossy(&answer);
    let broken = || std::io::Error::other("the answer broke off");
    let (head, rest) = text.split_once("\r\n\r\n").ok_or_else(broken)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(broken)?;
    let whole = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
    if whole.is_some_and(|whole| whole.parse() != Ok(rest.len())) {
        return Err(broken());
    }
    Ok((status, rest.to_owned()))
}

#[test]
fn what_would_be_unsafe_is_refused_before_anything_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens");
    std::fs::write(
        &tokens,
        "ann short\nonly-one-word\nbob a-token-that-is-long-enough\ncy a-token-that-is-long-enough\n",
    )
    .unwrap();
    let tokens = tokens.to_str().unwrap();
    let database = folder.path().join("workspace.sqlite");
    let path = database.to_str().unwrap();
    for (arguments, told) in [
        (vec!["--host", "0.0.0.0", "--database", path], vec!["needs tokens", "--tokens FILE"]),
        (
            vec!["--host", "0.0.0.0", "--tokens", tokens, "--database", path],
            vec!["row 1", "20 characters", "row 2", "not a user and a token", "row 4", "stands twice"],
        ),
        (vec!["--tokens", "/nowhere/tokens", "--database", path], vec!["/nowhere/tokens", "cannot be read"]),
        (vec!["--database", "mysql://x"], vec!["this kind of database is not known"]),
        (vec!["--database", "postgres://u:secret-word@127.0.0.1:1/none"], vec!["the workspace failed"]),
        (vec!["--database", "/proc/none/workspace.sqlite"], vec!["/proc/none"]),
    ] {
        let output = lode(&arguments).args(["--port", "0"]).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
        told.iter().for_each(|told| assert!(error.contains(told), "{arguments:?}: {told}: {error}"));
        assert!(!error.contains("secret-word"), "{error}");
        assert!(!database.exists(), "{arguments:?}");
    }
}

#[test]
fn a_port_in_use_is_told() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("w.sqlite");
    let output = lode(&["--port", &port, "--database", database.to_str().unwrap()]).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && error.contains("another program may use the port"), "{error}");
}

#[test]
fn who_asks_for_no_port_gets_the_next_free_one_and_a_stop_ends_it() {
    // Whether or not something on this machine uses the usual port, one of the two must move.
    let folder = tempfile::tempdir().unwrap();
    let addresses: Vec<String> = (0..2)
        .map(|place| folder.path().join(format!("{place}.sqlite")))
        .map(|database| lode(&["--database", database.to_str().unwrap()]).spawn().unwrap())
        .map(|mut process| {
            let mut line = String::new();
            BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
            let address = line.trim().strip_prefix("Lode is at http://").and_then(|rest| rest.strip_suffix('/'));
            (address.map(str::to_owned).unwrap_or_default(), process)
        })
        .collect::<Vec<_>>()
        .into_iter()
        .map(|(address, mut process)| {
            assert_eq!(ask(&address, "GET", "/healthz", "").unwrap(), (200, "ok\n".into()));
            assert!(Command::new("kill").args(["-INT", &process.id().to_string()]).status().unwrap().success());
            assert!(process.wait().unwrap().success(), "Ctrl-C is no failure");
            address
        })
        .collect();
    assert_ne!(addresses[0], addresses[1]);
}

/// A number that differs from call to call, without a library.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

#[test]
fn killed_at_fifty_moments_of_writing_no_saved_study_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("workspace.sqlite");
    let mut seed = u64::from(std::process::id());
    println!("seed {seed}");
    let mut kept: Vec<(String, String)> = Vec::new();
    let mut broke_off = 0;
    for round in 0..50 {
        let mut server = Server::start(&database);
        // Everything that was answered for is there, whole.
        let (status, body) = server.ask("GET", "/api/studies", "").unwrap();
        assert_eq!(status, 200, "{body}");
        let found: Value = serde_json::from_str(&body).unwrap();
        let found = found["studies"].as_array().unwrap();
        for (id, name) in &kept {
            let study = found.iter().find(|study| study["id"] == id.as_str());
            assert_eq!(study.and_then(|study| study["name"].as_str()), Some(name.as_str()), "round {round}: {id}");
        }
        assert!(found.len() <= kept.len() + round * 3, "round {round}: {} studies, {} kept", found.len(), kept.len());
        let address = server.address.clone();
        let writers: Vec<_> = (0..3)
            .map(|writer| {
                let address = address.clone();
                std::thread::spawn(move || {
                    let mut saved = Vec::new();
                    for at in 0.. {
                        let name = format!("round {round} writer {writer} study {at} {}", "x".repeat(at % 150));
                        let study = json!({ "name": name, "page": "desk", "state": "#/desk?c=JPN" }).to_string();
                        match ask(&address, "POST", "/api/studies", &study) {
                            Ok((201, body)) => {
                                let study: Value = serde_json::from_str(&body).unwrap();
                                saved.push((study["id"].as_str().unwrap().to_owned(), name));
                            }
                            Ok((status, body)) => panic!("{status} {body}"),
                            Err(_) => break,
                        }
                    }
                    saved
                })
            })
            .collect();
        std::thread::sleep(Duration::from_micros(2000 + next(&mut seed) % 60_000));
        // SIGKILL: nothing is told to it, nothing is flushed.
        server.process.kill().unwrap();
        server.process.wait().unwrap();
        for writer in writers {
            kept.extend(writer.join().unwrap());
            broke_off += 1;
        }
    }
    assert_eq!(broke_off, 150);
    assert!(kept.len() > 50, "only {} studies were saved", kept.len());
    println!("{} studies saved over 50 kills, none lost", kept.len());
}

#[test]
fn two_hundred_readers_and_four_runs_meet_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("workspace.sqlite"));
    let runs: Vec<String> = (0..4)
        .map(|_| {
            let order = json!({ "kind": "market", "input": { "scenario": "gallium-germanium-2023", "country": "JPN", "replicates": 400 } });
            let (status, body) = server.ask("POST", "/api/runs", &order.to_string()).unwrap();
            assert_eq!(status, 202, "{body}");
            serde_json::from_str::<Value>(&body).unwrap()["run"].as_str().unwrap().to_owned()
        })
        .collect();
    let countries = ["JPN", "USA", "DEU", "KOR", "AUS", "EU27", "IND", "GBR"];
    let readers: Vec<_> = (0..200)
        .map(|reader: usize| {
            let address = server.address.clone();
            std::thread::spawn(move || {
                for at in 0..3 {
                    let path = format!("/api/desk?country={}", countries[(reader + at) % countries.len()]);
                    let (status, body) = ask(&address, "GET", &path, "").unwrap();
                    assert_eq!(status, 200, "{path}: {body}");
                    assert!(body.starts_with("{\"snap\":"), "{path}");
                }
            })
        })
        .collect();
    readers.into_iter().for_each(|reader| reader.join().unwrap());
    for run in runs {
        let (status, events) = server.ask("GET", &format!("/api/runs/{run}/events"), "").unwrap();
        assert!(status == 200 && events.contains("event: done"), "{status} {events}");
    }
}
