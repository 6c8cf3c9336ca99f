//! Whether an optimum is the only one: no cycle of zero reduced cost in the residual graph.
//!
//! Officers inside a task have one way on only (to the slot they hold, or to themselves), so the nodes between slots
//! and officers are left out. What remains: slots, officers, and the two ends *assigned* and *unfilled*, whose arcs can
//! be open in both directions; such a pair of directions is no cycle.

use super::prices::Prices;
use super::problem::{Cost, Holdings, Problem};

/// An arc of zero reduced cost.
#[derive(Clone, Copy)]
struct Arc {
    to: u32,
    added: Option<u32>,
    removed: Option<u32>,
    /// The other direction of the same arc is open, too.
    is_paired: bool,
}

/// Another assignment that fills as many slots at the same cost; none if the optimum is unique. The prices must prove
/// the optimum.
pub fn second_optimum<C: Cost>(
    problem: &Problem<C>,
    edges: &[u32],
    capacities: &[u64],
    prices: &Prices<C>,
) -> Option<Vec<u32>> {
    let holdings = Holdings::of(problem, edges);
    let graph = graph(problem, &holdings, capacities, prices);
    let component = components(&graph);
    for (from, arcs) in graph.iter().enumerate() {
        for arc in arcs {
            if component[from] == component[arc.to as usize] && !arc.is_paired {
                return Some(around(problem, &holdings, &graph, from as u32, *arc));
            }
        }
    }
    None
}

fn graph<C: Cost>(
    problem: &Problem<C>,
    holdings: &Holdings,
    capacities: &[u64],
    prices: &Prices<C>,
) -> Vec<Vec<Arc>> {
    let (n_slots, n_officers) = (problem.slots.len(), problem.officers.len());
    let (assigned, unfilled) = ((n_slots + n_officers) as u32, (n_slots + n_officers + 1) as u32);
    let mut graph: Vec<Vec<Arc>> = vec![Vec::new(); n_slots + n_officers + 2];
    let wide = |edge: u32| Reduced::of(problem, prices, edge);
    for x in 0..n_slots as u32 {
        let slot = &problem.slots[x as usize];
        for edge in slot.edges.clone() {
            let officer = problem.officer_of(edge);
            let node = n_slots as u32 + officer;
            match holdings.in_task(problem, x, officer) {
                None if wide(edge).is_zero() => graph[x as usize].push(Arc::one(node, Some(edge), None)),
                None => {}
                Some(held) if held == edge && wide(edge).is_zero() => {
                    graph[node as usize].push(Arc::one(x, None, Some(edge)));
                }
                Some(held) if held != edge && wide(edge).equals(wide(held)) => {
                    let to = problem.slot_of(held);
                    graph[x as usize].push(Arc::one(to, Some(edge), Some(held)));
                }
                Some(_) => {}
            }
        }
        let n_held = holdings.by_slot[x as usize].len() as u64;
        if prices.open == Some(prices.slot[x as usize]) {
            let (can_open, can_close) = (n_held > 0, n_held < slot.need);
            link(&mut graph, x, unfilled, can_open, can_close);
        }
    }
    for officer in 0..n_officers as u32 {
        if prices.officer[officer as usize] == C::default() {
            let load = holdings.load(officer);
            let node = n_slots as u32 + officer;
            link(&mut graph, node, assigned, load < capacities[officer as usize], load > 0);
        }
    }
    graph
}

fn link(graph: &mut [Vec<Arc>], node: u32, end: u32, forward: bool, back: bool) {
    let arc = |to| Arc { to, added: None, removed: None, is_paired: forward && back };
    if forward {
        graph[node as usize].push(arc(end));
    }
    if back {
        graph[end as usize].push(arc(node));
    }
}

impl Arc {
    fn one(to: u32, added: Option<u32>, removed: Option<u32>) -> Arc {
        Arc { to, added, removed, is_paired: false }
    }
}

/// `cost + p − alpha`, where the numbers of others may be so large that it does not fit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reduced(i128);

impl Reduced {
    pub(crate) fn of<C: Cost>(problem: &Problem<C>, prices: &Prices<C>, edge: u32) -> Reduced {
        let p = prices.officer[problem.officer_of(edge) as usize].widen();
        let alpha = prices.slot[problem.slot_of(edge) as usize].widen();
        let cost = problem.cost_of(edge).widen();
        Reduced(p.saturating_sub(alpha).saturating_add(cost))
    }

    pub(crate) fn is_zero(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn is_negative(self) -> bool {
        self.0 < 0
    }

    pub(crate) fn is_positive(self) -> bool {
        self.0 > 0
    }

    pub(crate) fn at_most(self, other: Reduced) -> bool {
        self.0 <= other.0
    }

    fn equals(self, other: Reduced) -> bool {
        self == other
    }
}

/// Strongly connected components (Tarjan, without recursion).
fn components(graph: &[Vec<Arc>]) -> Vec<u32> {
    const NEW: u32 = u32::MAX;
    let n = graph.len();
    let (mut index, mut low, mut component) = (vec![NEW; n], vec![0; n], vec![NEW; n]);
    let (mut stack, mut work) = (Vec::new(), Vec::new());
    let (mut n_indices, mut n_components) = (0, 0);
    for root in 0..n {
        if index[root] != NEW {
            continue;
        }
        work.push((root, 0));
        while let Some(&mut (node, ref mut next)) = work.last_mut() {
            if *next == 0 && index[node] == NEW {
                index[node] = n_indices;
                low[node] = n_indices;
                n_indices += 1;
                stack.push(node);
            }
            if let Some(arc) = graph[node].get(*next) {
                *next += 1;
                let to = arc.to as usize;
                if index[to] == NEW {
                    work.push((to, 0));
                } else if component[to] == NEW {
                    low[node] = low[node].min(index[to]);
                }
                continue;
            }
            work.pop();
            if low[node] == index[node] {
                while let Some(member) = stack.pop() {
                    component[member] = n_components;
                    if member == node {
                        break;
                    }
                }
                n_components += 1;
            }
            if let Some(&(parent, _)) = work.last() {
                low[parent] = low[parent].min(low[node]);
            }
        }
    }
    component
}

/// The assignment after a walk around a cycle that begins with an arc: back to its beginning by the fewest arcs.
fn around<C: Cost>(
    problem: &Problem<C>,
    holdings: &Holdings,
    graph: &[Vec<Arc>],
    from: u32,
    first: Arc,
) -> Vec<u32> {
    let mut came: Vec<Option<(u32, Arc)>> = vec![None; graph.len()];
    let mut queue = std::collections::VecDeque::from([first.to]);
    while let Some(node) = queue.pop_front() {
        if node == from {
            break;
        }
        for &arc in &graph[node as usize] {
            if arc.to != first.to && came[arc.to as usize].is_none() {
                came[arc.to as usize] = Some((node, arc));
                queue.push_back(arc.to);
            }
        }
    }
    let mut changes = vec![first];
    let mut at = from;
    while let Some((before, arc)) = came[at as usize] {
        changes.push(arc);
        at = before;
    }
    let mut other = holdings.clone();
    changes.iter().filter_map(|arc| arc.removed).for_each(|edge| other.remove(problem, edge));
    changes.iter().filter_map(|arc| arc.added).for_each(|edge| other.add(problem, edge));
    other.edges()
}
