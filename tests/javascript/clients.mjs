// The AWS SDK for JavaScript v3 against a server that holds nothing: each client makes, lists in pages, waits, and deletes.
//
//   VPCDNS_TEST_HTTP=127.0.0.1:1080 VPCDNS_TEST_MODULES=target/tools/javascript node tests/javascript/clients.mjs
//
// Prints `as expected` at its end. Nothing here talks to AWS.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.resolve(process.env.VPCDNS_TEST_MODULES, "index.js"));
const sdk = (name) => require(`@aws-sdk/client-${name}`);
const region = "ap-northeast-2";
const account = "123456789012";
const config = {
  region,
  endpoint: `http://${process.env.VPCDNS_TEST_HTTP}`,
  credentials: { accessKeyId: "test", secretAccessKey: "secret" },
  maxAttempts: 1,
};

/** A client's aggregate form, whose methods are the actions, and what waits with it. */
const client = (name, kind, more = {}) => {
  const module = sdk(name);
  const made = new module[kind]({ ...config, ...more });
  const waiting = { client: made, minDelay: 1, maxDelay: 1, maxWaitTime: 5 };
  return { module, made, waiting };
};

/** Everything that a paginator lists, and its pages' sizes. */
const walk = async (pages, list) => {
  const all = [];
  const sizes = [];
  for await (const page of pages) {
    const items = page[list] ?? [];
    all.push(...items);
    sizes.push(items.length);
  }
  return { all, sizes };
};

/** The call must fail with an error of this name, as the SDK reads it. */
const refused = async (name, call) => {
  const error = await call.then(() => undefined, (failed) => failed);
  assert.equal(error?.name, name, String(error));
  assert.ok(error.message && error.$metadata.requestId, String(error));
  return error;
};

/** The network that the other clients use, and what takes it away again. */
const network = async () => {
  const { module, made, waiting } = client("ec2", "EC2");
  const tags = [{ ResourceType: "vpc", Tags: [{ Key: "Name", Value: "js & <sdk>" }] }];
  const vpc = (await made.createVpc({ CidrBlock: "10.90.0.0/16", TagSpecifications: tags })).Vpc.VpcId;
  await module.waitUntilVpcAvailable(waiting, { VpcIds: [vpc] });
  for (const name of ["EnableDnsSupport", "EnableDnsHostnames"]) {
    await made.modifyVpcAttribute({ VpcId: vpc, [name]: { Value: true } });
  }
  const subnets = [];
  for (let number = 0; number < 7; number += 1) {
    const zone = `${region}${number % 2 ? "c" : "a"}`;
    const asked = { VpcId: vpc, CidrBlock: `10.90.${number}.0/24`, AvailabilityZone: zone };
    subnets.push((await made.createSubnet(asked)).Subnet.SubnetId);
  }
  const filters = { Filters: [{ Name: "vpc-id", Values: [vpc] }] };
  const found = await walk(module.paginateDescribeSubnets({ client: made, pageSize: 5 }, filters), "Subnets");
  assert.deepEqual(found.sizes, [5, 2]);
  assert.deepEqual(found.all.map((it) => it.SubnetId).sort(), [...subnets].sort());
  const shown = (await made.describeVpcs({ VpcIds: [vpc] })).Vpcs[0];
  assert.deepEqual(shown.Tags, [{ Key: "Name", Value: "js & <sdk>" }]);
  assert.equal(shown.IsDefault, false);

  const asked = { VpcId: vpc, VpcEndpointType: "Interface", SubnetIds: subnets.slice(0, 2) };
  const endpoint = await made.createVpcEndpoint({ ...asked, ServiceName: `com.amazonaws.${region}.sqs` });
  const id = endpoint.VpcEndpoint.VpcEndpointId;
  const [held] = (await made.describeVpcEndpoints({ VpcEndpointIds: [id] })).VpcEndpoints;
  assert.equal(held.State, "available");
  assert.ok(held.CreationTimestamp instanceof Date && held.NetworkInterfaceIds.length === 2);
  const image = (await made.describeImages({ Owners: ["amazon"] })).Images[0].ImageId;
  const many = { ImageId: image, InstanceType: "t3.micro", MinCount: 1, MaxCount: 1, SubnetId: subnets[0] };
  const instance = (await made.runInstances(many)).Instances[0].InstanceId;
  await module.waitUntilInstanceRunning(waiting, { InstanceIds: [instance] });
  await refused("InvalidVpcID.NotFound", made.describeVpcs({ VpcIds: ["vpc-0123456789abcdef0"] }));
  await refused("DryRunOperation", made.createVpc({ CidrBlock: "10.91.0.0/16", DryRun: true }));
  await refused("DependencyViolation", made.deleteVpc({ VpcId: vpc }));

  const remove = async () => {
    await made.terminateInstances({ InstanceIds: [instance] });
    await module.waitUntilInstanceTerminated(waiting, { InstanceIds: [instance] });
    const gone = await made.deleteVpcEndpoints({ VpcEndpointIds: [id] });
    assert.deepEqual(gone.Unsuccessful ?? [], []);
    for (const SubnetId of subnets) await made.deleteSubnet({ SubnetId });
    await made.deleteVpc({ VpcId: vpc });
    assert.deepEqual((await made.describeVpcs({})).Vpcs ?? [], []);
  };
  return { vpc, subnets, remove };
};

const route53 = async ({ vpc }) => {
  const { module, made, waiting } = client("route-53", "Route53");
  const here = { VPCRegion: region, VPCId: vpc };
  const zone = await made.createHostedZone({ Name: "js.internal", CallerReference: "js", VPC: here });
  assert.match(zone.Location, /hostedzone/);
  const Id = zone.HostedZone.Id;
  const Changes = [1, 2, 3].map((number) => ({
    Action: "CREATE",
    ResourceRecordSet: { Name: `n${number}.js.internal`, Type: "A", TTL: 60, ResourceRecords: [{ Value: `10.90.0.${number}` }] },
  }));
  const change = await made.changeResourceRecordSets({ HostedZoneId: Id, ChangeBatch: { Changes } });
  await module.waitUntilResourceRecordSetsChanged(waiting, { Id: change.ChangeInfo.Id });
  const first = await made.listResourceRecordSets({ HostedZoneId: Id, MaxItems: 3 });
  assert.deepEqual([first.ResourceRecordSets.length, first.IsTruncated], [3, true]);
  const next = { StartRecordName: first.NextRecordName, StartRecordType: first.NextRecordType };
  const rest = await made.listResourceRecordSets({ HostedZoneId: Id, ...next });
  assert.deepEqual(rest.ResourceRecordSets.map((it) => it.Name), ["n2.js.internal.", "n3.js.internal."]);
  const answer = await made.testDNSAnswer({ HostedZoneId: Id, RecordName: "n2.js.internal", RecordType: "A" });
  assert.deepEqual(answer.RecordData, ["10.90.0.2"]);
  const listed = await walk(module.paginateListHostedZones({ client: made, pageSize: 1 }, {}), "HostedZones");
  assert.deepEqual(listed.all.map((it) => it.Id), [Id]);
  await refused("HostedZoneNotEmpty", made.deleteHostedZone({ Id }));
  await refused("NoSuchHostedZone", made.getHostedZone({ Id: "Z0123456789ABCDEFGHIJ" }));
  const wrong = { ChangeBatch: { Changes: [Changes[0]] }, HostedZoneId: Id };
  await refused("InvalidChangeBatch", made.changeResourceRecordSets(wrong));
  const gone = Changes.map((it) => ({ ...it, Action: "DELETE" }));
  await made.changeResourceRecordSets({ HostedZoneId: Id, ChangeBatch: { Changes: gone } });
  await made.deleteHostedZone({ Id });
};

const balancers = async ({ vpc, subnets }) => {
  const { module, made, waiting } = client("elastic-load-balancing-v2", "ElasticLoadBalancingV2");
  const asked = { Name: "js", Type: "network", Scheme: "internal", Subnets: subnets.slice(0, 2) };
  const [balancer] = (await made.createLoadBalancer(asked)).LoadBalancers;
  const LoadBalancerArn = balancer.LoadBalancerArn;
  await module.waitUntilLoadBalancerAvailable(waiting, { LoadBalancerArns: [LoadBalancerArn] });
  const group = await made.createTargetGroup({ Name: "js", Protocol: "TCP", Port: 80, VpcId: vpc });
  const TargetGroupArn = group.TargetGroups[0].TargetGroupArn;
  for (const Port of [80, 81, 82]) {
    const DefaultActions = [{ Type: "forward", TargetGroupArn }];
    await made.createListener({ LoadBalancerArn, Protocol: "TCP", Port, DefaultActions });
  }
  const listed = await walk(module.paginateDescribeListeners({ client: made }, { LoadBalancerArn, PageSize: 2 }), "Listeners");
  assert.deepEqual(listed.sizes, [2, 1]);
  assert.deepEqual(listed.all.map((it) => it.Port).sort(), [80, 81, 82]);
  const Attributes = [{ Key: "load_balancing.cross_zone.enabled", Value: "true" }];
  const kept = await made.modifyLoadBalancerAttributes({ LoadBalancerArn, Attributes });
  assert.ok(kept.Attributes.some((it) => it.Key === Attributes[0].Key && it.Value === "true"));
  await made.deleteLoadBalancer({ LoadBalancerArn });
  await module.waitUntilLoadBalancersDeleted(waiting, { LoadBalancerArns: [LoadBalancerArn] });
  await refused("LoadBalancerNotFoundException", made.describeLoadBalancers({ Names: ["js"] }));
  await made.deleteTargetGroup({ TargetGroupArn });
};

const stacks = async () => {
  const { module, made, waiting } = client("cloudformation", "CloudFormation");
  const StackName = "js";
  const template = (cidr) => JSON.stringify({
    Resources: { Net: { Type: "AWS::EC2::VPC", Properties: { CidrBlock: cidr } } },
    Outputs: { Id: { Value: { Ref: "Net" } } },
  });
  await made.createStack({ StackName, TemplateBody: template("10.92.0.0/16") });
  await module.waitUntilStackCreateComplete(waiting, { StackName });
  const [stack] = (await made.describeStacks({ StackName })).Stacks;
  assert.match(stack.Outputs[0].OutputValue, /^vpc-/);
  const listed = await walk(module.paginateListStackResources({ client: made }, { StackName }), "StackResourceSummaries");
  assert.deepEqual(listed.all.map((it) => it.LogicalResourceId), ["Net"]);
  const change = { StackName, ChangeSetName: "wider" };
  await made.createChangeSet({ ...change, TemplateBody: template("10.93.0.0/16") });
  await module.waitUntilChangeSetCreateComplete(waiting, change);
  const shown = await made.describeChangeSet(change);
  assert.deepEqual(shown.Changes.map((it) => it.ResourceChange.Action), ["Modify"]);
  await made.executeChangeSet(change);
  await module.waitUntilStackUpdateComplete(waiting, { StackName });
  await refused("AlreadyExistsException", made.createStack({ StackName, TemplateBody: template("10.92.0.0/16") }));
  const events = await walk(module.paginateDescribeStackEvents({ client: made }, { StackName }), "StackEvents");
  assert.equal(events.all[0].ResourceStatus, "UPDATE_COMPLETE");
  await made.deleteStack({ StackName });
  await module.waitUntilStackDeleteComplete(waiting, { StackName });
  await refused("ValidationError", made.describeStacks({ StackName }));
};

const resolver = async ({ vpc }) => {
  const { module, made } = client("route53resolver", "Route53Resolver");
  const rules = [];
  for (const number of [1, 2, 3]) {
    const asked = { CreatorRequestId: `js${number}`, RuleType: "SYSTEM", DomainName: `r${number}.example` };
    rules.push((await made.createResolverRule(asked)).ResolverRule.Id);
  }
  const Filters = [{ Name: "TYPE", Values: ["SYSTEM"] }];
  const listed = await walk(module.paginateListResolverRules({ client: made, pageSize: 2 }, { Filters }), "ResolverRules");
  assert.deepEqual(listed.sizes.slice(0, -1), listed.sizes.slice(0, -1).map(() => 2));
  for (const rule of rules) assert.ok(listed.all.some((it) => it.Id === rule));
  await made.associateResolverRule({ ResolverRuleId: rules[0], VPCId: vpc });
  await refused("ResourceInUseException", made.deleteResolverRule({ ResolverRuleId: rules[0] }));
  await made.disassociateResolverRule({ ResolverRuleId: rules[0], VPCId: vpc });
  for (const ResolverRuleId of rules) await made.deleteResolverRule({ ResolverRuleId });
  const gone = await refused("ResourceNotFoundException", made.getResolverRule({ ResolverRuleId: rules[0] }));
  assert.ok(gone instanceof module.ResourceNotFoundException);
};

const cloudMap = async ({ vpc }) => {
  const { module, made } = client("servicediscovery", "ServiceDiscovery");
  const done = async ({ OperationId }) => {
    const { Operation } = await made.getOperation({ OperationId });
    assert.equal(Operation.Status, "SUCCESS");
    assert.ok(Operation.CreateDate instanceof Date);
    return Operation.Targets;
  };
  const space = await done(await made.createPrivateDnsNamespace({ Name: "js.local", Vpc: vpc }));
  const DnsConfig = { DnsRecords: [{ Type: "A", TTL: 10 }] };
  const service = await made.createService({ Name: "web", NamespaceId: space.NAMESPACE, DnsConfig });
  const ServiceId = service.Service.Id;
  for (const number of [1, 2, 3]) {
    const Attributes = { AWS_INSTANCE_IPV4: `10.90.0.${number}` };
    await done(await made.registerInstance({ ServiceId, InstanceId: `i${number}`, Attributes }));
  }
  const listed = await walk(module.paginateListInstances({ client: made, pageSize: 2 }, { ServiceId }), "Instances");
  assert.deepEqual(listed.sizes, [2, 1]);
  assert.deepEqual(listed.all.map((it) => it.Attributes.AWS_INSTANCE_IPV4).sort(), ["10.90.0.1", "10.90.0.2", "10.90.0.3"]);
  await refused("ResourceInUse", made.deleteService({ Id: ServiceId }));
  for (const { Id } of listed.all) await done(await made.deregisterInstance({ ServiceId, InstanceId: Id }));
  await made.deleteService({ Id: ServiceId });
  await done(await made.deleteNamespace({ Id: space.NAMESPACE }));
  await refused("NamespaceNotFound", made.getNamespace({ Id: space.NAMESPACE }));
};

const parameters = async () => {
  const { module, made } = client("ssm", "SSM");
  const version = (await made.getParameter({ Name: "/cdk-bootstrap/hnb659fds/version" })).Parameter;
  assert.deepEqual([version.Value, version.LastModifiedDate instanceof Date], ["30", true]);
  const Path = "/aws/service/global-infrastructure/regions";
  const listed = await walk(module.paginateGetParametersByPath({ client: made, pageSize: 7 }, { Path }), "Parameters");
  assert.ok(listed.sizes.length > 2 && listed.all.some((it) => it.Value === region));
  const missing = await refused("ParameterNotFound", made.getParameter({ Name: "/none" }));
  assert.ok(missing instanceof module.ParameterNotFound);
};

const tokens = async () => {
  const { made } = client("sts", "STS");
  const me = await made.getCallerIdentity({});
  assert.deepEqual([me.Account, me.Arn], [account, `arn:aws:iam::${account}:root`]);
  const role = { RoleArn: "arn:aws:iam::210987654321:role/builder", RoleSessionName: "js" };
  const { Credentials: given } = await made.assumeRole(role);
  assert.ok(given.Expiration > new Date());
  const credentials = {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.SessionToken,
  };
  const there = await client("sts", "STS", { credentials }).made.getCallerIdentity({});
  assert.equal(there.Account, "210987654321");
};

const world = await network();
for (const part of [route53, balancers, stacks, resolver, cloudMap, parameters, tokens]) {
  await part(world);
}
await world.remove();
console.log("as expected");
