//! Names as rules ask for them and show them, and which endpoints take them. Knows no VPC.

use crate::model::{
    endpoint::{Endpoint, EndpointKind},
    name::Name,
    record::dotted,
    service::PrivateName,
};

/// What stands for any label in front of a wildcard's name.
pub(super) const ANY_LABEL: &[u8] = b"any-label";

/// Whether private DNS of an endpoint is on and in effect, if its VPC's attributes allow it.
pub(super) fn captures(endpoint: &Endpoint) -> bool {
    endpoint.kind == EndpointKind::Interface && endpoint.private_dns && endpoint.state.answers()
}

/// A name without its final dot.
pub(super) fn text(name: &Name) -> String {
    let dotted = dotted(name.as_ref());
    if dotted == "." { dotted } else { dotted.trim_end_matches('.').to_owned() }
}

/// A name that a private name covers: the name itself, or one below a wildcard.
pub(super) fn covered(name: &PrivateName) -> Option<Name> {
    if name.wildcard { name.zone.prepend(ANY_LABEL) } else { Some(name.zone.clone()) }
}
