//! Trust stores of load balancers and their revocation lists.

use super::{Created, Kind, at, balancer::short_name, own, physical, put_tags, same, unchanged};
use crate::api::{cloudformation::work::input, input::Scalar};

/// The service's name in a signature.
const SERVICE: &str = "elasticloadbalancing";

/// The types.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "AWS::ElasticLoadBalancingV2::TrustStore",
        made_by: (SERVICE, &["CreateTrustStore", "ModifyTrustStore", "DeleteTrustStore"]),
        tag: None,
        properties: &[
            own("Name"),
            own("Tags"),
            same("CaCertificatesBundleS3Bucket").needed().mutable(),
            same("CaCertificatesBundleS3Key").needed().mutable(),
            same("CaCertificatesBundleS3ObjectVersion").mutable(),
        ],
        create: |work, fresh| {
            let mut request = fresh.input();
            let name = fresh.text("Name").unwrap_or_else(|| short_name(fresh));
            request.put("Name", Scalar::Text(name));
            put_tags(&mut request, fresh.all_tags());
            let reply = work.call(SERVICE, "CreateTrustStore", request)?;
            let arn = at(&reply, "TrustStores.TrustStoreArn");
            let certificates = at(&reply, "TrustStores.NumberOfCaCertificates");
            Ok(Created::new(arn.clone())
                .with("TrustStoreArn", arn)
                .with("Status", at(&reply, "TrustStores.Status"))
                .with("NumberOfCaCertificates", certificates))
        },
        update: |work, held, fresh| {
            let mut request = fresh.input();
            request.put("TrustStoreArn", Scalar::Text(physical(held).to_owned()));
            work.call(SERVICE, "ModifyTrustStore", request).map(drop)
        },
        delete: |work, held| {
            let arn = input(&[("TrustStoreArn", physical(held))]);
            work.call(SERVICE, "DeleteTrustStore", arn).map(drop)
        },
    },
    Kind {
        name: "AWS::ElasticLoadBalancingV2::TrustStoreRevocation",
        made_by: (SERVICE, &["AddTrustStoreRevocations", "RemoveTrustStoreRevocations"]),
        tag: None,
        properties: &[same("TrustStoreArn").needed(), same("RevocationContents").needed()],
        create: |work, fresh| {
            let reply = work.call(SERVICE, "AddTrustStoreRevocations", fresh.input())?;
            let ids = reply.at("TrustStoreRevocations.RevocationId");
            let arn = fresh.text("TrustStoreArn").unwrap_or_default();
            let id = ids.first().cloned().unwrap_or_default();
            Ok(Created::untagged(format!("{}|{arn}", ids.join(","))).with("RevocationId", id))
        },
        update: unchanged,
        delete: |work, held| {
            let (ids, arn) = physical(held).split_once('|').unwrap_or_default();
            let mut request = input(&[("TrustStoreArn", arn)]);
            for (index, id) in ids.split(',').enumerate() {
                let path = format!("RevocationIds.{}", index + 1);
                request.put(&path, Scalar::Text(id.to_owned()));
            }
            work.call(SERVICE, "RemoveTrustStoreRevocations", request).map(drop)
        },
    },
];
