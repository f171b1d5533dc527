//! Whether a server's certificate is to be trusted.

use std::error::Error as _;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};

/// Trusts what the roots vouch for: `verify-full`, and without the check of the name `verify-ca`.
#[derive(Debug)]
pub(super) struct Vouched {
    pub(super) roots: RootCertStore,
    /// The roots as they stand in their file.
    pub(super) certificates: Vec<CertificateDer<'static>>,
    pub(super) check_name: bool,
    pub(super) algorithms: WebPkiSupportedAlgorithms,
}

/// Trusts everybody: `require` and weaker, which libpq documents to protect against listeners alone (manual, 32.19.3).
///
/// The signature of the handshake is not checked either. It would prove that the peer owns a certificate that anybody
/// may make, and to read it would refuse the old forms of certificates that such servers often have.
#[derive(Debug)]
pub(super) struct Unverified {
    pub(super) algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Vouched {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let vouched = verify_server_cert_signed_by_trust_anchor(
            &certificate,
            &self.roots,
            intermediates,
            now,
            self.algorithms.all,
        );
        match vouched {
            // The self-signed certificate of the PostgreSQL manual (18.9.5) is its own CA, and webpki takes no CA's
            // certificate for a server's. It looks at the dates first, and the file names exactly this one.
            Err(error)
                if is_ca_itself(&error)
                    && self.certificates.iter().any(|root| root == end_entity) => {}
            other => other?,
        }
        if self.check_name {
            verify_server_name(&certificate, server_name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// Whether a server showed a CA's certificate as its own.
pub(super) fn is_ca_itself(error: &Error) -> bool {
    webpki_name(error).is_some_and(|name| name == "CaUsedAsEndEntity")
}

/// Whether a certificate is of the form before X.509 version 3, which `openssl x509 -req` makes without extensions.
pub(super) fn is_too_old(error: &Error) -> bool {
    webpki_name(error).is_some_and(|name| name == "UnsupportedCertVersion")
}

/// The name of an error of webpki that rustls has no name for.
fn webpki_name(error: &Error) -> Option<String> {
    match error {
        Error::InvalidCertificate(CertificateError::Other(other @ OtherError(_))) => {
            other.source().map(ToString::to_string)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, KeyPair, date_time_ymd};

    use super::*;

    /// A certificate as `openssl req -x509` makes it: its own CA.
    fn self_signed(last_year: i32) -> Certificate {
        let mut params = CertificateParams::new(["db".to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.not_after = date_time_ymd(last_year, 1, 1);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap()
    }

    fn verify(shown: &Certificate, trusted: &Certificate, name: &str) -> Result<(), Error> {
        let mut roots = RootCertStore::empty();
        roots.add(trusted.der().clone()).unwrap();
        let verifier = Vouched {
            roots,
            certificates: vec![trusted.der().clone()],
            check_name: true,
            algorithms: rustls::crypto::ring::default_provider().signature_verification_algorithms,
        };
        let name = ServerName::try_from(name).unwrap();
        let in_2026 = UnixTime::since_unix_epoch(Duration::from_secs(1_780_000_000));
        verifier
            .verify_server_cert(shown.der(), &[], &name, &[], in_2026)
            .map(|_| ())
    }

    #[test]
    fn a_self_signed_certificate_is_trusted_if_it_is_the_one() {
        let (one, other) = (self_signed(2040), self_signed(2040));
        assert_eq!(verify(&one, &one, "db"), Ok(()));
        assert!(is_ca_itself(&verify(&one, &other, "db").unwrap_err()));
    }

    #[test]
    fn and_its_dates_and_its_name_still_count() {
        let one = self_signed(2040);
        assert!(matches!(
            verify(&one, &one, "elsewhere"),
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForNameContext { .. }
            ))
        ));
        let expired = self_signed(2020);
        assert!(matches!(
            verify(&expired, &expired, "db"),
            Err(Error::InvalidCertificate(
                CertificateError::ExpiredContext { .. }
            ))
        ));
    }
}
