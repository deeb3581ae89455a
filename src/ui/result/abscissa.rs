//! What curves are drawn over: epochs, work or seconds. One choice for the experiment's own curves
//! and for those of a race.

use eframe::egui::{Role, Ui, WidgetInfo};

use crate::train::CurvePoint;
use crate::ui::view::CurveAxis;
use crate::ui::{format, icon};

/// Width below which the picker shows an icon instead of a word, in points.
const NARROW: f32 = 76.0;

impl CurveAxis {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Epochs, Self::Work, Self::Seconds];

    /// Its name on the axis.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Epochs => "Epochs",
            Self::Work => "Work",
            Self::Seconds => "Seconds",
        }
    }

    /// What it measures, and when to look at it.
    pub const fn help(self) -> &'static str {
        match self {
            Self::Epochs => {
                "Epochs: how often every training row has been seen. Natural for one method, but \
                 unfair between methods: in one epoch some compute a gradient once, others \
                 hundreds of losses."
            }
            Self::Work => {
                "Work, in gradient-equivalents: what was computed, measured in gradients over all \
                 training rows. A loss (forward pass) counts ½, a gradient (forward and backward \
                 pass) 1, a curvature product 2. The fairest axis: it depends neither on the \
                 machine nor on what a method calls an epoch."
            }
            Self::Seconds => {
                "Seconds of training on this machine. What you wait for, but it also depends on \
                 what else the machine is doing."
            }
        }
    }

    /// Where a measured point lies.
    pub fn value(self, point: &CurvePoint) -> f64 {
        match self {
            Self::Epochs => point.epoch as f64,
            Self::Work => point.work,
            Self::Seconds => point.seconds,
        }
    }

    /// A place on the axis in words: `epoch 12`, `work 12.5`, `0.8 s`.
    pub fn text(self, point: &CurvePoint) -> String {
        match self {
            Self::Epochs => format!("epoch {}", format::count(point.epoch)),
            Self::Work => format!("work {}", format::number(round(point.work))),
            Self::Seconds => format!("{}\u{a0}s", format::number(round(point.seconds))),
        }
    }
}

/// Three significant digits: these values grow while they are read.
fn round(value: f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return value;
    }
    let unit = 10_f64.powf(value.log10().floor() - 2.0);
    (value / unit).round() * unit
}

/// The picker of the axis, as wide as its word or, in little room, as an icon.
pub fn picker(ui: &mut Ui, axis: &mut CurveAxis) {
    let now = *axis;
    let entries = |ui: &mut Ui| {
        for choice in CurveAxis::ALL {
            let response = ui.selectable_label(now == choice, choice.name());
            if response.on_hover_text(choice.help()).clicked() {
                *axis = choice;
                ui.close();
            }
        }
    };
    let response = if ui.available_width() < NARROW {
        ui.menu_button(icon::TIMER, entries).response
    } else {
        ui.menu_button((now.name(), icon::CARET_DOWN), entries).response
    };
    let name = format!("Horizontal axis: {}", now.name());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    response.on_hover_text(format!(
        "What the curves are drawn over: epochs, work or seconds.\n\nNow: {}",
        now.help()
    ));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Metrics;

    #[test]
    fn each_axis_reads_its_own_number() {
        let point =
            CurvePoint { epoch: 3, work: 4.5, seconds: 0.123_456, metrics: Metrics::default() };
        let values = CurveAxis::ALL.map(|axis| axis.value(&point));
        assert_eq!(values, [3.0, 4.5, 0.123_456]);
        let texts = CurveAxis::ALL.map(|axis| axis.text(&point));
        assert_eq!(texts, ["epoch 3", "work 4.5", "0.123\u{a0}s"]);
    }
}
