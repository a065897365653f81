//! A small HTTP server on this machine: one answer a connection. Shared by the tests that need a host.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What a client asked for.
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }

    pub(crate) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

/// What the server does.
pub(crate) enum Answer {
    /// Sends these bytes, head included, and closes.
    Raw(Vec<u8>),
    /// Sends these bytes in pieces, with a pause after each.
    Slow(Vec<u8>, Duration),
    /// Says that a body of 2^40 bytes follows, and sends bytes until nobody reads them.
    Endless,
}

/// An answer of `status` with `headers` and `body`.
pub(crate) fn answer(status: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Answer {
    let body = body.as_ref();
    let mut text = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        text.extend([name, ": ", value, "\r\n"]);
    }
    let mut bytes = (text + "\r\n").into_bytes();
    bytes.extend(body);
    Answer::Raw(bytes)
}

/// A running server; it ends with the test's process.
pub(crate) struct Server {
    pub(crate) url: String,
    /// The targets asked for so far, in order.
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// A server whose answers `handler` makes.
    pub(crate) fn start(handler: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (handler, log) = (Arc::new(handler), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (handler, log) = (Arc::clone(&handler), Arc::clone(&log));
                thread::spawn(move || drop(serve(stream, &*handler, &log)));
            }
        });
        Self { url, asked }
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no panic").clone()
    }
}

fn serve(mut stream: TcpStream, handler: &dyn Fn(&Request) -> Answer, log: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let request = read(&mut stream)?;
    log.lock().expect("no panic").push(request.target.clone());
    match handler(&request) {
        Answer::Raw(bytes) => stream.write_all(&bytes)?,
        Answer::Slow(bytes, pause) => {
            for piece in bytes.chunks(512) {
                stream.write_all(piece)?;
                thread::sleep(pause);
            }
        }
        Answer::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n")?;
            loop {
                stream.write_all(&[b' '; 1 << 12])?;
            }
        }
    }
    stream.flush()
}

fn read(stream: &mut TcpStream) -> std::io::Result<Request> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut words = first.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => headers.push((name.to_ascii_lowercase(), value.trim().to_owned())),
            None => break,
        }
    }
    let mut request = Request { method, target, headers, body: Vec::new() };
    if let Some(length) = request.header("content-length").and_then(|text| text.parse().ok()) {
        reader.take(length).read_to_end(&mut request.body)?;
    }
    Ok(request)
}
