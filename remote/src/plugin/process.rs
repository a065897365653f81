//! The process of a plug-in: lines in, lines out, each awaited for a bounded time.

use std::io::{BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use bench::file::next_line;

use super::message::{Ours, Theirs};
use super::words::words;
use crate::error::{Error, Result};
use crate::event::{Event, Observer};

/// Bytes of a message of a plug-in at most: a completion of the longest kind, escaped, with room for the rest.
const MAX_LINE_BYTES: u64 = 1 << 20;
/// Bytes of a line of standard error at most; longer ones are cut into several.
const MAX_SAID_BYTES: u64 = 4 << 10;
/// Lines that wait to be heard, at most; then the plug-in waits.
const MAX_WAITING: usize = 64;
/// Time that a plug-in whose output ended may take to end itself and to say why.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// Time between two looks at whether it has ended.
const GLANCE: Duration = Duration::from_millis(10);

/// What is heard of a plug-in.
enum Heard {
    /// A line of its standard output.
    Line(Vec<u8>),
    /// A line of it that is too long, or its end without a line break.
    Cut,
    /// The end of its standard output.
    End,
    /// A line of its standard error.
    Said(String),
}

/// A running plug-in; it is ended with this value.
pub(super) struct Process {
    child: Child,
    /// Takes what is to be written; gone once nothing more is.
    input: Option<Sender<Vec<u8>>>,
    heard: Receiver<Heard>,
    timeout: Duration,
    /// The last line of its standard error.
    said: String,
}

impl Process {
    /// Starts `command`; each answer may take `timeout`.
    pub(super) fn start(command: &str, timeout: Duration) -> Result<Self> {
        let failed = |reason: String| Error::Plugin { reason, said: String::new() };
        let words = words(command).map_err(|reason| failed(format!("command {reason}")))?;
        let mut child = Command::new(&words[0])
            .args(&words[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|source| failed(format!("`{}` cannot be started: {source}", words[0])))?;
        let because = "because the pipe was asked for";
        let (input, outgoing) = channel();
        let (sender, heard) = sync_channel(MAX_WAITING);
        let (stdin, stdout) = (child.stdin.take().expect(because), child.stdout.take().expect(because));
        let (stderr, said) = (child.stderr.take().expect(because), sender.clone());
        thread::spawn(move || write(stdin, &outgoing));
        thread::spawn(move || listen(stdout, &sender));
        thread::spawn(move || overhear(stderr, &said));
        Ok(Self { child, input: Some(input), heard, timeout, said: String::new() })
    }

    /// Sends `message`. A plug-in that does not read it is noticed when its answer is awaited.
    pub(super) fn send(&mut self, message: &Ours<'_>) {
        let mut line = serde_json::to_vec(message).expect("because messages have a JSON form");
        line.push(b'\n');
        if let Some(input) = &self.input {
            // A writer that is gone is a plug-in that is gone.
            drop(input.send(line));
        }
    }

    /// The next message, which answers `what`.
    pub(super) fn receive(&mut self, what: &str, observer: &mut dyn Observer) -> Result<Theirs> {
        let deadline = Instant::now() + self.timeout;
        loop {
            match self.heard.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(Heard::Said(line)) => self.hear(line, observer),
                Ok(Heard::Line(line)) => return self.read(&line, what),
                Ok(Heard::Cut) => {
                    let reason =
                        format!("wrote a line of more than {MAX_LINE_BYTES} bytes, or one without an end, to {what}");
                    return Err(self.failed(reason));
                }
                Ok(Heard::End) | Err(RecvTimeoutError::Disconnected) => return Err(self.died(what, observer)),
                Err(RecvTimeoutError::Timeout) => {
                    let seconds = self.timeout.as_secs_f64();
                    return Err(
                        self.failed(format!("did not answer {what} within {seconds} s; --timeout gives it longer"))
                    );
                }
            }
        }
    }

    /// An error about this plug-in.
    pub(super) fn failed(&self, reason: String) -> Error {
        Error::Plugin { reason, said: self.said.clone() }
    }

    /// Ends the conversation: waits for the plug-in to end, and tells if it does so in another way than it should.
    pub(super) fn finish(mut self, observer: &mut dyn Observer) {
        self.send(&Ours::Bye {});
        self.input = None;
        let status = self.wait(self.timeout, observer);
        match status {
            Some(status) if status.success() => {}
            Some(status) => observer.event(&Event::Said(&format!("(ended after bye with {status})"))),
            None => observer.event(&Event::Said("(did not end after bye, so it was killed)")),
        }
    }

    fn read(&self, line: &[u8], what: &str) -> Result<Theirs> {
        match serde_json::from_slice(line) {
            Ok(Theirs::Error { message, task }) => {
                let about = task.map_or_else(String::new, |task| format!(" about task {task}"));
                Err(self.failed(format!("answered {what} with an error{about}: {}", shown(message.as_bytes()))))
            }
            Ok(message) => Ok(message),
            Err(error) => {
                let reason = format!("answered {what} with what is no message ({error}): {}", shown(line));
                Err(self.failed(reason))
            }
        }
    }

    fn died(&mut self, what: &str, observer: &mut dyn Observer) -> Error {
        let status = self.wait(LAST_WORDS, observer);
        let how = status.map_or_else(|| "closed its output".to_owned(), |status| format!("ended ({status})"));
        self.failed(format!("{how} instead of answering {what}"))
    }

    /// Listens to the plug-in until it ends, for `time` at most; how it ended.
    fn wait(&mut self, time: Duration, observer: &mut dyn Observer) -> Option<std::process::ExitStatus> {
        let deadline = Instant::now() + time;
        loop {
            let status = self.child.try_wait().ok().flatten();
            while let Ok(heard) = self.heard.try_recv() {
                if let Heard::Said(line) = heard {
                    self.hear(line, observer);
                }
                if Instant::now() >= deadline {
                    break;
                }
            }
            if status.is_some() || Instant::now() >= deadline {
                return status;
            }
            thread::sleep(GLANCE);
        }
    }

    fn hear(&mut self, line: String, observer: &mut dyn Observer) {
        observer.event(&Event::Said(&line));
        self.said = line;
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn write(mut stdin: ChildStdin, outgoing: &Receiver<Vec<u8>>) {
    for line in outgoing {
        if stdin.write_all(&line).and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}

fn listen(stdout: impl Read, sender: &SyncSender<Heard>) {
    let mut reader = BufReader::new(stdout);
    loop {
        let heard = match next_line(&mut reader, MAX_LINE_BYTES) {
            Ok((line, true)) => Heard::Line(line),
            Ok((line, false)) if line.is_empty() => Heard::End,
            Ok(_) => Heard::Cut,
            Err(_) => Heard::End,
        };
        let is_last = !matches!(heard, Heard::Line(_));
        if sender.send(heard).is_err() || is_last {
            return;
        }
    }
}

fn overhear(stderr: impl Read, sender: &SyncSender<Heard>) {
    let mut reader = BufReader::new(stderr);
    while let Ok((line, ended)) = next_line(&mut reader, MAX_SAID_BYTES) {
        if !ended && line.is_empty() || sender.send(Heard::Said(shown(&line))).is_err() {
            return;
        }
    }
}

/// The beginning of `bytes` as one line of text.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.chars().take(300).map(|c| if c.is_control() && c != '\t' { ' ' } else { c }).collect()
}
