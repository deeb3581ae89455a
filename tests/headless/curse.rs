//! `netsmith curse`: what scripts rely on.

use crate::support::{keys, netsmith, number};
use serde_json::Value;

const LINE: &str = "curse --data circle --samples 100 --optimizer cma_es --budget 60 --json";

fn of<'a>(object: &'a Value, side: &str) -> &'a Value {
    let side = &object[side];
    for key in ["optimizer", "solved", "solved_work", "work", "evaluations", "best_loss", "quality"]
    {
        assert!(keys(side).contains(key), "{key} is not in {side}");
    }
    side
}

#[test]
fn a_line_for_each_network_tells_what_both_methods_made_of_it() {
    let objects = netsmith(&format!("{LINE} --layers 3 --widths 1,4,16")).done().objects();
    let widths: Vec<_> = objects.iter().map(|object| object["width"].as_u64().unwrap()).collect();
    assert_eq!(widths, [1, 4, 16]);
    for (object, width) in objects.iter().zip([1, 4, 16]) {
        // Two inputs, one hidden layer, one output, each unit with a bias.
        assert_eq!(object["parameters"], 3 * width + width + 1);
        for (side, id) in [("method", "cma_es"), ("gradient_descent", "adam")] {
            let side = of(object, side);
            assert_eq!(side["optimizer"], id);
            let counts = &side["evaluations"];
            assert_eq!(number(counts, "gradients") > 0.0, id == "adam", "{counts}");
            assert_eq!(number(counts, "losses") > 0.0, id == "cma_es", "{counts}");
            assert!(number(side, "work") >= 59.9, "the budget is spent: {side}");
            assert!(number(side, "best_loss") <= number(&side["metrics"]["train"], "loss"));
            assert_eq!(side["solved"] == true, side["solved_work"].is_number());
        }
    }
}

#[test]
fn the_same_line_gives_the_same_bits() {
    let line = format!("{LINE} --widths 2,4");
    assert_eq!(netsmith(&line).done().out, netsmith(&line).out);
    assert_ne!(netsmith(&line).out, netsmith(&format!("{line} --seed 7")).out);
}

#[test]
fn random_search_falls_behind_as_the_network_grows() {
    let line = "curse --data circle --samples 200 --optimizer random_search --widths 2,32 --json";
    let objects = netsmith(line).done().objects();
    let loss = |object: &Value, side: &str| number(of(object, side), "best_loss");
    for object in &objects {
        assert!(loss(object, "gradient_descent") < loss(object, "method"));
    }
    let large = &objects[1];
    assert_eq!(large["gradient_descent"]["solved"], true, "{large}");
    assert_eq!(large["method"]["solved"], false, "{large}");
}

#[test]
fn a_loss_can_be_the_goal_and_the_reference_can_be_chosen() {
    let line = "curse --data circle --samples 100 --layers 4 --widths 8 --budget 80 --json \
                --against rprop --target-loss";
    let solved = |loss: &str| {
        let object = netsmith(&format!("{line} {loss}")).done().objects().remove(0);
        assert_eq!(object["gradient_descent"]["optimizer"], "rprop");
        object["gradient_descent"]["solved_work"].as_f64()
    };
    let (easy, hard) = (solved("0.3").unwrap(), solved("1e-12"));
    assert!(easy < 80.0 && hard.is_none(), "{easy} {hard:?}");
}

#[test]
fn for_people_it_is_a_table_with_a_sentence_below() {
    let said = netsmith("curse --data gauss --samples 100 --widths 1,2 --budget 20").done();
    let lines: Vec<_> = said.out.lines().collect();
    assert_eq!(lines.len(), 7, "{}", said.out);
    assert!(lines[0].contains("CMA-ES against Adam"), "the usual pair: {}", said.out);
    assert!(lines[2].contains("neurons") && lines[2].contains("weights"), "{}", said.out);
    assert!(lines[5].starts_with("CMA-ES solved ") && lines[5].contains(" of 2 networks"));
    assert!(lines[6].contains("a loss counts ½"));
}

#[test]
fn what_cannot_be_compared_is_refused() {
    for (line, words) in [
        ("--optimizer adam", &["with itself", "cma_es", "--against"][..]),
        ("--optimizer magic", &["magic", "cma_es"]),
        ("--against cma_es", &["--against", "adam"]),
        ("--widths 0", &["--widths"]),
        ("--widths 2,many", &["--widths"]),
        ("--widths 500", &["256"]),
        ("--budget 0", &["--budget"]),
        ("--budget=-3", &["--budget", "-3"]),
        ("--budget NaN", &["--budget"]),
        ("--epochs 10", &["--epochs", "--budget"]),
        ("--data nowhere", &["nowhere", "circle"]),
    ] {
        netsmith(&format!("curse {line}")).refused(2, words);
    }
    netsmith("curse missing.netsmith.json").refused(1, &["missing.netsmith.json"]);
    assert!(netsmith("curse --help").done().out.contains("dimension to search"));
}
