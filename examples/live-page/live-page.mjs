import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { EventStream } from "./event-stream.mjs";
import { taskViewAfter } from "./public/task-view.js";

const FILES = {
  "/": ["index.html", "text/html"],
  "/page.css": ["page.css", "text/css"],
  "/page.js": ["page.js", "text/javascript"],
  "/task-view.js": ["task-view.js", "text/javascript"],
};
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};
const MAX_TASKS = 200;
const MAX_BODY_BYTES = 4096;

/**
 * A server of a page that shows tasks live. However many browsers read it, a task costs the polls of one wait.
 *
 * @param {{ waiter: import("taskwait").TaskWaiter, start: () => Promise<{ taskId: string }>, heartbeatMs: number }} options
 */
export function makeLivePage({ waiter, start, heartbeatMs }) {
  /** The tasks as they are shown, by id, the oldest first. */
  const views = new Map();
  const stream = new EventStream({ snapshot: () => ({ tasks: [...views.values()] }), heartbeatMs });
  const files = Object.fromEntries(
    Object.entries(FILES).map(([path, [name, type]]) => [
      path,
      { type: `${type}; charset=utf-8`, body: readFileSync(new URL(`public/${name}`, import.meta.url)) },
    ]),
  );

  /** Begins at once, or throws because there can be no such task. */
  function follow(taskId, options) {
    if (!views.has(taskId)) {
      const wait = waiter.wait(taskId, options);
      views.set(taskId, { taskId });
      forgetOldest();
      stream.publish("task", { taskId });
      publishAll(wait).catch((error) => console.error(error));
    }
  }

  async function publishAll(wait) {
    const { taskId } = wait;
    for await (const record of wait.records()) {
      views.set(taskId, taskViewAfter(views.get(taskId) ?? { taskId }, record));
      stream.publish("record", record);
    }
  }

  function forgetOldest() {
    for (const [taskId, { outcome }] of views) {
      if (views.size > MAX_TASKS && outcome !== undefined) {
        views.delete(taskId);
      }
    }
  }

  async function handlePost(request, response) {
    const { taskId } = JSON.parse((await readBody(request)) || "{}");
    if (views.size >= MAX_TASKS && [...views.values()].every(({ outcome }) => outcome === undefined)) {
      reply(response, 503, { error: `${MAX_TASKS} tasks are followed already` });
      return;
    }
    const followed = taskId ?? (await start()).taskId;
    follow(followed, taskId === undefined ? { justStarted: true } : {});
    reply(response, 202, { taskId: followed });
  }

  const server = createServer(async (request, response) => {
    // Not with URL: it throws for what some clients send, such as "//".
    const [pathname] = request.url.split("?");
    for (const [name, value] of Object.entries(HEADERS)) {
      response.setHeader(name, value);
    }
    const file = files[pathname];
    if (request.method === "GET" && file !== undefined) {
      response.writeHead(200, { "content-type": file.type, "cache-control": "no-cache" }).end(file.body);
    } else if (request.method === "GET" && pathname === "/events") {
      stream.subscribe(request, response);
    } else if (request.method === "POST" && pathname === "/tasks" && isOurs(request)) {
      try {
        await handlePost(request, response);
      } catch (error) {
        reply(response, 400, { error: error instanceof Error ? error.message : "no such task" });
      }
    } else {
      reply(response, 404, { error: "there is nothing here" });
    }
  });

  return {
    server,
    /** Takes no more requests, and resolves once the last one is answered. */
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      stream.close();
      server.closeIdleConnections();
      await closed;
    },
  };
}

/** Another site's page must not start tasks here: it can't send JSON without being asked first, and has another origin. */
function isOurs({ headers }) {
  const isJson = headers["content-type"]?.startsWith("application/json");
  return isJson && (headers.origin === undefined || headers.origin === `http://${headers.host}`);
}

async function readBody(request) {
  let body = "";
  for await (const chunk of request) {
    body += chunk;
    if (body.length > MAX_BODY_BYTES) {
      throw new Error("the request is too long");
    }
  }
  return body;
}

function reply(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
