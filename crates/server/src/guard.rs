//! Who may ask, from where, how much and how often. Every request passes here first.

use crate::fault::Fault;
use crate::state::App;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The cookie of a browser that has shown its token.
pub const COOKIE: &str = "lode_session";

/// Who asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct User(pub String);

/// The address of the other end, put into each request by the listener.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// Who may come in.
#[derive(Clone, Debug)]
pub enum Doors {
    /// Anybody on this machine; all of them are one user.
    Loopback {
        /// The name of that user.
        user: String,
    },
    /// Who shows a token: the SHA-256 of each with the name of its user.
    Tokens(BTreeMap<[u8; 32], String>),
}

/// SHA-256 of a token: tokens are compared by their hashes, so that time tells nothing.
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Only these may load, and only from here; nothing may frame a page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'self'";

/// Requests that one address may make at once, and each second.
const BURST: f64 = 3000.0;
const RATE: f64 = 600.0;
/// Tries of a token or passphrase at once, and each second.
const TRIES: f64 = 6.0;
const TRY_RATE: f64 = 0.1;
/// Addresses that are remembered.
const MOST_ADDRESSES: usize = 4096;

/// Counts requests by address.
#[derive(Debug, Default)]
pub struct Limits {
    requests: Mutex<BTreeMap<IpAddr, (f64, Instant)>>,
    tries: Mutex<BTreeMap<String, (f64, Instant)>>,
}

fn allow<K: Ord + Clone>(table: &Mutex<BTreeMap<K, (f64, Instant)>>, key: &K, burst: f64, rate: f64) -> bool {
    let now = Instant::now();
    let Ok(mut table) = table.lock() else { return false };
    if table.len() >= MOST_ADDRESSES && !table.contains_key(key) {
        table.retain(|_, (left, since)| *left + now.duration_since(*since).as_secs_f64() * rate < burst);
        if table.len() >= MOST_ADDRESSES {
            return false;
        }
    }
    let (left, since) = table.entry(key.clone()).or_insert((burst, now));
    *left = (*left + now.duration_since(*since).as_secs_f64() * rate).min(burst);
    *since = now;
    if *left < 1.0 {
        return false;
    }
    *left -= 1.0;
    true
}

impl Limits {
    /// Whether somebody may try a token or a passphrase once more.
    pub fn may_try(&self, who: &str) -> bool {
        allow(&self.tries, &who.to_owned(), TRIES, TRY_RATE)
    }

    /// Gives a try back that was right.
    pub fn forgive(&self, who: &str) {
        if let Ok(mut tries) = self.tries.lock() {
            tries.remove(who);
        }
    }
}

/// Browsers that have shown their token, by the hash of their cookie; they are forgotten when the server ends.
#[derive(Debug, Default)]
pub struct Sessions {
    known: Mutex<BTreeMap<[u8; 32], (String, Instant)>>,
}

/// A browser must show its token again after this time.
const SESSION: Duration = Duration::from_secs(12 * 3600);
const MOST_SESSIONS: usize = 10_000;

impl Sessions {
    /// Remembers a browser; gives the value of its cookie.
    pub fn open(&self, user: &str) -> Option<String> {
        let cookie = crate::random_id("")?;
        let mut known = self.known.lock().ok()?;
        known.retain(|_, (_, since)| since.elapsed() < SESSION);
        if known.len() >= MOST_SESSIONS {
            return None;
        }
        known.insert(token_hash(&cookie), (user.to_owned(), Instant::now()));
        Some(cookie)
    }

    fn user(&self, cookie: &str) -> Option<String> {
        let known = self.known.lock().ok()?;
        known.get(&token_hash(cookie)).filter(|(_, since)| since.elapsed() < SESSION).map(|(user, _)| user.clone())
    }

    /// Forgets a browser.
    pub fn close(&self, cookie: &str) {
        if let Ok(mut known) = self.known.lock() {
            known.remove(&token_hash(cookie));
        }
    }
}

/// The value of our cookie.
pub fn cookie(headers: &HeaderMap) -> Option<String> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('=').map(str::to_owned))
}

/// The name in `name:port`, `[::1]:port` or `name`.
fn host_name(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split(']').next().unwrap_or("");
    }
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Whether a request names a host that this server is known by: a page elsewhere may point its own name at us.
fn is_our_host(app: &App, headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
    let name = host_name(host).to_ascii_lowercase();
    app.hosts.contains(&name)
}

/// Whether a request comes from our own pages, or from no page at all.
fn is_our_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return false;
    }
    let Some(origin) = text("origin") else { return true };
    let host = text("host").unwrap_or("");
    let place = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    place.is_some_and(|place| place.eq_ignore_ascii_case(host))
}

fn user_of(app: &App, headers: &HeaderMap, peer: IpAddr) -> Result<Option<User>, Fault> {
    let tokens = match &app.doors {
        Doors::Loopback { user } => return Ok(Some(User(user.clone()))),
        Doors::Tokens(tokens) => tokens,
    };
    if let Some(user) = cookie(headers).and_then(|cookie| app.sessions.user(&cookie)) {
        return Ok(Some(User(user)));
    }
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(token) = shown.and_then(|value| value.strip_prefix("Bearer ")) else { return Ok(None) };
    match tokens.get(&token_hash(token.trim())) {
        Some(user) => Ok(Some(User(user.clone()))),
        None if app.limits.may_try(&peer.to_string()) => Ok(None),
        None => Err(too_many("tokens")),
    }
}

/// The answer to who comes too often.
pub fn too_many(what: &str) -> Fault {
    Fault::new(StatusCode::TOO_MANY_REQUESTS, "too_many", format!("too many {what}"))
        .hint("wait a little and try again")
}

/// Every request passes here.
pub async fn guard(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let is_interface = request.uri().path().starts_with("/api");
    let mut response = match admit(&app, &mut request) {
        Ok(()) => {
            let long = request.uri().path().ends_with("/events");
            if long {
                next.run(request).await
            } else {
                match tokio::time::timeout(app.patience, next.run(request)).await {
                    Ok(response) => response,
                    Err(_) => Fault::new(StatusCode::SERVICE_UNAVAILABLE, "too_slow", "the answer took too long")
                        .hint("ask for less, or start a run")
                        .into_response(),
                }
            }
        }
        Err(fault) => fault.into_response(),
    };
    let headers = response.headers_mut();
    let mut set = |name: header::HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(header::HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=()");
    if is_interface && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

fn admit(app: &App, request: &mut Request) -> Result<(), Fault> {
    let peer = request.extensions().get::<Peer>().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0);
    if !allow(&app.limits.requests, &peer, BURST, RATE) {
        return Err(too_many("requests"));
    }
    let headers = request.headers();
    if !is_our_host(app, headers) {
        return Err(Fault::new(StatusCode::MISDIRECTED_REQUEST, "wrong_host", "this server is not known by that name")
            .hint("start it with --allow-host NAME"));
    }
    let path = request.uri().path();
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    if (!safe || path.starts_with("/api/")) && !is_our_origin(headers) {
        return Err(Fault::new(StatusCode::FORBIDDEN, "wrong_origin", "only this server's own pages may ask this"));
    }
    let open = matches!(path, "/login" | "/healthz");
    match user_of(app, headers, peer)? {
        Some(user) => {
            request.extensions_mut().insert(user);
            Ok(())
        }
        None if open => Ok(()),
        None => Err(Fault::new(StatusCode::UNAUTHORIZED, "no_token", "this server asks for a token")
            .hint("open /login in a browser, or send `Authorization: Bearer TOKEN`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_found_in_every_form_of_host() {
        for (host, name) in
            [("localhost:7777", "localhost"), ("127.0.0.1", "127.0.0.1"), ("[::1]:80", "::1"), ("a.b:x", "a.b:x")]
        {
            assert_eq!(host_name(host), name);
        }
    }

    #[test]
    fn an_origin_is_ours_only_with_our_host_and_port() {
        let with = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            pairs.iter().for_each(|(name, value)| {
                headers.insert(*name, HeaderValue::from_static(value));
            });
            is_our_origin(&headers)
        };
        assert!(with(&[("host", "127.0.0.1:7777")]));
        assert!(with(&[
            ("host", "127.0.0.1:7777"),
            ("origin", "http://127.0.0.1:7777"),
            ("sec-fetch-site", "same-origin")
        ]));
        assert!(!with(&[("host", "127.0.0.1:7777"), ("origin", "http://127.0.0.1:8888")]));
        assert!(!with(&[("host", "127.0.0.1:7777"), ("origin", "null")]));
        assert!(!with(&[("host", "127.0.0.1:7777"), ("origin", "http://evil.example")]));
        assert!(!with(&[("host", "127.0.0.1:7777"), ("sec-fetch-site", "cross-site")]));
        assert!(!with(&[("host", "127.0.0.1:7777"), ("sec-fetch-site", "same-site")]));
    }

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let table = Mutex::new(BTreeMap::new());
        let key = IpAddr::from([127, 0, 0, 1]);
        assert!((0..3).all(|_| allow(&table, &key, 3.0, 0.0)));
        assert!(!allow(&table, &key, 3.0, 0.0));
        table.lock().unwrap().get_mut(&key).unwrap().1 = Instant::now().checked_sub(Duration::from_secs(2)).unwrap();
        assert!(allow(&table, &key, 3.0, 1.0));
    }
}
