//! How often the cloud is asked. Pure: the time is an argument.
//!
//! Each kind of call has a reserve that is used up by calls and fills again with time; all calls together have one too.
//! A server that asks for quiet, or shows its bot check, gets it.

use crate::protocol::rest::RestErrorKind;
use std::{collections::HashMap, time::Duration};

/// Kinds of calls that share a reserve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Class {
    /// Attempts to log in; only people make them.
    Login,
    /// Pages that a login needs on its way.
    Page,
    /// Having a one-time code sent.
    Code,
    /// Who the account is.
    Account,
    /// Lists of printers and their jobs.
    Devices,
    /// Firmware, a call for each printer.
    Versions,
    /// Pages of the history.
    Tasks,
    /// Messages.
    Messages,
    /// Projects and profiles.
    Projects,
    /// Steps of an upload.
    Upload,
    /// The list of all presets, a megabyte.
    Presets,
    /// One preset.
    Preset,
    /// Designs.
    Designs,
    /// Camera credentials.
    Camera,
    /// Whatever changes something.
    Change,
    /// Asked for by a person, for diagnosis.
    Raw,
}

/// A reserve of `burst` calls, one more each `every`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rule {
    burst: u32,
    every: Duration,
}

const fn rule(burst: u32, every_s: u64) -> Rule {
    Rule { burst, every: Duration::from_secs(every_s) }
}

/// All calls together: sixty an hour in the long run.
const ALL: Rule = rule(40, 60);

impl Class {
    const fn rule(self, code_gap: Duration) -> Rule {
        match self {
            // To the same address one; an address that was mistyped can be corrected.
            Self::Code => Rule { burst: 3, every: code_gap },
            Self::Login | Self::Page => rule(5, 12),
            Self::Account | Self::Preset | Self::Raw => rule(5, 60),
            Self::Devices => rule(4, 60),
            Self::Versions => rule(20, 1800),
            // Five kinds of messages, their number, and then somebody looks around; likewise pages.
            Self::Tasks | Self::Messages | Self::Projects => rule(10, 60),
            Self::Designs | Self::Change => rule(6, 60),
            Self::Upload => rule(10, 360),
            Self::Presets => rule(2, 3600),
            Self::Camera => rule(2, 300),
        }
    }
}

/// The servers, which are quiet or not independently of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Host {
    /// The REST API.
    Api,
    /// The website.
    Web,
}

/// The longest a server is obeyed, whatever it asks for.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// Without a time from the server the pause doubles from its first length up to this.
const LONGEST_OWN: Duration = Duration::from_secs(3600);

#[derive(Debug, Default)]
struct Quiet {
    until: Duration,
    bot_check: bool,
    /// Somebody has tried all the same; when the quiet was to end then.
    tried_until: Duration,
    /// So many 429 in a row.
    strikes: u32,
}

/// What has been used up.
#[derive(Debug)]
pub(super) struct Limits {
    /// Between two one-time codes.
    code_gap: Duration,
    /// For each reserve: when it will be full again.
    full: HashMap<Option<Class>, Duration>,
    /// For each address that a code went to: when another one may.
    codes: HashMap<String, Duration>,
    quiet: HashMap<Host, Quiet>,
}

impl Limits {
    pub(super) fn new(code_gap: Duration) -> Self {
        Self { code_gap, full: HashMap::new(), codes: HashMap::new(), quiet: HashMap::new() }
    }

    /// Takes one call out of its reserve and out of everyone's, or says why not. Nothing is taken if either is empty.
    pub(super) fn take(&mut self, class: Class, whom: &str, host: Host, now: Duration) -> Result<(), RestErrorKind> {
        self.is_quiet(host, now)?;
        let rule = class.rule(self.code_gap);
        self.codes.retain(|_, until| *until > now);
        let code = self.codes.get(whom).filter(|_| class == Class::Code);
        let code = code.map_or(Duration::ZERO, |until| until.saturating_sub(now));
        let wait = self.wait(Some(class), rule, now).max(self.wait(None, ALL, now)).max(code);
        if wait > Duration::ZERO {
            return Err(RestErrorKind::Budget { wait_s: seconds(wait) });
        }
        self.use_up(Some(class), rule, now);
        self.use_up(None, ALL, now);
        if class == Class::Code {
            self.codes.insert(whom.to_owned(), now + self.code_gap);
        }
        Ok(())
    }

    /// Takes another attempt of a call that was taken already.
    pub(super) fn again(&mut self, host: Host, now: Duration) -> bool {
        let may = self.is_quiet(host, now).is_ok() && self.wait(None, ALL, now) == Duration::ZERO;
        if may {
            self.use_up(None, ALL, now);
        }
        may
    }

    /// The server answered 429: how long it is left alone.
    pub(super) fn busy(&mut self, host: Host, asked: Option<Duration>, now: Duration) -> u64 {
        let quiet = self.quiet.entry(host).or_default();
        let own = Duration::from_secs(60).saturating_mul(1 << quiet.strikes.min(10)).min(LONGEST_OWN);
        quiet.strikes = quiet.strikes.saturating_add(1);
        quiet.bot_check = false;
        let wait = asked.unwrap_or(own).min(LONGEST);
        quiet.until = quiet.until.max(now + wait);
        seconds(wait)
    }

    /// The bot check acted: the server is left alone.
    pub(super) fn bot_check(&mut self, host: Host, wait: Duration, now: Duration) {
        let quiet = self.quiet.entry(host).or_default();
        quiet.bot_check = true;
        quiet.until = quiet.until.max(now + wait.min(LONGEST));
    }

    /// A person begins anew with something that the bot check may let pass: once, the quiet after one does not count.
    pub(super) fn try_anew(&mut self, host: Host, now: Duration) {
        if let Some(quiet) = self.quiet.get_mut(&host).filter(|quiet| quiet.bot_check && quiet.tried_until <= now) {
            quiet.tried_until = std::mem::replace(&mut quiet.until, now);
        }
    }

    /// The server answered as it should.
    pub(super) fn good(&mut self, host: Host) {
        self.quiet.remove(&host);
    }

    fn is_quiet(&self, host: Host, now: Duration) -> Result<(), RestErrorKind> {
        match self.quiet.get(&host) {
            Some(quiet) if quiet.until > now => {
                let wait_s = seconds(quiet.until.saturating_sub(now));
                Err(if quiet.bot_check {
                    RestErrorKind::Cloudflare { wait_s }
                } else {
                    RestErrorKind::RateLimited { wait_s }
                })
            }
            _ => Ok(()),
        }
    }

    fn wait(&self, key: Option<Class>, rule: Rule, now: Duration) -> Duration {
        let full = self.full.get(&key).copied().unwrap_or_default();
        full.saturating_sub(rule.every * (rule.burst - 1)).saturating_sub(now)
    }

    fn use_up(&mut self, key: Option<Class>, rule: Rule, now: Duration) {
        let full = self.full.entry(key).or_default();
        *full = (*full).max(now) + rule.every;
    }
}

/// Whole seconds, rounded up: whoever waits so long has waited long enough.
fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CLASSES: &[Class] = &[
        Class::Login,
        Class::Page,
        Class::Code,
        Class::Account,
        Class::Devices,
        Class::Versions,
        Class::Tasks,
        Class::Messages,
        Class::Projects,
        Class::Upload,
        Class::Presets,
        Class::Preset,
        Class::Designs,
        Class::Camera,
        Class::Change,
        Class::Raw,
    ];

    fn limits() -> Limits {
        Limits::new(at(60))
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_code_is_sent_once_a_minute() {
        let mut limits = limits();
        assert_eq!(limits.take(Class::Code, "", Host::Api, at(0)), Ok(()));
        assert_eq!(limits.take(Class::Code, "", Host::Api, at(1)), Err(RestErrorKind::Budget { wait_s: 59 }));
        assert_eq!(limits.take(Class::Login, "", Host::Api, at(1)), Ok(()), "another reserve");
        assert_eq!(limits.take(Class::Code, "", Host::Api, at(60)), Ok(()));
        assert_eq!(limits.take(Class::Code, "other", Host::Api, at(61)), Ok(()), "an address that was mistyped");
        assert_eq!(limits.take(Class::Code, "other", Host::Api, at(62)), Err(RestErrorKind::Budget { wait_s: 59 }));
        assert_eq!(limits.take(Class::Code, "third", Host::Api, at(62)), Ok(()));
        assert_eq!(limits.take(Class::Code, "fourth", Host::Api, at(62)), Err(RestErrorKind::Budget { wait_s: 58 }));
    }

    #[test]
    fn a_reserve_is_used_up_and_fills_again() {
        let mut limits = limits();
        let taken = |limits: &mut Limits, now| {
            (0..50).filter(|_| limits.take(Class::Devices, "", Host::Api, now).is_ok()).count()
        };
        assert_eq!(taken(&mut limits, at(1000)), 4);
        assert_eq!(taken(&mut limits, at(1119)), 1);
        assert_eq!(taken(&mut limits, at(9000)), 4);
    }

    #[test]
    fn an_empty_reserve_of_all_stops_every_class_and_takes_nothing_from_theirs() {
        let mut limits = limits();
        for _ in 0..40 {
            assert!(limits.again(Host::Api, at(0)));
        }
        assert!(!limits.again(Host::Api, at(0)));
        for _ in 0..9 {
            assert_eq!(limits.take(Class::Code, "", Host::Api, at(0)), Err(RestErrorKind::Budget { wait_s: 60 }));
        }
        assert_eq!(limits.take(Class::Code, "", Host::Api, at(60)), Ok(()));
    }

    #[test]
    fn a_server_that_is_busy_is_left_alone_ever_longer() {
        let mut limits = limits();
        assert_eq!(limits.busy(Host::Api, None, at(0)), 60);
        assert_eq!(limits.take(Class::Tasks, "", Host::Api, at(10)), Err(RestErrorKind::RateLimited { wait_s: 50 }));
        assert_eq!(limits.take(Class::Login, "", Host::Web, at(10)), Ok(()), "the other server is not busy");
        assert_eq!(limits.busy(Host::Api, None, at(60)), 120);
        assert_eq!(limits.busy(Host::Api, Some(at(7)), at(180)), 7);
        assert_eq!((0..20).map(|_| limits.busy(Host::Api, None, at(200))).max(), Some(3600));
        assert_eq!(limits.busy(Host::Api, Some(at(u64::MAX)), at(200)), 24 * 3600);
        limits.good(Host::Api);
        assert_eq!(limits.take(Class::Tasks, "", Host::Api, at(201)), Ok(()));
        assert_eq!(limits.busy(Host::Api, None, at(300)), 60, "from the beginning");
    }

    #[test]
    fn after_a_bot_check_nothing_is_asked_for_ten_minutes() {
        let mut limits = limits();
        limits.bot_check(Host::Web, at(600), at(5));
        assert_eq!(limits.take(Class::Login, "", Host::Web, at(6)), Err(RestErrorKind::Cloudflare { wait_s: 599 }));
        assert!(!limits.again(Host::Web, at(604)));
        assert_eq!(limits.take(Class::Login, "", Host::Web, at(605)), Ok(()));
    }

    #[test]
    fn a_person_who_begins_anew_may_do_so_once_after_a_bot_check() {
        let mut limits = limits();
        limits.bot_check(Host::Api, at(600), at(0));
        limits.try_anew(Host::Api, at(5));
        assert_eq!(limits.take(Class::Login, "", Host::Api, at(5)), Ok(()));
        limits.bot_check(Host::Api, at(600), at(6));
        limits.try_anew(Host::Api, at(7));
        assert_eq!(limits.take(Class::Login, "", Host::Api, at(7)), Err(RestErrorKind::Cloudflare { wait_s: 599 }));
        limits.busy(Host::Web, Some(at(60)), at(0));
        limits.try_anew(Host::Web, at(1));
        assert!(limits.take(Class::Login, "", Host::Web, at(1)).is_err(), "who asks for quiet gets it");
    }

    proptest! {
        /// Whatever is asked for and when: never more than the reserve and sixty an hour.
        #[test]
        fn the_budget_is_kept(steps in prop::collection::vec((0..CLASSES.len(), 0_u64..120), 1..400)) {
            let (mut limits, mut now, mut taken) = (limits(), 0, 0_u64);
            for (class, pause) in steps {
                now += pause;
                match limits.take(CLASSES[class], "", Host::Api, at(now)) {
                    Ok(()) => taken += 1,
                    Err(RestErrorKind::Budget { wait_s }) => prop_assert!(wait_s > 0),
                    Err(other) => prop_assert!(false, "{other:?}"),
                }
                prop_assert!(taken <= 40 + now / 60);
            }
        }
    }
}
