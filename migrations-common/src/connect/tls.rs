//! What libpq's `ssl…` keywords ask for, made into a TLS connector.
//!
//! PostgreSQL 18 manual, 32.19 "SSL Support".

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, version};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::settings::Settings;
use super::verify::{Unverified, Vouched};
use crate::environment::Environment;
use crate::problem::Problem;

const CODE: &str = "tls-files";

/// How a connection is encrypted and whom it trusts.
pub(super) struct Tls {
    pub(super) mode: Mode,
    /// Whether TLS starts without asking the server first (PostgreSQL 17).
    pub(super) direct: bool,
    roots: Roots,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    /// `~/.postgresql`, where libpq looks for what no keyword names.
    directory: Option<PathBuf>,
    sni: bool,
    versions: &'static [&'static SupportedProtocolVersion],
    /// Made once; reading the system's certificates takes longer than connecting.
    connector: OnceLock<MakeRustlsConnect>,
}

/// libpq's `sslmode`, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// Whose word is taken for a server's identity.
enum Roots {
    /// `root.crt` of the user's directory, if there is one.
    Default,
    File(PathBuf),
    System,
}

const MODES: [(&str, Mode); 6] = [
    ("disable", Mode::Disable),
    ("allow", Mode::Allow),
    ("prefer", Mode::Prefer),
    ("require", Mode::Require),
    ("verify-ca", Mode::VerifyCa),
    ("verify-full", Mode::VerifyFull),
];

/// All that rustls speaks; what an older minimum allows beyond that is no loss.
static BOTH: [&SupportedProtocolVersion; 2] = [&version::TLS12, &version::TLS13];
static NEWEST: [&SupportedProtocolVersion; 1] = [&version::TLS13];

const OLDEST: [(&str, &[&SupportedProtocolVersion]); 4] = [
    ("TLSv1", &BOTH),
    ("TLSv1.1", &BOTH),
    ("TLSv1.2", &BOTH),
    ("TLSv1.3", &NEWEST),
];

impl Tls {
    /// Reads the keywords; the files that they name are read by [`Tls::connector`].
    pub(super) fn new(settings: &Settings, environment: &Environment) -> Result<Self, Problem> {
        let path = |name| settings.get(name).map(PathBuf::from);
        let mode = settings.choice("sslmode", &MODES)?;
        let roots = match settings.get("sslrootcert") {
            None => Roots::Default,
            Some("system") => Roots::System,
            Some(path) => Roots::File(path.into()),
        };
        // A public CA vouches for anybody's host, so that the name has to be checked.
        if matches!(roots, Roots::System) && mode.is_some_and(|mode| mode < Mode::VerifyFull) {
            return Err(settings.invalid("sslmode", "verify-full when sslrootcert is `system`"));
        }
        let default = if matches!(roots, Roots::System) {
            Mode::VerifyFull
        } else {
            Mode::Prefer
        };
        let mode = mode.unwrap_or(default);
        let direct = settings
            .choice("sslnegotiation", &[("postgres", false), ("direct", true)])?
            .unwrap_or(false);
        if direct && mode < Mode::Require {
            let expected = "postgres unless sslmode is require or stronger";
            return Err(settings.invalid("sslnegotiation", expected));
        }
        Ok(Tls {
            mode,
            direct,
            roots,
            certificate: path("sslcert"),
            key: path("sslkey"),
            directory: environment.home().map(|home| home.join(".postgresql")),
            sni: settings
                .choice("sslsni", &[("0", false), ("1", true)])?
                .unwrap_or(true),
            versions: settings
                .choice("ssl_min_protocol_version", &OLDEST)?
                .unwrap_or(&BOTH),
            connector: OnceLock::new(),
        })
    }

    /// The connector, with the certificates that it needs.
    ///
    /// # Errors
    /// `tls-files`: a file is missing, unreadable, or not what it should be.
    pub(super) fn connector(&self) -> Result<MakeRustlsConnect, Problem> {
        if let Some(connector) = self.connector.get() {
            return Ok(connector.clone());
        }
        let connector = MakeRustlsConnect::new(self.config()?);
        Ok(self.connector.get_or_init(|| connector).clone())
    }

    /// Where the roots come from, for an error about a certificate.
    pub(super) fn roots_shown(&self) -> String {
        match &self.roots {
            Roots::System => "the system's certificate store".to_owned(),
            Roots::File(path) => format!("`{}`", path.display()),
            Roots::Default => match self.beside("root.crt") {
                Some(path) => format!("`{}`", path.display()),
                None => "no file".to_owned(),
            },
        }
    }

    fn config(&self) -> Result<ClientConfig, Problem> {
        // Given here, so that nobody has to install a default for the whole process.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let failed =
            |error: rustls::Error| Problem::config(CODE, format!("TLS cannot be set up: {error}"));
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(self.versions)
            .map_err(failed)?
            .dangerous()
            .with_custom_certificate_verifier(self.verifier(&provider)?);
        let mut config = match self.identity()? {
            Some((chain, key)) => config.with_client_auth_cert(chain, key).map_err(|error| {
                Problem::config(
                    CODE,
                    format!("the client certificate and its key cannot be used: {error}"),
                )
                .help("check that sslkey is the key of sslcert")
            })?,
            None => config.with_no_client_auth(),
        };
        config.enable_sni = self.sni;
        if self.direct {
            // Required by the server (manual, 54.2.10 "SSL Session Encryption").
            config.alpn_protocols = vec![b"postgresql".to_vec()];
        }
        Ok(config)
    }

    fn verifier(&self, provider: &CryptoProvider) -> Result<Arc<dyn ServerCertVerifier>, Problem> {
        let algorithms = provider.signature_verification_algorithms;
        let certificates = if self.mode < Mode::Require {
            None
        } else {
            self.trusted()?
        };
        let Some(certificates) = certificates else {
            return Ok(Arc::new(Unverified { algorithms }));
        };
        let mut roots = RootCertStore::empty();
        let (used, _) = roots.add_parsable_certificates(certificates.iter().cloned());
        if used == 0 {
            return Err(Problem::config(
                CODE,
                format!("{} holds no usable certificate", self.roots_shown()),
            ));
        }
        Ok(Arc::new(Vouched {
            roots,
            certificates,
            check_name: self.mode == Mode::VerifyFull,
            algorithms,
        }))
    }

    /// The certificates to trust; `None` if none are named and `sslmode` asks for none.
    fn trusted(&self) -> Result<Option<Vec<CertificateDer<'static>>>, Problem> {
        match &self.roots {
            // Reads SSL_CERT_FILE and SSL_CERT_DIR, as OpenSSL does for libpq.
            Roots::System => Ok(Some(rustls_native_certs::load_native_certs().certs)),
            Roots::File(path) => certificates(path, "sslrootcert").map(Some),
            Roots::Default => match self.beside("root.crt").filter(|path| path.exists()) {
                Some(path) => certificates(&path, "sslrootcert").map(Some),
                None if self.mode < Mode::VerifyCa => Ok(None),
                None => Err(Problem::config(
                    CODE,
                    "there is no CA certificate to verify the server with",
                )
                .help("name the CA's certificate file: sslrootcert=/path/to/ca.crt")
                .help("or trust the CAs of this system: sslrootcert=system")),
            },
        }
    }

    /// The client's certificate chain and key, if there are any.
    fn identity(
        &self,
    ) -> Result<Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>, Problem> {
        let default = || self.beside("postgresql.crt").filter(|path| path.exists());
        let Some(path) = self.certificate.clone().or_else(default) else {
            return Ok(None);
        };
        let key = self.key.clone().or_else(|| self.beside("postgresql.key"));
        let Some(key) = key else {
            return Err(
                Problem::config(CODE, "there is a client certificate and no key")
                    .help("name its key file with sslkey"),
            );
        };
        Ok(Some((certificates(&path, "sslcert")?, private_key(&key)?)))
    }

    fn beside(&self, file: &str) -> Option<PathBuf> {
        self.directory
            .as_ref()
            .map(|directory| directory.join(file))
    }
}

fn certificates(path: &Path, keyword: &str) -> Result<Vec<CertificateDer<'static>>, Problem> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(certificates) if certificates.is_empty() => Err(Problem::config(
            CODE,
            format!(
                "`{}` of {keyword} holds no certificate in PEM form",
                path.display()
            ),
        )),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(unreadable(path, keyword, &error)),
    }
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, Problem> {
    let metadata = fs::metadata(path).map_err(|error| unreadable(path, "sslkey", &error))?;
    // As in libpq: a key of root's may be readable by a group, anybody else's only by its owner.
    let open_to_others = if metadata.uid() == 0 { 0o037 } else { 0o077 };
    if metadata.mode() & open_to_others != 0 {
        let path = path.display();
        return Err(Problem::config(
            CODE,
            format!("others have access to the private key `{path}`"),
        )
        .help(format!("run `chmod 0600 {path}`")));
    }
    PrivateKeyDer::from_pem_file(path).map_err(|error| {
        unreadable(path, "sslkey", &error).note("a key with a pass phrase cannot be used")
    })
}

fn unreadable(path: &Path, keyword: &str, error: &dyn std::fmt::Display) -> Problem {
    Problem::config(
        CODE,
        format!("cannot read `{}` of {keyword}: {error}", path.display()),
    )
    .help(format!(
        "correct {keyword}, or make the file readable for this user"
    ))
}
