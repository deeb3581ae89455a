//! `netsmith race` and `netsmith range-test`: what scripts rely on.

use crate::support::{keys, netsmith, number};
use serde_json::Value;

#[test]
fn a_race_prints_every_curve_and_how_each_method_stands() {
    let line = "race --data circle --samples 100 --optimizers sgd,adam,lbfgs --epochs 6 --json";
    let objects = netsmith(line).done().objects();
    let (ends, epochs): (Vec<Value>, Vec<Value>) =
        objects.into_iter().partition(|object| object.get("done").is_some());
    let order: Vec<_> = ends.iter().map(|end| end["optimizer"].as_str().unwrap()).collect();
    assert_eq!(order, ["sgd", "adam", "lbfgs"], "in the order in which they were named");
    for end in &ends {
        for key in ["epoch", "metrics", "evaluations", "work", "seconds", "verdict", "stop_reason"]
        {
            assert!(keys(end).contains(key), "{key} is not in {end}");
        }
        assert!(!end["verdict"].as_str().unwrap().is_empty());
        let counts = &end["evaluations"];
        let work = 0.5 * number(counts, "losses")
            + number(counts, "gradients")
            + 2.0 * number(counts, "curvature_products");
        assert!(work >= number(end, "epoch"), "an epoch costs at least one evaluation");
    }
    for end in ends.iter().filter(|end| end["optimizer"] != "lbfgs") {
        assert_eq!(end["stop_reason"], "epochs");
        assert!((number(end, "work") - 6.0).abs() < 1e-6, "a gradient for each row and epoch");
    }
    for point in &epochs {
        for key in ["optimizer", "epoch", "work", "seconds", "train_loss", "validation_loss"] {
            assert!(keys(point).contains(key), "{key} is not in {point}");
        }
    }
    let first = |id: &str| {
        let own = epochs.iter().find(|point| point["optimizer"] == id);
        number(own.unwrap(), "train_loss")
    };
    assert_eq!(first("sgd"), first("lbfgs"), "the same starting weights");
}

#[test]
fn the_same_race_has_the_same_result() {
    let line = "race --data xor --samples 100 --optimizers adam,rprop --epochs 5 --json";
    let losses = || -> Vec<f64> {
        let objects = netsmith(line).done().objects();
        objects.iter().filter_map(|object| object["train_loss"].as_f64()).collect()
    };
    let first = losses();
    assert!(first.len() >= 10);
    assert_eq!(first, losses());
}

#[test]
fn for_people_a_race_is_a_table_with_the_best_first() {
    let said = netsmith("race --data gauss --samples 100 --optimizers sgd,adam --epochs 5").done();
    let lines: Vec<_> = said.out.lines().collect();
    assert_eq!(lines.len(), 4, "{}", said.out);
    assert!(lines[0].contains("verdict"));
    assert!(lines[3].contains("a loss counts ½"));
}

#[test]
fn a_race_of_too_few_too_many_or_unknown_methods_is_refused() {
    netsmith("race --data circle --optimizers adam --epochs 2").refused(2, &["2 to 6", "names 1"]);
    let seven = "sgd,adam,rprop,lion,nadam,adagrad,rmsprop";
    netsmith(&format!("race --data circle --optimizers {seven}")).refused(2, &["names 7"]);
    netsmith("race --data circle --optimizers adam,magic").refused(2, &["magic", "adam"]);
    netsmith("race --data circle").refused(2, &["--optimizers"]);
    netsmith("race --data nowhere --optimizers adam,sgd").refused(2, &["nowhere", "circle"]);
}

#[test]
fn a_range_test_prints_every_rate_and_a_suggestion() {
    for optimizer in ["sgd", "adam"] {
        let line = format!("range-test --data circle --optimizer {optimizer} --json");
        let mut objects = netsmith(&line).done().objects();
        let done = objects.pop().unwrap();
        assert_eq!(keys(&done), ["diverges_from", "done", "suggestion"].into());
        let rates: Vec<f64> = objects.iter().map(|point| number(point, "learning_rate")).collect();
        assert!(rates.len() > 50);
        assert!(rates.windows(2).all(|pair| pair[0] < pair[1]));
        for point in &objects {
            assert_eq!(keys(point), ["batch_loss", "learning_rate", "loss"].into());
        }
        let suggestion = number(&done, "suggestion");
        assert!((1e-3..=1.0).contains(&suggestion), "{optimizer}: {suggestion}");
        assert!(suggestion < done["diverges_from"].as_f64().unwrap_or(f64::INFINITY));
    }
}

#[test]
fn the_suggestion_trains_better_than_a_rate_far_from_it() {
    let done = netsmith("range-test --data circle --json").done().objects().pop().unwrap();
    let suggested = number(&done, "suggestion");
    let loss = |rate: f64| {
        let line = format!("train --data circle --epochs 20 --learning-rate {rate} --json");
        let objects = netsmith(&line).objects();
        number(&objects[objects.len() - 2], "train_loss")
    };
    assert!(loss(suggested) < loss(suggested / 100.0));
}

#[test]
fn for_people_a_range_test_ends_with_the_suggestion() {
    let said = netsmith("range-test --data circle").done();
    assert!(said.out.contains("Suggested learning rate: "), "{}", said.out);
    assert!(said.out.contains("diverge"), "{}", said.out);
}

#[test]
fn a_method_without_a_learning_rate_has_none_to_test() {
    let said = netsmith("range-test --data circle --optimizer lbfgs");
    said.refused(2, &["L-BFGS", "no learning rate", "--optimizer adam"]);
    netsmith("range-test --data circle --layers 0").refused(2, &["not a number of neurons"]);
    netsmith("range-test missing.netsmith.json").refused(1, &["missing.netsmith.json"]);
}
