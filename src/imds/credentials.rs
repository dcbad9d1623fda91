//! Credentials of roles, and the identity document.
//!
//! The credentials are made from the instance's id. They have AWS's shape but give access to nothing. They change once
//! an hour and are valid for six hours. Only AWS can sign the document, so the paths of its signatures are not found.

use data_encoding::{BASE32, BASE64};
use serde_json::{Value, json};

use super::{
    subject::{Subject, timestamp},
    tree::Tree,
};
use crate::hash::stable_hash;

/// How often the credentials change, in seconds.
const RENEWED: u64 = 3_600;
/// How long they are valid, in seconds.
const HOLD: u64 = 21_600;

/// Adds the credentials and the identity document.
pub(super) fn put(subject: &Subject<'_>, tree: &mut Tree) {
    let account = &subject.vpc.owner;
    let renewed = timestamp(subject.now - subject.now % RENEWED);
    let info = json!({
        "Code": "Success", "LastUpdated": renewed, "AccountId": **account,
    });
    tree.put("meta-data/identity-credentials/ec2/info", text(&info));
    tree.put(
        "meta-data/identity-credentials/ec2/security-credentials/ec2-instance",
        text(&credentials(subject, "ec2-instance")),
    );
    let profile = subject.guest.profile(subject.region.name, account);
    if let (Some(role), Some(profile)) = (&subject.guest.role, profile) {
        let info = json!({
            "Code": "Success",
            "LastUpdated": renewed,
            "InstanceProfileArn": profile.arn,
            "InstanceProfileId": profile.id,
        });
        tree.put("meta-data/iam/info", text(&info));
        tree.put(
            format!("meta-data/iam/security-credentials/{role}"),
            text(&credentials(subject, role)),
        );
    }
    tree.put("dynamic/instance-identity/document", text(&document(subject)));
}

fn credentials(subject: &Subject<'_>, role: &str) -> Value {
    let renewed = subject.now - subject.now % RENEWED;
    let instance = subject.instance.id;
    let secret = |what: &str, parts: u8| {
        let bytes: Vec<u8> = (0..parts)
            .flat_map(|part| {
                seed(what, &format!("{instance}/{role}/{renewed}/{part}")).to_be_bytes()
            })
            .collect();
        BASE64.encode(&bytes)
    };
    let mut key = secret("secret-key", 2);
    key.truncate(40);
    json!({
        "Code": "Success",
        "LastUpdated": timestamp(renewed),
        "Type": "AWS-HMAC",
        "AccessKeyId": identifier(subject, "ASIA", &format!("{role}/{renewed}")),
        "SecretAccessKey": key,
        "Token": secret("session-token", 12),
        "Expiration": timestamp(renewed.saturating_add(HOLD)),
    })
}

/// A number from which an identifier is made that only AWS could give. It is the same on every machine.
fn seed(what: &str, of: &str) -> u128 {
    stable_hash(&format!("metadata/{what}/{of}"))
}

/// An IAM identifier: four letters and sixteen of base 32.
fn identifier(subject: &Subject<'_>, prefix: &str, of: &str) -> String {
    let bytes = seed(prefix, &format!("{}/{of}", subject.instance.id)).to_be_bytes();
    let mut digits = BASE32.encode(&bytes);
    digits.truncate(16);
    format!("{prefix}{digits}")
}

fn document(subject: &Subject<'_>) -> Value {
    let instance = subject.instance;
    json!({
        "accountId": *subject.vpc.owner,
        "architecture": instance.architecture(),
        "availabilityZone": *subject.subnet.zone,
        "billingProducts": null,
        "devpayProductCodes": null,
        "marketplaceProductCodes": null,
        "imageId": *subject.guest.image(subject.region.name),
        "instanceId": instance.id.to_string(),
        "instanceType": *instance.instance_type,
        "kernelId": null,
        "pendingTime": timestamp(instance.launch.at / 1_000),
        "privateIp": instance.address.map(|address| address.to_string()),
        "ramdiskId": null,
        "region": subject.region.name,
        "version": "2017-09-30",
    })
}

fn text(value: &Value) -> String {
    format!("{value:#}")
}
