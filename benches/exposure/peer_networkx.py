"""The same spread of shortages on a networkx graph in plain Python, on the draws that the other side exported.

Usage: peer_networkx.py FILE. Reading and building the graph are not timed, and neither is drawing; the days found are
compared with FILE.days.
"""

import math
import sys
import time

import networkx as nx

HORIZON = 730.0
NOTHING = 1e-9
INF = math.inf


def build(nodes):
    graph = nx.DiGraph()
    graph.add_nodes_from(range(nodes))
    member = 0
    for number in range(nodes - 1, -1, -1):
        place = nodes - 1 - number
        children = [nodes - 1 - child for child in range(4 * number + 1, 4 * number + 5) if child < nodes]
        size = 2 if number % 8 == 3 and len(children) == 4 else 1
        groups = [children[i : i + size] for i in range(0, len(children), size)]
        graph.nodes[place]["groups"] = groups
        graph.nodes[place]["first"] = member
        for group in groups:
            for child in group:
                graph.add_edge(child, place)
                member += 1
    return graph, member


def worn_fraction(worn, arriving):
    notch = math.floor(worn + NOTHING)
    if notch >= 10.0:
        return 0.0
    if worn >= 10.0 * (1.0 - arriving) - NOTHING:
        return 1.0 - worn / 10.0
    return 1.0 - (notch + 0.5) / 10.0


def run_node(groups, first, levels, draws):
    """The levels of one node: a list of (day, level)."""
    members = []
    at = first
    for index, group in enumerate(groups):
        shortage = INF
        for offset, child in enumerate(group):
            if draws[at + offset][0] > 0.0:
                for day, level in levels[child]:
                    if level < 1.0 - NOTHING:
                        shortage = min(shortage, day)
                        break
        for child in group:
            usual, reach, qualification, stock, wear = draws[at]
            course = levels[child]
            members.append(
                # 0 course, 1 next, 2 arriving, 3 qualified, 4 limit, 5 stock, 6 full, 7 worn, 8 wearing, 9 filling, 10 capacity, 11 draw, 12 group
                [course, 1, course[0][1], shortage + qualification if reach > usual else INF, usual, stock * usual,
                 stock * usual, 0.0, 0.0, 0.0, 0.0, draws[at], index]
            )
            at += 1
    day, last, result = 0.0, None, []
    while True:
        through = [0.0] * len(groups)
        for m in members:
            if day >= m[3] - NOTHING:
                m[4] = m[11][1]
            if m[5] > NOTHING:
                m[10] = m[4] * (1.0 if m[7] == 0.0 else worn_fraction(m[7], m[2]))
            elif m[11][4] > 0.0:
                m[10] = m[4] * worn_fraction(m[7], m[2])
            else:
                m[10] = m[4] * m[2]
            through[m[12]] += m[10]
        level = 1.0
        for value in through:
            if min(value, 1.0) < level - NOTHING:
                level = value
        if level < NOTHING:
            level = 0.0
        if last is None or abs(level - last) > NOTHING:
            result.append((day, level))
            last = level
        left = [min(value, 1.0, level) for value in through]
        event = HORIZON
        for m in members:
            taken = min(m[10], left[m[12]])
            left[m[12]] -= taken
            arriving = m[4] * m[2]
            m[8] = 0.0
            settled = 10.0 * (1.0 - m[2])
            if m[11][4] > 0.0:
                m[9] = arriving - m[4]
                if m[5] <= NOTHING:
                    if m[7] < settled - NOTHING:
                        m[8] = 10.0 * (1.0 - m[2]) / m[11][4]
                    elif m[7] > settled + NOTHING:
                        m[8] = -10.0 * m[2] / m[11][4]
            else:
                m[9] = arriving - taken
            if m[5] <= NOTHING and m[9] < 0.0:
                m[9] = 0.0
            if m[1] < len(m[0]):
                event = min(event, m[0][m[1]][0])
            if m[3] > day + NOTHING:
                event = min(event, m[3])
            if m[9] < -NOTHING and m[5] > NOTHING:
                event = min(event, day + m[5] / -m[9])
            if m[8] > 0.0:
                event = min(event, day + (min(math.floor(m[7] + NOTHING) + 1.0, settled) - m[7]) / m[8])
            elif m[8] < 0.0:
                event = min(event, day + (m[7] - max(math.ceil(m[7] - NOTHING) - 1.0, settled)) / -m[8])
        if event >= HORIZON:
            return result
        passed = event - day
        day = event
        for m in members:
            m[5] = min(max(m[5] + m[9] * passed, 0.0), m[6])
            if m[5] <= NOTHING:
                m[5] = 0.0
            m[7] = min(max(m[7] + m[8] * passed, 0.0), 10.0)
            if abs(m[7] - round(m[7])) < 1e-7:
                m[7] = float(round(m[7]))
            while m[1] < len(m[0]) and m[0][m[1]][0] <= day + NOTHING:
                m[2] = m[0][m[1]][1]
                m[1] += 1


def run(graph, order, draws, supply):
    full = [(0.0, 1.0)]
    levels = [None] * len(order)
    below = [INF] * len(order)
    for node in order:
        data = graph.nodes[node]
        groups = data["groups"]
        if not groups:
            course = supply.get(node)
            if course is None:
                levels[node] = full
                continue
            levels[node] = course if course[0][0] == 0.0 else full + course
        elif all(levels[child] is full for group in groups for child in group):
            levels[node] = full
            continue
        else:
            levels[node] = run_node(groups, data["first"], levels, draws)
        for day, level in levels[node]:
            if level < 0.5 - NOTHING:
                below[node] = day
                break
    return below


def main():
    path = sys.argv[1]
    with open(path) as file:
        nodes, checked = map(int, next(file).split())
        graph, members = build(nodes)
        order = list(nx.topological_sort(graph))
        sources = [node for node in range(nodes) if not graph.nodes[node]["groups"]]
        spent, worst = 0.0, 0.0
        with open(path + ".days") as expected:
            for _ in range(checked):
                draws = [tuple(map(float, next(file).split())) for _ in range(members)]
                supply = {}
                for source in sources:
                    day, level, back = map(float, next(file).split())
                    if level < 1.0:
                        supply[source] = [(day, level), (back, 1.0)]
                begun = time.process_time()
                below = run(graph, order, draws, supply)
                spent += time.process_time() - begun
                for day in below:
                    other = float(next(expected))
                    if day != other:
                        worst = max(worst, abs(day - other)) if math.isfinite(day) and math.isfinite(other) else INF
    print(f"networkx nodes {nodes} replicates {checked} processor_seconds {spent:.3f} per_replicate {spent / checked:.4f} largest_difference_days {worst:g}")


if __name__ == "__main__":
    main()
