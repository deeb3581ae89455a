//! What is selected on the canvas, in numbers.
