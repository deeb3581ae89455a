//! `netsmith train`, `list` and the program without a command: what scripts rely on. Options, JSON
//! keys, exit codes (0 done, 1 the work failed, 2 wrong usage) and messages.

use std::collections::BTreeSet;

use crate::support::{Said, keys, netsmith, number};
use netsmith::data::{LIBRARY, SYNTHETIC};
use netsmith::krylov::SOLVERS;
use netsmith::nn::{Activation, Loss};
use netsmith::optim::METHODS;
use serde_json::Value;

/// What the last line of `train --json` holds, no more and no less.
const DONE: [&str; 5] = ["done", "gradient_evaluations", "parameters", "seconds", "stop_reason"];

fn set<const N: usize>(words: [&str; N]) -> BTreeSet<&str> {
    words.into_iter().collect()
}

/// Splits the output of `train --json` into the epochs and the last line.
#[track_caller]
fn run(line: &str) -> (Vec<Value>, Value) {
    let mut objects = netsmith(&format!("train {line} --json")).done().objects();
    let last = objects.pop().expect("a last line");
    assert_eq!(keys(&last), set(DONE));
    assert_eq!(last["done"], true);
    (objects, last)
}

fn words(said: &Said) -> Vec<String> {
    let first = |line: &str| line.split_whitespace().next().unwrap_or("").to_owned();
    said.out.lines().map(first).collect()
}

#[test]
fn a_classification_prints_loss_and_accuracy_of_every_epoch() {
    let (epochs, done) = run("--data circle --epochs 4");
    assert_eq!(epochs.len(), 4);
    for (epoch, object) in (1..).zip(&epochs) {
        assert_eq!(object["epoch"], epoch);
        let expected =
            ["epoch", "train_accuracy", "train_loss", "validation_accuracy", "validation_loss"];
        assert_eq!(keys(object), set(expected));
        assert!((0.0..=1.0).contains(&number(object, "validation_accuracy")));
        assert!(number(object, "train_loss") > 0.0);
    }
    // 2-4-2-1: (2+1)·4 + (4+1)·2 + (2+1)·1 parameters; 250 rows in batches of 10, four times.
    assert_eq!(done["parameters"], 25);
    assert_eq!(done["gradient_evaluations"], 100);
    assert_eq!(done["stop_reason"], "epochs");
    assert!(number(&done, "seconds") > 0.0);
}

#[test]
fn a_regression_prints_rmse_and_r2() {
    let (epochs, _) = run("--data plane --epochs 2");
    for object in &epochs {
        let expected = [
            "epoch",
            "train_loss",
            "train_r2",
            "train_rmse",
            "validation_loss",
            "validation_r2",
            "validation_rmse",
        ];
        assert_eq!(keys(object), set(expected));
        assert!(number(object, "validation_r2") <= 1.0);
        assert!(number(object, "validation_rmse") >= 0.0);
    }
}

#[test]
fn without_a_validation_part_its_numbers_are_null() {
    let (epochs, done) = run("--data circle --samples 100 --train-share 1 --epochs 2");
    for object in &epochs {
        assert_eq!(object["validation_loss"], Value::Null);
        assert_eq!(object["validation_accuracy"], Value::Null);
        assert!(number(object, "train_accuracy") >= 0.0);
    }
    assert_eq!(done["gradient_evaluations"], 20, "all 100 rows are trained on");
}

#[test]
fn every_option_changes_the_experiment() {
    let base = "--data xor --samples 100 --noise 0.1 --train-share 0.7 --layers 5,3 \
                --activation relu --loss mse --optimizer adam --learning-rate 0.02 \
                --batch-size 8 --l2 0.001 --epochs 3 --seed 4 --threads 1";
    let (epochs, done) = run(base);
    assert_eq!(done["parameters"], 3 * 5 + 6 * 3 + 4);
    assert_eq!(done["gradient_evaluations"], 3 * 9, "70 rows in batches of 8");
    let unchanged = run(base).0;
    assert_eq!(unchanged, epochs, "the same line gives the same numbers");
    for (old, new) in [
        ("xor", "gauss"),
        ("0.1", "0.2"),
        ("--train-share 0.7", "--train-share 0.6"),
        ("5,3", "3,5"),
        ("relu", "tanh"),
        ("--loss mse", "--loss huber"),
        ("adam", "nadam"),
        ("0.02", "0.03"),
        ("size 8", "size 9"),
        ("--l2 0.001", "--l2 0.5"),
        ("seed 4", "seed 5"),
        ("--l2", "--l1"),
        ("relu", "relu --initialization xavier_normal"),
        ("relu", "relu --dropout 0.3"),
        ("relu", "relu --schedule cosine"),
        ("adam", "adam --set beta1=0.5"),
        ("xor", "xor --features x1,x1_x2"),
        ("relu", "relu --clip-norm 0.01"),
        ("relu", "relu --ascent"),
    ] {
        assert!(base.contains(old), "{old}");
        let changed = run(&base.replacen(old, new, 1)).0;
        assert_ne!(changed, epochs, "{new} changes nothing");
    }
}

#[test]
fn threads_change_no_number() {
    let base = "--data digits_8x8 --layers 64,32 --epochs 2 --threads";
    assert_eq!(run(&format!("{base} 1")).0, run(&format!("{base} 2")).0);
}

#[test]
fn a_method_brings_its_own_learning_rate() {
    for method in METHODS {
        let line = format!("--data circle --samples 100 --epochs 2 --optimizer {}", method.id);
        let explicit = format!("{line} --learning-rate {}", method.default_learning_rate);
        assert_eq!(run(&line).0, run(&explicit).0, "{}", method.id);
    }
}

#[test]
fn stop_rules_end_the_run_and_are_named() {
    let (_, done) = run("--data gauss --target-loss 0.3 --epochs 500");
    assert_eq!(done["stop_reason"], "target_loss");
    let (epochs, done) =
        run("--data circle --noise 0.5 --samples 40 --layers 16 --patience 5 --epochs 5000");
    assert_eq!(done["stop_reason"], "early_stopping");
    // The last point shows the weights that were restored: no point is better.
    let loss = |object: &Value| number(object, "validation_loss");
    let last = epochs.last().map(loss).unwrap();
    assert!(epochs.iter().all(|object| loss(object) >= last));
}

#[test]
fn a_run_that_diverges_says_where_and_exits_1() {
    let said = netsmith(
        "train --data plane --layers 8 --activation relu --optimizer sgd \
                         --learning-rate 1e6 --epochs 5 --json",
    );
    assert_eq!(said.code, 1);
    let objects = said.objects();
    let done = objects.last().unwrap();
    assert_eq!(keys(done), set(DONE));
    assert_eq!(done["stop_reason"], "diverged");
    let epochs = objects.iter().filter(|object| !object["epoch"].is_null()).count();
    assert_eq!(epochs, 0, "the epoch was not finished, so nothing was measured: {}", said.out);
    for word in ["epoch 1", "update", "layer", "learning rate"] {
        assert!(said.err.contains(word), "{word}: {}", said.err);
    }
}

#[test]
fn with_json_nothing_else_is_on_standard_output() {
    for line in [
        "train --data penguins --epochs 2 --json",
        "list datasets --json",
        "list optimizers --json",
        "train --data blobs --classes 6 --epochs 2 --json",
    ] {
        assert!(!netsmith(line).done().objects().is_empty(), "{line}");
    }
    // What was done with the data is said all the same, to the person.
    let said = netsmith("train --data penguins --epochs 1 --json").done();
    assert!(said.err.contains("missing") || said.err.contains("Holds no value"), "{}", said.err);
}

#[test]
fn without_json_a_person_reads_the_result() {
    let said = netsmith("train --data circle --epochs 3").done();
    assert!(said.out.contains("3 epochs"), "{}", said.out);
    assert!(said.out.contains("accuracy") && said.out.contains("loss"), "{}", said.out);
    assert!(!said.out.contains('{'));
}

#[test]
fn unknown_names_list_the_known_ones() {
    netsmith("train --data nosuch").refused(2, &["nosuch", "circle", "multi_gauss", "digits_8x8"]);
    netsmith("train --optimizer nosuch").refused(2, &["nosuch", "adam", "rprop", "lion"]);
    netsmith("train --activation nosuch").refused(2, &["nosuch", "leaky_relu", "gelu"]);
    netsmith("train --loss nosuch").refused(2, &["nosuch", "huber", "softmax_cross_entropy"]);
    netsmith("train --initialization nosuch").refused(2, &["he_uniform", "playground"]);
    netsmith("train --schedule nosuch").refused(2, &["cosine", "one_cycle"]);
    netsmith("train --features nosuch").refused(2, &["x1_x2", "sin_x2"]);
    netsmith("train --set nosuch=1").refused(2, &["nosuch", "beta1", "epsilon"]);
    netsmith("list nosuch").refused(2, &["datasets", "optimizers"]);
    netsmith("train --data iris --target nosuch").refused(2, &["nosuch", "petal_width_cm"]);
    netsmith("train --data iris --inputs nosuch").refused(2, &["nosuch", "petal_width_cm"]);
}

#[test]
fn numbers_out_of_range_are_wrong_usage() {
    for (line, word) in [
        ("--layers 8,x", "8,8"),
        ("--layers 0", "neurons"),
        ("--layers 5000", "4096"),
        ("--noise 5", "0.5"),
        ("--data blobs --classes 9", "6"),
        ("--train-share 0", "0"),
        ("--train-share 2", "2"),
        ("--batch-size 0", "batch"),
        ("--dropout 2", "0.9"),
        ("--samples 1", "10"),
        ("--learning-rate nan", "learning rate"),
        ("--learning-rate=-1", "learning rate"),
        ("--set beta1=3", "beta1"),
        ("--l2=-1", "L2"),
        ("--clip-norm 0", "clip"),
        ("--epochs 0", "epoch"),
        ("--threads 0", "1"),
        ("--loss softmax_cross_entropy", "two classes"),
        ("--data iris --loss binary_cross_entropy", "several classes"),
        ("--data iris --noise 0.1", "--noise"),
        ("--data circle --target x", "--target"),
        ("--data curve --formula sin(", "5"),
        ("--data curve --formula ln(x)", "x"),
        ("--data curve --features x2", "two coordinates"),
        ("--seed=-1", "seed"),
        ("--nosuch", "--nosuch"),
    ] {
        netsmith(&format!("train {line}")).refused(2, &[word]);
    }
}

#[test]
fn lists_name_everything_there_is() {
    let datasets: Vec<_> =
        SYNTHETIC.iter().map(|s| s.id).chain(LIBRARY.iter().map(|s| s.id)).collect();
    let optimizers: Vec<_> = METHODS.iter().map(|m| m.id).collect();
    let activations: Vec<_> = Activation::ALL.iter().map(|a| a.id()).collect();
    let losses: Vec<_> = Loss::ALL.iter().map(|l| l.id()).collect();
    let solvers: Vec<_> = SOLVERS.iter().map(|page| page.id).collect();
    for (what, ids) in [
        ("solvers", solvers),
        ("preconditioners", vec!["none", "diagonal"]),
        ("datasets", datasets),
        ("optimizers", optimizers),
        ("activations", activations),
        ("losses", losses),
    ] {
        let objects = netsmith(&format!("list {what} --json")).done().objects();
        let listed: Vec<_> = objects.iter().map(|object| object["id"].as_str().unwrap()).collect();
        assert_eq!(listed, ids, "{what}");
        for object in &objects {
            assert!(object["name"].as_str().is_some_and(|name| !name.is_empty()), "{object}");
            if what == "optimizers" {
                assert!(object["family"].as_str().is_some_and(|f| !f.is_empty()), "{object}");
            }
        }
        assert_eq!(words(&netsmith(&format!("list {what}")).done()), ids, "{what}");
    }
}

#[test]
fn without_a_name_the_lists_there_are_are_listed() {
    let names = words(&netsmith("list").done());
    assert!(names.iter().any(|name| name == "solvers"), "{names:?}");
    for (object, name) in netsmith("list --json").done().objects().iter().zip(&names) {
        assert_eq!(object["id"], name.as_str());
        let listed = netsmith(&format!("list {name}")).done().out.lines().count();
        assert_eq!(object["count"], listed, "{name}");
    }
}

#[test]
fn identifiers_are_those_of_the_contract() {
    let ids = |what: &str| words(&netsmith(&format!("list {what}")).done()).join(" ");
    assert_eq!(
        ids("optimizers"),
        "gd sgd momentum nesterov adagrad adadelta rmsprop adam amsgrad adamw nadam lion rprop \
         lbfgs nonlinear_cg levenberg_marquardt newton_cg newton_minres newton_gmres newton_bicg \
         newton_bicgstab random_search solis_wets annealing cma_es evolution"
    );
    assert_eq!(
        ids("activations"),
        "identity sigmoid tanh relu leaky_relu elu selu gelu silu softplus sine"
    );
    let known = ids("datasets");
    let synthetic =
        "circle xor gauss spiral plane multi_gauss moons rings checkerboard blobs curve";
    assert!(known.starts_with(synthetic), "{known}");
    for table in ["penguins", "iris", "auto_mpg", "concrete", "digits_8x8"] {
        assert!(known.split(' ').any(|id| id == table), "{table}: {known}");
    }
}

#[test]
fn every_listed_name_can_be_used() {
    for what in ["datasets", "optimizers", "activations", "initializations"] {
        let option = match what {
            "datasets" => "--data",
            "optimizers" => "--optimizer",
            "activations" => "--activation",
            _ => "--initialization",
        };
        for id in words(&netsmith(&format!("list {what}")).done()) {
            let (epochs, _) = run(&format!("{option} {id} --epochs 1"));
            assert_eq!(epochs.len(), 1, "{option} {id}");
        }
    }
}

#[test]
fn help_is_on_everything() {
    for line in ["", "train", "predict", "list", "curse", "render"] {
        let said = netsmith(&format!("{line} --help")).done();
        assert!(said.out.contains("Usage: netsmith"), "{line}: {}", said.out);
    }
    let help = netsmith("train --help").out;
    for option in [
        "--data",
        "--target",
        "--samples",
        "--noise",
        "--train-share",
        "--layers",
        "--activation",
        "--loss",
        "--optimizer",
        "--learning-rate",
        "--batch-size",
        "--l2",
        "--epochs",
        "--seed",
        "--threads",
        "--json",
        "--save",
    ] {
        assert!(help.contains(option), "{option}");
    }
    assert_eq!(netsmith("--version").done().out.split_whitespace().next(), Some("netsmith"));
}

#[test]
fn without_a_display_the_window_names_the_headless_commands() {
    for line in ["", "some.csv"] {
        let said = netsmith(line);
        said.refused(1, &["netsmith train", "predict", "list", "render"]);
        assert_eq!(said.err.trim().lines().count(), 1, "one sentence: {}", said.err);
    }
}
