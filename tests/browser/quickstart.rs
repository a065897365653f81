//! The board that `make quickstart` wrote, driven as a reader would.

use std::path::PathBuf;

use serde_json::Value;

use crate::driver::Browser;
use crate::pictures;

/// The page of the quickstart.
fn page() -> PathBuf {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("quickstart/report/index.html");
    assert!(page.exists(), "{} is not there; run `make quickstart`", page.display());
    page
}

/// The values that the list `name` offers.
fn offered(browser: &Browser, name: &str) -> Vec<String> {
    let values =
        browser.eval(&format!("[...document.querySelector('select[data-name={name}]').options].map((o) => o.value)"));
    values.as_array().expect("a list").iter().map(|value| value.as_str().expect("text").to_owned()).collect()
}

#[test]
#[ignore = "needs chromium and the quickstart: make browser-test"]
fn the_board_of_the_quickstart_is_used_like_any_other() {
    let page = page();
    let browser = Browser::start();
    for (width, scheme) in [(1280, "light"), (390, "dark")] {
        browser.view([width, 900], scheme);
        browser.open(&page, "");
        let wide = browser.eval("document.documentElement.scrollWidth - innerWidth");
        assert!(wide.as_i64().is_some_and(|wide| wide <= 0), "{wide} pixels too wide at {width}");
        browser.picture(&pictures().join(format!("quickstart-{width}-{scheme}.png")));
    }
    browser.view([1280, 900], "light");
    browser.open(&page, "");
    let methods = browser.texts("tbody th");
    assert!(methods.len() >= 2, "{methods:?}");
    browser.keys("thead th:nth-child(1) button", "\u{e007}");
    let sorted = browser.texts("tbody th");
    assert!(sorted.is_sorted(), "a heading sorts by keyboard: {sorted:?}");
    browser.keys("thead th:nth-child(1) button", "\u{e007}");
    assert!(browser.texts("tbody th").iter().rev().eq(&sorted), "the other way round");
    for metric in offered(&browser, "metric") {
        browser.choose("metric", &metric);
        assert_eq!(browser.texts("tbody th").len(), methods.len(), "{metric}");
    }
    let reference = offered(&browser, "to").pop().expect("a method");
    browser.choose("to", &reference);
    browser.wait("document.querySelector('thead').innerText.includes('Difference')");
    browser.run("document.querySelector('details.filters').open = true");
    let all = browser.text(".status");
    browser.choose("is-family", "assert");
    browser.wait("location.hash.includes('is.family=assert')");
    assert_ne!(browser.text(".status"), all, "fewer tasks are left");
    let (place, shown) = (browser.eval("location.href"), browser.text(".results"));
    browser.visit(place.as_str().expect("an address"));
    assert_eq!(browser.text(".results"), shown, "the address holds what is shown");

    browser.open(&page, "#/tasks/static/cr_test");
    browser.click("tbody th a");
    browser.wait("location.hash.startsWith('#/task/')");
    assert!(browser.text("main").contains("def test"), "the prompt is shown");
    assert_eq!(browser.texts("tbody tr").len(), methods.len(), "an answer a method");
    browser.open(&page, "");
    let link = browser.eval("[...document.querySelectorAll('a')].find((a) => a.hash.startsWith('#/compare/')).hash");
    browser.open(&page, link.as_str().expect("a link"));
    assert_ne!(browser.text("h1"), "Not found");
    browser.click(".theme");
    assert_eq!(browser.eval("document.documentElement.dataset.theme"), Value::from("dark"));
    assert_eq!(browser.complaints(), [""; 0]);
    assert_eq!(browser.strangers(), [""; 0], "nothing but the folder is asked");
}
