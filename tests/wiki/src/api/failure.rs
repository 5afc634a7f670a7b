//! What the API answers when it does not do what it was asked.

use crate::auth::Exception;
use crate::message::Message;
use serde_json::{Map, Value, json};

pub enum Failure {
    /// The client's mistake, or a state of the wiki.
    Usage(Box<Usage>),
    Exception(Exception),
}

pub struct Usage {
    pub module: &'static str,
    pub message: Message,
    pub code: String,
    pub data: Map<String, Value>,
    pub status: u16,
}

impl Usage {
    pub fn new(module: &'static str, message: Message) -> Self {
        Self { module, code: message.code(), data: Map::new(), message, status: 200 }
    }

    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = code.into();
        self
    }

    pub fn data(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.data.insert(name.to_owned(), value.into());
        self
    }

    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }
}

impl From<Usage> for Failure {
    fn from(usage: Usage) -> Self {
        Self::Usage(Box::new(usage))
    }
}

impl From<Exception> for Failure {
    fn from(exception: Exception) -> Self {
        Self::Exception(exception)
    }
}

impl Failure {
    /// The parts that the formatter needs.
    pub fn parts(self, request_id: &str) -> Usage {
        match self {
            Self::Usage(usage) => *usage,
            Self::Exception(Exception(class)) => Usage {
                module: "",
                message: Message::new("apierror-exceptioncaughttype")
                    .text_param(request_id)
                    .text_param(class),
                code: format!("internal_api_error_{class}"),
                data: Map::from_iter([("errorclass".to_owned(), json!(class))]),
                status: 200,
            },
        }
    }
}
