//! `git http-backend` behind the test server.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::server::Request;

/// The answer of `git http-backend` for the repositories below `root`.
pub(crate) fn git_backend(root: &Path, request: &Request) -> Vec<u8> {
    let mut command = Command::new("git");
    command.arg("http-backend").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.env("GIT_PROJECT_ROOT", root).env("GIT_HTTP_EXPORT_ALL", "1").env("REQUEST_METHOD", &request.method);
    command.env("PATH_INFO", request.path()).env("QUERY_STRING", request.query());
    let variables = [
        ("content-type", "CONTENT_TYPE"),
        ("content-encoding", "HTTP_CONTENT_ENCODING"),
        ("git-protocol", "GIT_PROTOCOL"),
    ];
    for (header, variable) in variables {
        if let Some(value) = request.header(header) {
            command.env(variable, value);
        }
    }
    command.env("CONTENT_LENGTH", request.body.len().to_string());
    let mut child = command.spawn().expect("git runs");
    child.stdin.take().expect("a pipe").write_all(&request.body).ok();
    let output = child.wait_with_output().expect("an answer").stdout;
    let end = output.windows(4).position(|four| four == b"\r\n\r\n").map_or(output.len(), |at| at + 4);
    let head = String::from_utf8_lossy(&output[..end]).into_owned();
    let status = head.lines().find_map(|line| line.strip_prefix("Status: ")).unwrap_or("200 OK").to_owned();
    let kept: Vec<&str> = head.lines().filter(|line| !line.is_empty() && !line.starts_with("Status: ")).collect();
    let mut bytes = format!("HTTP/1.1 {status}\r\nConnection: close\r\n{}\r\n\r\n", kept.join("\r\n")).into_bytes();
    bytes.extend(&output[end..]);
    bytes
}
