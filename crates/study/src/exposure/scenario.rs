//! What falls short: from flags, from a file, and later from an ensemble of the market. All become an [`Availability`].

use super::Processes;
use lode_catalogue::{Column, Input, Mistake, Records, Report, parse_number};
use lode_exposure::availability::{Arrivals, largest_share};
use lode_exposure::graph::DAYS_PER_MONTH;
use lode_exposure::{Availability, Range, Shortage};
use lode_model::{CountryCode, StepNodeKind};

const SUPPLIED: [StepNodeKind; 3] = [StepNodeKind::Element, StepNodeKind::Form, StepNodeKind::Material];

/// `tungsten=1`, `neon@UKR=0.9:6`, `CHN=50%:12`: what is cut, the share cut, and for how many months.
pub fn cut(processes: &Processes, text: &str) -> Result<Vec<Shortage>, Mistake> {
    let wrong = |message: String| {
        Mistake::in_file("command line", message)
            .hint("write ELEMENT=SHARE, ELEMENT@COUNTRY=SHARE or COUNTRY=SHARE, and :MONTHS behind it, e.g. tungsten=1, neon@UKR=0.9:6, CHN=50%:12")
    };
    let Some((what, amount)) = text.split_once('=') else { return Err(wrong(format!("`{text}` says no share"))) };
    let (amount, months) = amount.split_once(':').map_or((amount, None), |(amount, months)| (amount, Some(months)));
    let share = match amount.trim().strip_suffix('%') {
        Some(percent) => parse_number(percent.trim()).map(|percent| percent / 100.0),
        None => parse_number(amount.trim()),
    };
    let Some(share) = share.filter(|share| (0.0..=1.0).contains(share)) else {
        return Err(wrong(format!("`{amount}` is not a share between 0 and 1")));
    };
    let days = match months.map(|months| (months, parse_number(months.trim()))) {
        None => None,
        Some((_, Some(months))) if months > 0.0 && months <= 1200.0 => Some(months * DAYS_PER_MONTH),
        Some((months, _)) => return Err(wrong(format!("`{months}` is not a number of months"))),
    };
    shortages(
        processes,
        what.split_once('@').map_or((what, ""), |(what, exporter)| (what, exporter)),
        "",
        None,
        Arrivals::cut(share, days),
    )
}

/// What a supply or an exporter means; a country alone stands for all that it ships.
fn shortages(
    processes: &Processes,
    (what, exporter): (&str, &str),
    firm: &str,
    share_of_supply: Option<Range>,
    arrivals: Arrivals,
) -> Result<Vec<Shortage>, Mistake> {
    let graph = &processes.graph;
    let country = |text: &str| -> Result<CountryCode, Mistake> {
        let economy = crate::economy(&processes.session.world, text, processes.session.day.year)?;
        let code = CountryCode::parse(&economy.name).filter(|code| code.is_single());
        code.ok_or_else(|| {
            Mistake::in_file("command line", format!("`{text}` is not a single country"))
                .hint("name countries one by one")
        })
    };
    let (what, exporter) = (what.trim(), exporter.trim());
    let found = if what.is_empty() { None } else { processes.node(what, &SUPPLIED).ok() };
    let (node, exporter) = match (found, exporter.is_empty()) {
        (Some(node), true) => (Some(node), None),
        (Some(node), false) => (Some(node), Some(country(exporter)?)),
        (None, true) => match country(what) {
            Ok(country) => (None, Some(country)),
            Err(_) => {
                return Err(processes
                    .node(what, &SUPPLIED)
                    .err()
                    .unwrap_or_else(|| Mistake::in_file("command line", "names nothing")));
            }
        },
        (None, false) if what.is_empty() => (None, Some(country(exporter)?)),
        (None, false) => {
            return Err(processes
                .node(what, &SUPPLIED)
                .err()
                .unwrap_or_else(|| Mistake::in_file("command line", "names nothing")));
        }
    };
    let Some(node) = node else {
        let exporter = exporter.unwrap_or(CountryCode::OTHER);
        let all = Availability::country(graph, exporter, &arrivals);
        if all.is_empty() {
            return Err(Mistake::in_file("command line", format!("no source says what {exporter} supplies"))
                .hint("name the element too: neon@UKR=0.5; its share can be given in a file"));
        }
        return Ok(all);
    };
    if let (Some(exporter), None) = (exporter, share_of_supply)
        && largest_share(graph, node, exporter, firm) <= 0.0
    {
        return Err(Mistake::in_file(
            "command line",
            format!("no source says which share of {} comes from {exporter}", graph.nodes[node].id),
        )
        .hint("give it as share_of_supply in a file: lode exposure --halt FILE.csv"));
    }
    Ok(vec![Shortage { node, exporter, entity: firm.to_owned(), share_of_supply, arrivals }])
}

const COLUMNS: [Column; 9] = [
    Column::required("supply"),
    Column::optional("exporter"),
    Column::optional("firm"),
    Column::optional("share_of_supply"),
    Column::required("from_month"),
    Column::required("arrives"),
    Column::optional("low"),
    Column::optional("high"),
    Column::optional("reason"),
];

/// Most rows of a file: no scenario has so many.
const MOST_ROWS: usize = 100_000;

/// The rows of one supply, exporter and firm.
struct Course {
    key: (String, String, String),
    row: u64,
    share: Option<Range>,
    pieces: Vec<(f64, Range)>,
}

/// Reads the text of a file of what still arrives: `supply,exporter,firm,share_of_supply,from_month,arrives,low,high,reason`. Rows of
/// one supply and exporter are one course.
pub fn read_availability(processes: &Processes, name: &str, text: &str) -> Result<Availability, Report> {
    let mut report = Report::new();
    let input = Input::from_bytes(name, text.as_bytes());
    let file = input.name.clone();
    let mut courses: Vec<Course> = Vec::new();
    if let Some(mut records) = Records::open(input, b',', &mut report)
        && let Some(places) = records.columns(&COLUMNS, &mut report)
    {
        let mut rows = 0;
        while let Some(record) = records.next(&mut report) {
            rows += 1;
            let before = report.count();
            if rows > MOST_ROWS {
                report.push(
                    Mistake::in_file(&file, format!("has more than {MOST_ROWS} rows")).hint("no scenario has so many"),
                );
                break;
            }
            let text = |index: usize, report: &mut Report| {
                places[index].map_or("", |place| record.text(place, report)).trim().to_owned()
            };
            let key = (text(0, &mut report), text(1, &mut report), text(2, &mut report));
            let share = |index: usize, report: &mut Report| {
                let place = places[index]?;
                let number = record.amount(place, 1.0, report)?;
                Some(number)
            };
            let of_supply = share(3, &mut report);
            let (arrives, low, high) = (share(5, &mut report), share(6, &mut report), share(7, &mut report));
            let from = places[4].and_then(|place| record.amount(place, 1200.0, &mut report));
            let (Some(arrives), Some(from)) = (arrives, from) else {
                if report.count() == before {
                    report.push(
                        Mistake::in_row(&file, record.row(), "does not say from which month how much arrives")
                            .hint("write from_month 0 and arrives 0.4 for 40 % from the first day"),
                    );
                }
                continue;
            };
            let range = Range { low: low.unwrap_or(arrives), central: Some(arrives), high: high.unwrap_or(arrives) };
            if range.low > arrives || arrives > range.high {
                report.push(
                    Mistake::in_row(&file, record.row(), "low, arrives and high are not in order").column("arrives"),
                );
            }
            let piece = (from * DAYS_PER_MONTH, range);
            let row = record.row();
            match courses.iter_mut().find(|course| course.key == key) {
                Some(course) => {
                    course.share = course.share.or(of_supply.map(Range::point));
                    course.pieces.push(piece);
                }
                None => courses.push(Course { key, row, share: of_supply.map(Range::point), pieces: vec![piece] }),
            }
        }
    }
    let mut availability = Availability { label: file.clone(), ..Availability::default() };
    for Course { key: (supply, exporter, firm), row, share, mut pieces } in courses {
        pieces.sort_by(|a, b| a.0.total_cmp(&b.0));
        match shortages(processes, (&supply, &exporter), &firm, share, Arrivals::Bands(pieces)) {
            Ok(shortages) => availability.shortages.extend(shortages),
            Err(mistake) => {
                report.push(Mistake { file: file.clone(), row: Some(row), column: Some("supply".into()), ..mistake })
            }
        }
    }
    if availability.shortages.is_empty() && report.is_empty() {
        report.push(Mistake::in_file(&file, "holds no row").hint("write supply, exporter, from_month and arrives"));
    }
    report.into_result(availability)
}
