//! `lode serve`

use super::{Failure, Global};
use clap::Args;
use lode_catalogue::Mistake;
use lode_server::{Database, Serve as Order};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// Arguments of `lode serve`.
#[derive(Args)]
pub struct Serve {
    /// Port; 0 for any that is free [default: 7777, or the next free one]
    #[arg(long)]
    port: Option<u16>,
    /// Address to listen on; any but this machine's own needs --tokens
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// File with a line `USER TOKEN` for each user
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
    /// A name that the server is known by, e.g. of a proxy before it (may be given several times)
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// Where studies, lists and results are kept: a file, or postgres://USER@HOST/NAME for a team (LODE_DATABASE if not
    /// given, so that a password stands in no history)
    #[arg(long, value_name = "FILE|ADDRESS")]
    database: Option<String>,
    /// Do not open a browser
    #[arg(long)]
    no_browser: bool,
}

const PORT: u16 = 7777;
/// Ports after it that are tried when nobody asked for one.
const MORE_PORTS: u16 = 20;

impl Serve {
    /// Serves until it is told to stop.
    pub fn run(self, global: &Global) -> Result<(), Failure> {
        let database = match self.database.clone().or_else(|| std::env::var("LODE_DATABASE").ok()) {
            Some(text) if text.starts_with("postgres://") || text.starts_with("postgresql://") => {
                Database::Postgresql(text)
            }
            Some(text) if text.contains("://") => {
                return Err(Mistake::in_file("command line", "this kind of database is not known")
                    .hint("write a file name, or postgres://USER@HOST/NAME")
                    .into());
            }
            Some(text) => Database::File(text.into()),
            None => Database::File(workspace_file()?),
        };
        let order = Order {
            options: global.options()?,
            fixed_day: global.today.is_some(),
            clock: super::seconds_since_1970,
            address: SocketAddr::new(self.host, self.port.unwrap_or(PORT)),
            more_ports: if self.port.is_none() { MORE_PORTS } else { 0 },
            names: self.allow_host.clone(),
            tokens: self.tokens.clone(),
            database,
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::Output)?;
        let opens = !self.no_browser && self.host.is_loopback();
        let ready = |address: SocketAddr, workspace: &str| {
            println!("Lode is at http://{address}/");
            if self.port.is_none() && address.port() != PORT {
                println!("Another program, perhaps another Lode, uses port {PORT}.");
            }
            println!("Workspace: {workspace}. Stop with Ctrl-C.");
            if !lode_server::pages_are_built() {
                println!(
                    "This build has no pages: `make run` builds them where Node.js 20 or newer with npm is. The interface is at /api."
                );
            }
            if !address.ip().is_loopback() {
                println!("What is sent is not encrypted: put a proxy with TLS before it.");
            }
            if opens {
                open_browser(&format!("http://{address}/"));
            }
        };
        runtime.block_on(lode_server::serve(order, ready, stop()))?;
        // A run under way has looked whether it was cancelled; one that hangs must not keep the program.
        runtime.shutdown_timeout(std::time::Duration::from_secs(2));
        Ok(())
    }
}

/// Told to stop by Ctrl-C or by the system.
async fn stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// Where this user's programs keep what they must not lose.
fn workspace_file() -> Result<PathBuf, Failure> {
    let of = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = of("XDG_DATA_HOME")
        .or_else(|| of("LOCALAPPDATA"))
        .or_else(|| of("HOME").map(|home| home.join(".local/share")))
        .ok_or_else(|| {
            Mistake::in_file("command line", "this user has no folder for data").hint("name a file with --database")
        })?;
    Ok(folder.join("lode/workspace.sqlite"))
}

/// Shows the page; a machine without a browser is not a mistake.
fn open_browser(address: &str) {
    if std::env::var_os("DISPLAY").is_none()
        && std::env::var_os("WAYLAND_DISPLAY").is_none()
        && cfg!(target_os = "linux")
    {
        return;
    }
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let quiet = std::process::Stdio::null;
    let _ = std::process::Command::new(program).arg(address).stdin(quiet()).stdout(quiet()).stderr(quiet()).spawn();
}
