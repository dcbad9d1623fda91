//! Permissions for network interfaces (NI2): granted at once, kept and shown. No other account attaches an interface by one.

use std::sync::Arc;

use super::Operation;
use crate::{
    api::{
        auth::is_account,
        context::{Context, seed},
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
        parameter::Parameters,
        shape::Fields,
    },
    model::{
        id::{NetworkInterfaceId, NetworkInterfacePermissionId},
        interface_permission::{self as model, InterfacePermission, NetworkInterfacePermission},
    },
};

/// A permission as replies show it. AWS writes the state in capitals, other than its API model has it.
fn fields(it: &NetworkInterfacePermission) -> Fields {
    Fields::new()
        .set("networkInterfacePermissionId", it.id)
        .set("networkInterfaceId", it.interface)
        .set("awsAccountId", &it.account)
        .set("permission", it.kind.text())
        .fields("permissionState", Fields::new().set("state", "GRANTED"))
}

/// `CreateNetworkInterfacePermission`.
pub(super) struct CreateNetworkInterfacePermission {
    interface: NetworkInterfaceId,
    account: String,
    kind: InterfacePermission,
}

impl Operation for CreateNetworkInterfacePermission {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let interface = parameters.required_id("NetworkInterfaceId")?;
        if let Some(service) = parameters.text("AwsService")? {
            let text = format!("A permission for the AWS service '{service}' is not supported");
            return Err(ApiError::new("UnsupportedOperation", text));
        }
        let account = parameters.required("AwsAccountId")?;
        if !is_account(&account) {
            return Err(ApiError::value(format!(
                "Value ({account}) for parameter AwsAccountId is invalid. Expected an account ID of 12 digits."
            )));
        }
        let kind = parameters.word("Permission", InterfacePermission::ALL)?;
        Ok(Self { interface, account, kind: kind.ok_or_else(|| ApiError::missing("Permission"))? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let permission = NetworkInterfacePermission {
            id: NetworkInterfacePermissionId::from_seed(seed()),
            interface: self.interface,
            account: self.account.into(),
            kind: self.kind,
        };
        let shown = fields(&permission);
        context.commit(&[model::CreateNetworkInterfacePermission { permission }.into()])?;
        Ok(Fields::new().fields("interfacePermission", shown))
    }
}

/// `DeleteNetworkInterfacePermission`.
pub(super) struct DeleteNetworkInterfacePermission(NetworkInterfacePermissionId);

impl Operation for DeleteNetworkInterfacePermission {
    const WITHOUT_EFFECT: &'static [&'static str] = &["Force"];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required_id("NetworkInterfacePermissionId").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let permission = self.0;
        context.commit(&[model::DeleteNetworkInterfacePermission { permission }.into()])?;
        Ok(Fields::done())
    }
}

/// `DescribeNetworkInterfacePermissions`.
pub(super) type DescribeNetworkInterfacePermissions = Listing<InterfacePermissions>;

/// The permissions with these ids.
pub(super) struct InterfacePermissions(Vec<NetworkInterfacePermissionId>);

impl Describe for InterfacePermissions {
    type Item<'c> = &'c Arc<NetworkInterfacePermission>;

    const LIST: &'static str = "networkInterfacePermissions";

    const FILTERS: Filters<Self> = &[
        ("network-interface-permission.aws-account-id", |it, _| texts([&it.account])),
        ("network-interface-permission.aws-service", |_, _| Vec::new()),
        ("network-interface-permission.network-interface-id", |it, _| texts([it.interface])),
        ("network-interface-permission.network-interface-permission-id", |it, _| texts([it.id])),
        ("network-interface-permission.permission", |it, _| texts([it.kind.text()])),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.ids("NetworkInterfacePermissionId").map(Self)
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        Ok(context.all_own(&self.0, context.world().network_interface_permissions.keys()))
    }

    fn key(it: &Self::Item<'_>) -> String {
        it.id.to_string()
    }

    fn fields(_: &Context<'_>, it: Self::Item<'_>) -> Fields {
        fields(it)
    }
}
