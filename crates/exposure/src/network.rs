//! The engine: shortage spreads from sources through stocks, wear and substitutes to products, event by event.
//!
//! Every node has a level over time, 1 for as usual, that only jumps at certain days. A node tries to run as usual: it draws
//! on its stocks until they are empty, and then runs at what the scarcest of its needs lets through. A need is a group of
//! inputs that do the same work.

/// A jump of a level: from this day on it holds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Jump {
    /// Day from the start.
    pub day: f64,
    /// Level from then on, 0 to 1.
    pub level: f64,
}

/// What a replicate draws for an input of a group.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Draw {
    /// Share of the work of the group that it does as usual.
    pub usual: f64,
    /// Share of it that it can do once it is qualified.
    pub reach: f64,
    /// Days from the first shortage in the group until it is qualified.
    pub qualification: f64,
    /// Days of its usual use in stock.
    pub stock: f64,
    /// Days until a built-in part is replaced; 0 for what is used up.
    pub wear_life: f64,
}

impl Draw {
    /// An input that does all the work and of which some days are in stock.
    pub const fn needed(stock: f64) -> Self {
        Self { usual: 1.0, reach: 1.0, qualification: 0.0, stock, wear_life: 0.0 }
    }
}

/// Nodes in an order in which inputs come first, with their groups and the members of these.
#[derive(Clone, Debug, Default)]
pub struct Network {
    groups_of: Vec<u32>,
    members_of: Vec<u32>,
    member: Vec<u32>,
}

/// No group.
pub const NO_GROUP: u32 = u32::MAX;
/// Below this a stock is empty and a level is nothing.
const NOTHING: f64 = 1e-9;
/// A worn installation falls in so many steps.
const NOTCHES: f64 = 10.0;

impl Network {
    /// A network without nodes.
    pub fn new() -> Self {
        Self { groups_of: vec![0], members_of: vec![0], member: Vec::new() }
    }

    /// Adds a node that needs each of the groups of nodes added before; returns its index. A node without groups is a source.
    pub fn add<'g>(&mut self, groups: impl IntoIterator<Item = &'g [u32]>) -> u32 {
        let index = self.len() as u32;
        for members in groups {
            debug_assert!(members.iter().all(|member| *member < index), "inputs come first");
            self.member.extend_from_slice(members);
            self.members_of.push(self.member.len() as u32);
        }
        self.groups_of.push(self.members_of.len() as u32 - 1);
        index
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.groups_of.len() - 1
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of members of all groups: a replicate draws one [`Draw`] for each, in the order in which they were added.
    pub fn members(&self) -> usize {
        self.member.len()
    }

    /// Number of groups: a replicate draws one loss for each.
    pub fn groups(&self) -> usize {
        self.members_of.len() - 1
    }

    fn group_range(&self, node: usize) -> std::ops::Range<usize> {
        self.groups_of[node] as usize..self.groups_of[node + 1] as usize
    }

    fn member_range(&self, group: usize) -> std::ops::Range<usize> {
        self.members_of[group] as usize..self.members_of[group + 1] as usize
    }

    /// Runs one replicate. `source` adds the levels of a source to a list, none
    /// for as usual, `draws` the numbers of each member and `losses` the share
    /// of output lost without each group: they are asked for only where something is short.
    pub fn run(
        &self,
        horizon: f64,
        draws: impl Fn(usize) -> Draw,
        losses: impl Fn(usize) -> f64,
        source: impl Fn(usize, &mut Vec<Jump>),
        run: &mut Run,
    ) {
        run.reset();
        for node in 0..self.len() {
            let groups = self.group_range(node);
            if groups.is_empty() {
                run.take_source(&source);
                continue;
            }
            let members = self.members_of[groups.start] as usize..self.members_of[groups.end] as usize;
            if self.member[members].iter().all(|input| run.is_full(*input as usize)) {
                run.ranges.push((0, 1));
                continue;
            }
            self.node(node, horizon, &draws, &losses, run);
        }
    }

    /// The levels of one node that has at least one short input.
    fn node(
        &self,
        node: usize,
        horizon: f64,
        draws: &impl Fn(usize) -> Draw,
        losses: &impl Fn(usize) -> f64,
        run: &mut Run,
    ) {
        let groups = self.group_range(node);
        let Run { jumps, ranges, scratch, short_groups, binding } = run;
        scratch.clear();
        short_groups.clear();
        for group in groups.clone() {
            let members = self.member_range(group);
            // A group of which nothing is short lets everything through.
            if self.member[members.clone()].iter().all(|input| ranges[*input as usize] == (0, 1)) {
                continue;
            }
            let begins = scratch.len();
            let mut shortage = f64::INFINITY;
            for member in members {
                let draw = draws(member);
                let (start, end) = ranges[self.member[member] as usize];
                if draw.usual > 0.0
                    && let Some(day) = first_short(&jumps[start as usize..end as usize])
                {
                    shortage = shortage.min(day);
                }
                scratch.push(Member {
                    draw,
                    next: start + 1,
                    end,
                    arriving: jumps[start as usize].level,
                    qualified: f64::INFINITY,
                    limit: draw.usual,
                    stock: draw.stock * draw.usual,
                    full: draw.stock * draw.usual,
                    worn: 0.0,
                    wearing: 0.0,
                    filling: 0.0,
                    capacity: 0.0,
                });
            }
            for member in &mut scratch[begins..] {
                if member.draw.reach > member.draw.usual {
                    member.qualified = shortage + member.draw.qualification;
                }
            }
            short_groups.push(ShortGroup {
                group: (group - groups.start) as u32,
                members: (begins, scratch.len()),
                loss: losses(group),
            });
        }
        let start = jumps.len() as u32;
        let (mut day, mut last, mut fell) = (0.0, f64::NAN, false);
        loop {
            // What each group lets through, and the level that the scarcest of them allows.
            let (mut level, mut scarcest) = (1.0_f64, NO_GROUP);
            for group in short_groups.iter() {
                let through = through(&mut scratch[group.members.0..group.members.1], day);
                let allowed = 1.0 - group.loss * (1.0 - through);
                if allowed < level - NOTHING {
                    level = allowed;
                    scarcest = group.group;
                }
            }
            if level < NOTHING {
                level = 0.0;
            }
            if last.is_nan() || (level - last).abs() > NOTHING {
                jumps.push(Jump { day, level });
                last = level;
                if level < 0.5 - NOTHING && !fell {
                    fell = true;
                    binding.push((node as u32, scarcest));
                }
            }
            // Until when nothing changes.
            let mut next = horizon;
            for group in short_groups.iter() {
                let members = &mut scratch[group.members.0..group.members.1];
                let mut left = members.iter().map(|member| member.capacity).sum::<f64>().min(1.0).min(level);
                for member in members {
                    let taken = member.capacity.min(left);
                    left -= taken;
                    member.flow(taken);
                    next = next.min(member.next_event(day, jumps));
                }
            }
            if next >= horizon {
                break;
            }
            let passed = next - day;
            day = next;
            for member in scratch.iter_mut() {
                member.advance(passed, day, jumps);
            }
        }
        ranges.push((start, jumps.len() as u32));
        debug_assert_eq!(ranges.len(), node + 1);
    }

    /// The group that was scarcest when a node fell below a half on this day; on any other day the first group with an input
    /// that was short by then.
    pub(crate) fn shortest_group(&self, run: &Run, node: usize, day: f64) -> u32 {
        let fell = run.binding.binary_search_by_key(&(node as u32), |(node, _)| *node);
        if let (Ok(place), true) = (fell, run.below_half(node) == day) {
            return run.binding[place].1;
        }
        let since = |group: usize| {
            let inputs = &self.member[self.member_range(group)];
            inputs.iter().filter_map(|input| run.first_short(*input as usize)).fold(f64::INFINITY, f64::min)
        };
        let groups = self.group_range(node);
        let first = groups.clone().map(|group| (since(group), group)).filter(|(since, _)| *since <= day + 1e-6);
        first
            .reduce(|best, next| if next.0 < best.0 { next } else { best })
            .map_or(NO_GROUP, |(_, group)| (group - groups.start) as u32)
    }

    /// The place among the draws of the first member of a group, and the inputs.
    pub(crate) fn group_members(&self, node: usize, group: u32) -> (usize, &[u32]) {
        let members = self.member_range(self.groups_of[node] as usize + group as usize);
        (members.start, &self.member[members])
    }
}

/// What a group lets through, and with it what each member can give.
#[inline]
fn through(members: &mut [Member], day: f64) -> f64 {
    let mut sum = 0.0;
    for member in members {
        if day >= member.qualified - NOTHING {
            member.limit = member.draw.reach;
        }
        member.capacity = if member.stock > NOTHING {
            member.limit * member.runs()
        } else if member.draw.wear_life > 0.0 {
            member.limit * member.runs_worn()
        } else {
            member.limit * member.arriving
        };
        sum += member.capacity;
    }
    f64::min(sum, 1.0)
}

/// The whole number at or below a number that is not negative.
#[inline]
fn whole(number: f64) -> f64 {
    f64::from(number as u32)
}

/// The whole number at or above a number that is not negative.
#[inline]
fn whole_above(number: f64) -> f64 {
    let below = whole(number);
    if below < number { below + 1.0 } else { below }
}

fn range(ranges: &[(u32, u32)], node: u32) -> std::ops::Range<usize> {
    let (start, end) = ranges[node as usize];
    start as usize..end as usize
}

#[inline]
fn first_short(jumps: &[Jump]) -> Option<f64> {
    jumps.iter().find(|jump| jump.level < 1.0 - NOTHING).map(|jump| jump.day)
}

/// A group of which at least one input is short.
#[derive(Clone, Copy, Debug)]
struct ShortGroup {
    /// Its place among the groups of the node.
    group: u32,
    /// Its members among those at hand.
    members: (usize, usize),
    loss: f64,
}

/// An input while a node is run.
#[derive(Clone, Copy, Debug)]
struct Member {
    draw: Draw,
    /// Place of its next jump.
    next: u32,
    end: u32,
    /// Share of its usual flow that arrives.
    arriving: f64,
    /// Day from which it can do more than as usual.
    qualified: f64,
    /// Share of the work that it may do today.
    limit: f64,
    /// Work in stock, in days of the whole group's work.
    stock: f64,
    full: f64,
    /// How many tenths of the installation are worn and not replaced.
    worn: f64,
    wearing: f64,
    filling: f64,
    capacity: f64,
}

impl Member {
    /// The part of the installation that runs.
    #[inline]
    fn runs(&self) -> f64 {
        if self.worn == 0.0 { 1.0 } else { self.runs_worn() }
    }

    /// The same once spares are gone: the middle of the notch in which wear stands.
    #[inline]
    fn runs_worn(&self) -> f64 {
        let notch = whole(self.worn + NOTHING);
        if notch >= NOTCHES {
            0.0
        } else if self.worn >= NOTCHES * (1.0 - self.arriving) - NOTHING {
            // As many are replaced as wear out.
            1.0 - self.worn / NOTCHES
        } else {
            1.0 - (notch + 0.5) / NOTCHES
        }
    }

    /// How stock and wear change while `taken` of the work is done.
    #[inline]
    fn flow(&mut self, taken: f64) {
        let arriving = self.limit * self.arriving;
        self.wearing = 0.0;
        if self.draw.wear_life > 0.0 {
            // Replacements go on at the usual rate while the installation runs.
            self.filling = arriving - self.limit;
            if self.stock <= NOTHING {
                let settled = NOTCHES * (1.0 - self.arriving);
                if self.worn < settled - NOTHING {
                    self.wearing = NOTCHES * (1.0 - self.arriving) / self.draw.wear_life;
                } else if self.worn > settled + NOTHING {
                    self.wearing = -NOTCHES * self.arriving / self.draw.wear_life;
                }
            }
        } else {
            self.filling = arriving - taken;
        }
        if self.stock <= NOTHING && self.filling < 0.0 {
            self.filling = 0.0;
        }
    }

    #[inline]
    fn next_event(&self, day: f64, jumps: &[Jump]) -> f64 {
        let mut next = if self.next < self.end { jumps[self.next as usize].day } else { f64::INFINITY };
        if self.qualified > day + NOTHING {
            next = next.min(self.qualified);
        }
        if self.filling < -NOTHING && self.stock > NOTHING {
            next = next.min(day + self.stock / -self.filling);
        }
        if self.wearing > 0.0 {
            let settled = NOTCHES * (1.0 - self.arriving);
            let notch = (whole(self.worn + NOTHING) + 1.0).min(settled);
            next = next.min(day + (notch - self.worn) / self.wearing);
        } else if self.wearing < 0.0 {
            let settled = NOTCHES * (1.0 - self.arriving);
            let notch = (whole_above((self.worn - NOTHING).max(0.0)) - 1.0).max(settled);
            next = next.min(day + (self.worn - notch) / -self.wearing);
        }
        next
    }

    #[inline]
    fn advance(&mut self, passed: f64, day: f64, jumps: &[Jump]) {
        self.stock = (self.stock + self.filling * passed).clamp(0.0, self.full);
        if self.stock <= NOTHING {
            self.stock = 0.0;
        }
        if self.wearing != 0.0 {
            self.worn = (self.worn + self.wearing * passed).clamp(0.0, NOTCHES);
            let nearest = whole(self.worn + 0.5);
            if (self.worn - nearest).abs() < 1e-7 {
                self.worn = nearest;
            }
        }
        while self.next < self.end && jumps[self.next as usize].day <= day + NOTHING {
            self.arriving = jumps[self.next as usize].level;
            self.next += 1;
        }
    }
}

/// One replicate: the levels of every node and when they fell. Kept and used again from replicate to replicate.
#[derive(Clone, Debug, Default)]
pub struct Run {
    jumps: Vec<Jump>,
    ranges: Vec<(u32, u32)>,
    scratch: Vec<Member>,
    short_groups: Vec<ShortGroup>,
    /// The group that took a node below a half, for those that fell, in the order of nodes.
    binding: Vec<(u32, u32)>,
}

impl Run {
    /// Before the first replicate.
    pub fn new() -> Self {
        Self::default()
    }

    fn reset(&mut self) {
        self.jumps.clear();
        self.jumps.push(Jump { day: 0.0, level: 1.0 });
        self.ranges.clear();
        self.binding.clear();
    }

    /// The levels of a source.
    fn take_source(&mut self, source: impl Fn(usize, &mut Vec<Jump>)) {
        let start = self.jumps.len();
        source(self.ranges.len(), &mut self.jumps);
        let given = &self.jumps[start..];
        if given.iter().all(|jump| jump.level >= 1.0) {
            self.jumps.truncate(start);
            self.ranges.push((0, 1));
            return;
        }
        if given[0].day > 0.0 {
            self.jumps.insert(start, Jump { day: 0.0, level: 1.0 });
        }
        self.ranges.push((start as u32, self.jumps.len() as u32));
    }

    #[inline]
    fn is_full(&self, node: usize) -> bool {
        self.ranges[node] == (0, 1)
    }

    /// The levels of a node.
    pub fn levels(&self, node: usize) -> &[Jump] {
        &self.jumps[range(&self.ranges, node as u32)]
    }

    /// The first day on which a node runs at less than half; infinite for never within the horizon.
    pub fn below_half(&self, node: usize) -> f64 {
        self.first(node, |level| level < 0.5 - NOTHING)
    }

    /// The first day on which a node stands still.
    pub fn nothing(&self, node: usize) -> f64 {
        self.first(node, |level| level < NOTHING)
    }

    fn first(&self, node: usize, is: impl Fn(f64) -> bool) -> f64 {
        self.levels(node).iter().find(|jump| is(jump.level)).map_or(f64::INFINITY, |jump| jump.day)
    }

    /// The first day on which a node ran at less than usual.
    pub(crate) fn first_short(&self, node: usize) -> Option<f64> {
        first_short(self.levels(node))
    }

    /// Days of output lost until the horizon.
    pub fn lost_days(&self, node: usize, horizon: f64) -> f64 {
        let levels = self.levels(node);
        let ends = levels.iter().skip(1).map(|jump| jump.day).chain([horizon]);
        levels.iter().zip(ends).map(|(jump, end)| (1.0 - jump.level) * (end.min(horizon) - jump.day).max(0.0)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUT: [Jump; 1] = [Jump { day: 0.0, level: 0.0 }];

    fn of(draws: &[Draw]) -> impl Fn(usize) -> Draw + '_ {
        |member| draws[member]
    }

    fn loss(losses: &[f64]) -> impl Fn(usize) -> f64 + '_ {
        |group| losses[group]
    }

    fn levels(run: &Run, node: usize) -> Vec<(f64, f64)> {
        run.levels(node).iter().map(|jump| ((jump.day * 1e6).round() / 1e6, (jump.level * 1e6).round() / 1e6)).collect()
    }

    /// One node that needs one source.
    fn one(draw: Draw, source: &[Jump], horizon: f64) -> Vec<(f64, f64)> {
        let mut network = Network::new();
        network.add([]);
        network.add([&[0][..]]);
        let mut run = Run::new();
        network.run(horizon, of(&[draw]), loss(&[1.0]), |_, jumps| jumps.extend_from_slice(source), &mut run);
        levels(&run, 1)
    }

    #[test]
    fn a_stock_of_thirty_days_lasts_thirty_days_and_sixty_at_half_supply() {
        assert_eq!(one(Draw::needed(30.0), &CUT, 365.0), [(0.0, 1.0), (30.0, 0.0)]);
        assert_eq!(one(Draw::needed(30.0), &[Jump { day: 0.0, level: 0.5 }], 365.0), [(0.0, 1.0), (60.0, 0.5)]);
        assert_eq!(one(Draw::needed(0.0), &CUT, 365.0), [(0.0, 0.0)]);
    }

    #[test]
    fn supply_that_returns_in_time_leaves_no_trace_and_too_late_a_gap() {
        let back = |day| [Jump { day: 10.0, level: 0.0 }, Jump { day, level: 1.0 }];
        assert_eq!(one(Draw::needed(30.0), &back(40.0), 365.0), [(0.0, 1.0)]);
        assert_eq!(one(Draw::needed(30.0), &back(50.0), 365.0), [(0.0, 1.0), (40.0, 0.0), (50.0, 1.0)]);
    }

    #[test]
    fn wear_takes_the_installation_down_in_a_straight_line() {
        let draw = Draw { wear_life: 100.0, ..Draw::needed(20.0) };
        let levels = one(draw, &CUT, 365.0);
        assert_eq!(levels[..3], [(0.0, 1.0), (20.0, 0.95), (30.0, 0.85)]);
        assert_eq!(levels.iter().find(|(_, level)| *level < 0.5), Some(&(70.0, 0.45)), "half is worn after 50 days");
        assert_eq!(levels.last(), Some(&(120.0, 0.0)), "all is worn after 100 days");
        let half = one(draw, &[Jump { day: 0.0, level: 0.5 }], 365.0);
        assert_eq!(half[..2], [(0.0, 1.0), (40.0, 0.95)], "spares last twice as long");
        assert_eq!(half.last(), Some(&(140.0, 0.5)), "half of the wear is made good");
    }

    #[test]
    fn a_substitute_comes_after_its_qualification_and_only_up_to_its_reach() {
        let mut network = Network::new();
        network.add([]);
        network.add([]);
        network.add([&[0, 1][..]]);
        let alternate = Draw { usual: 0.0, reach: 0.4, qualification: 90.0, stock: 0.0, wear_life: 0.0 };
        let mut run = Run::new();
        let source = |node: usize, jumps: &mut Vec<Jump>| jumps.extend_from_slice(if node == 0 { &CUT } else { &[] });
        network.run(365.0, of(&[Draw::needed(30.0), alternate]), loss(&[1.0]), source, &mut run);
        assert_eq!(levels(&run, 2), [(0.0, 1.0), (30.0, 0.0), (90.0, 0.4)]);
        assert_eq!((run.below_half(2), run.nothing(2)), (30.0, 30.0));
        assert!((run.lost_days(2, 365.0) - (60.0 + 0.6 * 275.0)).abs() < 1e-9);
        // Both fail: nothing helps.
        network.run(
            365.0,
            of(&[Draw::needed(30.0), alternate]),
            loss(&[1.0]),
            |_, jumps| jumps.extend_from_slice(&CUT),
            &mut run,
        );
        assert_eq!(levels(&run, 2), [(0.0, 1.0), (30.0, 0.0)]);
    }

    #[test]
    fn what_stands_still_for_lack_of_one_input_saves_the_stock_of_the_other() {
        // Input 0 is gone from day 0 to 100 and has 10 days of stock, input 1 is gone from the start and has 50.
        let mut network = Network::new();
        network.add([]);
        network.add([]);
        network.add([&[0][..], &[1][..]]);
        let first = [Jump { day: 0.0, level: 0.0 }, Jump { day: 100.0, level: 1.0 }];
        let source =
            |node: usize, jumps: &mut Vec<Jump>| jumps.extend_from_slice(if node == 0 { &first[..] } else { &CUT });
        let mut run = Run::new();
        network.run(365.0, of(&[Draw::needed(10.0), Draw::needed(50.0)]), loss(&[1.0, 1.0]), source, &mut run);
        assert_eq!(levels(&run, 2), [(0.0, 1.0), (10.0, 0.0), (100.0, 1.0), (140.0, 0.0)]);
        assert_eq!(network.group_members(2, network.shortest_group(&run, 2, 10.0)), (0, &[0][..]));
    }

    #[test]
    fn a_group_whose_loss_degrades_costs_its_loss_and_stocks_add_up_along_the_chain() {
        let mut network = Network::new();
        network.add([]);
        network.add([&[0][..]]);
        network.add([&[1][..]]);
        let mut run = Run::new();
        network.run(
            365.0,
            of(&[Draw::needed(20.0), Draw::needed(30.0)]),
            loss(&[1.0, 0.25]),
            |_, jumps| jumps.extend_from_slice(&CUT),
            &mut run,
        );
        assert_eq!(levels(&run, 2), [(0.0, 1.0), (50.0, 0.75)]);
        assert!(run.below_half(2).is_infinite());
    }

    #[test]
    fn more_stock_never_halts_earlier_and_levels_stay_between_nothing_and_usual() {
        use proptest::prelude::*;
        let strategy = (
            proptest::collection::vec((0.0..1.0_f64, 0.0..90.0_f64, 0.0..120.0_f64), 3),
            proptest::collection::vec((0.0..1.0_f64, 5.0..60.0_f64), 0..5),
            0.0..60.0_f64,
        );
        proptest!(ProptestConfig::with_cases(300), |((inputs, jumps, more) in strategy)| {
            let mut day = 0.0;
            let source: Vec<Jump> = jumps.iter().map(|(level, gap)| { day += gap; Jump { day, level: *level } }).collect();
            let mut network = Network::new();
            network.add([]);
            network.add([]);
            network.add([&[0][..]]);
            network.add([&[2, 1][..], &[0][..]]);
            let draws = |extra: f64| [
                Draw { wear_life: inputs[0].1, ..Draw::needed(inputs[0].2 + extra) },
                Draw { usual: 0.7, reach: 0.7, ..Draw::needed(inputs[1].2 + extra) },
                Draw { usual: 0.3, reach: 0.3 + 0.7 * inputs[1].0, qualification: inputs[1].1, ..Draw::needed(inputs[2].2 + extra) },
                Draw::needed(inputs[2].1 + extra),
            ];
            let (mut little, mut much) = (Run::new(), Run::new());
            let source_of = |node: usize, jumps: &mut Vec<Jump>| jumps.extend_from_slice(if node == 0 { &source } else { &[] });
            network.run(730.0, of(&draws(0.0)), loss(&[1.0, 1.0, 0.8]), source_of, &mut little);
            network.run(730.0, of(&draws(more)), loss(&[1.0, 1.0, 0.8]), source_of, &mut much);
            for jump in little.levels(3) {
                prop_assert!((0.0..=1.0).contains(&jump.level));
            }
            prop_assert!(much.below_half(2) >= little.below_half(2) - 1e-6);
            let days: Vec<f64> = little.levels(3).iter().map(|jump| jump.day).collect();
            prop_assert!(days.windows(2).all(|pair| pair[0] < pair[1]));
        });
    }
}
