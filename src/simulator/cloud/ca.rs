//! The authority that vouches for the cloud's servers: made anew at every start and forgotten at the end, for it signs
//! names that belong to others. A key that could be read in the source, or worked out from a seed, would be a danger to
//! everybody who ever trusted it.

use crate::simulator::SimulationError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, SanType, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The names of the real hosts, which a client under test may insist on.
const NAMES: [&str; 7] = [
    "localhost",
    "api.bambulab.com",
    "bambulab.com",
    "us.mqtt.bambulab.com",
    "api.bambulab.cn",
    "bambulab.cn",
    "cn.mqtt.bambulab.com",
];

/// The server side of TLS for every host of the cloud, and the authority's certificate as PEM.
pub(super) fn certificates(bind: IpAddr) -> Result<(ServerConfig, String), SimulationError> {
    let fail = |e: &dyn std::fmt::Display| SimulationError::Certificate(e.to_string());
    let dates = |params: &mut CertificateParams| {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2100, 1, 1);
    };
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "bambu-tui simulated cloud");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    dates(&mut params);
    let authority =
        CertifiedIssuer::self_signed(params, KeyPair::generate().map_err(|e| fail(&e))?).map_err(|e| fail(&e))?;

    let mut params = CertificateParams::new(NAMES.map(str::to_owned)).map_err(|e| fail(&e))?;
    params.distinguished_name.push(DnType::CommonName, NAMES[0]);
    for address in [IpAddr::from([127, 0, 0, 1]), bind] {
        if !params.subject_alt_names.contains(&SanType::IpAddress(address)) {
            params.subject_alt_names.push(SanType::IpAddress(address));
        }
    }
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    dates(&mut params);
    let key = KeyPair::generate().map_err(|e| fail(&e))?;
    let certificate = params.signed_by(&key, &authority).map_err(|e| fail(&e))?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS12, &rustls::version::TLS13])
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key))
        .map_err(|e| fail(&e))?;
    Ok((config, pem(authority.der())))
}

/// A certificate as text, in lines of 64 characters.
fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

/// The authority's certificate in a file, for as long as it is wanted.
#[derive(Debug)]
pub(super) struct CaFile {
    folder: PathBuf,
    path: PathBuf,
}

impl CaFile {
    /// Writes it into a new folder of its own among the temporary files.
    pub(super) fn write(pem: &str) -> io::Result<Self> {
        let name: String = std::iter::repeat_with(fastrand::alphanumeric).take(12).collect();
        let folder = std::env::temp_dir().join(format!("bambu-tui-cloud-{name}"));
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        // A folder that is there already is somebody else's: then this fails, and rightly.
        builder.create(&folder)?;
        let file = Self { path: folder.join("ca.pem"), folder };
        fs::write(&file.path, pem)?;
        Ok(file)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for CaFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_dir(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_lives_as_long_as_it_is_held() {
        let file = CaFile::write("pem").unwrap();
        let path = file.path().to_owned();
        assert_eq!(fs::read_to_string(&path).unwrap(), "pem");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        }
        drop(file);
        assert!(!path.parent().unwrap().exists());
    }

    #[test]
    fn every_start_has_an_authority_of_its_own() {
        let pem = || certificates([127, 0, 0, 1].into()).unwrap().1;
        assert_ne!(pem(), pem());
    }
}
