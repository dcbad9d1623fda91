//! What the code of a refusal means, in plain words. AWS's own code and text stay as they are; this stands beside them.

use super::Language;

impl Language {
    /// What a code means; `None` for a code that says little more than its message.
    pub fn gloss(self, code: &str) -> Option<String> {
        Some(match code {
            "MissingParameter" => self.gloss_missing(),
            "InvalidParameter" => self.gloss_parameter(),
            "InvalidParameterValue" => self.gloss_value(),
            "InvalidParameterCombination" => self.gloss_combination(),
            "DependencyViolation" => self.gloss_dependency(),
            "UnsupportedOperation" | "OperationNotPermitted" => self.gloss_unsupported(),
            "RouteAlreadyExists" | "Resource.AlreadyAssociated" => self.gloss_exists(),
            "InvalidState" | "IncorrectState" => self.gloss_state(),
            "ExistingVpcEndpointConnections" => self.gloss_connections(),
            "AuthFailure"
            | "SignatureDoesNotMatch"
            | "InvalidClientTokenId"
            | "MissingAuthenticationToken" => self.gloss_signature(),
            "InvalidServiceName" => self.gloss_service_name(),
            "InsufficientFreeAddressesInSubnet" => self.gloss_addresses(),
            "DuplicateSubnetsInSameZone" => self.gloss_zones(),
            "InvalidPolicyDocument" => self.gloss_policy(),
            "InvalidPrincipal" => self.gloss_principal(),
            "InvalidIPAddress.InUse" => self.gloss_in_use(),
            "InvalidSubnet.Conflict" => self.gloss_conflict(),
            "InvalidVpc.Range" | "InvalidSubnet.Range" => self.gloss_range(),
            "InvalidAction" => self.gloss_action(),
            "DryRunOperation" => self.gloss_dry_run(),
            "Unavailable" | "ServiceUnavailable" => self.gloss_unavailable(),
            _ if code.ends_with(".NotFound") => self.gloss_not_found(),
            _ if code.ends_with(".Malformed") => self.gloss_malformed(),
            _ if code.ends_with(".Duplicate") => self.gloss_duplicate(),
            _ if code.ends_with("LimitExceeded") => self.gloss_limit(),
            _ => return None,
        })
    }
}
