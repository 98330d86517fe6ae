// A chart of lines. `draw()` returns {x, y, xName, yName, xTicks, series, guides}, where
// a series is {points, tone, dots}, a dot [x, y, hint, size]; it is drawn anew at every
// width.
function lineChart(box, describe, draw) {
  const holder = element("div");
  box.append(holder);
  const redraw = () =>
    holder.replaceChildren(drawnLines(draw(), holder.clientWidth || 420, describe()));
  onResize(holder, redraw);
  return redraw;
}

function drawnLines(chart, width, description) {
  const height = Math.round(Math.min(320, Math.max(230, width * 0.62)));
  const [left, right, top, bottom] = [54, 14, 10, 40];
  const [x0, x1] = chart.x,
    [y0, y1] = chart.y;
  const atX = (value) =>
    left + ((value - x0) / (x1 - x0 || 1)) * (width - left - right);
  const atY = (value) =>
    height - bottom - ((value - y0) / (y1 - y0 || 1)) * (height - top - bottom);
  const path = (points) =>
    points
      .map(([x, y], i) => `${i ? "L" : "M"}${atX(x).toFixed(1)} ${atY(y).toFixed(1)}`)
      .join("");
  const node = svg("svg", { width, height, role: "img", "aria-label": description });
  for (const value of chart.xTicks ?? ticks(x0, x1)) {
    node.append(
      svg("path", { class: "axis", d: `M${atX(value)} ${top}V${height - bottom}` }),
      svg(
        "text",
        { x: atX(value), y: height - bottom + 16, "text-anchor": "middle" },
        tickText(value),
      ),
    );
  }
  for (const value of ticks(y0, y1)) {
    node.append(
      svg("path", { class: "axis", d: `M${left} ${atY(value)}H${width - right}` }),
      svg(
        "text",
        { x: left - 7, y: atY(value) + 4, "text-anchor": "end" },
        tickText(value),
      ),
    );
  }
  node.append(
    svg(
      "text",
      { x: (left + width - right) / 2, y: height - 5, "text-anchor": "middle" },
      chart.xName,
    ),
    svg(
      "text",
      {
        x: -(top + height - bottom) / 2,
        y: 12,
        transform: "rotate(-90)",
        "text-anchor": "middle",
      },
      chart.yName,
    ),
  );
  for (const guide of chart.guides ?? [])
    node.append(svg("path", { class: "guide", d: path(guide) }));
  for (const one of chart.series) {
    const group = svg("g", { class: `t${one.tone}` });
    if (one.points.length > 1)
      group.append(svg("path", { class: "series", d: path(one.points) }));
    (one.dots ?? []).forEach(([x, y, hint, size]) =>
      group.append(
        svg(
          "circle",
          { class: "dot", cx: atX(x), cy: atY(y), r: size ?? 4.5 },
          svg("title", {}, hint ?? ""),
        ),
      ),
    );
    node.append(group);
  }
  return node;
}

function ticks(low, high) {
  const rough = (high - low || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999);
  const found = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + 1e-9; n++)
    found.push(n * step);
  return found;
}

function tickText(value) {
  return String(Number(value.toPrecision(6)));
}

// Chips of the labels that a chart shows, and a list to add others.
function picker(box, chosen, changed, most = 8) {
  const chips = element("ul", { class: "chips" });
  box.append(chips);
  const show = () => {
    const rest = data.labels
      .map((_, label) => label)
      .filter((label) => !chosen.includes(label));
    const add = element(
      "select",
      {
        "aria-label": t("Add a label to the chart"),
        change: () => set([...chosen, Number(add.value)].slice(-most)),
      },
      element("option", { value: "" }, t("Add a label…")),
      ...rest.map((label) => element("option", { value: label }, data.labels[label])),
    );
    chips.replaceChildren(
      ...chosen.map((label, i) =>
        element(
          "li",
          {},
          element(
            "button",
            {
              class: `chip t${tone(label)}`,
              type: "button",
              "aria-label": t("Remove {label}", { label: data.labels[label] }),
              click: () =>
                set(
                  chosen.filter((one) => one !== label),
                  i,
                ),
            },
            element("i"),
            labelName(label),
            " ×",
          ),
        ),
      ),
      element("li", {}, add),
    );
  };
  const tone = (label) => tones(chosen)[chosen.indexOf(label)];
  const set = (labels, index = labels.length) => {
    chosen.splice(0, chosen.length, ...labels);
    show();
    changed();
    // The list is new; without this the focus would be lost.
    const items = chips.querySelectorAll("button, select");
    items[Math.min(index, items.length - 1)].focus();
  };
  show();
  return tone;
}

// Label by label: shares decide the colour of a cell, from 0 to 1.
function drawnMatrix(labels, counts, share, hint, width, description) {
  const names = labels.map((label) => shortened(data.labels[label], 14));
  const wide = Math.max(...names.map(textWidth)) + 12;
  const side = Math.floor(
    Math.min(56, Math.max(20, (width - wide - 8) / labels.length)),
  );
  const size = wide + side * labels.length + 2;
  const node = svg("svg", {
    width: size,
    height: size,
    role: "img",
    "aria-label": description,
  });
  names.forEach((name, i) => {
    const middle = wide + side * (i + 0.5);
    node.append(
      svg(
        "text",
        { class: "name", x: wide - 6, y: middle + 4, "text-anchor": "end" },
        name,
      ),
      svg(
        "text",
        {
          class: "name",
          transform: `translate(${middle + 4} ${wide - 6}) rotate(-90)`,
        },
        name,
      ),
    );
  });
  counts.forEach((line, row) =>
    line.forEach((number, column) => {
      const at = {
        x: wide + side * column,
        y: wide + side * row,
        width: side - 1,
        height: side - 1,
        rx: 2,
      };
      node.append(svg("rect", { ...at, class: "empty" }));
      if (!number) return;
      const colour = {
        ...at,
        class: row === column ? "cell same" : "cell",
        "fill-opacity": (0.12 + 0.6 * share(row, column)).toFixed(3),
      };
      node.append(
        svg(
          "rect",
          colour,
          svg("title", {}, hint(labels[row], labels[column], number)),
        ),
      );
      if (String(number).length * 7 <= side) {
        node.append(
          svg(
            "text",
            { class: "count", x: at.x + side / 2, y: at.y + side / 2 + 4 },
            String(number),
          ),
        );
      }
    }),
  );
  return node;
}

function textWidth(text) {
  return Array.from(text).reduce(
    (sum, letter) => sum + (letter.codePointAt(0) > 0x2e80 ? 12.5 : 7),
    0,
  );
}

// A colour for each label, by its place among all unless one before it has that: as in
// colours.py, so that a class looks the same in all charts and pictures.
function tones(labels) {
  const taken = [];
  for (const label of labels) {
    let tone = label % 8;
    while (taken.slice(0, 7).includes(tone)) tone = (tone + 1) % 8;
    taken.push(tone);
  }
  return taken;
}
