//! Answers from the study boundary, in the shapes of the wire.

pub mod chain;
pub mod claims;
pub mod desk;
pub mod lab;
pub mod meta;
pub mod record;
pub mod sources;
pub mod steps;
pub mod tables;
pub mod validation;

use crate::fault::{Answered, Fault};
use axum::body::Bytes;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::sync::OnceCell;

/// Bytes that are kept of answers given before.
const MOST_BYTES: usize = 64 << 20;

/// The body of an answer, and when it was made.
type Kept = Arc<OnceCell<Bytes>>;

/// Answers that were given before: the same package, day and question give the same bytes. Who asks while an answer is
/// made waits for it instead of making it again.
#[derive(Default)]
pub struct Cache {
    kept: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    /// By question: when it was last asked, counted in questions, and the answer.
    answers: BTreeMap<String, (u64, Kept)>,
    /// Questions so far.
    asked: u64,
}

impl Cache {
    /// The answer to a question, made if it is not there.
    pub async fn get<F>(&self, question: String, make: F) -> Answered<Bytes>
    where
        F: FnOnce() -> Answered<Vec<u8>> + Send + 'static,
    {
        let cell = {
            let mut kept = self.kept.lock().map_err(|_| Fault::internal("the cache is lost"))?;
            kept.asked += 1;
            let now = kept.asked;
            let entry = kept.answers.entry(question).or_insert_with(|| (now, Kept::default()));
            entry.0 = now;
            Arc::clone(&entry.1)
        };
        let made = cell
            .get_or_try_init(|| async {
                let made = tokio::task::spawn_blocking(make).await;
                made.unwrap_or_else(|_| Err(Fault::internal("an answer broke off"))).map(Bytes::from)
            })
            .await?
            .clone();
        self.forget_the_oldest();
        Ok(made)
    }

    fn forget_the_oldest(&self) {
        let Ok(mut kept) = self.kept.lock() else { return };
        let size = |cell: &Kept| cell.get().map_or(0, Bytes::len) + 256;
        let mut total: usize = kept.answers.values().map(|(_, cell)| size(cell)).sum();
        while total > MOST_BYTES {
            let oldest = kept.answers.iter().min_by_key(|(_, (used, _))| *used).map(|(question, _)| question.clone());
            let Some((_, cell)) = oldest.and_then(|question| kept.answers.remove(&question)) else { return };
            total -= size(&cell);
        }
    }
}
