//! Makes an account on a wiki, step by step, on the terminal.
//!
//! ```text
//! signup API_URL [NAME=VALUE…] [--then NAME=VALUE…]… [--listen PORT] [--visit]
//! ```
//!
//! NAME=VALUE answers a field beforehand (for a checkbox or button 1 or 0, for several choices with commas in
//! between, for none a comma). Where a step has such answers, only what is missing is asked for; elsewhere everything is. After a failure
//! the answers behind the next --then are taken.
//!
//! ```text
//! --listen PORT   where to wait on 127.0.0.1 for the return from a third party (any free port if not given)
//! --visit         go to the third party ourselves, over plain HTTP, as a browser without a person would
//! ```
//!
//! The exit status is 0 only when the account was made.

use std::{
    collections::VecDeque,
    env,
    error::Error,
    fs::File,
    io::{self, BufRead, BufReader, IsTerminal, Read, Write},
    net::{TcpListener, TcpStream},
    process::ExitCode,
    thread,
    time::Duration,
};

use createaccount::{
    Answer, Begin, Captcha, CaptchaKind, Client, Config, ErrorKind, Field, FieldType, Form, Redirect, Secret,
    Step, Value,
};

const USAGE: &str =
    "usage: signup API_URL [NAME=VALUE...] [--then NAME=VALUE...]... [--listen PORT] [--visit]";
const USER_AGENT: &str = "createaccount-example/1.0 (https://www.mediawiki.org/wiki/API:Account_creation)";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let Some(mut options) = Options::read(env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match sign_up(&mut options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Goes from step to step until one is final. True when the account was made.
fn sign_up(options: &mut Options) -> Result<bool> {
    let door = Door::open(options.port)?;
    let config = Config::new().user_agent(USER_AGENT).return_url(door.url.clone());
    let mut client = Client::new(&options.api_url, config)?;
    let mut given = options.groups.pop_front().unwrap_or_default();
    let mut step = client.begin(Begin::new())?;
    loop {
        let next = match &step {
            Step::Form(form) | Step::Ui(form) => fill_in(&mut client, form, &mut given)?,
            Step::Redirect(redirect) => go_away(&mut client, redirect, &door, options.visits)?,
            Step::Restart(restart) => {
                println!("\nThere is no account for this login yet; it will belong to the new one.");
                client.begin(Begin::new().preserve_state(restart.can_preserve_state()))
            }
            Step::Fail(fail) => {
                println!("\nFailed ({}): {}", fail.reason(), fail.message().map_or("", |m| m.text()));
                if let Some(wait) = fail.retry_after() {
                    println!("Try again in {} seconds.", wait.as_secs());
                }
                given = match options.groups.pop_front() {
                    Some(following) => following,
                    None if io::stdin().is_terminal() => Given::default(),
                    None => return Ok(false),
                };
                client.begin(Begin::new().preserve_state(fail.can_preserve_state()))
            }
            Step::Pass(pass) => {
                println!("\nThe account {} is made.", pass.username());
                return Ok(true);
            }
            other => {
                println!("\nThe wiki answered {}, which this program does not know.", other.status());
                return Ok(false);
            }
        };
        step = match next {
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
                println!("\n{error}\nAsking ...");
                client.reconcile()?
            }
            next => next?,
        };
    }
}

/// Shows a form, collects the answers, and submits them.
fn fill_in(client: &mut Client, form: &Form, given: &mut Given) -> Result<createaccount::Result<Step>> {
    show(client, form)?;
    let prepared = form.fields().iter().any(|field| given.has(field.name()));
    let mut answer = Answer::new();
    for field in form.fields() {
        if let Some(line) = given.take(field.name()) {
            println!("{}: {}", caption(field), if field.is_sensitive() { "***" } else { line.expose() });
            answer = answer.set(field.name(), value(field, line));
        } else if field.asks() && !prepared {
            answer = ask_for(answer.clone(), field)?.unwrap_or(answer);
        }
    }
    loop {
        let next = client.submit(&answer);
        let Err(error) = &next else { return Ok(next) };
        // Nothing was sent: ask for the one that is wrong.
        let wrong = error.field().and_then(|name| form.field(name));
        match wrong {
            Some(field) if error.kind() == ErrorKind::InvalidArgument => {
                println!("{error}");
                match ask_for(answer, field)? {
                    Some(corrected) => answer = corrected,
                    None => return Ok(next),
                }
            }
            _ => return Ok(next),
        }
    }
}

/// Prints what is to be known before answering.
fn show(client: &mut Client, form: &Form) -> Result<()> {
    println!("\n{}", form.message().map_or("The wiki asks:", |message| message.text()));
    let of_captcha = form.captcha().map_or(&[][..], Captcha::fields);
    for field in form.fields().iter().filter(|field| field.kind() == FieldType::Null) {
        if !of_captcha.iter().any(|name| name == field.name()) {
            println!("{}: {}", caption(field), field.value().unwrap_or_default());
        }
    }
    let Some(captcha) = form.captcha() else { return Ok(()) };
    match captcha.kind() {
        CaptchaKind::Image => {
            let path = env::temp_dir().join(format!("captcha-{}.png", random()?));
            File::create_new(&path)?.write_all(&client.captcha_image()?)?;
            println!("Read the letters of the picture {}", path.display());
        }
        CaptchaKind::Widget => {
            let (service, key) = (captcha.service().as_str(), captcha.site_key().unwrap_or_default());
            println!(
                "Solve the captcha of {service} with the site key {key} in a browser; its token is the answer."
            );
        }
        _ => println!("{}", captcha.text()),
    }
    Ok(())
}

/// Answers a field from the terminal. An empty line leaves it as the wiki has it. `None` at the end of the input.
fn ask_for(answer: Answer, field: &Field) -> Result<Option<Answer>> {
    if !field.help().is_empty() {
        println!("  {}", field.help());
    }
    for choice in field.choices() {
        println!("  {}: {}", choice.value, choice.label);
    }
    if let Some(preset) = preset(field) {
        println!("  Without an answer: {preset}");
    }
    let hint = match field.kind() {
        FieldType::Checkbox | FieldType::Button => " [1 for yes, 0 for no]",
        FieldType::Multiselect => " [a,b,c or a comma for none]",
        _ => "",
    };
    print!("{}{hint}{}: ", caption(field), if field.is_required() { " (required)" } else { "" });
    Ok(read_line(field.is_sensitive())?.map(|line| match line.expose() {
        "" => answer,
        _ => answer.set(field.name(), value(field, line)),
    }))
}

/// What is sent without an answer.
fn preset(field: &Field) -> Option<String> {
    let chosen = field.choices().iter().filter(|choice| choice.preset);
    let chosen: Vec<&str> = chosen.map(|choice| choice.value.as_str()).collect();
    match field.kind() {
        _ if field.is_sensitive() => None,
        FieldType::Multiselect => Some(chosen.join(",")).filter(|chosen| !chosen.is_empty()),
        _ => field.value().map(str::to_owned),
    }
}

/// Reads a line, without showing it if it is secret. `None` at the end of the input.
fn read_line(secret: bool) -> io::Result<Option<Secret>> {
    io::stdout().flush()?;
    if secret && io::stdin().is_terminal() {
        return rpassword::read_password().map(|line| Some(Secret::from(line)));
    }
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        println!();
        return Ok(None);
    }
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(Some(Secret::from(line)))
}

/// The value of a field as it was typed.
fn value(field: &Field, line: Secret) -> Value {
    if field.kind() == FieldType::Multiselect {
        let choices = line.expose().split(',').filter(|choice| !choice.is_empty());
        return choices.collect::<Vec<_>>().into();
    }
    line.into()
}

/// The wiki's caption without its colon, or else the name.
fn caption(field: &Field) -> &str {
    match field.label().trim_end_matches([':', ' ']) {
        "" => field.name(),
        label => label,
    }
}

/// Sends the person to a third party, waits for the return, and resumes with what it brings.
fn go_away(
    client: &mut Client,
    redirect: &Redirect,
    door: &Door,
    visits: bool,
) -> Result<createaccount::Result<Step>> {
    let target = redirect.target().to_string();
    println!("\nGo to {target}\nand come back.");
    // With no cookies of the wiki: third parties must not see them.
    let visitor = visits.then(|| thread::spawn(move || ureq::get(target).call().is_ok()));
    let (url, body) = door.wait()?;
    if let Some(visitor) = visitor {
        visitor.join().expect("the visitor does not panic");
    }
    Ok(client.resume(&url, &body))
}

/// Where third parties send the person back to: a program without a web server of its own listens on loopback, at an
/// address that nobody can guess (RFC 8252, section 7.3).
struct Door {
    listener: TcpListener,
    origin: String,
    path: String,
    url: String,
}

impl Door {
    fn open(port: u16) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))?;
        let origin = format!("http://{}", listener.local_addr()?);
        let path = format!("/return/{}", random()?);
        Ok(Self { url: format!("{origin}{path}"), listener, origin, path })
    }

    /// Waits until a browser calls the return URL. Gives the whole address that it called, and what it posted.
    fn wait(&self) -> Result<(String, Vec<u8>)> {
        loop {
            let (mut visitor, _) = self.listener.accept()?;
            visitor.set_read_timeout(Some(Duration::from_secs(10)))?;
            // A browser asks for other things too, for instance for an icon, and may hang up.
            let Ok((target, body)) = read_request(&visitor) else { continue };
            let found = target.split('?').next() == Some(&self.path);
            let (status, words) = match found {
                true => ("200 OK", "Thank you. You can close this page and go back to the terminal.\n"),
                false => ("404 Not Found", ""),
            };
            let head = format!("Content-Type: text/plain\r\nContent-Length: {}", words.len());
            let _ = write!(visitor, "HTTP/1.1 {status}\r\n{head}\r\nConnection: close\r\n\r\n{words}");
            if found {
                return Ok((format!("{}{target}", self.origin), body));
            }
        }
    }
}

/// The largest request of a browser that is read.
const MAX_REQUEST: u64 = 65536;

/// Reads a request of HTTP: its target, and as much of a body as its head announces.
fn read_request(visitor: &TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut reader = BufReader::new(visitor.take(MAX_REQUEST));
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut length = 0;
    while !line.trim().is_empty() {
        line.clear();
        reader.read_line(&mut line)?;
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body)?;
    Ok((target, body))
}

/// 128 random bits, as text.
fn random() -> io::Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

/// What the command line says.
struct Options {
    api_url: String,
    groups: VecDeque<Given>,
    port: u16,
    visits: bool,
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let api_url = arguments.next().filter(|url| !url.starts_with('-'))?;
        let mut options = Self { api_url, groups: [Given::default()].into(), port: 0, visits: false };
        while let Some(argument) = arguments.next() {
            match (argument.as_str(), argument.split_once('=')) {
                ("--then", _) => options.groups.push_back(Given::default()),
                ("--listen", _) => options.port = arguments.next()?.parse().ok()?,
                ("--visit", _) => options.visits = true,
                (_, Some((name, value))) if !name.is_empty() && !name.starts_with('-') => {
                    options.groups.back_mut()?.0.push((name.to_owned(), value.into()));
                }
                _ => return None,
            }
        }
        Some(options)
    }
}

/// The answers given as arguments, up to the next --then. One that was used is gone.
#[derive(Default)]
struct Given(Vec<(String, Secret)>);

impl Given {
    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    fn take(&mut self, name: &str) -> Option<Secret> {
        let index = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(index).1)
    }
}
