"""Route 53: what the API makes is what dig sees. REST-XML, written and read by botocore and by `aws`."""

import time

from botocore.exceptions import ClientError
from common import ACCOUNT, REGION, aws, client, dig, ec2, refused, same

r53 = client("route53", region="us-east-1")
OTHER = "222222222222"
theirs = client("route53", region="us-east-1", account=OTHER)
their_ec2 = client("ec2", account=OTHER)


def vpc_of(api, cidr):
    made = api.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    api.modify_vpc_attribute(VpcId=made, EnableDnsHostnames={"Value": True})
    api.create_subnet(VpcId=made, CidrBlock=cidr.replace("/16", "/24"), AvailabilityZone=f"{REGION}a")
    return made


one, two = vpc_of(ec2, "10.61.0.0/16"), vpc_of(ec2, "10.62.0.0/16")
away = vpc_of(their_ec2, "10.63.0.0/16")
AT, AT_TWO, AT_AWAY = "10.61.0.9", "10.62.0.9", "10.63.0.9"


def in_vpc(vpc):
    return {"VPCRegion": REGION, "VPCId": vpc}


def records(zone, *changes, api=r53, comment=""):
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": it} for action, it in changes]}
    return api.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={**batch, "Comment": comment})["ChangeInfo"]


def values(name, rtype, *texts, ttl=60, **more):
    return {"Name": name, "Type": rtype, "TTL": ttl, "ResourceRecords": [{"Value": it} for it in texts], **more}


def alias(name, rtype, target, zone, health=False, **more):
    return {
        "Name": name,
        "Type": rtype,
        "AliasTarget": {"HostedZoneId": zone, "DNSName": target, "EvaluateTargetHealth": health},
        **more,
    }


# A private zone.
made = r53.create_hosted_zone(
    Name="Corp.Internal",
    CallerReference="a",
    VPC=in_vpc(one),
    HostedZoneConfig={"Comment": "ours", "PrivateZone": True},
)
same(made["ResponseMetadata"]["HTTPStatusCode"], 201)
zone = made["HostedZone"]["Id"].removeprefix("/hostedzone/")
assert made["Location"].endswith(f"/2013-04-01/hostedzone/{zone}"), made["Location"]
same(
    {k: v for k, v in made["HostedZone"].items() if k != "Id"},
    {
        "Name": "corp.internal.",
        "CallerReference": "a",
        "Config": {"Comment": "ours", "PrivateZone": True},
        "ResourceRecordSetCount": 2,
    },
)
same(made["VPC"], in_vpc(one))
same(made["ChangeInfo"]["Status"], "PENDING")
assert "DelegationSet" not in made, made
change = made["ChangeInfo"]["Id"].removeprefix("/change/")
same(r53.get_change(Id=change)["ChangeInfo"]["Status"], "INSYNC")
r53.get_waiter("resource_record_sets_changed").wait(Id=change, WaiterConfig={"Delay": 1, "MaxAttempts": 2})
for wrong in ("C1", change[:-1] + ("A" if change[-1] != "A" else "B")):
    refused("NoSuchChange", r53.get_change, status=404, Id=wrong)
refused("NoSuchChange", theirs.get_change, status=404, Id=change)
found = r53.get_hosted_zone(Id=zone)
same(found["HostedZone"], made["HostedZone"])
same(found["VPCs"], [in_vpc(one)])
refused("NoSuchHostedZone", r53.get_hosted_zone, text="No hosted zone found with ID: Z1", status=404, Id="Z1")
refused("NoSuchHostedZone", theirs.get_hosted_zone, status=404, Id=zone)
refused("HostedZoneAlreadyExists", r53.create_hosted_zone, status=409, Name="x.internal", CallerReference="a")
text = f"The VPC {one} in region {REGION} has already been associated with the hosted zone {zone} with the same domain name."
refused(
    "ConflictingDomainExists",
    r53.create_hosted_zone,
    text=text,
    Name="corp.internal.",
    CallerReference="b",
    VPC=in_vpc(one),
)
for wrong in (in_vpc("vpc-0ffffffffffffffff"), in_vpc(away), {"VPCRegion": "us-east-1", "VPCId": one}):
    refused("InvalidVPCId", r53.create_hosted_zone, Name="y.internal", CallerReference="c", VPC=wrong)
refused("InvalidDomainName", r53.create_hosted_zone, Name="a..b", CallerReference="d")
refused("InvalidInput", r53.create_hosted_zone, text="wildcard", Name="*.b.test", CallerReference="e")
refused("NoSuchDelegationSet", r53.create_hosted_zone, Name="b.test", CallerReference="e", DelegationSetId="N1")
loose = client("route53", checked=False)
said = {"Name": "said.internal", "VPC": in_vpc(one)}
refused("InvalidInput", loose.create_hosted_zone, **said, CallerReference="257", HostedZoneConfig={"Comment": "c" * 257, "PrivateZone": True})
told = r53.create_hosted_zone(**said, CallerReference="256", HostedZoneConfig={"Comment": "c" * 256, "PrivateZone": True})["HostedZone"]
r53.delete_hosted_zone(Id=told["Id"])
updated = r53.update_hosted_zone_comment(Id=zone, Comment="others")["HostedZone"]
same(updated["Config"]["Comment"], "others")

# Records: dig sees them at once, from the zone's VPCs alone.
same(dig("a.corp.internal", AT), [])
info = records(zone, ("CREATE", values("a.corp.internal", "A", "10.0.0.1", "10.0.0.2")), comment="first")
same([info["Comment"], info["Status"]], ["first", "PENDING"])
same(dig("a.corp.internal", AT), ["10.0.0.1", "10.0.0.2"])
same(dig("a.corp.internal", AT_TWO), [])
records(
    zone,
    ("UPSERT", values("a.corp.internal.", "A", "10.0.0.3")),
    ("CREATE", values("*.w.corp.internal", "CNAME", "A.corp.internal")),
    ("CREATE", values("corp.internal", "MX", "10 mail.corp.internal")),
    ("CREATE", values("t.corp.internal", "TXT", '"a b" "c"', '"d\\"e"')),
    ("CREATE", values("_s._tcp.corp.internal", "SRV", "1 2 80 a.corp.internal.")),
    ("CREATE", values("six.corp.internal", "AAAA", "2001:DB8::1")),
)
same(dig("a.corp.internal", AT), ["10.0.0.3"])
same(dig("x.w.corp.internal", AT), ["10.0.0.3", "a.corp.internal."])
same(dig("corp.internal", AT, "MX"), ["10", "mail.corp.internal."])
same(dig("six.corp.internal", AT, "AAAA"), ["2001:db8::1"])
listed = r53.list_resource_record_sets(HostedZoneId=zone)
names = [(it["Name"], it["Type"]) for it in listed["ResourceRecordSets"]]
same(
    names,
    [
        ("corp.internal.", "MX"),
        ("corp.internal.", "NS"),
        ("corp.internal.", "SOA"),
        ("_s._tcp.corp.internal.", "SRV"),
        ("a.corp.internal.", "A"),
        ("six.corp.internal.", "AAAA"),
        ("t.corp.internal.", "TXT"),
        ("\\052.w.corp.internal.", "CNAME"),
    ],
)
by_name = {(it["Name"], it["Type"]): it for it in listed["ResourceRecordSets"]}


def texts(name, rtype):
    return [it["Value"] for it in by_name[name, rtype]["ResourceRecords"]]


# Values are shown as they were given.
same(texts("corp.internal.", "MX"), ["10 mail.corp.internal"])
same(texts("t.corp.internal.", "TXT"), ['"a b" "c"', '"d\\"e"'])
same(texts("\\052.w.corp.internal.", "CNAME"), ["A.corp.internal"])
same(by_name["corp.internal.", "NS"]["TTL"], 172800)
same(texts("corp.internal.", "SOA"), ["ns-1536.awsdns-00.co.uk. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"])
same([listed["IsTruncated"], listed["MaxItems"]], [False, "300"])
same(r53.get_hosted_zone(Id=zone)["HostedZone"]["ResourceRecordSetCount"], 8)

# Pages, and where they begin.
page = r53.list_resource_record_sets(HostedZoneId=zone, MaxItems="3")
same([page["IsTruncated"], page["NextRecordName"], page["NextRecordType"]], [True, "_s._tcp.corp.internal.", "SRV"])
paged = [
    (it["Name"], it["Type"])
    for page in r53.get_paginator("list_resource_record_sets").paginate(
        HostedZoneId=zone, PaginationConfig={"PageSize": 1}
    )
    for it in page["ResourceRecordSets"]
]
same(paged, names)
for start, rtype, first in (
    ("a.corp.internal", "A", ("a.corp.internal.", "A")),
    ("a.corp.internal", "AAAA", ("six.corp.internal.", "AAAA")),
    ("b.corp.internal", None, ("six.corp.internal.", "AAAA")),
    ("*.w.corp.internal", "CNAME", ("\\052.w.corp.internal.", "CNAME")),
    ("\\052.w.corp.internal", None, ("\\052.w.corp.internal.", "CNAME")),
):
    more = {"StartRecordType": rtype} if rtype else {}
    page = r53.list_resource_record_sets(HostedZoneId=zone, StartRecordName=start, MaxItems="1", **more)
    same([(it["Name"], it["Type"]) for it in page["ResourceRecordSets"]], [first])
refused("InvalidInput", r53.list_resource_record_sets, HostedZoneId=zone, StartRecordType="A")


def batch(*changes, code="InvalidChangeBatch", text=None, api=r53, status=400):
    """The whole batch is refused; nothing of it is made."""
    before = api.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"] if api is r53 else None
    try:
        records(zone, *changes, api=api)
    except ClientError as error:
        found = error.response["Error"]
        same(found["Code"], code)
        same(error.response["ResponseMetadata"]["HTTPStatusCode"], status)
        assert text is None or text == found["Message"], f"{found['Message']!r} is not {text!r}"
        if before is not None:
            same(api.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"], before)
        return
    raise AssertionError(f"not refused: {changes}")


A = values("a.corp.internal", "A", "10.0.0.3")
new = ("CREATE", values("new.corp.internal", "A", "10.0.0.9"))
batch(
    new,
    ("CREATE", A),
    text="[Tried to create resource record set [name='a.corp.internal.', type='A'] but it already exists]",
)
batch(
    new,
    ("DELETE", values("b.corp.internal", "A", "10.0.0.3")),
    text="[Tried to delete resource record set [name='b.corp.internal.', type='A'] but it was not found]",
)
differs = (
    "[Tried to delete resource record set [name='a.corp.internal.', type='A'] but the values provided do not match "
    "the current values]"
)
batch(new, ("DELETE", values("a.corp.internal", "A", "10.0.0.4")), text=differs)
batch(new, ("DELETE", values("a.corp.internal", "A", "10.0.0.3", ttl=61)), text=differs)
batch(
    new,
    ("CREATE", values("a.example.com", "A", "10.0.0.3")),
    text="[RRSet with DNS name a.example.com. is not permitted in zone corp.internal.]",
)
batch(
    ("CREATE", values("corp.internal", "CNAME", "a.b")),
)
batch(("CREATE", values("a.corp.internal", "CNAME", "a.b")))
batch(("CREATE", values("*.w.corp.internal", "A", "10.0.0.1")))
batch(
    ("CREATE", values("c.corp.internal", "A", "10.0.0")),
    text="[Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) "
    "encountered with '10.0.0'']",
)
batch(
    ("CREATE", values("c.corp.internal", "A", "10.0.0.1", "10.0.0.1")),
    text="[Duplicate Resource Record: '10.0.0.1']",
)
batch(
    new,
    new,
    text="[The request contains an invalid set of changes for a resource record set 'A new.corp.internal.', "
    "Tried to create resource record set [name='new.corp.internal.', type='A'] but it already exists]",
)
batch(
    ("DELETE", values("corp.internal", "NS", "a.b", ttl=172800)),
    text="[A HostedZone must contain at least one NS record for the zone itself.]",
)
batch(
    ("DELETE", by_name["corp.internal.", "SOA"]),
    text="[A HostedZone must contain exactly one SOA record.]",
)
batch(
    ("CREATE", {"Name": "n.corp.internal", "Type": "A"}),
    code="InvalidInput",
    text="Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or "
    "TrafficPolicyInstanceId], but found none in Change with [Action=CREATE, Name=n.corp.internal, Type=A, "
    "SetIdentifier=null]",
)
both = alias("n.corp.internal", "A", "a.corp.internal", zone)
for more in (A, {"TTL": 60}, {"ResourceRecords": A["ResourceRecords"]}):
    batch(("CREATE", {**more, **both}), code="InvalidInput", text="Invalid request: Expected exactly one of [AliasTarget, all of "
    "[TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found more than one in Change with [Action=CREATE, "
    "Name=n.corp.internal, Type=A, SetIdentifier=null]")
batch(("CREATE", {"Name": "n.corp.internal", "Type": "A", "ResourceRecords": [{"Value": "1.1.1.1"}]}), code="InvalidInput")
batch(("CREATE", values("n.corp.internal", "A", "1.1.1.1", Weight=1)), code="InvalidInput")
batch(("CREATE", values("n.corp.internal", "A", "1.1.1.1", SetIdentifier="a")), code="InvalidInput")
batch(
    ("CREATE", values("n.corp.internal", "A", "1.1.1.1", SetIdentifier="a", HealthCheckId="x", Weight=1)),
    code="NoSuchHealthCheck",
    status=404,
)
batch(("CREATE", A), api=theirs, code="NoSuchHostedZone", status=404)
same(dig("new.corp.internal", AT), [])
# Deleted and made again in one batch.
records(zone, ("DELETE", A), ("CREATE", values("a.corp.internal", "A", "10.0.0.5")))
same(dig("a.corp.internal", AT), ["10.0.0.5"])
many = [("CREATE", values(f"n{it}.many.corp.internal", "A", "10.0.0.1")) for it in range(1000)]
records(zone, *many)
same(dig("n999.many.corp.internal", AT), ["10.0.0.1"])
batch(*[(action, it) for action, it in many[:501] for action in ("UPSERT",)], text="[Number of records limit of 1000 exceeded.]")
records(zone, *[("DELETE", it) for _, it in many])
same(dig("many.corp.internal", AT), [])
same(r53.get_hosted_zone(Id=zone)["HostedZone"]["ResourceRecordSetCount"], 8)

# Aliases: of other records, and of an endpoint by the zone of its names.
records(zone, ("CREATE", alias("al.corp.internal", "A", "a.corp.internal", zone)))
same(dig("al.corp.internal", AT), ["10.0.0.5"])
same(dig("al.corp.internal", AT, "AAAA"), [])
lies = f"[Tried to create an alias that targets a.other.internal., type A in zone {zone}, but the alias target name does not lie within the target zone]"
batch(("CREATE", alias("al2.corp.internal", "A", "a.other.internal", zone)), text=lies)
lost = f"[Tried to create an alias that targets none.corp.internal., type A in zone {zone}, but that target was not found]"
batch(("CREATE", alias("al2.corp.internal", "A", "none.corp.internal", zone)), text=lost)
subnet = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [one]}])["Subnets"][0]["SubnetId"]
endpoint = ec2.create_vpc_endpoint(
    VpcEndpointType="Interface",
    VpcId=one,
    ServiceName=f"com.amazonaws.{REGION}.sqs",
    SubnetIds=[subnet],
    PrivateDnsEnabled=True,
)["VpcEndpoint"]
entry = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])["VpcEndpoints"][0]["DnsEntries"][0]
records(zone, ("CREATE", alias("sqs.corp.internal", "A", entry["DnsName"], entry["HostedZoneId"])))
same(dig("sqs.corp.internal", AT), dig(entry["DnsName"], AT))
assert dig("sqs.corp.internal", AT)[0].startswith("10.61."), dig("sqs.corp.internal", AT)
shown = r53.list_resource_record_sets(HostedZoneId=zone, StartRecordName="sqs.corp.internal", MaxItems="1")
shown = shown["ResourceRecordSets"][0]["AliasTarget"]
same([shown["HostedZoneId"], shown["DNSName"]], [entry["HostedZoneId"], f"{entry['DnsName']}."])
# A name that private DNS holds in the VPC, both ways (P81, P83).
private = f"sqs.{REGION}.amazonaws.com"
refused(
    "ConflictingDomainExists", r53.create_hosted_zone, Name=private, CallerReference="g", VPC=in_vpc(one)
)
held = r53.create_hosted_zone(Name=f"sns.{REGION}.amazonaws.com", CallerReference="h", VPC=in_vpc(one))["HostedZone"]["Id"]
refused(
    "InvalidParameter",
    ec2.create_vpc_endpoint,
    VpcEndpointType="Interface",
    VpcId=one,
    ServiceName=f"com.amazonaws.{REGION}.sns",
    SubnetIds=[subnet],
    PrivateDnsEnabled=True,
)
r53.delete_hosted_zone(Id=held)

# Routing policies. Which set answers follows from the question's seed, place and health.
w = [values("w.corp.internal", "A", f"10.1.0.{it}", SetIdentifier=str(it), Weight=it) for it in (0, 1, 2)]
records(zone, *[("CREATE", it) for it in w])
seen = {dig("w.corp.internal", AT)[0] for _ in range(12)}
assert seen <= {"10.1.0.1", "10.1.0.2"} and seen, seen
batch(("CREATE", values("w.corp.internal", "A", "10.1.0.9")))
batch(("CREATE", values("w.corp.internal", "A", "10.1.0.9", SetIdentifier="9", Region=REGION)))
records(
    zone,
    ("CREATE", values("l.corp.internal", "A", "10.2.0.1", SetIdentifier="v", Region="us-east-1")),
    ("CREATE", values("l.corp.internal", "A", "10.2.0.2", SetIdentifier="t", Region="ap-northeast-1")),
    ("CREATE", values("g.corp.internal", "A", "10.3.0.1", SetIdentifier="*", GeoLocation={"CountryCode": "*"})),
    ("CREATE", values("g.corp.internal", "A", "10.3.0.2", SetIdentifier="as", GeoLocation={"ContinentCode": "AS"})),
    ("CREATE", values("g.corp.internal", "A", "10.3.0.3", SetIdentifier="kr", GeoLocation={"CountryCode": "KR"})),
    ("CREATE", values("us.corp.internal", "A", "10.3.0.4", SetIdentifier="us", GeoLocation={"CountryCode": "US"})),
)
same(dig("l.corp.internal", AT), ["10.2.0.2"])
same(dig("g.corp.internal", AT), ["10.3.0.3"])
same(dig("us.corp.internal", AT), [])
batch(("CREATE", values("l.corp.internal", "A", "10.2.0.3", SetIdentifier="x", Region="us-east-1")))
check = r53.create_health_check(
    CallerReference="hc", HealthCheckConfig={"Type": "TCP", "IPAddress": "192.0.2.1", "Port": 80}
)
same(check["ResponseMetadata"]["HTTPStatusCode"], 201)
check = check["HealthCheck"]
again = r53.create_health_check(
    CallerReference="hc", HealthCheckConfig={"Type": "TCP", "IPAddress": "192.0.2.1", "Port": 80}
)
same(again["HealthCheck"]["Id"], check["Id"])
refused(
    "HealthCheckAlreadyExists",
    r53.create_health_check,
    status=409,
    CallerReference="hc",
    HealthCheckConfig={"Type": "TCP", "IPAddress": "192.0.2.2", "Port": 80},
)
records(
    zone,
    (
        "CREATE",
        values("f.corp.internal", "A", "10.4.0.1", SetIdentifier="p", Failover="PRIMARY", HealthCheckId=check["Id"]),
    ),
    ("CREATE", values("f.corp.internal", "A", "10.4.0.2", SetIdentifier="s", Failover="SECONDARY")),
    (
        "CREATE",
        values("m.corp.internal", "A", "10.5.0.1", SetIdentifier="1", MultiValueAnswer=True, HealthCheckId=check["Id"]),
    ),
    ("CREATE", values("m.corp.internal", "A", "10.5.0.2", SetIdentifier="2", MultiValueAnswer=True)),
    ("CREATE", alias("fa.corp.internal", "A", "f.corp.internal", zone)),
    # Of an alias that looks at its target's health, sets of another type say nothing.
    ("CREATE", values("t.corp.internal", "A", "10.6.0.1", SetIdentifier="4", Weight=1, HealthCheckId=check["Id"])),
    ("CREATE", values("t.corp.internal", "AAAA", "fd00::1", SetIdentifier="6", Weight=1)),
    ("CREATE", alias("ta.corp.internal", "A", "t.corp.internal", zone, True, SetIdentifier="p", Failover="PRIMARY")),
    ("CREATE", values("ta.corp.internal", "A", "10.6.0.2", SetIdentifier="s", Failover="SECONDARY")),
)
same(dig("f.corp.internal", AT), ["10.4.0.1"])
same(dig("m.corp.internal", AT), ["10.5.0.1", "10.5.0.2"])
same(dig("fa.corp.internal", AT), ["10.4.0.1"])
same(dig("ta.corp.internal", AT), ["10.6.0.1"])
same(r53.get_health_check_status(HealthCheckId=check["Id"])["HealthCheckObservations"][0]["StatusReport"]["Status"][:7], "Success")
turned = r53.update_health_check(HealthCheckId=check["Id"], Inverted=True)["HealthCheck"]
same([turned["HealthCheckVersion"], turned["HealthCheckConfig"]["Inverted"]], [2, True])
same(dig("f.corp.internal", AT), ["10.4.0.2"])
same(dig("m.corp.internal", AT), ["10.5.0.2"])
same(dig("fa.corp.internal", AT), ["10.4.0.2"])
same(dig("ta.corp.internal", AT), ["10.6.0.2"])
refused("HealthCheckVersionMismatch", r53.update_health_check, status=409, HealthCheckId=check["Id"], HealthCheckVersion=1, Inverted=False)
refused("NoSuchHealthCheck", theirs.get_health_check, status=404, HealthCheckId=check["Id"])
refused("NoSuchHealthCheck", theirs.delete_health_check, status=404, HealthCheckId=check["Id"])
refused("NoSuchHealthCheck", theirs.update_health_check, status=404, HealthCheckId=check["Id"], Inverted=False)
same(r53.get_health_check_count()["HealthCheckCount"], 1)
same([it["Id"] for it in r53.list_health_checks()["HealthChecks"]], [check["Id"]])
same(r53.get_health_check(HealthCheckId=check["Id"])["HealthCheck"]["HealthCheckVersion"], 2)
shown = r53.list_resource_record_sets(HostedZoneId=zone, StartRecordName="f.corp.internal", MaxItems="2")
same([it["Failover"] for it in shown["ResourceRecordSets"]], ["PRIMARY", "SECONDARY"])
same(shown["ResourceRecordSets"][0]["HealthCheckId"], check["Id"])
page = r53.list_resource_record_sets(
    HostedZoneId=zone, StartRecordName="w.corp.internal", StartRecordType="A", StartRecordIdentifier="1", MaxItems="1"
)
same([page["ResourceRecordSets"][0]["SetIdentifier"], page["NextRecordIdentifier"]], ["1", "2"])

# What the resolver would say.
said = r53.test_dns_answer(HostedZoneId=zone, RecordName="a.corp.internal", RecordType="A")
same([said["RecordData"], said["ResponseCode"], said["RecordName"]], [["10.0.0.5"], "NOERROR", "a.corp.internal."])
said = r53.test_dns_answer(HostedZoneId=zone, RecordName="none.corp.internal", RecordType="A")
same([said["RecordData"], said["ResponseCode"]], [[], "NXDOMAIN"])

# More VPCs.
r53.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=in_vpc(two), Comment="two")
same(dig("a.corp.internal", AT_TWO), ["10.0.0.5"])
same([it["VPCId"] for it in r53.get_hosted_zone(Id=zone)["VPCs"]], [one, two])
refused("ConflictingDomainExists", r53.associate_vpc_with_hosted_zone, HostedZoneId=zone, VPC=in_vpc(two))
refused(
    "NotAuthorizedException",
    r53.associate_vpc_with_hosted_zone,
    text=f"The VPC: {away} has not authorized to associate with your hosted zone.",
    status=401,
    HostedZoneId=zone,
    VPC=in_vpc(away),
)
refused("NotAuthorizedException", theirs.associate_vpc_with_hosted_zone, status=401, HostedZoneId=zone, VPC=in_vpc(away))
allowed = r53.create_vpc_association_authorization(HostedZoneId=zone, VPC=in_vpc(away))
same([allowed["HostedZoneId"], allowed["VPC"]], [zone, in_vpc(away)])
same(r53.list_vpc_association_authorizations(HostedZoneId=zone)["VPCs"], [in_vpc(away)])
refused("NoSuchHostedZone", theirs.list_vpc_association_authorizations, status=404, HostedZoneId=zone)
theirs.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=in_vpc(away))
same(dig("a.corp.internal", AT_AWAY), ["10.0.0.5"])
seen = theirs.list_hosted_zones_by_vpc(VPCId=away, VPCRegion=REGION)["HostedZoneSummaries"]
same(seen, [{"HostedZoneId": zone, "Name": "corp.internal.", "Owner": {"OwningAccount": "123456789012"}}])
same(theirs.list_hosted_zones()["HostedZones"], [])
r53.delete_vpc_association_authorization(HostedZoneId=zone, VPC=in_vpc(away))
refused(
    "VPCAssociationAuthorizationNotFound",
    r53.delete_vpc_association_authorization,
    status=404,
    HostedZoneId=zone,
    VPC=in_vpc(away),
)
refused("InvalidVPCId", r53.list_hosted_zones_by_vpc, VPCId=away, VPCRegion=REGION)
seen = r53.list_hosted_zones_by_vpc(VPCId=one, VPCRegion=REGION)["HostedZoneSummaries"]
same(sorted({next(iter(it["Owner"])) for it in seen}), ["OwningAccount", "OwningService"])
theirs.disassociate_vpc_from_hosted_zone(HostedZoneId=zone, VPC=in_vpc(away))
same(dig("a.corp.internal", AT_AWAY), [])
refused("NoSuchHostedZone", theirs.disassociate_vpc_from_hosted_zone, status=404, HostedZoneId=zone, VPC=in_vpc(away))
refused("VPCAssociationNotFound", r53.disassociate_vpc_from_hosted_zone, status=404, HostedZoneId=zone, VPC=in_vpc(away))
r53.disassociate_vpc_from_hosted_zone(HostedZoneId=zone, VPC=in_vpc(one))
same(dig("a.corp.internal", AT), [])
refused("LastVPCAssociation", r53.disassociate_vpc_from_hosted_zone, HostedZoneId=zone, VPC=in_vpc(two))

# A public zone: everybody can ask it; it has no VPCs.
public = r53.create_hosted_zone(Name="shop.example", CallerReference="p")
same(public["HostedZone"]["Config"]["PrivateZone"], False)
servers = public["DelegationSet"]["NameServers"]
same(len(servers), 4)
open_zone = public["HostedZone"]["Id"].removeprefix("/hostedzone/")
records(open_zone, ("CREATE", values("www.shop.example", "A", "203.0.113.9", ttl=300)))
for at in (AT, AT_AWAY, None):
    same(dig("www.shop.example", at), ["203.0.113.9"])
same(dig("shop.example", None, "NS"), sorted(f"{it}." for it in servers))
same(r53.get_hosted_zone(Id=open_zone)["DelegationSet"]["NameServers"], servers)
same(r53.get_dnssec(HostedZoneId=open_zone)["Status"], {"ServeSignature": "NOT_SIGNING"})
text = "Operation is unsupported for private hosted zones."
refused("InvalidArgument", r53.get_dnssec, HostedZoneId=zone, text=text)
refused("PublicZoneVPCAssociation", r53.associate_vpc_with_hosted_zone, HostedZoneId=open_zone, VPC=in_vpc(one))
said = r53.test_dns_answer(HostedZoneId=open_zone, RecordName="www.shop.example", RecordType="A")
same([said["RecordData"], said["Nameserver"]], [["203.0.113.9"], servers[0]])

# Lists and limits.
ids = sorted([zone, open_zone])
same([it["Id"].removeprefix("/hostedzone/") for it in r53.list_hosted_zones()["HostedZones"]], ids)
page = r53.list_hosted_zones(MaxItems="1")
same([page["IsTruncated"], page["NextMarker"], page["MaxItems"]], [True, ids[1], "1"])
same([it["Id"] for it in r53.list_hosted_zones(Marker=ids[1])["HostedZones"]], [f"/hostedzone/{ids[1]}"])
pages = r53.get_paginator("list_hosted_zones").paginate(PaginationConfig={"PageSize": 1})
same(len([it for page in pages for it in page["HostedZones"]]), 2)
named = r53.list_hosted_zones_by_name()
same([it["Name"] for it in named["HostedZones"]], ["shop.example.", "corp.internal."])
named = r53.list_hosted_zones_by_name(DNSName="corp.internal", MaxItems="1")
same([it["Name"] for it in named["HostedZones"]], ["corp.internal."])
same(r53.get_hosted_zone_count()["HostedZoneCount"], 2)
same(r53.get_hosted_zone_limit(HostedZoneId=zone, Type="MAX_VPCS_ASSOCIATED_BY_ZONE")["Count"], 1)
same(r53.get_account_limit(Type="MAX_HOSTED_ZONES_BY_OWNER")["Count"], 2)
same(r53.list_reusable_delegation_sets()["DelegationSets"], [])

# Tags.
r53.change_tags_for_resource(
    ResourceType="hostedzone", ResourceId=zone, AddTags=[{"Key": "k", "Value": "v"}, {"Key": "l", "Value": ""}]
)
r53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone, RemoveTagKeys=["l"])
r53.change_tags_for_resource(ResourceType="healthcheck", ResourceId=check["Id"], AddTags=[{"Key": "Name", "Value": "h"}])
told = r53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone)["ResourceTagSet"]
same(told, {"ResourceType": "hostedzone", "ResourceId": zone, "Tags": [{"Key": "k", "Value": "v"}]})
told = r53.list_tags_for_resources(ResourceType="hostedzone", ResourceIds=[zone, open_zone])["ResourceTagSets"]
same([len(it["Tags"]) for it in told], [1, 0])
refused("NoSuchHostedZone", theirs.list_tags_for_resource, status=404, ResourceType="hostedzone", ResourceId=zone)
refused(
    "NoSuchHostedZone",
    theirs.change_tags_for_resource,
    status=404,
    ResourceType="hostedzone",
    ResourceId=zone,
    AddTags=[{"Key": "k", "Value": "w"}],
)

# Query logging.
group = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/route53/open"
made = r53.create_query_logging_config(HostedZoneId=open_zone, CloudWatchLogsLogGroupArn=group)
log = made["QueryLoggingConfig"]
same([log["HostedZoneId"], log["CloudWatchLogsLogGroupArn"]], [open_zone, group])
assert made["Location"].endswith(f"/queryloggingconfig/{log['Id']}") and len(log["Id"]) == 36, made
same(r53.get_query_logging_config(Id=log["Id"])["QueryLoggingConfig"], log)
for of in ({}, {"HostedZoneId": open_zone}):
    same(r53.list_query_logging_configs(**of)["QueryLoggingConfigs"], [log])
same(r53.list_query_logging_configs(HostedZoneId=zone)["QueryLoggingConfigs"], [])
same(theirs.list_query_logging_configs()["QueryLoggingConfigs"], [])
refused("QueryLoggingConfigAlreadyExists", r53.create_query_logging_config, status=409, HostedZoneId=open_zone, CloudWatchLogsLogGroupArn=group)
refused("InvalidInput", r53.create_query_logging_config, HostedZoneId=zone, CloudWatchLogsLogGroupArn=group)
for wrong in (group.replace("us-east-1", REGION), "arn:aws:s3:::x"):
    refused("InvalidInput", r53.create_query_logging_config, HostedZoneId=open_zone, CloudWatchLogsLogGroupArn=wrong)
refused("NoSuchQueryLoggingConfig", theirs.delete_query_logging_config, status=404, Id=log["Id"])
r53.delete_query_logging_config(Id=log["Id"])
refused("NoSuchQueryLoggingConfig", r53.get_query_logging_config, status=404, Id=log["Id"])

# The end.
refused("HostedZoneNotEmpty", r53.delete_hosted_zone, Id=zone)
refused("NoSuchHostedZone", theirs.delete_hosted_zone, status=404, Id=zone)
for it in (zone, open_zone):
    sets = r53.list_resource_record_sets(HostedZoneId=it)["ResourceRecordSets"]
    name = r53.get_hosted_zone(Id=it)["HostedZone"]["Name"]
    own = [("DELETE", at) for at in sets if not (at["Name"] == name and at["Type"] in ("NS", "SOA"))]
    records(it, *own)
    r53.delete_hosted_zone(Id=it)
r53.delete_health_check(HealthCheckId=check["Id"])
same(dig("www.shop.example"), [])
same(r53.list_hosted_zones()["HostedZones"], [])
told = aws("route53", "list-hosted-zones")
assert told is None or told["HostedZones"] == [], told

# A zone of ten thousand records: each page in less than 50 ms, measured on a debug build with a margin.
big = r53.create_hosted_zone(Name="big.internal", CallerReference="big", VPC=in_vpc(one))["HostedZone"]["Id"]
big = big.removeprefix("/hostedzone/")
for start in range(0, 10_000, 1_000):
    records(big, *[("CREATE", values(f"n{it}.big.internal", "A", "10.0.0.1")) for it in range(start, start + 1_000)])
slowest, count = 0.0, 0
more = {}
while True:
    began = time.monotonic()
    page = r53.list_resource_record_sets(HostedZoneId=big, **more)
    slowest = max(slowest, time.monotonic() - began)
    count += len(page["ResourceRecordSets"])
    if not page["IsTruncated"]:
        break
    more = {"StartRecordName": page["NextRecordName"], "StartRecordType": page["NextRecordType"]}
same(count, 10_002)
assert slowest < 2.0, slowest
print(f"the slowest of the pages took {slowest * 1000:.0f} ms")

# Reusable delegation sets: public zones with the same name servers.
made = r53.create_reusable_delegation_set(CallerReference="set")
same(made["ResponseMetadata"]["HTTPStatusCode"], 201)
shared = made["DelegationSet"]
assert shared["Id"].startswith("/delegationset/N") and made["Location"].endswith(shared["Id"]), made
same((len(shared["NameServers"]), shared["CallerReference"]), (4, "set"))
refused("DelegationSetAlreadyCreated", r53.create_reusable_delegation_set, CallerReference="set")
same(r53.get_reusable_delegation_set(Id=shared["Id"])["DelegationSet"], shared)
refused("NoSuchDelegationSet", theirs.get_reusable_delegation_set, Id=shared["Id"])
refused("NoSuchDelegationSet", r53.get_reusable_delegation_set, Id="N0FFFFFF")
twins = [
    r53.create_hosted_zone(Name=name, CallerReference=name, DelegationSetId=shared["Id"].split("/")[-1])
    for name in ("white.example", "label.example")
]
for twin in twins:
    same(twin["DelegationSet"], shared)
    same(r53.get_hosted_zone(Id=twin["HostedZone"]["Id"])["DelegationSet"], shared)
same(dig("white.example", rtype="NS"), sorted(f"{it}." for it in shared["NameServers"]))
for name in ("white.example", "below.white.example"):
    refused("ConflictingDomainExists", r53.create_hosted_zone, Name=name, CallerReference=f"x{name}", DelegationSetId=shared["Id"])
refused("NoSuchDelegationSet", theirs.create_hosted_zone, Name="c.example", CallerReference="c", DelegationSetId=shared["Id"])
refused("InvalidInput", r53.create_hosted_zone, Name="d.example", CallerReference="d", VPC=in_vpc(one), DelegationSetId=shared["Id"])
listed = r53.list_hosted_zones(DelegationSetId=shared["Id"])["HostedZones"]
same(sorted(it["Name"] for it in listed), ["label.example.", "white.example."])
limit = r53.get_reusable_delegation_set_limit(DelegationSetId=shared["Id"], Type="MAX_ZONES_BY_REUSABLE_DELEGATION_SET")
same((limit["Limit"]["Value"], limit["Count"]), (100, 2))
refused("DelegationSetInUse", r53.delete_reusable_delegation_set, Id=shared["Id"])
# The servers of a zone become a set.
alone = r53.create_hosted_zone(Name="alone.example", CallerReference="alone")
reused = r53.create_reusable_delegation_set(CallerReference="of", HostedZoneId=alone["HostedZone"]["Id"])["DelegationSet"]
same(reused["NameServers"], alone["DelegationSet"]["NameServers"])
same(r53.get_hosted_zone(Id=alone["HostedZone"]["Id"])["DelegationSet"], reused)
again = {"CallerReference": "again", "HostedZoneId": alone["HostedZone"]["Id"]}
refused("DelegationSetAlreadyReusable", r53.create_reusable_delegation_set, **again)
refused("HostedZoneNotFound", theirs.create_reusable_delegation_set, **again)
refused("InvalidArgument", r53.create_reusable_delegation_set, CallerReference="y", HostedZoneId=big)
first = r53.list_reusable_delegation_sets(MaxItems="1")
assert first["IsTruncated"], first
rest = r53.list_reusable_delegation_sets(Marker=first["NextMarker"])
same(sorted(it["Id"] for it in first["DelegationSets"] + rest["DelegationSets"]), sorted([shared["Id"], reused["Id"]]))
same(theirs.list_reusable_delegation_sets()["DelegationSets"], [])
for twin in [*twins, alone]:
    r53.delete_hosted_zone(Id=twin["HostedZone"]["Id"])
for it in (shared, reused):
    r53.delete_reusable_delegation_set(Id=it["Id"])
refused("NoSuchDelegationSet", r53.delete_reusable_delegation_set, Id=shared["Id"])

# IP-based routing: the client's address chooses the location.
made = r53.create_cidr_collection(Name="places", CallerReference="places")
same(made["ResponseMetadata"]["HTTPStatusCode"], 201)
places = made["Collection"]
collection = places["Id"]
same((places["Name"], places["Version"]), ("places", 1))
assert places["Arn"].endswith(f":cidrcollection/{collection}") and made["Location"].endswith(collection), made
same(r53.create_cidr_collection(Name="places", CallerReference="places")["Collection"]["Id"], collection)
refused("CidrCollectionAlreadyExistsException", r53.create_cidr_collection, Name="places", CallerReference="other")
refused("InvalidInput", r53.create_cidr_collection, Name="a b", CallerReference="z")


def blocks(location, *cidrs, action="PUT"):
    return {"LocationName": location, "Action": action, "CidrList": list(cidrs)}


def move(*changes, api=r53, id=collection, **more):
    return api.change_cidr_collection(Id=id, Changes=list(changes), **more)


GONE = "DELETE_IF_EXISTS"
moved = move(blocks("office", "198.51.100.0/24", "2001:db8::/48"), blocks("wide", "198.51.0.0/16"), CollectionVersion=1)
same(r53.get_change(Id=moved["Id"])["ChangeInfo"]["Status"], "INSYNC")
refused("CidrCollectionVersionMismatchException", move, blocks("x", "192.0.2.0/24"), status=409, CollectionVersion=1)
refused("CidrBlockInUseException", move, blocks("x", "198.51.100.0/24"))
for bad in ("198.51.100.0/25", "2001:db8::/49", "198.51.100.0", "0.0.0.0/0", "x"):
    refused("InvalidInput", move, blocks("x", bad))
refused("NoSuchCidrCollectionException", move, blocks("x", "192.0.2.0/24"), status=404, api=theirs)
same(r53.list_cidr_collections()["CidrCollections"][0]["Version"], 2)
same(theirs.list_cidr_collections()["CidrCollections"], [])
same([it["LocationName"] for it in r53.list_cidr_locations(CollectionId=collection)["CidrLocations"]], ["office", "wide"])
listed = r53.list_cidr_blocks(CollectionId=collection, LocationName="office")["CidrBlocks"]
same([it["CidrBlock"] for it in listed], ["198.51.100.0/24", "2001:db8::/48"])
pages = r53.get_paginator("list_cidr_blocks").paginate(CollectionId=collection, PaginationConfig={"PageSize": 2})
same(len([it for page in pages for it in page["CidrBlocks"]]), 3)
refused("NoSuchCidrLocationException", r53.list_cidr_blocks, status=404, CollectionId=collection, LocationName="none")
refused("NoSuchCidrCollectionException", r53.list_cidr_locations, status=404, CollectionId="0" * 8 + "-0000-0000-0000-" + "0" * 12)
by_ip = r53.create_hosted_zone(Name="ip.example", CallerReference="ip")["HostedZone"]["Id"].removeprefix("/hostedzone/")


def at_location(location, address, name="w.ip.example", to=collection):
    config = {"CollectionId": to, "LocationName": location}
    return values(name, "A", address, SetIdentifier=f"{location} {address}", CidrRoutingConfig=config)


office, wide, rest = at_location("office", "192.0.2.1"), at_location("wide", "192.0.2.2"), at_location("*", "192.0.2.3")
records(by_ip, ("CREATE", office), ("CREATE", wide), ("CREATE", rest))
told = r53.list_resource_record_sets(HostedZoneId=by_ip)["ResourceRecordSets"]
same(sorted(it["CidrRoutingConfig"]["LocationName"] for it in told if it["Type"] == "A"), ["*", "office", "wide"])
for client_at, address in [("198.51.100.7", "192.0.2.1"), ("198.51.7.7", "192.0.2.2"), ("203.0.113.7", "192.0.2.3"), (AT, "192.0.2.3")]:
    same(dig("w.ip.example", client_at), [address])
said = r53.test_dns_answer(HostedZoneId=by_ip, RecordName="w.ip.example", RecordType="A", ResolverIP="8.8.8.8", EDNS0ClientSubnetIP="2001:db8::7", EDNS0ClientSubnetMask="64")
same(said["RecordData"], ["192.0.2.1"])
said = r53.test_dns_answer(HostedZoneId=by_ip, RecordName="w.ip.example", RecordType="A", EDNS0ClientSubnetIP="198.51.100.0", EDNS0ClientSubnetMask="20")
same(said["RecordData"], ["192.0.2.2"])
refused("InvalidInput", r53.test_dns_answer, HostedZoneId=by_ip, RecordName="w.ip.example", RecordType="A", EDNS0ClientSubnetIP="x")
refused("InvalidChangeBatch", records, by_ip, ("CREATE", at_location("office", "192.0.2.9")))
other = r53.create_cidr_collection(Name="other", CallerReference="o")["Collection"]["Id"]
refused("InvalidChangeBatch", records, by_ip, ("CREATE", at_location("*", "192.0.2.9", to=other)))
refused("NoSuchCidrLocationException", records, by_ip, ("CREATE", at_location("none", "192.0.2.9")), status=404)
refused("NoSuchCidrCollectionException", records, by_ip, ("CREATE", at_location("*", "192.0.2.9", to="0" * 8 + "-0000-0000-0000-" + "0" * 12)), status=404)
refused("InvalidChangeBatch", records, big, ("CREATE", at_location("*", "192.0.2.9", "w.big.internal")))
refused("InvalidInput", records, by_ip, ("CREATE", {**office, "Weight": 1}))
# Without a set for everywhere else there is no answer.
records(by_ip, ("DELETE", rest))
same(dig("w.ip.example", "203.0.113.7"), [])
same(dig("w.ip.example", "198.51.100.7"), ["192.0.2.1"])
# A block moves in one transaction; a location with records keeps a block.
move(blocks("office", "198.51.100.0/24", action=GONE), blocks("wide", "198.51.100.0/24"))
same(dig("w.ip.example", "198.51.100.7"), ["192.0.2.2"])
refused("CidrBlockInUseException", move, blocks("office", "2001:db8::/48", action=GONE))
refused("CidrCollectionInUseException", r53.delete_cidr_collection, Id=collection)
records(by_ip, ("DELETE", office), ("DELETE", wide))
move(blocks("office", "2001:db8::/48", action=GONE), blocks("wide", "198.51.100.0/24", "198.51.0.0/16", "192.0.2.0/24", action=GONE))
for it in (collection, other):
    r53.delete_cidr_collection(Id=it)
refused("NoSuchCidrCollectionException", r53.delete_cidr_collection, status=404, Id=collection)
r53.delete_hosted_zone(Id=by_ip)
