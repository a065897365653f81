// The page of a method: its card, its results on every suite, its slices and its errors.

RP.views.methods = async () => {
  const rows = RP.board.methods.map((method, index) => [
    { text: method.label, sort: method.label, node: RP.methodLink(index) }, method.reads, method.adaptation, method.model,
    { text: RP.size(method.parameters), sort: method.parameters },
    method.open_weights === null ? RP.NONE : method.open_weights ? "open" : "closed",
    method.audit ? { text: method.audit.verdict, mark: method.audit.doubtful ? "warning" : null } : RP.NONE,
  ].map((cell, at) => (typeof cell === "string" ? { text: cell, sort: cell, kind: at < 4 ? "prose" : null } : cell)));
  const columns = ["Method", "Reads", "Weights", "Base model", "Parameters", "Weights are", "Audit"]
    .map((title, at) => ({ id: title.toLowerCase(), title, ascending: true, kind: at > 0 && at < 4 ? "prose" : null }));
  return { title: "Methods", nodes: [RP.table({ caption: "All methods", columns, rows })] };
};

RP.views.method = async ({ parts, query }) => {
  const index = RP.method(parts[0]);
  if (index < 0) return RP.nothing("method", parts[0]);
  const method = RP.board.methods[index];
  const suites = RP.board.suites.filter((suite) => RP.rowOf(suite, index));
  const nodes = [
    RP.facts([["Id", method.id], ["Reads", method.reads], ["Weights", method.adaptation], ["Base model", method.model],
      ["Parameters", method.parameters === null ? null : RP.size(method.parameters)],
      ["Open weights", method.open_weights === null ? null : method.open_weights ? "yes" : "no"],
      ["Licence", method.licence], ["Contact", method.contact], ["Hardware", method.hardware], ["Adapters", method.adapters],
      ["More at", method.url], ["Audit", method.audit && [method.audit.verdict, method.audit.geometry].filter(Boolean).join(", ")]]),
    RP.methodResults(index, suites),
  ];
  const chosen = suites.find((suite) => suite.key === query.get("suite")) || suites[0];
  if (chosen) nodes.push(await RP.methodDetails(index, suites, chosen, query));
  nodes.push(RP.methodRuns(method));
  return { title: method.label, nodes };
};

RP.methodResults = (index, suites) => {
  const columns = [{ id: "suite", title: "Suite" }, ...RP.board.metrics.map((metric) =>
    ({ id: metric.id, title: metric.title, note: metric.binary ? "percent" : "0 to 1" })), { id: "missing", title: "Missing", note: "answers" }];
  const rows = suites.map((suite) => {
    const row = RP.rowOf(suite, index);
    return [{ text: RP.suiteTitle(suite), node: RP.link(RP.address(["suite", ...RP.suiteParts(suite)]), RP.suiteTitle(suite)) },
      ...RP.board.metrics.map((metric) => RP.measured(metric, RP.estimate(row, metric))),
      { text: RP.count(row.missing), sort: row.missing, mark: row.missing ? "warning" : null }];
  });
  return RP.table({ caption: "Results by suite", columns, rows });
};

RP.methodDetails = async (index, suites, suite, query) => {
  const slices = await RP.load(suite.key + "/slices");
  const place = suite.rows.findIndex((row) => row.method === index);
  const properties = slices.map((slice) => slice.by);
  const by = properties.includes(query.get("by")) ? query.get("by") : properties[0];
  const key = RP.board.methods[index].key;
  const go = (change) => {
    location.hash = RP.address(["method", key], { suite: suite.key, by, ...change });
  };
  const controls = RP.el("div", { class: "controls", role: "group", "aria-label": "Suite and property" },
    RP.choice("Suite", "suite", suites.map((one) => [one.key, RP.suiteTitle(one)]), suite.key, (value) => go({ suite: value })),
    properties.length > 0 && RP.choice("By", "by", properties.map((name) => [name, RP.words(name)]), by, (value) => go({ by: value })));
  const section = RP.el("section", {}, RP.el("h2", {}, "In detail"), controls);
  const slice = slices.find((slice) => slice.by === by);
  if (slice) section.append(RP.sliceTable(suite, slice, place));
  section.append(RP.errorTables(suite.rows[place]));
  return section;
};

RP.sliceTable = (suite, slice, place) => {
  const columns = [{ id: "group", title: RP.words(slice.by), ascending: true }, { id: "tasks", title: "Tasks" }, { id: "repos", title: "Repositories" },
    ...RP.board.metrics.map((metric) => ({ id: metric.id, title: metric.title, note: metric.binary ? "percent" : "0 to 1" }))];
  const rows = slice.groups.map((group) => {
    const name = RP.words(group.name);
    const node = slice.by === "repo" ? RP.link(RP.address(["repo", ...RP.suiteParts(suite), ...group.name.split("/")]), group.name)
      : RP.link(RP.address(["suite", ...RP.suiteParts(suite)], { ["is." + slice.by]: group.name }), name);
    return [{ text: name, node, note: group.small ? "few" : null }, { text: RP.count(group.tasks), sort: group.tasks }, { text: RP.count(group.repos), sort: group.repos },
      ...RP.board.metrics.map((metric, at) => RP.measured(metric, group.rows[place] && group.rows[place][at]))];
  });
  return RP.table({ caption: "By " + RP.words(slice.by) + " on " + RP.suiteTitle(suite), columns, rows });
};

// What went wrong, by the published taxonomy and by the one without artefacts of brackets.
RP.errorTables = (row) => {
  const errors = row.errors;
  const share = (count, all) => (all ? RP.percent(count / all) : RP.NONE);
  const names = [...new Set([...Object.keys(errors.classes), ...Object.keys(errors.balanced)])];
  const rows = names.map((name) => {
    const [published, balanced] = [errors.classes[name] || 0, errors.balanced[name] || 0];
    return [RP.words(name), { text: RP.count(published), note: share(published, errors.failures) + " %", sort: published },
      { text: RP.count(balanced), note: share(balanced, errors.strict_failures) + " %", sort: balanced }];
  });
  const columns = [{ id: "class", title: "Error class" }, { id: "published", title: "Published", note: RP.count(errors.failures) + " failures" },
    { id: "balanced", title: "Brackets balanced", note: RP.count(errors.strict_failures) + " failures" }];
  const bias = row.bias;
  return RP.el("div", {}, RP.table({ caption: "What went wrong", columns, rows }),
    RP.facts([["Cut to first line", RP.count(bias.cut_to_line)], ["Cut at first comma", RP.count(bias.cut_at_comma)], ["Cut to first word", RP.count(bias.cut_to_word)],
      ["EM (paper) without the last two", bias.em_uncut === null ? null : RP.percent(bias.em_uncut)], ["Not scored by the paper", RP.count(bias.unscored)]]));
};

RP.methodRuns = (method) => {
  const runs = method.runs.map((run) => {
    const settings = [...run.settings, ...run.decoding.map(([name, value]) => ["decoding: " + name, value])];
    const costs = [["training examples", run.examples === null ? null : RP.count(run.examples)],
      ["supervised tokens", run.supervised_tokens === null ? null : RP.count(run.supervised_tokens)],
      ["GPU hours", run.gpu_hours === null ? null : RP.decimal(run.gpu_hours, 1)], ["about training", run.note],
      ["adaptation of a repository", run.adaptation_seconds === null ? null : RP.seconds(run.adaptation_seconds)],
      ["storage", run.storage_bytes === null ? null : RP.bytes(run.storage_bytes)]];
    const files = run.files.map(([name, path]) => [RP.link(path, name), " "]).flat();
    return RP.el("article", {}, RP.el("h3", {}, "On the release of the " + RP.board.editions[run.edition].track + " track"),
      RP.facts([...settings, ...costs, ["base model hash", run.base_model_hash], ["predictions hash", run.predictions]], "card"),
      files.length > 0 && RP.el("p", {}, "Files: ", files));
  });
  return RP.el("section", {}, RP.el("h2", {}, "Settings, costs and files"), RP.el("div", { class: "cards" }, runs));
};

RP.nothing = (what, name) => ({ title: "Not found", nodes: [
  RP.el("p", {}, "There is no " + what + " “" + String(name || "").slice(0, 120) + "” on this board. "), RP.el("p", {}, RP.link("#/", "To the leaderboard"))] });
