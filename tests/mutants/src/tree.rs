//! The copy of the project that faults are put into. The project itself is never changed.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The file that gets the switch.
const LIBRARY: &str = "src/lib.rs";

/// The switch that a fault asks, in the copy's `src/lib.rs`.
const SWITCH: &str = r#"
/// The fault that is on.
#[doc(hidden)]
#[allow(missing_docs, clippy::all)]
pub fn mutant_is_on(number: u32) -> bool {
    static ON: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    let on = *ON.get_or_init(|| {
        std::env::var("MUTANT").ok().and_then(|text| text.parse().ok()).unwrap_or(u32::MAX)
    });
    on == number
}
"#;

/// Copies every file that git knows or would take, so that a change that is not committed yet is tried too.
///
/// The files in `faulty` are left to the caller, who puts faults into them. An unchanged file keeps its time, so that
/// cargo builds only what changed.
pub fn copy(root: &Path, copy: &Path, faulty: &BTreeSet<PathBuf>) -> Result<(), String> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("git: {error}"))?;
    for name in String::from_utf8_lossy(&listed.stdout).split('\0').filter(|name| !name.is_empty())
    {
        let (from, to) = (root.join(name), copy.join(name));
        if !from.is_file() || faulty.contains(Path::new(name)) || name == LIBRARY {
            continue;
        }
        make_folder(&to)?;
        if fs::read(&from).ok() != fs::read(&to).ok() {
            fs::copy(&from, &to).map_err(|error| format!("{}: {error}", to.display()))?;
        }
    }
    let text = fs::read_to_string(root.join(LIBRARY)).map_err(|error| error.to_string())?;
    write(&copy.join(LIBRARY), &format!("{text}{SWITCH}"))?;
    let tools = (root.join("target/tools"), copy.join("target/tools"));
    if tools.0.exists() && !tools.1.exists() {
        fs::create_dir_all(copy.join("target")).map_err(|error| error.to_string())?;
        std::os::unix::fs::symlink(tools.0, tools.1).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Writes a file if it would change.
pub fn write(path: &Path, text: &str) -> Result<(), String> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    make_folder(path)?;
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Makes the folder that a file is in.
fn make_folder(file: &Path) -> Result<(), String> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}
