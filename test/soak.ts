import process from "node:process";

/** Whether all cases are to run: in the project `soak`, by `npm run test:all` and CI. */
export const IS_SOAK: boolean = process.env["TASKWAIT_TEST_SOAK"] !== undefined;

/** How many cases a test draws that is a soak by nature: all of them, or a fifth in `npm test`. */
export function soak(all: number): number {
  return IS_SOAK ? all : Math.ceil(all / 5);
}
