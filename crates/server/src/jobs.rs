//! Long runs: in line, with progress, cancelled when asked, their results kept.
//!
//! A run is a closure: what it computes is decided by who starts it. It tells how far it is, may give partial answers, and
//! looks whether it was cancelled.

use crate::fault::{Answered, Fault};
use crate::state::Clock;
use crate::state::instant;
use crate::wire::RunState;
use crate::workspace::{Kind, Record, Workspace};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tokio::sync::{Semaphore, watch};

/// Runs that compute at the same time.
const AT_ONCE: usize = 4;
/// Runs of one user that wait or compute.
const MOST_OF_ONE: usize = 8;
/// Runs of all users that wait or compute.
const MOST: usize = 64;
/// Finished runs that stay in memory.
const REMEMBERED: usize = 64;

/// Where a run stands, and what it said last.
#[derive(Clone, Debug)]
pub struct Standing {
    /// `waiting`, `running`, `done`, `cancelled` or `failed`.
    pub state: &'static str,
    /// Done so far.
    pub done: u64,
    /// To be done.
    pub total: u64,
    /// Seconds left, by the pace so far.
    pub seconds_left: Option<f64>,
    /// Number of partial answers so far.
    pub partials: u64,
    /// The last partial answer, or the final one.
    pub result: Option<Arc<Value>>,
    /// Why it failed.
    pub why: Option<String>,
}

impl Standing {
    /// Whether nothing more will happen.
    pub fn has_ended(&self) -> bool {
        matches!(self.state, "done" | "cancelled" | "failed")
    }
}

/// A run.
pub struct Job {
    /// Id.
    pub id: String,
    /// Whose it is.
    pub owner: String,
    /// Kind.
    pub kind: String,
    /// Input.
    pub input: Value,
    started: String,
    cancelled: AtomicBool,
    standing: watch::Sender<Standing>,
    /// Results from own values are not written to the workspace in clear.
    secret: bool,
}

/// Handed to the closure of a run.
pub struct Handle<'j> {
    job: &'j Job,
    since: Instant,
}

impl Handle<'_> {
    /// Whether the user wants it to end.
    pub fn is_cancelled(&self) -> bool {
        self.job.cancelled.load(Ordering::Relaxed)
    }

    /// Tells how far it is.
    pub fn progress(&self, done: u64, total: u64) {
        let spent = self.since.elapsed().as_secs_f64();
        let left = (done > 0 && done <= total).then(|| spent * (total - done) as f64 / done as f64);
        self.job.standing.send_modify(|standing| {
            (standing.done, standing.total) = (done, total);
            standing.seconds_left = left.map(|seconds| (seconds * 10.0).round() / 10.0);
        });
    }

    /// Gives an answer that may still move.
    pub fn partial(&self, result: Value) {
        self.job.standing.send_modify(|standing| {
            standing.partials += 1;
            standing.result = Some(Arc::new(result));
        });
    }
}

/// What a run computes.
pub type Work = Box<dyn FnOnce(&Handle<'_>) -> Result<Value, Fault> + Send>;

/// A run to be started.
pub struct Order {
    /// Whose it is.
    pub owner: String,
    /// Kind.
    pub kind: String,
    /// Input, kept beside the result.
    pub input: Value,
    /// Whether its result must not be written in clear.
    pub secret: bool,
    /// What it computes.
    pub work: Work,
}

impl Job {
    /// Where it stands, as on the wire.
    pub fn state(&self, with_result: bool) -> RunState {
        let standing = self.standing.borrow();
        RunState {
            run: self.id.clone(),
            kind: self.kind.clone(),
            state: standing.state.to_owned(),
            done: standing.done,
            total: standing.total,
            started: self.started.clone(),
            input: self.input.clone(),
            result: standing.result.as_ref().filter(|_| with_result).map(|result| (**result).clone()),
            why: standing.why.clone(),
        }
    }

    /// Follows it.
    pub fn follow(&self) -> watch::Receiver<Standing> {
        self.standing.subscribe()
    }

    fn has_ended(&self) -> bool {
        self.standing.borrow().has_ended()
    }
}

/// All runs.
pub struct Jobs {
    runs: Mutex<BTreeMap<String, Arc<Job>>>,
    room: Arc<Semaphore>,
    workspace: Arc<dyn Workspace>,
    clock: Clock,
}

impl Jobs {
    /// No runs yet.
    pub fn new(workspace: Arc<dyn Workspace>, clock: Clock) -> Arc<Self> {
        Arc::new(Self { runs: Mutex::default(), room: Arc::new(Semaphore::new(AT_ONCE)), workspace, clock })
    }

    /// Starts a run; gives its id.
    pub fn start(self: &Arc<Self>, order: Order) -> Answered<String> {
        let id = crate::random_id("r_").ok_or_else(|| Fault::internal("this machine gives no random numbers"))?;
        let waiting =
            Standing { state: "waiting", done: 0, total: 0, seconds_left: None, partials: 0, result: None, why: None };
        let job = Arc::new(Job {
            id: id.clone(),
            owner: order.owner,
            kind: order.kind,
            input: order.input,
            started: instant((self.clock)()),
            cancelled: AtomicBool::new(false),
            standing: watch::Sender::new(waiting),
            secret: order.secret,
        });
        {
            let mut runs = self.runs.lock().map_err(|_| Fault::internal("the list of runs is lost"))?;
            let open = runs.values().filter(|job| !job.has_ended()).count();
            let own = runs.values().filter(|other| !other.has_ended() && other.owner == job.owner).count();
            if open >= MOST || own >= MOST_OF_ONE {
                return Err(Fault::new(StatusCode::TOO_MANY_REQUESTS, "too_many_runs", "too many runs are open")
                    .hint("cancel one, or wait until one is done"));
            }
            let mut ended: Vec<(String, String)> =
                runs.values().filter(|job| job.has_ended()).map(|job| (job.started.clone(), job.id.clone())).collect();
            ended.sort();
            let forget = ended.len().saturating_sub(REMEMBERED);
            for (_, id) in ended.into_iter().take(forget) {
                runs.remove(&id);
            }
            runs.insert(id.clone(), Arc::clone(&job));
        }
        let jobs = Arc::clone(self);
        tokio::spawn(async move {
            let Ok(_room) = jobs.room.clone().acquire_owned().await else { return };
            let worker = Arc::clone(&job);
            let work = order.work;
            let done = tokio::task::spawn_blocking(move || {
                let handle = Handle { job: &worker, since: Instant::now() };
                if handle.is_cancelled() {
                    return None;
                }
                worker.standing.send_modify(|standing| standing.state = "running");
                Some(work(&handle))
            })
            .await;
            jobs.finish(job, done.unwrap_or_else(|_| Some(Err(Fault::internal("a run broke off"))))).await;
        });
        Ok(id)
    }

    async fn finish(&self, job: Arc<Job>, done: Option<Answered<Value>>) {
        let cancelled = job.cancelled.load(Ordering::Relaxed);
        let mut last = job.standing.borrow().clone();
        match done {
            Some(Ok(result)) if !cancelled => {
                (last.state, last.result, last.seconds_left) = ("done", Some(Arc::new(result)), Some(0.0));
                last.done = last.done.max(last.total);
            }
            Some(Err(fault)) if !cancelled => {
                (last.state, last.why) = ("failed", Some(fault.message().to_owned()));
            }
            _ => last.state = "cancelled",
        }
        if !job.secret {
            // First on the disk, then told: what was told to be done is kept.
            let mut kept = job.state(false);
            kept.state = last.state.to_owned();
            (kept.done, kept.total, kept.why) = (last.done, last.total, last.why.clone());
            kept.result = last.result.as_ref().map(|result| (**result).clone());
            let record = Record {
                id: job.id.clone(),
                saved: instant((self.clock)()),
                body: serde_json::to_vec(&kept).unwrap_or_default(),
            };
            let (workspace, owner) = (Arc::clone(&self.workspace), job.owner.clone());
            let written = tokio::task::spawn_blocking(move || workspace.put(&owner, &[(Kind::Result, record)])).await;
            if !matches!(written, Ok(Ok(()))) {
                eprintln!("lode serve: the result of a run could not be kept");
            }
        }
        job.standing.send_replace(last);
    }

    /// A run of an owner, if it is in memory.
    pub fn find(&self, owner: &str, id: &str) -> Option<Arc<Job>> {
        let runs = self.runs.lock().ok()?;
        runs.get(id).filter(|job| job.owner == owner).cloned()
    }

    /// Runs of an owner in memory, newest first.
    pub fn of(&self, owner: &str) -> Vec<RunState> {
        let Ok(runs) = self.runs.lock() else { return Vec::new() };
        let mut own: Vec<RunState> =
            runs.values().filter(|job| job.owner == owner).map(|job| job.state(false)).collect();
        own.sort_by(|a, b| (&b.started, &b.run).cmp(&(&a.started, &a.run)));
        own
    }

    /// Asks a run to end; tells whether there was one to end.
    pub fn cancel(&self, owner: &str, id: &str) -> bool {
        let Some(job) = self.find(owner, id) else { return false };
        job.cancelled.store(true, Ordering::Relaxed);
        // A run that only waits ends at once.
        job.standing.send_if_modified(|standing| {
            let waits = standing.state == "waiting";
            if waits {
                standing.state = "cancelled";
            }
            waits
        });
        true
    }
}

/// One event of a run as server-sent text.
pub fn event(name: &str, data: &Value) -> String {
    // JSON has no line breaks of its own here: one line is one event.
    format!("event: {name}\ndata: {data}\n\n")
}

/// The events between what a listener has heard and where the run stands; `None` if it has heard the end.
pub fn events(standing: &Standing, heard_partials: &mut u64) -> String {
    let mut text = String::new();
    if standing.partials > *heard_partials && !standing.has_ended() {
        *heard_partials = standing.partials;
        if let Some(result) = &standing.result {
            text += &event("partial", &json!({ "type": "partial", "result": **result }));
        }
    }
    let result = standing.result.as_deref();
    match standing.state {
        "done" => text += &event("done", &json!({ "type": "done", "result": result })),
        "cancelled" => {
            text += &event("cancelled", &json!({ "type": "cancelled", "done": standing.done, "result": result }));
        }
        "failed" => text += &event("failed", &json!({ "type": "failed", "why": standing.why, "input": null })),
        _ => {
            text += &event(
                "progress",
                &json!({ "type": "progress", "done": standing.done, "total": standing.total,
                         "seconds_left": standing.seconds_left }),
            );
        }
    }
    text
}
