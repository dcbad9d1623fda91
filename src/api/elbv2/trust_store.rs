//! Trust stores. Their revocation lists are in `trust_store_revocation.rs`.
//!
//! Where certificates lie in S3 is kept and shown. They are counted if they lie in a bucket named `cdk-…`, which this server may
//! have. In every other bucket one is taken for granted. Nothing verifies a client by them.

use std::{collections::BTreeMap, sync::Arc};

use super::arn;
use crate::{
    api::{
        balancing::{self, Paging, check_name, validation},
        context::{Context, random},
        error::ApiError,
        parameter::Parameters,
        s3,
        service::Operation,
        shape::Fields,
    },
    model::{
        id::TrustStoreId,
        trust_store::{self as model, Bundle, StoredObject, TrustStore, not_found},
        world::Tags,
    },
};

/// What a certificate of a bundle begins with (RFC 7468).
const CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// The caller's trust stores.
fn stores<'c>(context: &'c Context<'_>) -> impl Iterator<Item = &'c Arc<TrustStore>> {
    let all = context.world().trust_stores.values();
    all.filter(|it| context.is_home(it.region, &it.owner))
}

/// A trust store as replies show it.
fn fields(store: &TrustStore) -> Fields {
    Fields::new()
        .set("Name", &store.name)
        .set("TrustStoreArn", store.arn())
        .set("Status", "ACTIVE")
        .set("NumberOfCaCertificates", store.bundle.certificates)
        .set("TotalRevokedEntries", 0)
}

/// `CaCertificatesBundleS3Bucket`, `…Key` and `…ObjectVersion`.
fn object(parameters: &mut Parameters) -> Result<StoredObject, ApiError> {
    Ok(StoredObject {
        bucket: parameters.required("CaCertificatesBundleS3Bucket")?.into(),
        key: parameters.required("CaCertificatesBundleS3Key")?.into(),
        version: parameters.text("CaCertificatesBundleS3ObjectVersion")?.map(Into::into),
    })
}

/// The certificates in an object.
fn bundle(context: &Context<'_>, at: StoredObject) -> Result<Bundle, ApiError> {
    let certificates = match s3::look_up(context.shelf, &context.account, &at.bucket, &at.key) {
        None => 1,
        Some(None) => {
            let (bucket, key) = (&at.bucket, &at.key);
            let text = format!(
                "The CA certificates bundle '{key}' in the bucket '{bucket}' does not exist"
            );
            return Err(ApiError::new("CaCertificatesBundleNotFound", text));
        }
        Some(Some(object)) => {
            object.body.windows(CERTIFICATE.len()).filter(|it| *it == CERTIFICATE).count()
        }
    };
    if certificates == 0 {
        let text = "The CA certificates bundle is not in PEM format";
        return Err(ApiError::new("InvalidCaCertificatesBundle", text));
    }
    Ok(Bundle { at, certificates: u32::try_from(certificates).unwrap_or(u32::MAX) })
}

/// The address of an object. AWS signs it.
pub(super) fn location(context: &Context<'_>, object: &StoredObject) -> Fields {
    let StoredObject { bucket, key, version } = object;
    let suffix = context.dns_suffix();
    let version = version.as_ref().map(|it| format!("?versionId={it}")).unwrap_or_default();
    let address = format!("https://{bucket}.s3.{}.{suffix}/{key}{version}", context.region);
    Fields::new().set("Location", address)
}

/// `CreateTrustStore`.
pub(in crate::api) struct CreateTrustStore {
    name: String,
    bundle: StoredObject,
    tags: Tags,
}

impl Operation for CreateTrustStore {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = parameters.required("Name")?;
        check_name("trust store", &name)?;
        Ok(Self { name, bundle: object(parameters)?, tags: balancing::tags(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let store = TrustStore {
            id: TrustStoreId::from_seed(random()),
            name: self.name.into(),
            tags: self.tags,
            region: context.region,
            owner: context.account.as_str().into(),
            bundle: bundle(context, self.bundle)?,
            revocations: Vec::new(),
            last_revocation: 0,
        };
        let shown = fields(&store);
        context.commit(&[model::CreateTrustStore { store }.into()])?;
        Ok(Fields::new().list("TrustStores", [shown]))
    }
}

/// `DescribeTrustStores`.
pub(in crate::api) struct DescribeTrustStores {
    arns: Vec<String>,
    names: Vec<String>,
    paging: Paging,
}

impl Operation for DescribeTrustStores {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let paging = Paging::read(parameters)?;
        let (arns, names) = (parameters.list("TrustStoreArns")?, parameters.list("Names")?);
        if !arns.is_empty() && !names.is_empty() {
            return Err(validation(
                "Trust store names and trust store ARNs cannot be specified at the same time",
            ));
        }
        Ok(Self { arns, names, paging })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        // By ARN: one that is named twice is shown once.
        let mut found = BTreeMap::new();
        for arn in &self.arns {
            found.insert(arn.clone(), arn::trust_store(context, arn)?);
        }
        for name in &self.names {
            let named = stores(context).find(|it| *it.name == **name);
            let store = named.ok_or_else(|| not_found(name))?;
            found.insert(store.arn(), store);
        }
        if self.arns.is_empty() && self.names.is_empty() {
            found.extend(stores(context).map(|it| (it.arn(), it)));
        }
        let things = found.into_iter().map(|(arn, it)| (arn, fields(it))).collect();
        Ok(self.paging.reply("TrustStores", things))
    }
}

/// `ModifyTrustStore`.
pub(in crate::api) struct ModifyTrustStore {
    arn: String,
    bundle: StoredObject,
}

impl Operation for ModifyTrustStore {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { arn: parameters.required("TrustStoreArn")?, bundle: object(parameters)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let store = arn::trust_store(context, &self.arn)?.id;
        let bundle = bundle(context, self.bundle)?;
        let after = context.commit(&[model::ModifyTrustStore { store, bundle }.into()])?;
        let shown = fields(after.world.trust_store(store)?);
        Ok(Fields::new().list("TrustStores", [shown]))
    }
}

/// `DeleteTrustStore`.
pub(in crate::api) struct DeleteTrustStore(String);

impl Operation for DeleteTrustStore {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required("TrustStoreArn").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let store = arn::trust_store(context, &self.0)?.id;
        context.commit(&[model::DeleteTrustStore { store }.into()])?;
        Ok(Fields::new())
    }
}

/// `DescribeTrustStoreAssociations`: the load balancers that use one.
pub(in crate::api) struct DescribeTrustStoreAssociations {
    arn: String,
    paging: Paging,
}

impl Operation for DescribeTrustStoreAssociations {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let paging = Paging::read(parameters)?;
        Ok(Self { arn: parameters.required("TrustStoreArn")?, paging })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let store = arn::trust_store(context, &self.arn)?;
        let world = context.world();
        let arns = world.balancers_that_trust(store).into_iter().map(|it| it.arn(world));
        let things = arns.map(|arn| (arn.clone(), Fields::new().set("ResourceArn", arn)));
        Ok(self.paging.reply("TrustStoreAssociations", things.collect()))
    }
}

/// `GetTrustStoreCaCertificatesBundle`.
pub(in crate::api) struct GetTrustStoreCaCertificatesBundle(String);

impl Operation for GetTrustStoreCaCertificatesBundle {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        parameters.required("TrustStoreArn").map(Self)
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        Ok(location(context, &arn::trust_store(context, &self.0)?.bundle.at))
    }
}
