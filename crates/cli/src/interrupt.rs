//! Progress of long work on the terminal, and Ctrl-C as a way to stop it without losing the prompt.

use lode_simulate::Progress;
use std::io::{IsTerminal, Write};
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};

/// The work that Ctrl-C stops.
static RUNNING: OnceLock<Arc<Progress>> = OnceLock::new();

/// Progress that is told on the error output if a person looks at it. Ctrl-C cancels; a second one ends the program.
pub fn progress(what: &'static str, of: Option<u64>) -> Arc<Progress> {
    let mut progress = Progress::default();
    if std::io::stderr().is_terminal() {
        progress.report = Some(Box::new(move |done| {
            let of = of.map_or(String::new(), |of| format!(" of {of}"));
            if done % 8 == 0 {
                let _ = write!(std::io::stderr(), "\r{done}{of} {what} …\u{1b}[K");
            }
        }));
    }
    let progress = Arc::new(progress);
    if RUNNING.set(Arc::clone(&progress)).is_ok() {
        let _ = ctrlc::set_handler(|| {
            if let Some(running) = RUNNING.get()
                && running.cancel.swap(true, Ordering::Relaxed)
            {
                std::process::exit(130);
            }
        });
    }
    progress
}

/// Clears the line of progress.
pub fn finish() {
    if std::io::stderr().is_terminal() {
        let _ = write!(std::io::stderr(), "\r\u{1b}[K");
    }
}
