//! Options of instances that both `RunInstances` and `ModifyInstanceAttribute` take.

use std::sync::Arc;

use data_encoding::BASE64;

use crate::{
    api::{error::ApiError, parameter::Parameters},
    model::guest::{MAX_USER_DATA, MetadataChoices},
};

/// An instance type, which is a family, a dot and a size.
pub(super) fn instance_type(text: &str) -> Result<Arc<str>, ApiError> {
    let legal = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-')
    };
    match text.split_once('.') {
        Some((family, size)) if legal(family) && legal(size) && text.len() <= 40 => Ok(text.into()),
        _ => Err(ApiError::value(format!("Invalid value '{text}' for InstanceType."))),
    }
}

/// `standard` or `unlimited`.
pub(super) fn cpu_credits(
    parameters: &mut Parameters,
    name: &str,
) -> Result<Option<Arc<str>>, ApiError> {
    let words = [("standard", "standard"), ("unlimited", "unlimited")];
    Ok(parameters.word(name, &words)?.map(Into::into))
}

/// User data, in base 64.
pub(super) fn user_data(
    parameters: &mut Parameters,
    name: &str,
) -> Result<Option<Arc<[u8]>>, ApiError> {
    let Some(text) = parameters.text(name)? else { return Ok(None) };
    let packed: String = text.split_ascii_whitespace().collect();
    let bytes = BASE64.decode(packed.as_bytes()).map_err(|_| {
        ApiError::new("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.")
    })?;
    if bytes.len() > MAX_USER_DATA {
        return Err(ApiError::value(format!("User data is limited to {MAX_USER_DATA} bytes")));
    }
    Ok((!bytes.is_empty()).then(|| bytes.into()))
}

/// The metadata options of a request; their names follow `prefix`.
pub(super) fn metadata_choices(
    parameters: &mut Parameters,
    prefix: &str,
) -> Result<MetadataChoices, ApiError> {
    let name = |field: &str| format!("{prefix}{field}");
    let switch = [("disabled", false), ("enabled", true)];
    let hop_limit = parameters.parsed::<u8>(&name("HttpPutResponseHopLimit"))?;
    if let Some(limit) = hop_limit.filter(|limit| !(1..=64).contains(limit)) {
        return Err(ApiError::value(format!(
            "Value ({limit}) for parameter HttpPutResponseHopLimit is invalid. Expected a value from 1 to 64."
        )));
    }
    Ok(MetadataChoices {
        enabled: parameters.word(&name("HttpEndpoint"), &switch)?,
        tokens_required: parameters
            .word(&name("HttpTokens"), &[("optional", false), ("required", true)])?,
        tags: parameters.word(&name("InstanceMetadataTags"), &switch)?,
        hop_limit,
        ipv6: parameters.word(&name("HttpProtocolIpv6"), &switch)?,
    })
}
