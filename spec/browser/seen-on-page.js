/** What is looked for on a page. The browser runs this text; the compiler, which knows no documents, does not. */

/** Pictures that are not there: of no size, or with nothing drawn. */
export function missingPictures() {
  for (const details of document.querySelectorAll("details")) details.open = true;
  const pictures = [...document.querySelectorAll("svg")];
  const empty = pictures.flatMap((svg, i) => {
    const { width, height } = svg.getBoundingClientRect();
    const drawn = [...svg.querySelectorAll("path, circle, rect, text")];
    const visible = drawn.filter((one) => {
      const box = one.getBBox();
      return box.width + box.height > 0;
    });
    return width > 50 && height > 50 && visible.length > 5 ? [] : [`${i}: ${width} by ${height}`];
  });
  const titles = [...document.querySelectorAll("figure h4")].map((title) => title.textContent);
  return { pictures: pictures.length, empty, titles };
}

/** Texts with less contrast to what is behind them than readers need. */
export function contrasts() {
  for (const details of document.querySelectorAll("details")) details.open = true;
  const parsed = (text) => {
    const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const over = (top, below) => {
    const mix = (k) => top[3] * top[k] + (1 - top[3]) * below[k];
    return [mix(0), mix(1), mix(2), 1];
  };
  const luminance = ([r, g, b]) => {
    const linear = [r, g, b].map((v) => {
      const share = v / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const behind = (element) => {
    if (!element) return [255, 255, 255, 1];
    const own = parsed(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, behind(element.parentElement));
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = [];
  let texts = 0;
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    if (text === "" || element.getBoundingClientRect().width === 0) continue;
    texts++;
    const style = getComputedStyle(element);
    const inside = element.closest("svg") !== null;
    const back = behind(element);
    const front = over(parsed(inside ? style.fill : style.color), back);
    const [light, dark] = [luminance(front), luminance(back)].sort((a, b) => b - a);
    const size = Number.parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < (large ? 3 : 4.5)) faint.push(`${ratio.toFixed(2)}: ${text.slice(0, 60)}`);
  }
  const background = luminance(behind(document.body)) > 0.5 ? "light" : "dark";
  return { background, texts, faint: [...new Set(faint)] };
}

/** How wide the page is, against its window, and which elements stick out. */
export function outside(width) {
  for (const details of document.querySelectorAll("details")) details.open = true;
  const { scrollWidth, clientWidth } = document.documentElement;
  const culprits = [...document.body.querySelectorAll("*")]
    .filter(
      (one) => one.getBoundingClientRect().right > width + 0.5 && !one.closest(".scroll, pre, svg"),
    )
    .map((one) => `${one.tagName}.${one.getAttribute("class")}: ${one.textContent.slice(0, 40)}`);
  return { scroll: scrollWidth, client: clientWidth, culprits: culprits.slice(0, 8) };
}

/** Tops of elements, which say in what order a reader meets them. */
export function tops(selectors) {
  return selectors.map((one) => document.querySelector(one).getBoundingClientRect().top);
}

/** The text of the first element. */
export function textOf(selector) {
  return document.querySelector(selector).textContent;
}
