const MATRICES = {
  confusion: {
    name: t("Confusion"),
    help: t(
      "True labels down, given labels across; a colour is the share of the true label's rows.",
    ),
    hint: (a, b, n) => t("{one} given as {other}: {rows}", pair(a, b, n)),
    heads: [t("true"), t("given")],
  },
  errors: {
    name: t("Missed and given instead"),
    help: t(
      "Rows in which one label was missed (down) and another wrongly given (across).",
    ),
    hint: (a, b, n) => t("{one} missed, {other} given: {rows}", pair(a, b, n)),
    heads: [t("missed"), t("given instead")],
  },
  together: {
    name: t("True together"),
    help: t(
      "Rows that truly have both labels; the number of a label's rows on the diagonal.",
    ),
    hint: (a, b, n) =>
      a === b
        ? `${data.labels[a]}: ${rows(n)}`
        : t("{one} with {other}: {rows}", pair(a, b, n)),
    heads: [t("label"), t("with")],
  },
};

function pair(a, b, n) {
  return { one: data.labels[a], other: data.labels[b], rows: rows(n) };
}

function matrixSection() {
  const box = byId("matrix");
  const content = element("div");
  const buttons = data.matrices.map((matrix, i) =>
    element(
      "button",
      { type: "button", class: "button", click: () => show(i) },
      MATRICES[matrix.kind].name,
    ),
  );
  let shown = 0;
  const show = (i) => {
    shown = i;
    buttons.forEach((button, n) => button.setAttribute("aria-pressed", n === i));
    const grid = element("div", {
      class: "matrix",
      tabindex: 0,
      role: "region",
      "aria-label": MATRICES[data.matrices[i].kind].name,
    });
    content.replaceChildren(
      help(MATRICES[data.matrices[i].kind].help),
      element("div", { class: "split" }, grid, pairTable(data.matrices[i])),
    );
    grid.append(
      matrixPicture(
        data.matrices[i],
        box.clientWidth < 700 ? box.clientWidth : box.clientWidth * 0.62,
      ),
    );
  };
  if (multilabel) byId("h-matrix").textContent = t("Pairs of labels");
  if (buttons.length > 1) box.append(element("div", { class: "tools" }, ...buttons));
  box.append(content);
  let width = 0;
  onResize(box, () => {
    if (box.clientWidth === width) return;
    width = box.clientWidth;
    show(shown);
  });
}

function matrixPicture({ kind, labels, counts }, width) {
  const { support } = data.classes;
  const largest = Math.max(
    1,
    ...counts.flatMap((line, row) => line.filter((_, column) => row !== column)),
  );
  const share = (row, column) => {
    if (kind === "confusion")
      return counts[row][column] / Math.max(support[labels[row]], 1);
    return row === column ? 0.3 : Math.sqrt(counts[row][column] / largest);
  };
  const left = data.labels.length - labels.length;
  const picture = drawnMatrix(
    labels,
    counts,
    share,
    MATRICES[kind].hint,
    width,
    MATRICES[kind].help,
  );
  return left
    ? element(
        "div",
        {},
        help(
          t("The {n} labels with most such rows; {left} others are left out.", {
            n: labels.length,
            left,
          }),
        ),
        picture,
      )
    : picture;
}

function pairTable({ kind, pairs }) {
  if (!pairs.length) return help(t("There is no such pair."));
  const [one, other] = MATRICES[kind].heads;
  const head = [one, other, t("rows")].map((text, i) =>
    element("th", { scope: "col", class: i === 1 ? "other" : null }, text),
  );
  const lines = pairs.map(([a, b, number]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", title: data.labels[a] }, labelName(a)),
      element("td", { class: "other", title: data.labels[b] }, labelName(b)),
      element("td", {}, count(number)),
    ),
  );
  return element(
    "div",
    { class: "scroll" },
    element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...head)),
      element("tbody", {}, ...lines),
    ),
  );
}

function featureSection() {
  if (!data.features) return;
  byId("features-section").hidden = false;
  const lines = data.features.slice(0, data.known).map((features, label) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", title: data.labels[label] }, labelName(label)),
      element(
        "td",
        { class: "other" },
        element("ul", { class: "chips" }, ...features.map(featureChip)),
      ),
    ),
  );
  const table = element("table", {}, element("tbody", {}, ...lines));
  byId("features").append(
    help(
      t(
        "Words or characters that the linear model weighs most for a label, with coefficient times inverse document frequency; ␣ is a blank.",
      ),
    ),
    element("div", { class: "scroll" }, table),
  );
}

function featureChip([ngram, weight]) {
  return element(
    "li",
    { class: "chip" },
    element("bdi", {}, ngram),
    " ",
    element("span", { class: "weight" }, fixed(weight, 2)),
  );
}

const AT_ONCE = 20;

function mistakeSection() {
  const box = byId("mistakes");
  if (!data.mistakes.length) return box.append(help(t("There is none.")));
  const list = element("div");
  const status = element("p", { class: "help", role: "status" });
  const more = element(
    "button",
    { type: "button", class: "button", click: () => show(limit + AT_ONCE) },
    t("Show more"),
  );
  const search = element("input", {
    type: "search",
    placeholder: t("Find a text or label"),
    "aria-label": t("Find a mistake by text or label"),
    input: () => show(AT_ONCE),
  });
  let limit = AT_ONCE;
  const show = (number) => {
    limit = number;
    const asked = search.value.trim().toLowerCase();
    const found = data.mistakes.filter((one) => mistakeText(one).includes(asked));
    list.replaceChildren(...found.slice(0, limit).map(mistake));
    more.hidden = found.length <= limit;
    const listed =
      data.mistakes.length < data.wrong
        ? t("the {n} most surprising of {rows} with a mistake", {
            n: count(data.mistakes.length),
            rows: rows(data.wrong),
          })
        : t("{rows} with a mistake, the most surprising first", {
            rows: rows(data.wrong),
          });
    status.textContent = asked
      ? t("{n} found in {listed}.", { n: count(found.length), listed })
      : t("Listed: {listed}.", { listed });
  };
  box.append(element("div", { class: "tools" }, search), status, list, more);
  show(AT_ONCE);
}

function mistakeText({ labels, texts }) {
  return [...labels.map(([label]) => data.labels[label]), ...texts]
    .join("\n")
    .toLowerCase();
}

function mistake(one) {
  const chips = one.labels.map(([label, isTrue, isGiven, probability]) => {
    const kind = isTrue && isGiven ? "right" : isTrue ? "missed" : "extra";
    const word = {
      right: t("right"),
      missed: t("missed"),
      extra: t("wrongly given"),
    }[kind];
    return element(
      "li",
      { class: `chip ${kind}` },
      t("{word}: ", { word }),
      labelName(label),
      label < data.known ? ` ${fixed(probability, 3)}` : t(" (not in training)"),
    );
  });
  const node = element(
    "article",
    { class: "mistake" },
    element("p", { class: "place" }, place(one)),
    element("ul", { class: "chips" }, ...chips),
  );
  const texts = one.texts.map((text) =>
    element("p", { class: "text short", dir: "auto" }, text),
  );
  node.append(...texts);
  if (!texts.length) node.append(help(t("The text was not kept.")));
  if (one.cut)
    node.append(help(t("Long texts are cut here; the whole one is in the file.")));
  if (texts.length) node.append(textToggle(texts));
  return node;
}

function place({ file, line, loss }) {
  return t("{file} line {line} · loss {loss}", { file, line, loss: fixed(loss, 2) });
}

// How much of a text is hidden depends on its width, so it is measured.
function textToggle(texts) {
  const isShort = () => texts[0].classList.contains("short");
  const toggle = element(
    "button",
    {
      type: "button",
      class: "link",
      "aria-expanded": false,
      hidden: true,
      click: () => {
        const open = isShort();
        texts.forEach((text) => text.classList.toggle("short", !open));
        toggle.textContent = open ? t("Show less") : t("Show more of it");
        toggle.setAttribute("aria-expanded", open);
      },
    },
    t("Show more of it"),
  );
  const tell = () => {
    if (isShort())
      toggle.hidden = !texts.some((text) => text.scrollHeight > text.clientHeight);
  };
  texts.forEach((text) => onResize(text, tell));
  return toggle;
}

headlineCards();
classTable();
precisionRecall();
reliability();
history();
coverage();
matrixSection();
featureSection();
effectsSection();
distributionSection();
mistakeSection();
