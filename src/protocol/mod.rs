//! What goes over the wire: parameters, form encoding, replies, fields, errors.
//!
//! Pure functions from and to bytes: no I/O, no clock, no state. Everything that a wiki sends is parsed here, once,
//! into types that the rest of the crate can trust.

mod api_error;
mod bounds;
mod captcha;
mod field;
mod html;
mod http;
mod json;
mod message;
mod name;
mod page;
mod params;
mod picture;
mod raw;
mod reason;
mod reply;
mod request;
mod status;
mod template;

pub(crate) use self::{
    api_error::{MAX_ERRORS, describe, describe_all},
    bounds::Bounds,
    http::{basic_auth, has_user_info, is_encrypted_or_local, is_loopback, without_query},
    json::{Json, count, truthy},
    message::{MAX_RETRY_AFTER, is_list},
    name::same_name,
    page::{edit_uri, not_a_reply},
    params::{Params, is_garbled, replaced_char},
    raw::Raw,
    reply::{AuthInfo, Reply},
    request::{MERGED, merge},
    status::{Notice, Status, Visit},
    template::Template,
};
pub use self::{
    captcha::{Captcha, CaptchaKind, CaptchaService},
    field::{Choice, Field, FieldType},
    http::{Method, Request, Response},
    message::{Message, MessageFormat},
    picture::image_type,
    reason::Reason,
    request::{AuthRequest, Required},
};
