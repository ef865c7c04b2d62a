//! The graph of a product as a drawing on one page and as JSON for pages.
//!
//! A small graph is drawn with its links, from elements on the left to the product on the right. A large one, where lines
//! would be a thicket, is drawn as cards: the steps in their order, each with what it needs and the elements marked by what
//! their loss does.

use super::Processes;
use super::steps::symbol;
use super::words::section_place;
use lode_exposure::needs::steps_of;
use lode_exposure::{Graph, Number, Substitutes};
use lode_model::StepNodeKind;
use serde_json::{Value, json};
use std::fmt::Write;

/// Above so many nodes links are not drawn.
const MOST_LINKED: usize = 48;

const INK: &str = "#1B2127";
const QUIET: &str = "#5E6973";
const LINE: &str = "#D6DCE0";
const HALTS: &str = "#9E2B16";
const DEGRADES: &str = "#94610A";
const PASSES: &str = "#5E6973";
const GREEN: &str = "#14735A";

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Effect {
    Halts,
    Degrades,
    Passes,
}

/// What the loss of each element does to each node, before substitutes are qualified.
struct Effects {
    /// By element: its place and the level of every node without it.
    levels: Vec<(usize, Vec<f64>)>,
}

impl Effects {
    fn new(graph: &Graph, upstream: &[usize]) -> Self {
        let elements = upstream.iter().copied().filter(|place| graph.nodes[*place].kind == StepNodeKind::Element);
        let of = |element: usize| graph.settled(&|place| if place == element { 0.0 } else { 1.0 }, Substitutes::NotYet);
        Self { levels: elements.map(|element| (element, of(element))).collect() }
    }

    fn of(&self, element: usize, node: usize) -> Effect {
        let levels = self.levels.iter().find(|(place, _)| *place == element).map(|(_, levels)| levels[node]);
        match levels.unwrap_or(1.0) {
            level if level < 0.5 - 1e-9 => Effect::Halts,
            level if level < 1.0 - 1e-9 => Effect::Degrades,
            _ => Effect::Passes,
        }
    }

    /// The worst that it does to any of some nodes.
    fn worst(&self, element: usize, nodes: &[usize]) -> Effect {
        nodes.iter().map(|node| self.of(element, *node)).min().unwrap_or(Effect::Passes)
    }
}

/// The drawing of some products as SVG.
pub fn drawing(processes: &Processes, products: &[usize]) -> String {
    let graph = &processes.graph;
    let mut upstream: Vec<usize> = products.iter().flat_map(|product| graph.upstream(*product)).collect();
    upstream.sort_unstable();
    upstream.dedup();
    let effects = Effects::new(graph, &upstream);
    let title = match products {
        [one] => graph.nodes[*one].name_en.clone(),
        _ => capital(&graph.nodes[products[0]].family),
    };
    if upstream.len() <= MOST_LINKED {
        linked(processes, products, &upstream, &effects, &title)
    } else {
        cards(processes, products, &effects, &title)
    }
}

struct Svg {
    body: String,
}

impl Svg {
    fn text(&mut self, x: f64, y: f64, size: f64, colour: &str, extra: &str, text: &str) {
        let _ = writeln!(
            self.body,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" fill=\"{colour}\"{extra}>{}</text>",
            escaped(text)
        );
    }

    fn finish(self, width: f64, height: f64, title: &str, description: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" \
             role=\"img\" font-family=\"'Source Sans 3', 'Noto Sans', 'DejaVu Sans', sans-serif\">\n<title>{}</title>\n<desc>{}</desc>\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#FFFFFF\"/>\n{}</svg>\n",
            escaped(title),
            escaped(description),
            self.body
        )
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Roughly how wide a text is set.
fn wide(text: &str, size: f64) -> f64 {
    text.chars().map(|letter| if letter.is_ascii() { 0.59 } else { 1.0 } * size).sum()
}

fn fitted(text: &str, size: f64, room: f64) -> String {
    if wide(text, size) <= room {
        return text.to_owned();
    }
    let mut short: String = text.to_owned();
    while !short.is_empty() && wide(&short, size) + size > room {
        short.pop();
    }
    format!("{}…", short.trim_end())
}

/// A mark with the symbol of an element: filled if its loss halts, outlined if it degrades, plain if the step goes on.
fn chip(svg: &mut Svg, x: f64, y: f64, text: &str, effect: Effect) -> f64 {
    let size = 10.0;
    let width = wide(text, size) + 8.0;
    let (fill, stroke, ink) = match effect {
        Effect::Halts => (HALTS, HALTS, "#FFFFFF"),
        Effect::Degrades => ("#FBF1DD", DEGRADES, DEGRADES),
        Effect::Passes => ("#FFFFFF", LINE, PASSES),
    };
    let dash = if effect == Effect::Degrades { " stroke-dasharray=\"3 2\"" } else { "" };
    let _ = writeln!(
        svg.body,
        "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"13\" rx=\"2\" fill=\"{fill}\" stroke=\"{stroke}\"{dash}/>",
        y - 10.0
    );
    let weight = if effect == Effect::Halts { " font-weight=\"700\"" } else { "" };
    svg.text(x + width / 2.0, y, size, ink, &format!(" text-anchor=\"middle\"{weight}"), text);
    width + 3.0
}

fn legend(svg: &mut Svg, x: f64, y: f64) {
    let mut at = x;
    for (symbol, effect, text) in [
        ("El", Effect::Halts, "its loss halts the step (below half) until a substitute is qualified"),
        ("El", Effect::Degrades, "its loss degrades it"),
        ("El", Effect::Passes, "the step goes on without it"),
    ] {
        at += chip(svg, at, y, symbol, effect) + 2.0;
        svg.text(at, y, 11.0, QUIET, "", text);
        at += wide(text, 11.0) + 14.0;
    }
    svg.text(at, y, 11.0, QUIET, "", "◆ built into equipment, wears out");
}

fn foot(processes: &Processes, svg: &mut Svg, x: f64, y: f64) {
    let text = format!(
        "Groups, alternatives and what halts are judgement of the compilers unless the tables say reported. From {} and {}.",
        processes.packages.join(", "),
        processes.session.identity()
    );
    svg.text(x, y, 10.5, QUIET, "", &text);
}

// ------------------------------------------------------------------------------------------------------------ cards

fn cards(processes: &Processes, products: &[usize], effects: &Effects, title: &str) -> String {
    const WIDTH: f64 = 1600.0;
    const MARGIN: f64 = 28.0;
    const COLUMNS: usize = 5;
    const GAP: f64 = 20.0;
    const LINE_HEIGHT: f64 = 16.0;
    let graph = &processes.graph;
    let column = (WIDTH - 2.0 * MARGIN - GAP * (COLUMNS as f64 - 1.0)) / COLUMNS as f64;
    let mut steps = steps_of(graph, products);
    let rank = |step: &usize| section_place(&graph.nodes[*step].section);
    steps.sort_by(|a, b| rank(a).cmp(&rank(b)).then(graph.nodes[*a].id.cmp(&graph.nodes[*b].id)));
    let cards: Vec<Card> = steps.iter().map(|step| card(graph, *step, effects, column)).collect();
    let height_of = |card: &Card| 22.0 + LINE_HEIGHT * card.lines.len() as f64 + 8.0;
    let headings =
        steps.windows(2).filter(|pair| graph.nodes[pair[0]].section != graph.nodes[pair[1]].section).count() + 1;
    let total: f64 = cards.iter().map(height_of).sum::<f64>() + 26.0 * (headings + COLUMNS) as f64;
    let top = 96.0;
    let fair = total / COLUMNS as f64;
    let mut svg = Svg { body: String::new() };
    svg.text(MARGIN, 40.0, 24.0, INK, " font-weight=\"650\"", &format!("{title}: what each step needs"));
    legend(&mut svg, MARGIN, 66.0);
    let (mut at, mut y, mut section, mut deepest) = (0, top, String::new(), top);
    for (step, card) in steps.iter().zip(&cards) {
        let node = &graph.nodes[*step];
        let begins = node.section != section;
        let needed = height_of(card) + if begins { 26.0 } else { 0.0 };
        if y + needed / 2.0 > top + fair && at + 1 < COLUMNS {
            at += 1;
            y = top;
        }
        let x = MARGIN + at as f64 * (column + GAP);
        if begins || y == top {
            let more = if begins { "" } else { " (continued)" };
            svg.text(
                x,
                y + 12.0,
                13.0,
                "#1F4F8F",
                " font-weight=\"650\"",
                &format!("▸ {}{more}", capital(&node.section)),
            );
            y += 22.0;
            section.clone_from(&node.section);
        }
        let tall = height_of(card) - 8.0;
        let _ = writeln!(
            svg.body,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{column:.1}\" height=\"{tall:.1}\" rx=\"3\" fill=\"#FFFFFF\" stroke=\"{LINE}\"/>"
        );
        let halts = card.lines.iter().any(|line| line.chips.iter().any(|(_, effect)| *effect == Effect::Halts));
        if halts {
            let _ = writeln!(
                svg.body,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"3\" height=\"{tall:.1}\" fill=\"{HALTS}\"/>"
            );
        }
        svg.text(x + 10.0, y + 15.0, 12.5, INK, " font-weight=\"650\"", &fitted(&node.name_en, 12.5, column - 18.0));
        for (index, line) in card.lines.iter().enumerate() {
            let base = y + 31.0 + LINE_HEIGHT * index as f64;
            svg.text(x + 10.0, base, 11.0, if line.alternate { QUIET } else { INK }, "", &line.text);
            let mut end =
                x + column - 6.0 - line.chips.iter().map(|(symbol, _)| wide(symbol, 10.0) + 11.0).sum::<f64>();
            for (symbol, effect) in &line.chips {
                end += chip(&mut svg, end, base, symbol, *effect);
            }
        }
        y += height_of(card);
        deepest = f64::max(deepest, y);
    }
    let names: Vec<&str> = products.iter().map(|product| graph.nodes[*product].name_en.as_str()).collect();
    let mut made: Vec<String> = vec!["▸".into()];
    for name in names {
        let full = made.last().is_some_and(|line| wide(line, 13.0) + wide(name, 13.0) + 40.0 > WIDTH - 2.0 * MARGIN);
        if full {
            made.push(String::new());
        }
        if let Some(line) = made.last_mut() {
            *line += if line.chars().count() > 1 { " · " } else { " " };
            *line += name;
        }
    }
    for line in &made {
        svg.text(MARGIN, deepest + 22.0, 13.0, GREEN, " font-weight=\"650\"", line);
        deepest += 18.0;
    }
    deepest -= 18.0;
    foot(processes, &mut svg, MARGIN, deepest + 44.0);
    let description = format!(
        "{} steps from left to right in columns, each with its inputs and the elements whose loss halts it",
        steps.len()
    );
    svg.finish(WIDTH, deepest + 60.0, title, &description)
}

struct Card {
    lines: Vec<CardLine>,
}

struct CardLine {
    text: String,
    alternate: bool,
    chips: Vec<(String, Effect)>,
}

/// One line for each input: what it is, and the elements that it is made of, marked by what their loss does to the step.
fn card(graph: &Graph, step: usize, effects: &Effects, width: f64) -> Card {
    let mut lines = Vec::new();
    for group in &graph.nodes[step].groups {
        for member in &group.members {
            let Some(input) = member.input else { continue };
            let upstream = graph.upstream(input);
            let elements = upstream.iter().filter(|place| graph.nodes[**place].kind == StepNodeKind::Element);
            let mut chips: Vec<(String, Effect)> =
                elements.map(|element| (symbol(graph, *element), effects.of(*element, step))).collect();
            chips.sort_by(|a, b| a.1.cmp(&b.1).then(a.0.cmp(&b.0)));
            if chips.len() > 7 {
                chips.truncate(7);
                chips.push(("…".into(), Effect::Passes));
            }
            let room = width - 22.0 - chips.iter().map(|(symbol, _)| wide(symbol, 10.0) + 11.0).sum::<f64>();
            let prefix = if member.alternate { "or " } else { "" };
            let built_in = if member.embedded { "◆ " } else { "" };
            let name = format!("{prefix}{built_in}{}", graph.nodes[input].name_en);
            lines.push(CardLine { text: fitted(&name, 11.0, room), alternate: member.alternate, chips });
        }
    }
    Card { lines }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

// ----------------------------------------------------------------------------------------------------------- linked

fn linked(processes: &Processes, products: &[usize], upstream: &[usize], effects: &Effects, title: &str) -> String {
    const NODE: f64 = 176.0;
    const TALL: f64 = 30.0;
    const ACROSS: f64 = 262.0;
    const MARGIN: f64 = 28.0;
    let graph = &processes.graph;
    // The rank of a node is its longest way from what has no inputs, but what the product takes directly stands beside it.
    let mut rank: Vec<usize> = vec![0; graph.nodes.len()];
    for place in upstream {
        let inputs =
            graph.nodes[*place].groups.iter().flat_map(|group| &group.members).filter_map(|member| member.input);
        rank[*place] = inputs.map(|input| rank[input] + 1).max().unwrap_or(0);
    }
    // Then everything moves as far right as what needs it allows.
    let last = upstream.iter().map(|place| rank[*place]).max().unwrap_or(0);
    for place in upstream.iter().rev() {
        let needed_by = upstream.iter().filter(|other| {
            graph.nodes[**other]
                .groups
                .iter()
                .flat_map(|group| &group.members)
                .any(|member| member.input == Some(*place))
        });
        let most = needed_by.map(|other| rank[*other].saturating_sub(1)).min();
        if let (Some(most), true) = (most, graph.nodes[*place].kind != StepNodeKind::Element) {
            rank[*place] = most;
        }
    }
    // A link over several columns passes through a place of its own in each of them, so that it runs between the boxes.
    let mut places: Vec<Place> =
        upstream.iter().map(|place| Place { rank: rank[*place], node: Some(*place), near: Vec::new() }).collect();
    let at = |node: usize| upstream.iter().position(|place| *place == node).unwrap_or(0);
    let mut ways: Vec<(Vec<usize>, bool)> = Vec::new();
    for place in upstream {
        for member in graph.nodes[*place].groups.iter().flat_map(|group| &group.members) {
            let Some(input) = member.input else { continue };
            let mut way = vec![at(input)];
            for between in rank[input] + 1..rank[*place] {
                // Links of one input share their way as far as they run together.
                let shared = places.iter().position(|other| {
                    other.node.is_none()
                        && other.rank == between
                        && way.last().is_some_and(|last| other.near.contains(last))
                });
                let next = shared.unwrap_or_else(|| {
                    places.push(Place { rank: between, node: None, near: Vec::new() });
                    places.len() - 1
                });
                way.push(next);
                join(&mut places, &way);
            }
            way.push(at(*place));
            join(&mut places, &way);
            ways.push((way, member.alternate));
        }
    }
    let mut columns: Vec<Vec<usize>> = vec![Vec::new(); last + 1];
    places.iter().enumerate().for_each(|(index, place)| columns[place.rank].push(index));
    // Each place goes to the mean of what it is linked to, from the product back and forth: few lines cross.
    let mut height: Vec<f64> = vec![0.0; places.len()];
    let size = |index: usize| if places[index].node.is_some() { 1.0 } else { 0.35 };
    let tall = |column: &[usize]| column.iter().map(|index| size(*index)).sum::<f64>();
    let tallest = columns.iter().map(|column| tall(column)).fold(1.0, f64::max);
    for round in 0..24 {
        let order: Vec<usize> =
            if round % 2 == 0 { (0..columns.len()).rev().collect() } else { (0..columns.len()).collect() };
        for column in order {
            let mut means: Vec<(f64, usize)> = columns[column]
                .iter()
                .map(|index| {
                    let near = &places[*index].near;
                    let sum: f64 = near.iter().map(|other| height[*other]).sum();
                    (if near.is_empty() { 0.0 } else { sum / near.len() as f64 }, *index)
                })
                .collect();
            means.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            columns[column] = means.iter().map(|(_, index)| *index).collect();
            let stretch = tallest / tall(&columns[column]);
            let mut down = 0.0;
            for index in &columns[column] {
                height[*index] = (down + size(*index) / 2.0) * stretch;
                down += size(*index);
            }
        }
    }
    let top = 100.0;
    let row = TALL + 14.0;
    let y = |index: usize| top + height[index] * row;
    let x = |index: usize| MARGIN + places[index].rank as f64 * ACROSS;
    let mut svg = Svg { body: String::new() };
    svg.text(MARGIN, 40.0, 24.0, INK, " font-weight=\"650\"", title);
    legend(&mut svg, MARGIN, 66.0);
    let _ = writeln!(svg.body, "<g fill=\"none\" stroke-width=\"1.2\">");
    for (way, alternate) in &ways {
        let dash = if *alternate { " stroke-dasharray=\"4 3\"" } else { "" };
        let colour = if *alternate { "#B8BFC5" } else { "#8A949D" };
        let mut path = format!("M{:.1} {:.1}", x(way[0]) + NODE, y(way[0]));
        for pair in way.windows(2) {
            let (from_x, from_y, to_x, to_y) = (x(pair[0]) + NODE, y(pair[0]), x(pair[1]), y(pair[1]));
            let bend = (to_x - from_x) / 2.0;
            let _ = write!(path, "C{:.1} {from_y:.1} {:.1} {to_y:.1} {to_x:.1} {to_y:.1}", from_x + bend, to_x - bend);
            if places[pair[1]].node.is_none() {
                let _ = write!(path, "H{:.1}", to_x + NODE);
            }
        }
        let _ = writeln!(svg.body, "<path d=\"{path}\" stroke=\"{colour}\"{dash}/>");
    }
    svg.body.push_str("</g>\n");
    let steps: Vec<usize> =
        upstream.iter().copied().filter(|place| graph.nodes[*place].kind == StepNodeKind::Step).collect();
    for place in upstream {
        let node = &graph.nodes[*place];
        let (left, middle) = (x(at(*place)), y(at(*place)));
        let effect = (node.kind == StepNodeKind::Element).then(|| effects.worst(*place, &steps));
        let (fill, stroke, ink, weight) = match (node.kind, effect) {
            (_, Some(Effect::Halts)) => (HALTS, HALTS, "#FFFFFF", " font-weight=\"700\""),
            (_, Some(Effect::Degrades)) => ("#FBF1DD", DEGRADES, DEGRADES, ""),
            (StepNodeKind::Step, _) => ("#E8EFF8", "#1F4F8F", INK, " font-weight=\"650\""),
            (StepNodeKind::Product, _) => (GREEN, GREEN, "#FFFFFF", " font-weight=\"700\""),
            _ => ("#FFFFFF", LINE, INK, ""),
        };
        let dash = if effect == Some(Effect::Degrades) { " stroke-dasharray=\"3 2\"" } else { "" };
        let _ = writeln!(
            svg.body,
            "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{NODE}\" height=\"{TALL}\" rx=\"3\" fill=\"{fill}\" stroke=\"{stroke}\"{dash}/>",
            middle - TALL / 2.0
        );
        let lines = broken(&node.name_en, 11.5, NODE - 12.0);
        for (index, line) in lines.iter().enumerate() {
            let shift = if lines.len() == 1 { 4.0 } else { -2.5 + 12.5 * index as f64 };
            svg.text(left + NODE / 2.0, middle + shift, 11.5, ink, &format!(" text-anchor=\"middle\"{weight}"), line);
        }
    }
    let bottom = top + tallest * row + 24.0;
    svg.text(
        MARGIN,
        bottom,
        11.0,
        QUIET,
        "",
        "Solid lines: in use. Dashed lines: stands in after it is qualified, in part or in full.",
    );
    foot(processes, &mut svg, MARGIN, bottom + 18.0);
    let width = (MARGIN * 2.0 + last as f64 * ACROSS + NODE).max(1040.0);
    let names: Vec<&str> = products.iter().map(|product| graph.nodes[*product].name_en.as_str()).collect();
    svg.finish(width, bottom + 34.0, title, &format!("From elements on the left to {} on the right", names.join(", ")))
}

/// A place in a column: a node, or where a longer link passes.
struct Place {
    rank: usize,
    node: Option<usize>,
    near: Vec<usize>,
}

/// Notes that the last two places of a way are linked.
fn join(places: &mut [Place], way: &[usize]) {
    if let [.., from, to] = way {
        for (one, other) in [(*from, *to), (*to, *from)] {
            if !places[one].near.contains(&other) {
                places[one].near.push(other);
            }
        }
    }
}

/// A name on at most two lines.
fn broken(text: &str, size: f64, room: f64) -> Vec<String> {
    if wide(text, size) <= room {
        return vec![text.to_owned()];
    }
    let words: Vec<&str> = text.split(' ').collect();
    let split =
        (1..words.len()).rev().find(|count| wide(&words[..*count].join(" "), size) <= room).unwrap_or(words.len());
    let rest = words[split..].join(" ");
    let mut lines = vec![fitted(&words[..split].join(" "), size, room)];
    if !rest.is_empty() {
        lines.push(fitted(&rest, size, room));
    }
    lines
}

// ------------------------------------------------------------------------------------------------------------- JSON

/// Nodes and links of some products, for pages.
pub fn graph_json(processes: &Processes, products: &[usize]) -> String {
    let graph = &processes.graph;
    let mut upstream: Vec<usize> = products.iter().flat_map(|product| graph.upstream(*product)).collect();
    upstream.sort_unstable();
    upstream.dedup();
    let effects = Effects::new(graph, &upstream);
    let id = |place: usize| graph.nodes[place].id.as_str();
    let nodes: Vec<Value> = upstream
        .iter()
        .map(|place| {
            let node = &graph.nodes[*place];
            let of = |wanted: Effect| -> Vec<&str> {
                effects
                    .levels
                    .iter()
                    .map(|(element, _)| *element)
                    .filter(|element| node.kind != StepNodeKind::Element && effects.of(*element, *place) == wanted)
                    .map(id)
                    .collect()
            };
            let weakest = processes.weakest(*place).map(|weakest| {
                json!({ "stage": weakest.supply.stage.word(), "country": weakest.country, "value": weakest.share, "low": weakest.low,
                    "high": weakest.high, "of": weakest.supply.of, "quality": weakest.quality.word(),
                    "origins": weakest.origins.iter().map(|origin| origin.as_str()).collect::<Vec<_>>() })
            });
            json!({ "id": node.id, "kind": node.kind.word(), "name_en": node.name_en, "name_ja": node.name_ja, "symbol": node.symbol,
                "section": node.section, "family": node.family, "purity": node.purity, "halts_without": of(Effect::Halts),
                "degrades_without": of(Effect::Degrades), "weakest_stage": weakest,
                "quality": node.provenance.quality.word(), "origins": [node.provenance.origin.as_str()] })
        })
        .collect();
    let mut links = Vec::new();
    for place in &upstream {
        for (index, group) in graph.nodes[*place].groups.iter().enumerate() {
            for member in &group.members {
                links.push(
                    json!({ "of": id(*place), "input": member.input.map(id), "group": index, "group_name": group.name,
                    "role": if member.alternate { "alternate" } else { "usual" },
                    "use": if member.embedded { "embedded" } else { "consumed" }, "effect": group.effect.word(),
                    "substitutable": member.substitutable.word(), "single_source": member.single_source,
                    "basis": if member.reported { "reported" } else { "judgement" },
                    "usual_share": number(&member.usual, "share"), "reach": number(&member.reach, "share"),
                    "qualification": number(&member.qualification, "days"), "stock": number(&member.stock, "days"),
                    "wear_life": member.wear_life.as_ref().map(|wear| number(wear, "days")),
                    "intensity": member.intensity.as_ref().map(|(intensity, unit)| number(intensity, unit)),
                    "loss": number(&group.loss, "share"), "quality": member.provenance.quality.word(),
                    "origins": [member.provenance.origin.as_str()] }),
                );
            }
        }
    }
    let value = json!({ "products": products.iter().map(|product| id(*product)).collect::<Vec<_>>(),
        "packages": processes.packages, "day": processes.session.day.to_string(), "nodes": nodes, "links": links });
    serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
}

fn number(number: &Number, unit: &str) -> Value {
    json!({ "value": number.range.centre(), "low": number.range.low, "high": number.range.high, "unit": unit,
        "quality": if number.is_counted() { number.quality.word() } else { "given by the structure" },
        "assumption": number.assumption,
        "origins": number.origins.iter().map(|origin| origin.as_str()).collect::<Vec<_>>() })
}
