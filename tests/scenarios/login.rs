//! Logging in, and creating accounts for others.

use crate::{On::All, Scenario, play::Play};

pub const LIST: &[Scenario] = &[Scenario { name: "login_wrong", profiles: "stock", wikis: All, play: login_wrong }];

fn login_wrong(play: &mut Play) {
    play.call(&["login", "Admin", "not the password"]).fails("password", "wrongpassword");
}
