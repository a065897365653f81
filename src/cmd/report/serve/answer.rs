//! What a request asks for, and what it gets: files below one folder, and nothing else.

use std::net::SocketAddr;
use std::path::{Component, Path, PathBuf};

/// The path of the script that loads a page again.
const RELOAD: &str = "-/reload.js";
/// The path under which pages ask whether they are still the latest.
const VERSION: &str = "-/version";
/// Asks twice a second whether the page was made again, and loads it if so.
const SCRIPT: &str = "\"use strict\";
(() => {
  let known = null;
  setInterval(async () => {
    try {
      const found = await (await fetch(\"/-/version\", { cache: \"no-store\" })).text();
      if (known !== null && found !== known) location.reload();
      known = found;
    } catch {
      // The server has ended; the page stays.
    }
  }, 500);
})();
";

/// A request that is one of ours: a path to be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// The path after the first slash, without query, decoded.
    path: String,
    /// Whether only the head of the answer is wanted.
    head_only: bool,
}

/// What is sent back.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    status: &'static str,
    kind: &'static str,
    length: usize,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// The request in `lines`, made to `address`.
    ///
    /// A page of another site can make a browser ask here under a name that it had resolved to this machine; so a request
    /// must name the address itself.
    pub(super) fn read(lines: &[String], address: SocketAddr) -> Result<Self, Answer> {
        let mut first = lines.first().map_or("", String::as_str).split_whitespace();
        let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
        let hosts = lines.iter().filter_map(|line| line.split_once(':'));
        let host = hosts.filter(|(name, _)| name.eq_ignore_ascii_case("host")).map(|(_, value)| value.trim()).next();
        let ours = [address.to_string(), format!("localhost:{}", address.port())];
        if !host.is_some_and(|host| ours.iter().any(|known| known == host)) {
            return Err(Answer::refusal("403 Forbidden"));
        }
        let head_only = method == "HEAD";
        if method != "GET" && !head_only {
            return Err(Answer::refusal("405 Method Not Allowed"));
        }
        let path = target.split(['?', '#']).next().unwrap_or_default();
        let path = path.strip_prefix('/').and_then(decoded).ok_or_else(|| Answer::refusal("400 Bad Request"))?;
        Ok(Self { path, head_only })
    }
}

impl Answer {
    /// What `request` gets of the folder `root`, which was made again `version` times.
    pub(super) fn to(request: &Request, root: &Path, version: u64) -> Self {
        let mut answer = match request.path.as_str() {
            RELOAD => Self::new("text/javascript; charset=utf-8", SCRIPT.into()),
            VERSION => Self::new("text/plain; charset=utf-8", version.to_string().into()),
            path => Self::file(path, root),
        };
        if request.head_only {
            answer.body.clear();
        }
        answer
    }

    fn file(path: &str, root: &Path) -> Self {
        let relative = if path.is_empty() { PathBuf::from("index.html") } else { PathBuf::from(path) };
        let plain = relative.components().all(|part| matches!(part, Component::Normal(_)));
        let read = || {
            // A link inside the folder may lead out of it.
            let (root, file) = (root.canonicalize().ok()?, root.join(&relative).canonicalize().ok()?);
            if file.starts_with(root) && file.is_file() { std::fs::read(file).ok() } else { None }
        };
        match read().filter(|_| plain) {
            Some(body) if relative == Path::new("index.html") => Self::new(kind(&relative), live(body)),
            Some(body) => Self::new(kind(&relative), body),
            None => Self::refusal("404 Not Found"),
        }
    }

    fn new(kind: &'static str, body: Vec<u8>) -> Self {
        Self { status: "200 OK", kind, length: body.len(), body }
    }

    fn refusal(status: &'static str) -> Self {
        let body: Vec<u8> = format!("{status}\n").into();
        Self { status, kind: "text/plain; charset=utf-8", length: body.len(), body }
    }

    /// The lines in front of the body.
    pub(super) fn head(&self) -> String {
        format!(
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
             X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
            self.status, self.kind, self.length
        )
    }
}

/// `page` with the script that loads it again, and a policy that lets it ask.
fn live(page: Vec<u8>) -> Vec<u8> {
    let Ok(text) = String::from_utf8(page) else { return Vec::new() };
    let text = text.replacen("default-src 'none';", "default-src 'none'; connect-src 'self';", 1);
    text.replacen("</head>", &format!("<script src=\"/{RELOAD}\"></script></head>"), 1).into()
}

fn kind(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("md" | "tex" | "csv") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// `text` with its percent-encoded bytes decoded; none if that is no text.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains(['\0', '\\']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(first: &str, host: &str) -> Result<Request, Answer> {
        let lines = [format!("{first}\r\n"), format!("Host: {host}\r\n")];
        Request::read(&lines, "127.0.0.1:8000".parse().expect("an address"))
    }

    #[test]
    fn only_this_machine_may_ask() {
        assert_eq!(ask("GET /a%20b.svg?x HTTP/1.1", "localhost:8000").expect("ours").path, "a b.svg");
        let statuses = [
            ask("GET / HTTP/1.1", "example.org"),
            ask("GET / HTTP/1.1", "127.0.0.1:9"),
            ask("POST / HTTP/1.1", "127.0.0.1:8000"),
            ask("GET http://x/ HTTP/1.1", "127.0.0.1:8000"),
            ask("GET /%zz HTTP/1.1", "127.0.0.1:8000"),
        ];
        let statuses = statuses.map(|refused| refused.expect_err("refused").status);
        assert_eq!(statuses.map(|status| &status[..3]), ["403", "403", "405", "400", "400"]);
    }

    #[test]
    fn nothing_outside_the_folder_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("root");
        std::fs::create_dir(&root).expect("a folder");
        std::fs::write(folder.path().join("secret"), "s").expect("written");
        std::fs::write(root.join("index.html"), "<head>default-src 'none';</head>").expect("written");
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path().join("secret"), root.join("link")).expect("a link");
        for path in ["../secret", "link", "/etc/passwd", "x/../../secret", ".", "none"] {
            let request = Request { path: path.to_owned(), head_only: false };
            assert_eq!(Answer::to(&request, &root, 0).status, "404 Not Found", "{path}");
        }
        let page = Answer::to(&Request { path: String::new(), head_only: false }, &root, 0);
        let text = String::from_utf8(page.body).expect("text");
        assert!(text.contains("connect-src 'self'") && text.contains("/-/reload.js"), "{text}");
        assert_eq!(Answer::to(&Request { path: VERSION.to_owned(), head_only: false }, &root, 7).body, b"7");
    }
}
