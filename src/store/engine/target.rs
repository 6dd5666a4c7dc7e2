//! Where a PostgreSQL database is, and how it is reached: read from its URL.
//!
//! Invariant: what is printed of it never holds the password.

use postgres::Config;
use postgres::config::{Host, SslMode};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres_rustls::MakeRustlsConnect;

/// Longer than a healthy server takes, on the other side of a continent too.
const CONNECT: Duration = Duration::from_secs(3);
/// A peer that is silent for so long is gone.
const SILENCE: Duration = Duration::from_secs(10);

/// A database on a PostgreSQL server.
#[derive(Clone)]
pub struct Target {
    pub(super) config: Config,
    pub(super) tls: Tls,
}

/// How the connection is protected.
#[derive(Clone)]
pub(super) enum Tls {
    /// Not at all.
    Off,
    /// By certificates that this machine trusts, or those of a file; the server's name is checked always.
    On { roots: Option<PathBuf> },
}

impl Target {
    /// Reads `postgres://user:password@host:port/database?parameters`, as libpq writes it. `sslmode=disable` turns TLS off, and so does
    /// a socket or a loopback address where nothing else is said; every other mode demands a certificate that is trusted and names the
    /// server, which is more than libpq's `require` does. `sslrootcert`: a PEM file instead of the machine's trusted certificates.
    ///
    /// # Errors
    /// What is wrong, without the URL.
    pub fn parse(url: &str) -> Result<Self, String> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut mode, mut roots, mut others) = (None, None, Vec::new());
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value),
                Some(("sslrootcert", value)) => {
                    let path = percent_encoding::percent_decode_str(value).decode_utf8().map_err(|_| "sslrootcert is not UTF-8")?;
                    roots = Some(PathBuf::from(path.into_owned()));
                }
                _ => others.push(parameter),
            }
        }
        let url = if others.is_empty() { base.to_owned() } else { format!("{base}?{}", others.join("&")) };
        // The parser's own words may quote the URL.
        let mut config: Config = url.parse().map_err(|_| "it is not a PostgreSQL URL (postgres://user:password@host/database)")?;
        if config.get_dbname().is_none() {
            return Err("it names no database".to_owned());
        }
        let tls = match mode {
            Some("disable") => Tls::Off,
            None if roots.is_none() && config.get_hosts().iter().all(is_near) => Tls::Off,
            None | Some("require" | "verify-ca" | "verify-full") => Tls::On { roots },
            Some(_) => return Err("sslmode must be disable, require, verify-ca or verify-full".to_owned()),
        };
        config.ssl_mode(if matches!(tls, Tls::Off) { SslMode::Disable } else { SslMode::Require });
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        config.tcp_user_timeout(SILENCE).keepalives_idle(SILENCE).keepalives_interval(SILENCE / 3).keepalives_retries(3);
        Ok(Self { config, tls })
    }
}

/// A socket, or an address of this machine.
fn is_near(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback()),
        Host::Unix(_) => true,
    }
}

impl Tls {
    pub(super) fn connector(&self) -> Result<Option<MakeRustlsConnect>, String> {
        let Self::On { roots } = self else { return Ok(None) };
        let mut trusted = RootCertStore::empty();
        match roots {
            Some(path) => {
                let wrong = || format!("sslrootcert {} holds no certificates that can be read", path.display());
                let read = CertificateDer::pem_file_iter(path).map_err(|_| wrong())?.collect::<Result<Vec<_>, _>>().map_err(|_| wrong())?;
                if trusted.add_parsable_certificates(read).0 == 0 {
                    return Err(wrong());
                }
            }
            None => {
                trusted.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config =
            ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
        Ok(Some(MakeRustlsConnect::new(config.with_root_certificates(trusted).with_no_client_auth())))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        if let Some(user) = self.config.get_user() {
            write!(f, "{user}@")?;
        }
        for (at, host) in self.config.get_hosts().iter().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            match host {
                Host::Tcp(name) => f.write_str(name)?,
                Host::Unix(path) => write!(f, "[{}]", path.display())?,
            }
            let ports = self.config.get_ports();
            if let Some(port) = ports.get(at).or(ports.first()).filter(|port| **port != 5432) {
                write!(f, ":{port}")?;
            }
        }
        write!(f, "/{}", self.config.get_dbname().unwrap_or_default())
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::plain("postgres://u:s3cr3t@db.example/chat", "postgres://u@db.example/chat", true)]
    #[case::port("postgresql://u:s3cr3t@127.0.0.1:5433/chat", "postgres://u@127.0.0.1:5433/chat", false)]
    #[case::socket("postgres://u:s3cr3t@%2Frun%2Fpg/chat", "postgres://u@[/run/pg]/chat", false)]
    #[case::two("postgres://u@a.example,b.example:6000/chat?sslmode=verify-full", "postgres://u@a.example,b.example:6000/chat", true)]
    #[case::off("postgres://u@db.example/chat?sslmode=disable&application_name=x", "postgres://u@db.example/chat", false)]
    #[case::near_and_wanted("postgres://u@localhost/chat?sslmode=require", "postgres://u@localhost/chat", true)]
    fn a_url_says_where_and_how_and_its_password_is_never_shown(#[case] url: &str, #[case] shown: &str, #[case] protected: bool) {
        let target = Target::parse(url).expect("a URL");
        assert_eq!((target.to_string(), format!("{target:?}")), (shown.to_owned(), shown.to_owned()));
        assert_eq!(matches!(target.tls, Tls::On { .. }), protected);
        assert_eq!(target.config.get_ssl_mode() == SslMode::Require, protected);
    }

    #[rstest]
    #[case("postgres://u:s3cr3t@h:port/chat")]
    #[case("postgres://u:s3cr3t@h")]
    #[case("postgres://u:s3cr3t@h/chat?sslmode=perhaps")]
    #[case("postgres://u:s3cr3t@h/chat?s3cr3t=1")]
    fn what_is_wrong_is_said_without_the_url(#[case] url: &str) {
        let error = Target::parse(url).expect_err("not a URL");
        assert!(!error.contains("s3cr3t"), "{error}");
    }
}
