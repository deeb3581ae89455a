//! Reading CSV: every case a person's file may bring, and files that are none.

use netsmith::data::{
    Column, DataError, Loaded, MISSING, Table, Values, read_csv, read_csv_file, write_csv,
};
use proptest::prelude::*;
use std::cell::RefCell;
use std::fmt::Write;
use std::io::Cursor;
use std::ops::ControlFlow;

fn try_bytes(bytes: &[u8]) -> Result<Loaded, DataError> {
    read_csv(Cursor::new(bytes), "test", &|_| ControlFlow::Continue(()))
}

fn read(text: &str) -> Loaded {
    try_bytes(text.as_bytes()).unwrap()
}

fn error(text: &str) -> DataError {
    try_bytes(text.as_bytes()).unwrap_err()
}

fn numbers(loaded: &Loaded, column: &str) -> Vec<f64> {
    match &loaded.table.column(column).unwrap().values {
        Values::Number(numbers) => numbers.clone(),
        other => panic!("{column} holds {}", other.kind()),
    }
}

fn words(loaded: &Loaded, column: &str) -> Vec<String> {
    let values = &loaded.table.column(column).unwrap().values;
    assert_ne!(values.kind(), "numbers");
    (0..values.len()).map(|row| values.display(row)).collect()
}

fn notes(loaded: &Loaded) -> String {
    let lines: Vec<String> = loaded.notes.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

// ── Files as they should be ──────────────────────────────────────────────────

#[test]
fn a_plain_file_needs_no_note() {
    let loaded = read("age,city\n31,Bonn\n45.5,Graz\n,Bonn\n");
    let ages = numbers(&loaded, "age");
    assert_eq!(ages[..2], [31.0, 45.5]);
    assert!(ages[2].is_nan());
    assert_eq!(words(&loaded, "city"), ["Bonn", "Graz", "Bonn"]);
    assert!(loaded.notes.is_empty(), "{}", notes(&loaded));
}

#[test]
fn every_delimiter_reads_alike() {
    let comma = read("a,b,c\n1,x,2\n3,y,4\n").table;
    for delimiter in [";", "\t", "|"] {
        let text = "a,b,c\n1,x,2\n3,y,4\n".replace(',', delimiter);
        assert_eq!(read(&text).table, comma);
    }
}

#[test]
fn quotes_hide_delimiters_quotes_and_line_ends() {
    let loaded = read("name,n\n\"Doe, Jane\",1\n\"say \"\"hi\"\"\",2\n\"two\nlines\",3\n");
    assert_eq!(words(&loaded, "name"), ["Doe, Jane", "say \"hi\"", "two\nlines"]);
    assert_eq!(numbers(&loaded, "n"), [1.0, 2.0, 3.0]);
}

#[test]
fn line_ends_blank_lines_and_a_missing_last_line_end() {
    let plain = read("a,b\n1,2\n3,4\n").table;
    for text in
        ["a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4\r", "a,b\n1,2\n3,4", "\na,b\n\n1,2\n  \n3,4\n\n\n"]
    {
        assert_eq!(read(text).table, plain, "{text:?}");
    }
}

#[test]
fn byte_order_marks_and_utf_16() {
    let text = "größe,n\nklein,1\ngroß,2\n";
    let plain = read(text).table;
    let mut marked = vec![0xef, 0xbb, 0xbf];
    marked.extend_from_slice(text.as_bytes());
    assert_eq!(try_bytes(&marked).unwrap().table, plain);

    let little: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let big: Vec<u8> =
        [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    for (bytes, name) in [(little, "UTF-16LE"), (big, "UTF-16BE")] {
        let loaded = try_bytes(&bytes).unwrap();
        assert_eq!(loaded.table, plain);
        assert!(notes(&loaded).contains(name));
    }
}

#[test]
fn another_encoding_is_guessed_and_noted() {
    let text = "Straße;Höhe\nMühlenstraße;1,5\nSchloßallee;2,5\nMühlenstraße;3\n";
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let loaded = try_bytes(&latin).unwrap();
    assert_eq!(words(&loaded, "Straße")[0], "Mühlenstraße");
    assert_eq!(numbers(&loaded, "Höhe"), [1.5, 2.5, 3.0]);
    assert!(notes(&loaded).contains("windows-1252"), "{}", notes(&loaded));
}

#[test]
fn a_letter_far_down_in_another_encoding_is_found() {
    let mut bytes = b"name,n\n".to_vec();
    for row in 0..40_000 {
        bytes.extend_from_slice(format!("plain,{row}\n").as_bytes());
    }
    bytes.extend_from_slice(b"caf\xe9,1\n");
    let loaded = try_bytes(&bytes).unwrap();
    assert_eq!(loaded.table.rows(), 40_001);
    assert_eq!(words(&loaded, "name")[40_000], "café");
}

#[test]
fn headers_are_found_or_made() {
    let loaded = read("5.1,setosa\n4.9,setosa\n");
    assert_eq!(loaded.table.names(), ["column 1", "column 2"]);
    assert!(notes(&loaded).contains("no header"));

    let loaded = read("a,,a, b \n1,2,3,4\n5,6,7,8\n");
    assert_eq!(loaded.table.names(), ["a", "column 2", "a (2)", "b"]);
    assert_eq!(loaded.notes.len(), 2);
}

#[test]
fn a_delimiter_at_the_end_of_every_line_makes_no_column() {
    let loaded = read("a,b,\n1,2,\n3,4,\n");
    assert_eq!(loaded.table.names(), ["a", "b"]);
    assert!(notes(&loaded).contains("left out"));
}

#[test]
fn decimal_commas_go_with_semicolons() {
    let loaded = read("a;b\n1,5;x\n-2,25;y\n3.5;x\n");
    assert_eq!(numbers(&loaded, "a"), [1.5, -2.25, 3.5]);
    assert!(notes(&loaded).contains("decimal comma"));
}

#[test]
fn a_spreadsheets_separator_line_is_no_row() {
    let loaded = read("sep=;\na;b\n1;x\n2;3\n4;y\n");
    assert_eq!(loaded.table.rows(), 3);
    // Column b begins with a word, so one pass is enough; a begins with numbers.
    let loaded = read("sep=;\na;b\n1;x\n2;3\nz;y\n");
    assert_eq!(words(&loaded, "a"), ["1", "2", "z"]);
}

#[test]
fn missing_values_in_every_spelling() {
    let loaded = read(
        "a,b\n1,x\n,\nNA,NA\nN/A,N/A\nNaN,NaN\nnan,nan\nnull,null\nNULL,NULL\n?,?\n-,-\n \t, \n2,y\n",
    );
    assert_eq!(loaded.table.columns[0].values.missing(), 10);
    assert_eq!(loaded.table.columns[1].values.missing(), 10);
    assert_eq!(numbers(&loaded, "a")[11], 2.0);
}

#[test]
fn a_column_without_values_is_noted() {
    let loaded = read("a,empty\n1,\n2,NA\n");
    assert!(numbers(&loaded, "empty").iter().all(|x| x.is_nan()));
    assert!(notes(&loaded).contains("empty: Holds nothing but missing values."));
}

#[test]
fn identifiers_become_text_and_few_words_categories() {
    let mut text = "id,group,code\n".to_owned();
    for row in 0..200 {
        writeln!(text, "ID-{row},g{},{:03}", row % 7, row).unwrap();
    }
    let loaded = read(&text);
    assert_eq!(loaded.table.columns[0].values.kind(), "text");
    assert_eq!(loaded.table.columns[1].values.kind(), "categories");
    assert_eq!(numbers(&loaded, "code")[7], 7.0);
}

#[test]
fn a_late_word_brings_back_the_spelling_of_the_numbers_before() {
    let mut text = "code,n\n".to_owned();
    for row in 0..30_000 {
        writeln!(text, "{:04},{row}", row % 5).unwrap();
    }
    text.push_str("none,1\n");
    let loaded = read(&text);
    let codes = words(&loaded, "code");
    assert_eq!((codes[0].as_str(), codes[4].as_str()), ("0000", "0004"));
    assert_eq!(codes[30_000], "none");
    assert!(notes(&loaded).contains("“none” in data row 30001"));
}

// ── Files that are no tables ─────────────────────────────────────────────────

#[test]
fn a_wrong_number_of_fields_names_the_line() {
    let found = error("a,b,c\n1,2,3\n\n4,5\n");
    assert_eq!(
        found,
        DataError::FieldCount {
            name: "test".into(),
            line: 4,
            expected: 3,
            found: 2,
            spans_lines: false
        }
    );
    assert!(found.to_string().starts_with("Line 4 has 2 fields, the first line has 3."));
    for text in ["a,b\r\n1,2\r\n\r\n3,4,5\r\n", "a,b\n\"x\ny\",2\n3,4,5\n"] {
        assert!(matches!(error(text), DataError::FieldCount { line: 4, found: 3, .. }), "{text:?}");
    }
}

#[test]
fn a_quotation_mark_that_is_not_closed_is_found() {
    for text in ["a,b\n1,2\n\"3,4\n5,6\n", "a,b\n1,2\n3,\"4\n5,6\n7,8\n"] {
        let found = error(text);
        assert!(matches!(found, DataError::UnclosedQuote { line: 3, .. }), "{found:?}");
    }
    // A lone quotation mark inside a field is a letter like any other.
    assert_eq!(words(&read("size,n\n5\" pipe,1\n6 pipe,2\n"), "size")[0], "5\" pipe");
}

#[test]
fn empty_files_and_lonely_headers() {
    assert!(matches!(error(""), DataError::Empty { .. }));
    assert!(matches!(error("\n \n"), DataError::Empty { .. }));
    assert!(matches!(error("a,b,c\n"), DataError::HeaderOnly { columns: 3, .. }));
    let found = error("just\nsome\nlines\n");
    assert!(matches!(&found, DataError::OneColumn { first_line, .. } if first_line == "just"));
}

#[test]
fn binary_files_are_recognised() {
    for bytes in [
        b"PK\x03\x04anything".as_slice(),
        b"a,b\n1,\x00\n",
        b"\x89PNG\r\n\x1a\n",
        b"a,b\n\x01\x02,3\n",
    ] {
        assert!(matches!(try_bytes(bytes), Err(DataError::Binary { .. })));
    }
    let mut late = b"a,b\n".repeat(30_000);
    late.extend_from_slice(b"1,\x00\n");
    let found = try_bytes(&late).unwrap_err();
    assert!(found.to_string().contains("byte 120003 is zero"), "{found}");
}

#[test]
fn paths_that_cannot_be_read() {
    let go = |_: f32| ControlFlow::Continue(());
    let folder = tempfile::tempdir().unwrap();
    let found = read_csv_file(folder.path(), &go);
    assert!(matches!(found, Err(DataError::IsDirectory { .. })));
    let found = read_csv_file(&folder.path().join("none.csv"), &go);
    assert!(matches!(found, Err(DataError::NotFound { .. })));
    let path = folder.path().join("people.csv");
    std::fs::write(&path, "a,b\n1,2\n3,4\n").unwrap();
    assert_eq!(read_csv_file(&path, &go).unwrap().table.name, "people.csv");
}

#[cfg(unix)]
#[test]
fn a_file_without_permission() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret.csv");
    std::fs::write(&path, "a,b\n1,2\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    // The administrator may read everything; then there is nothing to test.
    if std::fs::File::open(&path).is_err() {
        let found = read_csv_file(&path, &|_| ControlFlow::Continue(()));
        assert!(matches!(found, Err(DataError::PermissionDenied { .. })));
    }
}

// ── Progress and cancelling ──────────────────────────────────────────────────

fn long_file() -> Vec<u8> {
    let mut bytes = b"word,n\n".to_vec();
    for row in 0..50_000 {
        bytes.extend_from_slice(format!("1,{row}\n").as_bytes());
    }
    // One word in a column of numbers: the file is needed twice.
    bytes.extend_from_slice(b"end,1\n");
    bytes
}

#[test]
fn progress_rises_to_one() {
    let seen = RefCell::new(Vec::new());
    let bytes = long_file();
    let progress = |share| {
        seen.borrow_mut().push(share);
        ControlFlow::Continue(())
    };
    read_csv(Cursor::new(&bytes), "long", &progress).unwrap();
    let seen = seen.into_inner();
    assert!(seen.len() >= bytes.len() / 65_536);
    assert!(seen.is_sorted());
    assert!(seen.iter().all(|share| (0.0..=1.0).contains(share)));
    assert!(*seen.last().unwrap() > 0.99);
}

#[test]
fn cancelling_stops_at_every_point() {
    let bytes = long_file();
    let calls = |stop_after: usize| {
        let count = RefCell::new(0);
        let progress = |_| {
            *count.borrow_mut() += 1;
            if *count.borrow() > stop_after {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        read_csv(Cursor::new(&bytes), "long", &progress)
    };
    for stop_after in [0, 1, 3, 6, 9] {
        assert_eq!(calls(stop_after), Err(DataError::Cancelled));
    }
}

// ── Properties ───────────────────────────────────────────────────────────────

/// A column of numbers, of repeating words, or of texts that all differ.
fn column(rows: usize) -> impl Strategy<Value = Values> {
    let number = prop_oneof![
        4 => any::<f64>().prop_filter("finite", |x| x.is_finite()),
        4 => (-1000_i32..1000).prop_map(f64::from),
        1 => Just(f64::NAN),
    ];
    let numbers = prop::collection::vec(number, rows).prop_map(Values::Number);
    let level = "[A-Za-zäπ;|\"', \n]{0,6}x";
    let categories =
        (prop::collection::btree_set(level, 1..5), prop::collection::vec(0_u32..6, rows));
    let categories = categories.prop_map(|(levels, codes)| {
        // Only levels that occur can be read back, in alphabetical order.
        let words: Vec<String> = levels.iter().map(|word| word.trim().to_owned()).collect();
        let chosen = |&code: &u32| words.get(code as usize).map_or("", String::as_str);
        let mut used: Vec<&str> =
            codes.iter().map(chosen).filter(|word| !word.is_empty()).collect();
        used.sort_unstable();
        used.dedup();
        let place = |word: &str| used.binary_search(&word).map_or(MISSING, |code| code as u32);
        Values::Category {
            codes: codes.iter().map(|code| place(chosen(code))).collect(),
            levels: used.iter().map(ToString::to_string).collect(),
        }
    });
    let texts = prop::collection::vec("[a-z,\"é]{0,5}", rows).prop_map(|texts| {
        Values::Text(
            texts.iter().enumerate().map(|(row, text)| format!("{row}: {text}!")).collect(),
        )
    });
    prop_oneof![numbers, categories, texts]
}

fn table() -> impl Strategy<Value = Table> {
    (2_usize..5, 12_usize..40).prop_flat_map(|(columns, rows)| {
        prop::collection::vec(column(rows), columns).prop_map(|columns| {
            let named = columns.into_iter().enumerate();
            let columns = named.map(|(i, values)| Column::new(format!("name {i}, “{i}”"), values));
            Table::new("test", columns.collect()).unwrap()
        })
    })
}

/// A category column of missing values only is read back as numbers that are all missing.
fn as_read(mut table: Table) -> Table {
    for column in &mut table.columns {
        if column.values.missing() == column.values.len() {
            column.values = Values::Number(vec![f64::NAN; column.values.len()]);
        }
    }
    table
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(table in table()) {
        let mut bytes = Vec::new();
        write_csv(&table, &mut bytes).unwrap();
        let loaded = try_bytes(&bytes).unwrap();
        prop_assert_eq!(loaded.table, as_read(table));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = try_bytes(&bytes);
    }

    #[test]
    fn no_text_makes_it_panic(text in "[a-c0-9,;\"\n\r\t|. é-]{0,200}") {
        if let Ok(loaded) = try_bytes(text.as_bytes()) {
            let rows = loaded.table.rows();
            prop_assert!(rows > 0);
            for column in &loaded.table.columns {
                prop_assert_eq!(column.values.len(), rows);
            }
        }
    }
}
