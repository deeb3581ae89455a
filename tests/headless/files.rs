//! The headless commands and files: faulty tables, saved experiments, predictions, pictures.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::support::{Said, netsmith_in, number};
use tempfile::TempDir;

/// A folder of its own for one test, with the program run inside it.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        fs::write(self.path().join(name), contents).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// Runs the words of one line.
    fn run(&self, line: &str) -> Said {
        netsmith_in(self.path(), &line.split_whitespace().collect::<Vec<_>>())
    }
}

/// Forty flowers of two kinds that differ in both measures.
fn flowers() -> String {
    let mut text = String::from("length,colour,kind\n");
    for i in 0..20 {
        let size = f64::from(i % 10) / 10.0;
        writeln!(text, "{},red,rose", 5.0 + size).unwrap();
        writeln!(text, "{},blue,iris", 2.0 + size).unwrap();
    }
    text
}

/// A folder with the flowers and an experiment trained on them.
fn trained() -> Folder {
    let folder = Folder::new();
    folder.write("flowers.csv", flowers());
    folder.run("train --data flowers.csv --epochs 40 --save model --json").done();
    folder
}

#[test]
fn a_table_that_cannot_be_used_says_where_and_what_to_do() {
    let folder = Folder::new();
    fs::create_dir(folder.path().join("folder.csv")).unwrap();
    for (name, contents, words) in [
        ("fields.csv", &b"a,b,c\n1,2,x\n3,4\n5,6,y\n"[..], &["Line 3", "2 fields", "has 3"][..]),
        ("more.csv", b"a,b,c\n1,2,x\n3,4,y\n5,6,y,7\n", &["Line 4", "4 fields", "has 3"]),
        ("late.csv", b"a,b\n\"one\nand a half\",2\n3\n", &["Line 4", "1 field"]),
        ("empty.csv", b"", &["empty"]),
        ("blank.csv", b"\n\n  \n", &["empty"]),
        ("header.csv", b"a,b\n", &["line 1", "rows"]),
        ("binary.csv", b"\x00\x01\x02\xff\xfe\x00,\x00", &["Text was expected", "byte 1"]),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xff", &["Text was expected", "PNG"]),
        ("column.csv", b"a\n1\n2\n3\n", &["one value", "line 1"]),
        ("quote.csv", b"a,b\n1,\"x\n2,y\n", &["line 2", "quotation mark"]),
    ] {
        folder.write(name, contents);
        let said = folder.run(&format!("train --data {name} --epochs 1 --json"));
        said.refused(1, words);
        assert!(said.err.contains(name), "the file: {}", said.err);
    }
    let texts = (0..60).map(|i| format!("id {i},some words about {i}\n")).collect::<String>();
    folder.write("texts.csv", format!("id,text\n{texts}"));
    folder.run("train --data texts.csv").refused(1, &["target", "repeating words"]);
    folder.run("train --data folder.csv").refused(1, &["folder", "folder.csv"]);
    folder.run("train --data nowhere.csv").refused(1, &["no such file", "nowhere.csv"]);
}

#[test]
fn one_class_or_a_column_without_values_is_said() {
    let folder = Folder::new();
    folder.write("same.csv", "a,b,kind\n1,5,x\n2,3,x\n3,1,x\n4,2,x\n");
    folder.run("train --data same.csv --target kind").refused(1, &["kind", "“x”", "class"]);

    folder.write("lost.csv", "a,b,kind\n1,,x\n2,,y\n3,,x\n4,,y\n5,,x\n6,,y\n");
    folder.run("train --data lost.csv --target b").refused(1, &["“b”", "missing in every row"]);
    let said = folder.run("train --data lost.csv --epochs 1").done();
    assert!(said.err.contains("b: Holds nothing but missing values"), "{}", said.err);
    folder.run("train --data lost.csv --inputs b").refused(1, &["input"]);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_says_so() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    folder.write("secret.csv", flowers());
    let path = folder.path().join("secret.csv");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        return; // The administrator may read everything.
    }
    folder.run("train --data secret.csv").refused(1, &["may not be read", "secret.csv"]);
}

#[test]
fn what_was_done_with_a_table_is_said() {
    let folder = Folder::new();
    let mut text = flowers();
    text.push_str(",red,rose\n3,,iris\n");
    folder.write("gaps.csv", text);
    let said = folder.run("train --data gaps.csv --epochs 1 --json").done();
    for word in ["length", "colour", "missing"] {
        assert!(said.err.contains(word), "{word}: {}", said.err);
    }
    folder.write("german.csv", "\u{feff}länge;art\r\n1,5;a\r\n2,5;b\r\n1,0;a\r\n3,5;b\r\n");
    let said = folder.run("train --data german.csv --target länge --epochs 1 --json").done();
    assert!(number(&said.objects()[0], "train_rmse").is_finite());
}

#[test]
fn a_saved_experiment_goes_on_and_predicts() {
    let folder = trained();
    // The ending is added; nothing else is left behind.
    assert!(folder.path().join("model.netsmith.json").exists());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);

    let said = folder.run("train model.netsmith.json --epochs 3 --json").done();
    let epochs: Vec<_> = said.objects().iter().filter_map(|o| o["epoch"].as_u64()).collect();
    assert_eq!(epochs, [41, 42, 43], "it goes on where it was");
    assert!(number(&said.objects()[0], "train_accuracy") > 0.9);

    // Saved and resumed is the same as trained at once.
    folder.run("train --data flowers.csv --epochs 43 --save once --json").done();
    folder.run("train model.netsmith.json --epochs 3 --save twice --json").done();
    let parameters = |name: &str| {
        let file: serde_json::Value = serde_json::from_str(&folder.read(name)).unwrap();
        file["run"]["parameters"].clone()
    };
    assert_eq!(parameters("once.netsmith.json"), parameters("twice.netsmith.json"));
}

#[test]
fn what_the_weights_depend_on_begins_them_anew() {
    let folder = trained();
    for change in ["--seed 9", "--layers 4", "--train-share 0.5", "--initialization zeros"] {
        let said =
            folder.run(&format!("train model.netsmith.json {change} --epochs 1 --json")).done();
        assert_eq!(said.objects()[0]["epoch"], 1, "{change}");
    }
}

#[test]
fn a_run_that_diverged_is_saved_without_its_weights() {
    let folder = Folder::new();
    let line = "train --data plane --layers 8 --activation relu --optimizer sgd \
                --learning-rate 1e6 --epochs 5 --save lost";
    assert_eq!(folder.run(line).code, 1);
    // The document is unharmed.
    folder.run("train lost.netsmith.json --learning-rate 0.01 --epochs 1 --json").done();
    folder.write("rows.csv", "a,b\n1,2\n");
    folder
        .run("predict lost.netsmith.json rows.csv")
        .refused(1, &["no trained weights", "netsmith train"]);
}

#[test]
fn an_experiment_that_cannot_be_opened_says_why() {
    let folder = trained();
    folder.run("train nowhere.netsmith.json").refused(1, &["nowhere.netsmith.json"]);
    folder.run("train flowers.csv").refused(2, &["--data flowers.csv"]);
    folder.write("other.json", "{\n  \"moon\": 1\n}");
    folder.run("train other.json").refused(1, &["line", "column", "format"]);
    let text = folder.read("model.netsmith.json");
    folder.write("newer.netsmith.json", text.replacen("\"version\": 1", "\"version\": 99", 1));
    folder.run("train newer.netsmith.json").refused(1, &["newer", "99"]);
    folder.write("cut.netsmith.json", &text[..text.len() / 2]);
    folder.run("train cut.netsmith.json").refused(1, &["line", "column"]);
    folder.run("train --data circle --epochs 2 --save no/such/folder/x").refused(1, &["folder"]);
}

#[test]
fn predictions_stand_beside_the_rows() {
    let folder = trained();
    folder.write("new.csv", "colour,length\nred,5.5\nblue,2.5\ngreen,5.5\n,2.5\n");
    let said = folder.run("predict model.netsmith.json new.csv --out answers.csv").done();
    assert_eq!(said.out, "", "the answers are in the file");
    assert!(said.err.contains("green"), "an unknown colour is said: {}", said.err);
    let answers = folder.read("answers.csv");
    let mut reader = csv::Reader::from_reader(answers.as_bytes());
    let header: Vec<_> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let columns = ["colour", "length", "prediction", "probability of iris", "probability of rose"];
    assert_eq!(header, columns, "the columns as they stood in the file, then the answer");
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 4);
    assert_eq!((&rows[0][0], &rows[0][1], &rows[0][2]), ("red", "5.5", "rose"));
    assert_eq!(&rows[1][2], "iris");
    for row in &rows {
        let sum: f64 = (3..5).map(|column| row[column].parse::<f64>().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-5, "probabilities add up to 1: {row:?}");
    }
    let printed = folder.run("predict model.netsmith.json new.csv").done();
    assert_eq!(printed.out, answers, "without --out they are printed");
}

#[test]
fn a_regression_predicts_in_the_targets_unit() {
    let folder = Folder::new();
    let mut text = String::from("x,y\n");
    for i in 0..60 {
        writeln!(text, "{i},{}", 1000 + 10 * i).unwrap();
    }
    folder.write("line.csv", text);
    folder.run("train --data line.csv --target y --epochs 300 --save line --json").done();
    folder.write("new.csv", "x\n30\n");
    let said = folder.run("predict line.netsmith.json new.csv").done();
    let answer: f64 = said.out.lines().nth(1).unwrap().split(',').nth(1).unwrap().parse().unwrap();
    assert!((answer - 1300.0).abs() < 30.0, "{}", said.out);
}

#[test]
fn points_are_predicted_by_plain_names() {
    let folder = Folder::new();
    folder.run("train --data gauss --epochs 10 --save gauss --json").done();
    folder.write("new.csv", "x1,x2\n3,3\n-3,-3\n");
    let said = folder.run("predict gauss.netsmith.json new.csv").done();
    assert!(said.out.contains("3,3,blue") && said.out.contains("-3,-3,orange"), "{}", said.out);
}

#[test]
fn rows_that_cannot_be_predicted_say_why() {
    let folder = trained();
    let predict = |csv: &str| folder.run(&format!("predict model.netsmith.json {csv}"));
    folder.write("few.csv", "colour,size\nred,1\n");
    predict("few.csv").refused(1, &["length", "colour, size"]);
    folder.write("kind.csv", "colour,length\nred,long\nblue,short\n");
    predict("kind.csv").refused(1, &["length", "numbers", "long"]);
    folder.write("broken.csv", "colour,length\nred,1\nblue\n");
    predict("broken.csv").refused(1, &["Line 3"]);
    predict("nowhere.csv").refused(1, &["nowhere.csv"]);
    folder.run("predict flowers.csv flowers.csv").refused(1, &["line 1", ".netsmith.json"]);
    folder.run("predict model.netsmith.json").refused(2, &["FILE.csv"]);
    folder
        .run("predict model.netsmith.json flowers.csv --out no/such/folder.csv")
        .refused(1, &["cannot be written"]);
}

/// The picture's size, and whether most of it is dark.
fn look_at(path: &Path) -> ((u32, u32), bool) {
    let picture = image::open(path).unwrap().to_luma8();
    let sum: u64 = picture.pixels().map(|pixel| u64::from(pixel.0[0])).sum();
    let mean = sum / u64::from(picture.width() * picture.height());
    (picture.dimensions(), mean < 128)
}

#[test]
fn a_picture_has_the_size_and_theme_and_the_same_bytes_twice() {
    let folder = Folder::new();
    for (theme, size, dark) in [("dark", (900, 600), true), ("light", (1280, 800), false)] {
        let (width, height) = size;
        let line = format!("render --epochs 5 --theme {theme} --size {width}x{height} --out");
        folder.run(&format!("{line} a.png")).done();
        folder.run(&format!("{line} b.png")).done();
        assert_eq!(look_at(&folder.path().join("a.png")), (size, dark), "{theme}");
        let bytes = |name: &str| fs::read(folder.path().join(name)).unwrap();
        assert_eq!(bytes("a.png"), bytes("b.png"), "{theme}");
        folder.run(&format!("{line} b.png --data xor")).done();
        assert_ne!(bytes("a.png"), bytes("b.png"), "other data look different");
    }
}

#[test]
fn a_saved_experiment_and_a_table_can_be_drawn() {
    let folder = trained();
    folder.run("render model.netsmith.json --out saved.png").done();
    folder.run("render --data flowers.csv --epochs 2 --out table.png").done();
    for name in ["saved.png", "table.png"] {
        assert_eq!(look_at(&folder.path().join(name)), ((1280, 800), true), "{name}");
    }
}

#[test]
fn a_picture_that_cannot_be_drawn_says_why() {
    let folder = Folder::new();
    folder.write("broken.csv", "a,b\n1,2\n3\n");
    folder.run("render --data broken.csv --out x.png").refused(1, &["Line 3"]);
    folder.run("render --data broken.csv --epochs 1 --out x.png").refused(1, &["Line 3"]);
    folder.run("render --out no/such/x.png").refused(1, &["cannot be written"]);
    folder.run("render --out x.png --size 10x10").refused(2, &["1280x800"]);
    folder.run("render --out x.png --size big").refused(2, &["1280x800"]);
    folder.run("render --out x.png --theme pink").refused(2, &["dark", "light"]);
    folder.run("render").refused(2, &["--out"]);
    assert!(!folder.path().join("x.png").exists());
}
