//! What the tests of the headless commands share: running the program and reading what it said.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

/// What the program said, and how it ended.
pub struct Said {
    /// Its exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// Runs `netsmith` with these arguments, without a display and in the given folder.
pub fn netsmith_in(folder: &Path, args: &[&str]) -> Said {
    let output = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("netsmith"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .current_dir(folder)
        .timeout(Duration::from_mins(2))
        .args(args)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said {
        code: output.status.code().expect("the program ends in time and by itself"),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// Runs `netsmith` with the words of one line as arguments.
pub fn netsmith(line: &str) -> Said {
    netsmith_in(&std::env::temp_dir(), &line.split_whitespace().collect::<Vec<_>>())
}

impl Said {
    /// The lines of standard output, each of which must be one JSON object.
    pub fn objects(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| {
                let value: Value = serde_json::from_str(line)
                    .unwrap_or_else(|error| panic!("no JSON ({error}): {line}"));
                assert!(value.is_object(), "not an object: {line}");
                value
            })
            .collect()
    }

    /// Checks that the command succeeded.
    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self
    }

    /// Checks the exit code, that nothing was printed as a result, and that the message says each
    /// of `words` and does not panic.
    #[track_caller]
    pub fn refused(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        assert_eq!(self.out, "", "a refusal is no result");
        assert!(!self.err.contains("panicked"), "{}", self.err);
        for word in words {
            assert!(self.err.contains(word), "\"{word}\" is not in: {}", self.err);
        }
    }
}

/// The keys of a JSON object.
pub fn keys(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// A number in a JSON object.
#[track_caller]
pub fn number(object: &Value, key: &str) -> f64 {
    object[key].as_f64().unwrap_or_else(|| panic!("no number \"{key}\" in {object}"))
}
