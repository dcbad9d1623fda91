//! DNS Firewall of Route 53 Resolver.

use serde_json::{Value, json};

use super::{
    Created, Fresh, Kind, at, items_of, own, physical,
    resolver::{SERVICE, request},
    same,
};
use crate::{
    api::{
        cloudformation::work::{Work, input, put},
        error::ApiError,
        input::Scalar,
    },
    model::stack::StackResource,
};

/// The types.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "AWS::Route53Resolver::FirewallDomainList",
        made_by: (
            SERVICE,
            &["CreateFirewallDomainList", "UpdateFirewallDomains", "DeleteFirewallDomainList"],
        ),
        tag: None,
        properties: &[own("Name"), own("Domains").mutable(), own("Tags")],
        create: |work, fresh| {
            let reply = work.call(SERVICE, "CreateFirewallDomainList", named(fresh))?;
            let it = |name: &str| at(&reply, &format!("FirewallDomainList.{name}"));
            set_domains(work, &it("Id"), fresh.items("Domains"))?;
            Ok(Created::new(it("Id"))
                .with("Id", it("Id"))
                .with("Arn", it("Arn"))
                .with("CreatorRequestId", it("CreatorRequestId"))
                .with("DomainCount", json!(fresh.items("Domains").len()))
                .with("Status", "COMPLETE")
                .tagged(&it("Arn")))
        },
        update: |work, held, fresh| {
            work.set_attribute("DomainCount", fresh.items("Domains").len());
            set_domains(work, physical(held), fresh.items("Domains"))
        },
        delete: |work, held| {
            let id = input(&[("FirewallDomainListId", physical(held))]);
            work.call(SERVICE, "DeleteFirewallDomainList", id).map(drop)
        },
    },
    Kind {
        name: "AWS::Route53Resolver::FirewallRuleGroup",
        made_by: (
            SERVICE,
            &["CreateFirewallRuleGroup", "CreateFirewallRule", "DeleteFirewallRuleGroup"],
        ),
        tag: None,
        properties: &[own("Name"), own("FirewallRules").mutable(), own("Tags")],
        create: |work, fresh| {
            let reply = work.call(SERVICE, "CreateFirewallRuleGroup", named(fresh))?;
            let it = |name: &str| at(&reply, &format!("FirewallRuleGroup.{name}"));
            add_rules(work, &it("Id"), fresh)?;
            Ok(Created::new(it("Id"))
                .with("Id", it("Id"))
                .with("Arn", it("Arn"))
                .with("CreatorRequestId", it("CreatorRequestId"))
                .with("OwnerId", it("OwnerId"))
                .with("RuleCount", json!(fresh.items("FirewallRules").len()))
                .with("ShareStatus", it("ShareStatus"))
                .with("Status", "COMPLETE")
                .tagged(&it("Arn")))
        },
        update: |work, held, fresh| {
            remove_rules(work, held)?;
            add_rules(work, physical(held), fresh)?;
            work.set_attribute("RuleCount", fresh.items("FirewallRules").len());
            Ok(())
        },
        delete: |work, held| {
            remove_rules(work, held)?;
            let id = input(&[("FirewallRuleGroupId", physical(held))]);
            work.call(SERVICE, "DeleteFirewallRuleGroup", id).map(drop)
        },
    },
    Kind {
        name: "AWS::Route53Resolver::FirewallRuleGroupAssociation",
        made_by: (SERVICE, &["AssociateFirewallRuleGroup", "DisassociateFirewallRuleGroup"]),
        tag: None,
        properties: &[
            same("FirewallRuleGroupId").needed(),
            same("VpcId").needed(),
            same("Priority").needed().mutable(),
            same("MutationProtection").mutable(),
            own("Name").mutable(),
            own("Tags"),
        ],
        create: |work, fresh| {
            let reply = work.call(SERVICE, "AssociateFirewallRuleGroup", named(fresh))?;
            let it = |name: &str| at(&reply, &format!("FirewallRuleGroupAssociation.{name}"));
            Ok(Created::new(it("Id"))
                .with("Id", it("Id"))
                .with("Arn", it("Arn"))
                .with("CreatorRequestId", it("CreatorRequestId"))
                .with("Status", "COMPLETE")
                .tagged(&it("Arn")))
        },
        update: |work, held, fresh| {
            let mut request = input(&[("FirewallRuleGroupAssociationId", physical(held))]);
            for name in ["Name", "Priority", "MutationProtection"] {
                put(&mut request, name, fresh.properties.get(name).unwrap_or(&Value::Null));
            }
            work.call(SERVICE, "UpdateFirewallRuleGroupAssociation", request).map(drop)
        },
        delete: |work, held| {
            let id = input(&[("FirewallRuleGroupAssociationId", physical(held))]);
            work.call(SERVICE, "DisassociateFirewallRuleGroup", id).map(drop)
        },
    },
];

/// The request that makes a resource, with its name or with one that is made up.
fn named(fresh: &Fresh<'_>) -> crate::api::input::Input {
    let mut request = request(fresh);
    let name = fresh.text("Name").unwrap_or_else(|| {
        let logical: String = fresh.logical.chars().take(50).collect();
        format!("{logical}-{}", fresh.suffix)
    });
    request.put("Name", Scalar::Text(name));
    request
}

fn set_domains(work: &mut Work<'_, '_>, list: &str, domains: &[Value]) -> Result<(), ApiError> {
    let mut request = input(&[("FirewallDomainListId", list), ("Operation", "REPLACE")]);
    put(&mut request, "Domains", &Value::Array(domains.to_vec()));
    work.call(SERVICE, "UpdateFirewallDomains", request).map(drop)
}

/// Adds the rules of a template to a group. They have no names there.
fn add_rules(work: &mut Work<'_, '_>, group: &str, fresh: &Fresh<'_>) -> Result<(), ApiError> {
    for (index, rule) in fresh.items("FirewallRules").iter().enumerate() {
        let reference = format!("{}-{}", fresh.suffix, index + 1);
        let name = format!("rule-{}", index + 1);
        let mut request = input(&[
            ("FirewallRuleGroupId", group),
            ("CreatorRequestId", &reference),
            ("Name", &name),
        ]);
        for (name, value) in rule.as_object().into_iter().flatten() {
            put(&mut request, name, value);
        }
        work.call(SERVICE, "CreateFirewallRule", request)?;
    }
    Ok(())
}

/// Removes the rules that the stack gave a group.
fn remove_rules(work: &mut Work<'_, '_>, held: &StackResource) -> Result<(), ApiError> {
    for rule in items_of(&held.properties, "FirewallRules") {
        let mut request = input(&[("FirewallRuleGroupId", physical(held))]);
        for name in ["FirewallDomainListId", "Qtype"] {
            put(&mut request, name, rule.get(name).unwrap_or(&Value::Null));
        }
        match work.call(SERVICE, "DeleteFirewallRule", request) {
            Err(error) if error.code.contains("NotFound") => {}
            done => done.map(drop)?,
        }
    }
    Ok(())
}
