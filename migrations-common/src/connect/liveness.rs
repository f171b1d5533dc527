//! How a TCP connection whose other side is gone is noticed.

use std::time::Duration;

use super::settings::Settings;
use crate::problem::Problem;

/// libpq's `keepalives…` and `tcp_user_timeout`. Zero leaves a value to the system.
#[derive(Clone, Copy)]
pub(super) struct Liveness {
    keepalives: bool,
    idle: u32,
    interval: u32,
    count: u32,
    /// How long sent data may stay unacknowledged, in milliseconds.
    tcp_user_timeout: u32,
}

impl Liveness {
    /// The defaults are short: a statement may run for an hour without a byte on the wire, and what stands between
    /// (NAT, load balancers) forgets silent connections after minutes.
    pub(super) fn new(settings: &Settings) -> Result<Self, Problem> {
        let number = |name, default| -> Result<u32, Problem> {
            let given = settings.number(name)?;
            Ok(given.map_or(default, |number| u32::try_from(number).unwrap_or(0)))
        };
        Ok(Liveness {
            keepalives: number("keepalives", 1)? != 0,
            idle: number("keepalives_idle", 30)?,
            interval: number("keepalives_interval", 10)?,
            count: number("keepalives_count", 3)?,
            tcp_user_timeout: number("tcp_user_timeout", 30_000)?,
        })
    }

    /// Writes them into the driver's configuration, within what Linux takes (`net/tcp.h`: `MAX_TCP_KEEPIDLE` and kin).
    pub(super) fn apply(self, config: &mut postgres::Config) {
        let seconds = |seconds: u32| Duration::from_secs(seconds.min(32_767).into());
        config.keepalives(self.keepalives);
        if self.idle > 0 {
            config.keepalives_idle(seconds(self.idle));
        }
        if self.interval > 0 {
            config.keepalives_interval(seconds(self.interval));
        }
        if self.count > 0 {
            config.keepalives_retries(self.count.min(127));
        }
        if self.tcp_user_timeout > 0 {
            config.tcp_user_timeout(Duration::from_millis(self.tcp_user_timeout.into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(pairs: &[(&str, &str)]) -> postgres::Config {
        let pairs = pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let settings = Settings::given(pairs.collect()).unwrap();
        let mut config = postgres::Config::new();
        Liveness::new(&settings).unwrap().apply(&mut config);
        config
    }

    #[test]
    fn a_dead_peer_is_noticed_within_a_minute_by_default() {
        let config = applied(&[]);
        assert!(config.get_keepalives());
        assert_eq!(config.get_keepalives_idle(), Duration::from_secs(30));
        assert_eq!(
            config.get_keepalives_interval(),
            Some(Duration::from_secs(10))
        );
        assert_eq!(config.get_keepalives_retries(), Some(3));
        assert_eq!(
            config.get_tcp_user_timeout(),
            Some(&Duration::from_secs(30))
        );
    }

    #[test]
    fn keywords_override_and_zero_leaves_it_to_the_system() {
        let config = applied(&[
            ("keepalives_idle", "99999999"),
            ("tcp_user_timeout", "1500"),
        ]);
        assert_eq!(config.get_keepalives_idle(), Duration::from_secs(32_767));
        assert_eq!(
            config.get_tcp_user_timeout(),
            Some(&Duration::from_millis(1500))
        );
        let config = applied(&[("keepalives", "0"), ("tcp_user_timeout", "0")]);
        assert!(!config.get_keepalives());
        assert_eq!(config.get_tcp_user_timeout(), None);
    }
}
