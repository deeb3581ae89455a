//! Panels and widgets: they read a [`Scene`], keep what is looked at in a [`View`], and send
//! commands. They change neither the document nor the run themselves.

pub mod canvas;
pub mod data_panel;
pub mod format;
pub mod icon;
pub mod inspector;
pub mod menu;
pub mod result;
pub mod scene;
pub mod status_bar;
pub mod theme;
pub mod top_bar;
pub mod training_panel;
pub mod view;
pub mod widget;

pub use scene::Scene;
pub use view::View;
