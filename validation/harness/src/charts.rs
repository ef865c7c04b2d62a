//! One sheet of charts for each episode: what the model's futures said month by month, and what was observed.

use crate::period::{Month, Period};
use crate::points::{Kind, Point, Quantity};
use crate::readings::{Futures, Noise, noisy};
use crate::score::quantile;
use lode_study::chart::{Event, Panel, Scale, Sheet, Tone, Words};

/// A panel: title, the point whose quantity it shows (with all other outcomes of the same quantity), first and last month.
struct View {
    title: &'static str,
    point: &'static str,
    from: (i32, i32),
    to: (i32, i32),
}

/// What happened: its first day, its last if it is shown as a while, a word or two.
type Happened = ((i32, i32, i32), Option<(i32, i32, i32)>, &'static str);

/// A sheet: letter of the episode, title, panels, and what happened when.
struct Episode {
    letter: &'static str,
    title: &'static str,
    views: &'static [View],
    events: &'static [Happened],
}

const fn view(title: &'static str, point: &'static str, from: (i32, i32), to: (i32, i32)) -> View {
    View { title, point, from, to }
}

const EPISODES: [Episode; 3] = [
    Episode {
        letter: "a",
        title: "Rare earths 2010–2015: quotas, export taxes, output control and a halt",
        views: &[
            view("Japan’s imports from China", "a-24", (2010, 1), (2012, 6)),
            view("China’s exports", "a-19", (2010, 1), (2014, 12)),
            view("China’s share of Japan’s imports", "a-84", (2010, 1), (2012, 12)),
            view("Dysprosium oxide, outside China", "a-42", (2010, 1), (2015, 12)),
            view("Neodymium oxide, outside China", "a-47", (2010, 1), (2015, 12)),
            view("Basket of Mount Weld, outside China", "a-57", (2010, 1), (2011, 12)),
        ],
        events: &[((2010, 7, 8), None, "quota cut"), ((2010, 9, 21), Some((2010, 11, 20)), "halt")],
    },
    Episode {
        letter: "b",
        title: "Gallium and germanium 2023: licensing",
        views: &[
            view("China’s exports of gallium", "b-6", (2023, 5), (2024, 8)),
            view("Gallium, outside China", "b-43", (2023, 5), (2024, 8)),
            view("Gallium, inside China", "b-37", (2023, 5), (2024, 8)),
            view("China’s exports of germanium", "b-5", (2023, 5), (2024, 8)),
            view("Germanium, inside China", "b-38", (2023, 5), (2024, 8)),
        ],
        events: &[((2023, 7, 3), None, "announced"), ((2023, 8, 1), None, "in force")],
    },
    Episode {
        letter: "c",
        title: "Heavy rare earths and magnets 2025: licensing",
        views: &[
            view("Magnets, China to all", "c-11", (2025, 2), (2026, 3)),
            view("Magnets, China to Japan", "c-96", (2025, 2), (2025, 12)),
            view("Magnets, China to the United States", "c-32", (2025, 2), (2026, 3)),
            view("Dysprosium oxide, outside China", "c-73", (2025, 2), (2026, 3)),
            view("Dysprosium oxide, inside China", "c-107", (2025, 2), (2026, 3)),
            view("Neodymium oxide, inside China", "c-106", (2025, 2), (2025, 12)),
        ],
        events: &[
            ((2025, 4, 4), None, "in force"),
            ((2025, 6, 27), None, "deal"),
            ((2025, 10, 9), Some((2025, 11, 7)), "wider rules"),
        ],
    },
];

/// A day in months since the year 0.
fn day((year, month, day): (i32, i32, i32)) -> f64 {
    match Period::parse(&format!("{year}-{month:02}-{day:02}")) {
        Some(period @ Period::Day(..)) => period.middle(),
        _ => f64::from(Month::of(year, month).0),
    }
}

/// Whether two points are of one series: the same quantity at other times.
fn same(one: &Quantity, other: &Quantity) -> bool {
    (one.kind, &one.forms, &one.exporter, &one.importer, one.market, one.base_period)
        == (other.kind, &other.forms, &other.exporter, &other.importer, other.market, other.base_period)
}

/// The sheet of an episode; a quantity that the model does not have shows observations only.
pub fn sheet(
    letter: &str,
    points: &[Point],
    futures: &impl Futures,
    noise: &Noise,
    notes: Vec<String>,
) -> Option<Sheet> {
    let episode = EPISODES.iter().find(|episode| episode.letter == letter)?;
    let panels: Vec<Panel> =
        episode.views.iter().filter_map(|view| panel(view, episode.events, points, futures, noise)).collect();
    Some(Sheet {
        title: episode.title.into(),
        subtitle: "What the model’s futures said, and what came; ratios are to the months before, named in points.csv"
            .into(),
        words: Words::english(),
        panels,
        columns: 3,
        notes,
    })
}

fn panel(view: &View, events: &[Happened], points: &[Point], futures: &impl Futures, noise: &Noise) -> Option<Panel> {
    let shown = points.iter().find(|point| point.id == view.point)?.quantity.as_ref()?;
    let (first, last) = (Month::of(view.from.0, view.from.1), Month::of(view.to.0, view.to.1));
    let mut fan = Vec::new();
    for month in (first.0..=last.0).map(Month) {
        let at = Quantity { period: Period::Months(month, month), ..shown.clone() };
        let read: Option<Vec<f64>> = (0..futures.replicates())
            .map(|replicate| noisy(&format!("{} {month}", view.point), &at, futures, noise, replicate))
            .collect();
        if let Some(mut read) = read.filter(|read| !read.is_empty()) {
            read.sort_by(f64::total_cmp);
            let band = [0.1, 0.25, 0.5, 0.75, 0.9].map(|part| quantile(&read, part));
            fan.push((f64::from(month.0) + 0.5, band));
        }
    }
    let inside = |moment: f64| f64::from(first.0) <= moment && moment <= f64::from(last.0 + 1);
    let observed = points
        .iter()
        .filter_map(Point::outcome)
        .filter(|quantity| same(quantity, shown))
        .map(|quantity| (quantity.period.middle(), quantity.observed))
        .filter(|(moment, _)| inside(*moment))
        .collect();
    let events = events
        .iter()
        .map(|(from, to, name)| Event { from: day(*from), to: to.map(day), name: (*name).to_owned() })
        .filter(|event| inside(event.from))
        .collect();
    Some(Panel {
        title: view.title.into(),
        unit: match shown.kind {
            Kind::Share => "%, by weight".into(),
            kind if kind.is_price() => "ratio, log".into(),
            _ => "ratio".into(),
        },
        scale: if shown.kind.is_price() { Scale::Logarithmic } else { Scale::Linear },
        tone: if shown.kind.is_price() { Tone::Price } else { Tone::Amount },
        fan,
        observed,
        events,
        level: shown.no_change,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::points::{self, Market};
    use crate::readings::{Border, PriceKind};

    /// Made-up futures: amounts halve and prices double half a year after the base, more or less.
    struct Made;

    impl Futures for Made {
        fn replicates(&self) -> usize {
            20
        }

        fn amount(&self, replicate: usize, _: Border, _: &str, exporter: &str, _: &str, month: Month) -> Option<f64> {
            let part = if exporter == "*" { 1.5 } else { 1.0 };
            let waves = 0.2 * f64::from(month.0.rem_euclid(5));
            Some(part * (1.0 + 0.02 * replicate as f64 * waves))
        }

        fn price(&self, replicate: usize, _: PriceKind, _: &str, market: Market, month: Month) -> Option<f64> {
            let slope = if market == Market::Inside { 0.0 } else { 0.01 };
            Some(10.0 * libm::exp(slope * replicate as f64 * f64::from(month.0.rem_euclid(24)) / 10.0))
        }

        fn first_stop(&self, _: usize, _: &[(String, f64)], _: &str, _: Month) -> Option<f64> {
            None
        }
    }

    #[test]
    fn every_panel_has_a_fan_and_observations_of_its_series() {
        let points = points::read(&crate::folder().join("points.csv")).unwrap();
        for episode in &EPISODES {
            let sheet = sheet(episode.letter, &points, &Made, &Noise::NONE, vec![]).unwrap();
            assert_eq!(sheet.panels.len(), episode.views.len(), "{}", episode.letter);
            for panel in &sheet.panels {
                assert!(!panel.observed.is_empty() && panel.fan.len() > 10, "{}: {}", episode.letter, panel.title);
                assert!(panel.events.len() >= 2, "{}", panel.title);
            }
            assert!(sheet.svg().contains("</svg>"));
        }
        // Nine months of Japan's imports in the episode, and the half-year of 2012.
        let sheet = sheet("a", &points, &Made, &Noise::NONE, vec![]).unwrap();
        assert_eq!(sheet.panels[0].observed.len(), 9);
        assert_eq!(sheet.panels[3].observed.len(), 5);
    }
}
