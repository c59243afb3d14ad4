// Draws docs/demo.svg from a real run: `npm run demo` in a real terminal (tmux), read four times a second.
//   node scripts/terminal-picture.mjs [file]
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const [file = "docs/demo.svg"] = process.argv.slice(2);
const COLUMNS = 84;
const ROWS = 16;
const FRAME_MS = 250;
const LAST_FRAME_MS = 5000;
const CHAR = 8.4;
const LINE = 18;
const PAD = 16;
const INK = "#d6deeb";
const COLOURS = {
  30: "#5b6478",
  31: "#ff6b6b",
  32: "#7bd88f",
  33: "#ffd866",
  34: "#78aaff",
  35: "#c792ea",
  36: "#6fd3e8",
  37: INK,
  90: "#7f8aa3",
};
const SEQUENCE = new RegExp(`(${String.fromCharCode(27)}\\[[0-9;]*m)`);
const DONE = "taskwait-picture-done";

const socket = `taskwait-picture-${process.pid}`;
const tmux = (...args) => execFileSync("tmux", ["-L", socket, ...args], { encoding: "utf8" });
const frames = [];
try {
  tmux("-f", "/dev/null", "new-session", "-d", "-x", String(COLUMNS), "-y", String(ROWS), "sh");
  tmux("send-keys", `PS1='$ '; clear; npm run -s demo; printf '\\033]0;${DONE}\\007'`, "Enter");
  await sleep(300);
  for (let left = 240; left > 0; left--) {
    await sleep(FRAME_MS);
    const screen = tmux("capture-pane", "-e", "-p").replace(/\n+$/, "");
    if (tmux("display-message", "-p", "#{pane_title}").trim() === DONE) {
      frames.push({ screen: withoutPrompt(screen), ms: LAST_FRAME_MS });
      break;
    }
    const last = frames.at(-1);
    if (last?.screen === screen) {
      last.ms += FRAME_MS;
    } else if (screen.trim() !== "" && !screen.includes(DONE)) {
      frames.push({ screen, ms: FRAME_MS });
    }
  }
} finally {
  spawnSync("tmux", ["-L", socket, "kill-server"]);
}
writeFileSync(file, animate(frames));
console.log(`${file}: ${frames.length} frames`);

function withoutPrompt(screen) {
  return screen.replace(/\n+\$ *$/, "");
}

function animate(all) {
  const totalMs = all.reduce((sum, { ms }) => sum + ms, 0);
  const rows = Math.max(...all.map(({ screen }) => screen.split("\n").length));
  const width = COLUMNS * CHAR + 2 * PAD;
  const height = rows * LINE + 2 * PAD;
  let atMs = 0;
  const styles = [];
  const groups = all.map(({ screen, ms }, index) => {
    const from = (100 * atMs) / totalMs;
    atMs += ms;
    const to = (100 * atMs) / totalMs;
    styles.push(
      `@keyframes f${index}{0%{visibility:${index === 0 ? "visible" : "hidden"}}` +
        `${from.toFixed(3)}%{visibility:visible}${to.toFixed(3)}%{visibility:${to === 100 ? "visible" : "hidden"}}` +
        `100%{visibility:${to === 100 ? "visible" : "hidden"}}}` +
        `#f${index}{animation:f${index} ${totalMs}ms step-end infinite}`,
    );
    return `<g id="f${index}">${screen.split("\n").map(drawLine).join("")}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="taskwait demo in a terminal">
<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre;fill:${INK}}g{visibility:hidden}${styles.join("")}@media(prefers-reduced-motion:reduce){g{animation:none!important}#f${all.length - 1}{visibility:visible}}</style>
<rect width="100%" height="100%" rx="8" fill="#1b2130"/>
${groups.join("\n")}
</svg>
`;
}

function drawLine(line, row) {
  const y = PAD + LINE * (row + 0.8);
  let column = 0;
  let style = {};
  let drawn = "";
  for (const part of line.split(SEQUENCE)) {
    const codes = SEQUENCE.exec(part)?.[0].slice(2, -1);
    if (codes !== undefined) {
      style = restyle(style, codes);
      continue;
    }
    if (part.trim() !== "") {
      drawn += drawText(part, PAD + column * CHAR, y, style);
    }
    column += [...part].length;
  }
  return drawn;
}

function drawText(text, x, y, { colour, bold, dim }) {
  const length = ([...text].length * CHAR).toFixed(1);
  const attributes = [
    colour === undefined ? "" : ` fill="${colour}"`,
    bold ? ' font-weight="bold"' : "",
    dim ? ' opacity="0.65"' : "",
  ].join("");
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" textLength="${length}" xml:space="preserve"${attributes}>${escapeXml(text)}</text>`;
}

function restyle(before, codes) {
  let style = { ...before };
  for (const code of codes.split(";").map(Number)) {
    if (code === 0) {
      style = {};
    } else if (code === 1) {
      style.bold = true;
    } else if (code === 2) {
      style.dim = true;
    } else if (code === 22) {
      style = { colour: style.colour };
    } else if (code === 39) {
      style.colour = undefined;
    } else if (COLOURS[code] !== undefined) {
      style.colour = COLOURS[code];
    }
  }
  return style;
}

function escapeXml(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
