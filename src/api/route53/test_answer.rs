//! `TestDNSAnswer`: what the resolver answers for a name of a zone. A private zone is asked from the first of its VPCs that
//! the caller owns.

use std::net::IpAddr;

use ipnetwork::IpNetwork;

use super::{hosted_zone::NamedVpc, own_zone, record_input, zone_id};
use crate::{
    api::{
        context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
    },
    model::record::{RecordType, route53_name, route53_text},
    resolve::{
        answer::Outcome,
        question::{Asker, Question},
    },
};

/// `TestDNSAnswer`.
pub(in crate::api) struct TestDNSAnswer {
    zone: String,
    name: String,
    rtype: RecordType,
    rtype_text: String,
    client: Option<IpNetwork>,
}

/// Reads the network that the question is asked from: that of Client Subnet, else the resolver's address.
fn read_client(parameters: &mut Parameters) -> Result<Option<IpNetwork>, ApiError> {
    let resolver = parameters.limited("ResolverIP", 0..=45)?;
    let subnet = parameters.limited("EDNS0ClientSubnetIP", 0..=45)?;
    let mask = parameters.limited("EDNS0ClientSubnetMask", 0..=3)?;
    let address = |name: &str, text: &str| {
        let words = || format!("The value '{text}' of {name} is not an IP address.");
        text.parse::<IpAddr>().map_err(|_| ApiError::new("InvalidInput", words()))
    };
    let Some(text) = subnet.filter(|it| !it.is_empty()) else {
        let resolver = resolver.filter(|it| !it.is_empty());
        return Ok(resolver.map(|it| address("resolverip", &it)).transpose()?.map(IpNetwork::from));
    };
    let client = address("edns0clientsubnetip", &text)?;
    let usual = if client.is_ipv4() { 24 } else { 64 };
    let mask = match mask.filter(|it| !it.is_empty()) {
        Some(text) => text.parse::<u8>().ok(),
        None => Some(usual),
    };
    let network = mask.and_then(|mask| IpNetwork::new(client, mask).ok());
    network.map(Some).ok_or_else(|| {
        ApiError::new("InvalidInput", "The value of edns0clientsubnetmask is not a prefix length.")
    })
}

impl Operation for TestDNSAnswer {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let zone = zone_id(parameters, "HostedZoneId")?;
        let name = parameters.required_limited("RecordName", 0..=1_024)?;
        let rtype_text = parameters.required("RecordType")?;
        let rtype = record_input::read_type(parameters, "RecordType", &rtype_text);
        let client = read_client(parameters)?;
        Ok(Self { zone, name, rtype: rtype.unwrap_or(RecordType::A), rtype_text, client })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let zone = own_zone(context, &self.zone)?;
        let name = route53_name(&self.name).ok();
        let name = name.filter(|name| name.as_ref().is_within(zone.name.as_ref()));
        let Some(name) = name else {
            let words = format!("{} does not lie in the hosted zone {}.", self.name, zone.id);
            return Err(ApiError::new("InvalidInput", words));
        };
        // The zone may be associated with VPCs of other accounts, whose answers are theirs.
        let own_vpc = zone.vpcs.iter().find(|vpc| NamedVpc(**vpc).is_own(context));
        let asker = match (zone.details.public, own_vpc) {
            (true, _) => Asker::Internet,
            (false, Some(vpc)) => Asker::Vpc(*vpc),
            (false, None) => {
                let words = "The private hosted zone is associated with no VPC of this account.";
                return Err(ApiError::new("InvalidInput", words));
            }
        };
        let question = Question::asked(name.as_ref(), self.rtype, asker, context.now / 1_000);
        let question = Question { address: self.client, ..question };
        let (code, data): (&str, Vec<String>) = match context.before.answer(&question, &mut ()) {
            Outcome::Answer(answer) | Outcome::Blocked(answer) => {
                (answer.rcode.text(), answer.records.iter().map(|it| it.data.text()).collect())
            }
            // What other servers would say is not asked here.
            Outcome::Forward { known, .. } => {
                ("NOERROR", known.iter().map(|it| it.data.text()).collect())
            }
            Outcome::Silence => ("SERVFAIL", Vec::new()),
        };
        let server = context.world().name_servers_of(zone).into_iter().next().unwrap_or_default();
        Ok(Fields::new()
            .set("Nameserver", server)
            .set("RecordName", route53_text(name.as_ref()))
            .set("RecordType", self.rtype_text)
            .texts("RecordData", data)
            .set("ResponseCode", code)
            .set("Protocol", "UDP"))
    }
}
