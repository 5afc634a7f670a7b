//! The hosts: Rust, and programs in C, C++ and Python that take the same commands (`tests/hosts/README.md`).

use std::{
    env, fmt,
    io::{BufRead, BufReader, Write},
    mem,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::OnceLock,
    time::{Duration, UNIX_EPOCH},
};

use crate::{compile::compile, needed};
use createaccount::{
    Answer, Begin, Client, Config, Error, Field, Message, MessageFormat, Problem, Secret, Step,
    TransportFailure, Verdict,
};

/// A language that the library is used from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostKind {
    Rust,
    C,
    Cpp,
    Python,
}

impl HostKind {
    pub const ALL: [Self; 4] = [Self::Rust, Self::C, Self::Cpp, Self::Python];

    /// Whether it sets values one by one.
    pub fn is_c(self) -> bool {
        matches!(self, Self::C | Self::Cpp)
    }

    /// Makes the host ready to take commands.
    pub fn start(self) -> Result<Box<dyn Host>, String> {
        let mut command = match self {
            Self::Rust => return Ok(Box::new(RustHost::default())),
            Self::C => Command::new(compiled(&C_PROGRAM, "cc", "host.c", &["-std=c99"])?),
            Self::Cpp => Command::new(compiled(&CPP_PROGRAM, "c++", "host.cpp", &["-std=c++17"])?),
            Self::Python => {
                let mut command = Command::new(needed::python());
                command.arg(root().join("tests/hosts/host.py"));
                command
            }
        };
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{command:?}: {error}"))?;
        let input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        Ok(Box::new(Program { child, input, output }))
    }
}

impl fmt::Display for HostKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rust => "rust",
            Self::C => "c",
            Self::Cpp => "c++",
            Self::Python => "python",
        })
    }
}

/// Lines of an answer, each with its parts.
pub type Lines = Vec<Vec<String>>;

pub trait Host {
    fn call(&mut self, command: &[&str]) -> Lines;
}

struct Program {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Host for Program {
    fn call(&mut self, command: &[&str]) -> Lines {
        let line: Vec<String> = command.iter().map(|part| escape(part)).collect();
        writeln!(self.input, "{}", line.join("\t")).expect("the host takes commands");
        self.input.flush().expect("the host takes commands");
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            let count = self.output.read_line(&mut line).expect("the host answers in UTF-8");
            assert!(count > 0, "the host ended in the middle of an answer to {}", command[0]);
            match line.trim_end_matches('\n') {
                "." => return lines,
                line => lines.push(line.split('\t').map(unescape).collect()),
            }
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

static C_PROGRAM: OnceLock<Result<PathBuf, String>> = OnceLock::new();
static CPP_PROGRAM: OnceLock<Result<PathBuf, String>> = OnceLock::new();

/// A program of `tests/hosts`, compiled once.
fn compiled(
    slot: &OnceLock<Result<PathBuf, String>>,
    compiler: &str,
    source: &str,
    flags: &[&str],
) -> Result<PathBuf, String> {
    let compile = || {
        let name = format!("scenarios-{}", source.replace('.', "-"));
        compile(compiler, flags, &root().join("tests/hosts").join(source), &name)
    };
    slot.get_or_init(compile).clone()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn escape(part: &str) -> String {
    let mut escaped = String::with_capacity(part.len());
    for c in part.chars() {
        match c {
            '%' | '\t' | '\n' | '\r' | '\0' => escaped.push_str(&format!("%{:02X}", c as u32)),
            _ => escaped.push(c),
        }
    }
    escaped
}

fn unescape(part: &str) -> String {
    part.replace("%09", "\t")
        .replace("%0A", "\n")
        .replace("%0D", "\r")
        .replace("%00", "\0")
        .replace("%25", "%")
}

/// The library itself.
#[derive(Default)]
struct RustHost {
    client: Option<Client>,
    answer: Answer,
}

impl Host for RustHost {
    fn call(&mut self, command: &[&str]) -> Lines {
        match self.run(command) {
            Ok(lines) => lines,
            Err(error) => {
                let reason = error.reason().map(|reason| line(["reason", reason.as_str()]));
                [error_line(&error)].into_iter().chain(reason).collect()
            }
        }
    }
}

impl RustHost {
    fn run(&mut self, command: &[&str]) -> Result<Lines, Error> {
        match *command {
            ["new", api_url, ref settings @ ..] => {
                self.client = Some(Client::new(api_url, config(settings))?);
                return Ok(Vec::new());
            }
            ["load", api_url, hex, ref settings @ ..] => {
                let client = Client::load(api_url, &from_hex(hex), config(settings))?;
                let lines = client.step().as_ref().map(step_lines).unwrap_or_default();
                self.client = Some(client);
                return Ok(lines);
            }
            ["find_api", url, ref settings @ ..] => {
                let api_url = createaccount::find_api(url, config(settings))?;
                return Ok(vec![line(["api_url", api_url.as_str()])]);
            }
            _ => {}
        }
        let client = self.client.as_mut().expect("a client comes first");
        match *command {
            ["begin", ref flags @ ..] => {
                self.answer = Answer::new();
                let begin = Begin::new().preserve_state(flags.contains(&"preserve_state"));
                client.begin(begin).map(|step| step_lines(&step))
            }
            ["begin_login"] => {
                self.answer = Answer::new();
                client.begin_login().map(|step| step_lines(&step))
            }
            ["login", username, password] => {
                client.login(username, &Secret::from(password)).map(|step| step_lines(&step))
            }
            ["use", id] => {
                self.answer = mem::take(&mut self.answer).use_request(id);
                Ok(Vec::new())
            }
            ["set", name, value] => {
                self.answer = mem::take(&mut self.answer).set(name, value);
                Ok(Vec::new())
            }
            ["unset", name] => {
                self.answer = mem::take(&mut self.answer).unset(name);
                Ok(Vec::new())
            }
            ["choose", name, key] => {
                self.answer = mem::take(&mut self.answer).choose(name, key);
                Ok(Vec::new())
            }
            ["unchecked", unchecked] => {
                self.answer = mem::take(&mut self.answer).unchecked(unchecked == "1");
                Ok(Vec::new())
            }
            ["submit"] => {
                let step = client.submit(&self.answer)?;
                self.answer = Answer::new();
                Ok(step_lines(&step))
            }
            ["resume", url, body] => {
                let step = client.resume_with(url, body.as_bytes(), &self.answer)?;
                self.answer = Answer::new();
                Ok(step_lines(&step))
            }
            ["reconcile"] => client.reconcile().map(|step| step_lines(&step)),
            ["reconcile_name", name, since] => {
                let since = UNIX_EPOCH + Duration::from_secs(since.parse().expect("a number"));
                client.reconcile_name(name, since).map(|step| step_lines(&step))
            }
            ["wiki_time"] => {
                let since = client.wiki_time().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
                let seconds = since.map_or("-1".to_owned(), |since| since.as_secs().to_string());
                Ok(vec![line(["time", &seconds])])
            }
            ["captcha_image"] => {
                let image = client.captcha_image()?;
                Ok(vec![line([
                    "image",
                    &to_hex(&image),
                    createaccount::image_type(&image).unwrap_or_default(),
                ])])
            }
            ["can_create"] => Ok(verdict_lines(&client.can_create()?)),
            ["check_username", name] => Ok(verdict_lines(&client.check_username(name)?)),
            ["check_password", password, name] => {
                let name = Some(name).filter(|name| !name.is_empty());
                Ok(verdict_lines(&client.check_password(&Secret::from(password), name)?))
            }
            ["save"] => Ok(vec![line(["data_hex", &to_hex(&client.save()?)])]),
            _ => panic!("no such command: {command:?}"),
        }
    }
}

fn config(settings: &[&str]) -> Config {
    settings.iter().fold(Config::new(), |config, setting| {
        let (key, value) = setting.split_once('=').expect("KEY=VALUE");
        let milliseconds = || Duration::from_millis(value.parse().expect("a number"));
        match key {
            "user_agent" => config.user_agent(value),
            "language" => config.language(value),
            "message_format" => config.message_format(MessageFormat::from_name(value).expect("a format")),
            "error_format" => config.error_format(value),
            "error_language" => config.error_language(value),
            "return_url" => config.return_url(value),
            "proxy" => config.proxy(value),
            "ca_file" => config.ca_file(value),
            "bearer_token" => config.bearer_token(value),
            "seal_key" => config.seal_key(from_hex(value)),
            "open_key" => config.open_key(from_hex(value)),
            "timeout_ms" => config.timeout(milliseconds()),
            "connect_timeout_ms" => config.connect_timeout(milliseconds()),
            "deadline_ms" => config.deadline(milliseconds()),
            "retry_budget_ms" => config.retry_budget(milliseconds()),
            "reconcile_wait_ms" => config.reconcile_wait(milliseconds()),
            "allow_http" => config.allow_http(value == "1"),
            "merge_fields" => config.merge_fields(value == "1"),
            _ => panic!("no such setting: {key}"),
        }
    })
}

fn step_lines(step: &Step) -> Lines {
    let mut lines = vec![line(["step", step.status()])];
    let mut push = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            lines.push(line([key, &value]));
        }
    };
    let account = match step {
        Step::Pass(pass) => Some(pass.username()),
        Step::Form(form) | Step::Ui(form) => form.account(),
        _ => None,
    };
    push("username", account.map(str::to_owned));
    if matches!(step, Step::Pass(pass) if pass.is_login()) {
        lines.push(line(["is_login"]));
    }
    let mut push = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            lines.push(line([key, &value]));
        }
    };
    push("message", step.message().map(Message::text).map(str::to_owned));
    for part in step.message().map_or(&[][..], Message::parts) {
        push("message_part", Some(part.text().to_owned()));
    }
    push("message_code", step.message_code().map(str::to_owned));
    if let Step::Fail(fail) = step {
        push("reason", Some(fail.reason().to_string()));
        push("retry_after", fail.retry_after().map(|wait| wait.as_secs().to_string()));
    }
    if let Step::Redirect(redirect) = step {
        push("target", Some(redirect.target().to_string()));
        push("data", redirect.data().map(ToString::to_string));
    }
    let can_preserve_state = match step {
        Step::Restart(restart) => restart.can_preserve_state(),
        Step::Fail(fail) => fail.can_preserve_state(),
        _ => false,
    };
    if can_preserve_state {
        lines.push(line(["can_preserve_state"]));
    }
    for field in step.fields() {
        lines.extend(field_lines(field));
    }
    for request in step.requests() {
        let names: Vec<&str> = request.fields().iter().map(Field::name).collect();
        let metadata = serde_json::Value::Object(request.metadata().clone()).to_string();
        lines.push(line([
            "request",
            request.id(),
            request.required().as_str(),
            request.provider(),
            request.account(),
            &metadata,
            &names.join(","),
        ]));
    }
    if let Step::Form(form) | Step::Ui(form) = step
        && let Some(captcha) = form.captcha()
    {
        lines.push(line([
            "captcha",
            &format!("{:?}", captcha.kind()).to_lowercase(),
            captcha.text(),
            captcha.mime(),
            captcha.site_key().unwrap_or_default(),
            captcha.image_url().map_or("", |url| url.as_str()),
            captcha.answer_field(),
            captcha.service().as_str(),
            &captcha.fields().join(","),
        ]));
    }
    lines
}

fn field_lines(field: &Field) -> Lines {
    let value = field.value().map(|value| format!("={value}")).unwrap_or_default();
    let flags = [(field.is_required(), "required"), (field.is_sensitive(), "sensitive")];
    let flags: Vec<&str> = flags.iter().filter(|(set, _)| *set).map(|(_, flag)| *flag).collect();
    let mut lines = vec![line([
        "field",
        field.name(),
        field.kind().as_str(),
        field.label(),
        field.help(),
        &value,
        &flags.join(" "),
    ])];
    for choice in field.choices() {
        let mut parts = line(["choice", field.name(), &choice.value, &choice.label]);
        parts.extend(choice.preset.then(|| "preset".to_owned()));
        lines.push(parts);
    }
    lines
}

fn verdict_lines(verdict: &Verdict) -> Lines {
    let answer = match verdict.answer() {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    };
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let parts = [text(verdict.code()), text(verdict.message()), text(verdict.canonical())];
    vec![line(["verdict", answer, &parts[0], &parts[1], &parts[2]])]
}

fn error_line(error: &Error) -> Vec<String> {
    let status = error.kind().as_str().to_ascii_uppercase();
    line([
        "error",
        &status,
        error.message(),
        error.api_code().unwrap_or_default(),
        error.field().unwrap_or_default(),
        &error.http_status().map(|status| status.to_string()).unwrap_or_default(),
        &error.retry_after().map(|wait| wait.as_secs().to_string()).unwrap_or_default(),
        error.failure().map_or("", TransportFailure::as_str),
        error.problem().map_or("", Problem::as_str),
    ])
}

fn line<const COUNT: usize>(parts: [&str; COUNT]) -> Vec<String> {
    parts.iter().map(|part| (*part).to_owned()).collect()
}

pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn from_hex(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(&String::from_utf8_lossy(pair), 16).expect("hex")).collect()
}
