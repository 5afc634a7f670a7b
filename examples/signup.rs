//! Makes an account on a wiki, step by step, on the terminal:
//!
//! ```text
//! signup API_URL
//! ```
//!
//! The exit status is 0 only when the account was made.

use std::{
    env,
    error::Error,
    fs,
    io::{self, BufRead, IsTerminal, Write},
    process::ExitCode,
};

use createaccount::{
    Answer, Begin, Captcha, CaptchaKind, Client, Config, ErrorKind, Field, FieldType, Form, Secret, Step,
    Value,
};

const USER_AGENT: &str = "createaccount-example/1.0 (https://www.mediawiki.org/wiki/API:Account_creation)";

/// Where third parties send the person back to. Nothing listens there, so the browser shows an error, and the address with
/// it. A program with a web server has an address of its own; bindings/c/loopback.h shows how to listen on loopback.
const RETURN_URL: &str = "http://127.0.0.1:9/back";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let Some(api_url) = env::args().nth(1) else {
        eprintln!("usage: signup API_URL");
        return ExitCode::from(2);
    };
    match sign_up(&api_url) {
        Ok(name) => {
            println!("\nThe account {name} is made.");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Goes from step to step until the account is made, and returns its name.
fn sign_up(api_url: &str) -> Result<String> {
    let config = Config::new().user_agent(USER_AGENT).return_url(RETURN_URL);
    let mut client = Client::new(api_url, config)?;
    let mut step = client.begin(Begin::new())?;
    loop {
        let next = match &step {
            Step::Form(form) | Step::Ui(form) => fill_in(&mut client, form)?,
            Step::Redirect(redirect) => {
                println!("\nVisit {}", redirect.target());
                client.resume(ask("The address that you came back to", false)?.expose(), b"")
            }
            Step::Restart(restart) => {
                println!("\nThere is no account for this login yet; it will belong to the new one.");
                client.begin(Begin::new().preserve_state(restart.can_preserve_state()))
            }
            Step::Fail(fail) => {
                println!("\nFailed ({}): {}", fail.reason(), fail.message().map_or("", |m| m.text()));
                if let Some(wait) = fail.retry_after() {
                    println!("Try again in {} seconds.", wait.as_secs());
                }
                client.begin(Begin::new().preserve_state(fail.can_preserve_state()))
            }
            Step::Pass(pass) => return Ok(pass.username().to_owned()),
            other => return Err(format!("The wiki answered {}, which is unknown.", other.status()).into()),
        };
        step = match next {
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
                println!("\n{error}\nAsking …");
                client.reconcile()?
            }
            next => next?,
        };
    }
}

/// Shows a form, asks for its fields, and submits them. What the library refuses was not sent, and is asked for again.
fn fill_in(client: &mut Client, form: &Form) -> Result<createaccount::Result<Step>> {
    println!("\n{}", form.message().map_or("The wiki asks:", |message| message.text()));
    if let Some(captcha) = form.captcha() {
        show(client, captcha)?;
    }
    let mut answer = Answer::new();
    for field in form.fields() {
        if field.asks() {
            answer = ask_for(answer, field)?;
        } else if field.kind() == FieldType::Null && !is_of_captcha(form, field) {
            println!("{}: {}", caption(field), field.value().unwrap_or_default());
        }
    }
    loop {
        let next = client.submit(&answer);
        let refusal = next.as_ref().err().filter(|error| error.kind() == ErrorKind::InvalidArgument);
        let Some(refusal) = refusal else { return Ok(next) };
        let Some(field) = refusal.field().and_then(|name| form.field(name)) else { return Ok(next) };
        println!("{refusal}");
        answer = ask_for(answer, field)?;
    }
}

/// Shows what has to be done for a captcha.
fn show(client: &mut Client, captcha: &Captcha) -> Result<()> {
    match captcha.kind() {
        CaptchaKind::Image => {
            let path = env::temp_dir().join(format!("captcha-{}", std::process::id()));
            fs::write(&path, client.captcha_image()?)?;
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

fn is_of_captcha(form: &Form, field: &Field) -> bool {
    form.captcha().is_some_and(|captcha| captcha.fields().iter().any(|name| name == field.name()))
}

/// Asks for a field. An empty line leaves it as the wiki has it.
fn ask_for(answer: Answer, field: &Field) -> Result<Answer> {
    if !field.help().is_empty() {
        println!("  {}", field.help());
    }
    for choice in field.choices() {
        println!("  {}: {}{}", choice.value, choice.label, if choice.preset { " (chosen)" } else { "" });
    }
    if let Some(preset) = field.value().filter(|_| !field.is_sensitive()) {
        println!("  Without an answer: {preset}");
    }
    let hint = match field.kind() {
        FieldType::Checkbox | FieldType::Button => " [1 for yes, 0 for no]",
        FieldType::Multiselect => " [a,b,c or a comma for none]",
        _ => "",
    };
    let required = if field.is_required() { " (required)" } else { "" };
    let line = ask(&format!("{}{hint}{required}", caption(field)), field.is_sensitive())?;
    Ok(match (line.expose(), field.kind()) {
        ("", _) => answer,
        (keys, FieldType::Multiselect) => {
            let keys: Vec<&str> = keys.split(',').filter(|key| !key.is_empty()).collect();
            answer.set(field.name(), Value::from(keys))
        }
        _ => answer.set(field.name(), line),
    })
}

/// The wiki's caption without its colon, or else the name.
fn caption(field: &Field) -> &str {
    match field.label().trim_end_matches([':', ' ']) {
        "" => field.name(),
        label => label,
    }
}

/// Asks for a line, without showing it if it is secret.
fn ask(what: &str, is_secret: bool) -> Result<Secret> {
    print!("{what}: ");
    io::stdout().flush()?;
    if is_secret && io::stdin().is_terminal() {
        return Ok(rpassword::read_password()?.into());
    }
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        return Err("The input has ended.".into());
    }
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(line.into())
}
