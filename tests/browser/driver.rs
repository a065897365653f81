//! A browser that tests drive: chromedriver and just enough of the `WebDriver` protocol.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long anything may take to appear.
const PATIENCE: Duration = Duration::from_mins(1);

/// What keeps the browser from doing anything but show pages.
const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
];

/// A browser with one window; both programs end with it.
pub(crate) struct Browser {
    driver: Child,
    port: u16,
    session: String,
    /// The profile, new and empty.
    profile: TempDir,
}

impl Browser {
    /// A new browser.
    pub(crate) fn start() -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver; `make browser-test` installs it");
        let out = BufReader::new(driver.stdout.take().expect("a pipe"));
        let said = out.lines().map_while(Result::ok).find_map(|line| {
            let port = line.split("started successfully on port ").nth(1)?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        let profile = tempfile::tempdir().expect("a folder");
        let mut browser = Self { driver, port: said.expect("a port"), session: String::new(), profile };
        let mut flags: Vec<String> = FLAGS.map(str::to_owned).into();
        flags.push(format!("--user-data-dir={}", browser.profile.path().display()));
        let options = json!({
            "goog:chromeOptions": { "args": flags },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        });
        let session = browser.call("POST", "/session", &json!({ "capabilities": { "alwaysMatch": options } }));
        session["sessionId"].as_str().expect("a session").clone_into(&mut browser.session);
        browser
    }

    /// Shows `page`, a file, at `place` in it.
    pub(crate) fn open(&self, page: &Path, place: &str) {
        let address = format!("file://{}{place}", page.canonicalize().expect("a page").display());
        self.visit(&address);
    }

    /// Shows the page at `address`.
    pub(crate) fn visit(&self, address: &str) {
        // A change of the fragment alone loads nothing, so that the page would keep what it holds.
        self.command("POST", "/url", &json!({ "url": "about:blank" }));
        self.command("POST", "/url", &json!({ "url": address }));
        self.settle();
    }

    /// Waits until the page has shown what its address names.
    pub(crate) fn settle(&self) {
        self.wait("!document.querySelector('nav.site') || (document.querySelector('main h1[tabindex]') && !document.querySelector('main[aria-busy]'))");
    }

    /// Waits until `condition`, an expression, is true.
    pub(crate) fn wait(&self, condition: &str) {
        let start = Instant::now();
        while self.eval(&format!("Boolean({condition})")) != Value::Bool(true) {
            assert!(start.elapsed() < PATIENCE, "`{condition}` did not come true: {}", self.text("body"));
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The value of `expression` on the page.
    pub(crate) fn eval(&self, expression: &str) -> Value {
        self.run(&format!("return ({expression});"))
    }

    /// What `script` returns on the page.
    pub(crate) fn run(&self, script: &str) -> Value {
        self.command("POST", "/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// What the promise of `expression` yields.
    pub(crate) fn promise(&self, expression: &str) -> Value {
        let script = format!(
            "const done = arguments[0]; ({expression}).then(done, (error) => done({{ failed: String(error) }}));"
        );
        self.command("POST", "/execute/async", &json!({ "script": script, "args": [] }))
    }

    /// The text of the first element that `selector` finds.
    pub(crate) fn text(&self, selector: &str) -> String {
        let found = self.eval(&format!("(document.querySelector({}) || {{}}).innerText || ''", json!(selector)));
        found.as_str().unwrap_or_default().to_owned()
    }

    /// The texts of all elements that `selector` finds.
    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        let found =
            self.eval(&format!("[...document.querySelectorAll({})].map((e) => e.innerText.trim())", json!(selector)));
        found.as_array().expect("a list").iter().map(|text| text.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Clicks the first element that `selector` finds, as a reader would: it must be in sight.
    pub(crate) fn click(&self, selector: &str) {
        let element = self.element(selector);
        self.command("POST", &format!("/element/{element}/click"), &json!({}));
        self.settle();
    }

    /// Types `keys` into the first element that `selector` finds.
    pub(crate) fn keys(&self, selector: &str, keys: &str) {
        let element = self.element(selector);
        self.command("POST", &format!("/element/{element}/value"), &json!({ "text": keys }));
        self.settle();
    }

    /// Chooses `value` in the list that offers `name`.
    pub(crate) fn choose(&self, name: &str, value: &str) {
        let script = format!(
            "const list = document.querySelector('select[data-name=' + JSON.stringify({}) + ']'); list.value = {}; \
             list.dispatchEvent(new Event('change', {{ bubbles: true }})); return list.value;",
            json!(name),
            json!(value)
        );
        assert_eq!(self.run(&script), json!(value), "the list {name} offers {value}");
        self.settle();
    }

    fn element(&self, selector: &str) -> String {
        let found = self.command("POST", "/element", &json!({ "using": "css selector", "value": selector }));
        let names = found.as_object().unwrap_or_else(|| panic!("no element {selector}: {found}"));
        names.values().next().and_then(Value::as_str).expect("an element").to_owned()
    }

    /// The window: its size in pixels, and light or dark.
    pub(crate) fn view(&self, [width, height]: [u32; 2], scheme: &str) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics);
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", &features);
    }

    /// Calls a method of the browser's own protocol.
    pub(crate) fn devtools(&self, method: &str, parameters: &Value) -> Value {
        self.command("POST", "/goog/cdp/execute", &json!({ "cmd": method, "params": parameters }))
    }

    /// The whole page as a picture, written to `file`.
    pub(crate) fn picture(&self, file: &Path) {
        let found = self.devtools("Page.captureScreenshot", &json!({ "captureBeyondViewport": true, "format": "png" }));
        let bytes = base64::engine::general_purpose::STANDARD.decode(found["data"].as_str().expect("a picture"));
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(file, bytes.expect("base64")).expect("written");
    }

    /// What the page complained of since the last call.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let log = self.command("POST", "/se/log", &json!({ "type": "browser" }));
        let entries = log.as_array().expect("a log").iter();
        let bad = entries.filter(|entry| ["SEVERE", "WARNING"].contains(&entry["level"].as_str().unwrap_or_default()));
        bad.map(|entry| entry["message"].to_string()).collect()
    }

    /// The addresses beyond this machine that were asked for since the last call. The first page of the browser itself is
    /// of `chrome:` and `data:`; nothing of either leaves the machine.
    pub(crate) fn strangers(&self) -> Vec<String> {
        let own = |to: &String| ["file:", "about:", "chrome:", "data:"].iter().any(|scheme| to.starts_with(scheme));
        self.requests().into_iter().filter(|to| !own(to)).collect()
    }

    /// The addresses that were asked for since the last call.
    pub(crate) fn requests(&self) -> Vec<String> {
        let log = self.command("POST", "/se/log", &json!({ "type": "performance" }));
        let entries = log.as_array().expect("a log").iter();
        let message = |entry: &Value| serde_json::from_str::<Value>(entry["message"].as_str()?).ok();
        entries
            .filter_map(message)
            .filter(|entry| entry["message"]["method"] == "Network.requestWillBeSent")
            .filter_map(|entry| Some(entry["message"]["params"]["request"]["url"].as_str()?.to_owned()))
            .collect()
    }

    fn command(&self, method: &str, path: &str, body: &Value) -> Value {
        self.call(method, &format!("/session/{}{path}", self.session), body)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("chromedriver listens");
        let body = body.to_string();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).expect("sent");
        // The driver keeps connections open, whatever it is asked for.
        let mut reader = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).expect("an answer");
            match line.trim_end().split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().expect("a length");
                }
                None if line.trim_end().is_empty() => break,
                _ => {}
            }
        }
        let mut answer = vec![0; length];
        reader.read_exact(&mut answer).expect("an answer");
        let value: Value = serde_json::from_slice(&answer).expect("JSON");
        let failed = value["value"].get("error").is_some() && value["value"].get("stacktrace").is_some();
        assert!(!failed, "{method} {path}: {}", value["value"]["message"]);
        value["value"].clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !std::thread::panicking() && !self.session.is_empty() {
            self.command("DELETE", "", &json!({}));
        }
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}
