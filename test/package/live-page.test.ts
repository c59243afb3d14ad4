import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../src/emulator/index.ts";
import { installed, root } from "./npm.ts";

/** What is used of Playwright; its own types want those of a browser, which nothing else here may use. */
interface Found {
  fill(text: string): Promise<void>;
  click(): Promise<void>;
  waitFor(): Promise<void>;
  count(): Promise<number>;
  textContent(): Promise<string | null>;
  getAttribute(name: string): Promise<string | null>;
  first(): Found;
  locator(selector: string): Found;
  filter(options: { hasText: string }): Found;
  getByText(text: string, options?: { exact: boolean }): Found;
}
interface WebRequest {
  url(): string;
}
interface Page {
  goto(url: string): Promise<unknown>;
  close(): Promise<void>;
  title(): Promise<string>;
  evaluate(script: string): Promise<unknown>;
  on(event: "pageerror", listener: (error: Error) => void): void;
  on(event: "request", listener: (request: WebRequest) => void): void;
  locator(selector: string): Found;
  getByText(text: string, options?: { exact: boolean }): Found;
  getByLabel(text: string): Found;
  getByRole(role: string, options?: { name: string }): Found;
}
interface Browser {
  newPage(options?: { viewport: { width: number; height: number } }): Promise<Page>;
  close(): Promise<void>;
}
interface Playwright {
  readonly chromium: { launch(options: { executablePath: string; args: string[] }): Promise<Browser> };
}

const BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const executable = BROWSERS.find((name) => spawnSync(name, ["--version"]).status === 0);
const HOSTILE = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>\u202e';

let emulator: Emulator;
let server: ChildProcess;
let browser: Browser;
let address: string;

beforeAll(async () => {
  const load = await installed("live-page");
  const { chromium } = load("playwright-core") as Playwright;
  emulator = await startEmulator({ seed: 5, starts: { UPDATE_RESOURCES: { durationMs: 4000 } } });
  server = spawn(process.execPath, ["examples/live-page/serve.mjs"], {
    cwd: root,
    env: { PATH: process.env["PATH"], ...emulator.env, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(server.stdout as NonNullable<typeof server.stdout>, "data")) as [Buffer];
  address = line.toString().trim();
  if (executable !== undefined) {
    const found = spawnSync("which", [executable], { encoding: "utf8" }).stdout.trim();
    browser = await chromium.launch({ executablePath: found, args: ["--no-sandbox"] });
  }
});

afterAll(async () => {
  await browser?.close();
  server.kill();
  await once(server, "exit");
  await emulator.stop();
});

/** A road to the server that can be cut. */
async function road(): Promise<{ url: string; asked(): string; cut(): void; close(): void }> {
  const { port } = new URL(address);
  const sockets = new Set<Socket>();
  let asked = "";
  const relay: Server = createServer((near) => {
    const far = connect(Number(port), "127.0.0.1");
    near.on("data", (chunk: Buffer) => {
      asked += chunk.toString();
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy()).on("close", () => other.destroy());
      one.pipe(other);
    }
  });
  relay.listen(0, "127.0.0.1");
  await once(relay, "listening");
  return {
    url: `http://127.0.0.1:${(relay.address() as AddressInfo).port}/`,
    asked: () => asked,
    cut: () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      sockets.clear();
    },
    close: () => relay.close(),
  };
}

const card = (page: Page, taskId: string) => page.locator(`[data-task-id="${taskId}"]`);

const statusOf = (task: Found, status: string) => task.locator(".status").filter({ hasText: status });

async function follow(page: Page, taskId: string): Promise<void> {
  await page.getByLabel("or follow a task").fill(taskId);
  await page.getByRole("button", { name: "Follow" }).click();
}

describe.skipIf(executable === undefined)("examples/live-page in Chromium", () => {
  it("starts a task and shows it to its end, in every window", async () => {
    const pages = await Promise.all([browser.newPage(), browser.newPage()]);
    for (const page of pages) {
      await page.goto(address);
      await page.getByText("live", { exact: true }).waitFor();
    }
    await pages[0]?.getByRole("button", { name: "Start an update" }).click();
    await statusOf((pages[0] as Page).locator(".task").first(), "RUNNING").waitFor();
    for (const page of pages) {
      const task = page.locator(".task").first();
      await statusOf(task, "COMPLETE").waitFor();
      expect(await task.locator("progress").getAttribute("value")).toBe("100");
      await page.getByText("1 complete").waitFor();
    }
    await Promise.all(pages.map((page) => page.close()));
  });

  it("shows hostile names, errors and results as text, and runs nothing of them", async () => {
    emulator.world.addTask({
      taskId: "t-hostile",
      taskName: HOSTILE,
      status: "FAILED",
      errorMessage: HOSTILE,
      durationMs: 0,
    });
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("pageerror", ({ message }) => problems.push(message));
    page.on("request", (request) => {
      if (!request.url().startsWith(address) && !request.url().startsWith("data:")) {
        problems.push(request.url());
      }
    });
    await page.goto(address);
    await follow(page, "t-hostile");
    await statusOf(card(page, "t-hostile"), "FAILED").waitFor();
    expect(await card(page, "t-hostile").locator("h3").textContent()).toBe(HOSTILE);
    expect(await page.locator("main img, main script").count()).toBe(0);
    expect([await page.title(), problems]).toEqual(["Tasks", []]);
    // Were a tag to get in after all, the policy would keep it from running.
    const injected = await page.evaluate(`
      const script = document.createElement("script");
      script.textContent = "document.title = 'owned'";
      document.body.append(script);
      document.title`);
    expect(injected).toBe("Tasks");
    await page.close();
  });

  it("comes back after its connection was cut, and goes on where it was", async () => {
    emulator.world.addTask({ taskId: "t-cut", durationMs: 8000, progress: "linear" });
    const way = await road();
    const page = await browser.newPage();
    await page.goto(way.url);
    await follow(page, "t-cut");
    await statusOf(card(page, "t-cut"), "RUNNING").waitFor();
    way.cut();
    await page.getByText("reconnecting").waitFor();
    await expect.poll(way.asked, { timeout: 20_000 }).toMatch(/last-event-id: \S+:\d+/i);
    await statusOf(card(page, "t-cut"), "COMPLETE").waitFor();
    await page.close();
    way.close();
  });

  it("has no horizontal scroll on a telephone, whatever the names, and a label for each control", async () => {
    emulator.world.addTask({ taskId: "t-wide", taskName: "w".repeat(300), durationMs: 60_000 });
    const page = await browser.newPage({ viewport: { width: 400, height: 800 } });
    await page.goto(address);
    await follow(page, "t-wide");
    await statusOf(card(page, "t-wide"), "RUNNING").waitFor();
    const widths = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]");
    expect(widths).toEqual([400, 400]);
    expect(await page.getByRole("progressbar").first().getAttribute("aria-label")).toContain("progress of w");
    expect(await page.getByRole("textbox", { name: "or follow a task" }).count()).toBe(1);
    expect(await page.getByRole("status").count()).toBe(2);
    await page.close();
  });

  it("tells why a task can't be followed", async () => {
    const page = await browser.newPage();
    await page.goto(address);
    await follow(page, "no such/id");
    await page.getByRole("alert").filter({ hasText: "id" }).waitFor();
    await page.close();
  });
});
