const MATRICES = {
  confusion: {
    name: "Confusion",
    help: "True labels down, given labels across; a colour is the share of the true label's rows.",
    hint: (a, b, n) => `${data.labels[a]} given as ${data.labels[b]}: ${rows(n)}`,
    heads: ["true", "given"],
  },
  errors: {
    name: "Missed and given instead",
    help: "Rows in which one label was missed (down) and another wrongly given (across).",
    hint: (a, b, n) => `${data.labels[a]} missed, ${data.labels[b]} given: ${rows(n)}`,
    heads: ["missed", "given instead"],
  },
  together: {
    name: "True together",
    help: "Rows that truly have both labels; the number of a label's rows on the diagonal.",
    hint: (a, b, n) =>
      a === b
        ? `${data.labels[a]}: ${rows(n)}`
        : `${data.labels[a]} with ${data.labels[b]}: ${rows(n)}`,
    heads: ["label", "with"],
  },
};

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
  if (multilabel) byId("h-matrix").textContent = "Pairs of labels";
  if (buttons.length > 1) box.append(element("div", { class: "tools" }, ...buttons));
  box.append(content);
  let width = 0;
  new ResizeObserver(() => {
    if (box.clientWidth === width) return;
    width = box.clientWidth;
    show(shown);
  }).observe(box);
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
          `The ${labels.length} labels with most such rows; ${left} others are left out.`,
        ),
        picture,
      )
    : picture;
}

function pairTable({ kind, pairs }) {
  if (!pairs.length) return help("There is no such pair.");
  const [one, other] = MATRICES[kind].heads;
  const head = [one, other, "rows"].map((text, i) =>
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

const AT_ONCE = 20;

function mistakeSection() {
  const box = byId("mistakes");
  if (!data.mistakes.length) return box.append(help("There is none."));
  const list = element("div");
  const status = element("p", { class: "help", role: "status" });
  const more = element(
    "button",
    { type: "button", class: "button", click: () => show(limit + AT_ONCE) },
    "Show more",
  );
  const search = element("input", {
    type: "search",
    placeholder: "Find a text or label",
    "aria-label": "Find a mistake by text or label",
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
        ? `the ${count(data.mistakes.length)} most surprising of ${rows(data.wrong)} with a mistake`
        : `${rows(data.wrong)} with a mistake, the most surprising first`;
    status.textContent = asked
      ? `${count(found.length)} found in ${listed}.`
      : `Listed: ${listed}.`;
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
    const word = { right: "right", missed: "missed", extra: "wrongly given" }[kind];
    return element(
      "li",
      { class: `chip ${kind}` },
      `${word}: `,
      labelName(label),
      label < data.known ? ` ${fixed(probability, 3)}` : " (not in training)",
    );
  });
  const node = element(
    "article",
    { class: "mistake" },
    element("p", { class: "place" }, `${one.file} line ${one.line} · loss ${fixed(one.loss, 2)}`),
    element("ul", { class: "chips" }, ...chips),
  );
  const texts = one.texts.map((text) =>
    element("p", { class: "text short", dir: "auto" }, text),
  );
  node.append(...texts);
  if (!texts.length) node.append(help("The text was not kept."));
  if (one.cut)
    node.append(help("Long texts are cut here; the whole one is in the file."));
  if (texts.length) node.append(textToggle(texts));
  return node;
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
        toggle.textContent = open ? "Show less" : "Show more of it";
        toggle.setAttribute("aria-expanded", open);
      },
    },
    "Show more of it",
  );
  const observer = new ResizeObserver(() => {
    if (isShort())
      toggle.hidden = !texts.some((text) => text.scrollHeight > text.clientHeight);
  });
  texts.forEach((text) => observer.observe(text));
  return toggle;
}

headlineCards();
classTable();
precisionRecall();
reliability();
history();
coverage();
matrixSection();
mistakeSection();
