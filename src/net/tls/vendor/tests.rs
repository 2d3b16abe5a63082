//! Certificates of every kind, made and signed here.

use super::*;
use rcgen::{KeyPair, PublicKeyData, SigningKey};

/// `sha256WithRSAEncryption` and `ecdsa-with-SHA256`, as an `AlgorithmIdentifier` has them.
const RSA_SHA256: &[u8] = &[0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 0x0B, 5, 0];
const ECDSA_SHA256: &[u8] = &[0x06, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2];

pub(in crate::net) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let len = content.len();
    let size = match len {
        0..0x80 => vec![len as u8],
        0x80..0x100 => vec![0x81, len as u8],
        _ => vec![0x82, (len >> 8) as u8, len as u8],
    };
    [&[tag][..], &size, &content].concat()
}

fn name(text: &str) -> Vec<u8> {
    let pair = element(0x30, &[&[0x06, 3, 0x55, 4, 3], &element(0x0C, &[text.as_bytes()])]);
    element(0x30, &[&element(0x31, &[&pair])])
}

/// An authority: a key, and the name that it puts into certificates.
pub(in crate::net) struct Authority {
    key: KeyPair,
    name: &'static str,
}

impl Authority {
    pub(in crate::net) fn new(name: &'static str) -> Self {
        Self { key: KeyPair::generate().unwrap(), name }
    }

    /// One whose key is RSA, as the vendor's older ones are.
    fn rsa(name: &'static str) -> Self {
        let der = rustls::pki_types::PrivatePkcs8KeyDer::from(
            &include_bytes!("../../../../tests/fixtures/tls/other.key.der")[..],
        );
        Self { key: KeyPair::from_pkcs8_der_and_sign_algo(&der, &rcgen::PKCS_RSA_SHA256).unwrap(), name }
    }

    /// Everybody who trusts these authorities and no others.
    pub(in crate::net) fn trusted(all: &[&Self]) -> Authorities {
        let key = |one: &&Self| SubjectPublicKeyInfoDer::from(one.key.subject_public_key_info());
        Authorities(all.iter().map(key).collect())
    }

    /// A certificate of version 1 for a subject's key.
    pub(in crate::net) fn version_1(&self, subject: &str, key: &KeyPair) -> Vec<u8> {
        let algorithm = if self.key.algorithm() == &rcgen::PKCS_RSA_SHA256 { RSA_SHA256 } else { ECDSA_SHA256 };
        self.version_1_by(algorithm, algorithm, subject, key)
    }

    fn version_1_by(&self, inside: &[u8], outside: &[u8], subject: &str, key: &KeyPair) -> Vec<u8> {
        let (from, to) = (element(0x17, &[b"200101000000Z"]), element(0x17, &[b"210101000000Z"]));
        let body = element(
            0x30,
            &[
                &[2, 1, 7],
                &element(0x30, &[inside]),
                &name(self.name),
                &element(0x30, &[&from, &to]),
                &name(subject),
                &key.subject_public_key_info(),
            ],
        );
        let signature = self.key.sign(&body).unwrap();
        element(0x30, &[&body, &element(0x30, &[outside]), &element(3, &[&[0], &signature])])
    }

    /// A certificate of version 3, with or without the right to sign others.
    fn version_3(&self, subject: &str, key: &KeyPair, authority: bool) -> Vec<u8> {
        let params = |name: &str, authority: bool| {
            let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
            params.distinguished_name = rcgen::DistinguishedName::new();
            params.distinguished_name.push(rcgen::DnType::CommonName, name);
            let unlimited = rcgen::BasicConstraints::Unconstrained;
            params.is_ca = if authority { rcgen::IsCa::Ca(unlimited) } else { rcgen::IsCa::NoCa };
            params
        };
        let issuer = params(self.name, true);
        let issuer = rcgen::Issuer::from_params(&issuer, &self.key);
        params(subject, authority).signed_by(key, &issuer).unwrap().der().to_vec()
    }
}

fn sha_256(bytes: &[u8]) -> String {
    crate::net::tls::fingerprint(bytes)
}

#[test]
fn the_vendors_keys_are_whole() {
    let keys: Vec<_> = Authorities::default().0.iter().map(|key| sha_256(key)).collect();
    assert_eq!(
        keys,
        [
            "1dbde4681e34f2bc5b43667b76e99a9d31d2908f32fb28a29d359d2c7a9f7d72",
            "fb3e35bc545f9b05fb3d0575bf1e35897b036badd124222d2cb2834c9c026420",
            "f0a5b73b682dbcfa12ba76cd1bbbf69c0739bd38000a77d24eb292f58d816785",
            "5987cbd63aec6e48d233b5153ee73e96ceb113337fb12d96346eb203f1ddf7c5",
            "d5d9d771a3b5a5ac0d1fcf5662fd503c9453ae8483e6dad5a11647fbe53dee82",
            "a3be7bacc3214dd47b1a316484d629a5b0c7e77a3df31592ceed39dc77e25987",
        ]
    );
    let readable = |key| webpki::RawPublicKeyEntity::try_from(key).is_ok();
    assert!(Authorities::default().0.iter().all(readable));
}

#[test]
fn a_signature_of_an_authority_or_of_one_that_it_made_counts_and_nothing_else() {
    let (root, rsa) = (Authority::new("BBL CA"), Authority::rsa("BBL CA2 RSA"));
    let trusted = Authority::trusted(&[&root, &rsa]);
    let key = KeyPair::generate().unwrap();
    let serial = "01P00A000000001";
    let model = Authority::new("BBL Device CA N9-V2");
    let posing = Authority::new("BBL CA");
    let between = root.version_3(model.name, &model.key, true);
    let no_authority = root.version_3(model.name, &model.key, false);
    let old_leaf = root.version_1(model.name, &model.key);
    let own_between = posing.version_3(model.name, &model.key, true);
    let by_model = model.version_1(serial, &key);
    for (what, leaf, beside, expected) in [
        ("version 1", root.version_1(serial, &key), vec![], Signer::Vendor),
        ("version 1, RSA", rsa.version_1(serial, &key), vec![], Signer::Vendor),
        ("version 3", root.version_3(serial, &key, false), vec![], Signer::Vendor),
        ("by the model's authority", by_model.clone(), vec![between.clone()], Signer::Vendor),
        ("the same among others", by_model.clone(), vec![old_leaf.clone(), between.clone()], Signer::Vendor),
        ("the model's authority is missing", by_model.clone(), vec![], Signer::Unknown),
        ("signed by a printer's key", by_model.clone(), vec![old_leaf.clone()], Signer::Unknown),
        ("signed by one that is no authority", by_model.clone(), vec![no_authority], Signer::Unknown),
        ("an authority that somebody made", by_model.clone(), vec![own_between], Signer::Unknown),
        ("another's authority beside it", posing.version_1(serial, &key), vec![between.clone()], Signer::Unknown),
        ("the right names", posing.version_1(serial, &key), vec![], Signer::Unknown),
        ("more than anybody shows", by_model, [vec![old_leaf; MOST], vec![between]].concat(), Signer::Unknown),
        ("two algorithms", root.version_1_by(ECDSA_SHA256, RSA_SHA256, serial, &key), vec![], Signer::Unknown),
        ("another algorithm", root.version_1_by(RSA_SHA256, RSA_SHA256, serial, &key), vec![], Signer::Unknown),
        ("nothing", vec![], vec![vec![]], Signer::Unknown),
    ] {
        let beside: Vec<_> = beside.into_iter().map(CertificateDer::from).collect();
        assert_eq!(trusted.signer(&leaf, &beside), expected, "{what}");
    }
    let mine = root.version_1(serial, &key);
    assert_eq!(Authorities::default().signer(&mine, &[]), Signer::Unknown, "nobody but the vendor vouches");
}

#[test]
fn no_byte_of_what_was_signed_may_change() {
    let root = Authority::new("BBL CA");
    let trusted = Authority::trusted(&[&root]);
    let good = root.version_1("01P00A000000001", &KeyPair::generate().unwrap());
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1;
        assert_eq!(trusted.signer(&bad, &[]), Signer::Unknown, "byte {at}");
    }
    assert_eq!(trusted.signer(&[&good[..], &[0]].concat(), &[]), Signer::Unknown);
}
