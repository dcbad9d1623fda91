#!/usr/bin/env bash
# The chapter's two labs by aws commands and dig alone, as a reader would type them.
#
#   vpcdns serve lab09-1@base &          # or lab09-2@base
#   tests/aws/labs.sh lab09-1            # or lab09-2
#
# ask.sh says which server is asked. Ends with an error at the first answer that is not the chapter's.
set -euo pipefail

. "$(dirname "$0")/ask.sh"

lab09-1() {
    local vpc=vpc-07de255d3a7c9c317 public=10.0.0.29 private=10.0.1.29
    local public_table=rtb-0e4f3fae187fe258e private_table=rtb-0c19f738ede52a299
    local service=cloudformation.ap-northeast-2.amazonaws.com endpoint name

    echo "-- base"
    [ "$(aws ec2 describe-vpc-attribute --vpc-id $vpc --attribute enableDnsHostnames \
        --query EnableDnsHostnames.Value --output text)" = False ]
    shows $private $service 52.95.193.132

    echo "-- a gateway endpoint for S3"
    aws ec2 create-vpc-endpoint --vpc-id $vpc --service-name com.amazonaws.ap-northeast-2.s3 \
        --route-table-ids $public_table $private_table \
        --query VpcEndpoint.State --output text
    shows $private $service 52.95.193.132

    echo "-- private DNS is refused while DNS hostnames are off"
    if aws ec2 create-vpc-endpoint --vpc-id $vpc --vpc-endpoint-type Interface \
        --service-name com.amazonaws.ap-northeast-2.cloudformation --private-dns-enabled \
        --subnet-ids subnet-09b299c06521dd460 2>/tmp/vpcdns-refusal.$$; then
        echo "it was not refused" >&2
        exit 1
    fi
    grep -q "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames" /tmp/vpcdns-refusal.$$
    rm -f /tmp/vpcdns-refusal.$$

    echo "-- DNS hostnames on, then an interface endpoint for CloudFormation"
    aws ec2 modify-vpc-attribute --vpc-id $vpc --enable-dns-hostnames
    shows $private $service 52.95.193.132
    endpoint=$(aws ec2 create-vpc-endpoint --vpc-id $vpc --vpc-endpoint-type Interface \
        --service-name com.amazonaws.ap-northeast-2.cloudformation --private-dns-enabled \
        --subnet-configurations SubnetId=subnet-09b299c06521dd460,Ipv4=10.0.0.108 \
        SubnetId=subnet-0395bde2bd100a705,Ipv4=10.0.1.47 \
        --subnet-ids subnet-09b299c06521dd460 subnet-0395bde2bd100a705 \
        --query VpcEndpoint.VpcEndpointId --output text)
    [ "$(aws ec2 describe-vpc-endpoints --vpc-endpoint-ids "$endpoint" \
        --query 'VpcEndpoints[0].State' --output text)" = available ]
    name=$(aws ec2 describe-vpc-endpoints --vpc-endpoint-ids "$endpoint" \
        --query 'VpcEndpoints[0].DnsEntries[0].DnsName' --output text)
    shows $public $service "10.0.0.108 10.0.1.47"
    shows $public "${name/cloudformation/cloudforamtion}" ""
    shows $public "${name/.cloudformation/-ap-northeast-2c.cloudformation}" 10.0.1.47
    shows $public "$name" "10.0.0.108 10.0.1.47"
    shows $private $service "10.0.0.108 10.0.1.47"
    shows $private "vpce-09351d168ace06d${name#"$endpoint"}" ""
    shows $private "$name" "10.0.0.108 10.0.1.47"

    echo "-- private DNS off, and on again"
    aws ec2 modify-vpc-endpoint --vpc-endpoint-id "$endpoint" --no-private-dns-enabled --output text
    shows $private $service 52.95.193.132
    shows $private "$name" "10.0.0.108 10.0.1.47"
    aws ec2 modify-vpc-endpoint --vpc-endpoint-id "$endpoint" --private-dns-enabled --output text
    shows $private $service "10.0.0.108 10.0.1.47"
    shows $private "$name" "10.0.0.108 10.0.1.47"
}

lab09-2() {
    local vpc=vpc-0e773e2b6de265f4f consumer=10.0.0.176 service endpoint name
    local balancer=lab9-Custo-1C1O2OWX9WGL9-1438a8e4c6ec677d.elb.ap-northeast-2.amazonaws.com
    local arn=arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/net/Custom-NLB/1438a8e4c6ec677d

    echo "-- base"
    shows $consumer $balancer 13.124.211.247
    shows $consumer "Custom-NLB-$balancer" ""

    echo "-- the endpoint service"
    service=$(aws ec2 create-vpc-endpoint-service-configuration --acceptance-required \
        --network-load-balancer-arns $arn --query ServiceConfiguration.ServiceId --output text)

    echo "-- the endpoint waits for acceptance"
    endpoint=$(aws ec2 create-vpc-endpoint --vpc-id $vpc --vpc-endpoint-type Interface \
        --service-name "com.amazonaws.vpce.ap-northeast-2.$service" --no-private-dns-enabled \
        --subnet-configurations SubnetId=subnet-091bfb956e278230a,Ipv4=10.0.0.19 \
        --subnet-ids subnet-091bfb956e278230a \
        --query VpcEndpoint.VpcEndpointId --output text)
    name=$(aws ec2 describe-vpc-endpoints --vpc-endpoint-ids "$endpoint" \
        --query 'VpcEndpoints[0].DnsEntries[0].DnsName' --output text)
    [ "$(aws ec2 describe-vpc-endpoints --vpc-endpoint-ids "$endpoint" \
        --query 'VpcEndpoints[0].State' --output text)" = pendingAcceptance ]
    shows $consumer "$name" ""

    echo "-- accepted"
    aws ec2 accept-vpc-endpoint-connections --service-id "$service" --vpc-endpoint-ids "$endpoint" --output text
    [ "$(aws ec2 describe-vpc-endpoint-connections --filters "Name=service-id,Values=$service" \
        --query 'VpcEndpointConnections[0].VpcEndpointState' --output text)" = available ]
    shows $consumer "$name" 10.0.0.19

    echo "-- rejected, and accepted again"
    aws ec2 reject-vpc-endpoint-connections --service-id "$service" --vpc-endpoint-ids "$endpoint" --output text
    shows $consumer "$name" ""
    aws ec2 accept-vpc-endpoint-connections --service-id "$service" --vpc-endpoint-ids "$endpoint" --output text
    shows $consumer "$name" 10.0.0.19
}

case "${1:-}" in
    lab09-1 | lab09-2) "$1" && echo "$1: as in the chapter" ;;
    *) echo "usage: $0 lab09-1|lab09-2" >&2; exit 2 ;;
esac
