//! What we read from a certificate: its name, its public key, and who signed it.
//!
//! Printers present X.509 version 1, which webpki refuses to parse. This walks the outer structure only, works for
//! versions 1 and 3 (RFC 5280), and answers `None` to anything odd.

const BOOLEAN: u8 = 0x01;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_ID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const VERSION: u8 = 0xA0;
const EXTENSIONS: u8 = 0xA3;
const BMP_STRING: u8 = 0x1E;
/// id-at-commonName, 2.5.4.3
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// id-ce-basicConstraints, 2.5.29.19
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1D, 0x13];
/// id-ce-keyUsage, 2.5.29.15
const KEY_USAGE: &[u8] = &[0x55, 0x1D, 0x0F];
/// `keyCertSign` in the first byte of a key usage.
const MAY_SIGN: u8 = 0x04;

/// Cuts the first element off: tag, content, and the element as a whole.
fn element<'a>(input: &mut &'a [u8]) -> Option<(u8, &'a [u8], &'a [u8])> {
    let whole = *input;
    let (tag, rest) = whole.split_first()?;
    // Tags of more than one byte do not occur in what we read.
    if tag & 0x1F == 0x1F {
        return None;
    }
    let (first, mut rest) = rest.split_first()?;
    let len = match *first {
        short @ 0..=0x7F => usize::from(short),
        long @ 0x81..=0x84 => {
            let (bytes, after) = rest.split_at_checked(usize::from(long & 0x7F))?;
            rest = after;
            bytes.iter().try_fold(0_usize, |len, b| len.checked_mul(256)?.checked_add(usize::from(*b)))?
        }
        _ => return None,
    };
    let (content, after) = rest.split_at_checked(len)?;
    *input = after;
    Some((*tag, content, &whole[..whole.len() - after.len()]))
}

/// Like [`element`], for a tag that must be there.
fn expect<'a>(input: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    let (found, content, _) = element(input)?;
    (found == tag).then_some(content)
}

/// The parts of a certificate, as they stand in it.
struct Parts<'a> {
    /// What was signed, and by which algorithm according to itself.
    signed: &'a [u8],
    algorithm: &'a [u8],
    subject: &'a [u8],
    key: &'a [u8],
    /// What follows the key: unique identifiers and extensions.
    rest: &'a [u8],
    /// What follows what was signed: the algorithm again, and the signature.
    after: &'a [u8],
}

fn parts(certificate: &[u8]) -> Option<Parts<'_>> {
    let mut input = certificate;
    let mut after = expect(&mut input, SEQUENCE)?;
    let (tag, mut body, signed) = element(&mut after)?;
    if tag != SEQUENCE || !input.is_empty() {
        return None;
    }
    if body.first() == Some(&VERSION) {
        element(&mut body)?;
    }
    expect(&mut body, INTEGER)?;
    let algorithm = expect(&mut body, SEQUENCE)?;
    // Issuer, validity.
    for _ in 0..2 {
        expect(&mut body, SEQUENCE)?;
    }
    let subject = expect(&mut body, SEQUENCE)?;
    let (tag, _, key) = element(&mut body)?;
    (tag == SEQUENCE).then_some(Parts { signed, algorithm, subject, key, rest: body, after })
}

/// The `SubjectPublicKeyInfo` of a certificate.
pub(super) fn public_key(certificate: &[u8]) -> Option<&[u8]> {
    Some(parts(certificate)?.key)
}

/// The signature under a certificate.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Signature<'a> {
    /// What was signed.
    pub(super) message: &'a [u8],
    /// The content of the `AlgorithmIdentifier`.
    pub(super) algorithm: &'a [u8],
    pub(super) value: &'a [u8],
}

/// The signature under a certificate; `None` where what is signed and what stands beside it name different algorithms.
pub(super) fn signature(certificate: &[u8]) -> Option<Signature<'_>> {
    let Parts { signed, algorithm, mut after, .. } = parts(certificate)?;
    let outside = expect(&mut after, SEQUENCE)?;
    let (unused, value) = expect(&mut after, BIT_STRING)?.split_first()?;
    (outside == algorithm && *unused == 0 && after.is_empty()).then_some(Signature {
        message: signed,
        algorithm,
        value,
    })
}

/// Whether a certificate says that its key may sign others: it needs the basic constraint, which version 1 does not have,
/// and where it limits the use of its key, signing has to be among the uses.
pub(super) fn may_sign(certificate: &[u8]) -> bool {
    extensions(certificate).is_some_and(|(authority, usage)| authority && usage != Some(false))
}

/// Whether it calls itself an authority, and whether the uses of its key, if it names them, include signing.
fn extensions(certificate: &[u8]) -> Option<(bool, Option<bool>)> {
    let mut rest = parts(certificate)?.rest;
    let (mut authority, mut usage) = (false, None);
    while !rest.is_empty() {
        let (tag, mut content, _) = element(&mut rest)?;
        if tag != EXTENSIONS {
            continue;
        }
        let mut list = expect(&mut content, SEQUENCE)?;
        while !list.is_empty() {
            let mut extension = expect(&mut list, SEQUENCE)?;
            let kind = expect(&mut extension, OBJECT_ID)?;
            if extension.first() == Some(&BOOLEAN) {
                element(&mut extension)?;
            }
            let mut value = expect(&mut extension, OCTET_STRING)?;
            if kind == BASIC_CONSTRAINTS {
                let constraints = expect(&mut value, SEQUENCE)?;
                authority = constraints.starts_with(&[BOOLEAN, 1, 0xFF]);
            } else if kind == KEY_USAGE {
                let bits = expect(&mut value, BIT_STRING)?;
                usage = Some(bits.get(1).is_some_and(|first| first & MAY_SIGN != 0));
            }
        }
    }
    Some((authority, usage))
}

/// The common name of a certificate's subject.
pub(super) fn common_name(certificate: &[u8]) -> Option<String> {
    let mut subject = parts(certificate)?.subject;
    while !subject.is_empty() {
        let mut set = expect(&mut subject, SET)?;
        while !set.is_empty() {
            let mut pair = expect(&mut set, SEQUENCE)?;
            let kind = expect(&mut pair, OBJECT_ID)?;
            let (tag, value, _) = element(&mut pair)?;
            if kind == COMMON_NAME {
                return Some(text(tag, value));
            }
        }
    }
    None
}

fn text(tag: u8, value: &[u8]) -> String {
    if tag == BMP_STRING {
        let units: Vec<u16> = value.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    } else {
        String::from_utf8_lossy(value).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const V1: &[u8] = include_bytes!("../../tests/fixtures/tls/v1.cert.der");

    fn v3(name: &str) -> Vec<u8> {
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(rcgen::DnType::OrganizationName, "BBL Technologies Co., Ltd");
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().der().to_vec()
    }

    #[test]
    fn versions_1_and_3_give_name_and_key() {
        assert_eq!(common_name(V1).as_deref(), Some("01P00A000000001"));
        assert_eq!(common_name(&v3("03900A000000002")).as_deref(), Some("03900A000000002"));
        for certificate in [V1, &v3("x")] {
            let key = public_key(certificate).unwrap();
            let info = rustls::pki_types::SubjectPublicKeyInfoDer::from(key);
            assert!(webpki::RawPublicKeyEntity::try_from(&info).is_ok());
        }
    }

    #[test]
    fn only_who_is_said_to_be_an_authority_may_sign() {
        use rcgen::KeyUsagePurpose::{DigitalSignature, KeyCertSign};

        let made = |ca: rcgen::IsCa, usages: &[rcgen::KeyUsagePurpose]| {
            let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
            (params.is_ca, params.key_usages) = (ca, usages.to_vec());
            params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().der().to_vec()
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

    #[test]
    fn a_certificate_without_a_name_has_none() {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        assert_eq!(common_name(params.self_signed(&key).unwrap().der()), None);
    }

    proptest! {
        #[test]
        fn junk_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = (common_name(&bytes), public_key(&bytes), signature(&bytes), may_sign(&bytes));
        }

        #[test]
        fn a_damaged_certificate_never_panics(at in 0_usize..705, byte in any::<u8>(), keep in 0_usize..706) {
            let mut bytes = V1.to_vec();
            bytes[at] = byte;
            bytes.truncate(keep);
            let _ = (common_name(&bytes), public_key(&bytes), signature(&bytes), may_sign(&bytes));
        }
    }
}
