"""Route 53: requests in wrong and unusual forms (see variants.py)."""

from common import ACCOUNT, REGION, client, ec2, same
from variants import Forms, vpc_of

OTHERS = "222222222222"

vpc, subnets = vpc_of("10.71.0.0/16")
second, _ = vpc_of("10.72.0.0/16")
theirs, _ = vpc_of("10.73.0.0/16", client(account=OTHERS))

# Route 53.
it = Forms("route53", region="us-east-1")
here = {"VPCRegion": REGION, "VPCId": vpc}
zone = it.tried("create_hosted_zone", Name="{n}.example", CallerReference="{n}", VPC=here, HostedZoneConfig={"Comment": "c", "PrivateZone": True})
zone = zone["HostedZone"]["Id"].rsplit("/", 1)[1]
public = it.tried("create_hosted_zone", Name="{n}.test", CallerReference="{n}")["HostedZone"]["Id"].rsplit("/", 1)[1]
origin = it.client.get_hosted_zone(Id=zone)["HostedZone"]["Name"]
it.tried("get_hosted_zone", Id=zone)
it.tried("update_hosted_zone_comment", Id=zone, Comment="other")
it.tried("associate_vpc_with_hosted_zone", HostedZoneId=zone, VPC={"VPCRegion": REGION, "VPCId": second}, Comment="c")
it.tried("create_vpc_association_authorization", HostedZoneId=zone, VPC={"VPCRegion": REGION, "VPCId": theirs})
it.tried("list_vpc_association_authorizations", HostedZoneId=zone, MaxResults="5")
it.tried("delete_vpc_association_authorization", HostedZoneId=zone, VPC={"VPCRegion": REGION, "VPCId": theirs})
it.tried("disassociate_vpc_from_hosted_zone", only=["VPC", "Comment"], HostedZoneId=zone, VPC={"VPCRegion": REGION, "VPCId": second})

# Health checks of every type.
for kind, more in (
    ("HTTP", {"IPAddress": "192.0.2.1", "ResourcePath": "/p", "EnableSNI": False, "MeasureLatency": True}),
    ("HTTPS", {"FullyQualifiedDomainName": "www.example.com"}),
    ("HTTPS_STR_MATCH", {"FullyQualifiedDomainName": "www.example.com", "SearchString": "ok", "FailureThreshold": 2}),
    ("TCP", {"IPAddress": "192.0.2.1", "Port": 22, "RequestInterval": 10, "Regions": ["us-east-1", "us-west-1", "eu-west-1"]}),
    ("CLOUDWATCH_METRIC", {"AlarmIdentifier": {"Region": "us-east-1", "Name": "a"}, "InsufficientDataHealthStatus": "Healthy"}),
):
    check = it.tried("create_health_check", CallerReference="{n}", HealthCheckConfig={"Type": kind, **more})["HealthCheck"]["Id"]
    if kind == "HTTPS":
        plain = check
it.tried("create_health_check", CallerReference="{n}", HealthCheckConfig={"Type": "CALCULATED", "ChildHealthChecks": [check], "HealthThreshold": 1})
for kind in ("RECOVERY_CONTROL", "HTTP_STR_MATCH"):
    it.seen("create_health_check", CallerReference="{n}", HealthCheckConfig={"Type": kind})
it.tried(
    "update_health_check", HealthCheckId=check, HealthCheckVersion=1, FailureThreshold=4, Inverted=True, Disabled=False, Regions=["us-east-1"],
    look=lambda _: it.client.get_health_check(HealthCheckId=check)["HealthCheck"],
    only=["Health", "IP", "Port", "Full", "Search", "Fail", "Child", "Insufficient", "Reset", "Enable", "Resource"],
)
it.tried("get_health_check", HealthCheckId=check)
it.tried("get_health_check_status", HealthCheckId=check)
it.seen("get_health_check_status", HealthCheckId=plain)


# Records: a change of each kind, of which the name's sets are shown.
def record(name, kind, value, **more):
    return {"Name": f"{name}.{origin}", "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}], **more}


def changed(record_set, only=("ChangeBatch",)):
    name = record_set["Name"]

    def look(number):
        found = it.client.list_resource_record_sets(HostedZoneId=zone, StartRecordName=name.replace("{n}", f"xq{number}"), MaxItems="2")
        return [one for one in found["ResourceRecordSets"] if one["Name"].startswith(f"xq{number}")]

    it.tried("change_resource_record_sets", look=look, only=only, HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record_set}]})


alias = {"Name": f"{{n}}al.{origin}", "Type": "A", "AliasTarget": {"HostedZoneId": zone, "DNSName": f"a.{origin}", "EvaluateTargetHealth": False}}
it.client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record("a", "A", "10.0.0.9")}]})
blocks = it.tried("create_cidr_collection", Name="{n}", CallerReference="{n}")["Collection"]["Id"]
it.tried("change_cidr_collection", Id=blocks, Changes=[{"LocationName": "home", "Action": "PUT", "CidrList": ["10.0.0.0/24"]}], look=lambda _: [
    it.client.list_cidr_blocks(CollectionId=blocks)["CidrBlocks"], it.client.list_cidr_locations(CollectionId=blocks)["CidrLocations"],
])
changed(record("{n}a", "A", "10.0.0.1"), only=("HostedZoneId", "ChangeBatch"))
changed(record("{n}six", "AAAA", "2001:db8::1"))
changed(record("{n}mx", "MX", "10 mail.example."))
changed(record("{n}srv", "SRV", "1 2 3 a.example."))
changed(record("{n}txt", "TXT", '"a" "b"'))
changed(record("{n}caa", "CAA", '0 issue "ca.example"'))
changed(alias)
LEAF = ["ChangeBatch.Changes.0.ResourceRecordSet."]
for policy in (
    {"Weight": 5},
    {"Region": "us-east-1"},
    {"Failover": "PRIMARY"},
    {"GeoLocation": {"CountryCode": "US", "SubdivisionCode": "CA"}},
    {"GeoLocation": {"ContinentCode": "EU"}},
    {"MultiValueAnswer": True, "HealthCheckId": check},
    {"GeoProximityLocation": {"AWSRegion": "us-east-1", "Bias": 5}},
    {"GeoProximityLocation": {"Coordinates": {"Latitude": "1.5", "Longitude": "-170.25"}}},
    {"CidrRoutingConfig": {"CollectionId": blocks, "LocationName": "home"}},
):
    changed(record("{n}p", "A", "10.0.0.1", SetIdentifier="s", **policy), only=LEAF)
it.tried("list_resource_record_sets", HostedZoneId=zone, StartRecordName=f"a.{origin}", StartRecordType="A", MaxItems="1")
it.tried("test_dns_answer", HostedZoneId=public, RecordName="www.test", RecordType="A", ResolverIP="192.0.2.1", EDNS0ClientSubnetIP="192.0.2.0", EDNS0ClientSubnetMask="24")
# A client's network without a mask is one of 24 bits, or of 64.
r53 = client("route53", region="us-east-1")
r53.change_cidr_collection(Id=blocks, Changes=[
    {"LocationName": "four", "Action": "PUT", "CidrList": ["192.0.2.0/24"]}, {"LocationName": "six", "Action": "PUT", "CidrList": ["2001:db8::/48"]},
])
name = r53.get_hosted_zone(Id=public)["HostedZone"]["Name"]
places = (("four", "192.0.2.4"), ("six", "192.0.2.6"), ("*", "192.0.2.9"))
r53.change_resource_record_sets(HostedZoneId=public, ChangeBatch={"Changes": [
    {"Action": "CREATE", "ResourceRecordSet": {"Name": f"at.{name}", "Type": "A", "TTL": 60, "SetIdentifier": place, "ResourceRecords": [{"Value": value}],
                                               "CidrRoutingConfig": {"CollectionId": blocks, "LocationName": place}}} for place, value in places
]})
for asked, mask, value in (("192.0.2.7", None, "192.0.2.4"), ("192.0.2.7", "16", "192.0.2.9"), ("2001:db8::1", None, "192.0.2.6"), ("2001:db8::1", "24", "192.0.2.9"), ("203.0.113.1", None, "192.0.2.9")):
    more = {"EDNS0ClientSubnetMask": mask} if mask else {}
    told = r53.test_dns_answer(HostedZoneId=public, RecordName=f"at.{name}", RecordType="A", EDNS0ClientSubnetIP=asked, **more)
    same((asked, told["RecordData"]), (asked, [value]))

# The sets of a name are listed by type, as it is written, and by identifier.
sets = [record("order", kind, value) for kind, value in (("TXT", '"t"'), ("AAAA", "2001:db8::1"), ("MX", "1 m.example."))]
sets += [record("order", "A", f"10.0.0.{weight}", SetIdentifier=identifier, Weight=weight) for weight, identifier in ((1, "b"), (2, "a"))]
r53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": it} for it in sets]})
listed = r53.list_resource_record_sets(HostedZoneId=zone, StartRecordName=f"order.{origin}", MaxItems="5")["ResourceRecordSets"]
same([(it["Type"], it.get("SetIdentifier")) for it in listed], [("A", "a"), ("A", "b"), ("AAAA", None), ("MX", None), ("TXT", None)])
it.tried("list_cidr_blocks", CollectionId=blocks, LocationName="home", MaxResults="1")
it.tried("list_cidr_locations", CollectionId=blocks, MaxResults="1")
it.tried("list_cidr_collections", MaxResults="1", look=lambda _: [])
log = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/route53/x"
log = it.tried("create_query_logging_config", HostedZoneId=public, CloudWatchLogsLogGroupArn=log)["QueryLoggingConfig"]["Id"]
it.tried("get_query_logging_config", Id=log)
it.tried("list_query_logging_configs", HostedZoneId=public, MaxResults="1", look=lambda _: [])
shared = it.tried("create_reusable_delegation_set", CallerReference="{n}")["DelegationSet"]["Id"].rsplit("/", 1)[1]
it.tried("get_reusable_delegation_set", Id=shared)
it.tried("get_reusable_delegation_set_limit", DelegationSetId=shared, Type="MAX_ZONES_BY_REUSABLE_DELEGATION_SET")
it.tried("get_hosted_zone_limit", HostedZoneId=zone, Type="MAX_RRSETS_BY_ZONE")
it.tried("get_account_limit", Type="MAX_HOSTED_ZONES_BY_OWNER")
it.tried("list_hosted_zones_by_name", DNSName="a", MaxItems="100")
it.tried("list_hosted_zones_by_vpc", VPCId=vpc, VPCRegion=REGION, MaxItems="100")
it.tried("list_hosted_zones", MaxItems="2", look=lambda _: [])
it.tried("change_tags_for_resource", ResourceType="hostedzone", ResourceId=zone, AddTags=[{"Key": "k", "Value": "v"}], RemoveTagKeys=["l"],
         look=lambda _: it.client.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone)["ResourceTagSet"]["Tags"])
it.tried("list_tags_for_resource", ResourceType="hostedzone", ResourceId=zone)
it.tried("list_tags_for_resources", ResourceType="hostedzone", ResourceIds=[zone, public])
it.seen("get_hosted_zone_count")
it.seen("get_health_check_count")
it.tried("delete_health_check", only=["HealthCheckId=bogus"], HealthCheckId=it.client.create_health_check(CallerReference="z", HealthCheckConfig={"Type": "TCP", "IPAddress": "192.0.2.9", "Port": 1})["HealthCheck"]["Id"])

# Bodies, queries and paths that botocore does not write.
ROOT = "/2013-04-01"
BATCH = "<ChangeBatch><Changes><Change><Action>UPSERT</Action><ResourceRecordSet>{}</ResourceRecordSet></Change></Changes></ChangeBatch>"
SET = f"<Name>raw.{origin}</Name><Type>A</Type><TTL>60</TTL><ResourceRecords>{{}}</ResourceRecords>"
ONE = "<ResourceRecord><Value>10.0.0.1</Value></ResourceRecord>"
REQUEST = f"<ChangeResourceRecordSetsRequest>{BATCH}</ChangeResourceRecordSetsRequest>"
GOOD = REQUEST.format(SET.format(ONE))
for body in (
    GOOD,
    f'<?xml version="1.0"?>\n<!-- c -->\n{GOOD}\n\t ',
    f"{GOOD}x",
    f"x{GOOD}",
    f"{GOOD}{GOOD}",
    f"{GOOD}<a/>",
    f"<a/>{GOOD}",
    f"<!DOCTYPE a>{GOOD}",
    GOOD[:-1],
    GOOD[:-20],
    "",
    "  ",
    "<a/>",
    "</a>",
    "no XML",
    GOOD.replace("<Changes>", "<Changes> \n").replace("<Change>", "<Change>\n"),
    GOOD.replace("<Change>", "<Change>text"),
    GOOD.replace("<Action>UPSERT", "<Action>&#85;PSERT"),
    GOOD.replace("<Action>UPSERT", "<Action><![CDATA[UPSERT]]>"),
    GOOD.replace("<Action>UPSERT", "<Action>UP&amp;SERT"),
    GOOD.replace("<Action>UPSERT", "<Action>&lt;&gt;&quot;&apos;"),
    GOOD.replace("<Action>UPSERT", "<Action>&nothing;"),
    GOOD.replace("<Action>UPSERT", "<Action>&#1;"),
    GOOD.replace("<Action>UPSERT", "<Action>\x01"),
    GOOD.replace("<Type>A</Type>", "<Type>A</Type><Type>A</Type>"),
    GOOD.replace("Change>", "member>"),
    GOOD.replace("<ResourceRecord>", "<Other>").replace("</ResourceRecord>", "</Other>"),
    REQUEST.format(SET.format(ONE + ONE.replace("0.1<", "0.2<"))),
    REQUEST.format(SET.format(ONE + "<Other><Value>10.0.0.2</Value></Other>")),
    REQUEST.format(SET.format("")),
    REQUEST.format(SET.format("<ResourceRecord/>")),
    GOOD.replace("ChangeResourceRecordSetsRequest", "p:Other").replace("<p:Other>", '<p:Other xmlns:p="https://example.com/">'),
    "<a>" * 40 + "</a>" * 40,
):
    it.raw("POST", f"{ROOT}/hostedzone/{zone}/rrset", body, "us-east-1/route53")
for path in (
    f"/hostedzone/{zone}", "/hostedzone/%5a%5A%7a%30", "/hostedzone/Z%2F%2f", "/hostedzone/%2", "/hostedzone/%zz", "/hostedzone/%ff",
    "/hostedzone/%01", f"/hostedzone/{zone}/", f"//hostedzone//{zone}", f"/hostedzone/{zone}/more", "/hostedzone/a+b", "/hostedzone/%4a%4B%6C", "/nothing", "",
    "/hostedzonecount?", "/hostedzonecount?a=b", "/hostedzonecount?=b", "/hostedzonecount?a", "/hostedzonecount?&&=", "/hostedzonecount?X-Amz-Date=1", "/hostedzonecount?x-amz-date=1",
    *(f"/hostedzone/{zone}/rrset?{it}" for it in ("maxitems=1", "maxitems=1&maxitems=2", "MaxItems=0", "maxitems=%01", "maxitems=%ff", "name=a&type=A&maxitems=1")),
):
    it.raw("GET", f"{ROOT}{path}", "", "us-east-1/route53")
for method in ("DELETE", "PUT", "POST", "HEAD"):
    it.raw(method, f"{ROOT}/hostedzonecount", "", "us-east-1/route53")
it.end()
