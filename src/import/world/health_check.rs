//! The health checks of a world file, by their ids.

use std::{collections::BTreeMap, sync::Arc};

use super::{Reading, keys};
use crate::{
    import::text::{
        node::Node,
        reader::{self, MapReader},
        scalar::{Account, Scalar},
    },
    model::{
        health_check::{CreateHealthCheck, HealthCheck},
        id::HealthCheckId,
        world::Tags,
    },
};

/// Plans the health checks; a calculated one stands behind its children.
pub(super) fn plan<'n>(reading: &mut Reading<'_, 'n>, file: &MapReader<'n>) {
    for (key, node) in file.map("health-checks", &mut reading.report) {
        let Ok(id) = HealthCheckId::read(&key.text) else {
            let message = format!("expected {}, found \"{}\"", HealthCheckId::EXPECTED, key.text);
            reading.report.error(key.pos, &message);
            continue;
        };
        if let Some(check) = check(reading, id, node) {
            reading.plan(CreateHealthCheck { check }, key.pos, node);
        }
    }
}

fn check(reading: &mut Reading<'_, '_>, id: HealthCheckId, node: &Node) -> Option<HealthCheck> {
    let account = Arc::clone(&reading.account);
    let report = &mut reading.report;
    let fields = MapReader::of(node, node.pos, keys::HEALTH_CHECK, report)?;
    let mut settings = BTreeMap::new();
    for (key, value) in fields.map("settings", report) {
        if let Some(text) = reader::read::<String>(value, report) {
            settings.insert(Arc::from(key.text.as_str()), Arc::from(text));
        }
    }
    let texts = |list: Vec<String>| list.into_iter().map(Arc::from).collect();
    let reference: Option<String> = fields.read("caller-reference", report);
    Some(HealthCheck {
        id,
        owner: fields.read("owner", report).map_or(account, |owner: Account| owner.0),
        caller_reference: reference.unwrap_or_else(|| id.to_string()).into(),
        version: 1,
        tags: Tags::default(),
        settings,
        regions: texts(fields.read_list("regions", report)),
        children: fields.read_list("children", report),
    })
}
