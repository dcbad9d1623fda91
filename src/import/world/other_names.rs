//! Reads `also-known-as` of a world file: other names of resources.
//!
//! References inside the file cannot use these names. Options such as `--set` and `--from` can.

use super::Reading;
use crate::{
    import::{
        names::Names,
        text::{
            node::{self, Key, Node},
            reader::{self, MapReader, Report},
        },
    },
    model::other_names::{OtherNames, SetOtherNames},
};

pub(super) fn plan<'n>(reading: &mut Reading<'_, 'n>, file: &MapReader<'n>, names: &Names) {
    for (key, node) in file.map("also-known-as", &mut reading.report) {
        if let Some(change) = other_names(key, node, names, &mut reading.report) {
            reading.plan(change, key.pos, node);
        }
    }
}

fn other_names(
    key: &Key,
    node: &Node,
    names: &Names,
    report: &mut Report<'_>,
) -> Option<SetOtherNames> {
    let Some(id) = names.id_of(&key.text) else {
        let message =
            format!("nothing, or more than one thing, is called `{}`", node::shorten(&key.text));
        report.error_hint(key.pos, &message, Some("use an id".to_owned()));
        return None;
    };
    let items = reader::list(node, report);
    let mut others: Vec<String> = Vec::new();
    for item in items {
        let name: String = reader::read(item, report)?;
        if name.trim().is_empty() || name.contains(char::is_control) {
            report.error(item.pos, "a name is empty, or has control characters");
            return None;
        }
        if !others.contains(&name) {
            others.push(name);
        }
    }
    Some(SetOtherNames { id, names: OtherNames(others) })
}
