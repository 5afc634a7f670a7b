//! Serves the embedded wiki until it is told to end; prints its address first.

use std::io::{self, Read, Write};
use std::process::ExitCode;
use test_wiki::EmbeddedWiki;

const USAGE: &str = "usage: embedded-wiki [--port PORT] [--until-eof]
  --port PORT   the port on 127.0.0.1 (a free one by default)
  --until-eof   end when the standard input closes";

fn main() -> ExitCode {
    let mut port = 0;
    let mut until_eof = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--until-eof" => until_eof = true,
            "--port" => match arguments.next().and_then(|text| text.parse().ok()) {
                Some(number) => port = number,
                None => return misuse("--port needs a number"),
            },
            "--help" => {
                println!("{USAGE}");
                return ExitCode::SUCCESS;
            }
            _ => return misuse(&format!("unknown argument {argument}")),
        }
    }
    let wiki = match EmbeddedWiki::start_on(port) {
        Ok(wiki) => wiki,
        Err(error) => {
            eprintln!("embedded-wiki: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("{}", wiki.address());
    // A reader of the first line waits for it, and a pipe would keep it back.
    let _ = io::stdout().flush();
    if until_eof {
        let _ = io::stdin().lock().read_to_end(&mut Vec::new());
    } else {
        loop {
            std::thread::park();
        }
    }
    ExitCode::SUCCESS
}

fn misuse(problem: &str) -> ExitCode {
    eprintln!("embedded-wiki: {problem}\n{USAGE}");
    ExitCode::from(2)
}
