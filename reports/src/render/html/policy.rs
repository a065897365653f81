//! The content security policy: the page's own style and script, by hash, and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// A policy under which a browser runs `script` and applies `style` and does nothing else: no request, no form, no frame.
pub(crate) fn content_security_policy(style: &str, script: &str) -> String {
    let (style, script) = (hash(style), hash(script));
    format!("default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'")
}

fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_hash_is_that_of_the_standard() {
        // The example of the CSP specification, section 8.3.
        let expected = "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='";
        assert_eq!(super::hash("alert('Hello, world.');"), expected);
    }
}
