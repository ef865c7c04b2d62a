//! What all handlers share: the session, the workspace, the runs, the open vaults.

use crate::answers::Cache;
use crate::fault::{Answered, Fault};
use crate::guard::{Doors, Limits, Sessions};
use crate::jobs::Jobs;
use crate::vault::Vaults;
use crate::wire::{Envelope, Newest, Sentence};
use crate::workspace::Workspace;
use axum::http::HeaderMap;
use lode_study::exposure::Processes;
use lode_study::lab::Lab;
use lode_study::{Age, Day, Options, Session};
use std::sync::{Arc, Mutex, OnceLock, RwLock};
use std::time::Duration;

/// Tells the seconds since 1970. The server never looks at a clock of its own: the command that starts it does.
pub type Clock = fn() -> u64;

/// The header with which a page asks for its user's own values; it never stands in an address.
pub const OWN_VALUES: &str = "lode-own-values";

/// What all handlers share.
pub struct App {
    /// How the session is opened; the day is that of the last opening.
    pub options: Options,
    /// Whether the day stays as it is.
    pub fixed_day: bool,
    /// The clock.
    pub clock: Clock,
    session: RwLock<Arc<Session>>,
    /// Studies, uploads, results.
    pub workspace: Arc<dyn Workspace>,
    /// Runs.
    pub jobs: Arc<Jobs>,
    /// Encrypted parts that are open.
    pub vaults: Vaults,
    /// Who may come in.
    pub doors: Doors,
    /// Names that this server is known by.
    pub hosts: Vec<String>,
    /// How often one may ask.
    pub limits: Limits,
    /// Browsers that have shown their token.
    pub sessions: Sessions,
    /// How long an answer may take.
    pub patience: Duration,
    /// Answers that were given before.
    pub cache: Cache,
    processes: OnceLock<Arc<Processes>>,
    lab: Mutex<Option<Arc<Lab>>>,
}

impl App {
    /// Puts it together.
    pub fn new(settings: Settings, session: Session, workspace: Arc<dyn Workspace>) -> Self {
        Self {
            options: settings.options,
            fixed_day: settings.fixed_day,
            clock: settings.clock,
            session: RwLock::new(Arc::new(session)),
            jobs: Jobs::new(Arc::clone(&workspace), settings.clock),
            workspace,
            vaults: Vaults::default(),
            doors: settings.doors,
            hosts: settings.hosts,
            limits: Limits::default(),
            sessions: Sessions::default(),
            patience: Duration::from_secs(60),
            cache: Cache::default(),
            processes: OnceLock::new(),
            lab: Mutex::default(),
        }
    }

    /// The session of today: the day moves on while the server runs.
    pub fn session(&self) -> Answered<Arc<Session>> {
        let broken = || Fault::internal("the session is lost");
        let session = Arc::clone(&*self.session.read().map_err(|_| broken())?);
        let today = Day::from_days_since_1970((self.clock)() / 86_400);
        if self.fixed_day || session.day >= today {
            return Ok(session);
        }
        let moved = Arc::new(Session { world: session.world.clone(), day: today });
        *self.session.write().map_err(|_| broken())? = Arc::clone(&moved);
        Ok(moved)
    }

    /// The tables of processes, opened when they are first asked for.
    pub fn processes(&self) -> Answered<Arc<Processes>> {
        if let Some(processes) = self.processes.get() {
            return Ok(Arc::clone(processes));
        }
        let opened = Arc::new(Processes::open(&self.options, &[])?);
        Ok(Arc::clone(self.processes.get_or_init(|| opened)))
    }

    /// The session for a request: with the user's own values where its header asks for them and they are open.
    pub fn session_for(&self, user: &str, headers: &HeaderMap) -> Answered<(Arc<Session>, bool)> {
        let session = self.session()?;
        if !headers.contains_key(OWN_VALUES) {
            return Ok((session, false));
        }
        let own = self.vaults.lab(self, user, &session)?;
        Ok((Arc::clone(own.session()), true))
    }

    /// The laboratory for a request, as the session: its markets are kept from one request to the next.
    pub fn lab_for(&self, user: &str, headers: &HeaderMap) -> Answered<(Arc<Lab>, bool)> {
        let session = self.session()?;
        if headers.contains_key(OWN_VALUES) {
            return Ok((self.vaults.lab(self, user, &session)?, true));
        }
        let mut lab = self.lab.lock().map_err(|_| Fault::internal("the laboratory is lost"))?;
        if let Some(lab) = lab.as_ref().filter(|lab| Arc::ptr_eq(lab.session(), &session)) {
            return Ok((Arc::clone(lab), false));
        }
        let fresh = Arc::new(Lab::new(session, Vec::new()));
        *lab = Some(Arc::clone(&fresh));
        Ok((fresh, false))
    }

    /// The time as people and programs read it.
    pub fn now(&self) -> String {
        instant((self.clock)())
    }

    /// An answer in its envelope.
    pub fn envelope<T>(&self, session: &Session, own_values: bool, answer: Option<Sentence>, data: T) -> Envelope<T> {
        let newest = newest(session);
        let stale =
            Sentence::new("warning.newest_trade").with("year", newest.trade.clone()).with("months", newest.months_old);
        Envelope {
            snap: session.world.package.sha256.chars().take(12).collect(),
            made: self.now(),
            seed: None,
            newest,
            own_values,
            answer,
            data,
            warnings: vec![stale],
        }
    }
}

/// How old the newest trade record is.
pub fn newest(session: &Session) -> Newest {
    let year = session.world.trade.newest_year();
    let months_old = year.map_or(0, |year| Age::of_year(year, session.day).months);
    Newest { trade: year.map_or(String::new(), |year| year.to_string()), months_old }
}

/// `2026-11-25T21:45:38Z`
pub fn instant(seconds: u64) -> String {
    let day = Day::from_days_since_1970(seconds / 86_400);
    let (hours, minutes, seconds) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{day}T{hours:02}:{minutes:02}:{seconds:02}Z")
}

/// What the command that starts a server decides.
pub struct Settings {
    /// How the session is opened.
    pub options: Options,
    /// Whether the day stays as it is.
    pub fixed_day: bool,
    /// The clock.
    pub clock: Clock,
    /// Who may come in.
    pub doors: Doors,
    /// Names that this server is known by.
    pub hosts: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_written_in_full() {
        assert_eq!(instant(0), "1970-01-01T00:00:00Z");
        assert_eq!(instant(1_795_643_138), "2026-11-25T21:45:38Z");
    }
}
