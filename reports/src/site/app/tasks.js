// Lists of tasks, the page of a repository and the page of a task.

RP.PAGE = 50;

RP.views.tasks = async ({ parts, query }) => {
  const suite = RP.suite(parts.slice(0, 2).join("/"));
  if (!suite) return RP.nothing("suite", parts.slice(0, 2).join("/"));
  const filters = [...query.entries()].filter(([name]) => name.startsWith("is.")).map(([name, value]) => [name.slice(3), value]);
  const facets = await RP.facets(suite);
  const chosen = RP.chosen(facets, filters);
  const words = filters.map(([by, group]) => RP.words(by) + " is " + RP.words(group)).join(", ");
  const nodes = [RP.el("p", { class: "about" }, words ? "Tasks whose " + words + "." : "All tasks of the suite."),
    ...(await RP.taskList(suite, chosen, parts, query))];
  return { title: "Tasks of " + RP.suiteTitle(suite), nodes };
};

RP.views.repo = async ({ parts, query }) => {
  const suite = RP.suite(parts.slice(0, 2).join("/"));
  const name = parts.slice(2).join("/");
  if (!suite) return RP.nothing("suite", parts.slice(0, 2).join("/"));
  const facets = await RP.facets(suite);
  const chosen = RP.chosen(facets, [["repo", name]]);
  if (!chosen.length) return RP.nothing("repository", name);
  const metric = RP.metric(query.get("metric"));
  const columns = await RP.scores(suite, metric);
  const rows = suite.rows.map((row) => {
    const column = columns.get(row.method);
    let sum = 0;
    for (const task of chosen) sum += RP.score(column, metric, task);
    const mean = sum / chosen.length;
    return [{ text: RP.board.methods[row.method].label, sort: RP.board.methods[row.method].label, node: RP.methodLink(row.method) }, { text: RP.value(metric, mean), sort: mean },
      metric.binary ? { text: RP.count(sum), sort: sum } : { text: RP.NONE }];
  });
  const others = RP.board.suites.filter((other) => other !== suite);
  const home = RP.edition(suite).addresses[name];
  const nodes = [
    RP.facts([["Suite", RP.link(RP.address(["suite", ...RP.suiteParts(suite)]), RP.suiteTitle(suite))], ["Tasks", RP.count(chosen.length)],
      ["Source", home && RP.el("a", { href: home, rel: "noreferrer" }, home)]]),
    RP.el("div", { class: "controls", role: "group", "aria-label": "Metric" }, RP.choice("Metric", "metric", RP.board.metrics.map((one) => [one.id, one.title]), metric.id,
      (value) => { location.hash = RP.address(["repo", ...parts], { metric: value }); })),
    RP.table({ caption: metric.title + " on the tasks of " + name, columns: [{ id: "method", title: "Method" }, { id: "mean", title: metric.title, note: metric.binary ? "percent" : "0 to 1" }, { id: "right", title: "Right" }],
      rows, sort: { id: "mean", descending: true } }),
    RP.el("h2", {}, "Its tasks"), ...(await RP.taskList(suite, chosen, parts, query, "repo")),
  ];
  if (others.length) {
    nodes.push(RP.el("p", {}, "The same repository on: ", others.map((other) => [RP.link(RP.address(["repo", ...RP.suiteParts(other), ...name.split("/")]), RP.suiteTitle(other)), " "]).flat()));
  }
  return { title: name, nodes };
};

// One page of `chosen`, with who is right on each task.
RP.taskList = async (suite, chosen, parts, query, view) => {
  const [facets, ids, columns] = await Promise.all([RP.facets(suite), RP.ids(suite), RP.scores(suite, RP.board.metrics[0])]);
  const pages = Math.max(1, Math.ceil(chosen.length / RP.PAGE));
  const page = Math.min(pages, Math.max(1, Math.floor(Number(query.get("page"))) || 1));
  const rows = [...chosen.slice((page - 1) * RP.PAGE, page * RP.PAGE)].map((task) => {
    const group = (by) => (facets.by.has(by) ? RP.words(facets.by.get(by).groups[facets.by.get(by).of[task]]) : RP.NONE);
    let right = 0;
    for (const column of columns.values()) right += RP.score(column, RP.board.metrics[0], task);
    const id = ids.at(task);
    const repo = facets.by.get("repo").groups[facets.by.get("repo").of[task]];
    return [{ text: id, sort: id, node: RP.link(RP.address(["task", ...RP.suiteParts(suite), id]), RP.el("code", {}, id.slice(0, 12))) },
      { text: repo, sort: repo }, { text: group("family"), sort: group("family") }, { text: group("target_type"), sort: group("target_type") },
      { text: RP.count(right), sort: right, note: "of " + columns.size }];
  });
  const columnsShown = [["task", "Task"], ["repo", "Repository"], ["family", "Family"], ["type", "Target"]].map(([id, title]) => ({ id, title, ascending: true }));
  const all = Object.fromEntries(query.entries());
  const to = (number, text) => RP.link(RP.address([view || "tasks", ...parts], { ...all, page: number === 1 ? "" : number }), text);
  const nodes = [RP.table({ caption: "Tasks " + RP.count(Math.min(chosen.length, (page - 1) * RP.PAGE + 1)) + " to " + RP.count(Math.min(chosen.length, page * RP.PAGE)) + " of " + RP.count(chosen.length),
    columns: [...columnsShown, { id: "right", title: "Methods right", note: RP.board.metrics[0].title }], rows })];
  if (pages > 1) {
    nodes.push(RP.el("nav", { class: "pages", "aria-label": "Pages of tasks" }, page > 1 && to(1, "First"), page > 1 && to(page - 1, "Previous"),
      RP.el("span", {}, "Page " + RP.count(page) + " of " + RP.count(pages)), page < pages && to(page + 1, "Next"), page < pages && to(pages, "Last")));
  }
  return nodes;
};

RP.views.task = async ({ parts }) => {
  const suite = RP.suite(parts.slice(0, 2).join("/"));
  if (!suite) return RP.nothing("suite", parts.slice(0, 2).join("/"));
  const ids = await RP.ids(suite);
  const task = /^[0-9a-f]{32}$/.test(parts[2] || "") ? ids.find(parts[2]) : -1;
  if (task < 0) return RP.nothing("task", parts[2]);
  const chunk = Math.floor(task / suite.chunk);
  const tasks = await RP.load(suite.key + "/tasks-" + chunk);
  RP.forget(suite.key + "/tasks-" + chunk);
  const found = tasks[task - chunk * suite.chunk];
  const facets = await RP.facets(suite);
  const properties = facets.facets.filter((facet) => facet.by !== "repo").map((facet) => [RP.words(facet.by), RP.words(facet.groups[facet.of[task]])]);
  const place = found.path + (found.line ? ":" + found.line : "");
  const nodes = [
    RP.facts([["Suite", RP.link(RP.address(["suite", ...RP.suiteParts(suite)]), RP.suiteTitle(suite))],
      ["Repository", RP.link(RP.address(["repo", ...RP.suiteParts(suite), ...found.repo.split("/")]), found.repo)],
      ["Test", [found.class, found.function].filter(Boolean).join(".")], ["Assertion", found.kind],
      ["Source", found.source ? RP.el("a", { href: found.source, rel: "noreferrer" }, place) : place], ["Commit", found.commit && RP.el("code", {}, found.commit.slice(0, 12))]]),
    RP.el("h2", {}, "What the model reads"),
    found.prefix !== null && found.cut > 0 && RP.el("p", { class: "legend" }, RP.count(found.cut) + " characters in front of this are not shown."),
    found.prefix === null ? RP.el("p", { class: "legend" }, "This site holds no prompts.") : RP.text(found.prefix, "The end of the prompt"),
    RP.el("h2", {}, "What was asked for"), RP.text(found.target === null ? found.reference : found.target, "The target"),
    RP.el("h2", {}, "What was answered"), RP.answers(suite, found), RP.traces(suite, found),
    RP.el("details", { class: "filters" }, RP.el("summary", {}, "Properties of the task"), RP.facts(properties)),
    RP.neighbours(suite, ids, task),
  ];
  return { title: "Task " + parts[2].slice(0, 12), nodes: nodes.filter(Boolean) };
};

RP.text = (text, label) => RP.el("pre", { tabindex: "0", role: "region", "aria-label": label }, RP.el("code", {}, text));

RP.answers = (suite, found) => {
  const columns = [{ id: "method", title: "Method" }, { id: "answer", title: "Answer", note: "as cleaned", fixed: true, kind: "prose" }, ...RP.board.metrics.map((metric) => ({ id: metric.id, title: metric.title })),
    { id: "class", title: "Error class", ascending: true }];
  const rows = found.answers.map((answer) => [
    { text: RP.board.methods[answer.method].label, node: RP.methodLink(answer.method), sort: RP.board.methods[answer.method].label },
    answer.given ? { node: RP.el("code", { class: "answer" }, found.texts[answer.text].clean || "(empty)"), kind: "prose" } : { text: "no answer", mark: "warning" },
    ...RP.board.metrics.map((metric, at) => ({ text: metric.binary ? (answer.values[at] ? "right" : "wrong") : RP.fixed(answer.values[at], 3), sort: answer.values[at] })),
    { text: answer.error ? RP.words(answer.error) : RP.NONE, note: answer.balanced && answer.balanced !== answer.error ? "balanced: " + RP.words(answer.balanced) : null, sort: answer.error || "" },
  ]);
  return RP.table({ caption: "Answers to the task; the cleaned target is “" + found.reference + "”", columns, rows });
};

// How each distinct answer came to be what was scored.
RP.traces = (suite, found) => {
  const traced = found.texts.filter((text) => text.raw !== null);
  const of = (text) => {
    const whose = found.answers.filter((answer) => answer.given && found.texts[answer.text] === text).map((answer) => RP.board.methods[answer.method].label);
    const steps = text.steps.map(([rule, what, after]) => RP.el("li", {}, RP.el("b", {}, rule), " " + what + ": ", RP.el("code", { class: "answer" }, after || "(empty)")));
    return RP.el("article", {}, RP.el("h3", {}, whose.join(", ")), RP.text(text.raw, "Raw answer"),
      steps.length ? RP.el("ol", { class: "steps" }, steps) : RP.el("p", { class: "legend" }, "No step of the cleaning changed it."));
  };
  if (traced.length) return RP.el("details", { class: "filters" }, RP.el("summary", {}, "Raw answers and cleaning steps"), traced.map(of));
  const cuts = found.answers.filter((answer) => answer.cuts.length).map((answer) =>
    RP.el("li", {}, RP.board.methods[answer.method].label + ": " + answer.cuts.join(", ")));
  return RP.el("div", {}, cuts.length > 0 && RP.el("p", {}, "Cleaning by looking at the target changed these answers:"), cuts.length > 0 && RP.el("ul", {}, cuts));
};

RP.neighbours = (suite, ids, task) => {
  const to = (at, text) => RP.link(RP.address(["task", ...RP.suiteParts(suite), ids.at(at)]), text);
  return RP.el("nav", { class: "pages", "aria-label": "Tasks beside this one" }, task > 0 && to(task - 1, "Previous task"), task + 1 < suite.tasks && to(task + 1, "Next task"));
};
