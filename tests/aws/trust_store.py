"""Trust stores of load balancers: made, changed, tagged, named by listeners, and in use as long as one names them."""

import re

from bucket_of import BUCKET, put
from common import ACCOUNT, REGION, client, ec2, refused, same

elb, loose, cfn = client("elbv2"), client("elbv2", checked=False), client("cloudformation")
other, abroad = client("elbv2", account="210987654321"), client("elbv2", region="us-east-1")
PLACE = {"CaCertificatesBundleS3Bucket": "certificates", "CaCertificatesBundleS3Key": "ca.pem"}
nobody = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:truststore/trust/0123456789abcdef"

# One is there at once.
made = elb.create_trust_store(Name="trust", Tags=[{"Key": "team", "Value": "dns"}], **PLACE)["TrustStores"][0]
trust = made["TrustStoreArn"]
assert re.fullmatch(rf"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:truststore/trust/[0-9a-f]{{16}}", trust), trust
same((made["Name"], made["Status"], made["NumberOfCaCertificates"], made["TotalRevokedEntries"]), ("trust", "ACTIVE", 1, 0))
same(elb.describe_trust_stores()["TrustStores"], [made])
same(elb.describe_trust_stores(TrustStoreArns=[trust, trust])["TrustStores"], [made])
same(elb.describe_trust_stores(Names=["trust"])["TrustStores"], [made])
same(elb.describe_tags(ResourceArns=[trust])["TagDescriptions"], [{"ResourceArn": trust, "Tags": [{"Key": "team", "Value": "dns"}]}])
elb.add_tags(ResourceArns=[trust], Tags=[{"Key": "cost", "Value": "7"}])
elb.remove_tags(ResourceArns=[trust], TagKeys=["team"])
same(elb.describe_tags(ResourceArns=[trust])["TagDescriptions"][0]["Tags"], [{"Key": "cost", "Value": "7"}])
where = elb.get_trust_store_ca_certificates_bundle(TrustStoreArn=trust)["Location"]
same(where, f"https://certificates.s3.{REGION}.amazonaws.com/ca.pem")

# What AWS refuses.
for code, text, more in [
    ("DuplicateTrustStoreName", "A trust store with the same name 'trust' exists", {}),
    ("ValidationError", "The trust store name 'a_b'", {"Name": "a_b"}),
    ("ValidationError", "Value null at 'name'", {"Name": None}),
    ("ValidationError", "aCertificatesBundleS3Key", {"CaCertificatesBundleS3Key": None}),
    ("DuplicateTagKeys", "k", {"Name": "x", "Tags": [{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]}),
]:
    given = {key: value for key, value in {"Name": "trust", **PLACE, **more}.items() if value is not None}
    refused(code, loose.create_trust_store, text=text, **given)
refused("ValidationError", elb.describe_trust_stores, text="at the same time", Names=["trust"], TrustStoreArns=[trust])
refused("TrustStoreNotFound", elb.describe_trust_stores, text="'none' not found", Names=["none"])
for call in (
    elb.delete_trust_store,
    elb.describe_trust_store_associations,
    elb.describe_trust_store_revocations,
    elb.get_trust_store_ca_certificates_bundle,
):
    refused("TrustStoreNotFound", call, text=f"'{nobody}' not found", TrustStoreArn=nobody)
    refused("ValidationError", call, text="'trust' is not a valid trust store ARN", TrustStoreArn="trust")
refused("TrustStoreNotFound", elb.modify_trust_store, TrustStoreArn=nobody, **PLACE)

# Another account and another region have none of it, and may use the name.
for by in (other, abroad):
    same(by.describe_trust_stores()["TrustStores"], [])
    refused("TrustStoreNotFound", by.describe_trust_stores, TrustStoreArns=[trust])
    refused("TrustStoreNotFound", by.modify_trust_store, TrustStoreArn=trust, **PLACE)
    refused("TrustStoreNotFound", by.delete_trust_store, TrustStoreArn=trust)
    refused("TrustStoreNotFound", by.describe_tags, ResourceArns=[trust])
    by.delete_trust_store(TrustStoreArn=by.create_trust_store(Name="trust", **PLACE)["TrustStores"][0]["TrustStoreArn"])

# In a bucket that the server has, the certificates must be there, and are counted.
kept = {"CaCertificatesBundleS3Bucket": BUCKET, "CaCertificatesBundleS3Key": "ca.pem"}
refused("CaCertificatesBundleNotFound", elb.modify_trust_store, text="ca.pem", TrustStoreArn=trust, **kept)
put("ca.pem", "no certificate")
refused("InvalidCaCertificatesBundle", elb.modify_trust_store, TrustStoreArn=trust, **kept)
put("ca.pem", "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n" * 3)
[changed] = elb.modify_trust_store(TrustStoreArn=trust, **kept, CaCertificatesBundleS3ObjectVersion="v2")["TrustStores"]
same((changed["Name"], changed["TrustStoreArn"], changed["NumberOfCaCertificates"]), ("trust", trust, 3))
where = elb.get_trust_store_ca_certificates_bundle(TrustStoreArn=trust)["Location"]
assert where.startswith(f"https://{BUCKET}.s3.") and where.endswith("/ca.pem?versionId=v2"), where

# Revocation lists have numbers, which no other list gets.
crl = lambda key, bucket="certificates": {"S3Bucket": bucket, "S3Key": key, "RevocationType": "CRL"}
added = elb.add_trust_store_revocations(TrustStoreArn=trust, RevocationContents=[crl("a.crl"), crl("b.crl")])
same([it["RevocationId"] for it in added["TrustStoreRevocations"]], [1, 2])
same(elb.describe_trust_store_revocations(TrustStoreArn=trust)["TrustStoreRevocations"], added["TrustStoreRevocations"])
same(added["TrustStoreRevocations"][0], {"TrustStoreArn": trust, "RevocationId": 1, "RevocationType": "CRL", "NumberOfRevokedEntries": 0})
[second] = elb.describe_trust_store_revocations(TrustStoreArn=trust, RevocationIds=[2])["TrustStoreRevocations"]
same(second["RevocationId"], 2)
where = elb.get_trust_store_revocation_content(TrustStoreArn=trust, RevocationId=2)["Location"]
same(where, f"https://certificates.s3.{REGION}.amazonaws.com/b.crl")
refused("RevocationIdNotFound", elb.describe_trust_store_revocations, TrustStoreArn=trust, RevocationIds=[1, 3])
refused("RevocationIdNotFound", elb.get_trust_store_revocation_content, TrustStoreArn=trust, RevocationId=3)
refused("RevocationIdNotFound", elb.remove_trust_store_revocations, TrustStoreArn=trust, RevocationIds=[2, 3])
refused("RevocationContentNotFound", elb.add_trust_store_revocations, TrustStoreArn=trust, RevocationContents=[crl("none.crl", BUCKET)])
refused("ValidationError", loose.add_trust_store_revocations, text="enum value set: [CRL]", TrustStoreArn=trust, RevocationContents=[{**crl("a"), "RevocationType": "OCSP"}])
refused("ValidationError", loose.remove_trust_store_revocations, TrustStoreArn=trust, RevocationIds=["x"])
elb.remove_trust_store_revocations(TrustStoreArn=trust, RevocationIds=[2])
[third] = elb.add_trust_store_revocations(TrustStoreArn=trust, RevocationContents=[crl("c.crl")])["TrustStoreRevocations"]
same(third["RevocationId"], 3)
many = [crl(f"{it}.crl") for it in range(29)]
refused("TooManyTrustStoreRevocationEntries", elb.add_trust_store_revocations, TrustStoreArn=trust, RevocationContents=many)
same(len(elb.describe_trust_store_revocations(TrustStoreArn=trust)["TrustStoreRevocations"]), 2)

# A listener names one.
subnets = [it["SubnetId"] for it in ec2.describe_subnets()["Subnets"][:2]]
balancer = elb.create_load_balancer(Name="web", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
reply = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]
secure = {
    "LoadBalancerArn": balancer,
    "DefaultActions": reply,
    "Port": 443,
    "Protocol": "HTTPS",
    "Certificates": [{"CertificateArn": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/1"}],
}
verify = {"Mode": "verify", "TrustStoreArn": trust}
for code, text, mutual in [
    ("TrustStoreNotFound", f"'{nobody}' not found", {**verify, "TrustStoreArn": nobody}),
    ("TrustStoreNotFound", "'x' not found", {**verify, "TrustStoreArn": "x"}),
    ("ValidationError", "must be specified", {"Mode": "verify"}),
    ("ValidationError", "'verify' only", {**verify, "Mode": "off"}),
    ("ValidationError", "'verify' only", {**verify, "Mode": "passthrough"}),
]:
    refused(code, elb.create_listener, text=text, MutualAuthentication=mutual, **secure)
plain = {"LoadBalancerArn": balancer, "DefaultActions": reply, "Port": 80, "Protocol": "HTTP"}
refused("ValidationError", elb.create_listener, text="HTTPS listeners only", MutualAuthentication=verify, **plain)
foreign = other.create_trust_store(Name="theirs", **PLACE)["TrustStores"][0]["TrustStoreArn"]
refused("TrustStoreNotFound", elb.create_listener, MutualAuthentication={**verify, "TrustStoreArn": foreign}, **secure)
same(elb.describe_trust_store_associations(TrustStoreArn=trust)["TrustStoreAssociations"], [])
made = elb.create_listener(MutualAuthentication=verify, **secure)["Listeners"][0]
listener = made["ListenerArn"]
shown = lambda: elb.describe_listeners(ListenerArns=[listener])["Listeners"][0].get("MutualAuthentication")
same(made["MutualAuthentication"], {**verify, "IgnoreClientCertificateExpiry": False, "AdvertiseTrustStoreCaNames": "off"})
same(shown(), made["MutualAuthentication"])
same(elb.describe_trust_store_associations(TrustStoreArn=trust)["TrustStoreAssociations"], [{"ResourceArn": balancer}])
refused("TrustStoreInUse", elb.delete_trust_store, text="currently in use", TrustStoreArn=trust)
elb.modify_listener(ListenerArn=listener, MutualAuthentication={**verify, "IgnoreClientCertificateExpiry": True, "AdvertiseTrustStoreCaNames": "on"})
same((shown()["IgnoreClientCertificateExpiry"], shown()["AdvertiseTrustStoreCaNames"]), (True, "on"))
refused("TrustStoreNotFound", elb.modify_listener, ListenerArn=listener, MutualAuthentication={**verify, "TrustStoreArn": nobody})
# What else is changed leaves it; another protocol has none.
elb.modify_listener(ListenerArn=listener, Port=444)
same(shown()["TrustStoreArn"], trust)
elb.modify_listener(ListenerArn=listener, Protocol="HTTP")
same(shown(), None)
elb.modify_listener(ListenerArn=listener, Protocol="HTTPS", MutualAuthentication=verify)
refused("TrustStoreInUse", elb.delete_trust_store, TrustStoreArn=trust)
elb.modify_listener(ListenerArn=listener, MutualAuthentication={"Mode": "off"})
same(shown(), {"Mode": "off"})
elb.delete_trust_store(TrustStoreArn=trust)
same(elb.describe_trust_stores()["TrustStores"], [])

# A region of an account has at most 20.
for it in range(20):
    elb.create_trust_store(Name=f"t{it}", **PLACE)
refused("TooManyTrustStores", elb.create_trust_store, Name="t20", **PLACE)
elb.delete_trust_store(TrustStoreArn=elb.describe_trust_stores(Names=["t19"])["TrustStores"][0]["TrustStoreArn"])

# A stack makes one with its list, and a listener that names it.
template = f"""
Resources:
  Trust:
    Type: AWS::ElasticLoadBalancingV2::TrustStore
    Properties: {{CaCertificatesBundleS3Bucket: certificates, CaCertificatesBundleS3Key: ca.pem, Tags: [{{Key: a, Value: b}}]}}
  Revoked:
    Type: AWS::ElasticLoadBalancingV2::TrustStoreRevocation
    Properties: {{TrustStoreArn: !Ref Trust, RevocationContents: [{{S3Bucket: certificates, S3Key: a.crl}}]}}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: {balancer}
      Port: 8443
      Protocol: HTTPS
      Certificates: [{{CertificateArn: "arn:aws:acm:{REGION}:{ACCOUNT}:certificate/1"}}]
      DefaultActions: [{{Type: fixed-response, FixedResponseConfig: {{StatusCode: "404"}}}}]
      MutualAuthentication: {{Mode: verify, TrustStoreArn: !GetAtt Trust.TrustStoreArn}}
Outputs:
  Trust: {{Value: !Ref Trust}}
  Revoked: {{Value: !GetAtt Revoked.RevocationId}}
"""
cfn.create_stack(StackName="trust", TemplateBody=template)
[stack] = cfn.describe_stacks(StackName="trust")["Stacks"]
same(stack["StackStatus"], "CREATE_COMPLETE")
told = {it["OutputKey"]: it["OutputValue"] for it in stack["Outputs"]}
same(told["Revoked"], "1")
same(elb.describe_trust_store_associations(TrustStoreArn=told["Trust"])["TrustStoreAssociations"], [{"ResourceArn": balancer}])
tags = elb.describe_tags(ResourceArns=[told["Trust"]])["TagDescriptions"][0]["Tags"]
assert {"Key": "a", "Value": "b"} in tags and "aws:cloudformation:stack-name" in [it["Key"] for it in tags], tags
put("ca.pem", "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n" * 2)
moved = template.replace("CaCertificatesBundleS3Bucket: certificates", f"CaCertificatesBundleS3Bucket: {BUCKET}").replace("a.crl", "b.crl")
cfn.update_stack(StackName="trust", TemplateBody=moved)
same(cfn.describe_stacks(StackName="trust")["Stacks"][0]["StackStatus"], "UPDATE_COMPLETE")
[store] = elb.describe_trust_stores(TrustStoreArns=[told["Trust"]])["TrustStores"]
same(store["NumberOfCaCertificates"], 2)
lists = elb.describe_trust_store_revocations(TrustStoreArn=told["Trust"])["TrustStoreRevocations"]
same([it["RevocationId"] for it in lists], [2])
cfn.delete_stack(StackName="trust")
same(len(elb.describe_trust_stores()["TrustStores"]), 19)
