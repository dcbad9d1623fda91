//! `TestDNSAnswer`: what the resolver answers for a name of a zone. A private zone is asked from the first of its VPCs that
//! the caller owns.

use super::{hosted_zone::NamedVpc, own_zone, record_input, zone_id};
use crate::{
    api::{
        context::Context, error::ApiError, parameter::Parameters, service::Operation, shape::Fields,
    },
    model::{
        delegation::name_servers,
        record::{RecordType, route53_name, route53_text},
    },
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
}

impl Operation for TestDNSAnswer {
    const WITHOUT_EFFECT: &'static [&'static str] =
        &["EDNS0ClientSubnetIP", "EDNS0ClientSubnetMask", "ResolverIP"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let zone = zone_id(parameters, "HostedZoneId")?;
        let name = parameters.required_limited("RecordName", 0..=1_024)?;
        let rtype_text = parameters.required("RecordType")?;
        let rtype = record_input::read_type(parameters, "RecordType", &rtype_text);
        Ok(Self { zone, name, rtype: rtype.unwrap_or(RecordType::A), rtype_text })
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
