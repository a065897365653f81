// The leaderboard of a suite: metric, reference row and filters are choices, and the address holds them all.

RP.views = {};

// Filters that look at tasks, in the order in which they are offered; the user's own properties follow.
RP.OFFERED = ["family", "kind", "target_type", "difficulty", "need", "commit_position", "target_chars", "prefix_chars"];
// What is offered elsewhere, or divides tasks too finely to choose from.
RP.ELSEWHERE = ["repo", "leaks"];

RP.views.suite = async ({ parts, query }) => {
  const suite = parts.length ? RP.suite(parts.join("/")) : RP.board.suites[0];
  if (!suite && parts.length) return RP.nothing("suite", parts.join("/"));
  if (!suite) return { title: "Leaderboard", nodes: [RP.el("p", {}, "No suite was scored.")] };
  const state = RP.suiteState(suite, query);
  const results = RP.el("div", { class: "results" });
  const status = RP.el("p", { class: "status", role: "status", "aria-live": "polite" });
  let turn = 0;
  const update = async (quiet) => {
    const mine = ++turn;
    if (!quiet) history.replaceState(null, "", RP.address(["suite", ...RP.suiteParts(suite)], RP.suiteQuery(state)));
    const started = performance.now();
    const found = await RP.suiteRows(suite, state);
    if (mine !== turn) return;
    results.replaceChildren(...RP.suiteResults(suite, state, found, update));
    status.textContent = RP.suiteStatus(suite, state, found);
    RP.took = performance.now() - started;
  };
  const facets = await RP.facets(suite);
  await update(true);
  const nodes = [
    RP.suiteTabs(suite, state),
    RP.el("p", { class: "about" }, RP.count(suite.tasks) + " tasks of " + RP.count(suite.repos) + (suite.repos === 1 ? " repository: " : " repositories: ") + suite.about + "."),
    RP.suiteControls(suite, state, facets, update),
    status, results, RP.suiteLegend(),
  ];
  return { title: RP.suiteTitle(suite), nodes };
};

RP.suiteState = (suite, query) => {
  const filters = [...query.entries()].filter(([name]) => name.startsWith("is.")).map(([name, value]) => [name.slice(3), value]);
  const [sort, direction] = (query.get("sort") || "").split(".");
  return {
    metric: RP.metric(query.get("metric")),
    to: RP.method(query.get("to")),
    filters: new Map(filters),
    text: query.get("q") || "",
    open: query.get("open") === "yes",
    most: query.get("size") || "",
    audit: query.get("audit") || "",
    sort: sort ? { id: sort, descending: direction !== "up" } : null,
  };
};

RP.suiteQuery = (state) => ({
  metric: state.metric === RP.board.metrics[0] ? "" : state.metric.id,
  to: state.to < 0 ? "" : RP.board.methods[state.to].key,
  q: state.text, open: state.open ? "yes" : "", size: state.most, audit: state.audit,
  sort: state.sort ? state.sort.id + (state.sort.descending ? ".down" : ".up") : "",
  ...Object.fromEntries([...state.filters].map(([by, group]) => ["is." + by, group])),
});

RP.suiteTabs = (suite, state) => {
  const query = { metric: RP.suiteQuery(state).metric };
  const tab = (other) => RP.el("a", { href: RP.address(["suite", ...RP.suiteParts(other)], query),
    "aria-current": other === suite ? "page" : false }, RP.board.editions.length > 1 ? RP.suiteTitle(other) : other.title);
  return RP.el("nav", { class: "suites", "aria-label": "Suites" }, RP.board.suites.map(tab));
};

RP.suiteControls = (suite, state, facets, update) => {
  const set = (change) => (value) => {
    change(value);
    update();
  };
  const filter = (by) => set((value) => (value ? state.filters.set(by, value) : state.filters.delete(by)));
  const methods = suite.rows.map((row) => RP.board.methods[row.method]);
  const main = [
    RP.choice("Metric", "metric", RP.board.metrics.map((metric) => [metric.id, metric.title]), state.metric.id,
      set((value) => { state.metric = RP.metric(value); })),
    RP.choice("Difference to", "to", [["", "no row"], ...methods.map((method) => [method.key, method.label])],
      state.to < 0 ? "" : RP.board.methods[state.to].key, set((value) => { state.to = RP.method(value); })),
  ];
  const leaks = facets.by.get("leaks");
  if (leaks && leaks.groups.includes("leak-free")) {
    const box = RP.el("input", { type: "checkbox", id: "leak-free", checked: state.filters.get("leaks") === "leak-free",
      on: { change: () => filter("leaks")(box.checked ? "leak-free" : "") } });
    main.push(RP.el("p", { class: "choice check" }, box, RP.el("label", { for: "leak-free" }, "Leak-free tasks only")));
  }
  const rest = facets.facets.map((facet) => facet.by).filter((by) => !RP.OFFERED.includes(by) && !RP.ELSEWHERE.includes(by));
  const offered = [...RP.OFFERED, ...rest].filter((by) => facets.by.has(by) && facets.by.get(by).groups.length > 1);
  const of = (by) => {
    const groups = facets.by.get(by).groups;
    return RP.choice(RP.words(by), "is-" + by, [["", "all"], ...groups.map((group) => [group, RP.words(group)])],
      state.filters.get(by) || "", filter(by));
  };
  const tasks = RP.el("fieldset", {}, RP.el("legend", {}, "Tasks"), offered.map(of), of("repo"));
  const sizes = [...new Set(methods.map((method) => method.parameters).filter((size) => size !== null))].sort((a, b) => a - b);
  const verdicts = [...new Set(methods.map((method) => method.audit && method.audit.verdict).filter(Boolean))].sort();
  const open = RP.el("input", { type: "checkbox", id: "open-weights", checked: state.open,
    on: { change: () => set(() => { state.open = open.checked; })() } });
  const text = RP.el("input", { type: "search", id: "method-text", value: state.text, autocomplete: "off",
    on: { input: () => set(() => { state.text = text.value; })() } });
  const shown = [
    RP.el("p", { class: "choice" }, RP.el("label", { for: "method-text" }, "Name contains"), text),
    sizes.length > 1 && RP.choice("Base model at most", "size", [["", "any size"], ...sizes.map((size) => [String(size), RP.size(size)])],
      state.most, set((value) => { state.most = value; })),
    verdicts.length > 0 && RP.choice("Audit", "audit", [["", "any"], ...verdicts.map((verdict) => [verdict, verdict])],
      state.audit, set((value) => { state.audit = value; })),
    RP.el("p", { class: "choice check" }, open, RP.el("label", { for: "open-weights" }, "Open weights only")),
  ];
  const narrowed = state.filters.size > 0 || state.text || state.open || state.most || state.audit;
  const panel = RP.el("details", { class: "filters", open: Boolean(narrowed) }, RP.el("summary", {}, "Filter tasks and methods"),
    tasks, RP.el("fieldset", {}, RP.el("legend", {}, "Methods"), shown),
    RP.el("p", {}, RP.el("button", { type: "button", on: { click: () => {
      location.hash = RP.address(["suite", ...RP.suiteParts(suite)], { metric: RP.suiteQuery(state).metric });
    } } }, "Clear all filters")));
  return RP.el("div", { class: "controls", role: "group", "aria-label": "Metric, reference row and filters" }, main, panel);
};

// The rows that pass, each with its mean and its difference to the reference row; made of tasks only if tasks are filtered.
RP.suiteRows = async (suite, state) => {
  const { metric, to } = state;
  const words = state.text.toLowerCase();
  const rows = suite.rows.filter((row) => {
    const method = RP.board.methods[row.method];
    return (!words || (method.label + " " + method.id).toLowerCase().includes(words)) && (!state.open || method.open_weights === true)
      && (!state.most || (method.parameters !== null && method.parameters <= Number(state.most)))
      && (!state.audit || (method.audit && method.audit.verdict === state.audit));
  });
  const reference = to >= 0 && RP.rowOf(suite, to) ? to : -1;
  if (!state.filters.size) {
    const pairs = reference >= 0 ? await RP.load(suite.key + "/pairs") : {};
    return { tasks: suite.tasks, rows: rows.map((row) => {
      const pair = reference >= 0 && row.method !== reference ? RP.pair(pairs, metric, row.method, reference) : undefined;
      return { row, estimate: RP.estimate(row, metric), difference: pair && [pair.difference, ...(pair.interval || [null, null])],
        p: pair && pair.p, standing: RP.standing(suite, metric, row.method) };
    }) };
  }
  const [facets, columns] = await Promise.all([RP.facets(suite), RP.scores(suite, metric)]);
  const tasks = RP.chosen(facets, [...state.filters]);
  const repo = RP.repoOf(facets);
  const score = (column) => (task) => RP.score(column, metric, task);
  const other = reference >= 0 ? columns.get(reference) : undefined;
  return { tasks: tasks.length, chosen: tasks, rows: rows.map((row) => {
    const column = columns.get(row.method);
    const { mean, low, high } = RP.mean(tasks, repo, score(column));
    const clamp = (value) => (value === null ? null : Math.min(1, Math.max(0, value)));
    const paired = other && row.method !== reference
      ? RP.mean(tasks, repo, (task) => RP.score(column, metric, task) - RP.score(other, metric, task)) : undefined;
    return { row, estimate: [mean, clamp(low), clamp(high)], difference: paired && [paired.mean, paired.low, paired.high] };
  }) };
};

RP.suiteResults = (suite, state, found, update) => {
  const { metric } = state;
  const whole = !state.filters.size;
  const costs = RP.costs(suite);
  const means = found.rows.map(({ estimate }) => estimate && estimate[0]).filter((mean) => mean !== null && mean !== undefined);
  const best = means.length > 1 ? Math.max(...means) : null;
  const contested = means.some((mean) => mean < best);
  const ends = RP.ends(found.rows.map(({ estimate }) => estimate));
  const ranked = whole && found.rows.some(({ standing }) => standing && standing.ranks);
  const columns = [{ id: "method", title: "Method" }];
  if (ranked) columns.push({ id: "rank", title: "Rank", note: "possible", ascending: true }, { id: "group", title: "Tied", note: "group", ascending: true });
  columns.push({ id: "mean", title: metric.title, note: metric.binary ? "percent" : "0 to 1" }, { id: "strip", title: "Interval", fixed: true });
  const compared = state.to >= 0 && RP.rowOf(suite, state.to);
  if (compared) columns.push({ id: "difference", title: "Difference", note: "to " + RP.board.methods[state.to].label });
  columns.push({ id: "missing", title: "Missing", note: "answers" });
  const audited = suite.rows.some((row) => RP.board.methods[row.method].audit);
  if (audited) columns.push({ id: "audit", title: "Audit", note: "conditioning", ascending: true });
  columns.push(...costs.map(({ id, title, note }) => ({ id, title, note })));
  const rows = found.rows.map(({ row, estimate, difference, p, standing }) => {
    const method = RP.board.methods[row.method];
    const cells = [{ text: method.label, sort: method.label, node: RP.methodLink(row.method) }];
    if (ranked) {
      const ranks = standing && standing.ranks;
      cells.push({ text: ranks ? (ranks[0] === ranks[1] ? String(ranks[0]) : ranks[0] + "–" + ranks[1]) : RP.NONE, sort: ranks ? ranks[0] * 1000 + ranks[1] : null },
        { text: (standing && standing.letters) || RP.NONE, sort: (standing && standing.letters) || null });
    }
    cells.push(RP.measured(metric, estimate, contested && estimate && estimate[0] === best), { node: RP.strip(estimate, ends), kind: "drawn" });
    if (compared) {
      cells.push(row.method === state.to ? { text: "reference" } : difference
        ? { text: RP.signed(metric, difference[0]), note: [RP.signedInterval(metric, difference[1], difference[2]), p === undefined || p === null ? null : "p " + RP.pValue(p)].filter(Boolean).join(" "), sort: difference[0] }
        : { text: RP.NONE });
    }
    cells.push({ text: RP.count(row.missing), sort: row.missing, mark: row.missing ? "warning" : null });
    if (audited) cells.push(method.audit ? { text: method.audit.verdict, sort: method.audit.verdict, mark: method.audit.doubtful ? "warning" : null } : { text: RP.NONE });
    cells.push(...costs.map((cost) => ({ text: cost.text(cost.of(row)), sort: cost.of(row) })));
    return cells;
  });
  const onSort = (id, descending) => {
    state.sort = { id, descending };
    history.replaceState(null, "", RP.address(["suite", ...RP.suiteParts(suite)], RP.suiteQuery(state)));
  };
  const caption = metric.title + " on " + RP.suiteTitle(suite) + (whole ? "" : ", filtered");
  const nodes = [RP.table({ caption, columns, rows, sort: state.sort || { id: "mean", descending: true }, onSort })];
  const links = RP.el("ul", { class: "links" });
  const list = RP.address(["tasks", ...RP.suiteParts(suite)], Object.fromEntries([...state.filters].map(([by, group]) => ["is." + by, group])));
  links.append(RP.el("li", {}, RP.link(list, "The " + RP.count(found.tasks) + " tasks")));
  if (compared) {
    const other = found.rows.find(({ row }) => row.method !== state.to);
    if (other) links.append(RP.el("li", {}, RP.link(RP.address(["compare", ...RP.suiteParts(suite), RP.board.methods[other.row.method].key, RP.board.methods[state.to].key], { metric: metric.id }), "Compare two rows task by task")));
  } else if (suite.rows.length > 1) {
    const [a, b] = suite.rows.map((row) => RP.board.methods[row.method].key);
    links.append(RP.el("li", {}, RP.link(RP.address(["compare", ...RP.suiteParts(suite), a, b], { metric: metric.id }), "Compare two rows task by task")));
  }
  nodes.push(links);
  return nodes;
};

RP.suiteStatus = (suite, state, found) => {
  const tasks = found.tasks === suite.tasks ? "all " + RP.count(suite.tasks) + " tasks" : RP.count(found.tasks) + " of " + RP.count(suite.tasks) + " tasks";
  return "Showing " + RP.count(found.rows.length) + " of " + RP.count(suite.rows.length) + " methods on " + tasks + ".";
};

RP.suiteLegend = () => {
  const paragraphs = [RP.el("p", { class: "legend" }, RP.el("b", {}, "Bold"), ": highest mean. Brackets: 95 % interval over repositories. ",
    RP.el("b", {}, "Tied"), ": methods that share a letter were not found to differ; a rank is a range where others are tied. ",
    RP.link("#/notes", "How to read the numbers"))];
  paragraphs.push(RP.el("p", { class: "legend" }, "Under a filter of tasks, means, intervals and differences are computed here, of the tasks that are left: "
    + "intervals treat repositories as the units (robust standard error, Student's t), and ranks are not given."));
  return RP.el("div", {}, paragraphs);
};
