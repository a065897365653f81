//! `report --serve`: the written pages on the loopback address, made again and loaded again when their inputs change.

mod answer;
mod watch;

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::ui::Ui;
use answer::{Answer, Request};
use watch::Watch;

/// How often inputs are looked at.
const LOOK: Duration = Duration::from_millis(500);
/// How long a reader may take to say what it wants, and to take it.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of a request at most.
const MAX_HEAD: u64 = 16 << 10;

/// Serves the folder `root` on `port` of the loopback address (0 chooses one) until the process ends, and calls `again`
/// whenever something at `inputs` has changed. What `again` fails with is told; the pages stay as they were.
pub(super) fn serve(
    root: &Path,
    port: u16,
    inputs: Vec<PathBuf>,
    ui: &Ui,
    again: impl Fn() -> Result<()>,
) -> Result<()> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| format!("cannot listen on port {port}"))?;
    let address = listener.local_addr().context("the port is not known")?;
    let version = Arc::new(AtomicU64::new(0));
    let (folder, shown) = (root.to_owned(), Arc::clone(&version));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (folder, shown) = (folder.clone(), Arc::clone(&shown));
            std::thread::spawn(move || drop(reply(&stream, &folder, address, &shown)));
        }
    });
    ui.data(&format!("http://{address}/"));
    ui.note("serving on this machine only; end with Ctrl-C");
    let mut watch = Watch::new(inputs);
    loop {
        std::thread::sleep(LOOK);
        if !watch.changed() {
            continue;
        }
        match again() {
            Ok(()) => {
                version.fetch_add(1, Ordering::Relaxed);
                ui.note("made again");
            }
            Err(error) => ui.fault(&format!("{error:#}")),
        }
    }
}

/// Reads one request and answers it.
fn reply(stream: &TcpStream, root: &Path, address: SocketAddr, version: &AtomicU64) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut head = Vec::new();
    let mut lines = BufReader::new(std::io::Read::take(stream, MAX_HEAD));
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 || line == "\r\n" || line == "\n" {
            break;
        }
        head.push(line);
    }
    let answer = match Request::read(&head, address) {
        Ok(request) => Answer::to(&request, root, version.load(Ordering::Relaxed)),
        Err(refusal) => refusal,
    };
    let mut stream = stream;
    stream.write_all(answer.head().as_bytes())?;
    stream.write_all(&answer.body)?;
    stream.flush()
}
