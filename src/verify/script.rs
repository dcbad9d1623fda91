//! The script that asks the questions where vpcdns cannot run: plain `dig`, for a POSIX shell. It reads and writes no file.
//!
//! No text of a World is in it but names of questions, in single quotes. `answers.rs` reads what it prints.

use std::fmt::Write;

use super::item::Item;

/// What stands before the questions.
const HEAD: &str = r#"#!/bin/sh
# DNS questions of vpcdns. Only asks, with dig, and prints the answers; it writes no file and changes nothing.
#
# Run it on the client, and keep what it prints:
#   sh ask.sh > answers.txt             asks the resolver of this machine
#   sh ask.sh 10.0.0.2 > answers.txt    asks another one; a port may follow
# Then compare, with the same WORLD and CLIENT as for `vpcdns questions`:
#   vpcdns verify WORLD --from CLIENT --answers answers.txt
set -u
LC_ALL=C
export LC_ALL
if ! command -v dig >/dev/null 2>&1; then
  echo "dig is missing: install bind-utils, dnsutils or bind-tools" >&2
  exit 1
fi
server=${1:-}
port=${2:-53}
ask() {
  printf '; vpcdns-question %s %s %s\n' "$1" "$2" "$3"
  # dig ends with an error where nobody answers, and says so.
  if [ -n "$server" ]; then
    dig "@$server" -p "$port" -q "$2" -t "$3" +noall +comments +answer +nosearch +time=2 +tries=2 2>&1 || :
  else
    dig -p "$port" -q "$2" -t "$3" +noall +comments +answer +nosearch +time=2 +tries=2 2>&1 || :
  fi
}
"#;

/// The script for some questions.
pub fn script(items: &[Item]) -> String {
    let mut text = HEAD.to_owned();
    for (index, item) in items.iter().enumerate() {
        let name = quoted(&format!("{}.", item.name));
        let rtype = quoted(&item.rtype.to_string());
        // Writing into a String does not fail.
        let _ = writeln!(text, "ask {} {name} {rtype}", index + 1);
    }
    let _ = writeln!(text, "echo '; vpcdns-end {}'", items.len());
    text
}

/// A word in single quotes, in which a shell reads every letter as itself. A quote stands outside of them.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
