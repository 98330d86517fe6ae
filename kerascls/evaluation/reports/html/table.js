// Counts of each label as they are now: those of the rule until its slider moves.
const now = data.labels.map((_, label) => atRule(label));
const watchers = [];

function atRule(label) {
  const { given, hits } = data.classes;
  return {
    given: given[label],
    hits: hits[label],
    threshold: data.classes.threshold[label],
    moved: false,
  };
}

function moveTo(label, point) {
  const { thresholds, given, hits } = data.curves[label];
  const threshold = thresholds[point];
  const back = threshold === data.classes.threshold[label];
  now[label] = back
    ? atRule(label)
    : { given: given[point], hits: hits[point], threshold, moved: true };
}

function moved() {
  return now.some((one) => one.moved);
}

// The same formulas as kerascls.metrics.score: a quotient without denominator is 0,
// a label that is neither true nor given has no scores and is in no macro average.
function scores(label, { given, hits } = now[label]) {
  const support = data.classes.support[label];
  if (!given && !support) return { precision: null, recall: null, f1: null };
  return {
    precision: hits / Math.max(given, 1),
    recall: hits / Math.max(support, 1),
    f1: (2 * hits) / (given + support),
  };
}

// Always one line, for a row must keep its height while its slider moves.
function belowF1(label) {
  const { low, high } = data.classes;
  if (now[label].moved) return t("was {f1}", { f1: fixed(scores(label, atRule(label)).f1) });
  if (low[label] === null) return "\u00a0";
  return `${fixed(low[label], 2)}–${fixed(high[label], 2)}`;
}

function averageF1() {
  const total = { hits: 0, given: 0, support: 0, f1: 0, present: 0, weighted: 0 };
  data.labels.forEach((_, label) => {
    const { f1 } = scores(label);
    const support = data.classes.support[label];
    total.hits += now[label].hits;
    total.given += now[label].given;
    total.support += support;
    total.present += f1 !== null;
    total.f1 += f1 ?? 0;
    total.weighted += (f1 ?? 0) * support;
  });
  return {
    micro_f1: (2 * total.hits) / Math.max(total.given + total.support, 1),
    macro_f1: total.f1 / Math.max(total.present, 1),
    weighted_f1: total.weighted / Math.max(total.support, 1),
  };
}

function averagesText() {
  const { macro_f1, micro_f1 } = averageF1();
  return `${t("macro-F1")} ${fixed(macro_f1)} · ${t("micro-F1")} ${fixed(micro_f1)}`;
}

const COLUMNS = [
  { key: "label", head: t("label"), value: (label) => data.labels[label] },
  { key: "f1", head: t("F1"), value: (label) => scores(label).f1 },
  { key: "threshold", head: t("threshold"), value: (label) => now[label].threshold },
  {
    key: "precision",
    head: t("precision"),
    value: (label) => scores(label).precision,
  },
  { key: "recall", head: t("recall"), value: (label) => scores(label).recall },
  { key: "given", head: t("given"), value: (label) => now[label].given, whole: true },
  {
    key: "support",
    head: t("true"),
    value: (label) => data.classes.support[label],
    whole: true,
  },
  {
    key: "train",
    head: t("in training"),
    value: (label) => data.classes.train[label],
    whole: true,
  },
  {
    key: "average_precision",
    head: t("avg. precision"),
    value: (label) => data.classes.average_precision[label],
  },
  { key: "roc_auc", head: t("ROC AUC"), value: (label) => data.classes.roc_auc[label] },
  {
    key: "at_half",
    head: t("f1 at 0.5"),
    value: (label) => data.classes.at_half[label],
  },
].filter(
  ({ key }) =>
    (hasThresholds || key !== "threshold") && (data.classes.at_half || key !== "at_half"),
);

function classTable() {
  const body = element("tbody");
  const lines = data.labels.map((_, label) => classLine(label));
  body.append(...lines.map((line) => line.row));
  const heads = COLUMNS.map((column) => {
    const head = element(
      "th",
      { scope: "col", "data-key": column.key },
      element(
        "button",
        { type: "button", click: () => sortBy(column, head) },
        column.head,
      ),
    );
    return head;
  });
  const sortBy = (column, head) => {
    const before = head.getAttribute("aria-sort");
    const up = before ? before === "descending" : column.key === "label";
    heads.forEach((one) => one.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const order = data.labels
      .map((_, label) => label)
      .sort((a, b) => compared(column.value(a), column.value(b), up) || a - b);
    body.append(...order.map((label) => lines[label].row));
  };
  const table = element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...heads)),
    body,
  );
  byId("classes").append(table);
  classTools(lines);
  watchers.push((label) =>
    (label === undefined ? lines : [lines[label]]).forEach((line) => line.update()),
  );
}

function compared(a, b, up) {
  if (a === null || b === null) return (a === null) - (b === null);
  const order = typeof a === "string" ? a.localeCompare(b, "zh") : a - b;
  return up ? order : -order;
}

function classLine(label) {
  const cells = {};
  const row = element("tr", { "data-label": data.labels[label] });
  for (const { key } of COLUMNS) {
    if (key === "label")
      row.append(
        element("th", { scope: "row", title: data.labels[label] }, labelName(label)),
      );
    else
      row.append(
        (cells[key] = element("td", {
          "data-key": key,
          class: MOVING.includes(key) ? "moves" : null,
        })),
      );
  }
  cells.f1.classList.add("bar");
  const slider = hasThresholds && label < data.known ? thresholdSlider(label) : null;
  const update = () => {
    row.classList.toggle("moved", now[label].moved);
    for (const { key, value, whole } of COLUMNS.slice(1)) {
      if (key === "threshold" && slider) continue;
      const number = value(label);
      cells[key].replaceChildren(whole ? count(number) : fixed(number));
    }
    cells.f1.style.setProperty("--share", scores(label).f1 ?? 0);
    cells.f1.append(element("small", {}, belowF1(label)));
    slider?.update();
  };
  if (slider) cells.threshold.append(slider.output, " ", slider.input);
  update();
  return { row, update };
}

const MOVING = ["precision", "recall", "f1", "given"];

function thresholdSlider(label) {
  const { thresholds } = data.curves[label];
  const output = element("output", { "aria-live": "off" }); // the slider says it
  const input = element("input", {
    type: "range",
    min: 0,
    max: thresholds.length - 1,
    step: 1,
    "aria-label": t("Threshold of {label}", { label: data.labels[label] }),
    input: () => {
      moveTo(label, Number(input.value));
      watchers.forEach((watch) => watch(label));
    },
  });
  const update = () => {
    const { threshold } = now[label];
    const point = thresholds.findIndex((one) => one >= (threshold ?? 0.5));
    input.value = point < 0 ? thresholds.length - 1 : point;
    input.setAttribute(
      "aria-valuetext",
      threshold === null ? t("set by the rule") : String(threshold),
    );
    output.value = threshold === null ? "–" : fixed(threshold);
  };
  return { input, output, update };
}

function classTools(lines) {
  const search = element("input", {
    type: "search",
    placeholder: t("Find a label"),
    "aria-label": t("Find a label"),
    input: () =>
      lines.forEach((line, label) => {
        line.row.hidden = !data.labels[label]
          .toLowerCase()
          .includes(search.value.trim().toLowerCase());
      }),
  });
  if (data.labels.length > 10) byId("class-tools").append(search);
  if (!hasThresholds) return;
  const output = element("output", {}, "–");
  const all = element("input", {
    type: "range",
    min: 0,
    max: 100,
    value: 50,
    "aria-label": t("Threshold of all labels"),
    id: "all-thresholds",
    input: () => {
      const asked = Number(all.value) / 100;
      output.value = fixed(asked, 2);
      data.curves.forEach(({ thresholds }, label) =>
        moveTo(label, thresholds.indexOf(asked)),
      );
      watchers.forEach((watch) => watch());
    },
  });
  const reset = element(
    "button",
    {
      type: "button",
      class: "button",
      id: "reset",
      click: () => {
        data.labels.forEach((_, label) => (now[label] = atRule(label)));
        all.value = all.defaultValue;
        output.value = "–";
        watchers.forEach((watch) => watch());
        all.focus(); // the button is disabled now, which would lose the focus
      },
    },
    t("Back to the rule"),
  );
  byId("class-tools").append(
    element("label", {}, t("All thresholds"), all, output),
    reset,
  );
  byId("class-tools").before(
    element(
      "p",
      { class: "callout" },
      t(
        "The sliders show what other thresholds would do to the rows of this page. Choose thresholds on validation data, with ",
      ),
      element("code", {}, "kerascls tune"),
      t(
        ": the best ones for these rows would make their scores look better than they are.",
      ),
      data.plain
        ? ""
        : t(
            " The rule does more than compare with thresholds; a label whose slider is moved is given by its threshold alone.",
          ),
    ),
  );
  const averages = element("output", { class: "averages", "aria-live": "off" });
  byId("class-tools").append(averages);
  const update = () => {
    reset.disabled = !moved();
    averages.value = averagesText();
  };
  watchers.push(update);
  update();
}
