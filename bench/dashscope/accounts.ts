import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Account, Cost, Order } from "./service.ts";

type OrderOf<O> = O extends Order ? Omit<O, "id"> : never;

/** The process that the accounts are in. */
export class Accounts implements Disposable {
  readonly #child: ChildProcess = fork(fileURLToPath(new URL("service.js", import.meta.url)));
  readonly #waiting = new Map<number, (answer: never) => void>();
  #orders = 0;

  constructor() {
    this.#child.on("message", ({ id, answer }: { readonly id: number; readonly answer: never }) => {
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    });
  }

  /** A new account with tasks that have just begun, and how to close it. */
  async open(
    seed: number,
    tasks: number,
  ): Promise<{ readonly account: Account; readonly close: () => Promise<Cost> }> {
    const { id, answer } = this.#ask<Account>({ kind: "open", seed, tasks });
    return { account: await answer, close: () => this.#ask<Cost>({ kind: "close", of: id }).answer };
  }

  [Symbol.dispose](): void {
    this.#child.disconnect();
  }

  #ask<Answer>(order: OrderOf<Order>): { readonly id: number; readonly answer: Promise<Answer> } {
    this.#orders += 1;
    const id = this.#orders;
    const answer = new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve);
    });
    this.#child.send({ ...order, id });
    return { id, answer };
  }
}
