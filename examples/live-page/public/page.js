import { taskViewAfter } from "./task-view.js";

const find = (selector, within = document) => within.querySelector(selector);
const TONES = { COMPLETE: "good", FAILED: "bad", EXPIRED: "warn", CANCELED: "warn" };
const MINUTE_MS = 60_000;
const SUMMARY_EVERY_MS = 1000;

/** By task id: the view, and the element that shows it. */
const shown = new Map();

// Whatever the service says is text, never HTML: a hostile name is shown as it is spelled.
function show(view) {
  const { taskId, task = {}, outcome, error, trouble, etaMs } = view;
  const element = shown.get(taskId)?.element ?? addElement();
  shown.set(taskId, { view, element });
  const status = statusOf(view);
  const percent = task.taskStatus === "COMPLETE" ? 100 : task.percent;
  element.dataset.taskId = taskId;
  element.dataset.tone = TONES[status] ?? (outcome === undefined ? "" : "warn");
  find("h3", element).textContent = task.taskName ?? task.taskType ?? "Task";
  find(".status", element).textContent = status;
  find(".about", element).textContent = [taskId, task.taskName && task.taskType].filter(Boolean).join(" · ");
  showBar(element, percent, outcome);
  find(".note", element).textContent = error ?? trouble ?? etaText(etaMs);
  showResult(element, outcome === "complete" ? task.taskResult : undefined);
}

function addElement() {
  const element = find("#task").content.cloneNode(true).firstElementChild;
  find("#tasks").prepend(element);
  find("#empty").hidden = true;
  return element;
}

function statusOf({ task, outcome }) {
  const hasEnded = task !== undefined && task.taskStatus in TONES;
  return outcome === undefined || hasEnded ? (task?.taskStatus ?? "ASKING") : outcome.toUpperCase();
}

function showBar(element, percent, outcome) {
  const bar = find("progress", element);
  find(".bar", element).hidden = outcome !== undefined && percent === undefined;
  bar.setAttribute("aria-label", `progress of ${find("h3", element).textContent}`);
  if (percent === undefined) {
    bar.removeAttribute("value");
  } else {
    bar.value = percent;
  }
  find(".percent", element).textContent = percent === undefined ? "" : `${Math.floor(percent)} %`;
}

function showResult(element, result) {
  const details = find("details", element);
  details.hidden = result === undefined;
  find("pre", details).textContent = result ?? "";
}

function etaText(etaMs) {
  if (etaMs === undefined) {
    return "";
  }
  const minutes = Math.round(etaMs / MINUTE_MS);
  return minutes < 1 ? "less than a minute left" : `about ${minutes} min left`;
}

// Read aloud by screen readers, so not more often than one can listen to.
let isSummaryDue = false;
function summarize() {
  if (isSummaryDue) {
    return;
  }
  isSummaryDue = true;
  setTimeout(() => {
    isSummaryDue = false;
    const views = [...shown.values()].map(({ view }) => view);
    const count = (isMeant) => views.filter(isMeant).length;
    const complete = count(({ outcome }) => outcome === "complete");
    const running = count(({ outcome }) => outcome === undefined);
    const others = views.length - complete - running;
    const parts = [
      `${running} running`,
      `${complete} complete`,
      ...(others > 0 ? [`${others} not completed`] : []),
    ];
    find("#summary").textContent = parts.join(" · ");
  }, SUMMARY_EVERY_MS);
}

function connect() {
  const events = new EventSource("events");
  const connection = find("#connection");
  const say = (state, text) => {
    connection.dataset.state = state;
    connection.textContent = text;
  };
  events.addEventListener("open", () => say("live", "live"));
  // The browser comes back by itself, with the id of the last event.
  events.addEventListener("error", () => say("lost", "reconnecting …"));
  const on = (name, take) =>
    events.addEventListener(name, ({ data }) => {
      take(JSON.parse(data));
      summarize();
    });
  on("snapshot", ({ tasks }) => {
    shown.clear();
    find("#tasks").replaceChildren();
    find("#empty").hidden = tasks.length > 0;
    tasks.forEach(show);
  });
  on("task", show);
  on("record", (record) => show(taskViewAfter(shown.get(record.taskId)?.view ?? {}, record)));
}

async function post(body) {
  const problem = find("#problem");
  const buttons = document.querySelectorAll("button");
  problem.textContent = "";
  for (const button of buttons) {
    button.disabled = true;
  }
  try {
    const headers = { "content-type": "application/json" };
    const response = await fetch("tasks", { method: "POST", headers, body: JSON.stringify(body) });
    if (!response.ok) {
      problem.textContent = (await response.json()).error;
    }
  } catch {
    problem.textContent = "The server can't be reached.";
  }
  for (const button of buttons) {
    button.disabled = false;
  }
}

find("#start").addEventListener("click", () => post({}));
find("#form").addEventListener("submit", async (event) => {
  event.preventDefault();
  await post({ taskId: find("#task-id").value.trim() });
  find("#form").reset();
});
connect();
