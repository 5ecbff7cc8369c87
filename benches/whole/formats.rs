//! `decrypt` of every format and shape, beside sops: does the cost stay in proportion, and what is the ratio?

use crate::place::{Place, encrypt};
use crate::report::{Report, milliseconds, ratio};
use crate::texts::{SHAPES, Shape, VALUE};
use std::time::Duration;

/// Sizes of the files, in values; each ten times the one before.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

/// sops is not asked for ten times the values when it took longer than this: some shapes cost it the square.
const PATIENCE: Duration = Duration::from_secs(1);

/// How much more one value may cost in a file ten times as large.
const LINEAR: f64 = 1.8;

pub fn measure(place: &Place, report: &mut Report) {
    println!(
        "\n| format | shape | values | lazysops | sops | times as fast |\n|---|---|---:|---:|---:|---:|"
    );
    for shape in SHAPES {
        let mut ours = Vec::new();
        let mut theirs = Some(Duration::ZERO);
        for size in SIZES {
            let sealed = file(place, shape, size);
            let arguments = ["decrypt", sealed.as_str()];
            let own = place.time(&place.lazysops, &arguments, 0);
            let patient = theirs.is_some_and(|last| last < PATIENCE);
            let sops = place.sops.as_deref().filter(|_| patient);
            theirs = sops.map(|sops| place.time(sops, &arguments, 0));
            let dash = || "–".to_owned();
            println!(
                "| {} | {} | {size} | {} | {} | {} |",
                shape.format.name(),
                shape.name,
                milliseconds(own),
                theirs.map_or_else(dash, milliseconds),
                theirs.map_or_else(dash, |theirs| ratio(theirs, own)),
            );
            ours.push(own);
        }
        let growth = ours[2].as_secs_f64() / ours[1].as_secs_f64() / 10.0;
        report.target(
            &format!(
                "{} {}: cost of a value at 100,000 over that at 10,000",
                shape.format.name(),
                shape.name
            ),
            growth,
            LINEAR,
            growth <= LINEAR,
        );
    }
}

/// A file of this shape, encrypted by us: its name.
fn file(place: &Place, shape: &Shape, size: usize) -> String {
    let extension = match shape.format.name() {
        "dotenv" => "env",
        name => name,
    };
    let name = shape.name.replace(' ', "-");
    let (plain, sealed) = (
        format!("{name}-{size}.{extension}"),
        format!("{name}-{size}.sealed.{extension}"),
    );
    let text = (shape.text)(size).replace(VALUE, "correct horse battery staple");
    std::fs::write(place.path(&plain), text).unwrap();
    place.run(&place.lazysops, &encrypt(&plain), &sealed, 0);
    sealed
}
