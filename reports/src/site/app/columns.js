// Columns of a suite: bits and small numbers of all tasks, unpacked once, and what can be counted with them.

RP.unpack = (text) => {
  const raw = atob(text);
  const bytes = new Uint8Array(Math.ceil(raw.length / 4) * 4);
  for (let at = 0; at < raw.length; at += 1) bytes[at] = raw.charCodeAt(at);
  return bytes;
};

// The properties of the tasks of a suite: for each, the names of its groups and the group of every task.
RP.facets = async (suite) => {
  const found = await RP.load(suite.key + "/facets");
  if (!found.ready) {
    for (const facet of found.facets) {
      const bytes = RP.unpack(facet.packed);
      facet.of = facet.wide ? new Uint16Array(bytes.buffer) : bytes;
    }
    found.by = new Map(found.facets.map((facet) => [facet.by, facet]));
    found.ready = true;
  }
  return found;
};

// The values of one metric: bits for right or wrong, sixteenths of a thousandth and less for similarities.
RP.scores = async (suite, metric) => {
  const found = await RP.load(suite.key + "/" + metric.id);
  if (!found.ready) {
    found.columns = new Map(found.columns.map(([method, text]) => {
      const bytes = RP.unpack(text);
      return [method, metric.binary ? bytes : new Uint16Array(bytes.buffer)];
    }));
    found.ready = true;
  }
  return found.columns;
};

RP.score = (column, metric, task) =>
  metric.binary ? (column[task >> 3] >> (task & 7)) & 1 : column[task] / 65535;

// The ids of the tasks of a suite, 32 digits each.
RP.ids = async (suite) => {
  const all = await RP.load(suite.key + "/ids");
  return { at: (task) => all.slice(task * 32, task * 32 + 32), find: (id) => RP.findId(all, id) };
};

// Ids are sorted, so a task is found by halving.
RP.findId = (all, id) => {
  let [low, high] = [0, all.length / 32];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (all.slice(middle * 32, middle * 32 + 32) < id) low = middle + 1;
    else high = middle;
  }
  return all.slice(low * 32, low * 32 + 32) === id ? low : -1;
};

// The tasks that pass every filter, `[property, group]` each, ascending.
RP.chosen = (facets, filters) => {
  const wanted = filters.map(([by, name]) => {
    const facet = facets.by.get(by);
    return facet ? [facet.of, facet.groups.indexOf(name)] : [new Uint8Array(facets.tasks), -1];
  });
  const tasks = new Uint32Array(facets.tasks);
  let count = 0;
  for (let task = 0; task < facets.tasks; task += 1) {
    let passes = true;
    for (const [of, group] of wanted) {
      if (of[task] !== group) {
        passes = false;
        break;
      }
    }
    if (passes) tasks[count++] = task;
  }
  return tasks.subarray(0, count);
};

// Student's t above which 2.5 % lie, by degrees of freedom.
RP.quantile = (freedom) => {
  const few = [12.7062, 4.30265, 3.18245, 2.77645];
  if (freedom < 1) return NaN;
  if (freedom <= few.length) return few[freedom - 1];
  const z = 1.959963984540054;
  const terms = [(z ** 3 + z) / 4, (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384];
  return terms.reduce((sum, term, at) => sum + term / freedom ** (at + 1), z);
};

// The mean of `value(task)` over tasks with its robust interval: repositories are the units, tasks of one resemble each
// other (CR1, t with one degree of freedom fewer than repositories).
RP.mean = (tasks, repo, value) => {
  const [sums, sizes] = [new Float64Array(repo.groups), new Float64Array(repo.groups)];
  let sum = 0;
  for (const task of tasks) {
    const found = value(task);
    sum += found;
    sums[repo.of[task]] += found;
    sizes[repo.of[task]] += 1;
  }
  const mean = tasks.length ? sum / tasks.length : null;
  let [units, squares] = [0, 0];
  for (let at = 0; at < sums.length; at += 1) {
    if (!sizes[at]) continue;
    units += 1;
    squares += (sums[at] - mean * sizes[at]) ** 2;
  }
  if (units < 2) return { mean, low: null, high: null, units };
  const reach = RP.quantile(units - 1) * Math.sqrt((squares * units) / (units - 1)) / tasks.length;
  return { mean, low: mean - reach, high: mean + reach, units };
};

RP.repoOf = (facets) => {
  const facet = facets.by.get("repo");
  return { of: facet.of, groups: facet.groups.length };
};
