// Two rows of a suite, task by task.

RP.views.compare = async ({ parts, query }) => {
  const suite = RP.suite(parts.slice(0, 2).join("/"));
  if (!suite) return RP.nothing("suite", parts.slice(0, 2).join("/"));
  const [a, b] = [RP.method(parts[2]), RP.method(parts[3])];
  for (const [index, name] of [[a, parts[2]], [b, parts[3]]]) if (index < 0 || !RP.rowOf(suite, index)) return RP.nothing("row", name);
  const metric = RP.metric(query.get("metric"));
  const [facets, columns, pairs, ids] = await Promise.all([RP.facets(suite), RP.scores(suite, metric), RP.load(suite.key + "/pairs"), RP.ids(suite)]);
  const [left, right] = [columns.get(a), columns.get(b)];
  const names = [a, b].map((index) => RP.board.methods[index].label);
  const go = (first, second, id) => {
    location.hash = RP.address(["compare", ...RP.suiteParts(suite), first, second], { metric: id, by: query.get("by") });
  };
  const options = suite.rows.map((row) => [RP.board.methods[row.method].key, RP.board.methods[row.method].label]);
  const properties = facets.facets.map((facet) => facet.by).filter((by) => by !== "repo");
  const by = properties.includes(query.get("by")) ? query.get("by") : properties[0];
  const controls = RP.el("div", { class: "controls", role: "group", "aria-label": "Rows, metric and property" },
    RP.choice("First", "first", options, parts[2], (value) => go(value, parts[3], metric.id)),
    RP.choice("Second", "second", options, parts[3], (value) => go(parts[2], value, metric.id)),
    RP.choice("Metric", "metric", RP.board.metrics.map((one) => [one.id, one.title]), metric.id, (value) => go(parts[2], parts[3], value)),
    RP.choice("By", "by", properties.map((name) => [name, RP.words(name)]), by,
      (value) => { location.hash = RP.address(["compare", ...parts], { metric: metric.id, by: value }); }));
  const repo = RP.repoOf(facets);
  const difference = (task) => RP.score(left, metric, task) - RP.score(right, metric, task);
  const better = [[], []];
  let equal = 0;
  for (let task = 0; task < suite.tasks; task += 1) {
    const found = difference(task);
    if (found > 0) better[0].push(task);
    else if (found < 0) better[1].push(task);
    else equal += 1;
  }
  const nodes = [controls, RP.pairFacts(suite, metric, RP.pair(pairs, metric, a, b), names, better, equal),
    RP.pairGroups(suite, metric, facets, by, repo, difference, names),
    ...[0, 1].map((side) => RP.pairTasks(suite, ids, better[side], names[side], facets))];
  return { title: names.join(" and ") + " on " + RP.suiteTitle(suite), nodes };
};

RP.pairFacts = (suite, metric, pair, names, better, equal) => RP.facts([
  ["Difference, first minus second", pair && RP.signed(metric, pair.difference)],
  ["95 % interval", pair && pair.interval && RP.signedInterval(metric, ...pair.interval)],
  ["p, Holm-adjusted", pair && RP.pValue(pair.p)],
  ["Tasks on which the first is better", RP.count(better[0].length)], ["On which the second is", RP.count(better[1].length)], ["Equal", RP.count(equal)],
  ["Repositories: first better, second, equal", pair && pair.repos && pair.repos.map(RP.count).join(", ")],
  ["Least difference that would be found", pair && pair.detectable !== null ? RP.value(metric, pair.detectable) : null],
  ["", pair ? null : "These rows were not compared by sign flips of repositories."],
]);

RP.pairGroups = (suite, metric, facets, by, repo, difference, names) => {
  const facet = facets.by.get(by);
  if (!facet) return RP.el("p", {}, "The suite has no properties.");
  const tasks = facet.groups.map(() => []);
  for (let task = 0; task < facets.tasks; task += 1) tasks[facet.of[task]].push(task);
  const rows = facet.groups.map((group, at) => {
    const { mean, low, high, units } = RP.mean(tasks[at], repo, difference);
    return [RP.words(group), { text: RP.count(tasks[at].length), sort: tasks[at].length }, { text: RP.count(units), sort: units },
      { text: RP.signed(metric, mean), note: RP.signedInterval(metric, low, high), sort: mean }];
  });
  return RP.table({ caption: names[0] + " minus " + names[1] + " by " + RP.words(by) + "; intervals are not corrected for their number",
    columns: [{ id: "group", title: RP.words(by), ascending: true }, { id: "tasks", title: "Tasks" }, { id: "repos", title: "Repositories" }, { id: "difference", title: "Difference", note: metric.title }], rows });
};

RP.pairTasks = (suite, ids, tasks, name, facets) => {
  const most = 200;
  const repo = facets.by.get("repo");
  const item = (task) => RP.el("li", {}, RP.link(RP.address(["task", ...RP.suiteParts(suite), ids.at(task)]), RP.el("code", {}, ids.at(task).slice(0, 12))), " " + repo.groups[repo.of[task]]);
  return RP.el("details", { class: "filters" }, RP.el("summary", {}, RP.count(tasks.length) + " tasks on which " + name + " is better"),
    tasks.length > most && RP.el("p", { class: "legend" }, "The first " + RP.count(most) + " of them."), RP.el("ul", { class: "tasks" }, tasks.slice(0, most).map(item)));
};
