//! Long work beside the interpreter: the lock is released, progress is told, Ctrl-C cancels.

use crate::errors::{internal, raised};
use lode_catalogue::Report;
use lode_simulate::Progress;
use pyo3::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// How often signals are looked at and progress is told.
const EVERY: Duration = Duration::from_millis(50);

/// Does what takes no time that a person notices, on the caller's thread; the lock is released.
pub fn at_once<T: Send>(py: Python<'_>, work: impl FnOnce() -> Result<T, Report> + Send) -> PyResult<T> {
    match py.detach(|| catch_unwind(AssertUnwindSafe(work))) {
        Ok(result) => result.map_err(|report| raised(&report)),
        Err(panic) => Err(internal(&*panic)),
    }
}

/// Does the work on a thread of its own while signals are looked at here; `tell` is called with the number done.
pub fn done<T: Send>(
    py: Python<'_>,
    tell: Option<&Py<PyAny>>,
    work: impl FnOnce(&Progress) -> Result<T, Report> + Send,
) -> PyResult<T> {
    py.detach(|| {
        let progress = Progress::default();
        thread::scope(|scope| {
            let (send, receive) = channel();
            let shared = &progress;
            let worker = scope.spawn(move || {
                let result = work(shared);
                // Nobody is left to hear only if the interpreter is going down.
                let _ = send.send(());
                result
            });
            let mut told = 0;
            let mut stopped: Option<PyErr> = None;
            while receive.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                if stopped.is_some() {
                    continue;
                }
                let done = progress.done.load(Ordering::Relaxed);
                let step = Python::attach(|py| {
                    py.check_signals()?;
                    match tell {
                        Some(tell) if done != told => tell.call1(py, (done,)).map(|_| ()),
                        _ => Ok(()),
                    }
                });
                told = done;
                if let Err(error) = step {
                    progress.cancel.store(true, Ordering::Relaxed);
                    stopped = Some(error);
                }
            }
            let result = worker.join();
            match (stopped, result) {
                (Some(error), _) => Err(error),
                (None, Ok(Ok(value))) => {
                    let done = progress.done.load(Ordering::Relaxed);
                    match tell {
                        Some(tell) if done != told => Python::attach(|py| tell.call1(py, (done,)))?,
                        _ => return Ok(value),
                    };
                    Ok(value)
                }
                (None, Ok(Err(report))) => Err(raised(&report)),
                (None, Err(panic)) => Err(internal(&*panic)),
            }
        })
    })
}
