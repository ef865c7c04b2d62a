//! Engine time of questions, as the command line spends it: `ask REPEATS QUESTION`, the question as JSON. Prints the
//! processor seconds of each call after a first one that is not counted; the package is open.

use lode_study::{Day, Opened, Options, Question};
use rustix::time::{ClockId, clock_gettime};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let repeats: usize = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(5);
    let text = arguments.next().expect("ask REPEATS QUESTION");
    let question = Question::parse(serde_json::from_str(&text).expect("JSON"));
    let question = question.unwrap_or_else(|report| panic!("{report}"));
    let day = Day::parse("2026-11-24").expect("a day");
    let opened = Opened::new(Options::built_in(day), Vec::new(), Vec::new());
    for repeat in 0..=repeats {
        let start = seconds_of_processor();
        let answer = question.ask(&opened, 0, &Default::default()).unwrap_or_else(|report| panic!("{report}"));
        let seconds = seconds_of_processor() - start;
        assert!(!answer.rows.rows.is_empty());
        if repeat > 0 {
            println!("{seconds}");
        }
    }
}

/// Processor time of all threads so far.
fn seconds_of_processor() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + 1e-9 * time.tv_nsec as f64
}
