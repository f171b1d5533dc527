//! A CA, the certificates that it signs, and a CA that signed nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

/// The server's certificate names `localhost` and nothing else.
pub(crate) fn write(directory: &Path) {
    let ca = authority("Right CA");
    fs::write(directory.join("ca.crt"), ca.pem()).unwrap();
    fs::write(directory.join("other.crt"), authority("Other CA").pem()).unwrap();
    let server = CertificateParams::new(["localhost".to_owned()]).unwrap();
    signed(directory, &ca, "server", &server);

    let mut client = CertificateParams::default();
    client
        .distinguished_name
        .push(DnType::CommonName, "by_certificate");
    signed(directory, &ca, "client", &client);
}

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn signed(
    directory: &Path,
    ca: &CertifiedIssuer<'static, KeyPair>,
    name: &str,
    params: &CertificateParams,
) {
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, ca).unwrap();
    fs::write(directory.join(format!("{name}.crt")), certificate.pem()).unwrap();
    private(&directory.join(format!("{name}.key")), &key.serialize_pem());
}

/// Writes a file that only its owner may read.
pub(crate) fn private(path: &PathBuf, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}
