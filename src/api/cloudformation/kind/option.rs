//! DHCP option sets, peering connections, placement groups, key pairs.

use serde_json::Value;

use super::{Created, Fresh, Kind, at, attribute, own, physical, same, specify_tags, unchanged};
use crate::api::{
    cloudformation::work::{Work, input, put},
    error::ApiError,
    input::{Input, Scalar},
};

/// The types.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "AWS::EC2::DHCPOptions",
        made_by: ("ec2", &["CreateDhcpOptions", "DeleteDhcpOptions"]),
        tag: Some("dhcp-options"),
        properties: &[
            own("DomainName"),
            own("DomainNameServers"),
            own("NtpServers"),
            own("NetbiosNameServers"),
            own("NetbiosNodeType"),
            own("Ipv6AddressPreferredLeaseTime"),
        ],
        create: create_options,
        update: unchanged,
        delete: |work, held| {
            work.ec2("DeleteDhcpOptions", input(&[("DhcpOptionsId", physical(held))])).map(drop)
        },
    },
    Kind {
        name: "AWS::EC2::VPCDHCPOptionsAssociation",
        made_by: ("ec2", &["AssociateDhcpOptions"]),
        tag: None,
        properties: &[same("VpcId").needed(), same("DhcpOptionsId").needed().mutable()],
        create: |work, fresh| {
            work.ec2("AssociateDhcpOptions", fresh.input())?;
            let [options, vpc] =
                ["DhcpOptionsId", "VpcId"].map(|name| fresh.text(name).unwrap_or_default());
            Ok(Created::untagged(format!("{options}|{vpc}")))
        },
        update: |work, _, fresh| work.ec2("AssociateDhcpOptions", fresh.input()).map(drop),
        // What is left is the option set of the region.
        delete: |work, held| {
            let vpc = super::text_of(&held.properties, "VpcId").unwrap_or_default();
            let ids = [("DhcpOptionsId", "default"), ("VpcId", vpc.as_str())];
            work.ec2("AssociateDhcpOptions", input(&ids)).map(drop)
        },
    },
    Kind {
        name: "AWS::EC2::VPCPeeringConnection",
        made_by: ("ec2", &["CreateVpcPeeringConnection", "AcceptVpcPeeringConnection"]),
        tag: Some("vpc-peering-connection"),
        properties: &[
            same("VpcId").needed(),
            same("PeerVpcId").needed(),
            same("PeerOwnerId"),
            same("PeerRegion"),
            own("PeerRoleArn"),
            own("AssumeRoleRegion"),
        ],
        create: |work, fresh| {
            let reply = work.ec2("CreateVpcPeeringConnection", fresh.input())?;
            let id = at(&reply, "vpcPeeringConnection.vpcPeeringConnectionId");
            // CloudFormation accepts for its own account and region.
            let here = |name: &str, own: &str| fresh.text(name).is_none_or(|it| it == own);
            let (account, region) = (work.context.account.clone(), work.context.region);
            if here("PeerOwnerId", &account) && here("PeerRegion", region) {
                let ids = input(&[("VpcPeeringConnectionId", &id)]);
                work.ec2("AcceptVpcPeeringConnection", ids)?;
            }
            Ok(Created::new(id.clone()).with("Id", id))
        },
        update: unchanged,
        delete: |work, held| {
            let id = input(&[("VpcPeeringConnectionId", physical(held))]);
            work.ec2("DeleteVpcPeeringConnection", id).map(drop)
        },
    },
    Kind {
        name: "AWS::EC2::PlacementGroup",
        made_by: ("ec2", &["CreatePlacementGroup", "DeletePlacementGroup"]),
        tag: Some("placement-group"),
        properties: &[
            same("Strategy"),
            same("PartitionCount"),
            same("SpreadLevel"),
            own("GroupName"),
        ],
        create: |work, fresh| {
            let mut request = fresh.input();
            let name = fresh.text("GroupName").unwrap_or_else(|| fresh.made_name());
            request.put("GroupName", Scalar::Text(name.clone()));
            let reply = work.ec2("CreatePlacementGroup", request)?;
            let id = at(&reply, "placementGroup.groupId");
            Ok(Created::untagged(name.clone()).with("GroupName", name).tagged(&id))
        },
        update: unchanged,
        delete: |work, held| {
            work.ec2("DeletePlacementGroup", input(&[("GroupName", physical(held))])).map(drop)
        },
    },
    Kind {
        name: "AWS::EC2::KeyPair",
        made_by: ("ec2", &["CreateKeyPair", "ImportKeyPair", "DeleteKeyPair"]),
        tag: Some("key-pair"),
        properties: &[
            same("KeyName").needed(),
            same("KeyType"),
            same("KeyFormat"),
            own("PublicKeyMaterial"),
        ],
        create: |work, fresh| {
            let mut request = fresh.input();
            let action = match fresh.text("PublicKeyMaterial") {
                Some(material) => {
                    request.take("KeyType");
                    request.take("KeyFormat");
                    let material = data_encoding::BASE64.encode(material.as_bytes());
                    request.put("PublicKeyMaterial", Scalar::Text(material));
                    "ImportKeyPair"
                }
                None => "CreateKeyPair",
            };
            let reply = work.ec2(action, request)?;
            let id = at(&reply, "keyPairId");
            let name = fresh.text("KeyName").unwrap_or_default();
            // Whoever made the stack finds the private key in a parameter.
            let private = at(&reply, "keyMaterial");
            if !private.is_empty() {
                let place = key_parameter(&id);
                let kept = [("Name", &*place), ("Value", &*private), ("Type", "SecureString")];
                work.call("ssm", "PutParameter", input(&kept))?;
            }
            Ok(Created::untagged(name)
                .with("KeyPairId", id.clone())
                .with("KeyFingerprint", at(&reply, "keyFingerprint"))
                .tagged(&id))
        },
        update: unchanged,
        delete: |work, held| {
            work.ec2("DeleteKeyPair", input(&[("KeyName", physical(held))]))?;
            let place = key_parameter(&attribute(held, "KeyPairId"));
            match work.call("ssm", "DeleteParameter", input(&[("Name", &place)])) {
                Err(error) if error.code == "ParameterNotFound" => Ok(()),
                done => done.map(drop),
            }
        },
    },
];

/// The name of the parameter with the private key of a pair.
fn key_parameter(id: &str) -> String {
    format!("/ec2/keypair/{id}")
}

fn create_options(work: &mut Work<'_, '_>, fresh: &Fresh<'_>) -> Result<Created, ApiError> {
    let mut request = Input::default();
    let mut count = 0;
    for (property, key) in [
        ("DomainName", "domain-name"),
        ("DomainNameServers", "domain-name-servers"),
        ("NtpServers", "ntp-servers"),
        ("NetbiosNameServers", "netbios-name-servers"),
        ("NetbiosNodeType", "netbios-node-type"),
        ("Ipv6AddressPreferredLeaseTime", "ipv6-address-preferred-lease-time"),
    ] {
        let Some(value) = fresh.properties.get(property) else { continue };
        count += 1;
        let path = format!("DhcpConfiguration.{count}");
        request.put(&format!("{path}.Key"), Scalar::Text(key.to_owned()));
        let list = if value.is_array() { value.clone() } else { Value::Array(vec![value.clone()]) };
        put(&mut request, &format!("{path}.Value"), &list);
    }
    specify_tags(&mut request, "dhcp-options", &fresh.all_tags());
    let id = at(&work.ec2("CreateDhcpOptions", request)?, "dhcpOptions.dhcpOptionsId");
    Ok(Created::new(id.clone()).with("DhcpOptionsId", id))
}
