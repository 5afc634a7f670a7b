//! `ThrottlePreAuthenticationProvider`, and the counters behind all limits.

use super::provider::{Context, Exception, PreAuth, Provider, Status};
use super::request::AuthRequest;
use super::{Creator, NewUser};
use crate::message::{Message, Param};
use crate::username::Rigor;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So many times in so many seconds.
#[derive(Clone, Copy, Debug)]
pub struct Throttle {
    pub count: u32,
    pub seconds: u64,
}

/// Counts by key, each forgotten when its window ends.
#[derive(Debug, Default)]
pub struct Limits {
    counts: Mutex<HashMap<String, (u32, Instant)>>,
}

impl Limits {
    /// Counts once more, unless `limit` is reached.
    pub fn hit(&self, key: &str, limit: u32, seconds: u64) -> bool {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let (count, end) =
            counts.entry(key.to_owned()).or_insert_with(|| (0, now + Duration::from_secs(seconds)));
        if now >= *end {
            (*count, *end) = (0, now + Duration::from_secs(seconds));
        }
        let is_free = *count < limit;
        *count += u32::from(is_free);
        is_free
    }

    /// Whether the next hit is one too many.
    pub fn is_full(&self, key: &str, limit: u32) -> bool {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(key).is_some_and(|(count, end)| *count >= limit && Instant::now() < *end)
    }

    pub fn clear(&self, key: &str) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

pub struct ThrottlePreAuth;

/// `$wgPasswordAttemptThrottle`
const LOGINS: [Throttle; 2] =
    [Throttle { count: 5, seconds: 300 }, Throttle { count: 150, seconds: 172_800 }];

impl Provider for ThrottlePreAuth {
    fn test_creation(
        &self,
        context: &mut Context<'_>,
        _user: &NewUser,
        creator: &Creator,
        _requests: &[AuthRequest],
    ) -> Result<Status, Exception> {
        let wiki = context.wiki;
        let throttle = wiki.profile.throttle.filter(|_| !creator.is_privileged(context));
        let Some(throttle) = throttle else { return Ok(Ok(())) };
        if wiki.limits.hit("acctcreate", throttle.count, throttle.seconds) {
            return Ok(Ok(()));
        }
        Ok(Err(vec![
            Message::new("acct_creation_throttle_hit")
                .int(i64::from(throttle.count))
                .param(Param::Duration(throttle.seconds as i64)),
        ]))
    }
}

impl PreAuth for ThrottlePreAuth {
    fn test_login(&self, context: &mut Context<'_>, requests: &[AuthRequest]) -> Status {
        let name = requests.iter().find_map(|request| request.username.as_deref()).unwrap_or_default();
        let name = context.wiki.canonical(name, Rigor::Usable).unwrap_or_default();
        for (index, throttle) in LOGINS.iter().enumerate() {
            if !context.wiki.limits.hit(&login_key(index, &name), throttle.count, throttle.seconds) {
                let wait = Param::Duration(throttle.seconds as i64);
                return Err(vec![Message::new("login-throttled").param(wait)]);
            }
        }
        Ok(())
    }

    fn after_login(&self, context: &mut Context<'_>, user_name: &str) {
        for index in 0..LOGINS.len() {
            context.wiki.limits.clear(&login_key(index, user_name));
        }
    }
}

fn login_key(index: usize, name: &str) -> String {
    format!("password {index} {name}")
}
