//! Why a system denies namespaces, as far as it tells.

use std::{fs, path::Path};

/// A setting of the kernel that a user without rights runs into, and what it says then.
const SETTINGS: &[(&str, &str, &str)] = &[
    (
        "/proc/sys/user/max_user_namespaces",
        "0",
        "user.max_user_namespaces is 0: only root may make them",
    ),
    (
        "/proc/sys/kernel/unprivileged_userns_clone",
        "0",
        "kernel.unprivileged_userns_clone is 0: only root may make them",
    ),
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "kernel.apparmor_restrict_unprivileged_userns is 1: AppArmor lets only root make them",
    ),
];

/// Files that container engines put into containers.
const IN_CONTAINERS: [&str; 2] = ["/.dockerenv", "/run/.containerenv"];

/// The likely reason; `None` if nothing tells.
pub fn why() -> Option<String> {
    let holds =
        |path: &str, value: &str| fs::read_to_string(path).is_ok_and(|text| text.trim() == value);
    if let Some((.., why)) = SETTINGS.iter().find(|(path, value, _)| holds(path, value)) {
        return Some((*why).to_owned());
    }
    let contained = IN_CONTAINERS.iter().any(|path| Path::new(path).exists());
    contained.then(|| {
        "this is a container: it needs `--cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt apparmor=unconfined`"
            .to_owned()
    })
}
