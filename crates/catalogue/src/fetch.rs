//! Downloads releases from their publishers: resumable, checksummed, polite, and without touching what is there already.
//!
//! Tested against a loopback server that misbehaves; it was not run against a live publisher. A download is written to
//! `FILE.part` with the server's validator beside it, taken up again where it stopped if the server still has the same
//! file, and renamed only when it is whole. The library sleeps and reports through what the caller hands it.

use crate::package::sha256_of;
use crate::report::{Mistake, Report, did_you_mean};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A release that can be downloaded.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Id for commands.
    pub source: String,
    /// What it is.
    pub title: String,
    /// Address with names in braces.
    pub url: String,
    /// Name of the file, with the same names in braces.
    pub file: String,
    /// Values for names in braces if the user gives none.
    #[serde(default)]
    pub defaults: BTreeMap<String, String>,
    /// Whether the publisher wants a key.
    pub needs_key: bool,
    /// Licence of the content.
    pub licence: String,
    /// Which reader reads it.
    pub reader: String,
    /// SHA-256, where the publisher's file never changes.
    pub sha256: Option<String>,
    /// A larger answer is not this release.
    pub most_bytes: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Releases {
    release: Vec<Release>,
}

/// Every release that can be downloaded.
pub fn releases() -> Vec<Release> {
    // Part of the program: a test reads it.
    toml::from_str::<Releases>(include_str!("../../../data/sources/releases.toml"))
        .map_or(Vec::new(), |list| list.release)
}

/// The release that a user names.
pub fn release(source: &str) -> Result<Release, Mistake> {
    let all = releases();
    let names: Vec<&str> = all.iter().map(|release| release.source.as_str()).collect();
    let mistake = Mistake::in_file("command line", format!("`{source}` is not a source that can be downloaded"));
    let near = did_you_mean(source, names.iter().copied());
    let mistake = match near {
        Some(near) => mistake.hint(format!("did you mean `{near}`?")),
        None => mistake.hint(format!("known are {}", names.join(", "))),
    };
    all.iter().find(|release| release.source == source).cloned().ok_or(mistake)
}

/// What a download needs from its caller.
pub struct Caller<'c> {
    /// The user's own key.
    pub key: Option<&'c str>,
    /// Values for names in braces.
    pub parameters: &'c BTreeMap<String, String>,
    /// Waits.
    pub sleep: &'c mut dyn FnMut(Duration),
    /// Told of bytes so far and in all; may stop the download, which can then be taken up again.
    pub progress: &'c mut dyn FnMut(u64, Option<u64>) -> ControlFlow<()>,
    /// How long one answer may take before it is cut and taken up again.
    pub patience: Duration,
}

/// A release on disk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fetched {
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
    /// Whether the hash was declared and agrees.
    pub verified: bool,
}

/// Tries without any progress before giving up.
const TRIES: u32 = 5;
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(120);

/// Downloads a release into a folder.
pub fn fetch(release: &Release, folder: &Path, caller: &mut Caller<'_>) -> Result<Fetched, Report> {
    let url = filled(&release.url, release, caller)?;
    let name = filled(&release.file, release, caller)?;
    let safe = name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)) && !name.starts_with('.');
    if !safe {
        return Err(Mistake::in_file("command line", format!("`{name}` is not a name for a file"))
            .hint("parameters hold letters and digits")
            .into());
    }
    let download = Download { release, url, path: folder.join(name), folder };
    fs::create_dir_all(folder).map_err(|error| download.failed(format!("the folder cannot be made: {error}")))?;
    download.run(caller)
}

fn filled(template: &str, release: &Release, caller: &Caller<'_>) -> Result<String, Report> {
    let mut text = template.to_owned();
    let mut report = Report::new();
    while let Some((before, rest)) = text.split_once('{') {
        let Some((name, after)) = rest.split_once('}') else { break };
        let value = if name == "key" {
            caller.key
        } else {
            caller.parameters.get(name).or_else(|| release.defaults.get(name)).map(String::as_str)
        };
        let value = match value {
            Some(value) if value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-,".contains(&byte)) => value,
            Some(value) => {
                report.push(
                    Mistake::in_file("command line", format!("`{value}` cannot be part of an address"))
                        .hint("use letters, digits, points and commas"),
                );
                ""
            }
            None if name == "key" => {
                report.push(
                    Mistake::in_file(
                        "command line",
                        format!("{} wants the key that its publisher gave you", release.source),
                    )
                    .hint("give it with --key"),
                );
                ""
            }
            None => {
                report.push(
                    Mistake::in_file("command line", format!("{} needs `{name}`", release.source))
                        .hint(format!("give it with --set {name}=VALUE")),
                );
                ""
            }
        };
        text = format!("{before}{value}{after}");
    }
    report.into_result(text)
}

struct Download<'d> {
    release: &'d Release,
    url: String,
    path: PathBuf,
    folder: &'d Path,
}

/// What one answer of the server led to.
enum Step {
    Whole,
    /// Try again after a pause; `progress` says whether bytes came.
    Again {
        pause: Option<Duration>,
        progress: bool,
        why: String,
    },
}

impl Download<'_> {
    fn failed(&self, message: impl Into<String>) -> Mistake {
        Mistake::in_file(&self.release.source, message)
    }

    fn part(&self) -> PathBuf {
        self.path.with_file_name(format!("{}.part", self.path.file_name().unwrap_or_default().to_string_lossy()))
    }

    fn validator_file(&self) -> PathBuf {
        self.path
            .with_file_name(format!("{}.part.validator", self.path.file_name().unwrap_or_default().to_string_lossy()))
    }

    fn forget(&self) {
        let _ = fs::remove_file(self.part());
        let _ = fs::remove_file(self.validator_file());
    }

    fn run(&self, caller: &mut Caller<'_>) -> Result<Fetched, Report> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .user_agent(concat!(
                "lode/",
                env!("CARGO_PKG_VERSION"),
                " (critical-mineral statistics; one request at a time)"
            ))
            .http_status_as_error(false)
            .max_redirects(5)
            .timeout_connect(Some(Duration::from_secs(20).min(caller.patience)))
            .timeout_recv_response(Some(caller.patience))
            .timeout_recv_body(Some(caller.patience))
            .build()
            .into();
        let mut without_progress = 0;
        loop {
            match self.attempt(&agent, caller)? {
                Step::Whole => return self.finish(),
                Step::Again { pause, progress, why } => {
                    without_progress = if progress { 0 } else { without_progress + 1 };
                    if without_progress >= TRIES {
                        return Err(self
                            .failed(format!("gave up after {TRIES} tries: {why}"))
                            .hint("what came so far is kept; run the command again to take it up")
                            .into());
                    }
                    let backing_off = Duration::from_secs(1 << without_progress.min(6));
                    (caller.sleep)(pause.unwrap_or(backing_off).min(LONGEST_PAUSE));
                }
            }
        }
    }

    fn attempt(&self, agent: &ureq::Agent, caller: &mut Caller<'_>) -> Result<Step, Report> {
        let have = fs::metadata(self.part()).map_or(0, |data| data.len());
        let validator = fs::read_to_string(self.validator_file()).unwrap_or_default();
        let resume = have > 0 && !validator.is_empty();
        // Ranges are of the file itself: a compressed transfer would not add up.
        let mut request = agent.get(&self.url).header("Accept-Encoding", "identity");
        if resume {
            request = request.header("Range", format!("bytes={have}-")).header("If-Range", &validator);
        }
        let response = match request.call() {
            Ok(response) => response,
            Err(error) => return self.trouble(error),
        };
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let status = response.status().as_u16();
        let begin = match status {
            200 => 0,
            206 if resume
                && header("content-range").is_some_and(|range| range.starts_with(&format!("bytes {have}-"))) =>
            {
                have
            }
            206 | 416 => {
                self.forget();
                return Ok(Step::Again {
                    pause: None,
                    progress: false,
                    why: format!("the server answered {status} to a range that it does not have"),
                });
            }
            401 | 403 => {
                let hint = if self.release.needs_key {
                    "is the key right? give it with --key"
                } else {
                    "the publisher may want you to log in: download it by hand"
                };
                return Err(self.failed(format!("the server refuses access ({status})")).hint(hint).into());
            }
            429 | 500..=599 => {
                let pause =
                    header("retry-after").and_then(|text| text.trim().parse::<u64>().ok()).map(Duration::from_secs);
                return Ok(Step::Again { pause, progress: false, why: format!("the server answers {status}") });
            }
            _ => {
                return Err(self
                    .failed(format!("the server answers {status}"))
                    .hint("the publisher may have moved the file: see its page, and --set")
                    .into());
            }
        };
        let length = header("content-length").and_then(|text| text.parse::<u64>().ok());
        let total = length.map(|length| begin + length);
        if total.is_some_and(|total| total > self.release.most_bytes) {
            return Err(self.too_large().into());
        }
        // A weak validator cannot vouch for single bytes.
        let validator =
            header("etag").filter(|tag| !tag.starts_with("W/")).or_else(|| header("last-modified")).unwrap_or_default();
        let write = |error: std::io::Error| self.failed(format!("cannot be written: {error}"));
        let mut file =
            if begin == 0 { File::create(self.part()) } else { OpenOptions::new().append(true).open(self.part()) }
                .map_err(write)?;
        fs::write(self.validator_file(), &validator).map_err(write)?;
        let mut body = response.into_body().into_with_config().limit(u64::MAX).reader();
        let mut buffer = vec![0; 1 << 16];
        let mut have = begin;
        loop {
            match body.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => {
                    file.write_all(&buffer[..read]).map_err(write)?;
                    have += read as u64;
                    if have > self.release.most_bytes {
                        drop(file);
                        self.forget();
                        return Err(self.too_large().into());
                    }
                    if (caller.progress)(have, total).is_break() {
                        return Err(self
                            .failed("cancelled")
                            .hint("what came so far is kept; run the command again to take it up")
                            .into());
                    }
                }
                Err(error) => {
                    return Ok(Step::Again {
                        pause: None,
                        progress: have > begin,
                        why: format!("the connection broke off: {error}"),
                    });
                }
            }
        }
        match total {
            Some(total) if have < total => {
                Ok(Step::Again { pause: None, progress: have > begin, why: format!("{have} of {total} bytes came") })
            }
            _ => Ok(Step::Whole),
        }
    }

    fn trouble(&self, error: ureq::Error) -> Result<Step, Report> {
        match error {
            ureq::Error::Io(_) | ureq::Error::Timeout(_) | ureq::Error::ConnectionFailed => {
                Ok(Step::Again { pause: None, progress: false, why: error.to_string() })
            }
            ureq::Error::HostNotFound => {
                Err(self.failed("the server's name is not known").hint("is this machine on the network?").into())
            }
            ureq::Error::TooManyRedirects => {
                Err(self.failed("the server sends from one address to the next without end").into())
            }
            error => Err(self
                .failed(format!("no answer that can be understood: {error}"))
                .hint("a proxy may stand between; download it by hand")
                .into()),
        }
    }

    fn too_large(&self) -> Mistake {
        self.failed(format!("is larger than {} bytes, which this release never is", self.release.most_bytes))
            .hint("the address may lead elsewhere now")
    }

    fn finish(&self) -> Result<Fetched, Report> {
        let part = self.part();
        let read = |error: std::io::Error| self.failed(format!("cannot be read again: {error}"));
        let bytes = fs::metadata(&part).map_err(read)?.len();
        let hash = sha256_of(File::open(&part).map_err(read)?).map_err(read)?;
        let verified = match &self.release.sha256 {
            Some(declared) if *declared != hash => {
                self.forget();
                return Err(self
                    .failed(format!("has the hash {hash}, not {declared}"))
                    .hint("it was changed or damaged on its way; the file that was there before is untouched")
                    .into());
            }
            declared => declared.is_some(),
        };
        fs::rename(&part, &self.path).map_err(|error| self.failed(format!("cannot be put in place: {error}")))?;
        let _ = fs::remove_file(self.validator_file());
        let listing = format!("{hash}  {}\n", self.path.strip_prefix(self.folder).unwrap_or(&self.path).display());
        crate::package::write_whole(&self.path.with_extension("sha256"), listing.as_bytes())?;
        Ok(Fetched { path: self.path.clone(), bytes, sha256: hash, verified })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::sha256;
    use std::io::{BufRead, BufReader};
    use std::net::{TcpListener, TcpStream};
    use std::sync::{Arc, Mutex};

    const BODY: &[u8] = b"t,i,j,k,v,q\n2020,156,392,284690,1.0,2.0\n";

    type Answer = Box<dyn Fn(&str, &mut TcpStream) + Send>;

    /// A server that answers each connection with the next answer of its script, the last for ever; it keeps what was asked.
    fn server(script: Vec<Answer>) -> (String, Arc<Mutex<Vec<String>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/file", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = asked.clone();
        std::thread::spawn(move || {
            for (index, stream) in listener.incoming().enumerate() {
                let Ok(mut stream) = stream else { continue };
                let mut request = String::new();
                let mut lines = BufReader::new(stream.try_clone().unwrap());
                while lines.read_line(&mut request).is_ok_and(|read| read > 2) {}
                seen.lock().unwrap().push(request.clone());
                script[index.min(script.len() - 1)](&request, &mut stream);
            }
        });
        (address, asked)
    }

    fn plain(text: String) -> Answer {
        Box::new(move |_, stream| drop(stream.write_all(text.as_bytes())))
    }

    fn ok(headers: &str, body: &[u8], sent: usize) -> Answer {
        let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
        let bytes = [head.as_bytes(), &body[..sent]].concat();
        Box::new(move |_, stream| drop(stream.write_all(&bytes)))
    }

    fn rest(etag: &'static str) -> Answer {
        Box::new(move |request, stream| {
            let range =
                request.lines().find_map(|line| line.to_lowercase().strip_prefix("range: bytes=").map(str::to_owned));
            let from: usize = range.unwrap().trim_end_matches('-').parse().unwrap();
            let head = format!(
                "HTTP/1.1 206 Partial Content\r\nConnection: close\r\nETag: {etag}\r\nContent-Range: bytes {from}-{}/{}\r\nContent-Length: {}\r\n\r\n",
                BODY.len() - 1,
                BODY.len(),
                BODY.len() - from
            );
            let _ = stream.write_all(&[head.as_bytes(), &BODY[from..]].concat());
        })
    }

    fn release_at(url: &str) -> Release {
        Release { url: url.to_owned(), file: "release.csv".into(), most_bytes: 1000, ..releases()[0].clone() }
    }

    struct Outcome {
        result: Result<Fetched, Report>,
        pauses: Vec<u64>,
        folder: tempfile::TempDir,
    }

    impl Outcome {
        fn message(&self) -> String {
            self.result.as_ref().err().map(ToString::to_string).unwrap_or_default()
        }

        fn file(&self) -> Vec<u8> {
            fs::read(self.folder.path().join("release.csv")).unwrap()
        }
    }

    fn run(release: &Release) -> Outcome {
        run_in(release, tempfile::tempdir().unwrap(), u64::MAX)
    }

    fn run_in(release: &Release, folder: tempfile::TempDir, stop_at: u64) -> Outcome {
        let mut pauses = Vec::new();
        let mut caller = Caller {
            key: None,
            parameters: &BTreeMap::new(),
            sleep: &mut |pause| pauses.push(pause.as_secs()),
            progress: &mut |bytes, _| if bytes >= stop_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) },
            patience: Duration::from_millis(400),
        };
        let result = fetch(release, folder.path(), &mut caller);
        Outcome { result, pauses, folder }
    }

    #[test]
    fn a_cut_connection_is_taken_up_where_it_broke() {
        let (url, asked) = server(vec![ok("ETag: \"a\"\r\n", BODY, 15), rest("\"a\"")]);
        let outcome = run(&release_at(&url));
        let fetched = outcome.result.as_ref().unwrap();
        assert_eq!((fetched.bytes, outcome.file().as_slice()), (BODY.len() as u64, BODY));
        assert_eq!(fetched.sha256, sha256(BODY));
        let asked = asked.lock().unwrap();
        assert!(
            asked[1].to_lowercase().contains("range: bytes=15-") && asked[1].to_lowercase().contains("if-range: \"a\""),
            "{}",
            asked[1]
        );
        assert!(asked[0].to_lowercase().contains("user-agent: lode/"));
        let left: Vec<_> = fs::read_dir(outcome.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert!(left.iter().all(|name| !name.contains("part")), "{left:?}");
    }

    #[test]
    fn a_server_that_ignores_ranges_or_has_a_new_file_is_read_from_the_start() {
        let (url, _) = server(vec![
            ok("ETag: \"a\"\r\n", b"an older file, longer than what comes now", 20),
            ok("ETag: \"b\"\r\n", BODY, BODY.len()),
        ]);
        assert_eq!(run(&release_at(&url)).file(), BODY);
    }

    #[test]
    fn a_range_that_is_not_there_starts_again() {
        let gone = plain("HTTP/1.1 416 Range Not Satisfiable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".into());
        let (url, _) = server(vec![ok("ETag: \"a\"\r\n", BODY, 15), gone, ok("", BODY, BODY.len())]);
        assert_eq!(run(&release_at(&url)).file(), BODY);
    }

    #[test]
    fn a_busy_server_is_given_the_time_that_it_asks_for() {
        let busy = |status: &str, wait: &str| {
            plain(format!("HTTP/1.1 {status}\r\nConnection: close\r\n{wait}Content-Length: 0\r\n\r\n"))
        };
        let (url, _) = server(vec![
            busy("503 Service Unavailable", "Retry-After: 7\r\n"),
            busy("429 Too Many Requests", "Retry-After: 9999\r\n"),
            busy("500 Internal Server Error", ""),
            ok("", BODY, BODY.len()),
        ]);
        let outcome = run(&release_at(&url));
        assert_eq!(outcome.file(), BODY);
        assert_eq!(outcome.pauses, [7, 120, 8]);
    }

    #[test]
    fn it_gives_up_after_tries_without_progress_and_keeps_what_came() {
        let (url, asked) = server(vec![
            ok("ETag: \"a\"\r\n", BODY, 15),
            plain("HTTP/1.1 500 Error\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".into()),
        ]);
        let outcome = run(&release_at(&url));
        assert!(outcome.message().contains("gave up after 5 tries: the server answers 500"), "{}", outcome.message());
        assert_eq!(asked.lock().unwrap().len(), 6);
        assert_eq!(fs::read(outcome.folder.path().join("release.csv.part")).unwrap(), &BODY[..15]);
    }

    #[test]
    fn what_is_there_stays_when_a_download_fails() {
        let (url, _) = server(vec![ok("", BODY, BODY.len())]);
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("release.csv"), b"good").unwrap();
        let wrong = Release { sha256: Some("0".repeat(64)), ..release_at(&url) };
        let outcome = run_in(&wrong, folder, u64::MAX);
        assert!(
            outcome.message().contains("has the hash") && outcome.message().contains("untouched"),
            "{}",
            outcome.message()
        );
        assert_eq!(outcome.file(), b"good");
        let right = Release { sha256: Some(sha256(BODY)), ..release_at(&url) };
        assert!(run(&right).result.unwrap().verified);
    }

    #[test]
    fn endless_and_too_large_answers_are_cut() {
        let endless: Answer = Box::new(|_, stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            while stream.write_all(&[b'x'; 4096]).is_ok() {}
        });
        let (url, _) = server(vec![endless]);
        assert!(run(&release_at(&url)).message().contains("is larger than 1000 bytes"));
        let (url, _) = server(vec![ok("", &[b'x'; 2000], 10)]);
        assert!(run(&release_at(&url)).message().contains("is larger than 1000 bytes"));
    }

    #[test]
    fn a_trickle_is_cut_and_taken_up() {
        let slow: Answer = Box::new(|_, stream| {
            let _ = stream.write_all(
                format!(
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nETag: \"a\"\r\nContent-Length: {}\r\n\r\n",
                    BODY.len()
                )
                .as_bytes(),
            );
            let _ = stream.write_all(&BODY[..4]);
            std::thread::sleep(Duration::from_secs(2));
        });
        let (url, _) = server(vec![slow, rest("\"a\"")]);
        assert_eq!(run(&release_at(&url)).file(), BODY);
    }

    #[test]
    fn refusals_say_what_to_do() {
        let status = |line: &str| plain(format!("HTTP/1.1 {line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
        let (url, _) = server(vec![status("401 Unauthorized")]);
        let needs_key = Release { needs_key: true, ..release_at(&url) };
        assert!(run(&needs_key).message().contains("refuses access (401)\n  hint: is the key right?"));
        let (url, _) = server(vec![status("404 Not Found")]);
        assert!(run(&release_at(&url)).message().contains("the server answers 404"));
        let (url, _) = server(vec![plain("what is this\r\n\r\n".into())]);
        let message = run(&release_at(&url)).message();
        assert!(message.contains("understood") || message.contains("gave up"), "{message}");
        let (url, _) = server(vec![plain(
            "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: /file\r\nContent-Length: 0\r\n\r\n".into(),
        )]);
        assert!(run(&release_at(&url)).message().contains("from one address to the next"));
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert!(run(&release_at(&format!("http://{closed}/"))).message().contains("gave up after 5 tries"));
    }

    #[test]
    fn a_cancelled_download_is_taken_up_next_time() {
        let (url, asked) = server(vec![ok("ETag: \"a\"\r\n", BODY, 20), rest("\"a\"")]);
        let outcome = run_in(&release_at(&url), tempfile::tempdir().unwrap(), 1);
        assert!(outcome.message().contains("cancelled"));
        let outcome = run_in(&release_at(&url), outcome.folder, u64::MAX);
        assert_eq!(outcome.file(), BODY);
        assert_eq!(asked.lock().unwrap().len(), 2);
    }

    #[test]
    fn missing_keys_and_parameters_are_reported_at_once_and_nothing_odd_enters_an_address() {
        let comtrade = release("comtrade").unwrap();
        let message = run(&comtrade).message();
        assert!(
            message.contains("wants the key")
                && message.contains("--set reporter=VALUE")
                && message.contains("--set period=VALUE"),
            "{message}"
        );
        let odd = BTreeMap::from([("version".to_owned(), "../../x?y".to_owned())]);
        let mut caller = Caller {
            key: None,
            parameters: &odd,
            sleep: &mut |_| {},
            progress: &mut |_, _| ControlFlow::Continue(()),
            patience: Duration::from_secs(1),
        };
        let report = fetch(&release("baci").unwrap(), tempfile::tempdir().unwrap().path(), &mut caller).unwrap_err();
        assert!(report.to_string().contains("cannot be part of an address"));
        assert!(release("bacci").unwrap_err().to_string().contains("did you mean `baci`?"));
        assert_eq!(releases().len(), 7);
    }
}
