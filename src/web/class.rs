//! The class: the students, each with a World, a DNS port and a secret of their own.
//!
//! All Worlds begin as the same Snapshot, whose parts they share until they change, and have the labs and the limit on long
//! work in common. So a student costs little memory. Who may do what is decided in `class_door.rs`.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{Router, http::StatusCode};

use super::{
    routes,
    secret::same_secret,
    shared::{Common, Config, Role, Shared},
    standing::Standing,
};
use crate::{
    language::Language,
    resolve::{question::Asker, snapshot::Snapshot},
    seen::{ProcessCounts, Watch},
    store::{Live, pace::Pace},
};

/// The longest name of a student, in characters.
const LONGEST_NAME: usize = 32;

/// DNS for a student's World.
pub struct Opened {
    /// The addresses, with each listener's view.
    pub addresses: Vec<(SocketAddr, Option<Asker>)>,
    /// What watches the queries.
    pub watch: Arc<dyn Watch>,
    /// Answers until it is dropped.
    pub running: Box<dyn Send>,
}

/// Begins to answer DNS from a World, or says why it cannot.
type Open = Box<dyn Fn(&Live) -> Result<Opened, String> + Send + Sync>;

/// The settings of a class.
pub struct ClassConfig {
    /// The most students.
    pub most: usize,
    /// The World of a student who joins.
    pub start: Snapshot,
    /// How long endpoints stay in a temporary state.
    pub pace: Pace,
    /// Begins to answer DNS from a student's World.
    pub open: Open,
}

/// The class.
pub(super) struct Class {
    /// The teacher's World.
    pub(super) teacher: Arc<Shared>,
    /// What a student must show to join. `None` if only this machine can reach the server.
    code: Option<String>,
    students: Mutex<BTreeMap<String, Arc<Student>>>,
    config: ClassConfig,
}

impl std::fmt::Debug for Class {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Class").field("students", &self.students().len()).finish()
    }
}

/// A student.
pub(super) struct Student {
    pub(super) name: String,
    /// What opens the World, and nothing else.
    pub(super) secret: String,
    pub(super) shared: Arc<Shared>,
    pub(super) router: Router,
    pub(super) standing: Mutex<Standing>,
    /// Milliseconds since the epoch.
    active: AtomicU64,
    /// How many DNS queries there were when somebody last looked.
    queries: AtomicU64,
    _running: Mutex<Box<dyn Send>>,
}

/// Why nobody joined.
pub(super) struct Refused(pub(super) StatusCode, pub(super) String);

/// Milliseconds since the epoch.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// A random text of 26 small letters and digits.
fn random() -> io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(data_encoding::BASE32_NOPAD.encode(&bytes).to_ascii_lowercase())
}

/// Whether a student may be called so: letters and digits of any script, and hyphens between them.
pub(super) fn is_name(name: &str) -> bool {
    let fine = |letter: char| letter.is_alphanumeric() || letter == '-';
    (1..=LONGEST_NAME).contains(&name.chars().count())
        && name.chars().all(fine)
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// The path of a student's World, without a slash at the end.
pub(super) fn mount(name: &str) -> String {
    let escaped = |byte: u8| match byte {
        b'-' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    format!("/students/{}", name.bytes().map(escaped).collect::<String>())
}

impl Class {
    /// A class without students.
    ///
    /// # Errors
    ///
    /// If the system gives no random numbers.
    pub(super) fn new(teacher: Arc<Shared>, config: ClassConfig) -> io::Result<Self> {
        // With a token, other machines may reach the server.
        let code = teacher.config.token.as_ref().map(|_| random()).transpose()?;
        Ok(Self { teacher, code, students: Mutex::default(), config })
    }

    fn students(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Student>>> {
        self.students.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All students, by name.
    pub(super) fn all(&self) -> Vec<Arc<Student>> {
        self.students().values().map(Arc::clone).collect()
    }

    /// A student.
    pub(super) fn find(&self, name: &str) -> Option<Arc<Student>> {
        self.students().get(name).map(Arc::clone)
    }

    /// The most students.
    pub(super) fn most(&self) -> usize {
        self.config.most
    }

    /// The address at which students join.
    pub(super) fn join_path(&self) -> String {
        self.code.as_ref().map_or_else(|| "/join".to_owned(), |code| format!("/?code={code}"))
    }

    /// Lets somebody join, or in again who shows the secret of that name. Binds sockets and starts a thread, so it may
    /// block.
    pub(super) fn join(
        &self,
        (name, code, secret): (&str, Option<&str>, Option<&str>),
        language: Language,
    ) -> Result<Arc<Student>, Refused> {
        let refused = |status, text: String| Err(Refused(status, text));
        if let Some(code_of_class) = &self.code
            && !code.is_some_and(|code| same_secret(code, code_of_class))
        {
            return refused(StatusCode::FORBIDDEN, language.class_code());
        }
        if !is_name(name) {
            return refused(StatusCode::BAD_REQUEST, language.class_name(LONGEST_NAME));
        }
        let mut students = self.students();
        if let Some(student) = students.get(name) {
            return match secret.is_some_and(|secret| same_secret(secret, &student.secret)) {
                true => Ok(Arc::clone(student)),
                false => refused(StatusCode::CONFLICT, language.class_taken(name)),
            };
        }
        if students.len() >= self.config.most {
            let text = language.class_full(self.config.most);
            return refused(StatusCode::SERVICE_UNAVAILABLE, text);
        }
        match self.admit(name) {
            Ok(student) => {
                let student = Arc::new(student);
                students.insert(name.to_owned(), Arc::clone(&student));
                Ok(student)
            }
            Err(why) => {
                tracing::warn!(why, "a student cannot join");
                refused(StatusCode::SERVICE_UNAVAILABLE, language.class_no_room(why))
            }
        }
    }

    fn admit(&self, name: &str) -> Result<Student, String> {
        let secret = random().map_err(|error| error.to_string())?;
        let live = Arc::new(Live::new(self.config.start.clone()));
        if self.config.pace == Pace::Real {
            live.set_pace(Pace::Real);
        }
        let Opened { addresses, watch, running } = (self.config.open)(&live)?;
        let config = Config {
            token: Some(secret.clone()),
            dns: addresses,
            role: Some(Role::Student(name.to_owned())),
            // The process is the teacher's.
            log_level: None,
            process: ProcessCounts::default,
            ..self.teacher.config.clone()
        };
        let common: Common = self.teacher.common.clone();
        let shared = Shared::new(live, watch, config, common, mount(name));
        shared.ready.store(true, Ordering::Release);
        Ok(Student {
            name: name.to_owned(),
            secret,
            router: routes::world(&shared, Router::new()),
            shared,
            standing: Mutex::default(),
            active: AtomicU64::new(now()),
            queries: AtomicU64::new(0),
            _running: Mutex::new(running),
        })
    }
}

impl Student {
    /// Notes that the student did something.
    pub(super) fn touch(&self) {
        self.active.store(now(), Ordering::Relaxed);
    }

    /// When the student last did something, in milliseconds since the epoch. A DNS query counts when it is first seen here.
    pub(super) fn active(&self) -> u64 {
        let counts = self.shared.watch.counts();
        let asked = counts.queries.iter().map(|(_, counted)| counted.all()).sum();
        if self.queries.swap(asked, Ordering::Relaxed) != asked {
            self.touch();
        }
        self.active.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_made_of_letters() {
        for name in ["kim", "김철수", "Zoë", "team-1", "7", &"가".repeat(32)] {
            assert!(is_name(name), "{name}");
        }
        for name in [
            "",
            "-",
            "a-",
            "a b",
            "a/b",
            "..",
            "%2e",
            "a\u{0}",
            "a\u{202e}b",
            "a.b",
            &"가".repeat(33),
        ] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn a_path_is_ascii() {
        assert_eq!(mount("kim-1"), "/students/kim-1");
        assert_eq!(mount("김"), "/students/%EA%B9%80");
    }
}
