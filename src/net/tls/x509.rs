//! What we read from a certificate: its name, its public key, and who signed it.
//!
//! Printers show X.509 version 1, which webpki refuses to read; `x509-cert` reads versions 1 and 3 (RFC 5280). What is
//! signed is taken as it stands in the certificate, not as it would be written again.

use x509_cert::{
    certificate::{CertificateInner, Raw},
    der::{AnyRef, Decode, Encode, Header, Reader, SliceReader},
    ext::pkix::{BasicConstraints, KeyUsage},
    spki::AlgorithmIdentifierOwned,
};

/// Longest certificate that is read, in bytes. Those of printers have about a thousand.
const LONGEST: usize = 16 << 10;

/// A certificate that could be read.
pub(in crate::net) struct X509<'a> {
    /// What was signed, byte for byte.
    signed: &'a [u8],
    /// Serial numbers and dates of any form: nothing here depends on them, and printers are no public authorities.
    parsed: CertificateInner<Raw>,
}

/// The signature under a certificate.
pub(in crate::net) struct Signature<'a> {
    /// What was signed.
    pub(in crate::net) message: &'a [u8],
    /// The content of the `AlgorithmIdentifier`.
    pub(in crate::net) algorithm: Vec<u8>,
    pub(in crate::net) value: &'a [u8],
}

impl<'a> X509<'a> {
    /// Reads a certificate in DER; `None` if it is none, too long, or followed by anything.
    pub(in crate::net) fn read(certificate: &'a [u8]) -> Option<Self> {
        if certificate.len() > LONGEST {
            return None;
        }
        let parsed = CertificateInner::from_der(certificate).ok()?;
        let mut reader = SliceReader::new(certificate).ok()?;
        Header::decode(&mut reader).ok()?;
        Some(Self { signed: reader.tlv_bytes().ok()?, parsed })
    }

    /// The common name of its subject, the first if there are more.
    pub(in crate::net) fn common_name(&self) -> Option<String> {
        Some(self.parsed.tbs_certificate().subject().common_name().ok()??.value().into_owned())
    }

    /// Its `SubjectPublicKeyInfo` in DER.
    pub(in crate::net) fn public_key(&self) -> Option<Vec<u8>> {
        self.parsed.tbs_certificate().subject_public_key_info().to_der().ok()
    }

    /// The signature under it; `None` where what is signed and what stands beside it name different algorithms.
    pub(in crate::net) fn signature(&self) -> Option<Signature<'_>> {
        let algorithm = self.parsed.signature_algorithm();
        if algorithm != self.parsed.tbs_certificate().signature() {
            return None;
        }
        let value = self.parsed.signature().as_bytes()?;
        Some(Signature { message: self.signed, algorithm: content(algorithm)?, value })
    }

    /// Whether it says that its key may sign others: it needs the basic constraint, which version 1 does not have, and where
    /// it limits the use of its key, signing has to be among the uses.
    pub(in crate::net) fn may_sign(&self) -> bool {
        let body = self.parsed.tbs_certificate();
        let is_authority =
            matches!(body.get_extension::<BasicConstraints>(), Ok(Some((_, constraints))) if constraints.ca);
        let signs = match body.get_extension::<KeyUsage>() {
            Ok(usage) => usage.is_none_or(|(_, usage)| usage.key_cert_sign()),
            Err(_) => false,
        };
        is_authority && signs
    }
}

fn content(algorithm: &AlgorithmIdentifierOwned) -> Option<Vec<u8>> {
    let whole = algorithm.to_der().ok()?;
    Some(AnyRef::from_der(&whole).ok()?.value().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::tls::vendor::tests::element;
    use proptest::prelude::*;

    const V1: &[u8] = include_bytes!("../../../tests/fixtures/tls/v1.cert.der");
    /// Its subject, `CN=01P00A000000001`.
    const SUBJECT: &[u8] = b"\x30\x1A\x31\x18\x30\x16\x06\x03\x55\x04\x03\x0C\x0F01P00A000000001";

    fn common_name(certificate: &[u8]) -> Option<String> {
        X509::read(certificate)?.common_name()
    }

    fn may_sign(certificate: &[u8]) -> bool {
        X509::read(certificate).is_some_and(|read| read.may_sign())
    }

    fn made(params: &rcgen::CertificateParams) -> Vec<u8> {
        params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().der().to_vec()
    }

    fn v3(name: &str) -> Vec<u8> {
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(rcgen::DnType::OrganizationName, "BBL Technologies Co., Ltd");
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        made(&params)
    }

    /// A certificate with these first fields; what follows the subject is the sample's.
    fn with(version: &[u8], number: &[u8], times: [&[u8]; 2], subject: &[u8]) -> Vec<u8> {
        let read = X509::read(V1).unwrap();
        let algorithm = read.parsed.signature_algorithm().to_der().unwrap();
        let issuer = read.parsed.tbs_certificate().issuer().to_der().unwrap();
        let times = element(0x30, &times);
        let key = read.public_key().unwrap();
        let body = element(0x30, &[version, number, &algorithm, &issuer, &times, subject, &key]);
        element(0x30, &[&body, &algorithm, &element(3, &[&[0], read.parsed.signature().raw_bytes()])])
    }

    fn named(tag: u8, name: &[u8]) -> Vec<u8> {
        let pair = element(0x30, &[&[6, 3, 0x55, 4, 3], &element(tag, &[name])]);
        element(0x30, &[&element(0x31, &[&pair])])
    }

    #[test]
    fn versions_1_and_3_give_name_and_key() {
        assert_eq!(common_name(V1).as_deref(), Some("01P00A000000001"));
        assert_eq!(common_name(&v3("03900A000000002")).as_deref(), Some("03900A000000002"));
        for certificate in [V1, &v3("x")] {
            let read = X509::read(certificate).unwrap();
            let info = rustls::pki_types::SubjectPublicKeyInfoDer::from(read.public_key().unwrap());
            assert!(webpki::RawPublicKeyEntity::try_from(&info).is_ok());
            assert!(certificate.windows(info.len()).any(|part| part == &*info), "the key as it stands there");
            let signature = read.signature().unwrap();
            assert!(certificate.windows(signature.message.len()).any(|part| part == signature.message));
            assert!(certificate.ends_with(signature.value));
        }
    }

    /// Whoever made a printer's certificate read no standard for public authorities.
    #[test]
    fn numbers_dates_and_versions_of_every_form_are_read() {
        let utc = |text: &str| element(0x17, &[text.as_bytes()]);
        let long = |text: &str| element(0x18, &[text.as_bytes()]);
        let short = [utc("220404034211Z"), utc("320401034211Z")];
        let (one, v2, v3) = ([2, 1, 1], [0xA0, 3, 2, 1, 1], [0xA0, 3, 2, 1, 2]);
        let explicit_v1 = [0xA0, 3, 2, 1, 0];
        let huge = element(2, &[&[0x7F; 40]]);
        for (what, version, number, times) in [
            ("as it was", &[][..], &one[..], short.clone()),
            ("version 1, told", &explicit_v1, &one, short.clone()),
            ("version 2", &v2, &one, short.clone()),
            ("version 3 without extensions", &v3, &one, short.clone()),
            ("number 0", &[], &[2, 1, 0], short.clone()),
            ("a negative number", &[], &[2, 1, 0x9C], short.clone()),
            ("a long number", &[], &huge, short.clone()),
            ("from the beginning of time", &[], &one, [utc("700101000000Z"), utc("491231235959Z")]),
            ("long years", &[], &one, [long("20220404034211Z"), long("20320401034211Z")]),
            ("never ends", &[], &one, [utc("220404034211Z"), long("99991231235959Z")]),
            ("ends before it begins", &[], &one, [utc("320401034211Z"), utc("220404034211Z")]),
        ] {
            let certificate = with(version, number, [&times[0], &times[1]], SUBJECT);
            assert_eq!(common_name(&certificate).as_deref(), Some("01P00A000000001"), "{what}");
            assert!(X509::read(&certificate).unwrap().signature().is_some(), "{what}");
        }
    }

    #[test]
    fn a_name_is_read_from_every_kind_of_text() {
        let times = element(0x17, &[b"220404034211Z"]);
        let subject = |subject: &[u8]| common_name(&with(&[], &[2, 1, 1], [&times, &times], subject));
        let both = [&named(0x0C, b"first")[2..], &named(0x0C, b"second")[2..]].concat();
        for (what, tag, name) in [
            ("UTF-8", 0x0C, &b"01P"[..]),
            ("printable", 0x13, b"01P"),
            ("teletex", 0x14, b"01P"),
            ("BMP", 0x1E, b"\x000\x001\x00P"),
        ] {
            assert_eq!(subject(&named(tag, name)).as_deref(), Some("01P"), "{what}");
        }
        assert_eq!(subject(&named(0x0C, b"\xFF\xFE")), None, "no text");
        assert_eq!(subject(&named(0x02, b"\x01")), None, "a number");
        assert_eq!(subject(&element(0x30, &[&both])).as_deref(), Some("first"));
        assert_eq!(subject(&element(0x30, &[])), None, "nobody");
    }

    #[test]
    fn only_who_is_said_to_be_an_authority_may_sign() {
        use rcgen::KeyUsagePurpose::{DigitalSignature, KeyCertSign};

        let made = |ca: rcgen::IsCa, usages: &[rcgen::KeyUsagePurpose]| {
            let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
            params.is_ca = ca;
            params.key_usages = usages.to_vec();
            made(&params)
        };
        let authority = || rcgen::IsCa::Ca(rcgen::BasicConstraints::Constrained(0));
        for (certificate, expected) in [
            (made(authority(), &[]), true),
            (made(authority(), &[DigitalSignature, KeyCertSign]), true),
            (made(authority(), &[DigitalSignature]), false),
            (made(rcgen::IsCa::NoCa, &[KeyCertSign]), false),
            (made(rcgen::IsCa::ExplicitNoCa, &[]), false),
            (V1.to_vec(), false),
            (Vec::new(), false),
        ] {
            assert_eq!(may_sign(&certificate), expected);
        }
    }

    /// Extensions that contradict each other or cannot be read give no right to sign.
    #[test]
    fn doubtful_extensions_give_no_right() {
        let params = |extensions: &[(u64, &[u8])]| {
            let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
            let extension = |(kind, content): &(u64, &[u8])| {
                rcgen::CustomExtension::from_oid_content(&[2, 5, 29, *kind], content.to_vec())
            };
            params.custom_extensions = extensions.iter().map(extension).collect();
            made(&params)
        };
        let (authority, nobody, usage) = ([0x30, 3, 1, 1, 0xFF], [0x30, 0], [3, 2, 2, 4]);
        assert!(may_sign(&params(&[(19, &authority)])));
        assert!(may_sign(&params(&[(19, &authority), (15, &usage)])));
        for (what, extensions) in [
            ("both", vec![(19, &authority[..]), (19, &nobody)]),
            ("not the constraint", vec![(19, &usage[..])]),
            ("cut off", vec![(19, &authority[..3])]),
            ("a usage that is none", vec![(19, &authority[..]), (15, &authority)]),
            ("two usages", vec![(19, &authority[..]), (15, &usage), (15, &usage)]),
        ] {
            assert!(!may_sign(&params(&extensions)), "{what}");
        }
    }

    #[test]
    fn what_is_too_long_or_too_deep_is_not_read() {
        let times = element(0x17, &[b"220404034211Z"]);
        let sized = |name: usize| with(&[], &[2, 1, 1], [&times, &times], &named(0x0C, &vec![b'x'; name]));
        assert!(X509::read(&sized(LONGEST - 1000)).is_some());
        assert!(X509::read(&sized(LONGEST)).is_none());
        let nested = (0..5000)
            .fold(Vec::new(), |inside, _| if inside.len() < LONGEST - 8 { element(0x30, &[&inside]) } else { inside });
        assert!(X509::read(&nested).is_none());
        let certificate = with(&[], &[2, 1, 1], [&times, &times], &nested);
        assert!(X509::read(&certificate).is_none());
    }

    fn look_at_everything(bytes: &[u8]) {
        if let Some(read) = X509::read(bytes) {
            let _ = (read.common_name(), read.public_key(), read.signature(), read.may_sign());
        }
    }

    proptest! {
        #[test]
        fn junk_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            look_at_everything(&bytes);
        }

        #[test]
        fn a_damaged_certificate_never_panics(at in 0_usize..705, byte in any::<u8>(), keep in 0_usize..706, v3 in any::<bool>()) {
            let whole = if v3 { AUTHORITY.clone() } else { V1.to_vec() };
            let (mut bytes, at) = (whole.clone(), at % whole.len());
            bytes[at] = byte;
            look_at_everything(&bytes);
            bytes.truncate(keep);
            look_at_everything(&bytes);
        }
    }

    /// One with extensions.
    static AUTHORITY: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| {
        let mut params = rcgen::CertificateParams::new(vec!["x.example".to_owned()]).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Constrained(1));
        params.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign];
        made(&params)
    });
}
