//! The encrypted part of the workspace: values that only its user may see.
//!
//! The values are sealed as one with XChaCha20-Poly1305 under a key that Argon2id makes of the user's passphrase. The
//! passphrase is never kept; the key stays in memory while the vault is open and is wiped when it is closed or idle. What
//! is written is sealed anew with a fresh nonce, and bound to its owner, so that it cannot be put in another's place.

use crate::fault::{Answered, Fault};
use crate::state::App;
use crate::wire::{OwnValue, Withheld};
use crate::workspace::{Kind, Record, Workspace};
use argon2::{Algorithm, Argon2, Params, Version};
use axum::http::StatusCode;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use lode_catalogue::{Input, Overlay, csv_line};
use lode_study::lab::Lab;
use lode_study::{Session, open_package};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// A vault that nobody used for this long closes.
const IDLE: Duration = Duration::from_secs(30 * 60);
/// Shortest passphrase.
pub const SHORTEST: usize = 12;
/// Values in a vault.
const MOST_VALUES: usize = 10_000;
/// KiB, rounds and lanes of Argon2id for a new passphrase: 64 MiB, as RFC 9106 has it for machines of little memory.
const COST: (u32, u32, u32) = (64 * 1024, 3, 4);
const ID: &str = "vault";
/// Name of the overlay that own values make.
const OVERLAY: &str = "own values";

/// What is written.
#[derive(Serialize, Deserialize)]
struct Sealed {
    version: u32,
    memory_kib: u32,
    rounds: u32,
    lanes: u32,
    salt: String,
    nonce: String,
    sealed: String,
}

struct Open {
    key: Zeroizing<[u8; 32]>,
    cost: (u32, u32, u32),
    salt: [u8; 16],
    values: Vec<OwnValue>,
    used: Instant,
    /// A laboratory on the package with the values laid over it.
    lab: Option<Arc<Lab>>,
}

/// The vaults that are open, by owner.
#[derive(Default)]
pub struct Vaults {
    open: Mutex<BTreeMap<String, Open>>,
    /// One key is made at a time: each takes 64 MiB.
    making: Mutex<()>,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.chars().map(|digit| digit.to_digit(16).map(|digit| digit as u8)).collect::<Option<_>>()?;
    digits.len().is_multiple_of(2).then(|| digits.chunks(2).map(|pair| pair[0] * 16 + pair[1]).collect())
}

fn locked() -> Fault {
    Fault::new(StatusCode::FORBIDDEN, "vault_closed", "the confidential part of the workspace is closed")
        .hint("open it with its passphrase")
}

fn unreadable() -> Fault {
    Fault::internal("the confidential part of a workspace cannot be read")
}

fn random<const N: usize>() -> Answered<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Fault::internal("this machine gives no random numbers"))?;
    Ok(bytes)
}

fn bound_to(owner: &str) -> Vec<u8> {
    format!("lode vault 1 of {owner}").into_bytes()
}

fn seal(open: &Open, owner: &str) -> Answered<Vec<u8>> {
    let plain = Zeroizing::new(serde_json::to_vec(&open.values).map_err(|_| unreadable())?);
    let nonce: [u8; 24] = random()?;
    let cipher = XChaCha20Poly1305::new_from_slice(&*open.key).map_err(|_| unreadable())?;
    let payload = Payload { msg: &plain, aad: &bound_to(owner) };
    let sealed = cipher.encrypt(XNonce::from_slice(&nonce), payload).map_err(|_| unreadable())?;
    let sealed = Sealed {
        version: 1,
        memory_kib: open.cost.0,
        rounds: open.cost.1,
        lanes: open.cost.2,
        salt: hex(&open.salt),
        nonce: hex(&nonce),
        sealed: hex(&sealed),
    };
    serde_json::to_vec(&sealed).map_err(|_| unreadable())
}

impl Vaults {
    fn key(&self, passphrase: &str, salt: &[u8], cost: (u32, u32, u32)) -> Answered<Zeroizing<[u8; 32]>> {
        let _one = self.making.lock().map_err(|_| unreadable())?;
        let parameters = Params::new(cost.0, cost.1, cost.2, Some(32)).map_err(|_| unreadable())?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
            .hash_password_into(passphrase.as_bytes(), salt, &mut *key)
            .map_err(|_| unreadable())?;
        Ok(key)
    }

    fn with<T>(&self, owner: &str, work: impl FnOnce(&mut Open) -> Answered<T>) -> Answered<T> {
        let mut open = self.open.lock().map_err(|_| unreadable())?;
        open.retain(|_, vault| vault.used.elapsed() < IDLE);
        let vault = open.get_mut(owner).ok_or_else(locked)?;
        vault.used = Instant::now();
        work(vault)
    }

    /// Whether an owner's vault is open.
    pub fn is_open(&self, owner: &str) -> bool {
        self.with(owner, |_| Ok(())).is_ok()
    }

    /// Opens a vault, made if there is none.
    pub fn unlock(&self, workspace: &dyn Workspace, owner: &str, passphrase: &str, now: &str) -> Answered<()> {
        let kept = workspace.get(owner, Kind::Sealed, ID).map_err(|broken| Fault::internal(&broken.to_string()))?;
        let Some(record) = kept else {
            let salt = random()?;
            let key = self.key(long_enough(passphrase)?, &salt, COST)?;
            let open = Open { key, cost: COST, salt, values: Vec::new(), used: Instant::now(), lab: None };
            return self.keep(workspace, owner, open, now);
        };
        let sealed: Sealed = serde_json::from_slice(&record.body).map_err(|_| unreadable())?;
        // A record from elsewhere must not make this machine work for hours.
        if sealed.version != 1 || sealed.memory_kib > 1 << 20 || sealed.rounds > 16 || sealed.lanes > 16 {
            return Err(unreadable());
        }
        let part = |text: &str| from_hex(text).ok_or_else(unreadable);
        let (salt, nonce, bytes) = (part(&sealed.salt)?, part(&sealed.nonce)?, part(&sealed.sealed)?);
        let (Ok(salt), Ok(nonce)) = (<[u8; 16]>::try_from(salt), <[u8; 24]>::try_from(nonce)) else {
            return Err(unreadable());
        };
        let cost = (sealed.memory_kib, sealed.rounds, sealed.lanes);
        let key = self.key(passphrase, &salt, cost)?;
        let cipher = XChaCha20Poly1305::new_from_slice(&*key).map_err(|_| unreadable())?;
        let payload = Payload { msg: &bytes, aad: &bound_to(owner) };
        let plain = cipher.decrypt(XNonce::from_slice(&nonce), payload).map_err(|_| {
            Fault::new(StatusCode::FORBIDDEN, "wrong_passphrase", "this passphrase does not open the confidential part")
                .hint("nobody can recover a lost passphrase, also not whoever runs this server")
        })?;
        let plain = Zeroizing::new(plain);
        let values = serde_json::from_slice(&plain).map_err(|_| unreadable())?;
        let open = Open { key, cost, salt, values, used: Instant::now(), lab: None };
        self.open.lock().map_err(|_| unreadable())?.insert(owner.to_owned(), open);
        Ok(())
    }

    /// Puts another passphrase in place of the one that the vault was opened with.
    pub fn change(&self, workspace: &dyn Workspace, owner: &str, passphrase: &str, now: &str) -> Answered<()> {
        let salt = random()?;
        let key = self.key(long_enough(passphrase)?, &salt, COST)?;
        let values = self.with(owner, |vault| Ok(vault.values.clone()))?;
        let open = Open { key, cost: COST, salt, values, used: Instant::now(), lab: None };
        self.keep(workspace, owner, open, now)
    }

    fn keep(&self, workspace: &dyn Workspace, owner: &str, open: Open, now: &str) -> Answered<()> {
        let record = Record { id: ID.into(), saved: now.to_owned(), body: seal(&open, owner)? };
        workspace.put(owner, &[(Kind::Sealed, record)]).map_err(|broken| Fault::internal(&broken.to_string()))?;
        self.open.lock().map_err(|_| unreadable())?.insert(owner.to_owned(), open);
        Ok(())
    }

    /// Closes a vault and wipes its key.
    pub fn lock(&self, owner: &str) {
        if let Ok(mut open) = self.open.lock() {
            open.remove(owner);
        }
    }

    /// The values of an open vault.
    pub fn values(&self, owner: &str) -> Answered<Vec<OwnValue>> {
        self.with(owner, |vault| Ok(vault.values.clone()))
    }

    /// Writes the values of an open vault anew: on the disk first, then in memory.
    pub fn write(&self, workspace: &dyn Workspace, owner: &str, values: Vec<OwnValue>, now: &str) -> Answered<()> {
        if values.len() > MOST_VALUES {
            return Err(Fault::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "too_many_values",
                format!("no more than {MOST_VALUES} values are kept"),
            ));
        }
        let changed = self.with(owner, |vault| {
            Ok(Open {
                key: vault.key.clone(),
                cost: vault.cost,
                salt: vault.salt,
                values,
                used: Instant::now(),
                lab: None,
            })
        })?;
        self.keep(workspace, owner, changed, now)
    }

    /// A laboratory on a session with the owner's values laid over the package, made once and kept while the vault is open.
    pub fn lab(&self, app: &App, owner: &str, plain: &Arc<Session>) -> Answered<Arc<Lab>> {
        let values = self.with(owner, |vault| {
            let fresh = vault.lab.as_ref().filter(|lab| lab.session().day == plain.day).cloned();
            Ok(match fresh {
                Some(lab) => Err(lab),
                None => Ok(vault.values.clone()),
            })
        })?;
        let values = match values {
            Ok(values) => values,
            Err(lab) => return Ok(lab),
        };
        let session = Arc::new(overlaid(app, &values, plain)?);
        let lab = Arc::new(Lab::new(session, crate::answers::lab::own(&values)));
        self.with(owner, |vault| {
            vault.lab = Some(Arc::clone(&lab));
            Ok(lab)
        })
    }
}

fn long_enough(passphrase: &str) -> Answered<&str> {
    if passphrase.chars().count() >= SHORTEST {
        return Ok(passphrase);
    }
    Err(Fault::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "short_passphrase",
        format!("a passphrase needs {SHORTEST} characters or more"),
    )
    .hint("several words are easier to remember than signs"))
}

/// The package with own values in place of its records; every mistake in one report.
pub fn overlaid(app: &App, values: &[OwnValue], plain: &Session) -> Answered<Session> {
    let mut text = csv_line(["table", "key", "field", "value", "reason"].into_iter());
    for value in values {
        let Some(place) = &value.replaces else { continue };
        let mut line = |field: &str, number: f64| {
            text +=
                &csv_line([place.table.as_str(), &place.key, field, &number.to_string(), &value.reason].into_iter());
        };
        line(&place.field, value.value);
        if let (Some(low), Some(high), "value") = (value.low, value.high, place.field.as_str()) {
            line("low", low);
            line("high", high);
        }
    }
    let own = Overlay::read(Input::from_bytes(OVERLAY, text.as_bytes()))?;
    let mut overlays = Vec::new();
    for path in &app.options.overlays {
        overlays.push(Overlay::open(path)?);
    }
    overlays.push(own);
    let world = open_package(&app.options)?.load(&overlays)?;
    Ok(Session { world, day: plain.day })
}

/// What is told of values that are withheld.
pub fn withheld(values: &[OwnValue]) -> Vec<Withheld> {
    let of = |value: &OwnValue| Withheld {
        kind: value.kind.clone(),
        form: value.form.clone(),
        unit: value.unit.clone(),
        why: "confidential",
    };
    values.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Sqlite;

    fn value(holder: &str) -> OwnValue {
        OwnValue {
            id: "v".into(),
            kind: "stock".into(),
            form: "dysprosium-terbium-oxide".into(),
            grade: "3N".into(),
            holder: holder.into(),
            value: 123.456,
            low: None,
            high: None,
            unit: "t".into(),
            reason: "counted".into(),
            replaces: None,
            quality: "user".into(),
        }
    }

    #[test]
    fn what_is_sealed_is_found_again_with_the_passphrase_only_and_by_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.sqlite");
        let workspace = Sqlite::open(&path).unwrap();
        let vaults = Vaults::default();
        let fault = vaults.unlock(&workspace, "ann", "short", "now").unwrap_err();
        assert_eq!(fault.status(), StatusCode::UNPROCESSABLE_ENTITY);
        vaults.unlock(&workspace, "ann", "four words make a key", "now").unwrap();
        vaults.write(&workspace, "ann", vec![value("Kobe depot seven")], "now").unwrap();
        vaults.lock("ann");
        assert_eq!(vaults.values("ann").unwrap_err().status(), StatusCode::FORBIDDEN);
        assert_eq!(
            vaults.unlock(&workspace, "ann", "four words make no key", "now").unwrap_err().status(),
            StatusCode::FORBIDDEN
        );
        vaults.unlock(&workspace, "ann", "four words make a key", "now").unwrap();
        assert_eq!(vaults.values("ann").unwrap(), [value("Kobe depot seven")]);
        // Put in another's place it does not open, even with its passphrase.
        let stolen = workspace.get("ann", Kind::Sealed, ID).unwrap().unwrap();
        workspace.put("bob", &[(Kind::Sealed, stolen)]).unwrap();
        assert_eq!(
            vaults.unlock(&workspace, "bob", "four words make a key", "now").unwrap_err().status(),
            StatusCode::FORBIDDEN
        );
        vaults.change(&workspace, "ann", "another set of words", "now").unwrap();
        vaults.lock("ann");
        assert!(vaults.unlock(&workspace, "ann", "four words make a key", "now").is_err());
        vaults.unlock(&workspace, "ann", "another set of words", "now").unwrap();
        // Nothing of it stands in the file in clear.
        drop(workspace);
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            for secret in ["Kobe depot seven", "123.456", "dysprosium-terbium-oxide", "another set of words"] {
                assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
            }
        }
    }
}
