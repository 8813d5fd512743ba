//! Readings that are worth remembering for a while: whoever asks the same gets the same, and waits for a
//! reading that is under way.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

use crate::cloud::Deadline;
use crate::organization::{Halt, lock};

/// How old a reading may be. A run of Terraform asks for the same things within seconds.
const AGE_MAX: Duration = Duration::from_mins(1);

/// What was read lately of each `K`, and errors of the API likewise: they would come again.
#[derive(Debug)]
pub(super) struct Remembered<K, V> {
    readings: Mutex<BTreeMap<K, Reading<V>>>,
}

type Reading<V> = Arc<tokio::sync::Mutex<Option<(Instant, Result<Arc<V>, Halt>)>>>;

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Self { readings: Mutex::default() }
    }
}

impl<K: Ord + Clone, V> Remembered<K, V> {
    /// What `read` gives for `key`, or has given lately. One reading of a key is under way at a time; one
    /// that is given up half-way is begun anew by the next who waits.
    pub(super) async fn get(
        &self,
        key: &K,
        until: &Deadline,
        read: impl Future<Output = Result<V, Halt>>,
    ) -> Result<Arc<V>, Halt> {
        let reading = Arc::clone(lock(&self.readings).entry(key.clone()).or_default());
        let mut reading = until.race(reading.lock()).await?;
        if let Some((at, outcome)) = reading.as_ref()
            && at.elapsed() < AGE_MAX
        {
            return outcome.clone();
        }
        let at = Instant::now();
        let outcome = read.await.map(Arc::new);
        if !matches!(outcome, Err(Halt::Ended(_))) {
            *reading = Some((at, outcome.clone()));
        }
        outcome
    }
}
