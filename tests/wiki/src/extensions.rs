//! What the profiles add to core.

mod button;
pub mod captcha;
mod forms;
mod login_link;
pub mod steps;

use crate::auth::{Providers, core_providers};
use crate::profile::Profile;

/// The providers of a wiki with this profile, in MediaWiki's order.
pub fn providers(profile: &Profile) -> Providers {
    let mut providers = core_providers();
    providers.pre.insert(0, Box::new(forms::FirstForms(profile.first_forms.clone())));
    if let Some(kind) = profile.captcha {
        providers.pre.push(Box::new(captcha::ConfirmEdit { kind }));
    }
    if profile.has_steps {
        providers.primary.push(Box::new(steps::StepTest));
        providers.secondary.push(Box::new(steps::LateStep));
    }
    if let Some(required) = profile.button {
        providers.primary.push(Box::new(button::Button { required }));
    }
    if profile.has_login_link {
        providers.primary.push(Box::new(login_link::LoginLink));
    }
    providers
}
