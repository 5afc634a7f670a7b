//! A server that answers with an attack.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use flate2::{Compression, write::GzEncoder};

use crate::attacks::{Attack, Place};

/// Starts it, and returns the address of its API.
pub fn start(attack: &'static Attack) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let replies = [Place::Form, Place::Status, Place::Later].map(|place| {
        let body = if place == attack.place { (attack.body)() } else { place.harmless(attack) };
        gzip(body.as_bytes())
    });
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let replies = replies.clone();
            thread::spawn(move || serve(stream, &replies, attack));
        }
    });
    format!("http://{address}/api.php")
}

fn serve(stream: TcpStream, replies: &[Vec<u8>; 3], attack: &Attack) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut stream = stream;
    loop {
        let mut request = String::new();
        if reader.read_line(&mut request).ok()? == 0 {
            return None;
        }
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if line.is_empty() {
                break;
            }
        }
        reader.by_ref().take(length).read_to_end(&mut Vec::new()).ok()?;
        let reply = match &request {
            request if request.starts_with("POST") => &replies[1],
            request if request.contains("requestsfor=create&") || request.contains("requestsfor=create ") => {
                &replies[0]
            }
            _ => &replies[2],
        };
        let cookies: String = (0..attack.cookies).map(|n| format!("Set-Cookie: c{n}=1\r\n")).collect();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Encoding: gzip\r\n{cookies}Content-Length: {}\r\n\r\n",
            attack.mime,
            reply.len()
        );
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(reply).ok()?;
    }
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).expect("memory");
    encoder.finish().expect("memory")
}
