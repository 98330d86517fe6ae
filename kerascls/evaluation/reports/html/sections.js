function headlineCards() {
  const cards = data.headline.map((one) => {
    const value = element("b", { id: `score-${one.key}` });
    const note = element("span");
    const card = element(
      "div",
      { class: "card" },
      element(
        "span",
        { class: "name" },
        one.key === "accuracy" && multilabel
          ? t("accuracy of whole sets")
          : t(one.name),
      ),
      value,
      note,
      element("span", {}, `${t(one.against)} ${fixed(one.baseline)}`),
    );
    const update = () => {
      const other = moved();
      const current = other ? averageF1()[one.key] : one.value;
      card.classList.toggle("moved", other && current !== undefined);
      value.textContent = fixed(current ?? one.value);
      if (!other)
        note.replaceChildren(
          t("{level} % interval ", { level: one.level }),
          element("em", {}, one.interval.map((end) => fixed(end, 3)).join("–")),
        );
      else if (current === undefined)
        note.textContent = t("at the rule, not at the sliders");
      else
        note.textContent = t("{change} against the rule", {
          change: `${current < one.value ? "−" : "+"}${fixed(Math.abs(current - one.value))}`,
        });
    };
    update();
    watchers.push(update);
    return card;
  });
  byId("headline").append(...cards);
  watchers.push(sayAverages());
  byId("notes").append(...data.notes.map((note) => element("li", {}, note)));
  byId("more").append(...data.more.map((line) => element("li", {}, line)));
  const number = count(data.labels.length);
  byId("facts").textContent = t(
    "{kind} · {labels} · {rows}, {wrong} of them with a mistake. All scores here are measured on these rows.",
    {
      kind: KINDS[data.task],
      labels:
        data.labels.length === 1 ? t("1 label") : t("{n} labels", { n: number }),
      rows: rows(data.rows),
      wrong: count(data.wrong),
    },
  );
}

// Screen readers hear the scores once a slider rests, not at each of its steps.
function sayAverages(milliseconds = 700) {
  let waiting;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(
      () => (byId("said").textContent = averagesText()),
      milliseconds,
    );
  };
}

function mostSupported(limit) {
  const known = data.labels.map((_, label) => label).slice(0, data.known);
  return byNumber(known, (label) => data.classes.support[label]).slice(0, limit);
}

function precisionRecall() {
  const box = byId("curves");
  const chosen = mostSupported(5);
  box.append(
    help(
      t(
        "One curve per label, over all thresholds; the dot is where the label stands now.",
      ),
    ),
  );
  const tone = picker(box, chosen, () => redraw());
  const redraw = lineChart(
    box,
    () =>
      t("Precision against recall of {labels}", {
        labels: list(chosen.map((l) => data.labels[l])),
      }),
    () => ({
      x: [0, 1],
      y: [0, 1],
      xName: t("recall"),
      yName: t("precision"),
      series: chosen
        .filter((label) => label < data.known && data.classes.support[label])
        .map((label) => {
          const { given, hits } = data.curves[label];
          const points = given.map((number, i) => [
            hits[i] / data.classes.support[label],
            number ? hits[i] / number : null,
          ]);
          const { precision, recall } = scores(label);
          return {
            tone: tone(label),
            points: points.filter(([, y]) => y !== null),
            dots: now[label].given ? [[recall, precision, data.labels[label]]] : [],
          };
        }),
    }),
  );
  watchers.push((label) => (label === undefined || chosen.includes(label)) && redraw());
}

function reliability() {
  const box = byId("reliability");
  const select = element(
    "select",
    { "aria-label": t("Whose probabilities"), change: () => redraw() },
    element(
      "option",
      { value: "" },
      multilabel ? t("All labels together") : t("The likeliest label"),
    ),
    ...data.labels
      .slice(0, data.known)
      .map((name, label) => element("option", { value: label }, name)),
  );
  const bins = () =>
    select.value === ""
      ? data.reliability.all
      : data.reliability.labels[Number(select.value)];
  const error = element("p", { class: "help" });
  box.append(
    help(
      t(
        "How often a label is true where it got such a probability: on the line, probabilities mean what they say.",
      ),
    ),
    element("div", { class: "chips" }, select),
    error,
  );
  const redraw = lineChart(
    box,
    () => t("Share of true labels against their mean probability"),
    () => {
      const { confidence, frequency, counts } = bins();
      const total = counts.reduce((a, b) => a + b, 0);
      const gap =
        counts.reduce(
          (sum, n, i) => sum + n * Math.abs(confidence[i] - frequency[i]),
          0,
        ) / Math.max(total, 1);
      error.textContent = t(
        "Expected calibration error {error}. A larger dot stands for more probabilities.",
        { error: fixed(gap) },
      );
      const points = confidence.map((x, i) => [x, frequency[i]]);
      const largest = Math.log1p(Math.max(...counts));
      const dots = points.map(([x, y], i) => [
        x,
        y,
        t("{n} probabilities, mean {mean}, true {share}", {
          n: count(counts[i]),
          mean: fixed(x),
          share: fixed(y),
        }),
        3 + 6 * (Math.log1p(counts[i]) / largest),
      ]);
      return {
        x: [0, 1],
        y: [0, 1],
        xName: t("mean probability"),
        yName: t("share that is true"),
        guides: [
          [
            [0, 0],
            [1, 1],
          ],
        ],
        series: [{ tone: 0, points, dots }],
      };
    },
  );
}

function history() {
  if (!data.history) return;
  byId("history-section").hidden = false;
  const box = byId("history");
  const { epochs, classes, macro } = data.history;
  const chosen = mostSupported(5);
  box.append(
    help(t("On the validation data of the training; the dashed line is macro-F1.")),
  );
  const tone = picker(box, chosen, () => redraw());
  const line = (values) =>
    epochs.map((epoch, i) => [epoch, values[i]]).filter(([, y]) => y !== null);
  const redraw = lineChart(
    box,
    () =>
      t("F1 over the epochs of {labels}", {
        labels: list(chosen.map((l) => data.labels[l])),
      }),
    () => ({
      x: [Math.min(...epochs), Math.max(...epochs)],
      y: [0, 1],
      xName: t("epoch"),
      yName: t("F1"),
      xTicks: ticks(epochs[0], epochs.at(-1)).filter(
        (n) => Number.isInteger(n) || epochs.length < 3,
      ),
      guides: [line(macro)],
      series: chosen.map((label) => ({
        tone: tone(label),
        points: line(classes[label]),
        dots: line(classes[label]).map(([x, y]) => [
          x,
          y,
          `${data.labels[label]}: ${fixed(y)}`,
          3.5,
        ]),
      })),
    }),
  );
}

function coverage() {
  const box = byId("coverage");
  const { thresholds, coverage: share, accuracy } = data.coverage;
  const output = element("output", { id: "coverage-now" });
  const input = element("input", {
    type: "range",
    min: 0,
    max: thresholds.length - 1,
    value: 0,
    "aria-label": t("Smallest probability that gets an answer"),
    input: () => redraw(),
  });
  box.append(
    help(
      t(
        "If rows were left unanswered whose largest probability is below a limit: the share answered, and how many of these answers are entirely right. A limit, too, is chosen on validation data.",
      ),
    ),
    element("div", { class: "tools" }, element("label", {}, t("Limit"), input), output),
  );
  const redraw = lineChart(
    box,
    () => t("Accuracy against the share of rows answered"),
    () => {
      const i = Number(input.value);
      input.setAttribute("aria-valuetext", fixed(thresholds[i]));
      output.value = t("{limit}: {share} answered, {right} of them right", {
        limit: fixed(thresholds[i]),
        share: percent(share[i]),
        right: percent(accuracy[i]),
      });
      const low = Math.floor(Math.min(...accuracy) * 10) / 10;
      return {
        x: [0, 1],
        y: [Math.min(low, 0.9), 1],
        xName: t("share answered"),
        yName: t("accuracy"),
        series: [
          {
            tone: 0,
            points: share.map((x, n) => [x, accuracy[n]]),
            dots: [[share[i], accuracy[i], ""]],
          },
        ],
      };
    },
  );
}
