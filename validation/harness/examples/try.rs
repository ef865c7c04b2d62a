//! Scores of the episodes with some numbers set: `try a,b,c 100 market.friction=1 …`.
use lode_validation::{model, points, readings, report, score};

fn main() {
    let mut words = std::env::args().skip(1);
    let letters = words.next().unwrap();
    let replicates: u32 = words.next().unwrap().parse().unwrap();
    let set: Vec<String> = words.collect();
    let points = points::read(&lode_validation::folder().join("points.csv")).unwrap();
    let walks = score::walks(&points, &model::read("earlier.csv").unwrap()).unwrap();
    let session = model::session().unwrap_or_else(|r| panic!("{r}"));
    let mut samples = readings::Samples::new();
    for (letter, setup) in model::EPISODES {
        if !letters.contains(letter) {
            continue;
        }
        let of: Vec<_> = points.iter().filter(|p| p.episode() == letter).cloned().collect();
        let forms = model::forms_of(of.iter());
        let settings = model::Settings { replicates, seed: 1, threads: 2, set: set.clone() };
        let begun = std::time::Instant::now();
        match model::run(&session, &setup, &forms, &settings) {
            Ok(run) => {
                println!("{letter} {:.1} s", begun.elapsed().as_secs_f64());
                samples.extend(readings::samples(&of, &run));
                if let Ok(path) = std::env::var("SHEETS") {
                    let sheet = lode_validation::charts::sheet(letter, &points, &run, vec![]).unwrap();
                    std::fs::write(format!("{path}/{letter}.svg"), sheet.svg()).unwrap();
                }
            }
            Err(report) => println!("{letter}: {report}"),
        }
    }
    let scores = score::score(&points, &samples, &walks).unwrap_or_else(|w| panic!("{w:?}"));
    if std::env::var("SHORT").is_err() {
        println!("{}", report::point_table(&scores));
    }
    println!("{}\n{}", report::headline_table(&scores), report::summary_table(&scores));
}
