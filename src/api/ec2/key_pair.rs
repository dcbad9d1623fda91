//! Key pairs (KP1 to KP4). The forms and fingerprints of keys are in `key_material.rs`.

use std::sync::Arc;

use data_encoding::BASE64;

use super::{
    Operation,
    key_material::{Form, Kind, Material, PublicKey},
};
use crate::{
    api::{
        context::{Context, seed},
        describe::{Describe, Filters, Listing, texts},
        error::ApiError,
        parameter::Parameters,
        shape::{Fields, Time},
    },
    model::{
        id::KeyPairId,
        key_pair::{self, KeyPair},
        world::Tags,
    },
};

/// The caller's pair of that name.
pub(super) fn named<'c>(
    context: &'c Context<'_>,
    name: &str,
) -> Result<&'c Arc<KeyPair>, ApiError> {
    context
        .world()
        .key_pair_named(&context.account, context.region, name)
        .ok_or_else(|| key_pair::unknown(name).into())
}

/// The fingerprint, as it was kept or as it follows from the public key (KP3).
fn fingerprint(pair: &KeyPair) -> String {
    match &pair.fingerprint {
        Some(kept) => kept.to_string(),
        None => PublicKey::of_pair(pair).map(|key| key.fingerprint()).unwrap_or_default(),
    }
}

fn made(pair: &KeyPair) -> Fields {
    Fields::new()
        .set("keyName", &pair.name)
        .set("keyFingerprint", fingerprint(pair))
        .set("keyPairId", pair.id)
}

/// `CreateKeyPair`.
pub(super) struct CreateKeyPair {
    name: String,
    kind: Kind,
    form: Form,
    tags: Tags,
}

impl Operation for CreateKeyPair {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let kinds = [("rsa", Kind::Rsa), ("ed25519", Kind::Ed25519)];
        let forms = [("pem", Form::Pem), ("ppk", Form::Ppk)];
        Ok(Self {
            name: parameters.required("KeyName")?,
            kind: parameters.word("KeyType", &kinds)?.unwrap_or(Kind::Rsa),
            form: parameters.word("KeyFormat", &forms)?.unwrap_or(Form::Pem),
            tags: parameters.tag_specification("key-pair")?,
        })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let pair = |public_key: String, fingerprint: Option<String>| KeyPair {
            id: KeyPairId::from_seed(seed()),
            tags: self.tags.clone(),
            name: self.name.as_str().into(),
            region: context.region,
            owner: context.account.as_str().into(),
            public_key: public_key.into(),
            fingerprint: fingerprint.map(Into::into),
            created: context.now,
        };
        // To make a key takes long, so a name that is refused is refused before.
        let rehearsed = key_pair::CreateKeyPair { pair: pair(String::new(), None) };
        context.world().apply(&rehearsed.into())?;
        if context.is_rehearsal() {
            return Ok(Fields::new());
        }
        let material = Material::make(self.kind)?;
        let pair = pair(material.public().text(), material.fingerprint());
        let private = material.private(self.form, &pair.name);
        let shown = made(&pair).set("keyMaterial", private).tags(&pair.tags);
        context.commit(&[key_pair::CreateKeyPair { pair }.into()])?;
        Ok(shown)
    }
}

/// `ImportKeyPair`.
pub(super) struct ImportKeyPair {
    name: String,
    key: PublicKey,
    tags: Tags,
}

impl Operation for ImportKeyPair {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let name = parameters.required("KeyName")?;
        let material = parameters.required("PublicKeyMaterial")?;
        let packed: String = material.split_ascii_whitespace().collect();
        let key = BASE64.decode(packed.as_bytes()).ok().and_then(|text| PublicKey::read(&text));
        let key = key.ok_or_else(|| {
            ApiError::new("InvalidKey.Format", "Key is not in valid OpenSSH public key format")
        })?;
        Ok(Self { name, key, tags: parameters.tag_specification("key-pair")? })
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let pair = KeyPair {
            id: KeyPairId::from_seed(seed()),
            tags: self.tags,
            name: self.name.into(),
            region: context.region,
            owner: context.account.as_str().into(),
            public_key: self.key.text().into(),
            fingerprint: None,
            created: context.now,
        };
        let shown = made(&pair).tags(&pair.tags);
        context.commit(&[key_pair::CreateKeyPair { pair }.into()])?;
        Ok(shown)
    }
}

/// `DeleteKeyPair`.
pub(super) struct DeleteKeyPair {
    name: Option<String>,
    id: Option<KeyPairId>,
}

impl Operation for DeleteKeyPair {
    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (name, id) = (parameters.text("KeyName")?, parameters.id("KeyPairId")?);
        match (&name, id) {
            (None, None) => Err(ApiError::missing("KeyName")),
            (Some(_), Some(_)) => Err(ApiError::new(
                "InvalidParameterCombination",
                "The parameters KeyName and KeyPairId cannot be used together.",
            )),
            _ => Ok(Self { name, id }),
        }
    }

    fn run(self, context: &Context<'_>) -> Result<Fields, ApiError> {
        let named = |name: &String| named(context, name).ok().map(|pair| pair.id);
        let id = self.id.or_else(|| self.name.as_ref().and_then(named));
        if let Some(pair) = id {
            context.commit(&[key_pair::DeleteKeyPair { pair }.into()])?;
        }
        // A name that nothing has is no error (KP2).
        Ok(Fields::done().maybe("keyPairId", id))
    }
}

/// `DescribeKeyPairs`.
pub(super) type DescribeKeyPairs = Listing<KeyPairs>;

/// The key pairs with these ids, and with these names.
pub(super) struct KeyPairs {
    ids: Vec<KeyPairId>,
    names: Vec<String>,
    with_key: bool,
}

impl Describe for KeyPairs {
    /// Whether the public key is shown, and the pair.
    type Item<'c> = (bool, &'c Arc<KeyPair>);

    const LIST: &'static str = "keySet";

    const FILTERS: Filters<Self> = &[
        ("fingerprint", |(_, pair), _| texts([fingerprint(pair)])),
        ("key-name", |(_, pair), _| texts([&pair.name])),
        ("key-pair-id", |(_, pair), _| texts([pair.id])),
    ];

    fn read(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self {
            ids: parameters.ids("KeyPairId")?,
            names: parameters.list("KeyName")?,
            with_key: parameters.boolean("IncludePublicKey")?.unwrap_or_default(),
        })
    }

    fn items<'c>(&self, context: &'c Context<'_>) -> Result<Vec<Self::Item<'c>>, ApiError> {
        let (mut wanted, mut unknown) = (self.ids.clone(), Vec::new());
        for name in &self.names {
            match named(context, name) {
                Ok(pair) => wanted.push(pair.id),
                Err(_) => unknown.push(name.as_str()),
            }
        }
        match unknown[..] {
            [] => {
                let found = context.all_own(&wanted, context.world().key_pairs.keys());
                Ok(found.into_iter().map(|pair| (self.with_key, pair)).collect())
            }
            [name] => Err(key_pair::unknown(name).into()),
            _ => Err(ApiError::new(
                "InvalidKeyPair.NotFound",
                format!("The key pairs '{}' do not exist", unknown.join(", ")),
            )),
        }
    }

    fn key((_, pair): &Self::Item<'_>) -> String {
        pair.id.to_string()
    }

    fn tags<'i>((_, pair): &'i Self::Item<'_>) -> Option<&'i Tags> {
        Some(&pair.tags)
    }

    fn fields(_: &Context<'_>, (with_key, pair): Self::Item<'_>) -> Fields {
        let kind = if pair.public_key.starts_with("ssh-ed25519 ") { "ed25519" } else { "rsa" };
        let public = with_key.then(|| format!("{} {}", pair.public_key, pair.name));
        made(pair)
            .set("keyType", kind)
            .tags(&pair.tags)
            .maybe("publicKey", public)
            .maybe("createTime", (pair.created > 0).then(|| Time::exact(pair.created)))
    }
}
