//! Threads of a server that stand still.

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::Server;

/// Long enough for a busy machine; no test waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(20);

/// The threads of a process whose name begins so.
pub fn threads(server: &Server, name: &str) -> Vec<String> {
    let tasks = format!("/proc/{}/task", server.id());
    let folders = std::fs::read_dir(tasks).unwrap().map(|task| task.unwrap().path());
    folders
        .filter(|task| {
            std::fs::read_to_string(task.join("comm")).is_ok_and(|it| it.starts_with(name))
        })
        .map(|task| task.file_name().unwrap().to_str().unwrap().to_owned())
        .collect()
}

/// Makes threads stand still at their next system call, until the value ends.
pub struct Frozen(Child);

impl Frozen {
    /// `None` if strace is missing or may not trace here.
    pub fn new(threads: &[String]) -> Option<Self> {
        let tried = Command::new("strace").args(["-D", "true"]).stderr(Stdio::null()).status();
        if !tried.is_ok_and(|status| status.success()) {
            eprintln!("SKIPPED: strace is missing or may not trace here");
            return None;
        }
        let mut strace = Command::new("strace");
        strace.args(["-qq", "-o", "/dev/null", "-e", "inject=all:delay_enter=600s"]);
        for thread in threads {
            strace.args(["-p", thread]);
        }
        let child = strace.stderr(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        let traced = |thread: &String| {
            let status = std::fs::read_to_string(format!("/proc/{thread}/status")).unwrap();
            !status.contains("TracerPid:\t0\n")
        };
        while !threads.iter().all(traced) {
            assert!(begun.elapsed() < PATIENCE, "strace did not take hold");
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(Self(child))
    }
}

/// Threads once there are no more of them: some may only begin when the server says that it is ready.
pub fn settled<T: PartialEq>(all: impl Fn() -> Vec<T>) -> Vec<T> {
    let mut still = all();
    for _ in 0..20 {
        std::thread::sleep(Duration::from_millis(100));
        let before = std::mem::replace(&mut still, all());
        if before == still {
            break;
        }
    }
    still
}

impl Drop for Frozen {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
