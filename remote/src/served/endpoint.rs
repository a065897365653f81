//! The address of a server.

use ureq::http::Uri;

use super::model::Api;
use crate::error::{Error, Result};
use crate::http::keeps_secrets;

/// An address to which `/completions` or `/chat/completions` can be appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(String);

impl Endpoint {
    /// The endpoint at `url`, to which a key is sent if `has_key`.
    ///
    /// # Errors
    /// [`Error::Endpoint`] if it is no http or https address, holds a user, a query or a fragment, or would send the key
    /// where others can read it. The address is not repeated, because such parts may be secrets.
    pub fn new(url: &str, has_key: bool) -> Result<Self> {
        let refused = |reason: &str| Err(Error::Endpoint { reason: reason.to_owned() });
        let form = "is no address such as https://api.example.org/v1";
        let Ok(uri) = url.parse::<Uri>() else { return refused(form) };
        let Some(authority) = uri.authority() else { return refused(form) };
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return refused(form);
        }
        if authority.as_str().contains('@') || uri.query().is_some() || url.contains('#') {
            return refused("holds a user, a query or a fragment; give the key in the environment, see --api-key-env");
        }
        let base = url.trim_end_matches('/');
        if base.ends_with("/completions") {
            return refused(
                "ends in /completions, which is appended; leave it out, and choose the interface with --api",
            );
        }
        if has_key && !keeps_secrets(url) {
            return refused(
                "is not https, and the key would be read on the way; use https, or --api-key-env '' for no key",
            );
        }
        Ok(Self(base.to_owned()))
    }

    /// Where requests of `api` go.
    pub(super) fn url(&self, api: Api) -> String {
        format!("{}/{}", self.0, api.path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_and_never_repeated() {
        let url = |text: &str| Endpoint::new(text, true).map(|endpoint| endpoint.url(Api::Chat));
        assert_eq!(url("https://a.example/v1/").unwrap(), "https://a.example/v1/chat/completions");
        assert_eq!(url("http://127.0.0.1:8000/v1").unwrap(), "http://127.0.0.1:8000/v1/chat/completions");
        assert!(Endpoint::new("http://a.example/v1", false).is_ok());
        for bad in [
            "http://a.example/v1",
            "https://user:hunter2@a.example",
            "https://a.example?key=hunter2",
            "https://a.example/#hunter2",
            "ftp://hunter2.example",
            "hunter2",
            "",
            "https://",
            "https://a.example/hunter2/chat/completions",
        ] {
            let message = url(bad).unwrap_err().to_string();
            assert!(message.starts_with("--endpoint ") && !message.contains("hunter2"), "{bad}: {message}");
        }
    }
}
