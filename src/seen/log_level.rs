//! The level of diagnostics, which an operator may change while the server runs.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// Takes another level; gives it as it is understood.
type Change = Arc<dyn Fn(&str) -> Result<String, String> + Send + Sync>;

/// What is logged, in the form of `RUST_LOG`.
#[derive(Clone)]
pub struct LogLevel {
    now: Arc<Mutex<String>>,
    change: Change,
}

impl LogLevel {
    /// It is this, and is changed so.
    pub fn new(now: String, change: Change) -> Self {
        Self { now: Arc::new(Mutex::new(now)), change }
    }

    /// What it is.
    pub fn now(&self) -> String {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes it.
    ///
    /// # Errors
    ///
    /// What is wrong with the text.
    pub fn change(&self, text: &str) -> Result<String, String> {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = (self.change)(text)?;
        Ok(now.clone())
    }
}

impl fmt::Debug for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LogLevel").field(&self.now()).finish()
    }
}
