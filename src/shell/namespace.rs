//! Namespaces of this process's own: users where it has to, network, mounts, host name. And the files in `/etc` that
//! differ on the instance.
//!
//! Nothing here changes the machine: the mounts are private to the namespace and end with it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use nix::{
    mount::{MsFlags, mount},
    sched::{CloneFlags, unshare},
    unistd::sethostname,
};

use serde::{Deserialize, Serialize};

use super::machine::Machine;

/// The file that tells glibc where host names come from. Ours asks nothing but DNS: another module, such as
/// systemd-resolved's, would ask the machine's own resolver.
const NSSWITCH: &str = "\
passwd: files
group: files
shadow: files
hosts: files dns
networks: files dns
protocols: files
services: files
";

/// The file of an instance: no name of the machine this runs on.
const HOSTS: &str = "\
127.0.0.1 localhost localhost.localdomain localhost4 localhost4.localdomain4
::1 localhost6 localhost6.localdomain6
";

/// Where the daemon listens that glibc asks before all others. It would answer as the machine.
const NAME_CACHES: [&str; 2] = ["/run/nscd", "/var/run/nscd"];

/// Why there is no network of an instance.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Undone {
    /// The system denies namespaces.
    Denied(String),
    /// Something else failed.
    Failed(String),
}

impl From<String> for Undone {
    fn from(why: String) -> Self {
        Self::Failed(why)
    }
}

/// Moves this process into namespaces of its own. It must have only one thread.
///
/// Without the right to do so, a user namespace gives it: there this user is root.
///
/// # Errors
///
/// What the system denies, with the call that failed.
pub(super) fn enter() -> Result<(), Undone> {
    let flags = CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWUTS;
    if unshare(flags).is_ok() {
        return Ok(());
    }
    let (user, group) = (rustix::process::getuid(), rustix::process::getgid());
    let denied = |error| Undone::Denied(failed("unshare", error));
    unshare(flags | CloneFlags::CLONE_NEWUSER).map_err(denied)?;
    write("/proc/self/setgroups", "deny")?;
    write("/proc/self/uid_map", &format!("0 {} 1", user.as_raw()))?;
    write("/proc/self/gid_map", &format!("0 {} 1", group.as_raw()))?;
    Ok(())
}

/// A network namespace of this thread's own, beside that of the process.
pub(super) fn another_network() -> Result<(), Undone> {
    let denied = |error| Undone::Denied(failed("unshare (network)", error));
    unshare(CloneFlags::CLONE_NEWNET).map_err(denied)
}

/// The longest host name of Linux (`HOST_NAME_MAX`), in bytes.
const LONGEST_HOSTNAME: usize = 64;

/// Makes the instance's host name and files those of the namespaces.
///
/// # Errors
///
/// What the system denies, with the call that failed.
pub(super) fn dress(machine: &Machine) -> Result<(), String> {
    // Linux keeps a name of at most 64 bytes; a domain of DHCP options may be longer.
    let name = match machine.hostname.len() {
        0..=LONGEST_HOSTNAME => machine.hostname.as_str(),
        _ => machine.hostname.split('.').next().unwrap_or_default(),
    };
    sethostname(name).map_err(|error| failed("sethostname", error))?;
    let none: Option<&str> = None;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)
        .map_err(|error| failed("mount --make-rprivate /", error))?;
    let folder = Folder::new()?;
    folder.cover("/etc/resolv.conf", &machine.resolv_conf)?;
    for (path, text) in [("/etc/hosts", HOSTS), ("/etc/nsswitch.conf", NSSWITCH)] {
        if Path::new(path).exists() {
            folder.cover(path, text)?;
        }
    }
    for path in NAME_CACHES {
        if Path::new(path).is_dir() {
            mount(Some("none"), path, Some("tmpfs"), MsFlags::empty(), none)
                .map_err(|error| failed(&format!("mount {path}"), error))?;
        }
    }
    Ok(())
}

fn write(path: &str, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| failed(&format!("write {path}"), error))
}

fn failed(what: &str, error: impl Into<io::Error>) -> String {
    format!("{what}: {}", error.into())
}

/// A folder for the files that are mounted over others. The mounts stay when it is removed.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("vpcdns-shell-{}", std::process::id()));
        let made = fs::create_dir(&path);
        made.map_err(|error| failed(&format!("mkdir {}", path.display()), error))?;
        Ok(Self(path))
    }

    fn cover(&self, path: &str, text: &str) -> Result<(), String> {
        let file = self.0.join("file");
        // The file of the mount before this one was unlinked, so this is another.
        let _ = fs::remove_file(&file);
        fs::write(&file, text)
            .map_err(|error| failed(&format!("write {}", file.display()), error))?;
        let none: Option<&str> = None;
        mount(Some(&file), path, none, MsFlags::MS_BIND, none)
            .map_err(|error| failed(&format!("mount --bind {path}"), error))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
