//! The commands in docs/what-breaks.md print what it says.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

mod common;

use std::{fs, process::Command};

use common::root;

/// The blocks of the part with the stories: the command of each, and the lines it is to print.
fn blocks(text: &str) -> Vec<(Vec<String>, Vec<&str>)> {
    let part = text.split("\n## Three stories\n").nth(1).unwrap();
    let part = part.split("\n## ").next().unwrap();
    let mut blocks = Vec::new();
    for block in part.split("```\n").skip(1).step_by(2) {
        let mut lines = block.lines();
        let command = lines.next().and_then(|line| line.strip_prefix("$ vpcdns ")).unwrap();
        blocks.push((words(command), lines.collect()));
    }
    blocks
}

/// The words of a command; single quotes hold several together.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in command.split('\'').enumerate() {
        match at % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

/// Whether lines are printed one after the other, with others where `…` stands.
fn prints(printed: &str, told: &[&str]) -> Result<(), String> {
    let printed: Vec<&str> = printed.trim_end().lines().collect();
    let (mut at, mut gap) = (0, false);
    for line in told {
        if *line == "…" {
            gap = true;
            continue;
        }
        let here = printed.get(at..).unwrap_or_default();
        let found = if gap { here.iter().position(|it| it == line) } else { Some(0) };
        match found.filter(|found| here.get(*found) == Some(line)) {
            Some(found) => at += found + 1,
            None => return Err(format!("not printed there: {line}")),
        }
        gap = false;
    }
    if gap || at == printed.len() { Ok(()) } else { Err("more is printed".to_owned()) }
}

#[test]
fn the_stories_are_true() {
    let text = fs::read_to_string(root().join("docs/what-breaks.md")).unwrap();
    let blocks = blocks(&text);
    assert_eq!(blocks.len(), 7);
    for (command, told) in blocks {
        let output = Command::new(env!("CARGO_BIN_EXE_vpcdns"))
            .current_dir(root().join("docs/examples/what-breaks"))
            .env_remove("LANG")
            .env_remove("LC_ALL")
            .args(&command)
            .output()
            .unwrap();
        let out = String::from_utf8_lossy(&output.stdout);
        if let Err(why) = prints(&out, &told) {
            panic!("{command:?}: {why}\n{out}{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}
