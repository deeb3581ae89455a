//! The rules the sources keep: which module may name which, how long a file may be, and that
//! nothing outside tests ends the program.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// What each module may name besides itself. A new module needs a line here.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("threads", &[]),
    ("nn", &["threads"]),
    ("data", &[]),
    ("krylov", &[]),
    ("optim", &["krylov", "threads"]),
    ("experiment", &["nn", "optim", "data"]),
    ("train", &["nn", "optim", "data", "experiment"]),
    ("insight", &["nn", "krylov", "optim", "data", "experiment", "train"]),
    ("ui", &["nn", "krylov", "optim", "data", "experiment", "train", "insight", "app"]),
    ("app", &["nn", "krylov", "optim", "data", "experiment", "train", "insight", "ui"]),
    ("cli", &["nn", "krylov", "optim", "data", "experiment", "train", "insight", "app"]),
];

/// Only these may name the library that draws the window.
const DRAW: &[&str] = &["ui", "app"];

/// Longest file. One past 500 lines is asking to be two.
const LONGEST: usize = 600;

struct Source {
    path: PathBuf,
    /// The module it belongs to; empty for `lib.rs` and `main.rs`.
    module: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let inside = path.strip_prefix(&root).unwrap();
                let mut parts = inside.components().map(|part| part.as_os_str().to_string_lossy());
                let first = parts.next().unwrap().into_owned();
                let module = first.strip_suffix(".rs").unwrap_or(&first).to_owned();
                let module =
                    if module == "lib" || module == "main" { String::new() } else { module };
                let text = fs::read_to_string(&path).unwrap();
                found.push(Source { path: inside.to_owned(), module, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 100, "the sources were not found");
    found
}

/// The lines of code with their numbers: without comments, without what follows the tests.
fn code(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let is_test = source.path.file_name().is_some_and(|name| name == "tests.rs");
    (1..)
        .zip(source.text.lines())
        .take_while(move |(_, line)| !is_test && line.trim() != "#[cfg(test)]")
        .map(|(number, line)| (number, line.split("//").next().unwrap_or(line)))
}

/// The names that follow each `crate::`, also within braces: `crate::{data, nn::Loss}`.
fn named_modules(line: &str) -> Vec<String> {
    let mut names = Vec::new();
    for rest in line.split("crate::").skip(1) {
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        let Some(list) = rest.strip_prefix('{') else {
            names.push(rest.chars().take_while(|&c| is_name(c)).collect());
            continue;
        };
        let mut depth = 0;
        let mut name = String::new();
        let mut begins = true;
        for c in list.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    names.push(std::mem::take(&mut name));
                    begins = true;
                }
                c if is_name(c) && begins && depth == 0 => name.push(c),
                c if !c.is_whitespace() => begins = false,
                _ => {}
            }
        }
        names.push(name);
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn names_behind_crate_are_found() {
    assert_eq!(named_modules("use crate::nn::{Loss, Network};"), ["nn"]);
    assert_eq!(
        named_modules("use crate::{data, nn::{self, Loss}, optim};"),
        ["data", "nn", "optim"]
    );
    assert_eq!(named_modules("fn f() -> crate::ui::View { crate::app::g() }"), ["ui", "app"]);
    assert_eq!(named_modules("use super::crates;"), Vec::<String>::new());
}

#[test]
fn dependencies_point_one_way() {
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| !source.module.is_empty()) {
        let (_, allowed) = MAY_NAME
            .iter()
            .find(|(module, _)| *module == source.module)
            .unwrap_or_else(|| panic!("{} is in no module this test knows", source.path.display()));
        // A `use` that runs over several lines is read as one.
        let mut statement = String::new();
        for (number, line) in code(source) {
            let goes_on = line.trim_start().starts_with("use ") || !statement.is_empty();
            statement.push_str(line);
            if goes_on && !line.contains(';') {
                continue;
            }
            for name in named_modules(&std::mem::take(&mut statement)) {
                let known = MAY_NAME.iter().any(|(module, _)| *module == name);
                if known && name != source.module && !allowed.contains(&name.as_str()) {
                    let path = source.path.display();
                    faults.push(format!("{path}:{number}: {} names {name}", source.module));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn only_the_window_names_egui() {
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| !DRAW.contains(&source.module.as_str())) {
        for (number, line) in code(source) {
            if ["egui", "eframe"].iter().any(|name| line.contains(name)) {
                faults.push(format!("{}:{number}: {line}", source.path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn files_are_short() {
    let long: Vec<_> = sources()
        .iter()
        .map(|source| (source.text.lines().count(), source.path.display().to_string()))
        .filter(|(lines, _)| *lines > LONGEST)
        .collect();
    assert!(long.is_empty(), "longer than {LONGEST} lines: {long:?}");
}

#[test]
fn every_file_says_what_it_is() {
    for source in sources() {
        let opening = source.text.lines().next().unwrap_or("");
        assert!(opening.starts_with("//! "), "{} opens with: {opening}", source.path.display());
    }
}

#[test]
fn nothing_outside_tests_ends_the_program() {
    let forbidden = [
        ".unwrap()",
        ".expect(",
        "panic!(",
        "unreachable!(",
        "todo!(",
        "unimplemented!(",
        "println!(",
        "print!(",
        "dbg!(",
    ];
    let mut faults = Vec::new();
    for source in sources() {
        for (number, line) in code(&source) {
            // A parser may have a method `expect` of its own; it is called on `self`.
            let line = line.replace("self.expect(", "");
            for word in forbidden.iter().filter(|word| line.contains(**word)) {
                faults.push(format!("{}:{number}: {word}", source.path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn there_is_no_unsafe_code() {
    let places: Vec<_> = sources()
        .into_iter()
        .filter(|source| code(source).any(|(_, line)| line.contains("unsafe ")))
        .map(|source| source.path.display().to_string())
        .collect();
    assert!(places.is_empty(), "{places:?}");
}
