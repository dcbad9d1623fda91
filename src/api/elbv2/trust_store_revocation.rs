//! Revocation lists of trust stores: where they lie is kept and shown. Their entries are not counted.

use std::sync::Arc;

use super::{arn, trust_store::location};
use crate::{
    api::{
        balancing::{Paging, validation},
        context::Context,
        error::ApiError,
        parameter::Parameters,
        s3,
        service::Operation,
        shape::Fields,
    },
    model::trust_store::{self as model, Revocation, StoredObject, TrustStore},
};

/// The one kind of list there is.
const KINDS: &[&str] = &["CRL"];

/// A list as replies show it.
fn fields(store: &TrustStore, revocation: &Revocation) -> Fields {
    Fields::new()
        .set("TrustStoreArn", store.arn())
        .set("RevocationId", revocation.id)
        .set("RevocationType", "CRL")
        .set("NumberOfRevokedEntries", 0)
}

/// The number of a list.
fn number(text: &str) -> Result<u64, ApiError> {
    text.parse().map_err(|_| validation(format!("'{text}' is not a valid revocation ID")))
}

fn numbers(parameters: &mut Parameters) -> Result<Vec<u64>, ApiError> {
    parameters.list("RevocationIds")?.iter().map(|it| number(it)).collect()
}

/// `AddTrustStoreRevocations`.
pub(in crate::api) struct AddTrustStoreRevocations {
    arn: String,
    lists: Vec<StoredObject>,
}

impl Operation for AddTrustStoreRevocations {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let arn = parameters.required("TrustStoreArn")?;
        let lists = parameters.structures("RevocationContents", |it| {
            if let Some(kind) = it.text("RevocationType")?.filter(|it| !KINDS.contains(&&**it)) {
                it.is_no_word("RevocationType", &kind, KINDS);
            }
            Ok(StoredObject {
                bucket: it.required("S3Bucket")?.into(),
                key: it.required("S3Key")?.into(),
                version: it.text("S3ObjectVersion")?.map(Arc::from),
            })
        })?;
        if lists.is_empty() {
            return Err(parameters.missing("RevocationContents"));
        }
        Ok(Self { arn, lists })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let store = arn::trust_store(context, &self.arn)?;
        for StoredObject { bucket, key, .. } in &self.lists {
            if matches!(s3::look_up(context.shelf, &context.account, bucket, key), Some(None)) {
                let text =
                    format!("The revocation file '{key}' in the bucket '{bucket}' does not exist");
                return Err(ApiError::new("RevocationContentNotFound", text));
            }
        }
        let (id, added) = (store.id, self.lists.len());
        let change = model::AddTrustStoreRevocations { store: id, lists: self.lists };
        let after = context.commit(&[change.into()])?;
        let store = after.world.trust_store(id)?;
        // Another request may have added some meanwhile, before these.
        let new = store.revocations.iter().skip(store.revocations.len().saturating_sub(added));
        Ok(Fields::new().list("TrustStoreRevocations", new.map(|it| fields(store, it))))
    }
}

/// `RemoveTrustStoreRevocations`.
pub(in crate::api) struct RemoveTrustStoreRevocations {
    arn: String,
    revocations: Vec<u64>,
}

impl Operation for RemoveTrustStoreRevocations {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let arn = parameters.required("TrustStoreArn")?;
        let revocations = numbers(parameters)?;
        if revocations.is_empty() {
            return Err(parameters.missing("RevocationIds"));
        }
        Ok(Self { arn, revocations })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let store = arn::trust_store(context, &self.arn)?.id;
        let change = model::RemoveTrustStoreRevocations { store, revocations: self.revocations };
        context.commit(&[change.into()])?;
        Ok(Fields::new())
    }
}

/// `DescribeTrustStoreRevocations`.
pub(in crate::api) struct DescribeTrustStoreRevocations {
    arn: String,
    revocations: Vec<u64>,
    paging: Paging,
}

impl Operation for DescribeTrustStoreRevocations {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let paging = Paging::read(parameters)?;
        let arn = parameters.required("TrustStoreArn")?;
        Ok(Self { arn, revocations: numbers(parameters)?, paging })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let store = arn::trust_store(context, &self.arn)?;
        for id in &self.revocations {
            store.revocation(*id)?;
        }
        let is_wanted =
            |it: &&Revocation| self.revocations.is_empty() || self.revocations.contains(&it.id);
        let things = store.revocations.iter().filter(is_wanted);
        let things = things.map(|it| (format!("{:020}", it.id), fields(store, it))).collect();
        Ok(self.paging.reply("TrustStoreRevocations", things))
    }
}

/// `GetTrustStoreRevocationContent`.
pub(in crate::api) struct GetTrustStoreRevocationContent {
    arn: String,
    revocation: u64,
}

impl Operation for GetTrustStoreRevocationContent {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let arn = parameters.required("TrustStoreArn")?;
        Ok(Self { arn, revocation: number(&parameters.required("RevocationId")?)? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let store = arn::trust_store(context, &self.arn)?;
        Ok(location(context, &store.revocation(self.revocation)?.at))
    }
}
