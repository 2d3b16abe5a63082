//! The two things we read from a certificate: its public key and its name.
//!
//! Printers present X.509 version 1, which webpki refuses to parse. This walks the outer structure only, works for
//! versions 1 and 3, and answers `None` to anything odd.

const INTEGER: u8 = 0x02;
const OBJECT_ID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const VERSION: u8 = 0xA0;
const BMP_STRING: u8 = 0x1E;
/// id-at-commonName, 2.5.4.3
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];

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

/// Subject name and public key, as they stand in the certificate.
fn subject_and_key(certificate: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut input = certificate;
    let mut outer = expect(&mut input, SEQUENCE)?;
    let mut body = expect(&mut outer, SEQUENCE)?;
    if body.first() == Some(&VERSION) {
        element(&mut body)?;
    }
    expect(&mut body, INTEGER)?;
    // Signature algorithm, issuer, validity.
    for _ in 0..3 {
        expect(&mut body, SEQUENCE)?;
    }
    let subject = expect(&mut body, SEQUENCE)?;
    let (tag, _, key) = element(&mut body)?;
    (tag == SEQUENCE).then_some((subject, key))
}

/// The `SubjectPublicKeyInfo` of a certificate.
pub(super) fn public_key(certificate: &[u8]) -> Option<&[u8]> {
    Some(subject_and_key(certificate)?.1)
}

/// The common name of a certificate's subject.
pub(super) fn common_name(certificate: &[u8]) -> Option<String> {
    let (mut subject, _) = subject_and_key(certificate)?;
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
    fn a_certificate_without_a_name_has_none() {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        assert_eq!(common_name(params.self_signed(&key).unwrap().der()), None);
    }

    proptest! {
        #[test]
        fn junk_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = (common_name(&bytes), public_key(&bytes));
        }

        #[test]
        fn a_damaged_certificate_never_panics(at in 0_usize..705, byte in any::<u8>(), keep in 0_usize..706) {
            let mut bytes = V1.to_vec();
            bytes[at] = byte;
            bytes.truncate(keep);
            let _ = (common_name(&bytes), public_key(&bytes));
        }
    }
}
