//! The workbench: an HTTP interface over the study boundary, long runs as jobs, a workspace, and the pages built in.
//!
//! Safe by default: it listens on this machine only; beyond it every user shows a token. The clock is handed in by the
//! command that starts it.

mod answers;
mod brief;
mod download;
mod fault;
mod guard;
mod interface;
mod jobs;
mod listen;
mod pages;
mod parameters;
mod routes;
mod state;
mod upload;
mod vault;
pub mod wire;
mod work;
pub mod workspace;

pub use guard::{Doors, token_hash};
pub use jobs::{Handle, Work};
pub use pages::are_built as pages_are_built;
pub use routes::router;
pub use state::{App, Clock, Settings};

use lode_catalogue::{Mistake, Report};
use lode_study::{Options, Session};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use workspace::{Postgresql, Sqlite, Workspace};

/// What `lode serve` is told.
#[derive(Clone, Debug)]
pub struct Serve {
    /// How the session is opened.
    pub options: Options,
    /// Whether the day stays as it is.
    pub fixed_day: bool,
    /// The clock.
    pub clock: Clock,
    /// Where to listen.
    pub address: SocketAddr,
    /// How many of the ports after it may be taken instead, if others use it.
    pub more_ports: u16,
    /// Names that this server is known by, beside its address.
    pub names: Vec<String>,
    /// File with a user and a token on each line.
    pub tokens: Option<PathBuf>,
    /// `postgres://...`, or the file of the workspace.
    pub database: Database,
}

/// Where the workspace is.
#[derive(Clone, Debug)]
pub enum Database {
    /// A file on this machine.
    File(PathBuf),
    /// A team's PostgreSQL.
    Postgresql(String),
}

/// The name of the only user of a server on one machine.
const LOCAL: &str = "local";
/// Shortest token.
const SHORTEST_TOKEN: usize = 20;

/// A random id with a prefix; `None` if the machine gives no random numbers.
pub(crate) fn random_id(prefix: &str) -> Option<String> {
    let mut bytes = [0; 15];
    getrandom::fill(&mut bytes).ok()?;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(format!("{prefix}{hex}"))
}

fn mistake(message: impl Into<String>) -> Mistake {
    Mistake::in_file("command line", message)
}

/// Reads `user token` lines.
fn read_tokens(path: &Path) -> Result<BTreeMap<[u8; 32], String>, Report> {
    let name = path.display().to_string();
    let text =
        std::fs::read_to_string(path).map_err(|error| Mistake::in_file(&name, format!("cannot be read: {error}")))?;
    let mut report = Report::new();
    let mut tokens = BTreeMap::new();
    for (row, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let wrong = |message: &str| Mistake::in_row(&name, row, message).hint("write: USER TOKEN");
        match words[..] {
            [user, token] if token.len() >= SHORTEST_TOKEN => {
                if tokens.insert(token_hash(token), user.to_owned()).is_some() {
                    report.push(wrong("the token stands twice"));
                }
            }
            [_, _] => report.push(wrong(&format!("a token has {SHORTEST_TOKEN} characters or more"))),
            _ => report.push(wrong("is not a user and a token")),
        }
    }
    if tokens.is_empty() && report.is_empty() {
        report.push(Mistake::in_file(&name, "holds no user and token"));
    }
    report.into_result(tokens)
}

/// Serves until `stop`; `ready` is told the address once it listens.
pub async fn serve(
    order: Serve,
    ready: impl FnOnce(SocketAddr, &str),
    stop: impl Future<Output = ()>,
) -> Result<(), Report> {
    let mut report = Report::new();
    let tokens =
        order.tokens.as_deref().map(read_tokens).transpose().map_err(|mistakes| report.extend(mistakes)).ok().flatten();
    if !order.address.ip().is_loopback() && order.tokens.is_none() {
        report.push(
            mistake(format!("{} can be reached from other machines: that needs tokens", order.address.ip()))
                .hint("give --tokens FILE with a line `USER TOKEN` for each user, or leave --host out"),
        );
    }
    let session = Session::open(&order.options).map_err(|mistakes| report.extend(mistakes)).ok();
    // Nothing is opened or written before everything else is known to be right.
    let Some(session) = session.filter(|_| report.is_empty()) else { return Err(report) };
    let database = order.database.clone();
    let opened = tokio::task::spawn_blocking(move || open(&database)).await;
    let (workspace, role) = match opened {
        Ok(Ok(opened)) => opened,
        Ok(Err(broken)) => return Err(mistake(broken.to_string()).into()),
        Err(_) => return Err(mistake("the workspace cannot be opened").into()),
    };
    let described = workspace.describe();
    let doors = match tokens {
        Some(tokens) => Doors::Tokens(tokens),
        None => Doors::Loopback { user: role.unwrap_or_else(|| LOCAL.into()) },
    };
    let listener = bind(order.address, order.more_ports).await.map_err(|error| {
        mistake(format!("cannot listen on {}: {error}", order.address))
            .hint("another program may use the port: try --port 0")
    })?;
    let address = listener.local_addr().unwrap_or(order.address);
    let settings = Settings {
        options: order.options,
        fixed_day: order.fixed_day,
        clock: order.clock,
        doors,
        hosts: hosts(address.ip(), &order.names),
    };
    let app = Arc::new(App::new(settings, session, workspace));
    ready(address, &described);
    listen::serve(listener, router(app), stop).await.map_err(|error| mistake(error.to_string()))?;
    Ok(())
}

/// Listens on a port, or on the first free one of those after it.
async fn bind(address: SocketAddr, more_ports: u16) -> std::io::Result<tokio::net::TcpListener> {
    let mut tried = address;
    loop {
        match tokio::net::TcpListener::bind(tried).await {
            Err(error)
                if error.kind() == std::io::ErrorKind::AddrInUse && tried.port() - address.port() < more_ports =>
            {
                tried.set_port(tried.port() + 1);
            }
            bound => return bound,
        }
    }
}

fn hosts(ip: IpAddr, names: &[String]) -> Vec<String> {
    let mut hosts: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    hosts.extend(["localhost", "127.0.0.1", "::1"].map(str::to_owned));
    if !ip.is_unspecified() {
        hosts.push(ip.to_string());
    }
    hosts
}

type Opened = (Arc<dyn Workspace>, Option<String>);

fn open(database: &Database) -> Result<Opened, workspace::Broken> {
    Ok(match database {
        Database::File(path) => (Arc::new(Sqlite::open(path)?), None),
        Database::Postgresql(address) => {
            let postgresql = Postgresql::open(address)?;
            let role = postgresql.role()?;
            (Arc::new(postgresql), Some(role))
        }
    })
}
