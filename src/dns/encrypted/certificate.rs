//! The certificate of the encrypted listeners: from PEM files, which may be read again, or self-made.
//!
//! Where the files lie and how they are read is up to the caller.

use std::{fmt, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use data_encoding::BASE64;
use ring::digest::{SHA256, digest};
use tokio_rustls::rustls::{
    crypto::ring::default_provider,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

/// How long a self-made certificate is valid. Some clients refuse one that is valid for more than 825 days.
const VALID: Duration = Duration::from_secs(800 * 24 * 60 * 60);
/// How long before it is made it begins to be valid, for clients whose clocks are late.
const BEFORE: Duration = Duration::from_secs(24 * 60 * 60);

/// A file in PEM, as it was read.
#[derive(Clone, Debug)]
pub struct PemFile {
    /// How the user named it.
    pub name: String,
    /// What it holds.
    pub text: Vec<u8>,
}

/// Reads the certificate's file and that of its key.
type Read = dyn Fn() -> Result<[PemFile; 2], String> + Send + Sync;

/// The certificate with its key. New connections get the current one.
pub struct Certificate {
    current: ArcSwap<CertifiedKey>,
    /// `None` if it is self-made.
    read: Option<Box<Read>>,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("self_made", &self.is_self_made()).finish()
    }
}

impl Certificate {
    /// Reads it from files.
    ///
    /// # Errors
    ///
    /// The file, and what is wrong with it.
    pub fn from_files(
        read: impl Fn() -> Result<[PemFile; 2], String> + Send + Sync + 'static,
    ) -> Result<Self, String> {
        let current = ArcSwap::from_pointee(parse(&read()?)?);
        Ok(Self { current, read: Some(Box::new(read)) })
    }

    /// Makes one for these names and addresses, with a new key. It lasts as long as the value.
    ///
    /// # Errors
    ///
    /// A name that no certificate can hold, or a system without random numbers.
    pub fn self_made(names: Vec<String>) -> Result<Self, String> {
        let made = || -> Result<_, rcgen::Error> {
            let key = rcgen::KeyPair::generate()?;
            let mut params = rcgen::CertificateParams::new(names)?;
            let mut subject = rcgen::DistinguishedName::new();
            subject.push(rcgen::DnType::CommonName, "vpcdns");
            params.distinguished_name = subject;
            let now = time::OffsetDateTime::now_utc();
            params.not_before = now - BEFORE;
            params.not_after = now + VALID;
            let certificate = params.self_signed(&key)?;
            Ok((certificate.der().clone(), key.serialize_der()))
        };
        let (certificate, key) = made().map_err(|error| error.to_string())?;
        let key = PrivateKeyDer::try_from(key).map_err(str::to_owned)?;
        let key = CertifiedKey::from_der(vec![certificate], key, &default_provider())
            .map_err(|error| error.to_string())?;
        Ok(Self { current: ArcSwap::from_pointee(key), read: None })
    }

    /// Whether it was made here.
    pub fn is_self_made(&self) -> bool {
        self.read.is_none()
    }

    /// Reads the files again. Connections from now on get what they hold; a self-made certificate stays. False if nothing
    /// was read.
    ///
    /// # Errors
    ///
    /// The file, and what is wrong with it. The certificate stays as it was.
    pub fn reload(&self) -> Result<bool, String> {
        let Some(read) = &self.read else { return Ok(false) };
        self.current.store(Arc::new(parse(&read()?)?));
        Ok(true)
    }

    /// Its SHA-256 fingerprint, as `openssl x509 -fingerprint -sha256` prints it.
    pub fn fingerprint(&self) -> String {
        let current = self.current.load();
        let Some(der) = current.cert.first() else { return String::new() };
        let hash = digest(&SHA256, der);
        let bytes: Vec<_> = hash.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
        bytes.join(":")
    }

    /// The SHA-256 of its public key in Base64, as `kdig +tls-pin` and `curl --pinnedpubkey` take it.
    pub fn pin(&self) -> Option<String> {
        let current = self.current.load();
        let key = current.key.public_key()?;
        Some(BASE64.encode(digest(&SHA256, key.as_ref()).as_ref()))
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.load_full())
    }
}

/// Reads a certificate, with those that vouch for it behind it, and its key.
fn parse([certificate, key]: &[PemFile; 2]) -> Result<CertifiedKey, String> {
    let wrong = |file: &PemFile, what: &dyn fmt::Display| format!("{}: {what}", file.name);
    let chain = CertificateDer::pem_slice_iter(&certificate.text)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| wrong(certificate, &not_pem(&error)))?;
    if chain.is_empty() {
        return Err(wrong(certificate, &"there is no certificate in it (`BEGIN CERTIFICATE`)"));
    }
    let private = PrivateKeyDer::from_pem_slice(&key.text).map_err(|error| match error {
        pem::Error::NoItemsFound if is_encrypted(&key.text) => {
            wrong(key, &"the key is encrypted; decrypt it, as with `openssl pkey`")
        }
        pem::Error::NoItemsFound => {
            wrong(key, &"there is no private key in it (`BEGIN PRIVATE KEY`)")
        }
        error => wrong(key, &not_pem(&error)),
    })?;
    let provider = default_provider();
    let private = provider
        .key_provider
        .load_private_key(private)
        .map_err(|error| wrong(key, &format!("the key cannot be used: {error}")))?;
    let whole = CertifiedKey::new(chain, private);
    use tokio_rustls::rustls::{Error, InconsistentKeys};
    match whole.keys_match() {
        Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(whole),
        Err(Error::InconsistentKeys(_)) => Err(wrong(
            key,
            &format!("it is not the key of the certificate in {}", certificate.name),
        )),
        Err(error) => Err(wrong(certificate, &format!("the certificate cannot be used: {error}"))),
    }
}

fn not_pem(error: &pem::Error) -> String {
    format!("it is not in PEM: {error}")
}

fn is_encrypted(text: &[u8]) -> bool {
    const MARK: &[u8] = b"BEGIN ENCRYPTED PRIVATE KEY";
    text.windows(MARK.len()).any(|part| part == MARK)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn pair(name: &str) -> [String; 2] {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let pem = |label: &str, der: &[u8]| {
            let text = BASE64.encode(der);
            format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
        };
        [pem("CERTIFICATE", certificate.der()), pem("PRIVATE KEY", &key.serialize_der())]
    }

    fn files([certificate, key]: [&str; 2]) -> [PemFile; 2] {
        let file = |name: &str, text: &str| PemFile { name: name.to_owned(), text: text.into() };
        [file("a.crt", certificate), file("a.key", key)]
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_with_its_name() {
        let [[one, own], [_, other]] = [pair("one"), pair("two")];
        let refused = |texts: [&str; 2]| parse(&files(texts)).unwrap_err();
        assert!(parse(&files([&one, &own])).is_ok());
        for (texts, said) in [
            (["", &own], "a.crt: there is no certificate"),
            ([&own, &own], "a.crt: there is no certificate"),
            ([&one[..60], &own], "a.crt: it is not in PEM"),
            ([&one, ""], "a.key: there is no private key"),
            (
                [
                    &one,
                    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
                ],
                "a.key: the key is encrypted",
            ),
            (
                [&one, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"],
                "a.key: the key cannot be used",
            ),
            ([&one, &other], "a.key: it is not the key of the certificate in a.crt"),
            (
                ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", &own],
                "a.crt: the certificate cannot be used",
            ),
        ] {
            let text = refused(texts);
            assert!(text.starts_with(said), "{text}");
        }
    }

    #[test]
    fn a_reload_takes_what_the_files_hold_or_leaves_all_as_it_was() {
        let [first, second] = [pair("first"), pair("second")];
        let held = Arc::new(Mutex::new(first));
        let reads = Arc::clone(&held);
        let certificate = Certificate::from_files(move || {
            let [certificate, key] = &*reads.lock().unwrap();
            Ok(files([certificate, key]))
        });
        let certificate = certificate.unwrap();
        let before = certificate.fingerprint();
        held.lock().unwrap()[0].clone_from(&second[0]);
        assert!(certificate.reload().unwrap_err().contains("a.key"));
        assert_eq!(certificate.fingerprint(), before);
        held.lock().unwrap()[1].clone_from(&second[1]);
        assert_eq!(certificate.reload(), Ok(true));
        assert_ne!(certificate.fingerprint(), before);
    }

    #[test]
    fn a_self_made_certificate_stays() {
        let certificate =
            Certificate::self_made(vec!["localhost".into(), "127.0.0.1".into()]).unwrap();
        let before = certificate.fingerprint();
        assert_eq!(before.len(), 32 * 3 - 1);
        assert_eq!(certificate.reload(), Ok(false));
        assert_eq!(certificate.fingerprint(), before);
    }
}
