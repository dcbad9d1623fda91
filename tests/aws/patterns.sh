#!/usr/bin/env bash
# By aws commands and dig alone: both labs from a stack to the last dig and back, and endpoints that a hub shares.
#
#   vpcdns serve empty &
#   tests/aws/patterns.sh labs           # or hub
#
# ask.sh says which server is asked. Ends with an error at the first answer that is not as expected.
set -euo pipefail
cd "$(dirname "$0")"

. ./ask.sh
export AWS_DEFAULT_OUTPUT=text

output() { # output STACK NAME: an output of a stack
    aws cloudformation describe-stacks --stack-name "$1" --query "Stacks[0].Outputs[?OutputKey=='$2'].OutputValue"
}

gone() { # gone STACK: deletes a stack, which leaves no VPC
    aws cloudformation delete-stack --stack-name "$1"
    aws cloudformation wait stack-delete-complete --stack-name "$1"
    [ -z "$(aws ec2 describe-vpcs --query 'Vpcs[].VpcId')" ]
    echo "ok: nothing is left of $1"
}

first_lab() {
    local vpc subnets tables endpoint name service=cloudformation.$region.amazonaws.com public=10.0.0.29 private=10.0.1.29
    aws cloudformation deploy --stack-name lab1 --template-file lab1.yaml --parameter-overrides KeyName=key
    vpc=$(output lab1 Net) subnets=$(output lab1 Subnets) tables=$(output lab1 Tables)
    shows $private $service public
    # shellcheck disable=SC2086 # two ids each
    aws ec2 create-vpc-endpoint --vpc-id "$vpc" --service-name com.amazonaws.$region.s3 --route-table-ids $tables >/dev/null
    aws ec2 modify-vpc-attribute --vpc-id "$vpc" --enable-dns-hostnames
    # shellcheck disable=SC2086
    endpoint=$(aws ec2 create-vpc-endpoint --vpc-id "$vpc" --vpc-endpoint-type Interface --private-dns-enabled \
        --service-name com.amazonaws.$region.cloudformation --subnet-ids $subnets \
        --subnet-configurations "SubnetId=${subnets% *},Ipv4=10.0.0.108" "SubnetId=${subnets#* },Ipv4=10.0.1.47" \
        --query VpcEndpoint.VpcEndpointId)
    name=$(aws ec2 describe-vpc-endpoints --vpc-endpoint-ids "$endpoint" --query 'VpcEndpoints[0].DnsEntries[0].DnsName')
    shows $public $service "10.0.0.108 10.0.1.47"
    shows $private "$name" "10.0.0.108 10.0.1.47"
    shows $private "${name/.cloudformation/-${region}c.cloudformation}" 10.0.1.47
    aws ec2 modify-vpc-endpoint --vpc-endpoint-id "$endpoint" --no-private-dns-enabled >/dev/null
    shows $private $service public
    shows $private "$name" "10.0.0.108 10.0.1.47"
    aws ec2 delete-vpc-endpoints --vpc-endpoint-ids "$endpoint" \
        "$(aws ec2 describe-vpc-endpoints --filters Name=vpc-endpoint-type,Values=Gateway --query 'VpcEndpoints[0].VpcEndpointId')" >/dev/null
    shows $private "$name" ""
    gone lab1
}

second_lab() {
    local service id endpoint name consumer=10.0.0.176
    aws cloudformation deploy --stack-name lab2 --template-file lab2.yaml --parameter-overrides KeyName=key
    shows $consumer "$(output lab2 Name)" "$(output lab2 Address)"
    read -r id service <<<"$(aws ec2 create-vpc-endpoint-service-configuration --acceptance-required \
        --network-load-balancer-arns "$(output lab2 Balancer)" \
        --query 'ServiceConfiguration.[ServiceId,ServiceName]')"
    read -r endpoint name <<<"$(aws ec2 create-vpc-endpoint --vpc-id "$(output lab2 Mine)" --vpc-endpoint-type Interface \
        --service-name "$service" --no-private-dns-enabled --subnet-ids "$(output lab2 Bed)" \
        --query 'VpcEndpoint.[VpcEndpointId,DnsEntries[0].DnsName]')"
    shows $consumer "$name" ""
    aws ec2 accept-vpc-endpoint-connections --service-id "$id" --vpc-endpoint-ids "$endpoint" >/dev/null
    shows $consumer "$name" "$(aws ec2 describe-network-interfaces --query 'NetworkInterfaces[0].PrivateIpAddress' \
        --filters "Name=description,Values=VPC Endpoint Interface $endpoint")"
    aws ec2 delete-vpc-endpoints --vpc-endpoint-ids "$endpoint" >/dev/null
    aws ec2 delete-vpc-endpoint-service-configurations --service-ids "$id" >/dev/null
    gone lab2
}

labs() {
    aws ec2 create-key-pair --key-name key >/dev/null
    first_lab
    second_lab
}

network() { # network NAME NUMBER: a VPC with a subnet in two zones, as `NAME_vpc` and `NAME_subnets`
    local vpc subnet subnets="" zone part=0
    vpc=$(aws ec2 create-vpc --cidr-block "10.$2.0.0/16" --query Vpc.VpcId)
    aws ec2 modify-vpc-attribute --vpc-id "$vpc" --enable-dns-hostnames
    for zone in a c; do
        subnet=$(aws ec2 create-subnet --vpc-id "$vpc" --cidr-block "10.$2.$part.0/24" --availability-zone $region$zone \
            --query Subnet.SubnetId)
        subnets="$subnets $subnet" part=$((part + 1))
    done
    printf -v "$1_vpc" %s "$vpc"
    printf -v "$1_subnets" %s "${subnets# }"
}

endpoint() { # endpoint SERVICE: an interface endpoint in the hub, without a private name; its id, name and zone
    # shellcheck disable=SC2086 # two ids
    aws ec2 create-vpc-endpoint --vpc-id "$hub_vpc" --vpc-endpoint-type Interface --no-private-dns-enabled \
        --service-name "com.amazonaws.$region.$1" --subnet-ids $hub_subnets \
        --query 'VpcEndpoint.[VpcEndpointId,DnsEntries[0].DnsName,DnsEntries[0].HostedZoneId]'
}

zone() { # zone NAME TARGET ZONE: a private zone for a name in hub and spoke, whose apex leads to an endpoint
    aws route53 create-hosted-zone --name "$1" --caller-reference "$1" --vpc "VPCRegion=$region,VPCId=$hub_vpc" \
        --query HostedZone.Id >"$scratch"
    alias "$(cat "$scratch")" "$1" "$2" "$3"
    aws route53 associate-vpc-with-hosted-zone --hosted-zone-id "$(cat "$scratch")" \
        --vpc "VPCRegion=$region,VPCId=$spoke_vpc" >/dev/null
}

alias() { # alias ZONE NAME TARGET ITS-ZONE: a record that leads to an endpoint
    local target="{\"DNSName\": \"$3\", \"HostedZoneId\": \"$4\", \"EvaluateTargetHealth\": false}"
    aws route53 change-resource-record-sets --hosted-zone-id "$1" --change-batch "{\"Changes\": [{\"Action\": \"CREATE\",
        \"ResourceRecordSet\": {\"Name\": \"$2\", \"Type\": \"A\", \"AliasTarget\": $target}}]}" >/dev/null
}

hub() {
    local hub_vpc spoke_vpc hub_subnets spoke_subnets sqs registry id name at here=10.1.0.9 there=10.2.0.9
    scratch=$(mktemp)
    trap 'rm -f "$scratch"' EXIT
    sqs=sqs.$region.amazonaws.com registry=dkr.ecr.$region.amazonaws.com
    network hub 1
    network spoke 2

    echo "-- a private name stays in the VPC of its endpoint (T9)"
    read -r id name at <<<"$(endpoint sqs)"
    aws ec2 modify-vpc-endpoint --vpc-endpoint-id "$id" --private-dns-enabled >/dev/null
    shows $here $sqs "10.1.0.4 10.1.1.4"
    shows $there $sqs public
    shows $there "$name" "10.1.0.4 10.1.1.4"
    if aws route53 create-hosted-zone --name $sqs --caller-reference no --vpc "VPCRegion=$region,VPCId=$hub_vpc" 2>"$scratch"; then
        echo "the zone of a private name in use was not refused" >&2
        exit 1
    fi
    grep -q ConflictingDomainExists "$scratch"

    echo "-- a zone of that name in every VPC leads there"
    aws ec2 modify-vpc-endpoint --vpc-endpoint-id "$id" --no-private-dns-enabled >/dev/null
    shows $here $sqs public
    zone $sqs "$name" "$at"
    shows $here $sqs "10.1.0.4 10.1.1.4"
    shows $there $sqs "10.1.0.4 10.1.1.4"

    echo "-- names that need a wildcard beside the apex (T10)"
    read -r id name at <<<"$(endpoint ecr.dkr)"
    zone $registry "$name" "$at"
    shows $there "123456789012.$registry" ""
    alias "$(cat "$scratch")" "*.$registry" "$name" "$at"
    shows $there "123456789012.$registry" "10.1.0.5 10.1.1.5"

    echo "-- and the second name of Lambda (T10)"
    read -r id name at <<<"$(endpoint lambda)"
    zone lambda.$region.amazonaws.com "$name" "$at"
    shows $there lambda.$region.amazonaws.com "10.1.0.6 10.1.1.6"
    shows $there lambda.$region.api.aws public
    zone lambda.$region.api.aws "$name" "$at"
    shows $there lambda.$region.api.aws "10.1.0.6 10.1.1.6"

    echo "-- a FORWARD rule beats the zone (T19)"
    local far_vpc far_subnets group inbound outbound rule addresses=()
    network far 3
    aws route53 create-hosted-zone --name $sqs --caller-reference far --vpc "VPCRegion=$region,VPCId=$far_vpc" \
        --query HostedZone.Id >"$scratch"
    aws route53 change-resource-record-sets --hosted-zone-id "$(cat "$scratch")" --change-batch "{\"Changes\": [{\"Action\": \"CREATE\",
        \"ResourceRecordSet\": {\"Name\": \"$sqs\", \"Type\": \"A\", \"TTL\": 60, \"ResourceRecords\": [{\"Value\": \"10.3.0.99\"}]}}]}" >/dev/null
    resolver_endpoint() { # resolver_endpoint DIRECTION VPC SUBNET…
        group=$(aws ec2 describe-security-groups --filters "Name=vpc-id,Values=$2" --query 'SecurityGroups[0].GroupId')
        addresses=()
        for subnet in "${@:3}"; do addresses+=("SubnetId=$subnet"); done
        aws route53resolver create-resolver-endpoint --direction "$1" --creator-request-id "$1" \
            --security-group-ids "$group" --ip-addresses "${addresses[@]}" --query ResolverEndpoint.Id
    }
    # shellcheck disable=SC2086
    inbound=$(resolver_endpoint INBOUND "$far_vpc" $far_subnets)
    # shellcheck disable=SC2086
    outbound=$(resolver_endpoint OUTBOUND "$spoke_vpc" $spoke_subnets)
    rule=$(aws route53resolver create-resolver-rule --rule-type FORWARD --creator-request-id rule --domain-name $sqs \
        --resolver-endpoint-id "$outbound" --query ResolverRule.Id --target-ips "Ip=$(aws route53resolver \
        list-resolver-endpoint-ip-addresses --resolver-endpoint-id "$inbound" --query 'IpAddresses[0].Ip')")
    shows $there $sqs "10.1.0.4 10.1.1.4"
    aws route53resolver associate-resolver-rule --resolver-rule-id "$rule" --vpc-id "$spoke_vpc" >/dev/null
    shows $there $sqs 10.3.0.99
    shows $here $sqs "10.1.0.4 10.1.1.4"
    aws route53resolver disassociate-resolver-rule --resolver-rule-id "$rule" --vpc-id "$spoke_vpc" >/dev/null
    shows $there $sqs "10.1.0.4 10.1.1.4"
}

case "${1:-}" in
    labs | hub) "$1" && echo "$1: as expected" ;;
    *) echo "usage: $0 labs|hub" >&2; exit 2 ;;
esac
